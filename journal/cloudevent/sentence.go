package cloudevent

import (
	"encoding/json"
	"strings"

	"andon/journal"
)

// nouns are the subjects whose names are not words.
var nouns = map[string]string{
	"pipelinerun": "Pipeline run", "taskrun": "Task run", "testcaserun": "Test case run", "testsuiterun": "Test suite run",
	"testoutput": "Test output",
}

// verbs are the predicates that do not read as "was <predicate>".
var verbs = map[string]string{"started": "started", "finished": "finished", "rolledback": "was rolled back"}

// named are the parts of content that sentences and links are made of.
type named struct {
	Outcome     string  `json:"outcome"`
	Environment thingID `json:"environment"`
	Service     thingID `json:"service"`
	Change      thingID `json:"change"`
	PipelineRun thingID `json:"pipelineRun"`
}

type thingID struct {
	ID string `json:"id"`
}

// named reads the parts. A custom type may use the same words for something
// else; then nothing is known of it.
func (e Event) named() (n named) {
	if json.Unmarshal(e.Content, &n) != nil {
		return named{}
	}
	return n
}

// words gives the type's subject and predicate, for a custom type with the
// tool before them.
func (e Event) words() (subject, predicate string) {
	name := strings.TrimPrefix(strings.TrimPrefix(string(e.Type), standardPrefix), "dev.cdeventsx.")
	subject, predicate, _ = strings.Cut(shortOf(name), ".")
	return subject, predicate
}

// Sentence says in one line for people what happened, where, and who says so.
func (e Event) Sentence() string {
	subject, predicate := e.words()
	noun, ok := nouns[subject]
	if !ok {
		noun = strings.ToUpper(subject[:1]) + subject[1:]
	}
	verb, ok := verbs[predicate]
	if !ok {
		verb = "was " + strings.ReplaceAll(predicate, "_", " ")
	}
	n := e.named()
	text := noun + " " + clip(e.Subject) + " " + verb
	if n.Outcome != "" {
		text += " with " + clip(n.Outcome)
	}
	if n.Service.ID != "" {
		text += " for " + clip(n.Service.ID)
	}
	if n.Environment.ID != "" {
		text += " in " + clip(n.Environment.ID)
	}
	return text + ", says " + clip(e.Source) + "."
}

// About gives what the event concerns, in the journal's kinds: a change is a
// commit, a ticket a card, and a service in an environment a place.
func (e Event) About() (refs []journal.Ref) {
	add := func(kind journal.RefKind, id string) {
		if id != "" {
			refs = append(refs, journal.Ref{Kind: kind, ID: id})
		}
	}
	subject, _ := e.words()
	kinds := map[string]journal.RefKind{"change": journal.Commit, "pipelinerun": journal.Run, "service": journal.Service,
		"environment": journal.Environment, "incident": journal.Incident, "ticket": journal.Card}
	if kind, ok := kinds[subject]; ok {
		add(kind, e.Subject)
	}
	n := e.named()
	service := n.Service.ID
	if subject == "service" {
		service = e.Subject
	} else {
		add(journal.Service, service)
	}
	add(journal.Commit, n.Change.ID)
	add(journal.Run, n.PipelineRun.ID)
	switch {
	case n.Environment.ID == "":
	case service != "":
		add(journal.Environment, service+"/"+n.Environment.ID)
	default:
		add(journal.Environment, n.Environment.ID)
	}
	return refs
}
