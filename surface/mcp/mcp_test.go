package mcp_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/flow/floor"
	"andon/journal"
	"andon/surface/access"
	"andon/surface/mcp"
)

// shop is a floor with cards in its backlog.
func shop(t *testing.T, s *store.Store, cards int) *floor.Service {
	t.Helper()
	f := floor.NewService(journal.NewLedger(s, nil, nil), nil)
	err := f.Define(t.Context(), []floor.Line{{Name: "shop", Title: "Shop", Key: "SHOP", Stations: []floor.Station{{Name: "backlog", Kind: floor.Queue},
		{Name: "work", Kind: floor.Work, WIP: 1}, {Name: "review", Kind: floor.Work, WIP: 2}, {Name: "done", Kind: floor.Done}}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for n := range cards {
		if _, err := f.Create(t.Context(), floor.NewCard{Line: "shop", Title: fmt.Sprintf("Card %d", n+1)}); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

// agent is a client that is connected to a server of the floor's tools.
func agent(t *testing.T, desk mcp.Desk, name string) *sdk.ClientSession {
	t.Helper()
	theirs, ours := sdk.NewInMemoryTransports()
	if _, err := mcp.New(desk, name, "test").Connect(t.Context(), ours, nil); err != nil {
		t.Fatal(err)
	}
	session, err := sdk.NewClient(&sdk.Implementation{Name: name, Version: "1"}, nil).Connect(t.Context(), theirs, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = session.Close() })
	return session
}

// call calls a tool: its text, whether it is an error, and its data as JSON.
func call(t *testing.T, s *sdk.ClientSession, tool string, arguments map[string]any) (text string, failed bool, data string) {
	t.Helper()
	r, err := s.CallTool(t.Context(), &sdk.CallToolParams{Name: tool, Arguments: arguments})
	if err != nil {
		return err.Error(), true, ""
	}
	for _, c := range r.Content {
		if c, ok := c.(*sdk.TextContent); ok {
			text += c.Text
		}
	}
	b, err := json.Marshal(r.StructuredContent)
	if err != nil {
		t.Fatal(err)
	}
	return text, r.IsError, string(b)
}

func TestAnAgentWorksOnTheFloor(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := agent(t, shop(t, s, 3), "claude")
		for _, c := range []struct {
			tool      string
			arguments map[string]any
			failed    bool
			text      string
			data      string
		}{
			{"list_floor", nil, false, "backlog (queue): 3 cards\n- SHOP-1 Card 1", `"room":true`},
			{"pull", nil, false, "SHOP-1 is yours, in work: Card 1", `"owner":"claude"`},
			{"pull", nil, true, "work holds 1 of 1 cards; finish one there before taking another.\nWhat most needs help instead:\n- SHOP-1 in work, Card 1", `"reason":"station-full"`},
			{"explain_refusal", map[string]any{"card": "SHOP-2", "to": "work"}, false, "work holds 1 of 1", `"allowed":false`},
			{"explain_refusal", map[string]any{"card": "SHOP-2", "to": "review"}, false, "SHOP-2 may move into review.", `"allowed":true`},
			{"block", map[string]any{"card": "SHOP-1", "reason": "the API key is missing"}, false, "SHOP-1 is blocked: the API key is missing", `"blocked":"the API key is missing"`},
			{"swarm", nil, false, "- SHOP-1 in work, Card 1: blocked for", `"cause":"blocked"`},
			{"move", map[string]any{"card": "SHOP-1", "to": "review"}, true, "SHOP-1 is blocked by claude", `"reason":"card-blocked"`},
			{"unblock", map[string]any{"card": "SHOP-1"}, false, "SHOP-1 goes on in work.", `"station":"work"`},
			{"finish", map[string]any{"card": "SHOP-1"}, false, "SHOP-1 is finished in work and waits to be pulled on.", `"finished":true`},
			{"pull", map[string]any{"to": "review"}, false, "SHOP-1 is yours, in review", `"station":"review"`},
			{"swarm", map[string]any{"card": "SHOP-1"}, false, "You help with SHOP-1", `"helpers":["claude"]`},
			{"finish", map[string]any{"card": "SHOP-1"}, false, "SHOP-1 went on to done.", `"station":"done"`},
			{"list_floor", map[string]any{"station": "done"}, false, "done (done): 1 cards\n- SHOP-1", ""},
			{"pull", map[string]any{"card": "SHOP-99"}, true, `there is no card "SHOP-99"`, ""},
			{"move", map[string]any{"card": "SHOP-2"}, true, "to", ""},
			{"block", map[string]any{"card": "SHOP-2", "reason": " "}, true, "say what blocks the card", ""},
			{"list_floor", map[string]any{"station": "nowhere"}, true, `there is no station "nowhere"`, ""},
		} {
			text, failed, data := call(t, a, c.tool, c.arguments)
			if failed != c.failed || !strings.Contains(text, c.text) || !strings.Contains(data, c.data) {
				t.Errorf("%s %v: error %v\n%s\n%s", c.tool, c.arguments, failed, text, data)
			}
		}
		list, err := a.ListTools(t.Context(), nil)
		if err != nil || len(list.Tools) != 8 {
			t.Fatalf("%d tools, %v", len(list.Tools), err)
		}
		for _, tool := range list.Tools {
			if tool.Description == "" || tool.Title == "" || tool.InputSchema == nil || tool.OutputSchema == nil || tool.Annotations == nil || *tool.Annotations.DestructiveHint {
				t.Errorf("%+v", tool)
			}
		}
	})
}

func TestOneOfManyAgentsGetsTheLastPlace(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := shop(t, s, 10)
		var won, refused atomic.Int32
		var wg sync.WaitGroup
		for n := range 8 {
			a := agent(t, f, fmt.Sprintf("agent-%d", n))
			wg.Go(func() {
				switch _, failed, data := call(t, a, "pull", nil); {
				case !failed:
					won.Add(1)
				case strings.Contains(data, "station-full"):
					refused.Add(1)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 || refused.Load() != 7 {
			t.Errorf("%d won, %d were refused", won.Load(), refused.Load())
		}
	})
}

func TestALongBacklogDoesNotFloodAnAgent(t *testing.T) {
	f := shop(t, storetest.SQLite(t), 300)
	text, failed, data := call(t, agent(t, f, "claude"), "list_floor", nil)
	if failed || strings.Count(text, "\n- ") != 60 || !strings.Contains(text, "240 more cards are not shown") || len(data) > 20_000 {
		t.Errorf("%v %d bytes\n%s", failed, len(data), text)
	}
}

func TestOverHTTPBehindTheGuard(t *testing.T) {
	f := shop(t, storetest.SQLite(t), 2)
	token := access.NewToken()
	server := httptest.NewServer(access.NewGuard(token, true, "ana").Wrap(mcp.Handler(f, "test")))
	defer server.Close()
	connect := func(token string) (*sdk.ClientSession, error) {
		return sdk.NewClient(&sdk.Implementation{Name: "x", Version: "1"}, nil).Connect(t.Context(), &sdk.StreamableClientTransport{Endpoint: server.URL,
			HTTPClient: &http.Client{Transport: carrier(token)}, MaxRetries: -1}, nil)
	}
	if _, err := connect("wrong"); err == nil {
		t.Error("a wrong token was let in")
	}
	session, err := connect(token)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	if text, failed, _ := call(t, session, "pull", nil); failed || !strings.Contains(text, "SHOP-1 is yours") {
		t.Errorf("%s", text)
	}
	if c, err := f.Card(t.Context(), "SHOP-1"); err != nil || c.Owner != "robot" {
		t.Errorf("%+v %v", c, err)
	}
}

// carrier sends a token and a name with each request.
type carrier string

func (c carrier) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+string(c))
	r.Header.Set(access.ActorHeader, "robot")
	return http.DefaultTransport.RoundTrip(r)
}
