package subscription

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"

	"andon/journal"
)

// Kind is the kind of a subscription in what facts are about.
const Kind journal.RefKind = "subscription"

// What becomes of subscriptions. Deliveries themselves are not facts: a
// subscription to everything would feed itself.
const (
	Added   journal.Type = "dev.cdeventsx.andon-subscription.added.0.1.0"
	Removed journal.Type = "dev.cdeventsx.andon-subscription.removed.0.1.0"
	Paused  journal.Type = "dev.cdeventsx.andon-subscription.paused.0.1.0"
	Resumed journal.Type = "dev.cdeventsx.andon-subscription.resumed.0.1.0"
	Rotated journal.Type = "dev.cdeventsx.andon-subscription.rotated.0.1.0"
)

// State says whether facts are sent.
type State string

// The states of a subscription.
const (
	StateActive State = "active"
	StatePaused State = "paused"
)

// Subscription is one receiver and how far it is. It holds no secret.
type Subscription struct {
	ID string `json:"id"`
	// URL is where facts go, without what could be a secret in it: the query
	// and all but the beginning of the path.
	URL string `json:"url"`
	// Types are globs over event types, as in "dev.cdevents.service.*"; none
	// means all.
	Types []string `json:"types"`
	State State    `json:"state"`
	// Reason says why it is paused.
	Reason string `json:"reason,omitempty"`
	// Cursor is the position of the last fact that needs no sending any more.
	Cursor int64 `json:"cursor"`
	// Attempts counts the failures in a row; Due is when the next try is
	// allowed and FailingSince when the first of them was.
	Attempts     int       `json:"attempts,omitempty"`
	Due          time.Time `json:"due,omitzero"`
	FailingSince time.Time `json:"failingSince,omitzero"`
	// LastFact, LastAt, LastStatus and LastProblem tell of the last try.
	LastFact    int64     `json:"lastFact,omitempty"`
	LastAt      time.Time `json:"lastAt,omitzero"`
	LastStatus  int       `json:"lastStatus,omitempty"`
	LastProblem string    `json:"lastProblem,omitempty"`
	// Delivered counts the messages that were accepted.
	Delivered int64     `json:"delivered"`
	CreatedAt time.Time `json:"createdAt"`
	CreatedBy string    `json:"createdBy"`

	target string // the whole URL
	secret Secret
	// former is the secret before the last rotation; it signs too until
	// formerUntil.
	former      Secret
	formerUntil time.Time
	awake       bool
	lease       time.Time
	holder      string
}

// Wants says whether the subscription asks for facts of that type.
func (s Subscription) Wants(t journal.Type) bool {
	return len(s.Types) == 0 || slices.ContainsFunc(s.Types, func(glob string) bool {
		ok, err := path.Match(glob, string(t))
		return err == nil && ok
	})
}

// New is what a subscription is made from.
type New struct {
	// URL is http or https, with no user or password in it.
	URL   string   `json:"url"`
	Types []string `json:"types,omitempty"`
	// Secret is chosen by Andon when it is empty.
	Secret string `json:"secret,omitempty"`
	// From is a position in the journal: facts after it are sent, 0 for all.
	// nil begins with the next fact.
	From *int64 `json:"from,omitempty"`
}

// Invalid says which field of a request is wrong and what would be right.
type Invalid struct{ Field, Text string }

func (i *Invalid) Error() string { return i.Field + " " + i.Text }

// Missing says that there is no such subscription.
type Missing struct{ ID string }

func (m *Missing) Error() string {
	return fmt.Sprintf("there is no subscription %q; list them with: andon subscriptions", m.ID)
}

// Conflict says why something cannot be done to a subscription as it stands.
type Conflict struct{ Text string }

func (c *Conflict) Error() string { return c.Text }

func (n New) validate() error {
	if err := validateURL(n.URL); err != nil {
		return err
	}
	const most = 50
	if len(n.Types) > most {
		return &Invalid{"types", fmt.Sprintf("has %d globs; use at most %d", len(n.Types), most)}
	}
	for _, glob := range n.Types {
		if err := validateGlob(glob); err != nil {
			return err
		}
	}
	return nil
}

// validateURL never repeats the URL, which may hold a secret.
func validateURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil, len(text) > 2048, strings.ContainsFunc(text, unicode.IsControl):
		return &Invalid{"url", "cannot be read; use one such as https://hooks.example/andon"}
	case u.Scheme != "http" && u.Scheme != "https":
		return &Invalid{"url", "must begin with http:// or https://"}
	case u.Hostname() == "":
		return &Invalid{"url", "names no host; use one such as https://hooks.example/andon"}
	case u.User != nil:
		return &Invalid{"url", "has a user or password in it; receivers know Andon by the signature"}
	case u.Fragment != "":
		return &Invalid{"url", "has a fragment (#…), which is never sent; leave it out"}
	}
	return nil
}

// validateGlob refuses globs that no type can match.
func validateGlob(glob string) error {
	const root = "dev.cdevents"
	wrong := &Invalid{"types", fmt.Sprintf("has %q, which no event type matches; use whole types or globs over them, as in dev.cdevents.service.*", glob)}
	if _, err := path.Match(glob, ""); err != nil || glob == "" {
		return wrong
	}
	literal := glob
	if i := strings.IndexAny(glob, `*?[\`); i >= 0 {
		literal = glob[:i]
	}
	if !strings.HasPrefix(literal, root) && (literal == glob || !strings.HasPrefix(root, literal)) {
		return wrong
	}
	return nil
}

// shown is as much of a URL as an answer may hold.
func shown(target string) string {
	u, err := url.Parse(target)
	if err != nil {
		return ""
	}
	text := u.Scheme + "://" + u.Host
	first, rest, more := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	switch {
	case more && rest != "":
		text += "/" + first + "/…"
	case first != "":
		text += "/" + first
	}
	if u.RawQuery != "" {
		text += "?…"
	}
	return text
}

// host is as much of a URL as a fact may hold.
func host(target string) string {
	u, err := url.Parse(target)
	if err != nil {
		return ""
	}
	return u.Host
}

// String tells the subscription in a line, without its secret.
func (s Subscription) String() string {
	return fmt.Sprintf("%s to %s (%s, cursor %d)", s.ID, s.URL, s.State, s.Cursor)
}

// GoString is String, so that no way of printing shows the secret.
func (s Subscription) GoString() string { return s.String() }
