//! The steps of the night: what one letter's way through it writes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;

use super::register::{ChainHead, ENTER, EntryRow, NewEntry, chained};
use super::{StoreError, as_json, attempt};
use crate::domain::{Chain, LetterId, Mark, RenderedFacts, State, Step};

/// Who the audit names for the night's own steps.
pub(super) use crate::domain::NIGHT_ACTOR as NIGHT;

/// Why a step did not happen.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// The letter is no longer where the night left it: staff held or
    /// cancelled it in the meantime. Nothing was changed.
    #[error("letter {0} was taken out of the night's hands")]
    Overtaken(LetterId),
    /// A flag or a counterpart changed since the letter was held against
    /// them: it has to be held against them again. Nothing was changed.
    #[error("what keeps letters back changed while letter {0} was on its way")]
    LookAgain(LetterId),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One letter's steps on their way into the store, in their order; they
/// happen in one transaction.
pub(super) struct LetterSteps {
    pub letter: LetterId,
    pub from: State,
    pub attempt: i64,
    pub steps: Vec<Step>,
}

/// What these steps come to.
struct Change<'a> {
    letter: LetterId,
    attempt: i64,
    chain: Chain<'a>,
}

impl<'a> Change<'a> {
    /// Nothing when a step does not follow from the ones before.
    fn of(steps: &'a LetterSteps) -> Option<Self> {
        Some(Change {
            letter: steps.letter,
            attempt: steps.attempt,
            chain: Chain::of(steps.from, &steps.steps)?,
        })
    }

    /// For the statement, with the letter's new place in the register if it
    /// has one.
    fn row(&self, register_seq: Option<i64>) -> ChangeRow<'_> {
        let chain = &self.chain;
        let (mark, set) = match chain.mark {
            Mark::Kept => (None, None),
            Mark::Set(begun) => (Some("set"), Some(begun)),
            Mark::Undone => (Some("undone"), None),
            Mark::Cleared => (Some("cleared"), None),
        };
        ChangeRow {
            id: self.letter.key(),
            from: chain.from.as_str(),
            attempt: self.attempt,
            to: chain.to().as_str(),
            mark,
            begins: chain.begun.is_some(),
            message_id: set.map(|begun| begun.message_id),
            handed_to: set.map(|begun| begun.to.as_str()),
            reason: chain.reason.map(as_json),
            resume: chain.resume.map(State::as_str),
            register_seq,
            facts: chain.facts,
        }
    }

    /// The attempt that begins, if one does.
    fn attempt_begun(&self) -> Option<attempt::Begun<'a>> {
        let begun = self.chain.begun?;
        Some((self.letter.key(), begun.to.as_str(), begun.message_id))
    }

    /// The attempt that ends, if there is one under way.
    fn attempt_ended(&self, standing: &Standing) -> Option<attempt::Ended> {
        let key = self.letter.key();
        let is_marked = standing.letters.get(&key)?.marked == 1;
        let (outcome, words) = self.chain.attempt_ended(is_marked)?;
        let words = words.and_then(attempt::kept_words);
        Some((key, outcome.as_str(), words))
    }
}

/// A change as it travels into the statement. What is left out reads as NULL
/// there.
#[derive(Serialize)]
struct ChangeRow<'a> {
    id: i64,
    from: &'a str,
    attempt: i64,
    to: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    mark: Option<&'a str>,
    begins: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    handed_to: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resume: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    register_seq: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    facts: Option<&'a RenderedFacts>,
}

/// Applies the steps of several letters, each of which appears once. Steps of
/// a letter that has another state or attempt by now change nothing and are
/// reported as overtaken.
///
/// All of them go through two calls whatever their number: one asks, one
/// writes. Values travel as JSON arrays. A statement a letter and step would
/// cost more than the work itself, and every call wakes two threads, which
/// take the processor from the renderers.
pub(super) async fn apply(
    conn: &mut SqliteConnection,
    asked: &[LetterSteps],
    at: &str,
) -> Result<Vec<Result<(), StepError>>, StoreError> {
    let changes: Vec<Change<'_>> = asked.iter().filter_map(Change::of).collect();
    let standing = standing(conn, &changes).await?;
    let happened: Vec<&Change<'_>> = changes
        .iter()
        .filter(|change| standing.letters.contains_key(&change.letter.key()))
        .collect();
    if !happened.is_empty() {
        write(conn, &happened, &standing, at).await?;
    }
    let changed: BTreeSet<i64> = changes
        .iter()
        .filter(|change| {
            change
                .chain
                .looked
                .is_some_and(|looked| looked != standing.version)
        })
        .map(|change| change.letter.key())
        .collect();
    Ok(asked
        .iter()
        .map(|steps| {
            let (letter, key) = (steps.letter, steps.letter.key());
            match standing.letters.get(&key) {
                Some(_) => Ok(()),
                None if changed.contains(&key) => Err(StepError::LookAgain(letter)),
                None => Err(StepError::Overtaken(letter)),
            }
        })
        .collect())
}

/// Where the store stands before a group's changes.
struct Standing {
    /// The letters that are where their change starts, by their keys.
    letters: BTreeMap<i64, Letter>,
    /// The end of the register.
    chain: ChainHead,
    /// The version of flags and counterparts.
    version: i64,
}

/// What the register says of a letter besides the facts of its page.
#[derive(Deserialize)]
struct Letter {
    id: i64,
    number: Option<String>,
    kind: String,
    outcome: String,
    /// Whether a hand-over is marked.
    marked: i64,
    issue_date: Option<String>,
    data_sha256: Option<String>,
    pdf_sha256: Option<String>,
    pdf_bytes: Option<i64>,
}

/// Asks where the letters and the register stand. The answer is one row: each
/// row of an answer goes from thread to thread alone.
async fn standing(
    conn: &mut SqliteConnection,
    changes: &[Change<'_>],
) -> Result<Standing, StoreError> {
    let rows: Vec<_> = changes
        .iter()
        .map(|change| {
            let marked = match change.chain.mark {
                Mark::Set(_) => Some(false),
                Mark::Undone => Some(true),
                Mark::Kept | Mark::Cleared => None,
            };
            let from = change.chain.from.as_str();
            let looked = change.chain.looked;
            (change.letter.key(), from, change.attempt, marked, looked)
        })
        .collect();
    let found: String = sqlx::query_scalar(
        "SELECT json_array(
             json_group_array(json_object(
                 'id', letter.id, 'number', number, 'kind', kind, 'outcome', outcome,
                 'marked', handover_at IS NOT NULL,
                 'issue_date', issue_date, 'data_sha256', data_sha256,
                 'pdf_sha256', pdf_sha256, 'pdf_bytes', pdf_bytes)),
             json((SELECT json_array(seq, entry_sha256)
                   FROM register ORDER BY seq DESC LIMIT 1)),
             (SELECT version FROM safeguard))
         FROM json_each(?) AS row
         JOIN letter ON letter.id = row.value ->> 0
         WHERE letter.state = row.value ->> 1
           AND letter.attempt = row.value ->> 2
           AND coalesce((letter.handover_at IS NOT NULL) = (row.value ->> 3), true)
           AND coalesce((row.value ->> 4) = (SELECT version FROM safeguard), true)",
    )
    .bind(as_json(&rows))
    .fetch_one(conn)
    .await?;
    let (letters, chain, version): (Vec<Letter>, Option<ChainHead>, i64) =
        serde_json::from_str(&found)
            .map_err(|error| StoreError::Corrupt(format!("letters in hand: {error}")))?;
    Ok(Standing {
        letters: letters
            .into_iter()
            .map(|letter| (letter.id, letter))
            .collect(),
        chain: chain.unwrap_or_default(),
        version,
    })
}

/// Writes what happened, all in one call.
async fn write(
    conn: &mut SqliteConnection,
    happened: &[&Change<'_>],
    standing: &Standing,
    at: &str,
) -> Result<(), StoreError> {
    let entries = issued(happened, standing, at);
    let entries = chained(&standing.chain, &entries);
    let places: BTreeMap<i64, i64> = entries.iter().map(EntryRow::place).collect();
    let changes: Vec<ChangeRow<'_>> = happened
        .iter()
        .map(|change| change.row(places.get(&change.letter.key()).copied()))
        .collect();
    let (pages, data) = pages(happened);
    let audit = audit(happened);
    let begun: Vec<_> = happened
        .iter()
        .filter_map(|change| change.attempt_begun())
        .collect();
    let ended: Vec<_> = happened
        .iter()
        .filter_map(|change| change.attempt_ended(standing))
        .collect();
    let expected =
        entries.len() + changes.len() + pages.len() + audit.len() + begun.len() + ended.len();
    let done = sqlx::query(WRITE.as_str())
        .bind(as_json(&entries))
        .bind(as_json(&changes))
        .bind(at)
        .bind(as_json(&pages))
        .bind(data)
        .bind(as_json(&audit))
        .bind(NIGHT)
        .bind(as_json(&begun))
        .bind(as_json(&ended))
        .execute(conn)
        .await?;
    // No statement can change more rows than it was given, so none changed
    // fewer.
    if done.rows_affected() != expected as u64 {
        return Err(StoreError::Corrupt("a letter changed half-way".to_owned()));
    }
    Ok(())
}

/// The statements of one call. All take their values from the same list:
/// 1 entries of the register, 2 changes of letters, 3 the time, 4 and 5 what
/// pages were set from, 6 the audit, 7 who, 8 attempts that begin, 9 attempts
/// that end. (Named `$n`: of `?n` a statement
/// would have all below n as well, whichever it uses.)
static WRITE: LazyLock<String> =
    LazyLock::new(|| [ENTER, CHANGE, KEEP, AUDIT, attempt::BEGIN, attempt::END].join(";"));

/// Each row is read once, as JSONB: its many values would otherwise be looked
/// up in text again and again.
const CHANGE: &str = "
    WITH row (value) AS MATERIALIZED (SELECT jsonb(value) FROM json_each($2))
    UPDATE letter
    SET state = row.value ->> 'to',
        reason = row.value ->> 'reason',
        next_step = NULL,
        resume_state = coalesce(row.value ->> 'resume', resume_state),
        message_id = CASE WHEN row.value ->> 'mark' IS NULL
            THEN message_id ELSE row.value ->> 'message_id' END,
        handed_to = CASE WHEN row.value ->> 'mark' IS NULL
            THEN handed_to ELSE row.value ->> 'handed_to' END,
        handover_at = CASE row.value ->> 'mark'
            WHEN 'set' THEN $3 WHEN 'undone' THEN NULL WHEN 'cleared' THEN NULL
            ELSE handover_at END,
        rounds = rounds + (row.value ->> 'begins'),
        render_tries = CASE WHEN row.value -> 'facts' IS NULL THEN render_tries ELSE 0 END,
        data_sha256 = coalesce(row.value ->> '$.facts.data_sha256', data_sha256),
        set_sha256 = coalesce(row.value ->> '$.facts.set_sha256', set_sha256),
        fonts_sha256 = coalesce(row.value ->> '$.facts.fonts_sha256', fonts_sha256),
        engine = coalesce(row.value ->> '$.facts.engine', engine),
        pdf_sha256 = coalesce(row.value ->> '$.facts.pdf_sha256', pdf_sha256),
        pdf_bytes = coalesce(row.value ->> '$.facts.pdf_bytes', pdf_bytes),
        pages = coalesce(row.value ->> '$.facts.pages', pages),
        register_seq = coalesce(row.value ->> 'register_seq', register_seq)
    FROM row
    WHERE letter.id = row.value ->> 'id'
      AND letter.state = row.value ->> 'from'
      AND letter.attempt = row.value ->> 'attempt'";

const KEEP: &str = "
    INSERT OR REPLACE INTO letter_data (letter_id, data)
    SELECT value ->> 0, substr($5, value ->> 1, value ->> 2) FROM json_each($4)";

const AUDIT: &str = "
    INSERT INTO audit (at, letter_id, actor, from_state, to_state)
    SELECT $3, value ->> 0, $7, value ->> 1, value ->> 2 FROM json_each($6) ORDER BY key";

/// The entries of archived letters, in the order of their references.
fn issued<'a>(
    happened: &[&'a Change<'_>],
    standing: &'a Standing,
    at: &'a str,
) -> Vec<NewEntry<'a>> {
    let archived: BTreeMap<i64, &Change<'_>> = happened
        .iter()
        .filter(|change| change.chain.archived)
        .map(|change| (change.letter.key(), *change))
        .collect();
    archived
        .iter()
        .filter_map(|(key, change)| Some((change, standing.letters.get(key)?)))
        .map(|(change, letter)| {
            let (data_sha256, pdf_sha256, pdf_bytes) = match change.chain.facts {
                Some(facts) => (
                    Some(facts.data_sha256.clone()),
                    Some(facts.pdf_sha256.clone()),
                    Some(facts.pdf_bytes),
                ),
                None => (
                    letter.data_sha256.clone(),
                    letter.pdf_sha256.clone(),
                    letter.pdf_bytes,
                ),
            };
            NewEntry {
                event: "issued",
                letter: change.letter,
                number: letter.number.clone().unwrap_or_default(),
                kind: letter.kind.clone(),
                outcome: letter.outcome.clone(),
                issue_date: letter.issue_date.clone().unwrap_or_default(),
                data_sha256,
                pdf_sha256,
                pdf_bytes,
                entered_at: at,
            }
        })
        .collect()
}

/// What pages were set from, one behind the other, and for each letter where
/// its part begins, from 1, and how long it is. Not as JSON: it is JSON
/// itself and the largest part of a group.
fn pages(happened: &[&Change<'_>]) -> (Vec<(i64, usize, usize)>, Vec<u8>) {
    let mut places = Vec::new();
    let mut data = Vec::new();
    for change in happened {
        if let Some(facts) = change.chain.facts {
            places.push((change.letter.key(), data.len() + 1, facts.data.len()));
            data.extend_from_slice(&facts.data);
        }
    }
    (places, data)
}

/// Every change of a state.
fn audit(happened: &[&Change<'_>]) -> Vec<(i64, &'static str, &'static str)> {
    let mut rows = Vec::new();
    for change in happened {
        for (from, to) in change.chain.changes() {
            rows.push((change.letter.key(), from.as_str(), to.as_str()));
        }
    }
    rows
}

#[cfg(test)]
mod tests;
