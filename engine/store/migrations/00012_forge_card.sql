-- +goose Up
-- Which cards the tickets, runs and deployments of forges concern, to be found
-- by the card. A tie stays.
CREATE TABLE forge_card (
    card   TEXT NOT NULL,
    thing  TEXT NOT NULL CHECK (thing IN ('ticket', 'run', 'deployment')),
    source TEXT NOT NULL,
    repo   TEXT NOT NULL,
    id     TEXT NOT NULL,
    PRIMARY KEY (card, thing, source, repo, id)
);
