package dora_test

import (
	"fmt"
	"time"

	"andon/flow/measure/dora"
)

// One deployment of one commit. Each profile has its own opinion.
func Example() {
	morning := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	e := dora.Evidence{
		From: morning.AddDate(0, 0, -7), To: morning.AddDate(0, 0, 7),
		Deployments: []dora.Deployment{{
			ID: "v2", Previous: "v1", Environment: dora.Production, Succeeded: true,
			Finished: morning.Add(8 * time.Hour),
			Commits:  []dora.Commit{{SHA: "c0ffee", Authored: morning}},
		}},
		PullRequests: []dora.PullRequest{{
			ID: "7", MergeCommit: "c0ffee", Opened: morning.Add(time.Hour), Merged: morning.Add(5 * time.Hour),
			Commits: []dora.Commit{{SHA: "c0ffee", Authored: morning}},
		}},
	}
	for _, p := range dora.Profiles {
		f := p.LeadTime(e)
		fmt.Printf("%-12s %v (%s)\n", f.Profile, time.Duration(f.Value)*time.Second, f.How)
	}
	// Output:
	// dora-2025    8h0m0s (median of: commit authored → running in production)
	// devlake-2023 8h0m0s (lower median of: coding + opened to merged + merged to deployed, in minutes rounded up, the very first deployment left out)
	// gitlab       3h0m0s (median of: merged → deployed to production)
}
