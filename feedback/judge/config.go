package judge

import (
	"fmt"
	"time"
)

// Config says how sure a trial must be. The zero value is the usual one.
type Config struct {
	// Alpha bounds the chance that a canary no worse than the stable
	// revision is ever called bad; 0 is 0.001.
	Alpha float64 `json:"alpha,omitempty"`
	// Beta bounds the chance that a canary at least RatioMax times as bad is
	// ever called good; 0 is 0.05.
	Beta float64 `json:"beta,omitempty"`
	// Objective is the share of errors that is allowed, such as 0.001 for
	// 99.9 %; 0 is no objective.
	Objective float64 `json:"objective,omitempty"`
	// RatioMax is how many times as bad is not good enough; 0 is 1.5.
	RatioMax float64 `json:"ratioMax,omitempty"`
	// Quiet is how long the canary may meet nobody before the verdict says
	// so; 0 is 30 s.
	Quiet time.Duration `json:"quiet,omitempty"`
}

// Validate says which value cannot be used and what would be right.
func (c Config) Validate() error {
	switch {
	case !(c.Alpha >= 0 && c.Alpha < 1):
		return fmt.Errorf("alpha is %g; use a chance between 0 and 1, such as 0.001", c.Alpha)
	case !(c.Beta >= 0 && c.Beta < 1):
		return fmt.Errorf("beta is %g; use a chance between 0 and 1, such as 0.05", c.Beta)
	case !(c.Objective >= 0 && c.Objective < 1):
		return fmt.Errorf("objective is %g; use the share of errors that is allowed, between 0 and 1, such as 0.001 for 99.9 %%", c.Objective)
	case c.RatioMax != 0 && !(c.RatioMax > 1):
		return fmt.Errorf("ratioMax is %g; use how many times as bad is not good enough, above 1, such as 1.5", c.RatioMax)
	case c.Quiet < 0:
		return fmt.Errorf("quiet is %s; use a positive duration, such as 30s", c.Quiet)
	}
	return nil
}

// defaults fills what is not set. A value that Validate refuses is treated as
// not set, so that a trial is always a sound one.
func (c Config) defaults() Config {
	if !(c.Alpha > 0 && c.Alpha < 1) {
		c.Alpha = 0.001
	}
	if !(c.Beta > 0 && c.Beta < 1) {
		c.Beta = 0.05
	}
	if !(c.Objective > 0 && c.Objective < 1) {
		c.Objective = 0
	}
	if !(c.RatioMax > 1) {
		c.RatioMax = 1.5
	}
	if c.Quiet <= 0 {
		c.Quiet = 30 * time.Second
	}
	return c
}
