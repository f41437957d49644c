package tracker

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// table reads a CSV file by the names of its columns.
type table struct {
	csv     *csv.Reader
	columns map[string]int
	row     []string
	line    int // of the file, where the row begins
}

func newTable(r io.Reader, needed ...string) (*table, error) {
	t := &table{csv: csv.NewReader(skipMark(r)), columns: map[string]int{}}
	t.csv.FieldsPerRecord = -1
	t.csv.ReuseRecord = true
	head, err := t.csv.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the file is empty; its first line must name the columns")
	}
	if err != nil {
		return nil, err
	}
	for i, name := range head {
		if _, twice := t.columns[fold(name)]; !twice { // exports repeat columns such as labels
			t.columns[fold(name)] = i
		}
	}
	for _, name := range needed {
		if _, ok := t.columns[fold(name)]; !ok {
			return nil, fmt.Errorf("line 1: there is no column %q; the file has %s", name, strings.Join(head, ", "))
		}
	}
	return t, nil
}

// skipMark leaves out the byte order mark that spreadsheets put first.
func skipMark(r io.Reader) io.Reader {
	first := make([]byte, 3)
	n, _ := io.ReadFull(r, first)
	if string(first[:n]) == "\ufeff" {
		return r
	}
	return io.MultiReader(strings.NewReader(string(first[:n])), r)
}

// next reads a row; false at the end.
func (t *table) next() (bool, error) {
	row, err := t.csv.Read()
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	t.row = row
	t.line, _ = t.csv.FieldPos(0)
	return true, nil
}

// at gives a column of the row, by the first of its names that the file has.
func (t *table) at(names ...string) string {
	for _, name := range names {
		if i, ok := t.columns[fold(name)]; ok && i < len(t.row) && strings.TrimSpace(t.row[i]) != "" {
			return strings.TrimSpace(t.row[i])
		}
	}
	return ""
}

func (t *table) wrong(format string, args ...any) error {
	return fmt.Errorf("line %d: %w", t.line, fmt.Errorf(format, args...))
}

// layouts are the ways in which exports write times. Those without a zone are
// taken as UTC.
var layouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.000-0700", "2006-01-02T15:04:05-0700", "2006-01-02T15:04:05",
	"2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly, "02/Jan/06 3:04 PM", "2/Jan/06 3:04 PM", "02/Jan/2006 3:04 PM", "1/2/2006 15:04", "1/2/2006 15:04:05",
	"Mon Jan 02 2006 15:04:05 GMT-0700 (MST)"}

// when reads a time; the empty text is none.
func when(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	at, err := parse(text)
	if err == nil && (at.Year() < 1980 || at.Year() > 2200) {
		return time.Time{}, fmt.Errorf("%q is in the year %d; no tracker is that old or that new", text, at.Year())
	}
	return at, err
}

func parse(text string) (time.Time, error) {
	// Linear writes the name of the zone in brackets behind the offset.
	if i := strings.Index(text, " ("); i > 0 && strings.Contains(text, "GMT") {
		text = text[:i]
		if at, err := time.Parse("Mon Jan 02 2006 15:04:05 GMT-0700", text); err == nil {
			return at.UTC().Truncate(time.Microsecond), nil
		}
	}
	for _, layout := range layouts {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC().Truncate(time.Microsecond), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a time; write it as in %s", text, "2030-01-31T09:30:00Z")
}

func labels(text string) []string {
	return slices.DeleteFunc(strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' }), func(s string) bool { return strings.TrimSpace(s) == "" })
}
