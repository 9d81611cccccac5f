//! Looking at the store.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use sqlx::pool::PoolConnection;
use sqlx::{Sqlite, SqliteConnection, Transaction};

use super::sqlite::*;
use super::{StoreError, face};
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
    /// The same, on a connection nobody else gets.
    Own(SqliteConnection),
}

impl Reads {
    pub(super) fn snapshot(transaction: Transaction<'static, Sqlite>) -> Self {
        Reads(Connection::Snapshot(transaction))
    }

    pub(super) fn single(connection: PoolConnection<Sqlite>) -> Self {
        Reads(Connection::Single(connection))
    }

    pub(super) fn own(connection: SqliteConnection) -> Self {
        Reads(Connection::Own(connection))
    }

    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        match &mut self.0 {
            Connection::Snapshot(transaction) => transaction,
            Connection::Single(connection) => connection,
            Connection::Own(connection) => connection,
        }
    }

    /// Makes what was changed through it durable.
    pub(super) async fn commit(self) -> Result<(), StoreError> {
        match self.0 {
            Connection::Snapshot(transaction) => Ok(transaction.commit().await?),
            Connection::Single(_) | Connection::Own(_) => Ok(()),
        }
    }
}

face! {
    Reads {
        /// The letter with this reference.
        letter(id: LetterId) -> Result<Option<LetterRow>, StoreError>;
        /// The letters asked for, in the order they were queued.
        letters(query: &LetterQuery<'_>) -> Result<Vec<LetterRow>, StoreError>;
        /// How many letters there are of those asked for, counted up to the
        /// query's limit.
        count_letters(query: &LetterQuery<'_>) -> Result<i64, StoreError>;
        /// Parts of a letter that its row does not have.
        parts_of(id: LetterId, asked: &[Part]) -> Result<Parts, StoreError>;
        /// The persons of letters, as everything registered until now tells them. A
        /// letter with a damaged record has unknown ones, which keeps it back.
        persons_of(letters: &[LetterId]) -> Result<BTreeMap<LetterId, Persons>, StoreError>;
        /// Whom these letters are of, for lists.
        names_of_letters(letters: &[LetterId]) -> Result<BTreeMap<LetterId, LetterNames>, StoreError>;
        /// What staff were told of letters when they were queued.
        warnings_of(letters: &[LetterId]) -> Result<BTreeMap<LetterId, Vec<FieldProblem>>, StoreError>;
        /// Those of the letters of which staff were told something.
        warned(letters: &[LetterId]) -> Result<BTreeSet<LetterId>, StoreError>;
        /// The letters that are to be printed: by kind, then by postal code, then by
        /// reference.
        post_letters(which: ToPrint<'_>) -> Result<Vec<PostLetter>, StoreError>;
        /// Those letters by their references, at the time of this transaction.
        printable(which: ToPrint<'_>) -> Result<Printable, StoreError>;
        /// Print runs, in the order of their numbers.
        print_runs(which: PrintRuns) -> Result<Vec<PrintRunRow>, StoreError>;

        /// What the workspace remembers of itself.
        workspace() -> Result<Workspace, StoreError>;
        /// How far the database has come; nothing where the workspace is not made yet.
        marks() -> Result<Option<Marks>, StoreError>;
        /// Whether the workspace's marks were written outside the database at
        /// least once.
        is_marked() -> Result<bool, StoreError>;
        /// What persons decided of databases that did not agree with the marks,
        /// the oldest first.
        acceptances() -> Result<Vec<Acceptance>, StoreError>;
        /// What stands in the schema and this program did not make, or stands there
        /// no longer.
        foreign_parts() -> Result<Vec<String>, StoreError>;
        /// What SQLite finds wrong with the file: damaged pages, indexes and rows,
        /// and rows that refer to others which are not there.
        integrity() -> Result<Integrity, StoreError>;
        /// Tables, indexes, triggers and views that are not those of a new store of
        /// this program, by their names.
        foreign_definitions() -> Result<Vec<String>, StoreError>;
        /// What the store says of these letters in its several places, text for text;
        /// nothing of a letter whose row holds what no row of this program holds.
        evidence(letters: &[LetterId]) -> Result<BTreeMap<LetterId, Option<Evidence>>, StoreError>;
        /// At most `limit` letters after the one with key `after`.
        letter_ids(after: i64, limit: i64) -> Result<Vec<LetterId>, StoreError>;
        /// The numbers of at most `limit` letters that have one, after the letter with
        /// key `after`.
        numbers_given(after: i64, limit: i64) -> Result<Vec<GivenNumber>, StoreError>;
        /// How many letters have a number and no entry in the register: their page may
        /// be in the archive already.
        numbered_unentered() -> Result<i64, StoreError>;
        /// Of these SHA-256 those no letter and no entry of the register names as its
        /// PDF.
        unknown_pdfs(found: &[String]) -> Result<Vec<String>, StoreError>;
        /// What the store says of at most `limit` requests after the one with key
        /// `after`; the key alone of one that holds what no row of this program holds.
        request_evidence(after: i64, limit: i64) -> Result<Vec<(i64, Option<RequestSays>)>, StoreError>;
        /// All that rows say of each other and does not agree.
        disagreements() -> Result<Vec<Disagreement>, StoreError>;
        /// Rows that cannot be read, each as column and row: `queued_at of letter
        /// L000002C`; at most `most`. Lists leave them out and tell of them.
        damaged_rows(most: usize) -> Result<Vec<String>, StoreError>;
        /// Letters whose restricted note is not the one that was kept.
        changed_notes() -> Result<Vec<LetterId>, StoreError>;
        /// The batch of a date.
        batch(date: &str) -> Result<Option<BatchRow>, StoreError>;
        /// What follows the nights and is not done yet, the oldest date first; nothing
        /// in a store of an earlier program.
        undone_steps() -> Result<Vec<UndoneStep>, StoreError>;
        /// How the store stands, as far as flags are held against it.
        stands() -> Result<Stands, StoreError>;
        /// What the report of `date` tells of the clock, also when it is made anew.
        clocks_back(date: NaiveDate) -> Result<Vec<ClockBack>, StoreError>;
        /// What waits for a batch, naming at most `most` letters.
        waiting(due: Due<'_>, most: i64) -> Result<Waiting, StoreError>;
        /// What a report on a batch counts.
        counts(batch: &BatchRow) -> Result<Counts, StoreError>;

        /// The mails of batches up to the business date `until` that are made and
        /// wait to go out, in the order they were queued.
        to_go(until: &str) -> Result<Vec<LetterId>, StoreError>;
        /// Mails whose hand-over to a file had begun and has no outcome, because the
        /// program ended in between: the letter, its Message-ID and the round.
        interrupted_files() -> Result<Vec<(LetterId, String, i64)>, StoreError>;
        /// Why the last run left mails waiting; none when it left none.
        mail_halt() -> Result<Option<MailHalt>, StoreError>;

        /// Everything that keeps letters back now.
        watched() -> Result<Watched, StoreError>;
        /// What is known of a member's number, while the file with this key, if any,
        /// is taken in, and which others look like it.
        member_number(written: &str, intake: Option<i64>) -> Result<MemberNumbers, StoreError>;
        /// The numbers a person has to look at; nothing in a store of an earlier
        /// program, which has not its keys yet.
        number_doubts() -> Result<NumberDoubts, StoreError>;
        /// Staged rows, each with what is known of the member and of the letter
        /// that tells them of `edition`.
        staged_members(edition: &str, query: StagedQuery<'_>) -> Result<Vec<StagedMember>, StoreError>;

        /// The request with this receipt number; one registered with a mistake only
        /// if no other has the number. Of twins it is the one that is written so.
        request(receipt_number: &str, of: For) -> Result<RequestFound, StoreError>;
        /// Requests with what they ask for, in the order they were added.
        requests(query: RequestQuery) -> Result<Vec<(RequestRow, Vec<AskedRight>)>, StoreError>;

        /// Every flag, in the order of the numbers.
        member_flags() -> Result<Vec<MemberFlagRow>, StoreError>;
        /// The requests of counterparts of protective measures, registered by mistake
        /// aside, with what letters are held against.
        counterparts() -> Result<Vec<CounterpartRow>, StoreError>;
        /// The last `limit` readings of the list of flags and counterparts, the newest
        /// first.
        list_readings(limit: i64) -> Result<Vec<ListReading>, StoreError>;
        /// Whom the requests with these keys are of, for lists.
        names_of_requests(requests: &[i64]) -> Result<BTreeMap<i64, RequestNames>, StoreError>;
        /// The days that letters of open requests name in fields whose names end so.
        days_named(ending: &str) -> Result<Vec<DayNamed>, StoreError>;

        /// All revisions of the notice, the oldest first, each with its history.
        /// They are few: a society revises its notice about once a year.
        notice_revisions() -> Result<Vec<NoticeRow>, StoreError>;

        /// At most `limit` entries of the register after the place `after`.
        register_entries(after: i64, limit: i64) -> Result<Vec<RegisterEntry>, StoreError>;
        /// The hash of the register's entry at a place.
        register_hash(place: i64) -> Result<Option<String>, StoreError>;
        /// What must agree with the register and is not in it.
        beside_register() -> Result<BesideRegister, StoreError>;
    }
}
