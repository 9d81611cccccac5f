//! One worker's queue of page runs: what waits, what the worker holds, and
//! its replacement when it dies.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::sync::{mpsc, oneshot};

use super::answers::Answer;
use super::child::{Child, Starter};
use super::failure::RenderFailure;
use super::patience::{GivenUp, within};
use super::protocol::Rendered;

/// Page runs a worker holds at one time: the one it renders, and enough behind
/// it that it has work until this process reads again.
pub(super) const DEPTH: usize = 16;

/// How long to let finished pages collect in the pipe before reading them.
/// Each read takes the processor and its caches from a worker. If the pipe
/// fills up first, the worker blocks until the read.
const REST: Duration = Duration::from_millis(30);

/// A worker that holds fewer page runs than this may run out of them between
/// two reads, so its pages are read as they come.
const ENOUGH: usize = 4;

/// What a line is asked for.
pub(super) enum Order {
    /// Start a worker: page runs will come.
    Warm,
    /// Render a page.
    Run(FramedJob),
}

/// A page run on its way to a worker.
pub(super) struct FramedJob {
    /// The frames of the job.
    pub frames: Bytes,
    /// Takes the result; a caller that no longer waits does not stop the run.
    pub answer: oneshot::Sender<Result<Rendered, RenderFailure>>,
}

/// Serves one line until no order can come any more. At most one worker
/// lives for it at any time; the first starts with the first order.
pub(super) async fn serve(starter: Arc<Starter>, orders: mpsc::Receiver<Order>) {
    let mut line = Line {
        starter,
        orders,
        waiting: VecDeque::with_capacity(DEPTH),
    };
    let mut idle: Option<Child> = None;
    loop {
        if line.waiting.is_empty() {
            match line.orders.recv().await {
                Some(Order::Run(job)) => line.waiting.push_back(job),
                Some(Order::Warm) if idle.is_none() => {
                    // A failure shows again, and then to somebody, when the
                    // first page is asked for.
                    idle = line.starter.start().await.ok();
                    continue;
                }
                Some(Order::Warm) => continue,
                None => break,
            }
        }
        // One that died in the meantime, killed from outside perhaps, is not
        // worth a letter's try.
        let usable = match idle.take() {
            Some(mut child) => child.is_alive().then_some(child),
            None => None,
        };
        let child = match usable {
            Some(child) => child,
            None => match line.starter.start().await {
                Ok(child) => child,
                Err(error) => {
                    line.answer_first(Err(error.into()));
                    continue;
                }
            },
        };
        idle = line.work(child).await;
    }
    if let Some(child) = idle {
        child.dismiss().await;
    }
}

struct Line {
    starter: Arc<Starter>,
    orders: mpsc::Receiver<Order>,
    /// Not yet answered, in the order they came.
    waiting: VecDeque<FramedJob>,
}

/// What a worker was given and has not answered.
#[derive(Default)]
struct InHand {
    /// The first so many that wait.
    count: usize,
    /// What is still to be written to it.
    outgoing: BytesMut,
}

impl Line {
    /// Lets a worker render what waits until nothing does. The worker is
    /// returned if it can go on; what a dead one left waits for the next.
    async fn work(&mut self, mut child: Child) -> Option<Child> {
        let limits = self.starter.limits;
        let mut hand = InHand::default();
        while !self.waiting.is_empty() {
            // A page's time begins when the one before it was read.
            let clock = Arc::clone(&child.clock);
            let next = self.next_answer(&mut child, &mut hand);
            match within(limits.wall, &clock, next).await {
                Ok(Ok(answer)) => {
                    child.served += 1;
                    hand.count -= 1;
                    self.answer_first(answer.map_err(RenderFailure::from));
                }
                // A worker takes one page after the other, so the one it
                // died of is the first it has not answered.
                Ok(Err(_broken_pipe)) => {
                    let failure = child.post_mortem(limits.memory_mib).await;
                    self.answer_first(Err(failure));
                    return None;
                }
                Err(given_up) => {
                    // Killing is the only way to stop the engine.
                    child.kill().await;
                    self.answer_first(Err(match given_up {
                        GivenUp::Slow => RenderFailure::TimedOut(limits.wall),
                        GivenUp::Idle => RenderFailure::WorkerDied("it did nothing".to_owned()),
                    }));
                    return None;
                }
            }
            if hand.count == 0 && child.served >= limits.recycle_after {
                child.dismiss().await;
                return None;
            }
        }
        Some(child)
    }

    /// Waits for the answer to the first job, and in the meantime hands
    /// on what comes. An error means that the worker is gone or out of step.
    async fn next_answer(
        &mut self,
        child: &mut Child,
        hand: &mut InHand,
    ) -> std::io::Result<Answer> {
        let recycle_after = self.starter.limits.recycle_after as usize;
        let mut resting = hand.count >= ENOUGH && child.answers.is_empty()?;
        let rest = tokio::time::sleep(REST);
        tokio::pin!(rest);
        loop {
            while let Some(job) = self.waiting.get(hand.count)
                && hand.count < DEPTH
                && child.served as usize + hand.count < recycle_after
            {
                hand.outgoing.extend_from_slice(&job.frames);
                hand.count += 1;
            }
            tokio::select! {
                () = &mut rest, if resting => resting = false,
                answer = child.answers.next(), if !resting => return answer,
                written = child.input.write(&mut hand.outgoing), if !hand.outgoing.is_empty() => {
                    // A worker that died may have answered before, so what it
                    // wrote is read to its end first.
                    if written.is_err() {
                        hand.outgoing.clear();
                    }
                }
                Some(order) = self.orders.recv(), if self.waiting.len() < DEPTH => {
                    if let Order::Run(job) = order {
                        self.waiting.push_back(job);
                    }
                }
            }
        }
    }

    fn answer_first(&mut self, result: Result<Rendered, RenderFailure>) {
        if let Some(job) = self.waiting.pop_front() {
            drop(job.answer.send(result));
        }
    }
}
