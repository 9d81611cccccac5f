//! A file of flags: set and cleared, all of them or none.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

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
use crate::store::{FlagChange, Gone, MemberNumber, MemberNumbers};

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
    /// Whether rows that were not taken in can still be read from the store's
    /// log, because somebody else needed it.
    pub left_in_log: bool,
    /// Letters in the house that the flags keep back.
    pub concerned: Concerned,
}

impl ReceivedFlags {
    fn warn(&mut self, warning: RowProblem) {
        if self.warnings.len() < WARNINGS_NAMED {
            self.warnings.push(warning);
        } else {
            self.warnings_more += 1;
        }
    }
}

/// Receives a file of flags, in its own order. Every problem of every row is
/// told to `say` as it is found. A number that looks like a known one is
/// refused unless it is among the `distinct`.
///
/// # Errors
/// [`ReceptionError`]; then nothing was changed.
pub async fn receive_member_flags(
    office: &Office,
    by: &By,
    path: &Path,
    distinct: &Distinct,
    say: &mut dyn FnMut(&RowProblem),
) -> Result<ReceivedFlags, ReceptionError> {
    let form = &office.desk.member_flags;
    let rows = read_form(office, path, form, &|_, _| Vec::new())?;
    let mut told = Spill::new(office.out()).map_err(ReceptionError::Aside)?;
    let mut taken = take_rows(office, rows, by, distinct, &mut told).await;
    match &mut taken {
        Ok(received) if received.bad == 0 => {}
        // What was not taken in must not be read from the store's files.
        Ok(received) => received.left_in_log = !office.store.erase(Gone::Undone).await,
        Err(_) => _ = office.store.erase(Gone::Undone).await,
    }
    tell(told, say);
    taken
}

/// The rows of a file of flags, in one transaction. What is wrong with them
/// is told when nobody waits for it any more.
async fn take_rows(
    office: &Office,
    rows: Rows<()>,
    by: &By,
    distinct: &Distinct,
    told: &mut Spill<RowProblem>,
) -> Result<ReceivedFlags, ReceptionError> {
    let desk = &office.desk;
    // A change bears the time at which it is made.
    let by = By {
        who: by.who.clone(),
        at: Stamp::at(desk.clock.now()),
    };
    let mut tx = office.store.work().await?;
    let mut taking = Taking {
        form: &desk.member_flags,
        told,
        received: ReceivedFlags::default(),
        first_named: BTreeMap::new(),
        members: BTreeSet::new(),
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
        let MemberNumbers {
            number: known,
            look_alikes: others,
        } = tx.member_number(asked.number, None).await?;
        if let MemberNumber::LooksLike { known, .. } = &known
            && !distinct.has(asked.number)
        {
            taking.refuse_alike(&record, asked.number, known)?;
            continue;
        }
        if known == MemberNumber::Unknown {
            taking.is_first(&record, asked.number);
        }
        let changed = tx
            .change_flag(asked.number, asked.flag, asked.change, &by)
            .await?;
        if asked.change == FlagChange::Set {
            let nobody = (known != MemberNumber::InUse).then(of_nobody);
            for found in nobody.into_iter().chain(of_flagged(asked.number, &others)) {
                taking.received.warn(record.placed(taking.form, &found));
            }
        }
        taking.count(asked, changed);
    }
    let Taking {
        mut received,
        members,
        ..
    } = taking;
    if received.bad == 0 {
        tx.commit().await?;
        let mut conn = office.store.reads().await?;
        let registered = conn.watched().await?.safeguards;
        drop(conn);
        // Files of requests have keys from 1 on.
        let fresh = registered.of(&members, 0);
        received.concerned = concerned(office, &fresh).await?;
    } else {
        drop(tx);
    }
    Ok(received)
}

/// What a row asks for.
struct Asked<'a> {
    /// The member's number as it is written, and folded for comparing.
    number: &'a str,
    key: String,
    flag: MemberFlag,
    change: FlagChange,
}

impl<'a> Asked<'a> {
    fn of(values: &'a Map<String, Value>) -> Option<Self> {
        let text = |field: &str| values.get(field).and_then(Value::as_str);
        let number = text("member_key")?;
        Some(Asked {
            number,
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
    /// Members who got a flag they had not.
    members: BTreeSet<String>,
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

    /// Counts what became of a row.
    fn count(&mut self, asked: Asked<'_>, changed: bool) {
        match (asked.change, changed) {
            (FlagChange::Set, true) => {
                self.received.set += 1;
                self.members.insert(asked.key);
            }
            (FlagChange::Set, false) => self.received.before += 1,
            (FlagChange::Cleared, true) => self.received.cleared += 1,
            (FlagChange::Cleared, false) => self.received.unknown += 1,
        }
    }
}

fn of_nobody() -> FieldProblem {
    FieldProblem::of(
        "member_key",
        "この番号の方への書簡も、この番号の方の請求も、まだありません。",
        "番号に誤りがないか確かめてください。正しければ、このままで構いません。",
    )
}
