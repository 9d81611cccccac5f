-- Restricted notes, readable only with the key of the person in charge.
--
-- Every letter whose outcome may have a note has a row here, with a note in it
-- or not, and all rows have one size: neither their being there nor their
-- length tells anything.
CREATE TABLE restricted_note (
    letter_id  INTEGER PRIMARY KEY REFERENCES letter (id),
    -- Bytes of `encrypted` that are the age file; the rest is zeros.
    used       INTEGER NOT NULL CHECK (used BETWEEN 32768 AND length(encrypted)),
    encrypted  BLOB    NOT NULL CHECK (length(encrypted) = 33792)
) STRICT;

-- From here on `intake.sha256` is empty for a file that may have held
-- restricted notes: the hash of a file whose other fields are known would
-- confirm a guessed note.
