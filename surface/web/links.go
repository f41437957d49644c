package web

import "andon/journal"

// link is a word that leads to a page.
type link struct{ Href, Text string }

// pages are the kinds of things that have a page of their own.
var pages = map[journal.RefKind]bool{journal.Card: true, journal.Run: true, journal.Deployment: true, journal.Incident: true, journal.Postmortem: true}

// links are the pages of what a fact is about.
func links(f journal.Fact) (list []link) {
	for _, about := range f.About {
		if pages[about.Kind] {
			list = append(list, link{href(about.Kind, about.ID), about.ID})
		}
	}
	return list
}
