//! What a form asks of a value beyond its shape: of a date, when the day lies
//! and what it cannot lie before; of a text, how much it says.

use std::collections::BTreeMap;

use serde_json::Value;

/// Where the day a date field speaks of can lie, seen from the day its record
/// is taken in and from the day of the letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// It has happened, in the years a matter can take.
    Past,
    /// It has happened, perhaps a lifetime ago.
    LongPast,
    /// A period that was set for somebody and has ended: before today.
    Over,
    /// The date of another letter of ours that goes out no later than this
    /// one.
    Sent,
    /// It is to come, and still is on the day of the letter.
    Future,
    /// It is set for whoever gets the letter: after the day of the letter.
    Due,
    /// Either, near today.
    Either,
    /// The form says nothing; only what nobody can mean is refused.
    Open,
}

/// What a form says of one date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dating {
    /// Where the day may lie (`x-when`), whatever the outcome.
    pub when: When,
    /// Where it may lie for some outcomes (`x-when` with a word for each).
    pub by_outcome: BTreeMap<String, When>,
    /// The date fields it cannot lie before (`x-not-before`).
    pub not_before: Vec<String>,
    /// Days whoever gets the letter should have at least, or that should have
    /// gone by since (`x-days`).
    pub days: Option<i64>,
    /// Of a birth: the least and the most years of age the letter is for
    /// (`x-age`).
    pub age: Option<(u32, u32)>,
}

impl Default for Dating {
    fn default() -> Self {
        Dating {
            when: When::Open,
            by_outcome: BTreeMap::new(),
            not_before: Vec::new(),
            days: None,
            age: None,
        }
    }
}

/// The words of `x-when`.
const WORDS: [(&str, When); 7] = [
    ("past", When::Past),
    ("long-past", When::LongPast),
    ("over", When::Over),
    ("sent", When::Sent),
    ("future", When::Future),
    ("due", When::Due),
    ("either", When::Either),
];

impl Dating {
    /// Reads `x-when`, `x-not-before`, `x-days` and `x-age`, which a date has. A text
    /// may have `x-when` for the days it speaks of.
    pub(super) fn read(
        name: &str,
        schema: &Value,
        is_date: bool,
        is_text: bool,
    ) -> Result<Self, String> {
        for key in ["x-when", "x-not-before", "x-days", "x-age"] {
            let fits = is_date || (is_text && key == "x-when");
            if schema.get(key).is_some() && !fits {
                return Err(format!(
                    "項目「{name}」の {key} は、format が date の項目にだけ書けます(x-when は文章の項目にも書けます)。"
                ));
            }
        }
        let (when, by_outcome) = match schema.get("x-when") {
            None => (When::Open, BTreeMap::new()),
            Some(Value::Object(outcomes)) => {
                let of = |(code, word): (&String, &Value)| Ok((code.clone(), when_of(name, word)?));
                let outcomes = outcomes.iter().map(of);
                (When::Either, outcomes.collect::<Result<_, String>>()?)
            }
            Some(word) => (when_of(name, word)?, BTreeMap::new()),
        };
        let not_before = match schema.get("x-not-before") {
            None => Vec::new(),
            Some(Value::String(one)) => vec![one.clone()],
            Some(several) => names(several).ok_or_else(|| {
                format!("項目「{name}」の x-not-before には、日付の項目の名前を書いてください。")
            })?,
        };
        let days = match schema.get("x-days") {
            None => None,
            Some(days) => {
                let days = days.as_i64().filter(|days| (1..=365).contains(days));
                if days.is_none() || !matches!(when, When::Due | When::Past | When::Open) {
                    return Err(format!(
                        "項目「{name}」の x-days は、x-when が due か past の項目に、1 から 365 までの数で書いてください。"
                    ));
                }
                days
            }
        };
        Ok(Dating {
            when,
            by_outcome,
            not_before,
            days,
            age: age(name, schema)?,
        })
    }

    /// Where the day may lie in a record of this outcome.
    pub fn when_of(&self, outcome: Option<&str>) -> When {
        let own = outcome.and_then(|outcome| self.by_outcome.get(outcome));
        own.copied().unwrap_or(self.when)
    }
}

/// One word of `x-when`.
fn when_of(name: &str, value: &Value) -> Result<When, String> {
    let known = |word: &str| WORDS.iter().find(|(known, _)| *known == word);
    let words: Vec<&str> = WORDS.iter().map(|(word, _)| *word).collect();
    let found = value.as_str().and_then(known);
    found.map(|(_, when)| *when).ok_or_else(|| {
        format!(
            "項目「{name}」の x-when「{}」は使えません。{} のどれかを書いてください。",
            value.as_str().unwrap_or_default(),
            words.join("、")
        )
    })
}

fn age(name: &str, schema: &Value) -> Result<Option<(u32, u32)>, String> {
    let Some(value) = schema.get("x-age") else {
        return Ok(None);
    };
    let years = |value: &Value| value.as_u64().and_then(|years| u32::try_from(years).ok());
    let ages = value.as_array().map(Vec::as_slice).unwrap_or_default();
    match ages {
        [least, most] => {
            let ages = years(least).zip(years(most));
            ages.filter(|(least, most)| least <= most && *most <= 130)
        }
        _ => None,
    }
    .map(Some)
    .ok_or_else(|| {
        format!("項目「{name}」の x-age には、[15, 17] のように年齢の下限と上限を書いてください。")
    })
}

fn names(value: &Value) -> Option<Vec<String>> {
    let names = value.as_array()?.iter();
    names.map(|name| name.as_str().map(str::to_owned)).collect()
}

/// How much a text must say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// More than that there is nothing to say.
    Something,
    /// Why something was done or not: a sentence.
    Why,
}

impl Says {
    /// Reads `x-says`, which only a text has that everybody may read.
    pub(super) fn read(name: &str, schema: &Value, is_text: bool) -> Result<Option<Self>, String> {
        let Some(value) = schema.get("x-says") else {
            return Ok(None);
        };
        if !is_text || schema.get("x-restricted").is_some() {
            return Err(format!(
                "項目「{name}」の x-says は、文章の項目(x-restricted の項目を除く)にだけ書けます。"
            ));
        }
        match value.as_str() {
            Some("something") => Ok(Some(Says::Something)),
            Some("why") => Ok(Some(Says::Why)),
            _ => Err(format!(
                "項目「{name}」の x-says には something か why を書いてください。"
            )),
        }
    }
}
