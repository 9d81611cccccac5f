//! The end of a night: what follows its letters. Steps are rows that stay due
//! until they are done, so that whoever comes next, a night or the service at
//! its start, makes good what an earlier one could not do or died of.

use chrono::NaiveDate;
use tokio::sync::watch;
use tokio::time::Instant;

use super::NightError;
use super::event::ShiftEvent;
use super::lock::NightLock;
use super::probe::{Point, Probe};
use crate::acts::notice;
use crate::acts::print_runs::{self, LONGEST_WAIT, PrintError, Reached, Turn};
use crate::domain::{Actor, By, NightStep, NightStepProblem, Stamp, UndoneStep, in_one_line};
use crate::files;
use crate::office::Office;
use crate::store::{PrintRuns, Store, StoreError, Waited};
use crate::views::{ReportError, write_report};

/// The most characters kept of words from outside.
const QUOTED_MOST: usize = 600;

/// Does what is due and not done, and tells `tell` of each.
///
/// # Errors
/// [`NightError::Locked`] when a night is at work, which does it itself.
pub async fn follow_up(
    office: &Office,
    tell: &mut impl FnMut(ShiftEvent),
) -> Result<(), NightError> {
    let _lock = NightLock::take(office.out())?;
    let ending = Ending::new(Probe::default(), Repeated::Told, None);
    work(office, &ending, tell).await;
    Ok(())
}

/// How the steps are done.
pub(super) struct Ending {
    probe: Probe,
    repeated: Repeated,
    /// Becomes true when the program is asked to end: then nobody is waited for.
    stop: Option<watch::Receiver<bool>>,
    /// How long whoever makes print files is waited for, over all steps.
    until: Instant,
}

impl Ending {
    /// From now on.
    pub(super) fn new(
        probe: Probe,
        repeated: Repeated,
        stop: Option<watch::Receiver<bool>>,
    ) -> Self {
        Ending {
            probe,
            repeated,
            stop,
            until: Instant::now() + LONGEST_WAIT,
        }
    }

    /// Whoever tries every few minutes does not say each time whom it waits for.
    fn tell_waits(&self, waited: &Waited, tell: &mut impl FnMut(ShiftEvent)) {
        if self.repeated == Repeated::Told {
            tell(ShiftEvent::Waits(waited.clone()));
        }
    }

    fn turn<'a>(&self, say: &'a mut dyn FnMut(&Waited)) -> Turn<'a> {
        Turn {
            until: self.until,
            stop: self.stop.clone(),
            say,
        }
    }
}

/// Whether a problem is told that was told when the step was last tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeated {
    Told,
    /// Whoever tries every few minutes says it once.
    Silent,
}

/// Whether anything is due and not done.
///
/// # Errors
/// When the store cannot be read.
pub(super) async fn is_due(store: &Store) -> Result<bool, StoreError> {
    let mut conn = store.reads().await?;
    let due = !conn.undone_steps().await?.is_empty();
    Ok(due || !conn.print_runs(PrintRuns::Unplaced).await?.is_empty())
}

/// Does the steps that are due: what is printed first, of the oldest date
/// first, and the reports last, for they tell of the others. The caller holds
/// the lock of the night. One that fails is told and stops no other.
pub(super) async fn work(office: &Office, ending: &Ending, tell: &mut impl FnMut(ShiftEvent)) {
    let mut reached = |place| ending.probe.stand(point_of(place));
    let mut say = |waited: &Waited| ending.tell_waits(waited, tell);
    let made = print_runs::make_good(office, ending.turn(&mut say), &mut reached).await;
    let all = made.unwrap_or_else(|error| vec![Err(error)]);
    for made in all {
        tell(match made {
            Ok(printed) => ShiftEvent::Printed {
                date: printed.run.map(|run| run.date),
                printed,
            },
            Err(error) => ShiftEvent::NotPrinted { date: None, error },
        });
    }
    let undone = async { office.store.reads().await?.undone_steps().await };
    match undone.await {
        Ok(mut undone) => {
            undone.sort_by_key(|undone| (undone.step, undone.date));
            leave_to_the_last(&mut undone);
            for step in undone {
                one(office, &step, ending, tell).await;
            }
        }
        Err(error) => tell(ShiftEvent::NotKept(error)),
    }
}

/// What is in force is published once, as of the last date: for earlier dates
/// it would be an older edition, or the same again.
fn leave_to_the_last(undone: &mut Vec<UndoneStep>) {
    let notices = undone
        .iter()
        .filter(|undone| undone.step == NightStep::Notice);
    let last = notices.map(|undone| undone.date).max();
    undone.retain(|undone| undone.step != NightStep::Notice || Some(undone.date) == last);
}

/// Does one step and keeps what came of it.
async fn one(
    office: &Office,
    due: &UndoneStep,
    ending: &Ending,
    tell: &mut impl FnMut(ShiftEvent),
) {
    let UndoneStep { date, step, .. } = *due;
    // A store that cannot be written keeps nobody from trying: what was done
    // is done once more then.
    if let Err(error) = begin(office, date, step).await {
        tell(ShiftEvent::NotKept(error));
    }
    let mut told = Vec::new();
    let problem = match step {
        NightStep::Print => {
            let mut say = |waited: &Waited| ending.tell_waits(waited, tell);
            print(office, date, ending, &mut say, &mut told).await
        }
        NightStep::Notice => publish(office, date, &mut told).await,
        NightStep::Report => report(office, date, &mut told).await,
    };
    let again = ending.repeated == Repeated::Silent && problem.is_some() && problem == due.problem;
    if !again {
        told.into_iter().for_each(&mut *tell);
    }
    ending.probe.stand(match step {
        NightStep::Print => Point::Printed,
        NightStep::Notice => Point::Published,
        NightStep::Report => Point::Reported,
    });
    if let Err(error) = end(office, date, step, problem.as_ref()).await {
        tell(ShiftEvent::NotKept(error));
    }
}

async fn begin(office: &Office, date: NaiveDate, step: NightStep) -> Result<(), StoreError> {
    let mut tx = office.store.work().await?;
    tx.begin_step(date, step).await?;
    tx.commit().await
}

async fn end(
    office: &Office,
    date: NaiveDate,
    step: NightStep,
    problem: Option<&NightStepProblem>,
) -> Result<(), StoreError> {
    let mut tx = office.store.work().await?;
    let at = office.desk.clock.stamp();
    tx.end_step(date, step, problem, &at).await?;
    tx.commit().await
}

async fn print(
    office: &Office,
    date: NaiveDate,
    ending: &Ending,
    say: &mut dyn FnMut(&Waited),
    told: &mut Vec<ShiftEvent>,
) -> Option<NightStepProblem> {
    let mut reached = |place| ending.probe.stand(point_of(place));
    match print_runs::make(office, date, ending.turn(say), &mut reached).await {
        Ok(printed) => {
            let date = Some(date);
            told.push(ShiftEvent::Printed { date, printed });
            None
        }
        Err(error) => {
            let problem = match &error {
                PrintError::Write { path, error } => unwritten(path.display(), error),
                other => in_words(other),
            };
            let date = Some(date);
            told.push(ShiftEvent::NotPrinted { date, error });
            Some(problem)
        }
    }
}

async fn publish(
    office: &Office,
    date: NaiveDate,
    told: &mut Vec<ShiftEvent>,
) -> Option<NightStepProblem> {
    // A day to come has its publication when it has come.
    let until = date.min(office.desk.clock.today());
    let by = By {
        who: Actor::Schedule,
        at: Stamp::at(office.desk.clock.now()),
    };
    match notice::publish(office, &by, None, until, &mut |_| {}).await {
        Ok(done) => {
            told.extend(done.revision.map(ShiftEvent::Published));
            None
        }
        Err(error) => {
            let problem = in_words(&error);
            told.push(ShiftEvent::NotPublished(error));
            Some(problem)
        }
    }
}

async fn report(
    office: &Office,
    date: NaiveDate,
    told: &mut Vec<ShiftEvent>,
) -> Option<NightStepProblem> {
    // What a killed process left. What another writes there just now stays.
    files::sweep_left(&office.out().join("reports"));
    match write_report(office, date).await {
        Ok((report, files)) => {
            let report = Box::new(report);
            told.push(ShiftEvent::Reported {
                date,
                report,
                files,
            });
            None
        }
        Err(error) => {
            let problem = match &error {
                ReportError::Write { path, error } => unwritten(path.display(), error),
                other => in_words(other),
            };
            told.push(ShiftEvent::NotReported { date, error });
            Some(problem)
        }
    }
}

fn unwritten(place: std::path::Display<'_>, error: &std::io::Error) -> NightStepProblem {
    NightStepProblem::Unwritten {
        place: quoted(&place.to_string()),
        error: quoted(&error.to_string()),
    }
}

fn in_words(error: &impl std::error::Error) -> NightStepProblem {
    NightStepProblem::Told {
        words: quoted(&error.to_string()),
    }
}

fn quoted(text: &str) -> String {
    in_one_line(text, QUOTED_MOST)
}

fn point_of(place: Reached) -> Point {
    match place {
        Reached::Filled => Point::PrintFilled,
        Reached::Recorded => Point::PrintRecorded,
        Reached::Placed => Point::PrintPlaced,
    }
}
