//! Going on with a database that is not the one the workspace had last.

use crate::config::Config;
use chrono::{Days, NaiveDate};

use crate::domain::{By, Doubt, LastGiven, Marks, SaidTooLow, Society, Unsaid};
use crate::office::{self, Office, OfficeError, Standing, standing};
use crate::store::{Accepted, NewAcceptance, Store, StoreError};
use crate::wording::{self, StaffMessage as _};

/// Why a database was not accepted; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// There is nothing to decide.
    #[error("{}", wording::standing::NOTHING_TO_ACCEPT)]
    Agrees,
    /// Nobody said why.
    #[error("{}", wording::standing::NO_REASON)]
    NoReason,
    /// Nothing says what was given last, and the person did not either.
    #[error("{}", wording::standing::unsaid(.doubts, .unsaid))]
    Unsaid {
        /// What does not agree.
        doubts: Vec<Doubt>,
        /// What is to be said.
        unsaid: Unsaid,
    },
    /// More was given than the person says.
    #[error("{}", wording::standing::said_too_low(.0))]
    SaidTooLow(SaidTooLow),
    /// There is no such series.
    #[error("{}", wording::standing::no_such_series(.series, .known))]
    NoSuchSeries {
        /// The series.
        series: String,
        /// Those there are.
        known: Vec<String>,
    },
    /// The database is damaged.
    #[error("{}", wording::standing::damaged(.0))]
    Damaged(Vec<String>),
    /// The workspace does not open.
    #[error(transparent)]
    Office(#[from] OfficeError),
    /// The store failed.
    #[error("{}", .0.staff_message())]
    Store(#[from] StoreError),
}

/// What is damaged in the database, in its own words; nothing in a sound one.
///
/// # Errors
/// When it cannot be read at all.
pub async fn damage(office: &Office) -> Result<Vec<String>, StoreError> {
    damage_of(&office.store).await
}

async fn damage_of(store: &Store) -> Result<Vec<String>, StoreError> {
    let found = store.look().await?.integrity().await?;
    Ok(found.findings().map(str::to_owned).collect())
}

/// Takes the database as it stands for what the workspace goes on with. All
/// letters that would go on by themselves wait for a person, and no number,
/// reference or print run that was given since the backup is given again. What
/// was given last the marks say; where they cannot, the person has to.
///
/// # Errors
/// [`AcceptError`]; then nothing was changed.
pub async fn accept(
    config: &Config,
    by: &By,
    reason: &str,
    last: &LastGiven,
) -> Result<(Accepted, Vec<Doubt>), AcceptError> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(AcceptError::NoReason);
    }
    let store = office::open_store(config).await?;
    let done = accept_in(config, &store, by, reason, last).await;
    store.close().await;
    done
}

async fn accept_in(
    config: &Config,
    store: &Store,
    by: &By,
    reason: &str,
    said: &LastGiven,
) -> Result<(Accepted, Vec<Doubt>), AcceptError> {
    let standing = standing(config, store).await?;
    if standing.doubts.is_empty() {
        return Err(AcceptError::Agrees);
    }
    let damage = damage_of(store).await?;
    if !damage.is_empty() {
        return Err(AcceptError::Damaged(damage));
    }
    let last = last_given(config, &standing, by.today(), said)?;
    let acceptance = NewAcceptance {
        reason,
        doubts: &standing.doubts,
        last: &last,
        report: standing.report.as_deref(),
    };
    let mut work = store.work().await?;
    let accepted = work.accept(acceptance, by).await?;
    work.commit().await?;
    // If this fails, the database is doubted as before, and is accepted again.
    office::keep_anew(config, store).await?;
    Ok((accepted, standing.doubts))
}

/// How long after the end of a period its numbers may still be given: a night
/// may be made up for.
const STILL_GIVEN: Days = Days::new(31);

/// What was given last, as the marks or the person say.
fn last_given(
    config: &Config,
    standing: &Standing,
    today: NaiveDate,
    said: &LastGiven,
) -> Result<Marks, AcceptError> {
    let society = office::read_society(&config.society)?;
    let named = said.numbers.iter().map(|number| &number.series);
    for series in named {
        refuse_unknown_series(&society, standing, series)?;
    }
    let mut known = standing.marks.clone().unwrap_or_default();
    let workspace = known.workspace.clone();
    let reported = office::reported_numbers(&config.out, &society.numbering);
    let found = Marks {
        workspace: workspace.clone(),
        numbers: [reported, standing.found.numbers.clone()].concat(),
        ..standing.found.clone()
    };
    known.raise(found);
    if !standing.knows_last {
        let numbers = may_still_be_given(&society, &known, today);
        let unsaid = said.unsaid(&known, &numbers);
        if !unsaid.is_nothing() {
            let doubts = standing.doubts.clone();
            return Err(AcceptError::Unsaid { doubts, unsaid });
        }
    }
    said.raise(&mut known).map_err(AcceptError::SaidTooLow)?;
    Ok(known)
}

fn refuse_unknown_series(
    society: &Society,
    standing: &Standing,
    series: &String,
) -> Result<(), AcceptError> {
    let mut numbers = standing.found.numbers.iter();
    if society.numbering.contains_key(series) || numbers.any(|one| one.series == *series) {
        return Ok(());
    }
    Err(AcceptError::NoSuchSeries {
        series: series.clone(),
        known: society.numbering.keys().cloned().collect(),
    })
}

/// Series with the periods whose numbers a night may still give.
fn may_still_be_given(society: &Society, known: &Marks, today: NaiveDate) -> Vec<(String, i64)> {
    let earlier = today.checked_sub_days(STILL_GIVEN).unwrap_or(today);
    let mut given: Vec<(String, i64)> = Vec::new();
    for (series, rule) in &society.numbering {
        let now = i64::from(rule.period(today));
        let before = i64::from(rule.period(earlier));
        let was_given = before != now && known.last(series, before) > 0;
        given.extend(was_given.then(|| (series.clone(), before)));
        given.push((series.clone(), now));
    }
    // What was given ahead of its time counts, too.
    for number in &known.numbers {
        let pair = (number.series.clone(), number.period);
        let is_ahead =
            |(series, period): &(String, i64)| *series == number.series && *period < number.period;
        if given.iter().any(is_ahead) && !given.contains(&pair) {
            given.push(pair);
        }
    }
    given
}
