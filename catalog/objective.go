package catalog

const openSLO = "openslo/v1"

// openSLOKinds are the kinds of OpenSLO v1; Andon reads SLO.
var openSLOKinds = []string{"SLO", "SLI", "Service", "DataSource", "AlertPolicy", "AlertCondition", "AlertNotificationTarget"}

// objective keeps an OpenSLO document whole. Name and service are read here
// for the catalog needs them; everything else is read by whoever judges it.
func (l *loading) objective(d value, doc object) {
	version := doc.at("apiVersion")
	if version.text() != openSLO {
		version.wrong("use "+openSLO, "%s is a version of OpenSLO that Andon does not read", shown(version.node))
		return
	}
	kind := doc.need("kind", "use SLO")
	switch got := kind.choice("", openSLOKinds...); got {
	case "":
		return
	case "SLO":
	default:
		d.note("write what the SLO needs into the SLO itself", "is of OpenSLO's kind %s, which Andon does not use", got)
		return
	}
	name := doc.need("metadata", "add metadata with a name").open().need("name", "name the SLO")
	service := doc.need("spec", "add a spec").open().need("service", "name the service whose objective it is")
	s := Document{File: d.file, Line: d.node.Line, Name: name.text(), Service: service.text(), Node: d.node}
	if name.present() && !entityName.MatchString(s.Name) {
		name.wrong("use 1 to 63 letters, digits, hyphens, underscores and dots", "%s is not a name", shown(name.node))
	}
	l.only(name, "SLO", s.Name)
	l.report.later(func(l *loading) { l.knownService(service, l.known.services) })
	l.catalog.SLOs = append(l.catalog.SLOs, s)
}
