// Package subscription is who wants to be told: other systems that get the
// journal's facts as CloudEvents, signed, in order and at least once.
//
// A subscription has a cursor, the position of the last fact that needs no
// sending any more. The cursor moves in the transaction that records the
// receiver's answer, so a kill between the answer and the record repeats one
// fact and loses none; receivers know a repeat by its webhook-id.
//
//	          a fact it wants             told to a courier
//	asleep ───────────────────▶ awake ───────────────────▶ sending
//	  ▲                          ▲ │                          │
//	  └── nothing is left ───────┘ └── due: back-off ◀── refused, no answer
//
//	paused: by somebody, by 410 Gone, or after days of failing; the cursor
//	stays, and Resume goes on from there
//
// A subscription that is awake has a job in the queue: [Service.Advance] is
// the machine behind it. The machine itself never waits for a receiver. It
// takes the lease (one sender for each subscription, over all Andons) and
// leaves the sending to a courier of its own, which goes on until nothing is
// left or the receiver fails; so a receiver that hangs holds up neither the
// queue nor anybody else. [Service.Run] wakes subscriptions when facts come
// that they want. Everything that must survive a kill is in the row.
//
// Secrets are in the row and in the signature, nowhere else: no fact, answer
// or error carries a secret, or more of a URL than is needed to know it by.
package subscription
