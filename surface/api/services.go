package api

import (
	"context"
	"fmt"
	"time"

	"andon/feedback/incident"
	"andon/flow/delivery"
	"andon/flow/floor"
	"andon/flow/measure"
	"andon/flow/outlook"
	"andon/flow/pipeline"
	"andon/flow/source"
	"andon/journal"
	"andon/journal/intake"
	"andon/journal/subscription"
	"andon/learning/postmortem"
)

// Services are the parts of Andon that the API shows.
type Services struct {
	Ledger        *journal.Ledger
	Floor         *floor.Service
	Measure       *measure.Service
	Outlook       *outlook.Service
	Pipeline      *pipeline.Service
	Delivery      *delivery.Service
	Sources       *source.Service
	Hooks         Hooks
	Intake        *intake.Service
	Subscriptions *subscription.Service
	Incidents     *incident.Service
	Postmortems   *postmortem.Service
	Trials        Trials
	Objectives    Objectives
	// Status says what this Andon is.
	Status func() Status
}

// Status is what this Andon is and looks after.
type Status struct {
	Version    string   `json:"version"`
	Repository string   `json:"repository"`
	Branch     string   `json:"branch"`
	Line       string   `json:"line"`
	Database   string   `json:"database"`
	Started    string   `json:"started"`
	Next       []string `json:"next,omitempty" doc:"What to add to get further"`
	Problems   []string `json:"problems,omitempty" doc:"What is wrong in the declarations; the former ones stay in force"`
	// Visitors is what the demonstration's users met; nil when there are none.
	Visitors *Visitors `json:"visitors,omitempty"`
}

// Visitors is what requests met that andon up --visitors sent.
type Visitors struct {
	Sent     int64            `json:"sent"`
	Answered map[string]int64 `json:"answered" doc:"By class of the status, 2xx to 5xx"`
	Dropped  int64            `json:"dropped" doc:"Those that got no answer at all"`
}

// String tells it in a line.
func (v Visitors) String() string {
	return fmt.Sprintf("%d requests: %d answered with a server error, %d dropped without an answer", v.Sent, v.Answered["5xx"], v.Dropped)
}

// Trials tells what the judge says of an exposure.
type Trials interface {
	Trial(exposed string) (Trial, bool)
}

// Trial is the judge's view of a canary beside its stable.
type Trial struct {
	Ruling string    `json:"ruling" enum:"unknown,good,bad"`
	Text   string    `json:"text"`
	At     time.Time `json:"at"`
	Canary Arm       `json:"canary"`
	Stable Arm       `json:"stable"`
}

// Arm is what one revision's users met.
type Arm struct {
	Requests int64 `json:"requests"`
	Errors   int64 `json:"errors"`
	Users    int64 `json:"users"`
	Hurt     int64 `json:"hurt" doc:"Users whose first error came from this revision"`
}

// Objectives tells how much of the error budgets is left.
type Objectives interface {
	Objectives(ctx context.Context) ([]Objective, error)
}

// Objective is one objective and its budget.
type Objective struct {
	Name      string  `json:"name"`
	Title     string  `json:"title"`
	Service   string  `json:"service"`
	Target    float64 `json:"target"`
	Window    string  `json:"window"`
	Known     bool    `json:"known" doc:"False before there is any traffic"`
	Total     float64 `json:"total" doc:"Events within the window"`
	Bad       float64 `json:"bad"`
	Remaining float64 `json:"remaining" doc:"Share of the budget left: 1 untouched, 0 spent, below 0 overspent"`
	Text      string  `json:"text"`
}
