package catalog

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// Line is a delivery line: the stations that work passes, in order.
type Line struct {
	Name  string
	Title string // Name when none is written
	// Key is what the keys of its cards begin with: SHOP in SHOP-12.
	Key string
	// Owner is the name of a group; empty when nobody owns the line.
	Owner string
	// Branch is the branch that releases come from; empty until
	// [Catalog.Complete] when none is written.
	Branch string
	// WIP limits the unfinished cards on the whole line; 0 is no limit.
	WIP int
	Rules
	Stations []Station
	Cards    []Card
	// Place has no file when the line is the default one.
	Place
}

// Declared tells whether a file declares the line.
func (l Line) Declared() bool { return l.File != "" }

// What does the work of a station.
const (
	KindQueue    = "queue"    // work waits
	KindWork     = "work"     // people or agents work
	KindPipeline = "pipeline" // Run works
	KindDeploy   = "deploy"   // a rollout to Deploy works
	KindDone     = "done"     // nothing is left to do
)

// Station is one place that cards pass.
type Station struct {
	Name  string
	Title string // Name when none is written
	Kind  string
	// WIP limits the cards in the station; 0 is no limit.
	WIP int
	// Hands is how many can work in the station at once; 0 when nobody said.
	Hands int
	// Split shows a doing and a done half, which share the limit.
	Split bool
	// Run is a file of .github/workflows, or * for all of them.
	Run string
	// Deploy is an environment of a Delivery.
	Deploy string
	Place
}

// Card is work that the file puts on the line.
type Card struct {
	Key   string
	Title string
	// Kind is business, internal, change or unplanned.
	Kind string
	// Class is expedite, fixed-date, standard or intangible.
	Class string
	// Estimate is the size in the team's own unit; 0 when unknown.
	Estimate float64
	Epic     string
	Labels   []string
	Due      time.Time // midnight UTC of the day; zero when none is given
	// CostOfDelay is what a day's delay costs, in the line's currency.
	CostOfDelay float64
	Place
}

const mostCards = 100_000 // a limit, and an estimate no team gives

var (
	keyPrefix  = regexp.MustCompile(`^[A-Z][A-Z0-9]{0,9}$`)
	cardNumber = regexp.MustCompile(`^[1-9][0-9]{0,8}$`)
	// currencyCode is the form of ISO 4217.
	currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)
)

func (l *loading) line(d value, doc object) {
	name, title, spec := header(doc, "key", "owner", "branch", "wip", "wipPerPerson", "expedite", "ready", "sle", "cost", "stations", "cards")
	line := Line{Name: name, Title: title, Place: d.place()}

	key := spec.need("key", "give what the keys of its cards begin with, as in SHOP")
	line.Key = key.text()
	if key.present() && !keyPrefix.MatchString(line.Key) {
		key.wrong("use 1 to 10 upper-case letters and digits, beginning with a letter, as in SHOP", "is %s", shown(key.node))
	}
	line.Owner = l.owner(spec.at("owner"))
	line.Branch = spec.at("branch").text()
	line.WIP = spec.at("wip").whole(0, 1, mostCards)
	line.Rules = rules(spec)

	stations := spec.need("stations", "list the stations from backlog to done")
	for _, s := range stations.list() {
		line.Stations = append(line.Stations, l.station(s))
	}
	l.shape(line, stations)

	seen := map[string]Place{}
	for _, v := range spec.at("cards").list() {
		card, at := l.card(v, line.Key)
		if first, twice := seen[card.Key]; twice && card.Key != "" {
			at.wrong("give each card its own number", "%s is the key of another card, at %s", shown(at.node), first)
		}
		seen[card.Key] = at.place()
		line.Cards = append(line.Cards, card)
	}

	if len(l.catalog.Lines) > 0 {
		d.wrong("keep one of them", "is a second Line beside %s at %s, and this version runs one line in a repository",
			l.catalog.Lines[0].Name, l.catalog.Lines[0].Place)
		return
	}
	l.catalog.Lines = append(l.catalog.Lines, line)
}

func (l *loading) station(v value) Station {
	o := v.object("name", "title", "kind", "wip", "split", "hands", "run", "deploy")
	s := Station{Place: v.place()}
	s.Name = o.need("name", "name the station, as in review").name()
	s.Title = title(o, s.Name)
	run, deploy, kind := o.at("run"), o.at("deploy"), o.at("kind")
	s.Run, s.Deploy = run.text(), deploy.text()

	switch {
	case run.present() && deploy.present():
		deploy.wrong("make it two stations", "stands beside run, and a station has one machine")
		s.Kind = KindPipeline
	case run.present():
		s.Kind = KindPipeline
	case deploy.present():
		s.Kind = KindDeploy
	}
	written := kind.choice("", KindQueue, KindWork, KindPipeline, KindDeploy, KindDone)
	switch {
	case s.Kind == "" && written == KindPipeline:
		o.need("run", "name a workflow file, as in run: ci.yml")
	case s.Kind == "" && written == KindDeploy:
		o.need("deploy", "name an environment, as in deploy: staging")
	case s.Kind == "" && !kind.present() && o.node.Kind == mapping:
		o.need("kind", "use queue, work or done, or give the station a machine with run or deploy")
	case s.Kind != "" && written != "" && written != s.Kind:
		kind.wrong("remove kind, or the machine", "is %s, but the station's machine makes it %s", shown(kind.node), s.Kind)
	}
	if s.Kind == "" {
		s.Kind = written
	}

	wip := o.at("wip")
	s.WIP = wip.whole(0, 1, mostCards)
	if wip.present() && s.Kind == KindDone {
		wip.wrong("remove it", "limits finished work, which costs nothing")
	}
	hands := o.at("hands")
	s.Hands = hands.whole(0, 1, mostCards)
	if hands.present() && (s.Kind == KindQueue || s.Kind == KindDone) {
		hands.wrong("remove it", "says how many can work, and nobody works in a %s station", s.Kind)
	}
	split := o.at("split")
	s.Split = split.yes()
	if s.Split && s.Kind != KindWork && s.Kind != "" {
		split.wrong("remove it", "splits a station into doing and done, and people do nothing in a %s station", s.Kind)
	}
	if run.present() {
		l.workflow(run, true)
	}
	if deploy.present() {
		l.report.later(func(l *loading) { l.environment(deploy, s.Deploy) })
	}
	return s
}

// shape checks what concerns all stations of a line together.
func (l *loading) shape(line Line, stations value) {
	if !stations.present() || stations.node.Kind != sequence {
		return
	}
	at := stations.list()
	if len(at) == 0 {
		stations.wrong("list the stations from backlog to done", "is empty")
		return
	}
	names, machines := map[string]Place{}, map[string]Place{}
	for i, s := range line.Stations {
		if first, twice := names[s.Name]; twice && s.Name != "" {
			at[i].wrong("give each station its own name", "is a second station named %s, beside %s", s.Name, first)
		}
		names[s.Name] = s.Place
		if first, twice := machines[s.Deploy]; twice && s.Deploy != "" {
			at[i].wrong("deploy to an environment at one station", "deploys to %s, as the station at %s does", s.Deploy, first)
		}
		machines[s.Deploy] = s.Place
		if i < len(at)-1 && s.Kind == KindDone {
			at[i].wrong("let the last station alone be done", "is done, but stations follow")
		}
		if s.WIP == 0 && line.WIP == 0 && s.Kind != KindQueue && s.Kind != KindDone && s.Kind != "" {
			at[i].note("limit unfinished work with wip", "may hold any number of cards")
		}
	}
	if first := line.Stations[0]; first.Kind != KindQueue && first.Kind != "" {
		at[0].wrong("begin with a queue, as in {name: backlog, kind: queue}", "is the first station and is %s", first.Kind)
	}
	if last := line.Stations[len(at)-1]; last.Kind != KindDone && last.Kind != "" {
		at[len(at)-1].wrong("end with {name: done, kind: done}", "is the last station and is %s", last.Kind)
	}
	if slices.ContainsFunc(line.Stations, func(s Station) bool { return s.Deploy != "" }) {
		l.report.later(func(l *loading) { l.order(line, at) })
	}
}

func (l *loading) card(v value, prefix string) (Card, value) {
	o := v.object("key", "title", "kind", "class", "estimate", "epic", "labels", "due", "costOfDelay")
	key := o.need("key", "number the card, as in "+prefix+"-1")
	c := Card{Place: v.place(), Key: key.text()}
	if number, ok := strings.CutPrefix(c.Key, prefix+"-"); key.present() && keyPrefix.MatchString(prefix) && (!ok || !cardNumber.MatchString(number)) {
		key.wrong("use the line's key and a number, as in "+prefix+"-1", "is %s", shown(key.node))
	}
	c.Title = o.need("title", "say what is to be done").filled("say what is to be done")
	c.Kind = o.at("kind").choice("business", "business", "internal", "change", "unplanned")
	c.Class = o.at("class").choice("standard", "expedite", "fixed-date", "standard", "intangible")
	c.Estimate = o.at("estimate").number(mostCards)
	c.Epic = o.at("epic").text()
	for _, l := range o.at("labels").list() {
		c.Labels = append(c.Labels, l.text())
	}
	c.Due = o.at("due").date()
	c.CostOfDelay = o.at("costOfDelay").number(mostMoney)
	return c, key
}
