//! Looking at the store.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use sqlx::pool::PoolConnection;
use sqlx::{Sqlite, SqliteConnection, Transaction};

use super::sqlite::*;
use super::{Refused, StoreError, face};
use crate::domain::*;

/// The store as it stands at one moment: whatever is read through it belongs
/// together, though others write meanwhile. The moment is that of the first
/// reading. Reading fails with [`StoreError`] when the store cannot be read or
/// holds what this program never writes.
pub struct Reads(Connection);

/// What a reading goes through.
enum Connection {
    /// A transaction: all readings are of one moment.
    Snapshot(Transaction<'static, Sqlite>),
    /// No transaction: each reading is of its own moment.
    Single(PoolConnection<Sqlite>),
}

impl Reads {
    pub(super) fn snapshot(transaction: Transaction<'static, Sqlite>) -> Self {
        Reads(Connection::Snapshot(transaction))
    }

    pub(super) fn single(connection: PoolConnection<Sqlite>) -> Self {
        Reads(Connection::Single(connection))
    }

    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        match &mut self.0 {
            Connection::Snapshot(transaction) => transaction,
            Connection::Single(connection) => connection,
        }
    }

    /// Makes what was changed through it durable.
    pub(super) async fn commit(self) -> Result<(), StoreError> {
        match self.0 {
            Connection::Snapshot(transaction) => Ok(transaction.commit().await?),
            Connection::Single(_) => Ok(()),
        }
    }

    /// Undoes what was changed through it.
    pub(super) async fn undo(self) -> Result<(), StoreError> {
        match self.0 {
            Connection::Snapshot(transaction) => Ok(transaction.rollback().await?),
            Connection::Single(_) => Ok(()),
        }
    }
}

face! {
    Reads {
        /// The batch of a date.
        batch(date: &str) -> Result<Option<BatchRow>, StoreError>;
        /// Dates of batches that were opened and not closed, oldest first.
        unclosed_batches() -> Result<Vec<NaiveDate>, StoreError>;
        /// Number of letters a run for business date `until` has to bring to rest.
        on_their_way(until: &str) -> Result<u64, StoreError>;
        /// The letters of a batch by where they are, by kind, and the numbers it gave.
        batch_counts(date: &str) -> Result<(BatchCounts, Vec<(String, i64)>, Vec<NumberedSeries>), StoreError>;
        /// Letters that belong to no batch yet, by state: they wait for approval, for
        /// the next night, or are held or cancelled.
        outside_batches() -> Result<BTreeMap<State, i64>, StoreError>;

        /// The receipt number of the request a letter belongs to, if that was closed
        /// as answered.
        answered_request_of(id: LetterId) -> Result<Option<String>, StoreError>;
        /// The letters of the print file of a date of which it was recorded last that
        /// they left the house, all at the same time.
        last_recorded_of(print_date: &str) -> Result<Vec<LetterId>, StoreError>;

        /// Letters that a batch opened now would take in, counted up to `most`.
        joinable(due: Due<'_>, most: i64) -> Result<i64, StoreError>;
        /// Letters that wait for a batch and may not bear this one's date: how many,
        /// and the first `most` of them, each with the first day it may bear.
        too_early(due: Due<'_>, most: i64) -> Result<(i64, Vec<(LetterId, NaiveDate)>), StoreError>;
        /// The series of letters that wait for a batch, with how many wait.
        due_series(approval_required: bool) -> Result<Vec<(String, i64)>, StoreError>;

        /// A letter's history, oldest first. The audit has the states; they are told
        /// apart by what left the house, as everywhere.
        audit_of(id: LetterId) -> Result<Vec<AuditRow>, StoreError>;

        /// The letter with this reference.
        letter(id: LetterId) -> Result<Option<LetterRow>, StoreError>;
        /// At most `limit` letters that pass the filter and come after `after`, in
        /// the order they were queued. Reading page by page keeps memory flat.
        letters_page(filter: &Filter, after: i64, limit: i64) -> Result<Vec<LetterRow>, StoreError>;
        /// All letters that pass the filter; for the small sets staff look at.
        letters(filter: &Filter) -> Result<Vec<LetterRow>, StoreError>;
        /// The letters with these references, in the order they were queued.
        letters_named(ids: &[LetterId]) -> Result<Vec<LetterRow>, StoreError>;
        /// At most `limit` letters that have not left the house and may still do so,
        /// after `after`, in the order they were queued.
        letters_in_the_house(after: i64, limit: i64) -> Result<Vec<LetterRow>, StoreError>;
        /// At most `limit` letters of a batch that a person must look at, or that
        /// staff hold, in the order they were queued.
        needing_person(batch_date: &str, limit: i64) -> Result<Vec<LetterRow>, StoreError>;
        /// At most `limit` letters of batches before `batch_date` that still need a
        /// person, and how many there are.
        left_from_before(batch_date: &str, limit: i64) -> Result<(i64, Vec<LetterRow>), StoreError>;
        /// The record of a letter as JSON.
        record_of(id: LetterId) -> Result<String, StoreError>;
        /// The data a letter was set from, if it was set.
        data_of(id: LetterId) -> Result<Option<Vec<u8>>, StoreError>;

        /// The time up to which every scheduled night has been seen to.
        schedule_mark() -> Result<Option<String>, StoreError>;
        /// Marks that lay ahead and were noticed before the batch opened at
        /// `opened_at` and after any batch opened earlier: its report tells of them,
        /// also when it is made anew.
        schedule_ahead_told_by(opened_at: &str) -> Result<Vec<ScheduleAhead>, StoreError>;

        /// What is known of a member's number, while the file with this key, if any,
        /// is taken in.
        member_number(written: &str, intake: Option<i64>) -> Result<MemberNumber, StoreError>;
        /// Known numbers that look like this one and are others.
        member_look_alikes(written: &str) -> Result<Vec<MemberLookAlike>, StoreError>;
        /// Flags whose number looks like another that is known and has not the same
        /// flags: letters to the other are not kept back by them.
        look_alike_flags() -> Result<Vec<LookAlikeFlag>, StoreError>;

        /// All revisions of the notice, the oldest first. They are few: a society
        /// revises its notice about once a year.
        notice_revisions() -> Result<Vec<NoticeRow>, StoreError>;
        /// The revision with this number.
        notice_revision(number: u32) -> Result<Option<NoticeRow>, StoreError>;
        /// A revision's history, oldest first.
        audit_of_notice(number: u32) -> Result<Vec<NoticeAuditRow>, StoreError>;

        /// The letters of the print file of a date that were not posted, and those in
        /// no print file whose batch is of that date or earlier: by kind, then by
        /// postal code, then by reference.
        post_letters(date: &str) -> Result<Vec<PostLetter>, StoreError>;
        /// The dates of print files from `first` to `last` whose letters wait to be
        /// posted.
        print_dates(first: &str, last: &str) -> Result<Vec<NaiveDate>, StoreError>;
        /// How many letters of the print file of a date were posted or handed over.
        posted_of(date: &str) -> Result<u64, StoreError>;
        /// What waits to be posted, over all nights.
        unposted() -> Result<Unposted, StoreError>;
        /// At most `limit` letters by post that are in no print file, in the order
        /// they were queued.
        unprinted(limit: i64) -> Result<Vec<LetterRow>, StoreError>;

        /// The end of the register.
        chain_head() -> Result<ChainHead, StoreError>;
        /// At most `limit` entries after the place `after`.
        register_entries(after: i64, limit: i64) -> Result<Vec<RegisterEntry>, StoreError>;
        /// Hashes of all template sets some letter was set from.
        sets_in_use() -> Result<Vec<String>, StoreError>;
        /// Letters whose row says they are registered but whose entry is missing or
        /// speaks of another PDF, and numbered letters that were cancelled without
        /// their number being entered as void.
        unregistered_letters() -> Result<Vec<LetterId>, StoreError>;

        /// Whether the keys are those this program makes, so that what is read by them
        /// is right; a store that was not opened since may lack them, or the tables.
        keys_are_current() -> Result<bool, StoreError>;

        /// The request with this receipt number; one registered with a mistake only
        /// if no other has the number. Of twins it is the one that is written so.
        request(receipt_number: &str) -> Result<Option<RequestRow>, StoreError>;
        /// Receipt numbers, as written, of other requests that have the number of
        /// this one: both were registered while the program held their writings for
        /// two numbers.
        twins_of_request(row: &RequestRow) -> Result<Vec<String>, StoreError>;
        /// Receipt numbers that more than one request has: all writings of each.
        shared_receipt_numbers() -> Result<Vec<Vec<String>>, StoreError>;
        /// The receipt number, as written, of a registered request that is another
        /// and looks like this one.
        look_alike_request(receipt_number: &str) -> Result<Option<String>, StoreError>;
        /// The record of a request as JSON.
        record_of_request(id: i64) -> Result<String, StoreError>;
        /// What a request asks for, in the order of the Act.
        rights_of(id: i64) -> Result<Vec<AskedRight>, StoreError>;
        /// Every open request with what it asks for, in the order they were added.
        open_requests() -> Result<Vec<(RequestRow, Vec<AskedRight>)>, StoreError>;
        /// How many requests are open.
        count_open_requests() -> Result<i64, StoreError>;
        /// At most `limit` closed requests that come after `after`, in the order they
        /// were added. Reading page by page keeps memory flat.
        closed_requests_page(after: i64, limit: i64) -> Result<Vec<RequestRow>, StoreError>;
        /// All letters that belong to a request, in the order they were queued.
        letters_of_request(id: i64) -> Result<Vec<LetterRow>, StoreError>;
        /// A request's history, oldest first.
        audit_of_request(id: i64) -> Result<Vec<RequestAuditRow>, StoreError>;

        /// The one request staff mean by a number.
        the_request(receipt_number: &str) -> Result<RequestRow, Refused<RequestRefusal>>;

        /// The registered request with this receipt number, with all that letters are
        /// held against.
        registered(receipt_number: &str) -> Result<Option<Registered>, StoreError>;

        /// The note of a letter, if it has a row for one.
        restricted_note(id: LetterId) -> Result<Option<StoredNote>, StoreError>;

        /// Members who were notified of one edition under two writings of their
        /// number, while the program held those for two numbers.
        double_notifications() -> Result<Vec<DoubleNotification>, StoreError>;

        /// Everything that keeps letters back now.
        watched() -> Result<Watched, StoreError>;
        /// Receipt numbers of requests whose record cannot be read. Nobody knows
        /// whether they are of counterparts; the letters that answer them are kept
        /// back.
        unreadable_requests() -> Result<Vec<String>, StoreError>;
        /// The persons of letters, as everything registered until now tells them. A
        /// letter with a damaged record has unknown ones, which keeps it back.
        persons_of(letters: &[LetterId]) -> Result<BTreeMap<LetterId, Persons>, StoreError>;
        /// Those among the letters something is registered against. `reveals` says of
        /// a kind and an outcome whether the letter tells that data is held.
        registered_against(letters: &[LetterId], reveals: &(dyn Fn(&str, &str) -> bool + Sync)) -> Result<BTreeMap<LetterId, Against>, StoreError>;

        /// Whether letters of this workspace need a registered request where the
        /// settings say nothing.
        requests_required() -> Result<bool, StoreError>;

        /// The first day a letter can have left the house: it bears a date, and it
        /// entered the register on a day, whichever is later.
        made_on(row: &LetterRow) -> Result<NaiveDate, StoreError>;

        /// The attempts to hand a letter's mail over, in their order.
        attempts_of(id: LetterId) -> Result<Vec<AttemptRow>, StoreError>;
    }
}
