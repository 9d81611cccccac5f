-- Requests, each with the rights it asks for; letters belong to a request.

CREATE TABLE request (
    -- AUTOINCREMENT: what was once said of a request is never said of another.
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    receipt_number     TEXT    NOT NULL,
    -- The receipt number without spaces, width and letter case.
    receipt_key        TEXT    NOT NULL,
    request_date       TEXT    NOT NULL,
    -- The two weeks of art. 39 run from here.
    arrival_date       TEXT    NOT NULL,
    target_date        TEXT    NOT NULL,
    requester_role     TEXT    NOT NULL CHECK (requester_role IN (
                           'principal', 'legal_representative_minor', 'legal_representative_ward',
                           'appointed_agent', 'bereaved')),
    principal_category TEXT    NOT NULL CHECK (principal_category IN (
                           'insured', 'dependant', 'former')),
    desk               TEXT,
    status             TEXT    NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'closed')),
    close_reason       TEXT    CHECK (close_reason IN (
                           'answered', 'answered_elsewhere', 'withdrawn', 'no_supplement',
                           'referred', 'not_retained', 'mistaken')),
    closed_by          TEXT,
    closed_at          TEXT,
    -- The same record is one request, however often its file is added.
    record_sha256      TEXT    NOT NULL UNIQUE,
    intake_id          INTEGER NOT NULL REFERENCES intake (id),
    intake_row         INTEGER NOT NULL,
    added_by           TEXT    NOT NULL,
    added_at           TEXT    NOT NULL,
    CHECK ((status = 'closed') = (close_reason IS NOT NULL)),
    CHECK ((status = 'closed') = (closed_by IS NOT NULL)),
    CHECK ((status = 'closed') = (closed_at IS NOT NULL))
) STRICT;

-- A receipt number is one request's. One that was registered with a mistake
-- gives it back, so that it can be registered again as it should have been.
CREATE UNIQUE INDEX request_by_receipt ON request (receipt_key)
    WHERE close_reason IS NULL OR close_reason <> 'mistaken';
CREATE INDEX request_by_number ON request (receipt_key);

CREATE INDEX request_open ON request (id) WHERE status = 'open';

-- Names, addresses and the rest of a request, apart from its row.
CREATE TABLE request_record (
    request_id  INTEGER PRIMARY KEY REFERENCES request (id),
    record      TEXT    NOT NULL
) STRICT;

CREATE TABLE request_right (
    request_id  INTEGER NOT NULL REFERENCES request (id),
    right       TEXT    NOT NULL CHECK (right IN (
                    'notification_of_purposes', 'disclosure', 'third_party_record_disclosure',
                    'correction', 'cessation', 'bereaved_disclosure', 'complaint')),
    PRIMARY KEY (request_id, right)
) STRICT, WITHOUT ROWID;

-- Who did what to a request and when; no personal content.
CREATE TABLE request_audit (
    id          INTEGER PRIMARY KEY,
    at          TEXT    NOT NULL,
    request_id  INTEGER NOT NULL REFERENCES request (id),
    actor       TEXT    NOT NULL,
    act         TEXT    NOT NULL CHECK (act IN ('added', 'letter', 'closed')),
    -- The letter that came to belong to it.
    letter_id   INTEGER REFERENCES letter (id),
    -- The reason it was closed for.
    note        TEXT
) STRICT;

CREATE INDEX request_audit_by_request ON request_audit (request_id, id);

-- The request a letter belongs to, if that is registered.
ALTER TABLE letter ADD COLUMN request_id INTEGER REFERENCES request (id);

-- The right of its request a letter decides. That no two letters which are
-- not cancelled decide the same right is held by the transaction that queues
-- them: an index over the letter's state would be written at every step of
-- the night.
ALTER TABLE letter ADD COLUMN decides TEXT CHECK (decides IS NULL OR request_id IS NOT NULL);

CREATE INDEX letter_by_request ON letter (request_id, id) WHERE request_id IS NOT NULL;
