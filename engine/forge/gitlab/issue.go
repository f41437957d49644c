package gitlab

import (
	"andon/engine/forge/payload"
	"andon/flow/source"
)

type issued struct {
	common
	Attributes struct {
		Number      int64          `json:"iid"`
		Title       string         `json:"title"`
		Description string         `json:"description"`
		State       string         `json:"state"`
		Action      string         `json:"action"`
		URL         string         `json:"url"`
		CreatedAt   payload.Moment `json:"created_at"`
		UpdatedAt   payload.Moment `json:"updated_at"`
		ClosedAt    payload.Moment `json:"closed_at"`
	} `json:"object_attributes"`
	Labels []struct {
		Title string `json:"title"`
	} `json:"labels"`
	Changes struct {
		Labels *struct{} `json:"labels"`
	} `json:"changes"`
}

var ticketActs = map[string]source.TicketAct{
	"open": source.TicketOpened, "update": source.TicketEdited, "": source.TicketEdited,
	"close": source.TicketClosed, "reopen": source.TicketReopened,
}

func issue(body []byte) (source.Sighting, error) {
	var p issued
	if err := payload.Decode(body, &p); err != nil {
		return source.Sighting{}, err
	}
	a := p.Attributes
	var n payload.Needs
	n.Text("project.path_with_namespace", p.Project.Path)
	n.Number("object_attributes.iid", a.Number)
	n.Text("object_attributes.title", a.Title)
	if err := n.Err(); err != nil {
		return source.Sighting{}, err
	}
	act, ok := ticketActs[a.Action]
	if !ok {
		return source.Sighting{}, source.Ignore("An issue with the action %q tells nothing of use here.", clip(a.Action))
	}
	if act == source.TicketEdited && p.Changes.Labels != nil {
		act = source.TicketLabelled
	}
	t := source.Ticket{Number: a.Number, Act: act, Standing: source.Open, Title: a.Title, Body: a.Description, URL: a.URL,
		OpenedAt: a.CreatedAt.Time}
	if act == source.TicketOpened {
		t.Author = p.actor() // elsewhere the author is only a number
	}
	switch a.State {
	case "opened":
	case "closed":
		t.Standing, t.ClosedAt = source.Closed, a.ClosedAt.Time
	default:
		return source.Sighting{}, payload.Unknown("object_attributes.state", a.State, "opened", "closed")
	}
	for _, l := range p.Labels {
		t.Labels = append(t.Labels, l.Title)
	}
	return p.sighting(a.UpdatedAt, t), nil
}
