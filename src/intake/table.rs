//! The rows of a sheet, from CSV or Excel, made into records.

use std::sync::Arc;

use serde_json::Map;

use crate::catalogue::{Field, Form, Forms, Kind};
use crate::text::characters::Characters;
use crate::text::formula;

use super::cell::{Cell, SheetRow, column_name};
use super::check::check;
use super::columns::{Columns, Target, is_named, is_remark, looked_up, put_sole_choices};
use super::convert::from_cell;
use super::delimited::Delimited;
use super::findings::{Findings, excerpt};
use super::first_cause::Known;
use super::gathered::Entries;
use super::labels::Labels;
use super::problem::{FileProblem, Original};
use super::traces::to_retype;
use super::wire::OtherSheets;
use super::workbook::Workbook;
use super::{Row, Settle, conclude, refuse};

/// Where rows come from.
pub(super) enum Rows {
    Delimited(Delimited),
    Workbook(Workbook),
}

/// A source that broke off after it had been opened.
struct BrokenOff;

impl Rows {
    fn next(&mut self) -> Result<Option<SheetRow>, BrokenOff> {
        match self {
            Rows::Delimited(file) => file.next().map_err(|_| BrokenOff),
            Rows::Workbook(book) => book.next().map_err(|_| BrokenOff),
        }
    }

    /// The next row with a value in it.
    fn next_filled(&mut self) -> Result<Option<SheetRow>, BrokenOff> {
        while let Some(row) = self.next()? {
            if row.fault.is_some() || !row.cells.iter().all(Cell::is_empty) {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }
}

/// A sheet with its header understood.
pub(super) struct Table<'a> {
    rows: Rows,
    form: &'a Form,
    /// The kind of letter it is the form of, if any.
    kind: Option<&'a Kind>,
    characters: &'a Characters,
    columns: Columns,
    labels: Arc<Labels>,
    /// The first row, read early to learn the kind.
    first: Option<SheetRow>,
    /// Whether every row must name its kind.
    kind_in_rows: bool,
    last_row: u64,
    ended: bool,
    /// Whether this is a rejected file of ours, in which texts that a
    /// spreadsheet would run have a mark before them.
    is_guarded: bool,
    /// The sheet's name, where that says of what kind its rows are.
    pub(super) tab: Option<String>,
}

impl<'a> Table<'a> {
    pub(super) fn open(
        mut rows: Rows,
        forms: Forms<'a>,
        form: Option<&'a Form>,
        characters: &'a Characters,
        sheet: Option<&str>,
    ) -> Result<Self, FileProblem> {
        let broken = |_: BrokenOff| {
            FileProblem::Damaged("ファイルを最後まで読めません。保存し直してください。".to_owned())
        };
        let header = rows.next_filled().map_err(broken)?.ok_or_else(|| {
            FileProblem::Empty("ファイルに見出しもデータもありません。".to_owned())
        })?;
        if let Some((problem, remedy)) = header.fault {
            let row = header.row;
            return Err(FileProblem::Damaged(format!(
                "見出し({row}行目)：{problem}{remedy}"
            )));
        }
        let first = rows.next_filled().map_err(broken)?;
        let mut waiting = first.clone();
        let delimited = matches!(rows, Rows::Delimited(_));
        let below = || waiting.take().or_else(|| rows.next_filled().ok()?);
        Known { forms, form }.refuse_no_header(&header, delimited, below)?;
        let kind_in_rows = form.is_none();
        let form = match form {
            Some(form) => form,
            None => form_of(forms, &header, first.as_ref())?,
        };
        let columns = Columns::of_sheet(form, &header.cells).map_err(FileProblem::Columns)?;
        if first.is_none() {
            return Err(FileProblem::Empty(
                "見出しだけで、データの行がありません。2行目から入力してください。".to_owned(),
            ));
        }
        let labels = Labels::of_sheet(columns.by_field(form), &form.typing, sheet);
        let is_ours = columns.headers.iter().any(|header| is_remark(header));
        Ok(Table {
            is_guarded: is_ours && delimited,
            rows,
            form,
            kind: forms.kind_of(form),
            characters,
            columns,
            labels,
            first,
            kind_in_rows,
            last_row: header.row,
            ended: false,
            tab: None,
        })
    }

    /// Refuses a workbook whose other sheets hold records too: they would be
    /// passed over in silence.
    pub(super) fn refuse_second_sheet(&self, others: &OtherSheets) -> Result<(), FileProblem> {
        let second = others
            .iter()
            .find(|(_, header)| Columns::of_sheet(self.form, header).is_ok());
        match second {
            None => Ok(()),
            Some((name, _)) => Err(FileProblem::Format(format!(
                "シート「{name}」にも記録の見出しがあります。取り込むのは1枚だけです。1枚目にまとめるか、ファイルを分けてください。"
            ))),
        }
    }

    /// The headers of the source, less the one of the rejected file.
    pub(super) fn headers(&self) -> impl Iterator<Item = (usize, &str)> {
        self.columns
            .headers
            .iter()
            .map(String::as_str)
            .enumerate()
            .filter(|(_, header)| !is_remark(header))
    }

    /// The headers of the columns that are not read.
    pub(super) fn left_out(&self) -> impl Iterator<Item = &str> {
        self.columns.left_out()
    }

    /// Whether the rows come from a workbook.
    pub(super) fn is_workbook(&self) -> bool {
        matches!(self.rows, Rows::Workbook(_))
    }

    /// The next row; `settle` may rewrite what it means before it is checked.
    pub(super) fn next(&mut self, settle: Option<&Settle<'_>>) -> Option<Row> {
        loop {
            let row = match self.first.take() {
                Some(row) => row,
                None if self.ended => return None,
                None => match self.rows.next_filled() {
                    Ok(row) => row?,
                    Err(BrokenOff) => return Some(self.broken_off()),
                },
            };
            self.last_row = row.row;
            if self.is_filled(&row) {
                return Some(self.record(row, settle));
            }
        }
    }

    /// Whether the row has more than the remark of a rejected file and what is
    /// not read.
    fn is_filled(&self, row: &SheetRow) -> bool {
        let is_ours = |index: usize| match self.columns.targets.get(index) {
            Some(Target::LeftOut) => true,
            _ => self
                .columns
                .headers
                .get(index)
                .is_some_and(|header| is_remark(header)),
        };
        let mut cells = row.cells.iter().enumerate();
        row.fault.is_some() || cells.any(|(index, cell)| !cell.is_empty() && !is_ours(index))
    }

    fn broken_off(&mut self) -> Row {
        self.ended = true;
        let row = self.last_row + 1;
        let mut findings = Findings::new(row, &self.labels);
        let problem = "ここから後を読めませんでした。";
        findings.add_at(
            "",
            problem,
            "保存し直したファイルで、残りの行を受け付けてください。",
        );
        refuse(row, Original::Torn(Vec::new()), findings)
    }

    fn record(&self, mut row: SheetRow, settle: Option<&Settle<'_>>) -> Row {
        if self.is_guarded {
            row.cells.iter_mut().for_each(unguard);
        }
        let mut findings = Findings::new(row.row, &self.labels);
        let mut cells: Vec<String> = (0..)
            .zip(&row.cells)
            .map(|cell| self.handed_back(cell))
            .collect();
        self.check_shape(&row, &mut findings);
        if !findings.is_empty() {
            // Cells that may stand in the wrong columns would only raise
            // complaints that send staff the wrong way.
            return refuse(row.row, Original::Torn(cells), findings);
        }
        cells.resize(self.columns.headers.len(), String::new());
        let original = Original::Cells(cells);
        let mut values = Map::new();
        let mut entries = Entries::default();
        for (index, (target, header)) in self.columns.pairs().enumerate() {
            let cell = row.cells.get(index).unwrap_or(&Cell::Empty);
            match target {
                Target::Field(index) => {
                    if let Some(field) = self.form.fields.get(*index) {
                        let place = self.labels.place(field);
                        if let Some(value) = from_cell(field, cell, &place, &mut findings) {
                            values.insert(field.name.clone(), value);
                        }
                    }
                }
                Target::Entry(entry) => entries.note(entry, cell, header),
                Target::Kind => self.check_kind(header, cell, &mut findings),
                Target::LeftOut | Target::None => {}
            }
        }
        entries.put(&self.form.fields, &mut values, &mut findings);
        put_sole_choices(self.form, &mut values, &findings);
        if let Some(settle) = settle {
            settle(self.form, &mut values);
        }
        let values = check(self.form, self.kind, self.characters, values, &mut findings);
        conclude(row.row, self.form, values, original, findings)
    }

    /// A cell as the rejected file shows it. What did not become a value here
    /// must not become one there: a number without its zeros, or the date
    /// that 1-2 was made, would pass as the text it is then.
    fn handed_back(&self, (index, cell): (usize, &Cell)) -> String {
        let shown = cell.shown();
        let field = match (self.columns.targets.get(index), cell) {
            (Some(Target::Field(index)), Cell::Number { .. } | Cell::Date(_)) => {
                self.form.fields.get(*index)
            }
            (Some(Target::Entry(entry)), Cell::Number { .. } | Cell::Date(_)) => Some(&entry.field),
            _ => None,
        };
        let is_value = |field: &Field| {
            let mut findings = Findings::new(0, &self.labels);
            from_cell(field, cell, &self.labels.place(field), &mut findings);
            findings.is_empty()
        };
        match field {
            Some(field) if !is_value(field) => to_retype(&shown),
            _ => shown,
        }
    }

    /// Whether the row can be laid under the header for certain.
    ///
    /// Excel leaves out trailing commas where the last columns are empty for
    /// many rows. Such a row cannot be told from one that lost a comma in the
    /// middle, which would put an address under another header, so a short
    /// row is refused in either case.
    fn check_shape(&self, row: &SheetRow, findings: &mut Findings) {
        let width = self.columns.headers.len();
        let found = row.cells.len();
        if let Some((problem, remedy)) = row.fault {
            findings.add_at("", problem, remedy);
            return;
        }
        if matches!(self.rows, Rows::Delimited(_)) && found < width {
            let problem = format!("見出しは{width}列ですが、この行は{found}列しかありません。");
            let remedy = "区切りのコンマを確かめてください。空欄の列を Excel が省いたときは、.xlsx で保存し直してください。";
            findings.add_at("", &problem, remedy);
            return;
        }
        for (index, cell) in row.cells.iter().enumerate() {
            let header = self.columns.headers.get(index);
            let is_headed = header.is_some_and(|header| !looked_up(header).is_empty());
            match cell {
                Cell::Unusable {
                    problem, remedy, ..
                } if !is_headed => {
                    let column = format!("{}列", column_name(index));
                    findings.add_at(&column, problem, remedy);
                }
                _ if cell.is_empty() || is_headed || index >= width => {}
                _ => {
                    let problem = format!("見出しのない{}列目に値があります。", index + 1);
                    findings.add_at("", &problem, "見出しを付けるか、値を消してください。");
                }
            }
        }
        if findings.is_empty() && row.cells.iter().skip(width).any(|cell| !cell.is_empty()) {
            let problem = format!("見出しは{width}列ですが、この行はその右にも値があります。");
            findings.add_at("", &problem, self.beside());
        }
    }

    /// What to do about values to the right of all headers.
    fn beside(&self) -> &'static str {
        match self.rows {
            Rows::Delimited(_) => {
                "値の中のコンマは、値全体を「\"」で囲んでください。要らない値は消してください。"
            }
            Rows::Workbook(_) => "見出しを付けるか、要らない値を消してください。",
        }
    }

    fn check_kind(&self, header: &str, cell: &Cell, findings: &mut Findings) {
        if let Cell::Unusable {
            problem, remedy, ..
        } = cell
        {
            findings.add_at(header, problem, remedy);
            return;
        }
        let named = cell.shown();
        let same = is_named(self.form, &named);
        if cell.is_empty() {
            if self.kind_in_rows {
                findings.add_at(
                    header,
                    "種別が空です。",
                    "ほかの行と同じ種別を入れてください。",
                );
            }
        } else if !same {
            let problem = format!(
                "{}は、このファイルの種別「{}」と違います。",
                excerpt(&named),
                self.form.name
            );
            findings.add_at(header, &problem, "種別ごとにファイルを分けてください。");
        }
    }
}

fn unguard(cell: &mut Cell) {
    if let Cell::Text(text) = cell {
        let bare = formula::unguarded(text).len();
        text.drain(..text.len() - bare);
    }
}

/// The kind with this code or name.
///
/// # Errors
/// [`FileProblem::Kind`] with the names there are.
pub(super) fn form_or_problem<'a>(forms: Forms<'a>, name: &str) -> Result<&'a Form, FileProblem> {
    let mut all = forms.iter();
    all.find(|form| is_named(form, name)).ok_or_else(|| {
        FileProblem::Kind(format!(
            "種別{}はありません。{}",
            excerpt(name),
            choose(forms)
        ))
    })
}

/// A sentence naming the kinds there are.
pub(super) fn choose(forms: Forms<'_>) -> String {
    let names: Vec<String> = forms
        .iter()
        .map(|form| format!("「{}」({})", form.name, form.code))
        .collect();
    format!("{}のいずれかにしてください。", names.join("、"))
}

fn form_of<'a>(
    forms: Forms<'a>,
    header: &SheetRow,
    first: Option<&SheetRow>,
) -> Result<&'a Form, FileProblem> {
    let column = Columns::kind_column(&header.cells).ok_or(FileProblem::KindNotSaid)?;
    let Some(first) = first else {
        return Err(FileProblem::Empty(
            "見出しだけで、データの行がありません。2行目から入力してください。".to_owned(),
        ));
    };
    match first.cells.get(column).filter(|cell| !cell.is_empty()) {
        Some(Cell::Unusable {
            problem, remedy, ..
        }) => Err(FileProblem::Kind(format!(
            "{}行目の種別：{problem}{remedy}",
            first.row
        ))),
        Some(cell) => form_or_problem(forms, &cell.shown()),
        None => Err(FileProblem::Kind(format!(
            "{}行目の種別が空です。{}",
            first.row,
            choose(forms)
        ))),
    }
}
