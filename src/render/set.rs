//! The template set: the frozen files a page is rendered from.
//!
//! A night works from one template set, read once at its start, so that somebody who
//! edits a template at two in the morning changes tomorrow's letters and not
//! half of tonight's. The set is kept in the archive under its hash; that is
//! what makes a letter reproducible years later.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::files::{Entry, Folder, Unreadable};
use crate::hash::Sha256;

/// Files by virtual path (`/lib/page.typ`), with their hash.
#[derive(Debug, Clone)]
pub struct TemplateSet {
    files: BTreeMap<String, Vec<u8>>,
    sha256: String,
}

/// Why the templates cannot be read, for staff.
#[derive(Debug, thiserror::Error)]
#[error("{}: {problem}", path.display())]
pub struct TemplateSetError {
    /// The file or folder at fault.
    pub path: PathBuf,
    /// What is wrong.
    pub problem: String,
}

/// The form a set is archived and sent to workers in. Contents are
/// hexadecimal, because a seal may be an image.
#[derive(Serialize, Deserialize)]
struct Frozen {
    files: BTreeMap<String, String>,
}

/// Endings of files a template can use. Schemas and samples are left out:
/// they do not change a page.
const ENDINGS: [&str; 6] = ["typ", "svg", "png", "jpg", "csv", "json"];

/// The largest set, in bytes: more than any office's templates, less than
/// what would fill the memory of every worker.
const MOST_BYTES: usize = 256 * 1024 * 1024;

/// The most files of a set.
const MOST_FILES: usize = 5000;

/// The most folders below the templates.
const MOST_FOLDERS: usize = 2000;

/// The deepest folder below the templates.
const MOST_DEEP: usize = 16;

impl TemplateSet {
    /// Reads the templates below `templates` and adds `extra` virtual files.
    ///
    /// # Errors
    /// When a file or folder cannot be read, is a link or anything else that
    /// is no regular file, or is too large.
    pub fn read(templates: &Path, extra: Vec<(String, Vec<u8>)>) -> Result<Self, TemplateSetError> {
        let mut collected = Collected::default();
        collected.folder(&Folder::open(templates)?, "", 0)?;
        collected.files.extend(extra);
        Ok(Self::from_files(collected.files))
    }

    fn from_files(files: BTreeMap<String, Vec<u8>>) -> Self {
        let mut set = TemplateSet {
            files,
            sha256: String::new(),
        };
        set.sha256 = Sha256::of(&set.freeze()).to_string();
        set
    }

    /// SHA-256 of the frozen form, in hexadecimal; its name in the archive.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The files by virtual path.
    pub fn files(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.files
    }

    /// The set as bytes for the archive or a worker.
    pub fn freeze(&self) -> Vec<u8> {
        let files = self
            .files
            .iter()
            .map(|(path, content)| (path.clone(), hex::encode(content)))
            .collect();
        serde_json::to_vec(&Frozen { files }).unwrap_or_default()
    }

    /// Reads back what [`freeze`](Self::freeze) wrote.
    ///
    /// # Errors
    /// A sentence saying that the bytes are not a set.
    pub fn thaw(bytes: &[u8]) -> Result<Self, String> {
        let frozen: Frozen = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        let mut files = BTreeMap::new();
        for (path, content) in frozen.files {
            let content = hex::decode(content).map_err(|error| error.to_string())?;
            files.insert(path, content);
        }
        Ok(Self::from_files(files))
    }
}

impl From<Unreadable> for TemplateSetError {
    fn from(error: Unreadable) -> Self {
        TemplateSetError {
            problem: error.problem(),
            path: error.path,
        }
    }
}

#[derive(Default)]
struct Collected {
    files: BTreeMap<String, Vec<u8>>,
    folders: usize,
    bytes: usize,
}

impl Collected {
    /// Adds what `folder` holds; `above` is its virtual path.
    fn folder(
        &mut self,
        folder: &Folder,
        above: &str,
        depth: usize,
    ) -> Result<(), TemplateSetError> {
        let refused = |path: PathBuf, problem: String| TemplateSetError { path, problem };
        for (name, entry) in folder.entries()? {
            let path = folder.path().join(&name);
            if entry == Entry::Folder {
                if name == "samples" {
                    continue;
                }
                if depth == MOST_DEEP {
                    let problem = format!("フォルダーが深すぎます({MOST_DEEP}段まで)。");
                    return Err(refused(path, problem));
                }
                self.folders += 1;
                if self.folders > MOST_FOLDERS {
                    let problem = format!(
                        "フォルダーが多すぎます({MOST_FOLDERS}個まで)。使わないフォルダーを取り除いてください。"
                    );
                    return Err(refused(path, problem));
                }
                let below = folder.folder(&name)?;
                self.folder(&below, &format!("{above}/{name}"), depth + 1)?;
                continue;
            }
            if !is_used(&name) {
                continue;
            }
            if self.files.len() == MOST_FILES {
                let problem = format!(
                    "書式のファイルが多すぎます({MOST_FILES}個まで)。使わないファイルを取り除いてください。"
                );
                return Err(refused(path, problem));
            }
            let content = folder.read(&name)?;
            self.bytes += content.len();
            if self.bytes > MOST_BYTES {
                let most = MOST_BYTES / 1024 / 1024;
                let problem = format!(
                    "書式のファイルが、合わせて{most} MiBを超えました。使わないファイルを取り除いてください。"
                );
                return Err(refused(path, problem));
            }
            self.files.insert(format!("{above}/{name}"), content);
        }
        Ok(())
    }
}

/// Whether a template can use a file of this name.
fn is_used(name: &str) -> bool {
    let ending = Path::new(name).extension().and_then(|e| e.to_str());
    !name.ends_with(".schema.json") && ending.is_some_and(|ending| ENDINGS.contains(&ending))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_frozen_set_thaws_to_the_same_hash() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(folder.path().join("a/samples")).expect("made");
        fs::write(folder.path().join("a/x.typ"), "x").expect("written");
        fs::write(folder.path().join("a/samples/s.json"), "{}").expect("written");
        let extra = vec![("/society.json".to_owned(), b"{}".to_vec())];
        let set = TemplateSet::read(folder.path(), extra).expect("read");
        let names: Vec<&String> = set.files().keys().collect();
        assert_eq!(names, ["/a/x.typ", "/society.json"]);
        let thawed = TemplateSet::thaw(&set.freeze()).expect("thawed");
        assert_eq!(thawed.sha256(), set.sha256());
        fs::write(folder.path().join("a/x.typ"), "y").expect("written");
        let other = TemplateSet::read(folder.path(), Vec::new()).expect("read");
        assert_ne!(other.sha256(), set.sha256());
    }
}
