package gitea

import (
	"regexp"

	"andon/engine/forge/payload"
	"andon/flow/source"
)

type pulled struct {
	common
	Pull struct {
		Number int64  `json:"number"`
		Title  string `json:"title"`
		Body   string `json:"body"`
		State  string `json:"state"`
		Draft  bool   `json:"draft"`
		Merged bool   `json:"merged"`
		URL    string `json:"html_url"`
		User   login  `json:"user"`
		Head   struct {
			Ref string `json:"ref"`
			SHA string `json:"sha"`
		} `json:"head"`
		Base struct {
			Ref string `json:"ref"`
		} `json:"base"`
		MergeSHA  string         `json:"merge_commit_sha"`
		CreatedAt payload.Moment `json:"created_at"`
		UpdatedAt payload.Moment `json:"updated_at"`
		MergedAt  payload.Moment `json:"merged_at"`
		ClosedAt  payload.Moment `json:"closed_at"`
	} `json:"pull_request"`
	Review *struct {
		Type string `json:"type"`
	} `json:"review"`
	Changes struct {
		Title *struct {
			From string `json:"from"`
		} `json:"title"`
	} `json:"changes"`
}

// unfinished is how Gitea marks a draft, unless it was configured otherwise.
var unfinished = regexp.MustCompile(`(?i)^\s*(WIP:|\[WIP\]|draft:)`)

var acts = map[string]source.PullAct{
	"opened": source.PullOpened, "edited": source.PullUpdated, "synchronized": source.PullUpdated,
	"reopened": source.PullReopened, "closed": source.PullClosed,
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
	told := p.told(act)
	switch {
	case act == source.PullClosed && told.Standing == source.Merged:
		told.Act = source.PullMerged
	case act == source.PullUpdated && !told.Draft && p.Changes.Title != nil && unfinished.MatchString(p.Changes.Title.From):
		told.Act = source.PullReady
	}
	return p.sighting(p.Pull.UpdatedAt, told), nil
}

// verdicts are the reviews; newer servers put "_review" into the type.
var verdicts = map[string]source.PullAct{
	"pull_request_approved": source.PullApproved, "pull_request_review_approved": source.PullApproved,
	"pull_request_rejected": source.PullChangesRequested, "pull_request_review_rejected": source.PullChangesRequested,
	"pull_request_comment": source.PullCommented, "pull_request_review_comment": source.PullCommented,
}

func review(body []byte) (source.Sighting, error) {
	var p pulled
	if err := p.read(body); err != nil {
		return source.Sighting{}, err
	}
	if p.Action != "reviewed" || p.Review == nil {
		return source.Sighting{}, p.ignore("A review")
	}
	act, ok := verdicts[p.Review.Type]
	if !ok {
		return source.Sighting{}, payload.Unknown("review.type", p.Review.Type, "pull_request_review_approved",
			"pull_request_review_rejected", "pull_request_review_comment")
	}
	return p.sighting(p.Pull.UpdatedAt, p.told(act)), nil
}

func (p *pulled) read(body []byte) error {
	if err := payload.Decode(body, p); err != nil {
		return err
	}
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

func (p *pulled) told(act source.PullAct) source.PullRequest {
	r := p.Pull
	t := source.PullRequest{Number: r.Number, Act: act, Standing: source.Open, Draft: r.Draft || unfinished.MatchString(r.Title),
		Title: r.Title, Body: r.Body, Branch: r.Head.Ref, Base: r.Base.Ref, Author: r.User.Login, Head: r.Head.SHA, URL: r.URL,
		OpenedAt: r.CreatedAt.Time}
	switch {
	case r.Merged:
		t.Standing, t.MergedAt, t.ClosedAt, t.MergeSHA = source.Merged, r.MergedAt.Time, r.ClosedAt.Time, r.MergeSHA
	case r.State == "closed":
		t.Standing, t.ClosedAt = source.Closed, r.ClosedAt.Time
	}
	return t
}
