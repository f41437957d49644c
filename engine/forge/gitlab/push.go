package gitlab

import (
	"slices"

	"andon/engine/forge/payload"
	"andon/flow/source"
)

type pushed struct {
	common
	Ref      string `json:"ref"`
	Before   string `json:"before"`
	After    string `json:"after"`
	Username string `json:"user_username"`
	Name     string `json:"user_name"`
	Commits  []struct {
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
	n.Text("project.path_with_namespace", p.Project.Path)
	n.Text("ref", p.Ref)
	if err := n.Err(); err != nil {
		return source.Sighting{}, err
	}
	told := source.Push{Before: payload.SHA(p.Before), After: payload.SHA(p.After)}
	if told.Branch, told.Tag = payload.Ref(p.Ref); told.Branch == "" && told.Tag == "" {
		return source.Sighting{}, source.Ignore("A push to %s is to no branch and no tag.", clip(p.Ref))
	}
	for _, c := range p.Commits {
		told.Commits = append(told.Commits, source.Commit{SHA: c.ID, Message: c.Message, Author: c.Author.Name, At: c.Timestamp.Time})
	}
	if len(told.Commits) > 0 && told.Commits[0].SHA == told.After {
		slices.Reverse(told.Commits) // GitLab's versions differ in their order
	}
	p.User.Username, p.User.Name = p.Username, p.Name
	return p.sighting(payload.Moment{}, told), nil
}
