package catalog_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"andon/catalog"
)

const (
	key      = "key: SHOP"
	stations = "stations: [{name: a, kind: queue}, {name: z, kind: done}]"
	health   = "health: {path: /}"
	one      = "environments: [{name: p, listen: 127.0.0.1:1}]"
	good     = "apiVersion: andon.dev/v1\nkind: Line\nmetadata: {name: shop}\nspec: {key: SHOP, " + stations + "}\n"
)

// Each case is the text of andon.yaml and the whole error.
var refused = []struct{ name, text, want string }{
	// The document.
	{"a list", "- a\n", `andon.yaml:1: is a list; write keys and values`},
	{"a text", "hello\n", `andon.yaml:1: is "hello"; write keys and values`},
	{"no version", "kind: Line\n", `andon.yaml:1: apiVersion: is missing; use andon.dev/v1, or a version of the standard that the document follows`},
	{"old version", "apiVersion: andon.dev/v2\n", `andon.yaml:1: apiVersion: "andon.dev/v2" is not known; did you mean "andon.dev/v1"? Use one of andon.dev/v1, backstage.io/v1alpha1, openslo/v1`},
	{"version is a list", "apiVersion: [a]\n", `andon.yaml:1: apiVersion: is a list; write a text`},
	{"no kind", "apiVersion: andon.dev/v1\n", `andon.yaml:1: kind: is missing; use one of Line, Delivery, Policy`},
	{"misspelled kind", "apiVersion: andon.dev/v1\nkind: Delivry\n", `andon.yaml:2: kind: "Delivry" is not known; did you mean "Delivery"? Use one of Line, Delivery, Policy`},
	{"unknown top key", good + "status: {}\n", `andon.yaml:5: status: is not a key that Andon knows here; use one of apiVersion, kind, metadata, spec`},
	{"key twice", "apiVersion: andon.dev/v1\nkind: Line\nkind: Line\nmetadata: {name: a}\nspec: {key: A, " + stations + "}\n", `andon.yaml:3: kind: is written twice; remove one of them`},
	{"merge key", line("<<: {key: A}", key, stations), `andon.yaml:5: spec.<<: is a merge key, which Andon does not read; write its keys out here`},
	{"no metadata", "apiVersion: andon.dev/v1\nkind: Policy\nspec: {on: [pull], rules: [{name: a, require: b, message: c}]}\n", `andon.yaml:1: metadata: is missing; add metadata with a name`},
	{"bad name", "apiVersion: andon.dev/v1\nkind: Policy\nmetadata: {name: A B}\nspec: {on: [pull], rules: [{name: a, require: b, message: c}]}\n", `andon.yaml:3: metadata.name: "A B" is not a name; use 1 to 63 lower-case letters, digits and hyphens, as in pre-production`},
	{"second document", good + "---\n\napiVersion: andon.dev/v1\nkind: Gate\n", `andon.yaml:8: kind: "Gate" is not known; use one of Line, Delivery, Policy`},

	// The line.
	{"no spec", "apiVersion: andon.dev/v1\nkind: Line\nmetadata: {name: shop}\n", `andon.yaml:1: spec: is missing; add a spec`},
	{"no key", line(stations), `andon.yaml:5: spec.key: is missing; give what the keys of its cards begin with, as in SHOP`},
	{"lower-case key", line("key: shop", stations), `andon.yaml:5: spec.key: is "shop"; use 1 to 10 upper-case letters and digits, beginning with a letter, as in SHOP`},
	{"no stations", line(key), `andon.yaml:5: spec.stations: is missing; list the stations from backlog to done`},
	{"empty stations", line(key, "stations: []"), `andon.yaml:6: spec.stations: is empty; list the stations from backlog to done`},
	{"stations a mapping", line(key, "stations: {a: b}"), `andon.yaml:6: spec.stations: is a mapping; write a list`},
	{"wip none", line(key, stations, "wip: 0"), `andon.yaml:7: spec.wip: is "0"; use a whole number from 1 to 100000`},
	{"wip a word", line(key, stations, "wip: many"), `andon.yaml:7: spec.wip: is "many"; use a whole number from 1 to 100000`},
	{"person limit none", line(key, stations, "wipPerPerson: 0"), `andon.yaml:7: spec.wipPerPerson: is "0"; use a whole number from 1 to 100000`},
	{"expedite without limit", line(key, stations, "expedite: {}"), `andon.yaml:7: spec.expedite.wip: is missing; say how many cards may be expedited at a time, as in wip: 1`},
	{"unknown readiness", line(key, stations, "ready: [analyzed]"), `andon.yaml:7: spec.ready[0]: "analyzed" is not known; did you mean "analysed"? Use one of analysed, estimated, scheduled`},
	{"low percent", line(key, stations, "sle: {percent: 8}"), `andon.yaml:7: spec.sle.percent: is "8"; use a number from 50 to 99.9`},
	{"light at nothing", line(key, stations, "sle: {light: 0}"), `andon.yaml:7: spec.sle.light: is "0"; use a risk above 0 and at most 1, as in 0.8`},
	{"stop a word", line(key, stations, "sle: {stop: maybe}"), `andon.yaml:7: spec.sle.stop: is "maybe"; use true or false`},
	{"cost without amount", line(key, stations, "cost: {currency: EUR}"), `andon.yaml:7: spec.cost.perDay: is missing; say what the line costs in a day, as in perDay: 3000`},
	{"currency", line(key, stations, "cost: {perDay: 1, currency: euro}"), `andon.yaml:7: spec.cost.currency: is "euro"; use a code of three letters (ISO 4217), as in EUR`},
	{"split queue", line(key, "stations: [{name: a, kind: queue, split: true}, {name: z, kind: done}]"), `andon.yaml:6: spec.stations[0].split: splits a station into doing and done, and people do nothing in a queue station; remove it`},
	{"hands in a queue", line(key, "stations: [{name: a, kind: queue, hands: 1}, {name: z, kind: done}]"), `andon.yaml:6: spec.stations[0].hands: says how many can work, and nobody works in a queue station; remove it`},
	{"due", line(key, stations, "cards: [{key: SHOP-1, title: x, due: tomorrow}]"), `andon.yaml:7: spec.cards[0].due: is "tomorrow"; write a day as year-month-day, as in 2030-01-31`},
	{"misspelled key", line(key, stations, "staitons: 1"), `andon.yaml:7: spec.staitons: is not a key that Andon knows here; did you mean "stations"? Use one of key, owner, branch, wip, wipPerPerson, expedite, ready, sle, cost, stations, cards`},
	{"owner a user", line(key, stations, "owner: user:ana"), `andon.yaml:7: spec.owner: is "user:ana"; name a Group`},
	{"two lines", good + "---\n" + good, `andon.yaml:6: is a second Line beside shop at andon.yaml:1, and this version runs one line in a repository; keep one of them`},

	// Its stations.
	{"first works", line(key, "stations: [{name: a, kind: work, wip: 1}, {name: z, kind: done}]"), `andon.yaml:6: spec.stations[0]: is the first station and is work; begin with a queue, as in {name: backlog, kind: queue}`},
	{"no done", line(key, "stations: [{name: a, kind: queue}]"), `andon.yaml:6: spec.stations[0]: is the last station and is queue; end with {name: done, kind: done}`},
	{"two done", line(key, "stations: [{name: a, kind: queue}, {name: y, kind: done}, {name: z, kind: done}]"), `andon.yaml:6: spec.stations[1]: is done, but stations follow; let the last station alone be done`},
	{"same name", line(key, "stations:", "- {name: a, kind: queue}", "- {name: a, kind: work, wip: 1}", "- {name: z, kind: done}"), `andon.yaml:8: spec.stations[1]: is a second station named a, beside andon.yaml:7; give each station its own name`},
	{"no name", line(key, "stations: [{kind: queue}, {name: z, kind: done}]"), `andon.yaml:6: spec.stations[0].name: is missing; name the station, as in review`},
	{"no kind of station", line(key, "stations: [{name: a, kind: queue}, {name: b}, {name: z, kind: done}]"), `andon.yaml:6: spec.stations[1].kind: is missing; use queue, work or done, or give the station a machine with run or deploy`},
	{"bad kind of station", line(key, "stations: [{name: a, kind: queue}, {name: b, kind: wrok}, {name: z, kind: done}]"), `andon.yaml:6: spec.stations[1].kind: "wrok" is not known; did you mean "work"? Use one of queue, work, pipeline, deploy, done`},
	{"pipeline without run", line(key, "stations: [{name: a, kind: queue}, {name: b, kind: pipeline}, {name: z, kind: done}]"), `andon.yaml:6: spec.stations[1].run: is missing; name a workflow file, as in run: ci.yml`},
	{"deploy without environment", line(key, "stations: [{name: a, kind: queue}, {name: b, kind: deploy}, {name: z, kind: done}]"), `andon.yaml:6: spec.stations[1].deploy: is missing; name an environment, as in deploy: staging`},
	{"kind against run", line(key, "stations: [{name: a, kind: queue}, {name: b, kind: work, run: ci.yml}, {name: z, kind: done}]"), `andon.yaml:6: spec.stations[1].kind: is "work", but the station's machine makes it pipeline; remove kind, or the machine`},
	{"limited done", line(key, "stations: [{name: a, kind: queue}, {name: z, kind: done, wip: 1}]"), `andon.yaml:6: spec.stations[1].wip: limits finished work, which costs nothing; remove it`},
	{"workflow with a folder", line(key, "stations: [{name: a, kind: queue}, {name: b, run: .github/workflows/ci.yml}, {name: z, kind: done}]"), `andon.yaml:6: spec.stations[1].run: is ".github/workflows/ci.yml"; write the name of a file of .github/workflows alone, as in ci.yml`},
	{"station a text", line(key, "stations: [backlog, {name: z, kind: done}]"), `andon.yaml:6: spec.stations[0]: is "backlog"; write keys and values`},
	{"null machine", line(key, "stations: [{name: a, kind: queue}, {name: b, deploy: ~}, {name: z, kind: done}]"), `andon.yaml:6: spec.stations[1].kind: is missing; use queue, work or done, or give the station a machine with run or deploy`},
	{"deploy to nowhere", line(key, "stations: [{name: a, kind: queue}, {name: b, deploy: p}, {name: z, kind: done}]"), `andon.yaml:6: spec.stations[1].deploy: "p" is not an environment of a Delivery; declare a Delivery with an environment of that name`},
	{"deploy to a misspelling", line(key, "stations: [{name: a, kind: queue}, {name: b, deploy: prodution}, {name: z, kind: done}]") + "---\n" + delivery(health, "environments: [{name: staging, listen: 127.0.0.1:1}, {name: production, listen: 127.0.0.1:2}]"),
		`andon.yaml:6: spec.stations[1].deploy: "prodution" is not an environment of a Delivery; did you mean "production"? Use one of staging, production`},
	{"deploy in capitals", line(key, "stations: [{name: a, kind: queue}, {name: b, deploy: P}, {name: z, kind: done}]") + "---\n" + delivery(health, one),
		`andon.yaml:6: spec.stations[1].deploy: "P" is not an environment of a Delivery; did you mean "p"? Use p`},
	{"deploy in another order", line(key, "stations:", "- {name: a, kind: queue}", "- {name: b, deploy: production}", "- {name: c, deploy: staging}", "- {name: z, kind: done}") + "---\n" + delivery(health, "environments: [{name: staging, listen: 127.0.0.1:1}, {name: production, listen: 127.0.0.1:2}]"),
		`andon.yaml:9: spec.stations[2]: deploys to staging after production, but the Delivery shop lists staging before production; use one order in both`},
	{"deploy twice", line(key, "stations: [{name: a, kind: queue}, {name: b, deploy: p}, {name: c, deploy: p}, {name: z, kind: done}]") + "---\n" + delivery(health, one), `andon.yaml:6: spec.stations[2]: deploys to p, as the station at andon.yaml:6 does; deploy to an environment at one station`},
	{"two machines", line(key, "stations: [{name: a, kind: queue}, {name: b, run: ci.yml, deploy: p}, {name: z, kind: done}]") + "---\n" + delivery(health, one), `andon.yaml:6: spec.stations[1].deploy: stands beside run, and a station has one machine; make it two stations`},

	// Its cards.
	{"key of another line", line(key, stations, "cards: [{key: CART-1, title: a}]"), `andon.yaml:7: spec.cards[0].key: is "CART-1"; use the line's key and a number, as in SHOP-1`},
	{"card nought", line(key, stations, "cards: [{key: SHOP-01, title: a}]"), `andon.yaml:7: spec.cards[0].key: is "SHOP-01"; use the line's key and a number, as in SHOP-1`},
	{"card twice", line(key, stations, "cards:", "- {key: SHOP-1, title: a}", "- {key: SHOP-1, title: b}"), `andon.yaml:9: spec.cards[1].key: "SHOP-1" is the key of another card, at andon.yaml:8; give each card its own number`},
	{"card without title", line(key, stations, "cards: [{key: SHOP-1}]"), `andon.yaml:7: spec.cards[0].title: is missing; say what is to be done`},
	{"card of blanks", line(key, stations, "cards: [{key: SHOP-1, title: ' '}]"), `andon.yaml:7: spec.cards[0].title: is empty; say what is to be done`},
	{"class of card", line(key, stations, "cards: [{key: SHOP-1, title: a, class: urgent}]"), `andon.yaml:7: spec.cards[0].class: "urgent" is not known; use one of expedite, fixed-date, standard, intangible`},
	{"kind of card", line(key, stations, "cards: [{key: SHOP-1, title: a, kind: bussiness}]"), `andon.yaml:7: spec.cards[0].kind: "bussiness" is not known; did you mean "business"? Use one of business, internal, change, unplanned`},
	{"estimate", line(key, stations, "cards: [{key: SHOP-1, title: a, estimate: -1}]"), `andon.yaml:7: spec.cards[0].estimate: is "-1"; use a number from 0 to 100000`},

	// The delivery.
	{"empty delivery", document("Delivery", []string{"stopGrace: 1s"}), strings.Join([]string{
		`andon.yaml:5: spec.artifact: is missing; say which build to deliver, as in {workflow: ci.yml, name: storefront}`,
		`andon.yaml:5: spec.command: is missing; say what starts the service, as in [./storefront]`,
		`andon.yaml:5: spec.environments: is missing; list where it runs, in the order in which a release passes`,
		`andon.yaml:5: spec.health: is missing; say how to ask whether the service is well, as in {path: /healthz}`,
		`andon.yaml:5: spec.service: is missing; name the service that is delivered`}, "\n")},
	{"artifact", document("Delivery", []string{"service: shop", "artifact: {}", "command: [a]", health, one}), strings.Join([]string{
		`andon.yaml:6: spec.artifact.name: is missing; name the artifact that the workflow uploads`,
		`andon.yaml:6: spec.artifact.workflow: is missing; name the workflow file that builds it, as in ci.yml`}, "\n")},
	{"service name", document("Delivery", []string{"service: my shop", "artifact: {workflow: ci.yml, name: a}", "command: [a]", health, one}), `andon.yaml:5: spec.service: "my shop" is not a name; use 1 to 63 letters, digits, hyphens, underscores and dots`},
	{"empty command", document("Delivery", []string{"service: shop", "artifact: {workflow: ci.yml, name: a}", "command: []", health, one}), `andon.yaml:7: spec.command: is empty; say what starts the service, as in [./storefront]`},
	{"command a text", document("Delivery", []string{"service: shop", "artifact: {workflow: ci.yml, name: a}", "command: ./shop --fast", health, one}), `andon.yaml:7: spec.command: is "./shop --fast"; write a list`},
	{"health without path", delivery("health: {interval: 1s}", one), `andon.yaml:8: spec.health.path: is missing; name the path that answers 200 when the service is well, as in /healthz`},
	{"health path", delivery("health: {path: healthz}", one), `andon.yaml:8: spec.health.path: is "healthz"; begin with a slash, as in /healthz`},
	{"interval without unit", delivery("health: {path: /, interval: 5}", one), `andon.yaml:8: spec.health.interval: is "5"; use a positive duration with its unit, as in 10s or 1m30s`},
	{"negative grace", delivery(health, one, "stopGrace: -1s"), `andon.yaml:10: spec.stopGrace: is "-1s"; use a positive duration with its unit, as in 10s or 1m30s`},
	{"failures", delivery("health: {path: /, failures: 0}", one), `andon.yaml:8: spec.health.failures: is "0"; use a whole number from 1 to 100`},
	{"variable", delivery(health, one, "env: {my-name: x}"), `andon.yaml:10: spec.env.my-name: is not the name of an environment variable; use letters, digits and underscores, as in LOG_LEVEL`},
	{"variable a list", delivery(health, one, "env: {A: [x]}"), `andon.yaml:10: spec.env.A: is a list; write a text`},
	{"no environments", delivery(health, "environments: []"), `andon.yaml:9: spec.environments: is empty; list where it runs, as in {name: production, listen: 127.0.0.1:7430}`},
	{"environment twice", delivery(health, "environments: [{name: p, listen: 127.0.0.1:1}, {name: p, listen: 127.0.0.1:2}]"), `andon.yaml:9: spec.environments[1]: is a second environment named p, beside andon.yaml:9; give each environment its own name`},
	{"no listen", delivery(health, "environments: [{name: p}]"), `andon.yaml:9: spec.environments[0].listen: is missing; give the address that users connect to, as in 127.0.0.1:7430`},
	{"listen", delivery(health, "environments: [{name: p, listen: localhost}]"), `andon.yaml:9: spec.environments[0].listen: is "localhost"; write an address and a port, as in 127.0.0.1:7430`},
	{"listen on a name", delivery(health, "environments: [{name: p, listen: 'example.org:80'}]"), `andon.yaml:9: spec.environments[0].listen: is "example.org:80", which is not an IP address; listen on an IP address of this host, as in 127.0.0.1; host names to match go to host`},
	{"host", delivery(health, "environments: [{name: p, listen: 127.0.0.1:1, host: 'http://a'}]"), `andon.yaml:9: spec.environments[0].host: is "http://a"; write a host name without port and scheme, as in shop.example.org`},
	{"shared listen", delivery(health, "environments:", "- {name: p, listen: 127.0.0.1:1}", "- {name: q, listen: localhost:1}"), `andon.yaml:11: spec.environments[1].listen: "localhost:1" is taken by p at andon.yaml:10; use another port, or give each its own host`},
	{"shared host", delivery(health, "environments:", "- {name: p, listen: 127.0.0.1:1, host: A.org}", "- {name: q, listen: 127.0.0.1:1, host: a.org}"), `andon.yaml:11: spec.environments[1].listen: "127.0.0.1:1" is taken by p at andon.yaml:10; use another port, or give each its own host`},
	{"overlapping listen", delivery(health, "environments:", "- {name: p, listen: 127.0.0.1:1, host: a.org}", "- {name: q, listen: ':1', host: b.org}"), `andon.yaml:11: spec.environments[1].listen: ":1" overlaps with the address of p at andon.yaml:10; use another port, or the same address and different hosts`},
	{"overlapped listen", delivery(health, "environments:", "- {name: p, listen: '0.0.0.0:1'}", "- {name: q, listen: 127.0.0.1:1}"), `andon.yaml:11: spec.environments[1].listen: "127.0.0.1:1" overlaps with the address of p at andon.yaml:10; use another port, or the same address and different hosts`},
	{"replicas", delivery(health, "environments: [{name: p, listen: 127.0.0.1:1, replicas: 0}]"), `andon.yaml:9: spec.environments[0].replicas: is "0"; use a whole number from 1 to 100`},
	{"strategy", delivery(health, "environments: [{name: p, listen: 127.0.0.1:1, strategy: {blueGreen: {}}}]"), `andon.yaml:9: spec.environments[0].strategy.blueGreen: is not a key that Andon knows here; use canary`},
	{"falling weights", delivery(health, "environments: [{name: p, listen: 127.0.0.1:1, strategy: {canary: {steps: [{setWeight: 50}, {setWeight: 50}]}}}]"), `andon.yaml:9: spec.environments[0].strategy.canary.steps[1].setWeight: is 50 after 50; let the weights rise`},
	{"weight", delivery(health, "environments: [{name: p, listen: 127.0.0.1:1, strategy: {canary: {steps: [{setWeight: 101}]}}}]"), `andon.yaml:9: spec.environments[0].strategy.canary.steps[0].setWeight: is "101"; use a whole number from 1 to 100`},
	{"two steps in one", delivery(health, "environments: [{name: p, listen: 127.0.0.1:1, strategy: {canary: {steps: [{setWeight: 1, pause: {}}]}}}]"), `andon.yaml:9: spec.environments[0].strategy.canary.steps[0]: holds 2 steps; write one of setWeight: 10, pause: {duration: 1m}, pause: {} and analysis: {}`},
	{"no step", delivery(health, "environments: [{name: p, listen: 127.0.0.1:1, strategy: {canary: {steps: [{pause: }]}}}]"), `andon.yaml:9: spec.environments[0].strategy.canary.steps[0]: holds no step; write one of setWeight: 10, pause: {duration: 1m}, pause: {} and analysis: {}`},
	{"step a text", delivery(health, "environments: [{name: p, listen: 127.0.0.1:1, strategy: {canary: {steps: [analysis]}}}]"), `andon.yaml:9: spec.environments[0].strategy.canary.steps[0]: is "analysis"; write keys and values`},
	{"pause", delivery(health, "environments: [{name: p, listen: 127.0.0.1:1, strategy: {canary: {steps: [{pause: {duration: 10}}]}}}]"), `andon.yaml:9: spec.environments[0].strategy.canary.steps[0].pause.duration: is "10"; use a positive duration with its unit, as in 10s or 1m30s`},
	{"analysis", delivery(health, "environments: [{name: p, listen: 127.0.0.1:1, strategy: {canary: {steps: [{analysis: {templates: []}}]}}}]"), `andon.yaml:9: spec.environments[0].strategy.canary.steps[0].analysis: is a mapping; write analysis: {}, for the service's objectives are what is judged`},
	{"two deliveries", delivery(health, one) + "---\n" + strings.Replace(delivery(health, "environments: [{name: p, listen: 127.0.0.1:2}]"), "service: shop", "service: other", 1), `andon.yaml:11: is a second Delivery named shop, beside andon.yaml:1; give each Delivery its own name`},
	{"service twice", delivery(health, one) + "---\n" + strings.Replace(delivery(health, "environments: [{name: p, listen: 127.0.0.1:2}]"), "name: shop", "name: other", 1), `andon.yaml:15: spec.service: is "shop", which the Delivery at andon.yaml:1 delivers already; keep one Delivery of a service`},

	// The policy.
	{"empty policy", policy("onNoData: open"), strings.Join([]string{
		`andon.yaml:5: spec.on: is missing; say what it decides, as in [pull, deploy]`,
		`andon.yaml:5: spec.rules: is missing; list at least one rule with name, require and message`}, "\n")},
	{"on nothing", policy("on: []", "rules: []"), strings.Join([]string{
		`andon.yaml:5: spec.on: is empty; say what it decides, as in [pull, deploy]`,
		`andon.yaml:6: spec.rules: is empty; list at least one rule with name, require and message`}, "\n")},
	{"on what", policy("on: [push]", "rules: [{name: a, require: b, message: c}]"), `andon.yaml:5: spec.on[0]: "push" is not known; use one of pull, deploy`},
	{"on twice", policy("on: [pull, pull]", "rules: [{name: a, require: b, message: c}]"), `andon.yaml:5: spec.on[1]: is written twice; remove one of them`},
	{"no data", policy("on: [pull]", "onNoData: close", "rules: [{name: a, require: b, message: c}]"), `andon.yaml:6: spec.onNoData: "close" is not known; did you mean "closed"? Use one of open, closed`},
	{"empty rule", policy("on: [pull]", "rules: [{when: a}]"), strings.Join([]string{
		`andon.yaml:6: spec.rules[0].message: is missing; say what would make it pass`,
		`andon.yaml:6: spec.rules[0].name: is missing; name the rule, as in budget-left`,
		`andon.yaml:6: spec.rules[0].require: is missing; write the condition that must hold, in CEL`}, "\n")},
	{"rule twice", policy("on: [pull]", "rules:", "- {name: a, require: b, message: c}", "- {name: a, require: b, message: c}"), `andon.yaml:8: spec.rules[1]: is a second rule named a, beside andon.yaml:7; give each rule its own name`},
	{"two policies", policy("on: [pull]", "rules: [{name: a, require: b, message: c}]") + "---\n" + policy("on: [pull]", "rules: [{name: a, require: b, message: c}]"), `andon.yaml:8: is a second Policy named shop, beside andon.yaml:1; give each Policy its own name`},
}

func TestRefused(t *testing.T) {
	for _, c := range refused {
		t.Run(c.name, func(t *testing.T) {
			got, err := catalog.LoadFS(fstest.MapFS{"andon.yaml": file(c.text)})
			if err == nil {
				t.Fatalf("it loads:\n%s\nwant %s", c.text, c.want)
			}
			if err.Error() != c.want {
				t.Errorf("%s\ngives\n%v\nwant\n%s", c.text, err, c.want)
			}
			if got != nil {
				t.Error("there is a catalog beside the problems")
			}
		})
	}
}

func TestHostsTellEnvironmentsApart(t *testing.T) {
	load(t, fstest.MapFS{"andon.yaml": file(delivery(health,
		"environments: [{name: p, listen: 127.0.0.1:1, host: a.org}, {name: q, listen: 127.0.0.1:1, host: b.org}, {name: r, listen: 127.0.0.2:1}]"))})
}

func TestRefusedBetweenFiles(t *testing.T) {
	run := func(workflow string) string {
		return line(key, "stations: [{name: a, kind: queue}, {name: b, run: "+workflow+", wip: 1}, {name: z, kind: done}]")
	}
	group := "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: Shop}\n"
	for _, c := range []struct {
		name string
		tree fstest.MapFS
		want string // empty when it loads
	}{
		{"workflow there", fstest.MapFS{"andon.yaml": file(run("ci.yml")), ".github/workflows/ci.yml": file("")}, ""},
		{"workflow unknown without the folder", fstest.MapFS{"andon.yaml": file(run("ci.yml"))}, ""},
		{"all workflows", fstest.MapFS{"andon.yaml": file(run("'*'")), ".github/workflows/ci.yml": file("")}, ""},
		{"workflow missing", fstest.MapFS{"andon.yaml": file(run("ci.yaml")), ".github/workflows/ci.yml": file(""), ".github/workflows/README.md": file("")},
			`andon.yaml:6: spec.stations[1].run: "ci.yaml" is not a file of .github/workflows; did you mean "ci.yml"? Use ci.yml`},
		{"no workflows", fstest.MapFS{"andon.yaml": file(run("'*'")), ".github/workflows/README.md": file("")},
			`andon.yaml:6: spec.stations[1].run: is "*", but .github/workflows is empty; add a workflow`},
		{"workflow of the artifact", fstest.MapFS{"andon.yaml": file(delivery(health, one)), ".github/workflows/build.yml": file("")},
			`andon.yaml:6: spec.artifact.workflow: "ci.yml" is not a file of .github/workflows; use build.yml`},
		{"owner there", fstest.MapFS{"andon.yaml": file(line(key, stations, "owner: group:default/shop")), "catalog-info.yaml": file(group)}, ""},
		{"owner missing", fstest.MapFS{"andon.yaml": file(line(key, stations, "owner: shpo")), "catalog-info.yaml": file(group)},
			`andon.yaml:7: spec.owner: "shpo" is not a Group; did you mean "Shop"? Use Shop`},
		{"owner without groups", fstest.MapFS{"andon.yaml": file(line(key, stations, "owner: shop"))}, ""},
		{"two SLOs", fstest.MapFS{"slo/a.yaml": file(slo("a")), "slo/b.yaml": file(slo("a"))},
			`slo/b.yaml:3: metadata.name: is a second SLO named a, beside slo/a.yaml:3; give each SLO its own name`},
		{"two Lines", fstest.MapFS{"andon.yaml": file(good), "catalog-info.yaml": file(good)},
			`catalog-info.yaml:1: is a second Line beside shop at andon.yaml:1, and this version runs one line in a repository; keep one of them`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := problem(c.tree); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func problem(tree fstest.MapFS) string {
	if _, err := catalog.LoadFS(tree); err != nil {
		return err.Error()
	}
	return ""
}

func slo(name string) string {
	return "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: " + name + "}\nspec: {service: shop}\n"
}
