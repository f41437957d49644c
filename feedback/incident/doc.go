// Package incident keeps what went wrong for users, from the first sign to
// the end.
//
//	open → acknowledged → resolved
//
// An incident is opened by a person or by a machine that took a release back,
// once for each cause. Its timeline is not written down here: it is what the
// journal says about the deployment, the release, the commit and the incident
// itself. When it is resolved, learning takes over.
package incident
