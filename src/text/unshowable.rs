//! Characters that cannot be shown: which, why, and what staff can do.

use std::fmt::Write;

/// What other systems print for a character of a name they could not show.
pub const PLACEHOLDERS: [char; 7] = ['●', '〓', '□', '■', '?', '？', '\u{FFFD}'];

/// The code points of a text, such as `U+845B U+E0101`.
pub fn code_points(text: &str) -> String {
    let mut code_points = String::new();
    for c in text.chars() {
        let space = if code_points.is_empty() { "" } else { " " };
        // Writing into a string does not fail.
        let _ = write!(code_points, "{space}U+{:04X}", u32::from(c));
    }
    code_points
}

/// Standard and ideographic variation selectors.
pub fn is_selector(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

/// A unit that cannot be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unshowable {
    /// The unit, with its selectors and marks.
    pub character: String,
    /// Its code points, such as `U+845B U+E0101`.
    pub code_points: String,
    /// Why.
    pub reason: Reason,
    /// The same form in another spelling, which a font has.
    pub other_spelling: Option<String>,
}

/// Why a character cannot be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// No font has the character.
    NoGlyph,
    /// A font has the character, but none has this variant of it.
    NoVariant,
    /// A variation selector with nothing to vary.
    LoneSelector,
    /// A combining mark with nothing to combine with.
    LoneMark,
    /// A base with a combining mark that the font has no single glyph for;
    /// the engine would place the mark by itself and repeat the base in the
    /// page's text.
    LooseMark,
    /// A control character, a line break where none may stand, or a tab.
    Control,
    /// Prints as nothing: bidi controls, zero-width characters, soft hyphens,
    /// fillers, tags, line separators.
    Invisible,
    /// A private-use character (外字).
    PrivateUse,
    /// A code point that is no character.
    Noncharacter,
    /// U+FFFD: another program could not read the character.
    Replacement,
}

impl Unshowable {
    /// What is wrong with the character, in Japanese.
    pub fn problem(&self) -> String {
        let named = format!("「{}」({})", self.character, self.code_points);
        let code = &self.code_points;
        match self.reason {
            Reason::NoGlyph => format!("{named}は、備え付けのフォントにない文字です。"),
            Reason::NoVariant => match &self.other_spelling {
                None => format!("{named}は、この字形(異体字)がフォントにありません。"),
                Some(other) => format!(
                    "{named}は、この番号の字形(異体字)がフォントにありません。同じ字形の「{other}」({})はあります。",
                    code_points(other)
                ),
            },
            Reason::LoneSelector => {
                format!("字形の指定({code})が、指定できる文字の後にありません。")
            }
            Reason::LoneMark => format!("濁点などの結合文字({code})が単独で入っています。"),
            Reason::LooseMark => format!("{named}は、結合文字を重ねた文字です。"),
            Reason::Control => format!("改行などの制御文字({code})が入っています。"),
            Reason::Invisible => format!("目に見えない文字({code})が入っています。"),
            Reason::PrivateUse => format!("外字({code})が入っています。"),
            Reason::Noncharacter => format!("文字ではない番号({code})が入っています。"),
            Reason::Replacement => {
                format!("別のシステムで読めなかった文字({code})が入っています。")
            }
        }
    }

    /// What staff can do about it, in Japanese.
    pub fn remedy(&self) -> &'static str {
        match self.reason {
            Reason::NoVariant if self.other_spelling.is_some() => {
                "本人の字であることを確かめ、フォントにある方の番号で入力し直してください。"
            }
            Reason::NoGlyph | Reason::NoVariant => {
                "正しい文字を確かめ、本人に通知してある代わりの字か片仮名で書いてください。"
            }
            Reason::LoneSelector | Reason::LoneMark => {
                "その文字を消し、漢字や仮名から入力し直してください。"
            }
            Reason::LooseMark => {
                "é のように1文字になっている文字で入力し直すか、片仮名で書いてください。"
            }
            Reason::Control | Reason::Invisible | Reason::Noncharacter => {
                "この欄を一度消して、入力し直してください。"
            }
            Reason::PrivateUse => {
                "外字はほかの機械で別の字になります。標準の文字か片仮名で書いてください。"
            }
            Reason::Replacement => "元の資料で正しい文字を確かめ、入力し直してください。",
        }
    }

    /// What staff can do about it in a text of the society's own, in Japanese.
    pub fn own_remedy(&self) -> &'static str {
        match self.reason {
            Reason::NoVariant if self.other_spelling.is_some() => {
                "その字であることを確かめ、フォントにある方の番号で入力し直してください。"
            }
            Reason::NoGlyph | Reason::NoVariant => {
                "正しい文字を確かめ、フォントにある字か片仮名で書き直してください。"
            }
            Reason::Control | Reason::Invisible | Reason::Noncharacter => {
                "その値を一度消して、1行で入力し直してください。"
            }
            Reason::LoneSelector
            | Reason::LoneMark
            | Reason::LooseMark
            | Reason::PrivateUse
            | Reason::Replacement => self.remedy(),
        }
    }
}
