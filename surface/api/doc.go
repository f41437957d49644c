// Package api is Andon's HTTP API: what the command line and other programs
// speak. Its description in OpenAPI 3.1 is made from the handlers themselves
// and served at /openapi.json.
//
// Errors are problem details (RFC 9457); a refusal carries the reason and
// what to swarm on. A write with an Idempotency-Key header is done once for
// that key, ever: a repetition gets the first answer again, and the same key
// for something else is refused. GET /v1/events is
// the journal as CDEvents, live as server-sent events when asked for.
package api
