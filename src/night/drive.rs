//! Claims the letters of a night and lets each go its way, many side by side.

use std::sync::Arc;

use tokio::sync::{Mutex, Semaphore, watch};
use tokio::task::JoinSet;

use super::flow::{self, Flow};
use super::send_off::{Making, SendOff};
use super::{NightError, Point, Progress, RunOptions, Tally, walk};
use crate::store::{StoreError, Writer};

/// Letters in work at one time, before, on and behind the workers: being
/// rendered, archived, registered or handed over. Enough to share disk waits,
/// few enough to bound memory.
const IN_FLIGHT: usize = 192;

/// Letters taken on by one transaction.
pub(super) const CLAIM: u32 = 16;

/// Makes letters and sends mails off, side by side: neither waits for the
/// other. Returns whether the run was asked to stop.
pub(super) async fn make_and_send(
    flow: &Arc<Flow>,
    day: &str,
    options: &RunOptions,
    tally: &Arc<Mutex<Tally>>,
) -> Result<bool, NightError> {
    let (making, is_making) = watch::channel(Making::GoesOn);
    let send_off = SendOff {
        flow: Arc::clone(flow),
        making: is_making,
        tally: Arc::clone(tally),
        progress: Arc::clone(&options.progress),
    };
    let make = async {
        let made = drive(flow, day, &options.stop, &options.progress, tally).await;
        if made.is_err() {
            flow.outgoing.end();
        }
        making.send_replace(Making::IsOver);
        made
    };
    let (made, sent) = tokio::join!(make, send_off.work());
    let stopped = made?;
    sent.map_err(|failure| cause_of(failure, &flow.writer))?;
    Ok(stopped)
}

/// Claims letters and lets each go its way, a bounded number at a time.
/// Returns whether the run was asked to stop.
async fn drive(
    flow: &Arc<Flow>,
    day: &str,
    stop: &watch::Receiver<bool>,
    progress: &Arc<dyn Fn(Progress) + Send + Sync>,
    tally: &Arc<Mutex<Tally>>,
) -> Result<bool, NightError> {
    let in_flight = Arc::new(Semaphore::new(IN_FLIGHT));
    let all_turns = flow.render_turns.available_permits();
    let mut tasks: JoinSet<Result<(), NightError>> = JoinSet::new();
    let mut after = 0;
    let mut failure = None;
    let mut stopped = false;
    loop {
        while let Some(ended) = tasks.try_join_next() {
            failure = failure.or(flow::failure_of(ended));
        }
        if failure.is_some() {
            break;
        }
        if *stop.borrow() {
            stopped = true;
            break;
        }
        // Room for a whole claim, behind the renderer and before it: a claim
        // a letter would be a commit a letter.
        let Ok(mut places) = Arc::clone(&in_flight).acquire_many_owned(CLAIM).await else {
            break;
        };
        let Ok(mut turns) = Arc::clone(&flow.render_turns)
            .acquire_many_owned(CLAIM)
            .await
        else {
            break;
        };
        let claimed = match flow.writer.claim(day, after, i64::from(CLAIM)).await {
            Ok(claimed) => claimed,
            Err(error) => {
                failure = Some(flow::night_error(error));
                break;
            }
        };
        if claimed.is_empty() {
            break;
        }
        flow.probe.reached(Point::Claimed).await;
        let alone = claimed.iter().any(|claimed| claimed.is_suspect());
        for claimed in claimed {
            let (Some(place), Some(turn)) = (places.split(1), turns.split(1)) else {
                break;
            };
            after = claimed.id.key();
            let flow = Arc::clone(flow);
            let progress = Arc::clone(progress);
            let tally = Arc::clone(tally);
            tasks.spawn(async move {
                if let Some(settled) = walk::take(&flow, claimed, turn).await? {
                    tally.lock().await.add(settled);
                    progress(Progress::One);
                }
                drop(place);
                Ok(())
            });
        }
        if alone {
            // Until every page in hand is out, no further letter is claimed:
            // if the program dies again, only this one was there twice.
            drop(turns);
            let all = u32::try_from(all_turns).unwrap_or(u32::MAX);
            drop(flow.render_turns.acquire_many(all).await);
        }
    }
    while let Some(ended) = tasks.join_next().await {
        failure = failure.or(flow::failure_of(ended));
    }
    match failure {
        Some(failure) => Err(cause_of(failure, &flow.writer)),
        None => Ok(stopped),
    }
}

/// What stopped the run; of a writer that has stopped, why it did.
fn cause_of(failure: NightError, writer: &Writer) -> NightError {
    match failure {
        NightError::Store(StoreError::WriterStopped) => {
            NightError::Store(writer.take_failure().unwrap_or(StoreError::WriterStopped))
        }
        failure => failure,
    }
}
