package web

import (
	"context"
	"sync"

	"andon/flow/floor"
)

// floors keeps the last reading of each line. Whatever changes a floor appends
// a fact in the same transaction, so a reading holds as long as the journal
// stands where it stood: a hundred open browsers read a change once.
type floors struct {
	mu   sync.Mutex
	kept map[string]floor.Floor
}

// floorNow reads a line, or gives the last reading with what happened since.
func (s *site) floorNow(ctx context.Context, line string) (floor.Floor, error) {
	s.floors.mu.Lock()
	defer s.floors.mu.Unlock()
	head, err := s.Ledger.Head(ctx)
	if err != nil {
		return floor.Floor{}, err
	}
	f, ok := s.floors.kept[line]
	switch {
	case ok && f.Head == head:
		f.At = s.Ledger.Now()
		return f, nil
	case ok:
		f, err = s.Floor.Again(ctx, f)
	default:
		f, err = s.Floor.Floor(ctx, line)
	}
	if err != nil {
		return f, err
	}
	if s.floors.kept == nil {
		s.floors.kept = map[string]floor.Floor{}
	}
	s.floors.kept[line] = f
	return f, nil
}
