//! How quickly mails follow each other: slower after each "later" of the mail
//! server, and by and by quicker again while it takes them.

use std::time::Duration;

use tokio::time::Instant;

use crate::mail::Stage;

/// Between two mails after the first "later".
const FIRST: Duration = Duration::from_millis(250);

/// The most after "later" to the sender or to what a mail holds, which speaks
/// of how many mails come.
const MOST: Duration = Duration::from_secs(5);

/// The most after "later" to the recipient, which mostly speaks of this one.
const MOST_FOR_RECIPIENT: Duration = Duration::from_secs(1);

/// Less than this is no wait.
const LEAST: Duration = Duration::from_millis(50);

/// The pace of a run's mails.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// Between the begins of two hand-overs.
    interval: Duration,
    /// When the next may begin.
    next: Option<Instant>,
}

impl Pace {
    /// When a hand-over that is ready now may begin.
    pub(super) fn turn(&mut self, now: Instant) -> Instant {
        let begins = self.next.map_or(now, |next| next.max(now));
        self.next = Some(begins + self.interval);
        begins
    }

    /// The mail server said "later" there.
    pub(super) fn slow(&mut self, stage: Stage) {
        let most = match stage {
            Stage::Recipient => MOST_FOR_RECIPIENT,
            Stage::Sender | Stage::Data | Stage::FinalReply => MOST,
            _ => return,
        };
        let slower = (self.interval * 2).clamp(FIRST, most);
        self.interval = self.interval.max(slower);
    }

    /// The mail server took a mail.
    pub(super) fn quicken(&mut self) {
        self.interval -= self.interval / 8;
        if self.interval < LEAST {
            self.interval = Duration::ZERO;
        }
    }

    #[cfg(test)]
    pub(super) fn interval(&self) -> Duration {
        self.interval
    }
}
