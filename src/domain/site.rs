//! The lot a house stands on, read out of an address however it is written:
//! the town, the numbers of the lot (丁目, 番, 号), and the room, which stands
//! behind them as a further number or in the building's name.

use super::fold::address_words;

/// What an address and its building tell of the lot. An address may be read in
/// more than one way, so two are on one lot if any two readings are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Site {
    lots: Vec<Lot>,
    /// Numbers in the building's field.
    rooms: Vec<String>,
    /// Every number there is.
    every: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Lot {
    town: String,
    numbers: Vec<String>,
}

impl Site {
    pub(super) fn of(address: &str, building: &str) -> Self {
        let street = words(address);
        let named = figures(&address_words(building));
        let whole = format!("{street}-{named}");
        let mut lots: Vec<Lot> = Vec::new();
        for text in [&street, &whole] {
            for spaces in [Spaces::Divide, Spaces::Join] {
                let read = Lot::read(&tokens(text, spaces));
                lots.extend(read.filter(|lot| !lots.contains(lot)));
            }
        }
        let numbers = |text: &str| {
            let tokens = tokens(text, Spaces::Join).into_iter();
            tokens.filter_map(Token::number).collect()
        };
        Site {
            lots,
            rooms: numbers(&named),
            every: numbers(&whole),
        }
    }

    /// Whether both may stand on one lot, whatever the room.
    pub(super) fn is_lot_of(&self, other: &Site) -> bool {
        self.pairs(other).any(|(one, two)| {
            let (short, long, rooms) = match one.numbers.len() <= two.numbers.len() {
                true => (&one.numbers, &two.numbers, &self.rooms),
                false => (&two.numbers, &one.numbers, &other.rooms),
            };
            is_one_lot(short, long, rooms)
        })
    }

    /// Whether both are one room of one lot: all their numbers are the same.
    pub(super) fn is_room_of(&self, other: &Site) -> bool {
        self.every == other.every && self.is_lot_of(other)
    }

    /// Readings of both that name one town.
    fn pairs<'a>(&'a self, other: &'a Site) -> impl Iterator<Item = (&'a Lot, &'a Lot)> {
        let all = self
            .lots
            .iter()
            .flat_map(|one| other.lots.iter().map(move |two| (one, two)));
        all.filter(|(one, two)| is_one_town(&one.town, &two.town))
    }
}

/// Whether these are the numbers of one lot, the room aside; `rooms` are those
/// that stand apart from `short`.
fn is_one_lot(short: &[String], long: &[String], rooms: &[String]) -> bool {
    // 丁目, 番, and 号: what follows is within the house.
    if short.len() >= FULL && short[..FULL] == long[..FULL] {
        return true;
    }
    let like_room = |number: &String| number.len() >= 3;
    match long.strip_prefix(short) {
        Some([]) => true,
        Some([room]) if like_room(room) => true,
        Some(more) => rooms == more,
        // A house without 丁目: only the rooms differ.
        None => match (short, long) {
            ([one @ .., room], [two @ .., other]) => {
                one.len() >= 2 && one == two && like_room(room) && like_room(other)
            }
            _ => false,
        },
    }
}

/// As many numbers as a lot has in full.
const FULL: usize = 3;

/// Whether these are one town: of the longer one may be left out what it lies
/// in (the city, the ward).
fn is_one_town(one: &str, other: &str) -> bool {
    let (short, long) = match one.len() <= other.len() {
        true => (one, other),
        false => (other, one),
    };
    let bounds = |text: &str| text.ends_with(['市', '区', '郡', '村']);
    let more = long.len() - short.len();
    let mut cuts = short.char_indices().map(|(place, _)| place);
    more == 0 && short == long
        || more > 0
            && cuts.any(|cut| {
                let (before, after) = short.split_at(cut);
                let left_out = long
                    .strip_prefix(before)
                    .and_then(|rest| rest.strip_suffix(after));
                left_out.is_some_and(|left_out| match before {
                    "" => bounds(left_out) || left_out.ends_with('町'),
                    before => bounds(before) && bounds(left_out),
                })
            })
}

impl Lot {
    /// The first numbers behind a town.
    fn read(tokens: &[Token]) -> Option<Self> {
        let mut town = String::new();
        let mut numbers: Vec<String> = Vec::new();
        let mut is_counted = false;
        for (place, token) in tokens.iter().enumerate() {
            match token {
                Token::Text(text) if numbers.is_empty() => town.push_str(text),
                Token::Text(text) => {
                    // 一番町2-3, 北1条西2丁目: the number is part of a name.
                    let more = &tokens[place + 1..];
                    let is_name = numbers.len() == 1 && !is_counted && goes_on(text);
                    if !is_name || !more.iter().any(|token| token.is_number()) {
                        break;
                    }
                    town.extend(numbers.drain(..));
                    town.push_str(text);
                }
                Token::Number { number, counted } => {
                    is_counted = *counted;
                    numbers.push(number.clone());
                }
                Token::Gap => break,
            }
        }
        (!town.is_empty() && !numbers.is_empty()).then_some(Lot { town, numbers })
    }
}

/// Whether a text behind a number goes on with the name of a place.
fn goes_on(text: &str) -> bool {
    text.starts_with(['町', '村', '市', '区', '条', '線', '丁', '地', '番'])
        || text.contains(['市', '郡'])
}

/// What an address is made of.
#[derive(Debug)]
enum Token {
    Text(String),
    Number {
        number: String,
        /// Whether a counter of a lot follows.
        counted: bool,
    },
    /// A space between two numbers.
    Gap,
}

impl Token {
    fn number(self) -> Option<String> {
        match self {
            Token::Number { number, .. } => Some(number),
            Token::Text(_) | Token::Gap => None,
        }
    }

    fn is_number(&self) -> bool {
        matches!(self, Token::Number { .. })
    }
}

/// What a space between two numbers does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spaces {
    /// `1-2-3 101`: the room begins.
    Divide,
    /// `1 2 3`: it stands for a hyphen.
    Join,
}

/// A text that [`figures`] went over, in pieces. What is neither letter nor
/// figure only divides.
fn tokens(text: &str, spaces: Spaces) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut rest = text;
    let mut behind_figure = false;
    while let Some(c) = rest.chars().next() {
        let was = std::mem::take(&mut behind_figure);
        let after = &rest[c.len_utf8()..];
        if c.is_ascii_digit() {
            let end = rest.find(|c: char| !c.is_ascii_digit());
            let (number, after) = rest.split_at(end.unwrap_or(rest.len()));
            rest = behind_counters(after);
            behind_figure = rest.len() == after.len();
            let number = match number.trim_start_matches('0') {
                "" => "0",
                number => number,
            };
            tokens.push(Token::Number {
                number: number.to_owned(),
                counted: !behind_figure,
            });
            continue;
        }
        rest = after;
        if c == ' ' {
            let divides = was && after.starts_with(|c: char| c.is_ascii_digit());
            if divides && spaces == Spaces::Divide {
                tokens.push(Token::Gap);
            }
        } else if c.is_alphanumeric() {
            match tokens.last_mut() {
                Some(Token::Text(text)) => text.push(in_town(c)),
                _ => tokens.push(Token::Text(in_town(c).to_string())),
            }
        }
    }
    tokens
}

/// A text without the counters of a lot at its head.
fn behind_counters(text: &str) -> &str {
    let mut rest = text;
    loop {
        let after = COUNTERS
            .iter()
            .find_map(|counter| rest.strip_prefix(counter));
        let Some(after) = after.or_else(|| of_number(rest)) else {
            return rest;
        };
        rest = after;
    }
}

const COUNTERS: [&str; 5] = ["丁目", "番地", "号室", "号", "室"];

/// Counters that may also begin a name (番町, の宮).
fn of_number(text: &str) -> Option<&str> {
    let figure = |after: &&str| after.starts_with(|c: char| c.is_ascii_digit());
    let named = |after: &&str| after.starts_with(['町', '丁', '街', '館']);
    let ban = text.strip_prefix('番').filter(|after| !named(after));
    ban.or_else(|| text.strip_prefix(['の', 'ノ', '之', '丁']).filter(figure))
}

/// Characters of towns' names that are written one for the other.
fn in_town(c: char) -> char {
    match c {
        'ヶ' | 'が' | 'ガ' | 'ヵ' | 'カ' => 'ケ',
        'ノ' | '之' | '乃' => 'の',
        'ッ' | 'っ' | 'ツ' => 'つ',
        other => other,
    }
}

/// An address in figures, without its postal code, its prefecture, and the
/// words for a part of a town that are left out as often as not.
fn words(address: &str) -> String {
    let words = address_words(address);
    let coded = words.trim_start_matches(['〒', ' ']);
    let bare = coded.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-');
    let digits = coded.len() - bare.len();
    let bare = if (7..=8).contains(&digits) {
        bare
    } else {
        coded
    };
    figures(
        &without_prefecture(bare.trim_start())
            .replace("大字", "")
            .replace('字', ""),
    )
}

/// Kanji numbers as figures where they are numbers: before a counter, behind
/// one, and at the end. Elsewhere they may be part of a name (三宮町, 六本木).
fn figures(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let end = rest.find(|c: char| numeral(c).is_none());
        let (run, after) = rest.split_at(end.unwrap_or(rest.len()));
        if run.is_empty() {
            out.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        }
        rest = after;
        let behind_figure = out.ends_with(|c: char| c.is_ascii_digit());
        let before_figure = after.starts_with(|c: char| c.is_ascii_digit());
        match value(run) {
            // Drawn like a hyphen.
            _ if run == "一" && behind_figure && before_figure => out.push('-'),
            Some(value) if behind_figure || before_figure || is_number(&out, after) => {
                out.push_str(&value);
            }
            _ => out.push_str(run),
        }
    }
    out
}

/// Whether kanji numerals between these two texts are a number.
fn is_number(before: &str, after: &str) -> bool {
    let counted = ["丁", "番", "号", "室", "条", "線", "地割"];
    let joined = after
        .strip_prefix(['の', 'ノ', '之'])
        .and_then(|after| after.chars().next())
        .is_some_and(|c| numeral(c).is_some() || c.is_ascii_digit());
    let ends = !after.starts_with(char::is_alphanumeric);
    let behind = ["番", "番地", "丁目", "-"].iter().any(|counter| {
        let figure = before.strip_suffix(counter);
        figure.is_some_and(|figure| figure.ends_with(|c: char| c.is_ascii_digit()))
    });
    ends || joined || behind || counted.iter().any(|counter| after.starts_with(counter))
}

/// The value of a kanji numeral.
fn numeral(c: char) -> Option<u64> {
    Some(match c {
        '〇' | '零' | '○' | '◯' => 0,
        '一' | '壱' => 1,
        '二' | '弐' => 2,
        '三' | '参' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        '十' | '拾' => 10,
        '百' => 100,
        '千' => 1000,
        _ => return None,
    })
}

/// A number in kanji, by place (一〇一) or by its units (百一), in figures.
fn value(run: &str) -> Option<String> {
    let mut total: u64 = 0;
    let mut number: Option<u64> = None;
    for value in run.chars().filter_map(numeral) {
        if value < 10 {
            number = Some(number.unwrap_or(0).checked_mul(10)?.checked_add(value)?);
        } else {
            let units = number.take().unwrap_or(1).checked_mul(value)?;
            total = total.checked_add(units)?;
        }
    }
    Some(total.checked_add(number.unwrap_or(0))?.to_string())
}

/// An address without the prefecture it begins with.
pub(super) fn without_prefecture(address: &str) -> &str {
    PREFECTURES
        .iter()
        .find_map(|name| address.strip_prefix(name))
        .unwrap_or(address)
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
mod tests;
