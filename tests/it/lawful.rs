//! Nothing that is right is refused: records of every kind and outcome, with
//! names, addresses, dates and ways of writing that people really have, are
//! queued from files of every form and made in one night.
//!
//! The records are generated from what each kind's folder says: its samples
//! give a lawful combination for each outcome, its schema says by the role of a
//! field what else may stand there. A new kind, outcome or sample takes part
//! without a line here.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::{Map, Value};

use crate::harness::{Workspace, root};

/// Records generated of each sample.
const EACH: usize = 3;

/// Names as they stand in registers of residents: rare forms, variants, kana,
/// long ones, foreign ones, one character.
const NAMES: [&str; 14] = [
    "見本 髙子",
    "見本 﨑太郎",
    "𠮷田 見本",
    "渡邉 見本",
    "濵﨑 見本",
    "葛\u{E0100}城 見本",
    "見本 あゝ子",
    "見本 ヴィクトリヤ",
    "ミホン アレクサンドラ マリヤ ジヨアンナ",
    "見本 茂",
    "見本",
    "齋藤 見本ノ介",
    "見本 德一郎",
    "龍﨑 見本左衛門尉",
];

const KANA: [&str; 3] = ["ミホン タロウ", "ミホン ヴィクトリヤ", "ミホン"];

const ADDRESSES: [&str; 7] = [
    "群馬県前橋市亀里町1310番地",
    "群馬県前橋市亀里町一丁目2番3号",
    "群馬県利根郡みなかみ町大字見本字見本原甲1234番地の56",
    "東京都千代田区丸の内1-2-3",
    "京都府京都市中京区寺町通御池上る上本能寺前町488番地",
    "北海道札幌市中央区北1条西2丁目",
    "群馬県吾妻郡東吾妻町大字見本見本見本見本見本字見本上見本下1234番地5の6の7",
];

const BUILDINGS: [&str; 4] = [
    "見本ハイツ101号室",
    "見本方",
    "ヴィラ・見本Ⅱ 2F",
    "特別養護老人ホーム見本の里 西棟2階 203号室",
];

/// A kind, as its folder tells.
struct Kind {
    code: String,
    outcomes: BTreeSet<String>,
    /// The role of each field that has one, lists' fields included.
    roles: BTreeMap<String, String>,
    dates: BTreeSet<String>,
    /// Those that may as well lie some days later: set for the reader, or
    /// planned.
    ahead: BTreeSet<String>,
    /// Fields whose text is made from others.
    follows: Vec<String>,
    /// The ways its letters may go; none stands for all.
    ways: Vec<String>,
    samples: Vec<Map<String, Value>>,
}

impl Kind {
    fn read(code: &str) -> Self {
        let folder = root().join("templates/letters").join(code);
        let text = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
        let letter: toml::Table = text("letter.toml").parse().unwrap();
        let schema: Value = serde_json::from_str(&text("record.schema.json")).unwrap();
        let common = root().join("templates/lib/envelope.schema.json");
        let common: Value = serde_json::from_str(&fs::read_to_string(common).unwrap()).unwrap();
        let mut kind = Kind {
            code: code.to_owned(),
            outcomes: letter["outcomes"]
                .as_table()
                .unwrap()
                .keys()
                .cloned()
                .collect(),
            roles: BTreeMap::new(),
            dates: BTreeSet::new(),
            ahead: BTreeSet::new(),
            follows: letter
                .get("follows")
                .and_then(toml::Value::as_array)
                .into_iter()
                .flatten()
                .map(|follows| follows["field"].as_str().unwrap().to_owned())
                .collect(),
            ways: letter
                .get("ways")
                .and_then(toml::Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(|way| way.as_str().map(str::to_owned))
                .collect(),
            samples: Vec::new(),
        };
        kind.note_fields(&schema);
        kind.note_fields(&common);
        // What lies a fixed time behind another date stays.
        for order in letter
            .get("order")
            .and_then(toml::Value::as_array)
            .into_iter()
            .flatten()
        {
            kind.ahead.remove(order["later"].as_str().unwrap());
        }
        let mut paths: Vec<_> = fs::read_dir(folder.join("samples"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| !path.ends_with("hostile.json"))
            .collect();
        paths.sort();
        for path in paths {
            let sample: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
            kind.samples.push(sample.as_object().unwrap().clone());
        }
        kind
    }

    fn note_fields(&mut self, schema: &Value) {
        let Value::Object(object) = schema else {
            return;
        };
        for (name, field) in object {
            if let Some(role) = field.get("x-role").and_then(Value::as_str) {
                self.roles.insert(name.clone(), role.to_owned());
            }
            if field.get("format").and_then(Value::as_str) == Some("date") {
                self.dates.insert(name.clone());
                if field["x-when"] == "future" || field["x-when"] == "due" {
                    self.ahead.insert(name.clone());
                }
            }
            self.note_fields(field);
        }
    }

    /// The record number `n`, made of a sample: what tells people apart is
    /// another, and what may be written in several ways is written so.
    fn record(&self, sample: &Map<String, Value>, n: usize) -> Map<String, Value> {
        let mut record = sample.clone();
        // Whoever has one name in a sample has one name here.
        let mut people: BTreeMap<String, &str> = BTreeMap::new();
        for (name, value) in &mut record {
            let Value::String(text) = value else { continue };
            let role = self.roles.get(name).map(String::as_str);
            match role {
                Some("name") if self.follows.contains(name) => {}
                Some("name") => rename(text, &mut people, n),
                Some("kana") => *text = KANA[n % KANA.len()].to_owned(),
                Some("postal-code") => {
                    *text = ["379-2147", "3792147", "100-0001"][n % 3].to_owned();
                }
                Some("address") if name == "addressee_address" => {
                    *text = ADDRESSES[n % ADDRESSES.len()].to_owned();
                }
                Some("address") if name == "addressee_building" => {
                    *text = BUILDINGS[n % BUILDINGS.len()].to_owned();
                }
                Some("mail") => {
                    *text = [
                        format!("mihon.{n}@example.jp"),
                        format!("mihon+{n}@mail.example.jp"),
                        format!("M{n}_x-y@sub.mail.example.jp"),
                    ][n % 3]
                        .clone();
                }
                _ if self.ahead.contains(name) => *text = written(&later(text, n), n),
                _ if self.dates.contains(name) => *text = written(text, n),
                _ => {}
            }
        }
        // Enclosures and the like name the same people.
        for value in record.values_mut() {
            rename_inside(value, &people);
        }
        for (name, number) in [
            ("receipt_number", format!("請-2026-{n:05}")),
            ("record_key", format!("記-{n:05}")),
            ("member_key", format!("記号12-番号{n:05}")),
        ] {
            if record.contains_key(name) || name == "record_key" {
                record.insert(name.to_owned(), number.into());
            }
        }
        let may_be_posted = self.ways.is_empty() || self.ways.iter().any(|way| way == "post");
        if record["delivery"] == "archive" && n.is_multiple_of(2) && may_be_posted {
            record["delivery"] = "post".into();
        }
        record.insert("kind".to_owned(), self.code.clone().into());
        record
    }
}

/// Gives whoever has this name in a sample the name they have in the record.
fn rename(text: &mut String, people: &mut BTreeMap<String, &str>, n: usize) {
    let met = people.len();
    let other = people
        .entry(text.clone())
        .or_insert(NAMES[(n + met * 5) % NAMES.len()]);
    *text = (*other).to_owned();
}

/// Lists name people who stand elsewhere in the record as well.
fn rename_inside(value: &mut Value, people: &BTreeMap<String, &str>) {
    let Value::Array(entries) = value else {
        return;
    };
    let fields = entries.iter_mut().filter_map(Value::as_object_mut);
    for field in fields.flat_map(Map::values_mut) {
        if let Value::String(text) = field
            && let Some(other) = people.get(text)
        {
            *text = (*other).to_owned();
        }
    }
}

/// A day some days later.
fn later(day: &str, n: usize) -> String {
    let day: chrono::NaiveDate = day.parse().unwrap();
    (day + chrono::Days::new(n as u64 % 9)).to_string()
}

/// A day, in one of the ways people write it.
fn written(day: &str, n: usize) -> String {
    let parts: Vec<i64> = day
        .split('-')
        .filter_map(|part| part.parse().ok())
        .collect();
    let [year, month, date] = parts[..] else {
        return day.to_owned();
    };
    match n % 4 {
        _ if year < 2020 => day.to_owned(),
        0 => day.to_owned(),
        1 => format!("令和{}年{month}月{date}日", year - 2018),
        2 => format!("{year}/{month}/{date}"),
        _ => format!("R{}.{month}.{date}", year - 2018),
    }
}

fn kinds() -> Vec<Kind> {
    let mut codes: Vec<String> = fs::read_dir(root().join("templates/letters"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    codes.sort();
    codes.iter().map(|code| Kind::read(code)).collect()
}

#[test]
fn lawful_records_of_every_kind_and_outcome_are_queued_and_made() {
    let mut records = Vec::new();
    for kind in kinds() {
        let mut met = BTreeSet::new();
        for sample in &kind.samples {
            met.insert(sample["outcome"].as_str().unwrap().to_owned());
            // Nobody queues one by hand.
            if kind.code == "purpose-change" {
                continue;
            }
            for _ in 0..EACH {
                records.push(kind.record(sample, records.len() + 1));
            }
        }
        assert_eq!(
            met, kind.outcomes,
            "outcomes without a sample: {}",
            kind.code
        );
    }
    let count = records.len();
    assert!(count >= 200, "{count} records");

    let workspace = Workspace::new();
    let lines: Vec<String> = records
        .into_iter()
        .map(|record| Value::Object(record).to_string())
        .collect();
    let file = workspace.file("lawful.jsonl", lines.join("\n"));
    let done = workspace.yobin(&["queue", file.to_str().unwrap()]);
    assert_eq!(done.code, Some(0), "{}\n{}", done.out, done.err);
    let told = format!("{count}件");
    assert!(done.out.contains(&told), "{}", done.out);
    // A second try adds nothing.
    let again = workspace.ok(&["queue", file.to_str().unwrap()]);
    assert_eq!(workspace.letters().len(), count, "{again}");

    workspace.ok(&["run"]);
    let rest: Vec<Value> = workspace
        .letters()
        .into_iter()
        .filter(|letter| {
            let state = letter["state"].as_str().unwrap();
            !["written", "filed", "unposted"].contains(&state)
        })
        .collect();
    assert!(rest.is_empty(), "{} of {count}: {rest:#?}", rest.len());
    workspace.ok(&["verify"]);
}
