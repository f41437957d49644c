// Package report shows what a repository's past tells: as words for a
// terminal and as one page that needs nothing but itself.
package report
