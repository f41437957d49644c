package web

import (
	"context"
	"fmt"

	"andon/flow/outlook"
)

// risks are how likely the cards in progress are to miss the line's
// expectation, by key, as far as the history tells.
func (s *site) risks(ctx context.Context, line string) (map[string]outlook.CardRisk, error) {
	ageing, err := s.Outlook.Ageing(ctx, line)
	if err != nil {
		return nil, err
	}
	risks := map[string]outlook.CardRisk{}
	for _, c := range ageing.Cards {
		risks[c.Card] = c
	}
	return risks, nil
}

// riskWord is short enough for a card of the floor.
func riskWord(r outlook.CardRisk) string {
	if !r.Known {
		return ""
	}
	return fmt.Sprintf("risk %.0f %%", 100*r.P)
}

// riskWords tell the interval as well.
func riskWords(r outlook.CardRisk) string {
	if !r.Known {
		return ""
	}
	return fmt.Sprintf("%.0f %% likely (%.0f to %.0f %%)", 100*r.P, 100*r.Low, 100*r.High)
}
