//! Letters a record may be another try at, and taking the place of one.

use chrono::NaiveDate;
use serde_json::{Map, Value};
use sqlx::{Row as _, SqliteConnection};

use super::intake::{Intake, Queued};
use super::safeguard::values;
use super::staff::{PULLED, change_letter};
use super::types::MaybeDay;
use super::{Refused, StoreError, as_json, letter};
use crate::domain::{Actor, By, LetterAction, LetterId, LetterRefusal, Likeness, Whereabouts};

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
const OF_ONE_MATTER: i64 = 20;

/// Letters looked at whose name is the same, too.
const OF_ONE_PERSON: i64 = 50;

/// Letters of before this was kept that are entered at a time.
const PAGE: i64 = 500;

/// An earlier letter of the same kind that a record may be another try at.
#[derive(Debug)]
pub struct Earlier {
    /// The letter.
    pub letter: LetterId,
    /// Where it is.
    pub at: Whereabouts,
    /// The print file it is in, by the date of its folder.
    pub print_date: Option<NaiveDate>,
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

impl Intake {
    /// Looks for the same record, and for letters it may be another try at.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn known(
        &mut self,
        kind: &str,
        record_sha256: &str,
        likeness: &Likeness,
    ) -> Result<Known, StoreError> {
        let rows = sqlx::query(
            "SELECT id, state, whereabouts, print_date, message_id, rounds, intake_id,
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
        .fetch_all(&mut *self.tx)
        .await?;
        for row in &rows {
            if row.try_get("same")? {
                return Ok(Known::Same(self.queued(row)?));
            }
        }
        let earlier = rows.iter().map(|row| {
            let here = row.try_get::<i64, _>("intake_id")? == self.id;
            let intake_row = row.try_get("intake_row")?;
            Ok(Earlier {
                letter: row.try_get("id")?,
                at: row.try_get("whereabouts")?,
                print_date: row.try_get::<MaybeDay, _>("print_date")?.into(),
                message_id: row.try_get("message_id")?,
                rounds: row.try_get("rounds")?,
                batch_date: row.try_get::<MaybeDay, _>("batch_date")?.into(),
                row_here: here.then_some(intake_row),
                values: values(row.try_get("record")?),
            })
        });
        Ok(Known::Like(earlier.collect::<Result<_, StoreError>>()?))
    }

    /// Lets a letter just added take the place of an earlier one, which is
    /// cancelled as by staff: a number it has becomes void. Both say so. A
    /// notification is from now on told by the new one. `pulled` says of an
    /// earlier letter on paper or in a file that it was taken out.
    ///
    /// # Errors
    /// [`LetterRefusal`]; the caller then rolls back.
    pub async fn replace(
        &mut self,
        earlier: LetterId,
        new: LetterId,
        pulled: bool,
        who: &Actor,
    ) -> Result<(), Refused<LetterRefusal>> {
        let (action, pulled) = match pulled {
            true => (LetterAction::CancelPulled, format!(" {PULLED}")),
            false => (LetterAction::Cancel, String::new()),
        };
        let at = self.at.parse();
        let at = at.map_err(|_| StoreError::Corrupt("the time of an intake".to_owned()))?;
        let who = who.clone();
        let by = By { who, at };
        let row = letter(&mut self.tx, earlier)
            .await?
            .ok_or_else(|| Refused::one(LetterRefusal::NoSuchLetter(earlier)))?;
        let change = action.decide(&row.facts(), &by).map_err(Refused::one)?;
        change_letter(&mut self.tx, &row, change, &by).await?;
        sqlx::query("UPDATE notification SET letter_id = ? WHERE letter_id = ?")
            .bind(new.key())
            .bind(earlier.key())
            .execute(&mut *self.tx)
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
            .execute(&mut *self.tx)
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
    pub async fn recipient_of(&mut self, letter: LetterId) -> Result<Option<String>, StoreError> {
        Ok(
            sqlx::query_scalar("SELECT recipient_key FROM notification WHERE letter_id = ?")
                .bind(letter.key())
                .fetch_optional(&mut *self.tx)
                .await?,
        )
    }

    /// The letter that has the place of a cancelled one now, and where it is;
    /// none where nothing took its place. One that was replaced in its turn is
    /// followed to the last.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn in_place_of(
        &mut self,
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
            .fetch_optional(&mut *self.tx)
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
            let row = super::letter(&mut self.tx, new).await?;
            last = row.map(|row| (row.id, row.at));
            next = new;
        }
    }
}

/// The numbers a letter is found by.
pub(super) fn keys(likeness: &Likeness) -> Vec<i64> {
    let mut keys = vec![likeness.person, likeness.matter];
    keys.extend(likeness.record);
    keys
}

/// Forgets what every letter is about, for it is reckoned in another way now;
/// the next file that is taken in enters the letters again.
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
