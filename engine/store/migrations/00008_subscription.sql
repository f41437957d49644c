-- +goose Up
-- An event of another system is taken once: a source's id is never used twice.
CREATE TABLE event_received (
    source TEXT   NOT NULL,
    id     TEXT   NOT NULL,
    fact   TEXT   NOT NULL,
    at     BIGINT NOT NULL,
    PRIMARY KEY (source, id)
);

-- cursor is the position of the last fact that needs no sending any more.
-- awake says that a job of the machine is in the queue; lease until when some
-- Andon is sending; due when the next try is allowed.
CREATE TABLE subscription (
    id            TEXT    PRIMARY KEY,
    number        BIGINT  NOT NULL UNIQUE,
    url           TEXT    NOT NULL,
    types         TEXT    NOT NULL,
    secret        TEXT    NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('active', 'paused')),
    reason        TEXT    NOT NULL,
    cursor        BIGINT  NOT NULL,
    awake         BOOLEAN NOT NULL,
    lease         BIGINT  NOT NULL,
    holder        TEXT    NOT NULL,
    due           BIGINT  NOT NULL,
    attempts      BIGINT  NOT NULL,
    failing_since BIGINT  NOT NULL,
    last_fact     BIGINT  NOT NULL,
    last_at       BIGINT  NOT NULL,
    last_status   BIGINT  NOT NULL,
    last_problem  TEXT    NOT NULL,
    delivered     BIGINT  NOT NULL,
    created_at    BIGINT  NOT NULL,
    created_by    TEXT    NOT NULL
);

-- Numbers are not used again after a removal, so an id names one subscription for ever.
CREATE TABLE subscription_number (
    id   BIGINT PRIMARY KEY,
    last BIGINT NOT NULL
);
