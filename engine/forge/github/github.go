// Package github reads GitHub's webhooks.
//
// GitHub signs each body with HMAC-SHA256 (X-Hub-Signature-256), names the event
// in X-GitHub-Event and the delivery in X-GitHub-Delivery. A redelivery has the
// id of the first. Bodies come as JSON or, when the webhook was set up with
// "application/x-www-form-urlencoded", as a form whose field payload is JSON.
package github

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"andon/engine/forge/payload"
	"andon/flow/source"
)

// Reader reads what GitHub sends.
type Reader struct{}

var _ source.Reader = Reader{}

const signed = "X-Hub-Signature-256"

// Verify fits [source.Reader]. The older SHA-1 signature alone proves nothing.
func (Reader) Verify(header http.Header, body []byte, secret string) error {
	signature := header.Get(signed)
	if signature == "" && secret != "" && header.Get("X-Hub-Signature") != "" {
		return fmt.Errorf("only X-Hub-Signature (SHA-1) came, which is too weak; the forge must send %s", signed)
	}
	digits, ok := strings.CutPrefix(signature, "sha256=")
	if signature != "" && !ok {
		return fmt.Errorf("the header %s must begin with sha256=", signed)
	}
	return payload.CheckHex(signed, digits, body, secret)
}

// Identify fits [source.Reader].
func (Reader) Identify(header http.Header, body []byte) (event, id string) {
	return header.Get("X-GitHub-Event"), payload.ID(body, header.Get("X-GitHub-Delivery"))
}

// Read fits [source.Reader].
func (Reader) Read(event string, body []byte) ([]source.Sighting, error) {
	read, ok := readers[event]
	if !ok {
		return nil, source.Ignore("The event %q of GitHub is of no use here.", event)
	}
	body, err := unwrap(body)
	if err != nil {
		return nil, err
	}
	s, err := read(body)
	if err != nil {
		return nil, err
	}
	return []source.Sighting{s}, nil
}

var readers = map[string]func([]byte) (source.Sighting, error){
	"ping":                ping,
	"push":                push,
	"pull_request":        pullRequest,
	"pull_request_review": review,
	"issues":              issues,
	"workflow_run":        workflowRun,
	"deployment":          deployment,
	"deployment_status":   deploymentStatus,
	"release":             release,
}

func ping([]byte) (source.Sighting, error) {
	return source.Sighting{}, source.Ignore("GitHub asks whether anybody is here: the webhook is set up.")
}

// unwrap gives the JSON of a body that may be a form.
func unwrap(body []byte) ([]byte, error) {
	if !bytes.HasPrefix(body, []byte("payload=")) {
		return body, nil
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, errors.New("the body is a form that cannot be read; set the webhook's content type to application/json")
	}
	return []byte(form.Get("payload")), nil
}

// common is what all payloads share.
type common struct {
	Action     string `json:"action"`
	Repository struct {
		FullName string `json:"full_name"`
	} `json:"repository"`
	Sender login `json:"sender"`
}

type login struct {
	Login string `json:"login"`
}

func (c common) sighting(at payload.Moment, body source.Body) source.Sighting {
	return source.Sighting{Repo: c.Repository.FullName, At: at.Time, Actor: c.Sender.Login, Body: body}
}

func (c common) ignore(what string) error {
	return source.Ignore("%s that was %s tells nothing of use here.", what, strings.ReplaceAll(c.Action, "_", " "))
}
