//! The site's copy elsewhere: in a folder, or wherever a command such as
//! rsync takes it.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use super::place::{self, PlaceError, Readers};
use crate::config::Publication;

/// What stands for the site's folder in the arguments of the command.
const SITE: &str = "{site}";

/// Patience with the command. A site is a few hundred kilobytes.
const PATIENCE: Duration = Duration::from_secs(600);

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
        send(program, arguments, site).await?;
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

async fn send(program: &str, arguments: &[String], site: &Path) -> Result<(), MirrorError> {
    let failed = |said: String| MirrorError::Failed {
        program: program.to_owned(),
        said,
    };
    let site = site.to_string_lossy();
    let mut command = Command::new(program);
    command
        .args(arguments.iter().map(|given| given.replace(SITE, &site)))
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let done = tokio::time::timeout(PATIENCE, command.output())
        .await
        .map_err(|_| {
            failed(format!(
                "{}分待ちましたが終わりません",
                PATIENCE.as_secs() / 60
            ))
        })?
        .map_err(|error| MirrorError::Start {
            program: program.to_owned(),
            error,
        })?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr);
    let last = said.lines().rfind(|line| !line.trim().is_empty());
    Err(failed(
        last.map_or_else(|| done.status.to_string(), str::to_owned),
    ))
}
