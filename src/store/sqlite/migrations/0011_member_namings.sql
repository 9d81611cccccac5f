-- Which letter or request named a member's number: a number that only
-- cancelled letters and requests registered by mistake named is nobody's.
CREATE TABLE member_naming (
    member_key  TEXT    NOT NULL,
    letter_id   INTEGER REFERENCES letter (id),
    request_id  INTEGER REFERENCES request (id),
    CHECK ((letter_id IS NULL) <> (request_id IS NULL))
) STRICT;

CREATE INDEX member_naming_by_key ON member_naming (member_key);

-- How a key is made belongs to the program: it fills this as it renews keys.
UPDATE fold_mark SET version = 0;
