//! A file of flags: set and cleared, all of them or none.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use serde_json::{Map, Value};

use super::concerned::{Concerned, concerned};
use super::look_alikes::{like_member, like_member_of, of_flagged};
use super::reading::{Read, Rows, read_form};
use super::taking::tell;
use super::{Distinct, ReceptionError, WARNINGS_NAMED};
use crate::catalogue::Form;
use crate::domain::{By, FieldProblem, MemberFlag, Stamp, identity_key};
use crate::intake::{Record, RowProblem};
use crate::office::Office;
use crate::restricted::Spill;
use crate::store::{FlagChange, MemberNumber, MemberNumbers, Stands, StoreError, Work};

/// What happened with a file of flags.
#[derive(Debug, Default)]
pub struct ReceivedFlags {
    /// Flags set.
    pub set: u64,
    /// Flags to be set that were set before, and stay as they were.
    pub before: u64,
    /// Flags cleared.
    pub cleared: u64,
    /// Flags to be cleared that were not set.
    pub unknown: u64,
    /// Bad rows; if there are any, nothing was changed.
    pub bad: u64,
    /// Those among them with a number that looks like a known one.
    pub alike: u64,
    /// What staff should know of rows that were taken; the first
    /// [`WARNINGS_NAMED`] of them.
    pub warnings: Vec<RowProblem>,
    /// How many more there are.
    pub warnings_more: u64,
    /// Letters in the house that the flags keep back.
    pub concerned: Concerned,
}

impl ReceivedFlags {
    /// Counts what became of a row.
    fn count(&mut self, asked: &Asked, changed: bool) {
        match (asked.change, changed) {
            (FlagChange::Set, true) => self.set += 1,
            (FlagChange::Set, false) => self.before += 1,
            (FlagChange::Cleared, true) => self.cleared += 1,
            (FlagChange::Cleared, false) => self.unknown += 1,
        }
    }

    fn warn(&mut self, warning: RowProblem) {
        if self.warnings.len() < WARNINGS_NAMED {
            self.warnings.push(warning);
        } else {
            self.warnings_more += 1;
        }
    }
}

/// Flags changed by one transaction, which takes some tenths of a second.
const TOGETHER: usize = 500;

/// What others have at least between two of them.
const BREATH: Duration = Duration::from_millis(2);

/// How often a file is held against a store that others change meanwhile.
const TRIES: usize = 20;

/// Receives a file of flags, in its own order. Every problem of every row is
/// told to `say` as it is found. A number that looks like a known one is
/// refused unless it is among the `distinct`.
///
/// All rows are tried out first, while nobody has to wait; only when all are
/// good are they written, those of a large file in short transactions. Whoever
/// is killed in between leaves flags that are changed and flags that are not:
/// the same file taken in again does the rest.
///
/// # Errors
/// [`ReceptionError`]; then nothing was changed, unless it is
/// [`ReceptionError::BrokenOff`].
pub async fn receive_member_flags(
    office: &Office,
    by: &By,
    path: &Path,
    distinct: &Distinct,
    say: &mut dyn FnMut(&RowProblem),
) -> Result<ReceivedFlags, ReceptionError> {
    let form = &office.desk.member_flags;
    for _ in 0..TRIES {
        let rows = read_form(office, path, form, &|_, _| Vec::new())?;
        let mut told = Spill::new(office.out()).map_err(ReceptionError::Aside)?;
        // A change bears the time at which it is made.
        let by = By {
            who: by.who.clone(),
            at: Stamp::at(office.desk.clock.now()),
        };
        let (mut tried, stands) = office.store.rehearsal().await?;
        let taking = try_out(office, rows, &by, distinct, &mut tried, &mut told).await?;
        drop(tried);
        let Taking {
            mut received,
            asked,
            ..
        } = taking;
        if received.bad == 0 {
            let Some(members) = write(office, &by, &asked, stands, &mut received).await? else {
                continue;
            };
            let mut conn = office.store.reads().await?;
            let registered = conn.watched().await?.safeguards;
            drop(conn);
            // Files of requests have keys from 1 on.
            let fresh = registered.of(&members, 0);
            received.concerned = concerned(office, &fresh, &BTreeSet::new()).await?;
        }
        tell(told, say);
        return Ok(received);
    }
    Err(ReceptionError::Overtaken)
}

/// Writes what good rows ask for, some at a time, and returns the members who
/// got a flag they had not, of a large file all it flags; nothing, and nothing is written, if the store is
/// not as they were held against it.
async fn write(
    office: &Office,
    by: &By,
    asked: &[Asked],
    stands: Stands,
    received: &mut ReceivedFlags,
) -> Result<Option<BTreeSet<String>>, ReceptionError> {
    let mut members = BTreeSet::new();
    let is_large = asked.len() > TOGETHER;
    for (place, part) in asked.chunks(TOGETHER).enumerate() {
        let begun = office.desk.clock.elapsed();
        let expected = (place == 0).then_some(stands);
        match write_part(office, by, part, expected).await {
            Ok(Some(done)) => {
                for (asked, changed) in part.iter().zip(done) {
                    received.count(asked, changed);
                    // A large file may have been broken off before: the letters
                    // of rows it had written were not told then.
                    if (changed || is_large) && asked.change == FlagChange::Set {
                        members.insert(asked.key.clone());
                    }
                }
            }
            Ok(None) => return Ok(None),
            Err(error) if place == 0 => return Err(error.into()),
            Err(error) => {
                let done = place * TOGETHER;
                return Err(ReceptionError::BrokenOff { done, error });
            }
        }
        // Others have as much time as this part took, at least.
        let took = office.desk.clock.elapsed().saturating_sub(begun);
        if is_large {
            tokio::time::sleep(took.max(BREATH)).await;
        }
    }
    Ok(Some(members))
}

/// One transaction; whether each flag was changed. Nothing is written, and
/// nothing returned, if the store does not stand as expected.
async fn write_part(
    office: &Office,
    by: &By,
    part: &[Asked],
    expected: Option<Stands>,
) -> Result<Option<Vec<bool>>, StoreError> {
    let mut tx = office.store.work().await?;
    if let Some(expected) = expected
        && tx.stands().await? != expected
    {
        return Ok(None);
    }
    let mut done = Vec::with_capacity(part.len());
    for asked in part {
        let Asked {
            number,
            flag,
            change,
            ..
        } = asked;
        done.push(tx.change_flag(number, *flag, *change, by).await?);
    }
    tx.commit().await?;
    Ok(Some(done))
}

/// Holds the rows of a file of flags against the store, each where those
/// before it are changed already. What is wrong with them is told later.
async fn try_out<'a>(
    office: &'a Office,
    rows: Rows<()>,
    by: &By,
    distinct: &Distinct,
    tried: &mut Work,
    told: &'a mut Spill<RowProblem>,
) -> Result<Taking<'a>, ReceptionError> {
    let mut taking = Taking {
        form: &office.desk.member_flags,
        told,
        received: ReceivedFlags::default(),
        first_named: BTreeMap::new(),
        asked: Vec::new(),
    };
    for row in rows {
        let record = match row? {
            Read::Good(record, ()) => record,
            Read::Bad(bad) => {
                taking.refuse(&bad.problems)?;
                continue;
            }
        };
        let Some(asked) = Asked::of(&record.values) else {
            continue;
        };
        let number = asked.number.as_str();
        let MemberNumbers {
            number: known,
            look_alikes: others,
        } = tried.member_number(number, None).await?;
        if let MemberNumber::LooksLike { known, .. } = &known
            && !distinct.has(number)
        {
            taking.refuse_alike(&record, number, known)?;
            continue;
        }
        if known == MemberNumber::Unknown {
            taking.is_first(&record, number);
        }
        tried
            .change_flag(number, asked.flag, asked.change, by)
            .await?;
        if asked.change == FlagChange::Set {
            let nobody = (known != MemberNumber::InUse).then(of_nobody);
            for found in nobody.into_iter().chain(of_flagged(number, &others)) {
                taking.received.warn(record.placed(taking.form, &found));
            }
        }
        taking.asked.push(asked);
    }
    Ok(taking)
}

/// What a row asks for.
struct Asked {
    /// The member's number as it is written, and folded for comparing.
    number: String,
    key: String,
    flag: MemberFlag,
    change: FlagChange,
}

impl Asked {
    fn of(values: &Map<String, Value>) -> Option<Self> {
        let text = |field: &str| values.get(field).and_then(Value::as_str);
        let number = text("member_key")?;
        Some(Asked {
            number: number.to_owned(),
            key: identity_key(number),
            flag: text("flag").and_then(MemberFlag::from_code)?,
            change: match text("act") {
                Some("clear") => FlagChange::Cleared,
                _ => FlagChange::Set,
            },
        })
    }
}

/// A file of flags that is being taken.
struct Taking<'a> {
    form: &'a Form,
    told: &'a mut Spill<RowProblem>,
    received: ReceivedFlags,
    /// Numbers nobody had before this file, with the row that brings them.
    first_named: BTreeMap<String, i64>,
    /// What the good rows ask for.
    asked: Vec<Asked>,
}

impl Taking<'_> {
    /// Counts a bad row and tells what is wrong with it.
    fn refuse(&mut self, problems: &[RowProblem]) -> Result<(), ReceptionError> {
        self.received.bad += 1;
        for problem in problems {
            self.told.push(problem).map_err(ReceptionError::Aside)?;
        }
        Ok(())
    }

    /// Refuses a row whose number looks like a known one.
    fn refuse_alike(
        &mut self,
        record: &Record,
        number: &str,
        known: &str,
    ) -> Result<(), ReceptionError> {
        self.received.alike += 1;
        let found = match self.first_named.get(&identity_key(known)) {
            Some(row) => like_member_of(number, known, *row),
            None => like_member(number, known),
        };
        self.refuse(&[record.placed(self.form, &found)])
    }

    /// Remembers which row brought a number that nobody had before.
    fn is_first(&mut self, record: &Record, number: &str) {
        let row = i64::try_from(record.row).unwrap_or(i64::MAX);
        self.first_named.entry(identity_key(number)).or_insert(row);
    }
}

fn of_nobody() -> FieldProblem {
    FieldProblem::of(
        "member_key",
        "この番号の方への書簡も、この番号の方の請求も、まだありません。",
        "番号に誤りがないか確かめてください。正しければ、このままで構いません。",
    )
}
