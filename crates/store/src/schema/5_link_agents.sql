-- Whether the link may list its board's agents: 1. Links of before may not.
ALTER TABLE link ADD COLUMN agents BIGINT NOT NULL DEFAULT 0;
