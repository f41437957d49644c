package payload

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// ErrNoSecret says that nothing can be proven.
var ErrNoSecret = errors.New("no secret is set for this forge, so no delivery can be trusted; set one and give it to the forge")

// MAC is the HMAC-SHA256 of the parts, one after the other.
func MAC(key []byte, parts ...[]byte) []byte {
	m := hmac.New(sha256.New, key)
	for _, p := range parts {
		m.Write(p)
	}
	return m.Sum(nil)
}

// CheckHex proves the body by its HMAC-SHA256 in hexadecimal, in constant time.
// header names where the signature stood, for the error.
func CheckHex(header, signature string, body []byte, secret string) error {
	if secret == "" {
		return ErrNoSecret
	}
	if signature == "" {
		return fmt.Errorf("the header %s is missing; set the secret on the forge", header)
	}
	got, err := hex.DecodeString(signature)
	if err != nil || len(got) != sha256.Size {
		return fmt.Errorf("the header %s is no SHA-256 signature of %d hexadecimal digits", header, 2*sha256.Size)
	}
	if !hmac.Equal(got, MAC([]byte(secret), body)) {
		return fmt.Errorf("the header %s does not fit the body; the secrets differ, or the body was changed on its way", header)
	}
	return nil
}

// CheckToken compares a token with the secret in constant time, which does not
// tell the secret's length either.
func CheckToken(header, token, secret string) error {
	if secret == "" {
		return ErrNoSecret
	}
	if token == "" {
		return fmt.Errorf("the header %s is missing; set the secret on the forge", header)
	}
	a, b := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(secret))
	if subtle.ConstantTimeCompare(a[:], b[:]) != 1 {
		return fmt.Errorf("the header %s is not the secret", header)
	}
	return nil
}

// Digest is the body's SHA-256 in hexadecimal: the id of a delivery that has none.
func Digest(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// ID gives the first of the ids that may name a delivery, or the body's digest.
// What is not short plain text is no id.
func ID(body []byte, candidates ...string) string {
	for _, id := range candidates {
		if plain(id) {
			return id
		}
	}
	return Digest(body)
}

func plain(id string) bool {
	const longest = 200
	return id != "" && len(id) <= longest && !strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' })
}
