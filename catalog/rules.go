package catalog

import "slices"

// Rules are what a line asks of cards besides its stations' limits.
type Rules struct {
	// PersonWIP limits the unfinished cards of one person; 0 is no limit.
	PersonWIP int
	// ExpediteWIP gives cards of class expedite a lane of their own, with
	// this limit, beside the others'; 0 is no such lane.
	ExpediteWIP int
	// Ready is what must be true of a card before it may be pulled into work.
	Ready []string
	// SLE is the service level expectation; nil leaves all to the defaults.
	SLE *SLE
	// CostPerDay is what the line costs in a day; 0 when it is not given.
	CostPerDay float64
	// Currency is its ISO 4217 code.
	Currency string
}

// SLE is a service level expectation: so many percent of the cards are done
// within so many days of their start.
type SLE struct {
	Percent float64
	// Days is 0 when the line's own history is to say.
	Days float64
	// Light is the risk of missing it, 0 to 1, at which a card lights its andon.
	Light float64
	// Stop refuses pulls before a card that is lit until somebody answers.
	Stop bool
}

// What a card can be asked to be before it is pulled.
const (
	ReadyAnalysed  = "analysed"
	ReadyEstimated = "estimated"
	ReadyScheduled = "scheduled"
)

const (
	mostMoney    = 1e12
	mostDays     = 3650
	usualPercent = 85
	usualLight   = 0.8
)

func rules(spec object) (r Rules) {
	r.PersonWIP = spec.at("wipPerPerson").whole(0, 1, mostCards)
	if v := spec.at("expedite"); v.present() {
		o := v.object("wip")
		r.ExpediteWIP = o.need("wip", "say how many cards may be expedited at a time, as in wip: 1").whole(0, 1, mostCards)
	}
	for _, v := range spec.at("ready").list() {
		what := v.choice("", ReadyAnalysed, ReadyEstimated, ReadyScheduled)
		if what != "" && !slices.Contains(r.Ready, what) {
			r.Ready = append(r.Ready, what)
		}
	}
	if v := spec.at("sle"); v.present() {
		o := v.object("percent", "days", "light", "stop")
		sle := SLE{Percent: usualPercent, Light: usualLight}
		if p := o.at("percent"); p.present() {
			if sle.Percent = p.number(99.9); sle.Percent < 50 {
				p.wrong("use a number from 50 to 99.9", "is %s", shown(p.node))
			}
		}
		sle.Days = o.at("days").number(mostDays)
		if light := o.at("light"); light.present() {
			if sle.Light = light.number(1); sle.Light == 0 {
				light.wrong("use a risk above 0 and at most 1, as in 0.8", "is %s", shown(light.node))
			}
		}
		sle.Stop = o.at("stop").yes()
		r.SLE = &sle
	}
	if v := spec.at("cost"); v.present() {
		o := v.object("perDay", "currency")
		r.CostPerDay = o.need("perDay", "say what the line costs in a day, as in perDay: 3000").number(mostMoney)
		r.Currency = o.at("currency").text()
		if c := o.at("currency"); c.present() && !currencyCode.MatchString(r.Currency) {
			c.wrong("use a code of three letters (ISO 4217), as in EUR", "is %s", shown(c.node))
		}
	}
	return r
}
