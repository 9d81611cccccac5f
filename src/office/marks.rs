//! The file outside the workspace that keeps how far it has come, and what
//! the newest report says of it.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::NaiveDate;

use super::OfficeError;
use crate::config::Config;
use crate::domain::{Doubt, LastNumber, Marks, NumberRule, Reported, Stamp};
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
    /// Whether the marks say what was given last: they are this workspace's,
    /// and nothing else knows of more.
    pub knows_last: bool,
    /// How far the database has come.
    pub found: Marks,
}

/// Holds a database against the marks and the newest report.
///
/// # Errors
/// When the store cannot be read.
pub async fn standing(config: &Config, store: &Store) -> Result<Standing, StoreError> {
    let standing = standing_once(config, store).await?;
    if standing.doubts.is_empty() {
        return Ok(standing);
    }
    // Another process may have been between what it commits and what it keeps
    // outside. Nobody is alarmed because of that.
    standing_once(config, store).await
}

async fn standing_once(config: &Config, store: &Store) -> Result<Standing, StoreError> {
    // The database is written before either of these, so it is read after
    // them: it has come at least as far, whoever is at work meanwhile.
    let kept = read(&marks_of(config));
    let report = newest_report(&config.out);
    let mut conn = store.reads().await?;
    let Some(found) = conn.marks().await? else {
        return Ok(Standing::default());
    };
    let mut standing = Standing {
        newest: found.newest,
        ..Standing::default()
    };
    match kept {
        Ok(Some(marks)) => {
            let entry = conn.register_hash(marks.register.place).await?;
            standing.doubts = marks.doubts(&found, entry.as_deref());
            standing.newest = standing.newest.max(marks.newest);
            standing.knows_last = marks.workspace == found.workspace;
            standing.marks = Some(marks);
        }
        Ok(None) if conn.is_marked().await? => standing.doubts.push(Doubt::NoMarks),
        Ok(None) => standing.unmarked = true,
        Err(error) => {
            let problem = error.to_string();
            standing.doubts.push(Doubt::MarksUnreadable(problem));
        }
    }
    standing.found = found;
    let Some(report) = report else {
        return Ok(standing);
    };
    let end = report.register.to_string();
    let mut accepted = conn.acceptances().await?.into_iter();
    if !accepted.any(|one| one.report.as_ref() == Some(&end)) {
        let entry = conn.register_hash(report.register.place).await?;
        let doubts = report.doubts(&standing.found.workspace, entry.as_deref());
        if !doubts.is_empty() {
            standing.report = Some(end);
            let marks = standing.marks.as_ref();
            let beyond = marks.is_none_or(|marks| report.is_beyond(marks));
            let of_other = |one: &Doubt| matches!(one, Doubt::ReportOfOther { .. });
            standing.knows_last &= !beyond && !doubts.iter().any(of_other);
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

/// The reports, with their dates and editions.
fn reports(folder: &Path) -> impl Iterator<Item = ((NaiveDate, u32), String)> {
    let names = fs::read_dir(folder).into_iter().flatten().flatten();
    names.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        Some((edition(name.strip_suffix(".txt")?)?, name))
    })
}

/// The highest numbers that stand in any report, for each series and period:
/// at least these were given.
pub fn reported_numbers(out: &Path, rules: &BTreeMap<String, NumberRule>) -> Vec<LastNumber> {
    let folder = out.join("reports");
    let mut highest = BTreeMap::new();
    for ((date, _), file) in reports(&folder) {
        let text = fs::read_to_string(folder.join(file)).unwrap_or_default();
        for (series, rule) in rules {
            let serials = text.lines().filter_map(|line| last_serial(line, rule));
            let Some(serial) = serials.max() else {
                continue;
            };
            let known = highest
                .entry((series.clone(), i64::from(rule.period(date))))
                .or_insert(serial);
            *known = serial.max(*known);
        }
    }
    let numbers = highest.into_iter();
    numbers
        .map(|((series, period), last)| LastNumber {
            series,
            period,
            last,
        })
        .collect()
}

/// The last serial of a line that says from which number to which a night
/// went.
fn last_serial(line: &str, rule: &NumberRule) -> Option<i64> {
    let (_, range) = line.strip_prefix("  ")?.split_once(" から ")?;
    let (last, _) = range.split_once(" まで  ")?;
    let serial = last.strip_prefix(rule.prefix.as_str())?;
    let serial = serial.strip_suffix(rule.suffix.as_str())?;
    serial.parse().ok().filter(|serial| *serial > 0)
}

/// What the report of the latest date says, in its last edition.
fn newest_report(out: &Path) -> Option<Reported> {
    let folder = out.join("reports");
    let (_, file) = reports(&folder).max()?;
    let text = fs::read_to_string(folder.join(&file)).ok()?;
    let after = |label: &str| text.lines().find_map(|line| line.strip_prefix(label));
    Some(Reported {
        register: after(REGISTER_LINE)?.parse().ok()?,
        workspace: after(WORKSPACE_LINE).map(str::to_owned),
        file,
    })
}

/// Date and edition of `2026-11-22` and `2026-11-22-2`.
fn edition(name: &str) -> Option<(NaiveDate, u32)> {
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

    #[test]
    fn the_highest_number_of_each_period_is_read_from_the_reports() {
        let out = tempfile::tempdir().expect("a folder");
        let rule: NumberRule = toml::from_str("prefix = '見本第'\nsuffix = '号'").expect("a rule");
        let rules = BTreeMap::from([("letters".to_owned(), rule)]);
        assert_eq!(reported_numbers(out.path(), &rules), []);
        fs::create_dir(out.path().join("reports")).expect("made");
        for (name, line) in [
            ("2026-11-22.txt", "  見本第1号 から 見本第6号 まで  6件"),
            ("2026-11-23.txt", "  見本第7号 から 見本第12号 まで  6件"),
            ("2026-11-24.txt", "  別第7号 から 別第99号 まで  6件"),
            ("2027-04-01.txt", "  見本第1号 から 見本第2号 まで  2件"),
        ] {
            let text = format!("夜\n文書番号\n{line}\n");
            fs::write(out.path().join("reports").join(name), text).expect("written");
        }
        let found = reported_numbers(out.path(), &rules);
        let found: Vec<_> = found.iter().map(|one| (one.period, one.last)).collect();
        assert_eq!(found, [(2026, 12), (2027, 2)]);
    }
}
