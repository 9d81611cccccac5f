//! In which print run a letter stands, from its columns; and conditions on
//! letters of print runs.

use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row as _};

use super::types::Day;
use crate::domain::{PrintRun, PrintedIn};

/// The print run a letter stands in, from its columns.
///
/// # Errors
/// When one of them cannot be read.
pub(super) fn printed_in(row: &SqliteRow) -> Result<Option<PrintRun>, sqlx::Error> {
    let Some(number) = row.try_get("print_run")? else {
        return Ok(None);
    };
    Ok(Some(PrintRun {
        number,
        date: row.try_get::<Day, _>("print_date")?.into(),
        part: row.try_get("print_part")?,
    }))
}

/// Of three columns either all are filled or none.
pub(super) struct MaybePrinted(Option<PrintRun>);

impl<'r> FromRow<'r, SqliteRow> for MaybePrinted {
    fn from_row(row: &'r SqliteRow) -> Result<Self, sqlx::Error> {
        printed_in(row).map(MaybePrinted)
    }
}

impl From<MaybePrinted> for Option<PrintRun> {
    fn from(printed: MaybePrinted) -> Self {
        printed.0
    }
}

/// A condition that `whole` makes of the one on letters of these print runs,
/// with its values from `?1` on.
pub(super) fn of_runs(
    runs: PrintedIn,
    whole: impl Fn(&str) -> String,
) -> (String, [Option<String>; 3]) {
    match runs {
        PrintedIn::Dates(first, last) => (
            // By the index of runs: dates of letters have none.
            whole("print_run IN (SELECT number FROM print_run WHERE date BETWEEN ?1 AND ?2)"),
            [Some(first.to_string()), Some(last.to_string()), None],
        ),
        PrintedIn::Run(number) => (
            whole("print_run = CAST(?1 AS INTEGER)"),
            [Some(number.to_string()), None, None],
        ),
    }
}
