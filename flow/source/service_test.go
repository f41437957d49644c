package source_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"andon/engine/forge/gitea"
	"andon/engine/forge/github"
	"andon/engine/forge/gitlab"
	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/flow/change"
	"andon/flow/floor"
	"andon/flow/source"
	"andon/journal"
	"andon/journal/cloudevent"
	"andon/journal/journaltest"
)

const secret = "a secret that nobody guesses"

type secrets map[string]string

func (s secrets) Secret(_ context.Context, source string) (string, error) { return s[source], nil }

// cards is the real floor for what is known and linked, and notes which cards
// were made ready for review.
type cards struct {
	floor.Forge
	floor *floor.Service
	mu    sync.Mutex
	ready []string
	fail  error
}

func (c *cards) ReadyForReview(_ context.Context, _ journal.Tx, key string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ready = append(c.ready, key)
	return c.fail
}

type stage struct {
	*source.Service
	t      *testing.T
	ledger *journal.Ledger
	cards  *cards
	next   int
}

// open makes a floor with some cards, SHOP-1 the first.
func open(t *testing.T, s *store.Store, n int) *stage {
	t.Helper()
	ledger := journal.NewLedger(s, nil, nil)
	f := floor.NewService(ledger, nil)
	c := &cards{floor: f}
	st := &stage{source.NewService(source.Options{Ledger: ledger, Cards: c,
		Secrets: secrets{"github": secret, "gitlab": secret, "gitea": secret},
		Readers: map[string]source.Reader{"github": github.Reader{}, "gitlab": gitlab.Reader{}, "gitea": gitea.Reader{}}}), t, ledger, c, 0}
	if err := f.Define(t.Context(), []floor.Line{{Name: "shop", Title: "Shop", Key: "SHOP", Stations: []floor.Station{
		{Name: "backlog", Kind: floor.Queue}, {Name: "development", Kind: floor.Work}, {Name: "review", Kind: floor.Work},
		{Name: "done", Kind: floor.Done}}}}, nil); err != nil {
		t.Fatal(err)
	}
	for range n {
		st.card()
	}
	return st
}

func (s *stage) card() string {
	s.t.Helper()
	c, err := s.cards.floor.Create(s.t.Context(), floor.NewCard{Line: "shop", Title: "A cart"})
	if err != nil {
		s.t.Fatal(err)
	}
	return c.Key
}

// delivery signs a body as GitHub does. Without an id it gets the next.
func (s *stage) delivery(id, event, body string) source.Delivery {
	if id == "" {
		s.next++
		id = fmt.Sprintf("d-%d", s.next)
	}
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(body))
	h := http.Header{}
	h.Set("X-GitHub-Event", event)
	h.Set("X-GitHub-Delivery", id)
	h.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(m.Sum(nil)))
	return source.Delivery{Source: "github", Header: h, Body: []byte(body)}
}

func (s *stage) receive(event, body string) source.Receipt {
	s.t.Helper()
	r, err := s.Receive(s.t.Context(), s.delivery("", event, body))
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

func (s *stage) facts() []journal.Fact {
	s.t.Helper()
	facts, err := s.ledger.Facts(s.t.Context(), journal.Query{Linked: true})
	if err != nil {
		s.t.Fatal(err)
	}
	return facts
}

// told gives the facts of deliveries as "type subject", received ones as the
// standard event that they carry, which must be valid, too.
func (s *stage) told() (list []string) {
	s.t.Helper()
	all := s.facts()
	journaltest.Valid(s.t, all...)
	for _, f := range all {
		switch {
		case f.Type == cloudevent.Received:
			e, err := cloudevent.Of(f, "/andon")
			if err != nil {
				s.t.Fatal(err)
			}
			journaltest.Valid(s.t, journal.Fact{Seq: f.Seq, ID: e.ID, At: e.Time, Type: e.Type, Subject: e.Subject, Actor: f.Actor,
				Text: f.Text, Content: e.Content})
			list = append(list, "in:"+e.Type.Short()+" "+e.Subject)
		case f.Type == journal.TicketCreated, f.Type == journal.LineChanged, f.Type == journal.CardLinked: // the floor's own
		default:
			list = append(list, f.Type.Short()+" "+f.Subject)
		}
	}
	return list
}

func (s *stage) pull() source.Pull {
	s.t.Helper()
	list, err := s.Pulls(s.t.Context(), source.Look{})
	if err != nil || len(list) != 1 {
		s.t.Fatalf("%d pull requests, %v", len(list), err)
	}
	return list[0]
}

func minute(n int) time.Time { return time.Date(2026, 3, 2, 9, n, 0, 0, time.UTC) }

func stamp(n int) string { return minute(n).Format(time.RFC3339) }

// pr is a pull_request payload of GitHub with the fields that differ.
func pr(action string, at int, more map[string]any) string {
	pull := map[string]any{"number": 7, "title": "SHOP-1: a cart", "state": "open", "html_url": "https://github.com/acme/shop/pull/7",
		"user": map[string]any{"login": "ana"}, "head": map[string]any{"ref": "cart", "sha": strings.Repeat("a", 40)},
		"base": map[string]any{"ref": "main"}, "created_at": stamp(0), "updated_at": stamp(at)}
	maps.Copy(pull, more)
	return encode(map[string]any{"action": action, "pull_request": pull})
}

func encode(m map[string]any) string {
	m["repository"] = map[string]any{"full_name": "acme/shop"}
	m["sender"] = map[string]any{"login": "bo"}
	b, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return string(b)
}

var mergeSHA = strings.Repeat("c", 40)

func merged(at int) string {
	return pr("closed", at, map[string]any{"state": "closed", "merged": true, "merged_at": stamp(at), "closed_at": stamp(at), "merge_commit_sha": mergeSHA})
}

func TestAPullRequestFromDraftToMerge(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.Store) {
		s := open(t, db, 1)
		s.receive("pull_request", pr("opened", 0, map[string]any{"draft": true}))
		if len(s.cards.ready) != 0 {
			t.Fatalf("a draft made %v ready", s.cards.ready)
		}
		r := s.receive("pull_request", pr("ready_for_review", 1, nil))
		if r.Outcome != source.Accepted || !slices.Equal(r.Cards, []string{"SHOP-1"}) || r.Untracked || len(r.Facts) != 1 {
			t.Errorf("the receipt is %+v", r)
		}
		s.receive("pull_request", pr("synchronize", 2, nil))
		if !slices.Equal(s.cards.ready, []string{"SHOP-1"}) {
			t.Errorf("made ready: %v, want SHOP-1 once", s.cards.ready)
		}
		s.receive("pull_request_review", encode(map[string]any{"action": "submitted",
			"review":       map[string]any{"state": "approved", "submitted_at": stamp(3), "user": map[string]any{"login": "cy"}},
			"pull_request": json.RawMessage(field(t, pr("", 3, nil), "pull_request"))}))
		if err := change.NewBook(s.ledger, "shop").Record(t.Context(), "main", "", []change.Change{{SHA: mergeSHA, Author: "Ana", Message: "Merge"}}); err != nil {
			t.Fatal(err)
		}
		s.receive("pull_request", merged(4))
		p := s.pull()
		if p.State != source.Merged || p.Review != source.PullApproved || !p.OpenedAt.Equal(minute(0)) || !p.ReadyAt.Equal(minute(1)) ||
			!p.FirstReviewAt.Equal(minute(3)) || !p.MergedAt.Equal(minute(4)) || p.Author != "ana" || p.Untracked || p.MergeSHA != mergeSHA {
			t.Errorf("it ends as %+v", p)
		}
		c, err := s.cards.floor.Card(t.Context(), "SHOP-1")
		if err != nil || !slices.Equal(c.Changes, []string{mergeSHA}) {
			t.Errorf("the card holds %v, %v", c.Changes, err)
		}
		want := []string{"change.created acme/shop#7", "change.updated acme/shop#7", "change.updated acme/shop#7", "change.reviewed acme/shop#7",
			"change.merged " + mergeSHA, "in:change.merged acme/shop#7"}
		if got := s.told(); !slices.Equal(got, want) {
			t.Errorf("told\n%q\nwant\n%q", got, want)
		}
		last := s.facts()[len(s.facts())-1]
		for _, f := range s.facts() {
			if f.Type == cloudevent.Received {
				last = f
			}
		}
		for _, ref := range []journal.Ref{{Kind: journal.Card, ID: "SHOP-1"}, {Kind: journal.PullRequest, ID: "acme/shop#7"}, {Kind: journal.Commit, ID: mergeSHA}} {
			if !slices.Contains(last.About, ref) {
				t.Errorf("the merge is about %v, want %s, too", last.About, ref)
			}
		}
		err = s.ledger.Read(t.Context(), func(r journal.Reader) error {
			keys, err := source.KeysOf(t.Context(), r, mergeSHA)
			if !slices.Equal(keys, []string{"SHOP-1"}) {
				t.Errorf("the merge is of %v", keys)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func field(t *testing.T, body, name string) []byte {
	t.Helper()
	var m map[string]json.RawMessage
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		t.Fatal(err)
	}
	return m[name]
}

func TestADeliveryCountsOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.Store) {
		s := open(t, db, 1)
		d := s.delivery("same", "pull_request", pr("opened", 0, nil))
		const senders = 8
		receipts, errs := make([]source.Receipt, senders), make([]error, senders)
		var all sync.WaitGroup
		for i := range senders {
			all.Go(func() { receipts[i], errs[i] = s.Receive(t.Context(), d) })
		}
		all.Wait()
		first := 0
		for i, r := range receipts {
			if errs[i] != nil {
				t.Fatal(errs[i])
			}
			if !r.Known {
				first++
			}
			if r.Outcome != source.Accepted || len(r.Facts) != 1 || r.Facts[0] != receipts[0].Facts[0] {
				t.Errorf("receipt %d is %+v", i, r)
			}
		}
		if first != 1 || len(s.cards.ready) != 1 {
			t.Errorf("%d were taken as the first, and %v made ready", first, s.cards.ready)
		}
		if got := s.told(); !slices.Equal(got, []string{"change.created acme/shop#7"}) {
			t.Errorf("told %q", got)
		}
	})
}

func TestManyDeliveriesOfOnePullRequestAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.Store) {
		s := open(t, db, 1)
		const n = 12
		var all sync.WaitGroup
		errs := make([]error, n)
		for i := range n {
			d := s.delivery("", "pull_request", pr("synchronize", i, map[string]any{"title": fmt.Sprintf("SHOP-1: state %d", i)}))
			all.Go(func() { _, errs[i] = s.Receive(t.Context(), d) })
		}
		all.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		if p := s.pull(); p.Title != fmt.Sprintf("SHOP-1: state %d", n-1) || !p.UpdatedAt.Equal(minute(n-1)) {
			t.Errorf("the newest is lost: %+v", p)
		}
		if !slices.Equal(s.cards.ready, []string{"SHOP-1"}) {
			t.Errorf("made ready: %v", s.cards.ready)
		}
	})
}

func TestTimeNeverTurnsBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.Store) {
		s := open(t, db, 1)
		s.receive("pull_request", merged(4))
		s.receive("pull_request", pr("opened", 0, nil))
		s.receive("pull_request", pr("edited", 2, map[string]any{"title": "SHOP-1: another"}))
		p := s.pull()
		if p.State != source.Merged || p.Title != "SHOP-1: a cart" || !p.ReadyAt.Equal(minute(0)) || !p.UpdatedAt.Equal(minute(4)) {
			t.Errorf("it ends as %+v", p)
		}
		if len(s.cards.ready) != 0 {
			t.Errorf("a merged pull request made %v ready for review", s.cards.ready)
		}
		if got := s.told(); !slices.Equal(got, []string{"in:change.merged acme/shop#7", "change.created acme/shop#7", "change.updated acme/shop#7"}) {
			t.Errorf("told %q", got)
		}
	})
}

func TestReplayChangesNothingUntilThereIsACard(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.Store) {
		s := open(t, db, 0)
		r := s.receive("pull_request", pr("opened", 0, nil))
		if !r.Untracked || len(r.Cards) != 0 {
			t.Errorf("without a card the receipt is %+v", r)
		}
		if list, err := s.Pulls(t.Context(), source.Look{Untracked: true, State: "open", Repo: "acme/shop"}); err != nil || len(list) != 1 {
			t.Errorf("%d untracked pull requests are shown, %v", len(list), err)
		}
		before := s.pull()
		for range 3 {
			again, err := s.Replay(t.Context(), "github/"+r.ID)
			if err != nil || again.Outcome != source.Accepted || !slices.Equal(again.Facts, r.Facts) {
				t.Fatalf("replayed as %+v, %v", again, err)
			}
		}
		if got := s.told(); len(got) != 1 || fmt.Sprint(s.pull()) != fmt.Sprint(before) {
			t.Errorf("a replay told %q and left %+v", got, s.pull())
		}
		if key := s.card(); key != "SHOP-1" {
			t.Fatal(key)
		}
		again, err := s.Replay(t.Context(), "github/"+r.ID)
		if err != nil || again.Untracked || !slices.Equal(again.Cards, []string{"SHOP-1"}) || !slices.Equal(s.cards.ready, []string{"SHOP-1"}) {
			t.Errorf("replayed as %+v, %v, ready %v", again, err, s.cards.ready)
		}
		if p := s.pull(); p.Untracked || !slices.Equal(p.Cards, []string{"SHOP-1"}) {
			t.Errorf("it is still %+v", p)
		}
		var missing *source.Missing
		if _, err := s.Replay(t.Context(), "github/none"); !errors.As(err, &missing) {
			t.Errorf("a replay of nothing gives %v", err)
		}
		n, err := s.Trim(t.Context(), time.Now().Add(time.Hour))
		if err != nil || n != 1 {
			t.Errorf("trimmed %d, %v", n, err)
		}
		if _, err := s.Replay(t.Context(), "github/"+r.ID); !errors.As(err, &missing) {
			t.Errorf("a replay of a trimmed body gives %v", err)
		}
		if known, err := s.Receive(t.Context(), s.delivery(r.ID, "pull_request", pr("opened", 0, nil))); err != nil || !known.Known {
			t.Errorf("after a trim it counts again: %+v, %v", known, err)
		}
	})
}

func TestOutcomesAreKept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.Store) {
		s := open(t, db, 0)
		s.receive("ping", `{"zen":"Keep it simple."}`)
		s.receive("pull_request", `{"action":"opened","pull_request":{"number":"seven"}}`)
		s.receive("star", `{}`)
		list, err := s.List(t.Context(), source.Filter{})
		if err != nil || len(list) != 3 {
			t.Fatalf("%d are kept, %v", len(list), err)
		}
		refused, err := s.List(t.Context(), source.Filter{Source: "github", Outcome: source.Rejected})
		if err != nil || len(refused) != 1 || !strings.HasPrefix(refused[0].Reason, "pull_request.number: ") || !refused[0].Whole {
			t.Errorf("refused: %+v, %v", refused, err)
		}
		ignored, err := s.List(t.Context(), source.Filter{Outcome: source.Dropped, Event: "star"})
		if err != nil || len(ignored) != 1 || !strings.Contains(ignored[0].Reason, `"star"`) {
			t.Errorf("ignored: %+v, %v", ignored, err)
		}
		if got := s.told(); len(got) != 0 {
			t.Errorf("told %q", got)
		}
	})
}

func TestTheDoor(t *testing.T) {
	s := open(t, storetest.SQLite(t), 0)
	good := s.delivery("", "pull_request", pr("opened", 0, nil))
	for _, c := range []struct {
		why source.Refusal
		bad func(*source.Delivery)
	}{
		{source.UnknownSource, func(d *source.Delivery) { d.Source = "bitbucket" }},
		{source.NotSigned, func(d *source.Delivery) { d.Body = append([]byte(" "), d.Body...) }},
		{source.NotSigned, func(d *source.Delivery) { d.Header = http.Header{} }},
		{source.TooLarge, func(d *source.Delivery) { d.Body = make([]byte, source.Largest+1) }},
	} {
		d := good
		c.bad(&d)
		_, err := s.Receive(t.Context(), d)
		refused, ok := errors.AsType[*source.Refused](err)
		if !ok || refused.Why != c.why || strings.Contains(err.Error(), secret) {
			t.Errorf("want %s, got %v", c.why, err)
		}
	}
	if list, err := s.List(t.Context(), source.Filter{}); err != nil || len(list) != 0 {
		t.Errorf("what was turned away is kept: %v, %v", list, err)
	}
}

func TestAFailureKeepsNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.Store) {
		s := open(t, db, 1)
		d := s.delivery("", "pull_request", pr("opened", 0, nil))
		s.cards.fail = errors.New("the floor is gone")
		if _, err := s.Receive(t.Context(), d); err == nil || !strings.Contains(err.Error(), "the floor is gone") {
			t.Fatalf("got %v", err)
		}
		if list, err := s.List(t.Context(), source.Filter{}); err != nil || len(list) != 0 || len(s.told()) != 0 {
			t.Fatalf("kept %v and told %q, %v", list, s.told(), err)
		}
		s.cards.fail = nil
		if r, err := s.Receive(t.Context(), d); err != nil || r.Known || len(r.Facts) != 1 {
			t.Errorf("sent again: %+v, %v", r, err)
		}
	})
}
