-- Letters by post; notifications to members; flags that keep a member's
-- letters back.

-- The words a column may hold are no part of how its rows are stored, so only
-- the table's definition changes: SQLite's own way to change a CHECK, in this
-- one transaction and without copying the letters of years. The tables made
-- below tell other connections that the definition is another.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema
SET sql = replace(sql,
        'CHECK (delivery IN (''mail'', ''archive''))',
        'CHECK (delivery IN (''mail'', ''post'', ''archive''))')
WHERE type = 'table' AND name = 'letter';
PRAGMA writable_schema = RESET;

-- What keeps letters from a member: protective measures (支援措置), an
-- address nobody is found at (宛先不明), letters withheld (送付停止).
CREATE TABLE member_flag (
    -- Without spaces, width and letter case.
    member_key    TEXT    NOT NULL,
    flag          TEXT    NOT NULL CHECK (flag IN ('protected', 'undeliverable', 'withheld')),
    -- The last letter there was when the flag was set: it was queued, as were
    -- those before it, by somebody who could not know of the flag.
    after_letter  INTEGER NOT NULL,
    set_by        TEXT    NOT NULL,
    set_at        TEXT    NOT NULL,
    PRIMARY KEY (member_key, flag)
) STRICT, WITHOUT ROWID;

CREATE TABLE member_flag_audit (
    id          INTEGER PRIMARY KEY,
    at          TEXT    NOT NULL,
    member_key  TEXT    NOT NULL,
    flag        TEXT    NOT NULL,
    act         TEXT    NOT NULL CHECK (act IN ('set', 'cleared')),
    actor       TEXT    NOT NULL
) STRICT;

-- The letter that tells a member of an edition of the notice: one each,
-- however often rosters are taken in.
CREATE TABLE notification (
    -- SHA-256 of the edition's content.
    edition        TEXT    NOT NULL,
    member_key     TEXT    NOT NULL,
    -- Whom the letter is addressed to: the member, or who has charge of them.
    recipient_key  TEXT    NOT NULL,
    letter_id      INTEGER NOT NULL REFERENCES letter (id),
    PRIMARY KEY (edition, member_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX notification_by_letter ON notification (letter_id);

-- The rows of a roster while they are weighed, so that a row can be held
-- against every other without all of them in memory. Filled and emptied in
-- one transaction; outside of it the table is empty.
CREATE TABLE roster (
    id          INTEGER PRIMARY KEY,
    row         INTEGER NOT NULL,
    member_key  TEXT    NOT NULL UNIQUE,
    record      TEXT    NOT NULL
) STRICT;
