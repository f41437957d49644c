package cli

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"andon/flow/outlook"
)

// other is another Andon and what its line has to finish.
type other struct {
	client *client
	line   string
	query  url.Values
}

// joint asks other Andons for their part of a forecast, and this one for the
// day on which all are done.
func (c *client) joint(cmd *cobra.Command, path string, body map[string]any, with []string) error {
	var demands []outlook.Demand
	for _, text := range with {
		d, err := c.demandOf(cmd.Context(), text)
		if err != nil {
			return fmt.Errorf("--with %s: %w", text, err)
		}
		demands = append(demands, d)
	}
	body["with"] = demands
	j, err := call[outlook.Joint](cmd.Context(), c, http.MethodPost, path, body)
	if err != nil {
		return err
	}
	return c.print(cmd.OutOrStdout(), j, func(t *columns) { printJoint(t, j) })
}

func (c *client) demandOf(ctx context.Context, text string) (d outlook.Demand, err error) {
	o, err := c.other(text)
	if err != nil {
		return d, &exit{usage, err}
	}
	if o.line, err = o.client.line(ctx, ""); err != nil {
		return d, err
	}
	return get[outlook.Demand](ctx, o.client, "/v1/lines/"+url.PathEscape(o.line)+"/demand?"+o.query.Encode())
}

// other reads "place=what": a folder or an address, and a number of cards,
// "epic:name" or "card:key".
func (c *client) other(text string) (o other, err error) {
	const form = "write a folder or an address, = and what is to be done there, as in ../payments=8, ../payments=epic:checkout or http://127.0.0.1:7421=card:PAY-7"
	i := strings.LastIndex(text, "=")
	if i <= 0 || i == len(text)-1 {
		return o, fmt.Errorf("%s", form)
	}
	place, what := text[:i], text[i+1:]
	o.query = url.Values{}
	if name, is := strings.CutPrefix(what, "epic:"); is && name != "" {
		o.query.Set("epic", name)
	} else if key, is := strings.CutPrefix(what, "card:"); is && key != "" {
		o.query.Set("card", key)
	} else if n, err := strconv.Atoi(what); err == nil && n > 0 {
		o.query.Set("items", what)
	} else {
		return o, fmt.Errorf("%q is not what a line could finish; %s", what, form)
	}
	o.client = &client{output: c.output, as: c.as, found: true}
	if strings.HasPrefix(place, "http://") || strings.HasPrefix(place, "https://") {
		// The token of this Andon is none of the other's business.
		o.client.url, o.client.token = strings.TrimSuffix(place, "/"), os.Getenv("ANDON_WITH_TOKEN")
		return o, nil
	}
	dir, err := filepath.Abs(place)
	if err != nil {
		return o, err
	}
	return o, o.client.findFrom(dir)
}

func printJoint(t *columns, j outlook.Joint) {
	t.line("All %d lines", len(j.Parts))
	for _, p := range j.Promises {
		t.row(fmt.Sprintf("%.0f %%", 100*p.P), "by "+p.Day.Format("Mon 2006-01-02"), fmt.Sprintf("%d days", p.Value))
	}
	t.line("")
	t.row("LINE", "WHAT", "85 % BY", "LAST OF ALL")
	for _, part := range j.Parts {
		by := "not within three years"
		for _, p := range part.Promises {
			if p.P == 0.85 {
				by = p.Day.Format("Mon 2006-01-02")
			}
		}
		t.row(part.Line, part.About, by, fmt.Sprintf("%.0f %%", 100*part.Last))
	}
}
