-- +goose Up
-- What each expedited card went before when it was begun.
CREATE TABLE measure_expedite (
    card     TEXT   PRIMARY KEY,
    line     TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    overtook BIGINT NOT NULL,
    delay    DOUBLE PRECISION NOT NULL
);
CREATE INDEX measure_expedite_by_at ON measure_expedite (line, at);
