//! What the person in charge looks at: flags of members, counterparts of
//! protective measures, and who looked before.

use serde_json::{Map, Value};
use sqlx::{FromRow, SqliteConnection};

use super::StoreError;
use super::request::{RequestRow, record_of_request};
use super::safeguard::{OF_COUNTERPART, values};
use super::types::Stored;
use crate::domain::{By, COUNTERPART_AGAIN, COUNTERPART_ENDED, LetterId, MemberFlag, Stamp};

/// A flag of a member.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct MemberFlagRow {
    /// The member's number, folded.
    pub member_key: String,
    /// The number as it is written.
    pub written: String,
    /// The flag.
    pub flag: MemberFlag,
    /// Who set it.
    pub set_by: String,
    /// When they did.
    pub set_at: Stamp,
    /// Key of the last request that names the number.
    pub request_id: Option<i64>,
    /// The last letter that names it.
    pub letter_id: Option<LetterId>,
}

impl Stored for MemberFlagRow {
    const ROW: (&'static str, &'static str) = ("flag of a member", "written");
}

/// Every flag, in the order of the numbers.
///
/// # Errors
/// When the store cannot be read.
pub async fn member_flags(conn: &mut SqliteConnection) -> Result<Vec<MemberFlagRow>, StoreError> {
    let rows = sqlx::query(
        "SELECT flag.member_key, flag.flag, flag.set_by, flag.set_at,
                coalesce((SELECT min(written) FROM member_number AS number
                          WHERE number.member_key = flag.member_key), flag.member_key) AS written,
                (SELECT max(request_id) FROM member_naming AS naming
                 WHERE naming.member_key = flag.member_key) AS request_id,
                (SELECT max(letter_id) FROM member_naming AS naming
                 WHERE naming.member_key = flag.member_key) AS letter_id
         FROM member_flag AS flag
         ORDER BY flag.member_key, flag.flag",
    )
    .fetch_all(conn)
    .await?;
    MemberFlagRow::all(&rows)
}

/// A registered request of a counterpart of protective measures.
#[derive(Debug)]
pub struct CounterpartRow {
    /// The request.
    pub request: RequestRow,
    /// Its record; an empty one cannot be read, and may be of a counterpart.
    pub record: Map<String, Value>,
    /// What it said before it was amended, the oldest first: letters are held
    /// against that as well where they are held against what it says now.
    pub former: Vec<Map<String, Value>>,
    /// Who confirmed that they are a counterpart no more, and when.
    pub ended: Option<(String, Stamp)>,
}

/// The requests of counterparts, registered by mistake aside.
///
/// # Errors
/// When the store cannot be read.
pub async fn counterparts(conn: &mut SqliteConnection) -> Result<Vec<CounterpartRow>, StoreError> {
    let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT request.* FROM request JOIN request_record ON request_id = request.id
         WHERE {OF_COUNTERPART} AND (close_reason IS NULL OR close_reason <> 'mistaken')
         ORDER BY request.id"
    )))
    .fetch_all(&mut *conn)
    .await?;
    let mut all = Vec::with_capacity(rows.len());
    for request in RequestRow::readable(&rows)? {
        let former: Vec<(Vec<u8>,)> = sqlx::query_as(
            "SELECT CAST(record AS BLOB) FROM former_counterpart WHERE request_id = ? ORDER BY id",
        )
        .bind(request.id)
        .fetch_all(&mut *conn)
        .await?;
        let last: Option<(String, String, Stamp)> = sqlx::query_as(
            "SELECT act, actor, at FROM request_audit
             WHERE request_id = ? AND act IN (?, ?) ORDER BY id DESC LIMIT 1",
        )
        .bind(request.id)
        .bind(COUNTERPART_ENDED)
        .bind(COUNTERPART_AGAIN)
        .fetch_optional(&mut *conn)
        .await?;
        all.push(CounterpartRow {
            record: values(&record_of_request(conn, request.id).await?),
            former: former.iter().map(|(record,)| values(record)).collect(),
            ended: last
                .filter(|(act, ..)| act == COUNTERPART_ENDED)
                .map(|(_, actor, at)| (actor, at)),
            request,
        });
    }
    Ok(all)
}

/// That somebody looked at the list, or tried to.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct ListReading {
    /// When.
    pub at: Stamp,
    /// Who, as they said.
    pub actor: String,
    /// Whether their key was the right one.
    pub opened: bool,
}

impl Stored for ListReading {
    const ROW: (&'static str, &'static str) = ("reading of the list of members", "at");
}

/// The last `limit` readings of the list, the newest first.
///
/// # Errors
/// When the store cannot be read.
pub async fn list_readings(
    conn: &mut SqliteConnection,
    limit: i64,
) -> Result<Vec<ListReading>, StoreError> {
    let rows =
        sqlx::query("SELECT at, actor, opened FROM member_list_reading ORDER BY id DESC LIMIT ?")
            .bind(limit)
            .fetch_all(conn)
            .await?;
    ListReading::all(&rows)
}

/// Keeps that somebody looks at the list, or tried to. The caller commits.
///
/// # Errors
/// When the store cannot be written.
pub async fn note_list_reading(
    conn: &mut SqliteConnection,
    opened: bool,
    by: &By,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO member_list_reading (at, actor, opened) VALUES (?, ?, ?)")
        .bind(by.at.to_string())
        .bind(by.who.as_str())
        .bind(opened)
        .execute(conn)
        .await?;
    Ok(())
}
