package subscription

import (
	"crypto/rand"
	"encoding/base64"
	"log/slog"
	"strings"
)

// Secret is the key that messages are signed with, in the form of Standard
// Webhooks: "whsec_" and 24 to 64 bytes in base64. It hides itself wherever it
// is printed, logged or encoded; Reveal gives its text.
type Secret struct{ text string }

const (
	secretPrefix = "whsec_"
	leastKey     = 24
	mostKey      = 64
	hidden       = secretPrefix + "…"
)

// NewSecret makes a secret that nobody can guess.
func NewSecret() Secret {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails: crypto/rand ends the program instead
	return Secret{secretPrefix + base64.StdEncoding.EncodeToString(key)}
}

// ParseSecret reads a secret that somebody chose.
func ParseSecret(text string) (Secret, error) {
	s := Secret{text}
	if n := len(s.Key()); !strings.HasPrefix(text, secretPrefix) || n < leastKey || n > mostKey {
		return Secret{}, &Invalid{"secret", "is not of the form whsec_ and 24 to 64 bytes in base64; leave it out and Andon makes one"}
	}
	return s, nil
}

// Key is the key itself, nil when the secret is not valid.
func (s Secret) Key() []byte {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(s.text, secretPrefix))
	if err != nil {
		return nil
	}
	return key
}

// Reveal gives the text that receivers need. It is shown once, to whoever
// adds the subscription.
func (s Secret) Reveal() string { return s.text }

// String hides the secret.
func (s Secret) String() string { return hidden }

// GoString hides the secret.
func (s Secret) GoString() string { return hidden }

// LogValue hides the secret.
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the secret.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }
