package judge

import "math"

const (
	gridSize = 24
	gridLow  = 1.1
	gridHigh = 40.0
	// maxRounds bounds the work of a long exposure; later rounds would get
	// too small a stake to matter.
	maxRounds = 32
)

// grid holds the rate ratios that are bet on, spaced evenly in the logarithm,
// and gridLog their logarithms.
var grid, gridLog = func() (rho, ln [gridSize]float64) {
	step := math.Log(gridHigh/gridLow) / (gridSize - 1)
	for k := range rho {
		ln[k] = math.Log(gridLow) + float64(k)*step
		rho[k] = math.Exp(ln[k])
	}
	return
}()

// Comparison is the evidence that the canary hurts more than its share: an
// e-process, that is the capital of a gambler who began with 1 and bets at
// odds that are fair if the canary is no worse. By Ville's inequality it ever
// reaches 1/alpha with a probability of at most alpha.
//
// The stake is split evenly over the grid of ratios. It is also split over
// rounds: half is bet from the start and the rest is kept back for rounds that
// begin later, so that much good evidence does not hide a canary that turns
// bad. That costs a factor of two, which is less than one hurt user.
type Comparison struct {
	rounds [][gridSize]float64 // per round, the log-likelihood ratio per ratio
	played bool                // the last round has weighed somebody
	log    float64             // the logarithm of the capital as it stands
}

// NewRound begins a round of bets with a part of the stake kept back. When to
// call it must not depend on counts not yet added. A round that has weighed
// nobody is as good as new.
func (c *Comparison) NewRound() {
	if len(c.rounds) == 0 || c.played && len(c.rounds) < maxRounds {
		c.rounds, c.played = append(c.rounds, [gridSize]float64{}), false
		// The new stake was held at par before, so the capital is the same.
	}
}

// Add weighs newly hurt users of both arms. w is the canary's share of the
// users, 0…1, when they were hurt; where it is not certain, the larger share
// is the careful one.
//
// Under a ratio rho a hurt user is the canary's with probability
// q = w·rho/(w·rho+1−w), so the logarithm of the likelihood ratio against w
// grows by canary·ln(rho) − (canary+stable)·ln(w·rho+1−w).
func (c *Comparison) Add(canary, stable int64, w float64) {
	if canary == 0 && stable == 0 {
		return
	}
	if len(c.rounds) == 0 {
		c.NewRound()
	}
	c.played = true
	for k, rho := range grid {
		gain := float64(canary)*gridLog[k] - float64(canary+stable)*math.Log(rho*w+1-w)
		for r := range c.rounds {
			c.rounds[r][k] += gain
		}
	}
	c.log = c.capital()
}

// LogE is the natural logarithm of the capital.
func (c *Comparison) LogE() float64 { return c.log }

func (c *Comparison) capital() float64 {
	// What was kept back and is not yet bet counts as it is.
	top := math.Log(0.5 / float64(len(c.rounds)))
	for r := range c.rounds {
		for _, l := range c.rounds[r] {
			top = max(top, l)
		}
	}
	sum := 0.5 / float64(len(c.rounds)) * math.Exp(-top)
	for r := range c.rounds {
		part := 0.0
		for _, l := range c.rounds[r] {
			part += math.Exp(l - top)
		}
		sum += stake(r) * part / gridSize
	}
	return top + math.Log(sum)
}

// stake is the part of the capital bet in a round: a half, then a half of
// 1/2, 1/6, 1/12, … which sums to one over all rounds.
func stake(round int) float64 {
	if round == 0 {
		return 0.5
	}
	return 0.5 / float64(round*(round+1))
}
