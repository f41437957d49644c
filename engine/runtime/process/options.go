package process

import (
	"context"
	"log/slog"
	"net"
	"os"
	"time"
)

// Options tunes a runtime. The zero value is fit for use.
type Options struct {
	// Logger hears what the runtime does by itself. Default: slog.Default().
	Logger *slog.Logger
	// Grace is the time between SIGTERM and SIGKILL for workloads that name
	// none, and for processes found without a wish. Default 10 s.
	Grace time.Duration
	// MaxLogBytes is the size at which an instance's log is rotated; one older
	// file is kept. Default 10 MB.
	MaxLogBytes int64
	// LogCheck is how often log sizes are looked at. Default 2 s.
	LogCheck time.Duration
	// KeepLogs is how long logs of instances that are gone are kept, so that
	// a revision that was rolled back can still be understood. Default 24 h.
	KeepLogs time.Duration
	// Path is the PATH of the instances. Default: Andon's own.
	Path string
	// Dial opens the connections of health checks. Default: net.Dialer.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
}

func (o Options) withDefaults() Options {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Grace <= 0 {
		o.Grace = 10 * time.Second
	}
	if o.MaxLogBytes <= 0 {
		o.MaxLogBytes = 10 << 20
	}
	if o.LogCheck <= 0 {
		o.LogCheck = 2 * time.Second
	}
	if o.KeepLogs <= 0 {
		o.KeepLogs = 24 * time.Hour
	}
	if o.Path == "" {
		o.Path = os.Getenv("PATH")
	}
	if o.Path == "" {
		o.Path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	}
	if o.Dial == nil {
		o.Dial = (&net.Dialer{}).DialContext
	}
	return o
}
