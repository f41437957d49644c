// Package proxy sends users' requests to revisions of services.
//
// It is the traffic engine of a single host (it fits delivery.Traffic): one
// listener for each address, a table of routes that is swapped as a whole,
// and net/http's reverse proxy under it, so that server-sent events,
// WebSockets, trailers and HTTP/2 without TLS pass through.
//
// A visitor is known by a cookie. Together with the route's salt it gives a
// number that never changes, and the canary has those below its weight: users
// stay where they are, and a larger weight only adds users. A request ends
// where it began, whatever happens to the route meanwhile; [Proxy.Drain]
// tells when a revision's last request has ended.
//
// The proxy also counts what users meet, for the judge ([Proxy.Observe]) and
// for Prometheus (it is a Collector).
package proxy
