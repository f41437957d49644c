package mcp

import (
	"context"
	"fmt"
	"strings"

	"andon/flow/floor"
)

// tools are what an agent can do at a desk.
type tools struct {
	desk Desk
	by   string
}

// Card is a card as agents see it.
type Card struct {
	Key      string   `json:"key"`
	Title    string   `json:"title"`
	Station  string   `json:"station"`
	Kind     string   `json:"kind"`
	Class    string   `json:"class"`
	Labels   []string `json:"labels,omitempty"`
	Owner    string   `json:"owner,omitempty"`
	Helpers  []string `json:"helpers,omitempty"`
	Note     string   `json:"note,omitempty" jsonschema:"what is to be done, and what was found out about it"`
	Blocked  string   `json:"blocked,omitempty" jsonschema:"why it cannot go on"`
	Waits    string   `json:"waits_for,omitempty" jsonschema:"the station that it waits to enter"`
	Finished bool     `json:"finished,omitempty" jsonschema:"its work here is finished; it waits to be pulled on"`
	Late     string   `json:"late,omitempty" jsonschema:"its andon is lit: how likely it is to be late"`
	Commits  []string `json:"commits,omitempty"`
}

func cardOf(c floor.Card) Card {
	out := Card{Key: c.Key, Title: c.Title, Station: c.Station, Kind: string(c.Kind), Class: string(c.Class), Labels: c.Labels, Owner: c.Owner, Helpers: c.Helpers,
		Note: c.Note, Waits: c.ReadyFor, Finished: !c.FinishedAt.IsZero(), Commits: c.Changes}
	if c.Blocked != nil {
		out.Blocked = c.Blocked.Reason
	}
	if c.Lamp != nil && c.Lamp.Answer == "" {
		out.Late = fmt.Sprintf("with a risk of %.0f %%", 100*c.Lamp.Risk)
	}
	return out
}

// PullInput names what to pull.
type PullInput struct {
	Card string `json:"card,omitempty" jsonschema:"key of the card, as in SHOP-7; the most urgent when not given"`
	Line string `json:"line,omitempty" jsonschema:"name of the line; needed when there are several and no card is named"`
	To   string `json:"to,omitempty" jsonschema:"station to pull into; the first that people work at when not given"`
}

func (t tools) pull(ctx context.Context, in PullInput) (Card, string, error) {
	if in.Card == "" {
		line, err := t.line(ctx, in.Line)
		if err != nil {
			return Card{}, "", err
		}
		in.Line = line
	}
	c, err := t.desk.Pull(ctx, floor.Pull{Line: in.Line, Card: in.Card, To: in.To, By: t.by})
	return cardOf(c), fmt.Sprintf("%s is yours, in %s: %s\n%s\nPut %s into your commit messages; say finish when it is done here.", c.Key, c.Station, c.Title, c.Note, c.Key), err
}

// MoveInput says where a card should go.
type MoveInput struct {
	Card string `json:"card" jsonschema:"key of the card, as in SHOP-7"`
	To   string `json:"to" jsonschema:"station"`
}

func (t tools) move(ctx context.Context, in MoveInput) (Card, string, error) {
	c, err := t.desk.Move(ctx, floor.Move{Card: in.Card, To: in.To, By: t.by})
	return cardOf(c), fmt.Sprintf("%s is in %s.", c.Key, c.Station), err
}

// BlockInput says why a card cannot go on.
type BlockInput struct {
	Card   string `json:"card" jsonschema:"key of the card, as in SHOP-7"`
	Reason string `json:"reason" jsonschema:"what it waits for, so that somebody can help"`
}

func (t tools) block(ctx context.Context, in BlockInput) (Card, string, error) {
	c, err := t.desk.Block(ctx, in.Card, strings.TrimSpace(in.Reason), t.by)
	return cardOf(c), fmt.Sprintf("%s is blocked: %s", c.Key, in.Reason), err
}

// CardInput names a card.
type CardInput struct {
	Card string `json:"card" jsonschema:"key of the card, as in SHOP-7"`
}

func (t tools) unblock(ctx context.Context, in CardInput) (Card, string, error) {
	c, err := t.desk.Unblock(ctx, in.Card)
	return cardOf(c), fmt.Sprintf("%s goes on in %s.", c.Key, c.Station), err
}

func (t tools) finish(ctx context.Context, in CardInput) (Card, string, error) {
	c, err := t.desk.Finish(ctx, in.Card, t.by)
	text := fmt.Sprintf("%s went on to %s.", c.Key, c.Station)
	switch {
	case c.ReadyFor != "":
		text = fmt.Sprintf("%s is finished in %s and enters %s as soon as there is room.", c.Key, c.Station, c.ReadyFor)
	case !c.FinishedAt.IsZero():
		text = fmt.Sprintf("%s is finished in %s and waits to be pulled on.", c.Key, c.Station)
	}
	return cardOf(c), text, err
}

// SwarmInput says where to look, or what to join.
type SwarmInput struct {
	Card    string `json:"card,omitempty" jsonschema:"key of a card to join as a helper; only look when not given"`
	Line    string `json:"line,omitempty" jsonschema:"name of the line; needed when there are several"`
	Station string `json:"station,omitempty" jsonschema:"look only here and further on"`
}

// SwarmOutput is what needs help, and the card that was joined.
type SwarmOutput struct {
	Needs  []floor.Need `json:"needs,omitempty"`
	Joined *Card        `json:"joined,omitempty"`
}

func (t tools) swarm(ctx context.Context, in SwarmInput) (SwarmOutput, string, error) {
	if in.Card != "" {
		c, err := t.desk.Help(ctx, in.Card, t.by)
		joined := cardOf(c)
		return SwarmOutput{Joined: &joined}, fmt.Sprintf("You help with %s in %s: %s\n%s", c.Key, c.Station, c.Title, c.Note), err
	}
	line, err := t.line(ctx, in.Line)
	if err != nil {
		return SwarmOutput{}, "", err
	}
	needs, err := t.desk.Swarm(ctx, line, in.Station)
	if len(needs) == 0 {
		return SwarmOutput{}, "Nothing is in progress there. Pull a card.", err
	}
	var b strings.Builder
	b.WriteString("What most needs help:")
	for _, n := range needs {
		fmt.Fprintf(&b, "\n- %s in %s, %s: %s", n.Card, n.Station, n.Title, n.Why)
		if len(n.Free) > 0 {
			fmt.Fprintf(&b, " (free to help: %s)", strings.Join(n.Free, ", "))
		}
	}
	return SwarmOutput{Needs: needs}, b.String(), err
}

// ExplainOutput says whether something may move.
type ExplainOutput struct {
	Allowed bool           `json:"allowed"`
	Refusal *floor.Refusal `json:"refusal,omitempty"`
}

func (t tools) explain(ctx context.Context, in MoveInput) (ExplainOutput, string, error) {
	r, err := t.desk.Explain(ctx, in.Card, in.To)
	if err != nil {
		return ExplainOutput{}, "", err
	}
	if r != nil {
		return ExplainOutput{false, r}, told(r), nil
	}
	return ExplainOutput{Allowed: true}, fmt.Sprintf("%s may move into %s.", in.Card, in.To), nil
}

// line finds the line that is meant: the one named, or the only one.
func (t tools) line(ctx context.Context, name string) (string, error) {
	if name != "" {
		return name, nil
	}
	lines, err := t.desk.Lines(ctx)
	if err != nil {
		return "", err
	}
	if len(lines) == 1 {
		return lines[0].Name, nil
	}
	var names []string
	for _, l := range lines {
		names = append(names, l.Name)
	}
	return "", fmt.Errorf("say which line: %s", strings.Join(names, ", "))
}
