//! What the window of an envelope shows: the address and its barcode, and
//! nothing else of the letter, however it slips.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use image::GrayImage;
use serde_json::Value;
use yobin::text::barcode;

use crate::golden::samples;
use crate::harness::{Workspace, has, plain_record, root, squeezed, tool};

/// Dots per inch of the pictures that are looked at.
const DPI: f64 = 200.0;
/// Millimetres of an inch, and of a point.
const INCH: f64 = 25.4;
const POINT: f64 = INCH / 72.0;
/// Darker than this is ink.
const INK: u8 = 200;
/// A barcode of 9 points: width and height, and from bar to bar.
const BARCODE: (f64, f64) = (71.82, 3.24);
const PITCH: f64 = 1.08;
/// Half a dot and what smoothing adds.
const BLUR: f64 = 0.2;

/// A rectangle on the sheet, in millimetres.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Frame {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Frame {
    /// The window of a profile, grown by its play times `plays`.
    fn of(profile: &str, plays: f64) -> Self {
        let profile: toml::Table = toml::from_str(profile).unwrap();
        let mm = |key: &str| {
            let value = &profile["envelope"][key];
            let whole = value.as_integer().map(|value| value as f64);
            whole.or_else(|| value.as_float()).unwrap()
        };
        let by = plays * mm("play_mm");
        Frame {
            left: mm("window_left_mm") - by,
            top: mm("window_top_mm") - by,
            right: mm("window_left_mm") + mm("window_width_mm") + by,
            bottom: mm("window_top_mm") + mm("window_height_mm") + by,
        }
    }

    fn touches(&self, other: &Frame) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    fn holds(&self, other: &Frame) -> bool {
        self.left <= other.left + BLUR
            && other.right <= self.right + BLUR
            && self.top <= other.top + BLUR
            && other.bottom <= self.bottom + BLUR
    }
}

/// A word of a page and the box around it.
struct Word {
    text: String,
    frame: Frame,
}

fn words(pdf: &Path, page: usize) -> Vec<Word> {
    let page = page.to_string();
    let output = Command::new("pdftotext")
        .args(["-bbox", "-f", &page, "-l", &page])
        .arg(pdf)
        .arg("-")
        .output()
        .unwrap();
    assert!(output.status.success(), "pdftotext {}", pdf.display());
    let html = String::from_utf8(output.stdout).unwrap();
    let lines = html
        .lines()
        .filter_map(|line| line.trim().strip_prefix("<word "));
    let words: Vec<Word> = lines
        .map(|line| {
            let (attributes, rest) = line.split_once('>').unwrap();
            let side = |name: &str| -> f64 {
                let (_, value) = attributes.split_once(&format!("{name}=\"")).unwrap();
                value.split('"').next().unwrap().parse::<f64>().unwrap() * POINT
            };
            let text = rest.strip_suffix("</word>").unwrap();
            let text = text
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&amp;", "&");
            Word {
                text,
                frame: Frame {
                    left: side("xMin"),
                    top: side("yMin"),
                    right: side("xMax"),
                    bottom: side("yMax"),
                },
            }
        })
        .collect();
    assert!(!words.is_empty(), "{} has no words", pdf.display());
    words
}

/// A page as a picture.
fn picture(workspace: &Workspace, pdf: &Path, page: usize) -> GrayImage {
    let number = page.to_string();
    let drawn = workspace.path("drawn");
    let mut draw = Command::new("pdftoppm");
    draw.args(["-gray", "-png", "-singlefile", "-f", &number, "-r"]);
    draw.arg(DPI.to_string()).arg(pdf).arg(&drawn);
    assert!(draw.status().unwrap().success());
    image::open(drawn.with_extension("png"))
        .unwrap()
        .into_luma8()
}

fn dots(millimetres: f64) -> u32 {
    (millimetres / INCH * DPI).round().max(0.0) as u32
}

/// The box around all ink in a frame that is in none of the words' boxes. A
/// stroke may reach a dot beyond the box its font names for the line.
fn ink_beside(picture: &GrayImage, frame: Frame, words: &[Word]) -> Option<Frame> {
    let mm = |dots: u32| f64::from(dots) / DPI * INCH;
    let of_words: Vec<Frame> = words
        .iter()
        .map(|word| Frame {
            left: word.frame.left - BLUR,
            top: word.frame.top - BLUR,
            right: word.frame.right + BLUR,
            bottom: word.frame.bottom + BLUR,
        })
        .collect();
    let mut found: Option<Frame> = None;
    for y in dots(frame.top)..dots(frame.bottom) {
        for x in dots(frame.left)..dots(frame.right) {
            let dot = Frame {
                left: mm(x),
                top: mm(y),
                right: mm(x + 1),
                bottom: mm(y + 1),
            };
            let of_a_word = of_words.iter().any(|word| word.touches(&dot));
            if picture.get_pixel(x, y).0[0] >= INK || of_a_word {
                continue;
            }
            let so_far = found.unwrap_or(dot);
            found = Some(Frame {
                left: so_far.left.min(dot.left),
                top: so_far.top.min(dot.top),
                right: so_far.right.max(dot.right),
                bottom: so_far.bottom.max(dot.bottom),
            });
        }
    }
    found
}

/// The address block's text.
fn address_block(record: &Value) -> String {
    let text = |field: &str| record[field].as_str().unwrap_or_default();
    let code = text("addressee_postal_code").replace('-', "");
    let honorific = record["addressee_honorific"].as_str().unwrap_or("様");
    squeezed(&format!(
        "〒{}-{}{}{}{}{honorific}",
        &code[..3],
        &code[3..],
        text("addressee_address"),
        text("addressee_building"),
        text("addressee_name")
    ))
}

/// Says what is wrong with the window of a letter; nothing if all is well.
fn wrong_in_window(
    workspace: &Workspace,
    profile: &str,
    pdf: &Path,
    record: &Value,
) -> Option<String> {
    let (sure, exposed) = (Frame::of(profile, -1.0), Frame::of(profile, 1.0));
    let inside: Vec<Word> = words(pdf, 1)
        .into_iter()
        .filter(|word| word.frame.touches(&exposed))
        .collect();
    let shown: String = inside.iter().map(|word| squeezed(&word.text)).collect();
    // 親展 is for whoever takes the envelope out of the letter box.
    if shown.replacen("親展", "", 1) != address_block(record) {
        return Some(format!("in the window: {shown}"));
    }
    if let Some(word) = inside.iter().find(|word| !sure.holds(&word.frame)) {
        return Some(format!("{:?} slips out of the window", word.frame));
    }
    let ink = ink_beside(&picture(workspace, pdf, 1), exposed, &inside);
    let bars = profile.contains("barcode = true").then(|| {
        let text = |field: &str| record[field].as_str();
        barcode::bars(
            text("addressee_postal_code").unwrap(),
            text("addressee_address").unwrap(),
            text("addressee_building"),
        )
    });
    match (ink, bars.flatten()) {
        (None, None) => None,
        (Some(ink), Some(_)) => {
            let (width, height) = (ink.right - ink.left, ink.bottom - ink.top);
            let fits = (width - BARCODE.0).abs() < BLUR && (height - BARCODE.1).abs() < BLUR;
            let below = inside.iter().all(|word| word.frame.bottom < ink.top);
            (!fits || !below || !sure.holds(&ink)).then(|| format!("no barcode: {ink:?}"))
        }
        (ink, bars) => Some(format!("ink {ink:?}, bars {bars:?}")),
    }
}

fn shipped_profile() -> String {
    fs::read_to_string(root().join("society/profile.toml")).unwrap()
}

/// A workspace whose society has this profile.
fn with_profile(profile: &str) -> Workspace {
    let workspace = Workspace::new();
    fs::create_dir(workspace.path("society")).unwrap();
    fs::write(workspace.path("society/profile.toml"), profile).unwrap();
    fs::copy(
        root().join("society/notice.toml"),
        workspace.path("society/notice.toml"),
    )
    .unwrap();
    workspace.settings("society = \"society\"\napproval = \"none\"\n");
    workspace
}

/// The shipped profile with other values of `[envelope]`.
fn with_values(values: &[(&str, &str)]) -> String {
    let mut profile = String::new();
    let mut seen = 0;
    for line in shipped_profile().lines() {
        let new = values
            .iter()
            .find(|(key, _)| line.starts_with(&format!("{key} = ")));
        match new {
            Some((key, value)) => {
                seen += 1;
                profile.push_str(&format!("{key} = {value}\n"));
            }
            None => profile.push_str(&format!("{line}\n")),
        }
    }
    assert_eq!(seen, values.len(), "the profile has other keys");
    profile
}

/// The letter of a record as `yobin preview` makes it.
fn letter(workspace: &Workspace, kind: &str, record: &Path) -> PathBuf {
    let record = record.to_str().unwrap();
    workspace.ok(&["preview", kind, record, "-o", "letter.pdf"]);
    workspace.path("letter.pdf")
}

#[test]
fn the_window_shows_the_address_of_every_sample_and_nothing_else() {
    let test = "the_window_shows_the_address_of_every_sample_and_nothing_else";
    if !has(test, &["pdftotext", "pdftoppm"]) {
        return;
    }
    let workspace = Workspace::new();
    let mut wrong = Vec::new();
    for (kind, sample, file) in samples() {
        let record = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        let pdf = letter(&workspace, &kind, &file);
        if let Some(problem) = wrong_in_window(&workspace, &shipped_profile(), &pdf, &record) {
            wrong.push(format!("{kind} {sample}: {problem}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_address_goes_where_the_profile_says_the_window_is() {
    let test = "the_address_goes_where_the_profile_says_the_window_is";
    if !has(test, &["pdftotext", "pdftoppm"]) {
        return;
    }
    for values in [
        // High on the left, without barcode.
        &[
            ("window_left_mm", "8"),
            ("window_top_mm", "10.5"),
            ("window_width_mm", "80"),
            ("window_height_mm", "45"),
            ("barcode", "false"),
        ][..],
        // Low, with much play.
        &[
            ("window_left_mm", "22"),
            ("window_top_mm", "30"),
            ("window_height_mm", "56"),
            ("play_mm", "12"),
        ][..],
        // As far to the right and down as number and fold let it.
        &[
            ("window_left_mm", "35"),
            ("window_top_mm", "40"),
            ("window_height_mm", "53"),
        ][..],
    ] {
        let profile = with_values(values);
        let workspace = with_profile(&profile);
        let mut record = plain_record(1, false);
        record["addressee_building"] = "見本ハイツ2-B".into();
        let file = workspace.file("record.json", record.to_string());
        let pdf = letter(&workspace, "acknowledgement", &file);
        let wrong = wrong_in_window(&workspace, &profile, &pdf, &record);
        assert_eq!(wrong, None, "{values:?}");
    }
}

#[test]
fn a_seal_and_a_long_sender_stay_out_of_the_window() {
    let test = "a_seal_and_a_long_sender_stay_out_of_the_window";
    if !has(test, &["pdftotext", "pdftoppm"]) {
        return;
    }
    let profile = with_values(&[
        (
            "name",
            "\"とても長い名称の見本となる例示県農業協同組合連合会等健康保険組合\"",
        ),
        ("prefix", "\"とても長い記号の見本農健発第\""),
        ("seal_mode", "\"image\"\nseal_image = \"seal.png\""),
    ]);
    let workspace = with_profile(&profile);
    GrayImage::new(64, 64)
        .save(workspace.path("society/seal.png"))
        .unwrap();
    let record = plain_record(1, false);
    let file = workspace.file("record.json", record.to_string());
    workspace.ok(&["queue", file.to_str().unwrap()]);
    workspace.ok(&["run"]);
    let name = &workspace.archived()[0];
    let pdf = workspace.path(format!("out/archive/pdf/{}/{name}", &name[..1]));
    let wrong = wrong_in_window(&workspace, &profile, &pdf, &record);
    assert_eq!(wrong, None);
}

/// From the length that fills a line to those that need the smallest type, in
/// letters that break anywhere and in words that do not.
#[test]
fn an_address_of_any_length_stays_in_the_window_or_is_parked() {
    let test = "an_address_of_any_length_stays_in_the_window_or_is_parked";
    if !has(test, &["pdftotext"]) {
        return;
    }
    let patterns = [
        "亀里町見本例示",
        "Wmihonreijimihon 例「",
        "例示、例示。例示）（",
    ];
    let mut records = Vec::new();
    for pattern in patterns {
        let long = |length: usize| -> String {
            let text: String = pattern.chars().cycle().take(length - 1).collect();
            format!("{}例", text.trim_start())
        };
        for name in [4, 17, 20, 48, 119] {
            for (address, building) in [(9, 3), (24, 24), (27, 12), (60, 30), (150, 60)] {
                let mut record = plain_record(records.len() + 1, false);
                record["addressee_name"] = long(name).into();
                record["addressee_address"] = long(address).into();
                record["addressee_building"] = long(building).into();
                records.push(record);
            }
        }
    }
    let workspace = Workspace::new();
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    let file = workspace.file("records.jsonl", lines.join("\n"));
    workspace.ok(&["queue", file.to_str().unwrap()]);
    workspace.exits(2, &["run"]);
    let profile = shipped_profile();
    let (sure, exposed) = (Frame::of(&profile, -1.0), Frame::of(&profile, 1.0));
    let mut parked = 0;
    for (letter, record) in workspace.letters().iter().zip(&records) {
        if letter["state"] == "parked" {
            parked += 1;
            continue;
        }
        let sha256 = letter["pdf_sha256"].as_str().unwrap();
        let pdf = workspace.path(format!("out/archive/pdf/{}/{sha256}.pdf", &sha256[..1]));
        let mut inside = words(&pdf, 1);
        inside.retain(|word| word.frame.touches(&exposed));
        let shown: String = inside.iter().map(|word| squeezed(&word.text)).collect();
        assert_eq!(shown, address_block(record));
        for word in &inside {
            // A bracket at an end of a line is set without its empty half,
            // which its box still has.
            let Frame {
                left,
                top,
                right,
                bottom,
            } = word.frame;
            let ink = Frame {
                left: left + 2.5,
                top,
                right: right - 2.5,
                bottom,
            };
            assert!(
                sure.holds(&ink),
                "{} in {:?}: {record}",
                word.text,
                word.frame
            );
        }
    }
    assert!((1..=15).contains(&parked), "{parked} are parked");
}

#[test]
fn an_address_too_long_for_the_window_parks_its_letter_alone() {
    let workspace = Workspace::new();
    let mut long = plain_record(1, false);
    for (field, length) in [
        ("addressee_name", 120),
        ("addressee_address", 200),
        ("addressee_building", 100),
    ] {
        long[field] = "亀里町見本例示"
            .chars()
            .cycle()
            .take(length)
            .collect::<String>()
            .into();
    }
    let records = format!("{long}\n{}", plain_record(2, false));
    let file = workspace.file("records.jsonl", records);
    workspace.ok(&["queue", file.to_str().unwrap()]);
    let done = workspace.yobin(&["run"]);
    assert_eq!(done.code, Some(2), "{}", done.err);
    let states: Vec<Value> = workspace
        .letters()
        .iter()
        .map(|letter| letter["state"].clone())
        .collect();
    assert_eq!(states, ["parked", "filed"]);
    let parked = workspace.letters()[0]["id"].as_str().unwrap().to_owned();
    for told in [done.out, workspace.ok(&["show", &parked])] {
        for words in [
            "宛名が窓あき封筒の窓に入りません",
            "「住所」(200文字)",
            "「方書・建物名」(100文字)",
            "「氏名」(120文字)",
            "短く書き直してください",
            "yobin cancel",
        ] {
            assert!(told.contains(words), "{words} is not in: {told}");
        }
        assert!(!told.contains("assertion"), "{told}");
    }
    assert!(!done.err.contains("亀里町"), "a log line has the address");
}

#[test]
fn a_window_no_envelope_has_is_refused_with_its_remedy() {
    for (key, value, words) in [
        ("window_height_mm", "90", "折り目"),
        ("window_width_mm", "150", "文書番号と日付"),
        ("play_mm", "-1", "play_mm は 0 から 15"),
        ("window_width_mm", "70", "barcode = false"),
        ("window_top_mm", "\"上\"", "引用符を付けない数"),
        ("size", "\"角形2号\"", "長形3号"),
    ] {
        let workspace = with_profile(&with_values(&[(key, value)]));
        for command in [&["calibrate", "-o", "sheet.pdf"][..], &["run"], &["check"]] {
            let told = workspace.exits(1, command);
            assert!(told.contains("society/profile.toml"), "{told}");
            assert!(told.contains(words), "{words} is not in: {told}");
        }
        assert!(!workspace.path("sheet.pdf").exists());
    }
}

#[test]
fn check_tells_of_samples_a_small_window_does_not_show() {
    let workspace = with_profile(&with_values(&[("window_height_mm", "41")]));
    let told = workspace.ok(&["check"]);
    assert!(told.contains("問題はありません"), "{told}");
    assert!(told.contains("封筒の窓に入りませんでした"), "{told}");
}

/// Every postal code with an address, what stands beside it, and the display
/// number the manual's rules give. None is longer than its 13 places, which
/// is as much as zint takes.
const ADDRESSES: [(&str, &str, &str, &str); 8] = [
    (
        "100-0013",
        "東京都千代田区霞が関1丁目3番2号",
        "郵便プラザ503室",
        "1-3-2-503",
    ),
    ("100-0014", "東京都千代田区永田町1丁目11−32", "", "1-11-32"),
    ("379-2147", "群馬県前橋市亀里町１３１０番地", "", "1310"),
    (
        "273-0102",
        "千葉県鎌ケ谷市右京塚　東3丁目-20-5",
        "郵便・A&bコーポB604号",
        "3-20-5B604",
    ),
    (
        "623-0011",
        "京都府綾部市青野町綾部6-7",
        "LプラザB106",
        "6-7LB106",
    ),
    (
        "027-0203",
        "岩手県宮古市大字津軽石第二十一地割大淵川480",
        "",
        "21-480",
    ),
    (
        "060-0906",
        "北海道札幌市東区北六条東4丁目",
        "郵便センター6号館Z",
        "4-6Z",
    ),
    (
        "650-0046",
        "神戸市中央区港島中町9丁目7-6",
        "郵便シティA棟1F1号",
        "9-7-6A1-1",
    ),
];

/// The bars as zint draws them, by the upper and the lower third of each.
fn zint(data: &str) -> String {
    let output = Command::new("zint")
        .args(["--barcode=76", "--direct", "--filetype=TXT", "--data", data])
        .output()
        .unwrap();
    assert!(output.status.success(), "zint {data}");
    let rows: Vec<Vec<bool>> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| {
            let bytes = line
                .split_whitespace()
                .map(|byte| u8::from_str_radix(byte, 16).unwrap());
            // A bar and a space are a bit each.
            let bits = bytes.flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1));
            bits.step_by(2).take(barcode::BARS).collect()
        })
        .collect();
    assert_eq!(rows.len(), 3, "zint draws three rows");
    (0..barcode::BARS)
        .map(|bar| named(rows[0][bar], rows[2][bar]))
        .collect()
}

fn named(upper: bool, lower: bool) -> char {
    match (upper, lower) {
        (true, true) => 'F',
        (true, false) => 'A',
        (false, true) => 'D',
        (false, false) => 'T',
    }
}

#[test]
fn the_bars_are_those_zint_draws() {
    if !has("the_bars_are_those_zint_draws", &["zint"]) {
        return;
    }
    for (postal_code, address, building, number) in ADDRESSES {
        let building = (!building.is_empty()).then_some(building);
        let ours = barcode::bars(postal_code, address, building).unwrap();
        let data = format!("{}{number}", postal_code.replace('-', ""));
        assert_eq!(ours, zint(&data), "{address}");
    }
    // The code of an office, without anything of its address.
    for code in ["100-8916", "371-8570"] {
        let ours = barcode::bars(code, "霞が関1-2-2", Some("5号館")).unwrap();
        assert_eq!(ours, zint(&code.replace('-', "")), "{code}");
    }
    // Every letter of the alphabet, in the last places and before a fill.
    for letter in 'A'..='Z' {
        for digits in ["12345-67890", "1-2"] {
            let number = format!("{digits}{letter}");
            let address = format!("亀里町{digits}番{letter}");
            let ours = barcode::bars("379-2147", &address, None).unwrap();
            assert_eq!(ours, zint(&format!("3792147{number}")), "{number}");
        }
    }
}

#[test]
fn the_printed_bars_are_read_back_from_the_page() {
    let test = "the_printed_bars_are_read_back_from_the_page";
    if !has(test, &["pdftotext", "pdftoppm", "zint"]) {
        return;
    }
    let workspace = Workspace::new();
    let exposed = Frame::of(&shipped_profile(), 1.0);
    for (postal_code, address, building, number) in ADDRESSES {
        let mut record = plain_record(1, false);
        record["addressee_postal_code"] = postal_code.into();
        record["addressee_address"] = address.into();
        if !building.is_empty() {
            record["addressee_building"] = building.into();
        }
        let file = workspace.file("record.json", record.to_string());
        let pdf = letter(&workspace, "acknowledgement", &file);
        let page = picture(&workspace, &pdf, 1);
        let inside: Vec<Word> = words(&pdf, 1)
            .into_iter()
            .filter(|word| word.frame.touches(&exposed))
            .collect();
        let code = ink_beside(&page, exposed, &inside).unwrap();
        let third = (code.bottom - code.top) / 3.0;
        let inked = |bar: usize, height: f64| {
            let x = code.left + PITCH * (bar as f64 + 0.25);
            page.get_pixel(dots(x), dots(code.top + height * third)).0[0] < INK
        };
        let read: String = (0..barcode::BARS)
            .map(|bar| {
                assert!(inked(bar, 1.5), "no bar {bar} in {code:?}");
                named(inked(bar, 0.5), inked(bar, 2.5))
            })
            .collect();
        let data = format!("{}{number}", postal_code.replace('-', ""));
        assert_eq!(read, zint(&data), "{address}");
    }
}

#[test]
fn an_address_that_leaves_doubt_is_printed_without_bars() {
    let test = "an_address_that_leaves_doubt_is_printed_without_bars";
    if !has(test, &["pdftotext", "pdftoppm"]) {
        return;
    }
    let workspace = Workspace::new();
    for (postal_code, address) in [
        ("379-2147", "群馬県前橋市亀里町"),
        ("064-0804", "札幌市中央区南4条西29丁目1524-23"),
        ("371-0000", "群馬県前橋市例示町1番地"),
        // Reply mail, and an office that is not listed.
        ("371-8790", "群馬県前橋市大手町1-1-1"),
        ("371-8599", "群馬県前橋市大手町1-1-1"),
    ] {
        let mut record = plain_record(1, false);
        record["addressee_postal_code"] = postal_code.into();
        record["addressee_address"] = address.into();
        let file = workspace.file("record.json", record.to_string());
        let pdf = letter(&workspace, "acknowledgement", &file);
        let exposed = Frame::of(&shipped_profile(), 1.0);
        let all = words(&pdf, 1);
        assert_eq!(
            ink_beside(&picture(&workspace, &pdf, 1), exposed, &all),
            None,
            "{address}"
        );
        let wrong = wrong_in_window(&workspace, &shipped_profile(), &pdf, &record);
        assert_eq!(wrong, None, "{address}");
    }
}

#[test]
fn folds_are_marked_on_the_first_page_and_are_no_text() {
    let test = "folds_are_marked_on_the_first_page_and_are_no_text";
    if !has(test, &["pdftotext", "pdftoppm"]) {
        return;
    }
    let hostile = root().join("templates/letters/acknowledgement/samples/hostile.json");
    let edge = |top: f64, bottom: f64| Frame {
        left: 3.0,
        top,
        right: 9.0,
        bottom,
    };
    let marks = |workspace: &Workspace, page: usize| -> Vec<f64> {
        let pdf = letter(workspace, "acknowledgement", &hostile);
        let picture = picture(workspace, &pdf, page);
        [edge(0.0, 149.0), edge(149.0, 297.0)]
            .into_iter()
            .filter_map(|half| ink_beside(&picture, half, &[]))
            .map(|mark| ((mark.top + mark.bottom) / 2.0).round())
            .collect()
    };
    let workspace = Workspace::new();
    assert_eq!(marks(&workspace, 1), [99.0, 198.0]);
    assert_eq!(marks(&workspace, 2), [0.0; 0]);
    let unmarked = with_profile(&with_values(&[("fold_marks", "false")]));
    assert_eq!(marks(&unmarked, 1), [0.0; 0]);
}

#[test]
fn the_calibration_sheets_show_the_window_of_the_profile() {
    let test = "the_calibration_sheets_show_the_window_of_the_profile";
    if !has(test, &["pdftotext", "pdftoppm", "pdfinfo"]) {
        return;
    }
    let profile = with_values(&[
        ("window_left_mm", "24.5"),
        ("window_top_mm", "21"),
        ("window_height_mm", "50"),
    ]);
    let workspace = with_profile(&profile);
    let told = workspace.ok(&["calibrate", "-o", "sheet.pdf"]);
    assert!(told.contains("sheet.pdf(2ページ)"), "{told}");
    let pdf = workspace.path("sheet.pdf");
    let info = tool("pdfinfo", &[], &pdf);
    assert!(info.contains("窓あき封筒の調整用紙"), "{info}");
    let xmp = String::from_utf8_lossy(&fs::read(&pdf).unwrap()).into_owned();
    assert!(xmp.contains("<pdfuaid:part>1</pdfuaid:part>"), "no PDF/UA");

    // What to measure and where to write it, with the values of today.
    let first: String = words(&pdf, 1)
        .iter()
        .map(|word| word.text.clone())
        .collect();
    for words in [
        "window_left_mm",
        "24.5mm",
        "window_top_mm",
        "21mm",
        "window_width_mm",
        "100mm",
        "window_height_mm",
        "50mm",
        "play_mm",
        "society/profile.toml",
        "三つ折り",
    ] {
        assert!(first.contains(words), "{words} is not in: {first}");
    }

    // The sample address stands inside, the window is drawn around it.
    let (sure, window) = (Frame::of(&profile, -1.0), Frame::of(&profile, 0.0));
    let panel = Frame {
        left: 0.0,
        top: 0.0,
        right: 210.0,
        bottom: 94.0,
    };
    let address: Vec<Word> = words(&pdf, 2)
        .into_iter()
        .filter(|word| word.frame.touches(&panel))
        .collect();
    let shown: String = address.iter().map(|word| squeezed(&word.text)).collect();
    assert!(
        shown.starts_with("〒379-2147") && shown.ends_with("見本太郎様"),
        "{shown}"
    );
    // A bracket at the beginning of a line is set without its empty half,
    // which its box still has.
    let half_a_bracket = 2.0;
    for word in &address {
        let mut frame = word.frame;
        frame.left += if word.text.starts_with('（') {
            half_a_bracket
        } else {
            0.0
        };
        assert!(sure.holds(&frame), "{} in {frame:?}", word.text);
    }
    let page = picture(&workspace, &pdf, 2);
    let inked = |x: f64, y: f64| {
        let near = |at: u32| at.saturating_sub(2)..at + 3;
        near(dots(x)).any(|x| near(dots(y)).any(|y| page.get_pixel(x, y).0[0] < 90))
    };
    let (middle, height) = ((window.left + window.right) / 2.0, window.bottom - 3.0);
    for (x, y) in [
        (window.left, height),
        (window.right, height),
        (middle, window.top),
        (middle, window.bottom),
    ] {
        assert!(inked(x, y), "the window's edge is not at {x} {y}");
    }
}
