-- Times in seconds since 1970. `sha256`: of the link's token, in hexadecimal. `key` is the order
-- in which they were added.
CREATE TABLE link (
    key {identity},
    id TEXT NOT NULL,
    board TEXT NOT NULL,
    label TEXT,
    created BIGINT NOT NULL,
    expires BIGINT,
    revoked BIGINT,
    sha256 TEXT NOT NULL UNIQUE
);

-- Screens that show a code and wait for approval. `sha256`: of the secret that they keep.
CREATE TABLE waiting_screen (
    sha256 TEXT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    expires BIGINT NOT NULL,
    peer TEXT
);
