//! An empty sheet of a form for staff to fill in.

use std::io;
use std::path::Path;

use rust_xlsxwriter::{
    DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet,
    XlsxError,
};

use crate::catalogue::{Choice, Field, FieldShape, Form, ListShape, Role};
use crate::files;
use crate::text::formula::guarded;

/// The last row of an Excel sheet, counted from 0.
const LAST_ROW: u32 = 1_048_575;

/// Why a sheet cannot be written. The text is for staff, in Japanese.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// The extension is neither `csv` nor `xlsx`.
    #[error("ファイル名の終わりを .xlsx か .csv にしてください。")]
    Extension,
    /// The file cannot be written, or stands there already.
    #[error(
        "ファイルに書き込めません({0})。場所と、同じ名前のファイルがないことを確かめてください。"
    )]
    Io(#[from] io::Error),
    /// The workbook cannot be made. A bug, or a kind with unusual labels.
    #[error("Excel ブックを作れません({0})。担当者に知らせてください。")]
    Workbook(#[from] XlsxError),
}

/// Writes an empty sheet with the form's headers. As a workbook, cells are
/// text (leading zeros survive), choices drop down, and a second sheet
/// explains the fields. A file that is there already is not overwritten.
///
/// # Errors
/// [`SheetError`].
pub fn write_header(form: &Form, path: &Path) -> Result<(), SheetError> {
    let extension = path.extension().and_then(|extension| extension.to_str());
    let bytes = match extension.map(str::to_ascii_lowercase).as_deref() {
        Some("csv") => csv_header(form)?,
        Some("xlsx") => workbook(form)?,
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

fn workbook(form: &Form) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // A fixed date: the same catalogue gives the same bytes.
    let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&created));
    fill_entry_sheet(book.add_worksheet().set_name("入力")?, form)?;
    fill_guide(book.add_worksheet().set_name("説明")?, form)?;
    book.save_to_buffer()
}

fn fill_entry_sheet(sheet: &mut Worksheet, form: &Form) -> Result<(), XlsxError> {
    let heading = Format::new().set_bold().set_num_format("@");
    let text = Format::new()
        .set_num_format("@")
        .set_align(FormatAlign::Top)
        .set_text_wrap();
    for (column, field) in (0u16..).zip(&form.fields) {
        sheet.set_column_format(column, &text)?;
        sheet.set_column_width(column, if is_long(field) { 40 } else { 18 })?;
        sheet.write_string_with_format(0, column, &field.title, &heading)?;
        if let FieldShape::Choice(choices) = &field.shape
            && let Some(list) = drop_down(choices)
        {
            sheet.add_data_validation(1, column, LAST_ROW, column, &list)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

fn is_long(field: &Field) -> bool {
    let list = matches!(field.shape, FieldShape::List(_));
    list || matches!(field.role, Some(Role::Address | Role::Multiline))
}

/// A drop-down list, where Excel can hold it: 255 characters, no commas in
/// the labels. Without one, the guide still names the choices.
fn drop_down(choices: &[Choice]) -> Option<DataValidation> {
    let labels: Vec<&str> = choices.iter().map(|choice| choice.label.as_str()).collect();
    if labels.iter().any(|label| label.contains(',')) {
        return None;
    }
    DataValidation::new().allow_list_strings(&labels).ok()
}

fn fill_guide(sheet: &mut Worksheet, form: &Form) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold().set_num_format("@");
    let wrap = Format::new()
        .set_num_format("@")
        .set_text_wrap()
        .set_align(FormatAlign::Top);
    for (column, (heading, width)) in
        (0u16..).zip([("項目", 24), ("必須", 8), ("説明", 60), ("書き方", 60)])
    {
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(0, column, heading, &bold)?;
    }
    for (row, field) in (1u32..).zip(&form.fields) {
        let required = if field.required { "必須" } else { "" };
        let cells = [
            field.title.as_str(),
            required,
            &field.description,
            &how_to_write(field),
        ];
        for (column, text) in (0u16..).zip(cells) {
            sheet.write_string_with_format(row, column, text, &wrap)?;
        }
    }
    Ok(())
}

fn how_to_write(field: &Field) -> String {
    match &field.shape {
        FieldShape::Text { max_chars } => match max_chars {
            Some(max) => format!("{max}文字まで。"),
            None => String::new(),
        },
        FieldShape::Date => {
            "2026-11-01、2026/11/1、令和8年11月1日、R8.11.1 のいずれかの形。".to_owned()
        }
        FieldShape::Integer => "整数。".to_owned(),
        FieldShape::Choice(choices) => format!("{}のいずれか。", labels(choices)),
        FieldShape::List(ListShape::Texts) => "1行に1つ(セルの中の改行は Alt+Enter)。".to_owned(),
        FieldShape::List(ListShape::Choices(choices)) => {
            format!(
                "{}から、1行に1つ(セルの中の改行は Alt+Enter)。",
                labels(choices)
            )
        }
        FieldShape::List(ListShape::Rows(parts)) => {
            let titles: Vec<&str> = parts.iter().map(|part| part.title.as_str()).collect();
            format!(
                "1行に1件(セルの中の改行は Alt+Enter)。「{}」の順に、間に「｜」を入れる。",
                titles.join("｜")
            )
        }
    }
}

fn labels(choices: &[Choice]) -> String {
    let labels: Vec<String> = choices
        .iter()
        .map(|choice| format!("「{}」", choice.label))
        .collect();
    labels.join("")
}
