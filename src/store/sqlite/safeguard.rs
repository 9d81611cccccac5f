//! What keeps letters back, at one time, and the requests a letter answers.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use sqlx::{AssertSqlSafe, FromRow, SqliteConnection};

use super::in_charge::{SEEN, seen_until};
use super::incoming::File;
use super::{StoreError, as_json};
use crate::domain::{
    AnsweredRequest, Counterpart, LetterId, MemberFlag, Persons, Safeguards, SetFlag,
    look_alike_key,
};

/// All flags and counterparts, and the version they have.
#[derive(Debug)]
pub struct Watched {
    /// Rises with every change; a letter that leaves the house names the one
    /// it was held against.
    pub version: i64,
    /// The flags and counterparts.
    pub safeguards: Safeguards,
    /// Whether any request tells of its persons what letters are held against.
    pub has_facts: bool,
}

/// Everything that keeps letters back now.
///
/// # Errors
/// When the store cannot be read.
pub async fn watched(conn: &mut SqliteConnection) -> Result<Watched, StoreError> {
    // First the version: what is read after it is as new or newer.
    let (version, has_facts) = sqlx::query_as(AssertSqlSafe(format!(
        "SELECT version, {HAS_FACTS} FROM safeguard"
    )))
    .fetch_one(&mut *conn)
    .await?;
    Ok(Watched {
        version,
        has_facts,
        safeguards: safeguards(conn).await?,
    })
}

async fn safeguards(conn: &mut SqliteConnection) -> Result<Safeguards, StoreError> {
    let mut flags: BTreeMap<String, Vec<SetFlag>> = BTreeMap::new();
    let set: Vec<(String, MemberFlag, LetterId)> =
        sqlx::query_as("SELECT member_key, flag, after_letter FROM member_flag")
            .fetch_all(&mut *conn)
            .await?;
    for (member, flag, after) in set {
        flags
            .entry(member)
            .or_default()
            .push(SetFlag { flag, after });
    }
    let rows: Vec<(Vec<u8>, i64, i64)> = sqlx::query_as(AssertSqlSafe(format!(
        "WITH counterpart (id, intake_id, record) AS MATERIALIZED (
             SELECT request.id, intake_id, record FROM request_record
             JOIN request ON request.id = request_id
             WHERE {OF_COUNTERPART}
               AND (close_reason IS NULL OR close_reason <> 'mistaken')
               AND NOT ({HAS_ENDED})
         )
         SELECT CAST(record AS BLOB) AS record, intake_id, id FROM counterpart
         UNION ALL
         SELECT CAST(former.record AS BLOB), former.intake_id, counterpart.id
         FROM counterpart JOIN former_counterpart AS former ON former.request_id = counterpart.id
         ORDER BY 3"
    )))
    .fetch_all(conn)
    .await?;
    let (damaged, counterparts): (Vec<_>, Vec<_>) = rows
        .iter()
        .map(|(record, intake, request)| (values(record), *request, *intake))
        .partition(|(record, ..)| record.is_empty());
    if !damaged.is_empty() {
        tracing::error!(
            requests = damaged.len(),
            "records of requests cannot be read; if they are of counterparts, they keep nothing back"
        );
    }
    let counterparts = counterparts
        .into_iter()
        .map(|(record, request, intake)| Counterpart::read(&record, request, intake));
    Ok(Safeguards::new(flags, counterparts.collect()))
}

/// Receipt numbers of requests whose record cannot be read. Nobody knows
/// whether they are of counterparts; the letters that answer them are kept
/// back.
///
/// # Errors
/// When the store cannot be read.
pub(super) async fn unreadable_requests(
    conn: &mut SqliteConnection,
) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar(AssertSqlSafe(format!(
        "SELECT receipt_number FROM request_record
         JOIN request ON request.id = request_id
         WHERE {OF_COUNTERPART} AND NOT json_valid(record)
           AND (close_reason IS NULL OR close_reason <> 'mistaken')
         ORDER BY request_id"
    )))
    .fetch_all(conn)
    .await?)
}

/// Which requests are of counterparts, or may be, for their record cannot be
/// read. In the words of the index, so that it is used.
pub(super) const OF_COUNTERPART: &str = "CASE WHEN json_valid(record) \
     THEN record ->> 'protected_counterpart' = 'yes' ELSE 1 END";

/// Whether protective measures are no longer against who asked: the newest act
/// decides.
pub(super) const HAS_ENDED: &str = "(SELECT act = 'counterpart_ended' FROM request_audit AS stands
      WHERE stands.request_id = request.id
        AND stands.act IN ('counterpart_ended', 'counterpart_again')
      ORDER BY stands.id DESC LIMIT 1) IS TRUE";

/// Whether any request tells of its persons. In the words of the index, so that
/// it is used.
pub(super) const HAS_FACTS: &str = "EXISTS (SELECT 1 FROM request_record
    WHERE CASE WHEN json_valid(record)
          THEN coalesce(record ->> 'principal_birth_date', record ->> 'principal_death_date',
                        record ->> 'authority_end_date', record ->> 'requested_method') IS NOT NULL
          ELSE 1 END)";

/// Whether there is a flag or a counterpart that letters are held against.
pub(super) const KEEPS_BACK: &str = "EXISTS (SELECT 1 FROM member_flag)
    OR EXISTS (SELECT 1 FROM request_record
               WHERE CASE WHEN json_valid(record)
                     THEN record ->> 'protected_counterpart' = 'yes' ELSE 1 END)";

/// The values of a record; none where it was damaged.
pub(super) fn values(record: &[u8]) -> Map<String, Value> {
    serde_json::from_slice(record).unwrap_or_default()
}

/// The last file whose registrations whoever queued a letter was told of.
pub(super) const TOLD_UNTIL: &str =
    "iif(letter.id > (SELECT own_record_until FROM safeguard), letter.intake_id, 0)";

/// A letter as far as it says which request it answers.
#[derive(Debug, Clone)]
pub(super) struct Answering {
    /// Key of the letter.
    pub letter: i64,
    /// The request it belongs to.
    pub request: Option<i64>,
    /// The file it came with.
    pub intake: i64,
    /// Its receipt number.
    pub receipt: Option<String>,
}

/// The registered requests letters answer, by the keys of the letters: the
/// one a letter belongs to; where it belongs to none, those whose number looks
/// like its own.
pub(super) async fn answered(
    conn: &mut SqliteConnection,
    letters: &[Answering],
) -> Result<BTreeMap<i64, Vec<AnsweredRequest>>, StoreError> {
    let rows: Vec<_> = letters
        .iter()
        .filter(|letter| letter.request.is_some() || letter.receipt.is_some())
        .map(|letter| {
            let look = letter.receipt.as_deref().map(look_alike_key);
            (letter.letter, letter.request, look, letter.intake)
        })
        .collect();
    let mut answered: BTreeMap<i64, Vec<AnsweredRequest>> = BTreeMap::new();
    if rows.is_empty() {
        return Ok(answered);
    }
    // A request registered by mistake tells who was meant, but another that
    // took its number tells it better, so both count.
    let found: Vec<(i64, Vec<u8>, bool, bool)> = sqlx::query_as(
        "WITH row (letter, request, look, intake) AS MATERIALIZED (
             SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?)
         ), answer (letter, request, was_known, is_mistaken) AS (
             SELECT letter, request, own.intake_id <= row.intake, own.close_reason IS 'mistaken'
             FROM row JOIN request AS own ON own.id = row.request
             UNION ALL
             SELECT row.letter, asked.id, asked.intake_id <= row.intake, false
             FROM row JOIN request AS asked ON asked.look_alike_key = row.look
             LEFT JOIN request AS own ON own.id = row.request
             WHERE (own.id IS NULL OR own.close_reason = 'mistaken')
               AND (asked.close_reason IS NULL OR asked.close_reason <> 'mistaken')
         )
         SELECT answer.letter, CAST(record AS BLOB) AS record, answer.is_mistaken,
                answer.was_known AND answer.letter > (SELECT own_record_until FROM safeguard)
                    AS was_known
         FROM answer JOIN request_record ON request_id = answer.request",
    )
    .bind(as_json(&rows))
    .fetch_all(conn)
    .await?;
    for (letter, record, is_mistaken, was_known) in found {
        answered.entry(letter).or_default().push(AnsweredRequest {
            record: values(&record),
            was_known,
            is_mistaken,
        });
    }
    Ok(answered)
}

/// What of a letter says whom it is about.
#[derive(FromRow)]
struct Naming {
    id: i64,
    request_id: Option<i64>,
    intake_id: i64,
    record: Option<Vec<u8>>,
    told_until: i64,
    recipient: Option<String>,
    seen: Option<String>,
}

/// The persons of letters, as everything registered until now tells them. A
/// letter with a damaged record has unknown ones, which keeps it back.
///
/// # Errors
/// When the store cannot be read.
pub async fn persons_of(
    conn: &mut SqliteConnection,
    letters: &[LetterId],
) -> Result<BTreeMap<LetterId, Persons>, StoreError> {
    let keys: Vec<i64> = letters.iter().map(|letter| letter.key()).collect();
    let rows: Vec<Naming> = sqlx::query_as(AssertSqlSafe(format!(
        "SELECT letter.id, request_id, intake_id, CAST(record AS BLOB) AS record,
                {TOLD_UNTIL} AS told_until,
                (SELECT recipient_key FROM notification
                 WHERE notification.letter_id = letter.id) AS recipient,
                {SEEN} AS seen
         FROM json_each(?) AS row
         JOIN letter ON letter.id = row.value
         LEFT JOIN letter_record ON letter_record.letter_id = letter.id"
    )))
    .bind(as_json(&keys))
    .fetch_all(&mut *conn)
    .await?;
    let records: Vec<Map<String, Value>> = rows
        .iter()
        .map(|row| values(row.record.as_deref().unwrap_or_default()))
        .collect();
    let answering: Vec<Answering> = rows
        .iter()
        .zip(&records)
        .map(|(row, record)| Answering {
            letter: row.id,
            request: row.request_id,
            intake: row.intake_id,
            receipt: record
                .get("receipt_number")
                .and_then(Value::as_str)
                .map(str::to_owned),
        })
        .collect();
    let answers = answered(conn, &answering).await?;
    Ok(rows
        .iter()
        .zip(&records)
        .map(|(row, record)| {
            let requests = answers.get(&row.id).map_or(&[][..], Vec::as_slice);
            let persons = Persons::of(record, requests, row.recipient.as_deref());
            (
                LetterId::from_key(row.id),
                persons
                    .told_until(row.told_until)
                    .seen_until(row.seen.as_deref().and_then(seen_until)),
            )
        })
        .collect())
}

/// The registered requests a letter about to be queued answers: the one
/// with this key, else those whose number looks like this one.
///
/// # Errors
/// When the store cannot be read.
pub async fn answered_by_new(
    conn: &mut SqliteConnection,
    file: &File,
    receipt_number: &str,
    request: Option<i64>,
) -> Result<Vec<AnsweredRequest>, StoreError> {
    let answering = Answering {
        letter: i64::MAX,
        request,
        intake: file.key,
        receipt: Some(receipt_number.to_owned()),
    };
    let mut found = answered(conn, &[answering]).await?;
    Ok(found.remove(&i64::MAX).unwrap_or_default())
}
