package workflow

import "andon/flow/pipeline/expr"

// Workflow is one file of .github/workflows that Andon can run as it stands.
type Workflow struct {
	File string // path in the repository, with forward slashes
	Name string // as shown: the name key, or the file's path
	On   On
	// Other lists events of GitHub that the file names and Andon does not serve.
	Other []string
	Env   []Var
	Run   RunDefaults
	Jobs  []*Job // in the order of the file
}

// On says what starts a workflow.
type On struct {
	Push     *Push     // nil: not started by pushes
	Dispatch *Dispatch // nil: not started by hand
}

// Push filters pushes; an empty list filters nothing. Patterns are GitHub's
// filter patterns (*, **, ?, +, [], and a leading ! to exclude).
type Push struct {
	Branches, BranchesIgnore []string
	Tags, TagsIgnore         []string
	Paths, PathsIgnore       []string
}

// Dispatch is a start by hand.
type Dispatch struct{ Inputs []Input }

// Input is one value asked for when a workflow is started by hand.
type Input struct {
	Name, Description, Default string
	Required                   bool
	Type                       string   // string, boolean, choice, number or environment
	Options                    []string // for choice
}

// Var is a name and a value that may hold expressions; order is the file's.
type Var struct {
	Name  string
	Value *expr.Template
	Line  int
}

// RunDefaults are defaults.run; an inner one overrides an outer one by field.
type RunDefaults struct {
	Shell            string         // empty: not given
	WorkingDirectory *expr.Template // nil: not given
}

// Job is a node of the graph. It starts when everything it needs has ended.
type Job struct {
	ID              string
	Name            *expr.Template // nil: shown by its id
	Line            int
	Needs           []string
	If              *expr.Expr // nil: success()
	RunsOn          []string
	Env             []Var
	Run             RunDefaults
	Outputs         []Var
	TimeoutMinutes  *expr.Template // nil: 360
	ContinueOnError *expr.Template // nil: false
	Steps           []*Step
}

// Step is one command or one built-in action; exactly one of Run and Uses is
// set.
type Step struct {
	ID               string // empty: not given
	Name             *expr.Template
	Line             int
	If               *expr.Expr // nil: success()
	Env              []Var
	Run              *expr.Template
	Shell            string
	WorkingDirectory *expr.Template
	Uses             *Action
	With             []Var
	TimeoutMinutes   *expr.Template
	ContinueOnError  *expr.Template
}

// Action is a built-in action and the major version asked for.
type Action struct {
	Name    string // "actions/checkout", …
	Version string // "v4"
}
