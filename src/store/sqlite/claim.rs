//! The night takes letters on, and settles what an earlier night left open.

use std::fmt::Display;
use std::str::FromStr;

use chrono::NaiveDate;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use sqlx::{AssertSqlSafe, SqliteConnection};

use super::in_charge::{SEEN, seen_until};
use super::safeguard::{Answering, HAS_FACTS, KEEPS_BACK, TOLD_UNTIL, answered, values};
use super::step::NIGHT;
use super::types::{day, one_of};
use super::{StoreError, as_json, attempt};
use crate::domain::{AnsweredRequest, Delivery, HandedTo, LetterId, Reason, State};

/// A letter the night has taken on: what it needs to know of it.
#[derive(Debug, Clone, Deserialize)]
pub struct Claimed {
    /// Reference.
    #[serde(deserialize_with = "from_key")]
    pub id: LetterId,
    /// Code of the kind.
    pub kind: String,
    /// Code of the outcome.
    pub outcome: String,
    /// Where it stands.
    #[serde(deserialize_with = "from_word")]
    pub state: State,
    /// The attempt this claim gave it.
    pub attempt: i64,
    /// Render attempts since the last one that succeeded.
    pub render_tries: i64,
    /// How it goes; one whose way cannot be read stays in the archive.
    #[serde(deserialize_with = "from_way")]
    pub delivery: Delivery,
    /// Document number.
    pub number: Option<String>,
    /// Date printed on it; none where it cannot be read, which concerns this
    /// letter alone.
    #[serde(deserialize_with = "from_day")]
    pub issue_date: Option<NaiveDate>,
    /// Hash of its PDF, which is its name in the archive, once it is there.
    pub pdf_sha256: Option<String>,
    /// Message-ID of its earlier attempts to be handed over, if there were
    /// any.
    pub message_id: Option<String>,
    /// The part of its Message-ID that nobody can guess.
    pub message_token: String,
    /// Attempts to hand it over so far.
    pub rounds: i64,
    /// Its record as the store has it: JSON, unless it was damaged since.
    pub record: String,
    /// The member a notification is addressed to.
    pub recipient: Option<String>,
    /// The last file whose registrations whoever queued it was told of.
    pub told_until: i64,
    /// What its history says last of the person in charge having looked at it.
    seen: Option<String>,
    /// The version of flags and counterparts when it was taken on.
    pub version: i64,
    /// The registered requests it answers.
    #[serde(skip)]
    pub answered: Vec<AnsweredRequest>,
    /// The request it belongs to, and the file it came with.
    request: Option<i64>,
    intake: i64,
    /// Whether that request was registered by mistake.
    #[serde(deserialize_with = "from_number")]
    of_mistaken: bool,
    /// SHA-256 the record had when it was queued.
    pub record_sha256: String,
}

fn from_key<'de, D: Deserializer<'de>>(key: D) -> Result<LetterId, D::Error> {
    i64::deserialize(key).map(LetterId::from_key)
}

fn from_number<'de, D: Deserializer<'de>>(number: D) -> Result<bool, D::Error> {
    i64::deserialize(number).map(|number| number != 0)
}

fn from_day<'de, D: Deserializer<'de>>(text: D) -> Result<Option<NaiveDate>, D::Error> {
    Option::<String>::deserialize(text).map(|text| day(&text?))
}

fn from_word<'de, T, D>(word: D) -> Result<T, D::Error>
where
    T: FromStr<Err: Display>,
    D: Deserializer<'de>,
{
    let word = String::deserialize(word)?;
    word.parse().map_err(D::Error::custom)
}

/// A way that cannot be read concerns its letter alone, which differs then
/// from its record and is parked.
fn from_way<'de, D: Deserializer<'de>>(word: D) -> Result<Delivery, D::Error> {
    let word = String::deserialize(word)?;
    Ok(word.parse().unwrap_or(Delivery::Archive))
}

impl Answering {
    fn of(letter: &Claimed) -> Self {
        let record = values(letter.record.as_bytes());
        let receipt = record.get("receipt_number").and_then(Value::as_str);
        Answering {
            letter: letter.id.key(),
            request: letter.request,
            intake: letter.intake,
            receipt: receipt.map(str::to_owned),
        }
    }
}

impl Claimed {
    /// The last file whose registrations the person in charge could know of
    /// who looked at it, if one did.
    pub fn seen_until(&self) -> Option<i64> {
        self.seen.as_deref().and_then(seen_until)
    }

    /// Whether the letter was in hand before when the program died: it may be
    /// the cause.
    pub fn is_suspect(&self) -> bool {
        self.render_tries > 1
    }
}

/// A letter is to be made, or goes by no mail and is to be laid where it
/// belongs. In the words of the index of letters on their way, so that it is
/// used.
pub(super) fn to_be_made() -> String {
    format!(
        "state IN {} AND (state IN {} OR delivery <> 'mail')",
        one_of(&State::ON_THE_WAY),
        one_of(&State::TO_MAKE)
    )
}

/// A mail is made and waits to go out; in the words of the same index.
pub(super) fn waits_to_go() -> String {
    format!(
        "state IN {} AND state IN {} AND delivery = 'mail' AND handover_at IS NULL",
        one_of(&State::ON_THE_WAY),
        one_of(&State::TO_GO)
    )
}

/// Takes on at most `limit` letters after the one with key `after` whose
/// batch is of `until` or earlier and that are still to be made. Each gets a
/// new attempt.
pub(super) async fn claim(
    conn: &mut SqliteConnection,
    until: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<Claimed>, StoreError> {
    let keys = next_in_line(conn, until, after, limit).await?;
    claim_these(conn, &keys).await
}

/// Takes on these mails, as far as they still wait to go out. Each gets a new
/// attempt.
pub(super) async fn claim_to_go(
    conn: &mut SqliteConnection,
    keys: &[i64],
) -> Result<Vec<Claimed>, StoreError> {
    let waiting: Vec<i64> = sqlx::query_scalar(AssertSqlSafe(format!(
        "SELECT id FROM letter WHERE id IN (SELECT value FROM json_each(?)) AND {} ORDER BY id",
        waits_to_go()
    )))
    .bind(as_json(&keys))
    .fetch_all(&mut *conn)
    .await?;
    claim_these(conn, &waiting).await
}

async fn claim_these(
    conn: &mut SqliteConnection,
    keys: &[i64],
) -> Result<Vec<Claimed>, StoreError> {
    let (mut claimed, keeps_back) = take_on(conn, keys).await?;
    // With nothing to hold a letter against it is of no matter which requests
    // it answers. Whatever is registered later has another version, and a
    // letter that is held against that is looked at anew.
    let answering: Vec<Answering> = claimed
        .iter()
        .filter(|letter| keeps_back || letter.of_mistaken)
        .map(Answering::of)
        .collect();
    let mut answers = answered(conn, &answering).await?;
    for letter in &mut claimed {
        letter.answered = answers.remove(&letter.id.key()).unwrap_or_default();
    }
    Ok(claimed)
}

/// The keys of the letters that are taken on together.
async fn next_in_line(
    conn: &mut SqliteConnection,
    until: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<i64>, StoreError> {
    let next: String = sqlx::query_scalar(AssertSqlSafe(format!(
        "SELECT json_group_array(json_array(id, render_tries) ORDER BY id) FROM (
             SELECT id, render_tries FROM letter
             WHERE id > ? AND {} AND batch_date <= ?
             ORDER BY id
             LIMIT ?)",
        to_be_made()
    )))
    .bind(after)
    .bind(until)
    .bind(limit)
    .fetch_one(&mut *conn)
    .await?;
    let next: Vec<(i64, i64)> = serde_json::from_str(&next)
        .map_err(|error| StoreError::Corrupt(format!("letters to claim: {error}")))?;
    // A suspect is taken on alone, so that a second crash counts against one
    // letter and not against all that happened to be in hand.
    let mut keys: Vec<i64> = Vec::new();
    for (key, render_tries) in next {
        let suspect = render_tries > 0;
        if suspect && !keys.is_empty() {
            break;
        }
        keys.push(key);
        if suspect {
            break;
        }
    }
    Ok(keys)
}

/// Gives these letters a new attempt and reads them, and whether there is
/// anything registered that keeps letters back.
async fn take_on(
    conn: &mut SqliteConnection,
    keys: &[i64],
) -> Result<(Vec<Claimed>, bool), StoreError> {
    let before_page = one_of(&State::BEFORE_PAGE);
    // One call, and an answer of one row: every call and every row wakes a
    // thread, which takes the processor from a renderer. As bytes, for damaged
    // text may be none at all.
    let (claimed, keeps_back): (Vec<u8>, bool) = sqlx::query_as(AssertSqlSafe(format!(
        "UPDATE letter
         SET attempt = attempt + 1,
             render_tries = render_tries + (state IN {before_page}),
             message_token = coalesce(message_token, lower(hex(randomblob(16))))
         WHERE id IN (SELECT value FROM json_each(?1));

         SELECT CAST(json_group_array(json_object(
             'id', id, 'kind', kind, 'outcome', outcome, 'state', state, 'attempt', attempt,
             'render_tries', render_tries, 'delivery', delivery, 'number', number,
             'issue_date', issue_date, 'pdf_sha256', pdf_sha256,
             'message_id', (SELECT message_id FROM attempt
                            WHERE attempt.letter_id = letter.id ORDER BY round DESC LIMIT 1),
             'message_token', message_token, 'rounds', rounds,
             'record', coalesce(record, ''),
             'record_sha256', record_sha256,
             'recipient', (SELECT recipient_key FROM notification
                           WHERE notification.letter_id = letter.id),
             'told_until', {TOLD_UNTIL}, 'seen', {SEEN}, 'version', (SELECT version FROM safeguard),
             'request', request_id, 'intake', intake_id,
             'of_mistaken', EXISTS (SELECT 1 FROM request WHERE request.id = request_id
                                    AND close_reason = 'mistaken')
         ) ORDER BY id) AS BLOB), {KEEPS_BACK} OR {HAS_FACTS}
         FROM letter LEFT JOIN letter_record ON letter_record.letter_id = id
         WHERE id IN (SELECT value FROM json_each(?1))"
    )))
    .bind(as_json(&keys))
    .fetch_one(&mut *conn)
    .await?;
    let claimed: Vec<Claimed> = serde_json::from_str(&String::from_utf8_lossy(&claimed))
        .map_err(|error| StoreError::Corrupt(format!("letters taken on: {error}")))?;
    Ok((claimed, keeps_back))
}

/// Marks letters whose hand-over to this place had begun but has no outcome,
/// because the program ended in between. Returns how many there were.
///
/// # Errors
/// When the store cannot be written.
pub async fn recover_handovers(
    conn: &mut SqliteConnection,
    at: &str,
    to: HandedTo,
) -> Result<u64, StoreError> {
    attempt::lose(conn, at, to).await?;
    // One of before has no place; it is told of as if it were the server's.
    sqlx::query(
        "INSERT INTO audit (at, letter_id, actor, from_state, to_state, note)
         SELECT ?, id, ?, 'released', 'unknown', 'interrupted hand-over'
         FROM letter
         WHERE state = 'released' AND handover_at IS NOT NULL
           AND coalesce(handed_to, 'gateway') = ?",
    )
    .bind(at)
    .bind(NIGHT)
    .bind(to.as_str())
    .execute(&mut *conn)
    .await?;
    let done = sqlx::query(
        "UPDATE letter
         SET state = 'unknown', reason = ?, next_step = NULL
         WHERE state = 'released' AND handover_at IS NOT NULL
           AND coalesce(handed_to, 'gateway') = ?",
    )
    .bind(as_json(&Reason::HandoverInterrupted { to }))
    .bind(to.as_str())
    .execute(&mut *conn)
    .await?;
    Ok(done.rows_affected())
}
