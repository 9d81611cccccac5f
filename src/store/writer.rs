//! One task that writes for all letters in flight.
//!
//! A commit costs a wait for the disk. The steps of several letters that
//! arrive while one commit waits go into the next together, so the night pays
//! for the disk a few times a second instead of several times a letter, and
//! each caller still gets its answer only after its own step is durable.

use tokio::sync::{mpsc, oneshot};

use super::step::{self, Claimed, Step, StepError};
use super::{Store, StoreError};
use crate::clock::Clock;
use crate::domain::{LetterId, State};

/// Steps committed together at most. Bounds the time one commit takes.
const GROUP: usize = 64;

/// A handle to the writing task; clones speak to the same task.
#[derive(Debug, Clone)]
pub struct Writer {
    requests: mpsc::Sender<Request>,
}

enum Request {
    Claim {
        until: String,
        after: i64,
        limit: i64,
        answer: oneshot::Sender<Result<Vec<Claimed>, StepError>>,
    },
    Step {
        letter: LetterId,
        from: State,
        attempt: i64,
        step: Step,
        answer: oneshot::Sender<Result<(), StepError>>,
    },
}

enum Done {
    Claim(
        Vec<Claimed>,
        oneshot::Sender<Result<Vec<Claimed>, StepError>>,
    ),
    Step(
        Result<(), StepError>,
        oneshot::Sender<Result<(), StepError>>,
    ),
}

impl Writer {
    /// Starts the task. It ends when the last handle is dropped.
    pub fn start(store: Store, clock: Clock) -> Self {
        let (requests, inbox) = mpsc::channel(GROUP);
        tokio::spawn(run(store, clock, inbox));
        Writer { requests }
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
        let request = Request::Claim {
            until: until.to_owned(),
            after,
            limit,
            answer,
        };
        self.send(request).await?;
        reply.await.map_err(|_| StoreError::WriterStopped)?
    }

    /// Makes one step of one letter durable.
    ///
    /// # Errors
    /// [`StepError::Overtaken`] when the letter is no longer in this state
    /// and attempt, [`StepError::Store`] when the store fails; nothing was
    /// changed then.
    pub async fn step(
        &self,
        letter: LetterId,
        from: State,
        attempt: i64,
        step: Step,
    ) -> Result<(), StepError> {
        let (answer, reply) = oneshot::channel();
        let request = Request::Step {
            letter,
            from,
            attempt,
            step,
            answer,
        };
        self.send(request).await?;
        reply.await.map_err(|_| StoreError::WriterStopped)?
    }

    async fn send(&self, request: Request) -> Result<(), StoreError> {
        self.requests
            .send(request)
            .await
            .map_err(|_| StoreError::WriterStopped)
    }
}

/// After a failure of the store the task ends: the callers of that group see
/// their steps fail, later ones that the writer has stopped. The night then
/// ends, and the next run goes on from what is durable.
async fn run(store: Store, clock: Clock, mut inbox: mpsc::Receiver<Request>) {
    let mut group = Vec::with_capacity(GROUP);
    while inbox.recv_many(&mut group, GROUP).await > 0 {
        if let Err(error) = commit(&store, &clock, &mut group).await {
            tracing::error!(%error, "the store's writer stops");
            return;
        }
    }
}

async fn commit(store: &Store, clock: &Clock, group: &mut Vec<Request>) -> Result<(), StoreError> {
    let mut tx = store.write().await?;
    let at = clock.stamp();
    let mut done = Vec::with_capacity(group.len());
    for request in group.drain(..) {
        match request {
            Request::Claim {
                until,
                after,
                limit,
                answer,
            } => {
                let claimed = step::claim(&mut tx, &until, after, limit).await?;
                done.push(Done::Claim(claimed, answer));
            }
            Request::Step {
                letter,
                from,
                attempt,
                step,
                answer,
            } => match step::apply(&mut tx, letter, from, attempt, &step, &at).await {
                Err(StepError::Store(error)) => return Err(error),
                result => done.push(Done::Step(result, answer)),
            },
        }
    }
    tx.commit().await?;
    for done in done {
        // A caller that no longer waits has been stopped; its step stands.
        match done {
            Done::Claim(claimed, answer) => drop(answer.send(Ok(claimed))),
            Done::Step(result, answer) => drop(answer.send(result)),
        }
    }
    Ok(())
}
