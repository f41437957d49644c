package bench

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"

	_ "modernc.org/sqlite"

	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/flow/floor"
	"andon/flow/measure"
	"andon/journal"
	"andon/surface/api"
)

// writers is how many clients write at once.
const writers = 64

// BenchmarkWritesThroughAPI adds cards over HTTP: one transaction, one fact
// and one durable commit for each. writes/s is the figure to look at.
func BenchmarkWritesThroughAPI(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *store.Store{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			ledger := journal.NewLedger(open(b), nil, nil)
			ledger.Project(measure.Record)
			service := floor.NewService(ledger, nil)
			line := floor.Line{Name: "shop", Key: "SHOP", Stations: []floor.Station{{Name: "backlog", Kind: floor.Queue}, {Name: "done", Kind: floor.Done}}}
			if err := service.Define(b.Context(), []floor.Line{line}, nil); err != nil {
				b.Fatal(err)
			}
			server := httptest.NewServer(api.New(api.Services{Ledger: ledger, Floor: service}, "bench"))
			defer server.Close()
			client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: writers}}
			b.SetParallelism(writers)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					resp, err := client.Post(server.URL+"/v1/cards", "application/json", bytes.NewReader([]byte(`{"line":"shop","title":"One more"}`)))
					if err != nil {
						b.Error(err)
						return
					}
					resp.Body.Close()
					if resp.StatusCode != http.StatusOK {
						b.Errorf("%s", resp.Status)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
		})
	}
}

// BenchmarkWritesBatchedAndAlone compares the ledger, which joins the commits
// of writers that come together, with one durable transaction for each.
func BenchmarkWritesBatchedAndAlone(b *testing.B) {
	b.Run("ledger", func(b *testing.B) {
		ledger := journal.NewLedger(storetest.SQLite(b), nil, nil)
		b.SetParallelism(writers)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				err := ledger.Write(context.Background(), func(tx journal.Tx) error {
					tx.Append(journal.Fact{Type: journal.CardMoved, Subject: "SHOP-1", Text: "SHOP-1 moved", Content: journal.JSON(map[string]string{})})
					return nil
				})
				if err != nil {
					b.Error(err)
					return
				}
			}
		})
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
	})
	b.Run("alone", func(b *testing.B) {
		db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "alone.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate&_pragma=busy_timeout(60000)")
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		db.SetMaxOpenConns(1)
		if _, err := db.Exec(`CREATE TABLE fact (seq INTEGER PRIMARY KEY, body TEXT)`); err != nil {
			b.Fatal(err)
		}
		var n atomic.Int64
		b.SetParallelism(writers)
		b.ResetTimer()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := db.Exec(`INSERT INTO fact (body) VALUES (?)`, fmt.Sprint("fact ", n.Add(1))); err != nil {
					b.Error(err)
					return
				}
			}
		})
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
	})
}
