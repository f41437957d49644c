// Package postmortem turns an incident that is over into what was learned.
//
// When an incident is resolved, [DraftIn] writes a first text: its timeline is
// what the journal says, so nobody writes it from memory, and it asks for
// conditions, not for culprits. People edit the text; what they will do about
// it are actions, and each action becomes a card on the line it concerns.
package postmortem
