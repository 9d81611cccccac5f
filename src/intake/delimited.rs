//! CSV and TSV files, cut strictly.
//!
//! The `csv` crate reads leniently: `"山田"太郎` becomes 山田太郎, an unclosed
//! quote swallows the rows below it, and blank lines are missing from its
//! count. A row must come in exactly as it stands or be named with the number
//! Excel shows, so the cutting is ours; writing is left to the crate.
//! All delimiters are bytes that no second byte of CP932 can be, so rows are
//! cut before they are decoded.

use std::io::{self, Read};

use crate::text::charset::{Charset, CharsetError, Found};

use super::cell::{Cell, SheetRow};
use super::problem::FileProblem;
use super::source::Source;

const BLOCK: usize = 64 * 1024;
/// The longest row we take, in bytes.
const MAX_ROW: usize = 1024 * 1024;
/// The most fields of a row: as many as a sheet of Excel has columns.
const MAX_FIELDS: usize = 16_384;
/// How many faulty rows a message lists.
const LISTED: usize = 10;

/// A delimited file being read.
pub(super) struct Delimited {
    cutter: Cutter<Source>,
    charset: Charset,
    cut: Cut,
}

impl Delimited {
    /// Opens a file after looking all through it: for its encoding, and for
    /// quotes that make it uncertain where a row ends. One such quote may
    /// hide a neighbour's row, so it stops the file and not the row.
    pub(super) fn open(source: &Source, delimiter: u8) -> Result<Self, FileProblem> {
        let found = detect(source.again())?;
        let mut cutter = cutter(source, found, delimiter)?;
        let mut cut = Cut::default();
        let mut uncertain = Vec::new();
        while cutter.next(&mut cut)? {
            if cut.fault.is_some() && cut.spans_lines && uncertain.len() <= LISTED {
                uncertain.push(cut.row.to_string());
            }
        }
        if !uncertain.is_empty() {
            let more = if uncertain.len() > LISTED {
                " ほか"
            } else {
                ""
            };
            uncertain.truncate(LISTED);
            return Err(FileProblem::Damaged(format!(
                "{}行目{more}で、引用符「\"」が閉じていないか余分にあり、行の区切りが分かりません。引用符を直すか、Excel で開いて .xlsx で保存し直してください。",
                uncertain.join("、")
            )));
        }
        Ok(Delimited {
            cutter: self::cutter(source, found, delimiter)?,
            charset: found.charset,
            cut,
        })
    }

    /// The next row that is not a blank line.
    pub(super) fn next(&mut self) -> io::Result<Option<SheetRow>> {
        if !self.cutter.next(&mut self.cut)? {
            return Ok(None);
        }
        let charset = self.charset;
        let cells = self
            .cut
            .fields()
            .map(|bytes| cell(charset, bytes))
            .collect();
        Ok(Some(SheetRow {
            row: self.cut.row,
            cells,
            fault: self.cut.fault.map(Fault::words),
        }))
    }
}

fn detect(file: Source) -> Result<Found, FileProblem> {
    Charset::detect(file).map_err(|error| match error {
        CharsetError::Io(error) => FileProblem::Unreadable(error),
        CharsetError::Utf16 | CharsetError::Other(_) | CharsetError::NotText => {
            FileProblem::Format(error.to_string())
        }
    })
}

fn cutter(source: &Source, found: Found, delimiter: u8) -> io::Result<Cutter<Source>> {
    let mut file = source.again();
    let mut mark = [0; 3];
    file.read_exact(&mut mark[..found.mark])?;
    Ok(Cutter::new(file, delimiter))
}

fn cell(charset: Charset, bytes: &[u8]) -> Cell {
    match charset.decode(bytes) {
        Ok(text) => Cell::text(&text),
        Err(_) => Cell::Unusable {
            shown: charset.decode_lossily(bytes),
            problem: "文字コードとして正しくないデータが入っています。",
            remedy: "元のシステムで文字を確かめ、この欄を入力し直してください。",
        },
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Quote,
    Unclosed,
    TooLong,
    TooMany,
}

impl Fault {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Fault::Quote => (
                "引用符「\"」が余分にあります。",
                "値に引用符を含めるときは、値全体を「\"」で囲み、中の引用符を2つ重ねてください。",
            ),
            Fault::Unclosed => ("引用符「\"」が閉じていません。", "引用符を直してください。"),
            Fault::TooLong => (
                "1行が長すぎます(上限は1MB)。",
                "行の区切りと引用符を確かめてください。",
            ),
            Fault::TooMany => (
                "1行の列が多すぎます(上限は16,384列)。",
                "余分なコンマやタブを取り除いてください。",
            ),
        }
    }
}

/// One row, cut but not decoded. Its buffers are used again for the next.
#[derive(Default)]
struct Cut {
    row: u64,
    bytes: Vec<u8>,
    ends: Vec<usize>,
    fault: Option<Fault>,
    spans_lines: bool,
}

impl Cut {
    fn fields(&self) -> impl Iterator<Item = &[u8]> {
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let field = &self.bytes[start..*end];
            start = *end;
            field
        })
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
        self.fault = None;
        self.spans_lines = false;
    }

    /// Whether the field begun is a formula an export left, `="0126"`. The
    /// quotes are its own; what is wrong with it is told with its column.
    fn in_formula(&self) -> bool {
        let start = self.ends.last().copied().unwrap_or(0);
        self.bytes.get(start) == Some(&b'=')
    }

    fn push(&mut self, byte: u8) {
        if self.bytes.len() < MAX_ROW {
            self.bytes.push(byte);
        } else {
            self.fault = Some(Fault::TooLong);
        }
    }

    /// Ends the field begun.
    fn end_field(&mut self) {
        if self.ends.len() < MAX_FIELDS {
            self.ends.push(self.bytes.len());
        } else {
            self.fault = Some(Fault::TooMany);
        }
    }

    fn fault(&mut self, fault: Fault) {
        self.fault.get_or_insert(fault);
    }
}

#[derive(Clone, Copy)]
enum State {
    /// Before the first byte of a field.
    Start,
    Bare,
    Quoted,
    /// After a quote inside a quoted field: its end, or half of a doubled one.
    AfterQuote,
}

struct Cutter<R> {
    input: R,
    delimiter: u8,
    block: Vec<u8>,
    at: usize,
    filled: usize,
    row: u64,
}

impl<R: Read> Cutter<R> {
    fn new(input: R, delimiter: u8) -> Self {
        Cutter {
            input,
            delimiter,
            block: vec![0; BLOCK],
            at: 0,
            filled: 0,
            row: 0,
        }
    }

    /// Cuts the next row that is not a blank line; blank lines are counted.
    fn next(&mut self, cut: &mut Cut) -> io::Result<bool> {
        loop {
            cut.clear();
            let mut state = State::Start;
            let mut seen = false;
            let ended = loop {
                let Some(byte) = self.peek()? else {
                    break true;
                };
                self.at += 1;
                let line_end = byte == b'\n' || byte == b'\r';
                match state {
                    State::Quoted if byte == b'"' => state = State::AfterQuote,
                    State::Quoted => {
                        cut.spans_lines |= line_end;
                        cut.push(byte);
                    }
                    State::AfterQuote if byte == b'"' => {
                        cut.push(byte);
                        state = State::Quoted;
                    }
                    _ if line_end => {
                        if byte == b'\r' && self.peek()? == Some(b'\n') {
                            self.at += 1;
                        }
                        break false;
                    }
                    _ if byte == self.delimiter => {
                        cut.end_field();
                        state = State::Start;
                    }
                    State::Start if byte == b'"' => state = State::Quoted,
                    _ => {
                        let stray = byte == b'"' && !cut.in_formula();
                        if stray || matches!(state, State::AfterQuote) {
                            cut.fault(Fault::Quote);
                        }
                        cut.push(byte);
                        state = State::Bare;
                    }
                }
                seen = true;
            };
            if ended && !seen {
                return Ok(false);
            }
            self.row += 1;
            if seen {
                if matches!(state, State::Quoted) {
                    cut.fault(Fault::Unclosed);
                }
                cut.end_field();
                cut.row = self.row;
                return Ok(true);
            }
        }
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        while self.at == self.filled {
            match self.input.read(&mut self.block) {
                Ok(0) => return Ok(None),
                Ok(filled) => {
                    self.at = 0;
                    self.filled = filled;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self.block.get(self.at).copied())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(text: &[u8]) -> Vec<(u64, Vec<String>, Option<Fault>)> {
        let mut cutter = Cutter::new(text, b',');
        let mut row = Cut::default();
        let mut rows = Vec::new();
        while cutter.next(&mut row).unwrap() {
            let fields = row
                .fields()
                .map(|f| String::from_utf8_lossy(f).into_owned());
            rows.push((row.row, fields.collect(), row.fault));
        }
        rows
    }

    #[test]
    fn counts_rows_as_excel_does() {
        let rows = cut(b"a,b\r\n\r\n\"x\ny\",\"q\"\"q\"\n1,\n");
        let strings = |fields: &[&str]| fields.iter().map(|f| (*f).to_owned()).collect();
        assert_eq!(
            rows,
            [
                (1, strings(&["a", "b"]), None),
                (3, strings(&["x\ny", "q\"q"]), None),
                (4, strings(&["1", ""]), None),
            ]
        );
    }

    #[test]
    fn stray_quotes_are_faults() {
        for (text, fault) in [
            (&b"a\"b,c\n"[..], Fault::Quote),
            (b"\"a\"b,c\n", Fault::Quote),
            (b"\"a,b", Fault::Unclosed),
            (b"a=\"b\",c\n", Fault::Quote),
        ] {
            assert_eq!(cut(text)[0].2, Some(fault));
        }
        let formula = cut(b"x,=\"0126\",\"=\"\"1\"\"\"\n");
        assert_eq!(formula[0].1, ["x", "=\"0126\"", "=\"1\""]);
        assert_eq!(formula[0].2, None);
        let long = vec![b'x'; MAX_ROW + 2];
        assert_eq!(cut(&long)[0].2, Some(Fault::TooLong));
        let many = vec![b','; MAX_FIELDS - 1];
        assert_eq!(cut(&many)[0].2, None);
        let many = cut(&vec![b','; MAX_FIELDS * 3]);
        assert_eq!(many[0].2, Some(Fault::TooMany));
        assert_eq!(many[0].1.len(), MAX_FIELDS);
    }

    proptest! {
        #[test]
        fn reads_what_the_csv_crate_writes(rows in prop::collection::vec(prop::collection::vec(any::<String>(), 2), 1..5)) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let read = cut(&writer.into_inner().unwrap());
            let fields: Vec<_> = read.into_iter().map(|(_, fields, _)| fields).collect();
            prop_assert_eq!(fields, rows);
        }
    }
}
