//! Settings, read once: from `yobin.toml`, the command line and the few
//! things only the environment knows.
//!
//! *Raw* is what was typed, [`Config`] is what was checked. Nothing past this
//! folder reads a setting or the environment.

pub mod environment;
mod raw;
mod toml_words;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::schedule::Schedule;
use raw::RawConfig;
pub use toml_words::{at_line, in_file, in_japanese};

/// The file read when no other is named.
pub const DEFAULT_FILE: &str = "yobin.toml";

/// Checked settings.
#[derive(Debug, Clone)]
pub struct Config {
    /// Folder of the templates.
    pub templates: PathBuf,
    /// Folder of the society's own data.
    pub society: PathBuf,
    /// Folder of the fonts.
    pub fonts: PathBuf,
    /// Folder for everything the program makes.
    pub out: PathBuf,
    /// The file that keeps how far the workspace has come, outside of it.
    pub marks: PathBuf,
    /// Whether a second person must approve letters.
    pub approval: Approval,
    /// Whether a letter's request must be registered; without it the
    /// workspace remembers what holds.
    pub requests: Option<RequestPolicy>,
    /// When the night runs.
    pub schedule: Schedule,
    /// Number of render workers.
    pub workers: usize,
    /// Limits of a render worker.
    pub limits: Limits,
    /// Waits before a mail that was put off is tried again.
    pub mail_retries: Vec<Duration>,
    /// Where copies of the notice's site go.
    pub publication: Publication,
    /// On which sides of a sheet letters by post are printed.
    pub sides: Sides,
    /// The `[mail]` table as written; `mail` checks it.
    pub mail: toml::Table,
    /// The settings file; it need not be there.
    pub settings: PathBuf,
    /// Folder of the settings file; paths in it are relative to it.
    pub base: PathBuf,
}

/// What a render worker may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Wall time for one page run.
    pub wall: Duration,
    /// Address space of one worker, in MiB.
    pub memory_mib: u64,
    /// Page runs after which a worker is replaced.
    pub recycle_after: u32,
}

/// Whether letters need a second person before they join a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Approval {
    /// Only letters approved by another person than the one who queued them
    /// join a batch.
    #[default]
    Required,
    /// Every queued letter joins.
    None,
}

/// Whether the request that a letter's receipt number names must be
/// registered before the letter is queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RequestPolicy {
    /// A letter without it is queued, and staff are told.
    Optional,
    /// A letter without it is refused.
    Required,
}

/// Where copies of the notice's site go; nowhere by default.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Publication {
    /// A folder that becomes a copy of the site.
    pub folder: Option<PathBuf>,
    /// A command with its arguments, run without a shell. `{site}` stands for
    /// the site's folder. Empty for none.
    pub rsync: Vec<String>,
    /// How many seconds the command may take. Then it is ended with all it
    /// started.
    pub wait_seconds: u64,
    /// Names of variables of the environment the command gets besides `PATH`,
    /// `HOME` and `LANG`.
    pub environment: Vec<String>,
}

impl Default for Publication {
    fn default() -> Self {
        Publication {
            folder: None,
            rsync: Vec::new(),
            wait_seconds: 300,
            environment: Vec::new(),
        }
    }
}

/// On which sides of a sheet letters by post are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sides {
    /// On both; each letter begins on a sheet of its own.
    #[default]
    Duplex,
    /// On the front alone.
    Simplex,
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file that was named cannot be read.
    #[error("settings {}: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// What it says cannot be used; for staff.
    #[error("設定 {}", in_file(path, problem))]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong and what to do.
        problem: String,
    },
}

impl Config {
    /// Whether mails are written to files and not sent: unless the settings
    /// name another transport.
    pub fn mails_become_files(&self) -> bool {
        match self.mail.get("transport") {
            None => true,
            Some(transport) => transport.as_str() == Some("file"),
        }
    }

    /// Reads the settings: `file` if one is named, else `yobin.toml` in the
    /// current folder if it is there, else the defaults. Paths in the file
    /// are relative to the folder the file is in.
    ///
    /// # Errors
    /// When a named file is not there, or the settings cannot be used.
    pub fn read(file: Option<&Path>) -> Result<Self, ConfigError> {
        let path = file.map_or_else(|| PathBuf::from(DEFAULT_FILE), Path::to_path_buf);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if file.is_none() && error.kind() == io::ErrorKind::NotFound => {
                String::new()
            }
            Err(error) => {
                return Err(ConfigError::Unreadable { path, error });
            }
        };
        Self::parse(&path, &text)
    }

    fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let fail = |problem: String| ConfigError::Unusable {
            path: path.to_owned(),
            problem,
        };
        let raw: RawConfig = toml::from_str(text).map_err(|error| fail(in_japanese(&error)))?;
        let schedule = raw.schedule.parse().map_err(|problem| {
            fail(format!(
                "schedule「{}」は使えません。{problem}",
                raw.schedule
            ))
        })?;
        let between = |name: &str, value: u64, low: u64, high: u64| {
            if (low..=high).contains(&value) {
                Ok(value)
            } else {
                Err(fail(format!(
                    "{name} は{low}から{high}までの数にしてください(今は{value})。"
                )))
            }
        };
        let workers = between("render.workers", raw.render.workers as u64, 1, 256)?;
        let wall = between("render.wall_seconds", raw.render.wall_seconds, 1, 3600)?;
        let memory = between("render.memory_mib", raw.render.memory_mib, 256, 1 << 20)?;
        between(
            "render.recycle_after",
            u64::from(raw.render.recycle_after),
            1,
            1_000_000,
        )?;
        if raw.delivery.retry_seconds.len() > 10 {
            return Err(fail(
                "delivery.retry_seconds は10個までにしてください。".to_owned(),
            ));
        }
        let mut mail_retries = Vec::new();
        for seconds in raw.delivery.retry_seconds {
            let seconds = between("delivery.retry_seconds", seconds, 0, 3600)?;
            mail_retries.push(Duration::from_secs(seconds));
        }
        let base = path.parent().unwrap_or(Path::new(""));
        let wait = raw.publication.wait_seconds;
        between("publication.wait_seconds", wait, 1, 3600)?;
        let publication = usable(raw.publication, base).map_err(fail)?;
        Ok(Config {
            templates: base.join(raw.templates),
            society: base.join(raw.society),
            fonts: base.join(raw.fonts),
            out: base.join(raw.out),
            marks: match raw.marks {
                Some(marks) => base.join(marks),
                None => path.with_file_name(marks_name(path)),
            },
            approval: raw.approval,
            requests: raw.requests,
            schedule,
            workers: usize::try_from(workers).unwrap_or(1),
            limits: Limits {
                wall: Duration::from_secs(wall),
                memory_mib: memory,
                recycle_after: raw.render.recycle_after,
            },
            mail_retries,
            publication,
            sides: raw.print.sides,
            mail: raw.mail,
            settings: path.to_owned(),
            base: base.to_owned(),
        })
    }
}

/// The ways a copy of the site goes, with paths that start from the settings'
/// folder; or why they cannot be used.
fn usable(mut publication: Publication, base: &Path) -> Result<Publication, String> {
    publication.folder = publication.folder.map(|folder| base.join(folder));
    let names_site = publication.rsync.iter().any(|word| word.contains("{site}"));
    if !publication.rsync.is_empty() && !names_site {
        return Err("publication.rsync に、送るフォルダーを表す {site} がありません。".to_owned());
    }
    let is_name = |name: &String| !name.is_empty() && !name.contains(['=', '\0']);
    if let Some(name) = publication.environment.iter().find(|name| !is_name(name)) {
        return Err(format!(
            "publication.environment の「{}」は、環境変数の名前ではありません。値ではなく名前だけを書いてください。例：[\"SSH_AUTH_SOCK\"]",
            name.escape_debug()
        ));
    }
    Ok(publication)
}

/// What the marks' file is called beside the settings: settings of another
/// workspace may stand in the same folder.
fn marks_name(settings: &Path) -> String {
    let stem = settings.file_stem().unwrap_or_default();
    format!("{}-marks.json", stem.to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> String {
        Config::parse(Path::new("dir/yobin.toml"), text)
            .expect_err("refused")
            .to_string()
    }

    #[test]
    fn an_empty_file_gives_the_defaults_and_paths_stay_beside_the_file() {
        let config = Config::parse(Path::new("dir/yobin.toml"), "").expect("valid");
        assert_eq!(config.approval, Approval::Required);
        assert_eq!(config.out, Path::new("dir/out"));
        assert_eq!(config.marks, Path::new("dir/yobin-marks.json"));
        let elsewhere = Config::parse(Path::new("yobin.toml"), "marks = \"kept/m.json\"");
        let elsewhere = elsewhere.expect("valid").marks;
        assert_eq!(elsewhere, Path::new("kept/m.json"));
        assert_eq!(config.limits.wall, Duration::from_secs(30));
        assert_eq!(config.limits.memory_mib, 1024);
    }

    #[test]
    fn an_unknown_key_is_named_with_the_known_ones() {
        let text = problem("aproval = \"none\"");
        assert!(text.contains("「aproval」"), "{text}");
        assert!(text.contains("approval"), "{text}");
    }

    #[test]
    fn numbers_out_of_range_and_a_bad_schedule_are_named() {
        assert!(problem("[render]\nworkers = 0").contains("render.workers"));
        assert!(problem("[render]\nmemory_mib = 10").contains("render.memory_mib"));
        assert!(problem("schedule = \"every night\"").contains("schedule"));
        for seconds in ["0", "3601"] {
            let text = problem(&format!("[publication]\nwait_seconds = {seconds}"));
            assert!(text.contains("publication.wait_seconds"), "{text}");
        }
        for name in ["", "A=1", "A\\u0000"] {
            let text = problem(&format!("[publication]\nenvironment = [\"{name}\"]"));
            assert!(text.contains("publication.environment"), "{text}");
        }
    }
}
