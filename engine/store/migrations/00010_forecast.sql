-- +goose Up
CREATE TABLE forecast (
    id          TEXT   PRIMARY KEY,
    number      BIGINT NOT NULL UNIQUE,
    line        TEXT   NOT NULL,
    kind        TEXT   NOT NULL CHECK (kind IN ('how-many', 'when')),
    about       TEXT   NOT NULL,
    items       BIGINT NOT NULL,
    days        BIGINT NOT NULL,
    made_at     BIGINT NOT NULL,
    made_by     TEXT   NOT NULL,
    percentiles TEXT   NOT NULL
);
CREATE INDEX forecast_by_line ON forecast (line, made_at);
