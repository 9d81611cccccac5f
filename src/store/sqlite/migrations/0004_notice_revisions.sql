-- The published notice as a sequence of revisions.

CREATE TABLE notice_revision (
    number         INTEGER PRIMARY KEY CHECK (number > 0),
    state          TEXT    NOT NULL CHECK (state IN (
                       'draft', 'approved', 'published', 'superseded')),
    -- As printed, for instance (令和7年7月更新版).
    label          TEXT    NOT NULL,
    effective      TEXT    NOT NULL,
    -- The whole content as JSON, and its SHA-256.
    content        TEXT    NOT NULL,
    content_sha256 TEXT    NOT NULL,
    -- The revision this one was compared with.
    based_on       INTEGER REFERENCES notice_revision (number),
    -- The answers to the questions and what follows, as JSON. Only the content
    -- that was in force before there were revisions has none.
    decision       TEXT,
    -- The day the society decided.
    decided_on     TEXT,
    -- Whether each principal's consent is needed (art. 18(1)), and the day all
    -- had given it.
    consent_needed INTEGER NOT NULL DEFAULT 0 CHECK (consent_needed IN (0, 1)),
    consent_on     TEXT,
    drafted_by     TEXT    NOT NULL,
    drafted_at     TEXT    NOT NULL,
    approved_by    TEXT,
    approved_at    TEXT,
    published_by   TEXT,
    published_at   TEXT,
    superseded_at  TEXT,
    CHECK ((number = 1) = (based_on IS NULL)),
    CHECK ((number = 1) = (decision IS NULL)),
    CHECK ((decision IS NULL) = (decided_on IS NULL)),
    CHECK (consent_needed = 1 OR consent_on IS NULL),
    -- Nothing beyond the scope goes on without consent.
    CHECK (state = 'draft' OR consent_needed = 0 OR consent_on IS NOT NULL),
    CHECK ((approved_by IS NULL) = (approved_at IS NULL)),
    CHECK (number = 1 OR (state = 'draft') = (approved_by IS NULL)),
    CHECK (approved_by IS NULL OR approved_by <> drafted_by),
    CHECK ((state IN ('published', 'superseded')) = (published_by IS NOT NULL)),
    CHECK ((published_by IS NULL) = (published_at IS NULL)),
    CHECK ((state = 'superseded') = (superseded_at IS NOT NULL))
) STRICT;

-- One revision is in force, and one at most is under way.
CREATE UNIQUE INDEX notice_revision_in_force ON notice_revision (state)
    WHERE state = 'published';
CREATE UNIQUE INDEX notice_revision_under_way ON notice_revision (state IN ('draft', 'approved'))
    WHERE state IN ('draft', 'approved');

-- What was published is kept as it was, for ever.

CREATE TRIGGER notice_revision_begins BEFORE INSERT ON notice_revision
WHEN NEW.state <> CASE NEW.number WHEN 1 THEN 'published' ELSE 'draft' END
    OR EXISTS (SELECT 1 FROM notice_revision WHERE number = NEW.number)
BEGIN
    SELECT RAISE(ABORT, 'a revision of the notice begins as a draft');
END;

CREATE TRIGGER notice_revision_steps BEFORE UPDATE ON notice_revision
WHEN NOT (
    (OLD.state = 'draft' AND NEW.state IN ('draft', 'approved'))
    OR (OLD.state = 'approved' AND NEW.state IN ('draft', 'published'))
    OR (OLD.state = 'published' AND NEW.state = 'superseded'))
BEGIN
    SELECT RAISE(ABORT, 'a revision of the notice does not go from here to there');
END;

-- From the approval on, what was approved stands.
CREATE TRIGGER notice_revision_stands BEFORE UPDATE ON notice_revision
WHEN NEW.state IN ('published', 'superseded') AND (
    NEW.number <> OLD.number
    OR NEW.label <> OLD.label
    OR NEW.effective <> OLD.effective
    OR NEW.content <> OLD.content
    OR NEW.content_sha256 <> OLD.content_sha256
    OR NEW.based_on IS NOT OLD.based_on
    OR NEW.decision IS NOT OLD.decision
    OR NEW.decided_on IS NOT OLD.decided_on
    OR NEW.consent_needed <> OLD.consent_needed
    OR NEW.consent_on IS NOT OLD.consent_on
    OR NEW.drafted_by <> OLD.drafted_by
    OR NEW.drafted_at <> OLD.drafted_at
    OR NEW.approved_by IS NOT OLD.approved_by
    OR NEW.approved_at IS NOT OLD.approved_at
    OR (OLD.published_by IS NOT NULL AND NEW.published_by IS NOT OLD.published_by)
    OR (OLD.published_at IS NOT NULL AND NEW.published_at IS NOT OLD.published_at))
BEGIN
    SELECT RAISE(ABORT, 'an approved revision of the notice cannot be altered');
END;

CREATE TRIGGER notice_revision_stays BEFORE DELETE ON notice_revision
BEGIN
    SELECT RAISE(ABORT, 'a revision of the notice is kept for ever');
END;

-- Who did what to a revision and when.
CREATE TABLE notice_audit (
    id      INTEGER PRIMARY KEY,
    at      TEXT    NOT NULL,
    number  INTEGER NOT NULL REFERENCES notice_revision (number),
    actor   TEXT    NOT NULL,
    act     TEXT    NOT NULL CHECK (act IN (
                'imported', 'drafted', 'replaced', 'approved', 'withdrawn', 'published',
                'superseded')),
    -- Hash of the content it was about.
    content_sha256 TEXT NOT NULL
) STRICT;

CREATE INDEX notice_audit_by_number ON notice_audit (number, id);

CREATE TRIGGER notice_audit_stands BEFORE UPDATE ON notice_audit
BEGIN
    SELECT RAISE(ABORT, 'history is not altered');
END;

CREATE TRIGGER notice_audit_stays BEFORE DELETE ON notice_audit
BEGIN
    SELECT RAISE(ABORT, 'history is not altered');
END;
