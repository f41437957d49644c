// Package shop is the business: products, baskets and orders. It knows
// nothing of HTTP. A basket is a value that the customer carries, so any
// instance of the service can serve any request.
package shop

import (
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Cents is an amount of money in hundredths.
type Cents int

// String gives the amount with two decimals, as in "12.50".
func (c Cents) String() string { return fmt.Sprintf("%d.%02d", c/100, c%100) }

// Product is something we sell.
type Product struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	About string `json:"about"`
	Price Cents  `json:"price"`
}

// Basket counts pieces by product id.
type Basket map[string]int

// MaxPieces is the largest quantity of one product in a basket.
const MaxPieces = 20

// Line is one product of a basket with its price.
type Line struct {
	Product  Product `json:"product"`
	Quantity int     `json:"quantity"`
	Price    Cents   `json:"price"`
}

// Bill is a basket with its prices.
type Bill struct {
	Lines    []Line `json:"lines"`
	Goods    Cents  `json:"goods"`
	Shipping Cents  `json:"shipping"`
	Total    Cents  `json:"total"`
}

// Order is a paid basket.
type Order struct {
	Number string `json:"number"`
	Bill   Bill   `json:"bill"`
}

// What a customer can do wrong.
var (
	ErrNoProduct = errors.New("we do not sell that")
	ErrQuantity  = fmt.Errorf("a quantity is between 0 and %d", MaxPieces)
	ErrEmpty     = errors.New("the basket is empty")
)

// Shop sells a fixed list of products. It is safe for concurrent use.
type Shop struct {
	products []Product
	byID     map[string]Product
}

// New opens a shop that sells these products.
func New(products []Product) *Shop {
	s := &Shop{products: products, byID: map[string]Product{}}
	for _, p := range products {
		s.byID[p.ID] = p
	}
	return s
}

// Products lists what we sell.
func (s *Shop) Products() []Product { return slices.Clone(s.products) }

// Product finds one product.
func (s *Shop) Product(id string) (Product, error) {
	p, ok := s.byID[id]
	if !ok {
		return p, fmt.Errorf("%w: %q", ErrNoProduct, id)
	}
	return p, nil
}

// Put gives the basket with another quantity of one product; 0 takes it out.
func (s *Shop) Put(b Basket, id string, quantity int) (Basket, error) {
	if _, err := s.Product(id); err != nil {
		return b, err
	}
	if quantity < 0 || quantity > MaxPieces {
		return b, ErrQuantity
	}
	next := Basket{}
	maps.Copy(next, b)
	next[id] = quantity
	if quantity == 0 {
		delete(next, id)
	}
	return next, nil
}

// Bill prices a basket. Products that we no longer sell are left out.
func (s *Shop) Bill(b Basket) Bill {
	bill := Bill{Lines: []Line{}}
	for _, id := range slices.Sorted(maps.Keys(b)) {
		p, ok := s.byID[id]
		if !ok {
			continue
		}
		line := Line{Product: p, Quantity: b[id], Price: p.Price * Cents(b[id])}
		bill.Lines = append(bill.Lines, line)
		bill.Goods += line.Price
	}
	bill.Shipping = shipping(bill.Goods)
	bill.Total = bill.Goods + bill.Shipping
	return bill
}

// freeFrom is the price of goods from which shipping is free.
const freeFrom Cents = 5000

func shipping(goods Cents) Cents {
	if goods == 0 || goods >= freeFrom {
		return 0
	}
	return 490
}

// Checkout turns a basket into an order.
func (s *Shop) Checkout(b Basket) (Order, error) {
	bill := s.Bill(b)
	if len(bill.Lines) == 0 {
		return Order{}, ErrEmpty
	}
	return Order{Number: "S-" + rand.Text()[:8], Bill: bill}, nil
}
