package source_test

import (
	"slices"
	"strings"
	"testing"

	"andon/flow/source"
)

func TestKeysAreFoundWhereWorkIsNamed(t *testing.T) {
	for _, c := range []struct {
		name  string
		words source.Words
		want  string
	}{
		{"nothing", source.Words{}, ""},
		{"a branch", source.Words{Branch: "feature/SHOP-7-cart"}, "SHOP-7"},
		{"a branch in lower case beside an underscore", source.Words{Branch: "ana/shop-12_cart"}, "SHOP-12"},
		{"two in a branch that share a separator", source.Words{Branch: "shop-1/shop-2"}, "SHOP-1 SHOP-2"},
		{"a number that goes on with letters", source.Words{Branch: "shop-1a"}, ""},
		{"a number that begins with zero", source.Words{Title: "SHOP-012"}, ""},
		{"the title", source.Words{Title: "SHOP-3: a cart, see also WEB2-44"}, "SHOP-3 WEB2-44"},
		{"lower case in a title is prose", source.Words{Title: "utf-8 and shop-3"}, ""},
		{"a key within a word", source.Words{Title: "XSHOP-3x"}, ""},
		{"a trailer", source.Words{Body: "Why and how.\n\nCard: SHOP-4, SHOP-5\n"}, "SHOP-4 SHOP-5"},
		{"a trailer with CRLF", source.Words{Body: "Why.\r\n\r\ncard: SHOP-4\r\n"}, "SHOP-4"},
		{"a link", source.Words{Body: "[the card](https://andon.example/cards/SHOP-6)."}, "SHOP-6"},
		{"prose in the body does not count", source.Words{Body: "unlike SHOP-9, and not UTF-8"}, ""},
		{"each once, sorted", source.Words{Branch: "shop-2", Title: "SHOP-2 SHOP-1", Body: "Card: SHOP-1"}, "SHOP-1 SHOP-2"},
		{"too long a prefix", source.Words{Title: "ABCDEFGHIJKL-1"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := source.Keys(c.words); !slices.Equal(got, strings.Fields(c.want)) {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}
