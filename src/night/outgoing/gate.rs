//! Whether mails go out: open, or shut while the mail server takes nothing.

use std::time::Duration;

use tokio::time::Instant;

use crate::domain::LetterId;

/// Faults in a row that concern every mail, before the gate is shut: a single
/// one is no sign.
const FAULTS: usize = 3;

/// Mails in a row whose sender was refused for good, before that concerns
/// every mail.
const REFUSALS: usize = 3;

/// The shortest wait between two probes when those of the settings are used
/// up, and the longest before a mail is tried again while the gate is open.
const BREATH: Duration = Duration::from_secs(1);

/// How long "later" is borne at least, whatever the settings say.
const LEAST_PATIENCE: Duration = Duration::from_secs(60);

/// What a fault did to the gate.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shut {
    /// It stays open; the mail is tried again after this time, if at all.
    Open(Option<Duration>),
    /// It is shut for a while.
    For,
    /// It stays shut in this run.
    ForTonight,
}

/// The gate every mail goes through.
pub(super) struct Gate {
    waits: Vec<Duration>,
    patience: Duration,
    /// Faults in a row.
    faults: usize,
    /// Refusals of the sender in a row.
    refusals: usize,
    /// When the first of these faults was.
    since: Option<Instant>,
    /// When the first mail was put off after the last that was taken.
    nothing_taken_since: Option<Instant>,
    /// How often it was shut since then.
    times_shut: usize,
    until: Option<Instant>,
    probe: Option<LetterId>,
}

impl Gate {
    pub(super) fn new(waits: &[Duration], patience: Duration) -> Self {
        Gate {
            waits: waits.to_vec(),
            patience,
            faults: 0,
            refusals: 0,
            since: None,
            nothing_taken_since: None,
            times_shut: 0,
            until: None,
            probe: None,
        }
    }

    pub(super) fn is_shut(&self) -> bool {
        self.until.is_some()
    }

    /// When the next probe may go, while it is shut.
    pub(super) fn shut_until(&self) -> Option<Instant> {
        self.until
    }

    pub(super) fn is_probing(&self) -> bool {
        self.probe.is_some()
    }

    pub(super) fn lets_through(&self, letter: LetterId) -> bool {
        !self.is_shut() || self.probe == Some(letter)
    }

    /// This mail goes to see whether the mail server is back.
    pub(super) fn probe(&mut self, letter: LetterId) {
        self.probe = Some(letter);
    }

    pub(super) fn done(&mut self, letter: LetterId) {
        if self.probe == Some(letter) {
            self.probe = None;
        }
    }

    /// The mail server took a mail.
    pub(super) fn took(&mut self) {
        self.nothing_taken_since = None;
        self.open();
    }

    /// The mail server said "later" of a mail: it listens. A server that says
    /// so of every mail for longer than all waits and the patience is over
    /// takes nothing in this run.
    pub(super) fn listened(&mut self, now: Instant) -> Shut {
        self.open();
        let since = *self.nothing_taken_since.get_or_insert(now);
        let waits: Duration = self.waits.iter().sum();
        match now - since > LEAST_PATIENCE + waits + self.patience {
            true => Shut::ForTonight,
            false => Shut::Open(None),
        }
    }

    /// The mail server listened to a mail.
    pub(super) fn open(&mut self) {
        self.faults = 0;
        self.refusals = 0;
        self.since = None;
        self.times_shut = 0;
        self.until = None;
        self.probe = None;
    }

    /// Counts a mail whose sender was refused for good: whether that concerns
    /// every mail.
    pub(super) fn sender_is_refused(&mut self) -> bool {
        self.refusals += 1;
        self.refusals >= REFUSALS
    }

    /// Counts a fault that concerns every mail.
    pub(super) fn fault(&mut self, now: Instant, letter: LetterId) -> Shut {
        let probed = self.probe == Some(letter);
        self.done(letter);
        self.faults += 1;
        let since = *self.since.get_or_insert(now);
        if self.refusals < REFUSALS && self.faults < FAULTS {
            return Shut::Open(self.waits.first().map(|wait| (*wait).min(BREATH)));
        }
        // A mail that was at the server already when the gate was shut.
        if self.is_shut() && !probed {
            return Shut::For;
        }
        let listed = self.waits.get(self.times_shut).copied();
        let wait = match (listed, self.waits.last()) {
            (Some(wait), _) => wait,
            (None, Some(last)) if now - since < self.patience => (*last).max(BREATH),
            (None, _) => return Shut::ForTonight,
        };
        self.times_shut += 1;
        self.until = Some(now + wait);
        Shut::For
    }
}
