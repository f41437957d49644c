package app

import (
	"context"
	"fmt"

	"andon/engine/forge/fetch"
	"andon/flow/tracker"
	"andon/surface/cli"
)

// fetchIssues reads the issues of a forge.
func fetchIssues(ctx context.Context, o cli.FetchOptions, give func(tracker.Page) error) error {
	switch o.Forge {
	case "github":
		if o.API == "" {
			o.API = "https://api.github.com"
		}
		return fetch.New(o.API, o.Token, o.Told).GitHub(ctx, o.Repo, o.After, give)
	case "gitlab":
		if o.API == "" {
			o.API = "https://gitlab.com"
		}
		return fetch.New(o.API, o.Token, o.Told).GitLab(ctx, o.Repo, o.After, give)
	}
	return fmt.Errorf("%q is no forge; use github or gitlab", o.Forge)
}
