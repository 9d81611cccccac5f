//! One letter, whole.

use std::path::PathBuf;

use serde_json::{Map, Value};

use super::{KeptWarning, ViewError, kept_warnings, registered_against};
use crate::archive::{Archive, ArchiveError, Holding};
use crate::catalogue::Kind;
use crate::domain::{Against, Dispatch, KeptBack, LetterId, State};
use crate::office::Office;
use crate::print;
use crate::record::Naming;
use crate::store::{self, AttemptRow, AuditRow, LetterRow, Part, Parts, Recorded, Replacement};

/// A letter with all that is known of it.
#[derive(Debug)]
pub struct Letter<'a> {
    /// The letter.
    pub letter: LetterRow,
    /// Its kind, if there still is one.
    pub kind: Option<&'a Kind>,
    /// The record it was queued with.
    pub record: Map<String, Value>,
    /// How its names are shown. A letter that was set shows what was set; one
    /// that was not, what would be set today.
    pub naming: Naming,
    /// What happened to it, oldest first.
    pub history: Vec<AuditRow>,
    /// Attempts to hand its mail over, oldest first.
    pub attempts: Vec<AttemptRow>,
    /// Why it must not go. A parked letter says itself why it stands.
    pub kept_back: Option<KeptBack>,
    /// What is registered now against it.
    pub against: Option<Against>,
    /// What staff were told of it when it was queued.
    pub warnings: Vec<KeptWarning>,
}

impl<'a> Letter<'a> {
    /// Reads a letter; none where there is no such letter.
    ///
    /// # Errors
    /// When the store or what it keeps cannot be read.
    pub async fn of(office: &'a Office, id: LetterId) -> Result<Option<Self>, ViewError> {
        let catalogue = &office.desk.catalogue;
        let mut conn = office.store.reads().await?;
        let Some(letter) = conn.letter(id).await? else {
            return Ok(None);
        };
        let asked = [Part::Record, Part::History, Part::Data];
        let Parts {
            record,
            history,
            attempts,
            data,
            ..
        } = conn.parts_of(id, &asked).await?;
        let record: Map<String, Value> = serde_json::from_str(&record)?;
        let mut found = registered_against(&office.desk, &mut conn, &[id]).await?;
        let mut warnings = kept_warnings(catalogue, &mut conn, &[id]).await?;
        let kind = catalogue.get(&letter.kind);
        let naming = match (data, kind) {
            (Some(data), _) => Naming::kept_in(&data)?,
            (None, Some(kind)) => Naming::of(kind, &record, &office.desk.characters),
            (None, None) => Naming::default(),
        };
        let kept_back = match letter.state {
            State::Parked => None,
            _ => print::kept_back_named(office, &mut conn, &[id])
                .await?
                .remove(&id),
        };
        Ok(Some(Letter {
            letter,
            kind,
            record,
            naming,
            history,
            attempts,
            kept_back,
            against: found.remove(&id),
            warnings: warnings.remove(&id).unwrap_or_default(),
        }))
    }

    /// The Japanese name of its kind; the code of one that is known no more.
    pub fn kind_name(&self) -> &str {
        self.kind
            .map_or(self.letter.kind.as_str(), |kind| kind.name.as_str())
    }

    /// Where its PDF is, once it is registered.
    pub fn file(&self, office: &Office) -> Option<String> {
        let sha256 = self.letter.pdf_sha256.as_ref();
        let sha256 = self.letter.register_seq.and(sha256)?;
        let place = Archive::place(Holding::Pdf, sha256);
        Some(format!("{}/archive/{place}", office.out().display()))
    }

    /// The folder of the print run it stands in.
    pub fn print_folder(&self, office: &Office) -> Option<PathBuf> {
        let run = self.letter.printed?;
        Some(print::folder_of(office, &run))
    }
}

/// The PDF of a letter as the archive keeps it; none before it is registered.
///
/// # Errors
/// When the archive cannot give it.
pub async fn issued_pdf(
    office: &Office,
    letter: &LetterRow,
) -> Result<Option<Vec<u8>>, ArchiveError> {
    match letter.register_seq.and(letter.pdf_sha256.as_ref()) {
        Some(sha256) => Ok(Some(office.archive.get(Holding::Pdf, sha256).await?.into())),
        None => Ok(None),
    }
}

/// What a line of a letter's history says besides where the letter came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Did<'a> {
    /// It came there.
    Moved,
    /// Its restricted note was opened.
    OpenedNote,
    /// Somebody tried to read its restricted note and had another key.
    NoteStayedShut,
    /// The person in charge, who holds the secret key of this public one,
    /// looked at it and let it go.
    SeenInCharge(&'a str),
    /// Its paper was pulled or its file deleted.
    Pulled,
    /// It stopped because the database was put back from a backup.
    Restored,
    /// Another letter took its place.
    Replaced {
        /// The letter in its place.
        by: &'a str,
        /// Whether its paper was pulled or its file deleted.
        pulled: bool,
    },
    /// It took the place of this letter.
    TookPlace(&'a str),
    /// It left the house.
    Left {
        /// How.
        how: Dispatch,
        /// On which day, `2026-11-24`.
        on: &'a str,
    },
    /// That it had left the house was taken back.
    TakenBack,
    /// It was printed again.
    Reprinted {
        /// The number of its print run.
        run: u32,
        /// Why.
        reason: &'a str,
    },
}

/// Reads the note of a line of a letter's history.
pub fn did(note: Option<&str>) -> Did<'_> {
    match note {
        None => Did::Moved,
        Some(store::NOTE_OPENED) => Did::OpenedNote,
        Some(store::NOTE_STAYED_SHUT) => Did::NoteStayedShut,
        Some(store::PULLED) => Did::Pulled,
        Some(store::RESTORED) => Did::Restored,
        Some(note) => match (store::replacement_in(note), store::recorded_in(note)) {
            (Some(Replacement::ReplacedBy { new, pulled }), _) => Did::Replaced { by: new, pulled },
            (Some(Replacement::Replaces(earlier)), _) => Did::TookPlace(earlier),
            (None, Some(Recorded::Left { how, on })) => Did::Left { how, on },
            (None, Some(Recorded::TakenBack)) => Did::TakenBack,
            (None, None) => match store::reprinted_in(note) {
                Some(store::Reprinted { run, reason }) => Did::Reprinted { run, reason },
                None => store::seen_with(note).map_or(Did::Moved, Did::SeenInCharge),
            },
        },
    }
}
