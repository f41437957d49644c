package web

import (
	"net/http"
	"net/url"
	"strconv"

	"storefront/shop"
)

// The basket travels in a cookie ("mug=2&kettle=1", escaped), so any instance
// can answer any request and a restart loses nothing.
const cookieName = "basket"

// basketOf reads the basket. What cannot be read is left out: a customer with
// a stale cookie gets a smaller basket, not an error.
func basketOf(r *http.Request) shop.Basket {
	b := shop.Basket{}
	c, err := r.Cookie(cookieName)
	if err != nil {
		return b
	}
	text, err := url.QueryUnescape(c.Value)
	if err != nil {
		return b
	}
	values, err := url.ParseQuery(text)
	if err != nil {
		return b
	}
	for id := range values {
		if n, err := strconv.Atoi(values.Get(id)); err == nil && n > 0 && n <= shop.MaxPieces {
			b[id] = n
		}
	}
	return b
}

// keep gives the basket back to the customer.
func keep(w http.ResponseWriter, b shop.Basket) {
	values := url.Values{}
	for id, n := range b {
		values.Set(id, strconv.Itoa(n))
	}
	c := &http.Cookie{
		Name:     cookieName,
		Value:    url.QueryEscape(values.Encode()),
		Path:     "/",
		MaxAge:   30 * 24 * 3600,
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode,
	}
	if len(b) == 0 {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}
