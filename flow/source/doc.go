// Package source takes in what other systems tell: the webhooks of a forge
// about pull requests, issues, pipeline runs, deployments and releases.
//
// A delivery goes one way:
//
//	HTTP request -> Delivery -> Reader.Verify -> Reader.Read -> Sightings -> rows, facts, cards
//
// A [Reader] knows one forge's payloads and gives [Sighting] values, the
// neutral words for what was seen; nothing after it knows which forge it was.
// [Service.Receive] checks the signature, and in one transaction keeps the
// delivery as it came, what it tells as rows, and facts about it. The
// transaction ends in one of three outcomes, which the [Receipt] names:
//
//	accepted  something was told, and rows and facts say so
//	ignored   the event is known and of no use here; the reason says why
//	refused   the payload lacks what it must have; the reason names the field
//
// Deliveries come twice, late and out of order. The pair of source and delivery
// id counts once: the second gets the first one's receipt. Every row remembers
// the forge's own time of its last change; what is older fills gaps and never
// turns the row back. [Service.Replay] runs a kept delivery again, which changes
// nothing unless the reader learned something or a card exists by now.
//
// Cards are found by [Keys] and moved through the port [Cards]. Work that names
// no card is kept with Untracked set, and shown: it is work nobody planned.
//
// Facts have the standard's types (CDEvents) where no machine of Andon acts on
// them: change.created, updated, reviewed and abandoned, branch.created and
// deleted, artifact.published. What has the type of something Andon does itself
// (change.merged, pipelinerun.*, ticket.*, service.deployed) is written as
// [cloudevent.Received] with the whole standard document in it, so that a merge
// on a forge can never be taken for a commit that reached Andon's own branch.
package source
