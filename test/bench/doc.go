// Package bench measures what Andon promises about speed, beside a peer in the
// same run where there is one: ratios hold on any machine, times do not.
//
//	make bench
package bench
