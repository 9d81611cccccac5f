//! Which numbers of members are known, and which only look like them.

use sqlx::SqliteConnection;

use super::StoreError;
use super::intake::Intake;
use crate::domain::{identity_key, look_alike_key};

/// What the store knows of a member's number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemberNumber {
    /// A letter, a request or a notification has named it.
    InUse,
    /// Only a flag has named it.
    OnlyFlagged,
    /// Nobody has it, and it looks like one that is known.
    LooksLike {
        /// That one, as it is written.
        known: String,
    },
    /// Nobody has it.
    Unknown,
}

/// By what a number became known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// A letter, a request or a notification: somebody has it.
    InUse,
    /// A flag: known for as long as the flag stands.
    Flag,
}

/// What is known of a member's number.
///
/// # Errors
/// When the store cannot be read.
pub async fn member_number(
    conn: &mut SqliteConnection,
    written: &str,
) -> Result<MemberNumber, StoreError> {
    let in_use: Option<bool> = sqlx::query_scalar(
        "SELECT in_use FROM member_number WHERE member_key = ? ORDER BY in_use DESC LIMIT 1",
    )
    .bind(identity_key(written))
    .fetch_optional(&mut *conn)
    .await?;
    match in_use {
        Some(true) => return Ok(MemberNumber::InUse),
        Some(false) => return Ok(MemberNumber::OnlyFlagged),
        None => {}
    }
    let alike: Option<String> = sqlx::query_scalar(
        "SELECT written FROM member_number
         WHERE look_alike_key = ? ORDER BY in_use DESC, written LIMIT 1",
    )
    .bind(look_alike_key(written))
    .fetch_optional(conn)
    .await?;
    Ok(match alike {
        Some(known) => MemberNumber::LooksLike { known },
        None => MemberNumber::Unknown,
    })
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
    sqlx::query(
        "INSERT INTO member_number (written, member_key, look_alike_key, in_use)
         VALUES (?, ?, ?, ?)
         ON CONFLICT (written) DO UPDATE SET in_use = 1 WHERE excluded.in_use = 1 AND in_use = 0",
    )
    .bind(written)
    .bind(identity_key(written))
    .bind(look_alike_key(written))
    .bind(naming == Naming::InUse)
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

/// Known numbers that look like this one and are others.
///
/// # Errors
/// When the store cannot be read.
pub async fn member_look_alikes(
    conn: &mut SqliteConnection,
    written: &str,
) -> Result<Vec<MemberLookAlike>, StoreError> {
    let rows: Vec<(String, bool)> = sqlx::query_as(
        "SELECT MIN(written),
                EXISTS (SELECT 1 FROM member_flag
                        WHERE member_flag.member_key = member_number.member_key)
         FROM member_number
         WHERE look_alike_key = ? AND member_key <> ?
         GROUP BY member_key
         ORDER BY 1",
    )
    .bind(look_alike_key(written))
    .bind(identity_key(written))
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(written, is_flagged)| MemberLookAlike {
            written,
            is_flagged,
        })
        .collect())
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
pub async fn look_alike_flags(
    conn: &mut SqliteConnection,
) -> Result<Vec<LookAlikeFlag>, StoreError> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT MIN(own.written), MIN(other.written)
         FROM member_flag AS flag
         JOIN member_number AS own ON own.member_key = flag.member_key
         JOIN member_number AS other ON other.look_alike_key = own.look_alike_key
              AND other.member_key <> own.member_key
         WHERE NOT EXISTS (SELECT 1 FROM member_flag AS same
                           WHERE same.member_key = other.member_key AND same.flag = flag.flag)
         GROUP BY own.member_key, other.member_key
         ORDER BY 1, 2",
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(flagged, other)| LookAlikeFlag { flagged, other })
        .collect())
}

impl Intake {
    /// What is known of a member's number.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn member_number(&mut self, written: &str) -> Result<MemberNumber, StoreError> {
        member_number(&mut self.tx, written).await
    }

    /// Known numbers that look like this one and are others.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn member_look_alikes(
        &mut self,
        written: &str,
    ) -> Result<Vec<MemberLookAlike>, StoreError> {
        member_look_alikes(&mut self.tx, written).await
    }
}
