// Package notify brings facts to other systems over HTTP, signed as the
// Standard Webhooks specification asks (https://www.standardwebhooks.com).
//
// Each message is a POST of a CloudEvent in its structured form, with
//
//	webhook-id          the fact's id, the same each time it is sent
//	webhook-timestamp   when it is sent, in seconds since 1970
//	webhook-signature   "v1," and base64(HMAC-SHA256(key, id.timestamp.body))
//
// Receivers check it with [Verify], or with any Standard Webhooks library.
//
// The sender goes where people told it to and nowhere else: it follows no
// redirect, uses no proxy of the environment and reads no more of an answer
// than it needs. It connects to the team's own hosts, which are often private
// or this very host, but never to link-local addresses, where clouds hand out
// credentials; that is checked on the address it connects to, after names are
// resolved.
package notify
