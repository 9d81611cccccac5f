-- The rights of its request that a letter answers without being the decision
-- about them: that what was asked for is no retained personal data, is held
-- elsewhere, or was not asked for in the way the society has set. Several
-- stand with a blank between them. Another letter may decide the same right,
-- about another part of what was asked for.
ALTER TABLE letter ADD COLUMN answers TEXT CHECK (answers IS NULL OR request_id IS NOT NULL);
ALTER TABLE entering ADD COLUMN answers TEXT;

-- Letters of before that answered so: without it their requests could never
-- be closed, and a second letter would be pressed for. A record that is
-- damaged says nothing; letters to the bereaved call what they ask for a
-- disclosure.
UPDATE letter SET answers = (
    SELECT group_concat(named.right, ' ')
    FROM (SELECT DISTINCT CASE
                     WHEN asked.value = 'disclosure'
                          AND letter_record.record ->> 'requester_role' = 'bereaved'
                     THEN 'bereaved_disclosure' ELSE asked.value END AS right
          FROM letter_record,
               json_each(CASE WHEN json_valid(letter_record.record)
                              THEN letter_record.record ELSE '{}' END, '$.rights') AS asked
          WHERE letter_record.letter_id = letter.id AND asked.type = 'text'
            AND asked.value IN ('notification_of_purposes', 'disclosure',
                'third_party_record_disclosure', 'correction', 'cessation',
                'bereaved_disclosure', 'complaint')) AS named)
WHERE request_id IS NOT NULL
  AND (kind, outcome) IN (VALUES ('not-retained', 'no-authority'),
                                 ('not-retained', 'incidental'),
                                 ('request-referral', 'not-held'),
                                 ('request-closing', 'no-supplement'));
