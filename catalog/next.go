package catalog

import (
	"fmt"
	"strings"
)

// Next says what to add to the files to get further, nearest first. Each
// element is a sentence with the file's name, an empty line, and an example of
// valid YAML to paste at the end of that file. It is empty when there is a
// line, a delivery, an objective and a policy.
func (c *Catalog) Next() []string {
	var all []string
	say := func(sentence, example string) { all = append(all, sentence+"\n\n"+example) }

	name := "storefront"
	declared := len(c.Lines) > 0 && c.Lines[0].Declared()
	if len(c.Lines) > 0 {
		name = c.Lines[0].Name
	}
	if !declared {
		say("No Line is declared, so the stations are the default ones. To have your own, write them into andon.yaml:", Starter(name))
	}
	service := name
	if len(c.Components) > 0 {
		service = c.Components[0].Name
	}
	if len(c.Deliveries) > 0 {
		service = c.Deliveries[0].Service
	} else {
		say("No Delivery is declared, so nothing is deployed. To deploy what a workflow builds, add to andon.yaml:",
			fill(deliveryExample, name, service, ""))
	}
	if len(c.SLOs) == 0 {
		say("No SLO is declared, so no error budget steers the line. To declare what users may expect, add to slo.yaml:",
			fill(sloExample, name, service, c.lastEnvironment()))
	}
	if len(c.Policies) == 0 {
		say("No Policy is declared, so nothing stops a pull or a deployment but limits. To protect users when the budget is spent, add to andon.yaml:",
			fill(policyExample, name, service, c.lastEnvironment()))
	}
	return all
}

// lastEnvironment is where users are.
func (c *Catalog) lastEnvironment() string {
	if len(c.Deliveries) == 0 || len(c.Deliveries[0].Environments) == 0 {
		return "production"
	}
	e := c.Deliveries[0].Environments
	return e[len(e)-1].Name
}

// Starter gives the text of a minimal andon.yaml that is valid and can be
// extended. Repo is the name or the path of the repository.
func Starter(repo string) string {
	return fmt.Sprintf(starter, version, lineName(repo), lineKey(repo))
}

const starter = `apiVersion: %s
kind: Line
metadata:
  name: %s
spec:
  key: %s
  stations:
    - {name: backlog, kind: queue}
    - {name: development, kind: work, wip: 3}
    - {name: review, kind: work, wip: 3}
    # A workflow of .github/workflows can do the work of a station:
    # - {name: test, run: ci.yml, wip: 3}
    - {name: done, kind: done}
`

func fill(example, name, service, environment string) string {
	return strings.NewReplacer("VERSION", version, "NAME", name, "SERVICE", service, "ENVIRONMENT", environment).Replace(example)
}

const deliveryExample = `---
apiVersion: VERSION
kind: Delivery
metadata:
  name: NAME
spec:
  service: SERVICE
  artifact: {workflow: ci.yml, name: SERVICE}
  command: [./SERVICE]
  health: {path: /healthz}
  environments:
    - name: production
      listen: 127.0.0.1:7430
      strategy:
        canary:
          steps:
            - setWeight: 10
            - pause: {duration: 5m}
`

const sloExample = `---
apiVersion: openslo/v1
kind: SLO
metadata:
  name: SERVICE-answers
spec:
  service: SERVICE
  indicator:
    metadata:
      name: SERVICE-answers-ratio
    spec:
      ratioMetric:
        counter: true
        good:
          metricSource:
            type: Prometheus
            spec:
              query: andon_proxy_requests_total{service="SERVICE",environment="ENVIRONMENT",code!="5xx"}
        total:
          metricSource:
            type: Prometheus
            spec:
              query: andon_proxy_requests_total{service="SERVICE",environment="ENVIRONMENT"}
  timeWindow:
    - duration: 28d
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - target: 0.99
`

const policyExample = `---
apiVersion: VERSION
kind: Policy
metadata:
  name: protect-ENVIRONMENT
spec:
  on: [deploy]
  rules:
    - name: budget-left
      when: action == "deploy" && environment == "ENVIRONMENT"
      require: "!budget.known || budget.remaining > 0.0 || release.fixes"
      message: The error budget is spent, so only a release that fixes something may enter.
`
