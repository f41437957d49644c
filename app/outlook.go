package app

import (
	"context"
	"log/slog"
	"time"
)

// lampsEvery is how often the risk of the open cards is looked at: they grow
// older by days, and a lamp that is a minute late helps as well.
const lampsEvery = time.Minute

// keepLamps lights the andon of cards that will probably be late.
func (a *App) keepLamps(ctx context.Context) {
	tick := time.NewTicker(lampsEvery)
	defer tick.Stop()
	for {
		if err := a.lightLamps(ctx); err != nil && ctx.Err() == nil {
			slog.Warn("the risk of open cards could not be told, trying again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (a *App) lightLamps(ctx context.Context) error {
	lines, err := a.floor.Lines(ctx)
	if err != nil {
		return err
	}
	for _, l := range lines {
		ageing, err := a.outlook.Ageing(ctx, l.Name)
		if err != nil {
			return err
		}
		if err := a.floor.Light(ctx, l.Name, ageing.Risks()); err != nil {
			return err
		}
	}
	return nil
}
