//! The only fonts pages are set in: the files of the fonts folder.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use typst::foundations::Bytes;
use typst::text::{Font, FontBook, FontInfo};
use typst::utils::LazyHash;

use super::hints;

/// The font files and what is in them. A font is loaded when a page first
/// needs it: the largest has 46 MB and most letters do not touch it.
#[derive(Debug)]
pub struct Fonts {
    book: LazyHash<FontBook>,
    slots: Vec<Slot>,
    files: Vec<PathBuf>,
}

#[derive(Debug)]
struct Slot {
    face: Face,
    font: OnceLock<Option<Font>>,
}

/// Families whose hints are left out of letters. IPAmj Mincho is embedded as
/// it is: its licence has terms for changed fonts, and its hints are next to
/// nothing.
const UNHINTED: &str = "BIZ UD";

/// Where a font is and what is known of it without loading it.
#[derive(Debug, Serialize, Deserialize)]
struct Face {
    path: PathBuf,
    index: u32,
    info: FontInfo,
}

/// Why the fonts cannot be used, for staff.
#[derive(Debug, thiserror::Error)]
#[error("{}: {problem}", path.display())]
pub struct FontError {
    /// The file or folder at fault.
    pub path: PathBuf,
    /// What is wrong and what to do.
    pub problem: String,
}

impl Fonts {
    /// Reads the names and coverage of every `.ttf` and `.otf` file in
    /// `folder`, in the order of the file names.
    ///
    /// # Errors
    /// When the folder cannot be read, has no font, or holds a broken one.
    pub fn open(folder: &Path) -> Result<Self, FontError> {
        let fail = |path: &Path, problem: String| FontError {
            path: path.to_owned(),
            problem,
        };
        let files = font_files(folder)?;
        let mut faces = Vec::new();
        for path in &files {
            let data =
                fs::read(path).map_err(|error| fail(path, format!("読めません({error})。")))?;
            let mut index = 0;
            while let Some(info) = FontInfo::new(&data, index) {
                faces.push(Face {
                    path: path.clone(),
                    index,
                    info,
                });
                index += 1;
            }
            if index == 0 {
                return Err(fail(
                    path,
                    "フォントとして読めません。ファイルを入れ直してください。".to_owned(),
                ));
            }
        }
        Ok(Self::from_faces(faces, files))
    }

    fn from_faces(faces: Vec<Face>, files: Vec<PathBuf>) -> Self {
        let book = FontBook::from_infos(faces.iter().map(|face| face.info.clone()));
        let slots = faces
            .into_iter()
            .map(|face| Slot {
                face,
                font: OnceLock::new(),
            })
            .collect();
        Fonts {
            book: LazyHash::new(book),
            slots,
            files,
        }
    }

    /// What is known of the fonts, for a worker: reading all of them again
    /// would cost each new worker a quarter of a second and 60 MB.
    pub(super) fn describe(&self) -> Vec<u8> {
        let faces: Vec<&Face> = self.slots.iter().map(|slot| &slot.face).collect();
        serde_json::to_vec(&faces).unwrap_or_default()
    }

    /// Fonts from what [`describe`](Self::describe) wrote.
    pub(super) fn described(bytes: &[u8]) -> Result<Self, String> {
        let faces: Vec<Face> = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        let mut files: Vec<PathBuf> = faces.iter().map(|face| face.path.clone()).collect();
        files.dedup();
        Ok(Self::from_faces(faces, files))
    }

    /// Whether a family of this name is there.
    pub fn has_family(&self, family: &str) -> bool {
        self.book.contains_family(&family.to_lowercase())
    }

    /// SHA-256 over the names and contents of all font files, in hexadecimal.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn sha256(&self) -> Result<String, FontError> {
        let mut hasher = Sha256::new();
        for path in &self.files {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            hasher.update((name.len() as u64).to_be_bytes());
            hasher.update(name.as_bytes());
            hash_file(path, &mut hasher).map_err(|error| FontError {
                path: path.clone(),
                problem: format!("読めません({error})。"),
            })?;
        }
        Ok(hex::encode(hasher.finalize()))
    }

    pub(super) fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    pub(super) fn font(&self, index: usize) -> Option<Font> {
        let slot = self.slots.get(index)?;
        slot.font
            .get_or_init(|| {
                let mut data = fs::read(&slot.face.path).ok()?;
                if slot.face.info.family.starts_with(UNHINTED) {
                    hints::remove(&mut data);
                }
                Font::new(Bytes::new(data), slot.face.index)
            })
            .clone()
    }
}

/// Hashes a file's length and content, a piece at a time.
fn hash_file(path: &Path, hasher: &mut Sha256) -> io::Result<()> {
    let mut file = File::open(path)?;
    hasher.update(file.metadata()?.len().to_be_bytes());
    let mut piece = vec![0; 256 * 1024];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(()),
            length => hasher.update(&piece[..length]),
        }
    }
}

fn font_files(folder: &Path) -> Result<Vec<PathBuf>, FontError> {
    let fail = |problem: String| FontError {
        path: folder.to_owned(),
        problem,
    };
    let entries = fs::read_dir(folder).map_err(|error| {
        fail(format!(
            "フォントのフォルダーを読めません({error})。設定の fonts を確かめてください。"
        ))
    })?;
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            let ending = path.extension().and_then(|ending| ending.to_str());
            ending.is_some_and(|e| e.eq_ignore_ascii_case("ttf") || e.eq_ignore_ascii_case("otf"))
        })
        .collect();
    files.sort();
    if files.is_empty() {
        return Err(fail(
            "フォントが1つもありません。README の「フォント」のとおりに入れてください。".to_owned(),
        ));
    }
    Ok(files)
}
