package cli

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"andon/flow/outlook"
)

func simulateCommand(c *client) *cobra.Command {
	var line string
	var wip, servers, hands []string
	var arrivals float64
	var days, history int
	var seed uint64
	cmd := &cobra.Command{
		Use: "simulate", Short: "Try a change of limits or hands on a copy of the line", Args: cobra.NoArgs,
		Long: `Simulate fits a copy of the line to its own history and runs it as it is and as it
would be. Nothing is changed on the real line. Figures come with 95 % intervals over
independent runs.`,
		Example: "  andon simulate --wip review=3\n  andon simulate --wip review=3 --servers review=+1\n  andon simulate --arrivals 1.2 --hands development=4 --hands review=1",
		RunE: func(cmd *cobra.Command, _ []string) error {
			name, err := c.line(cmd.Context(), line)
			if err != nil {
				return err
			}
			body := map[string]any{"arrivals": arrivals, "days": days, "history": history, "seed": seed}
			for key, list := range map[string][]string{"wip": wip, "servers": servers, "hands": hands} {
				set, err := stationNumbers(key, list)
				if err != nil {
					return &exit{usage, err}
				}
				if len(set) > 0 {
					body[key] = set
				}
			}
			r, err := call[outlook.Compared](cmd.Context(), c, http.MethodPost, "/v1/lines/"+url.PathEscape(name)+"/simulations", body)
			if err != nil {
				return err
			}
			return c.print(cmd.OutOrStdout(), r, func(t *columns) { printCompared(t, r) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&line, "line", "", "name of the line")
	f.StringArrayVar(&wip, "wip", nil, "a new limit, as in review=3; 0 takes it away")
	f.StringArrayVar(&servers, "servers", nil, "more or fewer who can work at once, as in review=+1")
	f.StringArrayVar(&hands, "hands", nil, "how many can work there now, as in review=2, where the line does not declare it")
	f.Float64Var(&arrivals, "arrivals", 1, "factor by which more work comes")
	f.IntVar(&days, "days", 365, "days to simulate")
	f.IntVar(&history, "history", 180, "days of history to fit to")
	f.Uint64Var(&seed, "seed", 1, "the same seed gives the same answer")
	return cmd
}

// stationNumbers reads "review=3", "review=+1".
func stationNumbers(flag string, list []string) (map[string]int, error) {
	set := map[string]int{}
	for _, text := range list {
		name, number, ok := strings.Cut(text, "=")
		n, err := strconv.Atoi(number)
		if !ok || err != nil || name == "" {
			return nil, fmt.Errorf("--%s is %q; write a station and a whole number, as in review=3", flag, text)
		}
		set[name] = n
	}
	return set, nil
}

func printCompared(t *columns, r outlook.Compared) {
	t.line("A copy of %s fitted to %d cards of the last %d days, run for %d days", r.Line, r.Cards, r.History, r.Days)
	t.row("", "NOW", "", "THEN", "", "SEEN")
	row := func(name, unit string, now, then outlook.Figure, seen string) {
		t.row(name, fmt.Sprintf("%.2f %s", now.Mean, unit), between(now), fmt.Sprintf("%.2f %s", then.Mean, unit), between(then), seen)
	}
	row("throughput", "a day", r.Now.Throughput, r.Then.Throughput, fmt.Sprintf("%.2f", r.Seen.Throughput))
	row("lead time, 50 %", "days", r.Now.Lead50, r.Then.Lead50, fmt.Sprintf("%.2f", r.Seen.Lead50))
	row("lead time, 85 %", "days", r.Now.Lead85, r.Then.Lead85, fmt.Sprintf("%.2f", r.Seen.Lead85))
	row("in progress", "cards", r.Now.WIP, r.Then.WIP, "")
	if r.Now.Cost != nil && r.Then.Cost != nil {
		row("cost of a card", "", *r.Now.Cost, *r.Then.Cost, "")
	}
	t.line("")
	t.row("STATION", "BUSY NOW", "THEN", "HOLDS NOW", "THEN", "STAY NOW", "THEN")
	for i, s := range r.Now.Stations {
		then := r.Then.Stations[i]
		t.row(s.Name, fmt.Sprintf("%.0f %%", 100*s.Busy), fmt.Sprintf("%.0f %%", 100*then.Busy), fmt.Sprintf("%.1f", s.Holds),
			fmt.Sprintf("%.1f", then.Holds), fmt.Sprintf("%.2f d", s.Stay), fmt.Sprintf("%.2f d", then.Stay))
	}
	for _, note := range r.Notes {
		t.line("")
		t.line("%s", note)
	}
}

func between(f outlook.Figure) string { return fmt.Sprintf("(%.2f to %.2f)", f.Low, f.High) }
