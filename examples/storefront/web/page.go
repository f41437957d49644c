package web

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"net/url"
	"strconv"

	"storefront/shop"
)

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

type view struct {
	Title    string
	Revision string
	Products []shop.Product
	Bill     shop.Bill
	Said     string // a sentence about what the customer just did
}

func (s *server) page(w http.ResponseWriter, r *http.Request) {
	v := view{Title: s.Title, Revision: s.Revision, Products: s.Shop.Products(), Bill: s.Shop.Bill(basketOf(r))}
	if number := r.URL.Query().Get("order"); number != "" {
		v.Said = "Thank you. Your order is " + number + "."
	}
	var page bytes.Buffer
	if err := pageTemplate.Execute(&page, v); err != nil {
		s.Log.Error("page", "error", err)
		http.Error(w, "The page could not be shown.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if _, err := page.WriteTo(w); err != nil {
		s.Log.Warn("page was cut off", "error", err)
	}
}

// putFromPage adds the form's quantity to what the basket holds.
func (s *server) putFromPage(w http.ResponseWriter, r *http.Request) {
	more, err := strconv.Atoi(r.FormValue("more"))
	if err != nil {
		http.Error(w, "more must be a whole number", http.StatusBadRequest)
		return
	}
	id, b := r.PathValue("id"), basketOf(r)
	b, err = s.Shop.Put(b, id, b[id]+more)
	if err != nil {
		http.Error(w, err.Error(), codeOf(err))
		return
	}
	keep(w, b)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (s *server) checkoutFromPage(w http.ResponseWriter, r *http.Request) {
	order, err := s.order(w, r)
	if err != nil {
		http.Error(w, err.Error(), codeOf(err))
		return
	}
	http.Redirect(w, r, "/?order="+url.QueryEscape(order.Number), http.StatusSeeOther)
}
