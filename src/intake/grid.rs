//! A table that is written out: a sheet filled in as far as it is known, or a
//! list for an auditor.

use std::io;
use std::path::Path;

use rust_xlsxwriter::{
    Color, DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet,
    XlsxError,
};

use super::sheet::SheetError;
use crate::files;
use crate::text::formula::guarded;

/// The colour of a cell that somebody has to fill in.
const WANTED: Color = Color::RGB(0x00FF_F2CC);

/// A column.
#[derive(Debug, Clone)]
pub struct GridColumn {
    /// Its heading.
    pub title: String,
    /// Its width in characters.
    pub width: f64,
    /// What a cell may say; anything where there is nothing.
    pub choices: Vec<String>,
}

/// A cell.
#[derive(Debug, Clone, Default)]
pub struct GridCell {
    /// What it says.
    pub text: String,
    /// Whether somebody has to fill it in.
    pub is_wanted: bool,
}

/// A table.
#[derive(Debug, Clone)]
pub struct Grid {
    /// The name of the sheet.
    pub name: String,
    /// Its columns.
    pub columns: Vec<GridColumn>,
    /// Its rows, a cell a column.
    pub rows: Vec<Vec<GridCell>>,
}

impl Grid {
    /// Writes it as CSV or XLSX by the ending of the file's name. In a CSV
    /// file no cell is run as a formula. A file that is there already is not
    /// overwritten.
    ///
    /// # Errors
    /// [`SheetError`].
    pub fn write(&self, path: &Path) -> Result<(), SheetError> {
        let extension = path.extension().and_then(|extension| extension.to_str());
        let bytes = match extension.map(str::to_ascii_lowercase).as_deref() {
            Some("csv") => self.csv(|text| guarded(text).into_owned())?,
            Some("xlsx") => self.workbook()?,
            _ => return Err(SheetError::Extension),
        };
        Ok(files::create(path, &bytes)?)
    }

    /// The same as CSV for this program alone: every text as it is.
    ///
    /// # Errors
    /// What the writer says.
    pub fn plain_csv(&self) -> io::Result<Vec<u8>> {
        self.csv(str::to_owned)
    }

    fn csv(&self, shown: impl Fn(&str) -> String) -> io::Result<Vec<u8>> {
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer("\u{FEFF}".as_bytes().to_vec());
        writer.write_record(self.columns.iter().map(|column| shown(&column.title)))?;
        for row in &self.rows {
            writer.write_record(row.iter().map(|cell| shown(&cell.text)))?;
        }
        writer
            .into_inner()
            .map_err(|error| io::Error::from(error.error().kind()))
    }

    fn workbook(&self) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        // A fixed date: the same table gives the same bytes.
        let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
        book.set_properties(&DocProperties::new().set_creation_datetime(&created));
        self.fill(book.add_worksheet().set_name(&self.name)?)?;
        book.save_to_buffer()
    }

    /// Every cell is text, so that numbers keep their zeros and no formula
    /// runs.
    fn fill(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let heading = Format::new().set_bold().set_num_format("@");
        let text = Format::new()
            .set_num_format("@")
            .set_align(FormatAlign::Top)
            .set_text_wrap();
        let wanted = text.clone().set_background_color(WANTED);
        let last = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        for (place, column) in (0u16..).zip(&self.columns) {
            sheet.set_column_format(place, &text)?;
            sheet.set_column_width(place, column.width)?;
            sheet.write_string_with_format(0, place, &column.title, &heading)?;
            if let Some(list) = drop_down(&column.choices)
                && last > 0
            {
                sheet.add_data_validation(1, place, last, place, &list)?;
            }
        }
        for (line, row) in (1u32..).zip(&self.rows) {
            for (place, cell) in (0u16..).zip(row) {
                let format = if cell.is_wanted { &wanted } else { &text };
                sheet.write_string_with_format(line, place, &cell.text, format)?;
            }
        }
        sheet.set_freeze_panes(1, 0)?;
        Ok(())
    }
}

/// A drop-down list, where Excel can hold it.
fn drop_down(choices: &[String]) -> Option<DataValidation> {
    if choices.is_empty() || choices.iter().any(|label| label.contains(',')) {
        return None;
    }
    DataValidation::new().allow_list_strings(choices).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_csv_for_people_runs_nothing_and_one_for_the_program_changes_nothing() {
        let cell = |text: &str| GridCell {
            text: text.to_owned(),
            is_wanted: false,
        };
        let grid = Grid {
            name: "表".to_owned(),
            columns: vec![GridColumn {
                title: "項目".to_owned(),
                width: 10.0,
                choices: Vec::new(),
            }],
            rows: vec![vec![cell("=1+1")]],
        };
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x.csv");
        grid.write(&path).expect("written");
        let written = std::fs::read_to_string(&path).expect("there");
        assert_eq!(written, "\u{FEFF}項目\r\n'=1+1\r\n");
        let plain = String::from_utf8(grid.plain_csv().expect("written")).expect("text");
        assert_eq!(plain, "\u{FEFF}項目\r\n=1+1\r\n");
        assert!(grid.write(&path).is_err(), "it is there already");
        assert!(grid.write(&folder.path().join("x.txt")).is_err());
    }
}
