//! The store in one SQLite file: SQL and nothing above it.
//!
//! A function takes a connection and does one thing; whoever calls it owns
//! the transaction. Every change of a letter's state is one
//! `UPDATE … WHERE id AND state AND attempt` with its audit row beside it.
//! The night's many small changes go through [`Writer`], which commits those
//! that arrive together in one transaction.

mod attempt;
mod batch;
mod claim;
mod connect;
mod dispatch;
mod due;
mod erase;
mod file;
mod history;
mod intake;
mod letter;
mod likeness;
mod mark;
mod member_flag;
mod member_number;
mod notice;
mod notice_acts;
mod post;
mod register;
mod renew_keys;
mod request;
mod request_close;
mod request_intake;
mod restricted;
mod roster;
mod safeguard;
mod settle;
mod staff;
mod step;
mod types;
mod workspace;
mod writer;

use super::{Refused, StoreError};

pub use attempt::{AttemptRow, attempts_of};
pub use batch::{
    BatchCounts, BatchRow, CloseCheck, Joined, NumberedSeries, batch, batch_counts, close_batch,
    on_their_way, open_batch, outside_batches, unclosed_batches,
};
pub use claim::{Claimed, recover_handovers};
pub use connect::Store;
pub use dispatch::{Recorded, answered_request_of, last_recorded_of, made_on, recorded_in};
pub use due::{Due, due_series, joinable, too_early};
pub use history::{AuditRow, audit_of};
pub use intake::{Intake, NewLetter, Queued};
pub use letter::{
    Dispatched, Filter, LetterRow, data_of, left_from_before, letter, letters,
    letters_in_the_house, letters_named, letters_page, needing_person, record_of,
};
pub use likeness::{Earlier, Known, Replacement, replacement_in};
pub use mark::{
    ScheduleAhead, note_schedule_ahead, schedule_ahead_told_by, schedule_mark, set_schedule_mark,
};
pub use member_flag::{FlagChange, change_flag};
pub use member_number::{
    LookAlikeFlag, MemberLookAlike, MemberNumber, Naming, learn_member_number, look_alike_flags,
    member_look_alikes, member_number,
};
pub use notice::{
    NoticeAuditRow, NoticeRow, audit_of_notice, notice_revision, notice_revisions,
    notice_revisions_at,
};
pub use notice_acts::{NewDecision, NewRevision, RevisionChange, change_revision, insert_revision};
pub use post::{
    PostLetter, Unposted, post_letters, posted_of, print_dates, set_printed, unposted, unprinted,
};
pub use register::{
    ChainHead, RegisterEntry, chain_head, genesis, register_entries, sets_in_use,
    unregistered_letters,
};
pub use renew_keys::keys_are_current;
pub use request::{
    RequestAuditRow, RequestRow, audit_of_request, closed_requests_page, count_open_requests,
    letters_of_request, look_alike_request, open_requests, record_of_request, request, rights_of,
    shared_receipt_numbers, twins_of_request,
};
pub use request_close::{close_request, the_request};
pub use request_intake::{
    Added, NewRequest, NumberHolder, Registered, RequestLookAlike, registered,
};
pub use restricted::{NOTE_OPENED, StoredNote, enter_opening, restricted_note};
pub use roster::{DoubleNotification, Staged, StagedMember, double_notifications};
pub use safeguard::{Watched, persons_of, registered_against, unreadable_requests, watched};
pub use staff::{PULLED, change_letter};
pub use step::{RenderedFacts, Step, StepError};
pub use workspace::{peek_requests_required, requests_required};
pub use writer::Writer;

/// Rows as the one parameter of a statement that takes them with `json_each`.
/// Plain rows always have a form in JSON; if one had none, the empty text
/// would make the statement fail and nothing be written.
fn as_json(rows: &impl serde::Serialize) -> String {
    serde_json::to_string(rows).unwrap_or_default()
}
