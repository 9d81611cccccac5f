//! What the engine objects to in a page, as a line for staff.
//!
//! A template can make the engine say anything, of any length. So what leaves
//! the worker is cut and cleaned here, before it costs memory or time
//! elsewhere.

use typst::diag::{Severity, SourceDiagnostic};
use typst::{World, WorldExt};

use super::protocol::{Complaint, Fault, MESSAGE_MOST};
use super::world::PageWorld;
use crate::domain::in_one_line;
use crate::text::unshowable::code_points;

/// What the engine writes before the message of a template's `assert`.
const TOLD: &str = "assertion failed: ";

/// What stands around a text with a character that has no glyph.
const UNSHOWN: [&str; 3] = [
    "the text `\"",
    "\"` could not be displayed with ",
    "font `\"",
];

/// Diagnostics that are told; one says why, the others mostly follow from it.
const NAMED: usize = 2;

/// The most characters of one of the engine's own sentences.
const SENTENCE_MOST: usize = 200;

/// Characters without a glyph that are named one by one.
const CHARACTERS_NAMED: usize = 5;

/// The engine's diagnostics as a complaint. What a template says itself is a
/// sentence for staff and stands alone; so does what is said of characters.
pub(super) fn complaint(world: &PageWorld<'_>, diagnostics: &[SourceDiagnostic]) -> Complaint {
    let told = diagnostics
        .iter()
        .find_map(|diagnostic| diagnostic.message.strip_prefix(TOLD));
    if let Some(told) = told {
        return Complaint::of_template(told);
    }
    let unshown = diagnostics
        .iter()
        .find_map(|diagnostic| unshown(world, diagnostic));
    if let Some(complaint) = unshown {
        return complaint;
    }
    let mut lines: Vec<String> = diagnostics
        .iter()
        .take(NAMED)
        .map(|diagnostic| line(world, diagnostic))
        .collect();
    let more = diagnostics.len().saturating_sub(NAMED);
    if more > 0 {
        lines.push(format!("ほかに{more}件"));
    }
    Complaint::of_template(&lines.join(" / "))
}

/// Place, message and first hint of a diagnostic.
fn line(world: &PageWorld<'_>, diagnostic: &SourceDiagnostic) -> String {
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let place = place(world, diagnostic).map_or_else(String::new, |place| format!("{place}: "));
    let message = in_one_line(&diagnostic.message, SENTENCE_MOST);
    let hint = diagnostic.hints.first().map_or_else(String::new, |hint| {
        format!(" (hint: {})", in_one_line(&hint.v, SENTENCE_MOST))
    });
    format!("{place}{severity}: {message}{hint}")
}

/// File and line, such as `/lib/page.typ:12`.
fn place(world: &PageWorld<'_>, diagnostic: &SourceDiagnostic) -> Option<String> {
    let id = diagnostic.span.id()?;
    let path = id.get().vpath().get_with_slash();
    let line = world
        .range(diagnostic.span)
        .and_then(|range| world.source(id).ok()?.lines().byte_to_line(range.start));
    Some(match line {
        Some(line) => format!("{path}:{}", line + 1),
        None => path.to_owned(),
    })
}

/// A complaint about characters that have no glyph, if the diagnostic is one.
fn unshown(world: &PageWorld<'_>, diagnostic: &SourceDiagnostic) -> Option<Complaint> {
    let [before, between, font] = UNSHOWN;
    let (_, rest) = diagnostic.message.split_once(before)?;
    let (text, rest) = rest.rsplit_once(between)?;
    let family = rest
        .strip_prefix(font)
        .and_then(|rest| rest.split('"').next());
    let mut missing = String::new();
    for c in unquoted(text).chars() {
        let shown = family.is_some_and(|family| world.fonts.shows(family, c));
        if !shown && !missing.contains(c) && missing.chars().count() < CHARACTERS_NAMED {
            missing.push(c);
        }
    }
    let named: Vec<String> = missing
        .chars()
        .map(|c| format!("「{c}」({})", code_points(&c.to_string())))
        .collect();
    let named = match named.as_slice() {
        // No single one is known: the engine tried to join several.
        [] => format!("「{}」", in_one_line(&unquoted(text), 20)),
        named => named.join("と"),
    };
    let at = place(world, diagnostic).map_or_else(String::new, |place| format!("(書式 {place})"));
    let font = family.unwrap_or_default();
    Some(Complaint {
        fault: Fault::Characters(missing),
        message: in_one_line(
            &format!("{named}は、ここで使うフォント({font})にない文字です{at}。"),
            MESSAGE_MOST,
        ),
    })
}

/// A text as the engine quotes it, without its escapes.
fn unquoted(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        let code = after
            .strip_prefix("u{")
            .and_then(|after| after.split_once('}'))
            .and_then(|(code, after)| {
                Some((char::from_u32(u32::from_str_radix(code, 16).ok()?)?, after))
            });
        rest = match code {
            Some((c, after)) => {
                plain.push(c);
                after
            }
            None => after,
        };
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::unquoted;

    #[test]
    fn the_engines_escapes_are_undone() {
        for (quoted, plain) in [
            ("𠮷岡", "𠮷岡"),
            ("葛\\u{e0102}城", "葛\u{E0102}城"),
            ("\\\"x\\\"", "\"x\""),
            ("\\u{zz}", "u{zz}"),
        ] {
            assert_eq!(unquoted(quoted), plain);
        }
    }
}
