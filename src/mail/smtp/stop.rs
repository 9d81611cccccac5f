//! Breaking off when the program is asked to stop.

use std::future::{Future, pending};

use tokio::sync::watch;

use super::Gateway;
use super::reply::deferred;
use crate::mail::transport::{Handover, Stage};

/// Why a message was not handed over.
pub(super) const ASKED: &str = "broken off: the program was asked to stop";

/// Ends when it is asked to stop; never once nobody can ask any more.
pub(super) async fn asked(stop: &watch::Receiver<bool>) {
    let mut stop = stop.clone();
    if stop.wait_for(|asked| *asked).await.is_err() {
        pending::<()>().await;
    }
}

impl Gateway {
    /// Does what is before the message, unless it is asked to stop meanwhile.
    pub(super) async fn unless_stopped<T, F>(&self, stage: Stage, work: F) -> Result<T, Handover>
    where
        F: Future<Output = Result<T, Handover>>,
    {
        tokio::select! {
            biased;
            () = asked(&self.stop) => Err(deferred(stage, ASKED)),
            done = work => done,
        }
    }
}
