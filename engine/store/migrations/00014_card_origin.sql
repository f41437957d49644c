-- +goose Up
-- The issue of a forge that a card was taken over from, as in github:acme/shop#12.
ALTER TABLE card ADD COLUMN origin TEXT NOT NULL DEFAULT '';
CREATE INDEX card_by_origin ON card (origin);
