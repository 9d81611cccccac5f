//! The register of issued documents (文書件名簿), a chain of hashes.
//!
//! Every entry's hash covers its content and the hash of the entry before
//! it, so a changed, removed or inserted entry breaks the chain from there.

use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, FromRow, SqliteConnection};

use super::types::{Stored, one_of};
use super::{StoreError, as_json};
use crate::domain::{LetterId, State};
use crate::hash::Sha256;

/// An entry as it is read back: text for text, since its hash covers the text.
/// Whatever was altered in it has to be found, so nothing of it can be
/// unreadable.
#[derive(Debug, Clone, FromRow)]
pub struct RegisterEntry {
    /// Place in the register, from 1.
    pub seq: i64,
    /// `issued` or `void`.
    pub event: String,
    /// The letter.
    #[sqlx(rename = "letter_id")]
    pub letter: LetterId,
    /// Its document number.
    pub number: String,
    /// Code of its kind.
    pub kind: String,
    /// Code of its outcome.
    pub outcome: String,
    /// Date printed on it.
    pub issue_date: String,
    /// SHA-256 of the data it was set from.
    pub data_sha256: Option<String>,
    /// SHA-256 of its PDF.
    pub pdf_sha256: Option<String>,
    /// Size of its PDF in bytes.
    pub pdf_bytes: Option<i64>,
    /// When it was entered.
    pub entered_at: String,
    /// Hash of the entry before, or [`genesis`] for the first.
    pub previous_sha256: String,
    /// Hash of this entry.
    pub entry_sha256: String,
}

#[derive(Serialize)]
pub(super) struct NewEntry<'a> {
    pub event: &'a str,
    #[serde(skip)]
    pub letter: LetterId,
    pub number: String,
    pub kind: String,
    pub outcome: String,
    pub issue_date: String,
    pub data_sha256: Option<String>,
    pub pdf_sha256: Option<String>,
    pub pdf_bytes: Option<i64>,
    pub entered_at: &'a str,
}

/// A new entry as it travels into [`ENTER`].
#[derive(Serialize)]
pub(super) struct EntryRow<'a> {
    seq: i64,
    letter_id: i64,
    #[serde(flatten)]
    entry: &'a NewEntry<'a>,
    previous_sha256: String,
    entry_sha256: String,
}

impl EntryRow<'_> {
    /// Key of its letter, and its place in the register.
    pub(super) fn place(&self) -> (i64, i64) {
        (self.letter_id, self.seq)
    }
}

/// Place and hash of the last entry; 0 and [`genesis`] for an empty register.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ChainHead(pub i64, pub String);

impl Default for ChainHead {
    fn default() -> Self {
        ChainHead(0, genesis())
    }
}

/// The hash before the first entry.
pub fn genesis() -> String {
    "0".repeat(64)
}

impl RegisterEntry {
    /// The hash this entry must have, from its content.
    pub fn computed_sha256(&self) -> String {
        hash(
            self.seq,
            &self.previous_sha256,
            &NewEntry {
                event: &self.event,
                letter: self.letter,
                number: self.number.clone(),
                kind: self.kind.clone(),
                outcome: self.outcome.clone(),
                issue_date: self.issue_date.clone(),
                data_sha256: self.data_sha256.clone(),
                pdf_sha256: self.pdf_sha256.clone(),
                pdf_bytes: self.pdf_bytes,
                entered_at: &self.entered_at,
            },
        )
    }
}

impl Stored for RegisterEntry {
    const ROW: (&'static str, &'static str) = ("register entry", "seq");
}

/// Hashes the parts with their lengths, so that no two contents can run
/// together to the same bytes.
fn hash(seq: i64, previous: &str, entry: &NewEntry<'_>) -> String {
    let seq = seq.to_string();
    let letter = entry.letter.to_string();
    let bytes = entry.pdf_bytes.map(|n| n.to_string()).unwrap_or_default();
    let parts = [
        previous,
        &seq,
        entry.event,
        &letter,
        &entry.number,
        &entry.kind,
        &entry.outcome,
        &entry.issue_date,
        entry.data_sha256.as_deref().unwrap_or_default(),
        entry.pdf_sha256.as_deref().unwrap_or_default(),
        &bytes,
        entry.entered_at,
    ];
    Sha256::of_parts(parts.map(str::as_bytes)).to_string()
}

/// The rows of entries that follow the head in this order.
pub(super) fn chained<'a>(head: &ChainHead, entries: &'a [NewEntry<'a>]) -> Vec<EntryRow<'a>> {
    let ChainHead(mut seq, mut previous) = head.clone();
    let row = |entry: &'a NewEntry<'a>| {
        seq += 1;
        let own = hash(seq, &previous, entry);
        EntryRow {
            seq,
            letter_id: entry.letter.key(),
            entry,
            previous_sha256: std::mem::replace(&mut previous, own.clone()),
            entry_sha256: own,
        }
    };
    entries.iter().map(row).collect()
}

/// Enters [`chained`] rows, its first value.
pub(super) const ENTER: &str = "
    WITH row (value) AS MATERIALIZED (SELECT jsonb(value) FROM json_each($1))
    INSERT INTO register (
        seq, event, letter_id, number, kind, outcome, issue_date,
        data_sha256, pdf_sha256, pdf_bytes, entered_at, previous_sha256, entry_sha256)
    SELECT value ->> 'seq', value ->> 'event', value ->> 'letter_id', value ->> 'number',
           value ->> 'kind', value ->> 'outcome', value ->> 'issue_date',
           value ->> 'data_sha256', value ->> 'pdf_sha256', value ->> 'pdf_bytes',
           value ->> 'entered_at', value ->> 'previous_sha256', value ->> 'entry_sha256'
    FROM row
    ORDER BY 1";

/// Appends an entry.
pub(super) async fn append(
    conn: &mut SqliteConnection,
    entry: NewEntry<'_>,
) -> Result<(), StoreError> {
    let head = chain_head(conn).await?;
    sqlx::query(ENTER)
        .bind(as_json(&chained(&head, &[entry])))
        .execute(conn)
        .await?;
    Ok(())
}

/// The end of the register.
///
/// # Errors
/// When the store cannot be read.
pub async fn chain_head(conn: &mut SqliteConnection) -> Result<ChainHead, StoreError> {
    let last = sqlx::query_as("SELECT seq, entry_sha256 FROM register ORDER BY seq DESC LIMIT 1")
        .fetch_optional(conn)
        .await?;
    Ok(last.map_or_else(ChainHead::default, |(seq, sha256)| ChainHead(seq, sha256)))
}

/// At most `limit` entries after the place `after`.
///
/// # Errors
/// When the store cannot be read.
pub async fn register_entries(
    conn: &mut SqliteConnection,
    after: i64,
    limit: i64,
) -> Result<Vec<RegisterEntry>, StoreError> {
    let rows = sqlx::query("SELECT * FROM register WHERE seq > ? ORDER BY seq LIMIT ?")
        .bind(after)
        .bind(limit)
        .fetch_all(conn)
        .await?;
    RegisterEntry::all(&rows)
}

/// What must agree with the register and is not in it.
#[derive(Debug)]
pub struct BesideRegister {
    /// Hashes of all template sets that letters were rendered from.
    pub sets_in_use: Vec<String>,
    /// Letters whose row says they are registered but whose entry is missing
    /// or speaks of another PDF, and numbered letters that were cancelled
    /// without their number being entered as void.
    pub unregistered: Vec<LetterId>,
}

/// What must agree with the register and is not in it.
///
/// # Errors
/// When the store cannot be read.
pub async fn beside_register(conn: &mut SqliteConnection) -> Result<BesideRegister, StoreError> {
    Ok(BesideRegister {
        sets_in_use: sets_in_use(conn).await?,
        unregistered: unregistered_letters(conn).await?,
    })
}

/// Hashes of all template sets some letter was set from.
///
/// # Errors
/// When the store cannot be read.
async fn sets_in_use(conn: &mut SqliteConnection) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT DISTINCT set_sha256 FROM letter WHERE set_sha256 IS NOT NULL ORDER BY 1",
    )
    .fetch_all(conn)
    .await?)
}

/// Letters whose row says they are registered but whose entry is missing or
/// speaks of another PDF, and numbered letters that were cancelled without
/// their number being entered as void.
///
/// # Errors
/// When the store cannot be read.
async fn unregistered_letters(conn: &mut SqliteConnection) -> Result<Vec<LetterId>, StoreError> {
    Ok(sqlx::query_scalar(AssertSqlSafe(format!(
        "SELECT letter.id FROM letter
         LEFT JOIN register ON register.seq = letter.register_seq
                           AND register.letter_id = letter.id
                           AND register.event = 'issued'
         WHERE ((letter.register_seq IS NOT NULL OR letter.state IN {})
                AND (register.seq IS NULL OR register.pdf_sha256 IS NOT letter.pdf_sha256))
            OR (letter.state = 'cancelled' AND letter.number IS NOT NULL
                AND NOT EXISTS (
                    SELECT 1 FROM register AS void
                    WHERE void.letter_id = letter.id AND void.event = 'void'))
         ORDER BY letter.id",
        one_of(&State::REGISTERED)
    )))
    .fetch_all(conn)
    .await?)
}
