package fetch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"andon/flow/tracker"
)

const gitlabIssues = `query($path: ID!, $after: String) {
  project(fullPath: $path) {
    issues(first: 100, after: $after, sort: CREATED_ASC) {
      pageInfo { hasNextPage endCursor }
      nodes {
        iid title createdAt closedAt state dueDate
        labels { nodes { title } }
        assignees { nodes { username } }
        milestone { title dueDate }
        relatedMergeRequests { nodes { createdAt } }
      }
    }
  }
}`

type gitlabPage struct {
	Project *struct {
		Issues struct {
			PageInfo struct {
				HasNextPage bool
				EndCursor   string
			}
			Nodes []gitlabIssue
		}
	}
}

type gitlabIssue struct {
	IID       string
	Title     string
	CreatedAt time.Time
	ClosedAt  *time.Time
	State     string
	DueDate   string
	Labels    struct{ Nodes []struct{ Title string } }
	Assignees struct{ Nodes []struct{ Username string } }
	Milestone *struct {
		Title, DueDate string
	}
	RelatedMergeRequests struct {
		Nodes []struct{ CreatedAt time.Time }
	}
}

// GitLab reads all issues of a project, the oldest first, from a cursor on. An
// issue counts as taken on when its first merge request was opened: GitLab's
// list does not tell when it was assigned.
func (f *Forge) GitLab(ctx context.Context, project, after string, give Give) error {
	if _, _, err := split(project); err != nil {
		return err
	}
	for {
		variables := map[string]any{"path": project, "after": nil}
		if after != "" {
			variables["after"] = after
		}
		var p gitlabPage
		if err := f.query(ctx, "/api/graphql", gitlabIssues, variables, &p); err != nil {
			return err
		}
		if p.Project == nil {
			return fmt.Errorf("there is no project %s, or the token may not read it", project)
		}
		page := tracker.Page{Cursor: p.Project.Issues.PageInfo.EndCursor, Last: !p.Project.Issues.PageInfo.HasNextPage}
		for _, n := range p.Project.Issues.Nodes {
			i, err := n.issue(project)
			if err != nil {
				return err
			}
			page.Issues = append(page.Issues, i)
		}
		if err := give(page); err != nil || page.Last {
			return err
		}
		if page.Cursor == "" || page.Cursor == after {
			return errors.New("the forge says there is more, and not where; nothing after this can be read")
		}
		after = page.Cursor
	}
}

func (g gitlabIssue) issue(project string) (i tracker.Issue, err error) {
	i = tracker.Issue{Key: "GL-" + g.IID, Source: "gitlab", Origin: origin("gitlab", project, g.IID), Title: g.Title, Created: g.CreatedAt.UTC()}
	for _, l := range g.Labels.Nodes {
		i.Labels = append(i.Labels, l.Title)
	}
	if len(g.Assignees.Nodes) > 0 {
		i.Owner = g.Assignees.Nodes[0].Username
	}
	due := g.DueDate
	if g.Milestone != nil {
		i.Epic = g.Milestone.Title
		if due == "" {
			due = g.Milestone.DueDate
		}
	}
	if due != "" {
		if i.Due, err = time.Parse(time.DateOnly, due); err != nil {
			return i, fmt.Errorf("issue %s: dueDate: %w", i.Key, err)
		}
	}
	for _, m := range g.RelatedMergeRequests.Nodes {
		i.Happened = append(i.Happened, tracker.Event{At: m.CreatedAt.UTC(), What: tracker.Taken})
	}
	if g.State == "closed" && g.ClosedAt != nil {
		i.Happened = append(i.Happened, tracker.Event{At: g.ClosedAt.UTC(), What: tracker.Closed})
	}
	return i, nil
}
