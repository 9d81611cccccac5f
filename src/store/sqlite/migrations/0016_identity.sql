-- A workspace knows itself: who it is, and what a person decided about a
-- database that was put back from a backup.

-- Drawn once. It also stands outside the database, so that a database of
-- another workspace is told apart.
CREATE TABLE identity (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    word    TEXT    NOT NULL CHECK (length(word) = 32),
    -- Whether its marks were written outside the database at least once:
    -- from then on a workspace without them is not the one it was.
    marked  INTEGER NOT NULL CHECK (marked IN (0, 1))
) STRICT;

INSERT INTO identity (id, word, marked) VALUES (1, lower(hex(randomblob(16))), 0);

-- Who took a database that does not agree with the marks for what the
-- workspace goes on with, and why.
CREATE TABLE acceptance (
    id        INTEGER PRIMARY KEY,
    at        TEXT    NOT NULL,
    actor     TEXT    NOT NULL,
    reason    TEXT    NOT NULL,
    -- What did not agree, as JSON.
    doubts    TEXT    NOT NULL,
    -- The numbers and references that are given to nobody any more, as JSON.
    skipped   TEXT    NOT NULL,
    -- Letters that wait for a person since.
    stopped   INTEGER NOT NULL,
    -- The register's end in the newest report of then, which this database
    -- does not have.
    report    TEXT
) STRICT;

CREATE TRIGGER acceptance_stands BEFORE UPDATE ON acceptance
BEGIN
    SELECT RAISE(ABORT, 'an acceptance cannot be altered');
END;

CREATE TRIGGER acceptance_stays BEFORE DELETE ON acceptance
BEGIN
    SELECT RAISE(ABORT, 'an acceptance is kept for ever');
END;
