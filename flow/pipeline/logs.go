package pipeline

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"andon/flow/pipeline/step"
)

// Line is one line of a step's log.
type Line struct {
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

// StepLog gives the lines of one step's log from line number after (0: all),
// at most limit of them. A step that has no log yet has no lines.
func (s *Service) StepLog(run, job string, index, after, limit int) ([]Line, error) {
	file, err := os.Open(s.logFile(run, job, index))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var lines []Line
	in := bufio.NewReaderSize(file, 64<<10)
	for n := 0; len(lines) < limit; n++ {
		text, err := in.ReadString('\n')
		if err != nil { // the last line is whole only with its end
			return lines, ignoreEOF(err)
		}
		if n >= after {
			lines = append(lines, parseLine(text))
		}
	}
	return lines, nil
}

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func parseLine(text string) Line {
	stamp, rest, _ := strings.Cut(strings.TrimSuffix(text, "\n"), " ")
	at, err := time.Parse(time.RFC3339Nano, stamp)
	if err != nil {
		return Line{Text: strings.TrimSuffix(text, "\n")}
	}
	return Line{at, rest}
}

func (s *Service) logFile(run, job string, index int) string {
	return filepath.Join(s.folder(filepath.Base(run)), "jobs", filepath.Base(job), "steps", fmt.Sprintf("%02d", index), step.LogFile)
}

// Printed is a line with the job and step that wrote it.
type Printed struct {
	Job  string
	Step Step
	Line Line
}

// Follow hands every line of a run (of one job, when job is not empty) to
// print, step by step, and goes on until the run ended when follow is set.
func (s *Service) Follow(ctx context.Context, run, job string, follow bool, print func(Printed) error) error {
	const page, poll = 1000, 100 * time.Millisecond
	seen := map[string]int{}
	for {
		d, err := s.Run(ctx, run)
		if err != nil {
			return err
		}
		if job != "" && !slices.ContainsFunc(d.Jobs, func(j Job) bool { return j.ID == job }) {
			return &Missing{"job", job, fmt.Sprintf("%s has %v", run, jobIDs(d.Jobs))}
		}
		for _, j := range d.Jobs {
			if job != "" && j.ID != job {
				continue
			}
			for _, st := range j.Steps {
				key := fmt.Sprintf("%s/%d", j.ID, st.Index)
				for {
					lines, err := s.StepLog(run, j.ID, st.Index, seen[key], page)
					if err != nil {
						return err
					}
					for _, l := range lines {
						if err := print(Printed{j.ID, st, l}); err != nil {
							return err
						}
					}
					seen[key] += len(lines)
					if len(lines) < page {
						break
					}
				}
			}
		}
		if !follow || d.State == Ended {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(poll):
		}
	}
}

func jobIDs(jobs []Job) (ids []string) {
	for _, j := range jobs {
		ids = append(ids, j.ID)
	}
	return ids
}
