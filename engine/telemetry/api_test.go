package telemetry_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"andon/engine/telemetry"
)

// TestAPIAnswersAsDocumented compares answers with the forms given in
// https://prometheus.io/docs/prometheus/latest/querying/api/.
func TestAPIAnswersAsDocumented(t *testing.T) {
	at := time.Unix(1_700_000_000, 0)
	tel, err := telemetry.Open(t.TempDir(), telemetry.Options{Now: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	defer tel.Close()
	for i, v := range []float64{1, 2, 3.5} {
		for _, job := range []string{"api", "web"} {
			if err := tel.Append(context.Background(), []telemetry.Sample{{Labels: map[string]string{"__name__": "up", "job": job}, Value: v, At: at.Add(time.Duration(i-2) * 15 * time.Second)}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	srv := httptest.NewServer(tel.Handler())
	defer srv.Close()
	for _, c := range []struct {
		path string
		code int
		want string
	}{
		{`/api/v1/query?query=up{job="api"}`, 200, `{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"up","job":"api"},"value":[1700000000,"3.5"]}]}}`},
		{`/api/v1/query?query=up{job="api"}&time=1699999985.5`, 200, `{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"up","job":"api"},"value":[1699999985.5,"2"]}]}}`},
		{`/api/v1/query?query=none`, 200, `{"status":"success","data":{"resultType":"vector","result":[]}}`},
		{`/api/v1/query?query=1%2B1&time=2023-11-14T22:13:20Z`, 200, `{"status":"success","data":{"resultType":"scalar","result":[1700000000,"2"]}}`},
		{`/api/v1/query?query="a"`, 200, `{"status":"success","data":{"resultType":"string","result":[1700000000,"a"]}}`},
		{`/api/v1/query?query=1/0`, 200, `{"status":"success","data":{"resultType":"scalar","result":[1700000000,"+Inf"]}}`},
		{`/api/v1/query?query=up{job="api"}[20s]`, 200, `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"up","job":"api"},"values":[[1699999985,"2"],[1700000000,"3.5"]]}]}}`},
		{`/api/v1/query?query=up&limit=1`, 200, `{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"up","job":"api"},"value":[1700000000,"3.5"]}]},"warnings":["results truncated due to limit"]}`},
		{`/api/v1/query_range?query=sum(up)&start=1699999970&end=1700000000&step=15s`, 200, `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1699999970,"2"],[1699999985,"4"],[1700000000,"7"]]}]}}`},
		{`/api/v1/query_range?query=sum(up)&start=1699999970&end=1700000000&step=30`, 200, `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1699999970,"2"],[1700000000,"7"]]}]}}`},
		{`/api/v1/labels`, 200, `{"status":"success","data":["__name__","job"]}`},
		{`/api/v1/labels?match[]=none`, 200, `{"status":"success","data":[]}`},
		{`/api/v1/label/job/values`, 200, `{"status":"success","data":["api","web"]}`},
		{`/api/v1/label/job/values?match[]=up{job="web"}&match[]=up{job="web"}`, 200, `{"status":"success","data":["web"]}`},
		{`/api/v1/label/job/values?limit=1`, 200, `{"status":"success","data":["api"],"warnings":["results truncated due to limit"]}`},
		{`/api/v1/series?match[]=up&match[]={job="api"}`, 200, `{"status":"success","data":[{"__name__":"up","job":"api"},{"__name__":"up","job":"web"}]}`},
		{`/api/v1/metadata`, 200, `{"status":"success","data":{}}`},
	} {
		code, got := get(t, srv.URL, c.path)
		if code != c.code || !equalJSON(t, got, c.want) {
			t.Errorf("%s\ngot  %d %s\nwant %d %s", c.path, code, got, c.code, c.want)
		}
		if path, query, ok := strings.Cut(c.path, "?"); ok && !strings.Contains(path, "label/") && !strings.Contains(path, "metadata") {
			form, err := url.ParseQuery(query)
			if err != nil {
				t.Fatal(err)
			}
			res, err := http.PostForm(srv.URL+path, form)
			if err != nil {
				t.Fatal(err)
			}
			text, _ := io.ReadAll(res.Body)
			res.Body.Close()
			if res.StatusCode != c.code || !equalJSON(t, string(text), c.want) {
				t.Errorf("POST %s\ngot  %d %s", c.path, res.StatusCode, text)
			}
		}
	}
	for _, c := range []struct {
		path string
		code int
		kind string
	}{
		{`/api/v1/query?query=up{`, 400, "bad_data"},
		{`/api/v1/query`, 400, "bad_data"},
		{`/api/v1/query?query=up&time=yesterday`, 400, "bad_data"},
		{`/api/v1/query?query=up&limit=-1`, 400, "bad_data"},
		{`/api/v1/query?query=up%2Bon(a)up`, 422, "execution"},
		{`/api/v1/query?query=up&timeout=1ns`, 400, "bad_data"},
		{`/api/v1/query?query=up&timeout=0.000000001`, 503, "timeout"},
		{`/api/v1/query_range?query=up&start=2&end=1&step=1`, 400, "bad_data"},
		{`/api/v1/query_range?query=up&start=1&end=2&step=0`, 400, "bad_data"},
		{`/api/v1/query_range?query=up&start=1&end=2`, 400, "bad_data"},
		{`/api/v1/query_range?query=up&start=0&end=1700000000&step=1`, 400, "bad_data"},
		{`/api/v1/series`, 400, "bad_data"},
		{`/api/v1/series?match[]={job=~".*"}`, 400, "bad_data"},
		{`/api/v1/label/a%FFb/values`, 400, "bad_data"},
		{`/api/v1/nothing`, 404, "not_found"},
	} {
		code, got := get(t, srv.URL, c.path)
		var body struct{ Status, ErrorType, Error string }
		if err := json.Unmarshal([]byte(got), &body); err != nil || code != c.code || body.Status != "error" || body.ErrorType != c.kind || body.Error == "" {
			t.Errorf("%s\ngot  %d %s\nwant %d %s", c.path, code, got, c.code, c.kind)
		}
	}
	code, got := get(t, srv.URL, "/api/v1/status/buildinfo")
	if code != 200 || !strings.Contains(got, `"version":"3.16.0"`) {
		t.Errorf("buildinfo %d %s", code, got)
	}
	if err := tel.Close(); err != nil {
		t.Fatal(err)
	}
	if code, got := get(t, srv.URL, "/api/v1/query?query=up"); code != 503 {
		t.Errorf("after Close: %d %s", code, got)
	}
}

func TestAPIMetadataAndNativeHistograms(t *testing.T) {
	tel := open(t, t.TempDir())
	reg := prometheus.NewRegistry()
	h := prometheus.NewHistogram(prometheus.HistogramOpts{Name: "took_seconds", Help: "How long.", NativeHistogramBucketFactor: 1.1})
	reg.MustRegister(h)
	h.Observe(1)
	if err := tel.Gather("g", reg, nil); err != nil {
		t.Fatal(err)
	}
	until(t, tel, "histogram_count(took_seconds)", is(1))
	srv := httptest.NewServer(tel.Handler())
	defer srv.Close()
	_, got := get(t, srv.URL, "/api/v1/metadata?metric=took_seconds")
	if want := `{"status":"success","data":{"took_seconds":[{"type":"histogram","help":"How long.","unit":""}]}}`; !equalJSON(t, got, want) {
		t.Errorf("metadata %s, want %s", got, want)
	}
	_, got = get(t, srv.URL, "/api/v1/query?query=took_seconds")
	if !strings.Contains(got, `"histogram":[`) || !strings.Contains(got, `"count":"1"`) || !strings.Contains(got, `"buckets":[[`) {
		t.Errorf("histogram %s", got)
	}
}

func get(t *testing.T, base, path string) (int, string) {
	t.Helper()
	res, err := http.Get(base + strings.NewReplacer(`"`, "%22", "{", "%7B", "}", "%7D", "[20s]", "%5B20s%5D").Replace(path))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if ct := res.Header.Get("Content-Type"); ct != "application/json" {
		t.Errorf("%s: content type %q", path, ct)
	}
	return res.StatusCode, string(text)
}

func equalJSON(t *testing.T, a, b string) bool {
	t.Helper()
	var x, y any
	if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
		return false
	}
	p, _ := json.Marshal(x)
	q, _ := json.Marshal(y)
	return string(p) == string(q)
}
