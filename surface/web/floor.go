package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"andon/flow/floor"
	"andon/flow/outlook"
	"andon/journal"
)

// floorView is a line as it is drawn: a grid of cells, stations across, rows
// of cards down.
type floorView struct {
	Line    floor.Line
	Lines   []floor.Line
	Heads   []head
	Rows    []row
	Signals []mark
	Now     time.Time
	Next    []string
	Filter  filter
	People  []string // who can be chosen as an owner
	Epics   []string
	Labels  []string
	Shown   int   // open cards that the filter admits
	Open    int   // open cards
	At      int64 // the journal's position that this shows
	// touched are the keys, with blanks between them, of the cards that something
	// happened to since the browser's position.
	touched string
	risks   map[string]outlook.CardRisk
	// same says that the browser has a card already as it is.
	same func(floor.Card, floor.Station) bool
}

// head is a station with what counts against its limit.
type head struct {
	floor.Station
	Holds int
	Over  bool // as many cards as fit, or more
}

// wip is the station's figure: "2 / 3", or the number alone without a limit.
func (h head) wip() string { return load(h.Holds, h.WIP) }

func load(holds, limit int) string {
	if limit == 0 {
		return strconv.Itoa(holds)
	}
	return fmt.Sprintf("%d / %d", holds, limit)
}

// does says in a word who works at the station.
func (h head) does() string {
	switch {
	case h.Kind == floor.Pipeline && h.Machine == "*":
		return "workflows"
	case h.Kind == floor.Deploy && h.Machine == h.Name:
		return "deploys"
	case h.Kind == floor.Pipeline, h.Kind == floor.Deploy:
		return h.Machine
	}
	return ""
}

// row is a swimlane. A floor without swimlanes has one, without a title.
type row struct {
	ID, Title string
	Figure    string // "1 / 2" of the expedite lane
	Over      bool
	Cells     []cell
}

// cell is what a row holds at a station: one list of cards, or two where the
// station is split into doing and done.
type cell struct {
	head
	ID    string
	Lists []cards
	Shown int
	Held  int // before the filter
}

// cards is one list. The cards beyond the fold are counted only.
type cards struct {
	ID, Title string
	Finished  bool
	Cards     []cardView
	More      int
	Next      string // key of the first card beyond the fold
}

type cardView struct {
	floor.Card
	Marks []mark
	Age   string
	Ready []floor.Readiness // what the definition of ready asks of it; nil once it began
	Same  bool
	Money string // what a day's delay costs
	Risk  string // how likely it is to be late; empty when nobody can say
}

// fold is how many cards a list shows before the rest is only counted; of what
// is done the newest are enough.
const (
	fold     = 60
	foldDone = 12
)

// often is when a floor is drawn again for its ages though nothing happened.
const often = 5 * time.Minute

func (s *site) floorPage(r *http.Request) (page, error) {
	v, err := s.floorView(r, func(floor.Card, floor.Station) bool { return false })
	if err != nil {
		return page{}, err
	}
	return page{Title: v.Line.Title, Place: "/floor", Head: floorHead(v), Body: floorBody(v), Every: often}, nil
}

// floorView reads the line that a request asks for; cards that are the same in
// the browser are only named.
func (s *site) floorView(r *http.Request, same func(floor.Card, floor.Station) bool) (floorView, error) {
	ctx := r.Context()
	status := s.Status()
	v := floorView{Next: status.Next, same: same}
	var err error
	if v.Filter, err = filterOf(r.URL.Query(), journal.ActorOf(ctx)); err != nil {
		return v, err
	}
	name := v.Filter.Line
	if name == "" {
		name = status.Line
	}
	if v.Lines, err = s.Floor.Lines(ctx); err != nil {
		return v, err
	}
	f, err := s.floorNow(ctx, name)
	if err != nil {
		return v, err
	}
	m, err := s.machines(ctx)
	if err != nil {
		return v, err
	}
	v.Line, v.At, v.Now = titled(f.Line), f.Head, f.At
	if v.risks, err = s.risks(ctx, f.Line.Name); err != nil {
		return v, err
	}
	v.lay(f.Cards, m)
	v.Signals = signals(v)
	return v, nil
}

// titled gives a line without a title its name as one.
func titled(l floor.Line) floor.Line {
	if l.Title == "" {
		l.Title = l.Name
	}
	return l
}

// lay puts the cards into the grid.
func (v *floorView) lay(all []floor.Card, m machines) {
	v.count(all)
	rows := []string{}
	if v.Line.Rules.ExpediteWIP > 0 {
		rows = append(rows, "")
	}
	rest := slices.DeleteFunc(slices.Clone(all), v.expedited)
	groups := v.Filter.groups(rest)
	if v.Filter.Lanes == "" || len(groups) == 0 {
		groups = []string{""}
	}
	laneOf := func(c floor.Card) int {
		if v.expedited(c) {
			return 0
		}
		return len(rows) + slices.Index(groups, v.Filter.group(c))
	}
	for i := range len(rows) + len(groups) {
		r := row{ID: "row-" + strconv.Itoa(i)}
		switch {
		case i < len(rows):
			r.Title = "Expedite"
		case len(rows) > 0 || v.Filter.Lanes != "":
			r.Title = v.Filter.groupWord(groups[i-len(rows)])
		}
		for _, h := range v.Heads {
			c := cell{head: h, ID: h.Name, Lists: []cards{{}}}
			if i > 0 {
				c.ID += "-" + strconv.Itoa(i)
			}
			c.Lists[0].ID = "lane-" + c.ID
			if h.Split {
				c.Lists[0].Title = "doing"
				c.Lists = append(c.Lists, cards{ID: "lane-" + c.ID + "-finished", Title: "done", Finished: true})
			}
			r.Cells = append(r.Cells, c)
		}
		v.Rows = append(v.Rows, r)
	}
	for _, c := range all {
		at := slices.IndexFunc(v.Heads, func(h head) bool { return h.Name == c.Station })
		if at < 0 {
			continue
		}
		v.Rows[laneOf(c)].Cells[at].add(v, c, m)
	}
	if v.Line.Rules.ExpediteWIP > 0 {
		v.lane(all)
	}
}

// expedited says whether a card runs in the lane of its own.
func (v *floorView) expedited(c floor.Card) bool {
	return v.Line.Rules.ExpediteWIP > 0 && c.Class == floor.Expedite
}

// lane counts the expedite lane.
func (v *floorView) lane(all []floor.Card) {
	holds := 0
	for _, c := range all {
		if st, err := v.Line.Station(c.Station); err == nil && inProgress(st) && v.expedited(c) {
			holds++
		}
	}
	v.Rows[0].Figure = load(holds, v.Line.Rules.ExpediteWIP)
	v.Rows[0].Over = holds >= v.Line.Rules.ExpediteWIP
}

func inProgress(s floor.Station) bool { return s.Kind != floor.Queue && s.Kind != floor.Done }

// count fills in what holds for the whole line, whatever is shown of it.
func (v *floorView) count(all []floor.Card) {
	for _, st := range v.Line.Stations {
		h := head{Station: st}
		for _, c := range all {
			if c.Station == st.Name && !(inProgress(st) && v.expedited(c)) {
				h.Holds++
			}
		}
		h.Over = st.WIP > 0 && h.Holds >= st.WIP
		v.Heads = append(v.Heads, h)
	}
	for _, c := range all {
		v.People = append(append(v.People, c.Owner), c.Helpers...)
		v.Epics = append(v.Epics, c.Epic)
		v.Labels = append(v.Labels, c.Labels...)
		if !c.DoneAt.IsZero() {
			continue
		}
		v.Open++
		if v.Filter.admits(c) {
			v.Shown++
		}
	}
	v.People, v.Epics, v.Labels = distinct(v.People), distinct(v.Epics), distinct(v.Labels)
}

func distinct(names []string) []string {
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool { return name == "" })
}

// add puts a card into its list, or counts it when it is not to be seen.
func (c *cell) add(v *floorView, card floor.Card, m machines) {
	c.Held++
	if !v.Filter.admits(card) {
		return
	}
	c.Shown++
	list := &c.Lists[0]
	if c.Split && !card.FinishedAt.IsZero() {
		list = &c.Lists[1]
	}
	most := fold
	if c.Kind == floor.Done {
		most = foldDone
	}
	if len(list.Cards) >= most && !slices.Contains(v.Filter.All, c.Name) {
		if list.More == 0 {
			list.Next = card.Key
		}
		list.More++
		return
	}
	list.Cards = append(list.Cards, v.view(card, c.Station, m))
}

func (v *floorView) view(c floor.Card, st floor.Station, m machines) cardView {
	if v.same(c, st) {
		return cardView{Card: c, Same: true}
	}
	w := cardView{Card: c, Marks: m.marks(c, st, v.Now), Age: ageOf(c, v.Now), Money: money(v.Line, c), Risk: riskWord(v.risks[c.Key])}
	if st.Kind == floor.Queue {
		w.Ready = v.Line.Rules.Ready
	}
	return w
}

// money is what a day's delay of a card costs, or nothing when nobody said.
func money(l floor.Line, c floor.Card) string {
	if c.CostOfDelay == 0 {
		return ""
	}
	return strings.TrimSpace(whole(c.CostOfDelay)+" "+l.Rules.Currency) + " a day"
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
	for _, h := range v.Heads {
		if h.Cord != nil {
			list = append(list, mark{"bad", "Cord pulled at " + h.Name, h.Cord.Reason})
		}
		if inProgress(h.Station) {
			working += h.Holds
		}
	}
	if v.Line.WIP > 0 && working >= v.Line.WIP {
		list = append(list, mark{"warn", "Line full, " + load(working, v.Line.WIP), "Finish something before you start something."})
	}
	for _, h := range v.Heads {
		if h.Over && h.Cord == nil && len(list) < 3 {
			list = append(list, mark{"warn", h.Name + " full", ""})
		}
	}
	if len(list) == 0 {
		list = append(list, mark{"ok", "Flowing", ""})
	}
	return list
}
