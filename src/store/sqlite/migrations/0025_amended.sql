-- A registered request is amended; its history says so, with the digests of
-- its record before and after.
INSERT INTO request_act_word VALUES ('amended');

-- An amended request can keep other letters back than before.
CREATE TRIGGER request_is_amended AFTER UPDATE ON request_record
BEGIN
    UPDATE safeguard SET version = version + 1;
END;

-- What the request of a counterpart said before it was amended, as far as it
-- said who they are and whom they are a counterpart of: letters are held against
-- that as well wherever they are held against what it says now. It stays when
-- the person in charge confirms that they are none any more: measures are
-- renewed, and then they are the same person under all their names.
CREATE TABLE former_counterpart (
    id          INTEGER PRIMARY KEY,
    request_id  INTEGER NOT NULL REFERENCES request (id),
    intake_id   INTEGER NOT NULL REFERENCES intake (id),
    record      TEXT    NOT NULL
) STRICT;

CREATE INDEX former_counterpart_of_request ON former_counterpart (request_id);

-- Who looked at the list of flags and counterparts, or tried to with another
-- key.
CREATE TABLE member_list_reading (
    id      INTEGER PRIMARY KEY,
    at      TEXT    NOT NULL,
    actor   TEXT    NOT NULL,
    opened  INTEGER NOT NULL CHECK (opened IN (0, 1))
) STRICT;
