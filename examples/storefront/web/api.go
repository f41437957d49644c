package web

import (
	"encoding/json"
	"errors"
	"net/http"

	"storefront/shop"
)

func (s *server) products(w http.ResponseWriter, _ *http.Request) {
	s.json(w, http.StatusOK, s.Shop.Products())
}

func (s *server) product(w http.ResponseWriter, r *http.Request) {
	p, err := s.Shop.Product(r.PathValue("id"))
	if err != nil {
		s.refuse(w, err)
		return
	}
	s.json(w, http.StatusOK, p)
}

func (s *server) basket(w http.ResponseWriter, r *http.Request) {
	s.json(w, http.StatusOK, s.Shop.Bill(basketOf(r)))
}

func (s *server) put(w http.ResponseWriter, r *http.Request) {
	var wish struct{ Quantity int }
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<10)).Decode(&wish); err != nil {
		s.json(w, http.StatusBadRequest, problem{`the body must be JSON like {"quantity": 2}`})
		return
	}
	b, err := s.Shop.Put(basketOf(r), r.PathValue("id"), wish.Quantity)
	if err != nil {
		s.refuse(w, err)
		return
	}
	keep(w, b)
	s.json(w, http.StatusOK, s.Shop.Bill(b))
}

func (s *server) empty(w http.ResponseWriter, _ *http.Request) {
	keep(w, shop.Basket{})
	w.WriteHeader(http.StatusNoContent)
}

func (s *server) checkout(w http.ResponseWriter, r *http.Request) {
	order, err := s.order(w, r)
	if err != nil {
		s.refuse(w, err)
		return
	}
	s.json(w, http.StatusCreated, order)
}

// order checks the request's basket out and empties it.
func (s *server) order(w http.ResponseWriter, r *http.Request) (shop.Order, error) {
	order, err := s.Shop.Checkout(basketOf(r))
	if err != nil {
		return order, err
	}
	keep(w, shop.Basket{})
	s.Log.Info("order", "number", order.Number, "total", order.Bill.Total.String())
	return order, nil
}

type problem struct {
	Error string `json:"error"`
}

// refuse answers what the customer did wrong.
func (s *server) refuse(w http.ResponseWriter, err error) {
	s.json(w, codeOf(err), problem{err.Error()})
}

func codeOf(err error) int {
	switch {
	case errors.Is(err, shop.ErrNoProduct):
		return http.StatusNotFound
	case errors.Is(err, shop.ErrQuantity):
		return http.StatusUnprocessableEntity
	case errors.Is(err, shop.ErrEmpty):
		return http.StatusConflict
	default:
		return http.StatusInternalServerError
	}
}

func (s *server) json(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		s.Log.Warn("answer was cut off", "error", err)
	}
}
