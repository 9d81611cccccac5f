//! Whom letters and requests are of, for lists that staff search.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use sqlx::SqliteConnection;

use super::safeguard::values;
use super::{StoreError, as_json};
use crate::domain::LetterId;

/// Whom a letter is of. Of one whose record cannot be read nothing is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct LetterNames {
    /// Whom it goes to.
    pub addressee_name: Option<String>,
    /// The reading of that name.
    #[serde(skip)]
    pub addressee_kana: Option<String>,
    /// Whom it is about, where its record says so.
    pub principal_name: Option<String>,
    /// The receipt number of the request it answers, as it is written.
    pub receipt_number: Option<String>,
    /// Whether its record can be read.
    #[serde(skip)]
    pub is_known: bool,
}

impl LetterNames {
    fn of(record: &Map<String, Value>) -> Self {
        let text = |field: &str| record.get(field).and_then(Value::as_str).map(str::to_owned);
        LetterNames {
            addressee_name: text("addressee_name"),
            addressee_kana: text("addressee_kana"),
            principal_name: text("principal_name").or_else(|| text("person_name")),
            receipt_number: text("receipt_number"),
            is_known: !record.is_empty(),
        }
    }
}

/// Whom these letters are of.
///
/// # Errors
/// When the store cannot be read.
pub async fn names_of_letters(
    conn: &mut SqliteConnection,
    letters: &[LetterId],
) -> Result<BTreeMap<LetterId, LetterNames>, StoreError> {
    let keys: Vec<i64> = letters.iter().map(|letter| letter.key()).collect();
    let rows: Vec<(i64, Vec<u8>)> = sqlx::query_as(
        "SELECT letter_id, CAST(record AS BLOB) FROM letter_record
         WHERE letter_id IN (SELECT value FROM json_each(?))",
    )
    .bind(as_json(&keys))
    .fetch_all(conn)
    .await?;
    let named = |(key, record): (i64, Vec<u8>)| {
        (LetterId::from_key(key), LetterNames::of(&values(&record)))
    };
    Ok(rows.into_iter().map(named).collect())
}

/// Who made a request, and about whom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestNames {
    /// Who asked.
    pub requester: Option<String>,
    /// About whom.
    pub principal: Option<String>,
}

/// Whom the requests with these keys are of. Of one whose record cannot be
/// read nothing is known.
///
/// # Errors
/// When the store cannot be read.
pub async fn names_of_requests(
    conn: &mut SqliteConnection,
    requests: &[i64],
) -> Result<BTreeMap<i64, RequestNames>, StoreError> {
    let rows: Vec<(i64, Vec<u8>)> = sqlx::query_as(
        "SELECT request_id, CAST(record AS BLOB) FROM request_record
         WHERE request_id IN (SELECT value FROM json_each(?))",
    )
    .bind(as_json(&requests))
    .fetch_all(conn)
    .await?;
    let named = |(key, record): (i64, Vec<u8>)| {
        let record = values(&record);
        let text = |field: &str| record.get(field).and_then(Value::as_str).map(str::to_owned);
        let names = RequestNames {
            requester: text("requester_name"),
            principal: text("principal_name"),
        };
        (key, names)
    };
    Ok(rows.into_iter().map(named).collect())
}

/// A day that a letter of a request names in one of its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayNamed {
    /// Key of the request.
    pub request: i64,
    /// The letter.
    pub letter: LetterId,
    /// The field.
    pub field: String,
    /// The day, as the record writes it.
    pub day: String,
}

/// The days that letters of open requests name in fields whose names end so, in
/// the order of the letters.
///
/// # Errors
/// When the store cannot be read.
pub async fn days_named(
    conn: &mut SqliteConnection,
    ending: &str,
) -> Result<Vec<DayNamed>, StoreError> {
    let rows: Vec<(i64, i64, String, String)> = sqlx::query_as(
        "SELECT request.id, letter.id, field.key, field.value
         FROM request JOIN letter ON letter.request_id = request.id
         JOIN letter_record ON letter_record.letter_id = letter.id
         JOIN json_each(CASE WHEN json_valid(record) THEN record ELSE '{}' END) AS field
         WHERE request.status = 'open' AND field.type = 'text'
           AND substr(field.key, -length(?1)) = ?1
         ORDER BY letter.id",
    )
    .bind(ending)
    .fetch_all(conn)
    .await?;
    let named = rows
        .into_iter()
        .map(|(request, letter, field, day)| DayNamed {
            request,
            letter: LetterId::from_key(letter),
            field,
            day,
        });
    Ok(named.collect())
}
