-- +goose Up
CREATE TABLE release (
    id         TEXT   PRIMARY KEY,
    number     BIGINT NOT NULL UNIQUE,
    service    TEXT   NOT NULL,
    sha        TEXT   NOT NULL,
    ord        BIGINT NOT NULL,
    run        TEXT   NOT NULL,
    digest     TEXT   NOT NULL,
    config     TEXT   NOT NULL,
    rejected   TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (service, run, digest)
);
CREATE INDEX release_by_ord ON release (service, ord);

CREATE TABLE target (
    service     TEXT NOT NULL,
    environment TEXT NOT NULL,
    stable      TEXT NOT NULL,
    active      TEXT NOT NULL,
    PRIMARY KEY (service, environment)
);

CREATE TABLE deployment (
    id          TEXT   PRIMARY KEY,
    number      BIGINT NOT NULL UNIQUE,
    service     TEXT   NOT NULL,
    environment TEXT   NOT NULL,
    release     TEXT   NOT NULL REFERENCES release (id),
    stable      TEXT   NOT NULL,
    state       TEXT   NOT NULL CHECK (state IN ('queued', 'held', 'starting', 'exposing', 'finishing', 'aborting',
                                                 'succeeded', 'rolledback', 'failed', 'superseded')),
    place       TEXT   NOT NULL,
    exposure    TEXT   NOT NULL,
    reason      TEXT   NOT NULL,
    actor       TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    started_at  BIGINT NOT NULL,
    ended_at    BIGINT NOT NULL,
    rev         BIGINT NOT NULL
);
CREATE INDEX deployment_by_target ON deployment (service, environment, number);
CREATE INDEX deployment_by_state ON deployment (state);
