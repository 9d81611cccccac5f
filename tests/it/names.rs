//! Names reach the letter as they are registered, in the right form of every
//! character — or as the society's map says, and then both forms are kept.

use std::fs;
use std::path::Path;

use image::GrayImage;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::Value;

use crate::harness::{Workspace, copy_folder, has, plain_record, root, squeezed, text_layer, tool};

/// Pixels per point of a preview image.
const SCALE: f64 = 2.0;

pub fn record_with(changes: &[(&str, &str)]) -> Value {
    let mut record = plain_record(1, false);
    for (field, value) in changes {
        record[*field] = (*value).into();
    }
    record
}

/// The first page of a letter, as a picture and as a PDF.
pub fn page(workspace: &Workspace, record: &Value) -> (GrayImage, std::path::PathBuf) {
    let file = workspace.file("record.json", record.to_string());
    let file = file.to_str().unwrap();
    for name in ["letter.png", "letter.pdf"] {
        workspace.ok(&["preview", "acknowledgement", file, "-o", name]);
    }
    let picture = image::open(workspace.path("letter.png")).unwrap();
    (picture.into_luma8(), workspace.path("letter.pdf"))
}

/// The words of a PDF that hold `base`, with their boxes in points.
pub fn boxes(pdf: &Path, base: char) -> Vec<(String, [f64; 4])> {
    let output = std::process::Command::new("pdftotext")
        .args(["-bbox", "-l", "1"])
        .arg(pdf)
        .arg("-")
        .output()
        .unwrap();
    let html = String::from_utf8(output.stdout).unwrap();
    let words = html.lines().filter_map(|line| {
        let (tag, rest) = line.trim().strip_prefix("<word ")?.split_once('>')?;
        let text = rest.strip_suffix("</word>")?;
        let edges: Vec<f64> = tag
            .split('"')
            .skip(1)
            .step_by(2)
            .map(|edge| edge.parse().unwrap())
            .collect();
        let edges: [f64; 4] = edges.try_into().unwrap();
        text.contains(base).then(|| (text.to_owned(), edges))
    });
    words.collect()
}

/// Whether two pictures differ in the `place`-th of `count` equal cells of a
/// box.
pub fn differs_in(
    one: &GrayImage,
    two: &GrayImage,
    edges: [f64; 4],
    place: usize,
    count: usize,
) -> bool {
    let [left, top, right, bottom] = edges.map(|edge| edge * SCALE);
    let width = (right - left) / count as f64;
    let columns = (left + width * place as f64) as u32..(left + width * (place + 1) as f64) as u32;
    let mut pixels = columns.flat_map(|x| (top as u32..bottom as u32).map(move |y| (x, y)));
    pixels.any(|(x, y)| one.get_pixel(x, y) != two.get_pixel(x, y))
}

#[test]
fn a_variant_keeps_its_glyph_at_the_end_of_a_line() {
    let test = "a_variant_keeps_its_glyph_at_the_end_of_a_line";
    if !has(test, &["pdftotext"]) {
        return;
    }
    let workspace = Workspace::new();
    // One of each collection beside another form in the same font.
    for (variant, other) in [("葛\u{E0100}", "葛"), ("葛\u{E0102}", "葛\u{E0104}")] {
        let mut ends = 0;
        for lead in ["", "亀", "亀里"] {
            let address = |form: &str| format!("{lead}{}", form.repeat(70));
            let of = |form: &str| record_with(&[("addressee_address", &address(form))]);
            let (plain, _) = page(&workspace, &of(other));
            let (picture, pdf) = page(&workspace, &of(variant));
            let lines = boxes(&pdf, '葛');
            assert!(lines.len() > 2, "{lines:?}");
            let mut seen = 0;
            for (line, edges) in lines {
                let units = line.strip_prefix(lead).unwrap_or(&line);
                let count = units.matches(variant).count();
                assert_eq!(units, variant.repeat(count), "a line is cut in a variant");
                let shift = line.chars().count() - units.chars().count();
                for place in 0..count {
                    let alike = !differs_in(&picture, &plain, edges, shift + place, shift + count);
                    assert!(
                        !alike,
                        "{variant:?}: character {place} of {count} is the other form"
                    );
                }
                seen += count;
                ends += 1;
            }
            assert_eq!(seen, 70);
        }
        assert!(ends > 8);
    }
}

#[test]
fn a_variant_before_a_long_word_keeps_its_glyph() {
    let test = "a_variant_before_a_long_word_keeps_its_glyph";
    if !has(test, &["pdftotext"]) {
        return;
    }
    let workspace = Workspace::new();
    // Where lines offer no place to break, the template makes some, and the
    // selector stands where it begins to.
    let of = |form: &str| {
        let building = format!("{form}ABCDEFGHIJKLMNOPQRSTUVWX");
        page(
            &workspace,
            &record_with(&[("addressee_building", &building)]),
        )
    };
    let (plain, _) = of("葛");
    for (variant, differs) in [("葛\u{E0100}", true), ("葛\u{E0101}", false)] {
        let (picture, pdf) = of(variant);
        let (word, [left, top, right, bottom]) = boxes(&pdf, '葛').remove(0);
        assert!(word.starts_with(&format!("{variant}ABC")), "{word}");
        // A kanji is as wide as two letters.
        let first = [left, top, left + (right - left) / 13.0, bottom];
        assert_eq!(
            differs_in(&picture, &plain, first, 0, 1),
            differs,
            "{variant:?}"
        );
    }
}

/// What `show --json` tells of the only letter.
fn shown(workspace: &Workspace) -> Value {
    let letters = workspace.letters();
    let id = letters[0]["id"].as_str().unwrap();
    serde_json::from_str(&workspace.ok(&["show", id, "--json"])).unwrap()
}

#[test]
fn a_form_registered_in_another_collection_is_printed_and_told() {
    let test = "a_form_registered_in_another_collection_is_printed_and_told";
    if !has(test, &["pdftotext"]) {
        return;
    }
    let workspace = Workspace::new();
    // Adobe-Japan1 sequences that the font for them lacks, and the spelling
    // of the same form that the other font has.
    for (given, other) in [("𠮷\u{E0100}", "𠮷"), ("𠂢\u{E0100}", "𠂢\u{E0101}")] {
        let name = format!("{given}田 太郎");
        let (picture, pdf) = page(&workspace, &record_with(&[("addressee_name", &name)]));
        let text = text_layer(&pdf).concat();
        assert!(text.contains(&squeezed(&name)), "{}", text.escape_unicode());
        let same = record_with(&[("addressee_name", &format!("{other}田 太郎"))]);
        assert!(
            picture == page(&workspace, &same).0,
            "{given:?} is not {other:?}"
        );
        let workspace = Workspace::new();
        let record = record_with(&[("addressee_name", &name)]).to_string();
        let file = workspace.file("one.json", record);
        workspace.ok(&["queue", file.to_str().unwrap()]);
        for _ in ["before the night", "after it"] {
            let letter = shown(&workspace);
            assert_eq!(letter["record"]["addressee_name"], name.as_str());
            let told = &letter["naming"]["other_spelling"][0];
            assert_eq!(
                (&told["given"], &told["shown"]),
                (&given.into(), &other.into())
            );
            let id = letter["letter"]["id"].as_str().unwrap().to_owned();
            let page = workspace.ok(&["show", &id]);
            assert!(page.contains("同じ字形の"), "{page}");
            workspace.ok(&["run"]);
        }
    }
}

#[test]
fn a_dry_run_names_the_rows_that_need_the_font_for_rare_kanji() {
    let workspace = Workspace::new();
    let names = [
        "見本 太郎",
        "𠮷田 花子",
        "葛\u{E0100}城 太郎",
        "葛\u{E0104}城 太郎",
    ];
    let lines: Vec<String> = (1..)
        .zip(names)
        .map(|(n, name)| {
            let mut record = plain_record(n, false);
            record["addressee_name"] = name.into();
            record.to_string()
        })
        .collect();
    let file = workspace.file("names.jsonl", lines.join("\n"));
    let told = workspace.ok(&["queue", file.to_str().unwrap(), "--dry-run"]);
    assert!(told.contains("印刷する行：2、4。"), "{told}");
}

#[test]
fn a_form_whose_glyph_would_change_the_text_layer_is_refused_with_its_other_spelling() {
    let workspace = Workspace::new();
    let record = record_with(&[("addressee_name", "舘\u{E0101} 花子")]).to_string();
    let file = workspace.file("one.json", record);
    let told = workspace.exits(1, &["queue", file.to_str().unwrap()]);
    assert!(
        told.contains("U+8218 U+E0101") && told.contains("U+8218 U+E0103"),
        "{told}"
    );
    let mended = record_with(&[("addressee_name", "舘\u{E0103} 花子")]).to_string();
    let file = workspace.file("mended.json", mended);
    workspace.ok(&["queue", file.to_str().unwrap()]);
}

/// Names made of everything that some program or other likes to rewrite.
fn names() -> impl Strategy<Value = String> {
    let of = |from: char, to: char| prop::char::range(from, to).prop_map(String::from).boxed();
    let form = (
        prop::sample::select(vec!['葛', '辻', '邉', '祇', '榊', '𠮷']),
        prop::char::range('\u{E0100}', '\u{E0108}'),
    );
    let unit = prop_oneof![
        3 => of('\u{4E00}', '\u{9FEF}'),
        3 => of('\u{F900}', '\u{FAD9}'),
        2 => form.prop_map(|(base, selector)| format!("{base}{selector}")),
        1 => of('\u{FF66}', '\u{FF9F}'),
        1 => of('\u{20000}', '\u{2A6D6}'),
        1 => Just("か\u{3099}".to_owned()),
        1 => prop::sample::select(vec!["㈱", "①", "Ⅲ", "～", "ー", "　", "Ａ", "ﾞ"]).prop_map(str::to_owned),
    ];
    prop::collection::vec(unit, 1..6).prop_map(|units| units.concat())
}

#[test]
fn no_name_is_changed_by_the_way_it_takes() {
    let mut runner = TestRunner::deterministic();
    let strategy = names();
    let mut given: Vec<String> = (0..240)
        .map(|_| strategy.new_tree(&mut runner).unwrap().current())
        .collect();
    // Compatibility ideographs that NFC would rewrite, and the twelve it
    // would not.
    given.extend(
        [
            "\u{FA10}田",
            "\u{FA12}",
            "\u{FA19}",
            "\u{FA1B}",
            "\u{FA26}",
            "\u{FA2D}",
        ]
        .map(String::from),
    );
    given.extend("\u{FA0E}\u{FA0F}\u{FA11}\u{FA13}\u{FA14}\u{FA1F}\u{FA21}\u{FA23}\u{FA24}\u{FA27}\u{FA28}\u{FA29}".chars().map(String::from));
    let certain = 18;
    let lines: Vec<String> = (1..)
        .zip(&given)
        .map(|(n, name)| {
            let mut record = plain_record(n, false);
            record["addressee_name"] = name.as_str().into();
            record.to_string()
        })
        .collect();
    let workspace = Workspace::new();
    let file = workspace.file("names.jsonl", lines.join("\n"));
    let done = workspace.yobin(&["queue", "--accept-valid", file.to_str().unwrap()]);
    assert!(matches!(done.code, Some(0 | 2)), "{}", done.err);
    workspace.ok(&["run"]);
    let letters = workspace.letters();
    assert!(letters.len() > given.len() / 3, "{} taken", letters.len());
    let mut kept = 0;
    for letter in letters {
        let row = letter["intake_row"].as_u64().unwrap() as usize;
        let id = letter["id"].as_str().unwrap();
        let all: Value = serde_json::from_str(&workspace.ok(&["show", id, "--json"])).unwrap();
        let name = all["record"]["addressee_name"].as_str().unwrap();
        assert_eq!(name, given[row - 1], "{}", name.escape_unicode());
        assert_eq!(all["naming"]["replaced"], Value::Null);
        kept += usize::from(row > given.len() - certain);
    }
    assert_eq!(kept, certain, "a compatibility ideograph is refused");
}

const MAP: &str = r#"
[[replace]]
from = "髙"
to = "高"
note = "見本の規程による"
[[replace]]
from = "\u845B\U000E0100"
to = "葛"
[[replace]]
from = "한"
to = "ハン"
"#;

/// A workspace whose society replaces characters as `map` says.
fn replacing(map: &str) -> Workspace {
    let workspace = Workspace::with_settings("approval = \"none\"\nsociety = \"society\"\n");
    let society = workspace.path("society");
    copy_folder(crate::harness::society(), &society);
    let profile = society.join("profile.toml");
    let text = fs::read_to_string(&profile).unwrap();
    let replaced = text.replace("policy = \"as-registered\"", "policy = \"substitute\"");
    assert_ne!(text, replaced);
    fs::write(&profile, replaced).unwrap();
    fs::write(society.join("substitutions.toml"), map).unwrap();
    workspace
}

#[test]
fn a_replaced_name_is_told_and_both_forms_are_kept() {
    let test = "a_replaced_name_is_told_and_both_forms_are_kept";
    if !has(test, &["pdftotext"]) {
        return;
    }
    let workspace = replacing(MAP);
    let mut record = plain_record(1, true);
    record["addressee_name"] = "髙橋 한".into();
    record["addressee_address"] = "群馬県葛\u{E0100}城市髙橋1".into();
    record["requested_content"] = "髙橋の記録".into();
    let lines = [plain_record(9, false).to_string(), record.to_string()].join("\n");
    let file = workspace.file("names.jsonl", lines);
    let file = file.to_str().unwrap();
    let warning = "2か所の氏名・住所";
    let tried = workspace.ok(&["queue", file, "--dry-run"]);
    assert!(
        tried.contains(warning) && tried.contains("対象の行：2"),
        "{tried}"
    );
    let told = workspace.ok(&["queue", file]);
    assert!(
        told.contains(warning) && told.contains("対象の行：2"),
        "{told}"
    );

    let id = workspace.letters()[1]["id"].as_str().unwrap().to_owned();
    let show = |id: &str| workspace.ok(&["show", id]);
    let lines = [
        "氏名：「髙橋 한」の文字を置き換えて「高橋 ハン」と印刷します",
        "住所：「群馬県葛\u{E0100}城市髙橋1」の文字を置き換えて「群馬県葛城市高橋1」と印刷します",
    ];
    let waiting = show(&id);
    assert!(lines.iter().all(|line| waiting.contains(line)), "{waiting}");
    workspace.ok(&["run"]);
    let done = show(&id);
    assert!(lines.iter().all(|line| done.contains(line)), "{done}");
    assert!(!show(workspace.letters()[0]["id"].as_str().unwrap()).contains("書簡での表記"));

    let all: Value = serde_json::from_str(&workspace.ok(&["show", &id, "--json"])).unwrap();
    assert_eq!(all["record"]["addressee_name"], "髙橋 한");
    assert_eq!(all["naming"]["replaced"][0]["given"], "髙橋 한");
    let version = all["naming"]["map_sha256"].as_str().unwrap();
    let sha256 = tool(
        "sha256sum",
        &[],
        &workspace.path("society/substitutions.toml"),
    );
    assert!(sha256.starts_with(version), "{sha256}");

    let pdf = all["letter"]["pdf_sha256"].as_str().unwrap();
    let pdf = workspace.path(format!("out/archive/pdf/{}/{pdf}.pdf", &pdf[..1]));
    let text = text_layer(&pdf).concat();
    assert!(text.contains("群馬県葛城市高橋1高橋ハン様"), "{text}");
    assert!(
        text.contains("髙橋の記録"),
        "only names and addresses are replaced: {text}"
    );
    assert!(mail_body(&workspace).contains("高橋 ハン 様"));
    workspace.ok(&["reproduce", &id]);
}

/// The text of the only mail.
fn mail_body(workspace: &Workspace) -> String {
    let folder = fs::read_dir(workspace.path("out/mail")).unwrap();
    let mails: Vec<_> = folder
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "eml"))
        .collect();
    assert_eq!(mails.len(), 1);
    let script = "import email, email.policy, sys\n\
        mail = email.message_from_file(open(sys.argv[1]), policy=email.policy.default)\n\
        print(mail.get_body().get_content())";
    tool("python3", &["-c", script], &mails[0])
}

#[test]
fn a_mail_greets_by_the_form_its_letter_has_whatever_the_map_says_since() {
    let test = "a_mail_greets_by_the_form_its_letter_has_whatever_the_map_says_since";
    if !has(test, &["python3"]) {
        return;
    }
    let workspace = replacing(MAP);
    let mut record = plain_record(1, true);
    record["addressee_name"] = "髙橋 花子".into();
    let file = workspace.file("one.json", record.to_string());
    workspace.ok(&["queue", file.to_str().unwrap()]);
    let args = ["run", "--stop-at", "registered"];
    workspace.start_until(&args, "stopped at").kill();
    let map = MAP.replace("to = \"高\"", "to = \"タカ\"");
    fs::write(workspace.path("society/substitutions.toml"), map).unwrap();
    workspace.ok(&["run"]);
    let body = mail_body(&workspace);
    assert!(body.contains("高橋 花子 様"), "{body}");
    assert_eq!(
        shown(&workspace)["naming"]["replaced"][0]["shown"],
        "高橋 花子"
    );
}

#[test]
fn a_registered_name_is_never_replaced() {
    let test = "a_registered_name_is_never_replaced";
    if !has(test, &["pdftotext"]) {
        return;
    }
    let workspace = replacing(MAP);
    workspace.settings("approval = \"none\"\nsociety = \"society\"\ntemplates = \"templates\"\n");
    copy_folder(&root().join("templates"), &workspace.path("templates"));
    let schema = workspace.path("templates/letters/acknowledgement/record.schema.json");
    let text = fs::read_to_string(&schema).unwrap();
    let changed = text.replacen(
        "\"x-role\": \"multiline\"",
        "\"x-role\": \"registered-name\"",
        1,
    );
    assert_ne!(text, changed);
    fs::write(&schema, changed).unwrap();
    let changes = [
        ("addressee_name", "髙橋 花子"),
        ("requested_content", "髙橋 花子"),
    ];
    let (_, pdf) = page(&workspace, &record_with(&changes));
    let text = text_layer(&pdf).concat();
    assert!(
        text.contains("高橋花子様") && text.contains("髙橋花子"),
        "{text}"
    );
    let garbled = record_with(&[("requested_content", "●橋 花子")]).to_string();
    let file = workspace.file("garbled.json", garbled);
    let told = workspace.exits(1, &["queue", file.to_str().unwrap()]);
    assert!(told.contains("名前に「●」"), "{told}");
}

#[test]
fn a_map_that_cannot_be_used_stops_every_command_with_its_reason() {
    for (map, words) in [
        ("", "1つもありません"),
        (
            "[[replace]]\nfrom = \"髙\"\nto = \"高\"\nwhy = \"\"\n",
            "unknown field",
        ),
        (
            "[[replace]]\nfrom = \"髙\"\nto = \"崎\"\n[[replace]]\nfrom = \"崎\"\nto = \"﨑\"\n",
            "ほかの行",
        ),
        (
            "[[replace]]\nfrom = \"髙\"\nto = \"한\"\n",
            "印刷できません",
        ),
    ] {
        let [made, unmade] = [replacing(map), replacing(map)];
        made.ok(&["init"]);
        unmade.stays_unmade();
        for workspace in [&made, &unmade] {
            let told = workspace.exits(1, &["check"]);
            assert!(
                told.contains(words) && told.contains("substitutions.toml"),
                "{told}"
            );
            let told = workspace.exits(1, &["run"]);
            assert!(told.contains(words), "{told}");
        }
        assert!(!unmade.path("out").exists());
    }
    let workspace = replacing(MAP);
    workspace.ok(&["check"]);
    fs::remove_file(workspace.path("society/substitutions.toml")).unwrap();
    let told = workspace.exits(1, &["check"]);
    assert!(
        told.contains("置き換えるときは、このファイルが必要です"),
        "{told}"
    );
}

#[test]
fn half_width_kana_become_full_width_in_a_reading_and_nowhere_else() {
    let workspace = Workspace::new();
    let changes = [
        ("addressee_name", "ﾐﾎﾝ 太郎"),
        ("addressee_kana", "ﾐﾎﾝ ｼﾞｮｰｼﾞ･ﾊﾟｳﾞｪﾙ"),
    ];
    let file = workspace.file("one.json", record_with(&changes).to_string());
    workspace.ok(&["queue", file.to_str().unwrap()]);
    let record = &shown(&workspace)["record"];
    assert_eq!(record["addressee_kana"], "ミホン ジョージ・パヴェル");
    assert_eq!(record["addressee_name"], "ﾐﾎﾝ 太郎");
    for (kana, words) in [
        ("みほん タロウ", "ひらがなが入っています"),
        ("見本 タロウ", "文字「見」"),
        ("ミホン-タロウ", "文字「-」"),
        ("ｱﾞ", "文字「ﾞ」"),
    ] {
        let record = record_with(&[("addressee_kana", kana)]).to_string();
        let file = workspace.file("bad.json", record);
        let told = workspace.exits(1, &["queue", file.to_str().unwrap()]);
        assert!(
            told.contains(words) && told.contains("全角カタカナで書いてください"),
            "{told}"
        );
    }
}

#[test]
fn no_field_for_a_name_takes_a_sign_of_garbled_text() {
    let workspace = Workspace::new();
    let signs = [
        "●",
        "〓",
        "□",
        "■",
        "?",
        "？",
        "\u{FFFD}",
        "\u{E000}",
        "\u{F0000}",
    ];
    for sign in signs {
        let name = format!("見本{sign} 花子");
        let changes = [
            ("addressee_name", name.as_str()),
            ("requester_role", "appointed_agent"),
            ("principal_name", name.as_str()),
        ];
        let file = workspace.file("bad.json", record_with(&changes).to_string());
        let told = workspace.exits(1, &["queue", file.to_str().unwrap()]);
        for field in ["addressee_name", "principal_name"] {
            assert!(told.contains(&format!("「{field}」：")), "{sign:?}: {told}");
        }
    }
    // The name in a row of a list is a name, too.
    let workspace = Workspace::with_settings("approval = \"none\"\ntemplates = \"templates\"\n");
    copy_folder(&root().join("templates"), &workspace.path("templates"));
    let settings = workspace.path("templates/letters/acknowledgement/letter.toml");
    let text = fs::read_to_string(&settings).unwrap();
    let changed = text.replacen("\"request\"", "\"request\", \"enclosures\"", 1);
    assert_ne!(text, changed);
    fs::write(&settings, changed).unwrap();
    for sign in signs {
        let mut record = plain_record(1, false);
        record["enclosures"] = serde_json::json!([
            {"title": "写し？", "person": format!("見本{sign}"), "pages": 1},
        ]);
        let file = workspace.file("bad.json", record.to_string());
        let told = workspace.exits(1, &["queue", file.to_str().unwrap()]);
        assert!(
            told.contains("「enclosures[0].person」："),
            "{sign:?}: {told}"
        );
        assert!(!told.contains("enclosures[0].title"), "{told}");
    }
}
