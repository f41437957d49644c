package github

import (
	"strconv"

	"andon/engine/forge/payload"
	"andon/flow/source"
)

type ran struct {
	common
	Run struct {
		ID         int64          `json:"id"`
		Attempt    int64          `json:"run_attempt"`
		Name       string         `json:"name"`
		Path       string         `json:"path"`
		SHA        string         `json:"head_sha"`
		Branch     string         `json:"head_branch"`
		Status     string         `json:"status"`
		Conclusion string         `json:"conclusion"`
		URL        string         `json:"html_url"`
		CreatedAt  payload.Moment `json:"created_at"`
		UpdatedAt  payload.Moment `json:"updated_at"`
		StartedAt  payload.Moment `json:"run_started_at"`
	} `json:"workflow_run"`
}

var statuses = map[string]source.RunStatus{
	"requested": source.RunQueued, "queued": source.RunQueued, "waiting": source.RunQueued, "pending": source.RunQueued,
	"in_progress": source.RunRunning, "completed": source.RunEnded,
}

// conclusions: what waits for a person's decision ended without a result.
var conclusions = map[string]source.Conclusion{
	"success": source.RunSucceeded, "failure": source.RunFailed, "cancelled": source.RunCancelled,
	"timed_out": source.RunBroken, "startup_failure": source.RunBroken, "action_required": source.RunBroken,
	"stale": source.RunCancelled, "skipped": source.RunSkipped, "neutral": source.RunSkipped,
}

func workflowRun(body []byte) (source.Sighting, error) {
	var p ran
	if err := payload.Decode(body, &p); err != nil {
		return source.Sighting{}, err
	}
	r := p.Run
	var n payload.Needs
	n.Text("repository.full_name", p.Repository.FullName)
	n.Number("workflow_run.id", r.ID)
	n.Text("workflow_run.head_sha", r.SHA)
	if err := n.Err(); err != nil {
		return source.Sighting{}, err
	}
	status, ok := statuses[r.Status]
	if !ok {
		return source.Sighting{}, payload.Unknown("workflow_run.status", r.Status, "requested", "queued", "waiting", "pending", "in_progress", "completed")
	}
	t := source.Run{ID: strconv.FormatInt(r.ID, 10), Attempt: r.Attempt, Workflow: r.Name, SHA: r.SHA, Branch: r.Branch, Status: status,
		URL: r.URL, Queued: r.CreatedAt.Time}
	if t.Workflow == "" {
		t.Workflow = r.Path
	}
	if status != source.RunQueued {
		t.Started = r.StartedAt.Time
	}
	if status == source.RunEnded {
		if t.Conclusion, ok = conclusions[r.Conclusion]; !ok {
			return source.Sighting{}, payload.Unknown("workflow_run.conclusion", r.Conclusion, "success", "failure", "cancelled", "timed_out",
				"startup_failure", "action_required", "stale", "skipped", "neutral")
		}
		t.Ended = r.UpdatedAt.Time
	}
	return p.sighting(r.UpdatedAt, t), nil
}
