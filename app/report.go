package app

import (
	"context"

	"andon/engine/vcs"
	"andon/surface/cli"
)

// openPast opens the repository that a folder belongs to, for its history.
func openPast(ctx context.Context, dir string) (cli.Repository, error) {
	repo, err := vcs.Open(ctx, dir)
	if err != nil {
		return cli.Repository{}, err
	}
	branch, err := repo.DefaultBranch(ctx)
	return cli.Repository{Source: repo, Name: repo.Name(), Branch: branch}, err
}
