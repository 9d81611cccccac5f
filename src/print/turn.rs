//! Waiting for one's turn to make print files.
//!
//! Whoever waits tells for whom, tells a program of its own that was stopped
//! (as with Ctrl-Z) to go on, and gives up after a while or when it is asked to
//! end: a night must not stand still because of a forgotten terminal.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;

use rustix::fs::OFlags;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::PrintError;
use crate::store::{Waited, locked_by};

/// How long one waits at most.
pub const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// When the first word is said.
const FIRST: Duration = Duration::from_secs(3);

/// When the next one is.
const AGAIN: Duration = Duration::from_secs(30);

/// How often one looks.
const LOOK: Duration = Duration::from_millis(100);

/// How one waits for one's turn.
pub struct Turn<'a> {
    /// When one gives up.
    pub until: Instant,
    /// Becomes true when the program is asked to end.
    pub stop: Option<watch::Receiver<bool>>,
    /// Told for whom one waits.
    pub say: &'a mut dyn FnMut(&Waited),
}

impl<'a> Turn<'a> {
    /// That of somebody who stands before it and can break it off.
    pub fn of_staff(say: &'a mut dyn FnMut(&Waited)) -> Self {
        Turn {
            until: Instant::now() + LONGEST_WAIT,
            stop: None,
            say,
        }
    }

    fn is_over(&self) -> bool {
        is_asked_to_end(self.stop.as_ref()) || Instant::now() >= self.until
    }

    async fn pause(&mut self) {
        if let Some(stop) = &mut self.stop {
            tokio::select! {
                () = sleep(LOOK) => return,
                Ok(()) = stop.changed() => return,
            }
        }
        sleep(LOOK).await;
    }
}

/// Whether the program is asked to end.
pub(super) fn is_asked_to_end(stop: Option<&watch::Receiver<bool>>) -> bool {
    stop.is_some_and(|stop| *stop.borrow())
}

/// Waits until nobody else makes print files below this folder. The system
/// frees the lock when the process ends, however it ends.
pub(super) async fn lock(out: &Path, turn: &mut Turn<'_>) -> Result<File, PrintError> {
    let path = out.join("print.lock");
    let failed = |error: io::Error| PrintError::Write {
        path: path.clone(),
        error,
    };
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        // A link would lock, or make, a file elsewhere.
        .custom_flags(OFlags::NOFOLLOW.bits().cast_signed())
        .open(&path)
        .map_err(failed)?;
    let begun = Instant::now();
    let mut next = FIRST;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let so_far = begun.elapsed();
        let is_over = turn.is_over();
        if is_over || so_far >= next {
            let holder = locked_by(&path);
            let waited = Waited { so_far, holder };
            if is_over {
                return Err(PrintError::Busy(waited));
            }
            (turn.say)(&waited);
            next = so_far + AGAIN;
        }
        turn.pause().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_waits_as_long_as_one_said_and_tells_for_whom() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut nothing = |_: &Waited| panic!("nobody has it");
        let mut at_once = Turn {
            until: Instant::now(),
            stop: None,
            say: &mut nothing,
        };
        let _held = lock(folder.path(), &mut at_once).await.expect("free");
        let told = std::cell::Cell::new(0);
        let mut say = |waited: &Waited| {
            told.set(told.get() + 1);
            let pid = waited.holder.as_ref().map(|holder| holder.pid);
            assert_eq!(pid, i32::try_from(std::process::id()).ok());
        };
        let begun = Instant::now();
        let mut patient = Turn {
            until: begun + LONGEST_WAIT,
            stop: None,
            say: &mut say,
        };
        let gave_up = lock(folder.path(), &mut patient).await;
        assert!(matches!(gave_up, Err(PrintError::Busy(_))));
        assert!(begun.elapsed() < LONGEST_WAIT + Duration::from_secs(1));
        assert_eq!(told.get(), 10);
        // Who is asked to end does not wait.
        let (asked, stop) = watch::channel(false);
        asked.send(true).expect("heard");
        let mut stopped = Turn {
            until: Instant::now() + LONGEST_WAIT,
            stop: Some(stop),
            say: &mut say,
        };
        let begun = Instant::now();
        let gave_up = lock(folder.path(), &mut stopped).await;
        assert!(matches!(gave_up, Err(PrintError::Busy(_))));
        assert_eq!(begun.elapsed(), Duration::ZERO);
    }
}
