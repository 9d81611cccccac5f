//! The night takes letters on, and settles what an earlier night left open.

use sqlx::{Row, SqliteConnection};

use super::letter::letter_row;
use super::step::NIGHT;
use super::{LetterRow, StoreError, as_json};

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

/// Takes on at most `limit` letters after the one with key `after` whose
/// batch is of `until` or earlier and that are on their way. Each gets a new
/// attempt.
pub(super) async fn claim(
    conn: &mut SqliteConnection,
    until: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<Claimed>, StoreError> {
    let next: String = sqlx::query_scalar(
        "SELECT json_group_array(json_array(id, render_tries) ORDER BY id) FROM (
             SELECT id, render_tries FROM letter
             WHERE id > ?
               AND state IN ('numbered', 'rendered', 'archived', 'released')
               AND batch_date <= ?
             ORDER BY id
             LIMIT ?)",
    )
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
    let rows = sqlx::query(
        "UPDATE letter
         SET attempt = attempt + 1,
             render_tries = render_tries + (state IN ('numbered', 'rendered'))
         WHERE id IN (SELECT value FROM json_each(?))
         RETURNING *,
             (SELECT record FROM letter_record WHERE letter_id = letter.id) AS record",
    )
    .bind(as_json(&keys))
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
