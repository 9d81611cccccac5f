//! What the store says of a letter in its several places, held against each
//! other: its row, its entry in the register, its approval, its history and
//! the attempts to hand it over. What differs was changed by nobody this
//! program knows, so the letter must not leave the house.

use serde::{Deserialize, Serialize};

use super::{AttemptOutcome, By, Dispatch, Event, NIGHT_ACTOR, StaffName, Stamp, State};
use crate::hash::Sha256;

/// What the store says of one letter, text for text: whatever was altered has
/// to be found, so nothing of it can be unreadable.
#[derive(Debug, Clone, Deserialize)]
pub struct Evidence {
    /// Its reference, written out.
    #[serde(default)]
    pub reference: String,
    /// Its row.
    pub row: RowSays,
    /// Its record as JSON, unless it is gone.
    pub record: Option<String>,
    /// Its entry in the register as issued.
    pub entry: Option<EntrySays>,
    /// Whether its number is entered as void.
    pub void: i64,
    /// Every line of its history, oldest first.
    pub history: Vec<Passage>,
    /// What came of each attempt to hand its mail over, in their order.
    pub attempts: Vec<Option<String>>,
}

/// What a letter's row says.
#[derive(Debug, Clone, Deserialize)]
pub struct RowSays {
    /// Code of the kind.
    pub kind: String,
    /// Code of the outcome.
    pub outcome: String,
    /// How it goes.
    pub delivery: String,
    /// How far it is.
    pub state: String,
    /// SHA-256 of its record.
    pub record_sha256: String,
    /// Who queued it.
    pub queued_by: String,
    /// When.
    pub queued_at: String,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// When.
    pub approved_at: Option<String>,
    /// What binds the approval to the record: see [`approval_sha256`].
    pub approval_sha256: Option<String>,
    /// Document number.
    pub number: Option<String>,
    /// Date printed on it.
    pub issue_date: Option<String>,
    /// Business date of its batch.
    pub batch_date: Option<String>,
    /// SHA-256 of the data it was set from.
    pub data_sha256: Option<String>,
    /// SHA-256 of its PDF.
    pub pdf_sha256: Option<String>,
    /// Size of its PDF in bytes.
    pub pdf_bytes: Option<i64>,
    /// Its place in the register.
    pub register_seq: Option<i64>,
    /// Attempts to hand it over.
    pub rounds: i64,
    /// How it left the house, as staff recorded it.
    pub dispatched_how: Option<String>,
    /// Whether an approval was required when it joined its batch; nothing
    /// where nobody kept it.
    pub approval_required: Option<i64>,
}

/// What a letter's entry in the register says.
#[derive(Debug, Clone, Deserialize)]
pub struct EntrySays {
    /// Place in the register.
    pub seq: i64,
    /// Document number.
    pub number: String,
    /// Code of the kind.
    pub kind: String,
    /// Code of the outcome.
    pub outcome: String,
    /// Date printed on it.
    pub issue_date: String,
    /// SHA-256 of the data it was set from.
    pub data_sha256: Option<String>,
    /// SHA-256 of its PDF.
    pub pdf_sha256: Option<String>,
    /// Size of its PDF in bytes.
    pub pdf_bytes: Option<i64>,
    /// When it was entered.
    pub entered_at: String,
    /// Hash of the entry before.
    pub previous_sha256: String,
    /// Its own hash.
    pub entry_sha256: String,
    /// Whether its own hash is that of its content.
    #[serde(skip)]
    pub is_whole: bool,
}

/// A line of a letter's history.
#[derive(Debug, Clone, Deserialize)]
pub struct Passage {
    /// Where it was, empty for a new letter.
    pub from: String,
    /// Where it was afterwards.
    pub to: String,
    /// Who.
    pub actor: String,
    /// When.
    pub at: String,
    /// What the remark says of its leaving the house: that it did, or that
    /// this was a mistake.
    #[serde(skip)]
    pub left: Option<Option<Dispatch>>,
    /// The remark.
    pub note: Option<String>,
    /// SHA-256 of the record it was queued with, in the first line.
    pub record_sha256: Option<String>,
}

/// In what the places of the store differ that speak of one letter.
///
/// The store keeps it as JSON in a [`Reason`](super::Reason); a variant that
/// was once written is not renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Difference {
    /// The row cannot be read.
    Unreadable,
    /// The record is not the one that was queued.
    Record,
    /// Nobody approved it, and an approval was required when it got its number.
    NotApproved,
    /// Who queued it approved it.
    ApprovedByQueuer,
    /// Approver, time of the approval, or the approved record are others than
    /// at the approval.
    Approval,
    /// Who queued it, or when, is another than its history says.
    Queuer,
    /// Its history does not lead to where its row says it is.
    State,
    /// Its history has a gap or a passage that cannot be.
    History,
    /// A line of its history bears no time that can be read.
    Times,
    /// It is not in the register, or not at its place.
    NoEntry,
    /// Its entry in the register was altered.
    Entry,
    /// Its number is entered as void, and it is not cancelled.
    Void,
    /// It was cancelled, and its number is not entered as void.
    NotVoid,
    /// Its number is another than in the register.
    Number,
    /// Its date is another than in the register.
    IssueDate,
    /// Its kind is another than in the register.
    Kind,
    /// Its outcome is another than in the register.
    Outcome,
    /// Its PDF is another than in the register.
    Pdf,
    /// The data it was set from are others than in the register.
    Data,
    /// Its mail was handed over before.
    SentBefore,
    /// It was recorded that it left the house, and its row does not say so, or
    /// the other way round.
    Left,
    /// The attempts to hand it over are not as many as its row says.
    Attempts,
}

/// What binds an approval to what was approved: the letter, its record, who
/// approved it and when.
pub fn approval_sha256(reference: &str, record_sha256: &str, approver: &str, at: &str) -> String {
    let parts = [reference, record_sha256, approver, at];
    Sha256::of_parts(parts.map(str::as_bytes)).to_string()
}

impl By {
    /// What binds this person's approval to a letter's record.
    pub fn approval_sha256(&self, reference: &str, record_sha256: &str) -> String {
        let at = self.at.to_string();
        approval_sha256(reference, record_sha256, self.who.as_str(), &at)
    }
}

impl Evidence {
    /// In what the places differ. Whether an approval was required, its batch
    /// and its history say, not the settings of today.
    pub fn differences(&self) -> Vec<Difference> {
        let Some(state) = state_of(&self.row.state) else {
            return vec![Difference::Unreadable];
        };
        let mut found = Vec::new();
        self.hold_history(state, &mut found);
        self.hold_approval(&mut found);
        self.hold_entry(state, &mut found);
        self.hold_deliveries(state, &mut found);
        found.sort();
        found.dedup();
        found
    }

    /// Whether a line of its history is earlier than the one before. A clock
    /// that was set back does that, so it stops no letter.
    pub fn times_fall(&self) -> bool {
        let next = self.history.iter().skip(1);
        let mut pairs = self.history.iter().zip(next);
        pairs.any(|(before, line)| line.at < before.at)
    }

    fn hold_history(&self, state: State, found: &mut Vec<Difference>) {
        let row = &self.row;
        let first = self.history.first();
        let is_first =
            first.is_some_and(|first| first.from.is_empty() && first.to == State::Queued.as_str());
        if !is_first {
            found.push(Difference::History);
        }
        if first.is_some_and(|first| first.actor != row.queued_by || first.at != row.queued_at) {
            found.push(Difference::Queuer);
        }
        if first.is_some_and(|first| first.record_sha256.as_ref() != Some(&row.record_sha256)) {
            found.push(Difference::Record);
        }
        for (before, line) in self.history.iter().zip(self.history.iter().skip(1)) {
            if line.from != before.to || !may_follow(line) {
                found.push(Difference::History);
            }
        }
        if self
            .history
            .iter()
            .any(|line| line.at.parse::<Stamp>().is_err())
        {
            found.push(Difference::Times);
        }
        if self
            .history
            .last()
            .is_none_or(|last| last.to != state.as_str())
        {
            found.push(Difference::State);
        }
    }

    fn hold_approval(&self, found: &mut Vec<Difference>) {
        let row = &self.row;
        let approved = |line: &&Passage| {
            line.from == State::Queued.as_str() && line.to == State::Approved.as_str()
        };
        let passage = self.history.iter().rev().find(approved);
        match (&row.approved_by, passage) {
            (None, None) => {
                if row.approved_at.is_some() || row.approval_sha256.is_some() {
                    found.push(Difference::Approval);
                }
                if row.number.is_some() && !self.joined_unapproved() {
                    found.push(Difference::NotApproved);
                }
            }
            (None, Some(_)) => found.push(Difference::NotApproved),
            (Some(by), passage) => {
                let at = row.approved_at.as_deref().unwrap_or_default();
                let is_told = passage.is_some_and(|line| line.actor == *by && line.at == at);
                let bound = approval_sha256(&self.reference, &row.record_sha256, by, at);
                let is_bound = row.approval_sha256.as_ref() == Some(&bound);
                if !is_told || !is_bound {
                    found.push(Difference::Approval);
                }
                let (by, queuer) = (StaffName::recorded(by), &row.queued_by);
                if by.is_same_person(&StaffName::recorded(queuer)) {
                    found.push(Difference::ApprovedByQueuer);
                }
            }
        }
    }

    /// Whether the night gave it its number when it was queued only: no approval
    /// was required then, whatever the settings say now.
    fn joined_unapproved(&self) -> bool {
        let joined = |line: &Passage| {
            line.from == State::Queued.as_str()
                && line.to == State::Numbered.as_str()
                && line.actor == NIGHT_ACTOR
        };
        self.row.approval_required != Some(1) && self.history.iter().any(joined)
    }

    fn hold_entry(&self, state: State, found: &mut Vec<Difference>) {
        let row = &self.row;
        let is_void = self.void != 0;
        if is_void && state != State::Cancelled {
            found.push(Difference::Void);
        }
        if !is_void && state == State::Cancelled && row.number.is_some() {
            found.push(Difference::NotVoid);
        }
        let Some(entry) = &self.entry else {
            if row.register_seq.is_some() || State::REGISTERED.contains(&state) {
                found.push(Difference::NoEntry);
            }
            return;
        };
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        for (is_same, difference) in [
            (row.register_seq == Some(entry.seq), Difference::NoEntry),
            (entry.is_whole, Difference::Entry),
            (text(&row.number) == entry.number, Difference::Number),
            (
                text(&row.issue_date) == entry.issue_date,
                Difference::IssueDate,
            ),
            (row.kind == entry.kind, Difference::Kind),
            (row.outcome == entry.outcome, Difference::Outcome),
            (row.pdf_sha256 == entry.pdf_sha256, Difference::Pdf),
            (row.pdf_bytes == entry.pdf_bytes, Difference::Pdf),
            (row.data_sha256 == entry.data_sha256, Difference::Data),
        ] {
            if !is_same {
                found.push(difference);
            }
        }
    }

    fn hold_deliveries(&self, state: State, found: &mut Vec<Difference>) {
        let taken = [AttemptOutcome::Accepted, AttemptOutcome::Written].map(AttemptOutcome::as_str);
        let was_taken = |outcome: &Option<String>| {
            let outcome = outcome.as_deref();
            outcome.is_some_and(|outcome| taken.contains(&outcome))
        };
        // What was taken stays said in the history, whatever comes later.
        let is_sent = |line: &&Passage| line.to == State::Sent.as_str() && line.from != line.to;
        let taken = self.attempts.iter().filter(|one| was_taken(one)).count();
        let said = self.history.iter().filter(is_sent).count();
        if taken > said || (taken > 0 && state.is_on_the_way()) {
            found.push(Difference::SentBefore);
        }
        if usize::try_from(self.row.rounds) != Ok(self.attempts.len()) {
            found.push(Difference::Attempts);
        }
        // A letter that staff withdraw or ask for again has not left.
        let stays = [State::Sent, State::Filed].contains(&state);
        let said = self.history.iter().rev().find_map(|line| line.left);
        let said = said.flatten().filter(|_| stays);
        if said.map(Dispatch::as_str) != self.row.dispatched_how.as_deref() {
            found.push(Difference::Left);
        }
    }
}

fn state_of(word: &str) -> Option<State> {
    State::ALL.into_iter().find(|state| state.as_str() == word)
}

/// Whether a line of the history is a passage the rules know. One that stays
/// where it is has a remark; the night says nothing of its own there.
fn may_follow(line: &Passage) -> bool {
    let (Some(from), Some(to)) = (state_of(&line.from), state_of(&line.to)) else {
        return false;
    };
    if from == to {
        return line.note.is_some() || line.actor != NIGHT_ACTOR;
    }
    let events = Event::all(to);
    events.iter().any(|event| from.after(*event) == Ok(to))
}

#[cfg(test)]
mod tests;
