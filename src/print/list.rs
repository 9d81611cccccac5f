//! The list beside a print file: which letter is on which sheets, and which
//! are not in it.
//!
//! It lies about near a printer and is opened in a spreadsheet, so it has
//! references, numbers and postal codes and no name, and no cell of it is
//! taken for a formula, a number or a date.

use std::io;

use super::{KeptOut, WhyKeptOut};
use crate::domain::KeptBack;
use crate::store::PostLetter;

const HEADINGS: [&str; 10] = [
    "順番",
    "ファイル",
    "書簡番号",
    "文書番号",
    "郵便番号",
    "開始ページ",
    "ページ数",
    "開始枚",
    "枚数",
    "印刷していない理由",
];

/// Where a letter stands in a file. Pages and sheets are counted from 1 in
/// each file, blank backs among the pages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Position {
    pub page: u64,
    pub sheet: u64,
    pub sheets: u64,
}

/// A list in the making.
pub(super) struct List {
    writer: csv::Writer<Vec<u8>>,
    place: u64,
}

impl List {
    pub(super) fn new() -> io::Result<Self> {
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            // Without it Excel takes the file for CP932.
            .from_writer("\u{FEFF}".as_bytes().to_vec());
        writer.write_record(HEADINGS)?;
        Ok(List { writer, place: 0 })
    }

    /// A letter that is in `file`.
    pub(super) fn add(&mut self, file: &str, letter: &PostLetter, at: Position) -> io::Result<()> {
        self.place += 1;
        Ok(self.writer.write_record([
            self.place.to_string(),
            file.to_owned(),
            letter.id.to_string(),
            inert(&letter.number),
            hyphenated(&letter.postal_code),
            at.page.to_string(),
            letter.pages.to_string(),
            at.sheet.to_string(),
            at.sheets.to_string(),
            String::new(),
        ])?)
    }

    /// A letter that is in no file. Which flag keeps it out is not written
    /// here: the list may lie about.
    pub(super) fn add_kept_out(&mut self, letter: &KeptOut) -> io::Result<()> {
        let reason = match letter.why {
            WhyKeptOut::KeptBack(KeptBack::Unreadable) => "保存した記録を読めません",
            WhyKeptOut::KeptBack(KeptBack::Mistaken | KeptBack::Contradicted) => {
                "請求の登録と合わないため、送付を止めています"
            }
            WhyKeptOut::KeptBack(KeptBack::Unfit(_)) => {
                "請求の本人・代理人について登録したことと合いません"
            }
            WhyKeptOut::KeptBack(KeptBack::Differs(_)) => "保存されていることが互いに合いません",
            WhyKeptOut::KeptBack(KeptBack::DatePassed(_)) => "期限などの日が過ぎています",
            WhyKeptOut::KeptBack(_) => "送付を止める登録があります",
            WhyKeptOut::Missing => "保存したPDFがありません",
            WhyKeptOut::Damaged => "保存したPDFが壊れています",
            WhyKeptOut::Withheld(_) | WhyKeptOut::Unreadable(_) => "保存したPDFを読めません",
        };
        let mut row = [""; 10].map(str::to_owned);
        row[2] = letter.id.to_string();
        row[3] = inert(&letter.number);
        row[9] = reason.to_owned();
        Ok(self.writer.write_record(row)?)
    }

    pub(super) fn finish(self) -> io::Result<Vec<u8>> {
        self.writer
            .into_inner()
            .map_err(csv::IntoInnerError::into_error)
    }
}

/// Text a spreadsheet does not calculate. Numbers begin as the profile says.
fn inert(text: &str) -> String {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => format!("'{text}"),
        _ => text.to_owned(),
    }
}

/// With its hyphen, a spreadsheet keeps the zero a postal code begins with.
fn hyphenated(postal_code: &str) -> String {
    match postal_code.split_at_checked(3) {
        Some((head, tail)) if !tail.is_empty() => format!("{head}-{tail}"),
        _ => postal_code.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_calculated_and_no_zero_is_lost() {
        for text in ["=1+2", "+81", "-1", "@SUM(A1)", "\t=1"] {
            assert_eq!(inert(text), format!("'{text}"));
        }
        for text in ["群農健発第1号", "第=1号", ""] {
            assert_eq!(inert(text), text);
        }
        assert_eq!(hyphenated("0600001"), "060-0001");
        assert_eq!(hyphenated(""), "");
    }
}
