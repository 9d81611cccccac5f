//! Empty sheets for staff to fill in.

use std::path::Path;

use crate::catalogue::Form;
use crate::intake::sheet;

pub use crate::intake::sheet::SheetError;

/// Writes an empty sheet of a form, CSV or XLSX by the ending of its name. A
/// file that is there already is not overwritten.
///
/// # Errors
/// [`SheetError`].
pub fn write_empty(form: &Form, path: &Path) -> Result<(), SheetError> {
    sheet::write_header(form, path)
}
