package cli

import (
	"context"
	"net/http"
	"net/url"

	"andon/flow/floor"
	"andon/surface/api"
)

// desk is the floor of a running Andon, as agents use it.
type desk struct{ *client }

func (d desk) Lines(ctx context.Context) ([]floor.Line, error) {
	lines, err := get[items[floor.Line]](ctx, d.client, "/v1/lines")
	return lines.Items, err
}

func (d desk) Floor(ctx context.Context, line string) (floor.Floor, error) {
	f, err := get[api.FloorView](ctx, d.client, "/v1/lines/"+url.PathEscape(line))
	return floor.Floor{Line: f.Line, Cards: f.Cards, Head: f.Head}, err
}

func (d desk) Card(ctx context.Context, key string) (floor.Card, error) {
	return get[floor.Card](ctx, d.client, cardPath(key))
}

func (d desk) card(ctx context.Context, method, path string, body any) (floor.Card, error) {
	return call[floor.Card](ctx, d.client, method, path, body)
}

func (d desk) Pull(ctx context.Context, p floor.Pull) (floor.Card, error) {
	return d.card(ctx, http.MethodPost, "/v1/pull", map[string]string{"line": p.Line, "card": p.Card, "to": p.To})
}

func (d desk) Move(ctx context.Context, m floor.Move) (floor.Card, error) {
	return d.card(ctx, http.MethodPost, cardPath(m.Card, "move"), map[string]string{"to": m.To, "before": m.Before})
}

func (d desk) Block(ctx context.Context, key, reason, _ string) (floor.Card, error) {
	return d.card(ctx, http.MethodPost, cardPath(key, "block"), map[string]string{"reason": reason})
}

func (d desk) Unblock(ctx context.Context, key string) (floor.Card, error) {
	return d.card(ctx, http.MethodPost, cardPath(key, "unblock"), nil)
}

func (d desk) Finish(ctx context.Context, key, _ string) (floor.Card, error) {
	return d.card(ctx, http.MethodPost, cardPath(key, "finish"), nil)
}

func (d desk) Help(ctx context.Context, key, person string) (floor.Card, error) {
	return d.card(ctx, http.MethodPost, cardPath(key, "help"), map[string]string{"person": person})
}

func (d desk) Swarm(ctx context.Context, line, station string) ([]floor.Need, error) {
	needs, err := get[items[floor.Need]](ctx, d.client, "/v1/lines/"+url.PathEscape(line)+"/swarm?station="+url.QueryEscape(station))
	return needs.Items, err
}

func (d desk) Explain(ctx context.Context, key, to string) (*floor.Refusal, error) {
	p, err := get[api.Permission](ctx, d.client, cardPath(key, "move")+"?to="+url.QueryEscape(to))
	return p.Refusal, err
}
