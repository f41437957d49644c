package status

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"andon/journal"
)

// Keeper keeps the words beside open changes true. What was said last is kept
// in the database, so it says nothing twice, and goes on after a crash.
type Keeper struct {
	Ledger *journal.Ledger
	// Posters are the forges that may be told, by the name of the source.
	Posters map[string]*Poster
	// Words are what should stand beside the open changes now.
	Words func(ctx context.Context) ([]Due, error)

	waits map[string]wait
}

// Due is a word that should stand at a forge.
type Due struct {
	Source string // "github"
	Word
}

func (d Due) key() string { return d.Source + " " + d.Repo + " " + d.SHA }

// wait is when a word that failed may be tried again.
type wait struct {
	until time.Time
	pause time.Duration
}

const (
	firstPause   = 10 * time.Second
	longestPause = 30 * time.Minute
	// every is how often the words are looked at.
	every = 5 * time.Second
)

// Run keeps the words true until ctx ends. Without a forge that may be told
// it only waits.
func (k *Keeper) Run(ctx context.Context) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if len(k.Posters) > 0 {
			if err := k.Tick(ctx); err != nil && ctx.Err() == nil {
				slog.Warn("the words beside open changes could not be told, trying again", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Tick says all words that differ from what was said last. One that fails for
// the moment waits with growing pauses and holds up no other.
func (k *Keeper) Tick(ctx context.Context) error {
	if k.waits == nil {
		k.waits = map[string]wait{}
	}
	due, err := k.Words(ctx)
	if err != nil {
		return err
	}
	now := k.Ledger.Now()
	var failed error
	for _, d := range due {
		poster := k.Posters[d.Source]
		if poster == nil || now.Before(k.waits[d.key()].until) {
			continue
		}
		said, err := k.said(ctx, d)
		if err != nil {
			return err
		}
		if said {
			continue
		}
		err = poster.Post(ctx, d.Word)
		switch {
		case err == nil || errors.Is(err, ErrForGood):
			// What is refused for good is not asked again until it changes.
			delete(k.waits, d.key())
			if kept := k.keep(ctx, d); kept != nil {
				return kept
			}
		default:
			w := k.waits[d.key()]
			w.pause = min(longestPause, max(firstPause, 2*w.pause))
			w.until = now.Add(w.pause)
			k.waits[d.key()] = w
		}
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s of %s: %w", d.SHA, d.Repo, err))
		}
	}
	return failed
}

func (k *Keeper) said(ctx context.Context, d Due) (said bool, err error) {
	var n int
	err = k.Ledger.Read(ctx, func(r journal.Reader) error {
		return r.QueryRow(ctx, `SELECT count(*) FROM forge_status WHERE source = $1 AND repo = $2 AND sha = $3 AND room = $4 AND text = $5`,
			d.Source, d.Repo, d.SHA, d.Room, d.Text).Scan(&n)
	})
	return n > 0, err
}

func (k *Keeper) keep(ctx context.Context, d Due) error {
	return k.Ledger.Write(ctx, func(tx journal.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO forge_status (source, repo, sha, room, text, at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (source, repo, sha) DO UPDATE SET room = excluded.room, text = excluded.text, at = excluded.at`,
			d.Source, d.Repo, d.SHA, d.Room, d.Text, journal.Micros(tx.Now()))
		return err
	})
}
