// Package catalog is what exists: people, teams, services, lines,
// environments, policies, as declared in files beside the code.
//
// [Load] reads four places of a repository and nothing else:
//
//	andon.yaml          Line, Delivery, Policy   (apiVersion andon.dev/v1)
//	catalog-info.yaml   Component, System, Group, User   (Backstage)
//	slo.yaml, slo/*.yaml   objectives   (OpenSLO v1)
//
// Each file may hold several YAML documents, and a document of any of these
// kinds is read in whichever of the files it stands. Everything wrong in all files is
// collected and told at once: the file, the line, the field, what is wrong and
// what would be right ([Problem]). Andon's own kinds are strict: an unknown key
// is refused, for a key that is ignored is a promise that is broken silently.
// Backstage's kinds are read generously, as Backstage reads them: what Andon
// does not understand there is a note ([Catalog.Notes]), and nothing is refused
// because of a note. Objectives are kept whole for whoever judges them.
//
// A repository without andon.yaml gets a line from [Catalog.Complete], and
// [Catalog.Next] says what to add to get further. The catalog holds no state:
// it is loaded again whenever the files change, and whoever uses it (the
// floor, delivery, the gate) is told the new one.
package catalog
