package floor

import (
	"context"
	"fmt"

	"andon/journal"
)

// PullCord stops everything from entering a station. Pulling a pulled cord
// keeps the first reason.
func (s *Service) PullCord(ctx context.Context, line, station, reason, by string) error {
	return s.ledger.Write(ctx, func(tx journal.Tx) error {
		return PullCordIn(ctx, tx, line, station, reason, by)
	})
}

// PullCordIn is PullCord in the caller's transaction.
func PullCordIn(ctx context.Context, tx journal.Tx, line, station, reason, by string) error {
	if reason == "" {
		return &Invalid{"reason", "say why the line must stop here"}
	}
	f, err := lock(ctx, tx, line)
	if err != nil {
		return err
	}
	st, err := f.line.Station(station)
	if err != nil || st.Cord != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE station SET cord_at = $3, cord_by = $4, cord_reason = $5 WHERE line = $1 AND name = $2`,
		line, station, journal.Micros(tx.Now()), by, reason)
	tx.Append(cordFact(journal.CordPulled, f.line, station, fmt.Sprintf("%s pulled the cord of %s: %s", by, station, reason)))
	return err
}

// ReleaseCord lets cards enter the station again; those that wait go first.
func (s *Service) ReleaseCord(ctx context.Context, line, station, by string) error {
	return s.ledger.Write(ctx, func(tx journal.Tx) error {
		f, err := lock(ctx, tx, line)
		if err != nil {
			return err
		}
		st, err := f.line.Station(station)
		if err != nil || st.Cord == nil {
			return err
		}
		stood := tx.Now().Sub(st.Cord.Since)
		f.line.Stations[f.line.index(station)].Cord = nil
		_, err = tx.Exec(ctx, `UPDATE station SET cord_at = 0, cord_by = '', cord_reason = '' WHERE line = $1 AND name = $2`, line, station)
		if err != nil {
			return err
		}
		tx.Append(cordFact(journal.CordReleased, f.line, station,
			fmt.Sprintf("%s released the cord of %s after %s", by, station, Span(stood))))
		return f.settle(ctx, tx)
	})
}
