-- +goose Up
CREATE TABLE incident (
    id          TEXT   PRIMARY KEY,
    number      BIGINT NOT NULL UNIQUE,
    once        TEXT   NOT NULL UNIQUE,
    title       TEXT   NOT NULL,
    service     TEXT   NOT NULL,
    environment TEXT   NOT NULL,
    severity    TEXT   NOT NULL,
    state       TEXT   NOT NULL CHECK (state IN ('open', 'acknowledged', 'resolved')),
    deployment  TEXT   NOT NULL,
    release     TEXT   NOT NULL,
    sha         TEXT   NOT NULL,
    opened_at   BIGINT NOT NULL,
    acked_at    BIGINT NOT NULL,
    acked_by    TEXT   NOT NULL,
    resolved_at BIGINT NOT NULL,
    resolved_by TEXT   NOT NULL,
    note        TEXT   NOT NULL
);
CREATE INDEX incident_by_state ON incident (state, service);

CREATE TABLE postmortem (
    id         TEXT   PRIMARY KEY,
    number     BIGINT NOT NULL UNIQUE,
    incident   TEXT   NOT NULL UNIQUE,
    title      TEXT   NOT NULL,
    body       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    edited_at  BIGINT NOT NULL,
    edited_by  TEXT   NOT NULL,
    rev        BIGINT NOT NULL
);

CREATE TABLE postmortem_action (
    postmortem TEXT   NOT NULL REFERENCES postmortem (id),
    id         BIGINT NOT NULL,
    body       TEXT   NOT NULL,
    owner      TEXT   NOT NULL,
    card       TEXT   NOT NULL,
    PRIMARY KEY (postmortem, id)
);
