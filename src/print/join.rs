//! Several PDF files as one, for a printer.

use hayro_write::hayro_syntax::Pdf;
use hayro_write::{ChunkSettings, ExtractionQuery, extract};
use pdf_writer::{Finish as _, Ref};

/// Why a letter's PDF cannot be joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JoinError {
    /// It is no PDF.
    #[error("PDFとして読めません")]
    Unreadable,
    /// It has another number of pages than the register of letters says.
    #[error("ページ数が、保存したときの記録と違います")]
    Pages,
    /// A page of it has no content that can be read.
    #[error("内容を読めないページがあります")]
    Page,
}

/// A joined file in the making. It holds pages and what they draw with; the
/// tags and properties of the letters stay in the archive.
pub(super) struct Joined {
    pdf: pdf_writer::Pdf,
    next: Ref,
    catalog: Ref,
    root: Ref,
    letters: Vec<Ref>,
    pages: i32,
}

impl Joined {
    pub(super) fn new() -> Self {
        let mut next = Ref::new(1);
        let catalog = next.bump();
        let root = next.bump();
        Joined {
            pdf: pdf_writer::Pdf::new(),
            next,
            catalog,
            root,
            letters: Vec::new(),
            pages: 0,
        }
    }

    /// Appends a letter that has this many pages.
    pub(super) fn add(&mut self, letter: Vec<u8>, pages: u64) -> Result<(), JoinError> {
        let letter = Pdf::new(letter).map_err(|_| JoinError::Unreadable)?;
        let found = letter.pages();
        if found.len() as u64 != pages {
            return Err(JoinError::Pages);
        }
        // A page without content would come out of the printer as white paper.
        if found.iter().any(|page| page.page_stream().is_none()) {
            return Err(JoinError::Page);
        }
        let queries: Vec<ExtractionQuery> =
            (0..found.len()).map(ExtractionQuery::new_page).collect();
        let next = &mut self.next;
        let extracted = extract(
            &letter,
            Box::new(|| next.bump()),
            ChunkSettings::default(),
            |_| {},
            &queries,
        )
        .map_err(|_| JoinError::Page)?;
        let pages = extracted
            .root_refs
            .into_iter()
            .collect::<Result<Vec<Ref>, _>>()
            .map_err(|_| JoinError::Page)?;
        let count = i32::try_from(pages.len()).unwrap_or(i32::MAX);
        // Each letter keeps its own branch of the tree of pages.
        let branch = extracted.page_tree_parent_ref;
        let mut tree = self.pdf.pages(branch);
        tree.parent(self.root).kids(pages).count(count);
        tree.finish();
        self.pdf.extend(&extracted.chunk);
        self.letters.push(branch);
        self.pages += count;
        Ok(())
    }

    /// The file.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.pdf.catalog(self.catalog).pages(self.root);
        self.pdf
            .pages(self.root)
            .kids(self.letters)
            .count(self.pages);
        self.pdf.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_pdf_is_refused() {
        let mut joined = Joined::new();
        let refused = joined.add(b"no pdf".to_vec(), 1);
        assert_eq!(refused, Err(JoinError::Unreadable));
    }
}
