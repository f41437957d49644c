package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// Hooks are what the command line needs of the rest of Andon.
type Hooks struct {
	Version string
	// Up runs Andon until ctx ends.
	Up func(ctx context.Context, o UpOptions, out io.Writer) error
	// Run executes workflows of a working tree, without a server. It gives
	// whether all succeeded.
	Run func(ctx context.Context, o RunOptions, out io.Writer) (bool, error)
}

// UpOptions are the flags of andon up.
type UpOptions struct {
	Repo, Copy, Data, Database, Listen string
	AllowRemote                        bool
	Visitors, Jobs                     int
	Secrets                            map[string]string
}

// RunOptions are the flags of andon run.
type RunOptions struct {
	Repo     string
	Workflow string // empty: all that listen to a push
	Job      string // empty: all
	Inputs   map[string]string
	Secrets  map[string]string
	Jobs     int
	Quiet    bool
	Keep     bool
}

// exit is an error with the exit code that it stands for.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string { return e.err.Error() }
func (e *exit) Unwrap() error { return e.err }

// Exit codes.
const (
	failed  = 1
	usage   = 2
	refused = 3
)

// Main runs the command line and gives the exit code.
func Main(args []string, h Hooks) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := New(h)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	var e *exit
	if errors.As(err, &e) {
		if e.err != nil && e.err.Error() != "" {
			fmt.Fprintln(os.Stderr, "andon:", e.err)
		}
		return e.code
	}
	if errors.Is(err, context.Canceled) {
		return 130
	}
	fmt.Fprintln(os.Stderr, "andon:", err)
	if strings.HasPrefix(err.Error(), "unknown ") || strings.Contains(err.Error(), "arg(s)") || strings.Contains(err.Error(), "flag") {
		return usage
	}
	return failed
}

// New makes the command tree.
func New(h Hooks) *cobra.Command {
	c := &client{}
	root := &cobra.Command{
		Use:   "andon",
		Short: "Run a software team's delivery line from backlog to production, and close the loop back",
		Long: `Andon runs a software team's delivery line from backlog to production and
closes the loop back: a floor with limits that hold, pipelines, canaries judged
while they run, error budgets that steer, incidents, postmortems, and a journal
in which each of them is tied to the others.

Start with "andon up" in any git repository.`,
		Version:       h.Version,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &exit{usage, err} })
	f := root.PersistentFlags()
	f.StringVarP(&c.output, "output", "o", "table", "how to print: table or json")
	f.StringVar(&c.url, "url", os.Getenv("ANDON_URL"), "address of a running Andon (default: found from this folder)")
	f.StringVar(&c.as, "as", "", "the person you act for (default: git's user.name)")
	_ = root.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{"table", "json"}, cobra.ShellCompDirectiveNoFileComp))
	root.PersistentPreRunE = func(*cobra.Command, []string) error {
		if c.output != "table" && c.output != "json" {
			return &exit{usage, fmt.Errorf("--output is %q; use table or json", c.output)}
		}
		return nil
	}
	root.AddGroup(&cobra.Group{ID: "start", Title: "Start:"}, &cobra.Group{ID: "flow", Title: "Flow:"},
		&cobra.Group{ID: "feedback", Title: "Feedback:"}, &cobra.Group{ID: "learning", Title: "Learning:"})
	add := func(group string, list ...*cobra.Command) {
		for _, cmd := range list {
			cmd.GroupID = group
			root.AddCommand(cmd)
		}
	}
	add("start", upCommand(h), runCommand(h), validateCommand(), statusCommand(c))
	add("flow", floorCommand(c), pullCommand(c), moveCommand(c), blockCommand(c), unblockCommand(c), cordCommand(c), cardCommand(c),
		runsCommand(c), logsCommand(c), releasesCommand(c), deployCommand(c), rolloutCommand(c))
	add("feedback", budgetCommand(c), incidentsCommand(c))
	add("learning", postmortemCommand(c), journalCommand(c))
	return root
}
