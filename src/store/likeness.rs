//! Letters a record may be another try at, and taking the place of one.

use serde_json::{Map, Value};
use sqlx::{Row, SqliteConnection};

use super::intake::{Intake, Queued};
use super::safeguard::values;
use super::staff::{StaffAction, StaffRefusal, act};
use super::{StoreError, as_json};
use crate::domain::{LetterId, Likeness, StaffName, State};

/// How the remark on a letter begins that another has taken the place of;
/// that one's reference follows.
pub const REPLACED_BY: &str = "replaced by ";

/// How the remark on a letter begins that has taken another's place.
pub const REPLACES: &str = "replaces ";

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
    /// Where it stands.
    pub state: State,
    /// Business date of its batch.
    pub batch_date: Option<String>,
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
            "SELECT id, state, intake_id, intake_row, batch_date, record_sha256 = $1 AS same,
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
        if let Some(same) = rows.iter().find(|row| row.get::<bool, _>("same")) {
            return Ok(Known::Same(self.queued(same)?));
        }
        let earlier = rows.iter().map(|row| {
            let here = row.get::<i64, _>("intake_id") == self.id;
            Ok(Earlier {
                letter: LetterId::from_key(row.get("id")),
                state: super::letter::state_of(row)?,
                batch_date: row.get("batch_date"),
                row_here: here.then(|| row.get("intake_row")),
                values: values(row.get("record")),
            })
        });
        Ok(Known::Like(earlier.collect::<Result<_, StoreError>>()?))
    }

    /// Lets a letter just added take the place of an earlier one, which is
    /// cancelled as by staff: a number it has becomes void. Both say so.
    ///
    /// # Errors
    /// [`StaffRefusal`]; the caller then rolls back.
    pub async fn replace(
        &mut self,
        earlier: LetterId,
        new: LetterId,
        actor: &StaffName,
    ) -> Result<(), StaffRefusal> {
        act(&mut self.tx, earlier, StaffAction::Cancel, actor, &self.at).await?;
        for (letter, remark) in [
            (earlier, format!("{REPLACED_BY}{new}")),
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
        let rows = sqlx::query(
            "SELECT letter.id, kind, CAST(record AS BLOB) AS record
             FROM letter_without_likeness AS without
             JOIN letter ON letter.id = without.letter_id
             LEFT JOIN letter_record ON letter_record.letter_id = without.letter_id
             ORDER BY letter.id
             LIMIT ?",
        )
        .bind(PAGE)
        .fetch_all(&mut *conn)
        .await?;
        let Some(last) = rows.last() else {
            return Ok(());
        };
        let mut entries: Vec<(i64, i64)> = Vec::new();
        for row in &rows {
            let letter: i64 = row.get("id");
            let record: Option<&[u8]> = row.get("record");
            let values = values(record.unwrap_or_default());
            let likeness = Likeness::of(&row.get::<String, _>("kind"), &values);
            entries.extend(keys(&likeness).into_iter().map(|key| (key, letter)));
        }
        sqlx::query(
            "INSERT OR IGNORE INTO letter_likeness (likeness, letter_id)
             SELECT value ->> 0, value ->> 1 FROM json_each(?)",
        )
        .bind(as_json(&entries))
        .execute(&mut *conn)
        .await?;
        sqlx::query("DELETE FROM letter_without_likeness WHERE letter_id <= ?")
            .bind(last.get::<i64, _>("id"))
            .execute(&mut *conn)
            .await?;
    }
}
