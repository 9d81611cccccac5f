//! How a duty is seen to be met.

use super::data::{Check, Duty, Part, Parts, Pattern, Slip, Vague};
use super::found::Found;
use super::text::{Position, Section, Words};
use super::{fee, profile};
use crate::domain::{Society, folded};
use crate::notice::Notice;

/// Looks for what a duty asks; `vague` are the words that are no purpose.
pub(super) fn recognise(
    duty: &Duty,
    words: &Words<'_>,
    vague: &[&str],
    notice: &Notice,
    society: &Society,
) -> Vec<Found> {
    let stands = || vec![words.empty(duty.stands)];
    match &duty.check {
        Check::Name => vec![match words.find_text(&[], &society.name) {
            Some(place) => Found::met(vec![place]),
            None => Found::missing(stands()),
        }],
        Check::Address => vec![match words.find_text(&[], &society.address.concat()) {
            Some(place) => Found::met(vec![place]),
            None => Found::missing(stands()),
        }],
        Check::Representative => vec![profile::representative(words, notice, society)],
        Check::Words(parts) => {
            let look = |part: &Part| {
                let mut words_of = part.words.iter();
                words_of.find_map(|pattern| words.find(&parts.sections, &pattern.0))
            };
            vec![all_of(parts, look, stands)]
        }
        Check::Measures(parts) => {
            let look = |part: &Part| measure(part, words, notice);
            vec![all_of(parts, look, stands)]
        }
        Check::SpecificPurposes => vec![specific_purposes(words, vague, notice, stands)],
        Check::VagueWords { words: list } => or_met(vague_words(list, words)),
        Check::Apart { words: list, own } => or_met(apart(list, own, words, notice)),
        Check::Slips { slips } => or_met(slips_in(slips, words)),
        Check::Fee { question } => vec![fee::fee(question, words, society)],
        Check::ComplaintAgrees => or_met(profile::disagreements(words, notice, society)),
        Check::Organisations { question } => profile::organisations(question, words, society),
    }
}

/// Where nothing is found, all is well.
fn or_met(found: Vec<Found>) -> Vec<Found> {
    match found.is_empty() {
        true => vec![Found::met(Vec::new())],
        false => found,
    }
}

fn all_of(
    parts: &Parts,
    look: impl Fn(&Part) -> Option<Position>,
    stands: impl Fn() -> Vec<Position>,
) -> Found {
    let mut places = Vec::new();
    let mut lacking = Vec::new();
    for part in &parts.parts {
        match look(part) {
            Some(place) if places.contains(&place) => {}
            Some(place) => places.push(place),
            None => lacking.push(part.name.clone()),
        }
    }
    if lacking.is_empty() {
        return Found::met(places);
    }
    let grade = match lacking.len() == parts.parts.len() {
        true => parts.none,
        false => parts.some,
    };
    places.extend(stands());
    // A single part has the duty's own name; to repeat it says nothing.
    if parts.parts.len() == 1 {
        lacking.clear();
    }
    Found::met(places).lacking(lacking).graded(grade)
}

/// A security measure counts when something stands under its heading.
fn measure(part: &Part, words: &Words<'_>, notice: &Notice) -> Option<Position> {
    let measures = &notice.security.measures;
    measures.iter().find_map(|measure| {
        let heading = measure.heading.as_deref()?;
        let named = part.words.iter().any(|p| p.0.is_match(&folded(heading)));
        (named && !measure.text.trim().is_empty()).then(|| Position {
            words: Some(heading.to_owned()),
            ..words.empty(Section::Security)
        })
    })
}

fn specific_purposes(
    words: &Words<'_>,
    vague: &[&str],
    notice: &Notice,
    stands: impl Fn() -> Vec<Position>,
) -> Found {
    let specific = |text: &str| {
        let text = folded(text);
        !text.is_empty() && !vague.iter().any(|word| folded(word) == text)
    };
    let lacking: Vec<String> = notice
        .categories()
        .filter(|category| !category.purposes.iter().any(|p| specific(&p.text)))
        .map(|category| format!("「{}」", category.name))
        .collect();
    let count = notice.categories().count();
    if count == 0 {
        return Found::missing(stands()).saying("利用目的の表に、類型が一つもありません。");
    }
    if lacking.is_empty() {
        let place = Position {
            words: Some(format!("{count}類型")),
            ..words.empty(Section::Table)
        };
        return Found::met(vec![place]);
    }
    Found::missing(stands()).lacking(lacking)
}

/// A vague word counts where it is the whole purpose: 「加入者の管理」 says
/// nothing, 「加入者の管理のための名簿の作成」 does.
fn vague_words(list: &[Vague], words: &Words<'_>) -> Vec<Found> {
    list.iter()
        .filter_map(|vague| {
            let word = folded(&vague.word);
            let places: Vec<Position> = words
                .pieces(Section::Table)
                .filter(|piece| piece.folded == word)
                .map(|piece| words.place(piece, &vague.word))
                .collect();
            (!places.is_empty()).then(|| {
                Found::weak(places)
                    .about(&vague.word, &vague.word)
                    .suggesting(&vague.model)
            })
        })
        .collect()
}

fn apart(list: &[Pattern], own: &[Pattern], words: &Words<'_>, notice: &Notice) -> Vec<Found> {
    let matches = |patterns: &[Pattern], text: &str| {
        let text = folded(text);
        patterns.iter().any(|pattern| pattern.0.is_match(&text))
    };
    let mut found = Vec::new();
    for category in notice.categories() {
        let (marked, others): (Vec<_>, Vec<_>) = category
            .purposes
            .iter()
            .partition(|purpose| matches(list, &purpose.text));
        if others.is_empty() || matches(own, &category.name) {
            continue;
        }
        for purpose in marked {
            let place = Position {
                section: format!(
                    "{}「{}」",
                    words.empty(Section::Table).section,
                    category.name
                ),
                words: Some(purpose.text.clone()),
            };
            found.push(Found::weak(vec![place]).about(&category.name, &purpose.text));
        }
    }
    found
}

fn slips_in(slips: &[Slip], words: &Words<'_>) -> Vec<Found> {
    slips
        .iter()
        .filter_map(|slip| {
            let places = words.find_written(&slip.words.0);
            let wrong = places.first()?.words.clone()?;
            Some(
                Found::weak(places)
                    .about(&wrong, &wrong)
                    .suggesting(&slip.model),
            )
        })
        .collect()
}
