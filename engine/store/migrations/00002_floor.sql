-- +goose Up
CREATE TABLE change (
    sha         TEXT   PRIMARY KEY,
    ord         BIGINT NOT NULL UNIQUE,
    branch      TEXT   NOT NULL,
    author      TEXT   NOT NULL,
    email       TEXT   NOT NULL,
    message     TEXT   NOT NULL,
    authored_at BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    head        BOOLEAN NOT NULL
);

CREATE TABLE branch_head (
    branch TEXT PRIMARY KEY,
    sha    TEXT NOT NULL
);

CREATE TABLE line (
    name      TEXT   PRIMARY KEY,
    title     TEXT   NOT NULL,
    key       TEXT   NOT NULL UNIQUE,
    wip       BIGINT NOT NULL CHECK (wip >= 0),
    next_card BIGINT NOT NULL,
    rev       BIGINT NOT NULL
);

CREATE TABLE station (
    line        TEXT   NOT NULL REFERENCES line (name),
    name        TEXT   NOT NULL,
    pos         BIGINT NOT NULL,
    kind        TEXT   NOT NULL CHECK (kind IN ('queue', 'work', 'pipeline', 'deploy', 'done')),
    wip         BIGINT NOT NULL CHECK (wip >= 0),
    machine     TEXT   NOT NULL,
    cord_at     BIGINT NOT NULL DEFAULT 0,
    cord_by     TEXT   NOT NULL DEFAULT '',
    cord_reason TEXT   NOT NULL DEFAULT '',
    PRIMARY KEY (line, name)
);

CREATE TABLE card (
    key            TEXT   PRIMARY KEY,
    line           TEXT   NOT NULL REFERENCES line (name),
    station        TEXT   NOT NULL,
    title          TEXT   NOT NULL,
    note           TEXT   NOT NULL,
    kind           TEXT   NOT NULL CHECK (kind IN ('business', 'internal', 'change', 'unplanned')),
    class          TEXT   NOT NULL CHECK (class IN ('expedite', 'fixed-date', 'standard', 'intangible')),
    estimate       DOUBLE PRECISION NOT NULL,
    owner          TEXT   NOT NULL,
    rank           BIGINT NOT NULL,
    created_at     BIGINT NOT NULL,
    started_at     BIGINT NOT NULL,
    entered_at     BIGINT NOT NULL,
    done_at        BIGINT NOT NULL,
    blocked_at     BIGINT NOT NULL,
    blocked_by     TEXT   NOT NULL,
    blocked_reason TEXT   NOT NULL,
    ready_for      TEXT   NOT NULL,
    ready_at       BIGINT NOT NULL,
    rev            BIGINT NOT NULL,
    FOREIGN KEY (line, station) REFERENCES station (line, name)
);
CREATE INDEX card_by_station ON card (line, station, rank);
CREATE INDEX card_by_rank ON card (line, rank);

CREATE TABLE card_helper (
    card   TEXT NOT NULL REFERENCES card (key),
    person TEXT NOT NULL,
    PRIMARY KEY (card, person)
);

CREATE TABLE card_change (
    card TEXT   NOT NULL REFERENCES card (key),
    sha  TEXT   NOT NULL REFERENCES change (sha),
    ord  BIGINT NOT NULL,
    PRIMARY KEY (card, sha)
);
CREATE INDEX card_change_by_ord ON card_change (ord);

CREATE TABLE station_mark (
    line    TEXT   NOT NULL,
    station TEXT   NOT NULL,
    ord     BIGINT NOT NULL,
    PRIMARY KEY (line, station)
);
