//! Making print files: what goes by post joined for the printer, and kept in
//! the store which letter is in which of them.

use crate::domain::LetterId;
use crate::office::Office;
use crate::print::{Making, kept_back};
use crate::store::{LetterQuery, Which};

pub use crate::print::{JoinError, KeptOut, PrintError, Printed, WhyKeptOut};

/// Makes the print files of a date in `out/print/DATE/`, replacing those made
/// before: the letters that were in them and are not posted yet, and those of
/// this night and earlier ones that are in no print file. A letter that
/// cannot be printed is left out and told; it stops no other. No letter
/// changes its state, so nobody is named who made them.
///
/// # Errors
/// [`PrintError`].
pub async fn make(office: &Office, date: &str) -> Result<Printed, PrintError> {
    let making = Making::begin(office, date).await?;
    let mut conn = office.store.reads().await?;
    let letters = conn.post_letters(date).await?;
    let posted = LetterQuery::of(Which::PostedOf(date));
    let posted = conn.count_letters(&posted).await?.unsigned_abs();
    drop(conn);
    let looked_at = letters
        .iter()
        .map(|letter| (letter.id, letter.kind.as_str(), letter.outcome.as_str()));
    let kept_back = kept_back(office, looked_at).await?;
    let filled = making.fill(&letters, &kept_back).await?;
    // Killed anywhere from here on, no folder stands that holds other letters
    // than the store says: it is missing, and is made again when asked for.
    making.set_aside()?;
    let left_out: Vec<LetterId> = filled.kept_out.iter().map(|out| out.id).collect();
    let mut tx = office.store.work().await?;
    tx.set_printed(date, &filled.held, &left_out).await?;
    tx.commit().await?;
    Ok(Printed {
        folder: making.finish(!letters.is_empty())?,
        kinds: filled.kinds,
        kept_out: filled.kept_out,
        again: filled.again,
        posted,
    })
}
