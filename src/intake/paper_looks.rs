//! How the workbook of a form looks: widths, heights, fonts, frames.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};
use unicode_width::UnicodeWidthStr as _;

/// Widths of the columns in characters. Together they are as wide as the
/// printed part of a page of A4.
pub(super) const WIDTHS: [f64; 4] = [18.0, 4.0, 26.0, 38.0];
/// The height of a line of text and of a line of small text, in points.
pub(super) const USUAL: f64 = 19.0;
pub(super) const SMALL: f64 = 15.0;
/// The most points a row can be high.
pub(super) const HIGHEST: f64 = 400.0;
/// The number Excel has for A4.
pub(super) const A4: u8 = 9;
/// Margins in inches: at the sides, at both ends, of header and footer.
pub(super) const MARGINS: (f64, f64, f64) = (0.6, 0.45, 0.3);

/// The font of the pages, which Windows has too; other systems take their own.
const FONT: &str = "BIZ UDゴシック";
/// Pixels of a column beside its characters, before the text of a cell, of a
/// character of a column's width, and of a half-width character of usual size.
const PADDING: f64 = 5.0;
const INDENT: f64 = 9.0;
const CHARACTER: f64 = 7.0;
const HALF: f64 = 7.2;

/// Fill of a cell to write in, and of a title.
const WANTED: Color = Color::RGB(0x00FF_F6DD);
const TINT: Color = Color::RGB(0x00F0_F0F0);

/// The looks of cells.
pub(super) struct Looks {
    pub plain: Format,
    pub small: Format,
    pub right: Format,
    pub title: Format,
    pub heading: Format,
    pub label: Format,
    pub hint: Format,
    pub boxed: Format,
    pub input: Format,
    pub tick: Format,
    pub tick_title: Format,
}

impl Looks {
    pub(super) fn new() -> Self {
        let plain = Format::new()
            .set_font_name(FONT)
            .set_font_size(10.5)
            .set_num_format("@")
            .set_text_wrap()
            .set_align(FormatAlign::VerticalCenter);
        let framed = plain.clone().set_border(FormatBorder::Thin);
        let boxed = framed.clone().set_indent(1);
        let input = boxed.clone().set_background_color(WANTED).set_unlocked();
        Looks {
            small: plain.clone().set_font_size(9),
            right: plain.clone().set_align(FormatAlign::Right).set_indent(1),
            title: plain
                .clone()
                .set_font_size(15)
                .set_align(FormatAlign::Center),
            heading: plain.clone().set_bold().set_align(FormatAlign::Bottom),
            label: boxed.clone().set_background_color(TINT),
            hint: boxed.clone().set_font_size(9),
            tick: framed
                .set_background_color(WANTED)
                .set_unlocked()
                .set_align(FormatAlign::Center),
            tick_title: boxed.clone(),
            plain,
            boxed,
            input,
        }
    }
}

/// How many lines a text takes in these columns; a line more rather than one
/// too few.
pub(super) fn lines(text: &str, first: u16, last: u16) -> f64 {
    let columns = WIDTHS
        .iter()
        .skip(usize::from(first))
        .take(usize::from(last.saturating_sub(first)) + 1);
    let width: f64 = columns.map(|width| width * CHARACTER + PADDING).sum();
    let room = width - 2.0 * PADDING - INDENT;
    let lines = text.split('\n').map(|line| {
        let width = line.width_cjk() as f64 * HALF;
        (width / room).ceil().max(1.0)
    });
    lines.sum()
}
