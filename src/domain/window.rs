//! The window envelope letters are folded for, and where its window stands on
//! the folded sheet.

use serde::Deserialize;

/// Width of a letter's sheet (A4), in millimetres.
const SHEET_WIDTH: f64 = 210.0;
/// Height of a third of the sheet: what is seen of it once it is folded.
pub const PANEL_HEIGHT: f64 = 99.0;
/// Number and date stand to the right of the window, and need this much.
const NUMBER_WIDTH: f64 = 45.0;
/// Margin of the sheet on the right.
const RIGHT_MARGIN: f64 = 25.0;
/// What no printer reaches at the edge of a sheet.
const UNPRINTABLE: f64 = 5.0;
/// The fold is not to be seen in the window.
const FOLD_MARGIN: f64 = 1.0;
/// The least an address of three lines, a name and a barcode need.
const LEAST_WIDTH: f64 = 60.0;
const LEAST_HEIGHT: f64 = 30.0;
/// Width of the barcode at 9 points: 67 bars, 1.08 mm apart.
const BARCODE_WIDTH: f64 = 72.0;

/// Where the window of the envelope is, in millimetres from the left and
/// upper edge of the folded letter as it lies in the middle of the space it
/// can slip in. Values have
/// been checked: the window lies in the upper third of the sheet and leaves
/// room inside for an address and beside it for number and date.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "Typed")]
pub struct Window {
    /// From the sheet's left edge to the window's.
    pub left_mm: f64,
    /// From the sheet's upper edge to the window's.
    pub top_mm: f64,
    /// The window's width.
    pub width_mm: f64,
    /// The window's height.
    pub height_mm: f64,
    /// How far the letter may slip from there, in any direction.
    pub play_mm: f64,
    /// Whether the folds are marked at the left edge of the sheet.
    pub fold_marks: bool,
    /// Whether the customer barcode stands under the address.
    pub barcode: bool,
    /// Sheets of paper the envelope takes at most, the letter among them.
    pub max_sheets: u32,
}

/// Sheets an envelope takes where the profile does not say: with 64 g paper
/// about 32 g of the 50 g a standard letter (定形郵便物) may weigh.
const MAX_SHEETS: u32 = 8;

/// The table as it is typed.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Typed {
    size: Size,
    window_left_mm: f64,
    window_top_mm: f64,
    window_width_mm: f64,
    window_height_mm: f64,
    play_mm: f64,
    fold_marks: bool,
    barcode: bool,
    max_sheets: u32,
}

/// Sizes of envelope the letters can be folded for.
#[derive(Deserialize)]
enum Size {
    /// 120 × 235 mm; the sheet is folded in thirds.
    #[serde(rename = "長形3号")]
    Long3,
}

/// Why a window cannot be used. The text is for staff, in Japanese.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum InvalidWindow {
    /// Not a number of millimetres a ruler shows.
    #[error(
        "[envelope] の {key} には、0 以上 300 以下の数をミリメートルで書いてください(今は {value})。"
    )]
    Measure {
        /// The setting.
        key: &'static str,
        /// Its value.
        value: f64,
    },
    /// So much play that nothing is left.
    #[error(
        "[envelope] の play_mm は 0 から 15 までにしてください(今は {0})。これより動く封筒では、宛名が窓から外れます。"
    )]
    Play(f64),
    /// The address would be where printers do not print.
    #[error(
        "[envelope] の窓が用紙の端に近すぎます。宛名は窓の縁から play_mm だけ内側に刷りますが、用紙の端から 5 mm までは刷れません。{key} か play_mm を大きくしてください。"
    )]
    Edge {
        /// The setting.
        key: &'static str,
    },
    /// Down to the fold or past it.
    #[error(
        "[envelope] の窓の下端が折り目に掛かります。window_top_mm、window_height_mm、play_mm の合計を 98 以下にしてください(今は {0})。"
    )]
    Fold(f64),
    /// No room for number and date.
    #[error(
        "[envelope] の窓の右に、文書番号と日付を刷る幅がありません。window_left_mm、window_width_mm、play_mm の合計を 140 以下にしてください(今は {0})。"
    )]
    Right(f64),
    /// No room for an address.
    #[error(
        "[envelope] の窓が小さすぎます。窓から上下左右の play_mm を除いて、幅 60 mm、高さ 30 mm 以上が必要です(今は幅 {width} mm、高さ {height} mm)。"
    )]
    Small {
        /// Width without play.
        width: f64,
        /// Height without play.
        height: f64,
    },
    /// No room for a barcode.
    #[error(
        "[envelope] の窓にカスタマバーコード(幅 72 mm)が入りません。窓から左右の play_mm を除いた幅は {0} mm です。barcode = false にするか、窓の寸法を確かめてください。"
    )]
    Barcode(f64),
}

impl Window {
    /// Width of what is in the window however the letter slips.
    fn sure_width_mm(&self) -> f64 {
        self.width_mm - 2.0 * self.play_mm
    }

    /// Height of what is in the window however the letter slips.
    fn sure_height_mm(&self) -> f64 {
        self.height_mm - 2.0 * self.play_mm
    }

    /// Refuses what no envelope or printer can do.
    fn check(&self) -> Result<(), InvalidWindow> {
        for (key, value) in [
            ("window_left_mm", self.left_mm),
            ("window_top_mm", self.top_mm),
            ("window_width_mm", self.width_mm),
            ("window_height_mm", self.height_mm),
        ] {
            if !(0.0..=300.0).contains(&value) {
                return Err(InvalidWindow::Measure { key, value });
            }
        }
        if !(0.0..=15.0).contains(&self.play_mm) {
            return Err(InvalidWindow::Play(self.play_mm));
        }
        for (key, value) in [
            ("window_left_mm", self.left_mm),
            ("window_top_mm", self.top_mm),
        ] {
            if value + self.play_mm < UNPRINTABLE {
                return Err(InvalidWindow::Edge { key });
            }
        }
        let bottom = self.top_mm + self.height_mm + self.play_mm;
        if bottom > PANEL_HEIGHT - FOLD_MARGIN {
            return Err(InvalidWindow::Fold(bottom));
        }
        let right = self.left_mm + self.width_mm + self.play_mm;
        if right > SHEET_WIDTH - RIGHT_MARGIN - NUMBER_WIDTH {
            return Err(InvalidWindow::Right(right));
        }
        let (width, height) = (self.sure_width_mm(), self.sure_height_mm());
        if width < LEAST_WIDTH || height < LEAST_HEIGHT {
            return Err(InvalidWindow::Small { width, height });
        }
        if self.barcode && width < BARCODE_WIDTH {
            return Err(InvalidWindow::Barcode(width));
        }
        Ok(())
    }
}

/// The example of `society/profile.toml`, for what a profile leaves out.
impl Default for Typed {
    fn default() -> Self {
        Typed {
            size: Size::Long3,
            window_left_mm: 20.0,
            window_top_mm: 19.0,
            window_width_mm: 100.0,
            window_height_mm: 55.0,
            play_mm: 5.0,
            fold_marks: true,
            barcode: true,
            max_sheets: MAX_SHEETS,
        }
    }
}

impl Typed {
    fn window(self) -> Window {
        let Size::Long3 = self.size;
        Window {
            left_mm: self.window_left_mm,
            top_mm: self.window_top_mm,
            width_mm: self.window_width_mm,
            height_mm: self.window_height_mm,
            play_mm: self.play_mm,
            fold_marks: self.fold_marks,
            barcode: self.barcode,
            max_sheets: self.max_sheets,
        }
    }
}

impl TryFrom<Typed> for Window {
    type Error = InvalidWindow;

    fn try_from(typed: Typed) -> Result<Self, InvalidWindow> {
        let window = typed.window();
        window.check()?;
        Ok(window)
    }
}

impl Default for Window {
    fn default() -> Self {
        Typed::default().window()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(table: &str) -> Result<Window, String> {
        toml::from_str(table).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn the_example_is_a_possible_window() {
        assert_eq!(read(""), Ok(Window::default()));
        assert_eq!(Window::default().sure_width_mm(), 90.0);
        assert_eq!(Window::default().sure_height_mm(), 45.0);
    }

    #[test]
    fn what_a_ruler_shows_is_taken_as_it_is() {
        let window = read("window_left_mm = 22\nwindow_top_mm = 17.5\nbarcode = false");
        let window = window.expect("a window");
        assert_eq!((window.left_mm, window.top_mm), (22.0, 17.5));
        assert!(!window.barcode && window.fold_marks);
    }

    #[test]
    fn each_impossible_value_is_named() {
        for (table, word) in [
            ("window_left_mm = -1", "window_left_mm"),
            ("window_top_mm = nan", "window_top_mm"),
            ("window_width_mm = 1000", "window_width_mm"),
            ("window_height_mm = -0.5", "window_height_mm"),
            ("play_mm = 16", "play_mm は 0 から 15"),
            (
                "window_left_mm = 0\nplay_mm = 4",
                "window_left_mm か play_mm",
            ),
            ("window_top_mm = 1\nplay_mm = 2", "window_top_mm か play_mm"),
            ("window_height_mm = 75", "折り目"),
            ("window_width_mm = 116", "文書番号と日付"),
            ("window_height_mm = 39", "窓が小さすぎます"),
            ("window_width_mm = 69\nbarcode = false", "窓が小さすぎます"),
            ("window_width_mm = 81", "barcode = false"),
            ("size = \"角形2号\"", "長形3号"),
            ("window_left = 1", "window_left"),
        ] {
            let problem = read(table).expect_err(table);
            assert!(problem.contains(word), "{table}: {problem}");
        }
    }
}
