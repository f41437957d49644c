package delivery

import (
	"context"
	"time"

	"andon/journal"
)

// Ended is a deployment that users met and that is over, with what it brought.
type Ended struct {
	Deployment
	SHA string
	// Ord is the place of its newest commit; After that of the release that
	// served before it, so that it brought what lies between. First says that
	// none served before.
	Ord, After int64
	First      bool
}

// EndedIn lists the deployments to an environment that users met and that
// ended within [from, to), the oldest first.
func EndedIn(ctx context.Context, r journal.Reader, environment string, from, to time.Time) (list []Ended, err error) {
	found, err := deploymentsWhere(ctx, r, `environment = $1 AND state IN ('succeeded', 'rolledback') AND ended_at >= $2 AND ended_at < $3 ORDER BY number`,
		environment, journal.Micros(from), journal.Micros(to))
	if err != nil {
		return nil, err
	}
	for _, d := range found {
		e, err := ended(ctx, r, d)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, nil
}

func ended(ctx context.Context, r journal.Reader, d Deployment) (Ended, error) {
	release, err := ReleaseOf(ctx, r, d.Release)
	if err != nil {
		return Ended{}, err
	}
	e := Ended{Deployment: d, SHA: release.SHA, Ord: release.Ord, First: d.Stable == ""}
	if !e.First {
		before, err := ReleaseOf(ctx, r, d.Stable)
		if err != nil {
			return Ended{}, err
		}
		e.After = before.Ord
	}
	return e, nil
}

// Span are the places in the branch's history of what a deployment brought:
// (After, UpTo].
type Span struct{ After, UpTo int64 }

// SpanOf tells what a deployment brought. It is false for one that is not
// known, and for the first of a place, which brought all of history.
func SpanOf(ctx context.Context, r journal.Reader, id string) (Span, bool, error) {
	found, err := deploymentsWhere(ctx, r, `id = $1`, id)
	if err != nil || len(found) == 0 {
		return Span{}, false, err
	}
	e, err := ended(ctx, r, found[0])
	return Span{e.After, e.Ord}, !e.First, err
}
