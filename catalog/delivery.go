package catalog

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// Delivery is how a build of a service comes to run for users.
type Delivery struct {
	Name  string
	Title string // Name when none is written
	// Service is what is delivered; it is the name of a Component where
	// components are declared.
	Service  string
	Artifact Artifact
	// Command starts the service, in the unpacked artifact.
	Command []string
	// Env is given to the service in every environment.
	Env    map[string]string
	Health Health
	// StopGrace is how long the service may take to stop.
	StopGrace time.Duration
	// Metrics is the path of its Prometheus metrics; empty when it has none.
	Metrics string
	// Environments are in the order in which a release passes them.
	Environments []Environment
	Place
}

// Artifact is what a run of a workflow leaves behind.
type Artifact struct {
	Workflow string // a file of .github/workflows
	Name     string // as given to upload-artifact
}

// Health is how a running service is asked whether it is well.
type Health struct {
	Path     string
	Interval time.Duration
	Timeout  time.Duration
	// StartWithin is how long it may take to answer at first.
	StartWithin time.Duration
	// Failures is how many answers in a row must be bad.
	Failures int
}

// Environment is one place where a service runs.
type Environment struct {
	Name string
	// Listen is the address that users connect to.
	Listen string
	// Host is the name that users ask for; empty for any.
	Host     string
	Replicas int
	// Env is added to the delivery's, and wins.
	Env map[string]string
	// Canary holds the steps of a rollout; without any a release meets all
	// users at once.
	Canary []Step
	Place
}

// Step is one step of a canary. It holds one of SetWeight, Pause and Analysis.
type Step struct {
	// SetWeight is the share of traffic in percent from here on.
	SetWeight *int
	Pause     *Pause
	// Analysis waits until the judge rules.
	Analysis bool
	Place
}

// Pause keeps the weight for a time.
type Pause struct {
	// Duration is how long; 0 is until promoted by hand.
	Duration time.Duration
}

const (
	mostReplicas = 100
	mostFailures = 100
)

var (
	variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	serviceName  = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$`)
	hostName     = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$`)
)

func (l *loading) delivery(d value, doc object) {
	name, title, spec := header(doc, "service", "artifact", "command", "env", "health", "stopGrace", "metrics", "environments")
	y := Delivery{Name: name, Title: title, Place: d.place()}

	service := spec.need("service", "name the service that is delivered")
	y.Service = service.text()
	if service.present() && !serviceName.MatchString(y.Service) {
		service.wrong("use 1 to 63 letters, digits, hyphens, underscores and dots", "%s is not a name", shown(service.node))
	}

	artifact := spec.need("artifact", "say which build to deliver, as in {workflow: ci.yml, name: storefront}").object("workflow", "name")
	workflow := artifact.need("workflow", "name the workflow file that builds it, as in ci.yml")
	y.Artifact = Artifact{
		Workflow: workflow.text(),
		Name:     artifact.need("name", "name the artifact that the workflow uploads").filled("name the artifact that the workflow uploads"),
	}
	if workflow.present() {
		l.workflow(workflow, false)
	}

	command := spec.need("command", "say what starts the service, as in [./storefront]")
	for i, word := range command.list() {
		if i == 0 {
			y.Command = append(y.Command, word.filled("begin with the program, as in [./storefront]"))
		} else {
			y.Command = append(y.Command, word.text())
		}
	}
	if command.present() && command.node.Kind == sequence && len(y.Command) == 0 {
		command.wrong("say what starts the service, as in [./storefront]", "is empty")
	}
	y.Env = spec.at("env").variables()

	health := spec.need("health", "say how to ask whether the service is well, as in {path: /healthz}").
		object("path", "interval", "timeout", "failures", "startWithin")
	y.Health = Health{
		Path:        health.need("path", "name the path that answers 200 when the service is well, as in /healthz").urlPath(""),
		Interval:    health.at("interval").duration(time.Second),
		Timeout:     health.at("timeout").duration(time.Second),
		StartWithin: health.at("startWithin").duration(30 * time.Second),
		Failures:    health.at("failures").whole(3, 1, mostFailures),
	}
	y.StopGrace = spec.at("stopGrace").duration(10 * time.Second)
	y.Metrics = spec.at("metrics").urlPath("")

	environments := spec.need("environments", "list where it runs, in the order in which a release passes")
	names := map[string]Place{}
	for _, v := range environments.list() {
		e := l.environmentOf(v)
		l.report.later(func(l *loading) { l.reached(v, e.Name) })
		if first, twice := names[e.Name]; twice && e.Name != "" {
			v.wrong("give each environment its own name", "is a second environment named %s, beside %s", e.Name, first)
		}
		names[e.Name] = e.Place
		y.Environments = append(y.Environments, e)
	}
	if environments.present() && environments.node.Kind == sequence && len(y.Environments) == 0 {
		environments.wrong("list where it runs, as in {name: production, listen: 127.0.0.1:7430}", "is empty")
	}

	l.only(d, "Delivery", y.Name)
	if before, twice := l.named["delivered "+y.Service]; twice && y.Service != "" {
		service.wrong("keep one Delivery of a service", "is %s, which the Delivery at %s delivers already", shown(service.node), before)
	}
	l.named["delivered "+y.Service] = d.place()
	l.report.later(func(l *loading) { l.knownService(service, l.known.components) })
	l.catalog.Deliveries = append(l.catalog.Deliveries, y)
}

func (l *loading) environmentOf(v value) Environment {
	o := v.object("name", "listen", "host", "replicas", "env", "strategy")
	e := Environment{Place: v.place()}
	e.Name = o.need("name", "name the environment, as in production").name()
	listen := o.need("listen", "give the address that users connect to, as in 127.0.0.1:7430")
	e.Listen = listen.listen()
	host := o.at("host")
	e.Host = host.text()
	if host.present() && !hostName.MatchString(e.Host) {
		host.wrong("write a host name without port and scheme, as in shop.example.org", "is %s", shown(host.node))
	}
	e.Replicas = o.at("replicas").whole(1, 1, mostReplicas)
	e.Env = o.at("env").variables()
	e.Canary = steps(o.at("strategy").object("canary").at("canary").object("steps").at("steps"))
	if listen.present() {
		l.listens(listen, e)
	}
	return e
}

// steps reads the steps of a canary, in Argo Rollouts' vocabulary.
func steps(v value) []Step {
	var all []Step
	weight := 0
	for _, item := range v.list() {
		o := item.object("setWeight", "pause", "analysis")
		s := Step{Place: item.place()}
		if o.node.Kind == mapping && len(o.keys) != 1 {
			item.wrong("write one of setWeight: 10, pause: {duration: 1m}, pause: {} and analysis: {}", "holds %s", counted(len(o.keys), "step"))
		}
		if w := o.at("setWeight"); w.present() {
			n := w.whole(0, 1, 100)
			if n > 0 && n <= weight {
				w.wrong("let the weights rise", "is %d after %d", n, weight)
			}
			weight = max(weight, n)
			s.SetWeight = &n
		}
		if p := o.at("pause"); p.present() {
			s.Pause = &Pause{p.object("duration").at("duration").duration(0)}
		}
		if a := o.at("analysis"); a.present() {
			s.Analysis = true
			if !slices.Contains([]string{"true", ""}, a.node.Value) || len(a.node.Content) > 0 || a.node.Kind == sequence {
				a.wrong("write analysis: {}, for the service's objectives are what is judged", "is %s", kindOf(a.node))
			}
		}
		all = append(all, s)
	}
	return all
}

// variables reads a mapping of environment variables.
func (v value) variables() map[string]string {
	o := v.open()
	if len(o.keys) == 0 {
		return nil
	}
	env := make(map[string]string, len(o.keys))
	for _, key := range o.keys {
		if !variableName.MatchString(key) {
			o.at(key).wrong("use letters, digits and underscores, as in LOG_LEVEL", "is not the name of an environment variable")
		}
		env[key] = o.at(key).text()
		if strings.ContainsRune(env[key], 0) {
			o.at(key).wrong("remove it", "holds a zero byte, which no environment variable can")
		}
	}
	return env
}
