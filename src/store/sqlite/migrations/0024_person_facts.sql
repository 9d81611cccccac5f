-- What is known of the persons of a request is held against its letters until
-- they leave the house: few among many requests tell any of it.
CREATE INDEX request_with_person_facts ON request_record (request_id)
    WHERE CASE WHEN json_valid(record)
          THEN coalesce(record ->> 'principal_birth_date', record ->> 'principal_death_date',
                        record ->> 'authority_end_date', record ->> 'requested_method') IS NOT NULL
          ELSE 1 END;

-- What is said of a request after a letter was held against it is looked at
-- before the letter leaves.
CREATE TRIGGER request_record_is_changed AFTER UPDATE OF record ON request_record
BEGIN
    UPDATE safeguard SET version = version + 1;
END;

-- That protective measures are no longer against the counterpart a request
-- registered: one person proposes it, another confirms it. The request itself
-- stays as it was registered.
INSERT INTO request_act_word VALUES ('counterpart_end_proposed'), ('counterpart_ended');

CREATE TRIGGER counterpart_ends AFTER INSERT ON request_audit
WHEN NEW.act = 'counterpart_ended'
BEGIN
    UPDATE safeguard SET version = version + 1;
END;
