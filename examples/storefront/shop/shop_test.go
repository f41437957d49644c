package shop

import (
	"errors"
	"testing"
)

func TestBillAddsUp(t *testing.T) {
	s := New(Goods())
	for _, c := range []struct {
		name                   string
		basket                 Basket
		goods, shipping, total Cents
	}{
		{"empty", Basket{}, 0, 0, 0},
		{"below free shipping", Basket{"mug": 2}, 2400, 490, 2890},
		{"just below", Basket{"mug": 1, "scale": 1}, 4190, 490, 4680},
		{"free shipping", Basket{"grinder": 1, "espresso": 2}, 11800, 0, 11800},
		{"no longer sold", Basket{"mug": 1, "abacus": 9}, 1200, 490, 1690},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := s.Bill(c.basket)
			if b.Goods != c.goods || b.Shipping != c.shipping || b.Total != c.total {
				t.Fatalf("goods %v + shipping %v = %v; want %v + %v = %v",
					b.Goods, b.Shipping, b.Total, c.goods, c.shipping, c.total)
			}
		})
	}
}

func TestPutLeavesTheOldBasketAlone(t *testing.T) {
	s := New(Goods())
	old := Basket{"mug": 1}
	next, err := s.Put(old, "kettle", 2)
	if err != nil || next["kettle"] != 2 || next["mug"] != 1 {
		t.Fatalf("%v, %v", next, err)
	}
	if len(old) != 1 {
		t.Fatalf("the old basket became %v", old)
	}
	if next, err = s.Put(next, "mug", 0); err != nil || len(next) != 1 {
		t.Fatalf("%v, %v", next, err)
	}
}

func TestWrongWishesAreRefused(t *testing.T) {
	s := New(Goods())
	for _, c := range []struct {
		id       string
		quantity int
		want     error
	}{{"abacus", 1, ErrNoProduct}, {"mug", -1, ErrQuantity}, {"mug", MaxPieces + 1, ErrQuantity}} {
		if _, err := s.Put(Basket{}, c.id, c.quantity); !errors.Is(err, c.want) {
			t.Errorf("put %d of %s: %v, want %v", c.quantity, c.id, err, c.want)
		}
	}
	if _, err := s.Checkout(Basket{}); !errors.Is(err, ErrEmpty) {
		t.Errorf("checkout of nothing: %v", err)
	}
}

func TestOrdersHaveNumbersOfTheirOwn(t *testing.T) {
	s, seen := New(Goods()), map[string]bool{}
	for range 100 {
		o, err := s.Checkout(Basket{"mug": 1})
		if err != nil || seen[o.Number] || o.Bill.Total != 1690 {
			t.Fatalf("%+v, %v", o, err)
		}
		seen[o.Number] = true
	}
}

func TestMoneyIsWrittenWithTwoDecimals(t *testing.T) {
	for c, want := range map[Cents]string{0: "0.00", 5: "0.05", 1450: "14.50"} {
		if c.String() != want {
			t.Errorf("%d cents: %s, want %s", int(c), c, want)
		}
	}
}
