package delivery

import (
	"time"

	"andon/exposure"
)

// Plan says how a service is delivered: from which artifact, as what, and
// where to. It is what the declarations say now; a release keeps its own part.
type Plan struct {
	Service      string
	Workflow     string // the workflow file's name whose runs make releases
	Artifact     string // the artifact's name in such a run
	Config       Config
	Environments []Environment // in the order in which a release visits them
}

// Config is the part of a plan that a release keeps for ever.
type Config struct {
	Command   []string          `json:"command"`
	Env       map[string]string `json:"env,omitempty"`
	Health    Health            `json:"health"`
	StopGrace time.Duration     `json:"stop_grace"`
	Metrics   string            `json:"metrics,omitempty"` // path of Prometheus metrics
}

// Environment is one place and how a release is shown to its users.
type Environment struct {
	Name     string            `json:"name"`
	Listen   string            `json:"listen"`
	Host     string            `json:"host,omitempty"`
	Replicas int               `json:"replicas"`
	Env      map[string]string `json:"env,omitempty"`
	Exposure exposure.Plan     `json:"exposure"`
}

func (p Plan) environment(name string) (Environment, bool) {
	for _, e := range p.Environments {
		if e.Name == name {
			return e, true
		}
	}
	return Environment{}, false
}

// after gives the environment that a release visits after the one named.
func (p Plan) after(name string) (Environment, bool) {
	for i, e := range p.Environments[:max(0, len(p.Environments)-1)] {
		if e.Name == name {
			return p.Environments[i+1], true
		}
	}
	return Environment{}, false
}
