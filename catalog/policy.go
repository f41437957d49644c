package catalog

// Policy says what may move, and when.
type Policy struct {
	Name  string
	Title string // Name when none is written
	// On holds the actions that it decides: pull, deploy.
	On []string
	// OnNoData is open or closed: what holds when a rule cannot be evaluated.
	OnNoData string
	Rules    []Rule
	Place
}

// Rule is one condition. When and Require are CEL expressions that the gate
// compiles; here they are only known to be there.
type Rule struct {
	Name string
	// When is empty for a rule that always applies.
	When    string
	Require string
	// Message tells whoever is refused what would make it pass.
	Message string
	Place
}

func (l *loading) policy(d value, doc object) {
	name, title, spec := header(doc, "on", "onNoData", "rules")
	p := Policy{Name: name, Title: title, Place: d.place()}

	on := spec.need("on", "say what it decides, as in [pull, deploy]")
	seen := map[string]bool{}
	for _, v := range on.list() {
		action := v.choice("", "pull", "deploy")
		if action != "" && seen[action] {
			v.wrong("remove one of them", "is written twice")
		} else if action != "" {
			p.On = append(p.On, action)
		}
		seen[action] = true
	}
	if on.present() && on.node.Kind == sequence && len(on.node.Content) == 0 {
		on.wrong("say what it decides, as in [pull, deploy]", "is empty")
	}
	p.OnNoData = spec.at("onNoData").choice("open", "open", "closed")

	rules := spec.need("rules", "list at least one rule with name, require and message")
	names := map[string]Place{}
	for _, v := range rules.list() {
		r := rule(v)
		if first, twice := names[r.Name]; twice && r.Name != "" {
			v.wrong("give each rule its own name", "is a second rule named %s, beside %s", r.Name, first)
		}
		names[r.Name] = r.Place
		p.Rules = append(p.Rules, r)
	}
	if rules.present() && rules.node.Kind == sequence && len(p.Rules) == 0 {
		rules.wrong("list at least one rule with name, require and message", "is empty")
	}

	l.only(d, "Policy", p.Name)
	l.catalog.Policies = append(l.catalog.Policies, p)
}

func rule(v value) Rule {
	o := v.object("name", "when", "require", "message")
	return Rule{
		Place:   v.place(),
		Name:    o.need("name", "name the rule, as in budget-left").name(),
		When:    o.at("when").text(),
		Require: o.need("require", "write the condition that must hold, in CEL").filled("write the condition that must hold, in CEL"),
		Message: o.need("message", "say what would make it pass").filled("say what would make it pass"),
	}
}
