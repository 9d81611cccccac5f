//! The encoding of a text file, found out strictly and read field by field.
//!
//! Offices send UTF-8 (with or without a byte-order mark) and CP932. The whole
//! file is looked at once, in blocks, before any of it is used: what is valid
//! UTF-8 is UTF-8, the rest is CP932. Fields are decoded one by one, so a
//! byte that fits neither costs a row and not the file. Nothing is replaced
//! by U+FFFD on the way in.

use std::borrow::Cow;
use std::io::{self, Read};

use encoding_rs::{EUC_JP, Encoding, SHIFT_JIS};

const BLOCK: usize = 64 * 1024;
const UTF8_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The encoding of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    /// UTF-8.
    Utf8,
    /// Windows code page 932: Shift_JIS with the NEC and IBM extensions.
    Cp932,
}

/// The encoding of a file and where its text begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// The encoding.
    pub charset: Charset,
    /// Bytes of byte-order mark to leave out.
    pub mark: usize,
}

/// Why a file's encoding is refused. The text is for staff, in Japanese.
#[derive(Debug, thiserror::Error)]
pub enum CharsetError {
    /// The file cannot be read.
    #[error("ファイルを読めません({0})。もう一度お試しください。")]
    Io(#[from] io::Error),
    /// UTF-16, which Excel calls "Unicode text".
    #[error(
        "文字コードが UTF-16(Unicode テキスト)です。「CSV UTF-8(コンマ区切り)」で保存し直してください。"
    )]
    Utf16,
    /// Another encoding of Japanese.
    #[error(
        "文字コードが {0} です。UTF-8 か Shift_JIS にしてください(Excel では「CSV UTF-8(コンマ区切り)」で保存し直します)。"
    )]
    Other(&'static str),
    /// Not a text at all.
    #[error(
        "文字のファイルではありません。CSV、Excel(.xlsx)、JSON のいずれかで保存し直してください。"
    )]
    NotText,
}

/// The bytes are not text in the file's encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("文字コードとして正しくないデータが含まれています。")]
pub struct Undecodable;

impl Charset {
    /// Reads `input` to its end and says how it is encoded.
    ///
    /// A file with a few broken bytes is still UTF-8 when its sound Japanese
    /// characters outnumber them: read as CP932 it would turn wholly into
    /// mojibake, and one bad row would look like a thousand.
    ///
    /// # Errors
    /// [`CharsetError`], for UTF-16, the older encodings of Unix and mail, and
    /// for files with zero bytes in them.
    pub fn detect(mut input: impl Read) -> Result<Found, CharsetError> {
        let mut block = vec![0; BLOCK];
        let mut start = 0;
        let mut count = Utf8Count::default();
        let mut mark = None;
        loop {
            let filled = fill(&mut input, &mut block[start..])?;
            let end = start + filled;
            let bytes = &block[..end];
            if mark.is_none() {
                if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
                    return Err(CharsetError::Utf16);
                }
                if let Some(name) = other_encoding(bytes) {
                    return Err(CharsetError::Other(name));
                }
                mark = Some(if bytes.starts_with(UTF8_MARK) { 3 } else { 0 });
            }
            if bytes.contains(&0) {
                return Err(CharsetError::NotText);
            }
            let last = end < block.len();
            let used = count.add(bytes, last);
            block.copy_within(used..end, 0);
            start = end - used;
            if last {
                break;
            }
        }
        let mark = mark.unwrap_or(0);
        let utf8 = mark > 0 || count.broken == 0 || count.sound > 10 * count.broken;
        let charset = if utf8 { Charset::Utf8 } else { Charset::Cp932 };
        Ok(Found { charset, mark })
    }

    /// Decodes one field.
    ///
    /// # Errors
    /// [`Undecodable`] for a sequence the encoding does not have. CP932's user
    /// defined area decodes to private-use characters, which
    /// [`characters`](super::characters) refuses with its own message.
    pub fn decode<'a>(&self, bytes: &'a [u8]) -> Result<Cow<'a, str>, Undecodable> {
        match self {
            Charset::Utf8 => std::str::from_utf8(bytes)
                .map(Cow::Borrowed)
                .map_err(|_| Undecodable),
            Charset::Cp932 => SHIFT_JIS
                .decode_without_bom_handling_and_without_replacement(bytes)
                .ok_or(Undecodable),
        }
    }

    /// Decodes what can be decoded, for showing a refused row to staff. Broken
    /// sequences become U+FFFD, which no later reading accepts.
    pub fn decode_lossily(&self, bytes: &[u8]) -> String {
        match self {
            Charset::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
            Charset::Cp932 => SHIFT_JIS.decode_without_bom_handling(bytes).0.into_owned(),
        }
    }
}

/// The name of an encoding we do not read, by the beginning of a file. It is
/// named only if no encoding we read fits.
fn other_encoding(start: &[u8]) -> Option<&'static str> {
    let shift = |code: &[u8]| start.windows(code.len()).any(|bytes| bytes == code);
    if shift(b"\x1B$B") || shift(b"\x1B$@") {
        return Some("ISO-2022-JP(JIS)");
    }
    let whole = match start.iter().rposition(|byte| *byte == b'\n') {
        Some(end) => start.get(..=end)?,
        None => start,
    };
    let fits = |encoding: &'static Encoding| {
        let read = encoding.decode_without_bom_handling_and_without_replacement(whole);
        read.is_some()
    };
    let ours = std::str::from_utf8(whole).is_ok() || fits(SHIFT_JIS);
    (!ours && fits(EUC_JP)).then_some("EUC-JP")
}

/// Counts sequences of three or four bytes (kana and kanji) and broken ones.
#[derive(Default)]
struct Utf8Count {
    sound: u64,
    broken: u64,
}

impl Utf8Count {
    /// Counts in `bytes` and returns how many of them were used; a sequence
    /// cut by the block's end is left for the next block.
    fn add(&mut self, bytes: &[u8], last: bool) -> usize {
        let mut used = 0;
        loop {
            let rest = &bytes[used..];
            match std::str::from_utf8(rest) {
                Ok(_) => {
                    self.sound += long_sequences(rest);
                    return bytes.len();
                }
                Err(error) => {
                    self.sound += long_sequences(&rest[..error.valid_up_to()]);
                    used += error.valid_up_to();
                    match error.error_len() {
                        Some(length) => {
                            self.broken += 1;
                            used += length;
                        }
                        None if last => {
                            self.broken += 1;
                            return bytes.len();
                        }
                        None => return used,
                    }
                }
            }
        }
    }
}

fn long_sequences(bytes: &[u8]) -> u64 {
    bytes.iter().map(|byte| u64::from(*byte >= 0xE0)).sum()
}

fn fill(input: &mut impl Read, block: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < block.len() {
        match input.read(&mut block[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detect(bytes: &[u8]) -> Found {
        Charset::detect(bytes).unwrap()
    }

    #[test]
    fn tells_utf8_from_cp932() {
        assert_eq!(detect("氏名\n髙橋\n".as_bytes()).charset, Charset::Utf8);
        let (cp932, _, _) = SHIFT_JIS.encode("氏名\n髙橋 ﾀｶﾊｼ\n");
        assert_eq!(detect(&cp932).charset, Charset::Cp932);
        assert_eq!(detect(b"\xEF\xBB\xBFabc").mark, 3);
        assert_eq!(detect(b"").charset, Charset::Utf8);
    }

    #[test]
    fn a_character_across_two_blocks_is_whole() {
        for shift in 0..4 {
            let text = format!("{}{}", "a".repeat(shift), "髙".repeat(BLOCK));
            assert_eq!(detect(text.as_bytes()).charset, Charset::Utf8);
        }
    }

    #[test]
    fn a_few_broken_bytes_leave_it_utf8() {
        let mut bytes = "氏名,住所\n前橋市の山田太郎さん\n".as_bytes().to_vec();
        bytes.push(0xFF);
        assert_eq!(detect(&bytes).charset, Charset::Utf8);
        assert_eq!(Charset::Utf8.decode(b"\xFF"), Err(Undecodable));
    }

    #[test]
    fn refuses_utf16_and_binaries() {
        let refused = |bytes: &[u8]| Charset::detect(bytes).unwrap_err();
        assert!(matches!(refused(b"\xFF\xFEa\0"), CharsetError::Utf16));
        assert!(matches!(refused(b"\xFE\xFF\0a"), CharsetError::Utf16));
        assert!(matches!(refused(b"a\0b"), CharsetError::NotText));
    }

    /// Every double-byte code either decodes to one character, as the
    /// encoding standard has it, or is refused: nothing is replaced.
    #[test]
    fn every_cp932_code_decodes_or_is_refused() {
        let mut decoded = 0;
        for lead in (0x81..=0x9F).chain(0xE0..=0xFC) {
            for trail in 0x40..=0xFC {
                let bytes = [lead, trail];
                let Ok(text) = Charset::Cp932.decode(&bytes) else {
                    continue;
                };
                assert!(!text.contains('\u{FFFD}'));
                let (back, _, lost) = SHIFT_JIS.encode(&text);
                let private = text.chars().any(|c| ('\u{E000}'..='\u{F8FF}').contains(&c));
                assert!(private || !lost);
                if !private {
                    // NEC and IBM duplicates encode to their first place only.
                    assert_eq!(Charset::Cp932.decode(&back).as_deref(), Ok(text.as_ref()));
                    decoded += 1;
                }
            }
        }
        assert!(decoded > 7000, "{decoded}");
        for bad in [&b"\x82"[..], b"\x81\x20", b"\xA0", b"\xFD", b"\x85\x9F"] {
            assert_eq!(Charset::Cp932.decode(bad), Err(Undecodable), "{bad:?}");
        }
    }
}
