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

// scope is the part of the code that a subject begins with, as in
// "net/http: add x" or "[cart] add x".
var scope = regexp.MustCompile(`^(?:\[[^\]]*\]\s*|[\w./*&,+-]+(?: [&+] [\w./-]+)?:\s+)+`)

// hints decide where the subject follows no convention: the first that fits.
var hints = []struct {
	says *regexp.Regexp
	kind Kind
}{
	{regexp.MustCompile(`(?i)^revert\b|\bhot-?fix|\bregression|\bCVE-\d|\bsecurity (fix|issue)`), Unplanned},
	{regexp.MustCompile(`(?i)\bbump\b|\bupgrade (to|from|\S+ (to|from))|\bdependenc|\bdeps\b|\brenovate\b|\bversion \d|\brelease v?\d|^(prepare|prep)\b.*\brelease|\bchangelog\b|^pull (in )?(the )?(new|latest)\b|^(\[?version\]? )?v?\d+\.\d+(\.\d+)?\b`), Changes},
	{regexp.MustCompile(`(?i)\bfix(e[sd]|ing|up)?\b|\bbugs?\b|\bcrash|\bpanic|\brace condition|\bleak|\bwork ?around|\b(is|was|were|are) (wrong|broken|missing)\b|^(handle|avoid|prevent|correct|repair|restore|resolve|forgot|oops|don't|do not|no longer)\b|\bcorrectly\b|\bproperly\b|\bmissing\b|\bso that it works\b`), Unplanned},
	{regexp.MustCompile(`(?i)\brefactor|\bclean(s|ed|ing)? ?up|\btests?\b|\bdocs?\b|\bdocument|\breadme\b|\btypos?\b|\blint|\bcomments?\b|\brenam|\bsimplif|\bbenchmark|\boptimi[sz]|\bspeed up|^(remov(e|es|ed|ing)|delet(e|es|ed|ing)|drop(s|ped|ping)?|mov(e|es|ed|ing)|split|extract(s|ed)?|unif(y|ies|ied)|reorgani[sz]\w+|rework\w*|restructur\w+|consolidat\w+|reduc(e|es|ed|ing)|tidy|tidied|deprecat\w+|revis(e|ed)|reformat\w*|inline|deduplicat\w+)\b|\bunused\b|\bwhitespace\b|\b(spelling|grammar|wording)\b`), Internal},
	{regexp.MustCompile(`(?i)^(ci|build)\b|\bgithub actions?\b|\btravis\b|\bjenkins\b|\bworkflow|\bdocker|\bmakefile\b|\bgitignore\b|\bsubmodules?\b|\bconfig(uration|s)?\b|^(updat\w+|set|adjust\w*|tweak\w*|tun\w+) |^(initial|first) commit$|\bdefaults?\b`), Changes},
	{regexp.MustCompile(`(?i)^(add(s|ed|ing)?|implement\w*|support\w*|introduc\w+|allow\w*|enabl\w+|new|provid\w+|creat\w+|initial|expos\w+|lets?|make it possible|automat\w+|show(s|ed|ing)?|defin(e|es|ed|ing))\b`), Business},
}

// kindOf infers the kind of work from a subject.
func kindOf(subject string) Kind {
	if m := conventional.FindStringSubmatch(subject); m != nil {
		if k, ok := byType[strings.ToLower(m[1])]; ok {
			return k
		}
	}
	said := strings.TrimPrefix(subject, scope.FindString(subject))
	for _, h := range hints {
		if h.says.MatchString(said) {
			return h.kind
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
