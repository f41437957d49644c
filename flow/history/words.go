package history

import "andon/flow/measure/dora"

const (
	needReleases  = "tags that name versions (v1.2.3), or deployments told by CDEvents or webhooks"
	needIncidents = "incidents: what failed without a later version that mends it leaves no trace in git"
)

// words say how figures come about from what stands for a deployment.
type words struct {
	// how by the profile that does it in its own way, and by "" otherwise.
	how    map[dora.Key]map[Profile]string
	unsaid map[dora.Key]string // what is not told of a figure that is known
	need   string              // what is missing when there was no deployment at all
	wait   string              // from the branch to the users
	batch  string
	mended string // what is missing when no recovery was seen
}

func (v *view) words() words {
	if v.q.Deployments == Arrivals {
		return ofArrivals
	}
	return ofTags
}

var ofTags = words{
	how: map[dora.Key]map[Profile]string{
		dora.LeadTime: {
			"":          "median of: commit authored → first version tag that holds it",
			GitLab:      "median of: change reached the branch → first version tag that holds it",
			DevLake2023: "lower median of: first commit of a change authored → first version tag that holds it, the very first release left out",
		},
		dora.Frequency: {
			"":          "version tags per day of the window",
			DevLake2023: "lower median over the weeks of the window of the days with a version tag",
		},
		dora.FailRate: {
			"": "releases whose successor takes back what they shipped, or is a patch within a week that holds a hotfix, regression or revert ÷ releases",
		},
		dora.Recovery: {"": "median of: release that failed → release that mends it"},
		dora.Rework:   {"": "releases that mend the one before ÷ releases"},
	},
	unsaid: map[dora.Key]string{
		dora.LeadTime:  "when the version ran for users: a tag is when it was made",
		dora.Frequency: "deployments that no tag tells of",
		dora.FailRate:  needIncidents,
		dora.Recovery:  "when users were well again: a roll-back leaves no tag",
		dora.Rework:    needIncidents,
	},
	need:   needReleases,
	wait:   "median of: change reached the branch → first version tag that holds it",
	batch:  "median of the commits that a release was the first to ship",
	mended: "a release that failed and was mended, within the window",
}

// ofArrivals speak of a branch whose every change is deployed, as the one who
// asked says.
var ofArrivals = words{
	how: map[dora.Key]map[Profile]string{
		dora.LeadTime: {
			"":          "median of: commit authored → reached the branch",
			GitLab:      "median of: change reached the branch → deployed, which is taken for the same moment",
			DevLake2023: "lower median of: first commit of a change authored → reached the branch, the very first change left out",
		},
		dora.Frequency: {
			"":          "changes that reached the branch per day of the window",
			DevLake2023: "lower median over the weeks of the window of the days on which a change reached the branch",
		},
		dora.FailRate: {"": "changes that one within 30 days takes back by “This reverts commit …” ÷ changes"},
		dora.Recovery: {"": "median of: change reached the branch → its revert did"},
		dora.Rework:   {"": "changes that take back another ÷ changes"},
	},
	unsaid: map[dora.Key]string{
		dora.LeadTime:  "how long the deployment took: deployments told by CDEvents or webhooks",
		dora.Frequency: "whether each change was deployed alone, or at all",
		dora.FailRate:  "incidents, and repairs that name no commit",
		dora.Recovery:  "when users were hurt first, and when they were well again",
		dora.Rework:    "incidents, and repairs that name no commit",
	},
	need:   "a change that reached the branch within the window",
	wait:   "changes are taken for deployed when they reach the branch",
	batch:  "median of the commits that reached the branch at once",
	mended: "a change that was taken back, within the window",
}
