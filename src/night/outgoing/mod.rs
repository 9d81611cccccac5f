//! Mails that are made and wait to go out, and how the run treats the mail
//! server: slower when it says "later", one mail at a time while it is away,
//! and patiently for as long as the settings say. What it does not get rid of
//! tonight stays made and waits for the next run.

mod gate;
mod pace;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore, SemaphorePermit};
use tokio::time::Instant;

use self::gate::{Gate, Shut};
use self::pace::Pace;
use crate::domain::{HandedTo, LetterId, MailHalt};
use crate::mail::{Handover, Stage};

/// Mails just made that wait for a delivery slot. Further ones are laid aside
/// until those before them have gone, so that making never waits for the mail
/// server.
const AT_THE_DOOR: usize = 96;

/// The mails of a run on their way out.
pub(super) struct Outgoing {
    inner: Mutex<Inner>,
    /// Something changed that the one who sends off waits for.
    changed: Notify,
    door: Semaphore,
    to: HandedTo,
    /// Waits before a mail that was put off is tried again.
    waits: Vec<Duration>,
}

struct Inner {
    /// Mails that wait for their next try, by the time it may begin.
    queue: BTreeSet<(Instant, LetterId)>,
    /// How often a mail was put off in this run.
    put_off: BTreeMap<LetterId, usize>,
    /// Mails that are not tried again in this run.
    left: BTreeSet<LetterId>,
    gate: Gate,
    pace: Pace,
    /// Why mails wait that wait.
    why: Option<MailHalt>,
    /// No further mail is tried in this run.
    over: bool,
}

/// What becomes of a mail after it was handed over, or was to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It was refused for good.
    Fails,
    /// It was certainly not delivered, and is tried again at this time.
    Again(Instant),
    /// It was certainly not delivered, and waits for the next run.
    Left,
    /// It needs no further try.
    Gone,
}

/// What there is to send off now.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// These mails.
    Mails(Vec<LetterId>),
    /// One mail, to see whether the mail server is back.
    Probe(LetterId),
    /// Nothing until then.
    At(Instant),
    /// Nothing until something changes.
    Nothing,
    /// Nothing any more in this run.
    Over,
}

impl Outgoing {
    /// `waits` are those of the settings, `patience` that of the transport.
    pub(super) fn new(to: HandedTo, waits: &[Duration], patience: Duration) -> Self {
        Outgoing {
            inner: Mutex::new(Inner {
                queue: BTreeSet::new(),
                put_off: BTreeMap::new(),
                left: BTreeSet::new(),
                gate: Gate::new(waits, patience),
                pace: Pace::default(),
                why: None,
                over: false,
            }),
            changed: Notify::new(),
            door: Semaphore::new(AT_THE_DOOR),
            to,
            waits: waits.to_vec(),
        }
    }

    /// A place for a mail that was just made, to go out without a detour;
    /// nothing when it is to be laid aside.
    pub(super) fn at_the_door(&self) -> Option<SemaphorePermit<'_>> {
        let inner = self.inner();
        if inner.over || inner.gate.is_shut() {
            return None;
        }
        drop(inner);
        self.door.try_acquire().ok()
    }

    /// Whether this mail may be handed over now: a probe goes where no other
    /// mail goes.
    pub(super) fn lets_through(&self, letter: LetterId) -> bool {
        let inner = self.inner();
        !inner.over && inner.gate.lets_through(letter)
    }

    /// When the next hand-over may begin.
    pub(super) fn turn(&self) -> Instant {
        self.inner().pace.turn(Instant::now())
    }

    /// Lays a mail aside until `at`.
    pub(super) fn lay_aside(&self, letter: LetterId, at: Instant) {
        self.inner().queue.insert((at, letter));
        self.changed.notify_one();
    }

    /// Keeps a mail for the next run.
    pub(super) fn leave(&self, letter: LetterId) {
        self.inner().left.insert(letter);
        self.changed.notify_one();
    }

    /// The work on a mail that was taken up is over, however.
    pub(super) fn done(&self, letter: LetterId) {
        self.inner().gate.done(letter);
        self.changed.notify_one();
    }

    /// What to send off now, at most `most` mails.
    pub(super) fn next(&self, most: usize) -> Next {
        let now = Instant::now();
        let mut inner = self.inner();
        if inner.over {
            return Next::Over;
        }
        let Some((first, letter)) = inner.queue.first().copied() else {
            return Next::Nothing;
        };
        match inner.gate.shut_until() {
            Some(_) if inner.gate.is_probing() => Next::Nothing,
            Some(until) if now < until => Next::At(until),
            Some(_) => {
                inner.queue.remove(&(first, letter));
                inner.gate.probe(letter);
                Next::Probe(letter)
            }
            None if now < first => Next::At(first),
            None => {
                let due = inner.queue.iter().take_while(|(at, _)| *at <= now);
                let due: Vec<_> = due.take(most).copied().collect();
                for mail in &due {
                    inner.queue.remove(mail);
                }
                Next::Mails(due.into_iter().map(|(_, letter)| letter).collect())
            }
        }
    }

    /// Waits until something changes.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Weighs what came of a hand-over: of the mail, and of those that come
    /// after it. `has_broken_off` says that the transport takes nothing more.
    pub(super) fn weigh(
        &self,
        letter: LetterId,
        handover: &Handover,
        has_broken_off: bool,
    ) -> Fate {
        let now = Instant::now();
        let mut inner = self.inner();
        let fate = match handover {
            Handover::Accepted { .. } => {
                inner.gate.took();
                inner.pace.quicken();
                Fate::Gone
            }
            Handover::Unknown { .. } => Fate::Gone,
            Handover::Rejected { stage, .. } => {
                self.refused(&mut inner, now, letter, *stage, handover)
            }
            Handover::Deferred { stage, .. } => {
                self.put_off(&mut inner, now, letter, *stage, handover)
            }
        };
        if has_broken_off {
            inner.over = true;
            inner.why = Some(MailHalt::Silent);
        }
        drop(inner);
        self.changed.notify_one();
        fate
    }

    fn refused(
        &self,
        inner: &mut Inner,
        now: Instant,
        letter: LetterId,
        stage: Stage,
        handover: &Handover,
    ) -> Fate {
        if stage == Stage::Sender {
            // A refusal of the sender is that mail's, until it is everyone's.
            if !inner.gate.sender_is_refused() {
                return Fate::Fails;
            }
            let words = handover.words();
            return fault(inner, now, letter, MailHalt::SenderRefused { words });
        }
        if handover.concerns_every_letter() {
            let why = self.away(handover);
            return fault(inner, now, letter, why);
        }
        if stage != Stage::Check {
            inner.gate.open();
        }
        Fate::Fails
    }

    fn put_off(
        &self,
        inner: &mut Inner,
        now: Instant,
        letter: LetterId,
        stage: Stage,
        handover: &Handover,
    ) -> Fate {
        let is_reply = handover.is_later();
        if is_reply {
            inner.pace.slow(stage);
        }
        if handover.concerns_every_letter() {
            let why = self.away(handover);
            return fault(inner, now, letter, why);
        }
        // "Later" to the recipient mostly speaks of this mail; to what it holds,
        // or no answer at all, of a mail server in trouble.
        let is_trouble = handover.is_unanswered()
            || (is_reply && matches!(stage, Stage::Data | Stage::FinalReply));
        let words = handover.words();
        inner.why = Some(match is_reply {
            true => MailHalt::PutOff { words },
            false => self.away(handover),
        });
        let shut = match is_trouble {
            true => inner.gate.fault(now, letter),
            false => inner.gate.listened(now),
        };
        if shut == Shut::ForTonight {
            inner.over = true;
            return Fate::Left;
        }
        // By its own waits: others are tried before one that may be to blame.
        let times = inner.put_off.entry(letter).or_default();
        let wait = self.waits.get(*times);
        *times += 1;
        wait.map_or(Fate::Left, |wait| Fate::Again(now + *wait))
    }

    fn away(&self, handover: &Handover) -> MailHalt {
        MailHalt::Away {
            to: self.to,
            words: handover.words(),
        }
    }

    /// No further mail is tried in this run.
    pub(super) fn end(&self) {
        self.inner().over = true;
        self.changed.notify_one();
    }

    /// Whether the mail server is waited for.
    #[cfg(test)]
    pub(super) fn is_waiting(&self) -> bool {
        self.inner().gate.is_shut()
    }

    /// Mails that wait for the next run, and why.
    pub(super) fn waiting(&self) -> (BTreeSet<LetterId>, Option<MailHalt>) {
        let inner = self.inner();
        let queued = inner.queue.iter().map(|(_, letter)| *letter);
        let left: BTreeSet<LetterId> = queued.chain(inner.left.iter().copied()).collect();
        (left, inner.why.clone())
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Something that concerns every mail.
fn fault(inner: &mut Inner, now: Instant, letter: LetterId, why: MailHalt) -> Fate {
    inner.why = Some(why);
    match inner.gate.fault(now, letter) {
        Shut::Open(wait) => wait.map_or(Fate::Left, |wait| Fate::Again(now + wait)),
        Shut::For => Fate::Again(now),
        Shut::ForTonight => {
            inner.over = true;
            Fate::Left
        }
    }
}

#[cfg(test)]
mod tests;
