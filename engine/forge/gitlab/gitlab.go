// Package gitlab reads GitLab's webhooks, of projects, groups and the system.
//
// GitLab proves itself in one of two ways: it sends the secret itself
// (X-Gitlab-Token), or signs as Standard Webhooks says (webhook-signature over
// id, timestamp and body), which then counts alone. The event is named in
// X-Gitlab-Event and again in the body's object_kind, which is more exact.
package gitlab

import (
	"crypto/hmac"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"andon/engine/forge/payload"
	"andon/flow/source"
)

// Reader reads what GitLab sends.
type Reader struct{}

var _ source.Reader = Reader{}

// Verify fits [source.Reader]. That an old signed delivery is not played again
// is left to the delivery's id, which is signed and counts once.
func (Reader) Verify(header http.Header, body []byte, secret string) error {
	signatures := header.Get("webhook-signature")
	if signatures == "" {
		return payload.CheckToken("X-Gitlab-Token", header.Get("X-Gitlab-Token"), secret)
	}
	if secret == "" {
		return payload.ErrNoSecret
	}
	id, at := header.Get("webhook-id"), header.Get("webhook-timestamp")
	if id == "" || at == "" {
		return errors.New("webhook-signature came without webhook-id and webhook-timestamp, which it covers")
	}
	want := payload.MAC(key(secret), []byte(id), []byte("."), []byte(at), []byte("."), body)
	for _, s := range strings.Fields(signatures) {
		version, text, _ := strings.Cut(s, ",")
		got, err := base64.StdEncoding.DecodeString(text)
		if version == "v1" && err == nil && hmac.Equal(got, want) {
			return nil
		}
	}
	return errors.New("webhook-signature does not fit the body; the signing tokens differ, or the body was changed on its way")
}

// key gives the bytes that a Standard Webhooks secret stands for: base64 after
// "whsec_", or the text itself.
func key(secret string) []byte {
	if text, ok := strings.CutPrefix(secret, "whsec_"); ok {
		if b, err := base64.StdEncoding.DecodeString(text); err == nil && len(b) > 0 {
			return b
		}
	}
	return []byte(secret)
}

// Identify fits [source.Reader]. webhook-id and Idempotency-Key are the same in
// all tries of one delivery. X-Gitlab-Event-UUID is shared by the deliveries
// that one event led to, so the body's digest tells those apart.
func (Reader) Identify(header http.Header, body []byte) (event, id string) {
	event = header.Get("X-Gitlab-Event")
	uuid := header.Get("X-Gitlab-Event-UUID")
	if uuid != "" {
		const enough = 16
		uuid += "." + payload.Digest(body)[:enough]
	}
	return event, payload.ID(body, header.Get("webhook-id"), header.Get("Idempotency-Key"), uuid)
}

// Read fits [source.Reader].
func (Reader) Read(event string, body []byte) ([]source.Sighting, error) {
	var h head
	if err := payload.Decode(body, &h); err != nil {
		return nil, err
	}
	kind := h.Kind
	if kind == "" {
		kind = h.EventName // hooks of the whole system
	}
	if kind == "" {
		return nil, errors.New("object_kind: is missing or empty")
	}
	read, ok := readers[kind]
	if !ok {
		return nil, source.Ignore("The event %q of GitLab (%s) is of no use here.", event, clip(kind))
	}
	s, err := read(body)
	if err != nil {
		return nil, err
	}
	return []source.Sighting{s}, nil
}

var readers = map[string]func([]byte) (source.Sighting, error){
	"push":          push,
	"tag_push":      push,
	"merge_request": mergeRequest,
	"issue":         issue,
	"pipeline":      pipeline,
	"deployment":    deployment,
	"release":       release,
}

type head struct {
	Kind      string `json:"object_kind"`
	EventName string `json:"event_name"`
}

// common is what most payloads share.
type common struct {
	Project struct {
		Path string `json:"path_with_namespace"`
		URL  string `json:"web_url"`
	} `json:"project"`
	User struct {
		Username string `json:"username"`
		Name     string `json:"name"`
	} `json:"user"`
}

func (c common) actor() string {
	if c.User.Username != "" {
		return c.User.Username
	}
	return c.User.Name
}

func (c common) sighting(at payload.Moment, body source.Body) source.Sighting {
	return source.Sighting{Repo: c.Project.Path, At: at.Time, Actor: c.actor(), Body: body}
}

// under gives a page of the project, where the payload names none.
func (c common) under(format string, args ...any) string {
	if c.Project.URL == "" {
		return ""
	}
	return c.Project.URL + fmt.Sprintf(format, args...)
}

func clip(text string) string {
	const most = 60
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}
