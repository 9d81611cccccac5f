//! Grounds that a record names as a lawyer does, by the provision instead of
//! the code: 法第33条第2項第1号, with or without what it says behind it.

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::data::{Ground, Law};
use crate::catalogue::{Field, FieldShape, Kind, ListShape, Outcome, Role};
use crate::domain::half_width;

/// What the citations of the Act begin with.
const ACT: &str = "個人情報の保護に関する法律";

/// How staff call the Act.
const CALLED: [&str; 3] = [ACT, "個人情報保護法", "法"];

/// The citation as staff write it, 法第33条第2項第1号.
pub(super) fn short(citation: &str) -> String {
    match citation.strip_prefix(ACT) {
        Some(provision) => format!("法{provision}"),
        None => citation.to_owned(),
    }
}

/// A ground as it is shown to choose from, 法第33条第2項第1号（…おそれがある場合）.
pub(super) fn shown(ground: &Ground) -> String {
    format!("{}（{}）", short(&ground.citation), ground.wording)
}

/// Grounds for a sentence: code, citation and what each says.
pub(super) fn listed(grounds: &[&Ground]) -> String {
    let listed: Vec<String> = grounds
        .iter()
        .map(|ground| format!("{}＝{}", ground.code, shown(ground)))
        .collect();
    listed.join("、")
}

/// A ground a record may name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroundChoice {
    /// Its code.
    pub code: String,
    /// Its citation and what it says, as a record may name it too.
    pub shown: String,
}

/// What a text cites.
pub(super) enum Cited<'a> {
    /// One ground.
    One(&'a Ground),
    /// Several grounds of this decision.
    Several(Vec<&'a Ground>),
    /// Only grounds of other decisions.
    Elsewhere,
    /// Nothing the data knows.
    Nothing,
}

impl Law {
    /// Puts the code of a ground where a record has its citation. What names
    /// none, or more than one, stays as it is and is refused by the check.
    pub fn put_codes(&self, kind: &Kind, values: &mut Map<String, Value>) {
        let outcome = values.get("outcome").and_then(Value::as_str);
        let place = format!("{}/{}", kind.code, outcome.unwrap_or_default());
        self.put_codes_in(&kind.fields, &place, values);
    }

    fn put_codes_in(&self, fields: &[Field], place: &str, values: &mut Map<String, Value>) {
        for field in fields {
            let Some(value) = values.get_mut(&field.name) else {
                continue;
            };
            match (&field.shape, value) {
                (FieldShape::List(ListShape::Rows(parts)), Value::Array(rows)) => {
                    for row in rows.iter_mut().filter_map(Value::as_object_mut) {
                        self.put_codes_in(parts, place, row);
                    }
                }
                (_, value) if field.role == Some(Role::Ground) => self.put_code(place, value),
                _ => {}
            }
        }
    }

    fn put_code(&self, place: &str, value: &mut Value) {
        match value {
            Value::Array(all) => {
                let meant = |one: &Value| match one.as_str() {
                    Some(text) => self.codes(place, text),
                    None => None,
                };
                let put = |one: Value| match meant(&one) {
                    Some(codes) => codes.into_iter().map(Value::String).collect(),
                    None => vec![one],
                };
                *all = std::mem::take(all).into_iter().flat_map(put).collect();
            }
            Value::String(text) => {
                if let Cited::One(ground) = self.cited(place, text) {
                    text.clone_from(&ground.code);
                }
            }
            _ => {}
        }
    }

    /// The codes of what a text cites: one ground, or several of which each is
    /// cited clearly.
    fn codes(&self, place: &str, text: &str) -> Option<Vec<String>> {
        let one = |text: &str| match self.cited(place, text) {
            Cited::One(ground) => Some(ground.code.clone()),
            Cited::Several(_) | Cited::Elsewhere | Cited::Nothing => None,
        };
        one(text).map(|code| vec![code]).or_else(|| {
            let parts = text.split(['、', '，', ',', '\n']).map(str::trim);
            parts.filter(|part| !part.is_empty()).map(one).collect()
        })
    }

    /// What a text cites, first among the grounds of this decision.
    pub(super) fn cited(&self, place: &str, text: &str) -> Cited<'_> {
        let (head, tail) = match text.split_once(['＝', '=']) {
            Some((head, tail)) => (head, Some(provision(tail))),
            None => (text, None),
        };
        let is_named = |ground: &Ground, meant: &str| {
            provision(&ground.citation) == meant || provision(&shown(ground)) == meant
        };
        match (self.ground(&code(head)), tail) {
            (Some(ground), None) => return Cited::One(ground),
            // Code and citation as a list shows them, of one ground.
            (Some(ground), Some(tail)) if is_named(ground, &tail) => return Cited::One(ground),
            (_, Some(_)) => return Cited::Nothing,
            (None, None) => {}
        }
        let meant = provision(text);
        let names = |ground: &&Ground| is_named(ground, &meant);
        let all: Vec<&Ground> = self.grounds().filter(names).collect();
        let supports = |ground: &&Ground| ground.supports.iter().any(|at| at == place);
        let here: Vec<&Ground> = all.iter().copied().filter(supports).collect();
        match (here.as_slice(), all.as_slice()) {
            ([one], _) | ([], [one]) => Cited::One(one),
            ([], []) => Cited::Nothing,
            ([], _) => Cited::Elsewhere,
            _ => Cited::Several(here),
        }
    }

    /// The grounds of a decision that hold on this day.
    pub fn choices(&self, kind: &Kind, outcome: &Outcome, today: NaiveDate) -> Vec<GroundChoice> {
        let place = format!("{}/{}", kind.code, outcome.code);
        self.grounds()
            .filter(|ground| ground.never.is_none() && ground.period.holds(today))
            .filter(|ground| ground.supports.contains(&place))
            .map(|ground| GroundChoice {
                code: ground.code.clone(),
                shown: shown(ground),
            })
            .collect()
    }
}

/// A code in the width and case codes have.
fn code(typed: &str) -> String {
    let narrow = typed.trim().chars().map(half_width);
    let narrow: String = narrow.collect();
    match narrow.split_once('_') {
        // The last letter of a code may be small: PURPOSE_32_2_2a.
        Some((head, rest)) => format!("{}_{rest}", head.to_ascii_uppercase()),
        None => narrow,
    }
}

/// A citation without the name of the Act, spaces and width, its numbers as
/// 第33条 whether they were written 33条 or 第三十三条.
fn provision(citation: &str) -> String {
    let text: String = citation
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(half_width)
        .collect();
    let called = CALLED.iter().find_map(|act| text.strip_prefix(act));
    let mut rest = called.unwrap_or(&text);
    let mut whole = String::with_capacity(rest.len());
    while let Some(next) = rest.chars().next() {
        let end = rest.find(|c| !is_numeral(c)).unwrap_or(rest.len());
        let (number, behind) = rest.split_at(end);
        if number.is_empty() {
            whole.push(next);
            rest = rest.get(next.len_utf8()..).unwrap_or_default();
            continue;
        }
        match value(number).filter(|_| behind.starts_with(['条', '項', '号'])) {
            Some(value) => {
                if !whole.ends_with('第') {
                    whole.push('第');
                }
                whole.push_str(&value.to_string());
            }
            None => whole.push_str(number),
        }
        rest = behind;
    }
    whole
}

const KANJI: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

fn is_numeral(c: char) -> bool {
    c.is_ascii_digit() || KANJI.contains(&c) || matches!(c, '十' | '百')
}

/// The number that digits or 三十三 are.
fn value(number: &str) -> Option<u32> {
    if number.chars().all(|c| c.is_ascii_digit()) {
        return number.parse().ok();
    }
    let (mut sum, mut last) = (0_u32, None);
    for c in number.chars() {
        let digit = KANJI.iter().position(|kanji| *kanji == c);
        match (c, digit.and_then(|digit| u32::try_from(digit).ok())) {
            (_, Some(digit)) if last.is_none() => last = Some(digit),
            ('十', _) => sum = sum.checked_add(last.take().unwrap_or(1) * 10)?,
            ('百', _) => sum = sum.checked_add(last.take().unwrap_or(1) * 100)?,
            _ => return None,
        }
    }
    sum.checked_add(last.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provision_is_one_however_the_act_is_called() {
        for written in [
            "個人情報の保護に関する法律第33条第2項第1号",
            "個人情報保護法第３３条第２項第１号",
            "法第33条第2項第1号",
            "第33条 第2項 第1号",
            "33条2項1号",
            "法３３条２項１号",
            "法第三十三条第二項第一号",
        ] {
            assert_eq!(provision(written), "第33条第2項第1号");
        }
        assert_ne!(provision("令第33条第2項第1号"), "第33条第2項第1号");
        assert_eq!(provision("第百七条第十一項"), "第107条第11項");
        assert_eq!(provision("第29条の4第2項"), "第29条の4第2項");
        assert_eq!(code(" ｄisc＿33_2_1"), "DISC_33_2_1");
        assert_eq!(code("PURPOSE_32_2_2a"), "PURPOSE_32_2_2a");
        assert_eq!(
            short("個人情報の保護に関する法律第35条第1項"),
            "法第35条第1項"
        );
    }
}
