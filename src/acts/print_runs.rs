//! Print runs: what goes by post joined for the printer, and kept in the store
//! which letter stands in which run at which place.
//!
//! A run is recorded before its files stand in their folder, and marked when
//! they do. Both transactions look again at each letter, so that none is
//! printed that was cancelled, posted or kept back while files were being made. Killed anywhere, no folder stands whose letters could be printed a
//! second time: either nothing was recorded, and nothing stands; or the run is
//! recorded, and the next who makes print files makes its files again.

mod ready;

use std::path::PathBuf;

use chrono::NaiveDate;

use crate::domain::{
    By, LetterId, NightStep, PrintRun, PrintedIn, ReprintRefusal, State, Whereabouts,
    reprint_reason,
};
use crate::office::Office;
use crate::print::{Making, is_unswept};
use crate::store::{LetterQuery, NewReprint, PrintRunRow, PrintRuns, StoreError, ToPrint, Which};
use crate::wording;
use ready::Ready;

pub use crate::print::{
    JoinError, KeptOut, LONGEST_WAIT, PrintError, Printed, Turn, WhyKeptOut, WhyMade,
};
pub use crate::store::Waited;

/// A place in the making of print files. Tests stop there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// The files are written where nobody sees them.
    Filled,
    /// The store knows the run.
    Recorded,
    /// The files stand in their folder; the store does not know that.
    Placed,
}

/// Told of each place.
pub type Reaching<'a> = &'a mut dyn FnMut(Reached);

/// What is to be printed again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// The print run with this number.
    Run(u32),
    /// This letter alone, in a folder of its own.
    Letter(LetterId),
}

/// That something is printed again.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// What.
    pub what: Again,
    /// Whether posted letters are printed, too.
    pub also_posted: bool,
    /// Why, in the words of whoever asks for it.
    pub reason: &'a str,
}

/// Why nothing was printed again; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ReprintError {
    /// A rule is against it.
    #[error("{}", wording::print::refused(.0))]
    Refused(ReprintRefusal),
    /// The files cannot be made.
    #[error(transparent)]
    Print(#[from] PrintError),
}

impl From<StoreError> for ReprintError {
    fn from(error: StoreError) -> Self {
        ReprintError::Print(error.into())
    }
}

/// Makes a print run of a date: of the letters by post of that night and of
/// earlier ones that stand in no print run yet. Where there are none, none is
/// made. A letter that cannot be printed is left out and told; it stops no
/// other. No letter changes its state, so nobody is named who made them.
///
/// # Errors
/// [`PrintError`].
pub async fn make(
    office: &Office,
    date: NaiveDate,
    turn: Turn<'_>,
    reached: Reaching<'_>,
) -> Result<Printed, PrintError> {
    let making = Making::begin(office, turn).await?;
    let day = date.to_string();
    let mut conn = office.store.reads().await?;
    let dates = PrintRuns::In(PrintedIn::Dates(date, date));
    let before = conn.print_runs(dates).await?;
    drop(conn);
    let before: Vec<PrintRun> = before.into_iter().map(|row| row.run).collect();
    let mut ready = Ready::of(office, &making, ToPrint::Unprinted(&day)).await?;
    let tx = match ready.filled.held.is_empty() {
        true => None,
        false => Some(ready.settled(reached).await?),
    };
    let Some(mut tx) = tx.filter(|_| !ready.filled.held.is_empty()) else {
        making.discard()?;
        done(office, date).await?;
        return Ok(Printed {
            before,
            ..told_of(ready)
        });
    };
    let (part, strange) = free_part(&making, date, &before);
    let at = office.desk.clock.stamp();
    let held = &ready.filled.held;
    let run = tx.record_print_run(date, part, held, &at).await?;
    tx.commit().await?;
    ready.becomes(run.number);
    let folder = put(office, &making, &run, &mut ready, Some(date), reached).await?;
    Ok(Printed {
        run: Some(run),
        folder: Some(folder),
        before,
        strange,
        ..told_of(ready)
    })
}

/// The first part of a date whose folder is free, and what stands where an
/// earlier one would be. Nobody recorded that: it was made before the database
/// was put back from a backup, and is all that says what was printed then.
fn free_part(making: &Making<'_>, date: NaiveDate, before: &[PrintRun]) -> (u32, Vec<PathBuf>) {
    let last = before.iter().map(|run| run.part).max();
    let mut run = PrintRun {
        number: 0,
        date,
        part: last.unwrap_or_default().saturating_add(1),
    };
    let mut strange = Vec::new();
    while let Some(path) = making.standing(&run.folder()) {
        strange.push(path);
        run.part = run.part.saturating_add(1);
    }
    (run.part, strange)
}

/// What is told of files.
fn told_of(ready: Ready<'_, '_>) -> Printed {
    Printed {
        kinds: ready.filled.kinds,
        kept_out: ready.filled.kept_out,
        changed: ready.changed,
        mended: ready.mended,
        ..Printed::default()
    }
}

/// Makes the files of runs again that were recorded and are not in place,
/// because the program had ended, and removes what it left. One that cannot be
/// made stops no other.
///
/// # Errors
/// [`PrintError`] where none can be tried; each run's own stands in its place.
pub async fn make_good(
    office: &Office,
    turn: Turn<'_>,
    reached: Reaching<'_>,
) -> Result<Vec<Result<Printed, PrintError>>, PrintError> {
    let mut conn = office.store.reads().await?;
    let unplaced = conn.print_runs(PrintRuns::Unplaced).await?;
    drop(conn);
    if unplaced.is_empty() && !is_unswept(office) {
        return Ok(Vec::new());
    }
    let making = Making::begin(office, turn).await?;
    let mut conn = office.store.reads().await?;
    let unplaced = conn.print_runs(PrintRuns::Unplaced).await?;
    drop(conn);
    let mut all = Vec::new();
    for row in unplaced {
        let made = again(office, &making, &row, reached).await;
        all.push(made.map_err(|error| PrintError::OfRun {
            run: row.run,
            error: Box::new(error),
        }));
    }
    Ok(all)
}

async fn again(
    office: &Office,
    making: &Making<'_>,
    row: &PrintRunRow,
    reached: Reaching<'_>,
) -> Result<Printed, PrintError> {
    let number = row.run.number;
    let which = ToPrint::OfRun {
        run: number,
        also_posted: row.also_posted,
    };
    let mut ready = Ready::of(office, making, which).await?;
    let tx = match ready.is_of_none() {
        true => None,
        false => Some(ready.settled(reached).await?),
    };
    let folder = match tx.filter(|_| !ready.is_of_none()) {
        None => {
            making.discard()?;
            let mut tx = office.store.work().await?;
            tx.place_print_run(number).await?;
            tx.commit().await?;
            None
        }
        Some(mut tx) => {
            tx.renew_print_run(number, &ready.filled.held, &ready.left_out())
                .await?;
            tx.commit().await?;
            Some(put(office, making, &row.run, &mut ready, None, reached).await?)
        }
    };
    Ok(Printed {
        run: Some(row.run),
        why: WhyMade::MadeGood,
        folder,
        ..told_of(ready)
    })
}

/// Puts the files of a run that is recorded in their place and keeps that they
/// stand there; with a date, also that the letters of that date were printed.
/// What changed since the run was recorded is not in them.
async fn put(
    office: &Office,
    making: &Making<'_>,
    run: &PrintRun,
    ready: &mut Ready<'_, '_>,
    date: Option<NaiveDate>,
    reached: Reaching<'_>,
) -> Result<PathBuf, PrintError> {
    loop {
        reached(Reached::Recorded);
        let Some(mut tx) = ready.standing().await? else {
            let mut tx = ready.settled(reached).await?;
            tx.renew_print_run(run.number, &ready.filled.held, &ready.left_out())
                .await?;
            tx.commit().await?;
            continue;
        };
        // Nobody can say meanwhile that a letter of it was posted.
        let folder = making.place(&run.folder())?;
        reached(Reached::Placed);
        tx.place_print_run(run.number).await?;
        if let Some(date) = date {
            let at = office.desk.clock.stamp();
            tx.end_step(date, NightStep::Print, None, &at).await?;
        }
        tx.commit().await?;
        discard_late(making);
        return Ok(folder);
    }
}

/// Removes what is left when all is in its place. Where that fails nothing is
/// missing: whoever makes print files next removes it.
fn discard_late(making: &Making<'_>) {
    if let Err(error) = making.discard() {
        tracing::warn!(%error, "files nobody needs are still in out/print");
    }
}

/// Prints a run, or one letter of it, once more because `by` asks for it, with
/// the reason. What must not go any more is left out: what is kept back, what
/// was cancelled and, unless `also_posted`, what was posted.
///
/// # Errors
/// [`ReprintError`].
pub async fn reprint(
    office: &Office,
    by: &By,
    asked: &Asked<'_>,
    turn: Turn<'_>,
    reached: Reaching<'_>,
) -> Result<Printed, ReprintError> {
    let reason = reprint_reason(asked.reason).map_err(ReprintError::Refused)?;
    let Asked {
        what, also_posted, ..
    } = *asked;
    let making = Making::begin(office, turn).await?;
    let run = run_of(office, what).await?;
    let (letter, which) = match what {
        Again::Run(run) => (None, ToPrint::OfRun { run, also_posted }),
        Again::Letter(letter) => (
            Some(letter),
            ToPrint::One {
                letter,
                also_posted,
            },
        ),
    };
    let why = letter.map_or(WhyMade::Again, WhyMade::AgainOne);
    let mut ready = Ready::of(office, &making, which).await?;
    let is_nothing = |ready: &Ready<'_, '_>| {
        ready.is_of_none() || (letter.is_some() && ready.filled.held.is_empty())
    };
    let tx = match is_nothing(&ready) {
        true => None,
        false => Some(ready.settled(reached).await?),
    };
    let folder = match tx.filter(|_| !is_nothing(&ready)) {
        None => {
            making.discard()?;
            None
        }
        Some(mut tx) => {
            let name = letter.map(|letter| own_folder(&making, &run, letter));
            let new = NewReprint {
                run: run.number,
                letter,
                also_posted,
                held: &ready.filled.held,
                left_out: &ready.left_out(),
                reason,
            };
            tx.record_reprint(&new, by).await?;
            tx.commit().await.map_err(PrintError::from)?;
            Some(match name {
                None => put(office, &making, &run, &mut ready, None, reached).await?,
                Some(name) => {
                    reached(Reached::Recorded);
                    let folder = making.place(&name)?;
                    reached(Reached::Placed);
                    discard_late(&making);
                    folder
                }
            })
        }
    };
    let (posted, cancelled) = left(office, what, also_posted).await?;
    Ok(Printed {
        run: Some(run),
        why,
        folder,
        posted,
        cancelled,
        ..told_of(ready)
    })
}

/// The folder of a letter that is printed again alone: one that is free, for
/// nobody keeps what stands in an earlier one.
fn own_folder(making: &Making<'_>, run: &PrintRun, letter: LetterId) -> String {
    let first = format!("{}-{letter}", run.folder());
    let mut name = first.clone();
    let mut part: u32 = 1;
    while making.standing(&name).is_some() {
        part = part.saturating_add(1);
        name = format!("{first}-{part}");
    }
    name
}

/// The run that is asked for, or that of the letter.
async fn run_of(office: &Office, what: Again) -> Result<PrintRun, ReprintError> {
    let refused = ReprintError::Refused;
    let mut conn = office.store.reads().await?;
    match what {
        Again::Run(number) => {
            let one = PrintRuns::In(PrintedIn::Run(number));
            if let Some(row) = conn.print_runs(one).await?.pop() {
                return Ok(row.run);
            }
            let last = conn.print_runs(PrintRuns::Last).await?.pop();
            let last = last.map(|row| row.run.number);
            Err(refused(ReprintRefusal::NoSuchRun { number, last }))
        }
        Again::Letter(id) => {
            let row = conn.letter(id).await?;
            let row = row.ok_or_else(|| refused(ReprintRefusal::NoSuchLetter(id)))?;
            row.printed
                .ok_or_else(|| refused(ReprintRefusal::NeverPrinted(id)))
        }
    }
}

/// How many letters of what is asked for are in no files because they were
/// posted, and because they were cancelled.
async fn left(office: &Office, what: Again, also_posted: bool) -> Result<(u64, u64), StoreError> {
    let mut conn = office.store.reads().await?;
    let (posted, cancelled) = match what {
        Again::Run(number) => {
            let one = PrintedIn::Run(number);
            let posted = LetterQuery::of(Which::PostedIn(one));
            let cancelled = LetterQuery::of(Which::CancelledIn(one));
            let posted = conn.count_letters(&posted).await?;
            let cancelled = conn.count_letters(&cancelled).await?;
            (posted.unsigned_abs(), cancelled.unsigned_abs())
        }
        Again::Letter(id) => {
            let row = conn.letter(id).await?;
            let (state, at) = row.map(|row| (row.state, row.at)).unzip();
            let waits = at == Some(Whereabouts::Unposted);
            let posted = state == Some(State::Filed) && !waits;
            let cancelled = state == Some(State::Cancelled);
            (u64::from(posted), u64::from(cancelled))
        }
    };
    Ok((if also_posted { 0 } else { posted }, cancelled))
}

/// Keeps that no letter of a date is to be printed.
async fn done(office: &Office, date: NaiveDate) -> Result<(), StoreError> {
    let mut tx = office.store.work().await?;
    let at = office.desk.clock.stamp();
    tx.end_step(date, NightStep::Print, None, &at).await?;
    tx.commit().await
}
