//! Changing the store.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};

use chrono::NaiveDate;
use sqlx::{Sqlite, SqliteConnection, Transaction};

use super::sqlite::*;
use super::{Reads, StoreError, face};
use crate::domain::*;

/// A change of the store: it happens when it is committed, whole, and not at
/// all otherwise: dropping it leaves the store as it was. Nobody else writes
/// meanwhile. What is read through it is
/// what stands, its own changes included.
pub struct Work(Reads);

impl Work {
    pub(super) fn new(transaction: Transaction<'static, Sqlite>) -> Self {
        Work(Reads::snapshot(transaction))
    }

    /// What is written through it is no change of the store.
    pub(super) fn aside(connection: SqliteConnection) -> Self {
        Work(Reads::own(connection))
    }

    /// Makes the change durable.
    ///
    /// # Errors
    /// When it cannot be written; then nothing was changed.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.0.commit().await
    }
}

impl Deref for Work {
    type Target = Reads;

    fn deref(&self) -> &Reads {
        &self.0
    }
}

impl DerefMut for Work {
    fn deref_mut(&mut self) -> &mut Reads {
        &mut self.0
    }
}

face! {
    Work {
        /// Opens the batch of a date: every due letter joins it and gets its number,
        /// in the order the letters were queued, without a gap. All of it happens in
        /// the caller's transaction, so it happens whole or not at all.
        open_batch(due: Due<'_>, rules: &BTreeMap<String, NumberRule>) -> Result<Joined, StoreError>;
        /// Closes the batch of `date` if none of its letters is still to be made. What
        /// follows its letters becomes due.
        close_batch(date: &str, at: &str) -> Result<CloseCheck, StoreError>;
        /// Marks letters whose hand-over to this place had begun but has no outcome,
        /// because the program ended in between. Returns how many there were.
        recover_handovers(at: &str, to: HandedTo) -> Result<u64, StoreError>;
        /// Settles mails of which `interrupted_files` tells and whose files stand:
        /// they were written.
        settle_written(at: &str, letters: &[LetterId]) -> Result<(), StoreError>;
        /// Keeps why a run left mails waiting; none when it left none.
        note_mail_halt(at: &str, why: Option<&MailHalt>) -> Result<(), StoreError>;
        /// Makes all steps of a date due; those that were done are to be done once more.
        make_steps_due(date: &str, at: &str) -> Result<(), StoreError>;
        /// Keeps that a step is begun, so that one the program dies of is known.
        begin_step(date: NaiveDate, step: NightStep) -> Result<(), StoreError>;
        /// Keeps what came of a step: that it is done or, with a problem, that it could
        /// not be done. What was printed or published for a date was for all dates
        /// before it, too.
        end_step(date: NaiveDate, step: NightStep, problem: Option<&NightStepProblem>, at: &str) -> Result<(), StoreError>;
        /// Sets the time up to which every scheduled night has been seen to; `ahead`
        /// is the mark that lay ahead until now, which is remembered.
        set_schedule_mark(seen_at: &str, ahead: Option<&ScheduleAhead>) -> Result<(), StoreError>;
        /// Keeps for the report of `date`, whose batch was opened, that the clock stood
        /// before the newest recorded time, unless a report tells of that time already.
        note_clock_back(date: NaiveDate, back: &ClockBack) -> Result<(), StoreError>;
        /// Goes on with a database that was put back from a backup: every letter
        /// that would go on by itself waits for a person, numbers and references go
        /// on past the marks, and the workspace is the one the marks name.
        accept(acceptance: NewAcceptance<'_>, by: &By) -> Result<Accepted, StoreError>;

        /// Changes one letter as decided, with its row in the audit; the number of a
        /// withdrawn one becomes void. The caller commits, and rolls back when this
        /// fails.
        change_letter(row: &LetterRow, what: LetterChange, by: &By) -> Result<(), StoreError>;
        /// Keeps the note of a letter: that of one just queued or, where `opened`
        /// says by whom, a new ciphertext in the place of an opened one, with the
        /// opening in the audit. The caller commits before it shows the note to
        /// anybody.
        keep_note(id: LetterId, note: &StoredNote, opened: Option<&By>) -> Result<(), StoreError>;
        /// Enters in the audit that somebody tried to open a letter's note with a key
        /// that does not open it. The caller commits.
        note_stayed_shut(id: LetterId, by: &By) -> Result<(), StoreError>;
        /// Enters that the person in charge, who holds the secret key of `key`, has
        /// looked at a letter and lets it go. The caller commits.
        seen_in_charge(id: LetterId, key: &str, by: &By) -> Result<(), StoreError>;
        /// Records a print run of a date with the letters of its files, in their order.
        /// It is this part of the date, or a later one where a later one was recorded.
        /// The files are not in their folder yet; see [`place_print_run`](Self::place_print_run).
        record_print_run(date: NaiveDate, part: u32, held: &[LetterId], at: &str) -> Result<PrintRun, StoreError>;
        /// Renews which letters the files of a run hold, and at which places; the files
        /// are not in their folder yet.
        renew_print_run(run: u32, held: &[LetterId], left_out: &[LetterId]) -> Result<(), StoreError>;
        /// Keeps that the files of a run stand in their folder.
        place_print_run(run: u32) -> Result<(), StoreError>;
        /// Keeps that a run, or one letter of it, is printed again, with a line in the
        /// history of each letter.
        record_reprint(new: &NewReprint<'_>, by: &By) -> Result<(), StoreError>;

        /// Sets or clears a flag of the member with this number. One that is set
        /// already stays as it is: a list that says again what is known must not keep
        /// back what was queued knowingly since. To renew a flag, it is cleared and
        /// set. Returns whether anything was changed.
        change_flag(written: &str, flag: MemberFlag, change: FlagChange, by: &By) -> Result<bool, StoreError>;
        /// Stages a row of the roster, unless another row of the file has the
        /// same key. What is staged is forgotten when the file is committed.
        stage_member(row: u64, member_key: &str, record: &str) -> Result<Staged, StoreError>;

        /// Keeps that somebody looks at the list of flags and counterparts, or tried to.
        /// The caller commits.
        note_list_reading(opened: bool, by: &By) -> Result<(), StoreError>;

        /// Closes an open request. The caller commits.
        close_request(row: &RequestRow, reason: CloseReason, by: &By) -> Result<(), StoreError>;
        /// Enters in a request's history that the end of its counterpart was proposed,
        /// withdrawn or confirmed, or that somebody tried to. Where it was confirmed,
        /// what the request said before is forgotten. The caller commits.
        note_counterpart_end(row: &RequestRow, act: &str, reason: Option<&str>, by: &By) -> Result<(), StoreError>;
        /// Opens a closed request again; its history keeps that it was closed. The
        /// caller commits.
        reopen_request(row: &RequestRow, reason: ReopenReason, by: &By) -> Result<(), StoreError>;

        /// Adds or changes a revision. The caller holds the change against the
        /// rules, and commits.
        change_revision(number: u32, change: &RevisionChange<'_>, by: &By) -> Result<NoticeRow, StoreError>;
    }
}
