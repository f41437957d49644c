package judge

import "math"

// Assurance is the evidence that the canary is good enough: the reverse
// e-process, with the hypothesis that the canary hurts at least Ratio times
// as many, against its being equal. A canary that bad is ever assured at
// 1/beta with a probability of at most beta.
type Assurance struct {
	ratio float64
	log   float64
}

// Add weighs newly hurt users of both arms. Where the canary's share w is not
// certain, the smaller one is the careful one.
func (a *Assurance) Add(canary, stable int64, w float64) {
	a.log += float64(canary+stable)*math.Log(a.ratio*w+1-w) - float64(canary)*math.Log(a.ratio)
}

// LogE is the natural logarithm of the evidence.
func (a *Assurance) LogE() float64 { return a.log }

// perHurt is what one more hurt user adds on average at share w when the
// arms are equal: the Kullback-Leibler divergence between the two hypotheses.
func (a *Assurance) perHurt(w float64) float64 {
	return math.Log(a.ratio*w+1-w) - w*math.Log(a.ratio)
}
