package twin

import "math"

// WaitFactor of a station is %busy ÷ %idle: how many units of service time an
// item waits (The Phoenix Project; exact for M/M/1). At full load it is +Inf.
func WaitFactor(busy float64) float64 {
	if busy >= 1 {
		return math.Inf(1)
	}
	return max(busy, 0) / (1 - max(busy, 0))
}

// ErlangC is the probability that an item waits at a station of so many servers
// under the offered load (arrival rate × mean service time), exact for M/M/c.
// At or over full load it is 1.
func ErlangC(servers int, load float64) float64 {
	if servers < 1 || load >= float64(servers) {
		return 1
	}
	if load <= 0 {
		return 0
	}
	blocking := 1.0 // Erlang B, by its recursion, which does not overflow
	for k := 1; k <= servers; k++ {
		blocking = load * blocking / (float64(k) + load*blocking)
	}
	rho := load / float64(servers)
	return blocking / (1 - rho + rho*blocking)
}

// MMcWait is the mean time an item waits before service at M/M/c, exact, in
// units of the service time given. At or over full load it is +Inf.
func MMcWait(rate, service float64, servers int) float64 {
	load := rate * service
	if servers < 1 || load >= float64(servers) {
		return math.Inf(1)
	}
	return ErlangC(servers, load) * service / (float64(servers) - load)
}

// KingmanWait approximates the mean wait at G/G/c:
//
//	ρ^(√(2(c+1))−1) / (c(1−ρ)) · (Ca² + Cs²)/2 · τ
//
// with the squared coefficients of variation of the times between arrivals and
// of the service time (Kingman 1961; for c servers Sakasegawa 1977). For one
// server it is Kingman's formula. At or over full load it is +Inf.
func KingmanWait(rate, service float64, servers int, arrivalVariation2, serviceVariation2 float64) float64 {
	c := float64(servers)
	rho := rate * service / c
	if servers < 1 || rho >= 1 {
		return math.Inf(1)
	}
	return math.Pow(rho, math.Sqrt(2*(c+1))-1) / (c * (1 - rho)) * (arrivalVariation2 + serviceVariation2) / 2 * service
}
