-- Who reads CXone, of the servers that share the database: one row, `fence` larger with each
-- holder, `published` with each publication. A holder that gets no answer from CXone offers it,
-- and it was last taken so at `offer_taken_ms`. Times are milliseconds since 1970.
CREATE TABLE lease (
    holder TEXT NOT NULL,
    fence BIGINT NOT NULL,
    until_ms BIGINT NOT NULL,
    is_offered INTEGER NOT NULL,
    offer_taken_ms BIGINT NOT NULL,
    published BIGINT NOT NULL
);
INSERT INTO lease (holder, fence, until_ms, is_offered, offer_taken_ms, published) VALUES ('', 0, 0, 0, 0, 0);

-- What its holder serves, each answer by its name: the body, and when the youngest of it was
-- read, in milliseconds since the origin.
CREATE TABLE published (
    name TEXT PRIMARY KEY,
    version BIGINT NOT NULL,
    read_ms BIGINT,
    body TEXT NOT NULL
);
