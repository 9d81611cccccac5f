-- Identifiers are compared by two keys (src/domain/fold.rs): by one they are
-- the same, by the other they only look alike. The program fills in what is
-- new here when it opens the file, as it does whenever a key has become
-- another.

-- Which version of the keys the file holds; no row: the keys before there
-- were versions.
CREATE TABLE fold_mark (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    version  INTEGER NOT NULL
) STRICT;

ALTER TABLE request ADD COLUMN look_alike_key TEXT NOT NULL DEFAULT '';
CREATE INDEX request_by_look ON request (look_alike_key);

-- Two requests that were registered under writings of one number, while the
-- program did not know that they are one, stay both; the later has a place
-- here that is not 0. A new request never shares its number.
ALTER TABLE request ADD COLUMN twin INTEGER NOT NULL DEFAULT 0;
DROP INDEX request_by_receipt;
CREATE UNIQUE INDEX request_by_receipt ON request (receipt_key, twin)
    WHERE close_reason IS NULL OR close_reason <> 'mistaken';

-- Every number of a member that a letter, a request, a notification or a flag
-- has named, as it is written.
CREATE TABLE member_number (
    written         TEXT    PRIMARY KEY,
    member_key      TEXT    NOT NULL,
    look_alike_key  TEXT    NOT NULL,
    -- Whether more than a flag has named it.
    in_use          INTEGER NOT NULL CHECK (in_use IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX member_number_by_key ON member_number (member_key);
CREATE INDEX member_number_by_look ON member_number (look_alike_key);

-- The same for two letters that told one member of one edition.
CREATE TABLE notification_of_twins (
    edition        TEXT    NOT NULL,
    member_key     TEXT    NOT NULL,
    twin           INTEGER NOT NULL DEFAULT 0,
    recipient_key  TEXT    NOT NULL,
    letter_id      INTEGER NOT NULL REFERENCES letter (id),
    PRIMARY KEY (edition, member_key, twin)
) STRICT, WITHOUT ROWID;

INSERT INTO notification_of_twins (edition, member_key, recipient_key, letter_id)
SELECT edition, member_key, recipient_key, letter_id FROM notification;
DROP TABLE notification;
ALTER TABLE notification_of_twins RENAME TO notification;
CREATE INDEX notification_by_letter ON notification (letter_id);

-- Outside of a transaction the table is empty.
DROP TABLE roster;
CREATE TABLE roster (
    id              INTEGER PRIMARY KEY,
    row             INTEGER NOT NULL,
    member_key      TEXT    NOT NULL UNIQUE,
    look_alike_key  TEXT    NOT NULL,
    record          TEXT    NOT NULL
) STRICT;
CREATE INDEX roster_by_look ON roster (look_alike_key);
