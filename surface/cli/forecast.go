package cli

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"andon/flow/forecast"
	"andon/flow/outlook"
)

func forecastCommand(c *client) *cobra.Command {
	var line, by, epic, card string
	var with []string
	var items, history int
	var scores bool
	cmd := &cobra.Command{
		Use: "forecast", Short: "Say how many cards will be done by a day, or when so many will be", Args: cobra.NoArgs,
		Long: `Forecast answers from the line's own history: each coming day is taken to be like
one of the days before. The answer is exact, not sampled. It is kept, and --scores
holds all earlier ones against what happened.

--with asks when this line and others are all done: it names the folder of a
repository in which another Andon runs, or its address, and how many cards, which epic
or which card it has to finish. An address is told the token in ANDON_WITH_TOKEN, if there
is one. Such a forecast is not kept.`,
		Example: "  andon forecast --by 2030-12-24\n  andon forecast --items 12\n  andon forecast --epic checkout\n  andon forecast --card SHOP-7\n" +
			"  andon forecast --epic checkout --with ../payments=epic:checkout --with http://127.0.0.1:7421=8\n  andon forecast --scores",
		RunE: func(cmd *cobra.Command, _ []string) error {
			name, err := c.line(cmd.Context(), line)
			if err != nil {
				return err
			}
			path := "/v1/lines/" + url.PathEscape(name) + "/forecasts"
			if scores {
				s, err := get[outlook.Scored](cmd.Context(), c, path)
				if err != nil {
					return err
				}
				return c.print(cmd.OutOrStdout(), s, func(t *columns) { printScores(t, s) })
			}
			body := map[string]any{}
			for flag, v := range map[string]any{"until": by, "items": items, "epic": epic, "card": card, "history": history} {
				if flag == "until" && by != "" || flag != "until" && cmd.Flags().Changed(flag) {
					body[flag] = v
				}
			}
			if len(with) > 0 {
				return c.joint(cmd, path+"/joint", body, with)
			}
			a, err := call[outlook.Answer](cmd.Context(), c, http.MethodPost, path, body)
			if err != nil {
				return err
			}
			return c.print(cmd.OutOrStdout(), a, func(t *columns) { printForecast(t, a) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&line, "line", "", "name of the line")
	f.StringVar(&by, "by", "", "how many will be done by this day, as in 2030-12-24")
	f.IntVar(&items, "items", 0, "when so many cards will be done")
	f.StringVar(&epic, "epic", "", "when the epic will be done")
	f.StringVar(&card, "card", "", "when the card will be done")
	f.IntVar(&history, "history", 0, "days of history to draw from (default 60)")
	f.StringArrayVar(&with, "with", nil, "another Andon and what it has to finish, as in ../payments=8, …=epic:checkout or …=card:PAY-7")
	f.BoolVar(&scores, "scores", false, "hold earlier forecasts against what happened")
	cmd.MarkFlagsMutuallyExclusive("by", "items", "epic", "card", "scores")
	cmd.MarkFlagsMutuallyExclusive("by", "with")
	cmd.MarkFlagsMutuallyExclusive("scores", "with")
	cmd.MarkFlagsOneRequired("by", "items", "epic", "card", "scores")
	return cmd
}

func printForecast(t *columns, a outlook.Answer) {
	t.line("%s  %s, from the last %d days", a.ID, a.About, len(a.History))
	for _, p := range a.Promises {
		if a.Kind == forecast.AskHowMany {
			t.row(fmt.Sprintf("%.0f %%", 100*p.P), fmt.Sprintf("at least %d cards", p.Value))
			continue
		}
		t.row(fmt.Sprintf("%.0f %%", 100*p.P), "by "+p.Day.Format("Mon 2006-01-02"), fmt.Sprintf("%d days", p.Value))
	}
}

func printScores(t *columns, s outlook.Scored) {
	if len(s.Forecasts) == 0 {
		t.line("No forecast was asked for yet; try: andon forecast --items 5")
		return
	}
	t.row("PROMISED", "CAME TRUE", "OF", "95 % INTERVAL", "VERDICT", "OPEN")
	for _, k := range s.Calibrations {
		rate, interval := "-", "-"
		if k.Due > 0 {
			rate, interval = fmt.Sprintf("%.0f %%", 100*k.Rate), fmt.Sprintf("%.0f to %.0f %%", 100*k.Low, 100*k.High)
		}
		t.row(fmt.Sprintf("%.0f %%", 100*k.P), rate, k.Due, interval, string(k.Verdict), k.Open)
	}
	t.line("")
	for _, f := range s.Forecasts {
		t.row(f.ID, f.MadeAt.Local().Format("2006-01-02"), f.About, strings.Join(f.Results, " "))
	}
}
