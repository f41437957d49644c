package incident

import (
	"context"
	"fmt"
	"slices"
	"time"

	"andon/journal"
)

// State is where an incident is in its life.
type State string

// The states of an incident.
const (
	Open         State = "open"
	Acknowledged State = "acknowledged"
	Resolved     State = "resolved"
)

// Severities lists how bad an incident can be, the worst first.
var Severities = []string{"critical", "major", "minor"}

// Incident is one thing that went wrong.
type Incident struct {
	ID             string    `json:"id"` // "INC-1"
	Number         int64     `json:"number"`
	Title          string    `json:"title"`
	Service        string    `json:"service"`
	Environment    string    `json:"environment"`
	Severity       string    `json:"severity"`
	State          State     `json:"state"`
	Deployment     string    `json:"deployment,omitempty"` // that caused it, when a machine saw it
	Release        string    `json:"release,omitempty"`
	SHA            string    `json:"sha,omitempty"`
	OpenedAt       time.Time `json:"opened_at"`
	AcknowledgedAt time.Time `json:"acknowledged_at,omitzero"`
	AcknowledgedBy string    `json:"acknowledged_by,omitempty"`
	ResolvedAt     time.Time `json:"resolved_at,omitzero"`
	ResolvedBy     string    `json:"resolved_by,omitempty"`
	Note           string    `json:"note,omitempty"` // how it was resolved
}

// Lasted is how long the incident has been open, or was.
func (i Incident) Lasted(now time.Time) time.Duration {
	if !i.ResolvedAt.IsZero() {
		now = i.ResolvedAt
	}
	return now.Sub(i.OpenedAt)
}

// About names what the incident concerns.
func (i Incident) About() []journal.Ref {
	refs := []journal.Ref{{Kind: journal.Incident, ID: i.ID}}
	add := func(kind journal.RefKind, id string) {
		if id != "" {
			refs = append(refs, journal.Ref{Kind: kind, ID: id})
		}
	}
	add(journal.Deployment, i.Deployment)
	add(journal.Release, i.Release)
	add(journal.Commit, i.SHA)
	add(journal.Service, i.Service)
	if i.Service != "" && i.Environment != "" {
		add(journal.Environment, i.Service+"/"+i.Environment)
	}
	return refs
}

// New is what an incident is opened from.
type New struct {
	Title       string
	Service     string
	Environment string
	Severity    string // empty: major
	Deployment  string
	Release     string
	SHA         string
	By          string
	// Once makes a second opening for the same cause the first one's; empty
	// always opens.
	Once string
}

func (n *New) complete() error {
	if n.Severity == "" {
		n.Severity = "major"
	}
	switch {
	case n.Title == "" || len(n.Title) > 300:
		return &Invalid{"title", "say in 1 to 300 bytes what users meet"}
	case n.Service == "":
		return &Invalid{"service", "say which service it is about"}
	case !slices.Contains(Severities, n.Severity):
		return &Invalid{"severity", fmt.Sprintf("%q is not a severity; use one of %v", n.Severity, Severities)}
	}
	return nil
}

// Missing says that there is no such incident.
type Missing struct{ ID string }

func (m *Missing) Error() string {
	return fmt.Sprintf("there is no incident %q; list them with: andon incidents", m.ID)
}

// Invalid says which field of a request is wrong and what would be right.
type Invalid struct{ Field, Text string }

func (i *Invalid) Error() string { return i.Text }

// Service keeps incidents. Safe for concurrent use.
type Service struct{ ledger *journal.Ledger }

// NewService keeps the ledger's incidents.
func NewService(l *journal.Ledger) *Service { return &Service{l} }

// List gives the newest incidents first, those that are not resolved before
// all others.
func (s *Service) List(ctx context.Context, limit int) (list []Incident, err error) {
	err = s.ledger.Read(ctx, func(r journal.Reader) error {
		list, err = where(ctx, r, `1 = 1 ORDER BY CASE state WHEN 'resolved' THEN 1 ELSE 0 END, number DESC LIMIT $1`, limit)
		return err
	})
	return list, err
}

// Get finds one incident.
func (s *Service) Get(ctx context.Context, id string) (i Incident, err error) {
	err = s.ledger.Read(ctx, func(r journal.Reader) error {
		i, err = of(ctx, r, id)
		return err
	})
	return i, err
}

// Timeline gives what the journal says about the incident and its cause, from
// the release's first fact on, oldest first.
func (s *Service) Timeline(ctx context.Context, id string) (facts []journal.Fact, err error) {
	err = s.ledger.Read(ctx, func(r journal.Reader) error {
		i, err := of(ctx, r, id)
		if err != nil {
			return err
		}
		facts, err = TimelineOf(ctx, r, i)
		return err
	})
	return facts, err
}

// TimelineOf is Timeline inside a transaction.
func TimelineOf(ctx context.Context, r journal.Reader, i Incident) ([]journal.Fact, error) {
	var about []journal.Ref
	for _, ref := range i.About() {
		if ref.Kind != journal.Service && ref.Kind != journal.Environment {
			about = append(about, ref)
		}
	}
	return journal.FactsOf(ctx, r, journal.Query{About: about, Linked: true})
}

// OpenCount counts the incidents of a service that are not resolved; an empty
// service counts all.
func OpenCount(ctx context.Context, r journal.Reader, service string) (n int, err error) {
	err = r.QueryRow(ctx, `SELECT count(*) FROM incident WHERE state <> 'resolved' AND (service = $1 OR $1 = '')`, service).Scan(&n)
	return n, err
}
