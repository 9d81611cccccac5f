-- Whether an approval was required of the letters that joined a batch: what
-- the settings say later changes nothing of letters that are on their way.
-- Nobody kept it of batches of before.
ALTER TABLE batch ADD COLUMN approval_required INTEGER CHECK (approval_required IN (0, 1));
