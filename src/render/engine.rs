//! One template and its data to PDF or PNG, in this process.

use typst::foundations::{Bytes, Smart};
use typst::utils::{LazyHash, Scalar};
use typst::{Library, LibraryExt};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use super::fonts::Fonts;
use super::links;
use super::protocol::{Complaint, Fault, Job, Output, Rendered};
use super::set::TemplateSet;
use super::words::complaint;
use super::world::{Files, PageWorld};

/// Name and version of the engine and what else of this program changes the
/// bytes of a page, kept with every letter.
pub const ENGINE: &str = "typst 0.15.1, fonts without hints";

/// Drop a cached result after this many compilations that did not use it.
/// What all letters share (letterhead, closing) stays; what belonged to one
/// letter goes.
const CACHE_AGE: usize = 8;

/// A ready engine: library, fonts and the files of one template set.
pub(super) struct Engine {
    library: LazyHash<Library>,
    fonts: Fonts,
    files: Files,
    standards: PdfStandards,
}

/// Evicts old cached results when it is dropped, so that an early return
/// cannot skip it.
struct Forget;

impl Drop for Forget {
    fn drop(&mut self) {
        typst::comemo::evict(CACHE_AGE);
    }
}

/// The most pages of a run. The longest record the shipped forms take has 405;
/// a report of a night in which everything failed some hundreds.
const MOST_PAGES: usize = 2000;

impl Engine {
    pub(super) fn new(fonts: Fonts, set: &TemplateSet) -> Result<Self, String> {
        let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1])
            .map_err(|error| error.message().to_string())?;
        Ok(Engine {
            library: LazyHash::new(Library::default()),
            fonts,
            files: Files::new(set),
            standards,
        })
    }

    /// Renders one page run.
    ///
    /// # Errors
    /// What the engine says, in a line; it may quote the data, so it is shown
    /// to staff and never logged.
    pub(super) fn render(&self, job: &Job) -> Result<Rendered, Complaint> {
        let result = self.set(job);
        // Without its font a page fails in misleading ways, so this is checked
        // first.
        match self.fonts.changed() {
            Some(message) => Err(Complaint {
                fault: Fault::Fonts,
                message,
            }),
            None => result,
        }
    }

    fn set(&self, job: &Job) -> Result<Rendered, Complaint> {
        let _forget = Forget;
        let main = self.files.template(&job.template).ok_or_else(|| {
            Complaint::of_template(&format!("書式 {} がありません。", job.template))
        })?;
        let world = PageWorld {
            library: &self.library,
            fonts: &self.fonts,
            files: &self.files,
            main,
            data: Bytes::new(job.data.clone()),
        };
        let compiled = typst::compile::<PagedDocument>(&world);
        let document = compiled
            .output
            .map_err(|errors| complaint(&world, &errors))?;
        // A warning is an error here: the engine warns where it had to guess,
        // for instance when a font family is missing or a layout does not
        // settle, and a guess has no place on an official letter.
        if !compiled.warnings.is_empty() {
            return Err(complaint(&world, &compiled.warnings));
        }
        let pages = document.pages().len();
        if pages > MOST_PAGES {
            return Err(Complaint::of_template(&format!(
                "{pages}ページになりました。{MOST_PAGES}ページを超えるものは作りません。書式に終わらない繰返しがないか、記録が長すぎないかを確かめてください。"
            )));
        }
        if let Some(fault) = links::fault(&document, &job.data) {
            return Err(Complaint::of_template(&fault));
        }
        let bytes = match job.output {
            Output::Pdf => {
                let options = PdfOptions {
                    ident: Smart::Custom(job.ident.clone()),
                    creator: Smart::Custom(Some("Yobin".into())),
                    standards: self.standards.clone(),
                    ..PdfOptions::default()
                };
                typst_pdf::pdf(&document, &options).map_err(|errors| complaint(&world, &errors))?
            }
            Output::Png { page, pixel_per_pt } => {
                let page = document.pages().get(page).ok_or_else(|| {
                    Complaint::of_template(&format!("{}ページ目はありません。", page + 1))
                })?;
                let options = typst_render::RenderOptions {
                    pixel_per_pt: Scalar::new(f64::from(pixel_per_pt)),
                    ..typst_render::RenderOptions::default()
                };
                typst_render::render(page, &options)
                    .encode_png()
                    .map_err(|error| Complaint::of_template(&error.to_string()))?
            }
        };
        Ok(Rendered {
            bytes: bytes.into(),
            pages,
        })
    }
}
