// Command andon runs a software team's delivery line; see package cli.
package main

import (
	"os"

	"andon/app"
	"andon/flow/pipeline/step"
	"andon/surface/cli"
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == step.Arg {
		os.Exit(step.Main(os.Args[2]))
	}
	os.Exit(cli.Main(os.Args[1:], app.Hooks()))
}
