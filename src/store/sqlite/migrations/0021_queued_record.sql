-- SHA-256 of the record a letter was queued with, in the first line of its
-- history: the record and its hash in the letter's row could be replaced
-- together, and where no approval is required nothing else would tell.
ALTER TABLE audit ADD COLUMN record_sha256 TEXT;

UPDATE audit
SET record_sha256 = (SELECT record_sha256 FROM letter WHERE letter.id = audit.letter_id)
WHERE from_state = '';
