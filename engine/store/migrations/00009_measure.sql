-- +goose Up
CREATE TABLE measure_item (
    card       TEXT   PRIMARY KEY,
    line       TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    class      TEXT   NOT NULL,
    epic       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    done_at    BIGINT NOT NULL,
    bucket     BIGINT NOT NULL,
    discarded  BOOLEAN NOT NULL,
    stays      TEXT   NOT NULL
);
CREATE INDEX measure_item_started ON measure_item (line, started_at, card);
CREATE INDEX measure_item_done ON measure_item (line, done_at);
CREATE INDEX measure_item_bucket ON measure_item (line, bucket, done_at);

CREATE TABLE measure_station_day (
    line     TEXT   NOT NULL,
    day      BIGINT NOT NULL,
    station  TEXT   NOT NULL,
    entered  BIGINT NOT NULL,
    lefts    BIGINT NOT NULL,
    returned BIGINT NOT NULL,
    stayed   BIGINT NOT NULL,
    waited   BIGINT NOT NULL,
    blocked  BIGINT NOT NULL,
    PRIMARY KEY (line, day, station)
);

CREATE TABLE measure_line_day (
    line      TEXT   NOT NULL,
    day       BIGINT NOT NULL,
    kind      TEXT   NOT NULL,
    created   BIGINT NOT NULL,
    started   BIGINT NOT NULL,
    done      BIGINT NOT NULL,
    discarded BIGINT NOT NULL,
    cycle     BIGINT NOT NULL,
    PRIMARY KEY (line, day, kind)
);

CREATE TABLE measure_cycle_day (
    line   TEXT   NOT NULL,
    day    BIGINT NOT NULL,
    bucket BIGINT NOT NULL,
    n      BIGINT NOT NULL,
    PRIMARY KEY (line, day, bucket)
);

CREATE TABLE measure_state (
    name TEXT   PRIMARY KEY,
    seq  BIGINT NOT NULL
);
