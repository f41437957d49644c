package app

import (
	"context"
	"fmt"
	"os"
	"strings"

	"andon/engine/forge/status"
	"andon/flow/floor"
	"andon/flow/source"
)

// posters are the forges that Andon may tell, by the tokens in its
// environment: ANDON_GITHUB_TOKEN, and ANDON_GITHUB_URL for one's own.
func posters() (map[string]*status.Poster, error) {
	usual := map[status.Forge]string{status.GitHub: "https://api.github.com", status.GitLab: "https://gitlab.com", status.Gitea: ""}
	list := map[string]*status.Poster{}
	for forge, base := range usual {
		name := "ANDON_" + strings.ToUpper(string(forge))
		token := os.Getenv(name + "_TOKEN")
		if token == "" {
			continue
		}
		if own := os.Getenv(name + "_URL"); own != "" {
			base = own
		}
		p, err := status.New(forge, base, token)
		if err != nil {
			return nil, fmt.Errorf("%s_URL: %w", name, err)
		}
		list[string(forge)] = p
	}
	return list, nil
}

// mostPulls is how many open pull requests are told of: those that changed last.
const mostPulls = 200

// words are what should stand beside each open pull request: whether the
// review station has room for it.
func (a *App) words(ctx context.Context) (due []status.Due, err error) {
	f, err := a.floor.Floor(ctx, a.lineName())
	if err != nil {
		return nil, err
	}
	review, ok := f.Line.Review()
	if !ok || review.WIP == 0 {
		return nil, nil
	}
	pulls, err := a.sources.Pulls(ctx, source.Look{State: string(source.Open), Limit: mostPulls})
	if err != nil {
		return nil, err
	}
	needs, err := a.floor.Swarm(ctx, f.Line.Name, review.Name)
	if err != nil {
		return nil, err
	}
	for _, p := range pulls {
		if p.Draft || p.Head == "" {
			continue
		}
		room, text := roomFor(f, review, p, needs)
		due = append(due, status.Due{Source: p.Source, Word: status.Word{Repo: p.Repo, SHA: p.Head, Room: room, Text: text}})
	}
	return due, nil
}

// roomFor says whether a pull request has its place in review, or could have.
func roomFor(f floor.Floor, review floor.Station, p source.Pull, needs []floor.Need) (room bool, text string) {
	held := f.In(review.Name)
	for _, c := range held {
		for _, key := range p.Cards {
			if c.Key == key {
				return true, fmt.Sprintf("%s is in %s", key, review.Name)
			}
		}
	}
	if len(held) < review.WIP {
		return true, fmt.Sprintf("%s has room: it holds %d of %d cards", review.Name, len(held), review.WIP)
	}
	text = fmt.Sprintf("%s holds %d of %d cards", review.Name, len(held), review.WIP)
	if len(needs) > 0 {
		text += fmt.Sprintf("; help with %s first", needs[0].Card)
	}
	return false, text
}
