//! JSON values in which no key is lost.
//!
//! Of a key that stands twice in an object a plain map keeps one value. Here
//! it is told, so that the record is refused, and the later values are kept
//! under names that no kind has, so that staff see them all.

use std::collections::HashMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::findings::shortened;

/// How many repeated keys of an entry are named.
const NAMED: usize = 20;

/// The most values of an entry, in all its lists and objects: more than any
/// letter has words.
const MOST_VALUES: usize = 100_000;

/// A key that stands more than once in an object.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Repeated {
    /// The key, with the keys and places it stands below.
    pub(super) path: String,
    pub(super) times: usize,
}

/// What is noted of an entry.
#[derive(Debug)]
pub(super) struct Noted {
    /// The keys that stand more than once.
    pub(super) repeated: Vec<Repeated>,
    /// How many more values it may have.
    left: usize,
}

impl Noted {
    /// Of an entry that was not read yet.
    pub(super) fn none() -> Self {
        Noted {
            repeated: Vec::new(),
            left: MOST_VALUES,
        }
    }

    /// Whether the entry has more values than it may.
    pub(super) fn is_over(&self) -> bool {
        self.left == 0
    }
}

/// Reads any JSON value and notes the keys that stand more than once.
pub(super) struct Strict<'r>(pub(super) &'r mut Noted);

impl Strict<'_> {
    fn noted(&self) -> usize {
        self.0.repeated.len()
    }

    /// Counts a value: each takes a hundred times the memory of its two bytes.
    fn count<E: Error>(&mut self) -> Result<(), E> {
        self.0.left = self.0.left.saturating_sub(1);
        match self.0.is_over() {
            false => Ok(()),
            true => Err(E::custom("too many values")),
        }
    }

    /// Puts what was noted of a value behind the value's own name.
    fn below(&mut self, noted: usize, name: &str) {
        for repeated in self.0.repeated.iter_mut().skip(noted) {
            let dot = if repeated.path.starts_with('[') {
                ""
            } else {
                "."
            };
            repeated.path = format!("{name}{dot}{}", repeated.path);
        }
    }
}

/// How often a key stood, and how the last of its later values is named.
#[derive(Default)]
struct Later {
    times: usize,
    named: usize,
}

impl Later {
    /// A name for the next value that the object does not have.
    fn name(&mut self, key: &str, object: &Map<String, Value>) -> String {
        loop {
            self.named += 1;
            let name = match self.named {
                1 => format!("{key}(重複)"),
                later => format!("{key}(重複{later})"),
            };
            if !object.contains_key(&name) {
                return name;
            }
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(mut self, deserializer: D) -> Result<Value, D::Error> {
        self.count()?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("not a finite number"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut own = self;
        let mut values = Vec::new();
        loop {
            let noted = own.noted();
            let Some(value) = entries.next_element_seed(Strict(own.0))? else {
                return Ok(Value::Array(values));
            };
            own.below(noted, &format!("[{}]", values.len()));
            values.push(value);
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut own = self;
        let mut object = Map::new();
        let mut repeated: HashMap<String, Later> = HashMap::new();
        while let Some(key) = entries.next_key::<String>()? {
            let noted = own.noted();
            let value = entries.next_value_seed(Strict(own.0))?;
            own.below(noted, &shortened(&key));
            if object.contains_key(&key) {
                let later = repeated.entry(key.clone()).or_default();
                later.times += 1;
                object.insert(later.name(&key, &object), value);
            } else {
                object.insert(key, value);
            }
        }
        let mut repeated: Vec<Repeated> = repeated
            .into_iter()
            .map(|(key, later)| Repeated {
                path: shortened(&key),
                times: later.times + 1,
            })
            .collect();
        repeated.sort_by(|one, other| one.path.cmp(&other.path));
        repeated.truncate(NAMED.saturating_sub(own.noted()));
        own.0.repeated.extend(repeated);
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Value, Vec<Repeated>) {
        let mut noted = Noted::none();
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let value = Strict(&mut noted).deserialize(&mut deserializer);
        (value.unwrap(), noted.repeated)
    }

    #[test]
    fn a_repeated_key_is_told_and_every_value_is_kept() {
        let text =
            r#"{"a":1,"a":2,"a(重複2)":3,"a":4,"b":[{},{"c":{"d":1,"d":2}},[{"e":1,"e":1}]]}"#;
        let (object, repeated) = read(text);
        for (key, value) in [("a", 1), ("a(重複)", 2), ("a(重複2)", 3), ("a(重複3)", 4)] {
            assert_eq!(object[key], value, "{key}");
        }
        let told: Vec<(&str, usize)> = repeated
            .iter()
            .map(|repeated| (repeated.path.as_str(), repeated.times))
            .collect();
        assert_eq!(told, [("b[1].c.d", 2), ("b[2][0].e", 2), ("a", 3)]);
    }

    #[test]
    fn many_repeated_keys_are_told_shortly() {
        let pairs: Vec<String> = (0..100)
            .flat_map(|n| [format!("\"k{n}\":1"), format!("\"k{n}\":2")])
            .collect();
        let (object, repeated) = read(&format!("{{{}}}", pairs.join(",")));
        assert_eq!(repeated.len(), NAMED);
        assert_eq!(object.as_object().unwrap().len(), 200);
    }

    #[test]
    fn an_entry_has_no_more_values_than_it_may() {
        let over = |text: &str| {
            let mut noted = Noted::none();
            let mut deserializer = serde_json::Deserializer::from_str(text);
            let value = Strict(&mut noted).deserialize(&mut deserializer);
            (value.is_err(), noted.is_over())
        };
        let list = |count: usize| format!("[{}0]", "0,".repeat(count));
        assert_eq!(over(&list(MOST_VALUES - 5)), (false, false));
        assert_eq!(over(&list(MOST_VALUES)), (true, true));
        let halves = list(MOST_VALUES / 2);
        assert_eq!(
            over(&format!("{{\"a\":{halves},\"b\":{halves}}}")),
            (true, true)
        );
        assert_eq!(over("[0,}"), (true, false));
    }
}
