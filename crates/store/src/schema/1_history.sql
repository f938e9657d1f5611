-- A queue as it is read: the same id with another skill filter has other numbers.
CREATE TABLE queue (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    skills TEXT NOT NULL,
    UNIQUE (id, skills)
);

-- `at`: minutes since 1970, UTC. Waits in whole seconds, the service level in tenths of a
-- percent; NULL is unknown. A minute of which nothing is known has no row.
CREATE TABLE minute (
    queue INTEGER NOT NULL,
    at INTEGER NOT NULL,
    waiting INTEGER,
    waiting_highest INTEGER,
    longest_wait INTEGER,
    average_wait INTEGER,
    service_level INTEGER,
    agents_logged_on INTEGER,
    available_agents INTEGER,
    agents_busy INTEGER,
    PRIMARY KEY (queue, at)
) {without_rowid};

-- `at`: quarter hours since 1970. Means of the minutes that are known, in tenths of what a
-- minute has; the highest as they are there.
CREATE TABLE quarter_hour (
    queue INTEGER NOT NULL,
    at INTEGER NOT NULL,
    waiting INTEGER,
    waiting_highest INTEGER,
    longest_wait INTEGER,
    average_wait INTEGER,
    service_level INTEGER,
    agents_logged_on INTEGER,
    available_agents INTEGER,
    agents_busy INTEGER,
    PRIMARY KEY (queue, at)
) {without_rowid};

-- `at_ms`: milliseconds since 1970. `board` and `queue` are NULL where it is about all.
CREATE TABLE event (
    key {identity},
    at_ms BIGINT NOT NULL,
    kind TEXT NOT NULL,
    board TEXT,
    queue TEXT,
    detail TEXT NOT NULL
);
CREATE INDEX event_at ON event (at_ms);

-- Small texts by name.
CREATE TABLE state (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
