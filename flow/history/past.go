package history

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Past is a repository's history, read once.
type Past struct {
	nodes    []node
	head     id // newest commit of the branch; none in an empty repository
	releases []release
	changes  []change  // that reached the branch, oldest first
	skipped  []string  // tags that are no release: pre-releases and other names
	undone   map[id]id // reverted commits, by the commit that takes them back
	authors  int
}

// release is one version that users could have.
type release struct {
	name    string
	version version
	at      int64
	node    id
	commits []id // first shipped in it
}

// key is the first twenty bytes of a commit's hash: all of SHA-1, and enough of
// SHA-256.
type key [20]byte

func keyOf(sha string) (k key, err error) {
	if len(sha) < 2*len(k) {
		return k, fmt.Errorf("%q is not a commit's hash", sha)
	}
	_, err = hex.Decode(k[:], []byte(sha[:2*len(k)]))
	return k, err
}

// reader builds a Past from a stream of commits, newest first.
type reader struct {
	past    Past
	places  map[key]id
	authors map[string]int32
	waiting map[key][]id // children whose first parent has not been told yet
	others  map[key][]id // the same for the other parents of merges
	reverts []revert
}

// revert is a commit that takes back another, named by its hash.
type revert struct {
	by  id
	sha string // whole or abbreviated
}

// Read reads a branch and all tags. progress may be nil.
func Read(ctx context.Context, from Source, branch string, progress Progress) (*Past, error) {
	head, err := from.Head(ctx, branch)
	if err != nil {
		return nil, err
	}
	tags, err := from.Tags(ctx)
	if err != nil {
		return nil, err
	}
	r := &reader{places: map[key]id{}, authors: map[string]int32{}, waiting: map[key][]id{}, others: map[key][]id{}}
	r.past.head = none
	err = from.Commits(ctx, branch, func(c Commit) error {
		if progress != nil && len(r.past.nodes)%1000 == 0 {
			progress(len(r.past.nodes))
		}
		return r.add(c)
	})
	if err != nil {
		return nil, err
	}
	if progress != nil {
		progress(len(r.past.nodes))
	}
	if k, err := keyOf(head); err == nil {
		if at, known := r.places[k]; known {
			r.past.head = at
		}
	}
	r.markReverted()
	r.past.changes = r.past.reached()
	r.release(tags)
	r.past.authors = len(r.authors)
	return &r.past, nil
}

func (r *reader) add(c Commit) error {
	k, err := keyOf(c.SHA)
	if err != nil {
		return err
	}
	if _, known := r.places[k]; known {
		return nil
	}
	me := id(len(r.past.nodes))
	r.places[k] = me
	n := node{authored: c.Authored.Unix(), committed: c.Committed.Unix(), parent: none, author: r.author(c.Author), short: [4]byte(k[:4])}
	subject, _, _ := strings.Cut(c.Message, "\n")
	n.kind = kindOf(subject)
	if len(c.Parents) > 1 || merges.MatchString(subject) || squashed.MatchString(subject) {
		n.flags |= isMerge
	}
	if m := reverted.FindStringSubmatch(c.Message); m != nil {
		n.flags |= isRevert
		r.reverts = append(r.reverts, revert{me, m[1]})
	}
	if n.flags.has(isRevert) || repairs.MatchString(subject) {
		n.flags |= isRepair
	}
	r.past.nodes = append(r.past.nodes, n)
	return r.join(k, me, c.Parents)
}

// join ties a commit to its parents, which may have been told before it or
// come later, and to the children that waited for it.
func (r *reader) join(k key, me id, parents []string) error {
	for i, sha := range parents {
		p, err := keyOf(sha)
		if err != nil {
			return err
		}
		at, known := r.places[p]
		switch {
		case known && i == 0:
			r.past.nodes[me].parent = at
		case known:
			r.past.nodes[me].others = append(r.past.nodes[me].others, at)
		case i == 0:
			r.waiting[p] = append(r.waiting[p], me)
		default:
			r.others[p] = append(r.others[p], me)
		}
	}
	for _, child := range r.waiting[k] {
		r.past.nodes[child].parent = me
	}
	for _, child := range r.others[k] {
		r.past.nodes[child].others = append(r.past.nodes[child].others, me)
	}
	delete(r.waiting, k)
	delete(r.others, k)
	return nil
}

func (r *reader) author(name string) int32 {
	n, known := r.authors[name]
	if !known {
		n = int32(len(r.authors))
		r.authors[name] = n
	}
	return n
}

func (r *reader) markReverted() {
	r.past.undone = map[id]id{}
	for _, undo := range r.reverts {
		if k, err := keyOf(undo.sha); err == nil { // abbreviated ones name too many
			if at, known := r.places[k]; known {
				r.past.nodes[at].flags |= wasReverted
				r.past.undone[at] = undo.by
			}
		}
	}
}

// release finds the versions among the tags and gives each the commits that
// it was the first to ship.
func (r *reader) release(tags []Tag) {
	for _, t := range tags {
		v, ok := versionOf(t.Name)
		k, err := keyOf(t.SHA)
		at, known := r.places[k]
		if !ok || err != nil || !known || v.pre != "" {
			r.past.skipped = append(r.past.skipped, t.Name)
			continue
		}
		r.past.releases = append(r.past.releases, release{name: t.Name, version: v, at: t.At.Unix(), node: at})
	}
	slices.SortStableFunc(r.past.releases, func(a, b release) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(b.node, a.node)) })
	claimed := make([]bool, len(r.past.nodes))
	for i := range r.past.releases {
		r.past.releases[i].commits = r.past.claim(r.past.releases[i].node, claimed)
	}
}

// claim collects what can be reached from a commit and was not claimed before.
func (p *Past) claim(from id, claimed []bool) (list []id) {
	open := []id{from}
	for len(open) > 0 {
		at := open[len(open)-1]
		open = open[:len(open)-1]
		if at == none || claimed[at] {
			continue
		}
		claimed[at] = true
		list = append(list, at)
		open = append(append(open, p.nodes[at].parent), p.nodes[at].others...)
	}
	return list
}

// change is what reached the branch at once: one commit, or a merge with all
// that it brought.
type change struct {
	started int64 // first authored
	merged  int64
	node    id
	commits []id // itself included
}

// reached lists what reached the branch, oldest first.
func (p *Past) reached() (list []change) {
	var line []id
	for at := p.head; at != none; at = p.nodes[at].parent {
		line = append(line, at)
	}
	slices.Reverse(line)
	claimed := make([]bool, len(p.nodes))
	for _, at := range line {
		c := change{node: at, merged: p.nodes[at].committed, commits: p.claim(at, claimed)}
		c.started = p.nodes[at].authored
		for _, part := range c.commits {
			c.started = min(c.started, p.nodes[part].authored)
		}
		c.started = min(c.started, c.merged)
		list = append(list, c)
	}
	return list
}

// Commits is how many were read.
func (p *Past) Commits() int { return len(p.nodes) }

// Span is the time of the oldest and of the newest commit of the branch; zero
// in an empty repository.
func (p *Past) Span() (first, last time.Time) {
	if p.head == none {
		return first, last
	}
	oldest, newest := p.nodes[p.head].committed, p.nodes[p.head].committed
	for at := p.head; at != none; at = p.nodes[at].parent {
		oldest, newest = min(oldest, p.nodes[at].committed), max(newest, p.nodes[at].committed)
	}
	return time.Unix(oldest, 0).UTC(), time.Unix(newest, 0).UTC()
}
