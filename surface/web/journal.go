package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"andon/journal"
)

// journalView is a page of facts, the newest first.
type journalView struct {
	Facts []journal.Fact
	About string
	Older string // address of the next page, empty at the beginning
	Now   time.Time
}

const factsShown = 100

func (s *site) journalPage(r *http.Request) (page, error) {
	q := journal.Query{Newest: true, Limit: factsShown + 1, Linked: true}
	v := journalView{About: strings.TrimSpace(r.URL.Query().Get("about")), Now: s.Ledger.Now()}
	if v.About != "" {
		kind, id, ok := strings.Cut(v.About, ":")
		if !ok || id == "" {
			return page{}, &badQuery{"about", "use a kind and an id, as in card:SHOP-7"}
		}
		q.About = []journal.Ref{{Kind: journal.RefKind(kind), ID: id}}
	}
	var err error
	if q.Before, err = position(r); err != nil {
		return page{}, err
	}
	if v.Facts, err = s.Ledger.Facts(r.Context(), q); err != nil {
		return page{}, err
	}
	if len(v.Facts) > factsShown {
		v.Facts = v.Facts[:factsShown]
		older := url.Values{"before": {strconv.FormatInt(v.Facts[factsShown-1].Seq, 10)}}
		if v.About != "" {
			older.Set("about", v.About)
		}
		v.Older = "/journal?" + older.Encode()
	}
	return page{Title: "Journal", Place: "/journal", Head: journalHead(v), Body: journalBody(v)}, nil
}

// kindWord is the readable part of a fact's type: "card moved".
func kindWord(t journal.Type) string {
	parts := strings.Split(string(t), ".")
	if len(parts) < 4 {
		return string(t)
	}
	return strings.TrimPrefix(parts[2], "andon-") + " " + parts[3]
}
