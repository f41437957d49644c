package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"andon/journal"
)

// Source is the CDEvents source of all facts.
const Source = "/andon"

// documents are facts as CDEvents documents.
type documents struct {
	Items []journal.CDEvent `json:"items"`
}

// events is the journal after a position, as CDEvents. With Accept:
// text/event-stream it goes on live; each event's id is its position, so a
// client that comes back with Last-Event-ID misses nothing.
func (a *api) events(w http.ResponseWriter, r *http.Request) {
	q, err := eventQuery(r)
	if err != nil {
		writeProblem(w, problem(http.StatusUnprocessableEntity, err.Error()))
		return
	}
	if !strings.Contains(r.Header.Get("Accept"), "text/event-stream") {
		facts, err := a.Ledger.Facts(r.Context(), q)
		if err != nil {
			writeProblem(w, problemOf(err))
			return
		}
		docs := documents{Items: make([]journal.CDEvent, 0, len(facts))}
		for _, f := range facts {
			docs.Items = append(docs.Items, f.CDEvent(Source))
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(docs)
		return
	}
	a.stream(w, r, q)
}

func eventQuery(r *http.Request) (q journal.Query, err error) {
	v := r.URL.Query()
	if err := known(v, "after", "limit", "about", "newest"); err != nil {
		return q, err
	}
	after := v.Get("after")
	if last := r.Header.Get("Last-Event-ID"); last != "" {
		after = last
	}
	if after != "" {
		if q.After, err = strconv.ParseInt(after, 10, 64); err != nil || q.After < 0 {
			return q, fmt.Errorf("after is %q; use a position in the journal, a number from 0", after)
		}
	}
	if limit := v.Get("limit"); limit != "" {
		if q.Limit, err = strconv.Atoi(limit); err != nil || q.Limit < 1 || q.Limit > 1000 {
			return q, fmt.Errorf("limit is %q; use a number from 1 to 1000", limit)
		}
	}
	for _, about := range v["about"] {
		kind, id, ok := strings.Cut(about, ":")
		if !ok {
			return q, fmt.Errorf("about is %q; use a kind and an id, as in card:SHOP-7", about)
		}
		q.About = append(q.About, journal.Ref{Kind: journal.RefKind(kind), ID: id})
	}
	q.Newest, err = yes(v, "newest")
	return q, err
}

// known refuses a parameter that nobody reads, for it was meant to be read.
func known(v url.Values, names ...string) error {
	for name := range v {
		if !slices.Contains(names, name) {
			return fmt.Errorf("there is no parameter %q; there are %s", name, strings.Join(names, ", "))
		}
	}
	return nil
}

func yes(v url.Values, name string) (bool, error) {
	switch text := v.Get(name); text {
	case "true":
		return true, nil
	case "", "false":
		return false, nil
	default:
		return false, fmt.Errorf("%s is %q; use true or false", name, text)
	}
}

func (a *api) stream(w http.ResponseWriter, r *http.Request, q journal.Query) {
	const heartbeat = 15 * time.Second
	ctx, out := r.Context(), http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	q.Newest, q.Limit = false, 500
	fmt.Fprint(w, ": andon\n\n")
	if out.Flush() != nil {
		return
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		head, err := a.Ledger.Head(ctx)
		if err != nil {
			return
		}
		facts, err := a.Ledger.Facts(ctx, q)
		if err != nil {
			return
		}
		for _, f := range facts {
			doc, err := json.Marshal(f.CDEvent(Source))
			if err != nil {
				return
			}
			fmt.Fprintf(w, "id: %d\nevent: %s\ndata: %s\n\n", f.Seq, f.Type, doc)
			q.After = f.Seq
		}
		if len(facts) == q.Limit {
			continue
		}
		q.After = max(q.After, head)
		if out.Flush() != nil {
			return
		}
		if !a.waitOrBeat(w, r, head, beat.C, out) {
			return
		}
	}
}

// waitOrBeat waits for news and keeps the connection alive meanwhile.
func (a *api) waitOrBeat(w http.ResponseWriter, r *http.Request, head int64, beat <-chan time.Time, out *http.ResponseController) bool {
	news := make(chan error, 1)
	go func() { news <- a.Ledger.Wait(r.Context(), head) }()
	for {
		select {
		case err := <-news:
			return err == nil
		case <-beat:
			fmt.Fprint(w, ": beat\n\n")
			if out.Flush() != nil {
				return false
			}
		}
	}
}
