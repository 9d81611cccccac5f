//! Which numbers of members are known, and which only look like them.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, SqliteConnection};

use super::StoreError;
use crate::domain::{LetterId, identity_key, look_alike_key};

/// What the store knows of a member's number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemberNumber {
    /// A letter or a request has named it. One that was cancelled, or
    /// registered by mistake, names nobody.
    InUse,
    /// Only a flag has named it.
    OnlyFlagged,
    /// Nobody has it, and it looks like one that is known.
    LooksLike {
        /// That one, as it is written.
        known: String,
        /// The row that named it, where that is a row of the file being taken
        /// in and nothing else did.
        row_here: Option<i64>,
    },
    /// Nobody has it.
    Unknown,
}

/// By what a number became known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// A letter, which may be a notification: somebody has it.
    Letter(LetterId),
    /// The request with this key: somebody has it.
    Request(i64),
    /// A flag: known for as long as the flag stands.
    Flag,
}

/// What names numbers: letters and requests, those that were cancelled or
/// registered by mistake apart.
const NAMING: &str = "member_naming AS naming
         LEFT JOIN letter ON letter.id = naming.letter_id
         LEFT JOIN request ON request.id = naming.request_id
         WHERE coalesce(letter.state <> 'cancelled', request.close_reason IS NOT 'mistaken')";

/// Whether the number of a row of this table is known: somebody has it, or it
/// has a flag.
fn is_known(table: &str) -> String {
    format!(
        "(EXISTS (SELECT 1 FROM {NAMING} AND naming.member_key = {table}.member_key)
          OR EXISTS (SELECT 1 FROM member_flag WHERE member_flag.member_key = {table}.member_key))"
    )
}

/// A member's number and those that look like it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberNumbers {
    /// What is known of it.
    pub number: MemberNumber,
    /// Known numbers that look like it and are others.
    pub look_alikes: Vec<MemberLookAlike>,
}

/// What is known of a member's number, while the file with this key, if any,
/// is taken in.
///
/// # Errors
/// When the store cannot be read.
pub async fn member_number(
    conn: &mut SqliteConnection,
    written: &str,
    intake: Option<i64>,
) -> Result<MemberNumbers, StoreError> {
    let (in_use, is_flagged): (bool, bool) = sqlx::query_as(AssertSqlSafe(format!(
        "SELECT EXISTS (SELECT 1 FROM {NAMING} AND naming.member_key = ?1),
                EXISTS (SELECT 1 FROM member_flag WHERE member_key = ?1)"
    )))
    .bind(identity_key(written))
    .fetch_one(&mut *conn)
    .await?;
    let is_known = is_known("member_number");
    let alike: Vec<(String, String, bool)> = sqlx::query_as(AssertSqlSafe(format!(
        "SELECT written, member_key,
                EXISTS (SELECT 1 FROM member_flag
                        WHERE member_flag.member_key = member_number.member_key)
         FROM member_number
         WHERE look_alike_key = ? AND member_key <> ? AND {is_known}
         ORDER BY in_use DESC, written"
    )))
    .bind(look_alike_key(written))
    .bind(identity_key(written))
    .fetch_all(&mut *conn)
    .await?;
    let number = match (in_use, is_flagged, alike.first()) {
        (true, _, _) => MemberNumber::InUse,
        (false, true, _) => MemberNumber::OnlyFlagged,
        (false, false, None) => MemberNumber::Unknown,
        (false, false, Some((known, member_key, _))) => MemberNumber::LooksLike {
            known: known.clone(),
            row_here: match intake {
                Some(intake) => named_only_by(conn, member_key, intake).await?,
                None => None,
            },
        },
    };
    Ok(MemberNumbers {
        number,
        look_alikes: each_once(alike),
    })
}

/// Each number once, in the first of its writings.
fn each_once(alike: Vec<(String, String, bool)>) -> Vec<MemberLookAlike> {
    let mut numbers: BTreeMap<String, MemberLookAlike> = BTreeMap::new();
    for (written, member_key, is_flagged) in alike {
        let first = numbers
            .entry(member_key)
            .or_insert_with(|| MemberLookAlike {
                written: written.clone(),
                is_flagged,
            });
        if written < first.written {
            first.written = written;
        }
    }
    let mut numbers: Vec<MemberLookAlike> = numbers.into_values().collect();
    numbers.sort_by(|one, other| one.written.cmp(&other.written));
    numbers
}

/// The first row of a file that names a number, if nothing outside that file
/// does.
async fn named_only_by(
    conn: &mut SqliteConnection,
    member_key: &str,
    intake: i64,
) -> Result<Option<i64>, StoreError> {
    Ok(sqlx::query_scalar(AssertSqlSafe(format!(
        "SELECT iif(min(intake = ?1), min(row), NULL) FROM (
             SELECT coalesce(letter.intake_id, request.intake_id) AS intake,
                    coalesce(letter.intake_row, request.intake_row) AS row
             FROM {NAMING} AND naming.member_key = ?2)
         WHERE NOT EXISTS (SELECT 1 FROM member_flag WHERE member_key = ?2)"
    )))
    .bind(intake)
    .bind(member_key)
    .fetch_one(conn)
    .await?)
}

/// Notes that a number was named.
///
/// # Errors
/// When the store cannot be written.
pub async fn learn_member_number(
    conn: &mut SqliteConnection,
    written: &str,
    naming: Naming,
) -> Result<(), StoreError> {
    let (letter, request) = match naming {
        Naming::Letter(letter) => (Some(letter.key()), None),
        Naming::Request(request) => (None, Some(request)),
        Naming::Flag => {
            sqlx::query(
                "INSERT INTO member_number (written, member_key, look_alike_key, in_use)
                 VALUES (?, ?, ?, 0) ON CONFLICT (written) DO NOTHING",
            )
            .bind(written)
            .bind(identity_key(written))
            .bind(look_alike_key(written))
            .execute(conn)
            .await?;
            return Ok(());
        }
    };
    sqlx::query(
        "INSERT INTO member_number (written, member_key, look_alike_key, in_use)
         VALUES ($1, $2, $3, 1)
         ON CONFLICT (written) DO UPDATE SET in_use = 1 WHERE in_use = 0;

         INSERT INTO member_naming (member_key, letter_id, request_id) VALUES ($2, $4, $5)",
    )
    .bind(written)
    .bind(identity_key(written))
    .bind(look_alike_key(written))
    .bind(letter)
    .bind(request)
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets a number that nothing but a flag had named, once it has none.
pub(super) async fn forget_unflagged(
    conn: &mut SqliteConnection,
    member_key: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "DELETE FROM member_number
         WHERE member_key = ?1 AND in_use = 0
           AND NOT EXISTS (SELECT 1 FROM member_flag WHERE member_key = ?1)",
    )
    .bind(member_key)
    .execute(conn)
    .await?;
    Ok(())
}

/// A known number that looks like another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberLookAlike {
    /// The number, as it is written.
    pub written: String,
    /// Whether it has a flag.
    pub is_flagged: bool,
}

/// A flag under one number, and another number that looks like it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookAlikeFlag {
    /// The number the flag is under.
    pub flagged: String,
    /// The other number.
    pub other: String,
}

/// Flags whose number looks like another that is known and has not the same
/// flags: letters to the other are not kept back by them.
///
/// # Errors
/// When the store cannot be read.
pub(super) async fn look_alike_flags(
    conn: &mut SqliteConnection,
) -> Result<Vec<LookAlikeFlag>, StoreError> {
    let is_known = is_known("other");
    let rows: Vec<(String, String)> = sqlx::query_as(AssertSqlSafe(format!(
        "SELECT MIN(own.written), MIN(other.written)
         FROM member_flag AS flag
         JOIN member_number AS own ON own.member_key = flag.member_key
         JOIN member_number AS other ON other.look_alike_key = own.look_alike_key
              AND other.member_key <> own.member_key
         WHERE NOT EXISTS (SELECT 1 FROM member_flag AS same
                           WHERE same.member_key = other.member_key AND same.flag = flag.flag)
           AND {is_known}
         GROUP BY own.member_key, other.member_key
         ORDER BY 1, 2"
    )))
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(flagged, other)| LookAlikeFlag { flagged, other })
        .collect())
}
