-- What left the house, by which way, and what waits to leave it.

-- To whom a mail is handed over, set with the mark of the hand-over. A mail in
-- a file has not left the house.
--
-- Mails of before have nothing here. The program settles them when it opens
-- the workspace for the first time after this: one whose file still stands in
-- the folder of mails is only written, any other left it.
ALTER TABLE letter ADD COLUMN handed_to TEXT CHECK (handed_to IN ('gateway', 'file'));

-- The print file a letter by post is in, by the date of its folder; a letter
-- is in one at most.
ALTER TABLE letter ADD COLUMN print_date TEXT;

-- How a letter left the house after the night was done with it, as staff
-- recorded it: on which day, who says so, and when they did.
ALTER TABLE letter ADD COLUMN dispatched_how TEXT CHECK (
    dispatched_how IS NULL
    OR (dispatched_how IN ('posted', 'handed_over') AND state = 'filed')
    OR (dispatched_how = 'passed_on' AND state = 'sent'));
ALTER TABLE letter ADD COLUMN dispatched_on TEXT
    CHECK ((dispatched_on IS NULL) = (dispatched_how IS NULL));
ALTER TABLE letter ADD COLUMN dispatched_by TEXT
    CHECK ((dispatched_by IS NULL) = (dispatched_how IS NULL));
ALTER TABLE letter ADD COLUMN dispatched_at TEXT
    CHECK ((dispatched_at IS NULL) = (dispatched_how IS NULL));

-- The state, told apart by what really left the house.
ALTER TABLE letter ADD COLUMN whereabouts TEXT GENERATED ALWAYS AS (
    CASE
        WHEN state = 'sent' AND handed_to = 'file' AND dispatched_how IS NULL THEN 'written'
        WHEN state = 'filed' AND dispatched_how IS NOT NULL THEN dispatched_how
        WHEN state = 'filed' AND delivery = 'post' THEN 'unposted'
        ELSE state
    END) VIRTUAL;

-- Letters by post of before were in the print file of their night. Nobody
-- recorded which were posted, so all count as waiting until somebody does.
UPDATE letter SET print_date = batch_date WHERE state = 'filed' AND delivery = 'post';

-- Letters by post that wait to be printed and posted; few at any time.
CREATE INDEX letter_unposted ON letter (print_date, id)
    WHERE state = 'filed' AND delivery = 'post' AND dispatched_how IS NULL;

-- Mails of before that are not settled yet; none soon.
CREATE INDEX letter_mailed_before ON letter (id) WHERE state = 'sent' AND handed_to IS NULL;
