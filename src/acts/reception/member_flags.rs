//! A file of flags: set and cleared, all of them or none.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use super::concerned::{Concerned, concerned};
use super::look_alikes::{like_member, like_member_of, of_flagged};
use super::reading::{Read, Rows, read_form};
use super::taking::tell;
use super::{Distinct, ReceptionError, WARNINGS_NAMED};
use crate::domain::{By, FieldProblem, MemberFlag, identity_key};
use crate::intake::RowProblem;
use crate::office::Office;
use crate::restricted::Spill;
use crate::store::{FlagChange, MemberNumber, Naming};

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
        Ok(received) => received.left_in_log = !office.store.empty_log().await,
        Err(_) => _ = office.store.empty_log().await,
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
    let form = &desk.member_flags;
    let at = desk.clock.stamp();
    let mut tx = office.store.work().await?;
    let mut received = ReceivedFlags::default();
    // Numbers nobody had before this file, with the row that brings them.
    let mut first_named: BTreeMap<String, i64> = BTreeMap::new();
    let mut members = BTreeSet::new();
    for row in rows {
        let record = match row? {
            Read::Good(record, ()) => record,
            Read::Bad(bad) => {
                received.bad += 1;
                for problem in &bad.problems {
                    told.push(problem).map_err(ReceptionError::Aside)?;
                }
                continue;
            }
        };
        let text = |field: &str| record.values.get(field).and_then(Value::as_str);
        let (Some(number), Some(flag)) = (
            text("member_key"),
            text("flag").and_then(MemberFlag::from_code),
        ) else {
            continue;
        };
        let known = tx.member_number(number, None).await?;
        if let (MemberNumber::LooksLike { known, .. }, false) = (&known, distinct.has(number)) {
            received.bad += 1;
            received.alike += 1;
            let found = match first_named.get(&identity_key(known)) {
                Some(row) => like_member_of(number, known, *row),
                None => like_member(number, known),
            };
            told.push(&record.placed(form, &found))
                .map_err(ReceptionError::Aside)?;
            continue;
        }
        if known == MemberNumber::Unknown {
            let row = i64::try_from(record.row).unwrap_or(i64::MAX);
            first_named.entry(identity_key(number)).or_insert(row);
        }
        let change = match text("act") {
            Some("clear") => FlagChange::Cleared,
            _ => FlagChange::Set,
        };
        let key = identity_key(number);
        let changed = tx
            .change_flag(&key, flag, change, by.who.as_str(), &at)
            .await?;
        match (change, changed) {
            (FlagChange::Set, is_new) => {
                if is_new {
                    received.set += 1;
                    members.insert(key);
                } else {
                    received.before += 1;
                }
                tx.learn_member_number(number, Naming::Flag).await?;
                let others = tx.member_look_alikes(number).await?;
                let nobody = (known != MemberNumber::InUse).then(of_nobody);
                for found in nobody.into_iter().chain(of_flagged(number, &others)) {
                    received.warn(record.placed(form, &found));
                }
            }
            (FlagChange::Cleared, true) => received.cleared += 1,
            (FlagChange::Cleared, false) => received.unknown += 1,
        }
    }
    if received.bad == 0 {
        tx.commit().await?;
        let mut conn = office.store.reads().await?;
        let registered = conn.watched().await?.safeguards;
        drop(conn);
        // Files of requests have keys from 1 on.
        let fresh = registered.of(&members, 0);
        received.concerned = concerned(office, &fresh).await?;
    } else {
        tx.undo().await?;
    }
    Ok(received)
}

fn of_nobody() -> FieldProblem {
    FieldProblem::of(
        "member_key",
        "この番号の方への書簡も、この番号の方の請求も、まだありません。",
        "番号に誤りがないか確かめてください。正しければ、このままで構いません。",
    )
}
