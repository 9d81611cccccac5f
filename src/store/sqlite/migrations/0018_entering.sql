-- Large files are taken in by many short changes, so that nobody who writes
-- waits for them.

-- Letters of a file on their way into the store, each with the key it will
-- have. Nobody reads them here; a file that was not taken in leaves rows, and
-- the next large file deletes them.
CREATE TABLE entering (
    id              INTEGER PRIMARY KEY,
    intake_row      INTEGER NOT NULL,
    kind            TEXT    NOT NULL,
    outcome         TEXT    NOT NULL,
    delivery        TEXT    NOT NULL,
    series          TEXT    NOT NULL,
    record_sha256   TEXT    NOT NULL,
    request_id      INTEGER,
    decides         TEXT,
    dated_from      TEXT,
    record          TEXT    NOT NULL,
    -- Numbers it is found by, as a list in JSON.
    likeness        TEXT    NOT NULL,
    -- The member it names, as written, and by the keys numbers are compared by.
    member_written  TEXT,
    member_key      TEXT,
    look_alike_key  TEXT,
    note_used       INTEGER,
    note            BLOB,
    note_sha256     TEXT
) STRICT;

-- With this row the file is taken in, whole: whoever opens the store next
-- makes letters of what still stands in the table above.
CREATE TABLE entering_file (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    intake_id  INTEGER NOT NULL REFERENCES intake (id),
    -- Key of its last letter.
    last       INTEGER NOT NULL
) STRICT;
