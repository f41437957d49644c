package web

// sent is what stands in a list of the floor: a card, or a run of cards that
// the browser has already, one after the other.
type sent struct {
	cardView
	Run  int    // how many, 0 for a card
	Last string // key of the last
}

// long says that there are more cards than a list shows unless asked for all.
func (l cards) long() bool { return len(l.Cards) > fold }

// sent are the cards of a list as they are sent. In a long list the cards
// that stayed as they are become runs: among them the order is the same as in
// the browser, since only what happens to a card moves it.
func (l cards) sent() (list []sent) {
	for _, c := range l.Cards {
		last := len(list) - 1
		switch {
		case !c.Same || !l.long():
			list = append(list, sent{cardView: c})
		case last >= 0 && list[last].Run > 0:
			list[last].Run++
			list[last].Last = c.Key
		default:
			list = append(list, sent{cardView: c, Run: 1, Last: c.Key})
		}
	}
	return list
}
