// Package web is the pages: Floor, Stand-up, Demo, Flow, Forecasts, Deliveries,
// Health, Incidents, Postmortems and the Journal.
//
// A page is drawn on the server at one moment and says which position of the
// journal it shows. The browser listens to /live from there on; when something
// happened, it fetches the page again and morphs it into place, so that every
// open browser shows the same truth without state of its own. The floor may
// hold thousands of cards, so its browser asks /floor/changes instead: there
// every card to which nothing happened since is only named. What people do
// goes to the API of package api, like everything else that changes something.
//
// Nothing is built by Node: pages are templ components, charts are SVG made in
// Go, scripts are a few small modules beside vendored htmx and SortableJS.
package web
