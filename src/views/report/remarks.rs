//! The report's remarks: what follows the nights and is not done, a clock that
//! was ahead, mails that could not go out, letters that no night can take in,
//! rows nobody can read.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::domain::{LetterId, MailHalt, NightStep};
use crate::office::Office;
use crate::store::{BatchRow, Reads, ScheduleAhead, StoreError};
use crate::views::nights::{ahead, silenced};
use crate::views::prospect::due;
use crate::wording::{self, remarks};

/// Letters named in a remark; the others are counted.
const NAMED: i64 = 20;

/// Mails that wait, named in a remark.
const MAILS_NAMED: usize = 10;

/// No business date is later.
const EVERY_BATCH: &str = "9999-12-31";

/// Damaged rows named in a remark.
const MOST_DAMAGED: usize = 20;

/// The remarks of a batch's report, each with what to do; `told` are the marks
/// of the schedule it tells of.
///
/// # Errors
/// When the store cannot be read.
pub(super) async fn remarks(
    office: &Office,
    conn: &mut Reads,
    batch: &BatchRow,
    told: &[ScheduleAhead],
    mails: &WaitingMails,
) -> Result<Vec<String>, StoreError> {
    let mut all = of_undone_steps(conn, batch).await?;
    all.extend(of_the_clock(office, conn, batch, told).await?);
    if let Some(why) = &mails.why {
        all.push(remarks::mails_wait(mails.count, &mails.named, why));
    }
    if mails.later_count > 0 {
        all.push(remarks::mails_of_later_dates(
            mails.later_count,
            &mails.later,
        ));
    }
    all.extend(of_waiting(office, conn).await?);
    let damaged = conn.damaged_rows(MOST_DAMAGED).await?;
    if !damaged.is_empty() {
        all.push(remarks::damaged_rows(&damaged));
    }
    Ok(all)
}

/// Mails that are made and wait to go out.
pub(super) struct WaitingMails {
    pub count: i64,
    /// The first of them.
    pub named: Vec<LetterId>,
    /// Why the last run left them waiting; nothing when they wait for another
    /// reason, as when staff asked for another try.
    pub why: Option<MailHalt>,
    /// Mails of dates to come, which wait for their day.
    pub later_count: i64,
    /// The first of them.
    pub later: Vec<LetterId>,
}

/// The mails that wait to go out; those of dates after `until` apart.
///
/// # Errors
/// When the store cannot be read.
pub(super) async fn waiting_mails(
    conn: &mut Reads,
    until: NaiveDate,
) -> Result<WaitingMails, StoreError> {
    let counted = |letters: &[LetterId]| i64::try_from(letters.len()).unwrap_or(i64::MAX);
    let mut letters = conn.to_go(&until.to_string()).await?;
    let mut later = conn.to_go(EVERY_BATCH).await?;
    let now: BTreeSet<LetterId> = letters.iter().copied().collect();
    later.retain(|letter| !now.contains(letter));
    let (count, later_count) = (counted(&letters), counted(&later));
    letters.truncate(MAILS_NAMED);
    later.truncate(MAILS_NAMED);
    let why = match count {
        0 => None,
        _ => conn.mail_halt().await?,
    };
    Ok(WaitingMails {
        count,
        named: letters,
        why,
        later_count,
        later,
    })
}

/// What follows this night and earlier ones and is not done. A report cannot
/// say of itself that it is not written.
async fn of_undone_steps(conn: &mut Reads, batch: &BatchRow) -> Result<Vec<String>, StoreError> {
    let mut undone = conn.undone_steps().await?;
    undone.retain(|undone| {
        let is_this_report = (undone.date, undone.step) == (batch.date, NightStep::Report);
        undone.date <= batch.date && !is_this_report
    });
    Ok(undone
        .iter()
        .map(wording::night_step::undone_told)
        .collect())
}

async fn of_the_clock(
    office: &Office,
    conn: &mut Reads,
    batch: &BatchRow,
    told: &[ScheduleAhead],
) -> Result<Vec<String>, StoreError> {
    let desk = &office.desk;
    let mut all: Vec<String> = told
        .iter()
        .map(|ahead| remarks::clock_was_ahead(ahead.seen_at, ahead.noticed_at))
        .collect();
    let back = conn.clocks_back(batch.date).await?;
    all.extend(back.iter().map(remarks::clock_went_back));
    let schedule = &desk.config.schedule;
    if let Some(until) = silenced(conn, schedule, desk.clock.now()).await? {
        all.push(remarks::schedule_is_ahead(until));
    }
    let mut ahead = ahead(conn, desk.clock.today()).await?;
    ahead.retain(|date| *date > batch.date);
    if !ahead.is_empty() {
        all.push(remarks::opened_ahead(&ahead));
    }
    Ok(all)
}

/// Letters that wait and that no night of today would take in.
async fn of_waiting(office: &Office, conn: &mut Reads) -> Result<Vec<String>, StoreError> {
    let desk = &office.desk;
    let at = desk.clock.stamp();
    let due = due(office, desk.clock.today(), &at);
    let mut all = Vec::new();
    let waiting = conn.waiting(due, NAMED).await?;
    for (series, count) in waiting.series {
        if !desk.society.numbering.contains_key(&series) {
            all.push(remarks::no_rule_for_numbers(&series, count));
        }
    }
    if waiting.too_early > 0 {
        all.push(remarks::too_early(waiting.too_early, &waiting.named));
    }
    Ok(all)
}
