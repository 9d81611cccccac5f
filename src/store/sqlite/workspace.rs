//! What a workspace remembers of itself.

use chrono::NaiveDate;
use sqlx::SqliteConnection;

use super::StoreError;
use super::batch::unclosed_batches;
use super::file::has_table;
use super::mark::schedule_mark;

/// What a workspace remembers of itself.
#[derive(Debug)]
pub struct Workspace {
    /// Whether letters need a registered request where the settings say
    /// nothing.
    pub requests_required: bool,
    /// The time up to which the schedule has been worked off.
    pub schedule_mark: Option<String>,
    /// Dates of batches that were opened and not closed, oldest first.
    pub unclosed: Vec<NaiveDate>,
}

/// What the workspace remembers of itself. A store that is only looked at and
/// is of an earlier program answers as it will once it is opened.
///
/// # Errors
/// When the store cannot be read.
pub async fn workspace(conn: &mut SqliteConnection) -> Result<Workspace, StoreError> {
    let schedule_mark = match has_table(conn, "schedule_mark").await? {
        true => schedule_mark(conn).await?,
        false => None,
    };
    let unclosed = match has_table(conn, "batch").await? {
        true => unclosed_batches(conn).await?,
        false => Vec::new(),
    };
    Ok(Workspace {
        requests_required: requests_required(conn).await?,
        schedule_mark,
        unclosed,
    })
}

async fn requests_required(conn: &mut SqliteConnection) -> Result<bool, StoreError> {
    if has_table(conn, "workspace").await? {
        let word: String = sqlx::query_scalar("SELECT requests FROM workspace")
            .fetch_one(conn)
            .await?;
        return match word.as_str() {
            "required" => Ok(true),
            "optional" => Ok(false),
            _ => Err(StoreError::Corrupt("requests of the workspace".to_owned())),
        };
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
