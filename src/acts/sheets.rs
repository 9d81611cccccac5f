//! Empty sheets for staff to fill in, and the grounds that go into them.

use std::path::Path;

use chrono::NaiveDate;

use crate::catalogue::{Form, Kind};
use crate::intake::sheet::{self, Tab};
use crate::law::{GroundChoice, Law, LawError};

pub use crate::intake::sheet::SheetError;

/// The grounds letters may rest on, as they are shown to choose from.
pub struct Grounds {
    law: Law,
    today: NaiveDate,
}

impl Grounds {
    /// Reads the law's data below the templates, as it holds today.
    ///
    /// # Errors
    /// [`LawError`] when the data does not load.
    pub fn load(templates: &Path, today: NaiveDate) -> Result<Self, LawError> {
        let law = Law::load(templates)?;
        Ok(Grounds { law, today })
    }

    /// The grounds that fit each outcome of a kind, in the outcomes' order.
    pub fn of(&self, kind: &Kind) -> Vec<Vec<GroundChoice>> {
        let outcomes = kind.outcomes.iter();
        outcomes
            .map(|outcome| self.law.choices(kind, outcome, self.today))
            .collect()
    }
}

/// Writes an empty sheet of a form that no letter is made of, CSV or XLSX by
/// the ending of its name. A file that is there already is not overwritten.
///
/// # Errors
/// [`SheetError`].
pub fn write_empty(form: &Form, path: &Path) -> Result<(), SheetError> {
    sheet::write_header(form, path)
}

/// Writes empty sheets of kinds of letter: a workbook with a sheet a kind, or
/// the one table of a CSV file. A file that is there already is not
/// overwritten.
///
/// # Errors
/// [`SheetError`].
pub fn write_kinds(kinds: &[&Kind], grounds: &Grounds, path: &Path) -> Result<(), SheetError> {
    let shown = |grounds: Vec<GroundChoice>| grounds.into_iter().map(|ground| ground.shown);
    let tabs: Vec<Tab<'_>> = kinds
        .iter()
        .map(|kind| Tab {
            form: &kind.form,
            kind: Some(kind),
            grounds: grounds
                .of(kind)
                .into_iter()
                .map(|g| shown(g).collect())
                .collect(),
        })
        .collect();
    sheet::write(&tabs, path)
}
