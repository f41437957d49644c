package history

import (
	"context"
	"time"
)

// Commit is one commit as the repository tells it.
type Commit struct {
	SHA      string
	Parents  []string
	Author   string // name and address
	Authored time.Time
	// Committed is when the commit took its present form: by a merge, a
	// rebase or a squash.
	Committed time.Time
	Message   string // whole
}

// Tag is a name for a commit.
type Tag struct {
	Name string
	SHA  string    // of the commit it stands for
	At   time.Time // when the tag was made; of the commit, when it is a bare name
}

// Source is a repository. Implementations tell commits one at a time and keep
// none.
type Source interface {
	// Head is the newest commit of a branch, empty when it has none.
	Head(ctx context.Context, branch string) (sha string, err error)
	// Tags lists all tags that name commits.
	Tags(ctx context.Context) ([]Tag, error)
	// Commits tells every commit that the branch or any of the tags reaches,
	// once, mostly the newest first.
	Commits(ctx context.Context, branch string, each func(Commit) error) error
}

// Progress is told now and then how many commits were read.
type Progress func(read int)

// id is a commit's place among all that were read.
type id int32

// node is what is kept of a commit.
type node struct {
	authored, committed int64 // seconds since 1970
	parent              id    // the first one; none without
	others              []id  // parents of a merge besides the first
	author              int32
	short               [4]byte // the first of its hash, for people
	kind                Kind
	flags               flags
}

const none id = -1

type flags uint8

const (
	isMerge flags = 1 << iota
	isRevert
	isRepair    // says that it mends what was just broken
	wasReverted // by a later commit
)

// joins says whether the commit is a merge of other commits, which do the work.
func (n node) joins() bool { return len(n.others) > 0 }

func (f flags) has(what flags) bool { return f&what != 0 }
