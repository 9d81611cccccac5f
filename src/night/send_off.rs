//! Sends off what is made and waits to go out: what earlier runs left, and what
//! this one laid aside. It goes on while letters are made, and after that for
//! as long as the run has patience with the mail server.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::flow::{self, Flow};
use super::outcome::Tally;
use super::outgoing::Next;
use super::{NightError, Progress, walk};
use crate::domain::LetterId;
use crate::store::Claimed;

/// Mails taken up at a time, few enough that little is in memory while they
/// wait for a slot.
const IN_HAND: usize = 32;

/// A wait somebody who looks on should know the reason of.
const NOTICEABLE: Duration = Duration::from_millis(500);

/// Whether letters are being made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Making {
    /// Further mails may be laid aside.
    GoesOn,
    /// No further mail is made in this run.
    IsOver,
}

/// The sending off of a run.
pub(super) struct SendOff {
    pub(super) flow: Arc<Flow>,
    pub(super) making: watch::Receiver<Making>,
    pub(super) tally: Arc<Mutex<Tally>>,
    pub(super) progress: Arc<dyn Fn(Progress) + Send + Sync>,
}

impl SendOff {
    /// Sends off until nothing is left, the run is to stop or its patience is
    /// over. What is left then is kept as waiting.
    pub(super) async fn work(mut self) -> Result<(), NightError> {
        let mut tasks = JoinSet::new();
        let mut failure = None;
        let mut told = false;
        loop {
            while let Some(ended) = tasks.try_join_next() {
                failure = failure.or(flow::failure_of(ended));
            }
            if failure.is_some() || *self.flow.stop.borrow() {
                break;
            }
            let room = IN_HAND.saturating_sub(tasks.len());
            match self.flow.outgoing.next(room) {
                Next::Over => break,
                Next::Mails(mails) if !mails.is_empty() => {
                    failure = self.take_up(&mails, &mut tasks).await.err();
                }
                Next::Probe(mail) => failure = self.take_up(&[mail], &mut tasks).await.err(),
                Next::At(until) => {
                    if !told && until > Instant::now() + NOTICEABLE {
                        told = true;
                        (self.progress)(Progress::MailWaits);
                    }
                    tokio::select! {
                        () = tokio::time::sleep_until(until) => {}
                        () = self.flow.outgoing.changed() => {}
                        () = self.flow.is_to_stop() => {}
                    }
                }
                Next::Nothing if tasks.is_empty() && *self.making.borrow() == Making::IsOver => {
                    break;
                }
                Next::Nothing | Next::Mails(_) => {
                    tokio::select! {
                        Some(ended) = tasks.join_next() => failure = flow::failure_of(ended),
                        () = self.flow.outgoing.changed() => {}
                        Ok(()) = self.making.changed() => {}
                        () = self.flow.is_to_stop() => {}
                    }
                }
            }
        }
        self.flow.outgoing.end();
        while let Some(ended) = tasks.join_next().await {
            failure = failure.or(flow::failure_of(ended));
        }
        failure.map_or(Ok(()), Err)
    }

    /// Takes these mails on, each on its own way. One that staff held or
    /// withdrew meanwhile is not taken on.
    async fn take_up(
        &self,
        mails: &[LetterId],
        tasks: &mut JoinSet<Result<(), NightError>>,
    ) -> Result<(), NightError> {
        let claimed = self.flow.writer.claim_to_go(mails).await;
        let claimed = claimed.map_err(flow::night_error)?;
        for mail in mails {
            if !claimed.iter().any(|claimed| claimed.id == *mail) {
                self.flow.outgoing.done(*mail);
            }
        }
        for claimed in claimed {
            self.send(claimed, tasks);
        }
        Ok(())
    }

    fn send(&self, claimed: Claimed, tasks: &mut JoinSet<Result<(), NightError>>) {
        let flow = Arc::clone(&self.flow);
        let tally = Arc::clone(&self.tally);
        let progress = Arc::clone(&self.progress);
        let id = claimed.id;
        tasks.spawn(async move {
            let settled = walk::take_out(&flow, claimed).await;
            flow.outgoing.done(id);
            if let Some(settled) = settled? {
                tally.lock().await.add(settled);
                progress(Progress::One);
            }
            Ok(())
        });
    }
}
