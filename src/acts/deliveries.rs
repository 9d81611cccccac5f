//! What staff say of letters that left the house after the night: posted or
//! handed over, and that this was a mistake. It is recorded of all letters
//! that are meant or of none, in one transaction.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::letters::Moved;
use crate::domain::{
    By, CloseReason, DeliveryRefusal, Dispatch, KeptBack, LetterChange, LetterId, PrintedIn,
    Whereabouts,
};
use crate::office::Office;
use crate::print;
use crate::store::{LetterQuery, LetterRow, Part, PrintRuns, Refused, Which, Work};

/// Which letters left the house.
#[derive(Debug, Clone)]
pub enum Gone {
    /// These.
    These {
        /// The letters; each counts once, however often it is named.
        letters: Vec<LetterId>,
        /// Whether they are recorded even if what is registered keeps them
        /// back: they really left.
        although_kept_back: bool,
    },
    /// Those in the files of print runs that wait to be posted and are not kept
    /// back.
    Printed {
        /// Which runs.
        runs: PrintedIn,
        /// Letters that did not leave, though they are in one.
        except: Vec<LetterId>,
        /// How many there are, where the person who records it says so.
        count: Option<usize>,
    },
}

/// Of which letters it was a mistake that they left the house.
#[derive(Debug, Clone)]
pub enum Mistaken {
    /// These.
    These(Vec<LetterId>),
    /// Those of these print runs that were recorded last, all together.
    LastOf(PrintedIn),
}

/// What was recorded.
#[derive(Debug)]
pub struct Delivered {
    /// The letters.
    pub letters: Vec<Moved>,
    /// Letters of the print runs that are kept back by now: nothing was
    /// recorded of them.
    pub kept_back: Vec<(LetterId, KeptBack)>,
    /// Letters of the print runs that were left out as asked.
    pub excepted: Vec<LetterId>,
}

/// What was taken back.
#[derive(Debug)]
pub struct TakenBack {
    /// The letters.
    pub letters: Vec<Moved>,
    /// Receipt numbers of requests that were closed as answered by them.
    pub answered: Vec<String>,
}

/// Records how and on which day letters left the house. Nobody says by a slip
/// of a number that a letter was posted that must not be.
///
/// # Errors
/// [`DeliveryRefusal`], or when the store fails; then nothing was recorded.
pub async fn record(
    office: &Office,
    by: &By,
    which: &Gone,
    how: Dispatch,
    on: NaiveDate,
) -> Result<Delivered, Refused<DeliveryRefusal>> {
    let mut tx = office.store.work().await?;
    let found = match which {
        Gone::These {
            letters,
            although_kept_back,
        } => {
            let found = Found::of(letters);
            if !although_kept_back {
                refuse_kept_back(office, &found.letters).await?;
            }
            found
        }
        Gone::Printed {
            runs,
            except,
            count,
        } => {
            let found = printed(office, &mut tx, *runs, except).await?;
            if let PrintedIn::Dates(_, last) = runs {
                refuse_other_count(&found, *last, *count)?;
            }
            found
        }
    };
    let of = found.letters.len();
    let refused = |why| Refused::Rule { why, of };
    let mut letters = Vec::with_capacity(of);
    for id in &found.letters {
        if on > by.today() {
            return Err(refused(DeliveryRefusal::Future(on)));
        }
        let row = the_letter(&mut tx, *id, of).await?;
        let facts = row.facts();
        facts.can_leave(how).map_err(refused)?;
        let entered_on = tx.parts_of(*id, &[Part::EnteredOn]).await?.entered_on;
        let made = row.made_on(entered_on)?;
        if on < made {
            let id = *id;
            return Err(refused(DeliveryRefusal::NotMadeYet { id, made, on }));
        }
        let before = row.at;
        let row = match facts.found_posted() {
            None => row,
            Some(found) => {
                tx.change_letter(&row, LetterChange::Moves(found), by)
                    .await?;
                the_letter(&mut tx, *id, of).await?
            }
        };
        let change = LetterChange::Leaves(Some((how, on)));
        tx.change_letter(&row, change, by).await?;
        letters.push(Moved {
            id: *id,
            before,
            at: Whereabouts::of(row.state, row.delivery, row.handed_to, Some(how)),
            printed: facts.printed,
        });
    }
    tx.commit().await?;
    Ok(Delivered {
        letters,
        kept_back: found.kept_back,
        excepted: found.excepted,
    })
}

/// Takes back that letters left the house.
///
/// # Errors
/// [`DeliveryRefusal`], or when the store fails; then nothing was changed.
pub async fn take_back(
    office: &Office,
    by: &By,
    which: &Mistaken,
) -> Result<TakenBack, Refused<DeliveryRefusal>> {
    let mut tx = office.store.work().await?;
    let ids = match which {
        Mistaken::These(letters) => Found::of(letters).letters,
        Mistaken::LastOf(runs) => {
            let query = LetterQuery::of(Which::RecordedLastIn(*runs));
            let letters = tx.letters(&query).await?;
            letters.into_iter().map(|letter| letter.id).collect()
        }
    };
    let of = ids.len();
    let mut letters = Vec::with_capacity(of);
    let mut answered = Vec::new();
    for id in ids {
        let row = the_letter(&mut tx, id, of).await?;
        let facts = row.facts();
        let refused = |why| Refused::Rule { why, of };
        facts.can_be_taken_back().map_err(refused)?;
        tx.change_letter(&row, LetterChange::Leaves(None), by)
            .await?;
        letters.push(Moved {
            id,
            before: row.at,
            at: the_letter(&mut tx, id, of).await?.at,
            printed: facts.printed,
        });
        let request = tx.parts_of(id, &[Part::Request]).await?.request;
        let request = request.filter(|row| row.close_reason == Some(CloseReason::Answered));
        answered.extend(request.map(|row| row.receipt_number));
    }
    tx.commit().await?;
    Ok(TakenBack { letters, answered })
}

async fn the_letter(
    tx: &mut Work,
    id: LetterId,
    of: usize,
) -> Result<LetterRow, Refused<DeliveryRefusal>> {
    let row = tx.letter(id).await?;
    let why = DeliveryRefusal::NoSuchLetter(id);
    row.ok_or(Refused::Rule { why, of })
}

/// The letters that are meant.
struct Found {
    letters: Vec<LetterId>,
    kept_back: Vec<(LetterId, KeptBack)>,
    excepted: Vec<LetterId>,
}

impl Found {
    /// Each letter once, however often it is named.
    fn of(letters: &[LetterId]) -> Self {
        let mut seen = BTreeSet::new();
        let letters = letters.iter().copied();
        Found {
            letters: letters.filter(|id| seen.insert(id.key())).collect(),
            kept_back: Vec::new(),
            excepted: Vec::new(),
        }
    }
}

/// The letters in the files of print runs. One that a flag keeps back was to be
/// taken out, so nobody says of it with the others that it was posted.
async fn printed(
    office: &Office,
    tx: &mut Work,
    runs: PrintedIn,
    except: &[LetterId],
) -> Result<Found, Refused<DeliveryRefusal>> {
    let letters = tx.letters(&LetterQuery::of(Which::WaitingIn(runs))).await?;
    if letters.is_empty() {
        return Err(Refused::one(DeliveryRefusal::NothingPrinted(runs)));
    }
    // What was recorded and never stood was printed by nobody, and would be
    // printed by nobody any more.
    let meant = tx.print_runs(PrintRuns::In(runs)).await?;
    let unplaced = meant.into_iter().find(|row| {
        let number = Some(row.run.number);
        !row.placed && letters.iter().any(|letter| letter.print_run == number)
    });
    if let Some(row) = unplaced {
        return Err(Refused::one(DeliveryRefusal::NotPlaced(row.run)));
    }
    let mut found = Found::of(&[]);
    let looked_at = letters
        .iter()
        .map(|letter| (letter.id, letter.kind.as_str(), letter.outcome.as_str()));
    let kept_back = print::kept_back(office, looked_at).await?;
    for letter in &letters {
        if except.contains(&letter.id) {
            found.excepted.push(letter.id);
            continue;
        }
        match kept_back.get(&letter.id) {
            None => found.letters.push(letter.id),
            Some(why) => found.kept_back.push((letter.id, why.clone())),
        }
    }
    refuse_others(tx, runs, except, &found.excepted).await?;
    Ok(found)
}

/// Whoever leaves a letter out that is not there means another. One of the
/// print runs that waits no more, as it was cancelled, is left out anyway.
async fn refuse_others(
    tx: &mut Work,
    runs: PrintedIn,
    except: &[LetterId],
    excepted: &[LetterId],
) -> Result<(), Refused<DeliveryRefusal>> {
    for id in except.iter().filter(|id| !excepted.contains(id)) {
        let printed = tx.letter(*id).await?.and_then(|row| row.printed);
        if !printed.is_some_and(|run| runs.holds(&run)) {
            return Err(Refused::one(DeliveryRefusal::NotPrinted(*id)));
        }
    }
    Ok(())
}

fn refuse_other_count(
    found: &Found,
    through: NaiveDate,
    count: Option<usize>,
) -> Result<(), Refused<DeliveryRefusal>> {
    match count {
        Some(count) if count != found.letters.len() => {
            Err(Refused::one(DeliveryRefusal::CountDiffers {
                through,
                found: found.letters.len(),
                count,
            }))
        }
        _ => Ok(()),
    }
}

async fn refuse_kept_back(
    office: &Office,
    letters: &[LetterId],
) -> Result<(), Refused<DeliveryRefusal>> {
    // Another connection reads here; what it sees cannot change while this
    // act holds the lock.
    let kept_back = print::kept_back_by_id(office, letters).await?;
    if kept_back.is_empty() {
        return Ok(());
    }
    let kept_back = kept_back.into_iter().collect();
    Err(Refused::one(DeliveryRefusal::KeptBack(kept_back)))
}
