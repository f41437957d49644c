package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"andon/engine/forge/gitea"
	"andon/engine/forge/github"
	"andon/engine/forge/gitlab"
	"andon/flow/floor"
	"andon/flow/source"
	"andon/surface/api"
)

// forges are those whose webhooks are understood.
func forges() map[string]source.Reader {
	return map[string]source.Reader{"github": github.Reader{}, "gitlab": gitlab.Reader{}, "gitea": gitea.Reader{}}
}

func (a *App) newSources() *source.Service {
	return source.NewService(source.Options{Ledger: a.ledger, Readers: forges(), Secrets: hookSecrets{a.cfg.in("hooks")}, Cards: floor.Forge{}})
}

// hookSecrets keeps the secrets that forges sign with, one file for each,
// readable by nobody else.
type hookSecrets struct{ dir string }

var _ api.Hooks = hookSecrets{}

func (h hookSecrets) file(forge string) string { return h.dir + string(os.PathSeparator) + forge }

// Secret gives a forge's secret, "" when there is none.
func (h hookSecrets) Secret(_ context.Context, forge string) (string, error) {
	if _, known := forges()[forge]; !known {
		return "", nil
	}
	text, err := os.ReadFile(h.file(forge))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return strings.TrimSpace(string(text)), err
}

// Share gives a forge's secret, and makes one where there is none or anew.
func (h hookSecrets) Share(ctx context.Context, forge string, anew bool) (string, error) {
	if _, known := forges()[forge]; !known {
		return "", &floor.Missing{What: "forge", Name: forge, Hint: "there are " + strings.Join(h.Forges(), ", ")}
	}
	secret, err := h.Secret(ctx, forge)
	if err != nil || secret != "" && !anew {
		return secret, err
	}
	if err := os.MkdirAll(h.dir, 0o700); err != nil {
		return "", fmt.Errorf("keep the secret of %s: %w", forge, err)
	}
	secret = strings.ToLower(rand.Text())
	return secret, os.WriteFile(h.file(forge), []byte(secret+"\n"), 0o600)
}

// Forges lists the forges that can be heard.
func (h hookSecrets) Forges() (names []string) {
	for name := range forges() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

const (
	// bodiesKept is how long a delivery can be replayed.
	bodiesKept = 30 * 24 * time.Hour
	// answersKept is how long a repeated request gets its first answer.
	answersKept = 7 * 24 * time.Hour
	trimEvery   = time.Hour
)

// forget drops what nobody will ask for any more: the bodies of old deliveries
// and the answers to requests that nobody repeats after days.
func (a *App) forget(ctx context.Context) {
	tick := time.NewTicker(trimEvery)
	defer tick.Stop()
	for {
		if _, err := a.sources.Trim(ctx, a.ledger.Now().Add(-bodiesKept)); err != nil && ctx.Err() == nil {
			slog.Warn("old deliveries could not be trimmed, trying again", "error", err)
		}
		if _, err := a.ledger.ForgetAnswers(ctx, a.ledger.Now().Add(-answersKept)); err != nil && ctx.Err() == nil {
			slog.Warn("old answers could not be forgotten, trying again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// before puts the webhooks before the guard: a forge proves by its signature
// who it is, and calls by whatever name leads here.
func before(hooks, guarded http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, api.HooksPath) {
			hooks.ServeHTTP(w, r)
			return
		}
		guarded.ServeHTTP(w, r)
	})
}
