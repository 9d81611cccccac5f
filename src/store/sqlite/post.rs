//! Letters that go by post: what is to be printed, and what waits to be
//! posted.
//!
//! A letter by post is in one print file at most, the one of `print_date`.
//! One that is in none joins the next that is made.

use chrono::NaiveDate;
use sqlx::{AssertSqlSafe, FromRow, SqliteConnection};

use super::letter::UNPOSTED;
use super::types::{MaybeDay, Stored};
use super::{StoreError, as_json};
use crate::domain::LetterId;

/// An archived letter that goes by post and was not posted.
#[derive(Debug, Clone, FromRow)]
pub struct PostLetter {
    /// Reference.
    pub id: LetterId,
    /// Code of the kind.
    pub kind: String,
    /// Code of the outcome.
    pub outcome: String,
    /// Document number.
    pub number: String,
    /// Postal code of the addressee, digits only.
    pub postal_code: String,
    /// Hash of its PDF, which is its name in the archive.
    pub pdf_sha256: String,
    /// Number of pages.
    #[sqlx(try_from = "i64")]
    pub pages: u64,
    /// Whether it is in this print file already.
    pub printed: bool,
}

impl Stored for PostLetter {
    const ROW: (&'static str, &'static str) = ("letter", "id");
}

/// What waits to be posted.
#[derive(Debug, Clone, Default)]
pub struct Unposted {
    /// Letters by print file, the oldest first, with the date of its folder.
    pub print_files: Vec<(NaiveDate, i64)>,
    /// Letters in no print file.
    pub unprinted: i64,
}

/// The letters of the print file of a date that were not posted, and those in
/// no print file whose batch is of that date or earlier: by kind, then by
/// postal code, then by reference.
///
/// # Errors
/// When the store cannot be read.
pub async fn post_letters(
    conn: &mut SqliteConnection,
    date: &str,
) -> Result<Vec<PostLetter>, StoreError> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT letter.id, kind, outcome, number, pdf_sha256, pages,
                print_date IS NOT NULL AS printed,
                REPLACE(COALESCE(CAST(CASE WHEN json_valid(record)
                    THEN record ->> 'addressee_postal_code' END AS TEXT), ''), '-', '')
                    AS postal_code
         FROM letter
         LEFT JOIN letter_record ON letter_record.letter_id = letter.id
         WHERE {UNPOSTED}
           AND (print_date = ?1 OR (print_date IS NULL AND batch_date <= ?1))
         ORDER BY kind, postal_code, letter.id"
    )))
    .bind(date)
    .fetch_all(conn)
    .await?;
    PostLetter::readable(&rows)
}

/// Keeps which letters the print file of a date holds now, and which of
/// those that belonged into it were left out. The caller commits.
///
/// # Errors
/// When the store cannot be written.
pub async fn set_printed(
    conn: &mut SqliteConnection,
    date: &str,
    held: &[LetterId],
    left_out: &[LetterId],
) -> Result<(), StoreError> {
    for (print_date, letters) in [(Some(date), held), (None, left_out)] {
        let keys: Vec<i64> = letters.iter().map(|id| id.key()).collect();
        sqlx::query(AssertSqlSafe(format!(
            "UPDATE letter SET print_date = ?
             WHERE id IN (SELECT value FROM json_each(?)) AND {UNPOSTED}"
        )))
        .bind(print_date)
        .bind(as_json(&keys))
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// What waits to be posted, over all nights.
///
/// # Errors
/// When the store cannot be read.
pub async fn unposted(conn: &mut SqliteConnection) -> Result<Unposted, StoreError> {
    let rows: Vec<(MaybeDay, i64)> = sqlx::query_as(AssertSqlSafe(format!(
        "SELECT print_date, COUNT(*) FROM letter
         WHERE {UNPOSTED}
         GROUP BY print_date
         ORDER BY print_date"
    )))
    .fetch_all(conn)
    .await?;
    let mut waiting = Unposted::default();
    for (print_date, count) in rows {
        match print_date.into() {
            Some(date) => waiting.print_files.push((date, count)),
            None => waiting.unprinted = count,
        }
    }
    Ok(waiting)
}
