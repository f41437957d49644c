package gitlab

import (
	"path"
	"strconv"

	"andon/engine/forge/payload"
	"andon/flow/source"
)

type deployed struct {
	common
	Status      string         `json:"status"`
	ChangedAt   payload.Moment `json:"status_changed_at"`
	ID          int64          `json:"deployment_id"`
	Environment string         `json:"environment"`
	External    string         `json:"environment_external_url"`
	Page        string         `json:"deployable_url"`
	ShortSHA    string         `json:"short_sha"`
	CommitURL   string         `json:"commit_url"`
}

var states = map[string]source.DeployState{
	"created": source.DeployPending, "blocked": source.DeployPending, "running": source.DeployRunning,
	"success": source.DeploySucceeded, "failed": source.DeployFailed, "canceled": source.DeployFailed, "skipped": source.DeployInactive,
}

func deployment(body []byte) (source.Sighting, error) {
	var p deployed
	if err := payload.Decode(body, &p); err != nil {
		return source.Sighting{}, err
	}
	// The full hash stands only in the commit's address.
	sha := path.Base(p.CommitURL)
	if p.CommitURL == "" {
		sha = p.ShortSHA
	}
	var n payload.Needs
	n.Text("project.path_with_namespace", p.Project.Path)
	n.Number("deployment_id", p.ID)
	n.Text("environment", p.Environment)
	n.Text("commit_url", sha)
	if err := n.Err(); err != nil {
		return source.Sighting{}, err
	}
	state, ok := states[p.Status]
	if !ok {
		return source.Sighting{}, payload.Unknown("status", p.Status, "created", "blocked", "running", "success", "failed", "canceled", "skipped")
	}
	t := source.Deployed{ID: strconv.FormatInt(p.ID, 10), Environment: p.Environment, SHA: sha, State: state, URL: p.External}
	if t.URL == "" {
		t.URL = p.Page
	}
	return p.sighting(p.ChangedAt, t), nil
}

type released struct {
	common
	Action     string         `json:"action"`
	Tag        string         `json:"tag"`
	Name       string         `json:"name"`
	URL        string         `json:"url"`
	CreatedAt  payload.Moment `json:"created_at"`
	ReleasedAt payload.Moment `json:"released_at"`
	Commit     struct {
		ID string `json:"id"`
	} `json:"commit"`
}

func release(body []byte) (source.Sighting, error) {
	var p released
	if err := payload.Decode(body, &p); err != nil {
		return source.Sighting{}, err
	}
	var n payload.Needs
	n.Text("project.path_with_namespace", p.Project.Path)
	n.Text("tag", p.Tag)
	if err := n.Err(); err != nil {
		return source.Sighting{}, err
	}
	if p.Action != "create" {
		return source.Sighting{}, source.Ignore("A release with the action %q tells nothing of use here.", clip(p.Action))
	}
	return p.sighting(payload.Moment{Time: payload.First(p.ReleasedAt, p.CreatedAt)},
		source.Released{Tag: p.Tag, Name: p.Name, SHA: p.Commit.ID, URL: p.URL}), nil
}
