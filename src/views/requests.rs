//! Requests and the time that is left.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};
use serde_json::{Map, Value, json};

use crate::catalogue::When;
use crate::domain::{AskedRight, Concern, LetterId, Standing, half_width};
use crate::office::Office;
use crate::print;
use crate::store::{LetterQuery, Reads, RequestNames, RequestQuery, RequestRow, StoreError, Which};
use crate::text::era;
use crate::wording::{RequestConcern, concern_of};

/// Closed requests read at a time.
const PAGE: i64 = 1000;

/// Letters read at a time.
const TOGETHER: usize = 500;

/// An open request as it stands on a day.
#[derive(Debug, Clone)]
pub struct OpenRequest {
    /// The request.
    pub row: RequestRow,
    /// What it asks for, each with what became of it.
    pub rights: Vec<AskedRight>,
    /// How its time stands.
    pub standing: Standing,
    /// Why it needs a person, if it does.
    pub concern: Option<RequestConcern>,
    /// Who asked, and about whom.
    pub names: RequestNames,
    /// What others were asked to do until when, the nearest day first.
    pub asked_of_others: Vec<AskedOfOthers>,
}

/// A day by which somebody was asked to do something, in a letter of the
/// request that left the house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedOfOthers {
    /// The letter.
    pub letter: LetterId,
    /// The Japanese name of its kind.
    pub kind_name: String,
    /// What the day is called: 提出期限, for instance.
    pub title: String,
    /// The day.
    pub day: NaiveDate,
}

impl OpenRequest {
    /// For other programs.
    pub fn as_json(&self) -> Value {
        let mut value = as_json(&self.row, &self.rights, Some(&self.standing));
        if let Value::Object(object) = &mut value {
            let name = |name: &Option<String>| json!(name);
            object.insert("requester_name".to_owned(), name(&self.names.requester));
            object.insert("principal_name".to_owned(), name(&self.names.principal));
            let asked = self.asked_of_others.iter().map(|asked| {
                json!({
                    "letter": asked.letter.to_string(),
                    "kind_name": asked.kind_name,
                    "title": asked.title,
                    "day": asked.day,
                })
            });
            object.insert("asked_of_others".to_owned(), asked.collect());
        }
        value
    }

    /// Whether something of it ends on a day or before: the two weeks, the
    /// society's target while something is unanswered, or what others were
    /// asked to do.
    pub fn ends_until(&self, day: NaiveDate) -> bool {
        let two_weeks = self.standing.two_weeks.map(|weeks| weeks.last_day());
        let target = (!self.standing.answered).then_some(self.row.target_date);
        let asked = self.asked_of_others.iter().map(|asked| asked.day);
        let mut days = asked.chain(two_weeks).chain(target);
        days.any(|end| end <= day)
    }

    /// Days to a deadline, 0 on its day, negative after it.
    pub fn days_to(&self, deadline: NaiveDate) -> i64 {
        (deadline - self.row.arrival_date).num_days() - self.standing.days_since_arrival
    }
}

/// The open requests as they stand today.
#[derive(Debug, Clone)]
pub struct Requests {
    /// The requests, the most urgent first.
    pub open: Vec<OpenRequest>,
    /// Receipt numbers that differ in their writing alone, group by group.
    pub shared_numbers: Vec<Vec<String>>,
}

impl Requests {
    /// Reads them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn of(office: &Office) -> Result<Self, StoreError> {
        let mut conn = office.store.reads().await?;
        let mut open = open_requests(office, &mut conn).await?;
        let keys: Vec<i64> = open.iter().map(|open| open.row.id).collect();
        let mut names = conn.names_of_requests(&keys).await?;
        let mut asked = asked_of_others(office, &mut conn).await?;
        for open in &mut open {
            open.names = names.remove(&open.row.id).unwrap_or_default();
            open.asked_of_others = asked.remove(&open.row.id).unwrap_or_default();
        }
        // What only waits to be closed presses nobody.
        open.sort_by_key(|open| open.standing.answered);
        Ok(Requests {
            open,
            shared_numbers: conn.number_doubts().await?.shared_receipt_numbers,
        })
    }
}

/// What the letters of open requests that left the house ask of others, by
/// the keys of the requests.
async fn asked_of_others(
    office: &Office,
    conn: &mut Reads,
) -> Result<BTreeMap<i64, Vec<AskedOfOthers>>, StoreError> {
    let named = conn.days_named(DUE).await?;
    let ids: Vec<LetterId> = named.iter().map(|named| named.letter).collect();
    let mut letters = BTreeMap::new();
    for some in ids.chunks(TOGETHER) {
        let query = LetterQuery::of(Which::Named(some));
        let some = conn.letters(&query).await?.into_iter();
        letters.extend(some.map(|letter| (letter.id, letter)));
    }
    let mut asked: BTreeMap<i64, Vec<AskedOfOthers>> = BTreeMap::new();
    for named in named {
        let letter = letters.get(&named.letter);
        let Some(letter) = letter.filter(|letter| letter.at.left_house()) else {
            continue;
        };
        let kind = office.desk.catalogue.get(&letter.kind);
        let Some((kind, field)) = kind.and_then(|kind| Some((kind, kind.field(&named.field)?)))
        else {
            continue;
        };
        let is_asked = matches!(field.dating.when, When::Future | When::Due | When::Either);
        if let (true, Ok(day)) = (is_asked, named.day.parse()) {
            asked.entry(named.request).or_default().push(AskedOfOthers {
                letter: letter.id,
                kind_name: kind.name.clone(),
                title: field.title.clone(),
                day,
            });
        }
    }
    for days in asked.values_mut() {
        days.sort_by_key(|asked| asked.day);
    }
    Ok(asked)
}

/// How the names of fields end that say until when somebody is asked to do
/// something.
const DUE: &str = "due_date";

/// A day as staff name it on the command line: in any form a sheet takes, or
/// without its year, as the next such day from today on.
pub fn day_named(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    if let Ok(day) = era::parse(text) {
        return Some(day);
    }
    let typed: String = text.trim().chars().map(half_width).collect();
    let typed = typed.strip_suffix('日').unwrap_or(&typed);
    let (month, day) = typed.split_once(['-', '/', '.', '月'])?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    // The 29th of February comes within eight years.
    (today.year()..today.year() + 9)
        .filter_map(|year| NaiveDate::from_ymd_opt(year, month, day))
        .find(|day| *day >= today)
}

/// The open requests of a snapshot as they stand today, the most urgent first;
/// of those equally urgent, the one added first comes first.
pub(super) async fn open_requests(
    office: &Office,
    conn: &mut Reads,
) -> Result<Vec<OpenRequest>, StoreError> {
    let today = office.desk.clock.today();
    let open = conn.requests(RequestQuery::Open).await?;
    let deciding: Vec<LetterId> = open
        .iter()
        .flat_map(|(_, rights)| waiting_of(rights))
        .collect();
    let kept_back = print::kept_back_named(office, conn, &deciding).await?;
    let mut open: Vec<OpenRequest> = open
        .into_iter()
        .map(|(row, rights)| {
            let standing = Standing::on(today, row.arrival_date, row.target_date, &rights);
            let concern = concern_of(&row, &rights, &standing, &kept_back);
            OpenRequest {
                row,
                rights,
                standing,
                concern,
                names: RequestNames::default(),
                asked_of_others: Vec::new(),
            }
        })
        .collect();
    open.sort_by_key(|open| open.standing.urgency());
    Ok(open)
}

/// The letters that decide what was not answered yet.
fn waiting_of(rights: &[AskedRight]) -> impl Iterator<Item = LetterId> {
    let open = rights.iter().filter(|asked| !asked.is_answered());
    open.filter_map(|asked| Some(asked.answer()?.0))
}

/// A request that is closed.
#[derive(Debug, Clone)]
pub struct ClosedRequest {
    /// The request.
    pub row: RequestRow,
    /// What it asked for, each with what became of it.
    pub rights: Vec<AskedRight>,
}

impl ClosedRequest {
    /// For other programs.
    pub fn as_json(&self) -> Value {
        as_json(&self.row, &self.rights, None)
    }
}

/// The closed requests after one of them, in the order they were added;
/// nothing after the last. A page is of one moment.
///
/// # Errors
/// When the store cannot be read.
pub async fn closed_page(
    office: &Office,
    after: Option<&ClosedRequest>,
) -> Result<Vec<ClosedRequest>, StoreError> {
    let after = after.map_or(0, |request| request.row.id);
    let mut conn = office.store.reads().await?;
    let query = RequestQuery::Closed { after, limit: PAGE };
    let page = conn.requests(query).await?;
    let closed = |(row, rights)| ClosedRequest { row, rights };
    Ok(page.into_iter().map(closed).collect())
}

/// A request for other programs; the time left only while it is open.
pub(super) fn as_json(
    row: &RequestRow,
    rights: &[AskedRight],
    standing: Option<&Standing>,
) -> Value {
    let mut value = json!(row);
    if let Value::Object(object) = &mut value {
        let asked: Vec<Value> = rights
            .iter()
            .map(|asked| {
                json!({
                    "right": asked.right,
                    "letter": asked.answer().map(|(letter, _)| letter.to_string()),
                    "state": asked.answer().map(|(_, at)| at.as_str()),
                    "answered": asked.is_answered(),
                })
            })
            .collect();
        object.insert("rights".to_owned(), asked.into());
        if let Some(standing) = standing {
            object.extend(time_left(row, standing));
        }
    }
    value
}

fn time_left(row: &RequestRow, standing: &Standing) -> Map<String, Value> {
    let concern = match standing.concern() {
        Concern::None => Value::Null,
        Concern::TargetPassed => "target_passed".into(),
        Concern::TwoWeeksNear => "two_weeks_near".into(),
        Concern::TwoWeeksPast => "two_weeks_past".into(),
    };
    let today = row.target_date - chrono::Duration::days(standing.target_days_left);
    let article_39 = standing.two_weeks.map(|weeks| {
        json!({
            "last_day": weeks.last_day(),
            "suit_open_from": weeks.suit_open_from(),
            "days_left": weeks.days_left(today),
            "stage": standing.stage.as_str(),
        })
    });
    let mut left = Map::new();
    left.insert(
        "days_since_arrival".to_owned(),
        standing.days_since_arrival.into(),
    );
    left.insert(
        "target_days_left".to_owned(),
        standing.target_days_left.into(),
    );
    left.insert("article_39".to_owned(), article_39.into());
    left.insert("concern".to_owned(), concern);
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_without_its_year_is_the_next_one() {
        let day = |text: &str| -> NaiveDate { text.parse().expect("a day") };
        let today = day("2026-11-27");
        for (typed, meant) in [
            ("11-27", "2026-11-27"),
            ("12/4", "2026-12-04"),
            ("１２月４日", "2026-12-04"),
            ("1-8", "2027-01-08"),
            ("2-29", "2028-02-29"),
            ("2026-11-20", "2026-11-20"),
            ("R8.12.4", "2026-12-04"),
            ("令和8年12月4日", "2026-12-04"),
        ] {
            assert_eq!(day_named(typed, today), Some(day(meant)), "{typed}");
        }
        for typed in ["", "13-1", "4", "2-30", "あした", "26-11-27"] {
            assert_eq!(day_named(typed, today), None, "{typed}");
        }
    }
}
