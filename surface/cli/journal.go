package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"andon/journal"
)

// event is a CDEvents document with what Andon adds.
type event struct {
	Context journal.CDContext `json:"context"`
	Subject journal.CDSubject `json:"subject"`
	Custom  struct {
		Seq   int64           `json:"seq"`
		Actor string          `json:"actor"`
		Text  string          `json:"text"`
		Data  json.RawMessage `json:"data,omitempty"`
	} `json:"customData"`
}

func (e event) when() string {
	at, err := time.Parse(time.RFC3339Nano, e.Context.Timestamp)
	if err != nil {
		return e.Context.Timestamp
	}
	return at.Local().Format("01-02 15:04:05")
}

func journalCommand(c *client) *cobra.Command {
	var after int64
	var limit int
	var follow bool
	var about []string
	cmd := &cobra.Command{
		Use: "journal", Short: "Show what happened, or follow it live",
		Long:    "The journal holds a fact for everything that changed. Without --after the newest\nfacts are shown; -o json gives CDEvents documents, one a line when followed.",
		Example: "  andon journal\n  andon journal -f\n  andon journal --about card:SHOP-7\n  andon journal --after 0 --limit 1000 -o json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			q := url.Values{"limit": {strconv.Itoa(limit)}}
			for _, a := range about {
				q.Add("about", a)
			}
			if cmd.Flags().Changed("after") {
				q.Set("after", strconv.FormatInt(after, 10))
			} else {
				q.Set("newest", "true")
			}
			list, err := get[items[event]](cmd.Context(), c, "/v1/events?"+q.Encode())
			if err != nil {
				return err
			}
			if q.Get("newest") != "" {
				for i, j := 0, len(list.Items)-1; i < j; i, j = i+1, j-1 {
					list.Items[i], list.Items[j] = list.Items[j], list.Items[i]
				}
			}
			if !follow {
				return c.print(cmd.OutOrStdout(), list, func(t *columns) {
					for _, e := range list.Items {
						t.row(e.Custom.Seq, e.when(), e.Context.Type.Short(), e.Custom.Actor, e.Custom.Text)
					}
				})
			}
			last := after
			for _, e := range list.Items {
				c.printEvent(cmd, e)
				last = e.Custom.Seq
			}
			return c.tail(cmd, last, about)
		},
	}
	f := cmd.Flags()
	f.Int64Var(&after, "after", 0, "only facts after this position")
	f.IntVar(&limit, "limit", 30, "at most so many facts")
	f.BoolVarP(&follow, "follow", "f", false, "go on with new facts until interrupted")
	f.StringSliceVar(&about, "about", nil, "only facts about a thing, as in card:SHOP-7 or run:ci-1")
	return cmd
}

func (c *client) printEvent(cmd *cobra.Command, e event) {
	out := cmd.OutOrStdout()
	if c.json() {
		_ = json.NewEncoder(out).Encode(e)
		return
	}
	fmt.Fprintf(out, "%6d  %s  %-22s %-10s %s\n", e.Custom.Seq, e.when(), e.Context.Type.Short(), plain(e.Custom.Actor), plain(e.Custom.Text))
}

// tail follows the journal, and takes up again where it was when the
// connection breaks.
func (c *client) tail(cmd *cobra.Command, last int64, about []string) error {
	for {
		err := c.stream(cmd.Context(), last, about, func(e event) {
			c.printEvent(cmd, e)
			last = e.Custom.Seq
		})
		if cmd.Context().Err() != nil {
			return nil //nolint:nilerr // interrupted, as asked for
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "andon: the connection broke (%v), trying again\n", err)
		select {
		case <-cmd.Context().Done():
			return nil
		case <-time.After(time.Second):
		}
	}
}

func (c *client) stream(ctx context.Context, after int64, about []string, each func(event)) error {
	q := url.Values{"after": {strconv.FormatInt(after, 10)}}
	for _, a := range about {
		q.Add("about", a)
	}
	resp, err := c.send(ctx, http.MethodGet, "/v1/events?"+q.Encode(), nil, map[string]string{"Accept": "text/event-stream"})
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	in := bufio.NewReader(resp.Body)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return err
		}
		data, ok := strings.CutPrefix(line, "data: ")
		if !ok {
			continue
		}
		var e event
		if err := json.Unmarshal([]byte(data), &e); err != nil {
			return err
		}
		each(e)
	}
}
