-- The words of states, ways and the like stand in tables, and columns refer to
-- them: a word that is new is one INSERT, and nothing is said of the columns
-- that hold it.
--
-- For the last time words of a CHECK are part of a table's definition. They
-- are no part of how rows are stored, and neither is what a column refers to,
-- so the definition alone changes, in this one transaction: no letter is
-- copied, so none can get lost. (Copying the table would take its rows, its
-- indexes and all that refers to it off and on again, with foreign keys turned
-- off, which no transaction can do.)

CREATE TABLE state_word (word TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
INSERT INTO state_word VALUES
    ('queued'), ('approved'), ('numbered'), ('rendered'), ('archived'), ('released'), ('sent'),
    ('filed'), ('held'), ('parked'), ('failed'), ('unknown'), ('cancelled');

CREATE TABLE delivery_word (word TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
INSERT INTO delivery_word VALUES ('mail'), ('post'), ('archive');

CREATE TABLE handed_to_word (word TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
INSERT INTO handed_to_word VALUES ('gateway'), ('file');

-- How a letter left the house, and the state it has then.
CREATE TABLE dispatch_word (
    word   TEXT NOT NULL,
    state  TEXT NOT NULL REFERENCES state_word (word),
    PRIMARY KEY (word, state)
) STRICT, WITHOUT ROWID;
INSERT INTO dispatch_word VALUES
    ('posted', 'filed'), ('handed_over', 'filed'), ('passed_on', 'sent');

CREATE TABLE register_event_word (word TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
INSERT INTO register_event_word VALUES ('issued'), ('void');

CREATE TABLE requester_role_word (word TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
INSERT INTO requester_role_word VALUES
    ('principal'), ('legal_representative_minor'), ('legal_representative_ward'),
    ('appointed_agent'), ('bereaved');

CREATE TABLE principal_category_word (word TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
INSERT INTO principal_category_word VALUES ('insured'), ('dependant'), ('former');

CREATE TABLE close_reason_word (word TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
INSERT INTO close_reason_word VALUES
    ('answered'), ('answered_elsewhere'), ('withdrawn'), ('no_supplement'), ('referred'),
    ('not_retained'), ('mistaken');

CREATE TABLE right_word (word TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
INSERT INTO right_word VALUES
    ('notification_of_purposes'), ('disclosure'), ('third_party_record_disclosure'),
    ('correction'), ('cessation'), ('bereaved_disclosure'), ('complaint');

CREATE TABLE request_act_word (word TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
INSERT INTO request_act_word VALUES ('added'), ('letter'), ('closed');

CREATE TABLE notice_act_word (word TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
INSERT INTO notice_act_word VALUES
    ('imported'), ('drafted'), ('replaced'), ('approved'), ('withdrawn'), ('published'),
    ('superseded');

CREATE TABLE member_flag_word (word TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
INSERT INTO member_flag_word VALUES ('protected'), ('undeliverable'), ('withheld');

-- The states of a revision of the notice and whether a request is open stay
-- in their CHECKs: the rules beside them speak of just these words.

PRAGMA writable_schema = ON;
UPDATE sqlite_schema
SET sql = replace(replace(replace(replace(replace(sql,
        'CHECK (state IN (
                       ''queued'', ''approved'', ''numbered'', ''rendered'', ''archived'', ''released'',
                       ''sent'', ''filed'', ''held'', ''parked'', ''failed'', ''unknown'', ''cancelled''))',
        'REFERENCES state_word (word)'),
        'CHECK (delivery IN (''mail'', ''post'', ''archive''))',
        'REFERENCES delivery_word (word)'),
        'CHECK (handed_to IN (''gateway'', ''file''))',
        'REFERENCES handed_to_word (word)'),
        'CHECK (
    dispatched_how IS NULL
    OR (dispatched_how IN (''posted'', ''handed_over'') AND state = ''filed'')
    OR (dispatched_how = ''passed_on'' AND state = ''sent''))',
        ''),
        'UNIQUE (series, period, serial)',
        'UNIQUE (series, period, serial),
    FOREIGN KEY (dispatched_how, state) REFERENCES dispatch_word (word, state)')
WHERE type = 'table' AND name = 'letter';
UPDATE sqlite_schema
SET sql = replace(sql,
        'CHECK (event IN (''issued'', ''void''))',
        'REFERENCES register_event_word (word)')
WHERE type = 'table' AND name = 'register';
UPDATE sqlite_schema
SET sql = replace(replace(replace(sql,
        'CHECK (requester_role IN (
                           ''principal'', ''legal_representative_minor'', ''legal_representative_ward'',
                           ''appointed_agent'', ''bereaved''))',
        'REFERENCES requester_role_word (word)'),
        'CHECK (principal_category IN (
                           ''insured'', ''dependant'', ''former''))',
        'REFERENCES principal_category_word (word)'),
        'CHECK (close_reason IN (
                           ''answered'', ''answered_elsewhere'', ''withdrawn'', ''no_supplement'',
                           ''referred'', ''not_retained'', ''mistaken''))',
        'REFERENCES close_reason_word (word)')
WHERE type = 'table' AND name = 'request';
UPDATE sqlite_schema
SET sql = replace(sql,
        'CHECK (right IN (
                    ''notification_of_purposes'', ''disclosure'', ''third_party_record_disclosure'',
                    ''correction'', ''cessation'', ''bereaved_disclosure'', ''complaint''))',
        'REFERENCES right_word (word)')
WHERE type = 'table' AND name = 'request_right';
UPDATE sqlite_schema
SET sql = replace(sql,
        'CHECK (act IN (''added'', ''letter'', ''closed''))',
        'REFERENCES request_act_word (word)')
WHERE type = 'table' AND name = 'request_audit';
UPDATE sqlite_schema
SET sql = replace(sql,
        'CHECK (act IN (
                ''imported'', ''drafted'', ''replaced'', ''approved'', ''withdrawn'', ''published'',
                ''superseded''))',
        'REFERENCES notice_act_word (word)')
WHERE type = 'table' AND name = 'notice_audit';
UPDATE sqlite_schema
SET sql = replace(sql,
        'CHECK (flag IN (''protected'', ''undeliverable'', ''withheld''))',
        'REFERENCES member_flag_word (word)')
WHERE type = 'table' AND name = 'member_flag';
PRAGMA writable_schema = RESET;

-- Unless every one of these columns refers to its words now, nothing of this
-- happens. (A table made or dropped also tells other connections that
-- definitions are others.)
CREATE TABLE columns_with_words (count INTEGER NOT NULL CHECK (count = 14)) STRICT;
INSERT INTO columns_with_words
SELECT count(*) FROM sqlite_schema AS defined, pragma_foreign_key_list(defined.name) AS referring
WHERE defined.type = 'table' AND referring."table" LIKE '%#_word' ESCAPE '#';
DROP TABLE columns_with_words;
