package api

import (
	"io"
	"sync"
	"time"
)

// latency is how long a line of a live log may stay in a buffer.
const latency = 50 * time.Millisecond

// prompt is a writer whose reader sees everything soon, also when nothing is
// written for a while, without a flush for each line.
type prompt struct {
	mu      sync.Mutex
	to      io.Writer
	flush   func() error
	waiting bool // something is written and not flushed
	timer   *time.Timer
}

// newPrompt writes to a writer. Stop it before the writer goes away.
func newPrompt(to io.Writer, flush func() error) *prompt {
	p := &prompt{to: to, flush: flush}
	p.timer = time.AfterFunc(latency, p.late)
	return p
}

func (p *prompt) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n, err := p.to.Write(b)
	if !p.waiting {
		p.waiting = true
		p.timer.Reset(latency)
	}
	return n, err
}

func (p *prompt) late() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting {
		p.waiting = false
		_ = p.flush() // a reader who has gone is met by the next write
	}
}

// stop ends all flushing; what is still waiting is left to the writer's end.
func (p *prompt) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting = false
	p.timer.Stop()
}
