package measure

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"andon/flow/measure/dora"
	"andon/journal"
	"andon/journal/cloudevent"
)

// mostEvents bounds how many events of other systems are read for one window:
// the newest.
const mostEvents = 5000

// happened reads the events of some types that other systems sent since a
// time, and that happened before another, in order of when they happened.
// Webhooks are not among them: what forges tell is in rows of its own.
func happened(ctx context.Context, r journal.Reader, from, to time.Time, types ...string) (list []cloudevent.Event, full bool, err error) {
	var of []string
	args := []any{journal.Micros(from), string(cloudevent.Received), mostEvents}
	for i, t := range types {
		of = append(of, fmt.Sprintf("f.data LIKE $%d", 4+i))
		args = append(args, `%"type":"dev.cdevents.`+t+`.%`)
	}
	rows, err := r.Query(ctx, `SELECT f.seq, f.subject, f.content, f.data FROM event_received e JOIN fact f ON f.id = e.fact
		WHERE e.at >= $1 AND f.type = $2 AND (`+strings.Join(of, " OR ")+`) ORDER BY f.seq DESC LIMIT $3`, args...)
	if err != nil {
		return nil, false, err
	}
	defer rows.Close()
	read := 0
	for ; rows.Next(); read++ {
		f := journal.Fact{Type: cloudevent.Received}
		var content, data string
		if err := rows.Scan(&f.Seq, &f.Subject, &content, &data); err != nil {
			return nil, false, err
		}
		f.Content, f.Data = json.RawMessage(content), json.RawMessage(data)
		e, err := cloudevent.Of(f, "")
		if err != nil {
			return nil, false, err
		}
		if slices.Contains(types, e.Type.Short()) && !e.Time.Before(from) && e.Time.Before(to) {
			list = append(list, e)
		}
	}
	slices.Reverse(list)
	slices.SortStableFunc(list, func(a, b cloudevent.Event) int { return a.Time.Compare(b.Time) })
	return list, read == mostEvents, rows.Err()
}

// commitIn finds the commit that a package URL names as its version or in a
// qualifier: 40 hexadecimal digits that are no digest's.
var commitIn = regexp.MustCompile(`(?:^|[@=/+~_.-])([0-9a-fA-F]{40})(?:$|[^0-9a-zA-Z])`)

// toldByEvents are the deployments to production of which other systems told
// in CDEvents. A roll-back is no deployment: it says that what was there before
// failed. Which commit an artifact is, its name says or who packaged it.
func toldByEvents(ctx context.Context, r journal.Reader, production string, from, to time.Time) (list []report, full bool, err error) {
	events, full, err := happened(ctx, r, from, to, "service.deployed", "service.upgraded", "service.rolledback", "artifact.packaged")
	if err != nil {
		return nil, false, err
	}
	packaged := map[string]string{}
	running := map[string][]int{} // in each place, what succeeded, the newest last
	back := map[string]bool{}     // places where a roll-back happened last
	for _, e := range events {
		var content struct {
			Artifact    string `json:"artifactId"`
			Environment struct {
				ID string `json:"id"`
			} `json:"environment"`
			Change struct {
				ID string `json:"id"`
			} `json:"change"`
		}
		_ = json.Unmarshal(e.Content, &content) // its form was checked when it came in
		if e.Type.Short() == "artifact.packaged" {
			packaged[e.Subject] = strings.ToLower(content.Change.ID)
			continue
		}
		if !inProduction(content.Environment.ID, production) {
			continue
		}
		sha := packaged[content.Artifact]
		if m := commitIn.FindStringSubmatch(content.Artifact); sha == "" && m != nil {
			sha = strings.ToLower(m[1])
		}
		place := e.Source + " " + e.Subject + " " + content.Environment.ID
		d := report{dora.Deployment{ID: e.Source + " " + e.ID, Service: place, Environment: dora.Production,
			Started: e.Time, Finished: e.Time, Succeeded: true}, e.Source, sha}
		if e.Type.Short() == "service.rolledback" {
			there, again := running[place], back[place]
			back[place] = true
			if n := len(there); n == 0 { // it was deployed before anybody told of it
				d.Succeeded, d.Failed, d.Restored, d.sha = false, true, e.Time, ""
			} else if bad := &list[there[n-1]]; again && sha != "" && sha == bad.sha {
				continue // told again: what it went back to is there already
			} else {
				bad.Succeeded, bad.Failed, bad.Impact, bad.Restored = false, true, bad.Finished, e.Time
				running[place] = there[:n-1]
				continue
			}
		} else {
			back[place] = false
			running[place] = append(running[place], len(list))
		}
		list = append(list, d)
	}
	slices.SortFunc(list, func(a, b report) int { return cmp.Or(a.Started.Compare(b.Started), cmp.Compare(a.ID, b.ID)) })
	return list, full, nil
}
