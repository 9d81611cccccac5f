//! The steps of the night: what one letter's way through it writes.

use sqlx::{Row, SqliteConnection};

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
    let keys: Vec<i64> = sqlx::query_scalar(
        "SELECT id FROM letter
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
    let mut claimed = Vec::with_capacity(keys.len());
    for key in keys {
        sqlx::query(
            "UPDATE letter
             SET attempt = attempt + 1,
                 render_tries = render_tries + (state IN ('numbered', 'rendered'))
             WHERE id = ?",
        )
        .bind(key)
        .execute(&mut *conn)
        .await?;
        let id = LetterId::from_key(key);
        let letter = super::letter::letter(conn, id)
            .await?
            .ok_or_else(|| StoreError::Corrupt(format!("letter {id}")))?;
        let record = super::letter::record_of(conn, id).await?;
        claimed.push(Claimed { letter, record });
    }
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

/// Applies one step to the letter with this reference, if it still has this
/// state and attempt.
pub(super) async fn apply(
    conn: &mut SqliteConnection,
    id: LetterId,
    from: State,
    attempt: i64,
    step: &Step,
    at: &str,
) -> Result<(), StepError> {
    let to = match from.after(event_of(step)) {
        Ok(to) => to,
        Err(_) => return Err(StepError::Overtaken(id)),
    };
    let place = Place {
        id,
        from,
        to,
        attempt,
        at,
    };
    match step {
        Step::Rendered(facts) => rendered(conn, &place, facts).await?,
        Step::Archived => archived(conn, &place).await?,
        Step::HandoverBegins { message_id } => {
            let done = sqlx::query(
                "UPDATE letter SET message_id = ?, handover_at = ?
                 WHERE id = ? AND state = ? AND attempt = ? AND handover_at IS NULL",
            )
            .bind(message_id)
            .bind(at)
            .bind(id.key())
            .bind(from.as_str())
            .bind(attempt)
            .execute(&mut *conn)
            .await;
            place.happened(done)?;
        }
        Step::HandoverUndone => {
            let done = sqlx::query(
                "UPDATE letter SET message_id = NULL, handover_at = NULL
                 WHERE id = ? AND state = ? AND attempt = ?",
            )
            .bind(id.key())
            .bind(from.as_str())
            .bind(attempt)
            .execute(&mut *conn)
            .await;
            place.happened(done)?;
        }
        Step::Released | Step::Sent | Step::Filed => moved(conn, &place, None, None).await?,
        Step::LostAnswer { reason, next_step } => {
            moved(conn, &place, Some(reason), Some(next_step)).await?;
        }
        Step::Failed { reason, next_step } | Step::Parked { reason, next_step } => {
            stopped(conn, &place, reason, next_step).await?;
        }
    }
    if from != to {
        place.audit(conn).await?;
    }
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

struct Place<'a> {
    id: LetterId,
    from: State,
    to: State,
    attempt: i64,
    at: &'a str,
}

impl Place<'_> {
    fn happened(
        &self,
        done: Result<sqlx::sqlite::SqliteQueryResult, sqlx::Error>,
    ) -> Result<(), StepError> {
        let done = done.map_err(StoreError::from)?;
        if done.rows_affected() == 1 {
            Ok(())
        } else {
            Err(StepError::Overtaken(self.id))
        }
    }

    async fn audit(&self, conn: &mut SqliteConnection) -> Result<(), StepError> {
        sqlx::query(
            "INSERT INTO audit (at, letter_id, actor, from_state, to_state)
             VALUES (?, ?, ?, ?, ?)",
        )
        .bind(self.at)
        .bind(self.id.key())
        .bind(NIGHT)
        .bind(self.from.as_str())
        .bind(self.to.as_str())
        .execute(conn)
        .await
        .map_err(StoreError::from)?;
        Ok(())
    }
}

async fn rendered(
    conn: &mut SqliteConnection,
    place: &Place<'_>,
    facts: &RenderedFacts,
) -> Result<(), StepError> {
    let done = sqlx::query(
        "UPDATE letter
         SET state = ?, render_tries = 0, data_sha256 = ?, set_sha256 = ?, fonts_sha256 = ?,
             engine = ?, pdf_sha256 = ?, pdf_bytes = ?, pages = ?
         WHERE id = ? AND state = ? AND attempt = ?",
    )
    .bind(place.to.as_str())
    .bind(&facts.data_sha256)
    .bind(&facts.set_sha256)
    .bind(&facts.fonts_sha256)
    .bind(&facts.engine)
    .bind(&facts.pdf_sha256)
    .bind(facts.pdf_bytes)
    .bind(facts.pages)
    .bind(place.id.key())
    .bind(place.from.as_str())
    .bind(place.attempt)
    .execute(&mut *conn)
    .await;
    place.happened(done)?;
    sqlx::query("INSERT OR REPLACE INTO letter_data (letter_id, data) VALUES (?, ?)")
        .bind(place.id.key())
        .bind(&facts.data)
        .execute(&mut *conn)
        .await
        .map_err(StoreError::from)?;
    Ok(())
}

async fn archived(conn: &mut SqliteConnection, place: &Place<'_>) -> Result<(), StepError> {
    let row = sqlx::query(
        "UPDATE letter SET state = ?
         WHERE id = ? AND state = ? AND attempt = ?
         RETURNING number, kind, outcome, issue_date, data_sha256, pdf_sha256, pdf_bytes",
    )
    .bind(place.to.as_str())
    .bind(place.id.key())
    .bind(place.from.as_str())
    .bind(place.attempt)
    .fetch_optional(&mut *conn)
    .await
    .map_err(StoreError::from)?
    .ok_or(StepError::Overtaken(place.id))?;
    let seq = append(
        conn,
        &NewEntry {
            event: "issued",
            letter: place.id,
            number: row.get("number"),
            kind: row.get("kind"),
            outcome: row.get("outcome"),
            issue_date: row.get("issue_date"),
            data_sha256: row.get("data_sha256"),
            pdf_sha256: row.get("pdf_sha256"),
            pdf_bytes: row.get("pdf_bytes"),
            entered_at: place.at,
        },
    )
    .await?;
    sqlx::query("UPDATE letter SET register_seq = ? WHERE id = ?")
        .bind(seq)
        .bind(place.id.key())
        .execute(conn)
        .await
        .map_err(StoreError::from)?;
    Ok(())
}

async fn moved(
    conn: &mut SqliteConnection,
    place: &Place<'_>,
    reason: Option<&str>,
    next_step: Option<&str>,
) -> Result<(), StepError> {
    let done = sqlx::query(
        "UPDATE letter SET state = ?, reason = ?, next_step = ?
         WHERE id = ? AND state = ? AND attempt = ?",
    )
    .bind(place.to.as_str())
    .bind(reason)
    .bind(next_step)
    .bind(place.id.key())
    .bind(place.from.as_str())
    .bind(place.attempt)
    .execute(conn)
    .await;
    place.happened(done)
}

/// Parks or fails a letter; it can go on from where it stopped.
async fn stopped(
    conn: &mut SqliteConnection,
    place: &Place<'_>,
    reason: &str,
    next_step: &str,
) -> Result<(), StepError> {
    let done = sqlx::query(
        "UPDATE letter
         SET state = ?, resume_state = ?, reason = ?, next_step = ?,
             message_id = NULL, handover_at = NULL
         WHERE id = ? AND state = ? AND attempt = ?",
    )
    .bind(place.to.as_str())
    .bind(place.from.as_str())
    .bind(reason)
    .bind(next_step)
    .bind(place.id.key())
    .bind(place.from.as_str())
    .bind(place.attempt)
    .execute(conn)
    .await;
    place.happened(done)
}
