//! The store in one SQLite file: SQL and nothing above it.
//!
//! A function takes a connection and does one thing; whoever calls it owns
//! the transaction. Every change of a letter's state is one
//! `UPDATE … WHERE id AND state AND attempt` with its audit row beside it.
//! The night's many small changes go through [`Writer`], which commits those
//! that arrive together in one transaction.

mod acceptance;
mod agreement;
mod attempt;
mod batch;
mod claim;
mod clock_back;
mod connect;
mod counterpart;
mod damage;
mod definitions;
mod digests;
mod dispatch;
mod doubts;
mod due;
mod enter;
mod enter_turn;
mod erase;
mod evidence;
mod file;
mod going_out;
mod here;
mod history;
mod holder;
mod identity;
mod in_charge;
mod incoming;
mod intake;
mod integrity;
mod letter;
mod likeness;
mod mark;
mod member_flag;
mod member_list;
mod member_number;
mod migrate;
mod names;
mod night_step;
mod notice;
mod notice_acts;
mod part;
mod patience;
mod post;
mod print_run;
mod printed;
mod register;
mod rehearsal;
mod renew_keys;
mod request;
mod request_amend;
mod request_close;
mod request_found;
mod request_intake;
mod restricted;
mod roster;
mod safeguard;
mod settle;
mod staff;
mod step;
mod tray;
mod types;
mod warning;
mod whole;
mod workspace;
mod writer;

use super::{Refused, StoreError};

pub use acceptance::{Accepted, NewAcceptance, RESTORED, accept};
pub use agreement::{
    Disagreement, GivenNumber, RequestSays, disagreements, letter_ids, numbered_unentered,
    numbers_given, request_evidence, unknown_pdfs,
};
pub use attempt::AttemptRow;
pub use batch::{
    BatchCounts, BatchRow, CloseCheck, Counts, Joined, NumberedSeries, batch, close_batch, counts,
    open_batch,
};
pub use claim::{Claimed, recover_handovers};
pub use clock_back::{clocks_back, note_clock_back};
pub use connect::Store;
pub use counterpart::{counterpart_again, note_counterpart_end};
pub use damage::damaged_rows;
pub use definitions::{foreign_definitions, foreign_parts};
pub use digests::changed_notes;
pub use dispatch::{Recorded, recorded_in};
pub use doubts::{NumberDoubts, number_doubts};
pub use due::{Due, Waiting, waiting};
pub use enter::Ended;
pub(super) use enter::is_entering;
pub use erase::Gone;
pub use evidence::evidence;
pub use going_out::{interrupted_files, mail_halt, note_mail_halt, settle_written, to_go};
pub(super) use here::end_file;
pub use here::{add_letter, keep_note_here, known, number_here, request_here};
pub use history::AuditRow;
pub use holder::{Holder, Waited, locked_by};
pub use identity::{Acceptance, acceptances, is_marked, marks, register_hash};
pub use in_charge::{seen_in_charge, seen_with};
pub use incoming::{File, NewNotification, Queued, Replaced};
pub use intake::NewLetter;
pub(super) use intake::begin_file;
pub use integrity::{Integrity, integrity};
pub use letter::{Dispatched, LetterQuery, LetterRow, Which, count_letters, letter, letters};
pub use likeness::{Earlier, Known, Replacement, replacement_in};
pub use mark::{ScheduleAhead, set_schedule_mark};
pub use member_flag::{FlagChange, change_flag};
pub use member_list::{
    CounterpartRow, ListReading, MemberFlagRow, counterparts, list_readings, member_flags,
    note_list_reading,
};
pub use member_number::{
    LookAlikeFlag, MemberLookAlike, MemberNumber, MemberNumbers, member_number,
};
pub use names::{
    DayNamed, LetterNames, RequestNames, days_named, names_of_letters, names_of_requests,
};
pub use night_step::{begin_step, end_step, make_steps_due, undone_steps};
pub use notice::{NoticeAuditRow, NoticeRow, notice_revisions};
pub use notice_acts::{NewDecision, NewRevision, RevisionChange, change_revision};
pub use part::{Part, Parts, parts_of};
pub use post::{PostLetter, Printable, ToPrint, Unposted, post_letters, printable};
pub use print_run::{
    NewReprint, PrintRunRow, PrintRuns, Reprinted, place_print_run, print_runs, record_print_run,
    record_reprint, renew_print_run, reprinted_in,
};
pub use register::{
    BesideRegister, ChainHead, RegisterEntry, beside_register, genesis, register_entries,
};
pub use rehearsal::{Stands, stands};
pub use request::{RequestAuditRow, RequestQuery, RequestRow, requests};
pub use request_amend::{AmendedRequest, amend_request};
pub use request_close::{close_request, reopen_request};
pub use request_found::{For, Registered, RequestFound, WholeRequest, request};
pub use request_intake::{
    Added, NewRequest, NumberHolder, ReceiptNumber, RequestLookAlike, add_request, receipt_number,
};
pub use restricted::{NOTE_OPENED, NOTE_STAYED_SHUT, StoredNote, keep_note, note_stayed_shut};
pub use roster::{
    DoubleNotification, Staged, StagedMember, StagedQuery, stage_member, staged_members,
};
pub use safeguard::{Watched, answered_by_new, persons_of, watched};
pub use staff::{PULLED, change_letter};
pub use step::StepError;
pub use warning::{keep_warnings, warned, warnings_of};
pub use workspace::{Workspace, workspace};
pub use writer::Writer;

/// Rows as the one parameter of a statement that takes them with `json_each`.
/// Plain rows always have a form in JSON; if one had none, the empty text
/// would make the statement fail and nothing be written.
fn as_json(rows: &impl serde::Serialize) -> String {
    serde_json::to_string(rows).unwrap_or_default()
}
