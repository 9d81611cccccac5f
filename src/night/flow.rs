//! What the letters of a run share, and the steps a letter takes.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use tokio::sync::{Mutex, Semaphore, watch};
use tokio::task::JoinError;

use super::NightError;
use super::hand::InHand;
use super::lookout::Lookout;
use super::outcome::Settled;
use super::outgoing::Outgoing;
use super::probe::Probe;
use crate::acts::reception::PublishedFees;
use crate::domain::{Reason, State};
use crate::mail::{Composer, Transport};
use crate::office::Office;
use crate::render::Pool;
use crate::store::{Step, StepError, Writer};

/// What every letter of a run shares.
pub(super) struct Flow {
    pub office: Arc<Office>,
    pub writer: Writer,
    pub pool: Pool,
    pub set_sha256: String,
    pub fonts_sha256: String,
    pub composer: Composer,
    pub transport: Transport,
    pub mail_domain: String,
    pub outgoing: Outgoing,
    /// Becomes true when the run should stop.
    pub stop: watch::Receiver<bool>,
    /// Archived files that were damaged or gone and are whole again.
    pub mended: AtomicU64,
    /// One page at a time is rendered again from what was kept: each has
    /// workers of its own.
    pub setting_again: Mutex<()>,
    pub probe: Probe,
    pub render_turns: Arc<Semaphore>,
    pub lookout: Lookout,
    /// The fees the notice names as the night begins.
    pub published: PublishedFees,
}

/// Why a letter's walk ends early.
pub(super) enum Stop {
    /// The letter came to rest.
    Settled(Settled),
    /// The run cannot go on.
    Night(NightError),
}

impl From<StepError> for Stop {
    fn from(error: StepError) -> Self {
        match error {
            StepError::Overtaken(_) => Stop::Settled(Settled::Overtaken),
            StepError::LookAgain(id) => Stop::Night(NightError::Bug(format!("look at {id}"))),
            StepError::Store(error) => Stop::Night(NightError::Store(error)),
        }
    }
}

impl<E: Into<NightError>> From<E> for Stop
where
    E: NotStep,
{
    fn from(error: E) -> Self {
        Stop::Night(error.into())
    }
}

/// Errors that end the run wherever they occur.
pub(super) trait NotStep {}
impl NotStep for crate::archive::ArchiveError {}

pub(super) fn night_error(error: StepError) -> NightError {
    match error {
        StepError::Store(error) => NightError::Store(error),
        StepError::Overtaken(id) | StepError::LookAgain(id) => {
            NightError::Bug(format!("claim of {id}"))
        }
    }
}

impl Flow {
    /// Ends when the run should stop; never once nobody can ask for it.
    pub(super) async fn is_to_stop(&self) {
        let mut stop = self.stop.clone();
        if stop.wait_for(|asked| *asked).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    pub(super) async fn step(&self, hand: &mut InHand, step: Step, to: State) -> Result<(), Stop> {
        self.steps(hand, vec![step], to).await
    }

    pub(super) async fn steps(
        &self,
        hand: &mut InHand,
        steps: Vec<Step>,
        to: State,
    ) -> Result<(), Stop> {
        let letter = &hand.letter;
        self.writer
            .steps(letter.id, hand.state, letter.attempt, steps)
            .await?;
        hand.state = to;
        Ok(())
    }

    pub(super) async fn park(&self, hand: &mut InHand, reason: Reason) -> Stop {
        let step = Step::Parked { reason };
        match self.step(hand, step, State::Parked).await {
            Ok(()) => {
                tracing::warn!(letter = %hand.letter.id, "parked");
                Stop::Settled(State::Parked.into())
            }
            Err(stop) => stop,
        }
    }

    pub(super) async fn fail(&self, hand: &mut InHand, reason: Reason) -> Stop {
        self.end_failed(hand, vec![Step::Failed { reason }]).await
    }

    pub(super) async fn end_failed(&self, hand: &mut InHand, steps: Vec<Step>) -> Stop {
        match self.steps(hand, steps, State::Failed).await {
            Ok(()) => {
                tracing::warn!(letter = %hand.letter.id, "not delivered");
                Stop::Settled(State::Failed.into())
            }
            Err(stop) => stop,
        }
    }
}

/// Why a letter's task ended the run, if it did.
pub(super) fn failure_of(ended: Result<Result<(), NightError>, JoinError>) -> Option<NightError> {
    match ended {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(error),
        // The words of a panic could quote a letter; its kind is enough.
        Err(error) if error.is_panic() => Some(NightError::Bug("panic".to_owned())),
        Err(error) => Some(NightError::Bug(error.to_string())),
    }
}
