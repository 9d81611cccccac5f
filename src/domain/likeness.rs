//! When a record is another try at a letter that is there already.
//!
//! A record that was mended and queued again is not a second letter. Whether
//! it is one cannot be seen from its hash, for something of it is different;
//! it is seen from what it is about: kind, receipt number (or member key),
//! person, record key.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Place, identity_key, is_same_name};
use crate::hash::Sha256;

/// A field that says whom or what a letter is about, beside whom it goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject<'a> {
    /// The field.
    pub field: &'a str,
    /// Whether it names a person; where it is empty, the letter is about whom
    /// it goes to.
    pub is_person: bool,
}

/// What a record is about, as numbers to look letters up by. They only find
/// candidates: different records may share one, so what is found is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Likeness {
    /// The same matter and name.
    pub person: i64,
    /// The same matter, whoever it is addressed to.
    pub matter: i64,
    /// The same record key and name, whatever the matter is called.
    pub record: Option<i64>,
}

impl Likeness {
    /// The likeness of a record of the kind with this code.
    pub fn of(kind: &str, values: &Map<String, Value>) -> Self {
        let name = identity_key(text(values, "addressee_name"));
        let matter = matter(values);
        let key = identity_key(text(values, "record_key"));
        Likeness {
            person: number(&["person", kind, &matter, &name]),
            matter: number(&["matter", kind, &matter]),
            record: (!key.is_empty()).then(|| number(&["record", kind, &key, &name])),
        }
    }
}

/// How a record stands to an earlier one of the same kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likening {
    /// It says the same but for the way it is written: hyphens, width,
    /// letter case, full stops.
    Alike,
    /// It is the same letter with something of it changed.
    Mended,
    /// The same matter and person, with another outcome.
    OtherOutcome,
    /// The same matter and person; its own record key says that it is a
    /// letter of its own.
    Second,
    /// The same matter and person, about somebody or something else.
    OtherSubject,
    /// The same matter, and nothing of the person is the same.
    OtherPerson,
    /// Nothing to do with each other.
    Unlike,
}

/// Compares a record with an earlier one of the same kind. A kind that
/// decides a right has one letter a matter, whatever its outcome. `subjects`
/// say what its letters are about.
pub fn liken(
    new: &Map<String, Value>,
    earlier: &Map<String, Value>,
    decides: bool,
    subjects: &[Subject<'_>],
) -> Likening {
    let same_matter = matter(new) == matter(earlier);
    let same_person = is_same_person(new, earlier);
    let key = identity_key(text(new, "record_key"));
    let same_key = key == identity_key(text(earlier, "record_key"));
    let own_key = !key.is_empty() && !same_key;
    let same_record = same_key && !key.is_empty();
    match (same_matter, same_person) {
        (true, true) if own_key => Likening::Second,
        (true, true) if canonical(new) == canonical(earlier) => Likening::Alike,
        // Its own key would show that it is the same record all the same.
        (true, true) if !same_record && is_other_subject(new, earlier, subjects) => {
            Likening::OtherSubject
        }
        (true, true) if decides || text(new, "outcome") == text(earlier, "outcome") => {
            Likening::Mended
        }
        (true, true) => Likening::OtherOutcome,
        (true, false) if own_key => Likening::Unlike,
        (true, false) => Likening::OtherPerson,
        (false, true) if same_record => Likening::Mended,
        (false, _) => Likening::Unlike,
    }
}

/// The names of the fields that are not the same to a reader in both: what is
/// only written otherwise is none of them.
pub fn differing(a: &Map<String, Value>, b: &Map<String, Value>) -> Vec<String> {
    let place = |record| Place::read(record, "addressee_address", "addressee_building");
    let is_same_place = place(a).zip(place(b)).is_some_and(|(a, b)| a.is_same(&b));
    let is_place = |name: &str| matches!(name, "addressee_address" | "addressee_building");
    let same = |name: &str| {
        let known_by = |record: &Map<String, Value>| {
            record
                .get(name)
                .map(|value| each_text(value, &identity_key))
        };
        known_by(a) == known_by(b) || (is_place(name) && is_same_place)
    };
    let only_there = b.keys().filter(|name| !a.contains_key(*name));
    a.keys()
        .chain(only_there)
        .filter(|name| !same(name))
        .cloned()
        .collect()
}

/// Whether two records for one addressee are about two persons or two things.
fn is_other_subject(
    a: &Map<String, Value>,
    b: &Map<String, Value>,
    subjects: &[Subject<'_>],
) -> bool {
    subjects.iter().any(|subject| {
        let named = |record| Some(text(record, subject.field)).filter(|text| !text.is_empty());
        match (named(a), named(b)) {
            (Some(a), Some(b)) => identity_key(a) != identity_key(b),
            (Some(named), None) | (None, Some(named)) if subject.is_person => {
                let is_addressee = |record| is_same_name(named, text(record, "addressee_name"));
                !is_addressee(a) && !is_addressee(b)
            }
            (Some(_), None) | (None, Some(_) | None) => false,
        }
    })
}

fn text<'a>(values: &'a Map<String, Value>, field: &str) -> &'a str {
    values
        .get(field)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// What a letter is about: the request, else the member, else the person it
/// is addressed to at that address.
fn matter(values: &Map<String, Value>) -> String {
    let of = |field: &str| Some(identity_key(text(values, field))).filter(|key| !key.is_empty());
    let place = || canonical_text(text(values, "addressee_address"));
    of("receipt_number")
        .map(|number| format!("receipt {number}"))
        .or_else(|| of("member_key").map(|key| format!("member {key}")))
        .unwrap_or_else(|| {
            let name = identity_key(text(values, "addressee_name"));
            format!("person {name} {}", place())
        })
}

/// A name may be what was mended: the address and the mail address tell the
/// person as well.
fn is_same_person(a: &Map<String, Value>, b: &Map<String, Value>) -> bool {
    let place = |record| Place::read(record, "addressee_address", "addressee_building");
    let mail = |record| text(record, "mail_address").to_lowercase();
    is_same_name(text(a, "addressee_name"), text(b, "addressee_name"))
        || (!mail(a).is_empty() && mail(a) == mail(b))
        || place(a).zip(place(b)).is_some_and(|(a, b)| a.is_same(&b))
}

/// A record without what makes no difference to whoever reads the letter.
fn canonical(values: &Map<String, Value>) -> BTreeMap<&str, Value> {
    values
        .iter()
        // Whether it is another record is asked before.
        .filter(|(name, _)| name.as_str() != "record_key")
        .map(|(name, value)| (name.as_str(), each_text(value, &canonical_text)))
        .collect()
}

/// A value with every text in it made into what it is compared by.
fn each_text(value: &Value, made: &impl Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(made(text)),
        Value::Array(entries) => entries.iter().map(|entry| each_text(entry, made)).collect(),
        Value::Object(parts) => parts
            .iter()
            .map(|(name, part)| (name.clone(), each_text(part, made)))
            .collect(),
        other => other.clone(),
    }
}

/// Folded, every dash one, a postal code without it, sentences without their
/// punctuation. Between digits nothing is dropped, nor in a mail address:
/// there it tells one thing from another.
fn canonical_text(text: &str) -> String {
    let chars: Vec<char> = identity_key(text).chars().collect();
    if chars.contains(&'@') {
        return chars.into_iter().collect();
    }
    let digits = chars.iter().filter(|c| c.is_ascii_digit()).count();
    if digits == 7 && chars.len() == 8 && chars[3] == '-' {
        return chars.into_iter().filter(char::is_ascii_digit).collect();
    }
    let is_digit = |place: Option<usize>| {
        place
            .and_then(|place| chars.get(place))
            .is_some_and(char::is_ascii_digit)
    };
    let between_digits = |place: usize| is_digit(place.checked_sub(1)) && is_digit(Some(place + 1));
    chars
        .iter()
        .enumerate()
        .filter(|(place, c)| !PUNCTUATION.contains(c) || between_digits(*place))
        .map(|(_, c)| *c)
        .collect()
}

const PUNCTUATION: [char; 9] = ['。', '、', '．', '，', '.', ',', '・', '｡', '､'];

/// The first eight bytes of a hash: short in an index, and nobody reads a
/// name or a number out of it.
fn number(parts: &[&str]) -> i64 {
    let hash = Sha256::of_parts(parts.iter().map(|part| part.as_bytes()));
    let [a, b, c, d, e, f, g, h, ..] = *hash.as_bytes();
    i64::from_be_bytes([a, b, c, d, e, f, g, h])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn record(changes: &Value) -> Map<String, Value> {
        let mut record = json!({
            "outcome": "received", "addressee_name": "見本 太郎",
            "addressee_postal_code": "379-2147", "addressee_address": "前橋市亀里町1-23",
            "mail_address": "taro.mihon@example.jp", "receipt_number": "受第26-001号",
            "requested_content": "健診の結果の開示",
        });
        let whole = record.as_object_mut().expect("an object");
        for (name, value) in changes.as_object().expect("an object") {
            whole.insert(name.clone(), value.clone());
        }
        whole.clone()
    }

    fn likened(changes: &Value) -> Likening {
        liken(&record(changes), &record(&json!({})), false, &[])
    }

    #[test]
    fn what_is_only_written_otherwise_is_alike() {
        for changes in [
            json!({"addressee_postal_code": "3792147"}),
            json!({"mail_address": "Taro.Mihon@Example.jp"}),
            json!({"requested_content": "健診の結果の開示。"}),
            json!({"addressee_address": "前橋市亀里町１－２３"}),
            json!({"addressee_name": "見本　太郎"}),
        ] {
            assert_eq!(likened(&changes), Likening::Alike, "{changes}");
        }
    }

    #[test]
    fn what_means_something_else_is_mended_and_not_alike() {
        for changes in [
            json!({"addressee_address": "前橋市亀里町12-3"}),
            json!({"mail_address": "taromihon@example.jp"}),
            json!({"requested_content": "健診の結果1.5枚の開示"}),
            json!({"addressee_name": "見本 太朗"}),
            json!({"addressee_building": "見本荘101"}),
        ] {
            assert_eq!(likened(&changes), Likening::Mended, "{changes}");
        }
    }

    #[test]
    fn a_record_key_of_its_own_makes_a_second_letter() {
        assert_eq!(likened(&json!({"record_key": "2"})), Likening::Second);
        let earlier = record(&json!({"record_key": "A-1"}));
        let new = record(&json!({"record_key": "Ａ-1", "addressee_building": "見本荘"}));
        assert_eq!(liken(&new, &earlier, false, &[]), Likening::Mended);
        // No key says nothing.
        let new = record(&json!({"addressee_building": "見本荘"}));
        assert_eq!(liken(&new, &earlier, false, &[]), Likening::Mended);
    }

    #[test]
    fn another_outcome_is_another_letter_unless_the_kind_decides() {
        let reminder = record(&json!({"outcome": "reminder"}));
        let first = record(&json!({}));
        let other = Likening::OtherOutcome;
        assert_eq!(liken(&reminder, &first, false, &[]), other);
        assert_eq!(liken(&reminder, &first, true, &[]), Likening::Mended);
    }

    #[test]
    fn the_same_record_key_and_person_is_one_record_whatever_its_receipt_number() {
        let earlier = record(&json!({"record_key": "A-1"}));
        let new = record(&json!({"record_key": "A-1", "receipt_number": "受第26-002号"}));
        assert_eq!(liken(&new, &earlier, false, &[]), Likening::Mended);
        let of = |record| Likeness::of("acknowledgement", record);
        assert_eq!(of(&new).record, of(&earlier).record);
        assert_ne!(of(&new).matter, of(&earlier).matter);
        let other = json!({"receipt_number": "受第26-002号"});
        assert_eq!(likened(&other), Likening::Unlike);
    }

    #[test]
    fn another_person_of_the_same_matter_is_told_apart() {
        let other = json!({
            "addressee_name": "例示 花子", "addressee_address": "高崎市見本町1",
            "mail_address": "hanako@example.jp",
        });
        assert_eq!(likened(&other), Likening::OtherPerson);
    }

    #[test]
    fn another_subject_is_another_letter_unless_its_own_key_says_otherwise() {
        let subjects = [
            Subject {
                field: "person_name",
                is_person: true,
            },
            Subject {
                field: "incident",
                is_person: false,
            },
        ];
        let of =
            |new: Value, earlier: Value| liken(&record(&new), &record(&earlier), false, &subjects);
        let child = |name: &str| json!({"person_name": name});
        for (new, earlier, likening) in [
            (
                child("例示 一郎"),
                child("例示 二郎"),
                Likening::OtherSubject,
            ),
            (child("例示　一郎"), child("例示一郎"), Likening::Alike),
            (child("例示 一郎"), json!({}), Likening::OtherSubject),
            (json!({}), child("例示 一郎"), Likening::OtherSubject),
            // It says whom it is about, and that is whom it goes to.
            (child("見本太郎"), json!({}), Likening::Mended),
            (
                json!({"incident": "1"}),
                json!({"incident": "2"}),
                Likening::OtherSubject,
            ),
            (json!({"incident": "1"}), json!({}), Likening::Mended),
            (
                json!({"person_name": "例示 一郎", "record_key": "1"}),
                json!({"person_name": "例示 一朗", "record_key": "1"}),
                Likening::Mended,
            ),
        ] {
            assert_eq!(
                of(new.clone(), earlier.clone()),
                likening,
                "{new} {earlier}"
            );
        }
    }

    #[test]
    fn what_is_only_written_otherwise_is_no_difference() {
        let named = |changes: &Value| differing(&record(changes), &record(&json!({})));
        for changes in [
            json!({"receipt_number": "受第26−００１号"}),
            json!({"addressee_name": "見本太郎"}),
            json!({"mail_address": "Taro.Mihon@Example.jp"}),
            json!({"addressee_address": "前橋市亀里町", "addressee_building": "１－２３"}),
        ] {
            assert_eq!(named(&changes), Vec::<String>::new(), "{changes}");
        }
        assert_eq!(
            named(&json!({"addressee_name": "見本 太朗"})),
            ["addressee_name"]
        );
        assert_eq!(
            named(&json!({"addressee_building": "101"})),
            ["addressee_building"]
        );
    }
}
