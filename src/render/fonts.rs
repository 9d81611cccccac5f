//! The only fonts pages use: the files of the fonts folder, each checked
//! against the content this program knows.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use typst::foundations::Bytes;
use typst::text::{Font, FontBook, FontInfo};
use typst::utils::LazyHash;

use super::hints;
use super::pinned::{PINNED, Pinned, pinned};
use crate::files::{Folder, Unreadable};
use crate::hash::{Parts, Sha256};

/// The largest font file that is read, in MiB; the largest known one has 46.
const MOST_MIB: u64 = 64;

/// What is taken for a font among the files of the folder.
const ENDINGS: [&str; 4] = ["ttf", "otf", "ttc", "otc"];

/// The font files and what is in them. A font is loaded when a page first
/// needs it: the largest has 46 MB and most letters do not touch it.
#[derive(Debug)]
pub struct Fonts {
    book: LazyHash<FontBook>,
    slots: Vec<Slot>,
    sha256: String,
    /// The first file found to be another one when it was loaded.
    changed: OnceLock<PathBuf>,
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

/// Why the fonts cannot be used, for staff: every problem there is.
#[derive(Debug, thiserror::Error)]
#[error("{}", .problems.join("\n"))]
pub struct FontError {
    /// What is wrong and what to do, a sentence or two each.
    pub problems: Vec<String>,
}

impl Fonts {
    /// Reads the names and coverage of the fonts in `folder` and checks each
    /// file against the content this program knows.
    ///
    /// # Errors
    /// When the folder cannot be read, or a font is missing, is another file
    /// than this program knows, or is one too many.
    pub fn open(folder: &Path) -> Result<Self, FontError> {
        let problem = |problem: String| FontError {
            problems: vec![problem],
        };
        let opened = Folder::open(folder).map_err(|error| {
            problem(format!(
                "フォントのフォルダー {} を{}設定の fonts を確かめてください。",
                folder.display(),
                error.problem()
            ))
        })?;
        let mut problems = Vec::new();
        let mut faces = Vec::new();
        let mut whole = Parts::default();
        for Pinned { file, sha256 } in PINNED {
            let path = folder.join(file);
            let data = match opened.read_up_to(file, MOST_MIB) {
                Ok(data) => data,
                Err(error) => {
                    problems.push(unread(&path, &error));
                    continue;
                }
            };
            if Sha256::of(&data).to_string() != sha256 {
                problems.push(other_content(&path));
                continue;
            }
            whole.add(file.as_bytes());
            whole.add(&data);
            let infos = (0..).map_while(|index| Some((index, FontInfo::new(&data, index)?)));
            faces.extend(infos.map(|(index, info)| Face {
                path: path.clone(),
                index,
                info,
            }));
        }
        problems.extend(strangers(&opened)?);
        if problems.is_empty() {
            Ok(Self::from_faces(faces, whole.hash().to_string()))
        } else {
            Err(FontError { problems })
        }
    }

    fn from_faces(faces: Vec<Face>, sha256: String) -> Self {
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
            sha256,
            changed: OnceLock::new(),
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
        let faces = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        Ok(Self::from_faces(faces, String::new()))
    }

    /// The folders the font files are in.
    pub(super) fn folders(&self) -> Vec<PathBuf> {
        let faces = self.slots.iter().map(|slot| &slot.face.path);
        let folders: BTreeSet<&Path> = faces.filter_map(|path| path.parent()).collect();
        folders.into_iter().map(Path::to_owned).collect()
    }

    /// Whether a family of this name is there.
    pub fn has_family(&self, family: &str) -> bool {
        self.book.contains_family(&family.to_lowercase())
    }

    /// SHA-256 over the names and contents of all font files, in hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Whether a font of this family has a glyph for the character.
    pub(super) fn shows(&self, family: &str, c: char) -> bool {
        let faces = self.slots.iter().map(|slot| &slot.face.info);
        faces
            .filter(|info| info.family == family)
            .any(|info| info.coverage.contains(u32::from(c)))
    }

    /// What staff are told when a file turned out to be another one than the
    /// one that was checked. No page may come of it.
    pub(super) fn changed(&self) -> Option<String> {
        self.changed.get().map(|path| other_content(path))
    }

    pub(super) fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    pub(super) fn font(&self, index: usize) -> Option<Font> {
        let slot = self.slots.get(index)?;
        slot.font
            .get_or_init(|| {
                let path = &slot.face.path;
                let Some(mut data) = load(path) else {
                    let _ = self.changed.set(path.clone());
                    return None;
                };
                if slot.face.info.family.starts_with(UNHINTED) {
                    hints::remove(&mut data);
                }
                Font::new(Bytes::new(data), slot.face.index)
            })
            .clone()
    }
}

/// The content of a font file, if it is the one this program knows: the file
/// may have been exchanged since the fonts were checked.
fn load(path: &Path) -> Option<Vec<u8>> {
    let name = path.file_name()?.to_str()?;
    let folder = Folder::open(path.parent()?).ok()?;
    let data = folder.read_up_to(name, MOST_MIB).ok()?;
    (Sha256::of(&data).to_string() == pinned(name)?).then_some(data)
}

/// A sentence for every font in the folder that this program does not know.
fn strangers(folder: &Folder) -> Result<Vec<String>, FontError> {
    let names = folder.names().map_err(|error| FontError {
        problems: vec![format!("フォントのフォルダー {error}")],
    })?;
    let is_font = |name: &&String| {
        let ending = Path::new(name).extension().and_then(|e| e.to_str());
        ending.is_some_and(|e| ENDINGS.iter().any(|known| e.eq_ignore_ascii_case(known)))
    };
    let strange = names
        .iter()
        .filter(is_font)
        .filter(|name| pinned(name).is_none());
    Ok(strange
        .map(|name| {
            format!(
                "フォント {} は、このプログラムの知らないフォントです。フォルダーから取り除いてください。",
                folder.path().join(name).display()
            )
        })
        .collect())
}

fn unread(path: &Path, error: &Unreadable) -> String {
    let path = path.display();
    if error.is_absent() {
        return format!("フォント {path} がありません。fonts/README.md のとおりに入れてください。");
    }
    format!(
        "フォント {path} を使えません。{}fonts/README.md のとおりに入れ直してください。",
        error.problem()
    )
}

fn other_content(path: &Path) -> String {
    format!(
        "フォント {} の中身が、このプログラムの知っているもの(fonts/README.md のSHA-256)と違います。字の形が変わっているおそれがあるので、書簡を作りません。fonts/README.md のとおりに入れ直してください。",
        path.display()
    )
}
