package queue_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"andon/engine/queue"
	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/journal"
)

// counter takes a number of steps for each thing and remembers who did what.
type counter struct {
	mu    sync.Mutex
	steps map[string]int
	want  int
	fail  int
	done  chan string
}

func (c *counter) Advance(_ context.Context, id string) (time.Duration, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fail > 0 {
		c.fail--
		return 0, errors.New("not yet")
	}
	c.steps[id]++
	if c.steps[id] == c.want {
		c.done <- id
	}
	if c.steps[id] >= c.want {
		return queue.Done, nil
	}
	return 0, nil
}

func TestThingIsAdvancedUntilDone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		q, err := queue.New(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		c := &counter{steps: map[string]int{}, want: 3, fail: 2, done: make(chan string, 10)}
		q.Handle("counter", c)
		l := journal.NewLedger(s, q, nil)

		boom := errors.New("boom")
		schedule := func(id string, fail error) error {
			return l.Write(t.Context(), func(tx journal.Tx) error {
				if err := tx.Advance(t.Context(), "counter", id); err != nil {
					return err
				}
				return fail
			})
		}
		if err := schedule("undone", boom); !errors.Is(err, boom) {
			t.Fatal(err)
		}
		for _, id := range []string{"a", "b"} {
			if err := schedule(id, nil); err != nil {
				t.Fatal(err)
			}
		}
		if err := q.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer q.Stop(context.Background())
		for range 2 {
			select {
			case <-c.done:
			case <-time.After(60 * time.Second):
				t.Fatalf("steps so far: %v", c.steps)
			}
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.steps["undone"] != 0 {
			t.Error("a job of an undone write was run")
		}
	})
}
