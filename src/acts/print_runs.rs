//! Print runs: what goes by post joined for the printer, and kept in the store
//! which letter stands in which run at which place.
//!
//! A run is recorded before its files stand in their folder, and marked when
//! they do. Killed anywhere, no folder stands whose letters could be printed a
//! second time: either nothing was recorded, and nothing stands; or the run is
//! recorded, and the next who makes print files makes its files again.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::domain::{
    By, KeptBack, LetterId, NightStep, PrintRun, PrintedIn, ReprintRefusal, State, Whereabouts,
    reprint_reason,
};
use crate::office::Office;
use crate::print::{Filled, Making, is_unswept, kept_back};
use crate::store::{
    LetterQuery, NewReprint, PostLetter, PrintRunRow, PrintRuns, Reads, StoreError, ToPrint, Which,
};
use crate::wording;

pub use crate::print::{JoinError, KeptOut, PrintError, Printed, WhyKeptOut, WhyMade};

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
    reached: Reaching<'_>,
) -> Result<Printed, PrintError> {
    let making = Making::begin(office).await?;
    let day = date.to_string();
    let mut conn = office.store.reads().await?;
    let letters = conn.post_letters(ToPrint::Unprinted(&day)).await?;
    let dates = PrintRuns::In(PrintedIn::Dates(date, date));
    let before = conn.print_runs(dates).await?;
    drop(conn);
    let before = before.into_iter().map(|row| row.run).collect();
    let filled = fill(office, &making, &letters).await?;
    if filled.held.is_empty() {
        making.discard()?;
        done(office, date, None).await?;
        return Ok(Printed {
            kept_out: filled.kept_out,
            before,
            ..Printed::default()
        });
    }
    reached(Reached::Filled);
    let mut tx = office.store.work().await?;
    let at = office.desk.clock.stamp();
    let run = tx.record_print_run(date, &filled.held, &at).await?;
    tx.commit().await?;
    reached(Reached::Recorded);
    let folder = making.place(&run.folder())?;
    reached(Reached::Placed);
    done(office, date, Some(&run)).await?;
    Ok(Printed {
        run: Some(run),
        folder: Some(folder),
        kinds: filled.kinds,
        kept_out: filled.kept_out,
        before,
        ..Printed::default()
    })
}

/// Makes the files of runs again that were recorded and are not in place,
/// because the program had ended, and removes what it left.
///
/// # Errors
/// [`PrintError`].
pub async fn make_good(office: &Office, reached: Reaching<'_>) -> Result<Vec<Printed>, PrintError> {
    let mut conn = office.store.reads().await?;
    let unplaced = conn.print_runs(PrintRuns::Unplaced).await?;
    drop(conn);
    if unplaced.is_empty() && !is_unswept(office) {
        return Ok(Vec::new());
    }
    let making = Making::begin(office).await?;
    let mut conn = office.store.reads().await?;
    let unplaced = conn.print_runs(PrintRuns::Unplaced).await?;
    drop(conn);
    let mut made = Vec::new();
    for row in unplaced {
        made.push(again(office, &making, &row, reached).await?);
    }
    Ok(made)
}

async fn again(
    office: &Office,
    making: &Making<'_>,
    row: &PrintRunRow,
    reached: Reaching<'_>,
) -> Result<Printed, PrintError> {
    let number = row.run.number;
    let also_posted = row.also_posted;
    let which = ToPrint::OfRun {
        run: number,
        also_posted,
    };
    let mut conn = office.store.reads().await?;
    let letters = conn.post_letters(which).await?;
    drop(conn);
    if letters.is_empty() {
        placed(office, &row.run).await?;
        return Ok(Printed {
            run: Some(row.run),
            why: WhyMade::MadeGood,
            ..Printed::default()
        });
    }
    let filled = fill(office, making, &letters).await?;
    reached(Reached::Filled);
    let mut tx = office.store.work().await?;
    let left_out = left_out(&filled);
    tx.renew_print_run(number, &filled.held, &left_out).await?;
    tx.commit().await?;
    put(office, making, &row.run, filled, WhyMade::MadeGood, reached).await
}

/// Puts the files of a run that is recorded in their place.
async fn put(
    office: &Office,
    making: &Making<'_>,
    run: &PrintRun,
    filled: Filled,
    why: WhyMade,
    reached: Reaching<'_>,
) -> Result<Printed, PrintError> {
    reached(Reached::Recorded);
    let folder = making.place(&run.folder())?;
    reached(Reached::Placed);
    placed(office, run).await?;
    Ok(Printed {
        run: Some(*run),
        why,
        folder: Some(folder),
        kinds: filled.kinds,
        kept_out: filled.kept_out,
        ..Printed::default()
    })
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
    what: Again,
    also_posted: bool,
    reason: &str,
    reached: Reaching<'_>,
) -> Result<Printed, ReprintError> {
    let reason = reprint_reason(reason).map_err(ReprintError::Refused)?;
    let making = Making::begin(office).await?;
    let mut conn = office.store.reads().await?;
    let asked = match what {
        Again::Run(number) => the_run(&mut conn, number, also_posted).await?,
        Again::Letter(id) => the_letter(&mut conn, id, also_posted).await?,
    };
    drop(conn);
    let Asked {
        run,
        letters,
        posted,
        cancelled,
    } = asked;
    let (letter, why, name) = match what {
        Again::Run(_) => (None, WhyMade::Again, run.folder()),
        Again::Letter(id) => {
            let name = format!("{}-{id}", run.folder());
            (Some(id), WhyMade::AgainOne(id), name)
        }
    };
    let nothing = Printed {
        run: Some(run),
        why,
        posted,
        cancelled,
        ..Printed::default()
    };
    if letters.is_empty() {
        return Ok(nothing);
    }
    let filled = fill(office, &making, &letters).await?;
    if letter.is_some() && filled.held.is_empty() {
        making.discard()?;
        return Ok(Printed {
            kept_out: filled.kept_out,
            ..nothing
        });
    }
    reached(Reached::Filled);
    let new = NewReprint {
        run: run.number,
        letter,
        also_posted,
        held: &filled.held,
        left_out: &left_out(&filled),
        reason,
    };
    let mut tx = office.store.work().await?;
    tx.record_reprint(&new, by).await?;
    tx.commit().await.map_err(PrintError::from)?;
    if letter.is_none() {
        let made = put(office, &making, &run, filled, why, reached).await?;
        return Ok(Printed {
            posted,
            cancelled,
            ..made
        });
    }
    reached(Reached::Recorded);
    let folder = making.place(&name)?;
    reached(Reached::Placed);
    Ok(Printed {
        folder: Some(folder),
        kinds: filled.kinds,
        ..nothing
    })
}

/// What is asked for.
struct Asked {
    run: PrintRun,
    letters: Vec<PostLetter>,
    posted: u64,
    cancelled: u64,
}

async fn the_run(conn: &mut Reads, number: u32, also_posted: bool) -> Result<Asked, ReprintError> {
    let one = PrintedIn::Run(number);
    let Some(row) = conn.print_runs(PrintRuns::In(one)).await?.pop() else {
        let last = conn.print_runs(PrintRuns::Last).await?.pop();
        let last = last.map(|row| row.run.number);
        let why = ReprintRefusal::NoSuchRun { number, last };
        return Err(ReprintError::Refused(why));
    };
    let which = ToPrint::OfRun {
        run: number,
        also_posted,
    };
    let posted = match also_posted {
        true => 0,
        false => {
            conn.count_letters(&LetterQuery::of(Which::PostedIn(one)))
                .await?
        }
    };
    let cancelled = LetterQuery::of(Which::CancelledIn(one));
    Ok(Asked {
        run: row.run,
        letters: conn.post_letters(which).await?,
        posted: posted.unsigned_abs(),
        cancelled: conn.count_letters(&cancelled).await?.unsigned_abs(),
    })
}

async fn the_letter(
    conn: &mut Reads,
    id: LetterId,
    also_posted: bool,
) -> Result<Asked, ReprintError> {
    let refused = ReprintError::Refused;
    let row = conn.letter(id).await?;
    let row = row.ok_or_else(|| refused(ReprintRefusal::NoSuchLetter(id)))?;
    let run = row.printed;
    let run = run.ok_or_else(|| refused(ReprintRefusal::NeverPrinted(id)))?;
    let waits = row.at == Whereabouts::Unposted;
    let posted = row.state == State::Filed && !waits;
    let letters = match waits || (posted && also_posted) {
        true => conn.post_letters(ToPrint::One(id)).await?,
        false => Vec::new(),
    };
    Ok(Asked {
        run,
        letters,
        posted: u64::from(posted && !also_posted),
        cancelled: u64::from(row.state == State::Cancelled),
    })
}

/// Writes the files of letters where nobody sees them yet, without those that
/// are kept back.
async fn fill(
    office: &Office,
    making: &Making<'_>,
    letters: &[PostLetter],
) -> Result<Filled, PrintError> {
    let looked_at = letters
        .iter()
        .map(|letter| (letter.id, letter.kind.as_str(), letter.outcome.as_str()));
    let kept_back: BTreeMap<LetterId, KeptBack> = kept_back(office, looked_at).await?;
    making.fill(letters, &kept_back).await
}

fn left_out(filled: &Filled) -> Vec<LetterId> {
    filled.kept_out.iter().map(|out| out.id).collect()
}

/// Keeps that the files of a run stand.
async fn placed(office: &Office, run: &PrintRun) -> Result<(), StoreError> {
    let mut tx = office.store.work().await?;
    tx.place_print_run(run.number).await?;
    tx.commit().await
}

/// Keeps that the letters of a date were printed, in this run if there were
/// any.
async fn done(office: &Office, date: NaiveDate, run: Option<&PrintRun>) -> Result<(), StoreError> {
    let mut tx = office.store.work().await?;
    if let Some(run) = run {
        tx.place_print_run(run.number).await?;
    }
    let at = office.desk.clock.stamp();
    tx.end_step(date, NightStep::Print, None, &at).await?;
    tx.commit().await
}
