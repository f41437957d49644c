# What people and machines run here. `make help` lists it.
GO      ?= go
BIN     := bin/andon
PGBIN   := $(firstword $(wildcard /usr/lib/postgresql/*/bin/postgres) $(shell command -v postgres 2>/dev/null))
BROWSER := $(shell command -v chromium 2>/dev/null || command -v chromium-browser 2>/dev/null || command -v google-chrome 2>/dev/null)
PYTHON  := $(shell command -v python3 2>/dev/null)
CC_     := $(shell command -v gcc 2>/dev/null || command -v clang 2>/dev/null)
SUDO    := $(shell [ "$$(id -u)" = 0 ] || command -v sudo 2>/dev/null)

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## build bin/andon
	$(GO) build -trimpath -ldflags '-s -w' -o $(BIN) ./cmd/andon

.PHONY: run
run: build ## build and look after examples/storefront, with fifty requests a second
	$(BIN) up --copy examples/storefront --visitors 50

.PHONY: needs
needs: ## install what the tests need from Debian's packages, where it is missing
ifeq ($(and $(PGBIN),$(BROWSER),$(CC_),$(PYTHON)),)
	$(SUDO) apt-get update -qq
	DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends postgresql chromium gcc libc6-dev python3 >/dev/null
endif

.PHONY: test
test: needs ## vet and run all tests, with the race detector, on SQLite and PostgreSQL
	$(GO) vet ./...
	$(GO) test -race -timeout 15m ./...

.PHONY: bench
bench: ## measure, beside peers in the same run
	$(GO) test -run '^$$' -bench . -benchtime 2s -timeout 10m ./test/bench ./feedback/judge ./feedback/objective

# The linter's version; it runs from the Go module proxy without being installed.
LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

.PHONY: lint
lint: ## run go vet, the linters of .golangci.yml and the architecture test
	$(GO) vet ./...
	$(GO) run $(LINT) run ./...
	$(GO) test ./test/architecture

.PHONY: fmt
fmt: ## format the code
	gofmt -l -w $$(git ls-files '*.go' | grep -v _templ.go)
	$(GO) tool templ fmt surface/web

.PHONY: generate
generate: ## write what is made from other files: pages and reference
	$(GO) tool templ generate -path surface/web
	$(GO) run ./cmd/reference docs/reference
