//! The website of the published notice, where the public reads it.

use crate::notice::Edition;
use crate::notice::site::{self, MirrorError, Readers, SiteError, SiteReport, Step};
use crate::office::Desk;

/// Why the website does not show an edition, for staff.
#[derive(Debug, thiserror::Error)]
pub enum ShowError {
    /// The website was not made; the old one stands.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// The copy was not sent.
    #[error(transparent)]
    Mirror(#[from] MirrorError),
}

/// Makes the website of `editions`, oldest first, where it stands for the
/// public, and sends the copies: the only way to either. Returns where the
/// copies went, in the words of the settings.
///
/// # Errors
/// [`ShowError`].
pub async fn show_public(
    desk: &Desk,
    editions: &[Edition],
    reached: &mut dyn FnMut(Step),
) -> Result<(SiteReport, Vec<String>), ShowError> {
    let folder = site::site_folder(&desk.config);
    let report = site::build(desk, editions, &folder, Readers::Public, reached).await?;
    let copies = site::mirror(&desk.config.publication, &folder).await?;
    Ok((report, copies))
}
