// Package step runs one command of a pipeline so that it survives the death
// of the program that started it.
//
// [Start] starts this same program again as a small supervisor (see [Main])
// in a session of its own, and hands it the [Command] over a pipe, so that
// secrets never touch the disk. The supervisor claims the step's folder,
// runs the command in its own process group, writes masked and timestamped
// lines to the log, and leaves a [Result] with one atomic rename. When Andon
// is killed, the supervisor goes on; [Wait] finds the result afterwards.
//
// A folder is claimed once and never again: a step is never run twice. When
// the supervisor itself disappears without a result, [Wait] gives [ErrLost].
package step
