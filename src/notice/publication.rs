//! Putting a revision into force and before the public, in one act.

use chrono::NaiveDate;

use super::site::{self, MirrorError, Readers, SiteError, SiteReport, Step};
use super::{Edition, RevisionError, published_editions, revisions};
use crate::domain::StaffName;
use crate::office::{Desk, Office};
use crate::store::NoticeRow;

/// What was published.
#[derive(Debug)]
pub struct Publication {
    /// The revision that came into force now, if one did.
    pub revision: Option<NoticeRow>,
    /// The website; none where no edition has ever been published.
    pub site: Option<SiteReport>,
    /// Where copies went, in the words of the settings.
    pub copies: Vec<String>,
}

/// Why publication is not complete, for staff. What was done before it stays
/// done, and publishing again goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum PublicationError {
    /// The revision did not come into force.
    #[error(transparent)]
    Revision(#[from] RevisionError),
    /// The website was not made; the old one stands.
    #[error(
        "版の状態は記録しましたが、公表用サイトを作れませんでした。前のサイトはそのままです。{0} 直してから、yobin notice publish をもう一度実行してください。"
    )]
    Site(SiteError),
    /// The copy was not sent.
    #[error(transparent)]
    Mirror(#[from] MirrorError),
}

/// Puts into force what is due by `date` — the revision `number`, or the
/// approved one whose day has come — and makes the website say what is in
/// force. Nothing due is no error: the site is then made good if a call
/// before this one was killed between the two.
///
/// # Errors
/// See [`PublicationError`].
pub async fn publish(
    office: &Office,
    number: Option<u32>,
    date: NaiveDate,
    actor: &StaffName,
    reached: &mut dyn FnMut(Step),
) -> Result<Publication, PublicationError> {
    let at = office.desk.clock.stamp();
    let revision = match number {
        None => revisions::publish_due(&office.store, date, actor, &at).await?,
        Some(number) => {
            let mut tx = office.store.work().await.map_err(RevisionError::from)?;
            let row = tx
                .publish_notice(number, date, actor, &at)
                .await
                .map_err(RevisionError::from)?;
            let committed = tx.commit().await;
            committed.map_err(RevisionError::from)?;
            Some(row)
        }
    };
    let editions = published_editions(&office.store).await?;
    if editions.is_empty() {
        return Ok(Publication {
            revision,
            site: None,
            copies: Vec::new(),
        });
    }
    let shown = show_public(&office.desk, &editions, reached).await;
    let (site, copies) = shown.map_err(|error| match error {
        ShowError::Site(error) => PublicationError::Site(error),
        ShowError::Mirror(error) => PublicationError::Mirror(error),
    })?;
    Ok(Publication {
        revision,
        site: Some(site),
        copies,
    })
}

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
