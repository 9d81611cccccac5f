//! The folder of a demo. It is emptied and made anew only as long as all that
//! lies in it is what a demo left there, byte for byte: a workspace that was a
//! demo's once and is worked in since holds real letters.
//!
//! Whoever works in a workspace changes its database. So when a demo ends it
//! writes into its mark every file it made with its SHA-256, and what is not
//! listed or no longer the same is somebody's work.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};

use crate::files;
use crate::hash::Sha256;
use crate::office::DEMO_MARK as MARK;

/// What the mark of a finished demo begins with.
const FINISHED: &str = "yobin demo 1";

/// What the mark says while a demo is being made.
const BEGUN: &str = "yobin demo begun";

/// Makes an empty folder. An earlier demo's is emptied if nothing happened in
/// it since; any other with something in it is refused.
pub(super) fn prepare(dir: &Path) -> anyhow::Result<()> {
    let there = looked_through(dir)?;
    if !there.is_empty() {
        empty(dir, &there)
            .map_err(|error| anyhow!("前の見本 {} を消せません({error})。", dir.display()))?;
    }
    fs::create_dir_all(dir)
        .map_err(|error| anyhow!("フォルダー {} を作れません({error})。", dir.display()))?;
    write_mark(dir, BEGUN)
}

/// Whether both are one folder that is there.
pub(super) fn is_same(one: &Path, other: &Path) -> bool {
    let real = |dir: &Path| fs::canonicalize(dir).ok();
    real(one).is_some_and(|one| real(other) == Some(one))
}

/// Refuses a folder that must not be made anew. Whoever opens a database in it
/// looks here first, for opening may change what lies there.
pub(super) fn refuse_used(dir: &Path) -> anyhow::Result<()> {
    looked_through(dir).map(|_| ())
}

/// What lies in a folder that may be made anew.
fn looked_through(dir: &Path) -> anyhow::Result<Vec<Entry>> {
    let unusable = |error: io::Error| anyhow!("{} を使えません({error})。", dir.display());
    let there = contents(dir).map_err(unusable)?;
    if !there.is_empty() {
        let listed = listed(dir, &there)?;
        if let Some(why) = used_since(dir, &there, &listed) {
            bail!(
                "{} は見本のフォルダーでしたが、見本を作った後に使われています({why})。中のものを消さないように止めました。--dir に別のフォルダーを書いてください。中のものが要らないことを確かめたときは、このフォルダーを消してから、もう一度実行してください。",
                dir.display()
            );
        }
    }
    Ok(there)
}

/// Notes what the demo made.
pub(super) fn finish(dir: &Path) -> anyhow::Result<()> {
    let unusable = |error: io::Error| anyhow!("{} を使えません({error})。", dir.display());
    let mut mark = FINISHED.to_owned();
    for entry in contents(dir).map_err(unusable)? {
        if entry.kind == Kind::File && entry.name != MARK && !passes(&entry) {
            let sha256 = Sha256::of_file(&dir.join(&entry.name))
                .map_err(unusable)?
                .to_string();
            mark.push_str(&format!("\n{sha256} {}", entry.name));
        }
    }
    write_mark(dir, &mark)
}

fn write_mark(dir: &Path, text: &str) -> anyhow::Result<()> {
    files::replace(&dir.join(MARK), text.as_bytes())
        .map_err(|error| anyhow!("{} に書き込めません({error})。", dir.display()))
}

/// The files of a finished demo with their SHA-256.
fn listed(dir: &Path, there: &[Entry]) -> anyhow::Result<BTreeMap<String, String>> {
    let marked = there
        .iter()
        .any(|entry| entry.kind == Kind::File && entry.name == MARK);
    if !marked {
        bail!(
            "{} は空ではなく、見本のフォルダーでもありません。--dir に別のフォルダーを書いてください。",
            dir.display()
        );
    }
    let mark = fs::read_to_string(dir.join(MARK)).unwrap_or_default();
    let mut lines = mark.lines();
    if lines.next() != Some(FINISHED) {
        bail!(
            "{} の前の見本は、途中で止まったか、古い版のプログラムで作られていて、その後に使われていないことを確かめられません。--dir に別のフォルダーを書いてください。中のものが要らないことを確かめたときは、このフォルダーを消してから、もう一度実行してください。",
            dir.display()
        );
    }
    Ok(lines
        .filter_map(|line| line.split_once(' '))
        .map(|(sha256, name)| (name.to_owned(), sha256.to_owned()))
        .collect())
}

/// What shows that somebody used the folder since; none if nothing does.
fn used_since(dir: &Path, there: &[Entry], listed: &BTreeMap<String, String>) -> Option<String> {
    there.iter().find_map(|entry| {
        let told = |what: &str| Some(format!("{}：{what}", entry.name));
        match entry.kind {
            Kind::Folder => None,
            Kind::Other => told("見本のものではありません"),
            Kind::File if entry.name == MARK || passes(entry) => None,
            Kind::File => match listed.get(&entry.name) {
                None => told("見本のものではありません"),
                Some(sha256) => match Sha256::of_file(&dir.join(&entry.name)) {
                    Ok(now) if now.to_string() == *sha256 => None,
                    Ok(_) => told("内容が変わっています"),
                    Err(_) => told("読めません"),
                },
            },
        }
    })
}

/// Whether a file beside the database comes and goes with whoever only looks
/// at it. A log that holds something is no such file.
fn passes(entry: &Entry) -> bool {
    match entry.name.as_str() {
        "yobin.db-shm" => true,
        "yobin.db-wal" => entry.bytes == 0,
        _ => false,
    }
}

/// Removes exactly what was looked at; what came meanwhile stays and keeps its
/// folders.
fn empty(dir: &Path, there: &[Entry]) -> io::Result<()> {
    // What lies deeper comes first. The mark goes last, so that an emptying
    // that broke off is seen.
    let (folders, mut files): (Vec<_>, Vec<_>) = there
        .iter()
        .rev()
        .partition(|entry| entry.kind == Kind::Folder);
    files.sort_by_key(|entry| entry.name == MARK);
    for entry in files.into_iter().filter(|entry| entry.name != MARK) {
        fs::remove_file(dir.join(&entry.name))?;
    }
    for entry in folders {
        fs::remove_dir(dir.join(&entry.name))?;
    }
    fs::remove_file(dir.join(MARK))
}

/// Something in the folder.
struct Entry {
    /// Its path below the folder.
    name: String,
    kind: Kind,
    bytes: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Folder,
    /// A link, a pipe or the like.
    Other,
}

/// All that lies below a folder, a folder before what lies in it; nothing if
/// there is no such folder. Links are not followed.
fn contents(dir: &Path) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        let within = match fs::read_dir(dir.join(&folder)) {
            Ok(within) => within,
            Err(error) if error.kind() == io::ErrorKind::NotFound && entries.is_empty() => {
                return Ok(entries);
            }
            Err(error) => return Err(error),
        };
        for entry in within {
            let entry = entry?;
            let path = folder.join(entry.file_name());
            let about = entry.path().symlink_metadata()?;
            let kind = if about.is_dir() {
                folders.push(path.clone());
                Kind::Folder
            } else if about.is_file() {
                Kind::File
            } else {
                Kind::Other
            };
            entries.push(Entry {
                name: path.to_string_lossy().into_owned(),
                kind,
                bytes: about.len(),
            });
        }
    }
    Ok(entries)
}
