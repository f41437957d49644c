package source

import (
	"context"
	"fmt"
	"slices"

	"andon/flow/change"
	"andon/journal"
)

// mostCommits is how many commits of a push a fact tells of.
const mostCommits = 50

// push tells that commits came. It keeps no row: commits that reach Andon's own
// branch are fetched and recorded by flow/change.
func (w *scribe) push(ctx context.Context, t Push) error {
	keys := Keys(Words{Branch: t.Branch})
	var issues []string
	for _, c := range t.Commits {
		keys = append(keys, Keys(Words{Title: c.Message})...)
		issues = append(issues, Closing(c.Message, w.sighting.Repo)...)
	}
	slices.Sort(keys)
	cards, err := w.known(ctx, slices.Compact(keys), issues...)
	if err != nil {
		return err
	}
	told := w.told(cards, false)
	w.receipt.Untracked = w.receipt.Untracked || told.Untracked
	told.Branch, told.Tag, told.Before, told.SHA = t.Branch, t.Tag, t.Before, t.After
	told.Commits = t.Commits[max(0, len(t.Commits)-mostCommits):]
	f := journal.Fact{Type: journal.BranchPushed, Subject: w.sighting.Repo + "/" + t.Branch, Text: w.pushText(t)}
	switch {
	case t.Tag != "":
		f.Type, f.Subject = journal.TagPushed, w.sighting.Repo+"/"+t.Tag
	case t.After == "":
		f.Type, f.Subject, f.Content = journal.BranchDeleted, t.Branch, w.repository()
	case t.Before == "":
		f.Type, f.Subject, f.Content = journal.BranchCreated, t.Branch, w.repository()
	}
	for _, c := range told.Commits {
		f.About = append(f.About, journal.Ref{Kind: journal.Commit, ID: c.SHA})
	}
	if len(told.Commits) == 0 && t.After != "" {
		f.About = append(f.About, journal.Ref{Kind: journal.Commit, ID: t.After})
	}
	return w.append(ctx, f, told)
}

func (w *scribe) pushText(t Push) string {
	what, name := "branch", t.Branch
	if t.Tag != "" {
		what, name = "tag", t.Tag
	}
	switch {
	case t.After == "":
		return fmt.Sprintf("%s deleted the %s %s of %s", w.actor(), what, name, w.sighting.Repo)
	case t.Before == "":
		return fmt.Sprintf("%s made the %s %s of %s at %s", w.actor(), what, name, w.sighting.Repo, change.Short(t.After))
	case len(t.Commits) == 1:
		return fmt.Sprintf("%s pushed a commit to %s of %s: %s", w.actor(), name, w.sighting.Repo, change.Change{Message: t.Commits[0].Message}.Title())
	}
	return fmt.Sprintf("%s pushed %d commits to %s of %s", w.actor(), len(t.Commits), name, w.sighting.Repo)
}

// released tells that a release was published.
func (w *scribe) released(ctx context.Context, t Released) error {
	var cards []string
	var err error
	if t.SHA != "" {
		if cards, err = w.ofCommit(ctx, t.SHA); err != nil {
			return err
		}
	}
	told := w.told(cards, false)
	told.Tag, told.Title, told.SHA, told.Prerelease, told.URL, told.Act = t.Tag, t.Name, t.SHA, t.Prerelease, t.URL, "published"
	// What is in a release only its commits say; without one nothing is amiss.
	told.Untracked = told.Untracked && t.SHA != ""
	w.receipt.Untracked = w.receipt.Untracked || told.Untracked
	f := journal.Fact{Type: journal.ArtifactPublished, Subject: w.purl(t.Tag),
		Text: fmt.Sprintf("%s published %s of %s", w.actor(), t.Tag, w.sighting.Repo)}
	if t.SHA != "" {
		f.About = []journal.Ref{{Kind: journal.Commit, ID: t.SHA}}
	}
	return w.append(ctx, f, told)
}
