package catalog_test

import (
	"reflect"
	"testing"
	"testing/fstest"

	"andon/catalog"
)

// Backstage's files are Backstage's: what Andon does not understand is noted.
func TestBackstageIsReadGenerously(t *testing.T) {
	c := load(t, fstest.MapFS{"catalog-info.yaml": file(`apiVersion: backstage.io/v1beta1
kind: Component
metadata:
  name: Shop_Front.v2
  namespace: default
  annotations: {github.com/project-slug: a/b}
  links: [{url: https://example.org}]
  tags: {not: a list}
spec:
  type: service
  owner: group:default/shop
  system: system:default/commerce
  providesApis: [x]
  unheardOf: {a: [b]}
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata: {name: x}
---
apiVersion: backstage.io/v1alpha1
kind: Compnent
metadata: {name: y}
---
apiVersion: example.org/v1
kind: Anything
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: team}
spec: {type: team, children: [group:kids], parent: group:default/all, members: [user:default/ana, bo], profile: {email: t@example.org}}
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: cy, title: Cy Young}
spec: {memberOf: [group:team], profile: {displayName: Cy}}
---
apiVersion: backstage.io/v1alpha1
kind: System
metadata: {name: commerce, description: Sells}
spec: {owner: user:dan}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: orphan}
`)})
	want := `catalog-info.yaml:8: metadata.tags: is a mapping; write a list
catalog-info.yaml:11: spec.owner: "group:default/shop" is declared nowhere here; use team
catalog-info.yaml:16: is of Backstage's kind API, which Andon does not use
catalog-info.yaml:21: kind: "Compnent" is not a kind of Backstage that Andon knows; did you mean "Component"? Use one of Component, System, Group, User, API, Resource, Domain, Location, Template
catalog-info.yaml:24: is of "example.org/v1", which Andon does not use
catalog-info.yaml:40: spec.owner: "user:dan" is declared nowhere here; use cy
catalog-info.yaml:42: spec.owner: is missing; name the Group that owns it`
	if got := c.Notes.Error(); got != want {
		t.Errorf("notes are\n%s\nwant\n%s", got, want)
	}
	shop := c.Components[0]
	if shop.Name != "Shop_Front.v2" || shop.Title != "Shop_Front.v2" || shop.Owner != "shop" || shop.OwnedByUser || shop.System != "commerce" {
		t.Errorf("component: %+v", shop)
	}
	g := c.Groups[0]
	g.Place = catalog.Place{}
	if w := (catalog.Group{Name: "team", Title: "team", Type: "team", Email: "t@example.org", Parent: "all", Children: []string{"kids"}, Members: []string{"ana", "bo"}}); !reflect.DeepEqual(g, w) {
		t.Errorf("group: %+v", g)
	}
	if got := c.Members("TEAM"); !reflect.DeepEqual(got, []string{"ana", "bo", "cy"}) {
		t.Errorf("members: %q", got)
	}
	if u := c.Users[0]; u.Title != "Cy Young" || c.Systems[0].Owner != "dan" {
		t.Errorf("user: %+v, system: %+v", u, c.Systems[0])
	}
}

func TestWhatBackstageMustSay(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"apiVersion: backstage.io/v1alpha1\nkind: Component\n", "catalog-info.yaml:1: metadata.name: is missing; name the Component"},
		{"apiVersion: backstage.io/v1alpha1\n", "catalog-info.yaml:1: kind: is missing; use one of Component, System, Group, User, API, Resource, Domain, Location, Template"},
		{"apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: a b}\n", `catalog-info.yaml:3: metadata.name: "a b" is not a name; use 1 to 63 letters, digits, hyphens, underscores and dots`},
		{"apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: [a]}\n", `catalog-info.yaml:3: metadata.name: a list is not a name; use 1 to 63 letters, digits, hyphens, underscores and dots`},
		{"apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: ana}\n---\napiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: Ana}\n",
			`catalog-info.yaml:7: metadata.name: is a second User named Ana, beside catalog-info.yaml:3; give each User its own name`},
	} {
		if got := problem(fstest.MapFS{"catalog-info.yaml": file(c.text)}); got != c.want {
			t.Errorf("%s\ngives\n%s\nwant\n%s", c.text, got, c.want)
		}
	}
}

func TestOpenSLO(t *testing.T) {
	c := load(t, fstest.MapFS{
		"andon.yaml":     file(delivery(health, one)),
		"slo/a.yaml":     file(slo("a") + "---\napiVersion: openslo/v1\nkind: DataSource\nmetadata: {name: d}\n"),
		"slo/b.yaml":     file("apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: b}\nspec: {service: chop, anything: [goes]}\n"),
		"slo/c.yml":      file("not: [read"),
		"slo/readme.txt": file("not: [read"),
		"andon.yml":      file("not: [read"),
	})
	if len(c.SLOs) != 2 || c.SLOs[0].Name != "a" || c.SLOs[1].Service != "chop" {
		t.Errorf("%+v", c.SLOs)
	}
	want := `andon.yml: is not read; name it andon.yaml
slo/a.yaml:6: is of OpenSLO's kind DataSource, which Andon does not use; write what the SLO needs into the SLO itself
slo/b.yaml:4: spec.service: "chop" is a service that nothing else here names; did you mean "shop"? Use shop
slo/c.yml: is not read; name it slo/c.yaml`
	if got := c.Notes.Error(); got != want {
		t.Errorf("notes are\n%s\nwant\n%s", got, want)
	}
	for _, c := range []struct{ text, want string }{
		{"apiVersion: openslo/v1alpha\nkind: SLO\n", `slo.yaml:1: apiVersion: "openslo/v1alpha" is a version of OpenSLO that Andon does not read; use openslo/v1`},
		{"apiVersion: openslo/v1\nkind: Slo\n", `slo.yaml:2: kind: "Slo" is not known; did you mean "SLO"? Use one of SLO, SLI, Service, DataSource, AlertPolicy, AlertCondition, AlertNotificationTarget`},
		{"apiVersion: openslo/v1\nkind: SLO\n", "slo.yaml:1: metadata: is missing; add metadata with a name\nslo.yaml:1: spec: is missing; add a spec"},
		{"apiVersion: openslo/v1\nkind: SLO\nmetadata: {}\nspec: {}\n", "slo.yaml:3: metadata.name: is missing; name the SLO\nslo.yaml:4: spec.service: is missing; name the service whose objective it is"},
	} {
		if got := problem(fstest.MapFS{"slo.yaml": file(c.text)}); got != c.want {
			t.Errorf("%s\ngives\n%s\nwant\n%s", c.text, got, c.want)
		}
	}
}

func TestNotes(t *testing.T) {
	c := load(t, fstest.MapFS{
		"andon.yaml": file(line(key, "stations: [{name: a, kind: queue}, {name: b, kind: work}, {name: z, kind: done}]") + "---\n" +
			delivery(health, "environments: [{name: p, listen: ':80'}]")),
		"catalog-info.yaml": file("apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: store}\nspec: {owner: x}\n"),
	})
	want := `andon.yaml:6: spec.stations[1]: may hold any number of cards; limit unfinished work with wip
andon.yaml:12: spec.service: "shop" is a service that nothing else here names; use store
andon.yaml:16: spec.environments[0]: is an environment that no station deploys to; add {name: p, deploy: p} to the line's stations
andon.yaml:16: spec.environments[0].listen: :80 can be reached from other hosts; use 127.0.0.1 unless that is meant`
	if got := c.Notes.Error(); got != want {
		t.Errorf("notes are\n%s\nwant\n%s", got, want)
	}
}
