//! The page that shows every sample, from `templates/gallery/`.

use std::path::Path;

use serde::Serialize;

use crate::files;
use crate::pages;

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

/// The page's template.
#[derive(Debug)]
pub struct Page(String);

/// Why the page cannot be made, for staff.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// The template cannot be read.
    #[error("{0} を読めません({1})。")]
    Unreadable(String, std::io::Error),
    /// The template is wrong.
    #[error("一覧の書式 {FILE} に誤りがあります({0})。")]
    Template(#[from] minijinja::Error),
}

/// The template below the templates' folder.
const FILE: &str = "gallery/gallery.html.j2";

impl Page {
    /// Reads the template.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn open(templates: &Path) -> Result<Self, PageError> {
        let path = templates.join(FILE);
        let text = files::text_below(templates, FILE)
            .map_err(|error| PageError::Unreadable(path.display().to_string(), error.into()))?;
        Ok(Page(text))
    }

    /// The page as HTML.
    ///
    /// # Errors
    /// When the template is wrong.
    pub fn fill(&self, gallery: &Gallery) -> Result<String, PageError> {
        Ok(pages::web_page(
            "gallery.html",
            &self.0,
            ("gallery", gallery),
        )?)
    }
}
