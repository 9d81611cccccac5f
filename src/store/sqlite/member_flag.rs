//! Setting and clearing what keeps letters from members.

use sqlx::SqliteConnection;

use super::StoreError;
use super::member_number::{Naming, forget_unflagged, learn_member_number};
use crate::domain::{By, MemberFlag, identity_key};

/// What happens to a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlagChange {
    /// It is set.
    Set,
    /// It is taken away.
    Cleared,
}

/// Sets or clears a flag of the member with the number `written`. One that is set
/// already stays as it is: a list that says again what is known must not keep
/// back what was queued knowingly since. To renew a flag, it is cleared and
/// set. Returns whether anything was changed.
///
/// # Errors
/// When the store cannot be written.
pub async fn change_flag(
    conn: &mut SqliteConnection,
    written: &str,
    flag: MemberFlag,
    change: FlagChange,
    by: &By,
) -> Result<bool, StoreError> {
    let member_key = &identity_key(written);
    let (actor, at) = (by.who.as_str(), &by.at.to_string());
    let done = match change {
        FlagChange::Set => {
            sqlx::query(
                "INSERT INTO member_flag (member_key, flag, after_letter, set_by, set_at)
                 VALUES (?, ?,
                     (SELECT max(coalesce((SELECT max(id) FROM letter), 0),
                                 coalesce((SELECT last FROM entering_file), 0))),
                     ?, ?)
                 ON CONFLICT (member_key, flag) DO NOTHING",
            )
            .bind(member_key)
            .bind(flag.as_str())
            .bind(actor)
            .bind(at)
            .execute(&mut *conn)
            .await?
        }
        FlagChange::Cleared => {
            sqlx::query("DELETE FROM member_flag WHERE member_key = ? AND flag = ?")
                .bind(member_key)
                .bind(flag.as_str())
                .execute(&mut *conn)
                .await?
        }
    };
    let changed = done.rows_affected() > 0;
    if changed {
        note(conn, member_key, flag, change, actor, at).await?;
    }
    match change {
        FlagChange::Set => learn_member_number(conn, written, Naming::Flag).await?,
        FlagChange::Cleared => forget_unflagged(conn, member_key).await?,
    }
    Ok(changed)
}

async fn note(
    conn: &mut SqliteConnection,
    member_key: &str,
    flag: MemberFlag,
    change: FlagChange,
    actor: &str,
    at: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO member_flag_audit (at, member_key, flag, act, actor) VALUES (?, ?, ?, ?, ?)",
    )
    .bind(at)
    .bind(member_key)
    .bind(flag.as_str())
    .bind(match change {
        FlagChange::Set => "set",
        FlagChange::Cleared => "cleared",
    })
    .bind(actor)
    .execute(conn)
    .await?;
    Ok(())
}
