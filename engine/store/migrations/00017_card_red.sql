-- +goose Up
-- What a machine of a forge refused in the card's work, empty when nothing is.
ALTER TABLE card ADD COLUMN red TEXT NOT NULL DEFAULT '';
