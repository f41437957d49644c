package measure_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"andon/engine/forge/github"
	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/flow/change"
	"andon/flow/floor"
	"andon/flow/measure"
	"andon/flow/measure/dora"
	"andon/flow/source"
	"andon/journal"
	"andon/journal/cloudevent"
	"andon/journal/intake"
)

type secret string

func (s secret) Secret(context.Context, string) (string, error) { return string(s), nil }

// on is an hour of a day of January 2030, the first of which the shop opens.
func on(day int, hour float64) time.Time {
	return time.Date(2030, 1, day, 0, 0, 0, 0, time.UTC).Add(time.Duration(hour * float64(time.Hour)))
}

// sha is the hash of a commit of the tests.
func sha(c rune) string { return strings.Repeat(string(c), 40) }

// hook tells at a time what a forge delivers.
func (f shopFloor) hook(at time.Time, event string, body map[string]any) {
	f.t.Helper()
	f.now = at
	body["repository"], body["sender"] = map[string]any{"full_name": "acme/shop"}, map[string]any{"login": "bo"}
	text := journal.JSON(body)
	m := hmac.New(sha256.New, []byte("a secret that nobody guesses"))
	m.Write(text)
	h := http.Header{}
	h.Set("X-GitHub-Event", event)
	h.Set("X-GitHub-Delivery", fmt.Sprintf("%x", sha256.Sum256(text)))
	h.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(m.Sum(nil)))
	s := source.NewService(source.Options{Ledger: f.ledger, Cards: floor.Forge{}, Secrets: secret("a secret that nobody guesses"),
		Readers: map[string]source.Reader{"github": github.Reader{}}})
	r, err := s.Receive(f.t.Context(), source.Delivery{Source: "github", Header: h, Body: text})
	if err != nil || r.Outcome != source.Accepted {
		f.t.Fatalf("%+v, %v", r, err)
	}
}

func (f shopFloor) deployed(at time.Time, id int, environment, sha, state string) {
	f.t.Helper()
	f.hook(at, "deployment_status", map[string]any{
		"deployment":        map[string]any{"id": id, "sha": sha, "environment": environment, "created_at": at.Add(-6 * time.Minute).Format(time.RFC3339)},
		"deployment_status": map[string]any{"state": state, "updated_at": at.Format(time.RFC3339)}})
}

// merged tells that a pull request was merged.
func (f shopFloor) merged(number int, branch, head, merge string, opened, at time.Time) {
	f.t.Helper()
	pull := map[string]any{"number": number, "title": "A cart", "state": "open", "html_url": fmt.Sprint("https://github.com/acme/shop/pull/", number),
		"user": map[string]any{"login": "ana"}, "head": map[string]any{"ref": branch, "sha": head}, "base": map[string]any{"ref": "main"},
		"created_at": opened.Format(time.RFC3339), "updated_at": opened.Format(time.RFC3339)}
	f.hook(opened, "pull_request", map[string]any{"action": "opened", "pull_request": pull})
	pull = maps.Clone(pull)
	end := at.Format(time.RFC3339)
	maps.Copy(pull, map[string]any{"state": "closed", "merged": true, "merged_at": end, "closed_at": end, "updated_at": end})
	if merge != "" {
		pull["merge_commit_sha"] = merge
	}
	f.hook(at, "pull_request", map[string]any{"action": "closed", "pull_request": pull})
}

// write records commits on the branch, each written when it is told.
func (f shopFloor) write(written map[string]time.Time, shas ...string) {
	f.t.Helper()
	var list []change.Change
	for _, s := range shas {
		list = append(list, change.Change{SHA: s, Author: "Ana", Message: "Work", AuthoredAt: written[s]})
	}
	if err := change.NewBook(f.ledger, "shop").Record(f.t.Context(), "main", "", list); err != nil {
		f.t.Fatal(err)
	}
}

// keys gives the keys of the first ten days by a profile.
func (f shopFloor) keys(profile string) (map[dora.Key]dora.Figure, measure.DORA) {
	f.t.Helper()
	f.now = on(10, 23)
	w, err := measure.NewWindow(f.now, f.now, 10)
	if err != nil {
		f.t.Fatal(err)
	}
	d, err := f.measure.DORA(f.t.Context(), "shop", profile, w)
	if err != nil {
		f.t.Fatal(err)
	}
	keys := map[dora.Key]dora.Figure{}
	for _, k := range d.Keys {
		keys[k.Key] = k
	}
	return keys, d
}

func (f shopFloor) wants(got dora.Figure, n int, value float64) {
	f.t.Helper()
	if !got.Known || got.N != n || got.Value < value-1e-6 || got.Value > value+1e-6 {
		f.t.Errorf("%s by %s is %v (%v) of %d, want %v of %d: %+v", got.Key, got.Profile, got.Value, got.Known, got.N, value, n, got)
	}
}

const hour = 3600.0

// twoPulls is a shop whose forge deploys: c with pull request 1, then d, which
// fails, then e; d is the head of pull request 2, which was merged without a
// commit of its own. Staging does not count.
func twoPulls(t *testing.T, s *store.Store) shopFloor {
	f := shop(t, s)
	f.write(map[string]time.Time{sha('b'): on(1, 20), sha('c'): on(2, 9), sha('d'): on(3, 6), sha('e'): on(3, 10)},
		sha('a'), sha('b'), sha('c'), sha('d'), sha('e'))
	f.deployed(on(1, 10), 1, "Production – web", sha('a'), "success")
	f.hook(on(1, 11.5), "push", map[string]any{"ref": "refs/heads/cart", "before": sha('0'), "after": sha('1'),
		"commits": []any{map[string]any{"id": sha('1'), "message": "Begin", "timestamp": on(1, 11).Format(time.RFC3339)}}})
	f.merged(1, "cart", sha('1'), sha('c'), on(1, 12), on(2, 9))
	f.deployed(on(2, 10), 2, "Production – web", sha('c'), "success")
	f.deployed(on(2, 10.1), 1, "Production – web", sha('a'), "inactive") // another took its place
	f.deployed(on(2, 12), 3, "staging", sha('e'), "success")
	f.merged(2, "pay", sha('d'), "", on(3, 7), on(3, 8))
	f.deployed(on(3, 9), 4, "Production – web", sha('d'), "failure")
	f.deployed(on(3, 12), 5, "Production – web", sha('e'), "success")
	return f
}

func TestPullRequestsOfForgesGiveLeadTimes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := twoPulls(t, s)
		// Merged → deployed takes 1 and 4 hours.
		keys, _ := f.keys("gitlab")
		f.wants(keys[dora.LeadTime], 2, 1*hour)
		if rows := keys[dora.LeadTime].Rows; rows[1].ID != "github/acme/shop#2" || rows[1].Value != 4*hour {
			t.Errorf("%+v", rows)
		}
		// The first: an hour of coding, 21 to be merged, one to be deployed. The
		// second, of whose commits no push told: one and four. The one that failed
		// held a pull request, too.
		keys, _ = f.keys("devlake-2023")
		f.wants(keys[dora.LeadTime], 2, 5*hour)
		if rows := keys[dora.LeadTime].Rows; rows[0].Value != 23*hour {
			t.Errorf("%+v", rows)
		}
		if how := keys[dora.LeadTime].How; !strings.Contains(how, "3 of 4 have pull requests") {
			t.Error(how)
		}
	})
}

func TestDeploymentsOfForgesCount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := twoPulls(t, s)
		keys, d := f.keys("dora-2025")
		// b 14, c 1, d 6, e 2 hours: the first brings all of history.
		f.wants(keys[dora.LeadTime], 4, 2*hour)
		f.wants(keys[dora.Frequency], 3, 3/(f.now.Sub(on(1, 0)).Hours()/24))
		f.wants(keys[dora.FailRate], 4, 0.25)
		f.wants(keys[dora.Recovery], 1, 3*hour)
		for _, k := range d.Keys {
			if !strings.Contains(k.How, "4 of 4 deployments told by GitHub") || k.Missing != "" {
				t.Errorf("%s: %s; missing %s", k.Key, k.How, k.Missing)
			}
		}
		// Andon delivers c itself now, and d is put right by an unplanned card.
		key := f.add("It broke")
		kind := floor.Unplanned
		_, err := f.Edit(t.Context(), key, floor.Edit{Kind: &kind})
		if err == nil {
			err = f.ledger.Write(t.Context(), func(tx journal.Tx) error {
				c, err := change.Of(t.Context(), tx, sha('e'))
				if err == nil {
					_, err = floor.LinkIn(t.Context(), tx, c, []string{key})
				}
				return err
			})
		}
		if err != nil {
			t.Fatal(err)
		}
		f.delivered(1, sha('c'), 3, on(2, 11))
		keys, d = f.keys("dora-2025")
		if o := d.Origin; o.Deployments != 4 || len(o.By) != 2 || o.By[0] != (measure.Teller{Name: "GitHub", Deployments: 3}) {
			t.Errorf("%+v", o)
		}
		f.wants(keys[dora.Rework], 4, 0.25)
		f.wants(keys[dora.Frequency], 3, 3/(f.now.Sub(on(1, 0)).Hours()/24))
	})
}

// delivered is the n-th delivery of Andon's own; it ended well.
func (f shopFloor) delivered(n int, sha string, ord int64, at time.Time) {
	f.t.Helper()
	stable := ""
	if n > 1 {
		stable = fmt.Sprint("shop-", n-1)
	}
	err := f.ledger.Write(f.t.Context(), func(tx journal.Tx) error {
		if _, err := tx.Exec(f.t.Context(), `INSERT INTO release (id, number, service, sha, ord, run, digest, config, rejected, created_at)
			VALUES ($1, $2, 'shop', $3, $4, $1, 'sha256:1', '{}', '', $5)`, fmt.Sprint("shop-", n), n, sha, ord, journal.Micros(at)); err != nil {
			return err
		}
		_, err := tx.Exec(f.t.Context(), `INSERT INTO deployment (id, number, service, environment, release, stable, state, place, exposure, reason, actor,
			created_at, started_at, ended_at, rev) VALUES ($1, $2, 'shop', 'production', $3, $4, 'succeeded', '{}', '{}', '', '', $5, $5, $5, 1)`,
			fmt.Sprint("deploy-", n), n, fmt.Sprint("shop-", n), stable, journal.Micros(at))
		return err
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

// A merge within what Andon delivered itself, which no forge tells of.
func TestAndonsOwnDeliveriesHavePullRequests(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := shop(t, s)
		f.write(map[string]time.Time{sha('b'): on(2, 9), sha('c'): on(2, 9)}, sha('a'), sha('b'), sha('c'))
		f.delivered(1, sha('a'), 1, on(1, 10))
		f.merged(1, "cart", sha('1'), sha('b'), on(2, 8), on(2, 9))
		f.delivered(2, sha('c'), 3, on(2, 12))
		f.merged(2, "later", sha('2'), sha('d'), on(3, 8), on(3, 9)) // in no deployment yet
		keys, _ := f.keys("gitlab")
		f.wants(keys[dora.LeadTime], 1, 3*hour)
		if how := keys[dora.LeadTime].How; !strings.HasSuffix(how, "; 2 of 2 deployments made by Andon; 1 of 2 have pull requests") {
			t.Error(how)
		}
		keys, _ = f.keys("devlake-2023")
		f.wants(keys[dora.LeadTime], 1, 4*hour)
	})
}

// Nobody recorded any of the commits, but a push told when the second was
// written; of the third nobody told.
func TestWhatTheBranchDoesNotHoldIsSaid(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := shop(t, s)
		f.deployed(on(2, 10), 1, "live", sha('7'), "success")
		f.hook(on(3, 1), "push", map[string]any{"ref": "refs/heads/main", "before": sha('7'), "after": sha('8'),
			"commits": []any{map[string]any{"id": sha('8'), "message": "On", "timestamp": on(3, 0).Format(time.RFC3339)}}})
		f.deployed(on(3, 5), 2, "live", sha('8'), "success")
		f.deployed(on(4, 5), 3, "live", sha('9'), "success")
		f.deployed(on(5, 5), 4, "production-like", sha('8'), "success")
		keys, d := f.keys("dora-2025")
		f.wants(keys[dora.LeadTime], 1, 5*hour)
		if o := d.Origin; o.Deployments != 3 || o.Commits != 2 || !strings.Contains(keys[dora.LeadTime].Missing, "the commits of 1 of 3 deployments") {
			t.Errorf("%+v, %s", o, keys[dora.LeadTime].Missing)
		}
	})
}

// event tells at a time what another system sends.
func (f shopFloor) event(at time.Time, id string, typ journal.Type, subject string, content map[string]any) {
	f.t.Helper()
	doc := map[string]any{"context": map[string]any{"specversion": "0.5.0", "id": id, "source": "/argo", "type": typ, "timestamp": at.Format(time.RFC3339)},
		"subject": map[string]any{"id": subject, "content": content}}
	events, err := cloudevent.Parse(http.Header{"Content-Type": {"application/json"}}, journal.JSON(doc))
	if err == nil {
		f.now = slices.MaxFunc([]time.Time{at, f.now}, time.Time.Compare)
		_, err = intake.NewService(f.ledger, "/andon").Receive(f.t.Context(), events)
	}
	if err != nil {
		f.t.Fatal(err)
	}
}

func TestDeploymentsOfOtherSystemsCount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := shop(t, s)
		f.write(map[string]time.Time{sha('b'): on(2, 4), sha('c'): on(3, 4), sha('d'): on(4, 4), sha('e'): on(5, 3)},
			sha('a'), sha('b'), sha('c'), sha('d'), sha('e'))
		in := func(environment, artifact string) map[string]any {
			return map[string]any{"environment": map[string]any{"id": environment}, "artifactId": artifact}
		}
		purl := func(c rune) string { return "pkg:github/acme/shop@" + sha(c) }
		f.event(on(2, 5), "0", journal.ServiceDeployed, "shop", in("production", purl('a')))
		f.event(on(2, 6), "1", journal.ServiceUpgraded, "shop", in("production", purl('b')))
		f.event(on(3, 5), "p", journal.ArtifactPackaged, "pkg:oci/shop@sha256%3Aabc", map[string]any{"change": map[string]any{"id": sha('c')}})
		f.event(on(3, 6), "2", journal.ServiceUpgraded, "shop", in("Prod", purl('a'))) // elsewhere, and the first there
		f.event(on(3, 8), "3", journal.ServiceUpgraded, "shop", in("production", "pkg:oci/shop@sha256%3Aabc"))
		f.event(on(3, 10), "4", journal.ServiceRolledBack, "shop", in("production", purl('b')))
		f.event(on(3, 10), "5", journal.ServiceRolledBack, "shop", in("production", purl('b'))) // told again
		f.event(on(4, 6), "6", journal.ServiceUpgraded, "shop", in("production", purl('d')))
		f.event(on(4, 7), "7", journal.ServiceUpgraded, "shop", in("staging", purl('d')))
		f.event(on(5, 4), "q", journal.ArtifactPackaged, "pkg:oci/shop@sha256%3Adef", map[string]any{"change": map[string]any{"id": sha('e')}})
		f.event(on(5, 6), "8", journal.ServiceUpgraded, "shop", in("production", "pkg:oci/shop@sha256%3Adef"))
		keys, d := f.keys("dora-2025")
		f.wants(keys[dora.FailRate], 6, 1.0/6)
		f.wants(keys[dora.Recovery], 1, 2*hour) // felt when c was deployed at 8, well again at 10
		f.wants(keys[dora.LeadTime], 4, 2*hour) // b 2; c 26 and d 2, for c reached users for good with d; e 3 hours
		if !strings.Contains(keys[dora.Frequency].How, "6 of 6 deployments told by /argo") || d.Origin.Commits != 6 {
			t.Errorf("%s: %+v", keys[dora.Frequency].How, d.Origin)
		}
		// GitHub tells of d as well: it counts once.
		f.deployed(on(4, 6.5), 1, "production", sha('d'), "success")
		if _, d := f.keys("dora-2025"); d.Origin.Deployments != 6 || len(d.Origin.By) != 2 {
			t.Errorf("%+v", d.Origin)
		}
	})
}

// A roll-back told by one system is the failure of what another deployed.
func TestARollBackOfWhatAForgeDeployedIsItsFailure(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := shop(t, s)
		in := map[string]any{"environment": map[string]any{"id": "production"}, "artifactId": "pkg:github/acme/shop@" + sha('7')}
		f.deployed(on(2, 6), 1, "production", sha('7'), "success")
		f.event(on(2, 6.1), "1", journal.ServiceDeployed, "shop", in)
		f.event(on(2, 9), "2", journal.ServiceRolledBack, "shop", in)
		keys, d := f.keys("dora-2025")
		f.wants(keys[dora.FailRate], 1, 1)
		if f := keys[dora.Frequency]; f.Known {
			t.Errorf("what was rolled back is a success: %+v", f)
		}
		if d.Origin.By[0].Name != "GitHub" {
			t.Errorf("%+v", d.Origin)
		}
	})
}

// A thousand events of other systems do not hide an incident. One that was
// told only when it ended tells no time.
func TestIncidentsOfOtherSystemsAreNotLost(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := shop(t, s)
		f.event(on(2, 6), "1", journal.IncidentDetected, "down", map[string]any{"environment": map[string]any{"id": "production"}})
		f.event(on(2, 7), "2", journal.IncidentResolved, "slow", map[string]any{"environment": map[string]any{"id": "production"}})
		err := f.ledger.Write(t.Context(), func(tx journal.Tx) error {
			e := cloudevent.Event{ID: "x", Source: "/hooks/github/acme/shop", Type: journal.PipelineRunQueued, Time: f.now, Subject: "7", Content: []byte("{}"), Document: []byte("{}")}
			for range 2100 {
				tx.Append(e.Fact())
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		f.event(on(2, 9), "3", journal.IncidentResolved, "down", map[string]any{"environment": map[string]any{"id": "production"}})
		keys, _ := f.keys("gitlab")
		f.wants(keys[dora.Recovery], 1, 3*hour)
	})
}
