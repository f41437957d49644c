package mcp

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"andon/flow/floor"
)

// mostCards is how many cards one look at the floor shows, so that a long
// backlog does not fill an agent's memory.
const mostCards = 60

// FloorInput says which part of the floor to look at.
type FloorInput struct {
	Line    string `json:"line,omitempty" jsonschema:"name of the line; needed when there are several"`
	Station string `json:"station,omitempty" jsonschema:"only this station"`
}

// FloorOutput is a line at one moment.
type FloorOutput struct {
	Line     string    `json:"line"`
	Limit    int       `json:"limit,omitempty" jsonschema:"most cards in progress on the whole line"`
	Progress int       `json:"in_progress"`
	Stations []Station `json:"stations" jsonschema:"nearest to done first"`
	// Left out says how many cards are not shown.
	LeftOut int `json:"left_out,omitempty" jsonschema:"cards that are not shown; ask for one station to see more"`
}

// Station is one station with its cards.
type Station struct {
	Name  string `json:"name"`
	Kind  string `json:"kind"`
	Limit int    `json:"limit,omitempty"`
	Holds int    `json:"holds"`
	Room  bool   `json:"room" jsonschema:"there is room for another card"`
	Cord  string `json:"cord,omitempty" jsonschema:"why nothing may enter"`
	Cards []Card `json:"cards,omitempty"`
}

func (t tools) listFloor(ctx context.Context, in FloorInput) (FloorOutput, string, error) {
	line, err := t.line(ctx, in.Line)
	if err != nil {
		return FloorOutput{}, "", err
	}
	f, err := t.desk.Floor(ctx, line)
	if err != nil {
		return FloorOutput{}, "", err
	}
	if in.Station != "" {
		if _, err := f.Line.Station(in.Station); err != nil {
			return FloorOutput{}, "", err
		}
	}
	out := look(f, in.Station)
	return out, out.words(), nil
}

func look(f floor.Floor, only string) FloorOutput {
	out := FloorOutput{Line: f.Line.Name, Limit: f.Line.WIP}
	shown := 0
	for _, st := range slices.Backward(f.Line.Stations) {
		cards := f.In(st.Name)
		inProgress := st.Kind != floor.Queue && st.Kind != floor.Done
		if inProgress {
			out.Progress += len(cards)
		}
		if only != "" && st.Name != only {
			continue
		}
		s := Station{Name: st.Name, Kind: string(st.Kind), Limit: st.WIP, Holds: len(cards), Room: st.Cord == nil && (st.WIP == 0 || len(cards) < st.WIP)}
		if st.Cord != nil {
			s.Cord = st.Cord.Reason
		}
		if st.Kind == floor.Done && only == "" {
			cards = nil // what is done needs nobody
		}
		room := max(0, mostCards-shown)
		for _, c := range cards[:min(room, len(cards))] {
			s.Cards = append(s.Cards, cardOf(c))
		}
		shown += len(s.Cards)
		out.LeftOut += len(cards) - len(s.Cards)
		out.Stations = append(out.Stations, s)
	}
	return out
}

// words tells the floor in short lines.
func (f FloorOutput) words() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Line %s: %s in progress.", f.Line, limited(f.Progress, f.Limit))
	for _, s := range f.Stations {
		fmt.Fprintf(&b, "\n\n%s (%s): %s", s.Name, s.Kind, limited(s.Holds, s.Limit))
		if s.Cord != "" {
			fmt.Fprintf(&b, "; its cord is pulled: %s", s.Cord)
		}
		for _, c := range s.Cards {
			fmt.Fprintf(&b, "\n- %s %s%s", c.Key, c.Title, c.signal())
		}
	}
	if f.LeftOut > 0 {
		fmt.Fprintf(&b, "\n\n%d more cards are not shown; ask with station=… to see a station's.", f.LeftOut)
	}
	return b.String()
}

func limited(n, limit int) string {
	if limit == 0 {
		return fmt.Sprintf("%d cards", n)
	}
	return fmt.Sprintf("%d of %d cards", n, limit)
}

// signal is what is special about a card.
func (c Card) signal() string {
	var words []string
	if c.Owner != "" {
		words = append(words, c.Owner)
	}
	switch {
	case c.Blocked != "":
		words = append(words, "BLOCKED: "+c.Blocked)
	case c.Late != "":
		words = append(words, "late "+c.Late)
	case c.Waits != "":
		words = append(words, "waits for "+c.Waits)
	case c.Finished:
		words = append(words, "finished, waits to be pulled on")
	}
	if c.Class == string(floor.Expedite) {
		words = append(words, "expedite")
	}
	if len(words) == 0 {
		return ""
	}
	return " (" + strings.Join(words, "; ") + ")"
}
