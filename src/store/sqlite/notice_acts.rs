//! Writing the revisions of the published notice: each change with its line
//! of history, and none to what was published.

use chrono::NaiveDate;
use sqlx::SqliteConnection;

use super::StoreError;
use super::notice::{NoticeRow, notice_revisions};
use crate::domain::By;

/// A revision's content on its way into the store.
pub struct NewRevision<'a> {
    /// Label as printed.
    pub label: &'a str,
    /// Day it comes into force.
    pub effective: NaiveDate,
    /// The content as JSON.
    pub content: &'a str,
    /// SHA-256 of the content in hexadecimal.
    pub content_sha256: &'a str,
}

/// What the society decided about a revision.
pub struct NewDecision<'a> {
    /// The revision it was compared with.
    pub based_on: u32,
    /// Answers and what follows, as JSON.
    pub record: &'a str,
    /// Day the society decided.
    pub decided_on: NaiveDate,
    /// Whether every principal's consent is needed (art. 18(1)).
    pub consent_needed: bool,
    /// Day all had given it, if they have.
    pub consent_on: Option<NaiveDate>,
}

/// What happens to a revision.
pub enum RevisionChange<'a> {
    /// It is added: a draft with its decision or, without one, the content
    /// that is in force before there are revisions, as published.
    Added(&'a NewRevision<'a>, Option<&'a NewDecision<'a>>),
    /// Other content takes its place before it is published; its approval
    /// ends.
    Replaced(&'a NewRevision<'a>, &'a NewDecision<'a>),
    /// A second person approves it.
    Approved {
        /// Day all principals had consented, where that is needed.
        consent_on: Option<NaiveDate>,
    },
    /// The approval is taken back.
    Withdrawn,
    /// It comes into force.
    Published,
    /// A later one is in force instead.
    Superseded,
}

impl RevisionChange<'_> {
    /// The word for it in the history.
    fn act(&self) -> &'static str {
        match self {
            RevisionChange::Added(_, None) => "imported",
            RevisionChange::Added(_, Some(_)) => "drafted",
            RevisionChange::Replaced(..) => "replaced",
            RevisionChange::Approved { .. } => "approved",
            RevisionChange::Withdrawn => "withdrawn",
            RevisionChange::Published => "published",
            RevisionChange::Superseded => "superseded",
        }
    }
}

/// Adds a revision.
async fn insert_revision(
    conn: &mut SqliteConnection,
    number: u32,
    new: &NewRevision<'_>,
    decision: Option<&NewDecision<'_>>,
    by: &By,
) -> Result<(), StoreError> {
    let (actor, at) = (by.who.as_str(), by.at.to_string());
    let Some(decision) = decision else {
        sqlx::query(
            "INSERT INTO notice_revision (
                number, state, label, effective, content, content_sha256,
                drafted_by, drafted_at, published_by, published_at
             ) VALUES (?1, 'published', ?2, ?3, ?4, ?5, ?6, ?7, ?6, ?7)",
        )
        .bind(number)
        .bind(new.label)
        .bind(new.effective.to_string())
        .bind(new.content)
        .bind(new.content_sha256)
        .bind(actor)
        .bind(at)
        .execute(&mut *conn)
        .await?;
        return Ok(());
    };
    let query = "INSERT INTO notice_revision (
            number, state, label, effective, content, content_sha256, based_on, decision,
            decided_on, consent_needed, consent_on, drafted_by, drafted_at
         ) VALUES (?1, 'draft', ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    write_draft(conn, query, number, new, decision, by).await
}

/// Adds or changes a revision. The caller holds the change against the rules, and
/// commits.
///
/// # Errors
/// When the store cannot be written, or the revision's state is none in which
/// that happens.
pub async fn change_revision(
    conn: &mut SqliteConnection,
    number: u32,
    change: &RevisionChange<'_>,
    by: &By,
) -> Result<NoticeRow, StoreError> {
    let query = match change {
        RevisionChange::Added(new, decision) => {
            insert_revision(conn, number, new, *decision, by).await?;
            return entered(conn, number, change.act(), by).await;
        }
        RevisionChange::Replaced(new, decision) => {
            let query = "UPDATE notice_revision
                 SET state = 'draft', label = ?2, effective = ?3, content = ?4,
                     content_sha256 = ?5, based_on = ?6, decision = ?7, decided_on = ?8,
                     consent_needed = ?9, consent_on = ?10, drafted_by = ?11, drafted_at = ?12,
                     approved_by = NULL, approved_at = NULL
                 WHERE number = ?1 AND state IN ('draft', 'approved')";
            write_draft(conn, query, number, new, decision, by).await?;
            return entered(conn, number, change.act(), by).await;
        }
        RevisionChange::Approved { .. } => {
            "UPDATE notice_revision
             SET state = 'approved', approved_by = ?2, approved_at = ?3, consent_on = ?4
             WHERE number = ?1 AND state = 'draft'"
        }
        RevisionChange::Withdrawn => {
            "UPDATE notice_revision SET state = 'draft', approved_by = NULL, approved_at = NULL
             WHERE number = ?1 AND state = 'approved'"
        }
        RevisionChange::Published => {
            "UPDATE notice_revision SET state = 'published', published_by = ?2, published_at = ?3
             WHERE number = ?1 AND state = 'approved'"
        }
        RevisionChange::Superseded => {
            "UPDATE notice_revision SET state = 'superseded', superseded_at = ?3
             WHERE number = ?1 AND state = 'published'"
        }
    };
    let consent_on = match change {
        RevisionChange::Approved { consent_on } => consent_on.map(|date| date.to_string()),
        _ => None,
    };
    let done = sqlx::query(query)
        .bind(number)
        .bind(by.who.as_str())
        .bind(by.at.to_string())
        .bind(consent_on)
        .execute(&mut *conn)
        .await?;
    one(done.rows_affected())?;
    entered(conn, number, change.act(), by).await
}

/// Runs a statement that writes a whole draft.
async fn write_draft(
    conn: &mut SqliteConnection,
    query: &'static str,
    number: u32,
    new: &NewRevision<'_>,
    decision: &NewDecision<'_>,
    by: &By,
) -> Result<(), StoreError> {
    let done = sqlx::query(query)
        .bind(number)
        .bind(new.label)
        .bind(new.effective.to_string())
        .bind(new.content)
        .bind(new.content_sha256)
        .bind(decision.based_on)
        .bind(decision.record)
        .bind(decision.decided_on.to_string())
        .bind(decision.consent_needed)
        .bind(decision.consent_on.map(|date| date.to_string()))
        .bind(by.who.as_str())
        .bind(by.at.to_string())
        .execute(conn)
        .await?;
    one(done.rows_affected())
}

/// Writes the line of history beside a change, with the hash of what it was
/// done to, and reads the revision again.
async fn entered(
    conn: &mut SqliteConnection,
    number: u32,
    act: &str,
    by: &By,
) -> Result<NoticeRow, StoreError> {
    sqlx::query(
        "INSERT INTO notice_audit (at, number, actor, act, content_sha256)
         SELECT ?, number, ?, ?, content_sha256 FROM notice_revision WHERE number = ?",
    )
    .bind(by.at.to_string())
    .bind(by.who.as_str())
    .bind(act)
    .bind(number)
    .execute(&mut *conn)
    .await?;
    notice_revisions(conn)
        .await?
        .into_iter()
        .find(|row| row.number == number)
        .ok_or_else(|| StoreError::Corrupt("a notice revision gone under a lock".to_owned()))
}

fn one(affected: u64) -> Result<(), StoreError> {
    if affected == 1 {
        Ok(())
    } else {
        let what = "a notice revision changed under a lock".to_owned();
        Err(StoreError::Corrupt(what))
    }
}
