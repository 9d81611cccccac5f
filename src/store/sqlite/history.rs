//! A letter's history, as it is read back.

use sqlx::{FromRow, SqliteConnection};

use super::StoreError;
use super::dispatch::{Recorded, recorded_in};
use super::types::Stored;
use crate::domain::{Delivery, Dispatch, HandedTo, LetterId, Stamp, State, Whereabouts};

/// One line of a letter's history.
#[derive(Debug, Clone, serde::Serialize, FromRow)]
pub struct AuditRow {
    /// When.
    pub at: Stamp,
    /// Who: a member of staff or `night`.
    pub actor: String,
    /// Where it was, empty for a new letter.
    pub from_state: String,
    /// Where it was afterwards.
    pub to_state: String,
    /// Remark without personal content.
    pub note: Option<String>,
}

impl Stored for AuditRow {
    const ROW: (&'static str, &'static str) = ("line of a letter's history", "id");
}

/// What a letter's states are told apart by, at one place of its history.
struct Way {
    delivery: Delivery,
    handed_to: Option<HandedTo>,
    dispatch: Option<Dispatch>,
}

impl Way {
    /// The Japanese word for a state of the audit; any other text is unchanged.
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
pub(super) async fn audit_of(
    conn: &mut SqliteConnection,
    id: LetterId,
) -> Result<Vec<AuditRow>, StoreError> {
    let letter: Option<(Delivery, Option<HandedTo>)> =
        sqlx::query_as("SELECT delivery, handed_to FROM letter WHERE id = ?")
            .bind(id.key())
            .fetch_optional(&mut *conn)
            .await?;
    let Some((delivery, handed_to)) = letter else {
        return Ok(Vec::new());
    };
    let mut way = Way {
        delivery,
        handed_to,
        dispatch: None,
    };
    let rows = sqlx::query("SELECT * FROM audit WHERE letter_id = ? ORDER BY id")
        .bind(id.key())
        .fetch_all(conn)
        .await?;
    let mut history = AuditRow::all(&rows)?;
    for row in &mut history {
        row.from_state = way.word(&row.from_state);
        match row.note.as_deref().and_then(recorded_in) {
            Some(Recorded::Left { how, .. }) => way.dispatch = Some(how),
            Some(Recorded::TakenBack) => way.dispatch = None,
            None => {}
        }
        row.to_state = way.word(&row.to_state);
    }
    Ok(history)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[tokio::test]
    async fn the_store_and_the_domain_tell_states_apart_alike() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("yobin.db"))
            .await
            .expect("opens");
        let mut tx = store.write().await.expect("writes");
        sqlx::query("INSERT INTO intake (sha256, queued_by, queued_at) VALUES ('', 's', 't')")
            .execute(&mut *tx)
            .await
            .expect("an intake");
        let (mut rows, mut refused) = (0_i64, 0);
        for state in State::ALL {
            for delivery in [Delivery::Mail, Delivery::Post, Delivery::Archive] {
                for to in [None, Some(HandedTo::Gateway), Some(HandedTo::File)] {
                    for how in [
                        None,
                        Some(Dispatch::Posted),
                        Some(Dispatch::HandedOver),
                        Some(Dispatch::PassedOn),
                    ] {
                        rows += 1;
                        let there = sqlx::query_scalar::<_, String>(
                            "INSERT INTO letter (kind, outcome, state, delivery, series,
                                 record_sha256, intake_id, intake_row, queued_by, queued_at,
                                 handed_to, dispatched_how, dispatched_on, dispatched_by,
                                 dispatched_at)
                             VALUES ('k', 'o', ?1, ?2, 'letters', 'h' || ?3, 1, ?3, 's', 't',
                                 ?4, ?5, ?5, ?5, ?5)
                             RETURNING whereabouts",
                        )
                        .bind(state.as_str())
                        .bind(delivery.as_str())
                        .bind(rows)
                        .bind(to.map(HandedTo::as_str))
                        .bind(how.map(Dispatch::as_str))
                        .fetch_one(&mut *tx)
                        .await;
                        // What cannot be, the store does not take.
                        let Ok(there) = there else {
                            refused += 1;
                            continue;
                        };
                        let expected = Whereabouts::of(state, delivery, to, how);
                        assert_eq!(
                            there.parse(),
                            Ok(expected),
                            "{state} {delivery:?} {to:?} {how:?}"
                        );
                    }
                }
            }
        }
        // Nothing is said to have left but what was sent or filed, and each
        // of the two only in its own ways.
        let nine = 3 * 3;
        assert_eq!(refused, (State::ALL.len() - 2) * 3 * nine + 2 * nine + nine);
        assert_eq!(rows, 13 * 9 * 4);
    }
}
