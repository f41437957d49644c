package web

import (
	"context"
	"strconv"

	"andon/feedback/incident"
	"andon/flow/delivery"
	"andon/flow/floor"
)

// frame is what surrounds every page.
type frame struct {
	page
	At     int64 // the journal's position that the page shows
	Status Status
	Ways   []way
}

// way groups the side bar's entries.
type way struct {
	Title   string
	Entries []entry
}

type entry struct {
	Path, Title, Key string // Key follows "g" on the keyboard
	Count            string
	Bad              bool
	Means            string // what the count counts, for screen readers
}

func (e entry) here(p page) bool { return e.Path == p.Place }

func (s *site) frame(ctx context.Context, p page, at int64) (frame, error) {
	f := frame{page: p, At: at, Status: s.Status()}
	working, err := s.working(ctx, f.Status.Line)
	if err != nil {
		return f, err
	}
	places, err := s.Delivery.Places(ctx)
	if err != nil {
		return f, err
	}
	open, err := s.openIncidents(ctx)
	if err != nil {
		return f, err
	}
	f.Ways = []way{
		{"First way · flow", []entry{
			{Path: "/floor", Title: "Floor", Key: "f", Count: count(working), Means: "cards in progress"},
			{Path: standUpPath(f.Status.Line), Title: "Stand-up", Key: "s"},
			{Path: demoPath(f.Status.Line), Title: "Demo", Key: "e"},
			{Path: "/flow", Title: "Flow", Key: "w"},
			{Path: "/forecasts", Title: "Forecasts", Key: "o"},
			{Path: "/untracked", Title: "Without a card", Key: "n"},
			{Path: "/deliveries", Title: "Deliveries", Key: "d", Count: count(underWay(places)), Means: "under way"},
		}},
		{"Second way · feedback", []entry{
			{Path: "/health", Title: "Health", Key: "h", Count: count(s.spent()), Bad: true, Means: "budgets spent"},
			{Path: "/incidents", Title: "Incidents", Key: "i", Count: count(open), Bad: true, Means: "open"},
		}},
		{"Third way · learning", []entry{{Path: "/postmortems", Title: "Postmortems", Key: "p"}}},
		{"What happened", []entry{{Path: "/journal", Title: "Journal", Key: "j"}}},
	}
	return f, nil
}

func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func (s *site) working(ctx context.Context, line string) (n int, err error) {
	if line == "" {
		return 0, nil
	}
	f, err := s.floorNow(ctx, line)
	for _, st := range f.Line.Stations {
		if st.Kind != floor.Queue && st.Kind != floor.Done {
			n += len(f.In(st.Name))
		}
	}
	return n, err
}

func underWay(places []delivery.Place) (n int) {
	for _, p := range places {
		if p.Active != nil {
			n++
		}
	}
	return n
}

func (s *site) openIncidents(ctx context.Context) (n int, err error) {
	list, err := s.Incidents.List(ctx, 100)
	for _, i := range list {
		if i.State != incident.Resolved {
			n++
		}
	}
	return n, err
}

func (s *site) spent() (n int) {
	for _, o := range s.Objectives.All() {
		if o.Known && o.Remaining <= 0 {
			n++
		}
	}
	return n
}
