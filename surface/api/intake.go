package api

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"andon/journal/cloudevent"
	"andon/journal/intake"
)

// maxEvents is the most that one request may bring.
const maxEvents = 8 << 20

// receipts say what became of each event.
type receipts struct {
	Items []intake.Receipt `json:"items"`
}

// receive takes events of other systems into the journal: CDEvents documents,
// bare or in CloudEvents' structured, batched or binary form.
func (a *api) receive(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxEvents))
	if err != nil {
		status := http.StatusBadRequest
		if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
			status = http.StatusRequestEntityTooLarge
		}
		writeProblem(w, problem(status, "the events could not be read: "+err.Error()))
		return
	}
	events, err := cloudevent.Parse(r.Header, body)
	if err != nil {
		writeProblem(w, problem(http.StatusUnprocessableEntity, err.Error()))
		return
	}
	taken, err := a.Intake.Receive(r.Context(), events)
	if err != nil {
		writeProblem(w, problemOf(err))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	_ = json.NewEncoder(w).Encode(receipts{taken})
}

// describeIntake adds the reception to the description; it is a plain handler,
// because the form of a body is in its headers.
func (a *api) describeIntake() {
	anything := &huma.MediaType{Schema: &huma.Schema{}}
	taken := a.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[receipts](), true, "Receipts")
	wrong := a.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	responses := map[string]*huma.Response{strconv.Itoa(http.StatusAccepted): {Description: "What became of each event",
		Content: map[string]*huma.MediaType{"application/json": {Schema: taken}}}}
	for _, status := range append(errorsOf(http.MethodPost), http.StatusInternalServerError) {
		responses[strconv.Itoa(status)] = &huma.Response{Description: http.StatusText(status),
			Content: map[string]*huma.MediaType{problemType: {Schema: wrong}}}
	}
	a.OpenAPI().AddOperation(&huma.Operation{Method: http.MethodPost, Path: "/v1/events", OperationID: "send-events", Tags: []string{"journal"},
		Summary: "Take events of other systems in, each once: CDEvents, bare or as CloudEvents", Parameters: headersOf(http.MethodPost), Responses: responses,
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{cloudevent.StructuredType: anything,
			cloudevent.BatchType: anything, "application/json": anything}}})
}
