//! What a template can see: the set's files, its data and the fonts.

use std::collections::HashMap;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, World};

use super::fonts::Fonts;
use super::set::TemplateSet;

/// Where a template finds its data.
const DATA_PATH: &str = "/data.json";

/// The files of a set in the engine's own form. File ids are interned by the
/// engine and never freed, so they are made once here and not per letter.
pub(super) struct Files {
    sources: HashMap<FileId, Source>,
    files: HashMap<FileId, Bytes>,
    data: Option<FileId>,
}

impl Files {
    pub(super) fn new(set: &TemplateSet) -> Self {
        let mut sources = HashMap::new();
        let mut files = HashMap::new();
        for (path, content) in set.files() {
            let Some(id) = file_id(path) else { continue };
            if path.ends_with(".typ")
                && let Ok(text) = std::str::from_utf8(content)
            {
                sources.insert(id, Source::new(id, text.to_owned()));
            }
            files.insert(id, Bytes::new(content.clone()));
        }
        Files {
            sources,
            files,
            data: file_id(DATA_PATH),
        }
    }

    /// The id of a template of the set, if it is there.
    pub(super) fn template(&self, path: &str) -> Option<FileId> {
        file_id(path).filter(|id| self.sources.contains_key(id))
    }
}

fn file_id(path: &str) -> Option<FileId> {
    let path = VirtualPath::new(path).ok()?;
    Some(RootedPath::new(VirtualRoot::Project, path).intern())
}

/// The world of one page run.
pub(super) struct PageWorld<'a> {
    pub(super) library: &'a LazyHash<Library>,
    pub(super) fonts: &'a Fonts,
    pub(super) files: &'a Files,
    pub(super) main: FileId,
    pub(super) data: Bytes,
}

impl World for PageWorld<'_> {
    fn library(&self) -> &LazyHash<Library> {
        self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        self.fonts.book()
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.files
            .sources
            .get(&id)
            .cloned()
            .ok_or_else(|| not_here(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if Some(id) == self.files.data {
            return Ok(self.data.clone());
        }
        self.files
            .files
            .get(&id)
            .cloned()
            .ok_or_else(|| not_here(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.font(index)
    }

    /// No template depends on the day it is rendered.
    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn not_here(id: FileId) -> FileError {
    FileError::NotFound(id.get().vpath().get_with_slash().into())
}
