package telemetry

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"

	"github.com/prometheus/client_golang/prometheus"
	config_util "github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/scrape"
)

// Target is one address to scrape.
type Target struct {
	Job string // label job
	URL string // http://127.0.0.1:1234/metrics
	// Labels are added to every series. instance is the URL's host and port
	// unless given here.
	Labels map[string]string
}

// One pool scrapes everything and each target brings its own job label: a pool
// for each job would mean a new configuration, and with it a DNS look-up by
// Prometheus, whenever a service comes or goes.
const pool = "andon"

const scrapeConfig = `
scrape_configs:
  - job_name: ` + pool + `
    scrape_interval: %[1]s
    scrape_timeout: %[1]s
    scrape_protocols: [PrometheusProto, OpenMetricsText1.0.0, OpenMetricsText0.0.1, PrometheusText1.0.0, PrometheusText0.0.4]
    fallback_scrape_protocol: PrometheusText0.0.4
    scrape_native_histograms: true
    always_scrape_classic_histograms: true
    native_histogram_bucket_limit: %[2]d
    body_size_limit: 10MB
`

func (t *Telemetry) startScraping(registry prometheus.Registerer) error {
	cfg, err := config.Load(fmt.Sprintf(scrapeConfig, model.Duration(t.o.ScrapeInterval), maxBuckets), t.o.Logger)
	if err != nil {
		return err
	}
	var dialer net.Dialer
	t.scraper, err = scrape.NewManager(&scrape.Options{
		ParseST: true,
		// Up to five seconds by default: too long for a service just deployed.
		DiscoveryReloadInterval: model.Duration(t.o.ScrapeInterval / 4),
		HTTPClientOptions: []config_util.HTTPClientOption{config_util.WithDialContextFunc(
			func(ctx context.Context, network, address string) (net.Conn, error) {
				if address == insideHost+":80" {
					return t.inside.dial(ctx)
				}
				return dialer.DialContext(ctx, network, address)
			})},
	}, t.o.Logger, nil, nil, t.db, registry)
	if err != nil {
		return err
	}
	applied := make(chan error, 1)
	// Applying looks this host's name up in DNS, which may take seconds; neither
	// Open nor Close waits for it. Before Run there is nothing to stop.
	go func() { applied <- t.scraper.ApplyConfig(cfg) }()
	t.wait.Go(func() {
		select {
		case <-t.ctx.Done():
			return
		case err := <-applied:
			if err != nil {
				t.o.Logger.Error("telemetry: nothing is scraped", "err", err)
				return
			}
		}
		ended := make(chan error, 1)
		go func() { ended <- t.scraper.Run(t.groups) }()
		<-t.ctx.Done()
		t.scraper.Stop()
		if err := <-ended; err != nil {
			t.o.Logger.Error("telemetry: scraping ended badly", "err", err)
		}
	})
	return nil
}

// SetTargets replaces the list of targets. Series of a target that is no longer
// listed end with a staleness marker about two intervals later. A target whose
// URL or labels cannot be used is left out and named in the error; the others
// are scraped all the same.
func (t *Telemetry) SetTargets(targets []Target) error {
	var groups []*targetgroup.Group
	var problems []error
	for i, target := range targets {
		g, err := target.group(fmt.Sprintf("target/%d", i))
		if err != nil {
			problems = append(problems, err)
			continue
		}
		groups = append(groups, g)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ctx.Err() != nil {
		return ErrClosed
	}
	t.targets = groups
	t.tell()
	return errors.Join(problems...)
}

// tell leaves the whole list where the scraper picks it up, in the place of an
// older list that it has not picked up yet, so that telling never waits. The
// caller holds mu.
func (t *Telemetry) tell() {
	all := slices.Clone(t.targets)
	for _, key := range slices.Sorted(maps.Keys(t.gathered)) {
		all = append(all, t.gathered[key])
	}
	select {
	case <-t.groups:
	default:
	}
	t.groups <- map[string][]*targetgroup.Group{pool: all}
}

func (t Target) group(source string) (*targetgroup.Group, error) {
	u, err := url.Parse(t.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("telemetry: target %q of job %q is not a URL; write it as http://127.0.0.1:8080/metrics", t.URL, t.Job)
	}
	if t.Job == "" {
		return nil, fmt.Errorf("telemetry: target %s has no job; name what it is part of", t.URL)
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/metrics"
	}
	ls := model.LabelSet{model.AddressLabel: model.LabelValue(u.Host), model.SchemeLabel: model.LabelValue(u.Scheme),
		model.MetricsPathLabel: model.LabelValue(path), model.JobLabel: model.LabelValue(t.Job)}
	for name, values := range u.Query() {
		ls[model.LabelName(model.ParamLabelPrefix+name)] = model.LabelValue(values[0])
	}
	for name, value := range t.Labels {
		if !model.LegacyValidation.IsValidLabelName(name) || len(name) > 1 && name[:2] == "__" {
			return nil, fmt.Errorf("telemetry: label %q of target %s cannot be used; write letters, digits and _, not beginning with a digit or __", name, t.URL)
		}
		ls[model.LabelName(name)] = model.LabelValue(value)
	}
	return &targetgroup.Group{Source: source, Targets: []model.LabelSet{ls}}, nil
}
