package measure

import (
	"context"
	"time"

	"andon/flow/floor"
	"andon/journal"
)

// StationFlow is one step of the value stream: what left a station within a
// window, and how long it had been there.
type StationFlow struct {
	Station  string            `json:"station"`
	Kind     floor.StationKind `json:"kind"`
	Entered  int64             `json:"entered"`
	Left     int64             `json:"left"`
	Returned int64             `json:"returned"` // entries of what had left it before
	// The mean times of what left: in all, worked on, finished and waiting,
	// and blocked. Lead is the sum of the others.
	Lead    time.Duration `json:"lead"`
	Worked  time.Duration `json:"worked"`
	Waited  time.Duration `json:"waited"`
	Blocked time.Duration `json:"blocked"`
	// Accurate is %C/A, 0…1: the share of what left that did not come back.
	// It is -1 when nothing left.
	Accurate float64 `json:"complete_and_accurate"`
}

func readStations(ctx context.Context, r journal.Reader, line floor.Line, w Window) ([]StationFlow, error) {
	first, last := w.days()
	rows, err := r.Query(ctx, `SELECT station, CAST(sum(entered) AS BIGINT), CAST(sum(lefts) AS BIGINT), CAST(sum(returned) AS BIGINT),
		CAST(sum(stayed) AS BIGINT), CAST(sum(waited) AS BIGINT), CAST(sum(blocked) AS BIGINT)
		FROM measure_station_day WHERE line = $1 AND day BETWEEN $2 AND $3 GROUP BY station`, line.Name, first, last)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := map[string]StationFlow{}
	for rows.Next() {
		var f StationFlow
		var stayed, waited, blocked int64
		if err := rows.Scan(&f.Station, &f.Entered, &f.Left, &f.Returned, &stayed, &waited, &blocked); err != nil {
			return nil, err
		}
		f.Lead, f.Waited, f.Blocked = time.Duration(stayed)*time.Microsecond, time.Duration(waited)*time.Microsecond, time.Duration(blocked)*time.Microsecond
		found[f.Station] = f
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	flows := make([]StationFlow, len(line.Stations))
	for i, st := range line.Stations {
		f := found[st.Name]
		f.Station, f.Kind = st.Name, st.Kind
		f.mean()
		flows[i] = f
	}
	return flows, nil
}

// mean turns the sums into means, and what is not waiting into work: in a
// queue nobody works, so there all of it is waiting.
func (f *StationFlow) mean() {
	f.Accurate = -1
	if f.Kind == floor.Queue {
		f.Waited = f.Lead - f.Blocked
	}
	f.Worked = max(0, f.Lead-f.Waited-f.Blocked)
	if f.Left == 0 {
		f.Lead, f.Worked, f.Waited, f.Blocked = 0, 0, 0, 0
		return
	}
	n := time.Duration(f.Left)
	f.Lead, f.Worked, f.Waited, f.Blocked = f.Lead/n, f.Worked/n, f.Waited/n, f.Blocked/n
	f.Accurate = max(0, 1-float64(f.Returned)/float64(f.Left))
}
