package web

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"andon/feedback/incident"
	"andon/feedback/judge"
	"andon/feedback/objective"
	"andon/flow/delivery"
	"andon/flow/floor"
	"andon/flow/measure"
	"andon/flow/outlook"
	"andon/flow/pipeline"
	"andon/flow/source"
	"andon/journal"
	"andon/learning/postmortem"
)

// Services are the parts of Andon that the pages show.
type Services struct {
	Ledger      *journal.Ledger
	Floor       *floor.Service
	Measure     *measure.Service
	Outlook     *outlook.Service
	Pipeline    *pipeline.Service
	Delivery    *delivery.Service
	Sources     *source.Service
	Incidents   *incident.Service
	Postmortems *postmortem.Service
	Trials      Trials
	Objectives  Objectives
	Gate        Gate
	Traffic     Traffic
	// Status says what this Andon is.
	Status func() Status
}

// Status is what this Andon looks after.
type Status struct {
	Version    string
	Repository string
	Branch     string
	Work       string   // the folder to commit in
	Line       string   // the line to show first
	Next       []string // what to add to get further
	Problems   []string // what is wrong in the declarations
}

// Trials keeps what the judge saw of an exposure.
type Trials interface {
	History(exposed string) []judge.Point
}

// Objectives keeps the budgets.
type Objectives interface {
	All() []objective.Status
	History(name string, span time.Duration) []objective.Point
}

// Gate tells which places would let a release in at this moment.
type Gate interface {
	Doors(ctx context.Context) ([]Door, error)
	Policies() []Policy
}

// Door is one place and what the gate says of it.
type Door struct {
	Target delivery.Target
	Open   bool
	Text   string // why it is shut
}

// Policy is one declared policy.
type Policy struct {
	Name, File string
	On         string // "pull, deploy"
	Rules      []PolicyRule
}

// PolicyRule is one rule of a policy.
type PolicyRule struct {
	Name, When, Require, Message string
	Line                         int
}

// Traffic tells what users of a place meet, over the last minute.
type Traffic interface {
	Signals(ctx context.Context, t delivery.Target) (Signals, error)
}

// Signals are what users of one place meet. Known is false before anybody came.
type Signals struct {
	Known   bool
	Rate    float64       // requests a second
	Errors  float64       // share of answers 5xx
	P50     time.Duration // time to the last byte
	P95     time.Duration
	Flights float64 // requests under way
}

// New gives the handler of all pages.
func New(s Services) http.Handler {
	w := &site{Services: s}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(out http.ResponseWriter, r *http.Request) { http.Redirect(out, r, "/floor", http.StatusFound) })
	mux.HandleFunc("GET /learning", func(out http.ResponseWriter, r *http.Request) {
		http.Redirect(out, r, "/postmortems", http.StatusFound)
	})
	for path, draw := range map[string]drawing{
		"/flow": w.flowPage, "/flow/cards": w.flowCardsPage, "/forecasts": w.forecastsPage, "/whatif": w.whatIfPage, "/bottleneck": w.bottleneckPage, "/untracked": w.untrackedPage,
		"/floor": w.floorPage, "/cards/{key}": w.cardPage,
		"/deliveries": w.deliveriesPage, "/deployments/{id}": w.deploymentPage, "/runs/{id}": w.runPage,
		"/health":    w.healthPage,
		"/incidents": w.incidentsPage, "/incidents/{id}": w.incidentPage,
		"/postmortems": w.postmortemsPage, "/postmortems/{id}": w.postmortemPage,
		"/journal":              w.journalPage,
		"/lines/{line}/standup": w.standUpPage, "/lines/{line}/demo": w.demoPage,
	} {
		mux.HandleFunc("GET "+path, w.show(draw))
	}
	mux.HandleFunc("GET /lines/{line}/standup.md", w.standUpText)
	mux.HandleFunc("GET /lines/{line}/demo.md", w.demoText)
	mux.HandleFunc("GET /floor/changes", w.floorChanges)
	mux.HandleFunc("GET /palette", w.palette)
	mux.HandleFunc("GET /live", w.live)
	mux.HandleFunc("GET /assets/{name}", serveAsset)
	mux.HandleFunc("GET /favicon.ico", func(out http.ResponseWriter, r *http.Request) {
		http.Redirect(out, r, asset("icon.svg"), http.StatusFound)
	})
	mux.HandleFunc("/", w.show(func(*http.Request) (page, error) { return page{}, errNowhere }))
	return protect(mux)
}

type site struct {
	Services
	floors floors
}

// page is what a drawing gives: the frame's words and the body.
type page struct {
	Title string
	Place string // path of the entry to mark in the side bar
	Head  templ.Component
	Body  templ.Component
	// Every makes the browser fetch the page again, for what changes without
	// a fact; 0 is only when something happened.
	Every time.Duration
}

type drawing func(r *http.Request) (page, error)

var errNowhere = errors.New("there is no such page")

// show draws a page into memory first, so that an error still has its status.
func (s *site) show(draw drawing) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		at, err := s.Ledger.Head(r.Context())
		var p page
		if err == nil {
			p, err = draw(r)
		}
		status := http.StatusOK
		if err != nil {
			if r.Context().Err() != nil {
				return
			}
			status, p = wrong(err)
		}
		frame, err := s.frame(r.Context(), p, at)
		if err == nil {
			var out bytes.Buffer
			if err = layout(frame).Render(r.Context(), &out); err == nil {
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				w.Header().Set("Cache-Control", "no-store")
				w.WriteHeader(status)
				_, _ = w.Write(out.Bytes())
				return
			}
		}
		if r.Context().Err() == nil {
			slog.Error("web: a page could not be drawn", "path", r.URL.Path, "error", err)
			http.Error(w, "This page could not be drawn; Andon's log says why.", http.StatusInternalServerError)
		}
	}
}

// wrong is the page that tells an error.
func wrong(err error) (int, page) {
	status, text := http.StatusInternalServerError, "Something went wrong inside Andon; its log says what."
	var asked *badQuery
	switch {
	case errors.Is(err, errNowhere), isMissing(err):
		status, text = http.StatusNotFound, sentence(err.Error())
	case errors.As(err, &asked):
		status, text = http.StatusBadRequest, sentence(err.Error())
	default:
		slog.Error("web: a page failed", "error", err)
	}
	return status, page{Title: http.StatusText(status), Head: heading(http.StatusText(status)), Body: nothing(text, "Back to the floor", "/floor")}
}

// isMissing says whether the asked thing does not exist.
func isMissing(err error) bool {
	var (
		card       *floor.Missing
		run        *pipeline.Missing
		deployment *delivery.Missing
		trouble    *incident.Missing
		text       *postmortem.Missing
	)
	return errors.As(err, &card) || errors.As(err, &run) || errors.As(err, &deployment) || errors.As(err, &trouble) || errors.As(err, &text)
}

// badQuery says which part of the address is wrong.
type badQuery struct{ Field, Text string }

func (b *badQuery) Error() string { return b.Field + ": " + b.Text }
