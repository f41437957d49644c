// Package delivery brings releases to the places where users meet them.
//
// A [Release] is what one commit's pipeline made of a service, with the
// configuration it had: it never changes. A [Deployment] brings one release
// to one [Target], as a state machine that survives kill -9:
//
//	queued ─► starting ─► exposing ─► finishing ─► succeeded ─► next environment
//	  │ ▲        │           │
//	  ▼ │        └─► aborting ◄┘ ─► rolledback, or failed (it never took traffic)
//	 held
//	  └─► superseded, when a newer release waits for the same place
//
// Each transition commits first and takes effect after: what runs and who
// gets the traffic is worked out from the rows alone ([Service.Reconcile]),
// so that doing it again after a crash does nothing twice. Stable keeps its
// full capacity until the new release holds all traffic; an abort needs one
// commit and one change of route, and waits for nothing else. A release that
// was rolled back is rejected: machines never bring it anywhere again.
package delivery
