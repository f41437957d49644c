package objective

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// OpenSLO names are RFC 1123 labels.
var dnsLabel = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)

// Parse reads one OpenSLO v1 SLO document. It accepts a ratio of two counters
// kept by Prometheus, one rolling window, the Occurrences method and one
// target. Anything else gives an error that joins one *Problem for each thing
// refused; nothing is silently ignored but labels and annotations.
func Parse(node *yaml.Node, file string) (Objective, error) {
	r := &reader{file: file}
	doc := r.mapping(node, "", 1, map[string]string{"apiVersion": "", "kind": "", "metadata": "", "spec": ""})
	if len(doc.fields) == 0 {
		return Objective{}, r.err()
	}
	o := Objective{File: file, Line: doc.line}
	doc.equals("apiVersion", "openslo/v1")
	doc.equals("kind", "SLO")

	if meta, ok := doc.child("metadata", "give metadata with a name", named); ok {
		o.Name = meta.text("name", true, "give a name such as checkout-answers")
		if o.Name != "" && !dnsLabel.MatchString(o.Name) {
			r.refuse(meta.where("name"), "metadata.name", fmt.Sprintf("%q is not a name", o.Name),
				"use up to 63 lower-case letters, digits and dashes")
		}
		if o.Title = meta.text("displayName", false, "give one line of text"); o.Title == "" {
			o.Title = o.Name
		}
	}
	spec, ok := doc.child("spec", "give spec with service, indicator, timeWindow, budgetingMethod and objectives", map[string]string{
		"description": "", "service": "", "indicator": "", "timeWindow": "", "budgetingMethod": "", "objectives": "",
		"indicatorRef":  "refers to another document; write the indicator inline",
		"alertPolicies": "is not supported; leave it out, burn rates are watched by themselves",
	})
	if !ok {
		return Objective{}, r.err()
	}
	o.Description = strings.TrimSpace(spec.text("description", false, "give one text"))
	o.Service = spec.text("service", true, "name the service that makes this promise")
	spec.equals("budgetingMethod", "Occurrences")
	if ind, ok := spec.child("indicator", "give an indicator with a ratioMetric", map[string]string{"metadata": "", "spec": ""}); ok {
		r.indicator(ind, &o)
	}
	r.window(spec, &o)
	r.target(spec, &o)
	if err := r.err(); err != nil {
		return Objective{}, err
	}
	return o, nil
}

var named = map[string]string{"name": "", "displayName": "", "labels": "", "annotations": ""}

func (m mapping) equals(field, want string) {
	got := m.text(field, true, "write "+field+": "+want)
	if strings.TrimSpace(got) != "" && got != want {
		m.r.refuse(m.where(field), join(m.path, field), fmt.Sprintf("is %q", got), "write "+field+": "+want)
	}
}

const oneWindow = "give exactly one rolling window, such as duration: 28d and isRolling: true"

func (r *reader) window(spec mapping, o *Objective) {
	w, ok := spec.only("timeWindow", oneWindow, map[string]string{"duration": "", "isRolling": "",
		"calendar": "asks for a calendar window; " + oneWindow})
	if !ok {
		return
	}
	w.equals("isRolling", "true")
	text := w.text("duration", true, "give a duration such as 1h, 28d or 4w")
	if text == "" {
		return
	}
	d, err := window(text)
	if err != nil {
		r.refuse(w.where("duration"), join(w.path, "duration"), err.Error(),
			"give a whole number of m, h, d or w from 5m to 366d, such as 1h, 28d or 4w")
	}
	o.Window = d
}

// window reads OpenSLO's duration shorthand. Months, quarters and years have
// no fixed length, so a rolling window cannot be made of them.
func window(s string) (time.Duration, error) {
	units := map[byte]time.Duration{'m': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
	unit, known := units[s[len(s)-1]]
	if strings.ContainsAny(s, "MQY") {
		return 0, fmt.Errorf("%q has no fixed length", s)
	}
	n, err := strconv.ParseUint(s[:len(s)-1], 10, 20)
	if err != nil || !known {
		return 0, fmt.Errorf("%q is not a duration", s)
	}
	if d := time.Duration(n) * unit; d >= 5*time.Minute && d <= 366*24*time.Hour {
		return d, nil
	}
	return 0, fmt.Errorf("%q is out of range", s)
}

func (r *reader) target(spec mapping, o *Objective) {
	const one = "give exactly one objective with a target, such as target: 0.99"
	const composite = "is for composite objectives; leave it out"
	const slices = "belongs to the Timeslices methods; leave it out"
	const threshold = "belongs to thresholdMetric; leave it out, a ratioMetric has no threshold"
	ob, ok := spec.only("objectives", one, map[string]string{"displayName": "", "target": "", "targetPercent": "",
		"op": threshold, "value": threshold, "timeSliceTarget": slices, "timeSliceWindow": slices,
		"indicator": composite, "indicatorRef": composite, "compositeWeight": composite})
	if !ok {
		return
	}
	field, scale := "target", 1.0
	if ob.fields["targetPercent"] != nil {
		if ob.fields["target"] != nil {
			r.refuse(ob.where("targetPercent"), join(ob.path, "targetPercent"), "stands beside target", "keep one of the two")
			return
		}
		field, scale = "targetPercent", 100
	}
	right := fmt.Sprintf("give a number above 0 and below %g", scale)
	text := ob.text(field, true, right)
	if text == "" {
		return
	}
	v, err := strconv.ParseFloat(text, 64)
	// The comparison is written so that NaN is refused too.
	if err != nil || !(v > 0 && v < scale) {
		r.refuse(ob.where(field), join(ob.path, field), fmt.Sprintf("%q leaves no error budget to keep", text), right)
		return
	}
	o.Target = v / scale
}
