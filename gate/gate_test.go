package gate_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"andon/gate"
)

type situation struct {
	s   gate.Situation
	err error
}

func (s situation) Situation(context.Context, gate.Question) (gate.Situation, error) {
	return s.s, s.err
}

func clock() time.Time { return time.Date(2026, 3, 6, 16, 0, 0, 0, time.UTC) }

func budgetPolicy(closed bool) gate.Policy {
	return gate.Policy{Name: "protect", File: "andon.yaml", On: []gate.Action{gate.Deploy}, Closed: closed, Rules: []gate.Rule{{
		Name: "budget-left", Line: 7, When: `environment == "production"`,
		Require: `budget.remaining > 0.0 || release.fixes`, Message: "the budget is spent"}}}
}

func ask(t *testing.T, s situation, p gate.Policy, q gate.Question) gate.Decision {
	t.Helper()
	g := gate.New(s, clock)
	if err := g.Enforce([]gate.Policy{p}); err != nil {
		t.Fatal(err)
	}
	d, err := g.Ask(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestSpentBudgetRefusesAllButFixes(t *testing.T) {
	spent := situation{s: gate.Situation{Budget: gate.Budget{Known: true, Remaining: -0.25}}}
	q := gate.Question{Action: gate.Deploy, Environment: "production"}
	d := ask(t, spent, budgetPolicy(false), q)
	want := `Policy protect (rule budget-left) refuses: the budget is spent. It saw that environment is "production", ` +
		`budget.remaining is -0.25, release.fixes is false; it needs budget.remaining > 0.0 || release.fixes.`
	if d.Allowed || len(d.Refusals) != 1 || d.Refusals[0].String() != want {
		t.Fatalf("%+v\nwant %s", d, want)
	}
	q.Release.Fixes = true
	if d := ask(t, spent, budgetPolicy(false), q); !d.Allowed {
		t.Fatalf("a fix was refused: %+v", d)
	}
	q = gate.Question{Action: gate.Deploy, Environment: "staging"}
	if d := ask(t, spent, budgetPolicy(false), q); !d.Allowed {
		t.Fatalf("staging was refused: %+v", d)
	}
}

func TestMissingDataIsDecidedByThePolicy(t *testing.T) {
	q := gate.Question{Action: gate.Deploy, Environment: "production"}
	for _, s := range []situation{{}, {err: errors.New("the database sleeps")}} {
		open := ask(t, s, budgetPolicy(false), q)
		if !open.Allowed || len(open.Notes) != 1 || !strings.Contains(open.Notes[0], "stood open") {
			t.Fatalf("open: %+v", open)
		}
		closed := ask(t, s, budgetPolicy(true), q)
		if closed.Allowed || !strings.Contains(closed.Refusals[0].String(), "without data") {
			t.Fatalf("closed: %+v", closed)
		}
	}
}

func TestPullPolicySeesTheCard(t *testing.T) {
	p := gate.Policy{Name: "ready", File: "andon.yaml", On: []gate.Action{gate.Pull}, Rules: []gate.Rule{{
		Name: "estimated", Require: `card.estimate > 0.0 && now.getDayOfWeek() != 6`, Message: "Estimate it first."}}}
	if d := ask(t, situation{}, p, gate.Question{Action: gate.Pull, Card: gate.Card{Key: "A-1"}}); d.Allowed {
		t.Fatal("an unestimated card was let in")
	}
	if d := ask(t, situation{}, p, gate.Question{Action: gate.Pull, Card: gate.Card{Key: "A-1", Estimate: 2}}); !d.Allowed {
		t.Fatalf("%+v", d)
	}
	if d := ask(t, situation{}, p, gate.Question{Action: gate.Deploy}); !d.Allowed {
		t.Fatalf("a pull policy spoke of a deployment: %+v", d)
	}
}

func TestWrongRulesAreRefusedWithTheirPlace(t *testing.T) {
	for _, c := range []struct{ when, require, want string }{
		{"", "budget.left > 0.0", "andon.yaml:3: policy p, rule r, require: there is no budget.left; budget has known, objective, remaining"},
		{"", "incidents", "andon.yaml:3: policy p, rule r, require: gives int; write an expression that gives true or false"},
		{"colour == 'red'", "true", "andon.yaml:3: policy p, rule r, when: undeclared reference to 'colour' (in container '') (column 1); write a CEL expression that gives true or false"},
		{"", "", "andon.yaml:3: policy p, rule r, require: "},
	} {
		g := gate.New(nil, clock)
		err := g.Enforce([]gate.Policy{{Name: "p", File: "andon.yaml", On: []gate.Action{gate.Pull},
			Rules: []gate.Rule{{Name: "r", Line: 3, When: c.when, Require: c.require}}}})
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("when %q require %q: %v\nwant %s", c.when, c.require, err, c.want)
		}
	}
}
