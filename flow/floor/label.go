package floor

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

const (
	maxLabel  = 255 // bytes, as Jira has it
	maxLabels = 50
)

// tidy gives labels without blanks around them, sorted, each once.
func tidy(labels []string) []string {
	var out []string
	for _, l := range labels {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// checkLabels says what is wrong with the labels of a card.
func checkLabels(labels []string) error {
	if len(labels) > maxLabels {
		return &Invalid{"labels", fmt.Sprintf("a card has at most %d labels; these are %d", maxLabels, len(labels))}
	}
	for _, l := range labels {
		if len(l) > maxLabel || strings.ContainsFunc(l, unicode.IsControl) {
			return &Invalid{"labels", fmt.Sprintf("%q is no label; one has at most %d bytes on one line", l, maxLabel)}
		}
	}
	return nil
}

// relabel gives the labels that an edit leaves.
func (e Edit) relabel(labels []string) []string {
	if e.Labels != nil {
		labels = *e.Labels
	}
	labels = tidy(slices.Concat(labels, e.AddLabels))
	return slices.DeleteFunc(labels, func(l string) bool { return slices.Contains(e.DropLabels, l) })
}

func joinLabels(labels []string) string { return strings.Join(labels, "\n") }

func splitLabels(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}
