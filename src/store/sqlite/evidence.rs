//! What the store says of letters in its several places, read together so
//! that it can be held against itself.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;
use sqlx::SqliteConnection;

use super::dispatch::{Recorded, recorded_in};
use super::register::RegisterEntry;
use super::{LetterQuery, StoreError, Which, as_json};
use crate::domain::{EntrySays, Evidence, LetterId};

/// What the store says of these letters, text for text; nothing of a letter
/// whose row holds what no row of this program holds. One call and an answer
/// of one row, however many they are.
///
/// # Errors
/// When the store cannot be read.
pub async fn evidence(
    conn: &mut SqliteConnection,
    letters: &[LetterId],
) -> Result<BTreeMap<LetterId, Option<Evidence>>, StoreError> {
    let keys: Vec<i64> = letters.iter().map(|letter| letter.key()).collect();
    // As bytes, for damaged text may be none at all.
    let found: Vec<u8> = sqlx::query_scalar(
        "SELECT CAST(json_group_array(json_object(
             'id', letter.id,
             'row', json_object(
                 'kind', kind, 'outcome', outcome, 'delivery', delivery, 'state', state,
                 'record_sha256', record_sha256, 'queued_by', queued_by, 'queued_at', queued_at,
                 'approved_by', approved_by, 'approved_at', approved_at,
                 'approval_sha256', approval_sha256, 'number', number,
                 'issue_date', issue_date, 'batch_date', batch_date,
                 'data_sha256', data_sha256, 'pdf_sha256', pdf_sha256, 'pdf_bytes', pdf_bytes,
                 'register_seq', register_seq, 'rounds', rounds,
                 'dispatched_how', dispatched_how,
                 'approval_required', (SELECT approval_required FROM batch
                                       WHERE date = letter.batch_date)),
             'record', (SELECT record FROM letter_record WHERE letter_id = letter.id),
             'entry', json((
                 SELECT json_object(
                     'seq', seq, 'number', number, 'kind', kind, 'outcome', outcome,
                     'issue_date', issue_date, 'data_sha256', data_sha256,
                     'pdf_sha256', pdf_sha256, 'pdf_bytes', pdf_bytes,
                     'entered_at', entered_at, 'previous_sha256', previous_sha256,
                     'entry_sha256', entry_sha256)
                 FROM register WHERE letter_id = letter.id AND event = 'issued')),
             'void', EXISTS (SELECT 1 FROM register
                             WHERE letter_id = letter.id AND event = 'void'),
             'history', json((
                 SELECT json_group_array(json_object(
                     'from', from_state, 'to', to_state, 'actor', actor, 'at', at,
                     'note', note, 'record_sha256', record_sha256) ORDER BY id)
                 FROM audit WHERE letter_id = letter.id)),
             'attempts', json((
                 SELECT json_group_array(outcome ORDER BY round)
                 FROM attempt WHERE letter_id = letter.id))
         )) AS BLOB)
         FROM letter WHERE id IN (SELECT value FROM json_each(?))",
    )
    .bind(as_json(&keys))
    .fetch_one(&mut *conn)
    .await?;
    let unreadable = unreadable(conn, letters).await?;
    let found: Vec<Value> = serde_json::from_str(&String::from_utf8_lossy(&found))
        .map_err(|error| StoreError::Corrupt(format!("what is said of letters: {error}")))?;
    let mut said: BTreeMap<_, _> = found.into_iter().filter_map(read).collect();
    for letter in unreadable {
        said.insert(letter, None);
    }
    Ok(said)
}

/// Those whose row has a value nobody can read.
async fn unreadable(
    conn: &mut SqliteConnection,
    letters: &[LetterId],
) -> Result<Vec<LetterId>, StoreError> {
    let query = LetterQuery::of(Which::Named(letters));
    let readable = super::letters(conn, &query).await?;
    let readable: BTreeSet<i64> = readable.iter().map(|row| row.id.key()).collect();
    let is_unreadable = |letter: &&LetterId| !readable.contains(&letter.key());
    Ok(letters.iter().filter(is_unreadable).copied().collect())
}

/// A letter's key, and what is said of it.
fn read(found: Value) -> Option<(LetterId, Option<Evidence>)> {
    let letter = LetterId::from_key(found.get("id")?.as_i64()?);
    let mut evidence = Evidence::deserialize(found).ok();
    if let Some(evidence) = &mut evidence {
        evidence.reference = letter.to_string();
        if let Some(entry) = &mut evidence.entry {
            entry.is_whole = is_whole(letter, entry);
        }
        for line in &mut evidence.history {
            line.left = match line.note.as_deref().and_then(recorded_in) {
                Some(Recorded::Left { how, .. }) => Some(Some(how)),
                Some(Recorded::TakenBack) => Some(None),
                None => None,
            };
        }
    }
    Some((letter, evidence))
}

fn is_whole(letter: LetterId, entry: &EntrySays) -> bool {
    let entry = RegisterEntry {
        seq: entry.seq,
        event: "issued".to_owned(),
        letter,
        number: entry.number.clone(),
        kind: entry.kind.clone(),
        outcome: entry.outcome.clone(),
        issue_date: entry.issue_date.clone(),
        data_sha256: entry.data_sha256.clone(),
        pdf_sha256: entry.pdf_sha256.clone(),
        pdf_bytes: entry.pdf_bytes,
        entered_at: entry.entered_at.clone(),
        previous_sha256: entry.previous_sha256.clone(),
        entry_sha256: entry.entry_sha256.clone(),
    };
    entry.computed_sha256() == entry.entry_sha256
}
