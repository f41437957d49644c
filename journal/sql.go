package journal

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// AtOnce is how many values one query names: both databases take as many.
const AtOnce = 500

// In is a list of values as the text between the brackets of an IN, "$1, $2",
// and its arguments; it is the first of its query's arguments.
func In[T any](values []T) (places string, args []any) {
	names := make([]string, len(values))
	args = make([]any, len(values))
	for i, v := range values {
		names[i], args[i] = fmt.Sprintf("$%d", i+1), v
	}
	return strings.Join(names, ", "), args
}

// FactID is an id that is the same whenever it is made from the same parts, so
// that who tells a thing again finds it told, see [Told].
func FactID(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}
