//! The second half of taking a file in: every row is held against the store as
//! it is now, and the good ones are written.
//!
//! Whether a row fits the store also depends on the rows of the file before
//! it, so each is looked at where those are already. Rows of requests are in
//! the transaction that writes them. Those of letters may be hundreds of
//! thousands: they are held against the store beside whoever writes, and what
//! was registered, closed, flagged or queued until they are written is seen by
//! holding all of them against the store once more.

use std::fs;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::reading::{Read, ReadFile};
use super::{Mode, Received, ReceptionError};
use crate::domain::{By, Stamp};
use crate::intake::{BadRow, RowProblem};
use crate::office::Office;
use crate::restricted::Spill;
use crate::store::{Ended, Gone, Intake};

/// What the rows of a file become.
pub(super) trait Taking {
    /// What a good row was read as.
    type Read: Serialize + DeserializeOwned;

    /// Whether the rows are held against the store beside those who write, and
    /// written when all of them were.
    const BESIDE: bool;

    /// Checks a row against what the store holds, and takes it in if it is
    /// good. A row that is refused comes back.
    async fn take(
        &self,
        intake: &mut Intake,
        read: Read<Self::Read>,
        received: &mut Received,
    ) -> Result<Option<BadRow>, ReceptionError>;
}

/// Takes in a file that was read. What is taken in bears the time at which
/// that begins: reading a large file takes a while, and a day may end in it.
pub(super) async fn take<T: Taking>(
    office: &Office,
    file: ReadFile<T::Read>,
    by: &By,
    taking: &T,
    say: &mut dyn FnMut(&RowProblem),
) -> Result<Received, ReceptionError> {
    // Whoever reads them may take their time, so they are told when nobody
    // waits for the transaction any more, and when what was not taken in is
    // gone from the store's files; also when taking in failed.
    let mut told = Spill::new(office.out()).map_err(ReceptionError::Aside)?;
    // It begins now, not when whoever acts said so.
    let by = By {
        who: by.who.clone(),
        at: Stamp::at(office.desk.clock.now()),
    };
    let intake = match T::BESIDE {
        true => Intake::on_tray(&office.store, &by).await?,
        false => Intake::begin(&office.store, &by).await?,
    };
    let mut taken = take_rows(file, intake, taking, &mut told).await;
    match &mut taken {
        Ok(received) if received.kept => {}
        // Only a large one came there, and not among the letters.
        Ok(received) if T::BESIDE => received.left_in_log = !office.store.sweep_entering().await,
        Err(_) if T::BESIDE => _ = office.store.sweep_entering().await,
        // What was not taken in must not be read from the store's files.
        Ok(received) => received.left_in_log = !office.store.erase(Gone::Undone).await,
        Err(_) => _ = office.store.erase(Gone::Undone).await,
    }
    // A file that is held against the store once more tells its problems then.
    if !matches!(taken, Err(ReceptionError::Overtaken)) {
        tell(told, say);
    }
    taken
}

async fn take_rows<T: Taking>(
    file: ReadFile<T::Read>,
    mut intake: Intake,
    taking: &T,
    told: &mut Spill<RowProblem>,
) -> Result<Received, ReceptionError> {
    let ReadFile {
        mode,
        sha256,
        may_hold_notes,
        ..
    } = file;
    let mut received = Received {
        columns_left_out: file.left_out.clone(),
        intake: intake.file.key,
        ..Received::default()
    };
    let (rows, mut rejected) = file.rows()?;
    for row in rows {
        if let Some(bad) = taking.take(&mut intake, row?, &mut received).await? {
            received.bad += 1;
            for problem in &bad.problems {
                told.push(problem).map_err(ReceptionError::Aside)?;
            }
            if let Some((rejected, path)) = &mut rejected {
                rejected
                    .push(&bad)
                    .map_err(|error| ReceptionError::Rejected {
                        path: path.clone(),
                        error,
                    })?;
            }
        }
    }
    received.kept = match mode {
        Mode::AllOrNothing => received.bad == 0,
        Mode::AcceptValid => true,
        Mode::DryRun => false,
    };
    // The bad rows are safe on disk before the good ones are taken in, so
    // that no row of the file can get lost between the two.
    if let Some((rejected, path)) = rejected
        && received.bad > 0
    {
        rejected
            .finish()
            .map_err(|error| ReceptionError::Rejected {
                path: path.clone(),
                error,
            })?;
        received.rejected = Some(path);
    }
    if received.kept {
        // Of a file that may have held a note not even the hash is kept: who
        // knows the rest of it could try what the note was.
        let hash = Some(sha256.to_string()).filter(|_| !may_hold_notes);
        if intake.commit(hash.as_deref()).await? == Ended::Overtaken {
            if let Some(path) = &received.rejected {
                fs::remove_file(path).map_err(|error| ReceptionError::Rejected {
                    path: path.clone(),
                    error,
                })?;
            }
            return Err(ReceptionError::Overtaken);
        }
    } else {
        drop(intake);
    }
    Ok(received)
}

/// Tells what is wrong with rows. By then the good ones may be in the store,
/// so what cannot be told does not undo that.
pub(super) fn tell(told: Spill<RowProblem>, say: &mut dyn FnMut(&RowProblem)) {
    let problems = match told.read() {
        Ok(problems) => problems,
        Err(error) => return tracing::error!(%error, "no problem could be told"),
    };
    for problem in problems {
        match problem {
            Ok(problem) => say(&problem),
            Err(error) => return tracing::error!(%error, "not every problem could be told"),
        }
    }
}
