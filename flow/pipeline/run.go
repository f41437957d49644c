package pipeline

import (
	"fmt"
	"time"

	"andon/flow/pipeline/execute"
)

// State is where a run is in its life.
type State string

// The states of a run.
const (
	Queued  State = "queued"
	Running State = "running"
	Ended   State = "ended"
)

// Run is one execution of one workflow for one commit.
type Run struct {
	ID         string             `json:"id"` // "ci-12"
	Number     int64              `json:"number"`
	Workflow   string             `json:"workflow"` // file
	Name       string             `json:"name"`
	SHA        string             `json:"sha"`
	Ord        int64              `json:"ord"` // the commit's place among the line's changes
	Ref        string             `json:"ref"`
	Before     string             `json:"before,omitempty"`
	Event      string             `json:"event"`
	Actor      string             `json:"actor"`
	Inputs     map[string]string  `json:"inputs,omitempty"`
	Attempt    int64              `json:"attempt"`
	State      State              `json:"state"`
	Conclusion execute.Conclusion `json:"conclusion,omitempty"`
	Text       string             `json:"text,omitempty"` // why, when it did not succeed
	CreatedAt  time.Time          `json:"created_at"`
	StartedAt  time.Time          `json:"started_at,omitzero"`
	EndedAt    time.Time          `json:"ended_at,omitzero"`
	CancelAt   time.Time          `json:"cancel_at,omitzero"` // when somebody asked to cancel it
}

// Took is how long the run has been running, or ran.
func (r Run) Took(now time.Time) time.Duration {
	switch {
	case r.StartedAt.IsZero():
		return 0
	case r.EndedAt.IsZero():
		return now.Sub(r.StartedAt)
	}
	return r.EndedAt.Sub(r.StartedAt)
}

// Detail is a run with all it consists of.
type Detail struct {
	Run
	Jobs      []Job      `json:"jobs"`
	Artifacts []Artifact `json:"artifacts,omitempty"`
}

// Job is one job of a run. It is waiting until StartedAt is set.
type Job struct {
	ID         string             `json:"id"`
	Name       string             `json:"name"`
	Needs      []string           `json:"needs,omitempty"`
	Conclusion execute.Conclusion `json:"conclusion,omitempty"`
	Tolerated  bool               `json:"tolerated,omitempty"`
	Text       string             `json:"text,omitempty"`
	StartedAt  time.Time          `json:"started_at,omitzero"`
	EndedAt    time.Time          `json:"ended_at,omitzero"`
	Steps      []Step             `json:"steps"`
}

// Status is the conclusion, or waiting or running before there is one.
func (j Job) Status() string { return statusOf(string(j.Conclusion), j.StartedAt) }

// Step is one step of a job.
type Step struct {
	Index      int                `json:"index"`
	Name       string             `json:"name"`
	Line       int                `json:"line"`
	Conclusion execute.Conclusion `json:"conclusion,omitempty"`
	Text       string             `json:"text,omitempty"`
	Summary    string             `json:"summary,omitempty"`
	StartedAt  time.Time          `json:"started_at,omitzero"`
	EndedAt    time.Time          `json:"ended_at,omitzero"`
}

// Status is the conclusion, or waiting or running before there is one.
func (s Step) Status() string { return statusOf(string(s.Conclusion), s.StartedAt) }

// Status is the conclusion, or the state before there is one.
func (r Run) Status() string {
	if r.Conclusion != "" {
		return string(r.Conclusion)
	}
	return string(r.State)
}

func statusOf(conclusion string, started time.Time) string {
	switch {
	case conclusion != "":
		return conclusion
	case started.IsZero():
		return "waiting"
	}
	return "running"
}

// Artifact is what a run made.
type Artifact struct {
	Run    string    `json:"run"`
	Name   string    `json:"name"`
	Job    string    `json:"job"`
	Digest string    `json:"digest"`
	Size   int64     `json:"size"` // bytes
	Files  int       `json:"files"`
	At     time.Time `json:"at"`
}

// RunEnded is the Data of a fact that says a run ended.
type RunEnded struct {
	Run        string             `json:"run"`
	Workflow   string             `json:"workflow"`
	SHA        string             `json:"sha"`
	Ord        int64              `json:"ord"`
	Before     string             `json:"before"`
	Event      string             `json:"event"`
	Conclusion execute.Conclusion `json:"conclusion"`
	Seconds    float64            `json:"seconds"`
	Text       string             `json:"text,omitempty"`
}

// Missing says that a thing does not exist.
type Missing struct{ What, Name, Hint string }

func (m *Missing) Error() string {
	text := fmt.Sprintf("there is no %s %q", m.What, m.Name)
	if m.Hint != "" {
		text += "; " + m.Hint
	}
	return text
}

// Invalid says which field of a request is wrong and what would be right.
type Invalid struct{ Field, Text string }

func (i *Invalid) Error() string { return i.Text }
