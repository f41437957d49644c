// Package cloudevent is how facts travel: CDEvents documents in CloudEvents
// 1.0 envelopes, into the journal and out of it.
//
// In: [Parse] reads the four forms in which tools send over HTTP, checks each
// event against the CloudEvents attributes and against what CDEvents says of
// its type, and gives [Event] values. An event that is wrong in any way is
// refused with every problem named, and a batch is taken whole or not at all.
//
//	structured   application/cloudevents+json        one envelope, the document in data
//	batch        application/cloudevents-batch+json  an array of envelopes
//	binary       any ce-… header                     attributes in headers, the document as body
//	bare         application/json                    the CDEvents document alone
//
// What CDEvents says of its types is held as a table of facts about the
// standard (standard.go), not as schema files: the check needs no files and
// its errors say what would be right.
//
// Across: [Event.Fact] makes a fact of an event that another system sent. Such
// a fact has a type of its own, [Received], and carries the whole document in
// its data. It never has the type that it speaks of, so nothing that reacts to
// Andon's own facts ("this change was merged") can be made to act by a
// document from outside; who wants to react to other systems follows
// [Received] and decides.
//
// Out: [Of] shows any fact as an event, one of Andon's own under Andon's
// source and a received one exactly as it came; [Event.Structured] and
// [Event.Binary] put it into an envelope.
package cloudevent
