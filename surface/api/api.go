package api

import (
	"context"
	"errors"
	"net/http"
	"path"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"andon/journal"
)

// New gives the handler of /v1/… and /openapi.json. Who may use it is decided
// before; the actor is taken from the request's context.
func New(s Services, version string) http.Handler {
	_, mux := build(s, version)
	return idempotent(s.Ledger, plainly(mux))
}

// build makes the operations and their description.
func build(s Services, version string) (*api, *http.ServeMux) {
	mux := http.NewServeMux()
	a := &api{Services: s}
	a.API = humago.New(mux, config(version))
	a.floor()
	a.pipeline()
	a.delivery()
	a.incidents()
	a.postmortems()
	a.feedback()
	mux.HandleFunc("GET /v1/events", a.events)
	mux.HandleFunc("GET /v1/runs/{id}/log", a.runLog)
	a.describeStreams()
	return a, mux
}

type api struct {
	huma.API
	Services
}

func config(version string) huma.Config {
	c := huma.DefaultConfig("Andon", version)
	c.DocsPath, c.SchemasPath, c.CreateHooks = "", "", nil
	c.OpenAPI.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	c.Info.Description = "A software team's delivery line: floor, pipelines, deployments, incidents, postmortems and the journal."
	c.OpenAPI.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer"}}
	c.Tags = tags
	c.Security = []map[string][]string{{"token": {}}}
	c.RejectUnknownQueryParameters = true
	return c
}

// schemaName names a type by its package, too: floor.Card is FloorCard.
func schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Name() == "" {
		return hint
	}
	pkg := path.Base(t.PkgPath())
	if pkg == "." || pkg == "api" {
		pkg = ""
	}
	name := strings.Map(func(r rune) rune {
		if r == '[' || r == ']' || r == '/' || r == '.' || r == '*' {
			return -1
		}
		return r
	}, t.Name())
	if pkg == "" {
		return strings.ToUpper(name[:1]) + name[1:]
	}
	return strings.ToUpper(pkg[:1]) + pkg[1:] + name
}

func init() {
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		p := problem(status, message)
		for _, e := range errs {
			if e != nil {
				p.Errors = append(p.Errors, e.Error())
				p.Field = or(p.Field, fieldOf(e))
			}
		}
		if len(p.Errors) > 0 {
			p.Detail = message + ": " + strings.Join(p.Errors, "; ")
		}
		return p
	}
}

// fieldOf names the part of a request that an error is about.
func fieldOf(err error) string {
	if d, ok := errors.AsType[*huma.ErrorDetail](err); ok {
		return strings.TrimPrefix(d.Location, "body.")
	}
	return ""
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// body is an answer of one JSON value.
type body[T any] struct{ Body T }

// list is an answer of several.
type list[T any] struct {
	Body struct {
		Items []T `json:"items"`
	}
}

func listOf[T any](items []T) *list[T] {
	l := &list[T]{}
	l.Body.Items = items
	if items == nil {
		l.Body.Items = []T{}
	}
	return l
}

// operation registers an operation and translates its errors.
func operation[I, O any](a *api, method, route, id, tag, summary string, do func(context.Context, *I) (*O, error)) {
	huma.Register(a.API, huma.Operation{Method: method, Path: route, OperationID: id, Summary: summary, Tags: []string{tag},
		Parameters: headersOf(method), Errors: errorsOf(method)},
		func(ctx context.Context, in *I) (*O, error) {
			out, err := do(ctx, in)
			if err != nil {
				return nil, problemOf(err)
			}
			return out, nil
		})
}

func actor(ctx context.Context) string { return journal.ActorOf(ctx) }

type none struct{}

// ByID names a thing by its id.
type ByID struct {
	ID string `path:"id"`
}

// Limited bounds a list.
type Limited struct {
	Limit int `query:"limit" minimum:"1" maximum:"1000" default:"50"`
}
