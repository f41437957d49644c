// Package measure tells how work flowed over a line: how much was started and
// done each day, how long it took, where it waited, what came back.
//
// The numbers are made in the transactions that change the floor. [Record] is
// given the facts of each and keeps two things: the way of every card from
// station to station, and sums per day. A page over 90 days therefore reads 90
// days and not a million cards, and a number as of any earlier day is the same
// question with an earlier end:
//
//	facts ── Record ──▶ ways of cards, sums of days ── Service.Flow ──▶ numbers
//
// The arithmetic is kept apart from the reading: [Accumulate], [BehaviourOf],
// [LittleOf], [FindBottlenecks], [StreamOf] and [TiedUp] are pure, know
// no clock and no database, and name the source of what they compute. Package
// rank below has the percentiles, package dora the five keys of delivery.
//
// Nothing here is a source: [Service.Rebuild] makes all of it again from the
// journal. Days are UTC. A card counts as finished on the day on which it was
// finished for good; one that came back was not.
package measure
