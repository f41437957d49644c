// Command storefront is a small web shop: an HTML page and a JSON API.
//
// It listens on 127.0.0.1:$PORT (8080 when unset), answers /healthz and
// /metrics, and on SIGTERM lets requests in flight end before it stops.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"storefront/shop"
	"storefront/web"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	if err := run(ctx, log, os.Getenv); err != nil {
		fmt.Fprintln(os.Stderr, "storefront:", err)
		os.Exit(1)
	}
}

// drain bounds how long requests in flight may take after SIGTERM.
const drain = 8 * time.Second

func run(ctx context.Context, log *slog.Logger, getenv func(string) string) error {
	handler := web.NewServer(web.Config{
		Shop:     shop.New(shop.Goods()),
		Title:    cmp.Or(getenv("STOREFRONT_TITLE"), "Storefront"),
		Revision: revision(),
		Log:      log,
	})
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", cmp.Or(getenv("PORT"), "8080")))
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		IdleTimeout:       time.Minute,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	log.Info("open for business", "address", listener.Addr().String(), "revision", revision())

	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	log.Info("closing: letting the last customers finish")
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return fmt.Errorf("some requests were cut off after %s: %w", drain, errors.Join(err, server.Close()))
	}
	return nil
}

// revision is the commit this binary was built from, as stamped by Go.
func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return s.Value[:12]
		}
	}
	return "unknown"
}
