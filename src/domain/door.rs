//! Where a postman leaves a letter: whether two addresses are one door to him.

use serde_json::{Map, Value};

use super::fold::folded_address;
use super::site::{Site, without_prefecture};

/// A place as a postman finds it: without the prefecture, `2丁目3番4号` as
/// `2-3-4`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Door {
    whole: String,
    address: String,
    /// Whether a building is named apart.
    is_named: bool,
    site: Site,
}

impl Door {
    /// The door in these two fields of a record, if it has an address.
    pub(super) fn read(record: &Map<String, Value>, address: &str, building: &str) -> Option<Self> {
        let text = |field: &str| record.get(field).and_then(Value::as_str);
        Some(Door::of(text(address)?, text(building).unwrap_or_default()))
    }

    /// The door of an address and its building.
    pub(super) fn of(address: &str, building: &str) -> Self {
        let (street, named) = (folded_address(address), folded_address(building));
        Door {
            whole: lot(&format!("{street}{named}")),
            address: lot(&street),
            is_named: !named.is_empty(),
            site: Site::of(address, building),
        }
    }

    /// Whether both stand on one lot, whatever is written of the room. For
    /// whom a letter must not reach: another flat of the house is no comfort.
    pub(super) fn is_at_lot_of(&self, other: &Door) -> bool {
        self.looks_same(other) || self.site.is_lot_of(&other.site)
    }

    /// Whether a postman could take both for one, with the building or
    /// without. Wider than [`Place::may_be_same`]: for where a letter that
    /// goes to the wrong door is the graver fault.
    pub(super) fn looks_same(&self, other: &Door) -> bool {
        let unnamed = !self.is_named || !other.is_named;
        self.whole == other.whole
            || begins(&self.whole, &other.whole)
            || begins(&other.whole, &self.whole)
            || (unnamed && self.address == other.address)
            || self.site.is_room_of(&other.site)
    }
}

/// Whether `long` is `short` and a building after its number.
fn begins(long: &str, short: &str) -> bool {
    let numbered = short.ends_with(|c: char| c.is_ascii_digit());
    let rest = long.strip_prefix(short);
    numbered && rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit() || c == '-'))
}

/// A folded address without its prefecture, its lot in figures and hyphens.
fn lot(address: &str) -> String {
    let mut figures = in_figures(&without_prefecture(address).replace("大字", ""));
    for counter in ["丁目", "番地の", "番地", "番の", "番", "号室", "号", "の"] {
        figures = behind_figures(&figures, counter);
    }
    let chars: Vec<char> = figures.chars().collect();
    // A hyphen stands between figures only.
    let between = |place: usize| {
        let figure = |c: Option<&char>| c.is_some_and(char::is_ascii_digit);
        figure(place.checked_sub(1).and_then(|place| chars.get(place)))
            && figure(chars.get(place + 1))
    };
    chars
        .iter()
        .enumerate()
        .filter(|(place, c)| **c != '-' || between(*place))
        .map(|(_, c)| *c)
        .collect()
}

/// The counters of a lot behind a figure as hyphens.
fn behind_figures(text: &str, counter: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(counter) {
        out.push_str(before);
        let numbered = out.ends_with(|c: char| c.is_ascii_digit());
        out.push_str(if numbered { "-" } else { counter });
        rest = after;
    }
    out + rest
}

/// Kanji numbers up to 99 before a counter of a lot as figures: elsewhere they
/// may be part of a name (三宮町).
fn in_figures(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut number = String::new();
    for (place, c) in text.char_indices() {
        if DIGITS.contains(c) {
            number.push(c);
            continue;
        }
        let rest = &text[place..];
        let counted = ["丁目", "番", "号"].iter().any(|c| rest.starts_with(c));
        match value(&number).filter(|_| counted) {
            Some(value) => out.push_str(&value.to_string()),
            None => out.push_str(&number),
        }
        number.clear();
        out.push(c);
    }
    out + &number
}

/// Kanji of numbers, each at the place of its value.
const DIGITS: &str = "〇一二三四五六七八九十";

fn value(number: &str) -> Option<usize> {
    let digit = |text: &str| {
        let mut chars = text.chars();
        let value = chars
            .next()
            .and_then(|c| DIGITS.chars().position(|d| d == c));
        value.filter(|value| *value < 10 && chars.next().is_none())
    };
    match number.split_once('十') {
        None => digit(number),
        Some((tens, ones)) => {
            let tens = if tens.is_empty() { 1 } else { digit(tens)? };
            let ones = if ones.is_empty() { 0 } else { digit(ones)? };
            Some(tens * 10 + ones)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn door(address: &str, building: Option<&str>) -> Door {
        Door::of(address, building.unwrap_or_default())
    }

    #[test]
    fn one_door_written_in_many_ways_looks_the_same() {
        let written = [
            ("群馬県前橋市亀里町二丁目3番4号", Some("見本荘101")),
            ("前橋市亀里町2-3-4", Some("見本荘101号室")),
            ("群馬県 前橋市亀里町２丁目３番地の４ 見本荘101", None),
            ("前橋市亀里町２－３−４", None),
        ];
        for (address, building) in written {
            for (other, named) in written {
                let (one, two) = (door(address, building), door(other, named));
                assert!(one.looks_same(&two), "{address} {other}");
            }
        }
    }

    #[test]
    fn another_door_does_not_look_the_same() {
        let one = door("群馬県前橋市亀里町1310番地", Some("見本荘101"));
        for (address, building) in [
            ("群馬県前橋市亀里町1310番地", Some("見本荘102")),
            ("群馬県前橋市亀里町1310番地の5", None),
            ("群馬県前橋市亀里町13100番地", None),
            ("群馬県高崎市亀里町1310番地", None),
            ("群馬県前橋市三宮町1310番地", Some("見本荘101")),
        ] {
            let other = door(address, building);
            assert!(!one.looks_same(&other), "{address}");
        }
        let twelfth = door("前橋市亀里町十二丁目1番", None);
        assert!(twelfth.looks_same(&door("前橋市亀里町12-1", None)));
        assert!(!twelfth.looks_same(&door("前橋市亀里町2-1", None)));
    }
}
