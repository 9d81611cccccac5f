-- A registered request is amended; its history says so, with the digests of
-- its record before and after.
INSERT INTO request_act_word VALUES ('amended');

-- An amended request can keep other letters back than before.
CREATE TRIGGER request_is_amended AFTER UPDATE ON request_record
BEGIN
    UPDATE safeguard SET version = version + 1;
END;

-- Who looked at the list of flags and counterparts, or tried to with another
-- key.
CREATE TABLE member_list_reading (
    id      INTEGER PRIMARY KEY,
    at      TEXT    NOT NULL,
    actor   TEXT    NOT NULL,
    opened  INTEGER NOT NULL CHECK (opened IN (0, 1))
) STRICT;
