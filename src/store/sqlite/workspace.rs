//! What a workspace remembers of itself.

use std::path::Path;

use sqlx::{Connection as _, SqliteConnection};

use super::StoreError;
use super::file::{has_table, look_into};

/// Whether letters of this workspace need a registered request where the
/// settings say nothing.
///
/// # Errors
/// When the store cannot be read.
pub async fn requests_required(conn: &mut SqliteConnection) -> Result<bool, StoreError> {
    let word: String = sqlx::query_scalar("SELECT requests FROM workspace")
        .fetch_one(conn)
        .await?;
    match word.as_str() {
        "required" => Ok(true),
        "optional" => Ok(false),
        _ => Err(StoreError::Corrupt("requests of the workspace".to_owned())),
    }
}

/// The same of the store in this file, which is only looked at: nothing is
/// made, and the schema stays as it is. A store from before there was a choice
/// answers as it will once it is opened.
///
/// # Errors
/// When the file is there and cannot be read.
pub async fn peek_requests_required(path: &Path) -> Result<bool, StoreError> {
    let Some(mut conn) = look_into(path).await? else {
        return Ok(true);
    };
    let required = required_in(&mut conn).await;
    conn.close().await?;
    required
}

async fn required_in(conn: &mut SqliteConnection) -> Result<bool, StoreError> {
    if has_table(conn, "workspace").await? {
        return requests_required(conn).await;
    }
    for (table, query) in [
        ("letter", "SELECT EXISTS (SELECT 1 FROM letter)"),
        ("request", "SELECT EXISTS (SELECT 1 FROM request)"),
    ] {
        if has_table(conn, table).await? && sqlx::query_scalar(query).fetch_one(&mut *conn).await? {
            return Ok(false);
        }
    }
    Ok(true)
}
