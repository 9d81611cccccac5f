//! What staff do to letters: approve, hold, resume, cancel, try again, and say
//! what became of a mail. One act happens to all letters that are meant or to
//! none, in one transaction: which letters are meant, and what the rule allows,
//! is read under the same lock under which they are changed.
//!
//! Of a range or a night there may be a hundred thousand. They are all looked
//! at first, without the lock, and then changed in short transactions, each
//! letter only if it still is as it was looked at. Whoever is killed in between
//! leaves letters that are changed and letters that are not, each whole, and
//! the same act can be done to the rest.

use std::collections::BTreeMap;
use std::time::Duration;

use super::in_charge::{InCharge, against, held_against, held_one, note_seen};
use super::still_holds::StillHolds;
use crate::domain::{
    Against, By, HandedTo, LetterAction, LetterChange, LetterId, LetterRefusal, PrintRun, State,
    Whereabouts,
};
use crate::office::Office;
use crate::store::{
    AuditRow, LetterQuery, LetterRow, Part, Parts, Reads, Refused, StoreError, Which, Work,
};
use crate::views::{KeptWarning, kept_warnings, registered_against};
use chrono::NaiveDate;

/// Letters read at a time.
const PAGE: i64 = 1000;

/// Letters changed by one transaction, which takes some tenths of a second.
const TOGETHER: usize = 500;

/// What others have at least between two of them.
const BREATH: Duration = Duration::from_millis(2);

/// Which letters are meant.
#[derive(Debug, Clone)]
pub enum Selection {
    /// These.
    These(Vec<LetterId>),
    /// Those that wait for approval from one to another. There must be as many
    /// as the approver says, so that nobody approves what they have not looked
    /// at. None of them may have come back to waiting: then letters only leave
    /// the range, so that as many as before are the same as before.
    Range {
        /// The first.
        first: LetterId,
        /// The last.
        last: LetterId,
        /// How many there are.
        count: usize,
    },
    /// Those of the night of this date that failed.
    FailedOf(NaiveDate),
    /// Those of the night of this date whose mails stand in files.
    WrittenOf(NaiveDate),
}

/// What an act did.
#[derive(Debug, Default)]
pub struct Acted {
    /// The letters, in the order they were named or queued.
    pub letters: Vec<Moved>,
    /// What is registered against letters that were approved: who approves is
    /// the last person to see what whoever queued them was told.
    pub cautions: BTreeMap<LetterId, Against>,
    /// What staff were told of them when they were queued.
    pub warnings: BTreeMap<LetterId, Vec<KeptWarning>>,
    /// Letters somebody else changed while many were acted on: they are left as
    /// they are.
    pub left: Vec<LetterId>,
    /// Why the act ended before the last of many letters. Those that are named
    /// are done.
    pub broken_off: Option<StoreError>,
}

/// A letter an act was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// Its reference.
    pub id: LetterId,
    /// Where it was.
    pub before: Whereabouts,
    /// Where it is now.
    pub at: Whereabouts,
    /// The print run it stands in.
    pub printed: Option<PrintRun>,
}

impl Moved {
    /// A letter that stays where it is.
    fn stayed(row: &LetterRow) -> Self {
        Moved {
            id: row.id,
            before: row.at,
            at: row.at,
            printed: row.printed,
        }
    }
}

/// Does one act to all letters that are meant, or to none if it is refused for
/// one. By `charge` the person in charge has looked at those that only they can let
/// go.
///
/// # Errors
/// [`LetterRefusal`], or when the store fails; then nothing was changed.
pub async fn act(
    office: &Office,
    by: &By,
    action: LetterAction,
    which: &Selection,
    charge: Option<&InCharge>,
) -> Result<Acted, Refused<LetterRefusal>> {
    if let Selection::These(_) = which {
        return at_once(office, by, action, which, charge).await;
    }
    let mut reads = office.store.reads().await?;
    let ids = meant(&mut reads, which).await?;
    if ids.len() <= TOGETHER {
        drop(reads);
        return at_once(office, by, action, which, charge).await;
    }
    let mut seen = Vec::with_capacity(ids.len());
    let mut holds = StillHolds::default();
    for id in &ids {
        let refused = |why| Refused::Rule { why, of: ids.len() };
        let gone = || refused(LetterRefusal::NoSuchLetter(*id));
        let row = reads.letter(*id).await?.ok_or_else(gone)?;
        let action = as_found(office, action, &row);
        action.decide(&row.facts(), by).map_err(refused)?;
        if let Some(why) = holds.refusal(office, &mut reads, action, &row).await? {
            return Err(refused(why));
        }
        seen.push((*id, Seen::of(&row)));
    }
    let against = against(office, &mut reads, action, &ids).await?;
    held_against(action, &against, charge).map_err(|why| Refused::Rule { why, of: ids.len() })?;
    drop(reads);
    Ok(in_parts(office, by, action, &seen, charge).await)
}

/// How a letter was when it was looked at.
#[derive(PartialEq, Eq)]
struct Seen(Whereabouts, i64);

impl Seen {
    fn of(row: &LetterRow) -> Self {
        Seen(row.at, row.attempt)
    }
}

/// Does one act to letters that were looked at, some at a time.
async fn in_parts(
    office: &Office,
    by: &By,
    action: LetterAction,
    seen: &[(LetterId, Seen)],
    charge: Option<&InCharge>,
) -> Acted {
    let mut acted = Acted::default();
    for part in seen.chunks(TOGETHER) {
        let begun = office.desk.clock.elapsed();
        match one_part(office, by, action, part, charge).await {
            Ok((letters, left)) => {
                acted.letters.extend(letters);
                acted.left.extend(left);
            }
            Err(error) => {
                acted.broken_off = Some(error);
                break;
            }
        }
        // Others have as much time as this part took, at least.
        let took = office.desk.clock.elapsed().saturating_sub(begun);
        tokio::time::sleep(took.max(BREATH)).await;
    }
    if action == LetterAction::Approve {
        match told_of(office, &acted.letters).await {
            Ok(told) => (acted.cautions, acted.warnings) = told,
            Err(error) => acted.broken_off = acted.broken_off.or(Some(error)),
        }
    }
    acted
}

/// What whoever approves letters is told: what is registered against them, and
/// what staff were told when they were queued.
type Told = (
    BTreeMap<LetterId, Against>,
    BTreeMap<LetterId, Vec<KeptWarning>>,
);

async fn told_of(office: &Office, letters: &[Moved]) -> Result<Told, StoreError> {
    let ids: Vec<LetterId> = letters.iter().map(|letter| letter.id).collect();
    let mut reads = office.store.reads().await?;
    let cautions = registered_against(&office.desk, &mut reads, &ids).await?;
    let warnings = kept_warnings(&office.desk.catalogue, &mut reads, &ids).await?;
    Ok((cautions, warnings))
}

/// Changes those of some letters that still are as they were looked at, and
/// returns the others as well.
async fn one_part(
    office: &Office,
    by: &By,
    action: LetterAction,
    part: &[(LetterId, Seen)],
    charge: Option<&InCharge>,
) -> Result<(Vec<Moved>, Vec<LetterId>), StoreError> {
    let (mut letters, mut left) = (Vec::with_capacity(part.len()), Vec::new());
    let mut tx = office.store.work().await?;
    let ids: Vec<LetterId> = part.iter().map(|(id, _)| *id).collect();
    let mut found = against(office, &mut tx, action, &ids).await?;
    for (id, seen) in part {
        let row = tx.letter(*id).await?.filter(|row| Seen::of(row) == *seen);
        let change = row.and_then(|row| {
            if let Some(against) = found.get(id) {
                held_one(action, *id, against, charge).ok()?;
            }
            let action = as_found(office, action, &row);
            let change = action.decide(&row.facts(), by).ok()?;
            Some((row, change))
        });
        let Some((row, change)) = change else {
            left.push(*id);
            continue;
        };
        letters.extend(changed(&mut tx, &row, change, by).await?);
    }
    found.retain(|id, _| !left.contains(id));
    note_seen(&mut tx, by, &mut found, charge).await?;
    tx.commit().await?;
    Ok((letters, left))
}

/// Changes a letter as decided; where it is then.
async fn changed(
    tx: &mut Work,
    row: &LetterRow,
    change: LetterChange,
    by: &By,
) -> Result<Option<Moved>, StoreError> {
    tx.change_letter(row, change, by).await?;
    let now = tx.letter(row.id).await?;
    Ok(now.map(|now| Moved {
        id: row.id,
        before: row.at,
        at: now.at,
        printed: row.printed,
    }))
}

/// All of it in one transaction.
async fn at_once(
    office: &Office,
    by: &By,
    action: LetterAction,
    which: &Selection,
    charge: Option<&InCharge>,
) -> Result<Acted, Refused<LetterRefusal>> {
    let mut tx = office.store.work().await?;
    let ids = meant(&mut tx, which).await?;
    let refused = |why| Refused::Rule { why, of: ids.len() };
    if action == LetterAction::CancelPulled {
        refuse_files_still_there(office, &mut tx, &ids).await?;
    }
    let mut found = against(office, &mut tx, action, &ids).await?;
    let mut letters = Vec::with_capacity(ids.len());
    let mut holds = StillHolds::default();
    for id in &ids {
        let gone = || refused(LetterRefusal::NoSuchLetter(*id));
        let row = tx.letter(*id).await?.ok_or_else(gone)?;
        let facts = row.facts();
        let needs_charge = found.get(id).is_some_and(|against| against.needs_charge);
        let action = as_found(office, action, &row);
        let moved = match action.decide(&facts, by) {
            Ok(change) => {
                if let Some(why) = holds.refusal(office, &mut tx, action, &row).await? {
                    return Err(refused(why));
                }
                changed(&mut tx, &row, change, by).await?
            }
            // What is made already goes no way back: it is only looked at.
            Err(LetterRefusal::WrongState { .. }) if needs_charge && charge.is_some() => {
                Some(Moved::stayed(&row))
            }
            Err(why) => return Err(refused(why)),
        };
        letters.push(moved.ok_or_else(gone)?);
    }
    held_against(action, &found, charge).map_err(refused)?;
    note_seen(&mut tx, by, &mut found, charge).await?;
    let warnings = match action {
        LetterAction::Approve => kept_warnings(&office.desk.catalogue, &mut tx, &ids).await?,
        _ => BTreeMap::new(),
    };
    tx.commit().await?;
    if action != LetterAction::Approve {
        found.clear();
    }
    Ok(Acted {
        letters,
        cautions: found,
        warnings,
        ..Acted::default()
    })
}

/// The letters that are meant, as the store has them.
async fn meant(tx: &mut Reads, which: &Selection) -> Result<Vec<LetterId>, Refused<LetterRefusal>> {
    let (at, date) = match which {
        Selection::These(ids) => return Ok(ids.clone()),
        Selection::Range { first, last, count } => {
            return waiting(tx, *first, *last, *count).await;
        }
        Selection::FailedOf(date) => (State::Failed.into(), date),
        Selection::WrittenOf(date) => (Whereabouts::Written, date),
    };
    let date = date.to_string();
    let which = Which::At(Some(at), Some(&date));
    let letters = tx.letters(&LetterQuery::of(which)).await?;
    Ok(letters.into_iter().map(|letter| letter.id).collect())
}

async fn waiting(
    tx: &mut Reads,
    first: LetterId,
    last: LetterId,
    count: usize,
) -> Result<Vec<LetterId>, Refused<LetterRefusal>> {
    let which = Which::At(Some(State::Queued.into()), None);
    let mut found = Vec::new();
    let mut after = first.key() - 1;
    while after < last.key() {
        let page = tx.letters(&LetterQuery::page(which, after, PAGE)).await?;
        let Some(end) = page.last() else { break };
        after = end.id.key();
        let ids = page.iter().map(|letter| letter.id);
        found.extend(ids.filter(|id| id.key() <= last.key()));
    }
    if found.len() == count {
        return none_came_back(tx, first, last, found).await;
    }
    Err(Refused::one(LetterRefusal::CountDiffers {
        first,
        last,
        found: found.len(),
        count,
    }))
}

/// The letters, if none was held and came back: one that was held while the
/// approver looked, beside another that was cancelled since, would leave the
/// count as it was.
async fn none_came_back(
    tx: &mut Reads,
    first: LetterId,
    last: LetterId,
    found: Vec<LetterId>,
) -> Result<Vec<LetterId>, Refused<LetterRefusal>> {
    let mut back = Vec::new();
    for id in &found {
        let Parts { history, .. } = tx.parts_of(*id, &[Part::History]).await?;
        let held = |row: &AuditRow| row.from_state == State::Held.as_str();
        if history.iter().any(held) {
            back.push(*id);
        }
    }
    if back.is_empty() {
        return Ok(found);
    }
    Err(Refused::one(LetterRefusal::CameBack { first, last, back }))
}

/// Nobody has removed what still stands there.
async fn refuse_files_still_there(
    office: &Office,
    tx: &mut Work,
    ids: &[LetterId],
) -> Result<(), Refused<LetterRefusal>> {
    for id in ids {
        let Some(row) = tx.letter(*id).await? else {
            continue;
        };
        let mail = row.message_id.as_deref();
        let Some(mail) = mail.filter(|_| row.at == Whereabouts::Written) else {
            continue;
        };
        if office.is_in_file(mail, row.rounds) {
            return Err(Refused::one(LetterRefusal::FileStillThere {
                id: *id,
                file: office.mail_file(mail, row.rounds),
            }));
        }
    }
    Ok(())
}

/// A mail of unknown outcome that stands in its file did not go astray, but
/// nobody has sent it either.
fn as_found(office: &Office, action: LetterAction, row: &LetterRow) -> LetterAction {
    let in_file = || {
        row.state == State::Unknown
            && row.handed_to != Some(HandedTo::Gateway)
            && row
                .message_id
                .as_deref()
                .is_some_and(|message_id| office.is_in_file(message_id, row.rounds))
    };
    match action {
        LetterAction::ConfirmDelivered if in_file() => LetterAction::ConfirmWritten,
        action => action,
    }
}
