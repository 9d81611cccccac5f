-- What is known of the persons of a request is held against its letters until
-- they leave the house: few among many requests tell any of it.
CREATE INDEX request_with_person_facts ON request_record (request_id)
    WHERE CASE WHEN json_valid(record)
          THEN coalesce(record ->> 'principal_birth_date', record ->> 'principal_death_date',
                        record ->> 'authority_end_date', record ->> 'requested_method') IS NOT NULL
          ELSE 1 END;

-- That protective measures are no longer against the counterpart a request
-- registered: one person proposes it, the person in charge confirms it. The
-- request itself stays as it was registered. The measures may be against them
-- once more; the newest of such acts decides.
INSERT INTO request_act_word VALUES
    ('counterpart_end_proposed'), ('counterpart_end_withdrawn'), ('counterpart_ended'),
    ('counterpart_again'), ('counterpart_mistaken'), ('counterpart_key_refused');

CREATE TRIGGER counterpart_ends AFTER INSERT ON request_audit
WHEN NEW.act IN ('counterpart_ended', 'counterpart_again')
BEGIN
    UPDATE safeguard SET version = version + 1;
END;
