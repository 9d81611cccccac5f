//! Letters that go by post, for printing.

use sqlx::{Row, SqliteConnection};

use super::StoreError;
use crate::domain::LetterId;

/// An archived letter that goes by post.
#[derive(Debug, Clone)]
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
    pub pages: u64,
}

/// The letters of a batch that rest in the archive and go by post: by kind,
/// then by postal code, then by reference.
///
/// # Errors
/// When the store cannot be read.
pub async fn post_letters(
    conn: &mut SqliteConnection,
    batch_date: &str,
) -> Result<Vec<PostLetter>, StoreError> {
    let rows = sqlx::query(
        "SELECT letter.id, kind, outcome, number, pdf_sha256, pages,
                REPLACE(COALESCE(record ->> 'addressee_postal_code', ''), '-', '') AS postal_code
         FROM letter
         JOIN letter_record ON letter_record.letter_id = letter.id
         WHERE batch_date = ? AND state = 'filed' AND delivery = 'post'
         ORDER BY kind, postal_code, letter.id",
    )
    .bind(batch_date)
    .fetch_all(conn)
    .await?;
    Ok(rows
        .iter()
        .map(|row| PostLetter {
            id: LetterId::from_key(row.get("id")),
            kind: row.get("kind"),
            outcome: row.get("outcome"),
            number: row.get("number"),
            postal_code: row.get("postal_code"),
            pdf_sha256: row.get("pdf_sha256"),
            pages: row.get::<i64, _>("pages").unsigned_abs(),
        })
        .collect())
}
