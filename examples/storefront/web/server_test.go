package web

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"storefront/shop"
)

// customer is a browser: it sends the cookies it was given.
type customer struct {
	t       *testing.T
	site    http.Handler
	cookies map[string]*http.Cookie
}

func visit(t *testing.T) *customer {
	site := NewServer(Config{Shop: shop.New(shop.Goods()), Title: "Test shop", Revision: "abc", Log: slog.New(slog.DiscardHandler)})
	return &customer{t, site, map[string]*http.Cookie{}}
}

func (c *customer) does(method, path, body string, code int) *httptest.ResponseRecorder {
	c.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, cookie := range c.cookies {
		r.AddCookie(cookie)
	}
	w := httptest.NewRecorder()
	c.site.ServeHTTP(w, r)
	if w.Code != code {
		c.t.Fatalf("%s %s: %d %s, want %d", method, path, w.Code, w.Body, code)
	}
	for _, cookie := range w.Result().Cookies() {
		c.cookies[cookie.Name] = cookie
	}
	return w
}

func (c *customer) bill() (b shop.Bill) {
	c.t.Helper()
	if err := json.NewDecoder(c.does("GET", "/api/basket", "", 200).Body).Decode(&b); err != nil {
		c.t.Fatal(err)
	}
	return b
}

func TestFromBasketToOrder(t *testing.T) {
	c := visit(t)
	c.does("PUT", "/api/basket/mug", `{"quantity": 2}`, 200)
	c.does("PUT", "/api/basket/scale", `{"quantity": 1}`, 200)
	if b := c.bill(); b.Total != 5390 || len(b.Lines) != 2 {
		t.Fatalf("bill: %+v", b)
	}
	var o shop.Order
	if err := json.NewDecoder(c.does("POST", "/api/checkout", "", 201).Body).Decode(&o); err != nil {
		t.Fatal(err)
	}
	if o.Number == "" || o.Bill.Total != 5390 {
		t.Fatalf("order: %+v", o)
	}
	if b := c.bill(); len(b.Lines) != 0 {
		t.Fatalf("the basket after checkout: %+v", b)
	}
}

func TestPageSells(t *testing.T) {
	c := visit(t)
	if page := c.does("GET", "/", "", 200).Body.String(); !strings.Contains(page, "Hand grinder") || !strings.Contains(page, "Nothing in it yet") {
		t.Fatal(page)
	}
	c.does("POST", "/basket/grinder", "more=1", 303)
	c.does("POST", "/basket/grinder", "more=1", 303)
	if page := c.does("GET", "/", "", 200).Body.String(); !strings.Contains(page, "178.00") {
		t.Fatal(page)
	}
	to := c.does("POST", "/checkout", "", 303).Header().Get("Location")
	if page := c.does("GET", to, "", 200).Body.String(); !strings.Contains(page, "Your order is S-") {
		t.Fatal(page)
	}
}

func TestWrongRequestsAreRefused(t *testing.T) {
	c := visit(t)
	c.does("GET", "/api/products/abacus", "", 404)
	c.does("PUT", "/api/basket/abacus", `{"quantity": 1}`, 404)
	c.does("PUT", "/api/basket/mug", `{"quantity": 99}`, 422)
	c.does("PUT", "/api/basket/mug", `two`, 400)
	c.does("POST", "/api/checkout", "", 409)
	c.does("GET", "/nothing/here", "", 404)
	c.cookies["basket"] = &http.Cookie{Name: "basket", Value: "mug%3Dmany%26%25%25"}
	c.does("GET", "/", "", 200)
}

func TestRequestsAreCountedByRoute(t *testing.T) {
	c := visit(t)
	c.does("GET", "/api/products/mug", "", 200)
	c.does("GET", "/api/products/scale", "", 200)
	c.does("GET", "/api/products/abacus", "", 404)
	c.does("GET", "/healthz", "", 200)
	got := c.does("GET", "/metrics", "", 200).Body.String()
	for _, want := range []string{
		`storefront_http_requests_total{route="GET /api/products/{id}",method="GET",code="200"} 2`,
		`storefront_http_requests_total{route="GET /api/products/{id}",method="GET",code="404"} 1`,
		`storefront_http_request_duration_seconds_count{route="GET /healthz"} 1`,
	} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("missing %s in\n%s", want, got)
		}
	}
}
