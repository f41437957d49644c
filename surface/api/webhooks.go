package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"andon/flow/source"
)

// HooksPath begins the addresses that forges send to: /hooks/github.
const HooksPath = "/hooks/"

// Hooks keeps the secrets that forges sign with.
type Hooks interface {
	Forges() []string
	Secret(ctx context.Context, forge string) (string, error)
	// Share gives a forge's secret, and makes one where there is none or anew.
	Share(ctx context.Context, forge string, anew bool) (string, error)
}

// Webhooks takes deliveries of forges in. It needs no token: each delivery
// proves by its signature who sent it.
func Webhooks(s *source.Service) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		forge := strings.TrimPrefix(r.URL.Path, HooksPath)
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			writeProblem(w, problem(http.StatusMethodNotAllowed, "a forge sends its deliveries here with POST"))
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, source.Largest+1))
		if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
			body = make([]byte, source.Largest+1) // the service says so in its own words
		} else if err != nil {
			writeProblem(w, problem(http.StatusBadRequest, "the delivery could not be read: "+err.Error()))
			return
		}
		receipt, err := s.Receive(r.Context(), source.Delivery{Source: forge, Header: r.Header, Body: body})
		if refused, ok := errors.AsType[*source.Refused](err); ok {
			status := map[source.Refusal]int{source.UnknownSource: http.StatusNotFound, source.NotSigned: http.StatusUnauthorized,
				source.TooLarge: http.StatusRequestEntityTooLarge}[refused.Why]
			writeProblem(w, problem(status, refused.Text))
			return
		}
		if err != nil {
			writeProblem(w, problemOf(err))
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if receipt.Outcome == source.Rejected { // the forge then lists it among those that failed
			w.WriteHeader(http.StatusUnprocessableEntity)
		}
		_ = json.NewEncoder(w).Encode(receipt)
	})
}

// Hook is one forge that can be heard.
type Hook struct {
	Forge string `json:"forge"`
	Path  string `json:"path" doc:"Where it sends, on this Andon's address"`
	// Heard says that there is a secret to check its signatures with.
	Heard bool `json:"heard"`
}

// Shared is the secret of a hook.
type Shared struct {
	Hook
	Secret string `json:"secret" doc:"To be given to the forge"`
}

// ByForge names a forge.
type ByForge struct {
	Forge string `path:"forge" doc:"github, gitlab or gitea"`
}

func (a *api) webhooks() {
	const tag = "journal"
	operation(a, http.MethodGet, "/v1/hooks", "list-hooks", tag, "List the forges that can be heard",
		func(ctx context.Context, _ *none) (*list[Hook], error) {
			var hooks []Hook
			for _, forge := range a.Hooks.Forges() {
				secret, err := a.Hooks.Secret(ctx, forge)
				if err != nil {
					return nil, err
				}
				hooks = append(hooks, Hook{forge, HooksPath + forge, secret != ""})
			}
			return listOf(hooks), nil
		})
	operation(a, http.MethodPost, "/v1/hooks/{forge}/secret", "share-hook-secret", tag, "Give the secret that a forge must sign with, and make one where there is none",
		func(ctx context.Context, in *struct {
			ByForge
			Body struct {
				Anew bool `json:"anew,omitempty" doc:"Make a new one; what is signed with the old one is refused from then on"`
			}
		}) (*body[Shared], error) {
			secret, err := a.Hooks.Share(ctx, in.Forge, in.Body.Anew)
			return &body[Shared]{Shared{Hook{in.Forge, HooksPath + in.Forge, true}, secret}}, err
		})
	operation(a, http.MethodGet, "/v1/deliveries", "list-deliveries", tag, "List what forges delivered, the newest first",
		func(ctx context.Context, in *struct {
			Limited
			Forge   string `query:"forge"`
			Outcome string `query:"outcome" enum:"accepted,ignored,refused"`
		}) (*list[source.Kept], error) {
			kept, err := a.Sources.List(ctx, source.Filter{Source: in.Forge, Outcome: source.Outcome(in.Outcome), Limit: in.Limit})
			return listOf(kept), err
		})
	operation(a, http.MethodPost, "/v1/deliveries/{forge}/{id}/replay", "replay-delivery", tag, "Run a kept delivery again; what it did already stays as it is",
		func(ctx context.Context, in *struct {
			ByForge
			ByID
		}) (*body[source.Receipt], error) {
			r, err := a.Sources.Replay(ctx, in.Forge+"/"+in.ID)
			return &body[source.Receipt]{r}, err
		})
	operation(a, http.MethodGet, "/v1/pulls", "list-pulls", tag, "List pull requests that forges told of, the last changed first",
		func(ctx context.Context, in *struct {
			Limited
			State     string `query:"state" enum:"open,merged,closed"`
			Untracked bool   `query:"untracked" doc:"Only those that name no card"`
		}) (*list[source.Pull], error) {
			pulls, err := a.Sources.Pulls(ctx, source.Look{State: in.State, Untracked: in.Untracked, Limit: in.Limit})
			return listOf(pulls), err
		})
}
