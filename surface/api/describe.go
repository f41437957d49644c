package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"andon/surface/access"
)

// Document is the description of the API in OpenAPI 3.1, as JSON, without
// anything behind it: the one that is served at /openapi.json.
func Document(version string) ([]byte, error) {
	a, _ := build(Services{}, version)
	text, err := json.Marshal(a.OpenAPI())
	if err != nil {
		return nil, fmt.Errorf("describe the API: %w", err)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, text, "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// tags are the groups of operations, in the order of reading.
var tags = []*huma.Tag{
	{Name: "status", Description: "What this Andon is and looks after"},
	{Name: "floor", Description: "Lines, stations and cards: pull under limits, block, swarm, stop a station by its cord"},
	{Name: "numbers", Description: "How work flowed, what is late, what lies ahead, and what a change of the line would do"},
	{Name: "pipeline", Description: "Runs of workflows and their logs"},
	{Name: "delivery", Description: "Releases, places and deployments: promote, pause, take back"},
	{Name: "feedback", Description: "Objectives and what is left of their error budgets"},
	{Name: "incidents", Description: "What users meet, from the first sign to its end"},
	{Name: "postmortems", Description: "What an incident taught, and the actions that follow from it"},
	{Name: "journal", Description: "Everything that happened, as CDEvents, in one order"},
}

// errorsOf lists the statuses of the problems that an operation answers with,
// besides 500: nobody asked, another site asked, the thing is not there, it
// may not be now, the request is wrong.
func errorsOf(method string) []int {
	if method == http.MethodGet {
		return []int{http.StatusUnauthorized, http.StatusNotFound, http.StatusMisdirectedRequest, http.StatusUnprocessableEntity}
	}
	return []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict,
		http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusMisdirectedRequest, http.StatusUnprocessableEntity}
}

// headersOf are the headers that every operation of a method understands.
func headersOf(method string) []*huma.Param {
	if method == http.MethodGet {
		return nil
	}
	longest, actor := maxKey, access.MaxActor
	return []*huma.Param{
		{Name: KeyHeader, In: "header", Description: "Names this write. A repetition with the same key and content gets the first answer, and nothing is done twice",
			Schema: &huma.Schema{Type: "string", MaxLength: &longest}},
		{Name: access.ActorHeader, In: "header", Description: "The person whom a program acts for; empty: whoever runs Andon",
			Schema: &huma.Schema{Type: "string", MaxLength: &actor}},
	}
}

// describeStreams adds the two streams to the description; they are plain
// handlers, for a stream has no body to describe.
func (a *api) describeStreams() {
	text := &huma.MediaType{Schema: &huma.Schema{Type: "string"}}
	documents := a.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[documents](), true, "Documents")
	a.describe("/v1/events", "list-events", "journal", "The journal as CDEvents; live with Accept: text/event-stream",
		map[string]*huma.MediaType{"application/json": {Schema: documents}, "text/event-stream": text},
		query("after", "Only facts after this position in the journal; the header Last-Event-ID goes before it",
			&huma.Schema{Type: "integer", Format: "int64", Minimum: new(float64)}),
		query("limit", "At most so many; a live stream has no limit", between(1, 1000)),
		query("about", "Only facts about a thing, as in card:SHOP-7; repeatable", &huma.Schema{Type: "array", Items: &huma.Schema{Type: "string"}}),
		query("newest", "The newest first", &huma.Schema{Type: "boolean"}))
	a.describe("/v1/runs/{id}/log", "get-run-log", "pipeline", "A run's log as text",
		map[string]*huma.MediaType{"text/plain": text},
		&huma.Param{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: "string"}},
		query("job", "Only this job", &huma.Schema{Type: "string"}),
		query("follow", "Go on until the run ends", &huma.Schema{Type: "boolean"}))
}

func query(name, about string, s *huma.Schema) *huma.Param {
	explode := true
	return &huma.Param{Name: name, In: "query", Description: about, Schema: s, Explode: &explode}
}

func between(low, high float64) *huma.Schema {
	return &huma.Schema{Type: "integer", Minimum: &low, Maximum: &high}
}

func (a *api) describe(path, id, tag, summary string, content map[string]*huma.MediaType, params ...*huma.Param) {
	wrong := a.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	responses := map[string]*huma.Response{"200": {Description: http.StatusText(http.StatusOK), Content: content}}
	for _, status := range append(errorsOf(http.MethodGet), http.StatusInternalServerError) {
		responses[strconv.Itoa(status)] = &huma.Response{Description: http.StatusText(status),
			Content: map[string]*huma.MediaType{problemType: {Schema: wrong}}}
	}
	a.OpenAPI().AddOperation(&huma.Operation{Method: http.MethodGet, Path: path, OperationID: id, Tags: []string{tag},
		Summary: summary, Parameters: params, Responses: responses})
}
