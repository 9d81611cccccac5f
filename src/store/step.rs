//! The steps of the night: what one letter's way through it writes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use sqlx::{Row, SqliteConnection};

use super::letter::letter_row;
use super::register::{NewEntry, append};
use super::{LetterRow, StoreError};
use crate::domain::{Event, LetterId, State};

/// Who the audit names for the night's own steps.
const NIGHT: &str = "night";

/// A letter the night has taken on.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// Its row, with the attempt this claim gave it.
    pub letter: LetterRow,
    /// Its record as JSON.
    pub record: String,
}

impl Claimed {
    /// Whether the letter was in hand before when the program died: it may be
    /// the cause.
    pub fn is_suspect(&self) -> bool {
        self.letter.render_tries > 1
    }
}

/// What is known of a finished page run.
#[derive(Debug, Clone)]
pub struct RenderedFacts {
    /// `/data.json` as the template saw it.
    pub data: Vec<u8>,
    /// SHA-256 of it.
    pub data_sha256: String,
    /// SHA-256 of the template set.
    pub set_sha256: String,
    /// SHA-256 of the fonts.
    pub fonts_sha256: String,
    /// Name and version of the engine.
    pub engine: String,
    /// SHA-256 of the PDF.
    pub pdf_sha256: String,
    /// Its size in bytes.
    pub pdf_bytes: i64,
    /// Its pages.
    pub pages: i64,
}

/// One step of one letter.
#[derive(Debug, Clone)]
pub enum Step {
    /// The page came out.
    Rendered(Box<RenderedFacts>),
    /// The PDF is in the archive; enters the register.
    Archived,
    /// The recall window ended.
    Released,
    /// The mail server is about to be spoken to.
    HandoverBegins {
        /// The Message-ID of this hand-over.
        message_id: String,
    },
    /// The hand-over certainly did not happen and may be tried again.
    HandoverUndone,
    /// The mail server took it.
    Sent,
    /// It stays in the archive, as asked.
    Filed,
    /// The answer was lost.
    LostAnswer {
        /// For staff, in Japanese.
        reason: String,
        /// For staff, in Japanese.
        next_step: String,
    },
    /// It was certainly not delivered.
    Failed {
        /// For staff, in Japanese.
        reason: String,
        /// For staff, in Japanese.
        next_step: String,
    },
    /// A person must look.
    Parked {
        /// For staff, in Japanese.
        reason: String,
        /// For staff, in Japanese.
        next_step: String,
    },
}

/// Why a step did not happen.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// The letter is no longer where the night left it: staff held or
    /// cancelled it in the meantime. Nothing was changed.
    #[error("letter {0} was taken out of the night's hands")]
    Overtaken(LetterId),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes on at most `limit` letters after the one with key `after` whose
/// batch is of `until` or earlier and that are on their way. Each gets a new
/// attempt.
pub(super) async fn claim(
    conn: &mut SqliteConnection,
    until: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<Claimed>, StoreError> {
    let next = sqlx::query(
        "SELECT id, render_tries FROM letter
         WHERE id > ?
           AND state IN ('numbered', 'rendered', 'archived', 'released')
           AND batch_date <= ?
         ORDER BY id
         LIMIT ?",
    )
    .bind(after)
    .bind(until)
    .bind(limit)
    .fetch_all(&mut *conn)
    .await?;
    // A suspect is taken on alone, so that a second crash counts against one
    // letter and not against all that happened to be in hand.
    let mut keys: Vec<i64> = Vec::new();
    for row in &next {
        let suspect = row.get::<i64, _>("render_tries") > 0;
        if suspect && !keys.is_empty() {
            break;
        }
        keys.push(row.get("id"));
        if suspect {
            break;
        }
    }
    let rows = sqlx::query(
        "UPDATE letter
         SET attempt = attempt + 1,
             render_tries = render_tries + (state IN ('numbered', 'rendered'))
         WHERE id IN (SELECT value FROM json_each(?))
         RETURNING *,
             (SELECT record FROM letter_record WHERE letter_id = letter.id) AS record",
    )
    .bind(json!(keys).to_string())
    .fetch_all(conn)
    .await?;
    let mut claimed = rows
        .iter()
        .map(|row| {
            Ok(Claimed {
                letter: letter_row(row)?,
                record: row.get("record"),
            })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    // RETURNING promises no order.
    claimed.sort_by_key(|claimed| claimed.letter.id);
    Ok(claimed)
}

/// Marks letters whose hand-over had begun but has no outcome, because the
/// program ended in between. Returns how many there were.
///
/// # Errors
/// When the store cannot be written.
pub async fn recover_handovers(
    conn: &mut SqliteConnection,
    at: &str,
    reason: &str,
    next_step: &str,
) -> Result<u64, StoreError> {
    sqlx::query(
        "INSERT INTO audit (at, letter_id, actor, from_state, to_state, note)
         SELECT ?, id, ?, 'released', 'unknown', 'interrupted hand-over'
         FROM letter
         WHERE state = 'released' AND handover_at IS NOT NULL",
    )
    .bind(at)
    .bind(NIGHT)
    .execute(&mut *conn)
    .await?;
    let done = sqlx::query(
        "UPDATE letter
         SET state = 'unknown', reason = ?, next_step = ?
         WHERE state = 'released' AND handover_at IS NOT NULL",
    )
    .bind(reason)
    .bind(next_step)
    .execute(&mut *conn)
    .await?;
    Ok(done.rows_affected())
}

/// One letter's steps on their way into the store, in their order; they
/// happen in one transaction.
pub(super) struct Request {
    pub letter: LetterId,
    pub from: State,
    pub attempt: i64,
    pub steps: Vec<Step>,
}

/// One step of one letter, with the state it starts from.
struct Move<'a> {
    letter: LetterId,
    from: State,
    to: State,
    attempt: i64,
    step: &'a Step,
}

/// Applies the steps of several letters, each of which appears once. A
/// request whose letter has another state or attempt by now changes nothing
/// and is reported as overtaken.
///
/// Steps of one sort go through one statement whatever their number: their
/// values travel as a JSON array. A statement a letter and step would cost
/// more than the work itself.
pub(super) async fn apply(
    conn: &mut SqliteConnection,
    requests: &[Request],
    at: &str,
) -> Result<Vec<Result<(), StepError>>, StoreError> {
    let mut standing: Vec<Option<State>> = requests.iter().map(|r| Some(r.from)).collect();
    let rounds = requests.iter().map(|r| r.steps.len()).max().unwrap_or(0);
    for round in 0..rounds {
        let mut moves = Vec::new();
        for (request, state) in requests.iter().zip(&standing) {
            // A step the rules do not know for this state is left out and so
            // reported as overtaken.
            if let (Some(step), Some(from)) = (request.steps.get(round), *state)
                && let Ok(to) = from.after(event_of(step))
            {
                moves.push(Move {
                    letter: request.letter,
                    from,
                    to,
                    attempt: request.attempt,
                    step,
                });
            }
        }
        let done = apply_round(conn, &moves, at).await?;
        for (request, state) in requests.iter().zip(&mut standing) {
            if request.steps.get(round).is_some() {
                let key = request.letter.key();
                *state = moves
                    .iter()
                    .find(|step| step.letter.key() == key && done.contains(&key))
                    .map(|step| step.to);
            }
        }
    }
    Ok(requests
        .iter()
        .zip(&standing)
        .map(|(request, state)| match state {
            Some(_) => Ok(()),
            None => Err(StepError::Overtaken(request.letter)),
        })
        .collect())
}

/// Applies one step of each letter and returns the keys of those it happened
/// to.
async fn apply_round(
    conn: &mut SqliteConnection,
    moves: &[Move<'_>],
    at: &str,
) -> Result<BTreeSet<i64>, StoreError> {
    let mut sorts: BTreeMap<Sort, Vec<Value>> = BTreeMap::new();
    for step in moves {
        let (sort, row) = row_of(step);
        sorts.entry(sort).or_default().push(row);
    }
    let mut done = BTreeSet::new();
    for (sort, rows) in sorts {
        let sql = match sort {
            Sort::Rendered => RENDERED,
            Sort::Archived => ARCHIVED,
            Sort::Moved => MOVED,
            Sort::Handover => HANDOVER,
            Sort::Stopped => STOPPED,
        };
        let keys: Vec<i64> = sqlx::query_scalar(sql)
            .bind(Value::from(rows).to_string())
            .bind(at)
            .fetch_all(&mut *conn)
            .await?;
        done.extend(keys);
    }
    after_effects(conn, moves, &done, at).await?;
    Ok(done)
}

/// Which statement a step goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sort {
    Rendered,
    Archived,
    Moved,
    Handover,
    Stopped,
}

const RENDERED: &str = "
    UPDATE letter
    SET state = row.value ->> 'to',
        render_tries = 0,
        data_sha256 = row.value ->> 'data_sha256',
        set_sha256 = row.value ->> 'set_sha256',
        fonts_sha256 = row.value ->> 'fonts_sha256',
        engine = row.value ->> 'engine',
        pdf_sha256 = row.value ->> 'pdf_sha256',
        pdf_bytes = row.value ->> 'pdf_bytes',
        pages = row.value ->> 'pages'
    FROM json_each(?1) AS row
    WHERE letter.id = row.value ->> 'id'
      AND letter.state = row.value ->> 'from'
      AND letter.attempt = row.value ->> 'attempt'
      AND ?2 IS NOT NULL
    RETURNING letter.id";

/// The place in the register follows in the same transaction.
const ARCHIVED: &str = "
    UPDATE letter
    SET state = row.value ->> 'to'
    FROM json_each(?1) AS row
    WHERE letter.id = row.value ->> 'id'
      AND letter.state = row.value ->> 'from'
      AND letter.attempt = row.value ->> 'attempt'
      AND ?2 IS NOT NULL
    RETURNING letter.id";

const MOVED: &str = "
    UPDATE letter
    SET state = row.value ->> 'to',
        reason = row.value ->> 'reason',
        next_step = row.value ->> 'next_step'
    FROM json_each(?1) AS row
    WHERE letter.id = row.value ->> 'id'
      AND letter.state = row.value ->> 'from'
      AND letter.attempt = row.value ->> 'attempt'
      AND ?2 IS NOT NULL
    RETURNING letter.id";

/// Begins a hand-over that has not begun, or undoes one that has.
const HANDOVER: &str = "
    UPDATE letter
    SET message_id = row.value ->> 'message_id',
        handover_at = CASE WHEN row.value ->> 'message_id' IS NULL THEN NULL ELSE ?2 END
    FROM json_each(?1) AS row
    WHERE letter.id = row.value ->> 'id'
      AND letter.state = row.value ->> 'from'
      AND letter.attempt = row.value ->> 'attempt'
      AND (letter.handover_at IS NULL) = (row.value ->> 'message_id' IS NOT NULL)
    RETURNING letter.id";

/// Parks or fails a letter; it can go on from where it stopped.
const STOPPED: &str = "
    UPDATE letter
    SET state = row.value ->> 'to',
        resume_state = row.value ->> 'from',
        reason = row.value ->> 'reason',
        next_step = row.value ->> 'next_step',
        message_id = NULL,
        handover_at = NULL
    FROM json_each(?1) AS row
    WHERE letter.id = row.value ->> 'id'
      AND letter.state = row.value ->> 'from'
      AND letter.attempt = row.value ->> 'attempt'
      AND ?2 IS NOT NULL
    RETURNING letter.id";

fn row_of(step: &Move<'_>) -> (Sort, Value) {
    let mut row = json!({
        "id": step.letter.key(),
        "from": step.from.as_str(),
        "attempt": step.attempt,
        "to": step.to.as_str(),
    });
    let sort = match step.step {
        Step::Rendered(facts) => {
            row["data_sha256"] = json!(facts.data_sha256);
            row["set_sha256"] = json!(facts.set_sha256);
            row["fonts_sha256"] = json!(facts.fonts_sha256);
            row["engine"] = json!(facts.engine);
            row["pdf_sha256"] = json!(facts.pdf_sha256);
            row["pdf_bytes"] = json!(facts.pdf_bytes);
            row["pages"] = json!(facts.pages);
            Sort::Rendered
        }
        Step::Archived => Sort::Archived,
        Step::Released | Step::Sent | Step::Filed => Sort::Moved,
        Step::LostAnswer { reason, next_step } => {
            row["reason"] = json!(reason);
            row["next_step"] = json!(next_step);
            Sort::Moved
        }
        Step::HandoverBegins { message_id } => {
            row["message_id"] = json!(message_id);
            Sort::Handover
        }
        Step::HandoverUndone => Sort::Handover,
        Step::Failed { reason, next_step } | Step::Parked { reason, next_step } => {
            row["reason"] = json!(reason);
            row["next_step"] = json!(next_step);
            Sort::Stopped
        }
    };
    (sort, row)
}

/// What belongs to the steps that happened: the data a page was set from, the
/// register entries and the audit.
async fn after_effects(
    conn: &mut SqliteConnection,
    moves: &[Move<'_>],
    done: &BTreeSet<i64>,
    at: &str,
) -> Result<(), StoreError> {
    let mut data = Vec::new();
    let mut archived = Vec::new();
    let mut audit = Vec::new();
    for step in moves {
        let key = step.letter.key();
        if !done.contains(&key) {
            continue;
        }
        match step.step {
            Step::Rendered(facts) => data.push(json!({
                "id": key,
                "data": String::from_utf8_lossy(&facts.data),
            })),
            Step::Archived => archived.push(key),
            Step::Released
            | Step::HandoverBegins { .. }
            | Step::HandoverUndone
            | Step::Sent
            | Step::Filed
            | Step::LostAnswer { .. }
            | Step::Failed { .. }
            | Step::Parked { .. } => {}
        }
        if step.to != step.from {
            audit.push(json!({
                "id": key,
                "from": step.from.as_str(),
                "to": step.to.as_str(),
            }));
        }
    }
    if !data.is_empty() {
        sqlx::query(
            "INSERT OR REPLACE INTO letter_data (letter_id, data)
             SELECT value ->> 'id', CAST(value ->> 'data' AS BLOB) FROM json_each(?)",
        )
        .bind(Value::from(data).to_string())
        .execute(&mut *conn)
        .await?;
    }
    if !archived.is_empty() {
        issue(conn, &archived, at).await?;
    }
    if !audit.is_empty() {
        sqlx::query(
            "INSERT INTO audit (at, letter_id, actor, from_state, to_state)
             SELECT ?, value ->> 'id', ?, value ->> 'from', value ->> 'to' FROM json_each(?)",
        )
        .bind(at)
        .bind(NIGHT)
        .bind(Value::from(audit).to_string())
        .execute(conn)
        .await?;
    }
    Ok(())
}

/// Enters letters into the register, in the order of their references.
async fn issue(conn: &mut SqliteConnection, keys: &[i64], at: &str) -> Result<(), StoreError> {
    let rows = sqlx::query(
        "SELECT id, number, kind, outcome, issue_date, data_sha256, pdf_sha256, pdf_bytes
         FROM letter
         WHERE id IN (SELECT value FROM json_each(?))
         ORDER BY id",
    )
    .bind(json!(keys).to_string())
    .fetch_all(&mut *conn)
    .await?;
    let entries = rows
        .iter()
        .map(|row| NewEntry {
            event: "issued",
            letter: LetterId::from_key(row.get("id")),
            number: row.get("number"),
            kind: row.get("kind"),
            outcome: row.get("outcome"),
            issue_date: row.get("issue_date"),
            data_sha256: row.get("data_sha256"),
            pdf_sha256: row.get("pdf_sha256"),
            pdf_bytes: row.get("pdf_bytes"),
            entered_at: at,
        })
        .collect::<Vec<_>>();
    append(conn, &entries).await?;
    sqlx::query(
        "UPDATE letter
         SET register_seq = register.seq
         FROM register
         WHERE letter.id IN (SELECT value FROM json_each(?))
           AND register.letter_id = letter.id
           AND register.event = 'issued'",
    )
    .bind(json!(keys).to_string())
    .execute(conn)
    .await?;
    Ok(())
}

/// The event behind a step; the two hand-over marks do not change the state,
/// they only happen to a released letter.
fn event_of(step: &Step) -> Event {
    match step {
        Step::Rendered(_) => Event::Render,
        Step::Archived => Event::Archive,
        Step::Released => Event::Release,
        Step::HandoverBegins { .. } | Step::HandoverUndone => Event::BeginHandover,
        Step::Sent => Event::Send,
        Step::Filed => Event::File,
        Step::LostAnswer { .. } => Event::LoseAnswer,
        Step::Failed { .. } => Event::Fail,
        Step::Parked { .. } => Event::Park,
    }
}
