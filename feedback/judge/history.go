package judge

import "time"

const (
	historyLength = 15 * time.Minute
	historyPoints = 900
	pointEvery    = historyLength / historyPoints
)

// Point is one moment of an exposure, for a chart.
type Point struct {
	Sample  Sample  `json:"sample"`
	Verdict Verdict `json:"verdict"`
}

// history keeps the points of the last quarter of an hour, at most one a
// second: the newest always, and of those before it the last of each second.
type history struct {
	points []Point // a ring once it is full
	next   int     // where the oldest is, and the newest will be
	second time.Time
}

func (h *history) add(p Point) {
	second := p.Sample.At.Truncate(pointEvery)
	if n := len(h.points); n > 0 && second.Equal(h.second) {
		h.points[(h.next+n-1)%n] = p
		return
	}
	h.second = second
	if len(h.points) < historyPoints {
		h.points = append(h.points, p)
		return
	}
	h.points[h.next] = p
	h.next = (h.next + 1) % historyPoints
}

// all gives the points in order, none older than a quarter of an hour before
// the newest.
func (h *history) all() []Point {
	n := len(h.points)
	if n == 0 {
		return nil
	}
	oldest := h.points[(h.next+n-1)%n].Sample.At.Add(-historyLength)
	out := make([]Point, 0, n)
	for i := range n {
		if p := h.points[(h.next+i)%n]; !p.Sample.At.Before(oldest) {
			out = append(out, p)
		}
	}
	return out
}
