package app

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Config says what to look after and where to keep it.
type Config struct {
	Repo     string // the repository's folder
	Copy     string // a folder to put under git in Data and look after, instead of Repo
	Data     string // where everything is kept; empty: .andon in the repository
	Database string // a PostgreSQL URL; empty: SQLite in Data
	Listen   string // address of the API and the pages
	// AllowRemote permits an address that other hosts can reach.
	AllowRemote bool
	Visitors    int // bounded load on the last environment, requests a second
	// VisitorPaths are what the visitors ask for; none: the front page.
	VisitorPaths []string
	Jobs         int // jobs at once; 0: one for each processor
	Version      string
	// Secrets are what workflows may use as secrets.NAME.
	Secrets map[string]string
}

// DefaultListen is where the pages are, unless told otherwise.
const DefaultListen = "127.0.0.1:7420"

// DataFolder is the folder's name inside a repository.
const DataFolder = ".andon"

// prepare makes the data folder; it hides itself from git.
func (c *Config) prepare() error {
	if c.Listen == "" {
		c.Listen = DefaultListen
	}
	if c.Data == "" {
		c.Data = filepath.Join(c.Repo, DataFolder)
	}
	abs, err := filepath.Abs(c.Data)
	if err != nil {
		return err
	}
	c.Data = abs
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	ignore := filepath.Join(c.Data, ".gitignore")
	if _, err := os.Stat(ignore); err == nil {
		return nil
	}
	return os.WriteFile(ignore, []byte("*\n"), 0o600)
}

func (c *Config) in(names ...string) string {
	return filepath.Join(append([]string{c.Data}, names...)...)
}

// database is what store.Open wants.
func (c *Config) database() string {
	if c.Database != "" {
		return c.Database
	}
	return c.in("andon.db")
}

// databaseName tells the database to people, without any password.
func (c *Config) databaseName() string {
	if strings.HasPrefix(c.Database, "postgres") {
		return "PostgreSQL"
	}
	return "SQLite"
}
