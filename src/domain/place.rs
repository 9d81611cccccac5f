//! Where somebody lives, for telling one address from another.

use serde_json::{Map, Value};

use super::fold::folded_address;

/// A postal address with its building.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    address: String,
    building: String,
}

impl Place {
    /// The address in these two fields of a record, if it has one.
    pub fn read(record: &Map<String, Value>, address: &str, building: &str) -> Option<Self> {
        let text = |field: &str| record.get(field).and_then(Value::as_str);
        Some(Place::of(text(address)?, text(building)))
    }

    /// The place of an address and its building.
    pub fn of(address: &str, building: Option<&str>) -> Self {
        Place {
            address: folded_address(address),
            building: folded_address(building.unwrap_or_default()),
        }
    }

    /// The address and its building in the form in which places are compared:
    /// for finding them, never for printing.
    pub fn compared(&self) -> (&str, &str) {
        (&self.address, &self.building)
    }

    /// Whether both are written as the same address, wherever the line was
    /// drawn between address and building.
    pub fn is_same(&self, other: &Place) -> bool {
        let whole = |place: &Place| format!("{}{}", place.address, place.building);
        whole(self) == whole(other)
    }

    /// Whether both may be the same door: a building that only one of them
    /// names does not show that they differ.
    pub fn may_be_same(&self, other: &Place) -> bool {
        let unnamed = self.building.is_empty() || other.building.is_empty();
        self.is_same(other) || (unnamed && self.address == other.address)
    }

    /// The door it is, however it is written.
    pub(super) fn door(&self) -> Door {
        Door {
            whole: lot(&format!("{}{}", self.address, self.building)),
            address: lot(&self.address),
            is_named: !self.building.is_empty(),
        }
    }
}

/// A place as a postman finds it: without the prefecture, `2丁目3番4号` as
/// `2-3-4`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Door {
    whole: String,
    address: String,
    /// Whether a building is named apart.
    is_named: bool,
}

impl Door {
    /// Whether a postman could take both for one, with the building or
    /// without. Wider than [`Place::may_be_same`]: for where a letter that
    /// goes to the wrong door is the graver fault.
    pub(super) fn looks_same(&self, other: &Door) -> bool {
        let unnamed = !self.is_named || !other.is_named;
        self.whole == other.whole
            || begins(&self.whole, &other.whole)
            || begins(&other.whole, &self.whole)
            || (unnamed && self.address == other.address)
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
    let without = PREFECTURES
        .iter()
        .find_map(|name| address.strip_prefix(name))
        .unwrap_or(address);
    let mut figures = in_figures(&without.replace("大字", ""));
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

const PREFECTURES: [&str; 47] = [
    "北海道",
    "青森県",
    "岩手県",
    "宮城県",
    "秋田県",
    "山形県",
    "福島県",
    "茨城県",
    "栃木県",
    "群馬県",
    "埼玉県",
    "千葉県",
    "東京都",
    "神奈川県",
    "新潟県",
    "富山県",
    "石川県",
    "福井県",
    "山梨県",
    "長野県",
    "岐阜県",
    "静岡県",
    "愛知県",
    "三重県",
    "滋賀県",
    "京都府",
    "大阪府",
    "兵庫県",
    "奈良県",
    "和歌山県",
    "鳥取県",
    "島根県",
    "岡山県",
    "広島県",
    "山口県",
    "徳島県",
    "香川県",
    "愛媛県",
    "高知県",
    "福岡県",
    "佐賀県",
    "長崎県",
    "熊本県",
    "大分県",
    "宮崎県",
    "鹿児島県",
    "沖縄県",
];

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn place(address: &str, building: Option<&str>) -> Place {
        let record = json!({"a": address, "b": building});
        let record = record.as_object().cloned().expect("an object");
        Place::read(&record, "a", "b").expect("an address")
    }

    #[test]
    fn the_line_between_address_and_building_does_not_count() {
        let one = place("前橋市亀里町１－２ 見本荘101", None);
        let two = place("前橋市亀里町1-2", Some("見本荘 １０１"));
        assert!(one.is_same(&two));
        assert!(!one.is_same(&place("前橋市亀里町1-2", Some("見本荘102"))));
    }

    #[test]
    fn an_address_without_its_building_may_be_the_same_door() {
        let flat = place("前橋市亀里町1-2", Some("見本荘101"));
        let bare = place("前橋市亀里町1-2", None);
        assert!(!flat.is_same(&bare) && flat.may_be_same(&bare));
        assert!(!flat.may_be_same(&place("前橋市亀里町1-2", Some("見本荘102"))));
        assert!(!bare.may_be_same(&place("前橋市亀里町1-20", None)));
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
                let (one, two) = (place(address, building), place(other, named));
                assert!(one.door().looks_same(&two.door()), "{address} {other}");
            }
        }
    }

    #[test]
    fn another_door_does_not_look_the_same() {
        let door = place("群馬県前橋市亀里町1310番地", Some("見本荘101"));
        for (address, building) in [
            ("群馬県前橋市亀里町1310番地", Some("見本荘102")),
            ("群馬県前橋市亀里町1310番地の5", None),
            ("群馬県前橋市亀里町13100番地", None),
            ("群馬県高崎市亀里町1310番地", None),
            ("群馬県前橋市三宮町1310番地", Some("見本荘101")),
        ] {
            let other = place(address, building).door();
            assert!(!door.door().looks_same(&other), "{address}");
        }
        let twelfth = place("前橋市亀里町十二丁目1番", None).door();
        assert!(twelfth.looks_same(&place("前橋市亀里町12-1", None).door()));
        assert!(!twelfth.looks_same(&place("前橋市亀里町2-1", None).door()));
    }
}
