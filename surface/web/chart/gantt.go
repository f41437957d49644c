package chart

import "time"

// Bar is a time in a row.
type Bar struct {
	Row      int
	From, To time.Time
	Class    string
	Title    string
}

// Gantt draws bars in named rows over time.
func Gantt(rows []string, bars []Bar, from, to time.Time, label string) string {
	if len(rows) == 0 || !to.After(from) {
		return ""
	}
	const rowHeight, gutter = 24.0, 130.0
	p := &plot{w: fullWidth, h: top + rowHeight*float64(len(rows)) + bottom, from: from, to: to}
	p.open("gantt", p.w, p.h, label)
	x := func(t time.Time) float64 {
		share := float64(t.Sub(from)) / float64(to.Sub(from))
		return gutter + (p.w-gutter-10)*min(1, max(0, share))
	}
	for i, name := range rows {
		y := top + rowHeight*float64(i)
		p.line("axis", gutter, y+rowHeight, p.w-10, y+rowHeight)
		p.text("", gutter-8, y+rowHeight/2+4, "end", cut(name, 20))
	}
	for _, b := range bars {
		if b.Row < 0 || b.Row >= len(rows) {
			continue
		}
		y := top + rowHeight*float64(b.Row)
		p.linked("", b.Title, func() {
			p.printf(`<rect class="bar %s" x="%s" y="%s" width="%s" height="%s"/>`, b.Class, n(x(b.From)), n(y+5), n(max(0.8, x(b.To)-x(b.From))), n(rowHeight-8))
		})
	}
	const days = 5
	for i := range days {
		t := from.Add(to.Sub(from) * time.Duration(i) / (days - 1))
		anchor := "middle"
		if i == 0 {
			anchor = "start"
		} else if i == days-1 {
			anchor = "end"
		}
		p.text("", x(t), p.h-6, anchor, t.Format("2 Jan 2006"))
	}
	return p.close()
}
