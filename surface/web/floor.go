package web

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"andon/flow/delivery"
	"andon/flow/floor"
	"andon/flow/pipeline"
)

// floorView is a line as it is drawn.
type floorView struct {
	Line    floor.Line
	Lines   []floor.Line
	Lanes   []lane
	Signals []mark
	Now     time.Time
	Next    []string
}

type lane struct {
	floor.Station
	Cards []cardView
	Over  bool // as many cards as fit, or more
	More  int  // finished cards that are not shown
}

// wip is the lane's figure: "2 / 3", or the number alone without a limit.
func (l lane) wip() string {
	if l.WIP == 0 {
		return strconv.Itoa(len(l.Cards))
	}
	return fmt.Sprintf("%d / %d", len(l.Cards), l.WIP)
}

// does says in a word who works at the station.
func (l lane) does() string {
	switch {
	case l.Kind == floor.Pipeline && l.Machine == "*":
		return "workflows"
	case l.Kind == floor.Deploy && l.Machine == l.Name:
		return "deploys"
	case l.Kind == floor.Pipeline, l.Kind == floor.Deploy:
		return l.Machine
	}
	return ""
}

type cardView struct {
	floor.Card
	Mark mark
	Age  string
}

// mark is a state as kind ("ok", "warn", "bad", "info", "idle"), word and the
// whole story.
type mark struct{ Kind, Word, Text string }

func (s *site) floorPage(r *http.Request) (page, error) {
	v, err := s.floorView(r.Context(), r.URL.Query().Get("line"))
	if err != nil {
		return page{}, err
	}
	return page{Title: v.Line.Title, Place: "/floor", Head: floorHead(v), Body: floorBody(v)}, nil
}

func (s *site) floorView(ctx context.Context, name string) (floorView, error) {
	status := s.Status()
	v := floorView{Now: s.Ledger.Now(), Next: status.Next}
	if name == "" {
		name = status.Line
	}
	var err error
	if v.Lines, err = s.Floor.Lines(ctx); err != nil {
		return v, err
	}
	f, err := s.Floor.Floor(ctx, name)
	if err != nil {
		return v, err
	}
	m, err := s.machines(ctx)
	if err != nil {
		return v, err
	}
	v.Line = f.Line
	if v.Line.Title == "" {
		v.Line.Title = v.Line.Name
	}
	for _, st := range f.Line.Stations {
		l := lane{Station: st}
		for _, c := range f.In(st.Name) {
			l.Cards = append(l.Cards, cardView{Card: c, Mark: m.mark(c, st), Age: ageOf(c, v.Now)})
		}
		l.Over = st.WIP > 0 && len(l.Cards) >= st.WIP
		v.Lanes = append(v.Lanes, l)
	}
	v.Signals = signals(v)
	return v, nil
}

// ageOf is a card's time in progress; before it started, its time in the
// backlog; once done, how long it took.
func ageOf(c floor.Card, now time.Time) string {
	if c.StartedAt.IsZero() {
		return floor.Span(now.Sub(c.CreatedAt))
	}
	return floor.Span(c.Age(now))
}

// signals are what the whole line has to say.
func signals(v floorView) (list []mark) {
	working := 0
	for _, l := range v.Lanes {
		if l.Cord != nil {
			list = append(list, mark{"bad", "Cord pulled at " + l.Name, l.Cord.Reason})
		}
		if l.Kind != floor.Queue && l.Kind != floor.Done {
			working += len(l.Cards)
		}
	}
	if v.Line.WIP > 0 && working >= v.Line.WIP {
		list = append(list, mark{"warn", fmt.Sprintf("Line full, %d / %d", working, v.Line.WIP), "Finish something before you start something."})
	}
	for _, l := range v.Lanes {
		if l.Over && l.Cord == nil && len(list) < 3 {
			list = append(list, mark{"warn", l.Name + " full", ""})
		}
	}
	if len(list) == 0 {
		list = append(list, mark{"ok", "Flowing", ""})
	}
	return list
}

// machines is what runs and deployments say of the commits of cards.
type machines struct {
	runs   map[string]pipeline.Run // newest by commit
	active map[string]*delivery.Deployment
	wait   map[string]*delivery.Deployment
	// finished is what a card in the last station is: live, where the line
	// deploys.
	finished mark
}

// recent is how many runs are looked at for the signals of cards.
const recent = 200

func (s *site) machines(ctx context.Context) (m machines, err error) {
	m = machines{map[string]pipeline.Run{}, map[string]*delivery.Deployment{}, map[string]*delivery.Deployment{}, mark{"ok", "Done", ""}}
	runs, err := s.Pipeline.Runs(ctx, recent)
	if err != nil {
		return m, err
	}
	for _, r := range runs {
		if _, known := m.runs[r.SHA]; !known {
			m.runs[r.SHA] = r
		}
	}
	places, err := s.Delivery.Places(ctx)
	if len(places) > 0 {
		m.finished.Word = "Live"
	}
	for _, p := range places {
		if p.Active != nil {
			m.active[p.Target.Environment] = p.Active
		}
		if p.Waiting != nil {
			m.wait[p.Target.Environment] = p.Waiting
		}
	}
	return m, err
}

// mark says in a word how a card does.
func (m machines) mark(c floor.Card, st floor.Station) mark {
	switch {
	case c.Blocked != nil:
		return mark{"bad", "Blocked", c.Blocked.Reason}
	case c.ReadyFor != "":
		return mark{"idle", "Waits for " + c.ReadyFor, "Its work here is finished; there is no room there yet, or its cord is pulled."}
	case st.Kind == floor.Done:
		return m.finished
	case st.Kind == floor.Deploy:
		return m.deploying(st.Machine)
	case st.Kind == floor.Pipeline:
		if len(c.Changes) > 0 {
			if r, ok := m.runs[c.Changes[len(c.Changes)-1]]; ok {
				return runMark(r.Status())
			}
		}
		return mark{"idle", "No run yet", ""}
	case c.Class == floor.Expedite:
		return mark{"warn", "Expedite", ""}
	case c.Class == floor.FixedDate:
		return mark{"info", "Fixed date", ""}
	case len(c.Helpers) > 0:
		return mark{"learn", "Swarming", ""}
	}
	return mark{}
}

func (m machines) deploying(environment string) mark {
	if d := m.active[environment]; d != nil {
		if d.State == delivery.Exposing {
			return mark{"info", fmt.Sprintf("Canary %d %%", d.Exposure.Weight), ""}
		}
		return deploymentMark(*d)
	}
	if d := m.wait[environment]; d != nil {
		return deploymentMark(*d)
	}
	return mark{"idle", "Waits for a release", ""}
}
