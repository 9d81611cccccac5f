//! The frozen set of files a page is set from.
//!
//! A night works from one set, read once at its start, so that somebody who
//! edits a template at two in the morning changes tomorrow's letters and not
//! half of tonight's. The set is kept in the archive under its hash; that is
//! what makes a letter reproducible years later.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Files by virtual path (`/lib/page.typ`), with their hash.
#[derive(Debug, Clone)]
pub struct TemplateSet {
    files: BTreeMap<String, Vec<u8>>,
    sha256: String,
}

/// Why the templates cannot be read, for staff.
#[derive(Debug, thiserror::Error)]
#[error("{}: {problem}", path.display())]
pub struct SetError {
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

impl TemplateSet {
    /// Reads the templates below `templates` and adds `extra` virtual files.
    ///
    /// # Errors
    /// When a file or folder cannot be read.
    pub fn read(templates: &Path, extra: Vec<(String, Vec<u8>)>) -> Result<Self, SetError> {
        let mut files = BTreeMap::new();
        collect(templates, templates, &mut files)?;
        files.extend(extra);
        Ok(Self::from_files(files))
    }

    fn from_files(files: BTreeMap<String, Vec<u8>>) -> Self {
        let mut set = TemplateSet {
            files,
            sha256: String::new(),
        };
        set.sha256 = hex::encode(Sha256::digest(set.freeze()));
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

fn collect(
    root: &Path,
    folder: &Path,
    files: &mut BTreeMap<String, Vec<u8>>,
) -> Result<(), SetError> {
    let fail = |path: &Path, error: &std::io::Error| SetError {
        path: path.to_owned(),
        problem: format!("読めません({error})。"),
    };
    for entry in fs::read_dir(folder).map_err(|error| fail(folder, &error))? {
        let path = entry.map_err(|error| fail(folder, &error))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            if name != "samples" {
                collect(root, &path, files)?;
            }
            continue;
        }
        let ending = path.extension().and_then(|ending| ending.to_str());
        if name.ends_with(".schema.json") || !ending.is_some_and(|e| ENDINGS.contains(&e)) {
            continue;
        }
        let relative = path.strip_prefix(root).unwrap_or(&path);
        let content = fs::read(&path).map_err(|error| fail(&path, &error))?;
        let parts: Vec<_> = relative
            .components()
            .map(|part| part.as_os_str().to_string_lossy())
            .collect();
        files.insert(format!("/{}", parts.join("/")), content);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
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
