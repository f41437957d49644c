package measure

import (
	"cmp"
	"strings"
)

func (a stationDay) compare(b stationDay) int {
	return cmp.Or(strings.Compare(a.line, b.line), cmp.Compare(a.day, b.day), strings.Compare(a.station, b.station))
}

func (a lineDay) compare(b lineDay) int {
	return cmp.Or(strings.Compare(a.line, b.line), cmp.Compare(a.day, b.day), strings.Compare(a.kind, b.kind))
}

func (a cycleDay) compare(b cycleDay) int {
	return cmp.Or(strings.Compare(a.line, b.line), cmp.Compare(a.day, b.day), cmp.Compare(a.bucket, b.bucket))
}
