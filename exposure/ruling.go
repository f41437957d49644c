package exposure

import "fmt"

// Ruling is what the judge says of the evidence so far. On the wire it is its
// word.
type Ruling int

// The rulings.
const (
	Unknown Ruling = iota
	Good
	Bad
)

var rulingWords = [...]string{Unknown: "unknown", Good: "good", Bad: "bad"}

// String gives the ruling as a word. A number that is no ruling decides
// nothing, so it reads as unknown.
func (r Ruling) String() string {
	if r < 0 || int(r) >= len(rulingWords) {
		return rulingWords[Unknown]
	}
	return rulingWords[r]
}

// MarshalText gives the ruling's word.
func (r Ruling) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads a ruling's word.
func (r *Ruling) UnmarshalText(text []byte) error {
	for i, word := range rulingWords {
		if word == string(text) {
			*r = Ruling(i)
			return nil
		}
	}
	return fmt.Errorf("ruling %q is not known; use unknown, good or bad", text)
}
