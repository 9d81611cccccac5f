-- The rights of its request that a letter answers without being the decision
-- about them: that what was asked for is no retained personal data, is held
-- elsewhere, or was not asked for in the way the society has set. Several
-- stand with a blank between them. Another letter may decide the same right,
-- about another part of what was asked for.
ALTER TABLE letter ADD COLUMN answers TEXT CHECK (answers IS NULL OR request_id IS NOT NULL);
ALTER TABLE entering ADD COLUMN answers TEXT;
