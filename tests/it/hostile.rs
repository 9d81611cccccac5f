//! Any text in any field is printed as given or refused with a reason, and
//! never touches another letter.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use image::GrayImage;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use yobin::domain::narrow_identifier;

use crate::harness::{
    Done, Workspace, has, letter_pages, plain_record, shows, squeezed, text_layer,
};

/// Random texts of the night.
const TEXTS: usize = 240;
/// A harmless letter stands after each so many hostile ones.
const HARMLESS_EVERY: usize = 4;

/// Texts that would do something if anybody ran them.
const MARKUP: [&str; 18] = [
    "#read(\"/etc/passwd\")",
    "#eval(\"1 + 1\", mode: \"code\")",
    "#import \"@preview/x:1.0.0\": *",
    "#include \"/lib/page.typ\"",
    "#panic()",
    "#pagebreak()",
    "#[]*_$@\\<>\"//",
    "/* 注 */ // 注",
    "= 見出し",
    "$ x^2 / 0 $",
    "@label <label>",
    "`raw` ```rust panic!() ```",
    "\\u{0} \\n \\",
    "{{ 7 * 7 }} {% raw %}",
    "${HOME} $(id) `id`",
    "'; DROP TABLE letter; --",
    "=HYPERLINK(\"http://example.com\")",
    "<script>alert(1)</script> &amp;",
];

/// Where a text goes: the field as a problem names it, a record that holds
/// it, and what stands right before and after it on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Name,
    Address,
    Number,
    Content,
    Category,
    Purpose,
    Measure,
}

const PLACES: [Place; 7] = [
    Place::Name,
    Place::Address,
    Place::Number,
    Place::Content,
    Place::Category,
    Place::Purpose,
    Place::Measure,
];

impl Place {
    fn column(self) -> &'static str {
        match self {
            Place::Name => "addressee_name",
            Place::Address => "addressee_address",
            Place::Number => "receipt_number",
            Place::Content => "requested_content",
            Place::Category => "changes[0].item",
            Place::Purpose => "changes[0].after",
            Place::Measure => "measures[0]",
        }
    }

    fn record(self, n: usize, text: &str) -> Value {
        let mut record = plain_record(n, false);
        match self {
            Place::Name | Place::Address | Place::Number | Place::Content => {
                record[self.column()] = text.into();
                return record;
            }
            Place::Category | Place::Purpose => {
                let mut change = json!({
                    "item": "甲のお知らせ", "before": "乙の取扱い", "after": "丙の取扱い",
                });
                let part = if self == Place::Category {
                    "item"
                } else {
                    "after"
                };
                change[part] = text.into();
                record = json!({
                    "kind": "implied-consent-objection", "outcome": "reflected",
                    "member_key": format!("M{n}"), "application_date": "2026-11-09",
                    "items": ["医療費通知を送ること"], "reflect_from": "2026-12-25",
                    "changes": [change],
                });
            }
            Place::Measure => {
                record = json!({
                    "kind": "complaint-answer", "outcome": "upheld",
                    "receipt_number": format!("苦第26-{n:05}号"), "complaint_date": "2026-11-02",
                    "complaint_summary": "概要", "findings": "お申出のとおりであることを確かめました。", "measures": [text],
                });
            }
        }
        let plain = plain_record(n, false);
        for field in [
            "addressee_name",
            "addressee_postal_code",
            "addressee_address",
            "delivery",
        ] {
            record[field] = plain[field].clone();
        }
        record
    }

    /// The text in its surroundings on the page, without white space. The
    /// surroundings make sure that nothing is added and nothing left out.
    fn printed(self, n: usize, text: &str) -> String {
        squeezed(&match self {
            Place::Name => format!("群馬県前橋市亀里町1310番地{text}様"),
            Place::Address => format!("〒379-2147{text}見本太郎{n}様"),
            // An identifier is kept and printed in half width.
            Place::Number => format!("1受付番号{}2請求書の到達日", narrow_identifier(text)),
            Place::Content => format!("請求の内容{text}5回答予定日"),
            Place::Category => format!("これから{text}乙の取扱い"),
            Place::Purpose => format!("甲のお知らせ乙の取扱い{text}4お申出の変更"),
            Place::Measure => format!("講じた措置{text}5この回答についての"),
        })
    }
}

/// One text in one place.
#[derive(Debug)]
struct Case {
    n: usize,
    place: Place,
    text: String,
}

impl Case {
    fn record(&self) -> Value {
        self.place.record(self.n, &self.text)
    }

    /// For a failure's message.
    fn told(&self) -> String {
        let points: Vec<String> = self
            .text
            .chars()
            .map(|c| format!("{:04X}", u32::from(c)))
            .collect();
        format!("{:?} {:?} [{}]", self.place, self.text, points.join(" "))
    }
}

/// The same texts in every run.
fn cases() -> Vec<Case> {
    let mut runner = TestRunner::deterministic();
    let texts = texts();
    let mut cases: Vec<Case> = (0..TEXTS)
        .map(|n| Case {
            n,
            place: PLACES[n % PLACES.len()],
            text: texts.new_tree(&mut runner).unwrap().current(),
        })
        .collect();
    for markup in MARKUP {
        for place in [Place::Name, Place::Content, Place::Category] {
            let n = cases.len();
            cases.push(Case {
                n,
                place,
                text: markup.to_owned(),
            });
        }
    }
    cases
}

fn texts() -> BoxedStrategy<String> {
    let of = |from: char, to: char| prop::char::range(from, to);
    let one_of = |characters: &[char]| prop::sample::select(characters.to_vec());
    let string = |characters: BoxedStrategy<char>, most: usize| {
        prop::collection::vec(characters, 1..most)
            .prop_map(|characters| characters.into_iter().collect::<String>())
    };
    let pairs = |base: BoxedStrategy<char>, mark: BoxedStrategy<char>| {
        prop::collection::vec((base, prop::option::of(mark)), 1..12).prop_map(|pairs| {
            let text = pairs
                .into_iter()
                .flat_map(|(base, mark)| [Some(base), mark]);
            text.flatten().collect::<String>()
        })
    };
    let kanji = of('\u{4E00}', '\u{9FEF}').boxed();
    let kana = prop_oneof![of('\u{3041}', '\u{3096}'), of('\u{30A1}', '\u{30FA}')].boxed();
    let hidden = one_of(&[
        '\0',
        '\u{7}',
        '\u{1B}',
        '\u{85}',
        '\u{AD}',
        '\u{200B}',
        '\u{200D}',
        '\u{200F}',
        '\u{202E}',
        '\u{2028}',
        '\u{2066}',
        '\u{FEFF}',
        '\u{E0041}',
        '\u{FE0F}',
        '\u{FFFD}',
        '\u{E000}',
        '\u{FFFF}',
        '\t',
        '\r',
        '\n',
    ])
    .boxed();
    prop_oneof![
        2 => string(kanji.clone(), 60),
        1 => string(of('\u{20000}', '\u{2A6D6}').boxed(), 4),
        1 => string(of('\u{F900}', '\u{FAD9}').boxed(), 6),
        2 => pairs(kana.clone(), one_of(&['\u{3099}', '\u{309A}']).boxed()),
        2 => pairs(one_of(&['葛', '辻', '邉', '邊', '祇', '榊']).boxed(),
                   of('\u{E0100}', '\u{E0108}').boxed()),
        1 => pairs(of('A', 'z').boxed(), of('\u{300}', '\u{30C}').boxed()),
        1 => string(of(' ', '~').boxed(), 40),
        1 => string(of('\u{FF01}', '\u{FF9F}').boxed(), 20),
        1 => string(of('\u{2010}', '\u{33FF}').boxed(), 6),
        1 => string(of('\u{A1}', '\u{52F}').boxed(), 6),
        1 => string(of('\u{590}', '\u{8FF}').boxed(), 6),
        1 => string(of('\u{1}', '\u{FFFF}').boxed(), 6),
        1 => string(of('\u{10000}', '\u{10FFFF}').boxed(), 4),
        1 => (string(kana.clone(), 6), hidden, string(kanji.clone(), 6))
            .prop_map(|(before, hidden, after)| format!("{before}{hidden}{after}")),
        1 => string(prop_oneof![kanji, kana, of(' ', '~').boxed()].boxed(), 119),
    ]
    .boxed()
}

/// Writes records as JSON Lines.
fn lines(workspace: &Workspace, name: &str, records: &[Value]) -> PathBuf {
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    workspace.file(name, lines.join("\n"))
}

/// PDF and number of every letter by its row in the file.
fn letters(workspace: &Workspace) -> BTreeMap<u64, (PathBuf, String)> {
    let mut found = BTreeMap::new();
    for letter in workspace.letters() {
        let text = |key: &str| letter[key].as_str().unwrap_or_default().to_owned();
        assert_eq!(text("state"), "filed", "{letter}");
        let sha256 = text("pdf_sha256");
        let pdf = workspace.path(format!("out/archive/pdf/{}/{sha256}.pdf", &sha256[..1]));
        found.insert(
            letter["intake_row"].as_u64().unwrap(),
            (pdf, text("number")),
        );
    }
    found
}

#[test]
fn any_text_is_printed_as_given_or_refused_and_changes_no_other_letter() {
    let test = "any_text_is_printed_as_given_or_refused_and_changes_no_other_letter";
    if !has(test, &["pdftotext"]) {
        return;
    }
    let cases = cases();

    // Which of them are refused, and in what words.
    let workspace = Workspace::new();
    let records: Vec<Value> = cases.iter().map(Case::record).collect();
    let file = lines(&workspace, "hostile.jsonl", &records);
    let Done { code, err, .. } =
        workspace.yobin(&["queue", "--accept-valid", file.to_str().unwrap()]);
    assert_eq!(code, Some(2), "{err}");
    let taken: BTreeSet<u64> = workspace
        .letters()
        .iter()
        .map(|letter| letter["intake_row"].as_u64().unwrap())
        .collect();
    let mut wrong = Vec::new();
    let mut accepted = Vec::new();
    for (row, case) in (1..).zip(&cases) {
        let place = format!("{row}行目「{}」：", case.place.column());
        let told = err.lines().any(|line| {
            line.strip_prefix(&place)
                .is_some_and(|words| words.ends_with('。'))
        });
        if taken.contains(&row) {
            accepted.push(case);
        }
        if taken.contains(&row) == told {
            wrong.push(format!("taken {}, reason {told}: {}", !told, case.told()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let (good, all) = (accepted.len(), cases.len());
    assert!(
        good > all / 4 && good < all * 3 / 4,
        "{good} of {all} are accepted"
    );

    // The accepted ones among harmless ones; and the harmless ones with other
    // harmless ones in the place of the hostile.
    let mut hostile = Vec::new();
    let mut harmless = Vec::new();
    let mut rows = BTreeMap::new();
    for (index, case) in accepted.iter().enumerate() {
        hostile.push(case.record());
        harmless.push(plain_record(100_000 + index, false));
        rows.insert(hostile.len() as u64, *case);
        if index % HARMLESS_EVERY == 0 {
            let record = plain_record(200_000 + index, false);
            hostile.push(record.clone());
            harmless.push(record);
        }
    }
    let night = |records: &[Value]| {
        let workspace = Workspace::new();
        let file = lines(&workspace, "night.jsonl", records);
        workspace.ok(&["queue", file.to_str().unwrap()]);
        workspace.ok(&["run"]);
        let letters = letters(&workspace);
        assert_eq!(letters.len(), records.len());
        (workspace, letters)
    };
    let (_kept, with) = night(&hostile);
    let (_kept, without) = night(&harmless);
    for (row, (pdf, number)) in &with {
        match rows.get(row) {
            Some(case) => {
                let pages = letter_pages(pdf, number);
                if !shows(&pages, &case.place.printed(case.n, &case.text)) {
                    wrong.push(format!("{}\n{}", case.told(), pages.concat()));
                }
            }
            None => {
                let (other, _) = &without[row];
                let same = fs::read(pdf).unwrap() == fs::read(other).unwrap();
                assert!(same, "row {row} is another letter for its neighbours");
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} not as given\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// What becomes of a name: the text layer of the letter, or the refusal.
fn letter_to(name: &str) -> Result<String, String> {
    let workspace = Workspace::new();
    let mut record = plain_record(1, false);
    record["addressee_name"] = name.into();
    let record = workspace.file("record.json", record.to_string());
    let record = record.to_str().unwrap();
    let done = workspace.yobin(&["preview", "acknowledgement", record, "-o", "letter.pdf"]);
    match done.code {
        Some(0) => Ok(text_layer(&workspace.path("letter.pdf")).concat()),
        Some(1) => Err(done.err),
        other => panic!("{other:?}\n{}", done.err),
    }
}

#[track_caller]
fn assert_printed(name: &str) {
    match letter_to(name) {
        Ok(text) => {
            let expected = squeezed(&format!("1310番地{name}様"));
            assert!(
                text.contains(&expected),
                "{}\n{text}",
                name.escape_unicode()
            );
        }
        Err(refusal) => panic!("{} is refused: {refusal}", name.escape_unicode()),
    }
}

#[track_caller]
fn assert_refused(name: &str, words: &[&str]) {
    match letter_to(name) {
        Ok(text) => panic!("{} is printed: {text}", name.escape_unicode()),
        Err(refusal) => {
            assert!(refusal.contains("「addressee_name」："), "{refusal}");
            for word in words {
                assert!(refusal.contains(word), "{word} is not in: {refusal}");
            }
        }
    }
}

#[test]
fn decomposed_kana_stay_decomposed() {
    if has("decomposed_kana_stay_decomposed", &["pdftotext"]) {
        assert_printed("か\u{3099}ま は\u{309A}る");
    }
}

#[test]
fn compatibility_ideographs_are_not_unified() {
    if has("compatibility_ideographs_are_not_unified", &["pdftotext"]) {
        assert_printed("﨑山 塚\u{FA10} 神\u{FA19}子 \u{FA11}\u{F929}");
    }
}

#[test]
fn each_form_of_katsu_keeps_its_selector() {
    if !has("each_form_of_katsu_keeps_its_selector", &["pdftotext"]) {
        return;
    }
    for name in ["葛\u{E0100}城", "葛\u{E0101}城", "葛\u{E0102}城", "葛城"] {
        assert_printed(name);
    }
}

#[test]
fn a_name_beyond_the_basic_plane_is_printed() {
    if has("a_name_beyond_the_basic_plane_is_printed", &["pdftotext"]) {
        assert_printed("𠮷野 𠀋");
    }
}

#[test]
fn half_width_kana_stay_half_width() {
    if has("half_width_kana_stay_half_width", &["pdftotext"]) {
        assert_printed("ﾔﾏﾀﾞ ﾊﾟﾙ");
    }
}

#[test]
fn combining_accents_stay_apart_from_their_letters() {
    if has(
        "combining_accents_stay_apart_from_their_letters",
        &["pdftotext"],
    ) {
        assert_printed("Rene\u{301} Andre\u{301}");
    }
}

/// The engine sets a mark that is moved up or down as a run of its own and
/// gives both runs the text of the pair: ǧ came out as ǧǧ.
#[test]
fn an_accent_that_has_to_be_moved_is_not_printed_twice() {
    if !has(
        "an_accent_that_has_to_be_moved_is_not_printed_twice",
        &["pdftotext"],
    ) {
        return;
    }
    match letter_to("Zg\u{30C}f") {
        Ok(text) => assert!(text.contains("1310番地Zg\u{30C}f様"), "{text}"),
        Err(refusal) => assert!(refusal.contains("U+0067 U+030C"), "{refusal}"),
    }
}

#[test]
fn a_character_no_font_has_is_refused_by_its_code_point() {
    assert_refused("見本 😀", &["U+1F600"]);
    assert_refused("葛\u{E01EF}城", &["U+845B U+E01EF", "異体字"]);
}

#[test]
fn what_nobody_can_see_is_refused_by_its_code_point() {
    for hidden in [
        '\0',
        '\u{1B}',
        '\u{AD}',
        '\u{200B}',
        '\u{200D}',
        '\u{202E}',
        '\u{2066}',
        '\u{2028}',
        '\u{FEFF}',
        '\u{E0001}',
        '\u{E000}',
        '\u{FFFD}',
        '\u{FFFE}',
        '\n',
        '\t',
    ] {
        let point = format!("U+{:04X}", u32::from(hidden));
        assert_refused(&format!("見本{hidden}太郎"), &[&point]);
    }
}

#[test]
fn half_a_character_in_json_is_refused() {
    let workspace = Workspace::new();
    let good = plain_record(1, false).to_string();
    let bad = plain_record(2, false)
        .to_string()
        .replace("見本 太郎2", "\\ud842太郎");
    assert!(bad.contains("\\ud842"));
    let file = workspace.file("half.jsonl", format!("{good}\n{bad}"));
    let told = workspace.exits(2, &["queue", "--accept-valid", file.to_str().unwrap()]);
    assert!(told.contains("2行目"), "{told}");
    assert_eq!(workspace.letters().len(), 1);
}

#[test]
fn a_name_of_ten_thousand_characters_is_refused_with_both_lengths() {
    assert_refused(&"あ".repeat(10_000), &["10000文字", "上限の120文字"]);
}

/// The longest a field may be is printed whole. All of them at once fill more
/// than the window of an envelope shows: `window` tests what becomes of that.
#[test]
fn the_longest_name_and_address_are_printed_whole() {
    if !has(
        "the_longest_name_and_address_are_printed_whole",
        &["pdftotext"],
    ) {
        return;
    }
    let workspace = Workspace::new();
    let long = |length: usize| -> String {
        "壱弐参肆伍陸漆捌玖拾"
            .chars()
            .cycle()
            .take(length)
            .collect()
    };
    for (name, address, building) in [(120, 40, 40), (20, 200, 40), (20, 60, 100)] {
        let (name, address, building) = (long(name), long(address), long(building));
        let mut record = plain_record(1, false);
        record["addressee_name"] = name.clone().into();
        record["addressee_address"] = address.clone().into();
        record["addressee_building"] = building.clone().into();
        let record = workspace.file("record.json", record.to_string());
        let record = record.to_str().unwrap();
        workspace.ok(&["preview", "acknowledgement", record, "-o", "letter.pdf"]);
        let text = text_layer(&workspace.path("letter.pdf")).concat();
        let expected = format!("〒379-2147{address}{building}{name}様");
        assert!(text.contains(&expected), "{text}");
    }
}

#[test]
fn markup_in_a_name_is_printed_and_not_run() {
    if !has("markup_in_a_name_is_printed_and_not_run", &["pdftotext"]) {
        return;
    }
    let secret = fs::read_to_string("/etc/passwd").unwrap();
    let secret = secret.lines().next().unwrap();
    for name in [
        "#read(\"/etc/passwd\")",
        "#eval(\"1\")",
        "#import \"@preview/x:1.0.0\"",
    ] {
        assert_printed(name);
        assert!(!letter_to(name).unwrap().contains(secret));
    }
}

/// The first page of a letter to this name, as a picture.
fn picture(workspace: &Workspace, name: &str) -> GrayImage {
    let mut record = plain_record(1, false);
    record["addressee_name"] = name.into();
    let record = workspace.file("record.json", record.to_string());
    let record = record.to_str().unwrap();
    workspace.ok(&["preview", "acknowledgement", record, "-o", "letter.png"]);
    image::open(workspace.path("letter.png"))
        .unwrap()
        .into_luma8()
}

/// The box around all pixels in which two pictures differ.
fn differing(one: &GrayImage, two: &GrayImage) -> Option<[u32; 4]> {
    let pixels = one
        .enumerate_pixels()
        .filter(|(x, y, shade)| two.get_pixel(*x, *y) != *shade);
    pixels.fold(None, |found, (x, y, _)| {
        let [left, top, right, bottom] = found.unwrap_or([x, y, x, y]);
        Some([left.min(x), top.min(y), right.max(x), bottom.max(y)])
    })
}

/// The text layer has the selector even where the glyph is the usual one, so
/// only the picture can tell.
#[test]
fn another_form_of_a_kanji_looks_different() {
    let workspace = Workspace::new();
    let usual = picture(&workspace, "葛城");
    // The first name is 13 pt, its first character stands 25 mm and 1 em in.
    let within = |found: [u32; 4]| {
        let [left, top, right, bottom] = found;
        assert!(
            left >= 140 && right <= 220,
            "{found:?} is not the first character"
        );
        assert!(
            top >= 140 && bottom <= 350,
            "{found:?} is not in the address"
        );
        assert!(right - left > 6 && bottom - top > 6, "{found:?} is a speck");
    };
    // In the same font: another glyph for E0100, the usual one for E0101.
    within(differing(&usual, &picture(&workspace, "葛\u{E0100}城")).expect("another glyph"));
    assert_eq!(
        differing(&usual, &picture(&workspace, "葛\u{E0101}城")),
        None
    );
    // In the font for rare names.
    let one = picture(&workspace, "葛\u{E0102}城");
    let two = picture(&workspace, "葛\u{E0104}城");
    within(differing(&one, &two).expect("another glyph"));
    within(differing(&usual, &one).expect("another font"));
}
