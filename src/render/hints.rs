//! Takes the hints out of a TrueType font in memory.
//!
//! Hints are programs that fit outlines to the coarse grid of a low
//! resolution. Print has no use for them, yet they would be a fifth of every
//! letter, in the archive and in the mail. Outlines and widths stay what they
//! are. The files stay untouched.
//!
//! Tables as in the OpenType specification 1.9.1, chapters "Font file",
//! "glyf", "head" and "loca".

use std::ops::Range;

/// Tables that serve hints alone.
const HINT_TABLES: [&[u8]; 3] = [b"cvt ", b"fpgm", b"prep"];

/// Bytes of the file's header and of one table's record after it.
const HEADER: usize = 12;
const RECORD: usize = 16;

/// Flags of a composite glyph's part.
const ARGS_ARE_WORDS: u16 = 0x0001;
const HAS_SCALE: u16 = 0x0008;
const MORE_PARTS: u16 = 0x0020;
const HAS_TWO_SCALES: u16 = 0x0040;
const HAS_MATRIX: u16 = 0x0080;
const HAS_HINTS: u16 = 0x0100;

/// Removes the hints of every glyph and the tables that serve them. A font
/// that is not plain TrueType, or not built as expected, is left as it is:
/// its letters are only larger.
pub(super) fn remove(font: &mut [u8]) {
    if let Some((glyphs, places)) = without_hints(font) {
        // Nothing grew, so the new tables fit where the old ones were.
        let fits = put(font, &glyphs, &places).is_some();
        debug_assert!(fits, "measured before");
    }
}

/// The new contents of `glyf` and `loca`.
fn without_hints(font: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    if font.get(..4)? != [0, 1, 0, 0] {
        return None;
    }
    let head = font.get(table(font, b"head")?)?;
    let places = font.get(table(font, b"loca")?)?;
    let glyphs = font.get(table(font, b"glyf")?)?;
    // Only the long form: the short one holds small fonts, which have little
    // to save.
    if u16_at(head, 50)? != 1 {
        return None;
    }
    let mut new_glyphs = Vec::with_capacity(glyphs.len());
    let mut new_places = Vec::with_capacity(places.len());
    let mut place = |glyphs: &Vec<u8>| -> Option<()> {
        new_places.extend(u32::try_from(glyphs.len()).ok()?.to_be_bytes());
        Some(())
    };
    let mut starts = places.chunks_exact(4).map(|place| u32_at(place, 0));
    let mut start = starts.next()??;
    place(&new_glyphs)?;
    for end in starts {
        let end = end?;
        let glyph = glyphs.get(start as usize..end as usize)?;
        if !glyph.is_empty() {
            add(glyph, &mut new_glyphs)?;
            new_glyphs.resize(new_glyphs.len().next_multiple_of(4), 0);
        }
        place(&new_glyphs)?;
        start = end;
    }
    let fits = new_glyphs.len() <= glyphs.len() && new_places.len() == places.len();
    fits.then_some((new_glyphs, new_places))
}

/// Adds a glyph without its instructions.
fn add(glyph: &[u8], to: &mut Vec<u8>) -> Option<()> {
    let contours = u16_at(glyph, 0)?;
    if contours < 0x8000 {
        let length_at = 10 + 2 * contours as usize;
        let hints = u16_at(glyph, length_at)? as usize;
        to.extend_from_slice(glyph.get(..length_at)?);
        to.extend_from_slice(&[0, 0]);
        to.extend_from_slice(glyph.get(length_at + 2 + hints..)?);
        return Some(());
    }
    let begin = to.len();
    to.extend_from_slice(glyph.get(..10)?);
    let mut at = 10;
    loop {
        let flags = u16_at(glyph, at)?;
        let args = if flags & ARGS_ARE_WORDS != 0 { 4 } else { 2 };
        let scale = match flags & (HAS_SCALE | HAS_TWO_SCALES | HAS_MATRIX) {
            HAS_SCALE => 2,
            HAS_TWO_SCALES => 4,
            HAS_MATRIX => 8,
            _ => 0,
        };
        let next = at + 4 + args + scale;
        to.extend_from_slice(&(flags & !HAS_HINTS).to_be_bytes());
        to.extend_from_slice(glyph.get(at + 2..next)?);
        at = next;
        if flags & MORE_PARTS == 0 {
            debug_assert!(to.len() - begin <= glyph.len());
            return Some(());
        }
    }
}

/// Puts the new tables in the old ones' places and takes the hint tables off
/// the list.
fn put(font: &mut [u8], glyphs: &[u8], places: &[u8]) -> Option<()> {
    for (tag, content) in [(b"glyf", glyphs), (b"loca", places)] {
        let start = table(font, tag)?.start;
        font.get_mut(start..start + content.len())?
            .copy_from_slice(content);
    }
    let mut records: Vec<[u8; RECORD]> = Vec::new();
    for at in record_places(font)? {
        let mut record: [u8; RECORD] = font.get(at..at + RECORD)?.try_into().ok()?;
        if record.starts_with(b"glyf") {
            record[12..].copy_from_slice(&u32::try_from(glyphs.len()).ok()?.to_be_bytes());
        }
        if !HINT_TABLES.iter().any(|tag| record.starts_with(tag)) {
            records.push(record);
        }
    }
    let list = records.concat();
    font.get_mut(HEADER..HEADER + list.len())?
        .copy_from_slice(&list);
    let count = u16::try_from(records.len()).ok()?;
    font.get_mut(4..6)?.copy_from_slice(&count.to_be_bytes());
    Some(())
}

fn record_places(font: &[u8]) -> Option<impl Iterator<Item = usize> + use<>> {
    let count = u16_at(font, 4)? as usize;
    Some((0..count).map(|n| HEADER + n * RECORD))
}

fn table(font: &[u8], tag: &[u8; 4]) -> Option<Range<usize>> {
    let record = record_places(font)?
        .filter_map(|at| font.get(at..at + RECORD))
        .find(|record| record.starts_with(tag))?;
    let start = u32_at(record, 8)? as usize;
    Some(start..start.checked_add(u32_at(record, 12)? as usize)?)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..at + 2)?;
    Some(u16::from_be_bytes(bytes.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + 4)?;
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;
    use ttf_parser::{Face, GlyphId, OutlineBuilder, Tag};

    fn shipped(name: &str) -> Vec<u8> {
        let fonts = Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts");
        std::fs::read(fonts.join(name)).expect("a shipped font")
    }

    /// An outline as the calls that draw it.
    #[derive(Default, PartialEq, Debug)]
    struct Drawn(Vec<(u8, [f32; 4])>);

    impl OutlineBuilder for Drawn {
        fn move_to(&mut self, x: f32, y: f32) {
            self.0.push((0, [x, y, 0.0, 0.0]));
        }
        fn line_to(&mut self, x: f32, y: f32) {
            self.0.push((1, [x, y, 0.0, 0.0]));
        }
        fn quad_to(&mut self, a: f32, b: f32, x: f32, y: f32) {
            self.0.push((2, [a, b, x, y]));
        }
        fn curve_to(&mut self, _: f32, _: f32, _: f32, _: f32, _: f32, _: f32) {
            unreachable!("TrueType has none")
        }
        fn close(&mut self) {
            self.0.push((3, [0.0; 4]));
        }
    }

    fn table_of<'a>(face: &Face<'a>, tag: &[u8; 4]) -> Option<&'a [u8]> {
        face.raw_face().table(Tag::from_bytes(tag))
    }

    #[test]
    fn every_glyph_keeps_its_outline_and_widths() {
        for name in ["BIZUDMincho-Regular.ttf", "BIZUDGothic-Bold.ttf"] {
            let with = shipped(name);
            let mut without = with.clone();
            remove(&mut without);
            let (with, without) = (
                Face::parse(&with, 0).expect("read"),
                Face::parse(&without, 0).expect("read"),
            );
            assert_eq!(with.number_of_glyphs(), without.number_of_glyphs());
            let mut drawn = 0;
            for glyph in (0..with.number_of_glyphs()).map(GlyphId) {
                let outline = |face: &Face| {
                    let mut drawn = Drawn::default();
                    let bounds = face.outline_glyph(glyph, &mut drawn);
                    (bounds, drawn, face.glyph_hor_advance(glyph))
                };
                let expected = outline(&with);
                drawn += usize::from(expected.0.is_some());
                assert_eq!(outline(&without), expected, "{name} {glyph:?}");
            }
            assert!(drawn > 10_000, "{drawn}");
            for tag in [b"cvt ", b"fpgm", b"prep"] {
                assert!(table_of(&with, tag).is_some());
                assert!(table_of(&without, tag).is_none());
            }
            for tag in [b"cmap", b"GSUB", b"hmtx", b"vmtx", b"head", b"maxp"] {
                assert_eq!(table_of(&without, tag), table_of(&with, tag));
            }
            let glyphs = |face: &Face| table_of(face, b"glyf").map_or(0, |glyphs| glyphs.len());
            assert!(glyphs(&without) * 10 < glyphs(&with) * 9);
        }
    }

    #[test]
    fn a_composite_glyph_loses_its_hints_and_keeps_its_parts() {
        let parts = |flags: [u16; 2]| {
            let mut glyph = vec![0xff, 0xff, 0, 0, 0, 0, 0, 9, 0, 9];
            glyph.extend(flags[0].to_be_bytes());
            glyph.extend([0, 7, 1, 2, 3, 4, 64, 0]);
            glyph.extend(flags[1].to_be_bytes());
            glyph.extend([0, 8, 1, 2]);
            glyph
        };
        let first = ARGS_ARE_WORDS | HAS_SCALE | MORE_PARTS;
        let mut glyph = parts([first | HAS_HINTS, HAS_HINTS]);
        glyph.extend([0, 3, 0xb0, 0x01, 0x02]);
        let mut out = Vec::new();
        add(&glyph, &mut out).expect("read");
        assert_eq!(out, parts([first, 0]));
    }

    #[test]
    fn what_is_not_a_whole_font_is_left_as_it_is() {
        let mut whole = shipped("BIZUDMincho-Regular.ttf");
        for length in [0, 3, 11, 40, 300, 4096, whole.len() / 2] {
            let mut part = whole[..length].to_vec();
            remove(&mut part);
            assert_eq!(part, whole[..length]);
        }
        whole[0] = b'O';
        let before = whole.clone();
        remove(&mut whole);
        assert!(whole == before);
    }
}
