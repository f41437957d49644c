package execute

import (
	"fmt"
	"os/exec"
	"strings"
)

// shellName picks the shell of a step: its own, the job's default, the
// workflow's, or none given.
func (s *stepRun) shellName() string {
	for _, name := range []string{s.spec.Shell, s.jobRun.spec.Run.Shell, s.Workflow.Run.Shell} {
		if name != "" {
			return name
		}
	}
	return ""
}

// shell gives the command line for a shell, with {0} for the script's file,
// as GitHub documents them under jobs.<job_id>.steps[*].shell.
func shell(name string) (args []string, extension string, err error) {
	switch name {
	case "":
		args, extension = []string{"bash", "-e", "{0}"}, ".sh"
		if _, err := exec.LookPath("bash"); err != nil {
			args[0] = "sh"
		}
	case "bash":
		args, extension = []string{"bash", "--noprofile", "--norc", "-eo", "pipefail", "{0}"}, ".sh"
	case "sh":
		args, extension = []string{"sh", "-e", "{0}"}, ".sh"
	case "python":
		args, extension = []string{"python", "{0}"}, ".py"
		if _, err := exec.LookPath("python"); err != nil {
			args[0] = "python3"
		}
	default:
		args = strings.Fields(name)
		if !strings.Contains(name, "{0}") {
			return nil, "", fmt.Errorf("shell %q: write a command with {0} for the script, or one of bash, sh, python", name)
		}
	}
	program, err := exec.LookPath(args[0])
	if err != nil {
		return nil, "", fmt.Errorf("shell %s is not installed here", args[0])
	}
	args[0] = program
	return args, extension, nil
}
