//! What a night of a date would take in.

use chrono::NaiveDate;

use crate::config::Approval;
use crate::domain::LetterId;
use crate::office::Office;
use crate::store::{Due, LetterQuery, StoreError, Which};

/// What a batch of a date would take in, if it were opened now.
#[derive(Debug)]
pub struct Prospect {
    /// Whether it was opened before, so that nothing joins it any more.
    pub opened: bool,
    /// Letters that would join.
    pub joining: i64,
    /// Letters that could join a batch of today and not one of this date,
    /// since they would bear a day before their arrival or approval: the first
    /// day each may bear.
    pub too_early: Vec<(LetterId, NaiveDate)>,
}

impl Prospect {
    /// Looks what a batch of `date` would take in. Nothing is changed.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn of(office: &Office, date: NaiveDate) -> Result<Self, StoreError> {
        let at = office.desk.clock.stamp();
        let today = office.desk.clock.today();
        let mut conn = office.store.reads().await?;
        let opened = conn.batch(&date.to_string()).await?.is_some();
        let due = due(office, date, &at);
        let mut too_early = conn.waiting(due, i64::MAX).await?.named;
        too_early.retain(|(_, first)| *first <= today);
        let joining = LetterQuery::of(Which::Joining(due));
        Ok(Prospect {
            opened,
            joining: conn.count_letters(&joining).await?,
            too_early,
        })
    }
}

/// Which letters a batch of `date` opened at `at` takes in.
pub fn due<'a>(office: &Office, date: NaiveDate, at: &'a str) -> Due<'a> {
    Due {
        date,
        approval_required: office.desk.config.approval == Approval::Required,
        at,
    }
}
