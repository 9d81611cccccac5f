//! What one font can show, read from its `cmap` table alone.
//!
//! Of IPAmj Mincho's 46 MB only the table is read and nothing of it is kept
//! but a bit a character and a number a variation sequence.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use ttf_parser::cmap;

use crate::files::open_at;

/// The largest table we accept; the largest known one has under 1 MB.
const MAX_TABLE: u32 = 16 * 1024 * 1024;

/// Characters and variation sequences of a font.
pub(super) struct Coverage {
    characters: Box<[u64]>,
    /// `base << 32 | selector`, sorted.
    variants: Box<[u64]>,
    /// Those of them that are shown by the base's own glyph, sorted.
    usual: Box<[u64]>,
}

/// A variation sequence as the font lists it.
struct Variant {
    pair: u64,
    /// Its glyph; none where the font says that it is the base's.
    glyph: Option<u16>,
}

impl Coverage {
    /// Reads a TrueType or OpenType font file (no collection).
    ///
    /// # Errors
    /// `InvalidData` when the file is not such a font.
    pub(super) fn read(path: &Path) -> io::Result<Self> {
        let table = read_cmap(path)?;
        let parsed = cmap::Table::parse(&table).ok_or_else(not_a_font)?;
        let mut characters = vec![0; 0x11_0000 / 64].into_boxed_slice();
        for subtable in parsed.subtables {
            if subtable.is_unicode() {
                subtable.codepoints(|code| {
                    if subtable.glyph_index(code).is_some_and(|glyph| glyph.0 != 0)
                        && let Some(word) = characters.get_mut(code as usize / 64)
                    {
                        *word |= 1 << (code % 64);
                    }
                });
            }
        }
        let mut variants = Vec::new();
        let mut at = 4;
        for _ in 0..be(&table, 2, 2).ok_or_else(not_a_font)? {
            let offset = be(&table, at + 4, 4).ok_or_else(not_a_font)?;
            if be(&table, offset, 2) == Some(14) {
                read_variants(&table, offset, &mut variants).ok_or_else(not_a_font)?;
            }
            at += 8;
        }
        let is_usual = |variant: &Variant| match (variant.glyph, u32::try_from(variant.pair >> 32))
        {
            (None, _) => true,
            (Some(own), Ok(base)) => glyph_of(&parsed, base) == Some(own),
            (Some(_), Err(_)) => false,
        };
        let usual = sorted(variants.iter().filter(|variant| is_usual(variant)));
        Ok(Coverage {
            characters,
            variants: sorted(variants.iter()),
            usual,
        })
    }

    /// Whether the font has a glyph for the character.
    pub(super) fn has(&self, c: char) -> bool {
        let code = c as usize;
        self.characters
            .get(code / 64)
            .is_some_and(|word| word >> (code % 64) & 1 == 1)
    }

    /// Whether the font has the variation sequence, be it the usual glyph
    /// (default) or one of its own (non-default).
    pub(super) fn has_variant(&self, base: char, selector: char) -> bool {
        self.has(base)
            && self
                .variants
                .binary_search(&pair(u32::from(base), u32::from(selector)))
                .is_ok()
    }

    /// Whether the font has the variation sequence and shows it by the
    /// base's own glyph.
    pub(super) fn is_usual(&self, base: char, selector: char) -> bool {
        self.has(base)
            && self
                .usual
                .binary_search(&pair(u32::from(base), u32::from(selector)))
                .is_ok()
    }
}

fn sorted<'a>(variants: impl Iterator<Item = &'a Variant>) -> Box<[u64]> {
    let mut pairs: Vec<u64> = variants.map(|variant| variant.pair).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs.into_boxed_slice()
}

/// The glyph a font shows a character by.
fn glyph_of(table: &cmap::Table<'_>, code: u32) -> Option<u16> {
    table
        .subtables
        .into_iter()
        .filter(cmap::Subtable::is_unicode)
        .find_map(|subtable| subtable.glyph_index(code))
        .map(|glyph| glyph.0)
        .filter(|glyph| *glyph != 0)
}

fn pair(base: u32, selector: u32) -> u64 {
    u64::from(base) << 32 | u64::from(selector)
}

fn not_a_font() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "not a TrueType font")
}

fn read_cmap(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = open_at(path)?;
    let mut head = [0; 12];
    file.read_exact(&mut head)?;
    if !matches!(&head[..4], b"\0\x01\0\0" | b"OTTO" | b"true") {
        return Err(not_a_font());
    }
    let tables = usize::from(u16::from_be_bytes([head[4], head[5]]));
    let mut directory = vec![0; tables * 16];
    file.read_exact(&mut directory)?;
    let entry = directory
        .chunks_exact(16)
        .find(|entry| entry.starts_with(b"cmap"))
        .ok_or_else(not_a_font)?;
    let offset = u32::from_be_bytes([entry[8], entry[9], entry[10], entry[11]]);
    let length = u32::from_be_bytes([entry[12], entry[13], entry[14], entry[15]]);
    if length > MAX_TABLE {
        return Err(not_a_font());
    }
    file.seek(SeekFrom::Start(u64::from(offset)))?;
    let mut table = Vec::new();
    file.take(u64::from(length)).read_to_end(&mut table)?;
    if table.len() as u64 == u64::from(length) {
        Ok(table)
    } else {
        Err(not_a_font())
    }
}

/// Lists a format 14 subtable, which `ttf-parser` can only be asked about
/// pair by pair while the font's data are in memory.
fn read_variants(table: &[u8], start: usize, variants: &mut Vec<Variant>) -> Option<()> {
    for record in 0..be(table, start + 6, 4)? {
        let at = start + 10 + record * 11;
        let selector = u32::try_from(be(table, at, 3)?).ok()?;
        let default = be(table, at + 3, 4)?;
        let own = be(table, at + 7, 4)?;
        if default != 0 {
            let ranges = start + default;
            for range in 0..be(table, ranges, 4)? {
                let first = u32::try_from(be(table, ranges + 4 + range * 4, 3)?).ok()?;
                let more = u32::try_from(be(table, ranges + 7 + range * 4, 1)?).ok()?;
                variants.extend((first..=first + more).map(|base| Variant {
                    pair: pair(base, selector),
                    glyph: None,
                }));
            }
        }
        if own != 0 {
            let mappings = start + own;
            for mapping in 0..be(table, mappings, 4)? {
                let at = mappings + 4 + mapping * 5;
                let base = u32::try_from(be(table, at, 3)?).ok()?;
                let glyph = u16::try_from(be(table, at + 3, 2)?).ok()?;
                if glyph != 0 {
                    variants.push(Variant {
                        pair: pair(base, selector),
                        glyph: Some(glyph),
                    });
                }
            }
        }
    }
    Some(())
}

/// A big-endian number of up to four bytes.
fn be(table: &[u8], at: usize, bytes: usize) -> Option<usize> {
    let slice = table.get(at..at.checked_add(bytes)?)?;
    Some(
        slice
            .iter()
            .fold(0, |value, byte| value << 8 | usize::from(*byte)),
    )
}
