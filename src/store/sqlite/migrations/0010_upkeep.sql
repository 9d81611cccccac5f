-- What is to be done to the file as a whole, outside of any transaction.
--
-- The file is written anew once: until now its free pages, and the gaps in
-- those in use, kept what had been deleted.
CREATE TABLE upkeep (
    id           INTEGER PRIMARY KEY CHECK (id = 1),
    rewrite_due  INTEGER NOT NULL CHECK (rewrite_due IN (0, 1))
) STRICT;

INSERT INTO upkeep (id, rewrite_due) VALUES (1, 1);
