//! The samples shipped with the kinds of letter: plainly invented records that
//! show each outcome and prove that its template holds.

pub mod edition;
pub mod gallery;
pub mod preview;
pub mod requests;

use std::fs;
use std::path::PathBuf;

use crate::acts::reception;
use crate::catalogue::{Kind, Outcome};
use crate::files;
use crate::office::Premises;
use crate::record::{LetterHead, Record, letter_data};
use crate::render::{Job, Output};

/// One sample of a kind.
#[derive(Debug)]
pub struct Sample<'a> {
    /// Its kind.
    pub kind: &'a Kind,
    /// Its file.
    pub path: PathBuf,
}

/// The samples of one kind, in the order of their names.
pub fn of_kind<'a>(desk: &Premises, kind: &'a Kind) -> Vec<Sample<'a>> {
    let letters = desk.config.templates.join("letters");
    let folder = letters.join(&kind.code).join("samples");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "json"));
    paths.sort();
    paths
        .into_iter()
        .map(|path| Sample { kind, path })
        .collect()
}

impl Sample<'_> {
    /// The file's name without its ending.
    pub fn name(&self) -> String {
        let stem = self.path.file_stem().unwrap_or_default();
        stem.to_string_lossy().into_owned()
    }

    /// Whether it is there to try what a template stands (long names, marks of markup), and
    /// not to show a letter: the sample named `hostile`.
    pub fn is_hostile(&self) -> bool {
        self.name() == "hostile"
    }

    /// Reads and checks the record as one to be queued is.
    ///
    /// # Errors
    /// All that is wrong, each in a line for staff.
    pub fn read(&self, desk: &Premises) -> Result<Record, Vec<String>> {
        let lines = |lines: Vec<String>| -> Vec<String> {
            let file = self.path.display();
            lines
                .into_iter()
                .map(|line| format!("見本 {file} {line}"))
                .collect()
        };
        // A pipe among the samples would never end.
        if let Err(error) = files::open_at(&self.path) {
            return Err(lines(vec![error.problem()]));
        }
        match reception::read_one(desk, &self.path, Some(&self.kind.code)) {
            Ok(Ok(record)) => Ok(record),
            Ok(Err(problems)) => Err(lines(problems.iter().map(ToString::to_string).collect())),
            Err(error) => Err(lines(vec![error.to_string()])),
        }
    }
}

/// What the renderer needs to set a record that is not queued.
pub fn job(
    desk: &Premises,
    kind: &Kind,
    outcome: &Outcome,
    record: &Record,
    head: LetterHead,
    output: Output,
) -> Job {
    let data = letter_data(
        kind,
        outcome,
        &record.values,
        &head,
        &desk.law,
        &desk.characters,
    );
    Job {
        template: format!("/letters/{}/letter.typ", kind.code),
        ident: head.id,
        output,
        data: data.to_string().into_bytes(),
    }
}
