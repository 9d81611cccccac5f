-- What staff were told of a letter when it was queued: field, problem and
-- remedy of each, as a list in JSON, and nothing of its record. Whoever
-- approves it is told the same.
CREATE TABLE letter_warning (
    letter_id  INTEGER PRIMARY KEY REFERENCES letter (id),
    warnings   TEXT NOT NULL CHECK (json_valid(warnings))
) STRICT;

ALTER TABLE entering ADD COLUMN warnings TEXT;
