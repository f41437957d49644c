package subscription

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"sync"

	"andon/journal"
)

// Machine is the name of this package's machine.
const Machine = "subscription"

// Options are the parts that a Service works with.
type Options struct {
	Ledger *journal.Ledger
	Sender Sender
	// Source is the URI reference under which Andon's own facts are sent,
	// such as "/andon".
	Source   string
	Patience Patience
	// Chance gives numbers from 0 to 1, for the back-off. Default: random.
	Chance func() float64
}

// Service keeps subscriptions and sends to them. Safe for concurrent use.
type Service struct {
	Options
	holder string // names this service in leases

	working  context.Context
	stop     context.CancelFunc
	couriers sync.WaitGroup
	mu       sync.Mutex
	busy     map[string]*out // by subscription: a courier of ours
}

// NewService sends nothing before its machine is advanced; see [Service.Run].
// Close it before the ledger's store.
func NewService(o Options) *Service {
	o.Patience = o.Patience.complete()
	if o.Chance == nil {
		o.Chance = mathrand.Float64
	}
	s := &Service{Options: o, holder: rand.Text(), busy: map[string]*out{}}
	s.working, s.stop = context.WithCancel(context.Background())
	return s
}

// Add begins a subscription. The secret is given this once.
func (s *Service) Add(ctx context.Context, n New) (sub Subscription, secret Secret, err error) {
	if err := n.validate(); err != nil {
		return sub, secret, err
	}
	secret = NewSecret()
	if n.Secret != "" {
		if secret, err = ParseSecret(n.Secret); err != nil {
			return sub, Secret{}, err
		}
	}
	err = s.Ledger.Write(ctx, func(tx journal.Tx) error {
		head, err := journal.HeadOf(ctx, tx)
		if err != nil {
			return err
		}
		from := head
		if n.From != nil {
			from = *n.From
		}
		if from < 0 || from > head {
			return &Invalid{"from", fmt.Sprintf("is %d; use a position in the journal, from 0 to %d", from, head)}
		}
		var number int64
		if err := tx.QueryRow(ctx, `INSERT INTO subscription_number (id, last) VALUES (1, 1)
			ON CONFLICT (id) DO UPDATE SET last = subscription_number.last + 1 RETURNING last`).Scan(&number); err != nil {
			return fmt.Errorf("number the subscription: %w", err)
		}
		sub = Subscription{ID: fmt.Sprintf("SUB-%d", number), URL: shown(n.URL), Types: n.Types, State: StateActive, Cursor: from,
			CreatedAt: tx.Now(), CreatedBy: journal.ActorOf(ctx), target: n.URL, secret: secret, awake: true}
		if err := insert(ctx, tx, number, sub); err != nil {
			return fmt.Errorf("add the subscription: %w", err)
		}
		tx.Append(sub.fact(Added, "Events go to "+host(n.URL)+" from now on."))
		return tx.Advance(ctx, Machine, sub.ID)
	})
	if err != nil {
		return Subscription{}, Secret{}, err
	}
	return sub, secret, nil
}

// notice is the data of the facts about a subscription.
type notice struct {
	Subscription string   `json:"subscription"`
	Host         string   `json:"host"`
	Types        []string `json:"types,omitempty"`
	Reason       string   `json:"reason,omitempty"`
	Cursor       int64    `json:"cursor"`
}

func (s Subscription) fact(t journal.Type, text string) journal.Fact {
	return journal.Fact{Type: t, Subject: s.ID, Text: text, About: []journal.Ref{{Kind: Kind, ID: s.ID}},
		Data: journal.JSON(notice{s.ID, host(s.target), s.Types, s.Reason, s.Cursor})}
}

// List gives all subscriptions, oldest first.
func (s *Service) List(ctx context.Context) (all []Subscription, err error) {
	err = s.Ledger.Read(ctx, func(r journal.Reader) error {
		all, err = where(ctx, r, `1 = 1 ORDER BY number`)
		return err
	})
	return all, err
}

// Get finds one subscription.
func (s *Service) Get(ctx context.Context, id string) (sub Subscription, err error) {
	err = s.Ledger.Read(ctx, func(r journal.Reader) error {
		sub, err = of(ctx, r, id)
		return err
	})
	return sub, err
}

// Remove ends a subscription. A message that is on its way still arrives.
func (s *Service) Remove(ctx context.Context, id string) error {
	return s.change(ctx, id, func(tx journal.Tx, sub Subscription) error {
		tx.Append(sub.fact(Removed, "No more events go to "+host(sub.target)+"."))
		_, err := tx.Exec(ctx, `DELETE FROM subscription WHERE id = $1`, id)
		return err
	})
}

// Pause stops sending until Resume. Pausing what is paused changes nothing.
func (s *Service) Pause(ctx context.Context, id string) error {
	return s.change(ctx, id, func(tx journal.Tx, sub Subscription) error {
		if sub.State == StatePaused {
			return nil
		}
		return sub.pauseIn(ctx, tx, "Paused by "+journal.ActorOf(ctx)+".")
	})
}

func (s Subscription) pauseIn(ctx context.Context, tx journal.Tx, reason string) error {
	s.State, s.Reason, s.awake = StatePaused, reason, false
	tx.Append(s.fact(Paused, "Sending events to "+host(s.target)+" is paused. "+reason))
	return s.save(ctx, tx)
}

// Resume goes on with the first fact that was not accepted. Resuming what is
// active changes nothing.
func (s *Service) Resume(ctx context.Context, id string) error {
	return s.change(ctx, id, func(tx journal.Tx, sub Subscription) error {
		if sub.State == StateActive {
			return nil
		}
		sub.State, sub.Reason = StateActive, ""
		tx.Append(sub.fact(Resumed, "Sending events to "+host(sub.target)+" goes on."))
		return sub.tryNow(ctx, tx)
	})
}

// Retry tries a failing receiver now rather than when it is due. It is a
// [Conflict] when the subscription is paused.
func (s *Service) Retry(ctx context.Context, id string) error {
	return s.change(ctx, id, func(tx journal.Tx, sub Subscription) error {
		if sub.State == StatePaused {
			return &Conflict{sub.ID + " is paused; resume it first"}
		}
		return sub.tryNow(ctx, tx)
	})
}

// tryNow forgets the failures and wakes the machine.
func (s Subscription) tryNow(ctx context.Context, tx journal.Tx) error {
	s.awake, s.Attempts = true, 0
	s.Due, s.FailingSince = journal.Time(0), journal.Time(0)
	if err := s.save(ctx, tx); err != nil {
		return err
	}
	return tx.Advance(ctx, Machine, s.ID)
}

// change runs fn on the locked subscription.
func (s *Service) change(ctx context.Context, id string, fn func(journal.Tx, Subscription) error) error {
	return s.Ledger.Write(ctx, func(tx journal.Tx) error {
		sub, err := lock(ctx, tx, id)
		if err != nil {
			return err
		}
		return fn(tx, sub)
	})
}

// missing says whether err is that a subscription is gone.
func missing(err error) bool {
	_, gone := errors.AsType[*Missing](err)
	return gone
}
