//! The file outside the workspace that keeps how far it has come, and what
//! the newest report says of it.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::OfficeError;
use crate::config::Config;
use crate::domain::{Doubt, Marks, Reported, Stamp};
use crate::files;
use crate::store::{Store, StoreError};

/// What stands in a report's text before the register's end.
pub const REGISTER_LINE: &str = "台帳の末尾  ";
/// What stands there before the workspace's identity.
pub const WORKSPACE_LINE: &str = "作業フォルダーの識別番号  ";

/// Marks a folder as a demo's.
pub const DEMO_MARK: &str = ".yobin-demo";

/// Where the marks of the workspace are. A demo's workspace is thrown away
/// whole, so it has its own within.
pub fn marks_of(config: &Config) -> PathBuf {
    match config.out.join(DEMO_MARK).exists() {
        true => config.out.join("yobin-marks.json"),
        false => config.marks.clone(),
    }
}

/// How a database stands to what is known of its workspace.
#[derive(Debug, Default)]
pub struct Standing {
    /// In what it does not agree.
    pub doubts: Vec<Doubt>,
    /// The marks, where they can be read.
    pub marks: Option<Marks>,
    /// The register's end in the newest report, where the database does not
    /// have it.
    pub report: Option<String>,
    /// Whether the workspace was never marked: it is new, or of an earlier
    /// program.
    pub unmarked: bool,
    /// The newest time that was recorded, by the marks or the database.
    pub newest: Option<Stamp>,
}

/// Holds a database against the marks and the newest report.
///
/// # Errors
/// When the store cannot be read.
pub async fn standing(config: &Config, store: &Store) -> Result<Standing, StoreError> {
    let mut conn = store.reads().await?;
    let Some(found) = conn.marks().await? else {
        return Ok(Standing::default());
    };
    let mut standing = Standing {
        newest: found.newest,
        ..Standing::default()
    };
    match read(&marks_of(config)) {
        Ok(Some(marks)) => {
            let entry = conn.register_hash(marks.register.place).await?;
            standing.doubts = marks.doubts(&found, entry.as_deref());
            standing.newest = standing.newest.max(marks.newest);
            standing.marks = Some(marks);
        }
        Ok(None) if conn.is_marked().await? => standing.doubts.push(Doubt::NoMarks),
        Ok(None) => standing.unmarked = true,
        Err(error) => {
            let problem = error.to_string();
            standing.doubts.push(Doubt::MarksUnreadable(problem));
        }
    }
    let Some(report) = newest_report(&config.out) else {
        return Ok(standing);
    };
    let end = report.register.to_string();
    let mut accepted = conn.acceptances().await?.into_iter();
    if !accepted.any(|one| one.report.as_ref() == Some(&end)) {
        let entry = conn.register_hash(report.register.place).await?;
        let doubts = report.doubts(&found.workspace, entry.as_deref());
        if !doubts.is_empty() {
            standing.report = Some(end);
        }
        standing.doubts.extend(doubts);
    }
    Ok(standing)
}

/// Keeps how far the database has come, on from what was kept before.
///
/// # Errors
/// [`OfficeError::Marks`] when the file cannot be written.
pub(super) async fn keep(config: &Config, store: &Store) -> Result<(), OfficeError> {
    let path = &marks_of(config);
    let failed = |error| OfficeError::Marks {
        path: path.to_owned(),
        error,
    };
    let _turn = turn(path).await;
    let Some(now) = store.reads().await?.marks().await? else {
        return Ok(());
    };
    let before = read(path).map_err(failed)?;
    let mut kept = before.clone().unwrap_or_default();
    kept.raise(now);
    if before.as_ref() == Some(&kept) {
        return Ok(());
    }
    write(path, &kept).map_err(failed)
}

/// Keeps how far the database has come, whatever was kept before.
///
/// # Errors
/// [`OfficeError::Marks`] when the file cannot be written.
pub async fn keep_anew(config: &Config, store: &Store) -> Result<(), OfficeError> {
    let path = &marks_of(config);
    let _turn = turn(path).await;
    let now = store.reads().await?.marks().await?;
    write(path, &now.unwrap_or_default()).map_err(|error| OfficeError::Marks {
        path: path.to_owned(),
        error,
    })
}

fn write(path: &Path, marks: &Marks) -> io::Result<()> {
    let mut text = serde_json::to_string_pretty(marks)?;
    text.push('\n');
    files::replace(path, text.as_bytes())
}

/// The marks that are kept; none where nothing was kept yet.
fn read(path: &Path) -> io::Result<Option<Marks>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(serde_json::from_str(&text)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// One command writes the marks at a time, so that none takes back what
/// another kept. It waits a second at most: another that was stopped
/// meanwhile must stop nobody.
async fn turn(path: &Path) -> Option<File> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = File::open(folder.unwrap_or(".".as_ref())).ok()?;
    for _ in 0..100 {
        match folder.try_lock() {
            Ok(()) => return Some(folder),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(Duration::from_millis(10)).await,
            Err(TryLockError::Error(_)) => return None,
        }
    }
    None
}

/// What the report of the latest date says, in its last edition.
fn newest_report(out: &Path) -> Option<Reported> {
    let folder = out.join("reports");
    let names = fs::read_dir(&folder).ok()?.flatten();
    let texts = names.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        Some((edition(name.strip_suffix(".txt")?)?, name))
    });
    let (_, file) = texts.max()?;
    let text = fs::read_to_string(folder.join(&file)).ok()?;
    let after = |label: &str| text.lines().find_map(|line| line.strip_prefix(label));
    Some(Reported {
        register: after(REGISTER_LINE)?.parse().ok()?,
        workspace: after(WORKSPACE_LINE).map(str::to_owned),
        file,
    })
}

/// Date and edition of `2026-11-22` and `2026-11-22-2`.
fn edition(name: &str) -> Option<(chrono::NaiveDate, u32)> {
    let (date, edition) = match name.get(10..) {
        Some("") => (name, 1),
        Some(rest) => (name.get(..10)?, rest.strip_prefix('-')?.parse().ok()?),
        None => return None,
    };
    Some((date.parse().ok()?, edition))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_edition_of_the_latest_date_is_the_newest() {
        let out = tempfile::tempdir().expect("a folder");
        assert_eq!(newest_report(out.path()), None);
        let reports = out.path().join("reports");
        fs::create_dir(&reports).expect("made");
        for (name, place) in [
            ("2026-11-22.txt", 1),
            ("2026-11-22-2.txt", 2),
            ("2026-11-22-10.txt", 3),
            ("2026-11-21-11.txt", 4),
            ("memo.txt", 5),
            ("2026-11-23.html", 6),
            ("2026-11-99.txt", 7),
        ] {
            let text = format!("夜\n{REGISTER_LINE}{place}：hash\n{WORKSPACE_LINE}abc\n");
            fs::write(reports.join(name), text).expect("written");
        }
        let newest = newest_report(out.path()).expect("a report");
        assert_eq!(newest.file, "2026-11-22-10.txt");
        assert_eq!(newest.register.place, 3);
        assert_eq!(newest.workspace.as_deref(), Some("abc"));
    }
}
