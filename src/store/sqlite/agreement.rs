//! What rows say of each other, and does not agree: gaps in references and
//! numbers, files taken in, attempts, flags, the notice and requests. Letters
//! and the register are held against each other elsewhere.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use sqlx::SqliteConnection;

use super::StoreError;
use super::identity::acceptances;
use crate::domain::{LetterId, Skipped, identity_key};

/// Two rows, or a row and its history, that do not agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Disagreement {
    /// No letter has the references between these keys.
    References(i64, i64),
    /// A series gave other numbers in a period than it says.
    Numbers {
        /// The series.
        series: String,
        /// The period.
        period: i64,
        /// How many letters have a number of it.
        letters: i64,
        /// The highest of them.
        highest: i64,
        /// The number it would give next.
        next: i64,
    },
    /// A number of the register is that of more than one letter.
    SharedNumber(String),
    /// The file a letter came with was taken in by another, or at another time.
    Intake(LetterId),
    /// A letter belongs to a request whose history does not say so, or the
    /// other way round.
    Request(LetterId),
    /// The attempts to hand a letter's mail over do not follow each other.
    Attempts(LetterId),
    /// Mails of more than one letter have one Message-ID.
    SharedMessageId(LetterId),
    /// A flag of a member is not the one its history says.
    Flag(String),
    /// A revision of the notice is not what its history says.
    Notice(i64),
}

/// All that does not agree.
///
/// # Errors
/// When the store cannot be read.
pub async fn disagreements(conn: &mut SqliteConnection) -> Result<Vec<Disagreement>, StoreError> {
    let mut found = Vec::new();
    gaps(conn, &mut found).await?;
    for (query, disagreement) in LETTERS {
        let keys: Vec<i64> = sqlx::query_scalar(query).fetch_all(&mut *conn).await?;
        found.extend(keys.into_iter().map(LetterId::from_key).map(disagreement));
    }
    let shared: Vec<String> = sqlx::query_scalar(SHARED_NUMBERS)
        .fetch_all(&mut *conn)
        .await?;
    found.extend(shared.into_iter().map(Disagreement::SharedNumber));
    let revisions: Vec<i64> = sqlx::query_scalar(NOTICES).fetch_all(&mut *conn).await?;
    found.extend(revisions.into_iter().map(Disagreement::Notice));
    flags(conn, &mut found).await?;
    Ok(found)
}

type OfLetter = fn(LetterId) -> Disagreement;

const LETTERS: [(&str, OfLetter); 4] = [
    (
        "SELECT letter.id FROM letter JOIN intake ON intake.id = letter.intake_id
         WHERE intake.queued_by <> letter.queued_by OR intake.queued_at <> letter.queued_at
         ORDER BY 1",
        Disagreement::Intake,
    ),
    (
        "SELECT letter.id FROM letter WHERE request_id IS NOT NULL AND NOT EXISTS (
             SELECT 1 FROM request_audit AS line
             WHERE line.request_id = letter.request_id AND line.letter_id = letter.id)
         UNION
         SELECT letter_id FROM request_audit AS line WHERE letter_id IS NOT NULL AND NOT EXISTS (
             SELECT 1 FROM letter
             WHERE letter.id = line.letter_id AND letter.request_id = line.request_id)
         ORDER BY 1",
        Disagreement::Request,
    ),
    (
        "SELECT letter_id FROM attempt AS a
         WHERE round <> (SELECT count(*) FROM attempt
                         WHERE letter_id = a.letter_id AND round <= a.round)
            OR message_id <> (SELECT message_id FROM attempt
                              WHERE letter_id = a.letter_id ORDER BY round LIMIT 1)
            OR (outcome IS NULL AND NOT EXISTS (
                    SELECT 1 FROM letter WHERE id = a.letter_id AND handover_at IS NOT NULL))
         GROUP BY letter_id ORDER BY 1",
        Disagreement::Attempts,
    ),
    (
        "SELECT max(letter_id) FROM attempt GROUP BY message_id
         HAVING count(DISTINCT letter_id) > 1 ORDER BY 1",
        Disagreement::SharedMessageId,
    ),
];

/// Numbers of more than one letter.
const SHARED_NUMBERS: &str =
    "SELECT number FROM register GROUP BY number HAVING count(DISTINCT letter_id) > 1 ORDER BY 1";

/// What was approved or published is about the content there is; who did the
/// last of each is named in the row.
const NOTICES: &str = "
    SELECT number FROM notice_revision AS revision
    WHERE NOT EXISTS (
            SELECT 1 FROM notice_audit AS line
            WHERE line.number = revision.number AND line.act IN ('imported', 'drafted', 'replaced')
              AND line.content_sha256 = revision.content_sha256)
       OR (approved_by IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM notice_audit AS line
            WHERE line.number = revision.number AND line.act = 'approved'
              AND line.actor = approved_by AND line.at = approved_at
              AND line.content_sha256 = revision.content_sha256))
       OR (published_at IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM notice_audit AS line
            WHERE line.number = revision.number AND line.act IN ('published', 'imported')
              AND line.actor = published_by AND line.at = published_at))
    ORDER BY 1";

/// References and numbers have no gap: no letter is ever taken out. Whoever
/// went on with an older database let some be passed over.
async fn gaps(
    conn: &mut SqliteConnection,
    found: &mut Vec<Disagreement>,
) -> Result<(), StoreError> {
    let passed_over: Vec<Skipped> = acceptances(conn)
        .await?
        .into_iter()
        .map(|one| one.skipped)
        .collect();
    let references: Vec<(i64, i64)> = sqlx::query_as(
        "SELECT previous + 1, id - 1 FROM (
             SELECT id, lag(id, 1, 0) OVER (ORDER BY id) AS previous FROM letter)
         WHERE id <> previous + 1
         UNION ALL
         SELECT last + 1, seq FROM (
             SELECT seq, (SELECT coalesce(max(id), 0) FROM letter) AS last
             FROM sqlite_sequence WHERE name = 'letter')
         WHERE seq > last
         ORDER BY 1",
    )
    .fetch_all(&mut *conn)
    .await?;
    let known: Vec<(i64, i64)> = passed_over.iter().filter_map(Skipped::keys).collect();
    for gap in references {
        let missing = without(gap, &known).into_iter();
        found.extend(missing.map(|(first, last)| Disagreement::References(first, last)));
    }
    let numbers: Vec<(String, i64, i64, i64, i64)> = sqlx::query_as(
        "SELECT series, period, letters, highest, next FROM (
             SELECT letter.series, letter.period, count(*) AS letters,
                    max(serial) AS highest, coalesce(max(next), 0) AS next
             FROM letter
             LEFT JOIN series ON series.series = letter.series AND series.period = letter.period
             WHERE serial IS NOT NULL
             GROUP BY letter.series, letter.period)
         ORDER BY 1, 2",
    )
    .fetch_all(conn)
    .await?;
    for (series, period, letters, highest, next) in numbers {
        let ranges = passed_over.iter().flat_map(|skipped| &skipped.numbers);
        let ranges: Vec<(i64, i64)> = ranges
            .filter(|range| range.series == series && range.period == period)
            .map(|range| (range.first, range.last))
            .collect();
        let missing = without((1, highest), &ranges).into_iter();
        let expected: i64 = missing.map(|(first, last)| last - first + 1).sum();
        let last = ranges.iter().map(|range| range.1).fold(highest, i64::max);
        if letters != expected || next != last + 1 {
            found.push(Disagreement::Numbers {
                series,
                period,
                letters,
                highest,
                next,
            });
        }
    }
    Ok(())
}

/// What is left of a range without others; both ends belong to each.
fn without(range: (i64, i64), others: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let mut left = vec![range];
    for (first, last) in others {
        left = left
            .into_iter()
            .flat_map(|(from, to)| [(from, to.min(first - 1)), (from.max(last + 1), to)])
            .filter(|(from, to)| from <= to)
            .collect();
    }
    left
}

/// Flags and what was last done to each. Keys of before are read as they
/// would be made now.
async fn flags(
    conn: &mut SqliteConnection,
    found: &mut Vec<Disagreement>,
) -> Result<(), StoreError> {
    let lines: Vec<(String, String, String, String, String)> = sqlx::query_as(
        "SELECT member_key, flag, act, actor, at FROM member_flag_audit ORDER BY id",
    )
    .fetch_all(&mut *conn)
    .await?;
    let set: Vec<(String, String, String, String)> =
        sqlx::query_as("SELECT member_key, flag, set_by, set_at FROM member_flag")
            .fetch_all(conn)
            .await?;
    // What was done last under any writing of a number.
    let mut said: BTreeMap<(String, String), Vec<FlagLine>> = BTreeMap::new();
    for (key, flag, act, actor, at) in lines {
        let lines = said.entry((identity_key(&key), flag)).or_default();
        lines.push((act, actor, at));
    }
    for (key, flag, by, at) in set {
        let lines = said.remove(&(identity_key(&key), flag)).unwrap_or_default();
        let is_told =
            |(act, actor, line_at): &FlagLine| act == "set" && *actor == by && *line_at == at;
        if !lines.iter().any(is_told) {
            found.push(Disagreement::Flag(key));
        }
    }
    for ((key, _), lines) in said {
        if lines.last().is_some_and(|(act, _, _)| act == "set") {
            found.push(Disagreement::Flag(key));
        }
    }
    Ok(())
}

/// What was done to a flag, by whom and when.
type FlagLine = (String, String, String);

/// What the store says of a request in its several places, text for text.
#[derive(Debug, Clone, Deserialize)]
pub struct RequestSays {
    /// Key of the row.
    pub id: i64,
    /// Receipt number.
    pub receipt_number: String,
    /// Day the request bears, and the day it arrived.
    pub dates: (String, String),
    /// Role of the requester, category of the principal, and the desk.
    pub facts: (String, String, Option<String>),
    /// SHA-256 of its record.
    pub record_sha256: String,
    /// Its record as JSON, unless it is gone.
    pub record: Option<String>,
    /// Who added it, and when.
    pub added: (String, String),
    /// The same of the file it came with.
    pub taken_in: (Option<String>, Option<String>),
    /// Whether it is `open` or `closed`.
    pub status: String,
    /// Why it was closed, by whom and when.
    pub closed: (Option<String>, Option<String>, Option<String>),
    /// What it asks for, in the order of the words.
    pub rights: Vec<String>,
    /// What its history says: act, who, when, and the reason.
    pub history: Vec<(String, String, String, Option<String>)>,
    /// How many counterparts it named before it was amended are kept.
    pub former_counterparts: usize,
}

/// What the store says of at most `limit` requests after the one with key
/// `after`; the key alone of one that holds what no row of this program holds.
///
/// # Errors
/// When the store cannot be read.
pub async fn request_evidence(
    conn: &mut SqliteConnection,
    after: i64,
    limit: i64,
) -> Result<Vec<(i64, Option<RequestSays>)>, StoreError> {
    let found: Vec<u8> = sqlx::query_scalar(
        "SELECT CAST(json_group_array(json_object(
             'id', request.id, 'receipt_number', receipt_number,
             'dates', json_array(request_date, arrival_date),
             'facts', json_array(requester_role, principal_category, desk),
             'record_sha256', record_sha256,
             'record', (SELECT record FROM request_record WHERE request_id = request.id),
             'added', json_array(added_by, added_at),
             'taken_in', json_array(intake.queued_by, intake.queued_at),
             'status', status, 'closed', json_array(close_reason, closed_by, closed_at),
             'rights', json((SELECT json_group_array(right ORDER BY right) FROM request_right
                             WHERE request_id = request.id)),
             'history', json((SELECT json_group_array(json_array(act, actor, at, note) ORDER BY id)
                              FROM request_audit WHERE request_id = request.id)),
             'former_counterparts', (SELECT count(*) FROM former_counterpart AS former
                                     WHERE former.request_id = request.id
                                       AND json_valid(former.record))
         ) ORDER BY request.id) AS BLOB)
         FROM (SELECT * FROM request WHERE id > ? ORDER BY id LIMIT ?) AS request
         LEFT JOIN intake ON intake.id = request.intake_id",
    )
    .bind(after)
    .bind(limit)
    .fetch_one(conn)
    .await?;
    let found: Vec<Value> = serde_json::from_str(&String::from_utf8_lossy(&found))
        .map_err(|error| StoreError::Corrupt(format!("what is said of requests: {error}")))?;
    let key = |found: &Value| found.get("id").and_then(Value::as_i64);
    Ok(found
        .into_iter()
        .filter_map(|found| Some((key(&found)?, RequestSays::deserialize(found).ok())))
        .collect())
}

/// At most `limit` letters after the one with key `after`.
///
/// # Errors
/// When the store cannot be read.
pub async fn letter_ids(
    conn: &mut SqliteConnection,
    after: i64,
    limit: i64,
) -> Result<Vec<LetterId>, StoreError> {
    let keys: Vec<i64> =
        sqlx::query_scalar("SELECT id FROM letter WHERE id > ? ORDER BY id LIMIT ?")
            .bind(after)
            .bind(limit)
            .fetch_all(conn)
            .await?;
    Ok(keys.into_iter().map(LetterId::from_key).collect())
}

/// The number a letter was given.
#[derive(Debug, Clone)]
pub struct GivenNumber {
    /// The letter.
    pub letter: LetterId,
    /// The series.
    pub series: String,
    /// Its place in the series' period.
    pub serial: Option<i64>,
    /// It written out.
    pub number: Option<String>,
}

/// The numbers of at most `limit` letters that have one, after the letter with
/// key `after`.
///
/// # Errors
/// When the store cannot be read.
pub async fn numbers_given(
    conn: &mut SqliteConnection,
    after: i64,
    limit: i64,
) -> Result<Vec<GivenNumber>, StoreError> {
    let rows: Vec<(i64, String, Option<i64>, Option<String>)> = sqlx::query_as(
        "SELECT id, series, serial, number FROM letter
         WHERE id > ? AND (serial IS NOT NULL OR number IS NOT NULL) ORDER BY id LIMIT ?",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    let given = rows
        .into_iter()
        .map(|(key, series, serial, number)| GivenNumber {
            letter: LetterId::from_key(key),
            series,
            serial,
            number,
        });
    Ok(given.collect())
}

/// How many letters have a number and no entry in the register: their page
/// may be in the archive already.
///
/// # Errors
/// When the store cannot be read.
pub async fn numbered_unentered(conn: &mut SqliteConnection) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT count(*) FROM letter WHERE number IS NOT NULL AND NOT EXISTS (
             SELECT 1 FROM register WHERE letter_id = letter.id AND event = 'issued')",
    )
    .fetch_one(conn)
    .await?)
}

/// Of these SHA-256 those no letter and no entry of the register names as its
/// PDF.
///
/// # Errors
/// When the store cannot be read.
pub async fn unknown_pdfs(
    conn: &mut SqliteConnection,
    found: &[String],
) -> Result<Vec<String>, StoreError> {
    let mut known: Vec<String> = sqlx::query_scalar(
        "SELECT pdf_sha256 FROM letter WHERE pdf_sha256 IS NOT NULL
         UNION SELECT pdf_sha256 FROM register WHERE pdf_sha256 IS NOT NULL",
    )
    .fetch_all(conn)
    .await?;
    known.sort();
    let is_unknown = |sha256: &&String| known.binary_search(sha256).is_err();
    Ok(found.iter().filter(is_unknown).cloned().collect())
}
