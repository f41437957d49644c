-- +goose Up
CREATE TABLE run (
    id         TEXT   PRIMARY KEY,
    number     BIGINT NOT NULL UNIQUE,
    once       TEXT   NOT NULL UNIQUE,
    workflow   TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    sha        TEXT   NOT NULL,
    ord        BIGINT NOT NULL,
    ref        TEXT   NOT NULL,
    before     TEXT   NOT NULL,
    event      TEXT   NOT NULL,
    actor      TEXT   NOT NULL,
    inputs     TEXT   NOT NULL,
    attempt    BIGINT NOT NULL,
    state      TEXT   NOT NULL CHECK (state IN ('queued', 'running', 'ended')),
    conclusion TEXT   NOT NULL,
    body       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at   BIGINT NOT NULL,
    cancel_at  BIGINT NOT NULL
);
CREATE INDEX run_by_sha ON run (sha);
CREATE INDEX run_by_state ON run (state);

CREATE TABLE run_job (
    run        TEXT    NOT NULL REFERENCES run (id),
    id         TEXT    NOT NULL,
    pos        BIGINT  NOT NULL,
    name       TEXT    NOT NULL,
    needs      TEXT    NOT NULL,
    conclusion TEXT    NOT NULL,
    tolerated  BOOLEAN NOT NULL,
    body       TEXT    NOT NULL,
    started_at BIGINT  NOT NULL,
    ended_at   BIGINT  NOT NULL,
    PRIMARY KEY (run, id)
);

CREATE TABLE run_step (
    run        TEXT   NOT NULL REFERENCES run (id),
    job        TEXT   NOT NULL,
    pos        BIGINT NOT NULL,
    name       TEXT   NOT NULL,
    line       BIGINT NOT NULL,
    conclusion TEXT   NOT NULL,
    body       TEXT   NOT NULL,
    summary    TEXT   NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at   BIGINT NOT NULL,
    PRIMARY KEY (run, job, pos)
);

CREATE TABLE artifact (
    run    TEXT   NOT NULL REFERENCES run (id),
    name   TEXT   NOT NULL,
    job    TEXT   NOT NULL,
    digest TEXT   NOT NULL,
    size   BIGINT NOT NULL,
    files  BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    PRIMARY KEY (run, name)
);
