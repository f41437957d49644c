package incident_test

import (
	"errors"
	"testing"

	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/feedback/incident"
	"andon/journal"
	"andon/journal/journaltest"
)

func TestLifeOfAnIncident(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		l := journal.NewLedger(s, nil, nil)
		service := incident.NewService(l)
		n := incident.New{Title: "one request in five fails", Service: "shop", Environment: "production",
			Deployment: "production-2", SHA: "abc", Once: "production-2"}
		err := l.Write(ctx, func(tx journal.Tx) error {
			tx.Append(journal.Fact{Type: journal.DeploymentAborted, Subject: "production-2", Text: "aborted",
				About: []journal.Ref{{Kind: journal.Deployment, ID: "production-2"}}})
			tx.Append(journal.Fact{Type: journal.CardMoved, Subject: "SHOP-1", Text: "unrelated"})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var first incident.Incident
		for i := range 2 { // the same cause opens one incident
			opened, err := service.Open(ctx, n)
			if err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				first = opened
			} else if opened.ID != first.ID {
				t.Fatalf("opened %s and %s for one cause", first.ID, opened.ID)
			}
		}
		if i, err := service.Acknowledge(ctx, first.ID, "ana"); err != nil || i.State != incident.Acknowledged {
			t.Fatal(i, err)
		}
		if err := service.Note(ctx, first.ID, "bo", "the cache is cold"); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			i, err := service.Resolve(ctx, first.ID, "ana", "rolled back")
			if err != nil || i.State != incident.Resolved || i.AcknowledgedBy != "ana" {
				t.Fatal(i, err)
			}
		}
		facts, err := service.Timeline(ctx, first.ID)
		if err != nil {
			t.Fatal(err)
		}
		var types []string
		for _, f := range facts {
			types = append(types, f.Type.Short())
		}
		journaltest.Valid(t, facts[1:]...)
		want := []string{"deployment.aborted", "incident.detected", "incident.acknowledged", "incident.noted", "incident.resolved"}
		if len(types) != len(want) {
			t.Fatalf("timeline %v, want %v", types, want)
		}
		for i := range want {
			if types[i] != want[i] {
				t.Fatalf("timeline %v, want %v", types, want)
			}
		}
	})
}

func TestUnknownAndInvalidAreSaid(t *testing.T) {
	service := incident.NewService(storetest.Ledger(t))
	var missing *incident.Missing
	if _, err := service.Resolve(t.Context(), "INC-9", "ana", ""); !errors.As(err, &missing) {
		t.Fatal(err)
	}
	var invalid *incident.Invalid
	if _, err := service.Open(t.Context(), incident.New{Title: "x", Service: "shop", Severity: "huge"}); !errors.As(err, &invalid) || invalid.Field != "severity" {
		t.Fatal(err)
	}
}
