-- +goose Up
-- What a forge delivered, as it came: the body is compressed, and empty once it
-- was trimmed. The id stays for ever, so that a delivery counts once.
CREATE TABLE webhook_delivery (
    source  TEXT   NOT NULL,
    id      TEXT   NOT NULL,
    event   TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    outcome TEXT   NOT NULL CHECK (outcome IN ('accepted', 'ignored', 'refused')),
    receipt TEXT   NOT NULL,
    size    BIGINT NOT NULL,
    body    BYTEA  NOT NULL,
    PRIMARY KEY (source, id)
);
CREATE INDEX webhook_delivery_by_at ON webhook_delivery (at);

CREATE TABLE pull_request (
    source          TEXT    NOT NULL,
    repo            TEXT    NOT NULL,
    number          BIGINT  NOT NULL,
    state           TEXT    NOT NULL CHECK (state IN ('', 'open', 'merged', 'closed')),
    draft           BOOLEAN NOT NULL,
    review          TEXT    NOT NULL,
    title           TEXT    NOT NULL,
    url             TEXT    NOT NULL,
    author          TEXT    NOT NULL,
    branch          TEXT    NOT NULL,
    base            TEXT    NOT NULL,
    head            TEXT    NOT NULL,
    merge_sha       TEXT    NOT NULL,
    opened_at       BIGINT  NOT NULL,
    ready_at        BIGINT  NOT NULL,
    first_review_at BIGINT  NOT NULL,
    reviewed_at     BIGINT  NOT NULL,
    merged_at       BIGINT  NOT NULL,
    closed_at       BIGINT  NOT NULL,
    updated_at      BIGINT  NOT NULL,
    untracked       BOOLEAN NOT NULL,
    rev             BIGINT  NOT NULL,
    PRIMARY KEY (source, repo, number)
);
CREATE INDEX pull_request_by_head ON pull_request (head);
CREATE INDEX pull_request_by_merge ON pull_request (merge_sha);
CREATE INDEX pull_request_by_update ON pull_request (updated_at);

-- A key stays tied when it is taken out of the title: the work was done for it.
CREATE TABLE pull_request_card (
    source TEXT   NOT NULL,
    repo   TEXT   NOT NULL,
    number BIGINT NOT NULL,
    card   TEXT   NOT NULL,
    PRIMARY KEY (source, repo, number, card),
    FOREIGN KEY (source, repo, number) REFERENCES pull_request (source, repo, number)
);
CREATE INDEX pull_request_card_by_card ON pull_request_card (card);

CREATE TABLE ticket (
    source     TEXT    NOT NULL,
    repo       TEXT    NOT NULL,
    number     BIGINT  NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('', 'open', 'closed')),
    title      TEXT    NOT NULL,
    url        TEXT    NOT NULL,
    author     TEXT    NOT NULL,
    labels     TEXT    NOT NULL,
    cards      TEXT    NOT NULL,
    opened_at  BIGINT  NOT NULL,
    closed_at  BIGINT  NOT NULL,
    updated_at BIGINT  NOT NULL,
    untracked  BOOLEAN NOT NULL,
    rev        BIGINT  NOT NULL,
    PRIMARY KEY (source, repo, number)
);
CREATE INDEX ticket_by_update ON ticket (updated_at);

CREATE TABLE forge_run (
    source     TEXT    NOT NULL,
    repo       TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    attempt    BIGINT  NOT NULL,
    workflow   TEXT    NOT NULL,
    sha        TEXT    NOT NULL,
    branch     TEXT    NOT NULL,
    status     TEXT    NOT NULL CHECK (status IN ('', 'queued', 'running', 'ended')),
    conclusion TEXT    NOT NULL,
    url        TEXT    NOT NULL,
    cards      TEXT    NOT NULL,
    queued_at  BIGINT  NOT NULL,
    started_at BIGINT  NOT NULL,
    ended_at   BIGINT  NOT NULL,
    updated_at BIGINT  NOT NULL,
    untracked  BOOLEAN NOT NULL,
    rev        BIGINT  NOT NULL,
    PRIMARY KEY (source, repo, id)
);
CREATE INDEX forge_run_by_sha ON forge_run (sha);
CREATE INDEX forge_run_by_update ON forge_run (updated_at);

CREATE TABLE forge_deployment (
    source      TEXT    NOT NULL,
    repo        TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    environment TEXT    NOT NULL,
    sha         TEXT    NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('', 'pending', 'running', 'succeeded', 'failed', 'inactive')),
    url         TEXT    NOT NULL,
    cards       TEXT    NOT NULL,
    created_at  BIGINT  NOT NULL,
    ended_at    BIGINT  NOT NULL,
    updated_at  BIGINT  NOT NULL,
    untracked   BOOLEAN NOT NULL,
    rev         BIGINT  NOT NULL,
    PRIMARY KEY (source, repo, id)
);
CREATE INDEX forge_deployment_by_sha ON forge_deployment (sha);
CREATE INDEX forge_deployment_by_update ON forge_deployment (updated_at);
