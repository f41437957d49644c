-- +goose Up
-- Numbers ask what other systems told within a time.
CREATE INDEX event_received_by_at ON event_received (at);
