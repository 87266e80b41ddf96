-- Since when a webhook has not taken the event it is offered; NULL: it has.
ALTER TABLE webhook ADD COLUMN failing_since timestamptz;
