package gitlab

import (
	"cmp"

	"andon/engine/forge/payload"
	"andon/flow/source"
)

type merging struct {
	common
	Attributes attributes `json:"object_attributes"`
	Changes    struct {
		Draft *struct {
			Current bool `json:"current"`
		} `json:"draft"`
	} `json:"changes"`
}

type attributes struct {
	Number         int64          `json:"iid"`
	Title          string         `json:"title"`
	Description    string         `json:"description"`
	State          string         `json:"state"`
	Action         string         `json:"action"`
	Draft          bool           `json:"draft"`
	WorkInProgress bool           `json:"work_in_progress"`
	SourceBranch   string         `json:"source_branch"`
	TargetBranch   string         `json:"target_branch"`
	MergeSHA       string         `json:"merge_commit_sha"`
	SquashSHA      string         `json:"squash_commit_sha"`
	URL            string         `json:"url"`
	CreatedAt      payload.Moment `json:"created_at"`
	UpdatedAt      payload.Moment `json:"updated_at"`
	LastCommit     struct {
		ID string `json:"id"`
	} `json:"last_commit"`
}

// merge is the commit on the target: a merge, a squash, or by fast-forward the
// newest commit itself.
func (a attributes) merge() string {
	return cmp.Or(a.MergeSHA, a.SquashSHA, a.LastCommit.ID)
}

// acts: one approval is "approval", the last that is needed "approved". Hooks
// of the system may name no action.
var acts = map[string]source.PullAct{
	"open": source.PullOpened, "reopen": source.PullReopened, "update": source.PullUpdated, "": source.PullUpdated,
	"approval": source.PullApproved, "approved": source.PullApproved, "merge": source.PullMerged, "close": source.PullClosed,
}

func mergeRequest(body []byte) (source.Sighting, error) {
	var p merging
	if err := payload.Decode(body, &p); err != nil {
		return source.Sighting{}, err
	}
	a := p.Attributes
	var n payload.Needs
	n.Text("project.path_with_namespace", p.Project.Path)
	n.Number("object_attributes.iid", a.Number)
	n.Text("object_attributes.title", a.Title)
	n.Text("object_attributes.source_branch", a.SourceBranch)
	if err := n.Err(); err != nil {
		return source.Sighting{}, err
	}
	act, ok := acts[a.Action]
	if !ok {
		return source.Sighting{}, source.Ignore("A merge request with the action %q tells nothing of use here.", clip(a.Action))
	}
	t := source.PullRequest{Number: a.Number, Act: act, Draft: a.Draft || a.WorkInProgress, Title: a.Title, Body: a.Description,
		Branch: a.SourceBranch, Base: a.TargetBranch, Head: a.LastCommit.ID, URL: a.URL, OpenedAt: a.CreatedAt.Time}
	// GitLab says when it happened, not when it merged: only the act itself tells.
	switch {
	case act == source.PullMerged:
		t.MergedAt = a.UpdatedAt.Time
	case act == source.PullClosed:
		t.ClosedAt = a.UpdatedAt.Time
	case act == source.PullOpened:
		t.Author = p.actor() // elsewhere the author is only a number
	case act == source.PullUpdated && p.Changes.Draft != nil && !p.Changes.Draft.Current:
		t.Act = source.PullReady
	}
	switch a.State {
	case "opened", "locked": // locked while it is being merged
		t.Standing = source.Open
	case "closed":
		t.Standing = source.Closed
	case "merged":
		t.Standing, t.MergeSHA = source.Merged, a.merge()
	default:
		return source.Sighting{}, payload.Unknown("object_attributes.state", a.State, "opened", "locked", "closed", "merged")
	}
	return p.sighting(a.UpdatedAt, t), nil
}
