//! Several PDF files as one, for a printer. No sheet has two letters on it.

use hayro_write::hayro_syntax::Pdf;
use hayro_write::{ChunkSettings, ExtractionQuery, extract};
use pdf_writer::{Finish as _, Name, Rect, Ref};

use super::list::Position;
use crate::config::Sides;

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
    sides: Sides,
    /// Pages so far, blank backs among them.
    pages: u64,
}

impl Joined {
    pub(super) fn new(sides: Sides) -> Self {
        let mut next = Ref::new(1);
        let catalog = next.bump();
        let root = next.bump();
        Joined {
            pdf: pdf_writer::Pdf::new(),
            next,
            catalog,
            root,
            letters: Vec::new(),
            sides,
            pages: 0,
        }
    }

    /// Whether no letter is in it.
    pub(super) fn is_empty(&self) -> bool {
        self.letters.is_empty()
    }

    /// Appends a letter that has this many pages. Printed on both sides, one
    /// with an odd number of pages gets a blank back, so that the next begins
    /// on a sheet of its own. (Its annex may begin on a back: it is the same
    /// person's.)
    pub(super) fn add(&mut self, letter: Vec<u8>, pages: u64) -> Result<Position, JoinError> {
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
        let mut kids = extracted
            .root_refs
            .into_iter()
            .collect::<Result<Vec<Ref>, _>>()
            .map_err(|_| JoinError::Page)?;
        // Each letter keeps its own branch of the tree of pages.
        let branch = extracted.page_tree_parent_ref;
        let back = match (self.sides, found.last()) {
            (Sides::Duplex, Some(last)) if kids.len() % 2 == 1 => Some(last.media_box()),
            _ => None,
        };
        if let Some(size) = back {
            let page = self.next.bump();
            let corner = |x: f64, y: f64| (x as f32, y as f32);
            let ((x0, y0), (x1, y1)) = (corner(size.x0, size.y0), corner(size.x1, size.y1));
            let mut blank = self.pdf.page(page);
            blank.parent(branch).media_box(Rect::new(x0, y0, x1, y1));
            blank.resources().finish();
            blank.finish();
            kids.push(page);
        }
        let count = kids.len() as u64;
        let mut tree = self.pdf.pages(branch);
        tree.parent(self.root).kids(kids).count(entries(count));
        tree.finish();
        self.pdf.extend(&extracted.chunk);
        self.letters.push(branch);
        let at = Position {
            page: self.pages + 1,
            sheet: self.sheets(self.pages) + 1,
            sheets: self.sheets(count),
        };
        self.pages += count;
        Ok(at)
    }

    /// The sheets that so many pages take.
    fn sheets(&self, pages: u64) -> u64 {
        match self.sides {
            Sides::Duplex => pages.div_ceil(2),
            Sides::Simplex => pages,
        }
    }

    /// The file. It tells the printer's dialogue how it is meant: which sides,
    /// and in its own size, for the address stands in a window.
    pub(super) fn finish(mut self) -> Vec<u8> {
        let sides: &[u8] = match self.sides {
            Sides::Duplex => b"DuplexFlipLongEdge",
            Sides::Simplex => b"Simplex",
        };
        let mut catalog = self.pdf.catalog(self.catalog);
        catalog.pages(self.root);
        let mut preferences = catalog.viewer_preferences();
        preferences.pair(Name(b"Duplex"), Name(sides));
        preferences.pair(Name(b"PrintScaling"), Name(b"None"));
        preferences.finish();
        catalog.finish();
        self.pdf
            .pages(self.root)
            .kids(self.letters)
            .count(entries(self.pages));
        self.pdf.finish()
    }
}

/// A count as PDF writes it.
fn entries(count: u64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_pdf_is_refused() {
        let mut joined = Joined::new(Sides::Duplex);
        let refused = joined.add(b"no pdf".to_vec(), 1);
        assert_eq!(refused.err(), Some(JoinError::Unreadable));
        assert!(joined.is_empty());
    }
}
