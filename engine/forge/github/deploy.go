package github

import (
	"strconv"

	"andon/engine/forge/payload"
	"andon/flow/source"
)

type deployed struct {
	common
	Deployment struct {
		ID          int64          `json:"id"`
		SHA         string         `json:"sha"`
		Environment string         `json:"environment"`
		CreatedAt   payload.Moment `json:"created_at"`
		UpdatedAt   payload.Moment `json:"updated_at"`
	} `json:"deployment"`
	Status struct {
		State          string         `json:"state"`
		Environment    string         `json:"environment"`
		EnvironmentURL string         `json:"environment_url"`
		TargetURL      string         `json:"target_url"`
		CreatedAt      payload.Moment `json:"created_at"`
		UpdatedAt      payload.Moment `json:"updated_at"`
	} `json:"deployment_status"`
}

var states = map[string]source.DeployState{
	"pending": source.DeployPending, "queued": source.DeployPending, "waiting": source.DeployPending,
	"in_progress": source.DeployRunning, "success": source.DeploySucceeded,
	"failure": source.DeployFailed, "error": source.DeployFailed, "inactive": source.DeployInactive,
}

func (p *deployed) read(body []byte) (t source.Deployed, err error) {
	if err := payload.Decode(body, p); err != nil {
		return t, err
	}
	d := p.Deployment
	var n payload.Needs
	n.Text("repository.full_name", p.Repository.FullName)
	n.Number("deployment.id", d.ID)
	n.Text("deployment.sha", d.SHA)
	n.Text("deployment.environment", d.Environment)
	return source.Deployed{ID: strconv.FormatInt(d.ID, 10), Environment: d.Environment, SHA: d.SHA, State: source.DeployPending,
		Created: d.CreatedAt.Time}, n.Err()
}

func deployment(body []byte) (source.Sighting, error) {
	var p deployed
	t, err := p.read(body)
	return p.sighting(payload.Moment{Time: payload.First(p.Deployment.UpdatedAt, p.Deployment.CreatedAt)}, t), err
}

func deploymentStatus(body []byte) (source.Sighting, error) {
	var p deployed
	t, err := p.read(body)
	if err != nil {
		return source.Sighting{}, err
	}
	state, ok := states[p.Status.State]
	if !ok {
		return source.Sighting{}, payload.Unknown("deployment_status.state", p.Status.State, "pending", "queued", "waiting", "in_progress",
			"success", "failure", "error", "inactive")
	}
	t.State, t.URL = state, p.Status.EnvironmentURL
	if t.URL == "" {
		t.URL = p.Status.TargetURL
	}
	if p.Status.Environment != "" {
		t.Environment = p.Status.Environment
	}
	return p.sighting(payload.Moment{Time: payload.First(p.Status.UpdatedAt, p.Status.CreatedAt)}, t), nil
}

type released struct {
	common
	Release struct {
		Tag         string         `json:"tag_name"`
		Name        string         `json:"name"`
		Prerelease  bool           `json:"prerelease"`
		URL         string         `json:"html_url"`
		CreatedAt   payload.Moment `json:"created_at"`
		PublishedAt payload.Moment `json:"published_at"`
	} `json:"release"`
}

// release reads only the publication: GitHub sends created and released beside
// it for the same release.
func release(body []byte) (source.Sighting, error) {
	var p released
	if err := payload.Decode(body, &p); err != nil {
		return source.Sighting{}, err
	}
	r := p.Release
	var n payload.Needs
	n.Text("action", p.Action)
	n.Text("repository.full_name", p.Repository.FullName)
	n.Text("release.tag_name", r.Tag)
	if err := n.Err(); err != nil {
		return source.Sighting{}, err
	}
	if p.Action != "published" {
		return source.Sighting{}, p.ignore("A release")
	}
	return p.sighting(payload.Moment{Time: payload.First(r.PublishedAt, r.CreatedAt)},
		source.Released{Tag: r.Tag, Name: r.Name, Prerelease: r.Prerelease, URL: r.URL}), nil
}
