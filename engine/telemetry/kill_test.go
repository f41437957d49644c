package telemetry_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"andon/engine/telemetry"
)

const victimDir = "ANDON_TELEMETRY_VICTIM"

// TestVictim is the process that TestKillLosesNothingAcknowledged kills: it
// appends without end and prints how many appends were acknowledged.
func TestVictim(t *testing.T) {
	dir := os.Getenv(victimDir)
	if dir == "" {
		t.Skip("only run by TestKillLosesNothingAcknowledged")
	}
	tel, err := telemetry.Open(dir, telemetry.Options{})
	if err != nil {
		fmt.Println("refused", err)
		t.Fatal(err)
	}
	start, _, err := tel.Value(context.Background(), "last_over_time(n[1h])", time.Now().Add(5*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	// One millisecond later for each append, from where the last life ended.
	epoch, err := strconv.ParseInt(os.Getenv(victimDir+"_EPOCH"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	for n := int64(start) + 1; ; n++ {
		s := telemetry.Sample{Labels: map[string]string{"__name__": "n"}, Value: float64(n), At: time.UnixMilli(epoch + n)}
		if err := tel.Append(context.Background(), []telemetry.Sample{s}); err != nil {
			fmt.Println("refused", err)
			t.Fatal(err)
		}
		fmt.Println("acknowledged", n)
	}
}

func TestKillLosesNothingAcknowledged(t *testing.T) {
	dir := t.TempDir()
	epoch := time.Now()
	last := int64(0)
	for life := range 4 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestVictim$", "-test.count=1")
		cmd.Env = append(os.Environ(), victimDir+"="+dir, fmt.Sprintf("%s_EPOCH=%d", victimDir, epoch.UnixMilli()))
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		enough := last + 500 + int64(137*life)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			word, n, _ := strings.Cut(lines.Text(), " ")
			if word == "refused" {
				t.Errorf("life %d: %s", life, n)
				break
			}
			if v, err := strconv.ParseInt(n, 10, 64); word == "acknowledged" && err == nil {
				if v <= last {
					t.Errorf("life %d went back to %d after %d were acknowledged", life, v, last)
				}
				last = v
			}
			if last == enough {
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		_ = cmd.Wait() // killed
		if last < enough {
			t.Fatalf("life %d acknowledged only %d", life, last)
		}
	}
	tel := open(t, dir)
	count, _, err := tel.Value(context.Background(), "count_over_time(n[1h])", epoch.Add(5*time.Minute))
	// One more may be there: a kill can fall between a commit and its
	// acknowledgement.
	if err != nil || int64(count) < last {
		t.Errorf("%d samples are left of %d acknowledged (%v)", int64(count), last, err)
	}
}
