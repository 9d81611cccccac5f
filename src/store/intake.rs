//! Taking a file in.

use std::ops::{Deref, DerefMut};

use super::sqlite::*;
use super::{Refused, Store, StoreError, Work};
use crate::domain::*;

/// A change of the store that takes a file in: it is queued whole, when it is
/// committed, or not at all.
pub struct Intake {
    work: Work,
    /// The file.
    pub file: File,
}

impl Intake {
    /// Begins to take a file in.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn begin(store: &Store, by: &By) -> Result<Self, StoreError> {
        loop {
            // References have no gap: an earlier file has all its letters first.
            store.enter_rest().await?;
            let mut work = store.work().await?;
            if is_entering(work.connection()).await? {
                continue;
            }
            let file = begin_file(work.connection(), by).await?;
            return Ok(Intake { work, file });
        }
    }

    /// Begins to hold a file of letters against the store. Nobody who writes
    /// waits for it before it is committed, and then shortly. It takes in
    /// letters alone.
    ///
    /// # Errors
    /// When the store cannot be read, or the disk is full.
    pub async fn on_tray(store: &Store, by: &By) -> Result<Self, StoreError> {
        let (conn, file) = store.tray(by).await?;
        let work = Work::aside(conn);
        Ok(Intake { work, file })
    }

    /// Keeps everything that was added and forgets what was staged.
    /// `file_sha256` is the SHA-256 of the file, or none where a hash could
    /// confirm a guessed restricted note.
    ///
    /// # Errors
    /// When the store cannot be written, or a letter that another replaces can
    /// no longer be cancelled; then nothing is kept.
    pub async fn commit(
        mut self,
        file_sha256: Option<&str>,
    ) -> Result<Ended, Refused<LetterRefusal>> {
        let ended = end_file(self.work.connection(), &self.file, file_sha256).await?;
        self.work.commit().await?;
        Ok(ended)
    }
}

impl Deref for Intake {
    type Target = Work;

    fn deref(&self) -> &Work {
        &self.work
    }
}

impl DerefMut for Intake {
    fn deref_mut(&mut self) -> &mut Work {
        &mut self.work
    }
}

/// As `face!`, of functions that need the file as well.
macro_rules! face_of_file {
    ($($(#[$meta:meta])* $name:ident($($arg:ident: $type:ty),*) -> $done:ty;)*) => {
        impl Intake {
            $($(#[$meta])*
            pub async fn $name(&mut self, $($arg: $type),*) -> $done {
                crate::store::sqlite::$name(self.work.connection(), &self.file, $($arg),*).await
            })*
        }
    };
}

face_of_file! {
    /// Looks for the same record, and for letters it may be a mended version
    /// of.
    known(kind: &str, record_sha256: &str, likeness: &Likeness) -> Result<Known, StoreError>;
    /// Queues one record, unless the same record is there already. A letter it
    /// replaces is cancelled as by staff.
    add_letter(new: &NewLetter<'_>) -> Result<Queued, Refused<LetterRefusal>>;
    /// The request with this receipt number, as the letters of the file leave
    /// it.
    request_here(receipt_number: &str, of: For) -> Result<RequestFound, StoreError>;
    /// What is known of a member's number, and which others look like it.
    number_here(written: &str) -> Result<MemberNumbers, StoreError>;
    /// Keeps the note of a letter of the file.
    keep_note_here(id: LetterId, note: &StoredNote) -> Result<(), StoreError>;
    /// Keeps what staff are told of a letter of the file.
    keep_warnings(id: LetterId, warnings: &[FieldProblem]) -> Result<(), StoreError>;
    /// The registered requests a letter about to be queued answers: the one
    /// with this key, else those whose number looks like this one.
    answered_by_new(receipt_number: &str, request: Option<i64>) -> Result<Vec<AnsweredRequest>, StoreError>;

    /// What is there against a receipt number; `record_sha256` is that of the
    /// request which is to have it.
    receipt_number(receipt_number: &str, record_sha256: Option<&str>) -> Result<ReceiptNumber, StoreError>;
    /// Adds one request, unless the same record is there already.
    add_request(new: &NewRequest<'_>) -> Result<Added, StoreError>;
    /// Amends an open request, and keeps the digests of its record before and
    /// after. Returns whether it happened: not where another request has this
    /// very record.
    amend_request(row: &RequestRow, new: &AmendedRequest<'_>) -> Result<bool, StoreError>;
    /// Enters that who asked is a counterpart of protective measures once more.
    counterpart_again(row: &RequestRow) -> Result<(), StoreError>;
}
