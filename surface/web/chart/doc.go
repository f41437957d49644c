// Package chart draws the pages' pictures as SVG: the graph of a run's jobs,
// the canary beside its stable, what is left of a budget, who gets the traffic.
//
// Everything is a pure function of its data, coloured by the page's style
// sheet through class names, so that both themes need no second picture. Every
// picture has a text that says the same for those who cannot see it.
package chart
