//! Staging table for a member roster, and which members were notified.

use serde_json::{Map, Value};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row, SqliteConnection};

use super::StoreError;
use super::incoming::NewNotification;
use super::member_number::{Naming, learn_member_number};
use crate::domain::{LetterId, MemberFlag, State, identity_key, look_alike_key};

/// A row of the roster with what the store knows of the member.
pub struct StagedMember {
    /// Its place among the staged rows.
    pub id: i64,
    /// Row of the file, as the sheet shows it.
    pub row: u64,
    /// The row's values.
    pub record: Map<String, Value>,
    /// What the store has against letters to the member.
    pub flags: Vec<MemberFlag>,
    /// The notification of this edition there is already: its letter's state,
    /// that of one that stands if there is any.
    pub notified: Option<State>,
}

impl StagedMember {
    /// Whether a letter tells them of the edition: one that was cancelled
    /// tells nobody anything.
    pub fn is_notified(&self) -> bool {
        self.notified.is_some_and(|state| state != State::Cancelled)
    }
}

/// What became of a row of the roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Staged {
    /// It is kept, with this place among the staged rows.
    Kept(i64),
    /// A row of the file has the same key.
    Twin {
        /// That row.
        row: u64,
    },
}

/// Stages a row of the roster, unless another row of the file has the same key.
///
/// # Errors
/// When the store cannot be written.
pub async fn stage_member(
    conn: &mut SqliteConnection,
    row: u64,
    member_key: &str,
    record: &str,
) -> Result<Staged, StoreError> {
    let inserted = sqlx::query(
        "INSERT INTO roster (row, member_key, look_alike_key, record) VALUES (?, ?, ?, ?)
         ON CONFLICT (member_key) DO NOTHING",
    )
    .bind(i64::try_from(row).unwrap_or(i64::MAX))
    .bind(member_key)
    .bind(look_alike_key(member_key))
    .bind(record)
    .execute(&mut *conn)
    .await?;
    if inserted.rows_affected() > 0 {
        return Ok(Staged::Kept(inserted.last_insert_rowid()));
    }
    let row: i64 = sqlx::query_scalar("SELECT row FROM roster WHERE member_key = ?")
        .bind(member_key)
        .fetch_one(&mut *conn)
        .await?;
    Ok(Staged::Twin {
        row: row.unsigned_abs(),
    })
}

/// Which staged rows to read.
#[derive(Debug, Clone, Copy)]
pub enum StagedQuery<'a> {
    /// At most `limit` after the one with id `after`, in the order of the
    /// file.
    Page {
        /// That one.
        after: i64,
        /// How many.
        limit: i64,
    },
    /// That of the member with this folded key.
    Of(&'a str),
    /// The first whose number looks like this folded key and is another.
    LooksLike(&'a str),
}

/// Staged rows, each with what is known of the member and of the letter that
/// tells them of `edition`.
///
/// # Errors
/// When the store cannot be read.
pub async fn staged_members(
    conn: &mut SqliteConnection,
    edition: &str,
    query: StagedQuery<'_>,
) -> Result<Vec<StagedMember>, StoreError> {
    let (which, key, look_alike, after, limit) = match query {
        StagedQuery::Page { after, limit } => ("roster.id > ?4", None, None, after, limit),
        StagedQuery::Of(key) => ("roster.member_key = ?2", Some(key), None, 0, 1),
        StagedQuery::LooksLike(key) => (
            "roster.look_alike_key = ?3 AND roster.member_key <> ?2",
            Some(key),
            Some(look_alike_key(key)),
            0,
            1,
        ),
    };
    sqlx::query(AssertSqlSafe(format!(
        "SELECT roster.id, roster.row, roster.record,
                (SELECT state FROM notification
                 JOIN letter ON letter.id = notification.letter_id
                 WHERE notification.edition = ?1
                   AND notification.member_key = roster.member_key
                 ORDER BY state = 'cancelled', letter.id LIMIT 1) AS state,
                (SELECT group_concat(flag) FROM member_flag
                 WHERE member_flag.member_key = roster.member_key) AS flags
         FROM roster
         WHERE {which}
         ORDER BY roster.id
         LIMIT ?5"
    )))
    .bind(edition)
    .bind(key)
    .bind(look_alike)
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await?
    .iter()
    .map(staged)
    .collect()
}

/// Notes which letter tells a member of an edition, and the number of whom
/// it is addressed to, as written. One whose letter was cancelled gets
/// another.
pub(super) async fn note_notification(
    conn: &mut SqliteConnection,
    told: &NewNotification<'_>,
    letter: LetterId,
) -> Result<(), StoreError> {
    learn_member_number(conn, told.recipient, Naming::Letter(letter)).await?;
    sqlx::query(
        "INSERT INTO notification (edition, member_key, recipient_key, letter_id)
         VALUES (?, ?, ?, ?)
         ON CONFLICT (edition, member_key, twin) DO UPDATE
         SET recipient_key = excluded.recipient_key, letter_id = excluded.letter_id",
    )
    .bind(told.edition)
    .bind(told.member_key)
    .bind(identity_key(told.recipient))
    .bind(letter.key())
    .execute(conn)
    .await?;
    Ok(())
}

/// A member for whom more than one letter about one edition stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoubleNotification {
    /// The member's number, as it is written somewhere.
    pub member: String,
    /// The letters.
    pub letters: Vec<LetterId>,
}

/// Members who were notified of one edition under two writings of their
/// number, while the program held those for two numbers.
///
/// # Errors
/// When the store cannot be read.
pub(super) async fn double_notifications(
    conn: &mut SqliteConnection,
) -> Result<Vec<DoubleNotification>, StoreError> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT COALESCE((SELECT MIN(written) FROM member_number
                          WHERE member_number.member_key = notification.member_key),
                         notification.member_key),
                json_group_array(letter_id)
         FROM notification JOIN letter ON letter.id = letter_id
         WHERE state <> 'cancelled'
           AND (edition, notification.member_key) IN
               (SELECT edition, member_key FROM notification WHERE twin <> 0)
         GROUP BY edition, notification.member_key
         HAVING COUNT(*) > 1
         ORDER BY 1",
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|(member, letters)| {
            let letters: Vec<i64> = serde_json::from_str(&letters)
                .map_err(|error| StoreError::Corrupt(format!("letters of a member: {error}")))?;
            let letters = letters.into_iter().map(LetterId::from_key).collect();
            Ok(DoubleNotification { member, letters })
        })
        .collect()
}

fn staged(row: &SqliteRow) -> Result<StagedMember, StoreError> {
    let record: String = row.try_get("record")?;
    let flags: Option<String> = row.try_get("flags")?;
    Ok(StagedMember {
        id: row.try_get("id")?,
        row: row.try_get::<i64, _>("row")?.unsigned_abs(),
        record: serde_json::from_str(&record)
            .map_err(|_| StoreError::Corrupt("row of a roster".to_owned()))?,
        flags: flags
            .iter()
            .flat_map(|flags| flags.split(','))
            .map(|code| {
                MemberFlag::from_code(code)
                    .ok_or_else(|| StoreError::Corrupt("flag of a member".to_owned()))
            })
            .collect::<Result<_, _>>()?,
        notified: row.try_get("state")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[tokio::test]
    async fn a_member_is_told_if_any_letter_of_the_edition_stands() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("yobin.db");
        let store = Store::open(&path).await.expect("opens");
        let mut tx = store.write().await.expect("writes");
        sqlx::query("INSERT INTO intake (sha256, queued_by, queued_at) VALUES ('', 's', 't')")
            .execute(&mut *tx)
            .await
            .expect("a file");
        for state in ["cancelled", "queued", "cancelled"] {
            sqlx::query(
                "INSERT INTO letter (kind, outcome, state, delivery, series, record_sha256,
                                     intake_id, intake_row, queued_by, queued_at)
                 VALUES ('k', 'o', ?1, 'post', 'letters', hex(randomblob(9)), 1, 2, 's', 't')",
            )
            .bind(state)
            .execute(&mut *tx)
            .await
            .expect("a letter");
        }
        for (edition, key, twin, letter) in [
            ("e", "m1", 0, 1),
            ("e", "m1", 1, 2),
            ("e", "m2", 0, 3),
            ("other", "m3", 0, 2),
        ] {
            sqlx::query("INSERT INTO notification VALUES (?1, ?2, ?3, ?2, ?4)")
                .bind(edition)
                .bind(key)
                .bind(twin)
                .bind(letter)
                .execute(&mut *tx)
                .await
                .expect("a notification");
        }
        for (row, key) in (2..).zip(["m1", "m2", "m3"]) {
            stage_member(&mut tx, row, key, "{}").await.expect("staged");
        }
        let all = StagedQuery::Page { after: 0, limit: 9 };
        let page = staged_members(&mut tx, "e", all).await.expect("a page");
        let notified: Vec<bool> = page.iter().map(StagedMember::is_notified).collect();
        assert_eq!(notified, [true, false, false]);
    }
}
