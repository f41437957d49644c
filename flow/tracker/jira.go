package tracker

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"andon/flow/floor"
)

// issue is the part of a Jira issue that is read, as its REST API writes it.
type issue struct {
	Key    string `json:"key"`
	Fields struct {
		Summary  string `json:"summary"`
		Created  string `json:"created"`
		DueDate  string `json:"duedate"`
		Status   named  `json:"status"`
		Type     named  `json:"issuetype"`
		Priority named  `json:"priority"`
		Assignee struct {
			Name string `json:"displayName"`
		} `json:"assignee"`
		Labels []string `json:"labels"`
		Parent struct {
			Fields struct {
				Summary string `json:"summary"`
				Type    named  `json:"issuetype"`
			} `json:"fields"`
		} `json:"parent"`
	} `json:"fields"`
	Changelog *struct {
		Total     int `json:"total"`
		Histories []struct {
			Created string `json:"created"`
			Items   []struct {
				Field string `json:"field"`
				From  string `json:"fromString"`
				To    string `json:"toString"`
			} `json:"items"`
		} `json:"histories"`
	} `json:"changelog"`
}

type named struct {
	Name string `json:"name"`
}

// Jira reads the answers of Jira's search (GET …/search?expand=changelog): one
// answer, or several one after the other, each with a list of issues. One issue
// is in memory at a time.
func Jira(r io.Reader, m *Mapping) iter.Seq2[floor.History, error] {
	return func(yield func(floor.History, error) bool) {
		d := json.NewDecoder(skipMark(r))
		for n := 0; ; n++ {
			err := issues(d, func(i issue) bool {
				h, err := i.history(m)
				if err != nil {
					err = fmt.Errorf("issue %s: %w", i.Key, err)
				}
				return yield(h, err) && err == nil
			})
			switch {
			case errors.Is(err, io.EOF) && n > 0, errors.Is(err, errStop):
				return
			case errors.Is(err, io.EOF):
				err = errors.New("the file is empty; save the answer of Jira's search with expand=changelog")
			}
			if err != nil {
				yield(floor.History{}, err)
				return
			}
		}
	}
}

var errStop = errors.New("no more is wanted")

// issues walks to the list of issues of one answer and reads it, one by one.
func issues(d *json.Decoder, each func(issue) bool) error {
	start, err := d.Token()
	if err != nil {
		return err
	}
	if start == json.Delim('[') {
		return listOfIssues(d, each)
	}
	if start != json.Delim('{') {
		return fmt.Errorf("byte %d: the answer is no JSON object", d.InputOffset())
	}
	found := false
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		if key != "issues" {
			var skip json.RawMessage
			if err := d.Decode(&skip); err != nil {
				return err
			}
			continue
		}
		found = true
		if open, err := d.Token(); err != nil || open != json.Delim('[') {
			return fmt.Errorf("byte %d: issues is no list", d.InputOffset())
		}
		if err := listOfIssues(d, each); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return err
	}
	if !found {
		return fmt.Errorf("byte %d: there is no list called issues; save the answer of Jira's search with expand=changelog", d.InputOffset())
	}
	return nil
}

func listOfIssues(d *json.Decoder, each func(issue) bool) error {
	for d.More() {
		at := d.InputOffset()
		var i issue
		if err := d.Decode(&i); err != nil {
			return fmt.Errorf("byte %d: %w", at, err)
		}
		if !each(i) {
			return errStop
		}
	}
	_, err := d.Token()
	return err
}

func (i issue) history(m *Mapping) (h floor.History, err error) {
	f := i.Fields
	created, err := when(f.Created)
	if err != nil || created.IsZero() {
		return h, fmt.Errorf("fields.created: %w", cmpErr(err, errors.New("it is missing")))
	}
	due, err := when(f.DueDate)
	if err != nil {
		return h, fmt.Errorf("fields.duedate: %w", err)
	}
	if i.Changelog == nil {
		return h, errors.New("it has no changelog; ask Jira's search with expand=changelog")
	}
	if n := len(i.Changelog.Histories); i.Changelog.Total > n {
		return h, fmt.Errorf("its changelog has %d entries and %d are in the file; fetch the others from …/issue/%s/changelog", i.Changelog.Total, n, i.Key)
	}
	h = floor.History{Source: "jira", Card: floor.Card{Key: i.Key, Title: f.Summary, Kind: kindOf(append([]string{f.Type.Name}, f.Labels...)...),
		Class: classOf(f.Priority.Name, !due.IsZero()), Owner: f.Assignee.Name, DueAt: due, Labels: f.Labels}}
	if f.Parent.Fields.Type.Name == "Epic" {
		h.Card.Epic = f.Parent.Fields.Summary
	}
	changes, err := i.changes()
	if err != nil {
		return h, err
	}
	first := f.Status.Name
	if len(changes) > 0 {
		first = changes[0].from
	}
	if station, known := m.Station(first); known {
		add(&h, station, created, 0)
	}
	for _, c := range changes {
		if station, known := m.Station(c.to); known {
			add(&h, station, later(c.at, created), 0)
		}
	}
	if isAbandoned(f.Status.Name) {
		h.Card.Discarded = f.Status.Name
	}
	return h, nil
}

func cmpErr(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

type statusChange struct {
	at       time.Time
	from, to string
}

// changes are an issue's changes of status, the oldest first.
func (i issue) changes() (list []statusChange, err error) {
	for _, h := range i.Changelog.Histories {
		at, err := when(h.Created)
		if err != nil || at.IsZero() {
			return nil, fmt.Errorf("changelog.histories.created: %w", cmpErr(err, errors.New("it is missing")))
		}
		for _, item := range h.Items {
			if strings.EqualFold(item.Field, "status") {
				list = append(list, statusChange{at, item.From, item.To})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b statusChange) int { return a.at.Compare(b.at) })
	return list, nil
}
