//! How values of the domain stand in the columns of the store. No other file
//! knows both sides.

use std::str::FromStr;

use chrono::NaiveDate;
use sqlx::error::BoxDynError;
use sqlx::sqlite::{SqliteRow, SqliteTypeInfo, SqliteValueRef};
use sqlx::{Decode, FromRow, Row as _, Sqlite, Type};

use super::StoreError;
use crate::domain::{
    AttemptOutcome, CloseReason, Delivery, Dispatch, HandedTo, LetterId, MemberFlag, NightStep,
    PrincipalCategory, RequestStatus, RequesterRole, RevisionState, Right, Stamp, State,
    Whereabouts,
};

/// A text that is no value of its column. It is not repeated: in a damaged
/// file it may be anybody's data.
#[derive(Debug, thiserror::Error)]
#[error("not a value of this column")]
struct Unreadable;

/// Types that stand in a column as a text.
macro_rules! as_text {
    ($($type:ty: $read:expr;)+) => { $(
        impl Type<Sqlite> for $type {
            fn type_info() -> SqliteTypeInfo {
                <str as Type<Sqlite>>::type_info()
            }

            fn compatible(found: &SqliteTypeInfo) -> bool {
                <str as Type<Sqlite>>::compatible(found)
            }
        }

        impl<'r> Decode<'r, Sqlite> for $type {
            fn decode(value: SqliteValueRef<'r>) -> Result<Self, BoxDynError> {
                let text = <&str as Decode<'r, Sqlite>>::decode(value)?;
                let read: fn(&str) -> Option<Self> = $read;
                Ok(read(text).ok_or(Unreadable)?)
            }
        }
    )+ };
}

as_text! {
    Day: |text| day(text).map(Day);
    Stamp: parsed;
    // Staff may also type the Japanese words; the store has the others alone.
    State: |text| State::ALL.into_iter().find(|state| state.as_str() == text);
    Whereabouts: |text| Whereabouts::ALL.into_iter().find(|at| at.as_str() == text);
    Delivery: parsed;
    HandedTo: parsed;
    AttemptOutcome: parsed;
    Dispatch: parsed;
    RevisionState: parsed;
    RequestStatus: parsed;
    CloseReason: |text| CloseReason::ALL.into_iter().find(|reason| reason.as_str() == text);
    RequesterRole: RequesterRole::from_code;
    PrincipalCategory: PrincipalCategory::from_code;
    Right: Right::from_code;
    MemberFlag: MemberFlag::from_code;
    NightStep: parsed;
}

fn parsed<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

/// A day as it is written in columns, `2026-11-22`.
pub(super) fn day(text: &str) -> Option<NaiveDate> {
    let day: NaiveDate = text.parse().ok()?;
    (day.to_string() == text).then_some(day)
}

impl Type<Sqlite> for LetterId {
    fn type_info() -> SqliteTypeInfo {
        <i64 as Type<Sqlite>>::type_info()
    }

    fn compatible(found: &SqliteTypeInfo) -> bool {
        <i64 as Type<Sqlite>>::compatible(found)
    }
}

impl<'r> Decode<'r, Sqlite> for LetterId {
    fn decode(value: SqliteValueRef<'r>) -> Result<Self, BoxDynError> {
        <i64 as Decode<'r, Sqlite>>::decode(value).map(LetterId::from_key)
    }
}

/// A day on its way out of a column, for `try_from`: a date is a type of
/// another crate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Day(pub NaiveDate);

impl From<Day> for NaiveDate {
    fn from(day: Day) -> Self {
        day.0
    }
}

/// The same of a column that may be empty.
#[derive(Debug, Clone, Copy)]
pub(super) struct MaybeDay(pub Option<NaiveDate>);

impl Type<Sqlite> for MaybeDay {
    fn type_info() -> SqliteTypeInfo {
        <Day as Type<Sqlite>>::type_info()
    }

    fn compatible(found: &SqliteTypeInfo) -> bool {
        <Day as Type<Sqlite>>::compatible(found)
    }
}

impl<'r> Decode<'r, Sqlite> for MaybeDay {
    fn decode(value: SqliteValueRef<'r>) -> Result<Self, BoxDynError> {
        let day = <Option<Day> as Decode<'r, Sqlite>>::decode(value)?;
        Ok(MaybeDay(day.map(NaiveDate::from)))
    }
}

impl From<MaybeDay> for Option<NaiveDate> {
    fn from(day: MaybeDay) -> Self {
        day.0
    }
}

/// The word staff read, from the column of a letter's whereabouts.
impl From<Whereabouts> for &'static str {
    fn from(at: Whereabouts) -> Self {
        at.label()
    }
}

/// A row as it is read. A value that cannot be is told with its column and
/// its row.
pub(super) trait Stored: for<'r> FromRow<'r, SqliteRow> {
    /// What a row is, `letter`, and the column that says which.
    const ROW: (&'static str, &'static str);

    /// One row.
    fn of(row: &SqliteRow) -> Result<Self, StoreError> {
        Self::from_row(row).map_err(|error| unreadable(error, row, Self::ROW))
    }

    /// A row that may not be there.
    fn maybe(row: Option<SqliteRow>) -> Result<Option<Self>, StoreError> {
        row.as_ref().map(Self::of).transpose()
    }

    /// Rows in their order, without those that cannot be read: each of them
    /// concerns itself alone, and `damaged_rows` tells of it.
    fn readable(rows: &[SqliteRow]) -> Result<Vec<Self>, StoreError> {
        let mut readable = Vec::with_capacity(rows.len());
        for row in rows {
            match Self::of(row) {
                Ok(row) => readable.push(row),
                Err(StoreError::Corrupt(what)) => {
                    tracing::warn!(%what, "a row cannot be read and is left out");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(readable)
    }

    /// Rows in their order.
    fn all(rows: &[SqliteRow]) -> Result<Vec<Self>, StoreError> {
        rows.iter().map(Self::of).collect()
    }
}

fn unreadable(error: sqlx::Error, row: &SqliteRow, (what, key): (&str, &str)) -> StoreError {
    match (StoreError::from(error), row.try_get::<i64, _>(key)) {
        (StoreError::Corrupt(column), Ok(key)) => {
            let which = match what {
                "letter" => LetterId::from_key(key).to_string(),
                _ => key.to_string(),
            };
            StoreError::Corrupt(format!("{column} of {what} {which}"))
        }
        (StoreError::Corrupt(column), Err(_)) => {
            let which: String = row.try_get(key).unwrap_or_default();
            StoreError::Corrupt(format!("{column} of {what} {which}"))
        }
        (other, _) => other,
    }
}

/// States as the right side of `IN`: `('parked', 'failed')`. The words of a
/// partial index stand in the same order, so that it is used.
pub(super) fn one_of(states: &[State]) -> String {
    let words: Vec<String> = states.iter().map(|state| format!("'{state}'")).collect();
    format!("({})", words.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::damage::damaged_rows;
    use crate::store::sqlite::letter::{letter, letters};
    use crate::store::{LetterQuery, Store, Which};

    #[tokio::test]
    async fn a_value_that_cannot_be_read_is_told_with_column_and_row() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("yobin.db"))
            .await
            .expect("opens");
        let mut tx = store.write().await.expect("writes");
        for statement in [
            "INSERT INTO intake (sha256, queued_by, queued_at) VALUES ('', 's', 't')",
            "INSERT INTO batch (date, opened_at) VALUES ('2026-11-22', 't'), ('22.11.2026', 't')",
            "INSERT INTO letter (kind, outcome, delivery, series, record_sha256, intake_id,
                                 intake_row, queued_by, queued_at, batch_date, issue_date)
             SELECT 'k', 'o', 'mail', 'letters', 'h' || date, 1, 2, 's',
                    '2026-11-21T12:00:00+09:00', date, '2026-11-22'
             FROM batch ORDER BY date",
        ] {
            sqlx::query(statement)
                .execute(&mut *tx)
                .await
                .expect("done");
        }
        let whole = letter(&mut tx, LetterId::from_key(1)).await.expect("reads");
        let whole = whole.expect("the letter");
        assert_eq!(whole.batch_date, NaiveDate::from_ymd_opt(2026, 11, 22));
        assert_eq!(whole.queued_at.to_string(), "2026-11-21T12:00:00+09:00");
        let broken = LetterId::from_key(2);
        let error = letter(&mut tx, broken).await.map(|_| ());
        let error = error.expect_err("a day nobody writes").to_string();
        let place = format!("batch_date of letter {broken}");
        assert!(error.contains(&place), "{error}");
        assert!(!error.contains("22.11."), "{error}");
        // A list goes on without it, also where a page has no other.
        let others = letters(&mut tx, &LetterQuery::default()).await;
        assert_eq!(others.expect("reads").len(), 1);
        let nothing = letters(&mut tx, &LetterQuery::page(Which::All, 1, 1)).await;
        assert!(nothing.expect("reads").is_empty());
        let damaged = damaged_rows(&mut tx, 9).await.expect("reads");
        assert!(damaged.contains(&place), "{damaged:?}");
        assert!(
            damaged.contains(&"date of batch 22.11.2026".to_owned()),
            "{damaged:?}"
        );
        let batch = crate::store::sqlite::batch::batch(&mut tx, "2026-11-22").await;
        let error = batch.expect_err("a time nobody writes").to_string();
        assert!(error.contains("opened_at of batch 2026-11-22"), "{error}");
    }

    /// The words the store has of one kind, and those of the program.
    fn words<const N: usize>(table: &'static str, words: [&'static str; N]) -> Words {
        (table, words.to_vec())
    }

    type Words = (&'static str, Vec<&'static str>);

    #[tokio::test]
    async fn the_store_has_the_words_of_the_program_and_learns_one_by_an_insert() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("yobin.db"))
            .await
            .expect("opens");
        let mut tx = store.write().await.expect("writes");
        let dispatches = [Dispatch::HandedOver, Dispatch::PassedOn, Dispatch::Posted];
        for (table, mut expected) in [
            words("state_word", State::ALL.map(State::as_str)),
            words(
                "delivery_word",
                [Delivery::Mail, Delivery::Post, Delivery::Archive].map(Delivery::as_str),
            ),
            words(
                "handed_to_word",
                [HandedTo::Gateway, HandedTo::File].map(HandedTo::as_str),
            ),
            words("dispatch_word", dispatches.map(Dispatch::as_str)),
            words(
                "requester_role_word",
                RequesterRole::ALL.map(RequesterRole::as_str),
            ),
            words(
                "principal_category_word",
                PrincipalCategory::ALL.map(PrincipalCategory::as_str),
            ),
            words(
                "close_reason_word",
                CloseReason::ALL.map(CloseReason::as_str),
            ),
            words("right_word", Right::ALL.map(Right::as_str)),
            words("member_flag_word", MemberFlag::ALL.map(MemberFlag::as_str)),
            words("night_step_word", NightStep::ALL.map(NightStep::as_str)),
        ] {
            expected.sort_unstable();
            let query = format!("SELECT word FROM {table} ORDER BY word");
            let found: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(query))
                .fetch_all(&mut *tx)
                .await
                .expect("words");
            assert_eq!(found, expected, "{table}");
        }
        for statement in [
            "INSERT INTO intake (sha256, queued_by, queued_at) VALUES ('', 's', 't')",
            "INSERT INTO letter (kind, outcome, delivery, series, record_sha256, intake_id,
                                 intake_row, queued_by, queued_at)
             VALUES ('k', 'o', 'mail', 'letters', 'h', 1, 2, 's', 't')",
        ] {
            let done = sqlx::query(statement).execute(&mut *tx).await;
            done.expect("done");
        }
        let unheard = "UPDATE letter SET state = 'unheard'";
        let done = sqlx::query(unheard).execute(&mut *tx).await;
        done.expect_err("nobody knows this state");
        let learnt = "INSERT INTO state_word VALUES ('unheard')";
        let done = sqlx::query(learnt).execute(&mut *tx).await;
        done.expect("learnt");
        let done = sqlx::query(unheard).execute(&mut *tx).await;
        done.expect("known now");
    }

    #[tokio::test]
    async fn statements_speak_of_groups_in_the_words_of_their_indexes() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("yobin.db"))
            .await
            .expect("opens");
        let mut conn = store.read().await.expect("reads");
        for (index, group) in [
            ("letter_on_its_way", &State::ON_THE_WAY[..]),
            ("letter_needing_person", &State::NEEDS_PERSON[..]),
        ] {
            let sql: String = sqlx::query_scalar("SELECT sql FROM sqlite_schema WHERE name = ?")
                .bind(index)
                .fetch_one(&mut *conn)
                .await
                .expect("the index");
            assert!(
                sql.contains(&format!("state IN {}", one_of(group))),
                "{sql}"
            );
        }
    }
}
