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

	"andon/flow/tracker"
)

// Hooks are what the command line needs of the rest of Andon.
type Hooks struct {
	Version string
	// Up runs Andon until ctx ends.
	Up func(ctx context.Context, o UpOptions, out io.Writer) error
	// Run executes workflows of a working tree, without a server. It gives
	// whether all succeeded.
	Run func(ctx context.Context, o RunOptions, out io.Writer) (bool, error)
	// Fetch reads the issues of a forge, page by page.
	Fetch func(ctx context.Context, o FetchOptions, give func(tracker.Page) error) error
	// Repository opens the repository that a folder belongs to.
	Repository func(ctx context.Context, dir string) (Repository, error)
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
	failed      = 1
	usage       = 2
	refused     = 3
	interrupted = 130
)

// Main runs the command line and gives the exit code.
func Main(args []string, h Hooks) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := New(h)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var e *exit
	switch {
	case err == nil:
		return 0
	case ctx.Err() != nil:
		return interrupted
	case !errors.As(err, &e):
		e = &exit{usage, err} // cobra refused it before any command began
	}
	if text := e.Error(); text != "" {
		fmt.Fprintln(os.Stderr, "andon:", text)
	}
	return e.code
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
	add("start", reportCommand(c, h), upCommand(h), importCommand(c, h), runCommand(h), validateCommand(), statusCommand(c))
	add("flow", floorCommand(c), pullCommand(c), moveCommand(c), blockCommand(c), unblockCommand(c), finishCommand(c), undoCommand(c),
		bulkCommand(c), swarmCommand(c), cordCommand(c), cardCommand(c), untrackedCommand(c), adoptCommand(c), standUpCommand(c), demoCommand(c), forecastCommand(c), simulateCommand(c), mcpCommand(c, h),
		runsCommand(c), logsCommand(c), releasesCommand(c), deployCommand(c), rolloutCommand(c))
	add("feedback", budgetCommand(c), incidentsCommand(c))
	add("learning", postmortemCommand(c), journalCommand(c), subscriptionsCommand(c), hooksCommand(c))
	settle(root)
	return root
}

// settle lets every command say by its error what it exits with, so that an
// error without a code is one from before the command began. A command that
// only groups others says so when it is given a name that none of them has.
func settle(cmd *cobra.Command) {
	for _, sub := range cmd.Commands() {
		settle(sub)
	}
	if cmd.RunE == nil && cmd.HasParent() {
		cmd.Args, cmd.DisableFlagsInUseLine = cobra.ArbitraryArgs, true
		cmd.RunE = group
	}
	run := cmd.RunE
	if run == nil {
		return
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		err := run(cmd, args)
		var e *exit
		if err == nil || errors.As(err, &e) {
			return err
		}
		return &exit{failed, err}
	}
}

func group(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	var names []string
	for _, sub := range cmd.Commands() {
		names = append(names, sub.Name())
	}
	return &exit{usage, fmt.Errorf("unknown command %q for %q; there are %s", args[0], cmd.CommandPath(), strings.Join(names, ", "))}
}
