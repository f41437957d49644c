// Package twin simulates a line of work: a copy of it on which to try a change
// before asking people to live with it. What does a limit of three here do to
// the lead time? Is a second reviewer worth more than a faster build?
//
// An item arrives in the backlog and passes the stations in order:
//
//	arrivals ─▶ backlog ─▶ │ waiting → worked on → held │ ─▶ next station ─▶ … ─▶ done
//	                       │     ▲          ⇅           │
//	                       └─────┼──── hindered ────────┘
//	                             └── rework: back to this or an earlier station
//
// A station has servers (people, agents) and may have a limit on the items in
// it. The line pulls: an item that is finished is held, and holds its server,
// until the next station has room. Room is handed on upstream the moment it
// appears. An item sent back enters regardless of the limit, as on a real
// board, for otherwise two full stations could wait for each other for ever.
//
// Time is a float64 in one unit of the caller's choice, days throughout this
// project. Randomness is an argument; the same seed gives the same run.
//
// Run makes one run, Study repeats it and gives intervals, Fit makes a Model
// from the stays that the journal tells of. The simulation is held against the
// closed forms of queueing theory (M/M/1, Erlang C, Jackson networks), which
// are here too, and every run checks Little's law on itself.
package twin
