-- That the clock of the machine stood before the newest time that was
-- recorded, as a night found it. A newest time is told by one report.
CREATE TABLE clock_back (
    batch_date TEXT NOT NULL REFERENCES batch (date),
    shown_at   TEXT NOT NULL,
    newest_at  TEXT NOT NULL
) STRICT;
