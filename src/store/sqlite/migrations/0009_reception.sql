-- A record mended and queued again is found beside the letter it was; a
-- letter bears no date before what it speaks of; a clock that was ahead is
-- remembered until a report has told it.

-- What letters are about, as numbers that only find candidates (they are cut
-- from a hash, so neither name nor receipt number stands here).
CREATE TABLE letter_likeness (
    likeness   INTEGER NOT NULL,
    letter_id  INTEGER NOT NULL REFERENCES letter (id),
    PRIMARY KEY (likeness, letter_id)
) STRICT, WITHOUT ROWID;

-- Letters from before this table; the next file that is taken in enters them
-- and leaves this one empty.
CREATE TABLE letter_without_likeness (
    letter_id  INTEGER PRIMARY KEY REFERENCES letter (id)
) STRICT;

INSERT INTO letter_without_likeness (letter_id) SELECT id FROM letter;

-- The first day that may stand on the letter: the latest day its record
-- speaks of as past. None where it speaks of none.
ALTER TABLE letter ADD COLUMN dated_from TEXT;

-- Older letters that are not in a batch yet: what they say arrived.
UPDATE letter
SET dated_from = (
    SELECT nullif(max(coalesce(record ->> '$.arrival_date', ''),
                      coalesce(record ->> '$.received_date', '')), '')
    FROM letter_record
    WHERE letter_id = letter.id AND json_valid(record))
WHERE batch_date IS NULL AND state IN ('queued', 'approved', 'held');

-- When the schedule's mark was found ahead of the clock, and how far.
CREATE TABLE schedule_ahead (
    noticed_at TEXT NOT NULL,
    seen_at    TEXT NOT NULL
) STRICT;
