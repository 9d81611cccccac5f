//! What the office keeps: rows in, rows out.
//!
//! [`Store`] opens it, [`Reads`] looks at it as it stands at one moment, and
//! [`Work`] changes it, whole or not at all. Below this face one folder a
//! database holds the SQL, and no type of the database leaves it.

#[cfg(test)]
mod contract;
mod error;
mod intake;
mod reads;
mod sqlite;
mod work;

pub use crate::domain::{RenderedFacts, Step};
pub use error::{Refused, StoreError};
pub use intake::Intake;
pub use reads::Reads;
pub use sqlite::{
    Acceptance, Accepted, Added, AmendedRequest, AttemptRow, AuditRow, BatchCounts, BatchRow,
    BesideRegister, ChainHead, Claimed, CloseCheck, CounterpartRow, Counts, DayNamed, Disagreement,
    Dispatched, DoubleNotification, Due, Earlier, Ended, File, FlagChange, For, GivenNumber, Gone,
    Holder, Integrity, Joined, Known, LetterNames, LetterQuery, LetterRow, ListReading,
    LookAlikeFlag, MemberFlagRow, MemberLookAlike, MemberNumber, MemberNumbers, NOTE_OPENED,
    NOTE_STAYED_SHUT, NewAcceptance, NewDecision, NewLetter, NewNotification, NewReprint,
    NewRequest, NewRevision, NoticeAuditRow, NoticeRow, NumberDoubts, NumberHolder, NumberedSeries,
    PULLED, Part, Parts, PostLetter, PrintRunRow, PrintRuns, Printable, Queued, RESTORED,
    ReceiptNumber, Recorded, RegisterEntry, Registered, Replaced, Replacement, Reprinted,
    RequestAuditRow, RequestFound, RequestLookAlike, RequestNames, RequestQuery, RequestRow,
    RequestSays, RevisionChange, ScheduleAhead, Staged, StagedMember, StagedQuery, Stands,
    StepError, Store, StoredNote, ToPrint, Unposted, Waited, Waiting, Watched, Which, WholeRequest,
    Workspace, Writer, genesis, locked_by, recorded_in, replacement_in, reprinted_in, seen_with,
};
pub use work::Work;

/// Functions of the face: each hands its arguments to the database's function
/// of the same name.
macro_rules! face {
    ($face:ident { $($(#[$meta:meta])* $name:ident($($arg:ident: $type:ty),*) -> $done:ty;)* }) => {
        impl $face {
            $($(#[$meta])*
            pub async fn $name(&mut self, $($arg: $type),*) -> $done {
                crate::store::sqlite::$name(self.connection(), $($arg),*).await
            })*
        }
    };
}
use face;
