package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"andon/flow/history"
	"andon/surface/report"
)

// Repository is a repository whose past can be read.
type Repository struct {
	history.Source
	Name, Branch string // Branch is the default one
}

func reportCommand(c *client, h Hooks) *cobra.Command {
	var o reportOptions
	cmd := &cobra.Command{
		Use: "report [repository]", Short: "Say what a repository's past tells of how it is delivered", Args: cobra.MaximumNArgs(1),
		Long: `Report reads the history of any git repository, offline and without any set-up:
commits become changes, version tags become releases, reverts and quick repairs
become rework. A team that deploys each change as it reaches the branch needs no
tags: --deployments branch. It prints the DORA metrics, the flow to the branch and to the
release, and the four kinds of work, each with how it was derived and what is
missing to know it better.`,
		Example: `  andon report
  andon report ~/src/yours --since 180d
  andon report --since 2025-01-01 --until 2026-01-01 --profile gitlab
  andon report --deployments branch
  andon report -o json
  andon report --html report.html`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.repo = "."
			if len(args) == 1 {
				o.repo = args[0]
			}
			r, err := o.make(cmd.Context(), h, cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			if o.html != "" {
				if err := writeReport(o.html, r); err != nil {
					return err
				}
				fmt.Fprintf(cmd.ErrOrStderr(), "%s is written.\n", o.html)
				return nil
			}
			return c.print(cmd.OutOrStdout(), r, func(t *columns) { printReport(t, r) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.since, "since", "365d", "from then on: a number of days, or a date")
	f.StringVar(&o.until, "until", "", "up to this date (default: the newest commit)")
	f.StringVar(&o.branch, "branch", "", "branch to look at (default: the repository's)")
	f.StringVar(&o.profile, "profile", string(history.DORA2025), "definitions of the DORA metrics: dora-2025, devlake-2023 or gitlab")
	f.StringVar(&o.deployments, "deployments", string(history.Tags), "what stands for a deployment: version tags, or each change that reaches the branch (tags or branch)")
	f.StringVar(&o.html, "html", "", "write one self-contained page with charts to this file")
	return cmd
}

type reportOptions struct{ repo, since, until, branch, profile, deployments, html string }

func (o reportOptions) make(ctx context.Context, h Hooks, progress io.Writer) (r history.Report, err error) {
	repo, err := h.Repository(ctx, o.repo)
	if err != nil {
		return r, err
	}
	if o.branch == "" {
		o.branch = repo.Branch
	}
	if head, err := repo.Head(ctx, o.branch); err != nil {
		return r, err
	} else if head == "" {
		return r, fmt.Errorf("%s has no branch %s with a commit; name another with --branch", repo.Name, o.branch)
	}
	past, err := history.Read(ctx, repo, o.branch, show(progress))
	if err != nil {
		return r, err
	}
	from, to, err := o.window(past)
	if err != nil {
		return r, err
	}
	r, err = past.Report(history.Question{Repository: repo.Name, Branch: o.branch, Profile: history.Profile(o.profile),
		Deployments: history.Deployments(o.deployments), From: from, To: to})
	if err != nil {
		return r, &exit{usage, err}
	}
	return r, nil
}

// show tells how far reading is, on a terminal only.
func show(out io.Writer) history.Progress {
	if !isTerminal(out) {
		return nil
	}
	return func(read int) { fmt.Fprintf(out, "\r%d commits read\x1b[K\r", read) }
}

// window is what --since and --until ask for; the newest commit stands for
// today, so that an old repository tells of its own time.
func (o reportOptions) window(past *history.Past) (from, to time.Time, err error) {
	first, last := past.Span()
	to = last.Add(time.Second)
	if o.until != "" {
		if to, err = time.Parse(time.DateOnly, o.until); err != nil {
			return from, to, &exit{usage, fmt.Errorf("--until is %q; write a date such as 2026-01-31", o.until)}
		}
	}
	if days, isDays := strings.CutSuffix(o.since, "d"); isDays {
		var n int
		if _, err := fmt.Sscanf(days, "%d", &n); err != nil || n < 1 || fmt.Sprint(n) != days {
			return from, to, &exit{usage, fmt.Errorf("--since is %q; write days such as 90d, or a date such as 2026-01-31", o.since)}
		}
		if from = to.AddDate(0, 0, -n); from.Before(first) { // a window before the first commit would thin every rate
			from = first
		}
	} else if from, err = time.Parse(time.DateOnly, o.since); err != nil {
		return from, to, &exit{usage, fmt.Errorf("--since is %q; write days such as 90d, or a date such as 2026-01-31", o.since)}
	}
	if !from.Before(to) {
		return from, to, &exit{usage, fmt.Errorf("there is no time from %s to %s; choose an earlier --since", from.Format(time.DateOnly), to.Format(time.DateOnly))}
	}
	return from, to, nil
}

func printReport(t *columns, r history.Report) {
	t.line("%s (%s): %d commits by %d people from %s to %s, definitions of %s", r.Repository, r.Branch, r.Commits, r.Authors,
		r.From.Format(time.DateOnly), r.To.Format(time.DateOnly), r.Profile)
	for _, n := range r.Notes {
		t.line("note: %s", n)
	}
	figures := func(title string, list []history.Figure) {
		t.line("")
		t.line("%s", title)
		for _, f := range list {
			t.row("  "+f.Name, report.Value(f), report.Spread(f))
		}
	}
	figures("DORA", r.DORA)
	figures("FLOW", r.Flow)
	t.line("")
	t.line("KINDS OF WORK")
	for _, k := range r.Kinds {
		t.row("  "+k.Kind, fmt.Sprintf("%.0f %%", k.Share*100), fmt.Sprintf("%d commits", k.Commits))
	}
	t.line("")
	t.line("HOW IT WAS DERIVED, AND WHAT IS MISSING TO KNOW IT BETTER")
	for _, f := range append(append([]history.Figure{}, r.DORA...), r.Flow...) {
		t.line("  %s: %s. Missing: %s.", f.Name, f.How, f.Missing)
	}
	t.line("  kinds of work: %s.", r.KindsHow)
}

// writeReport writes the page whole or not at all.
func writeReport(path string, r history.Report) error {
	draft, err := os.CreateTemp(filepath.Dir(path), ".report-*")
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name())
	if err := report.HTML(draft, r); err != nil {
		return err
	}
	if err := draft.Chmod(0o644); err != nil {
		return err
	}
	if err := draft.Close(); err != nil {
		return err
	}
	return os.Rename(draft.Name(), path)
}
