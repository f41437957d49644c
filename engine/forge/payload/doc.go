// Package payload is what reading webhooks has in common whatever the forge:
// JSON into small structs, the times that forges write, what must be there, and
// signatures.
//
// A reader declares only the fields that it needs, decodes with [Decode] and
// says with [Needs] what must not be missing. Errors name the path of the field,
// for they are read by people who look at the forge's own list of deliveries.
package payload
