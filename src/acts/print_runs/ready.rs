//! Print files that are written where nobody sees them, of letters that may
//! change meanwhile.
//!
//! Joining takes from seconds to minutes. Whoever cancels a letter, records
//! that it was posted or registers what keeps it back does so in that time as
//! at any other. So the transaction that says what is printed looks again, and
//! where anything differs the files are thrown away and written anew.

use std::collections::{BTreeMap, BTreeSet};

use super::{Reached, Reaching};
use crate::acts::proof::{self, ProofError};
use crate::archive::Holding;
use crate::domain::{KeptBack, LetterId};
use crate::office::Office;
use crate::print::{Filled, Making, PrintError, WhyKeptOut, kept_from_print};
use crate::store::{PostLetter, Printable, StoreError, ToPrint, Work};

/// How often one looks again before one gives up.
const TRIES: u32 = 1000;

/// For how many looks one counts after which the files are written anew.
const ANEW: u32 = 100;

/// Letters that are to be printed, and what keeps them back, at one time.
struct Look {
    letters: Vec<PostLetter>,
    kept_back: BTreeMap<LetterId, KeptBack>,
    printable: Printable,
}

impl Look {
    async fn now(office: &Office, which: ToPrint<'_>) -> Result<Self, StoreError> {
        let mut conn = office.store.reads().await?;
        let letters = conn.post_letters(which).await?;
        let printable = conn.printable(which).await?;
        drop(conn);
        // What is read after the version is as new or newer.
        let looked_at = letters
            .iter()
            .map(|letter| (letter.id, letter.kind.as_str(), letter.outcome.as_str()));
        let kept_back = kept_from_print(office, looked_at).await?;
        Ok(Look {
            letters,
            kept_back,
            printable,
        })
    }
}

/// Written files and what they were written from.
pub(super) struct Ready<'a, 'm> {
    office: &'a Office,
    making: &'m Making<'a>,
    which: ToPrint<'m>,
    look: Look,
    /// What is in the files.
    pub(super) filled: Filled,
    /// Letters that were in earlier ones and left.
    pub(super) changed: Vec<LetterId>,
    /// Letters whose PDF was made again.
    pub(super) mended: Vec<LetterId>,
    tries: u32,
}

impl<'a, 'm> Ready<'a, 'm> {
    /// Writes the files of these letters, without those that are kept back.
    ///
    /// # Errors
    /// [`PrintError`].
    pub(super) async fn of(
        office: &'a Office,
        making: &'m Making<'a>,
        which: ToPrint<'m>,
    ) -> Result<Self, PrintError> {
        let mut ready = Ready {
            office,
            making,
            which,
            look: Look::now(office, which).await?,
            filled: Filled::default(),
            changed: Vec::new(),
            mended: Vec::new(),
            tries: 0,
        };
        ready.fill().await?;
        Ok(ready)
    }

    /// Whether there is no letter to print, be it kept back or not.
    pub(super) fn is_of_none(&self) -> bool {
        self.look.letters.is_empty()
    }

    /// Letters that belong into the files and were left out.
    pub(super) fn left_out(&self) -> Vec<LetterId> {
        self.filled.kept_out.iter().map(|out| out.id).collect()
    }

    /// A transaction in which all letters of the files are as they were when
    /// these were written. Where one is not, the files are written anew.
    ///
    /// # Errors
    /// [`PrintError`]; then nothing is left of the files.
    pub(super) async fn settled(&mut self, reached: Reaching<'_>) -> Result<Work, PrintError> {
        reached(Reached::Filled);
        loop {
            if let Some(tx) = self.standing().await? {
                return Ok(tx);
            }
            let look = Look::now(self.office, self.which).await?;
            let is_alike = self.is_alike(&look);
            self.look = look;
            // What was registered concerns none of them: a large file of flags
            // is written by many short changes.
            self.tries += if is_alike { 1 } else { ANEW };
            if self.tries > TRIES {
                self.making.discard()?;
                return Err(PrintError::Restless);
            }
            if is_alike {
                continue;
            }
            let held = self.filled.held.iter();
            let left = held.filter(|id| !self.look.printable.letters.contains(id));
            self.changed.extend(left);
            self.fill().await?;
            reached(Reached::Filled);
        }
    }

    /// A transaction in which all stands as it did; none where it does not.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(super) async fn standing(&self) -> Result<Option<Work>, StoreError> {
        let mut tx = self.office.store.work().await?;
        let now = tx.printable(self.which).await?;
        let stands = now.version == self.look.printable.version && self.are_all_in(&now.letters);
        Ok(stands.then_some(tx))
    }

    /// From here on the files are those of this recorded run.
    pub(super) fn becomes(&mut self, run: u32) {
        self.which = ToPrint::OfRun {
            run,
            also_posted: false,
        };
        self.look.printable.letters = self.filled.held.iter().copied().collect();
    }

    /// Whether these are the letters that were looked at. Letters that stand in
    /// no run may have become more: they join the next one.
    fn are_all_in(&self, now: &BTreeSet<LetterId>) -> bool {
        match self.which {
            ToPrint::Unprinted(_) => self.filled.held.iter().all(|id| now.contains(id)),
            ToPrint::OfRun { .. } | ToPrint::One { .. } => *now == self.look.printable.letters,
        }
    }

    /// Whether the files would be the same ones.
    fn is_alike(&self, look: &Look) -> bool {
        self.are_all_in(&look.printable.letters)
            && self
                .filled
                .held
                .iter()
                .all(|id| !look.kept_back.contains_key(id))
    }

    async fn fill(&mut self) -> Result<(), PrintError> {
        let Look {
            letters, kept_back, ..
        } = &self.look;
        self.filled = self.making.fill(letters, kept_back).await?;
        let mended = mend(self.office, self.making, letters, &self.filled).await?;
        if !mended.is_empty() {
            self.filled = self.making.fill(letters, kept_back).await?;
            self.mended.extend(mended);
        }
        Ok(())
    }
}

/// Makes the PDFs again that are damaged or gone, from what is kept of their
/// letters, where the very same bytes come out. Gives back of which.
async fn mend(
    office: &Office,
    making: &Making<'_>,
    letters: &[PostLetter],
    filled: &Filled,
) -> Result<Vec<LetterId>, PrintError> {
    let mut mended = Vec::new();
    for out in &filled.kept_out {
        let is_lost = matches!(
            out.why,
            WhyKeptOut::Missing | WhyKeptOut::Damaged | WhyKeptOut::Withheld(_)
        );
        let Some(letter) = letters.iter().find(|letter| letter.id == out.id) else {
            continue;
        };
        if !is_lost || making.is_asked_to_end() {
            continue;
        }
        let pdf = match proof::restored(office, letter.id).await {
            Ok(pdf) => pdf,
            Err(ProofError::Store(error)) => return Err(error.into()),
            Err(error) => {
                tracing::warn!(letter = %letter.id, %error, "could not be set again to the same bytes");
                continue;
            }
        };
        let kept = office.archive.put(Holding::Pdf, &letter.pdf_sha256, pdf);
        match kept.await {
            Ok(_) => {
                tracing::warn!(letter = %letter.id, "archived PDF was damaged or gone and has been made again");
                mended.push(letter.id);
            }
            Err(error) => tracing::warn!(letter = %letter.id, %error, "cannot be archived again"),
        }
    }
    Ok(mended)
}
