package journal

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// Follower reacts to facts, in order, each exactly once.
type Follower struct {
	// Name keys the stored cursor; it must never be reused for another job.
	Name string
	// Types are the facts it reacts to. It must not be empty.
	Types []Type
	// React changes state in tx. The cursor moves in the same transaction,
	// so a returned error leaves both where they were and the fact is tried
	// again, later and later up to [maxBackOff].
	React func(ctx context.Context, tx Tx, f Fact) error
}

const (
	followBatch = 100
	minBackOff  = 50 * time.Millisecond
	maxBackOff  = 30 * time.Second
)

// Follow runs the follower until ctx ends. A new follower starts at the
// beginning of the journal.
func (l *Ledger) Follow(ctx context.Context, f Follower) error {
	at, err := l.cursor(ctx, f.Name)
	if err != nil {
		return fmt.Errorf("follower %s: %w", f.Name, err)
	}
	for {
		facts, err := l.Facts(ctx, Query{After: at, Types: f.Types, Limit: followBatch})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			slog.Warn("journal: read failed, trying again", "follower", f.Name, "error", err)
			sleep(ctx, time.Second)
			continue
		}
		for _, fact := range facts {
			if err := l.react(ctx, f, fact); err != nil {
				return err
			}
			at = fact.Seq
		}
		if len(facts) == followBatch {
			continue
		}
		if err := l.waitForAny(ctx, f.Types, at); err != nil {
			return err
		}
	}
}

// waitForAny sleeps until something was appended since the last look.
func (l *Ledger) waitForAny(ctx context.Context, types []Type, at int64) error {
	head, err := l.Head(ctx)
	if err != nil {
		sleep(ctx, time.Second)
		return ctx.Err()
	}
	newer, err := l.Facts(ctx, Query{After: at, Types: types, Limit: 1})
	if err == nil && len(newer) > 0 {
		return nil
	}
	return l.Wait(ctx, head)
}

func (l *Ledger) react(ctx context.Context, f Follower, fact Fact) error {
	for wait := minBackOff; ; wait = min(2*wait, maxBackOff) {
		err := l.Write(ctx, func(tx Tx) error {
			if err := f.React(ctx, tx, fact); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `INSERT INTO journal_cursor (name, seq) VALUES ($1, $2)
				ON CONFLICT (name) DO UPDATE SET seq = excluded.seq`, f.Name, fact.Seq)
			return err
		})
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		slog.Error("journal: reaction failed, trying again",
			"follower", f.Name, "fact", fact.Seq, "type", fact.Type, "error", err)
		sleep(ctx, wait)
	}
}

func (l *Ledger) cursor(ctx context.Context, name string) (seq int64, err error) {
	err = l.store.Read(ctx, func(r Reader) error {
		return r.QueryRow(ctx, `SELECT seq FROM journal_cursor WHERE name = $1`, name).Scan(&seq)
	})
	if NotFound(err) {
		return 0, nil
	}
	return seq, err
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
