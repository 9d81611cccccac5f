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
        "第?(?<article>{NUMBER})条(?<branch>の(?:{NUMBER}))?(?:の?第?(?<paragraph>{NUMBER})項)?(?:本文|ただし書)?(?:の?第?(?<item>{NUMBER})号)?"
    ))
    .ok()
});

/// Words that end like a law and name none.
const NO_LAWS: [&str; 12] = [
    "方法", "手法", "療法", "用法", "文法", "作法", "製法", "技法", "司法", "立法", "合法", "違法",
];

/// What the name of a law or of rules ends in.
const ENDINGS: [&str; 15] = [
    "ガイダンス",
    "ガイドライン",
    "法律",
    "法",
    "施行令",
    "規則",
    "規程",
    "規約",
    "要領",
    "要綱",
    "条例",
    "契約書",
    "協定書",
    "約款",
    "定款",
];

/// A name of the Act that other laws' names end in, as 生活保護法.
const SHORT: [&str; 1] = ["保護法"];

/// With what before its name another Act is named, which is no longer in force.
const OF_PUBLIC_BODIES: [&str; 6] = [
    "行政機関",
    "行政機関の保有する",
    "行政機関等",
    "独立行政法人",
    "独立行政法人等",
    "独立行政法人等の保有する",
];

/// What is counted after a number, so that 「第33条の一部」 is no article of its own.
const COUNTED: [char; 28] = [
    '部', '般', 'つ', '種', '方', '者', '人', '件', '定', '個', '回', '度', '次', '点', '週', '日',
    '年', '月', 'か', 'カ', 'ヶ', 'ケ', '箇', '要', '通', '名', '段', '時',
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
            let number = |name| found.name(name).and_then(|part| read(part.as_str()));
            let article = number("article")?;
            let (paragraph, item) = (number("paragraph"), number("item"));
            // An article with its paragraph or item is a citation without 第 as well.
            let is_whole = paragraph.is_some() || item.is_some();
            let whose = self.whose(before, is_whole || whole.as_str().starts_with('第'));
            let is_branch = found.name("branch").is_some()
                && (is_whole || !goes_on_counting(&text[whole.end()..]));
            match whose {
                Whose::Other => None,
                Whose::OldAct => Some(Miscited::Old(format!("旧{}", whole.as_str()))),
                Whose::Act if is_branch && article <= self.last_listed() => {
                    Some(Miscited::Missing {
                        cited: with_mark(whole.as_str()),
                        today: None,
                    })
                }
                Whose::Act | Whose::Taken if is_branch => None,
                Whose::Act if self.is_public(article, text) => Some(Miscited::Public {
                    from: self.public_bodies.from,
                    to: self.public_bodies.to,
                }),
                Whose::Act | Whose::Taken => {
                    let moved = self.moved.get(&article.to_string()).copied();
                    (!self.has(article, paragraph, item)).then(|| Miscited::Missing {
                        cited: with_mark(whole.as_str()),
                        // An old number only where what it stood for has such a part.
                        today: moved.filter(|today| self.has(*today, paragraph, item)),
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

    /// The last article whose parts are listed; up to it none has branches.
    fn last_listed(&self) -> u32 {
        let listed = self.items.keys().filter_map(|article| article.parse().ok());
        listed.max().unwrap_or(0)
    }

    fn has(&self, article: u32, paragraph: Option<u32>, item: Option<u32>) -> bool {
        if article == 0 || article > self.last_article {
            return false;
        }
        let Some(items) = self.items.get(&article.to_string()) else {
            return true;
        };
        // Paragraphs of an article that has but one have no number.
        if paragraph == Some(0) || (paragraph.is_some() && items.len() == 1) {
            return false;
        }
        let counts = match paragraph {
            Some(paragraph) => items.get(paragraph as usize - 1..paragraph as usize),
            // 「第2条第2号」 may be an item of any of its paragraphs.
            None => Some(items.as_slice()),
        };
        counts.is_some_and(|counts| {
            item.is_none_or(|item| {
                let holds = |count: &i32| *count < 0 || i64::from(item) <= i64::from(*count);
                item >= 1 && counts.iter().any(holds)
            })
        })
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
            let is_short = SHORT.contains(&name.as_str());
            match last {
                Some('旧') => Some(Whose::OldAct),
                Some(c) if name.chars().count() == 1 && is_of_a_word(c) => None,
                Some(c) if is_short && is_kanji(c) && !rest.ends_with("及び") => None,
                _ if OF_PUBLIC_BODIES.iter().any(|bodies| rest.ends_with(bodies)) => None,
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
            let next = text[end..].chars().next();
            let goes_on = next.is_some_and(|c| is_kanji(c) && c != '第' && !is_japanese_numeral(c));
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

/// Whether what follows a number counts something.
fn goes_on_counting(text: &str) -> bool {
    text.starts_with(COUNTED)
}

fn is_japanese_numeral(c: char) -> bool {
    "〇一二三四五六七八九十百".contains(c)
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
mod tests;
