package source

import (
	"context"
	"strings"
	"time"

	"andon/journal"
)

// MergedIn gives the pull requests that were merged within [from, to), without
// their cards, the last merged first, at most so many. It reads the last
// changed ones alone: nothing is told of a merge before it happened.
func MergedIn(ctx context.Context, r journal.Reader, from, to time.Time, most int) (list []Pull, err error) {
	rows, err := r.Query(ctx, `SELECT source, repo, number, state, author, branch, base, head, merge_sha, opened_at, ready_at, first_review_at, merged_at
		FROM pull_request WHERE updated_at >= $1 AND state = 'merged' AND merged_at >= $1 AND merged_at < $2
		ORDER BY merged_at DESC, source, repo, number LIMIT $3`, journal.Micros(from), journal.Micros(to), most)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p Pull
		var opened, ready, review, merged int64
		if err := rows.Scan(&p.Source, &p.Repo, &p.Number, &p.State, &p.Author, &p.Branch, &p.Base, &p.Head, &p.MergeSHA,
			&opened, &ready, &review, &merged); err != nil {
			return nil, err
		}
		p.OpenedAt, p.ReadyAt, p.FirstReviewAt, p.MergedAt = journal.Time(opened), journal.Time(ready), journal.Time(review), journal.Time(merged)
		list = append(list, p)
	}
	return list, rows.Err()
}

// DeployedIn gives the deployments by other tools that ended within [from, to),
// well or ill, in environments whose names begin with one of some words or are
// one of some names, in any case; the last ended first, at most so many. One
// that another has taken the place of since is among them: its State is
// [DeployInactive].
func DeployedIn(ctx context.Context, r journal.Reader, words, names []string, from, to time.Time, most int) (list []ForgeDeployment, err error) {
	q := &query{}
	q.add("updated_at >= %s", journal.Micros(from))
	q.add("ended_at >= %s", journal.Micros(from))
	q.add("ended_at < %s", journal.Micros(to))
	var places []string
	place := func(condition, value string) {
		q.add(condition, value)
		places = append(places, q.all[len(q.all)-1])
		q.all = q.all[:len(q.all)-1]
	}
	for _, w := range words {
		place("lower(environment) LIKE %s", strings.ToLower(w)+"%")
	}
	for _, n := range names {
		place("lower(environment) = lower(%s)", n)
	}
	q.all = append(q.all, "("+strings.Join(append(places, "FALSE"), " OR ")+")")
	rows, err := r.Query(ctx, `SELECT `+deploymentColumns+` FROM forge_deployment`+q.where()+
		` ORDER BY ended_at DESC, source, repo, id LIMIT `+q.limit(most), q.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		d, err := deploymentFrom(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, rows.Err()
}

// Pushed is what a forge told of commits that came to a branch.
type Pushed struct {
	Source, Repo, Branch string
	At                   time.Time
	Commits              []Commit // at most 50, the newest
}

// PushedSince gives the pushes to branches that were told since a time, the
// last first, among the newest so many.
func PushedSince(ctx context.Context, r journal.Reader, from time.Time, most int) (list []Pushed, err error) {
	facts, err := journal.FactsOf(ctx, r, journal.Query{Types: []journal.Type{journal.BranchPushed, journal.BranchCreated}, Newest: true, Limit: most})
	if err != nil {
		return nil, err
	}
	for _, f := range facts {
		var t Told
		if f.At.Before(from) {
			break
		}
		if f.Into(&t) != nil || len(t.Commits) == 0 {
			continue // made without a commit of its own
		}
		list = append(list, Pushed{t.Source, t.Repo, t.Branch, t.At, t.Commits})
	}
	return list, nil
}
