//! Letters that a record may be a mended version of, and replacing one of them.

use chrono::NaiveDate;
use serde_json::{Map, Value};
use sqlx::{Row as _, SqliteConnection};

use super::incoming::{File, Queued, Replaced};
use super::letter::letter as letter_row;
use super::printed::printed_in;
use super::safeguard::values;
use super::staff::{PULLED, change_letter};
use super::types::MaybeDay;
use super::{Refused, StoreError, as_json};
use crate::domain::{By, LetterAction, LetterId, LetterRefusal, Likeness, PrintRun, Whereabouts};

/// How the remark on a letter begins that another has taken the place of;
/// that one's reference follows.
const REPLACED_BY: &str = "replaced by ";

/// How the remark on a letter begins that has taken another's place.
const REPLACES: &str = "replaces ";

/// What a remark of the audit says of one letter in another's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replacement<'a> {
    /// Another has taken its place.
    ReplacedBy {
        /// That one.
        new: &'a str,
        /// Whether it stood on paper or in a file, and was pulled.
        pulled: bool,
    },
    /// It has taken another's place.
    Replaces(&'a str),
}

/// Reads a remark of the audit.
pub fn replacement_in(note: &str) -> Option<Replacement<'_>> {
    if let Some(earlier) = note.strip_prefix(REPLACES) {
        return Some(Replacement::Replaces(earlier));
    }
    let new = note.strip_prefix(REPLACED_BY)?;
    Some(match new.split_once(' ') {
        Some((new, PULLED)) => Replacement::ReplacedBy { new, pulled: true },
        _ => Replacement::ReplacedBy { new, pulled: false },
    })
}

/// Letters of one matter looked at when no name is the same: the newest. A
/// number that stands for no matter at all ("未定") may have thousands.
pub(super) const OF_ONE_MATTER: i64 = 20;

/// Letters looked at whose name is the same, too.
pub(super) const OF_ONE_PERSON: i64 = 50;

/// Batch size when letters of an older program are entered.
const PAGE: i64 = 500;

/// An earlier letter of the same kind that a record may be a mended version of.
#[derive(Debug)]
pub struct Earlier {
    /// The letter.
    pub letter: LetterId,
    /// Where it is.
    pub at: Whereabouts,
    /// The print run it stands in.
    pub printed: Option<PrintRun>,
    /// Message-ID of its mail.
    pub message_id: Option<String>,
    /// Attempts to hand it over so far.
    pub rounds: i64,
    /// Business date of its batch.
    pub batch_date: Option<NaiveDate>,
    /// The row of this very file it came from.
    pub row_here: Option<i64>,
    /// Its record.
    pub values: Map<String, Value>,
}

/// What the store knows of a record before it is queued.
#[derive(Debug)]
pub enum Known {
    /// The same record is there.
    Same(Queued),
    /// These letters, cancelled ones apart, may be the same one; the newest
    /// first.
    Like(Vec<Earlier>),
}

/// Looks for the same record, and for letters it may be a mended version of.
///
/// # Errors
/// When the store cannot be read.
pub async fn known(
    conn: &mut SqliteConnection,
    file: &File,
    kind: &str,
    record_sha256: &str,
    likeness: &Likeness,
) -> Result<Known, StoreError> {
    let rows = sqlx::query(
        "SELECT id, state, whereabouts, print_run, print_date, print_part, message_id, rounds, intake_id,
                intake_row, batch_date, record_sha256 = $1 AS same,
                CAST(CASE WHEN record_sha256 = $1 THEN '' ELSE record END AS BLOB) AS record
         FROM letter JOIN letter_record ON letter_record.letter_id = letter.id
         WHERE id IN (
                SELECT id FROM letter WHERE record_sha256 = $1
                UNION ALL
                SELECT letter_id FROM (
                    SELECT letter_id FROM letter_likeness WHERE likeness = $3
                    ORDER BY letter_id DESC LIMIT $6)
                UNION ALL
                SELECT letter_id FROM (
                    SELECT letter_id FROM letter_likeness WHERE likeness = $4
                    ORDER BY letter_id DESC LIMIT $7)
                UNION ALL
                SELECT letter_id FROM (
                    SELECT letter_id FROM letter_likeness WHERE likeness = $5
                    ORDER BY letter_id DESC LIMIT $6))
           AND (record_sha256 = $1 OR (kind = $2 AND state <> 'cancelled'))
         ORDER BY id DESC",
    )
    .bind(record_sha256)
    .bind(kind)
    .bind(likeness.person)
    .bind(likeness.matter)
    .bind(likeness.record)
    .bind(OF_ONE_PERSON)
    .bind(OF_ONE_MATTER)
    .fetch_all(&mut *conn)
    .await?;
    for row in &rows {
        if row.try_get("same")? {
            return Ok(Known::Same(file.queued(row)?));
        }
    }
    let earlier = rows.iter().map(|row| {
        let here = row.try_get::<i64, _>("intake_id")? == file.key;
        let intake_row = row.try_get("intake_row")?;
        Ok(Earlier {
            letter: row.try_get("id")?,
            at: row.try_get("whereabouts")?,
            printed: printed_in(row)?,
            message_id: row.try_get("message_id")?,
            rounds: row.try_get("rounds")?,
            batch_date: row.try_get::<MaybeDay, _>("batch_date")?.into(),
            row_here: here.then_some(intake_row),
            values: values(row.try_get("record")?),
        })
    });
    Ok(Known::Like(earlier.collect::<Result<_, StoreError>>()?))
}

/// Lets a new letter replace an earlier one, which is cancelled as by staff: a
/// number it has becomes void. Both say so. A notification is from now on told
/// by the new one.
pub(super) async fn replace(
    conn: &mut SqliteConnection,
    by: &By,
    Replaced { earlier, pulled }: Replaced,
    new: LetterId,
) -> Result<(), Refused<LetterRefusal>> {
    let (action, pulled) = match pulled {
        true => (LetterAction::CancelPulled, format!(" {PULLED}")),
        false => (LetterAction::Cancel, String::new()),
    };
    let row = letter_row(conn, earlier)
        .await?
        .ok_or_else(|| Refused::one(LetterRefusal::NoSuchLetter(earlier)))?;
    let change = action.decide(&row.facts(), by).map_err(Refused::one)?;
    change_letter(conn, &row, change, by).await?;
    sqlx::query("UPDATE notification SET letter_id = ? WHERE letter_id = ?")
        .bind(new.key())
        .bind(earlier.key())
        .execute(&mut *conn)
        .await
        .map_err(StoreError::from)?;
    for (letter, remark) in [
        (earlier, format!("{REPLACED_BY}{new}{pulled}")),
        (new, format!("{REPLACES}{earlier}")),
    ] {
        sqlx::query(
            "UPDATE audit SET note = ?1
             WHERE id = (SELECT max(id) FROM audit WHERE letter_id = ?2)",
        )
        .bind(remark)
        .bind(letter.key())
        .execute(&mut *conn)
        .await
        .map_err(StoreError::from)?;
    }
    Ok(())
}

/// The member a letter is addressed to as a notification, by the folded
/// number.
///
/// # Errors
/// When the store cannot be read.
pub(super) async fn recipient_of(
    conn: &mut SqliteConnection,
    letter: LetterId,
) -> Result<Option<String>, StoreError> {
    Ok(
        sqlx::query_scalar("SELECT recipient_key FROM notification WHERE letter_id = ?")
            .bind(letter.key())
            .fetch_optional(&mut *conn)
            .await?,
    )
}

/// The letter that has the place of a cancelled one now, and where it is;
/// none where nothing took its place. One that was replaced in its turn is
/// followed to the last.
///
/// # Errors
/// When the store cannot be read.
pub(super) async fn in_place_of(
    conn: &mut SqliteConnection,
    letter: LetterId,
) -> Result<Option<(LetterId, Whereabouts)>, StoreError> {
    let mut last = None;
    let mut next = letter;
    loop {
        let note: Option<String> = sqlx::query_scalar(
            "SELECT note FROM audit
             WHERE letter_id = ? AND to_state = 'cancelled' AND note LIKE 'replaced by %'",
        )
        .bind(next.key())
        .fetch_optional(&mut *conn)
        .await?;
        let new = note
            .as_deref()
            .and_then(|note| match replacement_in(note)? {
                Replacement::ReplacedBy { new, .. } => new.parse::<LetterId>().ok(),
                Replacement::Replaces(_) => None,
            });
        // A letter is replaced by a later one only, so this ends.
        let Some(new) = new.filter(|new| new.key() > next.key()) else {
            return Ok(last);
        };
        let row = letter_row(conn, new).await?;
        last = row.map(|row| (row.id, row.at));
        next = new;
    }
}

/// The numbers a letter is found by.
pub(super) fn keys(likeness: &Likeness) -> Vec<i64> {
    let mut keys = vec![likeness.person, likeness.matter];
    keys.extend(likeness.record);
    keys
}

/// Deletes all likenesses, because they are computed in another way now; the
/// next file that is taken in enters the letters again.
pub(super) async fn forget_all(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM letter_likeness")
        .execute(&mut *conn)
        .await?;
    sqlx::query("INSERT OR IGNORE INTO letter_without_likeness (letter_id) SELECT id FROM letter")
        .execute(conn)
        .await?;
    Ok(())
}

/// Enters letters from before likenesses were kept.
pub(super) async fn enter_older(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    loop {
        let rows: Vec<(i64, String, Option<Vec<u8>>)> = sqlx::query_as(
            "SELECT letter.id, kind, CAST(record AS BLOB)
             FROM letter_without_likeness AS without
             JOIN letter ON letter.id = without.letter_id
             LEFT JOIN letter_record ON letter_record.letter_id = without.letter_id
             ORDER BY letter.id
             LIMIT ?",
        )
        .bind(PAGE)
        .fetch_all(&mut *conn)
        .await?;
        let Some((last, ..)) = rows.last() else {
            return Ok(());
        };
        let mut entries: Vec<(i64, i64)> = Vec::new();
        for (letter, kind, record) in &rows {
            let values = values(record.as_deref().unwrap_or_default());
            let likeness = Likeness::of(kind, &values);
            entries.extend(keys(&likeness).into_iter().map(|key| (key, *letter)));
        }
        sqlx::query(
            "INSERT OR IGNORE INTO letter_likeness (likeness, letter_id)
             SELECT value ->> 0, value ->> 1 FROM json_each(?)",
        )
        .bind(as_json(&entries))
        .execute(&mut *conn)
        .await?;
        sqlx::query("DELETE FROM letter_without_likeness WHERE letter_id <= ?")
            .bind(last)
            .execute(&mut *conn)
            .await?;
    }
}
