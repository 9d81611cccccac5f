//! What may be done to a revision, and when: which state allows it, that two
//! people decide, that nothing comes into force before it is told.

use chrono::NaiveDate;

use crate::domain::{By, RevisionEvent, RevisionRefusal, RevisionState, StaffName};
use crate::store::{NoticeRow, StoreError};

/// The revision with this number.
///
/// # Errors
/// [`RevisionRefusal::NoSuchRevision`].
pub fn find(rows: &[NoticeRow], number: u32) -> Result<&NoticeRow, RevisionRefusal> {
    rows.iter()
        .find(|row| row.number == number)
        .ok_or(RevisionRefusal::NoSuchRevision(number))
}

/// The revision in force, of revisions there are.
///
/// # Errors
/// [`StoreError::Corrupt`] when none is: the first is published as it is taken
/// in, and one is superseded only by the next.
pub fn published(rows: &[NoticeRow]) -> Result<&NoticeRow, StoreError> {
    rows.iter()
        .find(|row| row.state == RevisionState::Published)
        .ok_or_else(none_in_force)
}

/// What is wrong where there are revisions and none is in force.
pub(super) fn none_in_force() -> StoreError {
    StoreError::Corrupt("revisions, and none in force".to_owned())
}

/// The approved revision whose day has come by `date`.
pub fn due(rows: &[NoticeRow], date: NaiveDate) -> Option<&NoticeRow> {
    rows.iter()
        .find(|row| row.state == RevisionState::Approved && row.effective <= date)
}

/// Where a draft goes among the revisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftPlace {
    /// It becomes a revision of its own, with this number.
    New(u32),
    /// It takes the place of the revision under way with this number.
    Instead(u32),
}

impl DraftPlace {
    /// The number the draft gets.
    pub fn number(self) -> u32 {
        let (DraftPlace::New(number) | DraftPlace::Instead(number)) = self;
        number
    }
}

/// Where a draft goes; `replace` lets it take the place of one under way.
///
/// # Errors
/// [`RevisionRefusal`] when there is nothing to revise, or a revision is under
/// way and not to be replaced.
pub fn place_of_draft(rows: &[NoticeRow], replace: bool) -> Result<DraftPlace, RevisionRefusal> {
    let newest = rows.last().ok_or(RevisionRefusal::NothingInForce)?;
    let number = newest.number;
    match newest.state.after(RevisionEvent::Replace) {
        None => Ok(DraftPlace::New(number + 1)),
        Some(_) if replace => Ok(DraftPlace::Instead(number)),
        Some(_) => Err(RevisionRefusal::UnderWay(number)),
    }
}

/// Refuses a revision that was compared with another than the one `in_force`:
/// a decision holds for the difference from one revision, and beside another
/// it says nothing. The questions take their time, and a night may publish
/// meanwhile.
///
/// # Errors
/// [`RevisionRefusal::OtherBase`].
pub fn refuse_other_base(number: u32, based_on: u32, in_force: u32) -> Result<(), RevisionRefusal> {
    if in_force == based_on {
        return Ok(());
    }
    Err(RevisionRefusal::OtherBase {
        number,
        based_on,
        in_force,
    })
}

/// Whether a draft may be approved: by another person than who drafted it,
/// after the society's decision, before its day, and with consent where that
/// is needed. `consent_on` is the day all principals had consented, if the
/// draft does not say it; the day that holds is returned.
///
/// # Errors
/// [`RevisionRefusal`].
pub fn approval(
    row: &NoticeRow,
    in_force: u32,
    consent_on: Option<NaiveDate>,
    by: &By,
) -> Result<Option<NaiveDate>, RevisionRefusal> {
    let (number, effective, today) = (row.number, row.effective, by.today());
    step(row, RevisionEvent::Approve)?;
    if let Some(based_on) = row.based_on {
        refuse_other_base(number, based_on, in_force)?;
    }
    let drafter = StaffName::recorded(&row.drafted_by);
    if drafter.is_same_person(&StaffName::recorded(by.who.as_str())) {
        return Err(RevisionRefusal::OwnDraft(number));
    }
    if effective < today {
        return Err(RevisionRefusal::DayPast { number, effective });
    }
    if let Some(decided_on) = row.decided_on.filter(|date| *date > today) {
        return Err(RevisionRefusal::Undecided { number, decided_on });
    }
    if consent_on.is_some() && !row.consent_needed {
        return Err(RevisionRefusal::ConsentNotNeeded(number));
    }
    let consent_on = consent_on.or(row.consent_on);
    if row.consent_needed && consent_on.is_none() {
        return Err(RevisionRefusal::ConsentMissing(number));
    }
    match consent_on.filter(|date| *date > today) {
        Some(date) => Err(RevisionRefusal::ConsentToCome(date)),
        None => Ok(consent_on),
    }
}

/// Whether an approval may be taken back.
///
/// # Errors
/// [`RevisionRefusal::WrongState`].
pub fn withdrawal(row: &NoticeRow) -> Result<(), RevisionRefusal> {
    step(row, RevisionEvent::Withdraw)
}

/// Whether an approved revision may come into force by `date`.
///
/// # Errors
/// [`RevisionRefusal`].
pub fn publication(row: &NoticeRow, in_force: u32, date: NaiveDate) -> Result<(), RevisionRefusal> {
    let (number, effective) = (row.number, row.effective);
    step(row, RevisionEvent::Publish)?;
    if date < effective {
        return Err(RevisionRefusal::TooEarly { number, effective });
    }
    match row.based_on {
        Some(based_on) => refuse_other_base(number, based_on, in_force),
        None => Ok(()),
    }
}

fn step(row: &NoticeRow, event: RevisionEvent) -> Result<(), RevisionRefusal> {
    match row.state.after(event) {
        Some(_) => Ok(()),
        None => Err(RevisionRefusal::WrongState {
            number: row.number,
            state: row.state,
            event,
        }),
    }
}
