package proxy

import (
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
)

// answer notes the status that a user got.
type answer struct {
	http.ResponseWriter
	status int // 0 while nothing was answered
}

func (a *answer) WriteHeader(status int) {
	if status >= 200 || status == http.StatusSwitchingProtocols {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return a.ResponseWriter.Write(b)
}

// Unwrap lets the reverse proxy flush and take over the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// unreachable answers a user who still waits and got nothing.
func (a *answer) unreachable(ctx context.Context) {
	if a.status == 0 && ctx.Err() == nil {
		http.Error(a, "The service did not answer.", http.StatusBadGateway)
	}
}

// traced tells whether anything of a request was written to a connection:
// from then on it must not be sent to another instance.
func traced(ctx context.Context) (context.Context, *atomic.Bool) {
	sent := new(atomic.Bool)
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { sent.Store(true) }}), sent
}

// watched tells when a body was begun to be read.
type watched struct {
	io.ReadCloser
	read *atomic.Bool
}

func (w *watched) Read(b []byte) (int, error) {
	w.read.Store(true)
	return w.ReadCloser.Read(b)
}

// Close is left to the server: the body may be needed for a second try.
func (w *watched) Close() error { return nil }
