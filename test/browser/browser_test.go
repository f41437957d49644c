// Package browser_test opens the pages in a real browser: by pointer, by
// keyboard, in both themes, and as a screen reader's rules would have it.
package browser_test

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"andon/test/stage"
)

func TestMain(m *testing.M) { stage.Main(m) }

// axe is axe-core, which checks pages for accessibility (MPL-2.0).
//
//go:embed testdata/axe.min.js
var axe string

// tab is one tab of a browser, logged in.
type tab struct {
	t    *testing.T
	ctx  context.Context
	base string

	mu    sync.Mutex
	wrong []string // what the console complained about
}

// open starts a browser; more tabs of it come from tab.another.
func open(t *testing.T, s *stage.Shop) *tab {
	t.Helper()
	opts := chromedp.DefaultExecAllocatorOptions[:]
	if os.Geteuid() == 0 { // Chromium's sandbox refuses to work for root
		opts = append(opts, chromedp.NoSandbox)
	}
	ctx, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(stop)
	return newTab(t, s, ctx)
}

func (b *tab) another(s *stage.Shop) *tab { return newTab(b.t, s, b.ctx) }

func newTab(t *testing.T, s *stage.Shop, parent context.Context) *tab {
	t.Helper()
	ctx, stop := chromedp.NewContext(parent)
	t.Cleanup(stop)
	b := &tab{t: t, ctx: ctx, base: "http://" + s.Base}
	b.do(chromedp.EmulateViewport(1440, 900))
	go b.listen()
	b.do(chromedp.Navigate(s.Login()))
	return b
}

func (b *tab) listen() {
	for m, err := range chromedp.Console(b.ctx) {
		if err != nil {
			return
		}
		if m.Type == chromedp.ConsoleError || m.Type == chromedp.ConsoleException {
			b.mu.Lock()
			b.wrong = append(b.wrong, m.Text)
			b.mu.Unlock()
		}
	}
}

// complaints gives what the console complained about so far.
func (b *tab) complaints() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.wrong
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, stop := b.ctx, func() {}
	if chromedp.FromContext(b.ctx).Target != nil { // the first step must not have a deadline: it starts the browser
		ctx, stop = context.WithTimeout(b.ctx, stage.Patience)
	}
	defer stop()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

func (b *tab) goTo(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.base+path), chromedp.WaitReady("#page"))
}

// eval runs a script in the page; a promise is waited for.
func eval[T any](b *tab, script string) T {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, stage.Patience)
	defer stop()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v", script[:min(120, len(script))], err)
	}
	return v
}

// until waits until a script's answer is true.
func (b *tab) until(what, script string) {
	b.t.Helper()
	for deadline := time.Now().Add(stage.Patience); !eval[bool](b, script); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.t.Fatalf("gave up waiting for %s; the page says:\n%s", what, eval[string](b, `document.body.innerText`))
		}
	}
}

func (b *tab) theme(name string) {
	b.t.Helper()
	_, err := chromedp.Run(b.ctx, func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}})
		return chromedp.Void{}, err
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// inLane is a script that says whether a card is in a station's lane.
func inLane(card, station string) string {
	return fmt.Sprintf(`document.querySelector('[data-station=%q] [data-key=%q]') !== null`, station, card)
}
