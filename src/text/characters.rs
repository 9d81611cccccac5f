//! Which characters can be shown, and in which font.
//!
//! Typst refuses a missing glyph under PDF/A, but silently drops a variation
//! selector its font does not know: another form of 葛 than the one registered
//! would be printed. So each base
//! and selector is looked up here before a letter exists, and where the first
//! font lacks a pair, the text is cut into runs that each name their font.
//!
//! A unit is a grapheme cluster, a base with its selector and marks; all of
//! it must come from one font. Decomposed kana (か + U+3099) are such a unit:
//! they pass where one font has both glyphs, as BIZ UD Mincho does, and are
//! refused otherwise.
//! Private-use characters are refused even where a font has a glyph, because
//! what they mean differs from one machine to the next; so is all that prints
//! as nothing, because nobody who proof-reads can see it.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use icu_normalizer::ComposingNormalizerBorrowed;
use unicode_segmentation::UnicodeSegmentation;

use super::counterparts::{Counterpart, counterpart};
use super::coverage::Coverage;
use super::substitution::Substitutions;
use super::unshowable::{Reason, Unshowable, code_points, is_selector};
use crate::domain::{is_control, is_invisible};

/// The fonts, in the order of preference, and what the society replaces in
/// names.
pub struct Characters {
    fonts: Vec<(String, Coverage)>,
    substitutions: Option<Substitutions>,
}

/// A variant shown by the glyph of its other spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandIn {
    /// The variant as it came; the page's text keeps it.
    pub given: String,
    /// The spelling whose glyph shows it.
    pub shown: String,
}

/// A font that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("フォント {} を読めません({source})。fonts フォルダーを確かめてください。", path.display())]
pub struct FontError {
    /// The font's file.
    pub path: PathBuf,
    /// What went wrong.
    pub source: io::Error,
}

/// How a text can be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// Wholly in the first font.
    Plain,
    /// Cut into runs, each in one font; together they are the text.
    Runs(Vec<Run>),
}

/// A piece of text in one font.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Index of the font; [`Characters::family`] names it.
    pub font: usize,
    /// The piece, unchanged.
    pub text: String,
}

impl Characters {
    /// Reads the fonts, each by family name and file, best first.
    ///
    /// # Errors
    /// [`FontError`] for a file that is not a single TrueType or OpenType font.
    pub fn open<F: AsRef<str>, P: AsRef<Path>>(fonts: &[(F, P)]) -> Result<Self, FontError> {
        fonts
            .iter()
            .map(|(family, path)| {
                let path = path.as_ref();
                let coverage = Coverage::read(path).map_err(|source| FontError {
                    path: path.to_owned(),
                    source,
                })?;
                Ok((family.as_ref().to_owned(), coverage))
            })
            .collect::<Result<_, _>>()
            .map(|fonts| Characters {
                fonts,
                substitutions: None,
            })
    }

    /// The same, with what the society replaces in names and addresses.
    #[must_use]
    pub fn with_substitutions(mut self, substitutions: Substitutions) -> Self {
        self.substitutions = Some(substitutions);
        self
    }

    /// What the society replaces, if its policy is to replace.
    pub fn substitutions(&self) -> Option<&Substitutions> {
        self.substitutions.as_ref()
    }

    /// A name or an address in the form letters and mails show. It is the
    /// text itself unless the society replaces characters.
    pub fn shown_name<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match &self.substitutions {
            Some(substitutions) => substitutions.apply(text),
            None => Cow::Borrowed(text),
        }
    }

    /// The family name of a run's font.
    pub fn family(&self, font: usize) -> Option<&str> {
        self.fonts.get(font).map(|(family, _)| family.as_str())
    }

    /// How a text of one line can be shown.
    ///
    /// # Errors
    /// Every unit that cannot be shown, each once. A line break is one.
    pub fn check(&self, text: &str) -> Result<Shown, Vec<Unshowable>> {
        self.examine(text, false)
    }

    /// How a text that may hold line breaks (U+000A only) can be shown.
    ///
    /// # Errors
    /// Every unit that cannot be shown, each once.
    pub fn check_lines(&self, text: &str) -> Result<Shown, Vec<Unshowable>> {
        self.examine(text, true)
    }

    /// The variants of a text that are shown by the glyph of their other
    /// spelling, each once.
    pub fn stand_ins(&self, text: &str) -> Vec<StandIn> {
        let mut found: Vec<StandIn> = Vec::new();
        if !text.chars().any(is_selector) {
            return found;
        }
        for unit in text.graphemes(true) {
            let known = found.iter().any(|other| other.given == unit);
            if let Some((base, selector)) = sequence(unit)
                && !known
                && !self.has_variant(base, selector)
                && let Some(other) = counterpart(base, selector)
                && self.usual_font(base, other).is_some()
            {
                found.push(StandIn {
                    given: unit.to_owned(),
                    shown: spelling(base, other),
                });
            }
        }
        found
    }

    /// The units of a text that only another font than the first shows.
    pub fn rare_units(&self, text: &str) -> Vec<String> {
        if self.is_plain(text, true) {
            return Vec::new();
        }
        let is_rare = |unit: &&str| self.font_of(unit).is_ok_and(|font| font > 0);
        let rare = text.graphemes(true).filter(is_rare);
        rare.map(str::to_owned).collect()
    }

    fn has_variant(&self, base: char, selector: char) -> bool {
        let has = |(_, font): &(String, Coverage)| font.has_variant(base, selector);
        self.fonts.iter().any(has)
    }

    /// The first font whose own glyph of the base is this form.
    fn usual_font(&self, base: char, form: Counterpart) -> Option<usize> {
        self.fonts.iter().position(|(_, font)| match form {
            Counterpart::Plain => font.has(base),
            Counterpart::Selector(selector) => font.is_usual(base, selector),
        })
    }

    /// The other spelling of a variant, if a font has it.
    fn other_spelling(&self, unit: &str) -> Option<String> {
        let (base, selector) = sequence(unit)?;
        match counterpart(base, selector)? {
            Counterpart::Selector(other) if self.has_variant(base, other) => {
                Some(spelling(base, Counterpart::Selector(other)))
            }
            Counterpart::Selector(_) | Counterpart::Plain => None,
        }
    }

    fn examine(&self, text: &str, lines: bool) -> Result<Shown, Vec<Unshowable>> {
        if self.is_plain(text, lines) {
            return Ok(Shown::Plain);
        }
        let mut runs: Vec<Run> = Vec::new();
        let mut refused: Vec<Unshowable> = Vec::new();
        for unit in text.graphemes(true) {
            if lines && unit == "\n" {
                match runs.last_mut() {
                    Some(run) => run.text.push('\n'),
                    None => runs.push(run(0, unit)),
                }
                continue;
            }
            match self.font_of(unit) {
                Ok(font) => match runs.last_mut() {
                    Some(last) if last.font == font => last.text.push_str(unit),
                    _ => runs.push(run(font, unit)),
                },
                Err(reason) => {
                    if refused.iter().all(|other| other.character != unit) {
                        refused.push(Unshowable {
                            character: unit.to_owned(),
                            code_points: code_points(unit),
                            reason,
                            other_spelling: self.other_spelling(unit),
                        });
                    }
                }
            }
        }
        if !refused.is_empty() {
            return Err(refused);
        }
        match runs.as_slice() {
            [] => Ok(Shown::Plain),
            [only] if only.font == 0 => Ok(Shown::Plain),
            _ => Ok(Shown::Runs(runs)),
        }
    }

    /// The common case, found without cutting the text into units.
    fn is_plain(&self, text: &str, lines: bool) -> bool {
        let Some((_, first)) = self.fonts.first() else {
            return text.is_empty();
        };
        let mut at_start = true;
        for c in text.chars() {
            if c == '\n' && lines {
                at_start = true;
                continue;
            }
            if !first.has(c) || forbidden(c).is_some() || is_selector(c) {
                return false;
            }
            if is_mark(c) && (at_start || !is_kana_mark(c)) {
                return false;
            }
            at_start = false;
        }
        true
    }

    /// The first font that has the whole unit.
    fn font_of(&self, unit: &str) -> Result<usize, Reason> {
        let mut pairs: Vec<(char, Option<char>)> = Vec::new();
        for c in unit.chars() {
            if is_selector(c) {
                match pairs.last_mut() {
                    Some((_, selector @ None)) => *selector = Some(c),
                    _ => return Err(Reason::LoneSelector),
                }
                continue;
            }
            if let Some(reason) = forbidden(c) {
                return Err(reason);
            }
            if pairs.is_empty() && is_mark(c) {
                return Err(Reason::LoneMark);
            }
            pairs.push((c, None));
        }
        let loose = pairs.iter().any(|(c, _)| is_mark(*c) && !is_kana_mark(*c));
        let covers = |coverage: &Coverage| {
            if loose && !composed(unit).is_some_and(|whole| coverage.has(whole)) {
                return false;
            }
            pairs.iter().all(|(base, selector)| match selector {
                None => coverage.has(*base),
                Some(selector) => coverage.has_variant(*base, *selector),
            })
        };
        if let Some(font) = self.fonts.iter().position(|(_, font)| covers(font)) {
            return Ok(font);
        }
        if let Some((base, selector)) = sequence(unit)
            && let Some(other) = counterpart(base, selector)
            && let Some(font) = self.usual_font(base, other)
        {
            return Ok(font);
        }
        let bases = |coverage: &Coverage| pairs.iter().all(|(base, _)| coverage.has(*base));
        if self.fonts.iter().any(|(_, font)| bases(font)) {
            Err(if loose {
                Reason::LooseMark
            } else {
                Reason::NoVariant
            })
        } else {
            Err(Reason::NoGlyph)
        }
    }
}

/// The voicing marks of kana, which the fonts place over or beside any kana.
fn is_kana_mark(c: char) -> bool {
    matches!(c, '\u{3099}' | '\u{309A}' | '\u{FF9E}' | '\u{FF9F}')
}

/// The one character a base and its marks compose to, if there is one. It is
/// only asked whether the font has it; the text itself stays as it came.
fn composed(unit: &str) -> Option<char> {
    let whole = ComposingNormalizerBorrowed::new_nfc().normalize(unit);
    let mut chars = whole.chars();
    let first = chars.next();
    if chars.next().is_none() { first } else { None }
}

fn run(font: usize, text: &str) -> Run {
    Run {
        font,
        text: text.to_owned(),
    }
}

/// The base and selector of a unit that is nothing else.
fn sequence(unit: &str) -> Option<(char, char)> {
    let mut chars = unit.chars();
    match (chars.next(), chars.next(), chars.next()) {
        (Some(base), Some(selector), None) if is_selector(selector) => Some((base, selector)),
        _ => None,
    }
}

fn spelling(base: char, form: Counterpart) -> String {
    match form {
        Counterpart::Plain => base.to_string(),
        Counterpart::Selector(selector) => [base, selector].iter().collect(),
    }
}

/// Whether a character joins the one before it. The usual Japanese ranges
/// are answered at once; the rest is asked of the segmentation rules.
fn is_mark(c: char) -> bool {
    match c {
        '\0'..='\u{2FF}' | '\u{3041}'..='\u{3096}' | '\u{30A0}'..='\u{9FFF}' => false,
        _ => {
            let mut probe = String::from("字");
            probe.push(c);
            probe.graphemes(true).count() == 1
        }
    }
}

/// Characters no letter may hold, whatever the fonts have.
fn forbidden(c: char) -> Option<Reason> {
    match c {
        ' '..='~' => None,
        _ if is_control(c) => Some(Reason::Control),
        _ if is_invisible(c) => Some(Reason::Invisible),
        '\u{FFFD}' => Some(Reason::Replacement),
        '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{FFFFD}' | '\u{100000}'..='\u{10FFFD}' => {
            Some(Reason::PrivateUse)
        }
        '\u{FDD0}'..='\u{FDEF}' => Some(Reason::Noncharacter),
        _ if u32::from(c) & 0xFFFE == 0xFFFE => Some(Reason::Noncharacter),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
