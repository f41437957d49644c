package outlook

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"andon/flow/forecast"
	"andon/flow/measure"
	"andon/journal"
)

// Scored is how the forecasts of a line came true.
type Scored struct {
	Calibrations []Calibration `json:"calibrations"`
	// Forecasts are the newest, with what is known of their outcomes.
	Forecasts []Kept `json:"forecasts"`
}

// Calibration holds what was promised at one probability against what came.
type Calibration struct {
	P       float64          `json:"p"`
	Chance  float64          `json:"chance"` // the mean exact chance of the promises due
	Due     int              `json:"due"`
	Hits    int              `json:"hits"`
	Open    int              `json:"open"`
	Rate    float64          `json:"rate"`
	Low     float64          `json:"low"` // 95 % interval of the rate
	High    float64          `json:"high"`
	Verdict forecast.Verdict `json:"verdict"`
}

// Kept is one forecast, and for each of its promises whether it was kept.
type Kept struct {
	Answer
	Results []string `json:"results"` // "kept", "missed" or "open", as the promises
}

const shownForecasts = 50

// Scores holds all forecasts of a line against what happened until now.
func (s *Service) Scores(ctx context.Context, line string) (out Scored, err error) {
	err = s.ledger.Read(ctx, func(r journal.Reader) error {
		answers, err := answersOf(ctx, r, line)
		if err != nil || len(answers) == 0 {
			return err
		}
		now := s.ledger.Now()
		outcomes, err := outcomesOf(ctx, r, line, answers, now)
		if err != nil {
			return err
		}
		var kept []forecast.Kept
		for _, a := range answers {
			kept = append(kept, a.kept())
		}
		for _, c := range forecast.Score(kept, outcomes, 0.95) {
			out.Calibrations = append(out.Calibrations, Calibration{c.P, c.Chance, c.Due, c.Hits, c.Open, c.Rate, c.Interval.Low, c.Interval.High, c.Verdict})
		}
		for i, a := range answers[:min(len(answers), shownForecasts)] {
			out.Forecasts = append(out.Forecasts, Kept{a, a.results(outcomes[i])})
		}
		return nil
	})
	return out, err
}

func (a Answer) kept() forecast.Kept {
	k := forecast.Kept{ID: a.ID, MadeAt: a.MadeAt, Question: a.question()}
	for _, p := range a.Promises {
		k.Percentiles = append(k.Percentiles, forecast.Percentile{P: p.P, Value: p.Value, Chance: p.Chance})
	}
	return k
}

func (a Answer) results(o forecast.Outcome) (list []string) {
	for _, p := range a.kept().Percentiles {
		switch hit, due := a.question().Judge(p, o); {
		case !due:
			list = append(list, "open")
		case hit:
			list = append(list, "kept")
		default:
			list = append(list, "missed")
		}
	}
	return list
}

// answersOf reads a line's forecasts, the newest first.
func answersOf(ctx context.Context, r journal.Reader, line string) (list []Answer, err error) {
	rows, err := r.Query(ctx, `SELECT id, line, kind, about, items, days, made_at, made_by, percentiles FROM forecast
		WHERE line = $1 ORDER BY number DESC LIMIT 1000`, line)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var a Answer
		var at int64
		var promises string
		if err := rows.Scan(&a.ID, &a.Line, &a.Kind, &a.About, &a.Items, &a.Days, &at, &a.MadeBy, &promises); err != nil {
			return nil, err
		}
		a.MadeAt = journal.Time(at)
		if err := json.Unmarshal([]byte(promises), &a.Promises); err != nil {
			return nil, fmt.Errorf("forecast %s: %w", a.ID, err)
		}
		list = append(list, a)
	}
	return list, rows.Err()
}

// outcomesOf tells what happened after each forecast, from the days of the
// line. A forecast's first day is the one after it was made.
func outcomesOf(ctx context.Context, r journal.Reader, line string, answers []Answer, now time.Time) ([]forecast.Outcome, error) {
	oldest := answers[len(answers)-1].MadeAt
	days := min(measure.MaxDays, 1+int(dayOf(now).Sub(dayOf(oldest))/oneDay))
	w, err := measure.NewWindow(now, now, days)
	if err != nil {
		return nil, err
	}
	f, err := measure.SumsOf(ctx, r, line, w)
	if err != nil {
		return nil, err
	}
	outcomes := make([]forecast.Outcome, len(answers))
	for i, a := range answers {
		o := forecast.Outcome{ForecastID: a.ID, Elapsed: int(dayOf(now).Sub(dayOf(a.MadeAt))/oneDay) - 1}
		items := 0
		for _, d := range f.Days {
			n := int(d.Day.Sub(dayOf(a.MadeAt)) / oneDay)
			if n < 1 || n > o.Elapsed {
				continue
			}
			items += int(d.Done)
			if n <= a.Days || a.Kind == forecast.AskWhen {
				o.Items = items
			}
			if a.Kind == forecast.AskWhen && !o.Done && items >= a.Items {
				o.Done, o.Day = true, n
			}
		}
		outcomes[i] = o
	}
	return outcomes, nil
}
