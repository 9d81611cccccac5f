//! The workbook of a form to fill in (記入用紙): the fields and words of its
//! page, to be typed into, printed and handed in.
//!
//! Whoever fills it in writes into the coloured cells alone; the rest is
//! locked, without a password, so that nothing is overwritten by mistake. Every
//! cell is text: a number keeps its zeros and no formula runs.

use chrono::{Datelike as _, NaiveDate};
use rust_xlsxwriter::{
    DataValidation, DocProperties, ExcelDateTime, Format, ProtectionOptions, Workbook, Worksheet,
    XlsxError,
};

use super::paper_looks::{self, Looks, SMALL, USUAL};
use crate::domain::{PaperChoice, PaperEntry, PaperField, PaperNotes, PaperOption, PaperSheet};

/// What the sheet with the fields is called.
const FIELDS: &str = "用紙";
/// A box, and one that is ticked.
const BOX: [&str; 2] = ["□", "✓"];
/// Columns: titles of fields, boxes, titles of boxes, what is written.
const TITLE: u16 = 0;
const TICK: u16 = 1;
const CHOICE: u16 = 2;
const LAST: u16 = 3;
/// The row that says how to fill in, which is not printed.
const TYPING: u32 = 0;
/// The most characters of a list that stands in the cell's own rule.
const MOST_LIST: usize = 250;
/// The least room for a signature or a seal, in points: 15 millimetres.
const SIGNATURE: f64 = 42.5;
/// Points of a tenth of a millimetre.
const POINTS: f64 = 72.0 / 254.0;

/// Why there is no workbook, for staff. Words of a form's file that are too
/// long for a sheet, or a bug.
#[derive(Debug, thiserror::Error)]
#[error("Excel の用紙を作れません({0})。担当者に知らせてください。")]
pub struct PaperBookError(#[from] XlsxError);

/// Makes the workbook of a form, dated so: the same form gives the same bytes.
///
/// # Errors
/// [`PaperBookError`].
pub fn workbook(paper: &PaperSheet, date: NaiveDate) -> Result<Vec<u8>, PaperBookError> {
    let mut book = Workbook::new();
    let created = ExcelDateTime::from_ymd(
        u16::try_from(date.year()).unwrap_or(2000),
        u8::try_from(date.month()).unwrap_or(1),
        u8::try_from(date.day()).unwrap_or(1),
    )?;
    let about = DocProperties::new()
        .set_title(&paper.title)
        .set_author(&paper.society)
        .set_creation_datetime(&created);
    book.set_properties(&about);
    let looks = Looks::new();
    let mut rows = Rows {
        sheet: book.add_worksheet().set_name(FIELDS)?,
        looks: &looks,
        row: 0,
        by_hand: &paper.by_hand,
    };
    rows.fill(paper)?;
    if let Some(notes) = &paper.notes
        && notes.on_sheet.is_some()
    {
        let mut rows = Rows {
            sheet: book.add_worksheet().set_name(&notes.sheet)?,
            looks: &looks,
            row: 0,
            by_hand: "",
        };
        rows.note(notes)?;
        rows.set_up(0)?;
    }
    Ok(book.save_to_buffer()?)
}

/// A sheet that is filled row by row.
struct Rows<'a> {
    sheet: &'a mut Worksheet,
    looks: &'a Looks,
    row: u32,
    by_hand: &'a str,
}

impl Rows<'_> {
    fn fill(&mut self, paper: &PaperSheet) -> Result<(), XlsxError> {
        let looks = self.looks;
        self.line(TITLE, &paper.typing, &looks.small)?;
        self.line(TITLE, &paper.title, &looks.title)?;
        self.line(TITLE, &paper.addressee, &looks.plain)?;
        self.put((TITLE, CHOICE), &paper.date_title, &looks.right)?;
        self.put((LAST, LAST), &paper.day, &looks.input)?;
        self.sheet.set_selection(self.row, LAST, self.row, LAST)?;
        self.end(USUAL)?;
        let opening = format!("　{}", paper.opening);
        self.line(TITLE, &opening, &looks.plain)?;
        for part in &paper.parts {
            if let Some(title) = &part.title {
                self.line(TITLE, title, &looks.heading)?;
            }
            for field in &part.fields {
                self.field(field)?;
            }
        }
        match &paper.notes {
            Some(notes) if notes.on_sheet.is_none() => self.note(notes)?,
            Some(notes) => {
                let where_they_are = notes.on_sheet.as_deref().unwrap_or_default();
                self.line(TITLE, where_they_are, &looks.small)?;
            }
            None => {}
        }
        self.end(USUAL / 2.0)?;
        let hand_in = format!(
            "{}　{}",
            paper.hand_in.title,
            paper.hand_in.lines.join("\n")
        );
        self.line(TITLE, &hand_in, &looks.boxed)?;
        for field in &paper.office {
            self.put((TITLE, TITLE), &field.title, &looks.label)?;
            let value = field.value.as_deref().unwrap_or_default();
            self.put((TICK, LAST), value, &looks.boxed)?;
            let lines = field.title.lines().count();
            self.end(SMALL * lines as f64 + 6.0)?;
        }
        self.set_up(TYPING + 1)
    }

    fn note(&mut self, notes: &PaperNotes) -> Result<(), XlsxError> {
        self.line(TITLE, &notes.title, &self.looks.heading)?;
        for (number, item) in (1..).zip(&notes.items) {
            self.line(TITLE, &format!("({number})　{item}"), &self.looks.plain)?;
        }
        Ok(())
    }

    /// A field: what is written in it, and its title beside all of that.
    fn field(&mut self, field: &PaperField) -> Result<(), XlsxError> {
        let first = self.row;
        let height = f64::from(field.height) * POINTS;
        let hint = field.hint.as_deref();
        let by_hand = field.by_hand.then_some(self.by_hand);
        let hints: Vec<&str> = hint.into_iter().chain(by_hand).collect();
        for hint in &hints {
            self.line(TICK, hint, &self.looks.hint)?;
        }
        let left = match field.by_hand {
            true => height.max(SIGNATURE),
            false => (height - SMALL * hints.len() as f64).max(USUAL),
        };
        match &field.entry {
            PaperEntry::Text { value } => {
                let look = match field.by_hand {
                    true => &self.looks.boxed,
                    false => &self.looks.input,
                };
                self.written((TICK, LAST), value.as_deref(), look, left)?;
            }
            PaperEntry::Lines { lines } => {
                let each = left / lines.len().max(1) as f64;
                for line in lines {
                    self.written((TICK, LAST), Some(line), &self.looks.input, each)?;
                }
            }
            PaperEntry::Address {
                postal_code,
                address,
            } => {
                self.put((TICK, TICK), "〒", &self.looks.tick_title)?;
                self.written((CHOICE, LAST), Some(postal_code), &self.looks.input, USUAL)?;
                let address = address.as_deref();
                self.written((TICK, LAST), address, &self.looks.input, left - USUAL)?;
            }
            PaperEntry::Choice(choice) => match dropped(choice) {
                Some(list) => self.dropped(choice, &list)?,
                None => self.boxes(&choice.options, 0)?,
            },
        }
        let rows = (first, self.row - 1);
        self.put_at(rows, (TITLE, TITLE), &field.title, &self.looks.label)
    }

    /// Choices of which one is taken: they drop down, and stand below for
    /// whoever reads the printed sheet.
    fn dropped(&mut self, choice: &PaperChoice, list: &DataValidation) -> Result<(), XlsxError> {
        let taken = choice.options.iter().find(|option| option.ticked);
        let taken = taken.map(|option| option.title.as_str());
        self.sheet
            .add_data_validation(self.row, TICK, self.row, TICK, list)?;
        self.written((TICK, LAST), taken, &self.looks.input, USUAL)?;
        let titles: Vec<&str> = titles(choice).collect();
        self.line(TICK, &titles.join("／"), &self.looks.hint)
    }

    /// Boxes to tick, each with what is written behind it and the boxes that
    /// are a part of it.
    fn boxes(&mut self, options: &[PaperOption], depth: usize) -> Result<(), XlsxError> {
        let looks = self.looks;
        let list = DataValidation::new()
            .allow_list_strings(&BOX)?
            .set_error_title("□と✓のどちらでもありません")?
            .set_error_message("□か✓を、一覧から選んでください。")?;
        for option in options {
            let mark = BOX[usize::from(option.ticked)];
            self.sheet
                .add_data_validation(self.row, TICK, self.row, TICK, &list)?;
            self.put((TICK, TICK), mark, &looks.tick)?;
            let title = format!("{}{}", "　".repeat(depth), option.title);
            match option.write.as_deref() {
                Some("") if !option.below => {
                    self.put((CHOICE, CHOICE), &title, &looks.tick_title)?;
                    self.written((LAST, LAST), None, &looks.input, USUAL)?;
                }
                Some(before) => {
                    self.line(CHOICE, &title, &looks.tick_title)?;
                    self.put((TICK, TICK), "", &looks.tick_title)?;
                    self.room(before)?;
                }
                None => self.line(CHOICE, &title, &looks.tick_title)?,
            }
            self.boxes(&option.options, depth + 1)?;
        }
        Ok(())
    }

    /// Room to write, with the words before it.
    fn room(&mut self, before: &str) -> Result<(), XlsxError> {
        let looks = self.looks;
        if before.is_empty() {
            return self.written((CHOICE, LAST), None, &looks.input, 2.0 * USUAL);
        }
        self.put((CHOICE, CHOICE), before, &looks.tick_title)?;
        self.written((LAST, LAST), None, &looks.input, USUAL)
    }

    /// A row of one text up to the last column, as high as the text is.
    fn line(&mut self, from: u16, text: &str, look: &Format) -> Result<(), XlsxError> {
        self.put((from, LAST), text, look)?;
        let line = match *look == self.looks.hint || *look == self.looks.small {
            true => SMALL,
            false => USUAL,
        };
        let spare = match look {
            look if *look == self.looks.title => USUAL,
            look if *look == self.looks.heading => USUAL / 3.0,
            _ => 0.0,
        };
        self.end(paper_looks::lines(text, from, LAST) * line + spare)
    }

    /// What is written, at least this high, as the end of its row.
    fn written(
        &mut self,
        columns: (u16, u16),
        text: Option<&str>,
        look: &Format,
        height: f64,
    ) -> Result<(), XlsxError> {
        let text = text.unwrap_or_default();
        self.put(columns, text, look)?;
        let lines = paper_looks::lines(text, columns.0, columns.1);
        self.end(height.max(lines * USUAL))
    }

    fn put(&mut self, columns: (u16, u16), text: &str, look: &Format) -> Result<(), XlsxError> {
        self.put_at((self.row, self.row), columns, text, look)
    }

    fn put_at(
        &mut self,
        rows: (u32, u32),
        columns: (u16, u16),
        text: &str,
        look: &Format,
    ) -> Result<(), XlsxError> {
        match rows.0 == rows.1 && columns.0 == columns.1 {
            true => self
                .sheet
                .write_string_with_format(rows.0, columns.0, text, look)?,
            false => self
                .sheet
                .merge_range(rows.0, columns.0, rows.1, columns.1, text, look)?,
        };
        Ok(())
    }

    fn end(&mut self, height: f64) -> Result<(), XlsxError> {
        self.sheet
            .set_row_height(self.row, height.min(paper_looks::HIGHEST))?;
        self.row += 1;
        Ok(())
    }

    /// The sheet as it is printed and locked; printing begins at this row.
    fn set_up(&mut self, printed_from: u32) -> Result<(), XlsxError> {
        for (column, width) in (0u16..).zip(paper_looks::WIDTHS) {
            self.sheet.set_column_width(column, width)?;
        }
        self.sheet.set_paper_size(paper_looks::A4);
        let (sides, ends, edges) = paper_looks::MARGINS;
        self.sheet
            .set_margins(sides, sides, ends, ends, edges, edges);
        self.sheet.set_print_fit_to_pages(1, 1);
        self.sheet.set_print_center_horizontally(true);
        // The colours of the cells to fill in are for the screen.
        self.sheet.set_print_black_and_white(true);
        self.sheet.set_screen_gridlines(false);
        let last = self.row.saturating_sub(1);
        self.sheet.set_print_area(printed_from, TITLE, last, LAST)?;
        let mut lock = ProtectionOptions::new();
        (lock.format_rows, lock.format_columns) = (true, true);
        self.sheet.protect_with_options(&lock);
        Ok(())
    }
}

fn titles(choice: &PaperChoice) -> impl Iterator<Item = &str> {
    choice.options.iter().map(|option| option.title.as_str())
}

/// The list that drops down where one of several plain titles is taken and a
/// cell can hold them all.
fn dropped(choice: &PaperChoice) -> Option<DataValidation> {
    let plain = |option: &PaperOption| option.write.is_none() && option.options.is_empty();
    let titles: Vec<&str> = titles(choice).collect();
    let length: usize = titles
        .iter()
        .map(|title| title.encode_utf16().count() + 1)
        .sum();
    let fits = length <= MOST_LIST && !titles.iter().any(|title| title.contains([',', '"']));
    let ticked = choice.options.iter().filter(|option| option.ticked).count();
    if !choice.exclusive || !fits || ticked > 1 || !choice.options.iter().all(plain) {
        return None;
    }
    let list = DataValidation::new().allow_list_strings(&titles).ok()?;
    list.set_error_title("一覧にない言葉です")
        .and_then(|list| list.set_error_message("一覧から選んでください。"))
        .ok()
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read as _};

    use calamine::{Reader as _, Xlsx};

    use super::*;
    use crate::domain::{OfficeField, PaperBox, PaperPart};

    fn paper(value: &str) -> PaperSheet {
        let field = PaperField {
            title: "氏名".to_owned(),
            height: 105,
            hint: None,
            top: false,
            by_hand: false,
            entry: PaperEntry::Text {
                value: Some(value.to_owned()),
            },
        };
        PaperSheet {
            title: "見本".to_owned(),
            society: "見本健康保険組合".to_owned(),
            addressee: "見本健康保険組合　理事長　様".to_owned(),
            date_title: "記入日".to_owned(),
            day: "年　月　日".to_owned(),
            opening: "請求します。".to_owned(),
            parts: vec![PaperPart {
                title: None,
                fields: vec![field],
            }],
            notes: None,
            hand_in: PaperBox {
                title: "提出先".to_owned(),
                lines: vec!["見本".to_owned()],
            },
            office: vec![OfficeField {
                title: "受付番号".to_owned(),
                value: Some("=2+2".to_owned()),
            }],
            typing: "入力してください。".to_owned(),
            by_hand: String::new(),
        }
    }

    fn made(value: &str) -> Vec<u8> {
        let day = NaiveDate::from_ymd_opt(2026, 11, 24).expect("a day");
        workbook(&paper(value), day).expect("a workbook")
    }

    #[test]
    fn no_text_is_run_as_a_formula_and_none_is_changed() {
        for value in [
            "=1+1",
            "+81",
            "-2号",
            "@SUM(A1)",
            "=HYPERLINK(\"http://example.jp\")",
            "007",
            "'見本",
        ] {
            let bytes = made(value);
            let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.clone())).expect("opens");
            let range = book.worksheet_range_at(0).expect("a sheet").expect("reads");
            let texts: Vec<String> = range.used_cells().map(|cell| cell.2.to_string()).collect();
            assert!(texts.contains(&value.to_owned()), "{texts:?}");
            let mut package = zip::ZipArchive::new(Cursor::new(bytes)).expect("a package");
            let mut sheet = String::new();
            let mut entry = package.by_name("xl/worksheets/sheet1.xml").expect("there");
            entry.read_to_string(&mut sheet).expect("text");
            assert!(!sheet.contains("<f>"), "{sheet}");
        }
    }

    #[test]
    fn the_same_form_gives_the_same_bytes() {
        assert!(made("見本 太郎") == made("見本 太郎"));
        assert!(made("見本 太郎") != made("見本 次郎"));
    }

    #[test]
    fn a_long_text_makes_its_row_higher() {
        let short = paper_looks::lines("見本", TICK, LAST);
        let long = paper_looks::lines(&"見本".repeat(60), TICK, LAST);
        assert!((short, long) == (1.0, 4.0), "{short} {long}");
    }
}
