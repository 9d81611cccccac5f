//! Requests and the time that is left.

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use crate::domain::{AskedRight, Concern, LetterId, Standing};
use crate::office::Office;
use crate::print;
use crate::store::{Reads, RequestQuery, RequestRow, StoreError};
use crate::wording::{RequestConcern, concern_of};

/// Closed requests read at a time.
const PAGE: i64 = 1000;

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
}

impl OpenRequest {
    /// For other programs.
    pub fn as_json(&self) -> Value {
        as_json(&self.row, &self.rights, Some(&self.standing))
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
        Ok(Requests {
            open: open_requests(office, &mut conn).await?,
            shared_numbers: conn.number_doubts().await?.shared_receipt_numbers,
        })
    }
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
