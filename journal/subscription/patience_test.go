package subscription

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"andon/journal"
)

func TestWaitsDoubleUpToABound(t *testing.T) {
	p := Patience{}.complete()
	for n, want := range map[int]time.Duration{1: 5 * time.Second, 2: 10 * time.Second, 5: 80 * time.Second, 10: 2560 * time.Second,
		11: time.Hour, 40: time.Hour, 1_000_000: time.Hour} {
		if least, most := p.wait(n, 0, 0), p.wait(n, 0, 1); least != want/2 || most != want {
			t.Errorf("after %d failures: %v to %v, want %v to %v", n, least, most, want/2, want)
		}
	}
	if got := p.wait(1, 90*time.Minute, 0.5); got != 90*time.Minute {
		t.Errorf("the receiver asked for 90 minutes and gets %v", got)
	}
	if got := p.wait(1, 1000*time.Hour, 0.5); got != mostAsked {
		t.Errorf("the receiver asked for 1000 hours and gets %v", got)
	}
}

func TestALongFirstWaitDoesNotOverflow(t *testing.T) {
	p := Patience{FirstWait: 1 << 39, MostWait: time.Minute}.complete()
	if got := p.wait(25, 0, 1); got != time.Minute {
		t.Errorf("waits %v", got)
	}
}

func TestWaitIsNeverNothing(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		p := Patience{FirstWait: time.Duration(rapid.Int64Range(2, 1e12).Draw(r, "first")), MostWait: time.Duration(rapid.Int64Range(2, 1e13).Draw(r, "most"))}.complete()
		n, chance := rapid.IntRange(0, 1e6).Draw(r, "n"), rapid.Float64Range(0, 1).Draw(r, "chance")
		if got := p.wait(n, 0, chance); got <= 0 || got > max(p.MostWait, p.FirstWait) {
			r.Fatalf("%v", got)
		}
	})
}

func TestOutcomesAreJudged(t *testing.T) {
	p, now := Patience{}.complete(), time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		since          time.Duration // how long it has been failing
		outcome        Outcome
		problem, pause string
	}{
		"taken":             {0, Outcome{Status: 204}, "", ""},
		"failed":            {0, Outcome{Status: 500}, "500 Internal Server Error", ""},
		"redirect":          {0, Outcome{Status: 302}, "redirects are not followed", ""},
		"no answer":         {0, Outcome{Problem: "Nobody is there."}, "Nobody is there.", ""},
		"gone":              {0, Outcome{Status: 410}, "410", "wants no more events"},
		"failing for days":  {5*24*time.Hour - time.Second, Outcome{Status: 500}, "500", ""},
		"failing too long":  {5 * 24 * time.Hour, Outcome{Status: 500}, "500", "has failed since 2026-04-26"},
		"taken in the end":  {50 * 24 * time.Hour, Outcome{Status: 200}, "", ""},
		"status without ok": {0, Outcome{Status: 199}, "199", ""},
	} {
		s := Subscription{}
		if c.since > 0 {
			s.FailingSince = now.Add(-c.since)
		}
		v := p.judge(s, c.outcome, now, 0)
		if !strings.Contains(v.problem, c.problem) || (v.problem == "") != (c.problem == "") ||
			!strings.Contains(v.pause, c.pause) || (v.pause == "") != (c.pause == "") {
			t.Errorf("%s: %+v", name, v)
		}
		if (v.problem != "") != v.due.After(now) {
			t.Errorf("%s: due %v at %v", name, v.due, now)
		}
	}
}

func TestURLsAndGlobsThatAreRefused(t *testing.T) {
	for _, bad := range []string{"", "ftp://a", "file:///etc/passwd", "gopher://a", "https://", "https:///x", "//host/x", "host/x",
		"https://user:sesame@host/x", "https://host/x#sesame", "https://host/%zz?sesame", "https://host/\nsesame", "https://h/" + strings.Repeat("x", 3000)} {
		err := New{URL: bad}.validate()
		if err == nil || strings.Contains(err.Error(), "sesame") || !strings.HasPrefix(err.Error(), "url ") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for glob, ok := range map[string]bool{"*": true, "dev.cdevents.service.*": true, "dev.*": true, "d*.moved.*": true, "dev.cdeventsx.andon-card.moved.0.1.0": true,
		"dev.cdevents.service.deployed.0.3.?": true, "": false, "service.*": false, "dev.cdevents.[": false, "dev.cde": false, "dev.other.*": false} {
		if err := (New{URL: "https://h", Types: []string{glob}}).validate(); (err == nil) != ok {
			t.Errorf("%q: %v", glob, err)
		}
	}
	if err := (New{URL: "https://h", Types: make([]string, 51)}).validate(); err == nil {
		t.Error("51 globs were taken")
	}
}

func TestGlobsChooseTypes(t *testing.T) {
	s := Subscription{Types: []string{"dev.cdevents.service.*", "dev.cdeventsx.*.moved.*"}}
	for typ, want := range map[journal.Type]bool{journal.ServiceDeployed: true, journal.ServiceRolledBack: true, journal.CardMoved: true,
		journal.CardBlocked: false, journal.ChangeMerged: false} {
		if s.Wants(typ) != want {
			t.Errorf("%s: %v", typ, !want)
		}
	}
	if !(Subscription{}).Wants(journal.CardMoved) {
		t.Error("a subscription without globs does not want everything")
	}
}

func TestSecretsHideThemselves(t *testing.T) {
	secret := NewSecret()
	if len(secret.Key()) != 32 || secret == NewSecret() {
		t.Fatal("a new secret is not 32 bytes of its own")
	}
	const target = "https://hooks.example/services/T0/sesame?token=sesame"
	s := Subscription{ID: "SUB-1", URL: shown(target), target: target, secret: secret}
	encoded, err := json.Marshal([]any{s, secret, Message{Secret: secret}})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{string(encoded), fmt.Sprint(secret), fmt.Sprintf("%+v %#v %v %s", s, s, &s, s), fmt.Sprintf("%#v %+v %q %x", secret, secret, secret, secret),
		fmt.Sprintf("%+v", Message{Secret: secret}), secret.LogValue().String(), string(s.fact(Added, "x").Data)} {
		if strings.Contains(text, secret.Reveal()[10:]) || strings.Contains(text, "sesame") {
			t.Errorf("it is shown: %s", text)
		}
	}
	if s.URL != "https://hooks.example/services/…?…" {
		t.Error(s.URL)
	}
	for _, bad := range []string{"x", "whsec_", "whsec_!", "whsec_c2hvcnQ=", secret.Reveal()[6:], "whsec_" + strings.Repeat("AAAA", 30)} {
		if _, err := ParseSecret(bad); err == nil || strings.Contains(err.Error(), bad) && len(bad) > 6 {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if again, err := ParseSecret(secret.Reveal()); err != nil || again != secret {
		t.Error(again, err)
	}
}
