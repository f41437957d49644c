package outlook

import (
	"context"
	"fmt"
	"sync"
	"time"

	"andon/flow/measure"
	"andon/journal"
)

// Service answers questions about what lies ahead. Safe for concurrent use.
type Service struct {
	ledger  *journal.Ledger
	measure *measure.Service
	mu      sync.Mutex
	pasts   map[string]past // by line
}

// NewService looks ahead from the chronicle that m reads.
func NewService(l *journal.Ledger, m *measure.Service) *Service {
	return &Service{ledger: l, measure: m, pasts: map[string]past{}}
}

// Invalid says which part of a question is wrong and what would be right.
type Invalid struct{ Field, Text string }

func (i *Invalid) Error() string { return i.Text }

// Unknown says why there is no answer: the history says too little.
type Unknown struct{ Text string }

func (u *Unknown) Error() string { return u.Text }

const (
	oneDay = 24 * time.Hour
	// usualHistory is how many days are taken as the history when nobody says.
	usualHistory = 60
	maxHistory   = 730
	// leastDone is how many finished cards a forecast must rest on.
	leastDone = 5
)

// throughput gives how many cards were done on each of the last whole days
// before a time, not counting days before the line's first card.
func throughput(ctx context.Context, r journal.Reader, line string, at time.Time, days int) (history []int, err error) {
	yesterday := at.Add(-oneDay)
	w, err := measure.NewWindow(yesterday, at, days)
	if err != nil {
		return nil, &Invalid{"history", err.Error()}
	}
	f, err := measure.SumsOf(ctx, r, line, w)
	if err != nil {
		return nil, err
	}
	begun, done := f.Before.Created > 0, 0
	for _, d := range f.Days {
		begun = begun || d.Created > 0
		if begun {
			history = append(history, int(d.Done))
			done += int(d.Done)
		}
	}
	if done < leastDone {
		return nil, &Unknown{fmt.Sprintf("the %d whole days before today saw %d cards done; a forecast needs %d at least", len(history), done, leastDone)}
	}
	return history, nil
}
