//! Citations in the texts of a record, held against the list of the Act's
//! articles, paragraphs and items.
//!
//! A citation counts as one of the Act when the Act is named before it, when
//! 「同法」 stands for it, or when its sentence names no other law before it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

/// What the Act holds, as the data says.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Provisions {
    /// How the Act is called in a text.
    called: Vec<String>,
    /// Its last article.
    last_article: u32,
    /// Items of each paragraph of an article, -1 where nobody counted them;
    /// articles that are not listed have any paragraph.
    items: BTreeMap<String, Vec<i32>>,
    /// Where articles of before 1 April 2022 stand today.
    moved: BTreeMap<String, u32>,
    /// Articles about public bodies.
    public_bodies: PublicBodies,
}

/// Articles that do not apply to a society.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct PublicBodies {
    from: u32,
    to: u32,
    /// A text that names this provision may cite them: it applies them.
    #[serde(default)]
    applied_by: Option<String>,
}

/// What is wrong with a citation of the Act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Miscited {
    /// There is no such provision; where it stands today, if it is an old one.
    Missing { cited: String, today: Option<u32> },
    /// It is cited as one of the Act as it was.
    Old(String),
    /// It is about public bodies.
    Public { from: u32, to: u32 },
}

impl Miscited {
    /// What is wrong and what to do.
    pub(super) fn told(&self) -> (String, String) {
        match self {
            Miscited::Missing { cited, today } => (
                format!("個人情報の保護に関する法律に、{cited}はありません。"),
                match today {
                    Some(today) => format!(
                        "条、項、号を確かめてください。令和4年3月31日までの番号なら、今の第{today}条です。"
                    ),
                    None => "条、項、号を確かめてください。ほかの法令の条なら、その法令の名を前に書いてください。".to_owned(),
                },
            ),
            Miscited::Old(cited) => (
                format!("{cited}は、令和4年3月31日までの番号です。"),
                "今の条の番号で書いてください(旧第27条から旧第35条までは、今の第32条から第40条までです)。".to_owned(),
            ),
            Miscited::Public { from, to } => (
                format!(
                    "個人情報の保護に関する法律第{from}条から第{to}条までは行政機関等の規定で、当組合には適用されません。"
                ),
                "第32条から第40条までの規定によってください。".to_owned(),
            ),
        }
    }
}

/// Digits or Japanese numerals.
const NUMBER: &str = "[0-9]+|[〇一二三四五六七八九十百]+";

static CITATION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(
        "第?(?<article>{NUMBER})条(?<branch>の(?:{NUMBER}))?(?:第(?<paragraph>{NUMBER})項)?(?:本文|ただし書)?(?:第(?<item>{NUMBER})号)?"
    ))
    .ok()
});

/// Words that end like a law and name none.
const NO_LAWS: [&str; 12] = [
    "方法", "手法", "療法", "用法", "文法", "作法", "製法", "技法", "司法", "立法", "合法", "違法",
];

/// What the name of a law or of rules ends in.
const ENDINGS: [&str; 9] = [
    "法律",
    "法",
    "施行令",
    "規則",
    "規程",
    "規約",
    "要領",
    "要綱",
    "条例",
];

/// Whose article is cited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// The Act, which is named or stood for right before.
    Act,
    /// The Act as it was.
    OldAct,
    /// Nothing says whose; the sentence speaks of no other law.
    Taken,
    /// Another law or rules.
    Other,
}

impl Provisions {
    /// What is wrong with the first citation that is wrong. The text has
    /// half-width digits.
    pub(super) fn miscited(&self, text: &str) -> Option<Miscited> {
        let citation = CITATION.as_ref()?;
        citation.captures_iter(text).find_map(|found| {
            let whole = found.get(0)?;
            let before = &text[..whole.start()];
            let whose = self.whose(before, whole.as_str().starts_with('第'));
            let number = |name| found.name(name).and_then(|part| read(part.as_str()));
            let article = number("article")?;
            let (paragraph, item) = (number("paragraph"), number("item"));
            match whose {
                Whose::Other => None,
                Whose::OldAct => Some(Miscited::Old(format!("旧{}", whole.as_str()))),
                Whose::Act | Whose::Taken if found.name("branch").is_some() => None,
                Whose::Act if self.is_public(article, text) => Some(Miscited::Public {
                    from: self.public_bodies.from,
                    to: self.public_bodies.to,
                }),
                Whose::Act | Whose::Taken => {
                    (!self.has(article, paragraph, item)).then(|| Miscited::Missing {
                        cited: with_mark(whole.as_str()),
                        today: self.moved.get(&article.to_string()).copied(),
                    })
                }
            }
        })
    }

    fn is_public(&self, article: u32, text: &str) -> bool {
        let bodies = &self.public_bodies;
        let applied = bodies.applied_by.as_deref();
        (bodies.from..=bodies.to).contains(&article)
            && !applied.is_some_and(|provision| text.contains(provision))
    }

    fn has(&self, article: u32, paragraph: Option<u32>, item: Option<u32>) -> bool {
        if article == 0 || article > self.last_article {
            return false;
        }
        let Some(items) = self.items.get(&article.to_string()) else {
            return true;
        };
        let Some(count) = items.get(paragraph.unwrap_or(1).saturating_sub(1) as usize) else {
            return false;
        };
        // 「第2条第2号」 of an article of several paragraphs is no citation of ours to judge.
        let judged = paragraph.is_some() || items.len() == 1;
        paragraph != Some(0)
            && match item {
                Some(item) if judged && *count >= 0 => {
                    item >= 1 && i64::from(item) <= i64::from(*count)
                }
                _ => true,
            }
    }

    /// Whose the article is that stands after this text. `marked`: whether it
    /// begins with 第; without it only a named law has articles (法33条).
    fn whose(&self, before: &str, marked: bool) -> Whose {
        let near = without_remark(before.trim_end());
        let near = near.strip_suffix('の').unwrap_or(near);
        if near.ends_with('旧') {
            return Whose::OldAct;
        }
        if let Some(named) = self.act_named(near) {
            return named;
        }
        let sentence = before.rsplit('。').next().unwrap_or(before);
        if near.ends_with("同法") {
            return match self.last_law(near.strip_suffix("同法").unwrap_or(near)) {
                Some(false) => Whose::Other,
                Some(true) | None => Whose::Act,
            };
        }
        if ENDINGS.iter().any(|ending| near.ends_with(ending)) || near.ends_with('令') || !marked {
            return Whose::Other;
        }
        match self.last_law(sentence) {
            Some(false) => Whose::Other,
            Some(true) | None => Whose::Taken,
        }
    }

    /// Whether the text ends in a name of the Act. The short name 法 is one
    /// only where it stands alone.
    fn act_named(&self, text: &str) -> Option<Whose> {
        self.called.iter().find_map(|name| {
            let rest = text.strip_suffix(name.as_str())?;
            let last = rest.chars().next_back();
            match last {
                Some('旧') => Some(Whose::OldAct),
                Some(c) if name.chars().count() == 1 && is_of_a_word(c) => None,
                _ => Some(Whose::Act),
            }
        })
    }

    /// Whether the last law the text names is the Act; none where it names no
    /// law.
    fn last_law(&self, text: &str) -> Option<bool> {
        let mut ends: Vec<usize> = ENDINGS
            .iter()
            .flat_map(|ending| {
                text.rmatch_indices(ending)
                    .map(|(at, word)| at + word.len())
            })
            .collect();
        ends.sort_unstable();
        ends.into_iter().rev().find_map(|end| {
            let named = &text[..end];
            if NO_LAWS.iter().any(|word| named.ends_with(word)) || named.ends_with("同法") {
                return None;
            }
            if self.act_named(named).is_some() {
                return Some(true);
            }
            // 「法」 within 「法律」, 「法令」 and the like names nothing by itself.
            let goes_on = text[end..].chars().next().is_some_and(is_kanji);
            (!(named.ends_with('法') && goes_on)).then_some(false)
        })
    }
}

/// The text without a remark in brackets at its end, as the number of a law.
fn without_remark(text: &str) -> &str {
    for (open, close) in [('（', '）'), ('(', ')')] {
        if let Some(inner) = text.strip_suffix(close)
            && let Some(at) = inner.rfind(open)
        {
            return inner[..at].trim_end();
        }
    }
    text
}

fn with_mark(citation: &str) -> String {
    match citation.starts_with('第') {
        true => citation.to_owned(),
        false => format!("第{citation}"),
    }
}

fn is_kanji(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}')
}

/// Whether a letter before 法 makes one word with it: 健康保険法, 同法.
fn is_of_a_word(c: char) -> bool {
    is_kanji(c) || matches!(c, '\u{3041}'..='\u{30FF}')
}

/// A number in digits or in Japanese numerals up to 199.
fn read(text: &str) -> Option<u32> {
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let (mut total, mut digit) = (0, None);
    for c in text.chars() {
        let place = match c {
            '百' => 100,
            '十' => 10,
            _ => {
                let value = "〇一二三四五六七八九".chars().position(|d| d == c)?;
                digit = Some(digit.unwrap_or(0) * 10 + u32::try_from(value).ok()?);
                continue;
            }
        };
        total += digit.take().unwrap_or(1) * place;
    }
    Some(total + digit.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provisions() -> Provisions {
        toml::from_str(
            r#"
called = ["個人情報の保護に関する法律", "個人情報保護法", "個情法", "法"]
last_article = 185
items = { 28 = [0, 0, 0], 33 = [0, 3, 0, 0, 0], 36 = [0] }
moved = { 28 = 33 }
public_bodies = { from = 76, to = 106, applied_by = "番号法第31条第3項" }
"#,
        )
        .expect("reads")
    }

    #[test]
    fn what_the_act_does_not_hold_is_found() {
        let provisions = provisions();
        for text in [
            "第33条第6項により開示しません。",
            "法33条6項ではなく、法第33条第6項による。",
            "旧第28条第2項第1号に当たる。",
            "第28条第2項第1号に当たる。",
            "個人情報保護法（平成15年法律第57号）第三十三条第二項第四号",
            "個情法第200条",
            "健康保険法の記録です。第33条第6項により開示しません。",
            "個人情報の保護に関する法律により、同法第33条第9項",
        ] {
            assert!(provisions.miscited(text).is_some(), "{text}");
        }
        let old = provisions.miscited("第28条第2項第1号").expect("found");
        assert!(old.told().1.contains("今の第33条"), "{old:?}");
    }

    #[test]
    fn other_laws_have_articles_of_their_own() {
        let provisions = provisions();
        for text in [
            "第33条第2項第3号及び第36条による。",
            "健康保険法第33条第6項",
            "健康保険法（大正11年法律第70号）に基づく傷病手当金の記録で、同法第99条によるもの",
            "健康保険法では、第99条で定めています。",
            "健康保険法第99条及び第108条",
            "同法施行規則第33条第9項",
            "当組合の規程の第33条第7項",
            "令第12条第3号",
            "開示の方法は、第33条第2項による。",
            "番号法第31条第3項において準用する個人情報保護法第76条",
        ] {
            assert_eq!(provisions.miscited(text), None, "{text}");
        }
    }

    #[test]
    fn articles_of_public_bodies_are_not_ours() {
        let provisions = provisions();
        for text in [
            "法83条",
            "個人情報保護法第76条",
            "個情法第八十三条第一項",
            "個人情報保護法により、同法第83条",
        ] {
            assert!(
                matches!(provisions.miscited(text), Some(Miscited::Public { .. })),
                "{text}"
            );
        }
    }

    #[test]
    fn japanese_numerals_are_read() {
        for (text, number) in [
            ("七十六", 76),
            ("百六", 106),
            ("十", 10),
            ("二十", 20),
            ("三三", 33),
            ("百", 100),
        ] {
            assert_eq!(read(text), Some(number), "{text}");
        }
    }
}
