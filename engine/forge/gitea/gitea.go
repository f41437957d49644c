// Package gitea reads the webhooks of Gitea, and of Forgejo, which sends the
// same headers.
//
// Gitea signs each body with HMAC-SHA256 (X-Gitea-Signature), names the event in
// X-Gitea-Event and the delivery in X-Gitea-Delivery. Its payloads resemble
// GitHub's and differ where it matters: other actions, other reviews, a merge
// commit only after the merge, and "[WIP]" in a title instead of drafts.
package gitea

import (
	"net/http"
	"strings"

	"andon/engine/forge/payload"
	"andon/flow/source"
)

// Reader reads what Gitea and Forgejo send.
type Reader struct{}

var _ source.Reader = Reader{}

const signed = "X-Gitea-Signature"

// Verify fits [source.Reader].
func (Reader) Verify(header http.Header, body []byte, secret string) error {
	return payload.CheckHex(signed, header.Get(signed), body, secret)
}

// Identify fits [source.Reader].
func (Reader) Identify(header http.Header, body []byte) (event, id string) {
	return header.Get("X-Gitea-Event"), payload.ID(body, header.Get("X-Gitea-Delivery"))
}

// Read fits [source.Reader].
func (Reader) Read(event string, body []byte) ([]source.Sighting, error) {
	read, ok := readers[event]
	if !ok {
		return nil, source.Ignore("The event %q of Gitea is of no use here.", event)
	}
	s, err := read(body)
	if err != nil {
		return nil, err
	}
	return []source.Sighting{s}, nil
}

var readers = map[string]func([]byte) (source.Sighting, error){
	"push":                  push,
	"pull_request":          pullRequest,
	"pull_request_sync":     pullRequest,
	"pull_request_approved": review,
	"pull_request_rejected": review,
	"pull_request_comment":  review,
	"issues":                issues,
	"issue_label":           issues,
	"release":               release,
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
