package cli

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"andon/flow/floor"
	"andon/flow/tracker"
	"andon/surface/api"
)

// formats are what an import can read.
var formats = map[string]func(io.Reader, *tracker.Mapping) iter.Seq2[floor.History, error]{
	"issues": tracker.Issues, "jira": tracker.Jira, "jira-table": tracker.JiraTable, "linear": tracker.Linear,
	"moves": func(r io.Reader, m *tracker.Mapping) iter.Seq2[floor.History, error] {
		return tracker.Moves(r, m, "csv")
	},
}

func importCommand(c *client, h Hooks) *cobra.Command {
	var line, format, api, tokenEnv string
	var maps []string
	var dry bool
	cmd := &cobra.Command{
		Use: "import <file | github:owner/name | gitlab:group/name>", Short: "Take over cards with their history from another tracker", Args: cobra.ExactArgs(1),
		Long: `Import reads an export of another tracker, or the issues of a forge, and takes its cards over with their way
along the line, so that all numbers begin with a history. The whole file is checked
before anything is changed. Cards that are here already stay as they are, so an import
can be repeated, and one that was interrupted goes on where it ended.

Formats:
  jira        answers of Jira's search with expand=changelog (JSON)
  jira-table  Jira's CSV export: no moves, so cycle times count from creation
  linear      Linear's CSV export
  moves       CSV with the columns card, station, entered, and if you like blocked (hours),
              title, kind, class, epic, owner, estimate, note, labels; the rows of a card together

Issues of GitHub and GitLab are fetched with a token from GITHUB_TOKEN or GITLAB_TOKEN
into a file in this folder first, page by page; an interrupted fetch goes on where it was.
An issue begins when it is assigned or a pull request names it, goes to the stations that
its labels name, and is done when it is closed.`,
		Example: "  andon import --dry-run issues.json\n  andon import issues.json --map \"In Review=review\" --map \"QA=test\"\n  andon import moves.csv\n  andon import github:you/shop --dry-run",
		RunE: func(cmd *cobra.Command, args []string) error {
			name, err := c.line(cmd.Context(), line)
			if err != nil {
				return err
			}
			given, err := pairs("map", maps)
			if err != nil {
				return &exit{usage, err}
			}
			i := importing{client: c, line: name, file: args[0], format: format, given: given, told: cmd.ErrOrStderr()}
			if forge, repo, ok := remote(args[0]); ok {
				if err := i.fetch(cmd.Context(), h, forge, repo, api, tokenEnv); err != nil {
					return err
				}
			}
			return i.run(cmd.Context(), cmd.OutOrStdout(), dry)
		},
	}
	f := cmd.Flags()
	f.StringVar(&line, "line", "", "name of the line")
	f.StringVar(&format, "format", "", "jira, jira-table, linear, moves or issues (default: seen from the file)")
	f.StringArrayVar(&maps, "map", nil, "the station that a status stands for, as in \"In Review=review\"")
	f.BoolVar(&dry, "dry-run", false, "only say what it would do")
	f.StringVar(&api, "api", "", "address of the forge's API, when it is your own")
	f.StringVar(&tokenEnv, "token-env", "", "the variable that holds the token (default GITHUB_TOKEN or GITLAB_TOKEN)")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{"jira", "jira-table", "linear", "moves", "issues"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// pairs reads "status=station".
func pairs(flag string, list []string) (map[string]string, error) {
	set := map[string]string{}
	for _, text := range list {
		i := strings.LastIndex(text, "=")
		if i < 1 || i == len(text)-1 {
			return nil, fmt.Errorf("--%s is %q; write a status and a station, as in \"In Review=review\"", flag, text)
		}
		set[text[:i]] = text[i+1:]
	}
	return set, nil
}

// importing is one import of a file into a line.
type importing struct {
	client             *client
	line, file, format string
	given              map[string]string
	told               io.Writer
}

// batch is how many cards are sent at a time.
const batch = 500

func (i importing) run(ctx context.Context, out io.Writer, dry bool) error {
	f, err := get[api.FloorView](ctx, i.client, "/v1/lines/"+url.PathEscape(i.line))
	if err != nil {
		return err
	}
	plan, err := i.check(ctx, f)
	if err != nil {
		return err
	}
	if !dry {
		if plan.Imported, err = i.send(ctx, f.Line, false, plan.Cards); err != nil {
			return err
		}
	}
	return i.client.print(out, plan, func(t *columns) {
		verb := "were added"
		if dry {
			verb = "would be added"
		}
		t.line("%d cards with %d moves %s to %s; %d are here already and stay as they are.", plan.Added, plan.Moves, verb, i.line, plan.Known)
		if plan.Cards > 0 {
			t.line("They are from %s to %s; %d are done, %d are open.", plan.First.Format(time.DateOnly), plan.Last.Format(time.DateOnly), plan.Done, plan.Cards-plan.Done)
		}
	})
}

// plan is what an import would do.
type plan struct {
	floor.Imported
	Cards int       `json:"cards"`
	Done  int       `json:"done"`
	First time.Time `json:"first,omitzero"`
	Last  time.Time `json:"last,omitzero"`
}

// check reads the whole file, and asks the server of each batch what it would
// do. Nothing is changed.
func (i importing) check(ctx context.Context, f api.FloorView) (p plan, err error) {
	m, err := tracker.NewMapping(f.Line, i.given)
	if err != nil {
		return p, &exit{usage, err}
	}
	here := map[string]bool{}
	for _, c := range f.Cards {
		here[c.Key] = true
	}
	open := map[string]int{}
	err = i.each(m, func(h floor.History) error {
		p.Cards++
		if len(h.Stays) == 0 {
			return nil
		}
		first, last := h.Stays[0].Entered, h.Stays[len(h.Stays)-1]
		if p.First.IsZero() || first.Before(p.First) {
			p.First = first
		}
		if last.Entered.After(p.Last) {
			p.Last = last.Entered
		}
		if last.Station == f.Line.Stations[len(f.Line.Stations)-1].Name {
			p.Done++
		} else if !here[h.Card.Key] {
			open[last.Station]++
		}
		return nil
	})
	if err != nil {
		return p, err
	}
	if err := m.Err(); err != nil {
		return p, err
	}
	if err := room(f, open); err != nil {
		return p, err
	}
	p.Imported, err = i.send(ctx, f.Line, true, p.Cards)
	return p, err
}

// room says for which stations there are more open cards than their limit lets
// in, all of them in one sentence.
func room(f api.FloorView, open map[string]int) error {
	view := floor.Floor{Line: f.Line, Cards: f.Cards}
	var over []string
	inProgress := 0
	for _, st := range f.Line.Stations {
		n := open[st.Name] + len(view.In(st.Name))
		if st.WIP > 0 && n > st.WIP && open[st.Name] > 0 {
			over = append(over, fmt.Sprintf("%s would hold %d of %d", st.Name, n, st.WIP))
		}
		if st.Kind != floor.Queue && st.Kind != floor.Done {
			inProgress += n
		}
	}
	if f.Line.WIP > 0 && inProgress > f.Line.WIP {
		over = append(over, fmt.Sprintf("the line would have %d of %d cards in progress", inProgress, f.Line.WIP))
	}
	if len(over) == 0 {
		return nil
	}
	return &exit{refused, fmt.Errorf("there is no room for the open cards: %s. Finish some of them first, map their status to the queue, or raise the limits in andon.yaml for now",
		strings.Join(over, "; "))}
}

// each reads the file card by card.
func (i importing) each(m *tracker.Mapping, do func(floor.History) error) error {
	file, err := os.Open(i.file)
	if err != nil {
		return err
	}
	defer file.Close()
	in := bufio.NewReaderSize(file, 1<<16)
	read, err := i.reader(in)
	if err != nil {
		return err
	}
	for h, err := range read(in, m) {
		if err != nil {
			return fmt.Errorf("%s: %w", i.file, err)
		}
		if err := do(h); err != nil {
			return err
		}
	}
	return nil
}

// reader finds the format: what was said, or what the file begins with.
func (i importing) reader(in *bufio.Reader) (func(io.Reader, *tracker.Mapping) iter.Seq2[floor.History, error], error) {
	if i.format != "" {
		read, ok := formats[i.format]
		if !ok {
			return nil, &exit{usage, fmt.Errorf("--format is %q; use jira, jira-table, linear, moves or issues", i.format)}
		}
		return read, nil
	}
	start, _ := in.Peek(4096)
	head, _, _ := bytes.Cut(bytes.ToLower(bytes.TrimPrefix(start, []byte("\ufeff"))), []byte("\n"))
	switch {
	case len(bytes.TrimSpace(start)) > 0 && strings.ContainsRune("{[", rune(bytes.TrimSpace(start)[0])):
		return formats["jira"], nil
	case bytes.Contains(head, []byte("issue key")):
		return formats["jira-table"], nil
	case bytes.Contains(head, []byte("entered")):
		return formats["moves"], nil
	case bytes.Contains(head, []byte("title")) && bytes.Contains(head, []byte("created")):
		return formats["linear"], nil
	}
	return nil, &exit{usage, fmt.Errorf("%s looks like none of the formats; say which with --format: jira, jira-table, linear or moves", filepath.Base(i.file))}
}

// send gives the cards to the server, some hundred at a time.
func (i importing) send(ctx context.Context, l floor.Line, dry bool, all int) (done floor.Imported, err error) {
	m, err := tracker.NewMapping(l, i.given)
	if err != nil {
		return done, err
	}
	var cards []api.PastCard
	source, sent := "csv", 0
	flush := func() error {
		if len(cards) == 0 {
			return nil
		}
		path := "/v1/lines/" + url.PathEscape(i.line) + "/import"
		if dry {
			path += "?dry_run=true"
		}
		part, err := call[floor.Imported](ctx, i.client, http.MethodPost, path, map[string]any{"source": source, "cards": cards})
		if err != nil {
			return err
		}
		done.Added, done.Known, done.Moves = done.Added+part.Added, done.Known+part.Known, done.Moves+part.Moves
		sent += len(cards)
		cards = cards[:0]
		i.progress(dry, sent, all)
		return nil
	}
	err = i.each(m, func(h floor.History) error {
		source = h.Source
		if len(h.Stays) > 0 {
			cards = append(cards, past(h))
		}
		if len(cards) < batch {
			return nil
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	return done, err
}

// progress tells people, and not programs, how far a long import is.
func (i importing) progress(dry bool, sent, all int) {
	verb := "imported"
	if dry {
		verb = "checked"
	}
	if all > 4*batch && isTerminal(i.told) {
		fmt.Fprintf(i.told, "\r%s %d of %d cards", verb, sent, all)
		if sent >= all {
			fmt.Fprintln(i.told)
		}
	}
}

// past is a history as the API takes it.
func past(h floor.History) api.PastCard {
	p := api.PastCard{Key: h.Card.Key, Title: h.Card.Title, Note: h.Card.Note, Kind: string(h.Card.Kind), Class: string(h.Card.Class),
		Estimate: h.Card.Estimate, Owner: h.Card.Owner, Epic: h.Card.Epic, Labels: h.Card.Labels, Due: api.Day{Time: h.Card.DueAt}, Discard: h.Card.Discarded, Origin: h.Origin}
	for _, s := range h.Stays {
		p.Stays = append(p.Stays, api.PastStay{Station: s.Station, Entered: s.Entered, Blocked: s.Blocked.Seconds(), Waited: s.Waited.Seconds()})
	}
	return p
}
