package fetch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"andon/flow/tracker"
)

const githubIssues = `query($owner: String!, $name: String!, $after: String) {
  rateLimit { remaining resetAt cost }
  repository(owner: $owner, name: $name) {
    issues(first: 50, after: $after, orderBy: {field: CREATED_AT, direction: ASC}) {
      pageInfo { hasNextPage endCursor }
      nodes {
        number title createdAt closedAt state stateReason
        labels(first: 30) { nodes { name } }
        assignees(first: 1) { nodes { login } }
        milestone { title dueOn }
        timelineItems(first: 100, itemTypes: [ASSIGNED_EVENT, CROSS_REFERENCED_EVENT, LABELED_EVENT, CLOSED_EVENT, REOPENED_EVENT]) {
          nodes {
            __typename
            ... on AssignedEvent { createdAt }
            ... on CrossReferencedEvent { createdAt source { __typename } }
            ... on LabeledEvent { createdAt label { name } }
            ... on ClosedEvent { createdAt }
            ... on ReopenedEvent { createdAt }
          }
        }
      }
    }
  }
}`

type githubPage struct {
	RateLimit *struct {
		Remaining, Cost int
		ResetAt         time.Time
	}
	Repository *struct {
		Issues struct {
			PageInfo struct {
				HasNextPage bool
				EndCursor   string
			}
			Nodes []githubIssue
		}
	}
}

type githubIssue struct {
	Number      int
	Title       string
	CreatedAt   time.Time
	ClosedAt    *time.Time
	State       string
	StateReason string
	Labels      struct{ Nodes []struct{ Name string } }
	Assignees   struct{ Nodes []struct{ Login string } }
	Milestone   *struct {
		Title string
		DueOn *time.Time
	}
	TimelineItems struct {
		Nodes []struct {
			Typename  string `json:"__typename"`
			CreatedAt time.Time
			Label     struct{ Name string }
			Source    struct {
				Typename string `json:"__typename"`
			}
		}
	}
}

// GitHub reads all issues of a repository, the oldest first, from a cursor on.
func (f *Forge) GitHub(ctx context.Context, repo, after string, give Give) error {
	owner, name, err := split(repo)
	if err != nil {
		return err
	}
	for {
		variables := map[string]any{"owner": owner, "name": name, "after": nil}
		if after != "" {
			variables["after"] = after
		}
		var p githubPage
		if err := f.query(ctx, "/graphql", githubIssues, variables, &p); err != nil {
			return err
		}
		if p.Repository == nil {
			return fmt.Errorf("there is no repository %s, or the token may not read it", repo)
		}
		page := tracker.Page{Cursor: p.Repository.Issues.PageInfo.EndCursor, Last: !p.Repository.Issues.PageInfo.HasNextPage}
		for _, i := range p.Repository.Issues.Nodes {
			page.Issues = append(page.Issues, i.issue(repo))
		}
		if err := give(page); err != nil || page.Last {
			return err
		}
		if page.Cursor == "" || page.Cursor == after {
			return errors.New("the forge says there is more, and not where; nothing after this can be read")
		}
		after = page.Cursor
		if l := p.RateLimit; l != nil && l.Remaining < 2*max(1, l.Cost) {
			d := max(0, l.ResetAt.Sub(f.Now())) + time.Second
			f.Told(fmt.Sprintf("the rate limit is used up; going on in %s", d.Round(time.Second)))
			if err := f.Wait(ctx, d); err != nil {
				return err
			}
		}
	}
}

func (g githubIssue) issue(repo string) tracker.Issue {
	i := tracker.Issue{Key: fmt.Sprintf("GH-%d", g.Number), Source: "github", Origin: origin("github", repo, g.Number), Title: g.Title, Created: g.CreatedAt.UTC()}
	for _, l := range g.Labels.Nodes {
		i.Labels = append(i.Labels, l.Name)
	}
	if len(g.Assignees.Nodes) > 0 {
		i.Owner = g.Assignees.Nodes[0].Login
	}
	if g.Milestone != nil {
		i.Epic = g.Milestone.Title
		if g.Milestone.DueOn != nil {
			i.Due = g.Milestone.DueOn.UTC()
		}
	}
	closed := false
	for _, n := range g.TimelineItems.Nodes {
		e := tracker.Event{At: n.CreatedAt.UTC()}
		switch n.Typename {
		case "AssignedEvent":
			e.What = tracker.Taken
		case "CrossReferencedEvent":
			if n.Source.Typename != "PullRequest" {
				continue
			}
			e.What = tracker.Taken
		case "LabeledEvent":
			e.What, e.Label = tracker.Labelled, n.Label.Name
		case "ClosedEvent":
			e.What, closed = tracker.Closed, true
		case "ReopenedEvent":
			e.What, closed = tracker.Reopened, false
		default:
			continue
		}
		i.Happened = append(i.Happened, e)
	}
	// An issue with more events than a page of them may lack its end.
	if g.State == "CLOSED" && !closed && g.ClosedAt != nil {
		i.Happened = append(i.Happened, tracker.Event{At: g.ClosedAt.UTC(), What: tracker.Closed})
	}
	if g.State == "CLOSED" && (g.StateReason == "NOT_PLANNED" || g.StateReason == "DUPLICATE") {
		i.Dropped = "not planned"
	}
	return i
}
