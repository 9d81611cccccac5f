-- Every attempt to hand a mail over, and one Message-ID a letter.

-- The part of the letter's Message-ID that nobody can guess, drawn when the
-- letter is queued. A letter of before gets one when the night takes it on.
ALTER TABLE letter ADD COLUMN message_token TEXT;

-- Attempts to hand it over so far. The last of them tells what its mail is
-- called as a file.
ALTER TABLE letter ADD COLUMN rounds INTEGER NOT NULL DEFAULT 0;

-- What can come of an attempt.
CREATE TABLE attempt_outcome (
    word TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

INSERT INTO attempt_outcome (word) VALUES
    -- The mail server took it.
    ('accepted'),
    -- It stands in its file.
    ('written'),
    -- It was certainly not delivered, and may be tried again.
    ('deferred'),
    -- It was certainly not delivered, and was refused for good.
    ('rejected'),
    -- The answer was lost: nobody knows.
    ('lost');

-- One row an attempt to hand over a letter's mail. (letter.attempt counts
-- something else: how often the night or staff took the letter on.)
CREATE TABLE attempt (
    letter_id  INTEGER NOT NULL REFERENCES letter (id),
    -- 1, 2, …
    round      INTEGER NOT NULL CHECK (round > 0),
    -- Nobody kept it of some attempts of before.
    handed_to  TEXT    CHECK (handed_to IN ('gateway', 'file')),
    message_id TEXT    NOT NULL,
    -- Both are missing where nobody kept them of an attempt of before.
    began_at   TEXT,
    ended_at   TEXT,
    -- Nothing as long as the attempt is under way.
    outcome    TEXT    REFERENCES attempt_outcome (word),
    -- What the mail server answered, in one line, or why it could not.
    words      TEXT    CHECK (length(words) <= 400),
    PRIMARY KEY (letter_id, round),
    CHECK (outcome <> 'accepted' OR handed_to = 'gateway'),
    CHECK (outcome <> 'written' OR handed_to = 'file'),
    CHECK (outcome IS NOT NULL OR (ended_at IS NULL AND words IS NULL))
) STRICT, WITHOUT ROWID;

-- A letter is handed over once at a time.
CREATE UNIQUE INDEX attempt_under_way ON attempt (letter_id) WHERE outcome IS NULL;

-- Of each letter of before the last attempt is known, if it was not taken
-- back. What came of it stands in the letter's history; where staff said
-- afterwards what became of an unknown one, the attempt stays lost. Mails
-- nobody knows the place of are entered when the program settles them.
INSERT INTO attempt (letter_id, round, handed_to, message_id, began_at, ended_at, outcome)
SELECT letter.id, 1, letter.handed_to, letter.message_id, letter.handover_at,
       CASE WHEN letter.state <> 'released' THEN ended.at END,
       CASE
           WHEN letter.state = 'released' THEN NULL
           WHEN letter.state = 'unknown' OR ended.to_state = 'unknown' THEN 'lost'
           WHEN letter.handed_to = 'gateway' THEN 'accepted'
           WHEN letter.handed_to = 'file' THEN 'written'
           ELSE 'lost'
       END
FROM letter
LEFT JOIN audit AS ended ON ended.id = (
    SELECT max(id) FROM audit
    WHERE letter_id = letter.id AND actor = 'night' AND to_state IN ('sent', 'unknown'))
WHERE letter.message_id IS NOT NULL
  AND (letter.state <> 'sent' OR letter.handed_to IS NOT NULL
       OR letter.dispatched_how IS NOT NULL);

UPDATE letter SET rounds = 1 WHERE id IN (SELECT letter_id FROM attempt);

-- What was tried stands for ever.

CREATE TRIGGER attempt_begins BEFORE INSERT ON attempt
WHEN NEW.round <> 1 + (SELECT count(*) FROM attempt WHERE letter_id = NEW.letter_id)
BEGIN
    SELECT RAISE(ABORT, 'an attempt takes the place after the last one');
END;

CREATE TRIGGER attempt_stands BEFORE UPDATE ON attempt
WHEN OLD.outcome IS NOT NULL
    OR NEW.letter_id <> OLD.letter_id
    OR NEW.round <> OLD.round
    OR NEW.handed_to IS NOT OLD.handed_to
    OR NEW.message_id <> OLD.message_id
    OR NEW.began_at IS NOT OLD.began_at
BEGIN
    SELECT RAISE(ABORT, 'an attempt that has ended cannot be altered');
END;

CREATE TRIGGER attempt_stays BEFORE DELETE ON attempt
BEGIN
    SELECT RAISE(ABORT, 'an attempt is kept for ever');
END;
