// Package process keeps services alive as plain processes on this host. It is
// the runtime Andon has without any other software, and it fits
// [delivery.Runtime].
//
// Ensure writes a wish to disk: this revision, so many copies. A keeper for
// each revision works towards the wish for as long as it stands. Its decisions
// are made by a crew, a state machine without clocks or processes:
//
//	            start              first success
//	waiting ───────────▶ starting ───────────▶ ready ◀──────┐
//	   ▲                    │                    │          │ answers again
//	   │ back-off           │ too slow           │ silent   │
//	   │                    ▼                    ▼          │
//	   └─────────────── stopping ◀──────────── failing ─────┘
//	                        │  its replacement is ready
//	                        ▼
//	                     forgotten
//
// A process that ends in any state is started again after a back-off, unless
// it was leaving for good. There are never more processes than replicas + 1.
//
// # Living longer than Andon
//
// Services must not fall when Andon does. So each instance has its own session
// (signals to Andon's group pass it by) and writes straight to its log file (a
// pipe would break with its reader). Each start is recorded twice: the intent
// before, the process id after. A process is known again by its id, its start
// time and the boot id together, since ids are reused. When Andon was killed
// between the two records, the process is found by the marks in its
// environment. Close detaches; Open adopts; Shutdown really stops.
//
// Whoever starts Andon must not end its descendants with it: a systemd unit
// needs KillMode=process.
//
// The package needs Linux: /proc, and pidfd where the kernel has it.
package process
