package history

import (
	"regexp"
	"strings"
)

// Kind is one of the four kinds of work (The Phoenix Project), or unknown.
type Kind uint8

// The kinds of work.
const (
	Unknown   Kind = iota
	Business       // what users asked for
	Internal       // what the team needs: refactoring, tests, documents, speed
	Changes        // routine: dependencies, configuration, builds
	Unplanned      // repairs and reverts
)

var kindNames = [...]string{"unknown", "business", "internal", "change", "unplanned"}

func (k Kind) String() string { return kindNames[k] }

// Kinds lists all kinds, the unknown last.
var Kinds = []Kind{Business, Internal, Changes, Unplanned, Unknown}

// conventional is the beginning of a subject by Conventional Commits 1.0.
var conventional = regexp.MustCompile(`^(?:\[[^\]]*\]\s*)?([A-Za-z]+)(?:\([^)]*\))?!?:\s`)

var byType = map[string]Kind{
	"feat": Business, "feature": Business,
	"fix": Unplanned, "bugfix": Unplanned, "hotfix": Unplanned, "revert": Unplanned, "security": Unplanned,
	"refactor": Internal, "test": Internal, "tests": Internal, "docs": Internal, "doc": Internal, "perf": Internal, "style": Internal, "cleanup": Internal,
	"chore": Changes, "build": Changes, "ci": Changes, "deps": Changes, "release": Changes,
}

// words decide where the subject follows no convention: the first that fits.
var words = []struct {
	says *regexp.Regexp
	kind Kind
}{
	{regexp.MustCompile(`(?i)^revert\b|\bhot-?fix|\bregression|\bCVE-\d|\bsecurity (fix|issue)`), Unplanned},
	{regexp.MustCompile(`(?i)\bbump\b|\bupgrade (to|from|\S+ (to|from))|\bdependenc|\bdeps\b|\brenovate\b|\bversion \d|\brelease v?\d|^(prepare|prep)\b.*\brelease|\bchangelog\b`), Changes},
	{regexp.MustCompile(`(?i)\bfix(e[sd]|ing)?\b|\bbug\b|\bcrash|\bpanic|\brace condition|\bleak`), Unplanned},
	{regexp.MustCompile(`(?i)\brefactor|\bclean ?up|\btests?\b|\bdocs?\b|\bdocument|\breadme\b|\btypos?\b|\blint|\bcomments?\b|\brenam|\bsimplif|\bbenchmark|\boptimi[sz]|\bspeed up|\bremove (unused|dead)`), Internal},
	{regexp.MustCompile(`(?i)^(ci|build)\b|\bgithub actions?\b|\bworkflow|\bdocker|\bmakefile\b`), Changes},
	{regexp.MustCompile(`(?i)^(add|adds|added|implement|support|introduce|allow|enable|new)\b`), Business},
}

// kindOf infers the kind of work from a subject.
func kindOf(subject string) Kind {
	if m := conventional.FindStringSubmatch(subject); m != nil {
		if k, ok := byType[strings.ToLower(m[1])]; ok {
			return k
		}
	}
	for _, w := range words {
		if w.says.MatchString(subject) {
			return w.kind
		}
	}
	return Unknown
}

var (
	reverted = regexp.MustCompile(`(?m)^This reverts commit ([0-9a-f]{7,64})`)
	repairs  = regexp.MustCompile(`(?i)\bhot-?fix|\bregression|\bfix(e[sd])? (build|broken|release)|\bbroken by\b|\bCVE-\d`)
	merges   = regexp.MustCompile(`^Merge (pull request #\d+|branch|remote-tracking branch|tag|PR)`)
	squashed = regexp.MustCompile(`\((#|!)\d+\)$`)
)
