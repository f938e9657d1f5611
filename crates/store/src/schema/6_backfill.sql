-- Contacts of an hour that nothing recorded, or not all of it, as CXone counted them later. `at`:
-- hours since 1970, UTC; NULL is unknown. Of an hour that was asked for each queue has a row.
CREATE TABLE backfilled_hour (
    queue INTEGER NOT NULL,
    at INTEGER NOT NULL,
    offered INTEGER,
    queued INTEGER,
    handled INTEGER,
    abandoned INTEGER,
    in_time INTEGER,
    late INTEGER,
    PRIMARY KEY (queue, at)
) {without_rowid};
