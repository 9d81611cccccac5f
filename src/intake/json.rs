//! JSON files: one object, an array of objects, or an object a line.
//!
//! Entries are read one by one.

use std::io::{self, BufRead, BufReader, Read};

use serde::de::DeserializeSeed as _;
use serde_json::{Map, Value};

use crate::text::charset::{Charset, CharsetError, Found};

use super::problem::FileProblem;
use super::source::Source;
use super::strict::{Noted, Repeated, Strict};

/// The largest entry we take, in bytes.
const MAX_ENTRY: u64 = 1024 * 1024;

/// One entry of a JSON file.
pub(super) struct Entry {
    /// The entry's number, or its line in a file of lines.
    pub(super) number: u64,
    /// The object, or the line that is none.
    pub(super) content: Result<Map<String, Value>, Unread>,
    /// The keys that stand more than once in it, each with how often.
    pub(super) repeated: Vec<Repeated>,
}

/// A line that is no entry.
pub(super) struct Unread {
    /// The line, or as much of it as was read.
    pub(super) line: String,
    pub(super) why: Why,
}

/// Why an entry is not taken.
#[derive(Clone, Copy)]
pub(super) enum Why {
    /// It is no JSON object.
    NotAnObject,
    /// It has more bytes than an entry may have.
    TooLong,
    /// It has more values than an entry may have.
    TooMany,
}

impl Why {
    /// Problem and remedy.
    pub(super) fn words(self) -> (&'static str, &'static str) {
        match self {
            Why::NotAnObject => (
                "1件の JSON オブジェクトとして読めません。",
                "括弧、引用符、コンマと文字コード(UTF-8)を確かめてください。",
            ),
            Why::TooLong => (
                "長すぎます(1件は1MBまで)。",
                "記録でないものが混ざっていないか、引用符と括弧が閉じているかを確かめてください。",
            ),
            Why::TooMany => (
                "値が多すぎます(1件は10万個まで)。",
                "記録でないものが混ざっていないか、引用符と括弧が閉じているかを確かめてください。",
            ),
        }
    }
}

/// A JSON file being read.
pub(super) enum Json {
    /// One object or an array of them.
    Whole(Whole<BufReader<Source>>),
    /// An object a line.
    Lines(Lines<BufReader<Source>>),
}

impl Json {
    /// Opens `.json`. The file's syntax is checked to its end first: behind a
    /// broken bracket nothing can be told apart.
    pub(super) fn open(source: &Source) -> Result<Self, FileProblem> {
        let found = detect(source)?;
        let mut check = Whole::new(reader(source, found)?);
        let mut entries = 0;
        while check.next()?.is_some() {
            entries += 1;
        }
        if entries == 0 {
            return Err(empty());
        }
        Ok(Json::Whole(Whole::new(reader(source, found)?)))
    }

    /// Opens `.jsonl` or `.ndjson`.
    pub(super) fn open_lines(source: &Source) -> Result<Self, FileProblem> {
        let found = detect(source)?;
        let mut check = Lines::new(reader(source, found)?);
        if check.next()?.is_none() {
            return Err(empty());
        }
        Ok(Json::Lines(Lines::new(reader(source, found)?)))
    }

    /// The next entry.
    pub(super) fn next(&mut self) -> Result<Option<Entry>, FileProblem> {
        match self {
            Json::Whole(whole) => whole.next(),
            Json::Lines(lines) => Ok(lines.next()?),
        }
    }
}

fn empty() -> FileProblem {
    FileProblem::Empty("ファイルに記録が1件もありません。".to_owned())
}

fn reader(source: &Source, found: Found) -> io::Result<BufReader<Source>> {
    let mut reader = BufReader::new(source.again());
    io::copy(&mut (&mut reader).take(found.mark as u64), &mut io::sink())?;
    Ok(reader)
}

/// JSON is UTF-8 (RFC 8259).
fn detect(source: &Source) -> Result<Found, FileProblem> {
    let refusal = || {
        FileProblem::Format(
            "文字コードが UTF-8 ではありません。JSON は UTF-8 で保存し直してください。".to_owned(),
        )
    };
    match Charset::detect(source.again()) {
        Ok(found) if found.charset == Charset::Utf8 => Ok(found),
        Ok(_) | Err(CharsetError::Utf16 | CharsetError::Other(_) | CharsetError::NotText) => {
            Err(refusal())
        }
        Err(CharsetError::Io(error)) => Err(FileProblem::Unreadable(error)),
    }
}

/// A file that is one object or one array.
pub(super) struct Whole<R> {
    input: R,
    number: u64,
    place: Position,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    Start,
    InArray,
    End,
}

impl<R: BufRead> Whole<R> {
    fn new(input: R) -> Self {
        Whole {
            input,
            number: 0,
            place: Position::Start,
        }
    }

    fn next(&mut self) -> Result<Option<Entry>, FileProblem> {
        if self.place == Position::End {
            return Ok(None);
        }
        let started = self.place == Position::Start;
        match (self.peek()?, self.place) {
            (None, Position::Start) => return Err(empty()),
            (Some(b'['), Position::Start) => {
                self.input.consume(1);
                self.place = Position::InArray;
            }
            (Some(b'{'), Position::Start) => self.place = Position::End,
            (_, Position::Start) => {
                return Err(FileProblem::Damaged(
                    "JSON として読めません。先頭は「[」か「{」にしてください。".to_owned(),
                ));
            }
            _ => {}
        }
        if self.place == Position::InArray {
            let next = self.peek()?;
            match next {
                Some(b']') => {
                    self.input.consume(1);
                    self.place = Position::End;
                    return self.expect_end();
                }
                Some(b',') if !started => self.input.consume(1),
                Some(_) if started => {}
                _ => return Err(self.broken("前の記録との間に「,」がありません")),
            }
            if self.peek()? != Some(b'{') {
                return Err(self.broken("記録は「{」で始めてください"));
            }
        }
        self.number += 1;
        let mut noted = Noted::none();
        let object = self.object(&mut noted)?;
        if self.place == Position::End {
            self.expect_end()?;
        }
        Ok(Some(Entry {
            number: self.number,
            content: Ok(object),
            repeated: noted.repeated,
        }))
    }

    fn object(&mut self, noted: &mut Noted) -> Result<Map<String, Value>, FileProblem> {
        // An object ends with its bracket, so nothing behind it is consumed.
        let mut entry = (&mut self.input).take(MAX_ENTRY);
        let mut deserializer = serde_json::Deserializer::from_reader(&mut entry);
        let read = Strict(noted).deserialize(&mut deserializer);
        drop(deserializer);
        let why = if noted.is_over() {
            Some(Why::TooMany)
        } else {
            (entry.limit() == 0).then_some(Why::TooLong)
        };
        match (read, why) {
            (Ok(Value::Object(object)), _) => Ok(object),
            (Ok(_), _) => Err(FileProblem::Damaged(
                "記録は「{」で始めてください。".to_owned(),
            )),
            (Err(_), Some(why)) => {
                let (problem, remedy) = why.words();
                let number = self.number;
                Err(FileProblem::Damaged(format!(
                    "{number}件目：{problem}{remedy}"
                )))
            }
            (Err(error), None) => Err(self.unread(&error)),
        }
    }

    fn unread(&self, error: &serde_json::Error) -> FileProblem {
        if error.is_io() {
            return FileProblem::Damaged(format!(
                "{}件目を読めません。JSON は UTF-8 で保存し直してください。",
                self.number
            ));
        }
        FileProblem::Damaged(format!(
            "{}件目の先頭から{}行目の{}文字目で、JSON の書き方が正しくありません。括弧、引用符、コンマを確かめてください。",
            self.number,
            error.line(),
            error.column()
        ))
    }

    fn expect_end(&mut self) -> Result<Option<Entry>, FileProblem> {
        match self.peek()? {
            None => Ok(None),
            Some(_) => Err(self.broken(
                "最後の括弧の後に余分な文字があります。1行に1件の形なら、拡張子を .jsonl にしてください",
            )),
        }
    }

    fn broken(&self, what: &str) -> FileProblem {
        FileProblem::Damaged(format!(
            "{}件目の後で、JSON の書き方が正しくありません({what})。",
            self.number
        ))
    }

    /// The next byte that is no white space.
    fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                return Ok(None);
            }
            let white = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
            let skipped = buffer.iter().take_while(|byte| white(byte)).count();
            let found = buffer.get(skipped).copied();
            self.input.consume(skipped);
            if found.is_some() {
                return Ok(found);
            }
        }
    }
}

/// A file with an object a line.
pub(super) struct Lines<R> {
    input: R,
    number: u64,
    line: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    fn new(input: R) -> Self {
        Lines {
            input,
            number: 0,
            line: Vec::new(),
        }
    }

    fn next(&mut self) -> io::Result<Option<Entry>> {
        loop {
            self.line.clear();
            let read = (&mut self.input)
                .take(MAX_ENTRY)
                .read_until(b'\n', &mut self.line)?;
            if read == 0 {
                return Ok(None);
            }
            self.number += 1;
            let whole = self.line.last() == Some(&b'\n') || read as u64 != MAX_ENTRY;
            if !whole {
                self.input.skip_until(b'\n')?;
            }
            if self.line.trim_ascii().is_empty() {
                continue;
            }
            let mut noted = Noted::none();
            let content = parse_line(&self.line, whole, &mut noted);
            return Ok(Some(Entry {
                number: self.number,
                content,
                repeated: noted.repeated,
            }));
        }
    }
}

fn parse_line(line: &[u8], whole: bool, noted: &mut Noted) -> Result<Map<String, Value>, Unread> {
    let unread = |why| Unread {
        line: String::from_utf8_lossy(line.trim_ascii()).into_owned(),
        why,
    };
    if !whole {
        return Err(unread(Why::TooLong));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(line);
    match Strict(noted).deserialize(&mut deserializer) {
        Ok(Value::Object(object)) if deserializer.end().is_ok() => Ok(object),
        _ if noted.is_over() => Err(unread(Why::TooMany)),
        _ => Err(unread(Why::NotAnObject)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Map<String, Value>>, FileProblem> {
        let mut whole = Whole::new(text.as_bytes());
        let mut objects = Vec::new();
        while let Some(entry) = whole.next()? {
            objects.push(entry.content.ok().unwrap());
        }
        Ok(objects)
    }

    #[test]
    fn reads_an_object_and_an_array() {
        assert_eq!(read(" {\"a\":1} ").unwrap().len(), 1);
        let entries = read("[ {\"a\":\"]},{\"} ,\n{\"b\":[1,{}]}]\n").unwrap();
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[0]["a"], "]},{");
        assert_eq!(read("[]").unwrap().len(), 0);
    }

    #[test]
    fn refuses_broken_syntax() {
        for text in [
            "",
            "1",
            "[1]",
            "[{},]",
            "[{} {}]",
            "[{}",
            "[{}]x",
            "{}{}",
            "[{},{\"a\":]",
            "[,{}]",
            "{\"a\":\"\\uD800\"}",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_bad_line_is_one_entry() {
        let text = "{\"a\":1}\n\n{\"a\":\n[1]\n{\"a\":2}".as_bytes();
        let mut lines = Lines::new(text);
        let mut seen = Vec::new();
        while let Some(entry) = lines.next().unwrap() {
            seen.push((entry.number, entry.content.is_ok()));
        }
        assert_eq!(seen, [(1, true), (3, false), (4, false), (5, true)]);
    }
}
