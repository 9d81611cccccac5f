//! Changing the store.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};

use sqlx::{Sqlite, Transaction};

use super::sqlite::*;
use super::{Reads, StoreError, face};
use crate::domain::*;

/// A change of the store: it happens when it is committed, whole, and not at
/// all otherwise. Nobody else writes meanwhile. What is read through it is
/// what stands, its own changes included.
pub struct Work(Reads);

impl Work {
    pub(super) fn new(transaction: Transaction<'static, Sqlite>) -> Self {
        Work(Reads::snapshot(transaction))
    }

    /// Makes the change durable.
    ///
    /// # Errors
    /// When it cannot be written; then nothing was changed.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.0.commit().await
    }

    /// Leaves the store as it was. Dropping does the same a little later.
    ///
    /// # Errors
    /// When the store cannot be reached; then nothing was changed either.
    pub async fn undo(self) -> Result<(), StoreError> {
        self.0.undo().await
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
        /// Closes the batch of `date` if all its letters are at rest.
        close_batch(date: &str, at: &str) -> Result<CloseCheck, StoreError>;

        /// Marks letters whose hand-over to this place had begun but has no outcome,
        /// because the program ended in between. Returns how many there were.
        recover_handovers(at: &str, to: HandedTo) -> Result<u64, StoreError>;


        /// Sets that time.
        set_schedule_mark(seen_at: &str) -> Result<(), StoreError>;
        /// Remembers that the mark lay ahead.
        note_schedule_ahead(ahead: &ScheduleAhead) -> Result<(), StoreError>;

        /// Sets or clears a flag of the member with this folded key. One that is set
        /// already stays as it is: a list that says again what is known must not keep
        /// back what was queued knowingly since. To renew a flag, it is cleared and
        /// set. Returns whether anything was changed.
        change_flag(member_key: &str, flag: MemberFlag, change: FlagChange, actor: &str, at: &str) -> Result<bool, StoreError>;

        /// Notes that a number was named.
        learn_member_number(written: &str, naming: Naming) -> Result<(), StoreError>;


        /// Keeps which letters the print file of a date holds now, and which of
        /// those that belonged into it were left out. The caller commits.
        set_printed(date: &str, held: &[LetterId], left_out: &[LetterId]) -> Result<(), StoreError>;

        /// Closes a request and gives it back with its letters that may still go
        /// out. `is_decided_by_letters` says for which rights there are letters that
        /// decide them; where there are none and no two weeks run, staff alone know
        /// whether an answer went out. The caller commits.
        close_request(row: &RequestRow, reason: CloseReason, by: &By) -> Result<(), StoreError>;

        /// Puts a new ciphertext in the place of an opened note and enters the opening
        /// in the audit. The caller commits before it shows the note to anybody.
        enter_opening(letter: &LetterRow, note: &StoredNote, by: &By) -> Result<(), StoreError>;

        /// Changes one letter as decided, with its row in the audit; the number of a
        /// withdrawn one becomes void. The caller commits, and rolls back when this
        /// fails.
        change_letter(row: &LetterRow, what: LetterChange, by: &By) -> Result<(), StoreError>;

        /// Adds a revision: a draft with its decision or, without one, the content
        /// that is in force before there are revisions, as published. The caller holds
        /// it against the rules, and commits.
        insert_revision(number: u32, new: &NewRevision<'_>, decision: Option<&NewDecision<'_>>, by: &By) -> Result<NoticeRow, StoreError>;

        /// Changes a revision. The caller holds the change against the rules, and
        /// commits.
        change_revision(number: u32, change: &RevisionChange<'_>, by: &By) -> Result<NoticeRow, StoreError>;
    }
}
