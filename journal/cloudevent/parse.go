package cloudevent

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"andon/journal"
)

// MostInBatch is how many events one batch may hold.
const MostInBatch = 1000

// Invalid says that a body holds no valid events, and all that is wrong.
type Invalid struct {
	// Index is the place of the event in its batch, from 0; -1 when the body
	// is not a batch or cannot be read as one.
	Index    int       `json:"index"`
	Problems []Problem `json:"problems"`
}

func (i *Invalid) Error() string {
	var all []string
	for _, p := range i.Problems {
		all = append(all, strings.TrimSpace(p.Path+" "+p.Text))
	}
	text := strings.Join(all, "; ")
	if i.Index >= 0 {
		return fmt.Sprintf("event %d of the batch: %s", i.Index+1, text)
	}
	return text
}

func invalid(path, format string, args ...any) *Invalid {
	return &Invalid{-1, []Problem{{path, fmt.Sprintf(format, args...)}}}
}

// Parse reads what a tool sent. The form is told by the headers. Any error is
// an [*Invalid]; then no event is given.
func Parse(header http.Header, body []byte) ([]Event, error) {
	if !utf8.Valid(body) {
		return nil, invalid("body", "is not UTF-8")
	}
	media, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		return nil, invalid("Content-Type", "is %s; use %s, %s or %s", quote(header.Get("Content-Type")), StructuredType, BatchType, documentType)
	}
	switch {
	case media == BatchType:
		return parseBatch(body)
	case media == StructuredType:
		return one(parseStructured(body))
	case media != documentType && !strings.HasSuffix(media, "+json"):
		return nil, invalid("Content-Type", "is %s; use %s, %s or %s", quote(media), StructuredType, BatchType, documentType)
	case inBinaryForm(header):
		return one(parseBinary(header, body))
	}
	return one(parseDocument(body))
}

func one(e Event, err error) ([]Event, error) {
	if err != nil {
		return nil, err
	}
	return []Event{e}, nil
}

func parseBatch(body []byte) ([]Event, error) {
	var envelopes []json.RawMessage
	if err := json.Unmarshal(body, &envelopes); err != nil {
		return nil, invalid("body", "is not a JSON array of CloudEvents: %v", err)
	}
	if len(envelopes) > MostInBatch {
		return nil, invalid("body", "holds %d events; send at most %d at once", len(envelopes), MostInBatch)
	}
	events := make([]Event, 0, len(envelopes))
	for i, text := range envelopes {
		e, err := parseStructured(text)
		if wrong, ok := errors.AsType[*Invalid](err); ok {
			return nil, &Invalid{i, wrong.Problems}
		}
		events = append(events, e)
	}
	return events, nil
}

// parseStructured reads one envelope. Its attributes must say what the
// document in it says.
func parseStructured(body []byte) (Event, error) {
	values, err := decode(body)
	if err != nil {
		return Event{}, invalid("body", "is not a CloudEvent in JSON: %v", err)
	}
	var found []Problem
	report := func(path, format string, args ...any) {
		found = append(found, Problem{path, fmt.Sprintf(format, args...)})
	}
	envelopeRule.check("", values, report)
	if len(found) > 0 {
		return Event{}, &Invalid{-1, found}
	}
	document, err := dataOf(values)
	if err != nil {
		return Event{}, err
	}
	e, err := eventOf(document)
	if err != nil {
		return e, err
	}
	return e, e.agrees(func(name string) (string, bool) {
		s, ok := values[name].(string)
		return s, ok
	}, "")
}

var envelopeRule = object{open: true, fields: []field{
	need("specversion", text{of: []string{SpecVersion}}), need("id", word), need("source", ref), need("type", word),
	may("subject", word), may("time", text{form: moment}), may("datacontenttype", word),
	may("dataschema", text{filled: true, form: absolute}), may("data_base64", anyText),
}}

// dataOf gives the document inside an envelope.
func dataOf(values map[string]any) (map[string]any, error) {
	if data, ok := values["data"]; ok {
		document, ok := data.(map[string]any)
		if !ok {
			return nil, invalid("data", "is %s; it must be a CDEvents document, an object", kindOf(data))
		}
		return document, nil
	}
	encoded, ok := values["data_base64"].(string)
	if !ok {
		return nil, invalid("data", "is missing; it must be a CDEvents document")
	}
	plain, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || !utf8.Valid(plain) {
		return nil, invalid("data_base64", "is not base64 of UTF-8 text")
	}
	document, err := decode(plain)
	if err != nil {
		return nil, invalid("data_base64", "is not a CDEvents document in JSON: %v", err)
	}
	return document, nil
}

func inBinaryForm(header http.Header) bool {
	for name := range header {
		if strings.HasPrefix(name, headerPrefix) {
			return true
		}
	}
	return false
}

func parseBinary(header http.Header, body []byte) (Event, error) {
	values := map[string]any{}
	for name := range header {
		attribute, ok := strings.CutPrefix(name, headerPrefix)
		if !ok {
			continue
		}
		value, err := percentDecode(header.Get(name))
		if err != nil || !utf8.ValidString(value) {
			return Event{}, invalid(strings.ToLower(name), "is not percent-encoded UTF-8")
		}
		values[strings.ToLower(attribute)] = value
	}
	var found []Problem
	envelopeRule.check("", values, func(path, format string, args ...any) {
		found = append(found, Problem{strings.ToLower(headerPrefix) + path, fmt.Sprintf(format, args...)})
	})
	if len(found) > 0 {
		return Event{}, &Invalid{-1, found}
	}
	e, err := parseDocument(body)
	if err != nil {
		return e, err
	}
	return e, e.agrees(func(name string) (string, bool) {
		s, ok := values[name].(string)
		return s, ok
	}, strings.ToLower(headerPrefix))
}

// agrees holds the envelope's attributes against the document: CDEvents'
// CloudEvents binding copies them from it.
func (e Event) agrees(attribute func(name string) (string, bool), prefix string) error {
	var found []Problem
	for _, same := range []struct{ name, path, value string }{
		{"id", "context.id", e.ID}, {"source", "context.source", e.Source},
		{"type", "context.type", string(e.Type)}, {"subject", "subject.id", e.Subject},
	} {
		if said, there := attribute(same.name); there && said != same.value {
			found = append(found, Problem{prefix + same.name,
				fmt.Sprintf("is %s, but %s of the document is %s; they must be the same", quote(said), same.path, quote(same.value))})
		}
	}
	if len(found) > 0 {
		return &Invalid{-1, found}
	}
	return nil
}

func parseDocument(body []byte) (Event, error) {
	document, err := decode(body)
	if err != nil {
		return Event{}, invalid("body", "is not a CDEvents document in JSON: %v", err)
	}
	return eventOf(document)
}

// decode reads one JSON object. Numbers stay as they are written.
func decode(body []byte) (values map[string]any, err error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&values); err != nil {
		return nil, err
	}
	if values == nil {
		return nil, errors.New("it is null")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the object")
	}
	return values, nil
}

// eventOf checks a document and gives its event.
func eventOf(document map[string]any) (Event, error) {
	if found := check(document); len(found) > 0 {
		return Event{}, &Invalid{-1, found}
	}
	context, subject := document["context"].(map[string]any), document["subject"].(map[string]any)
	at, err := time.Parse(time.RFC3339Nano, strings.ToUpper(context["timestamp"].(string)))
	if err != nil {
		return Event{}, invalid("context.timestamp", "cannot be read: %v", err)
	}
	e := Event{ID: context["id"].(string), Source: context["source"].(string), Type: journal.Type(context["type"].(string)),
		Time: at.UTC(), Subject: subject["id"].(string), Content: journal.JSON(subject["content"]), Document: journal.JSON(document)}
	return e, e.storable()
}

// storable refuses names that could not be kept, looked up or shown.
func (e Event) storable() error {
	const longest = 2048
	type name struct{ path, value string }
	names := []name{{"context.id", e.ID}, {"context.source", e.Source}, {"context.type", string(e.Type)}, {"subject.id", e.Subject}}
	for _, ref := range e.About() {
		names = append(names, name{"subject.content names a " + string(ref.Kind) + " that", ref.ID})
	}
	for _, name := range names {
		switch {
		case len(name.value) > longest:
			return invalid(name.path, "has %d bytes; use at most %d", len(name.value), longest)
		case strings.ContainsFunc(name.value, unicode.IsControl):
			return invalid(name.path, "has control characters in it")
		}
	}
	return nil
}
