//! How long one waits for one's turn to write.
//!
//! Staff wait half a minute and are told then. The night waits for as long as
//! it takes: what a mail server has answered must be kept, and a letter whose
//! outcome nobody kept is sent by nobody again. It tells whom it waits for. A
//! program that was stopped while it held the lock is told to go on by whoever
//! waits, staff or the night.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::time::Instant;

use super::StoreError;
use super::holder::{Waited, holder};

/// When the first word is said.
const FIRST: Duration = Duration::from_secs(3);

/// When the next one is.
const AGAIN: Duration = Duration::from_secs(30);

/// What is called while one waits.
type Say = Arc<dyn Fn(&Waited) + Send + Sync>;

/// Whether one waits for as long as it takes; all clones of a store share it.
#[derive(Clone, Default)]
pub(super) struct Patience(Arc<OnceLock<Say>>);

impl fmt::Debug for Patience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Patience")
            .field(&self.0.get().is_some())
            .finish()
    }
}

impl Patience {
    /// From now on one waits for as long as it takes.
    pub(super) fn never_ends(&self, say: Say) {
        // Whoever said so first is told.
        _ = self.0.set(say);
    }

    /// Tries until it is one's turn, or once. Whoever was stopped while it held
    /// the lock is told to go on.
    pub(super) async fn wait<T, F: Future<Output = Result<T, StoreError>>>(
        &self,
        store: &Path,
        mut turn: impl FnMut() -> F,
    ) -> Result<T, StoreError> {
        let begun = Instant::now();
        let mut next = FIRST;
        loop {
            let try_now = turn();
            tokio::pin!(try_now);
            let done = loop {
                let left = next.saturating_sub(begun.elapsed());
                match tokio::time::timeout(left, &mut try_now).await {
                    Ok(done) => break done,
                    Err(_) => {
                        let so_far = begun.elapsed();
                        next = so_far + AGAIN;
                        let holder = holder(store);
                        if let Some(say) = self.0.get() {
                            say(&Waited { so_far, holder });
                        }
                    }
                }
            };
            match done {
                Err(StoreError::Busy(_)) if self.0.get().is_some() => {}
                done => return done,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test]
    async fn who_has_patience_tries_until_it_is_their_turn() {
        let tries = AtomicU32::new(0);
        let turn = || async {
            match tries.fetch_add(1, Ordering::Relaxed) {
                0..=4 => Err(StoreError::Busy("another".into())),
                _ => Ok(()),
            }
        };
        let patience = Patience::default();
        let once = patience.wait("store".as_ref(), turn).await;
        assert!(matches!(once, Err(StoreError::Busy(_))));
        patience.never_ends(Arc::new(|_| ()));
        patience
            .wait("store".as_ref(), turn)
            .await
            .expect("its turn");
        assert_eq!(tries.into_inner(), 6);
    }
}
