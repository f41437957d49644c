package gitea

import (
	"slices"

	"andon/engine/forge/payload"
	"andon/flow/source"
)

type pushed struct {
	common
	Ref     string `json:"ref"`
	Before  string `json:"before"`
	After   string `json:"after"`
	Commits []struct {
		ID        string         `json:"id"`
		Message   string         `json:"message"`
		Timestamp payload.Moment `json:"timestamp"`
		Author    struct {
			Name string `json:"name"`
		} `json:"author"`
	} `json:"commits"`
}

func push(body []byte) (source.Sighting, error) {
	var p pushed
	if err := payload.Decode(body, &p); err != nil {
		return source.Sighting{}, err
	}
	var n payload.Needs
	n.Text("repository.full_name", p.Repository.FullName)
	n.Text("ref", p.Ref)
	if err := n.Err(); err != nil {
		return source.Sighting{}, err
	}
	told := source.Push{Before: payload.SHA(p.Before), After: payload.SHA(p.After)}
	if told.Branch, told.Tag = payload.Ref(p.Ref); told.Branch == "" && told.Tag == "" {
		return source.Sighting{}, source.Ignore("A push to %s is to no branch and no tag.", p.Ref)
	}
	for _, c := range p.Commits {
		told.Commits = append(told.Commits, source.Commit{SHA: c.ID, Message: c.Message, Author: c.Author.Name, At: c.Timestamp.Time})
	}
	if len(told.Commits) > 0 && told.Commits[0].SHA == told.After {
		slices.Reverse(told.Commits) // Gitea tells the newest first
	}
	return p.sighting(payload.Moment{}, told), nil
}

type released struct {
	common
	Release struct {
		Tag         string         `json:"tag_name"`
		Name        string         `json:"name"`
		Draft       bool           `json:"draft"`
		Prerelease  bool           `json:"prerelease"`
		URL         string         `json:"html_url"`
		PublishedAt payload.Moment `json:"published_at"`
	} `json:"release"`
}

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
	if p.Action != "published" || r.Draft {
		return source.Sighting{}, p.ignore("A release")
	}
	return p.sighting(r.PublishedAt, source.Released{Tag: r.Tag, Name: r.Name, Prerelease: r.Prerelease, URL: r.URL}), nil
}
