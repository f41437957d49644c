package tracker

import (
	"fmt"
	"io"
	"iter"
	"strings"
	"testing"
	"time"

	"andon/flow/floor"
)

func shop(t testing.TB, given map[string]string) *Mapping {
	t.Helper()
	m, err := NewMapping(floor.Line{Name: "shop", Stations: []floor.Station{{Name: "backlog", Kind: floor.Queue}, {Name: "development", Kind: floor.Work},
		{Name: "review", Kind: floor.Work}, {Name: "done", Kind: floor.Done}}}, given)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// told writes a history in short: "A-1 business standard: backlog 01 02:00, done 03 04:00".
func told(h floor.History) string {
	var stays []string
	for i, s := range h.Stays {
		text := s.Station + " " + s.Entered.Format("02 15:04")
		if s.Blocked > 0 {
			text += " blocked " + s.Blocked.String()
		}
		if i+1 < len(h.Stays) && !s.Left.Equal(h.Stays[i+1].Entered) {
			text += " WITH A GAP"
		}
		stays = append(stays, text)
	}
	text := fmt.Sprintf("%s %s %s: %s", h.Card.Key, h.Card.Kind, h.Card.Class, strings.Join(stays, ", "))
	if h.Card.Discarded != "" {
		text += " (" + h.Card.Discarded + ")"
	}
	return text
}

func all(t testing.TB, list iter.Seq2[floor.History, error]) (texts []string, err error) {
	t.Helper()
	for h, err := range list {
		if err != nil {
			return texts, err
		}
		texts = append(texts, told(h))
	}
	return texts, nil
}

const jiraAnswer = `{"startAt":0,"issues":[
 {"key":"A-1","fields":{"summary":"Pay by invoice","created":"2030-01-01T08:00:00.000+0100","status":{"name":"Done"},"issuetype":{"name":"Story"},"priority":{"name":"Highest"}},
  "changelog":{"total":3,"histories":[
   {"created":"2030-01-05T10:00:00.000+0000","items":[{"field":"status","fromString":"In Review","toString":"Done"}]},
   {"created":"2030-01-02T09:00:00.000+0000","items":[{"field":"assignee","toString":"Ana"},{"field":"status","fromString":"To Do","toString":"In Progress"}]},
   {"created":"2030-01-04T12:00:00.000+0000","items":[{"field":"status","fromString":"In Progress","toString":"In Review"}]}]}},
 {"key":"A-2","fields":{"summary":"It is slow","created":"2030-01-03T00:00:00.000+0000","status":{"name":"Won't do"},"issuetype":{"name":"Bug"},"duedate":"2030-02-01"},
  "changelog":{"total":1,"histories":[{"created":"2030-01-03T05:00:00.000+0000","items":[{"field":"status","fromString":"To Do","toString":"Won't do"}]}]}}
]}`

func TestWhatTrackersExport(t *testing.T) {
	for name, c := range map[string]struct {
		read func(io.Reader, *Mapping) iter.Seq2[floor.History, error]
		text string
		want []string
	}{
		"moves": {func(r io.Reader, m *Mapping) iter.Seq2[floor.History, error] { return Moves(r, m, "csv") },
			"\ufeffcard,station,entered,blocked,title,kind\n" +
				"A-1,Backlog,2030-01-01T08:00:00Z,,First,internal\nA-1,development,2030-01-02 09:00,30,,\nA-1,In Review,2030-01-04,,,\nA-1,done,2030-01-05T10:00:00+01:00,,,\n" +
				"A-2,backlog,2030-01-03,,Second,\n",
			[]string{"A-1 internal : backlog 01 08:00, development 02 09:00 blocked 30h0m0s, review 04 00:00, done 05 09:00", "A-2  : backlog 03 00:00"}},
		"jira": {Jira, jiraAnswer, []string{
			"A-1 business expedite: backlog 01 07:00, development 02 09:00, review 04 12:00, done 05 10:00",
			"A-2 unplanned fixed-date: backlog 03 00:00, done 03 05:00 (Won't do)"}},
		"two answers of jira": {Jira, jiraAnswer + "\n" + strings.ReplaceAll(jiraAnswer, "A-", "B-"), []string{
			"A-1 business expedite: backlog 01 07:00, development 02 09:00, review 04 12:00, done 05 10:00",
			"A-2 unplanned fixed-date: backlog 03 00:00, done 03 05:00 (Won't do)",
			"B-1 business expedite: backlog 01 07:00, development 02 09:00, review 04 12:00, done 05 10:00",
			"B-2 unplanned fixed-date: backlog 03 00:00, done 03 05:00 (Won't do)"}},
		"jira's table": {JiraTable, "Summary,Issue key,Issue Type,Status,Priority,Created,Resolved,Labels,Labels\n" +
			"Slow,A-1,Bug,Done,Medium,01/Jan/30 8:00 AM,03/Jan/30 9:30 PM,x,y\nNew,A-2,Story,To Do,Lowest,02/Jan/30 8:00 AM,,,\n\"In\nwork\",A-3,Task,In Progress,Medium,2030-01-02 08:00,,,\n",
			[]string{"A-1 unplanned standard: development 01 08:00, done 03 21:30", "A-2 business intangible: backlog 02 08:00",
				"A-3 business standard: backlog 02 08:00, development 02 08:00"}},
		"linear": {Linear, "ID,Team,Title,Status,Estimate,Priority,Labels,Created,Started,Completed,Canceled,Due Date\n" +
			"L-1,T,One,Done,3,Urgent,Bug,2030-01-01T00:00:00.000Z,2030-01-02T00:00:00.000Z,2030-01-04T00:00:00.000Z,,\n" +
			"L-2,T,Two,Canceled,,,\"Tech debt, x\",Tue Jan 01 2030 00:00:00 GMT+0000 (GMT),,,Thu Jan 03 2030 00:00:00 GMT+0000 (GMT),\n" +
			"L-3,T,Three,In Review,,,,2030-01-01T00:00:00.000Z,2030-01-02T00:00:00.000Z,,,2030-03-01\n",
			[]string{"L-1 unplanned expedite: backlog 01 00:00, development 02 00:00, done 04 00:00",
				"L-2 internal standard: development 01 00:00, done 03 00:00 (Canceled)",
				"L-3 business fixed-date: backlog 01 00:00, development 02 00:00, review 02 00:00"}},
	} {
		t.Run(name, func(t *testing.T) {
			m := shop(t, map[string]string{"In Review": "review"})
			got, err := all(t, c.read(strings.NewReader(c.text), m))
			if err != nil || m.Err() != nil {
				t.Fatal(err, m.Err())
			}
			if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

func TestWhatCannotBeReadIsToldWithItsPlace(t *testing.T) {
	moves := func(r io.Reader, m *Mapping) iter.Seq2[floor.History, error] { return Moves(r, m, "csv") }
	for _, c := range []struct {
		read func(io.Reader, *Mapping) iter.Seq2[floor.History, error]
		text string
		want string
	}{
		{moves, "", "the file is empty; its first line must name the columns"},
		{moves, "card,entered\n", `line 1: there is no column "station"; the file has card, entered`},
		{moves, "card,station,entered\nA-1,backlog,soon\n", `line 2: A-1 enters backlog at: "soon" is not a time`},
		{moves, "card,station,entered\nA-1,backlog,\n", "line 2: A-1 enters backlog at no time"},
		{moves, "card,station,entered\nA-1,backlog,2030-01-02\nA-1,done,2030-01-01\n", "line 3: A-1 enters done at 2030-01-01T00:00:00Z, before it entered backlog"},
		{moves, "card,station,entered\nA-1,backlog,2030-01-02\nA-2,backlog,2030-01-02\nA-1,done,2030-01-03\n", `line 4: card "A-1" came before`},
		{moves, "card,station,entered,estimate\nA-1,backlog,2030-01-02,much\n", `line 2: the estimate of A-1 is "much"`},
		{moves, "card,station,entered\n\"A-1,backlog,2030-01-02\n", "extraneous or missing"},
		{Jira, "", "the file is empty"},
		{Jira, `"x"`, "the answer is no JSON object"},
		{Jira, `{"total":0}`, "there is no list called issues"},
		{Jira, `{"issues":[{"key":"A-1","fields":{"created":"2030-01-01T00:00:00.000+0000"}}]}`, "issue A-1: it has no changelog; ask Jira's search with expand=changelog"},
		{Jira, `{"issues":[{"key":"A-1","fields":{},"changelog":{}}]}`, "issue A-1: fields.created: it is missing"},
		{Jira, `{"issues":[{"key":"A-1","fields":{"created":"2030-01-01T00:00:00.000+0000"},"changelog":{"total":101,"histories":[]}}]}`, "its changelog has 101 entries and 0 are in the file"},
		{JiraTable, "Issue key,Summary,Status,Created\nA-1,x,Done,2030-01-01\n", "line 2: A-1 is Done, and there is no time at which it was"},
		{Linear, "ID,Title,Status,Created,Estimate\nL-1,x,Done,2030-01-01,big\n", `line 2: Estimate is "big"`},
	} {
		_, err := all(t, c.read(strings.NewReader(c.text), shop(t, nil)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %q", c.text, err, c.want)
		}
	}
}

func TestUnknownStatusesAreToldTogether(t *testing.T) {
	m := shop(t, nil)
	if _, err := all(t, Moves(strings.NewReader("card,station,entered\nA-1,Waiting for QA,2030-01-01\nA-1,Blocked,2030-01-02\nA-2,Blocked,2030-01-02\n"), m, "csv")); err != nil {
		t.Fatal(err)
	}
	want := `no station is known for the status "Blocked" (2 times), "Waiting for QA" (1 times); say which with --map "status=station"; line shop has backlog, development, review, done`
	if err := m.Err(); err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
	if _, err := NewMapping(floor.Line{Name: "shop"}, map[string]string{"QA": "test"}); err == nil {
		t.Error("a status was mapped to a station that does not exist")
	}
}

func FuzzReaders(f *testing.F) {
	f.Add(jiraAnswer)
	f.Add("card,station,entered\nA-1,backlog,2030-01-02\n")
	f.Add("ID,Title,Status,Created\nL-1,x,Done,2030-01-01\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, read := range []func(io.Reader, *Mapping) iter.Seq2[floor.History, error]{Jira, JiraTable, Linear,
			func(r io.Reader, m *Mapping) iter.Seq2[floor.History, error] { return Moves(r, m, "csv") }} {
			for h, err := range read(strings.NewReader(text), shop(t, nil)) {
				if err != nil {
					break
				}
				for i := 1; i < len(h.Stays); i++ {
					if h.Stays[i].Entered.Before(h.Stays[i-1].Entered) || h.Stays[i-1].Blocked > h.Stays[i].Entered.Sub(h.Stays[i-1].Entered)+time.Nanosecond {
						t.Fatalf("%s", told(h))
					}
				}
			}
		}
	})
}
