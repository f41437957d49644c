package source

import (
	"fmt"
	"testing"
	"time"
)

// minute gives a time n minutes into the test's day.
func minute(n int) time.Time { return time.Date(2026, 3, 2, 9, n, 0, 0, time.UTC) }

// orders calls do with every order of n things.
func orders(n int, do func([]int)) {
	var next func(done, left []int)
	next = func(done, left []int) {
		if len(left) == 0 {
			do(done)
		}
		for i := range left {
			rest := append(append([]int{}, left[:i]...), left[i+1:]...)
			next(append(append([]int{}, done...), left[i]), rest)
		}
	}
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	next(nil, all)
}

// sameInAnyOrder learns a history in every order and wants the row that the
// right order gives.
func sameInAnyOrder[Row any](t *testing.T, n int, learn func(*Row, int)) Row {
	t.Helper()
	var want Row
	for i := range n {
		learn(&want, i)
	}
	orders(n, func(order []int) {
		var got Row
		for _, i := range order {
			learn(&got, i)
		}
		if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w {
			t.Errorf("in the order %v:\n%s\nwant\n%s", order, g, w)
		}
	})
	return want
}

func TestAPullRequestIsTheSameInAnyOrder(t *testing.T) {
	t.Run("merged", func(t *testing.T) {
		opened := PullRequest{Number: 1, OpenedAt: minute(0), Standing: Open, Title: "Cart", Author: "ana"}
		history := []PullRequest{opened, opened, opened, opened, opened, opened}
		history[0].Act, history[0].Draft = PullOpened, true
		history[1].Act = PullReady
		history[2].Act, history[2].Title = PullUpdated, "A cart"
		history[3].Act, history[3].Title = PullChangesRequested, "A cart"
		history[4].Act, history[4].Title = PullApproved, "A cart"
		history[5] = PullRequest{Number: 1, Act: PullMerged, Standing: Merged, OpenedAt: minute(0), MergedAt: minute(5), ClosedAt: minute(5),
			MergeSHA: "m", Title: "A cart", Author: "ana"}
		p := sameInAnyOrder(t, len(history), func(p *Pull, i int) { p.learn(history[i], minute(i)) })
		if p.State != Merged || p.Title != "A cart" || p.Review != PullApproved || p.MergeSHA != "m" || !p.OpenedAt.Equal(minute(0)) ||
			!p.ReadyAt.Equal(minute(1)) || !p.FirstReviewAt.Equal(minute(3)) || !p.MergedAt.Equal(minute(5)) || !p.UpdatedAt.Equal(minute(5)) {
			t.Errorf("it ends as %+v", p)
		}
	})
	t.Run("closed, reopened, closed", func(t *testing.T) {
		history := []PullRequest{
			{Act: PullOpened, Standing: Open, OpenedAt: minute(0)},
			{Act: PullClosed, Standing: Closed, OpenedAt: minute(0), ClosedAt: minute(1)},
			{Act: PullReopened, Standing: Open, OpenedAt: minute(0)},
			{Act: PullClosed, Standing: Closed, OpenedAt: minute(0), ClosedAt: minute(3)},
		}
		p := sameInAnyOrder(t, len(history), func(p *Pull, i int) { p.learn(history[i], minute(i)) })
		if p.State != Closed || !p.ClosedAt.Equal(minute(3)) {
			t.Errorf("it ends as %+v", p)
		}
	})
	t.Run("all in one second", func(t *testing.T) {
		history := []PullRequest{
			{Act: PullOpened, Standing: Open, OpenedAt: minute(0)},
			{Act: PullUpdated, Standing: Open, OpenedAt: minute(0)},
			{Act: PullClosed, Standing: Closed, OpenedAt: minute(0), ClosedAt: minute(0)},
		}
		sameInAnyOrder(t, len(history), func(p *Pull, i int) { p.learn(history[i], minute(0)) })
	})
}

func TestATicketIsTheSameInAnyOrder(t *testing.T) {
	history := []Ticket{
		{Act: TicketOpened, Standing: Open, Title: "It breaks", Author: "ana", OpenedAt: minute(0)},
		{Act: TicketLabelled, Standing: Open, Title: "It breaks", Labels: []string{"bug"}, OpenedAt: minute(0)},
		{Act: TicketClosed, Standing: Closed, Title: "It breaks", Labels: []string{"bug"}, OpenedAt: minute(0), ClosedAt: minute(2)},
		{Act: TicketReopened, Standing: Open, Title: "It still breaks", Labels: []string{"bug"}, OpenedAt: minute(0)},
		{Act: TicketClosed, Standing: Closed, Title: "It still breaks", Labels: []string{"bug"}, OpenedAt: minute(0), ClosedAt: minute(4)},
	}
	i := sameInAnyOrder(t, len(history), func(i *Issue, n int) { i.learn(history[n], minute(n)) })
	if i.State != Closed || i.Title != "It still breaks" || i.Author != "ana" || !i.ClosedAt.Equal(minute(4)) {
		t.Errorf("it ends as %+v", i)
	}
}

func TestARunIsTheSameInAnyOrder(t *testing.T) {
	t.Run("with attempts", func(t *testing.T) {
		history := []Run{
			{Attempt: 1, Status: RunQueued, Queued: minute(0)},
			{Attempt: 1, Status: RunRunning, Queued: minute(0), Started: minute(1)},
			{Attempt: 1, Status: RunEnded, Conclusion: RunFailed, Queued: minute(0), Started: minute(1), Ended: minute(2)},
			{Attempt: 2, Status: RunRunning, Queued: minute(0), Started: minute(3)},
			{Attempt: 2, Status: RunEnded, Conclusion: RunSucceeded, Queued: minute(0), Started: minute(3), Ended: minute(4)},
		}
		r := sameInAnyOrder(t, len(history), func(r *ForgeRun, n int) { r.learn(history[n], minute(n)) })
		if r.Attempt != 2 || r.Conclusion != RunSucceeded || !r.StartedAt.Equal(minute(3)) || !r.EndedAt.Equal(minute(4)) {
			t.Errorf("it ends as %+v", r)
		}
	})
	t.Run("without", func(t *testing.T) {
		history := []Run{
			{Status: RunQueued, Queued: minute(0)},
			{Status: RunRunning, Queued: minute(0), Started: minute(1)},
			{Status: RunEnded, Conclusion: RunSucceeded, Queued: minute(0), Started: minute(1), Ended: minute(2)},
		}
		r := sameInAnyOrder(t, len(history), func(r *ForgeRun, n int) { r.learn(history[n], minute(n)) })
		if r.Status != RunEnded || r.Conclusion != RunSucceeded {
			t.Errorf("it ends as %+v", r)
		}
	})
}

func TestADeploymentIsTheSameInAnyOrder(t *testing.T) {
	history := []Deployed{
		{State: DeployPending, Created: minute(0)},
		{State: DeployRunning, Created: minute(0)},
		{State: DeploySucceeded, Created: minute(0), URL: "https://shop.example"},
		{State: DeployInactive, Created: minute(0), URL: "https://shop.example"},
	}
	d := sameInAnyOrder(t, len(history), func(d *ForgeDeployment, n int) { d.learn(history[n], minute(n)) })
	if d.State != DeployInactive || !d.EndedAt.Equal(minute(2)) {
		t.Errorf("it ends as %+v", d)
	}
	sameInAnyOrder(t, 3, func(d *ForgeDeployment, n int) { d.learn(history[n], minute(0)) })
}
