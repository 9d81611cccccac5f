//! Inputs made from others, by a generator that gives the same for the same
//! seed.

use super::driver::LONGEST;
use super::packages;

/// What has led readers of text astray before: look-alikes, marks nobody sees,
/// ends of lines, numbers at the edge of their types, traces of spreadsheets.
const STRANGE: [&str; 52] = [
    "\0",
    "\r",
    "\n",
    "\r\n",
    "\u{1b}[2J",
    "\t",
    "\"",
    "\"\"",
    "'",
    ",",
    ";",
    "\u{feff}",
    "\u{2212}",
    "\u{ff0d}",
    "\u{30fc}",
    "\u{200b}",
    "\u{202e}",
    "\u{2028}",
    "\u{e0100}",
    "葛\u{e0100}",
    "𠮷",
    "か\u{3099}",
    "ｶﾞ",
    "\u{f900}",
    "\u{10ffff}",
    "\u{e000}",
    "～",
    "　",
    "0",
    "-1",
    "00",
    "1e9",
    "1e400",
    "9007199254740993",
    "18446744073709551616",
    "4294967295",
    "-0.0",
    "NaN",
    "2026-02-29",
    "9999-12-31",
    "0000-00-00",
    "令和8年11月1日",
    "=1+1",
    "#N/A",
    "########",
    "1.2E+11",
    "NULL",
    "true",
    "../../x",
    "{{",
    "{%",
    "\\ud800",
];

/// Bytes that are no text, or text of another encoding.
const BYTES: [&[u8]; 8] = [
    b"\xff",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\x81\x7c",
    b"\x8e\xf3\x95\x74",
    b"\x1b$B",
    b"PK\x03\x04",
];

/// Makes inputs.
pub(super) struct Mutation<'a> {
    state: u64,
    words: &'a [&'a str],
    package: bool,
}

impl<'a> Mutation<'a> {
    pub(super) fn new(seed: u64, words: &'a [&'a str], package: bool) -> Self {
        Mutation {
            state: seed,
            words,
            package,
        }
    }

    /// The next input, from one or two of these.
    pub(super) fn input(&mut self, from: &[Vec<u8>]) -> Vec<u8> {
        let base = self.one(from).clone();
        if self.package
            && self.below(8) > 0
            && let Some(changed) = packages::changed(self, &base)
        {
            return changed;
        }
        self.changed(base, from)
    }

    /// A text or bytes with one to six changes.
    pub(super) fn changed(&mut self, mut input: Vec<u8>, from: &[Vec<u8>]) -> Vec<u8> {
        for _ in 0..=self.below(6) {
            self.change(&mut input, from);
            input.truncate(LONGEST);
        }
        input
    }

    /// A text of tags with one to three changes that mostly leave it well
    /// formed.
    pub(super) fn markup(&mut self, mut input: Vec<u8>) -> Vec<u8> {
        for _ in 0..=self.below(3) {
            let ends: Vec<usize> = (0..input.len()).filter(|at| input[*at] == b'>').collect();
            if ends.is_empty() {
                return input;
            }
            let end = *self.one(&ends);
            match self.below(10) {
                // An attribute or an element of the language's own words.
                0..=2 if !self.words.is_empty() => {
                    let word = *self.one(self.words);
                    let closed = input[..end].ends_with(b"/") || input[..end].ends_with(b"?");
                    let at = match word.trim_start().starts_with('<') {
                        true => end + 1,
                        false => end - usize::from(closed),
                    };
                    input.splice(at..at, word.bytes());
                }
                // From one tag to another: left out, or once more.
                3 | 4 => {
                    let other = *self.one(&ends);
                    let (start, end) = (end.min(other) + 1, end.max(other) + 1);
                    let piece: Vec<u8> = input[start..end].to_vec();
                    if self.below(2) == 0 {
                        input.drain(start..end);
                    } else {
                        input.splice(end..end, piece);
                    }
                }
                _ => self.exchange_a_value(&mut input),
            }
            input.truncate(LONGEST);
        }
        input
    }

    fn change(&mut self, input: &mut Vec<u8>, from: &[Vec<u8>]) {
        let (start, end) = self.stretch(input);
        match self.below(14) {
            0 if !input.is_empty() => {
                let at = self.below(input.len());
                input[at] ^= 1 << self.below(8);
            }
            1 if !input.is_empty() => {
                let at = self.below(input.len());
                input[at] = self.next() as u8;
            }
            2 => drop(input.drain(start..end)),
            3 => input.truncate(end),
            4 => {
                let again = input[start..end].to_vec();
                self.insert(input, &again);
            }
            5 => {
                let again = input[start..end].to_vec();
                let times = 1 << self.below(9);
                let many = again.repeat(times.min(1 + LONGEST / again.len().max(1)));
                self.insert(input, &many);
            }
            6 => {
                let other = self.one(from).clone();
                let (other_start, other_end) = self.stretch(&other);
                input.splice(start..end, other[other_start..other_end].iter().copied());
            }
            7 => {
                let bytes = *self.one(&BYTES);
                self.insert(input, bytes);
            }
            8 | 9 if !self.words.is_empty() => {
                let word = self.one(self.words).as_bytes();
                self.insert(input, word);
            }
            10 | 11 => self.exchange_a_value(input),
            _ => {
                let text = self.one(&STRANGE).as_bytes();
                self.insert(input, text);
            }
        }
    }

    /// Puts something else in the place of a value between two marks.
    fn exchange_a_value(&mut self, input: &mut Vec<u8>) {
        let mark = |byte: &u8| b",\"'=:<>[]{}()\n\t ".contains(byte);
        let at = self.below(input.len() + 1);
        let start = input[..at].iter().rposition(mark).map_or(0, |at| at + 1);
        let end = input[at..]
            .iter()
            .position(mark)
            .map_or(input.len(), |by| at + by);
        let value = match self.below(3) {
            0 if !self.words.is_empty() => *self.one(self.words),
            _ => *self.one(&STRANGE),
        };
        input.splice(start..end, value.bytes());
    }

    fn insert(&mut self, input: &mut Vec<u8>, bytes: &[u8]) {
        let at = self.below(input.len() + 1);
        input.splice(at..at, bytes.iter().copied());
    }

    /// A stretch of the input, mostly short.
    fn stretch(&mut self, input: &[u8]) -> (usize, usize) {
        let start = self.below(input.len() + 1);
        let most = if self.below(4) == 0 { input.len() } else { 24 };
        let length = self.below(most + 1);
        (start, (start + length).min(input.len()))
    }

    pub(super) fn one<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        let at = self.below(of.len());
        &of[at]
    }

    /// A number below `most`; 0 where `most` is.
    pub(super) fn below(&mut self, most: usize) -> usize {
        (self.next() % most.max(1) as u64) as usize
    }

    /// The generator splitmix64.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
