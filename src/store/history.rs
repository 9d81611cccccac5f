//! A letter's history, as it is read back.

use sqlx::{Row, SqliteConnection};

use super::StoreError;
use super::dispatch::{Recorded, recorded_in};
use super::letter::word_of;
use crate::domain::{Delivery, Dispatch, HandedTo, LetterId, State, Whereabouts};

/// One line of a letter's history.
#[derive(Debug, Clone, serde::Serialize)]
pub struct AuditRow {
    /// When.
    pub at: String,
    /// Who: a member of staff or `night`.
    pub actor: String,
    /// Where it was, empty for a new letter.
    pub from_state: String,
    /// Where it was afterwards.
    pub to_state: String,
    /// Remark without personal content.
    pub note: Option<String>,
}

/// What a letter's states are told apart by, at one place of its history.
struct Way {
    delivery: Delivery,
    handed_to: Option<HandedTo>,
    dispatch: Option<Dispatch>,
}

impl Way {
    /// The word of a state of the audit; what is no state stays as it is.
    fn word(&self, state: &str) -> String {
        match state.parse::<State>() {
            Ok(state) => Whereabouts::of(state, self.delivery, self.handed_to, self.dispatch)
                .as_str()
                .to_owned(),
            Err(_) => state.to_owned(),
        }
    }
}

/// A letter's history, oldest first. The audit has the states; they are told
/// apart by what left the house, as everywhere.
///
/// # Errors
/// When the store cannot be read.
pub async fn audit_of(
    conn: &mut SqliteConnection,
    id: LetterId,
) -> Result<Vec<AuditRow>, StoreError> {
    let Some(letter) = sqlx::query("SELECT delivery, handed_to FROM letter WHERE id = ?")
        .bind(id.key())
        .fetch_optional(&mut *conn)
        .await?
    else {
        return Ok(Vec::new());
    };
    let mut way = Way {
        delivery: word_of(letter.get("delivery"))?,
        handed_to: letter
            .get::<Option<&str>, _>("handed_to")
            .map(word_of)
            .transpose()?,
        dispatch: None,
    };
    let rows = sqlx::query(
        "SELECT at, actor, from_state, to_state, note FROM audit WHERE letter_id = ? ORDER BY id",
    )
    .bind(id.key())
    .fetch_all(conn)
    .await?;
    let mut history = Vec::with_capacity(rows.len());
    for row in &rows {
        let note: Option<String> = row.get("note");
        let from_state = way.word(row.get("from_state"));
        match note.as_deref().and_then(recorded_in) {
            Some(Recorded::Left { how, .. }) => way.dispatch = Some(how),
            Some(Recorded::TakenBack) => way.dispatch = None,
            None => {}
        }
        history.push(AuditRow {
            at: row.get("at"),
            actor: row.get("actor"),
            from_state,
            to_state: way.word(row.get("to_state")),
            note,
        });
    }
    Ok(history)
}
