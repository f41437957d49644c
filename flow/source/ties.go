package source

import "context"

// The things of forges that are tied to cards beside pull requests.
const (
	aTicket     = "ticket"
	aRun        = "run"
	aDeployment = "deployment"
)

// tie notes which cards a thing of the repository concerns, so that it is
// found by the card.
func (w *scribe) tie(ctx context.Context, thing, id string, cards []string) error {
	for _, c := range cards {
		if _, err := w.tx.Exec(ctx, `INSERT INTO forge_card (card, thing, source, repo, id) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
			c, thing, w.delivery.Source, w.sighting.Repo, id); err != nil {
			return err
		}
	}
	return nil
}

// Tied is what forges told of one card's work, the last changed first.
type Tied struct {
	Pulls       []Pull            `json:"pulls,omitempty"`
	Issues      []Issue           `json:"issues,omitempty"`
	Runs        []ForgeRun        `json:"runs,omitempty"`
	Deployments []ForgeDeployment `json:"deployments,omitempty"`
}

// Empty says that forges told nothing.
func (t Tied) Empty() bool {
	return len(t.Pulls)+len(t.Issues)+len(t.Runs)+len(t.Deployments) == 0
}

// OfCard gives what forges told of a card's work, of each kind at most so many.
func (s *Service) OfCard(ctx context.Context, card string, limit int) (Tied, error) {
	return s.All(ctx, Look{Card: card, Limit: limit})
}

// All gives everything that forges told, of each kind at most the limit.
func (s *Service) All(ctx context.Context, look Look) (t Tied, err error) {
	if t.Pulls, err = s.Pulls(ctx, look); err != nil {
		return t, err
	}
	if t.Issues, err = s.Issues(ctx, look); err != nil {
		return t, err
	}
	if t.Runs, err = s.Runs(ctx, look); err != nil {
		return t, err
	}
	t.Deployments, err = s.Deployments(ctx, look)
	return t, err
}
