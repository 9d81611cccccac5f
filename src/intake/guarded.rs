//! A bound on what a workbook's markup may hold.
//!
//! The readers of workbooks keep each piece of markup in memory: a tag with
//! its attributes, a comment, a text; and all pieces of one string as one. Both
//! can be of any length, and what is packed into a file of two megabytes may
//! unpack to gigabytes. So the bytes of a part are looked at as they are
//! unpacked, before anybody keeps them; the sizes a package declares are not
//! believed.

use std::io::{self, Read};

use memchr::{memchr, memchr3};

/// The longest piece of markup, in bytes. A cell holds 32,767 characters.
const MOST_PIECE: usize = 1024 * 1024;

/// The longest string with the markup of all its pieces, in bytes: a cell in
/// which each character is formatted by itself.
const MOST_STRING: usize = 16 * 1024 * 1024;

/// As much of a tag's name as tells it from others.
const NAME: usize = 16;

/// What a part holds too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum TooMuch {
    /// Bytes, of all parts together.
    #[error("more bytes than a workbook may unpack to")]
    Bytes,
    /// Bytes of one piece of markup or of one string.
    #[error("a value longer than any cell")]
    Value,
    /// Strings.
    #[error("more strings than a workbook may have")]
    Strings,
}

/// What was counted in a part.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Counted {
    pub(super) bytes: u64,
    pub(super) strings: u64,
}

/// Counts a part to its end.
///
/// # Errors
/// `Ok(Err)` when it holds too much; else what the package or file says.
pub(super) fn count(
    part: impl Read,
    most_bytes: u64,
    most_strings: u64,
) -> io::Result<Result<Counted, TooMuch>> {
    let mut part = part.take(most_bytes.saturating_add(1));
    let mut pieces = Pieces::default();
    let mut counted = Counted::default();
    let mut block = vec![0; 64 * 1024];
    loop {
        let length = match part.read(&mut block) {
            Ok(0) => return Ok(Ok(counted)),
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        counted.bytes += length as u64;
        if counted.bytes > most_bytes {
            return Ok(Err(TooMuch::Bytes));
        }
        if !pieces.are_short(block.get(..length).unwrap_or_default()) {
            return Ok(Err(TooMuch::Value));
        }
        counted.strings = pieces.strings;
        if counted.strings > most_strings {
            return Ok(Err(TooMuch::Strings));
        }
    }
}

/// Where in the markup the last byte was.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Place {
    #[default]
    Text,
    /// Behind `<`, as long as it is not clear what begins.
    Name,
    Tag,
    /// In an attribute's value, with the quote that ends it.
    Quoted(u8),
    /// Up to these two bytes and `>`: a comment or a run of raw text.
    UpTo([u8; 2]),
    Instruction,
    /// A declaration; no workbook has one, so it ends nowhere.
    Declaration,
}

#[derive(Debug, Default)]
struct Pieces {
    place: Place,
    name: Vec<u8>,
    /// The last two bytes.
    last: [u8; 2],
    /// Bytes of the present piece.
    piece: usize,
    /// Bytes of the present string or cell, if one is open.
    string: Option<usize>,
    strings: u64,
}

impl Pieces {
    /// Goes through the next bytes; no, once something was too long.
    fn are_short(&mut self, mut bytes: &[u8]) -> bool {
        while !bytes.is_empty() {
            let in_markup = self.place != Place::Text;
            let used = self.step(bytes);
            let (done, rest) = bytes.split_at(used);
            match done {
                [.., before, last] => self.last = [*before, *last],
                [last] => self.last = [self.last[1], *last],
                [] => {}
            }
            self.piece += used;
            self.string = self.string.map(|length| length + used);
            if self.piece > MOST_PIECE || self.string.is_some_and(|length| length > MOST_STRING) {
                return false;
            }
            bytes = rest;
            if in_markup && self.place == Place::Text {
                self.piece = 0;
            }
        }
        true
    }

    /// Goes on to the next byte that changes the place, and says how many
    /// bytes that took; none if the place alone changed.
    fn step(&mut self, bytes: &[u8]) -> usize {
        match self.place {
            Place::Text => match memchr(b'<', bytes) {
                Some(at) => {
                    self.place = Place::Name;
                    self.name.clear();
                    at + 1
                }
                None => bytes.len(),
            },
            Place::Name => self.step_name(bytes),
            Place::Tag => match memchr3(b'>', b'"', b'\'', bytes) {
                Some(at) => {
                    let found = bytes.get(at).copied().unwrap_or_default();
                    if found == b'>' {
                        let before = match at {
                            0 => self.last[1],
                            _ => bytes.get(at - 1).copied().unwrap_or_default(),
                        };
                        if before == b'/' {
                            self.end_string();
                        }
                        self.place = Place::Text;
                    } else {
                        self.place = Place::Quoted(found);
                    }
                    at + 1
                }
                None => bytes.len(),
            },
            Place::Quoted(quote) => match memchr(quote, bytes) {
                Some(at) => {
                    self.place = Place::Tag;
                    at + 1
                }
                None => bytes.len(),
            },
            Place::UpTo(end) => self.step_to(end, bytes),
            Place::Instruction => match memchr(b'>', bytes) {
                Some(at) => {
                    let before = match at {
                        0 => self.last[1],
                        _ => bytes.get(at - 1).copied().unwrap_or_default(),
                    };
                    if before == b'?' {
                        self.place = Place::Text;
                    }
                    at + 1
                }
                None => bytes.len(),
            },
            Place::Declaration => bytes.len(),
        }
    }

    /// Goes on to the next `>` behind these two bytes.
    fn step_to(&mut self, end: [u8; 2], bytes: &[u8]) -> usize {
        let Some(at) = memchr(b'>', bytes) else {
            return bytes.len();
        };
        let byte = |place: usize| bytes.get(place).copied().unwrap_or_default();
        let before = match at {
            0 => self.last,
            1 => [self.last[1], byte(0)],
            _ => [byte(at - 2), byte(at - 1)],
        };
        // `<!-->` is a comment's start and not its end.
        if before == end && self.piece + at >= "<!----".len() {
            self.place = Place::Text;
        }
        at + 1
    }

    fn step_name(&mut self, bytes: &[u8]) -> usize {
        for (at, byte) in bytes.iter().copied().enumerate() {
            let ends = matches!(byte, b'>' | b' ' | b'\t' | b'\r' | b'\n')
                || (byte == b'/' && !self.name.is_empty());
            if ends {
                self.named();
                self.place = Place::Tag;
                return at;
            }
            self.name.push(byte);
            self.place = begun(&self.name);
            if self.place != Place::Name {
                return at + 1;
            }
        }
        bytes.len()
    }

    /// A tag's name is complete.
    fn named(&mut self) {
        let (is_end, name) = match self.name.split_first() {
            Some((b'/', name)) => (true, name),
            _ => (false, self.name.as_slice()),
        };
        let local = match memchr(b':', name) {
            Some(colon) => name.get(colon + 1..).unwrap_or_default(),
            None => name,
        };
        match (local, is_end) {
            (b"si", false) => {
                self.strings += 1;
                self.string = Some(0);
            }
            (b"c", false) => self.string = Some(0),
            (b"si" | b"c" | b"row" | b"sst" | b"sheetData", true) => self.end_string(),
            _ => {}
        }
    }

    /// A tag that closes itself inside a string ends it for this count too
    /// early, which a string of many such tags cannot use: none of them has
    /// a text.
    fn end_string(&mut self) {
        let own = matches!(self.name.as_slice(), b"c" | b"si" | [b'/', ..]);
        if own {
            self.string = None;
        }
    }
}

/// What the bytes behind `<` begin; a name as long as that is not clear.
fn begun(name: &[u8]) -> Place {
    match name {
        [b'?'] => Place::Instruction,
        b"!--" => Place::UpTo(*b"--"),
        b"![CDATA[" => Place::UpTo(*b"]]"),
        [b'!', ..] if b"!--".starts_with(name) || b"![CDATA[".starts_with(name) => Place::Name,
        [b'!', ..] => Place::Declaration,
        name if name.len() >= NAME => Place::Tag,
        _ => Place::Name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(text: &str) -> Result<u64, TooMuch> {
        // Blocks of any size must find the same.
        let mut found = Vec::new();
        let small: &[usize] = if text.len() < MOST_PIECE {
            &[1, 2, 3, 7]
        } else {
            &[4097]
        };
        for size in small.iter().copied().chain([64 * 1024]) {
            let mut pieces = Pieces::default();
            let short = text
                .as_bytes()
                .chunks(size)
                .all(|part| pieces.are_short(part));
            found.push(short.then_some(pieces.strings).ok_or(TooMuch::Value));
        }
        assert!(found.iter().all(|one| *one == found[0]), "{found:?}");
        let whole = count(text.as_bytes(), 1 << 30, 1000).unwrap();
        assert_eq!(whole.map(|counted| counted.strings), found[0]);
        found[0]
    }

    #[test]
    fn markup_of_every_sort_is_gone_through() {
        for (text, strings) in [
            ("", 0),
            (
                "<?xml version=\"1.0\"?><sst><si><t>a</t></si><si/></sst>",
                2,
            ),
            (
                "<x:si a='>' b=\"<si>\"><!-- <si> -- > --><![CDATA[<si>]]></x:si>",
                1,
            ),
            (
                "<sis><s i=\"si\"/><c r=\"A1\"><v>1</v></c><!----><si></si>",
                1,
            ),
            ("<!--><si>--><si/>", 1),
        ] {
            assert_eq!(counted(text), Ok(strings), "{text}");
        }
    }

    #[test]
    fn a_piece_longer_than_any_cell_is_found_wherever_it_stands() {
        let long = "x".repeat(MOST_PIECE + 10);
        for text in [
            format!("<t>{long}</t>"),
            format!("<t a=\"{long}\"/>"),
            format!("<{long}/>"),
            format!("<t><!-- {long} --></t>"),
            format!("<t><![CDATA[{long}]]></t>"),
            format!("<?x {long}?>"),
            format!("<!DOCTYPE x><t>{long}</t>"),
            format!("<!-- {} -->", "<a>".repeat(MOST_PIECE / 3 + 10)),
            format!("<t a='{}'/>", ">".repeat(MOST_PIECE + 10)),
        ] {
            assert_eq!(counted(&text), Err(TooMuch::Value), "{}", &text[..20]);
        }
        let allowed = "x".repeat(MOST_PIECE - 10);
        assert_eq!(counted(&format!("<t>{allowed}</t>").repeat(3)), Ok(0));
    }

    #[test]
    fn a_string_of_many_pieces_is_as_long_as_all_of_them() {
        let piece = format!("<![CDATA[{}]]>", "x".repeat(MOST_PIECE / 2));
        let many = piece.repeat(40);
        for text in [
            format!("<sst><si><t>{many}</t></si></sst>"),
            format!("<row><c t=\"inlineStr\"><is><t>{many}</t></is></c></row>"),
            format!("<row><c/><c><b/><v>{many}"),
        ] {
            assert_eq!(counted(&text), Err(TooMuch::Value), "{}", &text[..20]);
        }
        // As much in many strings, or outside of any, is no long string.
        let each = format!("<si><t>{piece}</t></si>").repeat(40);
        assert_eq!(counted(&each), Ok(40));
        assert_eq!(counted(&format!("<row><c/></row><x>{many}</x>")), Ok(0));
    }

    #[test]
    fn what_is_counted_is_bounded() {
        let many = "<si/>".repeat(11);
        let over = count(many.as_bytes(), 1000, 10).unwrap();
        assert_eq!(over.unwrap_err(), TooMuch::Strings);
        let over = count(many.as_bytes(), 54, 100).unwrap();
        assert_eq!(over.unwrap_err(), TooMuch::Bytes);
        assert_eq!(count(many.as_bytes(), 55, 100).unwrap().unwrap().bytes, 55);
    }
}
