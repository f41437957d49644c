// Package web shows the shop to browsers (an HTML page) and to programs (a
// JSON API), and says how it is doing (/healthz, /metrics).
package web

import (
	"log/slog"
	"net/http"
	"time"

	"storefront/metrics"
	"storefront/shop"
)

// Config is what the web server needs.
type Config struct {
	Shop     *shop.Shop
	Title    string       // shown at the top of the page
	Revision string       // shown at its foot, and in a header of each answer
	Log      *slog.Logger // told of orders and of failures
}

type server struct {
	Config
	requests metrics.Requests
	mux      *http.ServeMux
}

// NewServer gives the handler of the whole site.
func NewServer(c Config) http.Handler {
	s := &server{Config: c, mux: http.NewServeMux()}
	s.mux.HandleFunc("GET /{$}", s.page)
	s.mux.HandleFunc("POST /basket/{id}", s.putFromPage)
	s.mux.HandleFunc("POST /checkout", s.checkoutFromPage)
	s.mux.HandleFunc("GET /api/products", s.products)
	s.mux.HandleFunc("GET /api/products/{id}", s.product)
	s.mux.HandleFunc("GET /api/basket", s.basket)
	s.mux.HandleFunc("PUT /api/basket/{id}", s.put)
	s.mux.HandleFunc("DELETE /api/basket", s.empty)
	s.mux.HandleFunc("POST /api/checkout", s.checkout)
	s.mux.HandleFunc("GET /healthz", s.healthz)
	s.mux.HandleFunc("GET /metrics", s.metrics)
	return s
}

// ServeHTTP answers one request and counts it by the route that it matched.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	answer := &recorder{ResponseWriter: w, code: http.StatusOK}
	answer.Header().Set("X-Storefront-Revision", s.Revision)
	s.mux.ServeHTTP(answer, r)
	route := r.Pattern
	if route == "" {
		route = "none"
	}
	s.requests.Observe(route, r.Method, answer.code, time.Since(began))
	if answer.code >= http.StatusInternalServerError {
		s.Log.Error("request failed", "method", r.Method, "path", r.URL.Path, "code", answer.code)
	}
}

func (s *server) healthz(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if _, err := w.Write([]byte("ok\n")); err != nil {
		s.Log.Warn("health answer was cut off", "error", err)
	}
}

func (s *server) metrics(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", metrics.ContentType)
	if err := s.requests.Write(w); err != nil {
		s.Log.Warn("metrics answer was cut off", "error", err)
	}
}

// recorder remembers the status code of an answer.
type recorder struct {
	http.ResponseWriter
	code int
}

func (r *recorder) WriteHeader(code int) {
	r.code = code
	r.ResponseWriter.WriteHeader(code)
}

// Unwrap lets http.ResponseController reach the real writer.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
