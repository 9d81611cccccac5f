//! Empty sheets of forms for staff to fill in.

use std::io;
use std::path::Path;

use rust_xlsxwriter::XlsxError;

use crate::catalogue::Form;
use crate::files;
use crate::text::formula::guarded;

use super::sheet_book;

pub use super::sheet_columns::Tab;

/// Why a sheet cannot be written. The text is for staff, in Japanese.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// The extension is neither `csv` nor `xlsx`.
    #[error("ファイル名の終わりを .xlsx か .csv にしてください。")]
    Extension,
    /// A file of text has one table.
    #[error("CSV には種類ごとのシートを作れません。.xlsx にするか、種類を書いてください。")]
    OneTable,
    /// The file cannot be written, or stands there already.
    #[error(
        "ファイルに書き込めません({0})。場所と、同じ名前のファイルがないことを確かめてください。"
    )]
    Io(#[from] io::Error),
    /// The workbook cannot be made. A bug, or a kind with unusual labels.
    #[error("Excel ブックを作れません({0})。担当者に知らせてください。")]
    Workbook(#[from] XlsxError),
}

/// Writes an empty sheet with the form's headers, of a form that no letter is
/// made of. A file that is there already is not overwritten.
///
/// # Errors
/// [`SheetError`].
pub fn write_header(form: &Form, path: &Path) -> Result<(), SheetError> {
    let tab = Tab {
        form,
        kind: None,
        grounds: Vec::new(),
    };
    write(&[tab], path)
}

/// Writes empty sheets of these forms. As a workbook, each is a sheet that
/// says of what kind its rows are; cells are text (leading zeros survive),
/// choices drop down, headings and cells show by their colour what the outcome
/// asks for, and further sheets explain it. A file that is there already is
/// not overwritten.
///
/// # Errors
/// [`SheetError`].
pub fn write(tabs: &[Tab<'_>], path: &Path) -> Result<(), SheetError> {
    let extension = path.extension().and_then(|extension| extension.to_str());
    let bytes = match (extension.map(str::to_ascii_lowercase).as_deref(), tabs) {
        (Some("csv"), [tab]) => csv_header(tab.form)?,
        (Some("csv"), _) => return Err(SheetError::OneTable),
        (Some("xlsx"), _) => sheet_book::workbook(tabs)?,
        _ => return Err(SheetError::Extension),
    };
    Ok(files::create(path, &bytes)?)
}

fn csv_header(form: &Form) -> io::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer("\u{FEFF}".as_bytes().to_vec());
    let titles = form.fields.iter().map(|field| guarded(&field.title));
    writer.write_record(titles.map(|title| title.into_owned()))?;
    writer
        .into_inner()
        .map_err(|error| io::Error::from(error.error().kind()))
}
