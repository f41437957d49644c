package github

import (
	"strings"

	"andon/engine/forge/payload"
	"andon/flow/source"
)

type pulled struct {
	common
	Pull pull `json:"pull_request"`
}

type pull struct {
	Number int64  `json:"number"`
	Title  string `json:"title"`
	Body   string `json:"body"`
	State  string `json:"state"`
	Draft  bool   `json:"draft"`
	Merged bool   `json:"merged"`
	URL    string `json:"html_url"`
	User   login  `json:"user"`
	Head   end    `json:"head"`
	Base   end    `json:"base"`
	// MergeSHA is of a trial merge while the pull request is open.
	MergeSHA  string         `json:"merge_commit_sha"`
	CreatedAt payload.Moment `json:"created_at"`
	UpdatedAt payload.Moment `json:"updated_at"`
	MergedAt  payload.Moment `json:"merged_at"`
	ClosedAt  payload.Moment `json:"closed_at"`
}

type end struct {
	Ref string `json:"ref"`
	SHA string `json:"sha"`
}

// acts are the actions of pull_request that tell something; closed is two.
var acts = map[string]source.PullAct{
	"opened":             source.PullOpened,
	"edited":             source.PullUpdated,
	"synchronize":        source.PullUpdated,
	"converted_to_draft": source.PullUpdated,
	"ready_for_review":   source.PullReady,
	"reopened":           source.PullReopened,
	"closed":             source.PullClosed,
}

func pullRequest(body []byte) (source.Sighting, error) {
	var p pulled
	if err := p.read(body); err != nil {
		return source.Sighting{}, err
	}
	act, ok := acts[p.Action]
	if !ok {
		return source.Sighting{}, p.ignore("A pull request")
	}
	told := p.Pull.told(act)
	if act == source.PullClosed && told.Standing == source.Merged {
		told.Act = source.PullMerged
	}
	return p.sighting(p.Pull.UpdatedAt, told), nil
}

func (p *pulled) read(body []byte) error {
	if err := payload.Decode(body, p); err != nil {
		return err
	}
	return p.check()
}

func (p *pulled) check() error {
	var n payload.Needs
	n.Text("action", p.Action)
	n.Text("repository.full_name", p.Repository.FullName)
	n.Number("pull_request.number", p.Pull.Number)
	n.Text("pull_request.title", p.Pull.Title)
	n.Text("pull_request.head.ref", p.Pull.Head.Ref)
	n.Text("pull_request.head.sha", p.Pull.Head.SHA)
	if err := n.Err(); err != nil {
		return err
	}
	if s := p.Pull.State; s != "open" && s != "closed" {
		return payload.Unknown("pull_request.state", s, "open", "closed")
	}
	return nil
}

func (p pull) told(act source.PullAct) source.PullRequest {
	t := source.PullRequest{Number: p.Number, Act: act, Draft: p.Draft, Title: p.Title, Body: p.Body,
		Branch: p.Head.Ref, Base: p.Base.Ref, Author: p.User.Login, Head: p.Head.SHA, URL: p.URL,
		OpenedAt: p.CreatedAt.Time, Standing: source.Open}
	if p.State == "closed" {
		t.Standing, t.ClosedAt = source.Closed, p.ClosedAt.Time
		if p.Merged || !p.MergedAt.IsZero() {
			t.Standing, t.MergedAt, t.MergeSHA = source.Merged, p.MergedAt.Time, p.MergeSHA
		}
	}
	return t
}

type reviewed struct {
	pulled
	Review struct {
		State       string         `json:"state"`
		SubmittedAt payload.Moment `json:"submitted_at"`
		User        login          `json:"user"`
	} `json:"review"`
}

var verdicts = map[string]source.PullAct{
	"approved":          source.PullApproved,
	"changes_requested": source.PullChangesRequested,
	"commented":         source.PullCommented,
}

func review(body []byte) (source.Sighting, error) {
	var r reviewed
	if err := payload.Decode(body, &r); err != nil {
		return source.Sighting{}, err
	}
	if err := r.check(); err != nil {
		return source.Sighting{}, err
	}
	if r.Action != "submitted" {
		return source.Sighting{}, r.ignore("A review")
	}
	act, ok := verdicts[strings.ToLower(r.Review.State)]
	if !ok {
		return source.Sighting{}, payload.Unknown("review.state", r.Review.State, "approved", "changes_requested", "commented")
	}
	told := r.Pull.told(act)
	s := r.sighting(payload.Moment{Time: payload.First(r.Review.SubmittedAt, r.Pull.UpdatedAt)}, told)
	if r.Review.User.Login != "" {
		s.Actor = r.Review.User.Login
	}
	return s, nil
}
