package web

import (
	"net/http"
	"time"

	"andon/feedback/incident"
	"andon/journal"
	"andon/learning/postmortem"
)

type incidentsView struct {
	List     []incident.Incident
	Services []string
	Now      time.Time
}

func (s *site) incidentsPage(r *http.Request) (page, error) {
	list, err := s.Incidents.List(r.Context(), 200)
	v := incidentsView{List: list, Now: s.Ledger.Now()}
	for _, p := range s.Delivery.Plans() {
		v.Services = append(v.Services, p.Service)
	}
	return page{Title: "Incidents", Place: "/incidents", Head: incidentsHead(v), Body: incidentsBody(v)}, err
}

type incidentView struct {
	incident.Incident
	Facts      []journal.Fact
	Postmortem string // its id, empty before there is one
	Now        time.Time
}

func (s *site) incidentPage(r *http.Request) (page, error) {
	ctx := r.Context()
	i, err := s.Incidents.Get(ctx, r.PathValue("id"))
	if err != nil {
		return page{}, err
	}
	v := incidentView{Incident: i, Now: s.Ledger.Now()}
	if v.Facts, err = s.Incidents.Timeline(ctx, i.ID); err != nil {
		return page{}, err
	}
	if i.State == incident.Resolved {
		switch p, err := s.Postmortems.Get(ctx, i.ID); {
		case err == nil:
			v.Postmortem = p.ID
		case !isMissing(err):
			return page{}, err
		}
	}
	return page{Title: i.ID + " " + i.Title, Place: "/incidents", Head: incidentHead(v), Body: incidentBody(v)}, nil
}

func incidentMark(i incident.Incident) mark {
	switch i.State {
	case incident.Open:
		return mark{"bad", "Open", ""}
	case incident.Acknowledged:
		return mark{"warn", "Acknowledged by " + i.AcknowledgedBy, ""}
	}
	return mark{"ok", "Resolved", ""}
}

type postmortemsView struct {
	List []postmortem.Postmortem
	Now  time.Time
}

func (s *site) postmortemsPage(r *http.Request) (page, error) {
	list, err := s.Postmortems.List(r.Context(), 200)
	return page{Title: "Postmortems", Place: "/postmortems", Body: postmortemsBody(postmortemsView{list, s.Ledger.Now()})}, err
}

type postmortemView struct {
	postmortem.Postmortem
	Edit  bool
	Facts []journal.Fact // of its incident
	Now   time.Time
}

func (s *site) postmortemPage(r *http.Request) (page, error) {
	ctx := r.Context()
	p, err := s.Postmortems.Get(ctx, r.PathValue("id"))
	if err != nil {
		return page{}, err
	}
	v := postmortemView{Postmortem: p, Edit: r.URL.Query().Has("edit"), Now: s.Ledger.Now()}
	v.Facts, err = s.Incidents.Timeline(ctx, p.Incident)
	return page{Title: p.ID + " " + p.Title, Place: "/postmortems", Head: postmortemHead(v), Body: postmortemBody(v)}, err
}
