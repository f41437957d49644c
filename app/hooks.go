package app

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"time"

	"andon/surface/cli"
)

// Hooks give the command line what it may not import.
func Hooks() cli.Hooks {
	return cli.Hooks{Version: Version(), Up: up, Run: RunLocal, Repository: openPast, Fetch: fetchIssues}
}

// Version is the module's version, or the commit that was built.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return "0.1.0-" + s.Value[:min(12, len(s.Value))]
		}
	}
	return "0.1.0"
}

func up(ctx context.Context, o cli.UpOptions, out io.Writer) error {
	a, err := Open(ctx, Config{Repo: o.Repo, Copy: o.Copy, Data: o.Data, Database: o.Database, Listen: o.Listen,
		AllowRemote: o.AllowRemote, Visitors: o.Visitors, Jobs: o.Jobs, Version: Version(), Secrets: o.Secrets})
	if err != nil {
		return err
	}
	defer a.Close()
	err = a.Run(ctx, func(r Ready) { greet(out, r) })
	if ctx.Err() != nil {
		if v := a.status().Visitors; v != nil {
			fmt.Fprintf(out, "\nVisitors sent %s.", v)
		}
		fmt.Fprintln(out, "\nStopped. andon up goes on where this left off.")
	}
	return err
}

func greet(out io.Writer, r Ready) {
	fmt.Fprintf(out, "Andon looks after %s (branch %s, line %s), ready in %s.\n\n", r.Name, r.Branch, r.Line, r.Took.Round(time.Millisecond))
	fmt.Fprintf(out, "  open     %s\n", r.URL)
	fmt.Fprintf(out, "  commit   in %s\n", r.Work)
	for _, p := range r.Places {
		fmt.Fprintf(out, "  place    %s\n", p)
	}
	fmt.Fprintf(out, "  data     %s\n", r.Data)
	if len(r.Next) > 0 {
		fmt.Fprintln(out, "\nTo get further:")
		for _, n := range r.Next {
			first, _, _ := strings.Cut(n, "\n")
			fmt.Fprintf(out, "  - %s\n", strings.TrimSuffix(first, ":"))
		}
		fmt.Fprintln(out, "andon status shows what to write.")
	}
	fmt.Fprintln(out, "\nPress Ctrl-C to stop.")
}
