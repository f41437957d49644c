-- +goose Up
CREATE TABLE journal_head (seq BIGINT NOT NULL);
INSERT INTO journal_head (seq) VALUES (0);

CREATE TABLE fact (
    seq     BIGINT PRIMARY KEY,
    id      TEXT   NOT NULL UNIQUE,
    at      BIGINT NOT NULL,
    type    TEXT   NOT NULL,
    subject TEXT   NOT NULL,
    actor   TEXT   NOT NULL,
    body    TEXT   NOT NULL,
    content TEXT   NOT NULL,
    data    TEXT   NOT NULL
);
CREATE INDEX fact_by_type ON fact (type, seq);

CREATE TABLE fact_about (
    ref TEXT   NOT NULL,
    seq BIGINT NOT NULL REFERENCES fact (seq),
    PRIMARY KEY (ref, seq)
);
CREATE INDEX fact_about_seq ON fact_about (seq);

CREATE TABLE journal_cursor (
    name TEXT   PRIMARY KEY,
    seq  BIGINT NOT NULL
);

CREATE TABLE idempotency_key (
    id     TEXT   PRIMARY KEY,
    at     BIGINT NOT NULL,
    status BIGINT NOT NULL,
    body   TEXT   NOT NULL
);
