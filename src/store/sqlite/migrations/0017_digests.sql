-- What binds an approval to what was approved, and a note to its letter.

-- SHA-256 over the letter's reference, the SHA-256 of its record, who approved
-- it and when. The program fills it in for approvals of before, once.
ALTER TABLE letter ADD COLUMN approval_sha256 TEXT;

-- SHA-256 over the letter's reference and the whole ciphertext with its
-- padding. It is there for a letter with a note and for one without.
ALTER TABLE restricted_note ADD COLUMN sha256 TEXT;

-- Whether the program still has to fill them in. Done once: what is missing
-- later was taken away.
CREATE TABLE digest_mark (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    due  INTEGER NOT NULL CHECK (due IN (0, 1))
) STRICT;

INSERT INTO digest_mark (id, due) VALUES (1, 1);

-- Besides, every table whose rows nothing else proves gets an index over all
-- of its columns: each row then stands twice in the file, and the file's own
-- check compares the two. The program makes those indexes when it opens the
-- file, from the columns there are.
