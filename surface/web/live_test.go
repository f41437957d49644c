package web

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"andon/engine/store/storetest"
	"andon/journal"
)

func TestLiveTellsEachGrowthOfTheJournal(t *testing.T) {
	ledger := storetest.Ledger(t)
	happen := func() {
		t.Helper()
		err := ledger.Write(t.Context(), func(tx journal.Tx) error {
			tx.Append(journal.Fact{Type: journal.CardMoved, Subject: "A-1", Text: "A-1 moved", Content: journal.JSON(map[string]string{})})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	happen()
	server := httptest.NewServer(http.HandlerFunc((&site{Services: Services{Ledger: ledger}}).live))
	t.Cleanup(server.Close)
	next := listen(t, server.URL+"?after=0")
	if got := next(); got != "1" {
		t.Fatalf("what happened before is told as %q", got)
	}
	happen()
	if got := next(); got != "2" {
		t.Fatalf("what happens is told as %q", got)
	}
	// A page of another journal, whose position is ahead, is told to look again.
	if got := listen(t, server.URL+"?after=99")(); got != "2" {
		t.Fatalf("a page from elsewhere is told %q", got)
	}
	for _, bad := range []string{"", "?after=-1", "?after=x"} {
		resp, err := http.Get(server.URL + bad)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusBadRequest {
			t.Errorf("%q is answered %s", bad, resp.Status)
		}
	}
}

// listen gives the data of one event after the other.
func listen(t *testing.T, url string) func() string {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); resp.Body.Close() })
	lines := bufio.NewScanner(resp.Body)
	return func() string {
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				return data
			}
		}
		return ""
	}
}
