-- What follows the letters of a night, as work that is done again until it is
-- done; and print runs with numbers.

CREATE TABLE night_step_word (word TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
INSERT INTO night_step_word VALUES
    -- What goes by post is made ready for the printer.
    ('print'),
    -- The notice whose day has come is published.
    ('notice'),
    -- The report is written.
    ('report');

-- One row a date and step. A step becomes due when the batch of its date
-- closes, in the same transaction, and is due until it is done.
CREATE TABLE night_step (
    date    TEXT    NOT NULL REFERENCES batch (date),
    step    TEXT    NOT NULL REFERENCES night_step_word (word),
    due_at  TEXT    NOT NULL,
    done_at TEXT,
    -- How often it was begun since it became due.
    tries   INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
    -- Why it could not be done when it was last tried; nothing where the
    -- program ended while it was at it.
    problem TEXT    CHECK (problem IS NULL OR json_valid(problem)),
    PRIMARY KEY (date, step)
) STRICT, WITHOUT ROWID;

CREATE INDEX night_step_undone ON night_step (date) WHERE done_at IS NULL;

-- What was made ready for the printer together.
CREATE TABLE print_run (
    number      INTEGER PRIMARY KEY CHECK (number > 0),
    -- The date it was made for, and which of that date's it is. The name of
    -- its folder is made of both.
    date        TEXT    NOT NULL,
    part        INTEGER NOT NULL CHECK (part > 0),
    -- Nobody kept it of those made before.
    recorded_at TEXT,
    -- Whether its files hold posted letters as well, because they were asked
    -- for when it was last printed again.
    also_posted INTEGER NOT NULL DEFAULT 0 CHECK (also_posted IN (0, 1)),
    -- Whether its files stand in their folder as they were last recorded. Those
    -- that do not are made again by the next who makes print files.
    placed      INTEGER NOT NULL DEFAULT 0 CHECK (placed IN (0, 1)),
    UNIQUE (date, part)
) STRICT;

-- The print run a letter stands in, once and for ever, and its place in the
-- run's files: none where it was left out when the run was last printed again.
-- The date and the part of the run stand beside its number (print_date is
-- older), so that a letter's row says in which folder it is.
ALTER TABLE letter ADD COLUMN print_run INTEGER REFERENCES print_run (number);
ALTER TABLE letter ADD COLUMN print_part INTEGER CHECK (print_part > 0);
ALTER TABLE letter ADD COLUMN print_place INTEGER CHECK (print_place > 0);

-- Print files of before were one a date.
INSERT INTO print_run (number, date, part, placed)
SELECT ROW_NUMBER() OVER (ORDER BY print_date), print_date, 1, 1
FROM (SELECT DISTINCT print_date FROM letter WHERE print_date IS NOT NULL);

UPDATE letter
SET print_run = ranked.number, print_part = 1, print_place = ranked.place
FROM (
    SELECT letter.id, print_run.number,
           ROW_NUMBER() OVER (
               PARTITION BY letter.print_date
               ORDER BY letter.kind,
                        REPLACE(COALESCE(CAST(CASE WHEN json_valid(record)
                            THEN record ->> 'addressee_postal_code' END AS TEXT), ''), '-', ''),
                        letter.id) AS place
    FROM letter
    JOIN print_run ON print_run.date = letter.print_date
    LEFT JOIN letter_record ON letter_record.letter_id = letter.id
) AS ranked
WHERE letter.id = ranked.id;

CREATE INDEX letter_print_run ON letter (print_run) WHERE print_run IS NOT NULL;

-- No two letters have one place.
CREATE UNIQUE INDEX letter_print_place ON letter (print_run, print_place)
    WHERE print_place IS NOT NULL;

-- A letter stands in one print run and never in another.
CREATE TRIGGER letter_print_run_stays BEFORE UPDATE OF print_run, print_date, print_part ON letter
WHEN OLD.print_run IS NOT NULL
    AND (NEW.print_run IS NOT OLD.print_run
         OR NEW.print_date IS NOT OLD.print_date
         OR NEW.print_part IS NOT OLD.print_part)
BEGIN
    SELECT RAISE(ABORT, 'a letter stays in its print run');
END;

-- That a run, or one letter of it, was printed again: asked for by whom and
-- why. The histories of the letters say it as well.
CREATE TABLE reprint (
    id          INTEGER PRIMARY KEY,
    run         INTEGER NOT NULL REFERENCES print_run (number),
    -- The one letter; nothing where the whole run was asked for.
    letter_id   INTEGER REFERENCES letter (id),
    at          TEXT    NOT NULL,
    actor       TEXT    NOT NULL,
    reason      TEXT    NOT NULL CHECK (length(reason) BETWEEN 1 AND 200),
    also_posted INTEGER NOT NULL CHECK (also_posted IN (0, 1)),
    -- How many letters the files held.
    letters     INTEGER NOT NULL CHECK (letters >= 0)
) STRICT;
