// Command reference writes docs/reference: every command, the description of
// the HTTP API in OpenAPI 3.1, and the problems that have names. All of it is
// made from the code that serves it, and a test fails when it is out of date.
//
//	go run ./cmd/reference docs/reference
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"andon/surface/api"
	"andon/surface/cli"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go run ./cmd/reference docs/reference")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "reference:", err)
		os.Exit(1)
	}
}

// version is what the written description says; a running Andon says its own.
const version = "v1"

// pages gives the text of each file by its name.
func pages() (map[string][]byte, error) {
	openapi, err := api.Document(version)
	if err != nil {
		return nil, err
	}
	return map[string][]byte{
		"cli.md":       commands(cli.New(cli.Hooks{})),
		"openapi.json": openapi,
		"problems.md":  problems(api.Kinds()),
	}, nil
}

func write(dir string) error {
	all, err := pages()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, text := range all {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
