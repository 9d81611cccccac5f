//! The PDFs of letters in the archive: put there, and taken from there.

use std::sync::atomic::Ordering;

use bytes::Bytes;

use super::flow::{Flow, Stop};
use super::hand::InHand;
use super::{NightError, stopping};
use crate::acts::proof::{self, ProofError};
use crate::archive::{Archive, ArchiveError, Holding, Stored};

impl Flow {
    /// Puts a PDF into the archive. A damaged file of that name is replaced,
    /// for the right bytes are known.
    pub(super) async fn keep(&self, sha256: &str, pdf: Bytes) -> Result<(), ArchiveError> {
        let archive = &self.office.archive;
        if archive.put(Holding::Pdf, sha256, pdf).await? == Stored::Mended {
            tracing::warn!(%sha256, "archived PDF was damaged and has been replaced");
            self.mended.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    /// The letter's PDF from the archive. A file that is damaged or gone
    /// concerns this letter alone: it is rendered again from what was kept; if
    /// other bytes come out, the letter is parked and the night goes on.
    pub(super) async fn archived(&self, hand: &mut InHand) -> Result<Bytes, Stop> {
        let sha256 = hand.letter.pdf_sha256.clone().unwrap_or_default();
        let damage = match self.office.archive.get(Holding::Pdf, &sha256).await {
            Ok(pdf) => return Ok(pdf),
            Err(damage) => damage,
        };
        tracing::warn!(letter = %hand.letter.id, %damage, "archived PDF cannot be used; setting it again");
        let turn = self.setting_again.lock().await;
        let restored = proof::restored(&self.office, hand.letter.id).await;
        drop(turn);
        let pdf = match restored {
            Ok(pdf) => pdf,
            Err(ProofError::Store(error)) => return Err(Stop::Night(NightError::Store(error))),
            Err(failure) => {
                tracing::warn!(letter = %hand.letter.id, "could not be set again to the same bytes");
                let place = Archive::place(Holding::Pdf, &sha256);
                let reason = stopping::pdf_lost(place, &damage, failure);
                return Err(self.park(hand, reason).await);
            }
        };
        self.keep(&sha256, pdf.clone()).await?;
        if matches!(damage, ArchiveError::Missing(_)) {
            self.mended.fetch_add(1, Ordering::Relaxed);
        }
        Ok(pdf)
    }
}
