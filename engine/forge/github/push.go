package github

import (
	"andon/engine/forge/payload"
	"andon/flow/source"
)

type pushed struct {
	common
	Ref     string   `json:"ref"`
	Before  string   `json:"before"`
	After   string   `json:"after"`
	Commits []commit `json:"commits"`
}

type commit struct {
	ID        string         `json:"id"`
	Message   string         `json:"message"`
	Timestamp payload.Moment `json:"timestamp"`
	Author    struct {
		Name     string `json:"name"`
		Username string `json:"username"`
	} `json:"author"`
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
	// GitHub's time of a push is its arrival: commits may be much older.
	return p.sighting(payload.Moment{}, told), nil
}
