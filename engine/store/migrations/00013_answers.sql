-- +goose Up
-- The secret before the last rotation signs too until former_until.
ALTER TABLE subscription ADD COLUMN former_secret TEXT NOT NULL DEFAULT '';
ALTER TABLE subscription ADD COLUMN former_until BIGINT NOT NULL DEFAULT 0;

-- Answers to repeated requests are kept for some days.
CREATE INDEX idempotency_key_by_at ON idempotency_key (at);
