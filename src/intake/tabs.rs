//! The sheets of a workbook that are read.
//!
//! A sheet that bears the name of a kind of letter holds records of that kind,
//! so a workbook may have a sheet a kind and is taken in whole. Where no sheet
//! bears such a name one sheet is read, as from any other file. What could be
//! passed over in silence, a filled sheet that is hidden or not read, refuses
//! the workbook.
//!
//! Sheets are read one after the other, each by a child process of its own, so
//! that never more than one holds the workbook's strings.

use crate::catalogue::{Form, Forms};
use crate::text::characters::Characters;

use super::columns::{Columns, is_named};
use super::findings::Findings;
use super::first_cause::Known;
use super::labels::Labels;
use super::problem::{FileProblem, Original};
use super::source::Source;
use super::table::{Rows, Table};
use super::wire::SeenSheet;
use super::workbook::{Looked, Workbook};
use super::{Feed, Row, Settle, refuse};

/// A workbook of which several sheets are read.
pub(super) struct Tabs<'a> {
    source: Source,
    forms: Forms<'a>,
    characters: &'a Characters,
    tabs: Vec<Tab<'a>>,
    /// The place of the next sheet to be opened.
    next: usize,
    open: Option<Box<Table<'a>>>,
}

/// A sheet that is read.
struct Tab<'a> {
    index: usize,
    name: String,
    form: &'a Form,
    /// Its headers with their positions, less the one of the rejected file.
    headers: Vec<(usize, String)>,
    left_out: Vec<String>,
}

/// Opens a workbook and checks all that concerns it as a whole. `form` is that
/// of its records, if the caller named one.
pub(super) fn open<'a>(
    source: &Source,
    forms: Forms<'a>,
    form: Option<&'a Form>,
    characters: &'a Characters,
) -> Result<Feed<'a>, FileProblem> {
    let looked = Looked::at(source)?;
    let named = named(forms, &looked.sheets);
    if named.is_empty() {
        return one(looked, forms, form, characters);
    }
    refuse_unread(forms, &looked.sheets, &named)?;
    let mut filled: Vec<(usize, &Form)> = named;
    filled.retain(|(index, _)| looked.sheets.get(*index).is_some_and(|s| s.is_filled));
    if let Some(form) = form {
        refuse_another(form, &looked.sheets, &filled)?;
    }
    let name = |index: usize| looked.sheets.get(index).map(|s| s.name.clone());
    match filled.as_slice() {
        [] => Err(FileProblem::Empty(
            "どのシートも見出しだけで、データの行がありません。2行目から入力してください。"
                .to_owned(),
        )),
        &[(index, form)] => {
            let tab = name(index);
            let visible = looked.sheets.iter().filter(|sheet| sheet.is_visible);
            let several = visible.filter(|sheet| kind_named(forms, &sheet.name).is_some());
            let label = tab.clone().filter(|_| several.count() > 1);
            let book = match looked.usual() == Some(index) {
                true => looked.open(),
                false => Workbook::open_sheet(source, index),
            };
            let rows = Rows::Workbook(book.map_err(|problem| on(label.as_deref(), problem))?);
            let mut table = Table::open(rows, forms, Some(form), characters, label.as_deref())
                .map_err(|problem| on(label.as_deref(), problem))?;
            table.tab = tab;
            Ok(Feed::of_table(table))
        }
        several => {
            let tabs = several.iter().copied();
            let tabs = tabs.filter_map(|(index, form)| Some((index, name(index)?, form)));
            let tabs: Vec<(usize, String, &Form)> = tabs.collect();
            drop(looked);
            Tabs::open(source, forms, characters, tabs).map(|tabs| Feed::Tabs(Box::new(tabs)))
        }
    }
}

/// Reads the one sheet of a workbook in which none bears the name of a kind.
fn one<'a>(
    looked: Looked,
    forms: Forms<'a>,
    form: Option<&'a Form>,
    characters: &'a Characters,
) -> Result<Feed<'a>, FileProblem> {
    let others = looked.usual().map(|read| looked.others(read));
    let others = others.unwrap_or_default();
    let rows = Rows::Workbook(looked.open()?);
    let table = Table::open(rows, forms, form, characters, None)
        .map_err(|problem| Known { forms, form }.on_another_sheet(problem, &others))?;
    table.refuse_second_sheet(&others)?;
    Ok(Feed::of_table(table))
}

/// The form of the kind a sheet is named after.
fn kind_named<'a>(forms: Forms<'a>, sheet: &str) -> Option<&'a Form> {
    match forms {
        Forms::Kinds(_) => forms.iter().find(|form| is_named(form, sheet)),
        Forms::One(_) => None,
    }
}

/// The visible sheets that are named after kinds.
fn named<'a>(forms: Forms<'a>, sheets: &[SeenSheet]) -> Vec<(usize, &'a Form)> {
    let sheets = sheets.iter().enumerate();
    sheets
        .filter(|(_, sheet)| sheet.is_visible && !sheet.first.is_empty())
        .filter_map(|(index, sheet)| Some((index, kind_named(forms, &sheet.name)?)))
        .collect()
}

/// Refuses a workbook with records on sheets that would not be read.
fn refuse_unread(
    forms: Forms<'_>,
    sheets: &[SeenSheet],
    named: &[(usize, &Form)],
) -> Result<(), FileProblem> {
    for (index, sheet) in sheets.iter().enumerate().filter(|(_, s)| s.is_filled) {
        let told = match sheet.is_visible {
            false if kind_named(forms, &sheet.name).is_some() => {
                "は隠れていますが、記録があります。再表示するか、要らないときは削除してください。"
            }
            true if !named.iter().any(|(read, _)| *read == index) => {
                let of = |form: &Form| Columns::of_sheet(form, &sheet.first).is_ok();
                if !forms.iter().any(of) {
                    continue;
                }
                "にも記録の見出しがあります。シートの名前を書簡の種類の名前にするか、そのシートを削除してください。"
            }
            _ => continue,
        };
        return Err(FileProblem::Format(format!(
            "シート「{}」{told}",
            sheet.name
        )));
    }
    Ok(())
}

/// Refuses records of another kind than the one the caller named.
fn refuse_another(
    form: &Form,
    sheets: &[SeenSheet],
    filled: &[(usize, &Form)],
) -> Result<(), FileProblem> {
    let another = filled.iter().find(|(_, own)| own.code != form.code);
    let sheet = another.and_then(|(index, _)| sheets.get(*index));
    match sheet {
        None => Ok(()),
        Some(sheet) => Err(FileProblem::Format(format!(
            "シート「{}」の記録は、指定の種別「{}」と違います。種別を指定せずに受け付けてください(シートの名前が種別になります)。",
            sheet.name, form.name
        ))),
    }
}

/// A problem of one of several sheets.
fn on(sheet: Option<&str>, problem: FileProblem) -> FileProblem {
    match sheet {
        Some(sheet) => FileProblem::Format(format!("シート「{sheet}」：{problem}")),
        None => problem,
    }
}

impl<'a> Tabs<'a> {
    /// Looks through the headers of all sheets, so that the file is refused
    /// before a row of it is read.
    fn open(
        source: &Source,
        forms: Forms<'a>,
        characters: &'a Characters,
        found: Vec<(usize, String, &'a Form)>,
    ) -> Result<Self, FileProblem> {
        let mut tabs = Tabs {
            source: source.again(),
            forms,
            characters,
            tabs: Vec::new(),
            next: 0,
            open: None,
        };
        let mut problems = Vec::new();
        for (index, name, form) in found {
            match tabs.table(index, &name, form) {
                Ok(table) => {
                    let headers = table.headers();
                    let headers = headers.map(|(at, header)| (at, header.to_owned()));
                    let left_out = table.left_out().map(str::to_owned);
                    tabs.tabs.push(Tab {
                        index,
                        form,
                        headers: headers.collect(),
                        left_out: left_out.collect(),
                        name,
                    });
                }
                Err(problem) => problems.push(on(Some(&name), problem).to_string()),
            }
        }
        match problems.is_empty() {
            true => Ok(tabs),
            false => Err(FileProblem::Format(problems.join("\n"))),
        }
    }

    fn table(&self, index: usize, name: &str, form: &'a Form) -> Result<Table<'a>, FileProblem> {
        let rows = Rows::Workbook(Workbook::open_sheet(&self.source, index)?);
        Table::open(rows, self.forms, Some(form), self.characters, Some(name))
    }

    pub(super) fn next(&mut self, settle: Option<&Settle<'_>>) -> Option<Row> {
        loop {
            if let Some(table) = &mut self.open {
                if let Some(row) = table.next(settle) {
                    return Some(row);
                }
                self.open = None;
            }
            let tab = self.tabs.get(self.next)?;
            match self.table(tab.index, &tab.name, tab.form) {
                Ok(table) => {
                    self.open = Some(Box::new(table));
                    self.next += 1;
                }
                Err(problem) => {
                    // It was sound a moment ago.
                    let told = problem.to_string();
                    let labels =
                        Labels::of_sheet(Default::default(), &tab.form.typing, Some(&tab.name));
                    self.next += 1;
                    let mut findings = Findings::new(1, &labels);
                    findings.add_at("", &told, "もう一度受け付けてください。");
                    return Some(refuse(1, Original::Torn(Vec::new()), findings));
                }
            }
        }
    }

    /// The headers of each sheet with their positions, less the one of the
    /// rejected file.
    pub(super) fn all_headers(&self) -> Vec<(String, Vec<(usize, String)>)> {
        let tabs = self.tabs.iter();
        tabs.map(|tab| (tab.name.clone(), tab.headers.clone()))
            .collect()
    }

    /// The headers of columns that are not read, each with its sheet.
    pub(super) fn left_out(&self) -> Vec<String> {
        let of = |tab: &Tab<'_>| -> Vec<String> {
            let named = |header: &String| format!("シート「{}」の「{header}」", tab.name);
            tab.left_out.iter().map(named).collect()
        };
        self.tabs.iter().flat_map(of).collect()
    }
}
