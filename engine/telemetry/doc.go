// Package telemetry is the memory of numbers: an embedded Prometheus.
//
// It scrapes services over HTTP and Andon's own registries in process, keeps
// the samples in a Prometheus TSDB on disk, answers PromQL, and serves the part
// of Prometheus' HTTP API that Grafana asks, so that a team has metrics without
// running a server and can move to one later without changing a query.
//
//	SetTargets, Gather ─► scrape ─┐
//	                              ├─► TSDB (one directory) ─► PromQL ─► Query, Value, Handler
//	Append (pushed samples) ──────┘
//
// Scraping is Prometheus' own: up and scrape_duration_seconds per target,
// staleness markers when a target fails or goes, protobuf with native
// histograms first and text as the fallback. Where a target says when a counter
// was born, a zero is stored at that moment, so increase() sees its first
// events too.
//
// What is promised: a sample that Append acknowledged survives kill -9. It may
// not survive a power cut, for the log is not synced at every commit. One
// directory belongs to one process at a time.
package telemetry
