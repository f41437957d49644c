package process

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// sink is a buffer that may be read while it is written.
type sink struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *sink) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(b)
}

func (s *sink) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func TestLogsAreFollowedOverRotation(t *testing.T) {
	t.Parallel()
	r := open(t, t.TempDir(), Options{MaxLogBytes: 1000, LogCheck: 10 * time.Millisecond})
	w := workload("r1", 1)
	ensure(t, r, w)
	i := settled(t, r, w, 1)[0]
	ctx, cancel := context.WithCancel(context.Background())
	var followed sink
	ended := make(chan error, 1)
	go func() { ended <- r.Logs(ctx, shop, "r1", &followed, true) }()
	eventually(t, "the first line", func() bool { return strings.Contains(followed.String(), i.ID+" listening\n") })

	for n := range 3 {
		get(t, i, fmt.Sprintf("/print?line=round-%d-%s", n, strings.Repeat("x", 1000)))
		eventually(t, "the rotation", func() bool {
			old, _ := os.ReadFile(r.Log(shop, "r1", i.ID) + ".1")
			now, err := os.Stat(r.Log(shop, "r1", i.ID))
			return strings.Contains(string(old), fmt.Sprintf("round-%d-", n)) && err == nil && now.Size() < 1000
		})
	}
	get(t, i, "/print?line=after")
	eventually(t, "the line after rotation", func() bool { return strings.Contains(followed.String(), i.ID+" after\n") })
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("following ended with %v", err)
	}
	var all bytes.Buffer
	if err := r.Logs(context.Background(), shop, "r1", &all, false); err != nil {
		t.Fatal(err)
	}
	if got := all.String(); !strings.HasPrefix(got, i.ID+" round-2-") || !strings.HasSuffix(got, i.ID+" after\n") {
		t.Errorf("Logs gave %.100q…", got)
	}
}

func TestLineReaderKeepsLinesWhole(t *testing.T) {
	path := t.TempDir() + "/x.log"
	long := strings.Repeat("y", 100<<10)
	write := func(s string) {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := f.WriteString(s); err != nil {
			t.Fatal(err)
		}
	}
	l := lineReader{prefix: "i "}
	for _, step := range []struct {
		add  string
		last bool
		want string
	}{
		{"a\n\nb", false, "i a\ni \n"},
		{"c\nd", false, "i bc\n"},
		{"", true, "i d\n"},
		{long + "\n", false, "i " + long[:64<<10] + "\ni " + long[64<<10:] + "\n"},
	} {
		write(step.add)
		var out bytes.Buffer
		if err := l.copy(&out, path, step.last); err != nil {
			t.Fatal(err)
		}
		if out.String() != step.want {
			t.Errorf("after adding %.20q: %.80q, want %.80q", step.add, out.String(), step.want)
		}
	}
}
