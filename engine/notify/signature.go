package notify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"andon/journal/subscription"
)

// The headers of Standard Webhooks.
const (
	IDHeader        = "Webhook-Id"
	TimestampHeader = "Webhook-Timestamp"
	SignatureHeader = "Webhook-Signature"
)

// version marks symmetric signatures, the only ones made here.
const version = "v1,"

// signatures are those of a message, by the newest secret first. The standard
// has receivers accept any of them.
func signatures(m subscription.Message) string {
	text := Sign(m.Secret, m.ID, m.At, m.Body)
	if m.Former != (subscription.Secret{}) {
		text += " " + Sign(m.Former, m.ID, m.At, m.Body)
	}
	return text
}

// Sign gives the value of the signature header for one message.
func Sign(secret subscription.Secret, id string, at time.Time, body []byte) string {
	mac := hmac.New(sha256.New, secret.Key())
	fmt.Fprintf(mac, "%s.%d.", id, at.Unix())
	mac.Write(body)
	return version + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Tolerance is how far a message's time may be from the receiver's clock;
// older ones could be a recording that somebody plays again.
const Tolerance = 5 * time.Minute

// Errors of [Verify].
var (
	ErrUnsigned = errors.New("the message has no webhook-id, webhook-timestamp or webhook-signature")
	ErrStale    = fmt.Errorf("the message is not of now: its webhook-timestamp is more than %v away", Tolerance)
	ErrForged   = errors.New("the webhook-signature is not of this body and secret")
)

// Verify says whether a message that came at now was signed with the secret.
// The header may hold several signatures, divided by spaces, while a sender
// changes its secret; one that fits is enough.
func Verify(secret subscription.Secret, header http.Header, body []byte, now time.Time) error {
	id, signatures := header.Get(IDHeader), header.Get(SignatureHeader)
	seconds, err := strconv.ParseInt(header.Get(TimestampHeader), 10, 64)
	if id == "" || signatures == "" || err != nil {
		return ErrUnsigned
	}
	at := time.Unix(seconds, 0)
	if d := now.Sub(at); d > Tolerance || d < -Tolerance {
		return ErrStale
	}
	want := []byte(Sign(secret, id, at, body))
	for signature := range strings.FieldsSeq(signatures) {
		if hmac.Equal([]byte(signature), want) {
			return nil
		}
	}
	return ErrForged
}
