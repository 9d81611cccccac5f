//! What a sheet says of its cells beyond their values: what is hidden, what
//! is a formula, what is an error.
//!
//! It is read beside the values, cell by cell, so it takes cells apart just
//! as `calamine` does.

use std::io::BufRead;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::xml::{Broken, is_true, raw_attribute};

/// How much of a formula is shown to staff.
const SHOWN: usize = 200;
/// How much of a value is looked at; it tells a zero from another number.
const LOOKED_AT: usize = 16;
/// Columns whose hiding is remembered; those behind them are looked at as one.
pub(super) const MAX_COLUMNS: usize = 1024;

/// The markup of a sheet, cell by cell.
pub(super) struct Markup<R> {
    xml: Reader<R>,
    buffer: Vec<u8>,
    inner: Vec<u8>,
    to_compute: bool,
    hidden_columns: Vec<bool>,
    row: u64,
    column: usize,
    row_is_hidden: bool,
}

/// What a sheet says of one cell.
#[derive(Debug, Default)]
pub(super) struct CellMarkup {
    /// The row as the sheet shows it.
    pub(super) row: u64,
    /// The column, counted from 0.
    pub(super) column: usize,
    pub(super) row_is_hidden: bool,
    kind: String,
    formula: Option<Formula>,
    value: Option<String>,
    inline: bool,
    to_compute: bool,
}

#[derive(Debug, Default)]
struct Formula {
    text: String,
    /// The cells it fills, if it is an array formula.
    fills: Option<String>,
}

impl<R: BufRead> Markup<R> {
    /// Reads up to the first row.
    pub(super) fn new(mut xml: Reader<R>, to_compute: bool) -> Result<Self, Broken> {
        let mut hidden_columns = vec![false; MAX_COLUMNS + 1];
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            match xml.read_event_into(&mut buffer)? {
                Event::Start(element) => match element.local_name().as_ref() {
                    "col" if is_hidden(&element, "width") => hide(&mut hidden_columns, &element),
                    "sheetData" => break,
                    _ => {}
                },
                Event::Eof => return Err(Broken),
                _ => {}
            }
        }
        Ok(Markup {
            xml,
            buffer,
            inner: Vec::new(),
            to_compute,
            hidden_columns,
            row: 0,
            column: 0,
            row_is_hidden: false,
        })
    }

    /// Whether a column, counted from 0, is hidden.
    pub(super) fn is_hidden_column(&self, column: usize) -> bool {
        let hidden = self.hidden_columns.get(column.min(MAX_COLUMNS));
        hidden.copied().unwrap_or(false)
    }

    /// The next cell, whether or not it has a value.
    pub(super) fn next(&mut self) -> Result<Option<CellMarkup>, Broken> {
        loop {
            self.buffer.clear();
            match self.xml.read_event_into(&mut self.buffer)? {
                Event::Start(element) if element.local_name().as_ref() == "row" => {
                    if let Some(row) = raw_attribute(&element, "r") {
                        self.row = digits_of(&row).saturating_sub(1);
                    }
                    self.row_is_hidden = is_hidden(&element, "ht");
                }
                Event::End(element) if element.local_name().as_ref() == "row" => {
                    self.row += 1;
                    self.column = 0;
                    self.row_is_hidden = false;
                }
                Event::Start(element) if element.local_name().as_ref() == "c" => {
                    let mut cell = CellMarkup {
                        row: self.row + 1,
                        column: self.column,
                        row_is_hidden: self.row_is_hidden,
                        kind: raw_attribute(&element, "t").unwrap_or_default(),
                        to_compute: self.to_compute,
                        ..CellMarkup::default()
                    };
                    if let Some(place) = raw_attribute(&element, "r") {
                        cell.row = digits_of(&place);
                        cell.column = column_of(&place);
                        self.column = cell.column;
                    }
                    self.read_cell(&mut cell)?;
                    self.column = self.column.saturating_add(1);
                    return Ok(Some(cell));
                }
                Event::End(element) if element.local_name().as_ref() == "sheetData" => {
                    return Ok(None);
                }
                Event::Eof => return Err(Broken),
                _ => {}
            }
        }
    }

    fn read_cell(&mut self, cell: &mut CellMarkup) -> Result<(), Broken> {
        loop {
            self.inner.clear();
            match self.xml.read_event_into(&mut self.inner)? {
                Event::Start(element) => match element.local_name().as_ref() {
                    "f" => {
                        let array = raw_attribute(&element, "t").as_deref() == Some("array");
                        let fills = raw_attribute(&element, "ref").filter(|_| array);
                        let text = self.text(SHOWN)?;
                        cell.formula = Some(Formula { text, fills });
                    }
                    "v" => cell.value = Some(self.text(LOOKED_AT)?),
                    "is" => cell.inline |= !self.text(LOOKED_AT)?.is_empty(),
                    _ => {}
                },
                Event::End(element) if element.local_name().as_ref() == "c" => return Ok(()),
                Event::Eof => return Err(Broken),
                _ => {}
            }
        }
    }

    /// The text up to the end of the element just begun, cut short.
    fn text(&mut self, most: usize) -> Result<String, Broken> {
        let mut text = String::new();
        let mut depth = 0;
        loop {
            self.inner.clear();
            match self.xml.read_event_into(&mut self.inner)? {
                Event::Text(part) => push(&mut text, &part.xml10_content(), most),
                Event::CData(part) => push(&mut text, &part.xml10_content(), most),
                Event::GeneralRef(part) => {
                    let named = format!("&{};", part.xml10_content());
                    let resolved = quick_xml::escape::unescape(&named);
                    push(&mut text, &resolved.unwrap_or_default(), most);
                }
                Event::Start(_) => depth += 1,
                Event::End(_) if depth == 0 => return Ok(text),
                Event::End(_) => depth -= 1,
                Event::Eof => return Err(Broken),
                _ => {}
            }
        }
    }
}

impl CellMarkup {
    /// Whether the cell holds an error value.
    pub(super) fn is_error(&self) -> bool {
        self.kind == "e"
    }

    /// An error value as it stands.
    pub(super) fn error(&self) -> &str {
        self.value.as_deref().unwrap_or_default()
    }

    /// Whether the file has a value for the cell. A text that was computed
    /// and is empty is one.
    pub(super) fn has_value(&self) -> bool {
        let value = self.value.as_deref();
        self.inline
            || value.is_some_and(|value| !value.trim().is_empty())
            || (self.kind == "str" && value.is_some())
    }

    /// A formula whose value is not known: none was written, or the zero or
    /// the empty text that some writers put in the place of one. Excel writes
    /// a zero without a decimal point, and no workbook of its own asks to be
    /// computed.
    pub(super) fn uncomputed(&self) -> Option<String> {
        let formula = self.formula.as_ref()?;
        let value = self.value.as_deref().unwrap_or_default().trim();
        let in_place_of_one = match self.kind.as_str() {
            "" | "n" => value == "0.0" || (value == "0" && self.to_compute),
            "str" => value.is_empty() && self.to_compute,
            _ => false,
        };
        (!self.has_value() || in_place_of_one).then(|| format!("={}", formula.text))
    }

    /// The cells beyond its own that an array formula without a value fills.
    pub(super) fn fills_others(&self) -> Option<&str> {
        let fills = self.formula.as_ref()?.fills.as_deref()?;
        let several = fills.split_once(':').is_some_and(|(from, to)| from != to);
        (several && self.uncomputed().is_some()).then_some(fills)
    }

    /// Whether the cell has something in it that must not be taken for
    /// nothing.
    pub(super) fn is_filled(&self) -> bool {
        self.inline || self.value.as_deref().is_some_and(|value| !value.is_empty())
    }
}

/// Hidden by its mark, or by a width or height of nothing.
fn is_hidden(element: &BytesStart<'_>, size: &str) -> bool {
    let size = raw_attribute(element, size);
    is_true(raw_attribute(element, "hidden"))
        || size.is_some_and(|size| size.trim().parse::<f64>().is_ok_and(|size| size == 0.0))
}

fn hide(columns: &mut [bool], element: &BytesStart<'_>) {
    let place = |name| {
        let number = raw_attribute(element, name)?.trim().parse::<usize>().ok()?;
        number.checked_sub(1)
    };
    if let (Some(first), Some(last)) = (place("min"), place("max")) {
        let end = last.saturating_add(1).min(columns.len());
        let hidden = columns.get_mut(first.min(end)..end).unwrap_or_default();
        hidden.fill(true);
    }
}

fn push(text: &mut String, part: &str, most: usize) {
    let room = most.saturating_sub(text.chars().count());
    text.extend(part.chars().take(room));
}

/// The row of a reference such as `B12`.
fn digits_of(place: &str) -> u64 {
    let digits = place.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    digits.parse().unwrap_or(u64::MAX)
}

/// The column of a reference such as `B12`, counted from 0.
fn column_of(place: &str) -> usize {
    let letters = place.bytes().take_while(u8::is_ascii_alphabetic);
    letters
        .fold(0, |column: usize, letter| {
            let number = usize::from(letter.to_ascii_uppercase() - b'A') + 1;
            column.saturating_mul(26).saturating_add(number)
        })
        .saturating_sub(1)
}
