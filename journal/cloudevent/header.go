package cloudevent

import (
	"fmt"
	"net/url"
	"strings"
)

// headerPrefix begins the header of each attribute in the binary form.
const headerPrefix = "Ce-"

// percentEncode writes an attribute as a header value: CloudEvents 1.0, HTTP
// Protocol Binding, section 3.1.3.2. What is not printable ASCII, and space,
// double quote and percent sign, become %XX of their UTF-8 bytes.
func percentEncode(value string) string {
	var b strings.Builder
	for i := range len(value) {
		switch c := value[i]; {
		case c <= 0x20, c >= 0x7f, c == '"', c == '%':
			fmt.Fprintf(&b, "%%%02X", c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// percentDecode is the inverse of percentEncode. A percent sign that encodes
// nothing is an error; some senders quote the value, and quotes are taken off.
func percentDecode(value string) (string, error) {
	if n := len(value); n >= 2 && value[0] == '"' && value[n-1] == '"' {
		value = value[1 : n-1]
	}
	return url.PathUnescape(value)
}
