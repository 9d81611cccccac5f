//! The site's copy elsewhere: in a folder, or wherever a command such as
//! rsync takes it.

use std::io;
use std::path::{Path, PathBuf};

use super::place::{self, PlaceError, Readers};
use super::send::{self, SendError};
use crate::config::Publication;
use crate::wording;

/// What stands for the site's folder in the arguments of the command.
const SITE: &str = "{site}";

/// Why the copy is not made. The site itself stands.
#[derive(Debug, thiserror::Error)]
pub enum MirrorError {
    /// The folder above the copy is not there: perhaps a disk is not mounted,
    /// and making it would put the copy where nobody looks.
    #[error("写しを置く {} がありません。接続を確かめてからもう一度実行してください。サイトはできています。", .0.display())]
    NoFolder(PathBuf),
    /// The copy in the folder.
    #[error("サイトはできていますが、写しを置けません。{0}")]
    Folder(#[from] PlaceError),
    /// The command does not start.
    #[error(
        "サイトはできていますが、「{program}」を始められません({error})。設定の publication.rsync を確かめてください。"
    )]
    Start {
        /// The program.
        program: String,
        /// What the system says.
        error: io::Error,
    },
    /// The command failed.
    #[error(
        "サイトはできていますが、「{program}」で送れませんでした({said})。送り先を確かめてからもう一度実行してください。"
    )]
    Failed {
        /// The program.
        program: String,
        /// Its last words, or how it ended.
        said: String,
    },
    /// The command took longer than it may, and was ended.
    #[error("{}", wording::site_sent_too_long(program, *seconds, said))]
    TooLong {
        /// The program.
        program: String,
        /// How long it may take.
        seconds: u64,
        /// Its last words; empty where there were none.
        said: String,
    },
}

/// Copies the site at `site` as the settings say. Returns where to, in the
/// words of the settings; empty when they name no copy.
///
/// # Errors
/// See [`MirrorError`].
pub async fn mirror(publication: &Publication, site: &Path) -> Result<Vec<String>, MirrorError> {
    let mut told = Vec::new();
    if let Some(folder) = &publication.folder {
        copy(site, folder)?;
        told.push(folder.display().to_string());
    }
    if let [program, arguments @ ..] = publication.rsync.as_slice() {
        let site = site.to_string_lossy();
        let given = arguments.iter().map(|word| word.replace(SITE, &site));
        let sent = send::run(publication, program, given.collect()).await;
        sent.map_err(|error| told_of(program, publication, error))?;
        let place = arguments.iter().rfind(|word| !word.starts_with('-'));
        told.push(place.unwrap_or(program).clone());
    }
    Ok(told)
}

fn copy(site: &Path, folder: &Path) -> Result<(), MirrorError> {
    let parent = folder
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new("."));
    if !parent.is_dir() {
        return Err(MirrorError::NoFolder(parent.to_owned()));
    }
    place::put(
        &place::read(site)?,
        folder,
        &super::WAYS,
        Readers::Public,
        &mut |_| {},
    )?;
    Ok(())
}

fn told_of(program: &str, publication: &Publication, error: SendError) -> MirrorError {
    let program = program.to_owned();
    match error {
        SendError::Start(error) => MirrorError::Start { program, error },
        SendError::Failed(said) => MirrorError::Failed { program, said },
        SendError::TooLong(said) => MirrorError::TooLong {
            program,
            seconds: publication.wait_seconds,
            said,
        },
    }
}
