-- +goose Up
-- Words that the team gives cards, sorted, one on a line.
ALTER TABLE card ADD COLUMN labels TEXT NOT NULL DEFAULT '';
