package gitea

import (
	"andon/engine/forge/payload"
	"andon/flow/source"
)

type issued struct {
	common
	Issue struct {
		Number int64  `json:"number"`
		Title  string `json:"title"`
		Body   string `json:"body"`
		State  string `json:"state"`
		URL    string `json:"html_url"`
		User   login  `json:"user"`
		Labels []struct {
			Name string `json:"name"`
		} `json:"labels"`
		CreatedAt payload.Moment `json:"created_at"`
		UpdatedAt payload.Moment `json:"updated_at"`
		ClosedAt  payload.Moment `json:"closed_at"`
	} `json:"issue"`
}

var ticketActs = map[string]source.TicketAct{
	"opened": source.TicketOpened, "edited": source.TicketEdited, "label_updated": source.TicketLabelled,
	"label_cleared": source.TicketLabelled, "closed": source.TicketClosed, "reopened": source.TicketReopened,
}

func issues(body []byte) (source.Sighting, error) {
	var p issued
	if err := payload.Decode(body, &p); err != nil {
		return source.Sighting{}, err
	}
	i := p.Issue
	var n payload.Needs
	n.Text("action", p.Action)
	n.Text("repository.full_name", p.Repository.FullName)
	n.Number("issue.number", i.Number)
	n.Text("issue.title", i.Title)
	if err := n.Err(); err != nil {
		return source.Sighting{}, err
	}
	act, ok := ticketActs[p.Action]
	if !ok {
		return source.Sighting{}, p.ignore("An issue")
	}
	t := source.Ticket{Number: i.Number, Act: act, Standing: source.Open, Title: i.Title, Body: i.Body, Author: i.User.Login, URL: i.URL,
		OpenedAt: i.CreatedAt.Time}
	if i.State == "closed" {
		t.Standing, t.ClosedAt = source.Closed, i.ClosedAt.Time
	}
	for _, l := range i.Labels {
		t.Labels = append(t.Labels, l.Name)
	}
	return p.sighting(i.UpdatedAt, t), nil
}
