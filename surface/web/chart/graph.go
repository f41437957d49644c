package chart

import (
	"fmt"
	"html"
	"slices"
	"unicode/utf8"
)

// Node is one job of a run.
type Node struct {
	ID, Name string
	Needs    []string
	Status   string // waiting, running, success, failure, cancelled, skipped
	Took     string
	Href     string
	Chosen   bool
}

const (
	nodeW, nodeH = 176.0, 34.0
	gapX, gapY   = 56.0, 18.0
	edge         = 2.0
)

// Graph draws jobs from left to right, each right of all that it needs, with
// curves from what is needed. Jobs of one column stand in the order given.
func Graph(nodes []Node) string {
	columns := layers(nodes)
	tall := 0
	for _, c := range columns {
		tall = max(tall, len(c))
	}
	w := float64(len(columns))*(nodeW+gapX) - gapX + 2*edge
	h := float64(tall)*(nodeH+gapY) - gapY + 2*edge
	at := map[string]point{}
	for x, column := range columns {
		top := (h - (float64(len(column))*(nodeH+gapY) - gapY)) / 2
		for y, node := range column {
			at[node.ID] = point{edge + float64(x)*(nodeW+gapX), top + float64(y)*(nodeH+gapY)}
		}
	}
	var p pen
	p.printf(`<svg class="chart dag" viewBox="0 0 %s %s" width="%s" height="%s" role="group" aria-label="%s">`, n(w), n(h), n(w), n(h),
		html.EscapeString(fmt.Sprintf("%d jobs", len(nodes))))
	for _, node := range nodes {
		for _, need := range node.Needs {
			from, known := at[need]
			if !known {
				continue
			}
			to := at[node.ID]
			x1, y1, x2, y2 := from.x+nodeW, from.y+nodeH/2, to.x, to.y+nodeH/2
			bend := (x1 + x2) / 2
			if x2-x1 > gapX+1 { // past other columns: stay low until the last gap
				bend = x2 - gapX/2
			}
			p.printf(`<path class="edge" d="M%s %sC%s %s %s %s %s %s"/>`, n(x1), n(y1), n(bend), n(y1), n(bend), n(y2), n(x2), n(y2))
		}
	}
	for _, node := range nodes {
		drawNode(&p, node, at[node.ID])
	}
	return p.close()
}

func drawNode(p *pen, node Node, at point) {
	class := "node st-" + node.Status
	if node.Chosen {
		class += " chosen"
	}
	p.printf(`<a class="%s" href="%s"><rect x="%s" y="%s" width="%s" height="%s" rx="6"/>`, class, html.EscapeString(node.Href),
		n(at.x), n(at.y), n(nodeW), n(nodeH))
	mid := at.y + nodeH/2
	shape(p, node.Status, at.x+16, mid)
	name := node.Name
	if room := 20 - utf8.RuneCountInString(node.Took)/2; utf8.RuneCountInString(name) > room {
		name = string([]rune(name)[:room-1]) + "…"
	}
	p.printf(`<title>%s</title>`, html.EscapeString(node.Name+": "+node.Status))
	p.text("name", at.x+30, mid+4, "start", name)
	p.text("took", at.x+nodeW-10, mid+4, "end", node.Took)
	p.WriteString("</a>")
}

// shape is the state as a form, for those who do not see its colour.
func shape(p *pen, status string, x, y float64) {
	switch status {
	case "success":
		p.printf(`<circle class="mark" cx="%s" cy="%s" r="5"/>`, n(x), n(y))
	case "failure":
		p.printf(`<rect class="mark" x="%s" y="%s" width="9" height="9" rx="1"/>`, n(x-4.5), n(y-4.5))
	case "running":
		p.printf(`<circle class="mark ring" cx="%s" cy="%s" r="4.5"/>`, n(x), n(y))
	default:
		p.printf(`<circle class="mark hollow" cx="%s" cy="%s" r="4.5"/>`, n(x), n(y))
	}
}

// layers puts each node one column right of the last that it needs. A node
// of a cycle, which no accepted workflow has, ends in the first column.
func layers(nodes []Node) [][]Node {
	depth := map[string]int{}
	byID := map[string]Node{}
	for _, node := range nodes {
		byID[node.ID] = node
	}
	var measure func(id string, trail []string) int
	measure = func(id string, trail []string) int {
		if d, known := depth[id]; known {
			return d
		}
		if slices.Contains(trail, id) {
			return 0
		}
		d := 0
		for _, need := range byID[id].Needs {
			if _, known := byID[need]; known {
				d = max(d, measure(need, append(trail, id))+1)
			}
		}
		depth[id] = d
		return d
	}
	var columns [][]Node
	for _, node := range nodes {
		d := measure(node.ID, nil)
		for len(columns) <= d {
			columns = append(columns, nil)
		}
		columns[d] = append(columns[d], node)
	}
	return columns
}
