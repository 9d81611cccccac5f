//! One task that writes for all letters in flight.
//!
//! A commit costs a wait for the disk. The steps of several letters that
//! arrive while one commit waits go into the next together, so the night pays
//! for the disk a few times a second instead of several times a letter, and
//! each caller still gets its answer only after its own step is durable.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::claim::{Claimed, claim, claim_to_go};
use super::step::{self, StepError};
use super::{Store, StoreError};
use crate::clock::Clock;
use crate::domain::{LetterId, State, Step};
use crate::group::gather;

/// Steps and claims committed together at most. Bounds the time one commit takes.
const GROUP: usize = 64;

/// How long the first step or claim of a group waits for others. The night
/// does not get slower by it, as many letters are on their way at once;
/// without it each would have commits of its own.
const WINDOW: Duration = Duration::from_millis(30);

/// A handle to the writing task; clones speak to the same task.
#[derive(Debug, Clone)]
pub struct Writer {
    jobs: mpsc::Sender<Job>,
    failure: Arc<Mutex<Option<StoreError>>>,
}

enum Job {
    Claim {
        until: String,
        after: i64,
        limit: i64,
        answer: oneshot::Sender<Result<Vec<Claimed>, StepError>>,
    },
    ClaimToGo {
        keys: Vec<i64>,
        answer: oneshot::Sender<Result<Vec<Claimed>, StepError>>,
    },
    Step {
        steps: step::LetterSteps,
        answer: oneshot::Sender<Result<(), StepError>>,
    },
}

impl Writer {
    /// Starts the task. It ends when the last handle is dropped.
    pub fn start(store: Store, clock: Clock) -> Self {
        let (jobs, inbox) = mpsc::channel(GROUP);
        let failure = Arc::default();
        tokio::spawn(run(store, clock, inbox, Arc::clone(&failure)));
        Writer { jobs, failure }
    }

    /// Why the task stopped, once. Callers themselves only learn that it has.
    pub fn take_failure(&self) -> Option<StoreError> {
        self.failure
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// Takes on at most `limit` letters after the one with key `after`, of
    /// batches up to the business date `until`.
    ///
    /// # Errors
    /// When the store fails; then no letter was taken on.
    pub async fn claim(
        &self,
        until: &str,
        after: i64,
        limit: i64,
    ) -> Result<Vec<Claimed>, StepError> {
        let (answer, reply) = oneshot::channel();
        let job = Job::Claim {
            until: until.to_owned(),
            after,
            limit,
            answer,
        };
        self.send(job).await?;
        reply.await.map_err(|_| StoreError::WriterStopped)?
    }

    /// Takes on these mails, as far as they still wait to go out.
    ///
    /// # Errors
    /// When the store fails; then no letter was taken on.
    pub async fn claim_to_go(&self, letters: &[LetterId]) -> Result<Vec<Claimed>, StepError> {
        let (answer, reply) = oneshot::channel();
        let keys = letters.iter().map(|id| id.key()).collect();
        self.send(Job::ClaimToGo { keys, answer }).await?;
        reply.await.map_err(|_| StoreError::WriterStopped)?
    }

    /// Makes steps of one letter durable, all in one transaction.
    ///
    /// # Errors
    /// [`StepError::Overtaken`] when the letter is no longer in this state
    /// and attempt or a step does not follow, [`StepError::Store`] when the store fails; nothing was
    /// changed then.
    pub async fn steps(
        &self,
        letter: LetterId,
        from: State,
        attempt: i64,
        steps: Vec<Step>,
    ) -> Result<(), StepError> {
        let (answer, reply) = oneshot::channel();
        let steps = step::LetterSteps {
            letter,
            from,
            attempt,
            steps,
        };
        let job = Job::Step { steps, answer };
        self.send(job).await?;
        reply.await.map_err(|_| StoreError::WriterStopped)?
    }

    async fn send(&self, job: Job) -> Result<(), StoreError> {
        self.jobs
            .send(job)
            .await
            .map_err(|_| StoreError::WriterStopped)
    }
}

/// After a failure of the store the task ends: the callers of that group see
/// their steps fail, later ones that the writer has stopped. The night then
/// ends, and the next run goes on from what is durable.
async fn run(
    store: Store,
    clock: Clock,
    mut inbox: mpsc::Receiver<Job>,
    failure: Arc<Mutex<Option<StoreError>>>,
) {
    let mut group = Vec::with_capacity(GROUP);
    while gather(&mut inbox, &mut group, GROUP, WINDOW).await {
        if let Err(error) = commit(&store, &clock, &mut group).await {
            tracing::error!(%error, "the store's writer stops");
            *failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            return;
        }
    }
}

/// Its turn to write comes sooner or later: the answers of mail servers must be
/// kept.
async fn commit(store: &Store, clock: &Clock, group: &mut Vec<Job>) -> Result<(), StoreError> {
    let mut tx = store.write().await?;
    let at = clock.stamp();
    let mut claims = Vec::new();
    let mut steps = Vec::new();
    let mut step_answers = Vec::new();
    for job in group.drain(..) {
        match job {
            Job::Claim {
                until,
                after,
                limit,
                answer,
            } => {
                let claimed = claim(&mut tx, &until, after, limit).await?;
                claims.push((claimed, answer));
            }
            Job::ClaimToGo { keys, answer } => {
                claims.push((claim_to_go(&mut tx, &keys).await?, answer));
            }
            Job::Step {
                steps: of_one,
                answer,
            } => {
                steps.push(of_one);
                step_answers.push(answer);
            }
        }
    }
    let results = step::apply(&mut tx, &steps, &at).await?;
    tx.commit().await?;
    // A caller that no longer waits has been stopped; its step stands.
    for (claimed, answer) in claims {
        drop(answer.send(Ok(claimed)));
    }
    for (result, answer) in results.into_iter().zip(step_answers) {
        drop(answer.send(result));
    }
    Ok(())
}
