-- +goose Up
CREATE TABLE forge_status (
    source TEXT    NOT NULL,
    repo   TEXT    NOT NULL,
    sha    TEXT    NOT NULL,
    room   BOOLEAN NOT NULL,
    text   TEXT    NOT NULL,
    at     BIGINT  NOT NULL,
    PRIMARY KEY (source, repo, sha)
);
