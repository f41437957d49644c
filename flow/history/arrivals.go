package history

import (
	"encoding/hex"
	"time"
)

// arrivals are the changes of the branch, each taken for a release at the
// moment it got there: what a team that deploys continuously does.
func (p *Past) arrivals() (list []release) {
	for _, c := range p.changes {
		list = append(list, release{name: hex.EncodeToString(p.nodes[c.node].short[:]), at: c.merged, node: c.node, commits: c.commits})
	}
	return list
}

// undoings finds, for each arrival, the one that took back what it brought.
func (p *Past) undoings(all []release) []outcome {
	list := make([]outcome, len(all))
	brought := map[id]int{} // the arrival of each commit that takes back another
	for i, r := range all {
		list[i] = outcome{-1, -1}
		for _, at := range r.commits {
			if p.nodes[at].flags.has(isRevert) {
				brought[at] = i
			}
		}
	}
	for i, r := range all {
		for _, at := range r.commits {
			by, undone := p.undone[at]
			j, arrived := brought[by]
			if undone && arrived && j > i && time.Duration(all[j].at-r.at)*time.Second <= later {
				list[i].mendedBy, list[j].mends = j, i
			}
		}
	}
	return list
}
