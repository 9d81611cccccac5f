-- Letters, their batches, numbers, register and audit trail.
-- Times are text in RFC 3339 with +09:00, dates are YYYY-MM-DD.

CREATE TABLE intake (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    -- SHA-256 of the file as it came; its name is not kept, it may name a person.
    sha256     TEXT    NOT NULL,
    queued_by  TEXT    NOT NULL,
    queued_at  TEXT    NOT NULL
) STRICT;

CREATE TABLE batch (
    -- The business date is the key: a date is never opened twice.
    date       TEXT    PRIMARY KEY,
    opened_at  TEXT    NOT NULL,
    closed_at  TEXT
) STRICT;

CREATE TABLE letter (
    -- AUTOINCREMENT: a reference is never given to a second letter.
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    kind           TEXT    NOT NULL,
    outcome        TEXT    NOT NULL,
    state          TEXT    NOT NULL DEFAULT 'queued' CHECK (state IN (
                       'queued', 'approved', 'numbered', 'rendered', 'archived', 'released',
                       'sent', 'filed', 'held', 'parked', 'failed', 'unknown', 'cancelled')),
    -- Where a held, parked or failed letter goes on from.
    resume_state   TEXT,
    -- Rises at every claim; every step names it, so a late step of an
    -- earlier claim changes nothing.
    attempt        INTEGER NOT NULL DEFAULT 0,
    -- Claims for setting since the last page that came out.
    render_tries   INTEGER NOT NULL DEFAULT 0,
    delivery       TEXT    NOT NULL CHECK (delivery IN ('mail', 'archive')),
    series         TEXT    NOT NULL,
    -- The same record is one letter, however often it is queued.
    record_sha256  TEXT    NOT NULL UNIQUE,
    intake_id      INTEGER NOT NULL REFERENCES intake (id),
    intake_row     INTEGER NOT NULL,
    queued_by      TEXT    NOT NULL,
    queued_at      TEXT    NOT NULL,
    approved_by    TEXT    CHECK (approved_by <> queued_by),
    approved_at    TEXT,
    batch_date     TEXT    REFERENCES batch (date),
    period         INTEGER,
    serial         INTEGER CHECK (serial > 0),
    number         TEXT,
    issue_date     TEXT,
    set_sha256     TEXT,
    fonts_sha256   TEXT,
    engine         TEXT,
    data_sha256    TEXT,
    pdf_sha256     TEXT,
    pdf_bytes      INTEGER,
    pages          INTEGER,
    register_seq   INTEGER,
    -- Set before the mail server is spoken to, so that a crash in between
    -- leaves a trace.
    message_id     TEXT,
    handover_at    TEXT,
    -- What a person must know, in Japanese.
    reason         TEXT,
    next_step      TEXT,
    -- No number is given twice.
    UNIQUE (series, period, serial)
) STRICT;

CREATE INDEX letter_by_batch ON letter (batch_date, id);

-- Letters the night has to take on. A letter enters it with its number and
-- leaves it at rest; an index by state would change with every step.
CREATE INDEX letter_on_its_way ON letter (id)
    WHERE state IN ('numbered', 'rendered', 'archived', 'released');

-- Letters that wait for a person; few at any time.
CREATE INDEX letter_needing_person ON letter (batch_date, id)
    WHERE state IN ('parked', 'failed', 'unknown');

-- The large texts of a letter, apart from its row: a row that changes state
-- six times a night should be short.
CREATE TABLE letter_record (
    letter_id  INTEGER PRIMARY KEY REFERENCES letter (id),
    record     TEXT    NOT NULL
) STRICT;

CREATE TABLE letter_data (
    letter_id  INTEGER PRIMARY KEY REFERENCES letter (id),
    data       BLOB    NOT NULL
) STRICT;

-- The next serial of a series in a period.
CREATE TABLE series (
    series     TEXT    NOT NULL,
    period     INTEGER NOT NULL,
    next       INTEGER NOT NULL,
    PRIMARY KEY (series, period)
) STRICT;

-- The register of issued documents (文書件名簿). Every entry carries the hash
-- of the one before it.
CREATE TABLE register (
    seq             INTEGER PRIMARY KEY,
    event           TEXT    NOT NULL CHECK (event IN ('issued', 'void')),
    letter_id       INTEGER NOT NULL REFERENCES letter (id),
    number          TEXT    NOT NULL,
    kind            TEXT    NOT NULL,
    outcome         TEXT    NOT NULL,
    issue_date      TEXT    NOT NULL,
    data_sha256     TEXT,
    pdf_sha256      TEXT,
    pdf_bytes       INTEGER,
    entered_at      TEXT    NOT NULL,
    previous_sha256 TEXT    NOT NULL,
    entry_sha256    TEXT    NOT NULL,
    UNIQUE (letter_id, event)
) STRICT;

-- Who did what to a letter and when; no personal content.
CREATE TABLE audit (
    id          INTEGER PRIMARY KEY,
    at          TEXT    NOT NULL,
    letter_id   INTEGER NOT NULL REFERENCES letter (id),
    actor       TEXT    NOT NULL,
    from_state  TEXT    NOT NULL,
    to_state    TEXT    NOT NULL,
    note        TEXT
) STRICT;

CREATE INDEX audit_by_letter ON audit (letter_id, id);

-- Until when the schedule has been looked at.
CREATE TABLE schedule_mark (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    seen_at TEXT    NOT NULL
) STRICT;
