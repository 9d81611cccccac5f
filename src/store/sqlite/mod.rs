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
mod doubts;
mod due;
mod erase;
mod file;
mod history;
mod incoming;
mod intake;
mod letter;
mod likeness;
mod mark;
mod member_flag;
mod member_number;
mod night_step;
mod notice;
mod notice_acts;
mod part;
mod post;
mod print_run;
mod printed;
mod register;
mod renew_keys;
mod request;
mod request_close;
mod request_found;
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

pub use attempt::AttemptRow;
pub use batch::{
    BatchCounts, BatchRow, CloseCheck, Counts, Joined, NumberedSeries, batch, close_batch, counts,
    open_batch,
};
pub use claim::{Claimed, recover_handovers};
pub use connect::Store;
pub use dispatch::{Recorded, recorded_in};
pub use doubts::{NumberDoubts, number_doubts};
pub use due::{Due, Waiting, waiting};
pub use erase::Gone;
pub use history::AuditRow;
pub use incoming::{File, NewNotification, Queued, Replaced};
pub use intake::{NewLetter, add_letter};
pub(super) use intake::{begin_file, end_file};
pub use letter::{Dispatched, LetterQuery, LetterRow, Which, count_letters, letter, letters};
pub use likeness::{Earlier, Known, Replacement, known, replacement_in};
pub use mark::{ScheduleAhead, set_schedule_mark};
pub use member_flag::{FlagChange, change_flag};
pub use member_number::{
    LookAlikeFlag, MemberLookAlike, MemberNumber, MemberNumbers, member_number,
};
pub use night_step::{begin_step, end_step, make_steps_due, undone_steps};
pub use notice::{NoticeAuditRow, NoticeRow, notice_revisions};
pub use notice_acts::{NewDecision, NewRevision, RevisionChange, change_revision};
pub use part::{Part, Parts, parts_of};
pub use post::{PostLetter, ToPrint, Unposted, post_letters};
pub use print_run::{
    NewReprint, PrintRunRow, PrintRuns, Reprinted, place_print_run, print_runs, record_print_run,
    record_reprint, renew_print_run, reprinted_in,
};
pub use register::{
    BesideRegister, ChainHead, RegisterEntry, beside_register, genesis, register_entries,
};
pub use request::{RequestAuditRow, RequestQuery, RequestRow, requests};
pub use request_close::close_request;
pub use request_found::{For, Registered, RequestFound, WholeRequest, request};
pub use request_intake::{
    Added, NewRequest, NumberHolder, ReceiptNumber, RequestLookAlike, add_request, receipt_number,
};
pub use restricted::{NOTE_OPENED, StoredNote, keep_note};
pub use roster::{
    DoubleNotification, Staged, StagedMember, StagedQuery, stage_member, staged_members,
};
pub use safeguard::{Watched, answered_by_new, persons_of, watched};
pub use staff::{PULLED, change_letter};
pub use step::StepError;
pub use workspace::{Workspace, workspace};
pub use writer::Writer;

/// Rows as the one parameter of a statement that takes them with `json_each`.
/// Plain rows always have a form in JSON; if one had none, the empty text
/// would make the statement fail and nothing be written.
fn as_json(rows: &impl serde::Serialize) -> String {
    serde_json::to_string(rows).unwrap_or_default()
}
