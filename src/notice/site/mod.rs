//! The website of the published notice: the current edition, its comparison
//! with the one before, all earlier editions, blank forms for requests, and a
//! feed.
//!
//! The same editions give the same bytes; nothing here knows today's date.
//! An earlier edition keeps the PDF it was published with and the names and
//! addresses of the society as they then were: its folder in the site is its
//! record, and only what is not there or not whole is made again.

mod edition;
mod folders;
mod mirror;
mod pages;
mod papers;
mod place;
mod send;
mod table;
mod wording;

use std::fs;
use std::path::{Path, PathBuf};

use super::{Edition, Notice, PageError};
use crate::intake::paper_book::PaperBookError;
use crate::office::{OfficeError, PapersError, Premises};
use edition::Published;
use pages::Templates;
use papers::Blank;
use place::{Files, Ways};

pub use folders::{Public, site_folder, touches_public};
pub use mirror::{MirrorError, mirror};
pub use place::{PlaceError, Readers, Step};

const WAYS: Ways = Ways {
    ours: is_ours,
    newest: edition::newest,
};

/// Names at the top of a site. A folder that holds any other is not replaced.
const TOP: [&str; 7] = [
    "index.html",
    "notice.pdf",
    "comparison.html",
    "comparison.pdf",
    "editions",
    papers::FOLDER,
    "feed.xml",
];

/// What was built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteReport {
    /// Whether the site is another than before; nothing was written if not.
    pub changed: bool,
    /// Number of editions in it.
    pub editions: usize,
    /// Number of files in it.
    pub files: usize,
}

/// Why there is no new site, for staff. The one before is untouched.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// There is nothing to show.
    #[error(
        "公表された版がないため、サイトを作れません。公表事項を公表してからもう一度実行してください。"
    )]
    NoEdition,
    /// A PDF did not come out.
    #[error(transparent)]
    Page(#[from] PageError),
    /// Templates or fonts cannot be used.
    #[error(transparent)]
    Office(#[from] OfficeError),
    /// A web page's template cannot be read.
    #[error("書式 {} を読めません({error})。", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// A web page's template is wrong.
    #[error("公表用サイトの書式に誤りがあります。{0:#}")]
    Template(#[from] minijinja::Error),
    /// The list of forms cannot be used.
    #[error(transparent)]
    Forms(#[from] PapersError),
    /// A form to fill in did not come out.
    #[error("用紙「{name}」を作れません。{problem}")]
    Form {
        /// What it is called.
        name: String,
        /// What the renderer says.
        problem: String,
    },
    /// The workbook of a form did not come out.
    #[error(transparent)]
    Workbook(#[from] PaperBookError),
    /// An edition cannot be written down.
    #[error("版の記録を作れません({0})。")]
    Record(#[from] serde_json::Error),
    /// The site does not get to its place.
    #[error(transparent)]
    Place(#[from] PlaceError),
}

/// Builds the site of `editions`, oldest first, and puts it at `out` in one
/// step, telling `reached` how far the replacement is.
///
/// # Errors
/// See [`SiteError`]; the site that stood at `out` stands there still.
pub async fn build(
    desk: &Premises,
    editions: &[Edition],
    out: &Path,
    readers: Readers,
    reached: &mut dyn FnMut(Step),
) -> Result<SiteReport, SiteError> {
    if editions.is_empty() {
        return Err(SiteError::NoEdition);
    }
    let published = edition::all(desk, editions, Some(out)).await?;
    let blanks = papers::all(desk, &published).await?;
    let files = files(desk, &published, &blanks)?;
    if let Some(parent) = out.parent() {
        fs::create_dir_all(parent).map_err(|error| PlaceError::Io {
            path: parent.to_owned(),
            error,
        })?;
    }
    let changed = place::put(&files, out, &WAYS, readers, reached)?;
    Ok(SiteReport {
        changed,
        editions: editions.len(),
        files: files.len(),
    })
}

/// Makes every page and PDF of a site from a notice and keeps none. So that
/// there is something to compare, the edition before it is one without the
/// last category.
///
/// # Errors
/// What would keep the site from being built.
pub async fn check(desk: &Premises, notice: &Notice) -> Result<(), SiteError> {
    let mut former = notice.clone();
    if let Some(group) = former.purposes.groups.last_mut() {
        group.categories.pop();
    }
    let editions: Vec<Edition> = (1..)
        .zip([former, notice.clone()])
        .map(|(number, notice)| Edition::of_file(number, notice))
        .collect();
    let published = edition::all(desk, &editions, None).await?;
    let blanks = papers::all(desk, &published).await?;
    files(desk, &published, &blanks)?;
    Ok(())
}

/// Whether a name at the top of a folder is a site's.
fn is_ours(name: &str) -> bool {
    TOP.contains(&name)
}

fn files(
    desk: &Premises,
    published: &[Published<'_>],
    blanks: &[Blank],
) -> Result<Files, SiteError> {
    let templates = Templates::read(&desk.config.templates)?;
    let mut files = Files::new();
    let mut add = |path: String, bytes: Vec<u8>| files.insert(path.into(), bytes);
    for (index, edition) in published.iter().enumerate() {
        // The current edition stands at the top too: there it changes, and
        // below editions/ it has the address it keeps.
        let mut folders = vec![(edition.folder(), "../../")];
        if index + 1 == published.len() {
            folders.push((String::new(), ""));
        }
        for (folder, to_top) in folders {
            let with_forms = !blanks.is_empty() && index + 1 == published.len();
            let page = pages::notice(&templates, desk, published, index, to_top, with_forms)?;
            add(format!("{folder}index.html"), page);
            add(format!("{folder}notice.pdf"), edition.pdf.clone());
            if let Some(comparison) = &edition.comparison {
                let page = pages::comparison(&templates, desk, published, index, to_top)?;
                add(format!("{folder}comparison.html"), page.unwrap_or_default());
                add(format!("{folder}comparison.pdf"), comparison.pdf.clone());
            }
        }
        add(
            format!("{}{}", edition.folder(), edition::RECORD),
            edition.record.bytes()?,
        );
    }
    add(
        "editions/index.html".to_owned(),
        pages::editions(&templates, desk, published)?,
    );
    if !blanks.is_empty() {
        let page = pages::forms(&templates, desk, published, blanks)?;
        add(format!("{}/index.html", papers::FOLDER), page);
    }
    for blank in blanks {
        let file = |ending| format!("{}/{}.{ending}", papers::FOLDER, blank.paper.code);
        add(file("pdf"), blank.pdf.clone());
        add(file("xlsx"), blank.workbook.clone());
    }
    add(
        "feed.xml".to_owned(),
        pages::feed(&templates, desk, published)?,
    );
    Ok(files)
}
