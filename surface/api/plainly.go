package api

import (
	"fmt"
	"net/http"
)

// plainly answers what no operation serves, an unknown path or a method that
// the path does not have, as a problem like any other.
func plainly(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		unserved, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		said := &muted{header: w.Header(), status: http.StatusOK}
		unserved.ServeHTTP(said, r)
		w.Header().Del("Content-Length")
		switch said.status {
		case http.StatusMethodNotAllowed:
			writeProblem(w, problem(said.status, fmt.Sprintf("%s does not take %s; it takes %s", r.URL.Path, r.Method, w.Header().Get("Allow"))))
		case http.StatusNotFound:
			writeProblem(w, problem(said.status, fmt.Sprintf("there is nothing at %s; /openapi.json lists what there is", r.URL.Path)))
		default: // a redirect to the path's clean form
			w.WriteHeader(said.status)
		}
	})
}

// muted lets a handler say its status and headers, and nothing more.
type muted struct {
	header http.Header
	status int
}

func (m *muted) Header() http.Header         { return m.header }
func (m *muted) WriteHeader(status int)      { m.status = status }
func (m *muted) Write(b []byte) (int, error) { return len(b), nil }
