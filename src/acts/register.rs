//! The register of a year as a sheet for an auditor.

use std::path::Path;

use crate::intake::grid::{Grid, GridCell, GridColumn};
use crate::intake::sheet::SheetError;
use crate::views::{RegisterLine, YearRegister};

/// Headings with the widths of their columns.
const COLUMNS: [(&str, f64); 17] = [
    ("台帳の順", 9.0),
    ("文書番号", 20.0),
    ("日付", 12.0),
    ("区分", 8.0),
    ("件名", 40.0),
    ("種類", 32.0),
    ("宛先", 20.0),
    ("送付方法", 10.0),
    ("状態", 10.0),
    ("発送日", 12.0),
    ("欠番の理由", 36.0),
    ("書簡の番号", 12.0),
    ("受け付けた人", 14.0),
    ("承認した人", 14.0),
    ("台帳に記載した時", 26.0),
    ("保存したPDFのSHA-256", 66.0),
    ("台帳の記載のSHA-256", 66.0),
];

/// Writes the register of a year as CSV or XLSX by the ending of the file's
/// name. Numbers that nobody got stand below its lines.
///
/// # Errors
/// [`SheetError`].
pub fn write(register: &YearRegister, path: &Path) -> Result<(), SheetError> {
    let columns = COLUMNS.map(|(title, width)| GridColumn {
        title: title.to_owned(),
        width,
        choices: Vec::new(),
    });
    let lines = register.lines.iter().map(|line| row(cells(line)));
    let skipped = register.skipped.iter().map(|told| {
        let mut cells: [String; 17] = std::array::from_fn(|_| String::new());
        cells[3] = "欠番".to_owned();
        cells[10] = format!("控えから戻したときに飛ばした番号：{told}");
        row(cells)
    });
    Grid {
        name: "文書件名簿".to_owned(),
        columns: columns.into(),
        rows: lines.chain(skipped).collect(),
    }
    .write(path)
}

fn row(cells: [String; 17]) -> Vec<GridCell> {
    let cell = |text| GridCell {
        text,
        is_wanted: false,
    };
    cells.into_iter().map(cell).collect()
}

fn cells(line: &RegisterLine) -> [String; 17] {
    let own = String::clone;
    let maybe = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        line.place.to_string(),
        own(&line.number),
        own(&line.date),
        if line.is_void { "欠番" } else { "発行" }.to_owned(),
        own(&line.subject),
        own(&line.kind),
        own(&line.addressee),
        own(&line.way),
        own(&line.state),
        line.left_on.map(|day| day.to_string()).unwrap_or_default(),
        maybe(&line.why_void),
        own(&line.letter),
        own(&line.queued_by),
        maybe(&line.approved_by),
        own(&line.entered_at),
        maybe(&line.pdf_sha256),
        own(&line.entry_sha256),
    ]
}
