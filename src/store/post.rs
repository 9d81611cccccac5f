//! Letters that go by post, for printing.

use sqlx::{Row, SqliteConnection};

use super::StoreError;
use super::member_flag::flags_since;
use crate::domain::{LetterId, MemberFlag, identity_key};

/// An archived letter that goes by post.
#[derive(Debug, Clone)]
pub struct PostLetter {
    /// Reference.
    pub id: LetterId,
    /// Code of the kind.
    pub kind: String,
    /// Document number.
    pub number: String,
    /// Postal code of the addressee, digits only.
    pub postal_code: String,
    /// Hash of its PDF, which is its name in the archive.
    pub pdf_sha256: String,
    /// Number of pages.
    pub pages: u64,
    /// Flags set since it was queued: it must not be printed.
    pub flags: Vec<MemberFlag>,
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
        "SELECT letter.id, kind, number, pdf_sha256, pages,
                REPLACE(COALESCE(record ->> 'addressee_postal_code', ''), '-', '') AS postal_code,
                COALESCE(record ->> 'member_key', '') AS member_key
         FROM letter
         JOIN letter_record ON letter_record.letter_id = letter.id
         WHERE batch_date = ? AND state = 'filed' AND delivery = 'post'
         ORDER BY kind, postal_code, letter.id",
    )
    .bind(batch_date)
    .fetch_all(&mut *conn)
    .await?;
    let mut letters = Vec::with_capacity(rows.len());
    for row in rows {
        let id = LetterId::from_key(row.get("id"));
        let member_key: String = row.get("member_key");
        letters.push(PostLetter {
            id,
            kind: row.get("kind"),
            number: row.get("number"),
            postal_code: row.get("postal_code"),
            pdf_sha256: row.get("pdf_sha256"),
            pages: row.get::<i64, _>("pages").unsigned_abs(),
            flags: flags_since(conn, id, &identity_key(&member_key)).await?,
        });
    }
    Ok(letters)
}
