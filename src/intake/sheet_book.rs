//! The workbook of empty sheets.

use rust_xlsxwriter::{
    ConditionalFormatFormula, DataValidation, DataValidationErrorStyle, DocProperties,
    ExcelDateTime, Format, FormatAlign, Formula, Workbook, Worksheet, XlsxError,
};

use crate::catalogue::Choice;

use super::cell::column_name;
use super::sheet_columns::{self, Column, Dropped, Tab};
use super::sheet_guide;

/// The last row of an Excel sheet, counted from 0.
const LAST_ROW: u32 = 1_048_575;
/// The last row whose cells are coloured, counted from 0.
const LAST_COLOURED: u32 = 1_999;
/// The hidden sheet that holds what drops down.
const LISTS: &str = "選択肢";
/// What a sheet is called that bears the name of no kind.
const ENTRY: &str = "入力";
/// The most characters of a sheet's name, of a message's title and of a
/// message.
const MOST: (usize, usize, usize) = (31, 32, 250);
/// The most characters of a list that stands in the cell's own rule.
const MOST_LIST: usize = 250;

/// Fills of headings: always needed, needed by some outcome, else.
const HEADINGS: [u32; 3] = [0x00F8_CBAD, 0x00FF_F2CC, 0x00E7_E6E6];
/// Fill of a cell the outcome needs, and of one it forbids.
const CELLS: [u32; 2] = [0x00FC_E4D6, 0x00A6_A6A6];

/// Makes the workbook.
pub(super) fn workbook(tabs: &[Tab<'_>]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // A fixed date: the same catalogue gives the same bytes.
    let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let mut lists = Lists::default();
    for tab in tabs {
        fill_entry_sheet(book.add_worksheet(), tab, &mut lists)?;
    }
    sheet_guide::fill_fields(book.add_worksheet().set_name("説明")?, tabs)?;
    if tabs.iter().any(|tab| tab.kind.is_some()) {
        sheet_guide::fill_outcomes(book.add_worksheet().set_name("結果区分と項目")?, tabs)?;
    }
    if !lists.columns.is_empty() {
        let sheet = book.add_worksheet().set_name(LISTS)?;
        lists.fill(sheet)?;
        sheet.set_hidden(true);
    }
    book.save_to_buffer()
}

/// What a sheet of a form is called: as its kind, so that it says of what kind
/// its rows are.
fn sheet_name<'a>(tab: &Tab<'a>) -> &'a str {
    let fits = |name: &&str| {
        let forbidden = |c: char| matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'');
        name.encode_utf16().count() <= MOST.0 && !name.contains(forbidden)
    };
    let named = [tab.form.name.as_str(), tab.form.code.as_str()];
    match tab.kind {
        Some(_) => named.into_iter().find(fits).unwrap_or(ENTRY),
        None => ENTRY,
    }
}

/// What drops down, column by column of the hidden sheet.
#[derive(Default)]
struct Lists {
    columns: Vec<(String, Vec<String>)>,
}

impl Lists {
    /// Adds a list and returns its column.
    fn add(&mut self, title: &str, entries: Vec<String>) -> usize {
        self.columns.push((title.to_owned(), entries));
        self.columns.len() - 1
    }

    fn fill(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let text = Format::new().set_num_format("@");
        for (column, (title, entries)) in (0u16..).zip(&self.columns) {
            sheet.write_string_with_format(0, column, title, &text)?;
            for (row, entry) in (1u32..).zip(entries) {
                sheet.write_string_with_format(row, column, entry, &text)?;
            }
        }
        Ok(())
    }
}

/// The range of rows 2 to `last` of columns of the hidden sheet.
fn range(first: usize, last: usize, rows: (usize, usize)) -> String {
    format!(
        "'{LISTS}'!${}${}:${}${}",
        column_name(first),
        rows.0,
        column_name(last),
        rows.1
    )
}

fn fill_entry_sheet(
    sheet: &mut Worksheet,
    tab: &Tab<'_>,
    lists: &mut Lists,
) -> Result<(), XlsxError> {
    sheet.set_name(sheet_name(tab))?;
    let text = Format::new()
        .set_num_format("@")
        .set_align(FormatAlign::Top)
        .set_text_wrap();
    let columns = sheet_columns::of(tab);
    let outcome = columns.iter().position(|c| c.about.name == "outcome");
    let grounds = grounds_list(tab, outcome, lists);
    for (place, column) in columns.iter().enumerate() {
        let at = u16::try_from(place).unwrap_or(u16::MAX);
        let fill = match (column.need.is_always, column.need.by.is_empty()) {
            (true, _) => HEADINGS[0],
            (false, false) => HEADINGS[1],
            (false, true) => HEADINGS[2],
        };
        let heading = Format::new()
            .set_bold()
            .set_num_format("@")
            .set_text_wrap()
            .set_align(FormatAlign::Top)
            .set_background_color(fill);
        sheet.set_column_format(at, &text)?;
        sheet.set_column_width(at, if column.is_wide { 36 } else { 18 })?;
        sheet.write_string_with_format(0, at, &column.title, &heading)?;
        let list = validation(column, grounds.as_deref(), lists)?;
        sheet.add_data_validation(1, at, LAST_ROW, at, &list)?;
        colour(sheet, tab, column, (place, columns.len(), outcome))?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

/// The list that drops down in a column, with what is said of its cells.
fn validation(
    column: &Column<'_>,
    grounds: Option<&str>,
    lists: &mut Lists,
) -> Result<DataValidation, XlsxError> {
    let rule = DataValidation::new();
    let rule = match &column.list {
        Dropped::Choices(choices) => from_list(rule, column, choices, lists)?
            .set_error_style(DataValidationErrorStyle::Warning)
            .set_error_title("一覧にない言葉です")?
            .set_error_message("一覧から選ぶか、言葉を確かめてください。")?,
        Dropped::Several(choices) => {
            from_list(rule, column, choices, lists)?.show_error_message(false)
        }
        Dropped::Grounds => match grounds {
            Some(formula) => rule.allow_list_formula(Formula::new(formula)),
            None => rule.allow_any_value(),
        }
        .show_error_message(false),
        Dropped::Nothing => rule.allow_any_value(),
    };
    let about = sheet_guide::said(column.about);
    let cut = |text: &str, most: usize| text.chars().take(most).collect::<String>();
    if about.is_empty() {
        return Ok(rule);
    }
    rule.set_input_title(cut(&column.title, MOST.1))?
        .set_input_message(cut(&about, MOST.2))
}

/// A list of choices: in the rule itself where it can hold it, which is 255
/// characters and no commas; else on the hidden sheet.
fn from_list(
    rule: DataValidation,
    column: &Column<'_>,
    choices: &[Choice],
    lists: &mut Lists,
) -> Result<DataValidation, XlsxError> {
    let labels: Vec<&str> = choices.iter().map(|choice| choice.label.as_str()).collect();
    let length: usize = labels
        .iter()
        .map(|label| label.encode_utf16().count() + 1)
        .sum();
    if length <= MOST_LIST && !labels.iter().any(|label| label.contains([',', '"'])) {
        return rule.allow_list_strings(&labels);
    }
    let entries: Vec<String> = labels.iter().map(|label| (*label).to_owned()).collect();
    let last = entries.len() + 1;
    let list = lists.add(&column.title, entries);
    let formula = format!("={}", range(list, list, (2, last)));
    Ok(rule.allow_list_formula(Formula::new(formula)))
}

/// What drops down as grounds: those of the outcome in the same row.
fn grounds_list(tab: &Tab<'_>, outcome: Option<usize>, lists: &mut Lists) -> Option<String> {
    let outcomes = tab.kind.map_or(&[][..], |kind| kind.outcomes.as_slice());
    let grounded: Vec<(&str, &Vec<String>)> = outcomes
        .iter()
        .zip(&tab.grounds)
        .filter(|(_, grounds)| !grounds.is_empty())
        .map(|(outcome, grounds)| (outcome.label.as_str(), grounds))
        .collect();
    let most = grounded.iter().map(|(_, grounds)| grounds.len()).max()?;
    let mut places = grounded
        .into_iter()
        .map(|(label, grounds)| lists.add(label, grounds.clone()));
    let first = places.next()?;
    let last = places.last().unwrap_or(first);
    if outcomes.len() == 1 {
        return Some(format!("={}", range(first, first, (2, most + 1))));
    }
    let typed = column_name(outcome?);
    let matched = format!("MATCH(${typed}2,{},0)", range(first, last, (1, 1)));
    let start = format!("'{LISTS}'!${}$2", column_name(first));
    let all = range(first, last, (2, most + 1));
    Some(format!(
        "=OFFSET({start},0,{matched}-1,COUNTA(INDEX({all},0,{matched})),1)"
    ))
}

/// Colours the cells of a column by the outcome of their row.
fn colour(
    sheet: &mut Worksheet,
    tab: &Tab<'_>,
    column: &Column<'_>,
    (place, width, outcome): (usize, usize, Option<usize>),
) -> Result<(), XlsxError> {
    let at = u16::try_from(place).unwrap_or(u16::MAX);
    let own = column_name(place);
    let outcomes = tab.kind.map_or(&[][..], |kind| kind.outcomes.as_slice());
    let is_one = |places: &[usize]| {
        let typed = column_name(outcome?);
        let labels = places.iter().filter_map(|place| outcomes.get(*place));
        let is = labels.map(|o| format!("${typed}2=\"{}\"", o.label.replace('"', "\"\"")));
        let is: Vec<String> = is.collect();
        (!is.is_empty()).then(|| format!("OR({})", is.join(",")))
    };
    let begun = format!("COUNTA($A2:${}2)>0", column_name(width.saturating_sub(1)));
    let needed = match column.need.is_always {
        true => Some(begun),
        false => is_one(&column.need.by),
    };
    let rules = [
        (
            needed.map(|needed| format!("=AND(LEN(${own}2)=0,{needed})")),
            CELLS[0],
        ),
        (
            is_one(&column.need.forbidden_by).map(|forbidden| format!("={forbidden}")),
            CELLS[1],
        ),
    ];
    for (rule, fill) in rules {
        if let Some(rule) = rule {
            let format = Format::new().set_background_color(fill);
            let rule = ConditionalFormatFormula::new()
                .set_rule(rule.as_str())
                .set_format(format);
            sheet.add_conditional_format(1, at, LAST_COLOURED, at, &rule)?;
        }
    }
    Ok(())
}
