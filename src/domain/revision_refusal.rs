//! Why something is not done to a revision of the published notice.

use chrono::NaiveDate;

use super::{RevisionEvent, RevisionState};

/// Why a revision is not made or changed; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RevisionRefusal {
    /// There are revisions already; this is the newest.
    Imported(u32),
    /// There is nothing to revise yet.
    NothingInForce,
    /// There is no such revision.
    NoSuchRevision(u32),
    /// The content taken in as the one in force cannot have a day to come.
    NotInForce(NaiveDate),
    /// The proposed content is that of the revision in force.
    Same(u32),
    /// The proposed label does not tell it from the revision in force.
    SameLabel(String),
    /// Nothing is proposed for a day before it is told.
    ProposedForPast {
        /// The day it was to come into force.
        effective: NaiveDate,
        /// Today.
        today: NaiveDate,
    },
    /// Two revisions cannot come into force on one day or in another order.
    NotAfter {
        /// The day it was to come into force.
        effective: NaiveDate,
        /// The day of the revision in force.
        current: NaiveDate,
    },
    /// The revision it was compared with is in force no longer.
    OtherBase {
        /// The revision.
        number: u32,
        /// What it was compared with.
        based_on: u32,
        /// What is in force.
        in_force: u32,
    },
    /// Another revision is under way.
    UnderWay(u32),
    /// Its state does not allow it.
    WrongState {
        /// The revision.
        number: u32,
        /// Its state.
        state: RevisionState,
        /// What was to happen to it.
        event: RevisionEvent,
    },
    /// Whoever drafted it cannot approve it.
    OwnDraft(u32),
    /// Its day is past, and nothing may come into force before it is told.
    DayPast {
        /// The revision.
        number: u32,
        /// The day it comes into force.
        effective: NaiveDate,
    },
    /// Its day has not come.
    TooEarly {
        /// The revision.
        number: u32,
        /// Its day.
        effective: NaiveDate,
    },
    /// The society has not decided yet.
    Undecided {
        /// The revision.
        number: u32,
        /// The day of the decision.
        decided_on: NaiveDate,
    },
    /// It goes beyond the scope (art. 18(1)), and consent is not named.
    ConsentMissing(u32),
    /// Consent was named where none is needed.
    ConsentNotNeeded(u32),
    /// Consent is said to be given on a day to come.
    ConsentToCome(NaiveDate),
}

/// Why members are not told of a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TellingRefusal {
    /// There is no such revision, or none to tell of.
    NoneToTell,
    /// It is a draft yet.
    Unapproved(u32),
    /// It needs consent (art. 18(1)); arts. 17(2) and 21(3) do not reach so
    /// far.
    NeedsConsent(u32),
    /// It uses information under an exception of art. 18(3).
    Exception(u32),
}
