package floor

import (
	"encoding/json"
	"fmt"
	"time"

	"andon/journal"
)

// Moved is the Data of a card.moved fact.
type Moved struct {
	Line   string  `json:"line"`
	From   string  `json:"from"`
	To     string  `json:"to"`
	Stayed float64 `json:"stayed"` // seconds in From
	// Waited is the part of Stayed, in seconds, after the work there was finished.
	Waited  float64 `json:"waited,omitempty"`
	Owner   string  `json:"owner,omitempty"`
	Forward bool    `json:"forward"` // towards done
	Done    bool    `json:"done,omitempty"`
	// Discarded says that it left the line undone.
	Discarded bool `json:"discarded,omitempty"`
	// What the card is, so that a number can be made from the fact alone.
	Kind     Kind      `json:"kind"`
	Class    Class     `json:"class"`
	Created  time.Time `json:"created"`
	Started  time.Time `json:"started,omitzero"`
	Overtook int       `json:"overtook,omitempty"`
	// OvertookDelay is what a day's delay costs of those that it overtook with
	// this move, as far as they say so.
	OvertookDelay float64 `json:"overtook_delay_per_day,omitempty"`
}

// Unblocked is the Data of a card.unblocked fact.
type Unblocked struct {
	Seconds float64 `json:"seconds"` // for which it was blocked
	Was     Block   `json:"was"`
}

// Edited is the Data of a ticket.updated fact that an edit made.
type Edited struct {
	Was Card `json:"was"`
	Is  Card `json:"is"`
}

// EditedOf reads what an edit's fact says; ok is false for a ticket.updated
// fact that no edit made.
func EditedOf(f journal.Fact) (e Edited, ok bool) {
	err := json.Unmarshal(f.Data, &e)
	return e, err == nil && e.Is.Key == f.Subject && e.Was.Key == f.Subject
}

// CreatedOf reads the card of a ticket.created fact; ok is false for a ticket
// that is no card.
func CreatedOf(f journal.Fact) (c Card, ok bool) {
	err := json.Unmarshal(f.Data, &c)
	return c, err == nil && c.Line != "" && c.Key == f.Subject
}

// cardFact says something about a card. Standard ticket types get the content
// that CDEvents asks for; Data is data, or the card where data is nil.
func cardFact(t journal.Type, c Card, text string, data any) journal.Fact {
	if data == nil {
		data = c
	}
	f := journal.Fact{Type: t, Subject: c.Key, Text: text, Data: journal.JSON(data),
		About: []journal.Ref{{Kind: journal.Card, ID: c.Key}, {Kind: journal.Line, ID: c.Line}}}
	content := map[string]any{"uri": "/cards/" + c.Key}
	switch t {
	case journal.TicketCreated:
		content["summary"], content["creator"] = c.Title, "andon"
	case journal.TicketClosed:
		content["summary"], content["resolution"] = c.Title, "completed"
		if c.Discarded != "" {
			content["resolution"] = "withdrawn"
		}
	case journal.TicketUpdated:
		content["summary"] = c.Title
	default:
		content = nil
	}
	if content != nil {
		f.Content = journal.JSON(content)
	}
	return f
}

func refusedFact(l Line, p Pull, r *Refusal) journal.Fact {
	subject := p.Card
	about := []journal.Ref{{Kind: journal.Line, ID: l.Name}, {Kind: journal.Station, ID: l.Name + "/" + r.Station}}
	if subject == "" {
		subject = l.Name
	} else {
		about = append(about, journal.Ref{Kind: journal.Card, ID: subject})
	}
	return journal.Fact{Type: journal.PullRefused, Subject: subject, Text: "A pull was refused: " + r.Text,
		Data: journal.JSON(r), About: about}
}

func cordFact(t journal.Type, l Line, station, text string) journal.Fact {
	return journal.Fact{Type: t, Subject: l.Name + "/" + station, Text: text,
		Data:  journal.JSON(map[string]string{"line": l.Name, "station": station}),
		About: []journal.Ref{{Kind: journal.Line, ID: l.Name}, {Kind: journal.Station, ID: l.Name + "/" + station}}}
}

func blockedText(c Card) string {
	return fmt.Sprintf("%s is blocked in %s: %s", c.Key, c.Station, c.Blocked.Reason)
}
