// Package fetch reads the issues of a forge with what happened to them, page by
// page, for an import.
//
// Each page is given away as soon as it is there, with the cursor of the next,
// so that a fetch that ended early goes on where it was. It keeps to the
// forge's rate limit: when little is left it waits until there is more, and
// says so. What fails for a moment is tried again with growing pauses.
package fetch
