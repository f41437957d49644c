package api

import (
	"context"
	"errors"
	"net/http"
	"path"
	"reflect"
	"strings"
	"unicode"

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
	a.numbers()
	a.imports()
	a.subscriptions()
	a.webhooks()
	a.pipeline()
	a.delivery()
	a.incidents()
	a.postmortems()
	a.feedback()
	mux.HandleFunc("GET /v1/events", a.events)
	mux.HandleFunc("POST /v1/events", a.receive)
	mux.HandleFunc("GET /v1/runs/{id}/log", a.runLog)
	a.describeStreams()
	a.describeIntake()
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

// schemaName names a type by its package, too: floor.Card is FloorCard, and a
// list of them FloorCardList. A type without a name goes by its place.
func schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	switch {
	case t.Name() == "":
		return camel(hint)
	case t.PkgPath() == "":
		return t.Name()
	}
	if _, inner, generic := strings.Cut(strings.TrimSuffix(t.Name(), "]"), "["); generic {
		return qualified(path.Base(inner)) + "List"
	}
	return qualified(path.Base(t.PkgPath()) + "." + t.Name())
}

// qualified makes a name of "package.Type": this package's own types go
// without, and so does the type that a package is named for.
func qualified(name string) string {
	pkg, typ, _ := strings.Cut(name, ".")
	if pkg == "api" || strings.EqualFold(pkg, typ) {
		return camel(typ)
	}
	return camel(pkg + " " + typ)
}

// camel joins words to what the name of a schema may be: create-card is
// CreateCard.
func camel(words string) string {
	var out strings.Builder
	for _, w := range strings.FieldsFunc(words, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		out.WriteString(strings.ToUpper(w[:1]) + w[1:])
	}
	return out.String()
}

func init() {
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		p := problem(status, message)
		for _, e := range errs {
			if e != nil {
				field, text := told(e)
				p.Errors = append(p.Errors, text)
				p.Field = or(p.Field, field)
			}
		}
		if len(p.Errors) > 0 {
			p.Detail = message + ": " + strings.Join(p.Errors, "; ")
		}
		return p
	}
}

// told gives the part of a request that an error is about, and the error
// without the value that was sent: it is long, or nobody else's to see.
func told(err error) (field, text string) {
	d, ok := errors.AsType[*huma.ErrorDetail](err)
	if !ok {
		return "", err.Error()
	}
	_, field, _ = strings.Cut(d.Location, ".") // without "body" or "query"
	if field == "" {
		return "", d.Message
	}
	return field, field + ": " + d.Message
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// body is an answer of one JSON value.
type body[T any] struct{ Body T }

// listed is the JSON of several.
type listed[T any] struct {
	Items []T `json:"items"`
}

// list is an answer of several.
type list[T any] = body[listed[T]]

func listOf[T any](items []T) *list[T] {
	if items == nil {
		items = []T{}
	}
	return &list[T]{listed[T]{items}}
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
