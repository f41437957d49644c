package gitlab

import (
	"cmp"
	"strconv"

	"andon/engine/forge/payload"
	"andon/flow/source"
)

type piped struct {
	common
	Attributes struct {
		ID         int64          `json:"id"`
		Name       string         `json:"name"`
		Ref        string         `json:"ref"`
		SHA        string         `json:"sha"`
		Status     string         `json:"status"`
		URL        string         `json:"url"`
		CreatedAt  payload.Moment `json:"created_at"`
		FinishedAt payload.Moment `json:"finished_at"`
	} `json:"object_attributes"`
	Builds []struct {
		StartedAt payload.Moment `json:"started_at"`
	} `json:"builds"`
}

// progress is what GitLab's status of a pipeline means. One that waits for a
// person (manual) did all that machines were to do, and may go on later.
var progress = map[string]source.RunStatus{
	"created": source.RunQueued, "waiting_for_resource": source.RunQueued, "preparing": source.RunQueued, "pending": source.RunQueued,
	"scheduled": source.RunQueued, "waiting_for_callback": source.RunQueued,
	"running": source.RunRunning, "canceling": source.RunRunning, "manual": source.RunRunning,
	"success": source.RunEnded, "failed": source.RunEnded, "canceled": source.RunEnded, "skipped": source.RunEnded,
}

var conclusions = map[string]source.Conclusion{
	"success": source.RunSucceeded, "failed": source.RunFailed, "canceled": source.RunCancelled, "skipped": source.RunSkipped,
}

func pipeline(body []byte) (source.Sighting, error) {
	var p piped
	if err := payload.Decode(body, &p); err != nil {
		return source.Sighting{}, err
	}
	a := p.Attributes
	var n payload.Needs
	n.Text("project.path_with_namespace", p.Project.Path)
	n.Number("object_attributes.id", a.ID)
	n.Text("object_attributes.sha", a.SHA)
	if err := n.Err(); err != nil {
		return source.Sighting{}, err
	}
	status, ok := progress[a.Status]
	if !ok {
		return source.Sighting{}, payload.Unknown("object_attributes.status", a.Status, "created", "waiting_for_resource", "preparing",
			"pending", "scheduled", "waiting_for_callback", "running", "canceling", "manual", "success", "failed", "canceled", "skipped")
	}
	t := source.Run{ID: strconv.FormatInt(a.ID, 10), Workflow: cmp.Or(a.Name, "pipeline"), SHA: a.SHA, Branch: a.Ref, Status: status,
		Conclusion: conclusions[a.Status], URL: cmp.Or(a.URL, p.under("/-/pipelines/%d", a.ID)), Queued: a.CreatedAt.Time}
	if status != source.RunQueued {
		for _, b := range p.Builds { // the pipeline began with its first job
			if at := b.StartedAt.Time; !at.IsZero() && (t.Started.IsZero() || at.Before(t.Started)) {
				t.Started = at
			}
		}
	}
	if status == source.RunEnded {
		t.Ended = a.FinishedAt.Time
	}
	// GitLab does not say when the status changed, and a late delivery must not
	// look new: what is sure is that it was not before this.
	return p.sighting(payload.Moment{Time: cmp.Or(t.Ended, t.Started, t.Queued)}, t), nil
}
