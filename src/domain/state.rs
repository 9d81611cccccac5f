//! The states of a letter and the only ways between them.
//!
//! ```text
//! queued ──approve──▶ approved ──number──▶ numbered ──render──▶ rendered
//!    │ (approval none)                ▲                              │ archive
//!    └────────────number──────────────┘                              ▼
//!   sent / filed ◀──send, file── released ◀───────release──────── archived
//! ```
//! Side states: `held` (by staff), `parked` (a person must look), `failed`
//! (could not be delivered), `unknown` (the mail server may or may not have
//! it), `cancelled`.

mod groups;

use std::fmt;
use std::str::FromStr;

/// Where a letter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Taken in and checked (受付).
    Queued,
    /// Approved by a second person (承認).
    Approved,
    /// Member of a batch, with its document number (付番).
    Numbered,
    /// Set once; the PDF's hash is known (組版).
    Rendered,
    /// The PDF is in the archive and the register (保存).
    Archived,
    /// Made, and waits to go out (送信待ち).
    Released,
    /// The mail server took it, or its file is on disk. Whether it left the
    /// house, [`Whereabouts`](super::Whereabouts) says (送信済).
    Sent,
    /// At rest in the archive: kept there only, as asked, or by post (保管済).
    Filed,
    /// Stopped by staff until resumed (保留).
    Held,
    /// A person must mend or decide something (要確認).
    Parked,
    /// Certainly not delivered; a person decides on a retry (失敗).
    Failed,
    /// Handed over, but the answer was lost (結果不明).
    Unknown,
    /// Withdrawn for good (取消).
    Cancelled,
}

/// What can happen to a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A second person approves it.
    Approve,
    /// It joins a batch and gets its number.
    Number,
    /// It was set; also when it is set again after a crash.
    Render,
    /// Its PDF was stored and registered.
    Archive,
    /// Its recall window ended.
    Release,
    /// The mail server is about to be spoken to; the state stays.
    BeginHandover,
    /// The mail server accepted it.
    Send,
    /// It stays in the archive, as asked.
    File,
    /// Staff hold it.
    Hold,
    /// Staff resume it; it returns to the state given here.
    Resume(State),
    /// It cannot go on without a person.
    Park,
    /// It was certainly not delivered.
    Fail,
    /// The mail server's answer was lost.
    LoseAnswer,
    /// Staff ask for another try; it returns to the state given here.
    Retry(State),
    /// Staff found out that a letter of unknown outcome did arrive.
    ConfirmDelivered,
    /// Staff found out that it did not arrive.
    ConfirmUndelivered,
    /// Staff found out that the mail of a letter, which stopped because the
    /// database was put back, had gone out before.
    FindSent,
    /// The same of a letter that had been posted or handed over.
    FindPosted,
    /// That it arrived was a mistake of staff's.
    TakeBackDelivered,
    /// Staff withdraw it.
    Cancel,
    /// Staff withdraw a letter by post that no print file holds.
    CancelUnprinted,
    /// Staff withdraw a letter that stands on paper or in a file and did not
    /// leave the house: they say that they took it out.
    CancelPulled,
    /// The database was put back from a backup, so a letter by post that no
    /// print file holds may have been printed and posted since.
    Doubt,
}

impl Event {
    /// Everything that can happen; of what brings a letter back, what brings
    /// it back to the state given.
    pub const fn all(back: State) -> [Event; 23] {
        [
            Event::Approve,
            Event::Number,
            Event::Render,
            Event::Archive,
            Event::Release,
            Event::BeginHandover,
            Event::Send,
            Event::File,
            Event::Hold,
            Event::Resume(back),
            Event::Park,
            Event::Fail,
            Event::LoseAnswer,
            Event::Retry(back),
            Event::ConfirmDelivered,
            Event::ConfirmUndelivered,
            Event::FindSent,
            Event::FindPosted,
            Event::TakeBackDelivered,
            Event::Cancel,
            Event::CancelUnprinted,
            Event::CancelPulled,
            Event::Doubt,
        ]
    }
}

/// A transition the rules do not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{event:?} is not possible for a letter that is {state}")]
pub struct IllegalTransition {
    /// The state the letter is in.
    pub state: State,
    /// What was to happen.
    pub event: Event,
}

impl State {
    /// Every state, in the order of a letter's life.
    pub const ALL: [State; 13] = [
        State::Queued,
        State::Approved,
        State::Numbered,
        State::Rendered,
        State::Archived,
        State::Released,
        State::Sent,
        State::Filed,
        State::Held,
        State::Parked,
        State::Failed,
        State::Unknown,
        State::Cancelled,
    ];

    /// The state after `event`.
    ///
    /// # Errors
    /// [`IllegalTransition`] when the event cannot happen in this state.
    pub fn after(self, event: Event) -> Result<State, IllegalTransition> {
        use State::{
            Approved, Archived, Cancelled, Failed, Filed, Held, Numbered, Parked, Queued, Released,
            Rendered, Sent, Unknown,
        };
        let next = match (event, self) {
            (Event::Approve, Queued) => Some(Approved),
            (Event::Number, Queued | Approved) => Some(Numbered),
            (Event::Render, Numbered | Rendered) => Some(Rendered),
            (Event::Archive, Rendered) => Some(Archived),
            (Event::Release, Archived) => Some(Released),
            (Event::BeginHandover, Released) => Some(Released),
            (Event::Send, Released) => Some(Sent),
            (Event::File, Released) => Some(Filed),
            (Event::LoseAnswer, Released) => Some(Unknown),
            (Event::Park, Numbered | Rendered | Archived | Released) => Some(Parked),
            (Event::Fail, Released) => Some(Failed),
            (Event::Hold, Queued | Approved | Numbered | Rendered | Archived | Released) => {
                Some(Held)
            }
            (Event::Resume(back), Held) if back.can_be_held() => Some(back),
            (Event::Retry(back), Parked | Failed) if back.is_on_the_way() => Some(back),
            (Event::ConfirmDelivered, Unknown) => Some(Sent),
            (Event::ConfirmUndelivered, Unknown) => Some(Released),
            (Event::FindSent, Held | Parked | Failed) => Some(Sent),
            (Event::FindPosted, Held | Parked | Failed) => Some(Filed),
            (Event::TakeBackDelivered, Sent) => Some(Unknown),
            (
                Event::Cancel,
                Queued | Approved | Numbered | Rendered | Archived | Released | Held | Parked
                | Failed,
            ) => Some(Cancelled),
            (Event::CancelUnprinted, Filed) => Some(Cancelled),
            (Event::CancelPulled, Filed | Sent) => Some(Cancelled),
            (Event::Doubt, Filed) => Some(Parked),
            (
                Event::Approve
                | Event::Number
                | Event::Render
                | Event::Archive
                | Event::Release
                | Event::BeginHandover
                | Event::Send
                | Event::File
                | Event::LoseAnswer
                | Event::Park
                | Event::Fail
                | Event::Hold
                | Event::Resume(_)
                | Event::Retry(_)
                | Event::ConfirmDelivered
                | Event::ConfirmUndelivered
                | Event::FindSent
                | Event::FindPosted
                | Event::TakeBackDelivered
                | Event::Cancel
                | Event::CancelUnprinted
                | Event::CancelPulled
                | Event::Doubt,
                _,
            ) => None,
        };
        next.ok_or(IllegalTransition { state: self, event })
    }

    /// Whether staff can stop a letter in this state.
    pub fn can_be_held(self) -> bool {
        self.after(Event::Hold).is_ok()
    }

    /// Whether the night goes on with a letter in this state by itself.
    pub fn is_on_the_way(self) -> bool {
        match self {
            State::Numbered | State::Rendered | State::Archived | State::Released => true,
            State::Queued
            | State::Approved
            | State::Sent
            | State::Filed
            | State::Held
            | State::Parked
            | State::Failed
            | State::Unknown
            | State::Cancelled => false,
        }
    }

    /// Whether a person must look at a letter in this state.
    pub fn needs_person(self) -> bool {
        State::NEEDS_PERSON.contains(&self)
    }

    /// The word kept in the database and typed on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Queued => "queued",
            State::Approved => "approved",
            State::Numbered => "numbered",
            State::Rendered => "rendered",
            State::Archived => "archived",
            State::Released => "released",
            State::Sent => "sent",
            State::Filed => "filed",
            State::Held => "held",
            State::Parked => "parked",
            State::Failed => "failed",
            State::Unknown => "unknown",
            State::Cancelled => "cancelled",
        }
    }

    /// The word staff read.
    pub fn label(self) -> &'static str {
        match self {
            State::Queued => "受付",
            State::Approved => "承認",
            State::Numbered => "付番",
            State::Rendered => "組版",
            State::Archived => "保存",
            State::Released => "送信待ち",
            State::Sent => "送信済",
            State::Filed => "保管済",
            State::Held => "保留",
            State::Parked => "要確認",
            State::Failed => "失敗",
            State::Unknown => "結果不明",
            State::Cancelled => "取消",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for State {
    type Err = String;

    /// Accepts the English word and the Japanese one.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        State::ALL
            .into_iter()
            .find(|state| state.as_str() == text || state.label() == text)
            .ok_or_else(|| {
                let words: Vec<&str> = State::ALL.iter().map(|state| state.as_str()).collect();
                format!(
                    "状態「{text}」はありません。{} のいずれかを書いてください。",
                    words.join("、")
                )
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_that_left_the_house_cannot_be_called_back() {
        for state in [State::Sent, State::Filed, State::Unknown] {
            assert!(state.after(Event::Cancel).is_err(), "{state}");
            assert!(state.after(Event::Hold).is_err(), "{state}");
        }
    }

    #[test]
    fn all_events_are_all() {
        // A new event needs an arm here, and its place in the list.
        let place = |event: &Event| match event {
            Event::Approve => 0,
            Event::Number => 1,
            Event::Render => 2,
            Event::Archive => 3,
            Event::Release => 4,
            Event::BeginHandover => 5,
            Event::Send => 6,
            Event::File => 7,
            Event::Hold => 8,
            Event::Resume(_) => 9,
            Event::Park => 10,
            Event::Fail => 11,
            Event::LoseAnswer => 12,
            Event::Retry(_) => 13,
            Event::ConfirmDelivered => 14,
            Event::ConfirmUndelivered => 15,
            Event::FindSent => 16,
            Event::FindPosted => 17,
            Event::TakeBackDelivered => 18,
            Event::Cancel => 19,
            Event::CancelUnprinted => 20,
            Event::CancelPulled => 21,
            Event::Doubt => 22,
        };
        let places: Vec<usize> = Event::all(State::Queued).iter().map(place).collect();
        assert_eq!(places, (0..places.len()).collect::<Vec<_>>());
    }

    #[test]
    fn only_what_rests_can_have_been_pulled() {
        for state in State::ALL {
            let rests = matches!(state, State::Sent | State::Filed);
            assert_eq!(state.after(Event::CancelPulled).is_ok(), rests, "{state}");
        }
    }

    #[test]
    fn an_unknown_outcome_is_never_sent_again_without_a_person() {
        assert!(State::Unknown.after(Event::Retry(State::Released)).is_err());
        assert!(State::Unknown.after(Event::Send).is_err());
        assert_eq!(
            State::Unknown.after(Event::ConfirmUndelivered),
            Ok(State::Released)
        );
    }

    #[test]
    fn the_words_read_back() {
        for state in State::ALL {
            assert_eq!(state.as_str().parse(), Ok(state));
            assert_eq!(state.label().parse(), Ok(state));
        }
    }

    #[test]
    fn a_held_letter_returns_only_to_where_it_can_have_been() {
        assert_eq!(
            State::Held.after(Event::Resume(State::Approved)),
            Ok(State::Approved)
        );
        assert!(State::Held.after(Event::Resume(State::Sent)).is_err());
    }
}
