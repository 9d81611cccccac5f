//! The website of the published notice: the public's, and those made to look
//! at. What the public reads comes from the editions alone, once there are
//! any, and nothing else is put within it.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use crate::notice::site::{self, MirrorError, Public, Readers, SiteError, SiteReport, Step};
use crate::notice::{self, Edition, InForce, InForceError, Notice, NoticeError};
use crate::office::Premises;
use crate::wording;

/// A website that was made.
#[derive(Debug)]
pub struct SiteMade {
    /// Where it stands.
    pub folder: PathBuf,
    /// How that place touches what the public reads.
    pub public: Option<Public>,
    /// What was built.
    pub report: SiteReport,
    /// Where copies went, in the words of the settings.
    pub copies: Vec<String>,
    /// The notice in force; none where nothing was ever taken in and the
    /// society's file does not load.
    pub in_force: Option<InForce>,
}

/// Why no website is made; what stands before the public is as it was.
#[derive(Debug, thiserror::Error)]
pub enum SiteRefusal {
    /// The place lies within what the public reads, or holds it.
    #[error("{}", wording::site_within_public(output, folder))]
    WithinPublic {
        /// Where it was to be.
        output: PathBuf,
        /// What the public reads.
        folder: PathBuf,
    },
    /// Files are no source of what the public reads once there are editions.
    #[error("{}", wording::site_from_files(output, called, folder))]
    FromFiles {
        /// Where it was to be.
        output: PathBuf,
        /// What the edition in force is called.
        called: String,
        /// The site's own folder.
        folder: PathBuf,
    },
    /// The newest file is dated ahead, as a draft is.
    #[error("{}", wording::site_too_early(label, *effective, *today))]
    Early {
        /// Its label.
        label: String,
        /// The day it comes into force.
        effective: NaiveDate,
        /// Today.
        today: NaiveDate,
    },
    /// The notice in force cannot be told.
    #[error(transparent)]
    InForce(#[from] InForceError),
    /// A named file does not load.
    #[error(transparent)]
    File(#[from] NoticeError),
    /// The website was not made; the old one stands.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// The copy was not sent.
    #[error(transparent)]
    Mirror(#[from] MirrorError),
}

impl From<ShowError> for SiteRefusal {
    fn from(error: ShowError) -> Self {
        match error {
            ShowError::Site(error) => SiteRefusal::Site(error),
            ShowError::Mirror(error) => SiteRefusal::Mirror(error),
        }
    }
}

/// Makes a website at `output`, of the published editions or of named `files`,
/// oldest first. It opens the premises alone: where there is no workspace, none is
/// made.
///
/// # Errors
/// [`SiteRefusal`].
pub async fn make_site(
    desk: &Premises,
    output: &Path,
    files: &[PathBuf],
    reached: &mut dyn FnMut(Step),
) -> Result<SiteMade, SiteRefusal> {
    let public = site::touches_public(&desk.config, output);
    // Where nothing was ever taken in, named files are all there is to tell
    // which edition is the newest; the society's file need not even be there.
    let (editions, in_force) = match notice::in_force(&desk.config).await {
        Ok(in_force) if files.is_empty() => (in_force.editions(), Some(in_force)),
        Ok(in_force) => (from_files(files)?, Some(in_force)),
        Err(InForceError::File(_)) if !files.is_empty() => (from_files(files)?, None),
        Err(error) => return Err(error.into()),
    };
    let kept = in_force.as_ref().filter(|in_force| in_force.is_kept());
    refuse_public(desk, output, files, public.as_ref(), kept)?;
    if let (None, Some(Public::Site(_) | Public::Copy(_)), Some(newest)) =
        (kept, &public, editions.last())
    {
        refuse_early(newest, desk.clock.today())?;
    }
    let (folder, report, copies) = match &public {
        Some(Public::Site(folder)) => {
            let (report, copies) = show_public(desk, &editions, reached).await?;
            (folder.clone(), report, copies)
        }
        other => {
            let (folder, readers) = match other {
                Some(Public::Copy(folder)) => (folder.clone(), Readers::Public),
                _ => (output.to_owned(), Readers::Staff),
            };
            let report = site::build(desk, &editions, &folder, readers, reached).await?;
            (folder, report, Vec::new())
        }
    };
    Ok(SiteMade {
        folder,
        public,
        report,
        copies,
        in_force,
    })
}

fn from_files(files: &[PathBuf]) -> Result<Vec<Edition>, NoticeError> {
    (1..)
        .zip(files)
        .map(|(number, file)| Ok(Edition::of_file(number, Notice::from_file(file)?)))
        .collect()
}

fn refuse_public(
    desk: &Premises,
    output: &Path,
    files: &[PathBuf],
    public: Option<&Public>,
    kept: Option<&InForce>,
) -> Result<(), SiteRefusal> {
    let output = output.to_owned();
    match (public, kept) {
        (Some(Public::Part(folder)), _) => Err(SiteRefusal::WithinPublic {
            output,
            folder: folder.clone(),
        }),
        (Some(Public::Site(_) | Public::Copy(_)), Some(kept)) if !files.is_empty() => {
            let edition = kept.edition();
            Err(SiteRefusal::FromFiles {
                output,
                called: wording::revision_called(edition.number, &edition.label),
                folder: site::site_folder(&desk.config),
            })
        }
        _ => Ok(()),
    }
}

fn refuse_early(newest: &Edition, today: NaiveDate) -> Result<(), SiteRefusal> {
    if newest.effective <= today {
        return Ok(());
    }
    Err(SiteRefusal::Early {
        label: newest.label.clone(),
        effective: newest.effective,
        today,
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
    desk: &Premises,
    editions: &[Edition],
    reached: &mut dyn FnMut(Step),
) -> Result<(SiteReport, Vec<String>), ShowError> {
    let folder = site::site_folder(&desk.config);
    let report = site::build(desk, editions, &folder, Readers::Public, reached).await?;
    let copies = site::mirror(&desk.config.publication, &folder).await?;
    Ok((report, copies))
}
