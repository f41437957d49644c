package measure

import (
	"cmp"
	"context"
	"slices"
	"time"

	"andon/flow/floor"
	"andon/flow/measure/dora"
	"andon/journal"
)

// branch is the part of the line's branch that some deployments span.
type branch struct {
	ord       map[string]int64 // of the deployed commits that it holds
	commits   []placed         // in order
	unplanned []int64          // places of the commits of unplanned cards, in order
	full      bool             // more commits than are read
}

// placed is a commit at its place of the branch.
type placed struct {
	ord int64
	dora.Commit
}

// mostSpanned bounds how many commits are read for one window: the newest.
const mostSpanned = 20000

// spanned reads what lies between the first and the last of some commits, as
// far as the branch holds them, in a few queries however many there are.
func spanned(ctx context.Context, r journal.Reader, shas []string) (b branch, authored map[string]time.Time, err error) {
	b.ord, authored = map[string]int64{}, map[string]time.Time{}
	for some := range slices.Chunk(shas, journal.AtOnce) {
		in, args := journal.In(some)
		found, err := commits(ctx, r, `sha IN (`+in+`)`, args...)
		if err != nil {
			return b, nil, err
		}
		for _, c := range found {
			b.ord[c.SHA], authored[c.SHA] = c.ord, c.Authored
		}
	}
	if len(b.ord) == 0 {
		return b, authored, nil
	}
	var first, last int64
	for _, ord := range b.ord {
		if first == 0 || ord < first {
			first = ord
		}
		last = max(last, ord)
	}
	if b.commits, err = commits(ctx, r, `ord > $1 AND ord <= $2 ORDER BY ord DESC LIMIT $3`, first, last, mostSpanned); err != nil {
		return b, nil, err
	}
	b.full = len(b.commits) == mostSpanned
	slices.Reverse(b.commits)
	rows, err := r.Query(ctx, `SELECT DISTINCT x.ord FROM card_change x JOIN card c ON c.key = x.card
		WHERE c.kind = $1 AND x.ord > $2 AND x.ord <= $3 ORDER BY x.ord DESC LIMIT $4`, string(floor.Unplanned), first, last, mostSpanned)
	if err != nil {
		return b, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var ord int64
		if err := rows.Scan(&ord); err != nil {
			return b, nil, err
		}
		b.unplanned = append(b.unplanned, ord)
	}
	slices.Reverse(b.unplanned)
	return b, authored, rows.Err()
}

func commits(ctx context.Context, r journal.Reader, where string, args ...any) (list []placed, err error) {
	rows, err := r.Query(ctx, `SELECT sha, ord, authored_at FROM change WHERE `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p placed
		var authored int64
		if err := rows.Scan(&p.SHA, &p.ord, &authored); err != nil {
			return nil, err
		}
		p.Authored = journal.Time(authored)
		list = append(list, p)
	}
	return list, rows.Err()
}

// since gives the commits after one up to another, and whether one of them is
// of an unplanned card. They are not known unless the branch holds both; going
// back brings none.
func (b branch) since(before, sha string) (list []dora.Commit, unplanned, known bool) {
	from, knowsFrom := b.ord[before]
	to, knowsTo := b.ord[sha]
	if !knowsFrom || !knowsTo {
		return nil, false, false
	}
	i, _ := slices.BinarySearchFunc(b.commits, from+1, func(p placed, ord int64) int { return cmp.Compare(p.ord, ord) })
	for ; i < len(b.commits) && b.commits[i].ord <= to; i++ {
		list = append(list, b.commits[i].Commit)
	}
	at, _ := slices.BinarySearch(b.unplanned, from+1)
	return list, at < len(b.unplanned) && b.unplanned[at] <= to, true
}
