//! What staff may type for the words of the forms: other names of a choice,
//! counters behind a number, columns of their own. Data, in
//! `templates/typing.toml`; where there is no such file, forms are filled in
//! word for word.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::field::Choice;
use crate::domain::folded;

/// The file below the templates.
pub(super) const TYPING: &str = "typing.toml";

/// What may be typed beside the words of a form.
#[derive(Debug, Default)]
pub struct Typing {
    same: BTreeMap<String, Vec<String>>,
    unsure: BTreeMap<String, Vec<String>>,
    counters: BTreeMap<String, Vec<String>>,
    headings: Vec<String>,
    marks: Vec<String>,
    bullets: Vec<char>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TypingToml {
    #[serde(default)]
    same: Vec<SameToml>,
    #[serde(default)]
    unsure: Vec<UnsureToml>,
    #[serde(default)]
    counters: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    left_out: LeftOutToml,
    #[serde(default)]
    bullets: BulletsToml,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SameToml {
    meant: String,
    said: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnsureToml {
    said: String,
    meant: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct LeftOutToml {
    #[serde(default)]
    headings: Vec<String>,
    #[serde(default)]
    marks: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct BulletsToml {
    #[serde(default)]
    marks: Vec<String>,
}

impl Typing {
    /// Reads the text of the file.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let raw: TypingToml = toml::from_str(text).map_err(|error| error.to_string())?;
        let mut same: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for entry in raw.same {
            for said in entry.said {
                let meant = same.entry(folded(&said)).or_default();
                if !meant.contains(&entry.meant) {
                    meant.push(entry.meant.clone());
                }
            }
        }
        let mut unsure = BTreeMap::new();
        for entry in raw.unsure {
            let said = folded(&entry.said);
            if same.contains_key(&said) {
                return Err(format!(
                    "「{}」が same と unsure の両方にあります。",
                    entry.said
                ));
            }
            unsure.insert(said, entry.meant);
        }
        if let Some(empty) = raw.left_out.marks.iter().find(|mark| mark.is_empty()) {
            return Err(format!("left_out の marks の「{empty}」は空です。"));
        }
        let mut bullets = Vec::new();
        for mark in raw.bullets.marks {
            let mut characters = mark.chars();
            match (characters.next(), characters.next()) {
                (Some(bullet), None) => bullets.push(bullet),
                _ => {
                    return Err(format!(
                        "bullets の marks は1文字ずつ書いてください(「{mark}」)。"
                    ));
                }
            }
        }
        Ok(Typing {
            same,
            unsure,
            counters: raw.counters,
            headings: raw.left_out.headings.iter().map(|h| folded(h)).collect(),
            marks: raw.left_out.marks,
            bullets,
        })
    }

    /// The one choice that is typed so: its label or code in whatever width,
    /// its label without what stands in brackets behind it, or another name
    /// of it. None where two could be meant.
    pub fn chosen<'a>(&self, choices: &'a [Choice], typed: &str) -> Option<&'a Choice> {
        let typed = typed.trim();
        let exact = |choice: &&Choice| choice.code == typed || choice.label == typed;
        if let Some(choice) = choices.iter().find(exact) {
            return Some(choice);
        }
        let wanted = folded(typed);
        if wanted.is_empty() {
            return None;
        }
        let only = |is: &dyn Fn(&Choice) -> bool| {
            let mut found = choices.iter().filter(|choice| is(choice));
            found.next().filter(|_| found.next().is_none())
        };
        let short = |choice: &Choice| {
            let label = choice.label.split('（').next().unwrap_or_default();
            folded(label)
        };
        only(&|choice| folded(&choice.label) == wanted || folded(&choice.code) == wanted)
            .or_else(|| only(&|choice| short(choice) == wanted))
            .or_else(|| {
                let meant = self.same.get(&wanted)?;
                only(&|choice| meant.contains(&choice.label))
            })
    }

    /// The choices somebody may have meant with a word of more than one
    /// meaning.
    pub fn perhaps<'a>(&self, choices: &'a [Choice], typed: &str) -> Vec<&'a Choice> {
        let meant = self.unsure.get(&folded(typed));
        let among = |choice: &&Choice| meant.is_some_and(|meant| meant.contains(&choice.label));
        choices.iter().filter(among).collect()
    }

    /// A number's text without the counter the field's numbers may bear.
    pub fn uncounted<'t>(&self, field: &str, typed: &'t str) -> &'t str {
        let counters = self.counters.get(field).map_or(&[][..], Vec::as_slice);
        let bare = counters
            .iter()
            .find_map(|counter| typed.strip_suffix(counter.as_str()));
        bare.map_or(typed, str::trim_end)
    }

    /// The counters the numbers of a field may bear.
    pub fn counters(&self, field: &str) -> &[String] {
        self.counters.get(field).map_or(&[], Vec::as_slice)
    }

    /// Whether a column is staff's own and no part of a record.
    pub fn is_left_out(&self, heading: &str) -> bool {
        let heading = heading.trim();
        let marked = |mark: &String| heading.starts_with(mark.as_str());
        self.marks.iter().any(marked) || self.headings.contains(&folded(heading))
    }

    /// A line without the bullet before it.
    pub fn unbulleted<'t>(&self, line: &'t str) -> &'t str {
        let bare = line.strip_prefix(|c| self.bullets.contains(&c));
        match bare.map(str::trim_start) {
            Some(bare) if !bare.is_empty() => bare,
            _ => line,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
[[same]]
meant = "開示"
said = ["開示請求"]
[[same]]
meant = "甲"
said = ["どちらも"]
[[same]]
meant = "乙"
said = ["どちらも"]
[[unsure]]
said = "代理人"
meant = ["甲", "乙"]
[counters]
count = ["件"]
[left_out]
headings = ["担当"]
marks = ["※"]
[bullets]
marks = ["・"]
"#;

    fn choices(labels: &[&str]) -> Vec<Choice> {
        let choice = |label: &&str| Choice {
            code: format!("c{label}"),
            label: (*label).to_owned(),
        };
        labels.iter().map(choice).collect()
    }

    #[test]
    fn a_word_is_taken_where_it_means_one_choice() {
        let typing = Typing::parse(TEXT).unwrap();
        let all = choices(&["開示", "甲", "乙", "第1号（甲の場合）", "ＡＢ"]);
        let chosen = |typed: &str| typing.chosen(&all, typed).map(|c| c.label.as_str());
        for (typed, label) in [
            ("開示", "開示"),
            (" 開　示 ", "開示"),
            ("c開示", "開示"),
            ("開示請求", "開示"),
            ("第１号", "第1号（甲の場合）"),
            ("第1号(甲の場合)", "第1号（甲の場合）"),
            ("ab", "ＡＢ"),
        ] {
            assert_eq!(chosen(typed), Some(label), "{typed}");
        }
        for typed in ["", "どちらも", "代理人", "開", "訂正"] {
            assert_eq!(chosen(typed), None, "{typed}");
        }
        assert_eq!(typing.perhaps(&all, "代理人").len(), 2);
        // Of a form with one of the two, the word has one meaning.
        let one = choices(&["甲"]);
        assert!(typing.chosen(&one, "どちらも").is_some());
    }

    #[test]
    fn counters_bullets_and_columns_are_as_the_file_says() {
        let typing = Typing::parse(TEXT).unwrap();
        assert_eq!(typing.uncounted("count", "12件"), "12");
        assert_eq!(typing.uncounted("count", "12円"), "12円");
        assert_eq!(typing.uncounted("fee", "12件"), "12件");
        assert!(typing.is_left_out("※確認") && typing.is_left_out("担 当"));
        assert!(!typing.is_left_out("担当窓口") && !typing.is_left_out("備考※"));
        assert_eq!(typing.unbulleted("・戸籍謄本"), "戸籍謄本");
        assert_eq!(typing.unbulleted("・"), "・");
        assert_eq!(typing.unbulleted("戸籍・謄本"), "戸籍・謄本");
    }

    #[test]
    fn a_file_that_contradicts_itself_is_refused() {
        for text in [
            "[[same]]\nmeant = \"甲\"\nsaid = [\"代理人\"]\n[[unsure]]\nsaid = \"代理人\"\nmeant = [\"甲\"]",
            "[bullets]\nmarks = [\"・・\"]",
            "[left_out]\nmarks = [\"\"]",
            "[other]",
        ] {
            assert!(Typing::parse(text).is_err(), "{text}");
        }
    }
}
