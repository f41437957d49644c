// Package forecast answers the two questions every line is asked: how many
// items will be done by a date, and when will so many items be done.
//
// The answers come from one thing only, the line's own daily throughput. Each
// coming day is taken to be like a day of the history, drawn at random and
// independently. Others sample that thousands of times; here the distribution
// is computed exactly, by convolution, so that the same history always gives
// the same answer and rare outcomes keep their true weight.
//
//	history (items a day) ── HowMany ──▶ items within D days
//	                      ── When ─────▶ days until n items
//	several lines         ── Last ─────▶ days until all of them are done
//	ages and durations    ── Survival ─▶ chance that an item misses its SLE
//
// A forecast that nobody checks is an opinion. A Kept forecast is held against
// what happened, and Score says whether "85 %" came true 85 times in 100.
//
// Nothing here reads a clock or draws a random number.
package forecast
