//! What the office keeps: rows in, rows out.
//!
//! [`Store`] opens it, [`Reads`] looks at it as it stands at one moment, and
//! [`Work`] changes it, whole or not at all. Below this face one folder a
//! database holds the SQL, and no type of the database leaves it.

mod error;
mod reads;
mod sqlite;
mod work;

pub use crate::domain::{RenderedFacts, Step};
pub use error::{Refused, StoreError};
pub use reads::Reads;
pub use sqlite::{
    Added, AttemptRow, AuditRow, BatchCounts, BatchRow, ChainHead, Claimed, CloseCheck, Dispatched,
    DoubleNotification, Due, Earlier, Filter, FlagChange, Intake, Joined, Known, LetterRow,
    LookAlikeFlag, MemberLookAlike, MemberNumber, NOTE_OPENED, Naming, NewDecision, NewLetter,
    NewRequest, NewRevision, NoticeAuditRow, NoticeRow, NumberHolder, NumberedSeries, PULLED,
    PostLetter, Queued, Recorded, RegisterEntry, Registered, Replacement, RequestAuditRow,
    RequestLookAlike, RequestRow, RevisionChange, ScheduleAhead, Staged, StagedMember, StepError,
    Store, StoredNote, Unposted, Watched, Writer, genesis, notice_revisions_at,
    peek_requests_required, recorded_in, replacement_in,
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
