-- Screens that polled. `link`: the hash of the link's token in hexadecimal, '' without one. `name`:
-- the page's id where `is_named` is 0. `server` heard it last, at `last_ms`, and wrote that at
-- `written_ms`. `report`: what it said then, as the screen's own header. Times are milliseconds
-- since 1970.
CREATE TABLE screen (
    link TEXT NOT NULL,
    board TEXT NOT NULL,
    is_named BIGINT NOT NULL,
    name TEXT NOT NULL,
    server TEXT NOT NULL,
    address TEXT,
    report TEXT NOT NULL,
    first_ms BIGINT NOT NULL,
    last_ms BIGINT NOT NULL,
    written_ms BIGINT NOT NULL,
    PRIMARY KEY (link, board, is_named, name)
) {without_rowid};
