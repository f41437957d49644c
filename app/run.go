package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"andon/engine/forge/status"
	"andon/flow/delivery"
	"andon/flow/pipeline"
	"andon/journal"
)

// Run lets everything work until ctx ends, then stops in order: requests
// first, services last. ready is told the address once pages are served.
func (a *App) Run(ctx context.Context, ready func(Ready)) error {
	listener, loopback, err := a.listen()
	if err != nil {
		return err
	}
	base := "http://" + shownAddress(listener.Addr().String())
	guard, server := a.server(ctx, loopback)
	if err := a.announce(base); err != nil {
		listener.Close()
		return err
	}
	work, stop := context.WithCancel(ctx)
	defer stop()
	var parts sync.WaitGroup
	part := func(name string, run func(context.Context) error) {
		parts.Go(func() {
			if err := run(work); err != nil && work.Err() == nil {
				slog.Error("a part of Andon ended by itself", "part", name, "error", err)
				stop()
			}
		})
	}
	told, err := posters()
	if err != nil {
		listener.Close()
		return err
	}
	if err := a.resume(work); err != nil {
		listener.Close()
		return err
	}
	part("pages", func(context.Context) error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	for _, f := range a.followers() {
		part("follower "+f.Name, func(ctx context.Context) error { return a.ledger.Follow(ctx, f) })
	}
	part("judge", a.judge.Run)
	part("objectives", func(ctx context.Context) error { a.objectives.Run(ctx, time.Second); return nil })
	part("places", func(ctx context.Context) error { a.delivery.Keep(ctx); return nil })
	part("scraping", func(ctx context.Context) error { a.keepTargets(ctx); return nil })
	part("repository", func(ctx context.Context) error { return a.repo.Watch(ctx, a.branch, a.moved) })
	part("subscriptions", a.subscribers.Run)
	part("words", (&status.Keeper{Ledger: a.ledger, Posters: told, Words: a.words}).Run)
	part("deliveries", func(ctx context.Context) error { a.forget(ctx); return nil })
	part("lamps", func(ctx context.Context) error { a.keepLamps(ctx); return nil })
	part("visitors", func(ctx context.Context) error { a.sendVisitors(ctx); return nil })
	ready(a.ready(base, guard.LoginURL(base)))
	<-work.Done()
	return a.shutdown(server, &parts)
}

// shownAddress is how people reach the address from this host.
func shownAddress(address string) string {
	host, port, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return address
}

// resume goes on with what was under way when Andon last ended.
func (a *App) resume(ctx context.Context) error {
	if err := a.delivery.Reconcile(ctx); err != nil {
		slog.Warn("some places are not as they should be yet, trying on", "error", err)
	}
	runs, err := a.pipeline.Unfinished(ctx)
	if err != nil {
		return err
	}
	deployments, err := a.delivery.Unfinished(ctx)
	if err != nil {
		return err
	}
	if err := a.queue.Start(ctx); err != nil {
		return err
	}
	return a.ledger.Write(ctx, func(tx journal.Tx) error {
		for _, id := range runs {
			if err := tx.Advance(ctx, pipeline.RunMachine, id); err != nil {
				return err
			}
		}
		for _, id := range deployments {
			if err := tx.Advance(ctx, delivery.Machine, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// moved records where the branch is now. On the first look at a repository
// only its newest commit is recorded: what was before is history.
func (a *App) moved(ctx context.Context, sha string) error {
	before, err := a.book.Seen(ctx, a.branch)
	if err != nil || before == sha {
		return err
	}
	commits, err := a.repo.Log(ctx, before, sha)
	if err != nil {
		return err
	}
	if before != "" {
		a.redeclare(ctx, sha)
	}
	if len(commits) == 0 { // the branch went back to a commit that is known
		if commits, err = a.repo.Log(ctx, "", sha); err != nil {
			return err
		}
	}
	return a.book.Record(ctx, a.branch, before, commits)
}

// grace is how long a stop may take.
const grace = 20 * time.Second

func (a *App) shutdown(server *http.Server, parts *sync.WaitGroup) error {
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	short, done := context.WithTimeout(ctx, 2*time.Second)
	defer done()
	err := server.Shutdown(short)
	if err != nil { // streams that live as long as their reader
		err = server.Close()
	}
	parts.Wait()
	err = errors.Join(err, a.queue.Stop(ctx))
	a.pipeline.Close()
	err = errors.Join(err, a.proxy.Close(ctx), a.runtime.Shutdown(ctx))
	a.Close()
	return err
}
