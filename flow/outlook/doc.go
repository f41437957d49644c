// Package outlook tells what lies ahead of a line from its own history: how
// many cards will be done by a day, when a number of them, an epic or one card
// will be, which open cards will probably be late, and what a change of limits
// or hands would do.
//
// It ties the history that package measure keeps to the mathematics of
// packages forecast and twin. Every forecast is kept, and held against what
// happened when its time has passed.
package outlook
