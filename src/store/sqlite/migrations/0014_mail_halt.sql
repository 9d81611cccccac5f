-- A batch closes when its letters are made; a mail that is made waits to go
-- out by itself, whatever batch it is of. Nothing of the letters changes by
-- that: a batch of before that is open only for mails that wait closes with
-- the next run, which also does what follows it; mails that failed before
-- stay failed, for staff were told so.

-- Why the last run left mails waiting; nothing when it left none.
CREATE TABLE mail_halt (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    at   TEXT NOT NULL,
    why  TEXT
) STRICT;
