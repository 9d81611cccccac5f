//! The notice as places that hold words, for looking words up.

use std::borrow::Cow;

use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::domain::folded;
use crate::notice::{Category, Notice};

/// A part of the notice a duty may look in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Section {
    /// The promise before the table of purposes.
    Preface,
    /// The table of purposes.
    Table,
    /// Remarks under the table.
    Notes,
    /// When purposes are not notified.
    Exceptions,
    /// Security measures.
    Security,
    /// How requests are made.
    Requests,
    /// Where complaints go.
    Complaint,
}

/// A place in the notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Position {
    /// The section as printed, with the row or heading in it.
    pub section: String,
    /// The words found there; none where words should stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

/// Everything the notice says, in the order of the page.
pub(super) struct Words<'a> {
    notice: &'a Notice,
    pieces: Vec<Piece<'a>>,
    /// The sections that run on from one sentence to the next, each as one
    /// piece: an address may take two lines, a block several remarks.
    runs: Vec<Piece<'a>>,
    /// What the rows of the table are called: looked at for the writing alone,
    /// for a name is no purpose.
    names: Vec<Piece<'a>>,
}

/// Sections that are read through; rows and headings stand for themselves.
const RUNNING: [Section; 3] = [Section::Notes, Section::Requests, Section::Complaint];

/// A sentence or cell of the notice.
pub(super) struct Piece<'a> {
    pub section: Section,
    /// Row or heading within the section.
    within: Option<&'a str>,
    pub text: Cow<'a, str>,
    pub folded: String,
    /// For each byte of `folded`, where its character begins in `text`.
    origin: Vec<usize>,
}

impl<'a> Words<'a> {
    /// Only what is printed counts: a heading that no page shows tells
    /// nobody anything.
    pub fn of(notice: &'a Notice) -> Self {
        let mut pieces = Vec::new();
        let mut add = |section, within, text: &'a str| {
            pieces.push(Piece::new(section, within, Cow::Borrowed(text)));
        };
        add(Section::Preface, None, &notice.purposes.preface);
        for category in notice.categories() {
            for purpose in &category.purposes {
                add(Section::Table, Some(category.name.as_str()), &purpose.text);
            }
        }
        for note in &notice.purposes.notes {
            add(Section::Notes, None, &note.text);
        }
        add(Section::Exceptions, None, &notice.purposes.exceptions.lead);
        for item in &notice.purposes.exceptions.items {
            add(Section::Exceptions, item.label.as_deref(), &item.text);
        }
        for measure in &notice.security.measures {
            let heading = measure.heading.as_deref();
            if let Some(heading) = heading {
                add(Section::Security, None, heading);
            }
            add(Section::Security, heading, &measure.text);
        }
        for paragraph in &notice.requests.paragraphs {
            add(Section::Requests, None, &paragraph.text);
        }
        for line in &notice.complaint.lines {
            add(Section::Complaint, None, &line.text);
        }
        let run = |section: &Section| {
            let parts = pieces.iter().filter(|piece| piece.section == *section);
            let text: String = parts.map(|piece| piece.text.as_ref()).collect();
            Piece::new(*section, None, Cow::Owned(text))
        };
        let runs = RUNNING.iter().map(run).collect();
        let name = |category: &'a Category| {
            Piece::new(Section::Table, None, Cow::Borrowed(category.name.as_str()))
        };
        let names = notice.categories().map(name).collect();
        Words {
            notice,
            pieces,
            runs,
            names,
        }
    }

    /// The pieces of a section.
    pub fn pieces(&self, section: Section) -> impl Iterator<Item = &Piece<'a>> {
        self.pieces
            .iter()
            .filter(move |piece| piece.section == section)
    }

    /// The first place in these sections where the pattern is found; in the
    /// whole notice if none is named.
    pub fn find(&self, sections: &[Section], pattern: &Regex) -> Option<Position> {
        let within = |piece: &&Piece<'_>| sections.is_empty() || sections.contains(&piece.section);
        self.pieces
            .iter()
            .chain(&self.runs)
            .filter(within)
            .find_map(|piece| piece.find(pattern).map(|words| self.place(piece, words)))
    }

    /// Every place where the pattern is found, one a piece.
    pub fn find_all(&self, pattern: &Regex) -> Vec<Position> {
        self.pieces
            .iter()
            .filter_map(|piece| piece.find(pattern).map(|words| self.place(piece, words)))
            .collect()
    }

    /// Every place where words are written so, names of rows included.
    pub fn find_written(&self, pattern: &Regex) -> Vec<Position> {
        let named = self
            .names
            .iter()
            .filter_map(|piece| piece.find(pattern).map(|words| self.place(piece, words)));
        self.find_all(pattern).into_iter().chain(named).collect()
    }

    /// Where a text stands, whatever its width and spacing.
    pub fn find_text(&self, sections: &[Section], text: &str) -> Option<Position> {
        let pattern = Regex::new(&regex::escape(&folded(text))).ok()?;
        self.find(sections, &pattern)
    }

    /// The place of these words of a piece.
    pub fn place(&self, piece: &Piece<'_>, words: &str) -> Position {
        Position {
            section: match piece.within {
                Some(within) => format!("{}「{within}」", self.heading(piece.section)),
                None => self.heading(piece.section),
            },
            words: Some(words.to_owned()),
        }
    }

    /// A section where something should stand and does not.
    pub fn empty(&self, section: Section) -> Position {
        Position {
            section: self.heading(section),
            words: None,
        }
    }

    fn heading(&self, section: Section) -> String {
        let purposes = &self.notice.purposes.heading;
        match section {
            Section::Preface => format!("{purposes}（表の前書き）"),
            Section::Table => format!("{purposes}（表）"),
            Section::Notes => format!("{purposes}（表の下の注記）"),
            Section::Exceptions => format!("{purposes}（通知・公表を行わない場合）"),
            Section::Security => self.notice.security.heading.clone(),
            Section::Requests => self.notice.requests.heading.clone(),
            Section::Complaint => self.notice.complaint.heading.clone(),
        }
    }
}

impl<'a> Piece<'a> {
    fn new(section: Section, within: Option<&'a str>, text: Cow<'a, str>) -> Self {
        let mut all = String::new();
        let mut origin = Vec::new();
        for (place, c) in text.char_indices() {
            let one = folded(c.encode_utf8(&mut [0; 4]));
            origin.extend(std::iter::repeat_n(place, one.len()));
            all.push_str(&one);
        }
        Piece {
            section,
            within,
            text,
            folded: all,
            origin,
        }
    }

    /// The words of the notice, as they are printed, that match.
    pub fn find(&self, pattern: &Regex) -> Option<&str> {
        let found = pattern.find(&self.folded)?;
        let start = *self.origin.get(found.start())?;
        let end = match self.origin.get(found.end()) {
            Some(end) => *end,
            None => self.text.len(),
        };
        self.text.get(start..end).map(str::trim)
    }
}
