-- What keeps letters back is held against every letter, whatever its kind and
-- receipt number; and whether letters need a registered request is remembered
-- by the workspace.

-- Rises whenever a flag of a member or a registered request changes. A letter
-- leaves the house only if nothing has changed since it was held against
-- flags and counterparts: the statement that sets the mark of the hand-over
-- compares the version.
CREATE TABLE safeguard (
    id                INTEGER PRIMARY KEY CHECK (id = 1),
    version           INTEGER NOT NULL,
    -- The last letter queued while flags were looked up by a letter's own
    -- record alone: nobody was told of a flag of its request's member.
    own_record_until  INTEGER NOT NULL
) STRICT;

INSERT INTO safeguard (id, version, own_record_until)
SELECT 1, 1, COALESCE(MAX(id), 0) FROM letter;

CREATE TRIGGER member_flag_is_set AFTER INSERT ON member_flag
BEGIN
    UPDATE safeguard SET version = version + 1;
END;

CREATE TRIGGER member_flag_is_set_again AFTER UPDATE ON member_flag
BEGIN
    UPDATE safeguard SET version = version + 1;
END;

CREATE TRIGGER member_flag_is_cleared AFTER DELETE ON member_flag
BEGIN
    UPDATE safeguard SET version = version + 1;
END;

CREATE TRIGGER request_is_registered AFTER INSERT ON request_record
BEGIN
    UPDATE safeguard SET version = version + 1;
END;

CREATE TRIGGER request_is_closed AFTER UPDATE OF close_reason ON request
BEGIN
    UPDATE safeguard SET version = version + 1;
END;

-- The counterparts of protective measures (支援措置の相手方): few among many
-- requests.
CREATE INDEX request_of_counterpart ON request_record (request_id)
    WHERE CASE WHEN json_valid(record) THEN record ->> 'protected_counterpart' = 'yes' ELSE 1 END;

-- What holds for this workspace where the settings say nothing. One that had
-- letters or requests before there was a choice goes on as it did.
CREATE TABLE workspace (
    id        INTEGER PRIMARY KEY CHECK (id = 1),
    requests  TEXT    NOT NULL CHECK (requests IN ('optional', 'required'))
) STRICT;

INSERT INTO workspace (id, requests)
SELECT 1, CASE
    WHEN EXISTS (SELECT 1 FROM letter) OR EXISTS (SELECT 1 FROM request) THEN 'optional'
    ELSE 'required'
END;
