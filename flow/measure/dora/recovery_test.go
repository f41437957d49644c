package dora_test

import (
	"testing"
	"time"

	"andon/flow/measure/dora"
)

// A deployment that caused several incidents is felt from the first to begin
// until the last to end; while one lasts it is not restored.
func TestRecoveryFromSeveralIncidents(t *testing.T) {
	e := dora.Evidence{From: start, To: at(100),
		Deployments: []dora.Deployment{{ID: "d", Environment: dora.Production, Succeeded: true, Finished: at(10)}},
		Incidents: []dora.Incident{
			{ID: "1", Deployment: "d", Started: at(14), Resolved: at(20)},
			{ID: "2", Deployment: "d", Started: at(12), Resolved: at(30)},
			{ID: "3", Deployment: "d", Started: at(16), Resolved: at(17)},
			{ID: "4", Deployment: "another", Started: at(5), Resolved: at(90)},
		}}
	if f := (dora.DORA2025{}).Recovery(e); !f.Known || f.Value != 18*hour {
		t.Errorf("recovery is %+v, want from 12 to 30", f)
	}
	e.Incidents[2].Resolved = time.Time{}
	if f := (dora.DORA2025{}).Recovery(e); f.Known || f.Missing != "1 failure not known to be over, left out" {
		t.Errorf("recovery is %+v while an incident lasts", f)
	}
	// What the deployment itself records goes before.
	e.Deployments[0].Failed, e.Deployments[0].Impact, e.Deployments[0].Restored = true, at(11), at(13)
	if f := (dora.DORA2025{}).Recovery(e); f.Value != 2*hour {
		t.Errorf("recovery is %+v, want from 11 to 13", f)
	}
}

// DevLake counts whole minutes: 29 minutes and 59 seconds are 29.
func TestDevLakeCountsWholeMinutes(t *testing.T) {
	e := dora.Evidence{From: start, To: at(100),
		Deployments: []dora.Deployment{{ID: "d", Environment: dora.Production, Succeeded: true, Finished: at(10)}},
		Incidents:   []dora.Incident{{ID: "1", Started: at(10), Resolved: at(10).Add(30*time.Minute - time.Second)}}}
	if f := (dora.DevLake2023{}).Recovery(e); f.Value != 29*60 || f.Band != dora.Elite {
		t.Errorf("recovery is %+v", f)
	}
}
