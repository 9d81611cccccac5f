//! Which prefecture and municipality a postal code belongs to, by the dated
//! list `templates/postal/codes.tsv`.

use std::path::Path;

use chrono::NaiveDate;

use crate::domain::Plain;
use crate::files;

/// The file below the templates.
const CODES: &str = "postal/codes.tsv";

/// The list of postal codes.
#[derive(Debug)]
pub struct PostalCodes {
    day: NaiveDate,
    places: Vec<Place>,
    /// From this code to that one it is this place, by the first code.
    ranges: Vec<(u32, u32, usize)>,
    /// How many codes the longest of them has.
    longest: u32,
}

/// A municipality, by what addresses are compared by.
#[derive(Debug)]
struct Place {
    prefecture: String,
    municipality: String,
}

/// What a postal code and an address say of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PostalDoubt {
    /// The list does not have the code.
    NoSuchCode,
    /// The address is in another prefecture.
    OtherPrefecture,
    /// The address is in the prefecture and in none of the municipalities of
    /// the code.
    OtherMunicipality,
}

/// Why the list does not load, for staff.
#[derive(Debug, thiserror::Error)]
#[error(
    "郵便番号の一覧({0})を読めません。{1}templates/postal/README.md の手順で作り直してください。"
)]
pub struct PostalError(String, String);

impl PostalCodes {
    /// Reads the list below the templates.
    ///
    /// # Errors
    /// When the file cannot be read or is no such list.
    pub fn load(templates: &Path) -> Result<Self, PostalError> {
        let text = files::text_below(templates, CODES)
            .map_err(|error| PostalError(CODES.to_owned(), error.problem()))?;
        Self::parse(&text).map_err(|line| {
            let problem = format!("{line}行目が、一覧の形になっていません。");
            PostalError(CODES.to_owned(), problem)
        })
    }

    /// Reads the text of the file; the number of the line that cannot be read
    /// otherwise.
    fn parse(text: &str) -> Result<Self, usize> {
        let mut lines = text.lines();
        let head = lines.next().and_then(|line| line.split('\t').next());
        let day = head.and_then(|day| day.parse().ok()).ok_or(1_usize)?;
        let mut codes = PostalCodes {
            day,
            places: Vec::new(),
            ranges: Vec::new(),
            longest: 0,
        };
        for (number, line) in (2_usize..).zip(lines) {
            codes.add(line).ok_or(number)?;
        }
        codes.ranges.sort_unstable();
        match codes.places.is_empty() {
            true => Err(2),
            false => Ok(codes),
        }
    }

    fn add(&mut self, line: &str) -> Option<()> {
        let mut parts = line.split('\t');
        let (prefecture, municipality) = (parts.next()?, parts.next()?);
        let at = self.places.len();
        for range in parts.next()?.split(' ') {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            let (first, last): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
            self.longest = self.longest.max(last.checked_sub(first)? + 1);
            self.ranges.push((first, last, at));
        }
        self.places.push(Place {
            prefecture: key(prefecture),
            municipality: key(municipality),
        });
        Some(())
    }

    /// The day of the list.
    pub fn day(&self) -> NaiveDate {
        self.day
    }

    /// Holds an address against its code. None where they agree, and of what
    /// is no code of seven digits, which is told elsewhere.
    pub fn doubt(&self, code: &str, address: &str) -> Option<PostalDoubt> {
        let digits: String = Plain::of(code)
            .tight
            .chars()
            .filter(char::is_ascii_digit)
            .collect();
        if digits.len() != 7 {
            return None;
        }
        let code: u32 = digits.parse().ok()?;
        let places: Vec<&Place> = self.places_of(code).collect();
        if places.is_empty() {
            return Some(PostalDoubt::NoSuchCode);
        }
        let address = key(address);
        let prefectures = self.places.iter().map(|place| place.prefecture.as_str());
        let named = prefectures
            .into_iter()
            .find(|prefecture| address.starts_with(prefecture));
        let rest = named.map_or(address.as_str(), |named| &address[named.len()..]);
        let here = |place: &&&Place| named.is_none_or(|named| named == place.prefecture);
        let mut in_prefecture = places.iter().filter(here).peekable();
        if in_prefecture.peek().is_none() {
            return Some(PostalDoubt::OtherPrefecture);
        }
        (!in_prefecture.any(|place| begins(rest, &place.municipality)))
            .then_some(PostalDoubt::OtherMunicipality)
    }

    fn places_of(&self, code: u32) -> impl Iterator<Item = &Place> {
        let end = self.ranges.partition_point(|(first, ..)| *first <= code);
        let longest = self.longest;
        self.ranges[..end]
            .iter()
            .rev()
            .take_while(move |(first, ..)| code - first < longest)
            .filter(move |(_, last, _)| code <= *last)
            .filter_map(|(.., place)| self.places.get(*place))
    }
}

/// Whether an address without its prefecture begins with a municipality. The
/// county (郡) or island before it and the ward after it may be left out.
fn begins(address: &str, municipality: &str) -> bool {
    let shorter = ['郡', '島'].into_iter().filter_map(|end| {
        let (_, shorter) = municipality.split_once(end)?;
        (shorter.chars().count() > 1).then_some(shorter)
    });
    let mut written = std::iter::once(municipality).chain(shorter);
    if written.any(|written| address.starts_with(written)) {
        return true;
    }
    let Some((city, _)) = municipality
        .split_once('市')
        .filter(|_| municipality.ends_with('区'))
    else {
        return false;
    };
    let rest = address
        .strip_prefix(city)
        .and_then(|rest| rest.strip_prefix('市'));
    rest.is_some_and(|rest| !rest.chars().take(6).any(|c| c == '区'))
}

/// By what addresses are compared: neither width, spaces, variants nor the
/// size of ケ count.
fn key(address: &str) -> String {
    Plain::of(address)
        .tight
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            'ヶ' | 'が' | 'ガ' => 'ケ',
            'ッ' => 'ツ',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped() -> PostalCodes {
        let templates = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
        PostalCodes::load(&templates).expect("loads")
    }

    #[test]
    fn an_address_is_held_against_its_code() {
        let codes = shipped();
        for (code, address) in [
            ("379-2147", "群馬県前橋市亀里町1310番地"),
            ("３７９－２１４７", "群馬県　前橋市亀里町"),
            ("3792147", "前橋市亀里町1310番地"),
            ("379-1313", "群馬県利根郡みなかみ町月夜野"),
            ("379-1313", "群馬県みなかみ町月夜野"),
            ("301-0801", "茨城県龍ヶ崎市板橋町"),
            ("301-0801", "茨城県竜ケ崎市板橋町"),
            ("618-0000", "大阪府三島郡島本町"),
            ("618-0000", "京都府乙訓郡大山崎町"),
            ("100-8111", "東京都千代田区千代田1-1"),
            ("060-0001", "北海道札幌市中央区北1条西2丁目"),
            ("060-0001", "北海道札幌市北1条西2丁目"),
            ("100-1100", "東京都三宅村"),
            ("379-214", "群馬県前橋市亀里町"),
        ] {
            assert_eq!(codes.doubt(code, address), None, "{code} {address}");
        }
        for (code, address, doubt) in [
            (
                "379-2147",
                "群馬県高崎市亀里町",
                PostalDoubt::OtherMunicipality,
            ),
            (
                "379-2147",
                "東京都前橋市亀里町",
                PostalDoubt::OtherPrefecture,
            ),
            ("379-2147", "見本市例示町", PostalDoubt::OtherMunicipality),
            (
                "060-0001",
                "北海道札幌市北区北1条",
                PostalDoubt::OtherMunicipality,
            ),
            ("000-0000", "群馬県前橋市亀里町", PostalDoubt::NoSuchCode),
            ("999-9999", "群馬県前橋市亀里町", PostalDoubt::NoSuchCode),
        ] {
            assert_eq!(codes.doubt(code, address), Some(doubt), "{code} {address}");
        }
    }

    #[test]
    fn the_shipped_list_is_the_whole_country() {
        let codes = shipped();
        let mut prefectures: Vec<&str> = codes
            .places
            .iter()
            .map(|place| place.prefecture.as_str())
            .collect();
        prefectures.sort_unstable();
        prefectures.dedup();
        assert_eq!(prefectures.len(), 47);
        let all: u32 = codes
            .ranges
            .iter()
            .map(|(first, last, _)| last - first + 1)
            .sum();
        assert!(all > 140_000, "{all}");
    }

    #[test]
    fn a_list_that_is_none_names_its_line() {
        for (text, line) in [
            ("", 1),
            ("群馬県\t前橋市\t3710000", 1),
            ("2026-10-03\tx", 2),
            ("2026-10-03\tx\n群馬県\t前橋市\t3710000\n群馬県\t高崎市", 3),
            ("2026-10-03\tx\n群馬県\t前橋市\t3710005-3710000", 2),
            ("2026-10-03\tx\n群馬県\t前橋市\t371-0000-1", 2),
        ] {
            assert_eq!(PostalCodes::parse(text).err(), Some(line), "{text}");
        }
    }
}
