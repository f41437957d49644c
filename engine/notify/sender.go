package notify

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"syscall"
	"time"

	"andon/journal/cloudevent"
	"andon/journal/subscription"
)

var _ subscription.Sender = (*Sender)(nil)

// Sender brings messages over HTTP. Safe for concurrent use.
type Sender struct{ client *http.Client }

// NewSender connects to nothing yet.
func NewSender() *Sender {
	dialer := &net.Dialer{Timeout: 10 * time.Second, ControlContext: refuseLinkLocal}
	transport := &http.Transport{
		DialContext: dialer.DialContext, ForceAttemptHTTP2: true,
		MaxIdleConns: 100, MaxIdleConnsPerHost: 2, IdleConnTimeout: 90 * time.Second,
		TLSHandshakeTimeout: 10 * time.Second, MaxResponseHeaderBytes: 64 << 10,
	}
	return &Sender{&http.Client{Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// Close lets go of the connections that are kept for later.
func (s *Sender) Close() { s.client.CloseIdleConnections() }

// Send fits [subscription.Sender].
func (s *Sender) Send(ctx context.Context, m subscription.Message) subscription.Outcome {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, m.URL, bytes.NewReader(m.Body))
	if err != nil {
		return subscription.Outcome{Problem: "The URL cannot be used."}
	}
	req.Header.Set("Content-Type", cloudevent.StructuredType)
	req.Header.Set("User-Agent", "Andon")
	req.Header.Set(IDHeader, m.ID)
	req.Header.Set(TimestampHeader, strconv.FormatInt(m.At.Unix(), 10))
	req.Header.Set(SignatureHeader, signatures(m))
	answer, err := s.client.Do(req)
	if err != nil {
		return subscription.Outcome{Problem: sentence(err)}
	}
	defer answer.Body.Close()
	// A short body is read so that the connection can be used again; what it
	// says is nobody's business. The status stands even when it breaks off.
	_, _ = io.CopyN(io.Discard, answer.Body, 16<<10)
	return subscription.Outcome{Status: answer.StatusCode, RetryAfter: retryAfter(answer.Header.Get("Retry-After"), m.At)}
}

// retryAfter reads the header in both of its forms (RFC 9110, 10.2.3): a
// number of seconds, or a date. 0 when it says nothing to go by.
func retryAfter(value string, now time.Time) time.Duration {
	const most = 365 * 24 * 60 * 60
	if seconds, err := strconv.ParseInt(value, 10, 64); err == nil {
		return time.Duration(min(max(seconds, 0), most)) * time.Second
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return max(at.Sub(now), 0)
}

// errAddress is what refuseLinkLocal fails with.
var errAddress = errors.New("the address is not one that events are sent to")

func refuseLinkLocal(_ context.Context, _, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return errAddress
	}
	ip := to.Addr().Unmap()
	if ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip.IsUnspecified() || ip == awsV6 {
		return errAddress
	}
	return nil
}

// awsV6 hands out credentials like the link-local 169.254.169.254 does.
var awsV6 = netip.MustParseAddr("fd00:ec2::254")

// sentence says what kept the answer away. The error itself holds the URL, so
// it is not repeated.
func sentence(err error) string {
	var timeout net.Error
	_, unknown := errors.AsType[*net.DNSError](err)
	_, dial := errors.AsType[*net.OpError](err)
	switch {
	case errors.Is(err, errAddress):
		return "The host has a link-local address; events are not sent there."
	case errors.Is(err, context.Canceled):
		return "Sending was given up."
	case errors.As(err, &timeout) && timeout.Timeout():
		return "The receiver did not answer in time."
	case unknown:
		return "The receiver's host name cannot be resolved."
	case errors.Is(err, syscall.ECONNREFUSED):
		return "The receiver refused the connection."
	case dial:
		return "The receiver cannot be reached."
	case isTLS(err):
		return "The receiver's certificate cannot be trusted."
	}
	return "The receiver broke the connection before it answered."
}
