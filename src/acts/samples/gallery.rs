//! The gallery: every sample's pages side by side on one page, from
//! `templates/gallery/`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Sample, job, of_kind};
use crate::files::{self, Unwritten};
use crate::office::{OfficeError, Premises};
use crate::pages;
use crate::record::LetterHead;
use crate::render::{Output, Pool};
use crate::text::era;

/// Pixels a point: an A4 page is 1190 pixels wide.
const PIXEL_PER_PT: f32 = 2.0;

/// The page itself, beside the images of the samples' pages.
const INDEX: &str = "index.html";

/// All that the page shows.
#[derive(Debug, Serialize)]
pub struct Gallery {
    /// The society.
    pub society: String,
    /// The day it was made, with its era.
    pub date: String,
    /// The kinds in the order of their codes.
    pub kinds: Vec<KindShown>,
    /// Pages in all.
    pub sheets: usize,
}

/// One kind with its samples.
#[derive(Debug, Serialize)]
pub struct KindShown {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its samples.
    pub samples: Vec<SampleShown>,
    /// Outcomes no sample shows.
    pub unshown: Vec<String>,
}

/// One sample.
#[derive(Debug, Serialize)]
pub struct SampleShown {
    /// Its name.
    pub name: String,
    /// Label of its outcome.
    pub outcome: String,
    /// Subject of the letter.
    pub subject: String,
    /// File names of its pages.
    pub pages: Vec<String>,
}

/// A gallery as it was made.
#[derive(Debug)]
pub struct Made {
    /// The page.
    pub index: PathBuf,
    /// What it shows.
    pub gallery: Gallery,
    /// What is wrong with samples it does not show, a line each for staff.
    pub problems: Vec<String>,
}

impl Gallery {
    /// How many samples it shows.
    pub fn count(&self) -> usize {
        self.kinds.iter().map(|kind| kind.samples.len()).sum()
    }
}

/// Why there is no gallery, for staff.
#[derive(Debug, thiserror::Error)]
pub enum GalleryError {
    /// Templates, fonts or settings cannot be used.
    #[error(transparent)]
    Office(#[from] OfficeError),
    /// The template cannot be read.
    #[error("{0} を読めません({1})。")]
    Unreadable(String, io::Error),
    /// The template is wrong.
    #[error("一覧の書式 {FILE} に誤りがあります({0})。")]
    Template(#[from] minijinja::Error),
    /// The folder cannot be made.
    #[error("フォルダー {} を作れません({error})。", path.display())]
    NoFolder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The folder cannot be looked into.
    #[error("フォルダー {} を読めません({error})。", path.display())]
    UnreadableFolder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The folder holds something else.
    #[error(
        "{} は空ではなく、前に作った一覧のフォルダーでもありません。-o に別のフォルダーを書いてください。",
        .0.display()
    )]
    OtherFolder(PathBuf),
    /// A page of an earlier gallery cannot be removed.
    #[error("{} を消せません({error})。", path.display())]
    Unremovable {
        /// The page.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// A file cannot be written.
    #[error(transparent)]
    Unwritten(#[from] Unwritten),
}

/// The template below the templates' folder.
const FILE: &str = "gallery/gallery.html.j2";

/// Makes the gallery of all samples in `dir`, which is empty or holds an
/// earlier gallery. A sample that does not come out is told and left out.
///
/// # Errors
/// [`GalleryError`].
pub async fn make(desk: &Premises, dir: &Path) -> Result<Made, GalleryError> {
    let template = read_template(&desk.config.templates)?;
    prepare(dir)?;
    let pool = desk.one_worker()?;
    let mut kinds = Vec::new();
    let mut problems = Vec::new();
    for kind in desk.catalogue.iter() {
        let mut shown = Vec::new();
        for sample in of_kind(desk, kind) {
            match draw(desk, &pool, &sample, dir).await {
                Ok(sample) => shown.push(sample),
                Err(found) => problems.extend(found),
            }
        }
        let unshown = kind.outcomes.iter().filter(|outcome| {
            let label = &outcome.label;
            !shown.iter().any(|sample| sample.outcome == *label)
        });
        kinds.push(KindShown {
            code: kind.code.clone(),
            name: kind.name.clone(),
            unshown: unshown.map(|outcome| outcome.label.clone()).collect(),
            samples: shown,
        });
    }
    let samples = kinds.iter().flat_map(|kind| &kind.samples);
    let gallery = Gallery {
        society: desk.society.name.clone(),
        date: era::write(desk.clock.today()).unwrap_or_default(),
        sheets: samples.map(|sample| sample.pages.len()).sum(),
        kinds,
    };
    let html = fill(&template, &gallery)?;
    let index = dir.join(INDEX);
    files::write_out(&index, html.as_bytes())?;
    Ok(Made {
        index,
        gallery,
        problems,
    })
}

fn read_template(templates: &Path) -> Result<String, GalleryError> {
    files::text_below(templates, FILE).map_err(|error| {
        let path = templates.join(FILE);
        GalleryError::Unreadable(path.display().to_string(), error.into())
    })
}

fn fill(template: &str, gallery: &Gallery) -> Result<String, minijinja::Error> {
    pages::web_page("gallery.html", template, ("gallery", gallery))
}

/// Pages of an earlier gallery are removed; any other folder with something
/// in it is refused.
fn prepare(dir: &Path) -> Result<(), GalleryError> {
    let path = || dir.to_owned();
    fs::create_dir_all(dir).map_err(|error| GalleryError::NoFolder {
        path: path(),
        error,
    })?;
    let entries: Vec<PathBuf> = fs::read_dir(dir)
        .map_err(|error| GalleryError::UnreadableFolder {
            path: path(),
            error,
        })?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    if entries.is_empty() {
        return Ok(());
    }
    let ours = |path: &PathBuf| {
        path.ends_with(INDEX) || path.extension().is_some_and(|ending| ending == "png")
    };
    if !dir.join(INDEX).is_file() || !entries.iter().all(ours) {
        return Err(GalleryError::OtherFolder(dir.to_owned()));
    }
    for path in entries {
        if let Err(error) = fs::remove_file(&path) {
            return Err(GalleryError::Unremovable { path, error });
        }
    }
    Ok(())
}

/// Draws the pages of one sample into `dir`.
async fn draw(
    desk: &Premises,
    pool: &Pool,
    sample: &Sample<'_>,
    dir: &Path,
) -> Result<SampleShown, Vec<String>> {
    let name = sample.name();
    let told = |error: String| vec![format!("見本 {} {error}", sample.path.display())];
    let record = sample.read(desk)?;
    let Some(outcome) = sample.kind.outcome(&record.outcome) else {
        return Err(told("結果区分がありません。".to_owned()));
    };
    let mut pages = Vec::new();
    loop {
        let head = LetterHead {
            id: "gallery".to_owned(),
            number: Some("第1号".to_owned()),
            issue_date: desk.clock.today(),
        };
        let output = Output::Png {
            page: pages.len(),
            pixel_per_pt: PIXEL_PER_PT,
        };
        let job = job(desk, sample.kind, outcome, &record, head, output);
        let rendered = pool
            .render(&job)
            .await
            .map_err(|failure| told(failure.to_string()))?;
        let file = format!("{}-{name}-{}.png", sample.kind.code, pages.len() + 1);
        files::replace(&dir.join(&file), &rendered.bytes)
            .map_err(|error| told(format!("{file} を書けません({error})。")))?;
        pages.push(file);
        if pages.len() >= rendered.pages {
            break;
        }
    }
    Ok(SampleShown {
        name,
        outcome: outcome.label.clone(),
        subject: outcome.subject.clone(),
        pages,
    })
}
