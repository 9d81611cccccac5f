//! Whoever opens a document of the demo finds an archivable, accessible PDF
//! that says what the record said, and a mail that says nothing.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::Value;

use crate::harness::{
    Workspace, has, letter_pages, root, sheets, shows, squeezed, text_layer, tool,
};

/// What a description says of a field that is for staff.
const FOR_STAFF: &str = "手紙には印字しません";
/// Fields that steer the letter and are not printed as they stand, beside
/// those whose description says so.
const NOT_PRINTED: [&str; 6] = [
    "kind",
    "outcome",
    "delivery",
    "mail_address",
    // Chosen by who asks and by what for; looked at by name below.
    "requester_role",
    "principal_name",
];
/// Kinds that tell the day a request arrived; the others name the day of the
/// request.
const TELL_ARRIVAL: [&str; 2] = ["acknowledgement", "target-date-change"];
/// Rows of a table up to this many characters stay whole on a page.
const WHOLE_ROW: usize = 200;

/// A letter of the demo.
struct Letter {
    id: String,
    kind: String,
    number: String,
    issue_date: String,
    pdf: PathBuf,
    record: serde_json::Map<String, Value>,
    mailed: bool,
}

struct Demo {
    workspace: Workspace,
    letters: Vec<Letter>,
}

/// One demo for all tests of this file.
fn demo() -> &'static Demo {
    static DEMO: OnceLock<Demo> = OnceLock::new();
    DEMO.get_or_init(|| {
        let workspace = Workspace::new();
        workspace.ok(&["demo", "--tests", "--dir", "demo"]);
        workspace.settings("out = \"demo\"\napproval = \"none\"\n");
        let letters = workspace
            .letters()
            .iter()
            .map(|row| letter(&workspace, row))
            .collect();
        Demo { workspace, letters }
    })
}

fn letter(workspace: &Workspace, row: &Value) -> Letter {
    let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let id = text("id");
    let shown = workspace.ok(&["show", &id, "--json"]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let sha256 = text("pdf_sha256");
    assert!(!sha256.is_empty(), "a sample has no page:\n{shown:#}");
    let pdf = workspace.path(format!("demo/archive/pdf/{}/{sha256}.pdf", &sha256[..1]));
    Letter {
        kind: text("kind"),
        number: text("number"),
        issue_date: text("issue_date"),
        pdf,
        record: shown["record"].as_object().unwrap().clone(),
        mailed: text("delivery") == "mail",
        id,
    }
}

impl Demo {
    /// The letters, the notice and the report.
    fn pdfs(&self) -> Vec<PathBuf> {
        let mut pdfs: Vec<PathBuf> = self.letters.iter().map(|l| l.pdf.clone()).collect();
        pdfs.push(self.workspace.path("demo/公表事項.pdf"));
        pdfs.push(self.workspace.path("demo/reports/2026-11-22.pdf"));
        pdfs
    }
}

#[test]
fn the_demo_makes_a_letter_of_every_sample() {
    // Letters of a changed purpose come from the sample edition, to the sample
    // roster: two of its four people are told, and a child through its parent.
    const FROM_EDITION: usize = 3;
    let kinds: Vec<PathBuf> = fs::read_dir(root().join("templates/letters"))
        .unwrap()
        .map(|kind| kind.unwrap().path().join("samples"))
        .collect();
    let samples: usize = kinds
        .iter()
        .filter(|folder| !folder.parent().unwrap().ends_with("purpose-change"))
        .map(|folder| fs::read_dir(folder).unwrap().count())
        .sum();
    let demo = demo();
    assert_eq!(demo.letters.len(), samples + FROM_EDITION);
    let of_edition = demo.letters.iter().filter(|l| l.kind == "purpose-change");
    assert_eq!(of_edition.count(), FROM_EDITION);
    let found: BTreeSet<&str> = demo.letters.iter().map(|l| l.kind.as_str()).collect();
    assert_eq!(found.len(), kinds.len());
    for letter in &demo.letters {
        assert!(letter.pdf.is_file(), "{} is not archived", letter.id);
    }
}

#[test]
fn every_font_is_embedded_as_a_subset() {
    if !has("every_font_is_embedded_as_a_subset", &["pdffonts"]) {
        return;
    }
    for pdf in demo().pdfs() {
        let table = tool("pdffonts", &[], &pdf);
        let fonts: Vec<&str> = table.lines().skip(2).collect();
        assert!(!fonts.is_empty(), "{}\n{table}", pdf.display());
        for font in fonts {
            // From the right: object and generation, unicode map, subset, embedded.
            let columns: Vec<&str> = font.split_whitespace().rev().collect();
            assert_eq!(columns[2..5], ["yes"; 3], "{}\n{table}", pdf.display());
        }
    }
}

#[test]
fn every_file_is_sound() {
    if !has("every_file_is_sound", &["qpdf"]) {
        return;
    }
    for pdf in demo().pdfs() {
        let said = tool("qpdf", &["--check"], &pdf);
        assert!(
            said.contains("No syntax or stream encoding errors"),
            "{said}"
        );
        assert!(!said.contains("WARNING"), "{said}");
    }
}

#[test]
fn every_file_says_that_it_is_archivable_and_accessible() {
    let needed = ["pdfinfo", "qpdf"];
    if !has(
        "every_file_says_that_it_is_archivable_and_accessible",
        &needed,
    ) {
        return;
    }
    for pdf in demo().pdfs() {
        let name = pdf.display();
        let xmp = tool("pdfinfo", &["-meta"], &pdf);
        for word in [
            "<pdfaid:part>2</pdfaid:part>",
            "<pdfaid:conformance>A</pdfaid:conformance>",
            "<pdfuaid:part>1</pdfuaid:part>",
        ] {
            assert!(xmp.contains(word), "{name} lacks {word}");
        }
        let catalog = catalog(&pdf);
        let language = catalog["/Lang"].as_str().unwrap_or_default();
        assert!(
            language.starts_with("u:ja"),
            "{name}: language {language:?}"
        );
        assert_eq!(catalog["/MarkInfo"]["/Marked"], true, "{name}");
        assert!(catalog["/StructTreeRoot"].is_string(), "{name} is untagged");
        assert_eq!(
            catalog["/ViewerPreferences"]["/DisplayDocTitle"], true,
            "{name}"
        );
    }
}

#[test]
fn every_letter_is_titled_by_its_subject() {
    if !has("every_letter_is_titled_by_its_subject", &["pdfinfo"]) {
        return;
    }
    for letter in &demo().letters {
        let file = root().join(format!("templates/letters/{}/letter.toml", letter.kind));
        let kind: toml::Table = toml::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        let outcome = letter.record["outcome"].as_str().unwrap();
        let subject = kind["outcomes"][outcome]["subject"].as_str().unwrap();
        assert_eq!(title(&letter.pdf), subject, "{}", letter.id);
    }
    let demo = demo();
    let notice = demo.workspace.path("demo/公表事項.pdf");
    assert_eq!(title(&notice), "個人情報保護法に基づく公表事項");
    let report = demo.workspace.path("demo/reports/2026-11-22.pdf");
    assert!(
        title(&report).starts_with("夜間処理報告"),
        "{}",
        title(&report)
    );
}

#[test]
fn every_letter_says_what_its_record_says() {
    if !has("every_letter_says_what_its_record_says", &["pdftotext"]) {
        return;
    }
    let mut missing = Vec::new();
    for letter in &demo().letters {
        let pages = letter_pages(&letter.pdf, &letter.number);
        for (field, value) in expected(letter) {
            if !shows(&pages, &squeezed(&value)) {
                missing.push(format!("{} {} {field}: {value}", letter.id, letter.kind));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn a_letter_never_shows_what_is_for_staff_alone() {
    if !has(
        "a_letter_never_shows_what_is_for_staff_alone",
        &["pdftotext"],
    ) {
        return;
    }
    let mut seen = 0;
    for letter in &demo().letters {
        let text = letter_pages(&letter.pdf, &letter.number).concat();
        for field in ["record_key", "addressee_kana", "mail_address", "member_key"] {
            if let Some(value) = letter.record.get(field).and_then(Value::as_str) {
                seen += 1;
                assert!(
                    !text.contains(&squeezed(value)),
                    "{} shows {field}",
                    letter.id
                );
            }
        }
    }
    assert!(seen > 0, "no sample has a field for staff alone");
}

#[test]
fn every_page_is_numbered_and_every_further_one_names_the_letter() {
    let test = "every_page_is_numbered_and_every_further_one_names_the_letter";
    if !has(test, &["pdftotext"]) {
        return;
    }
    let (mut long, mut annexes) = (0, 0);
    for letter in &demo().letters {
        let pages = text_layer(&letter.pdf);
        let sheets = sheets(&pages, &letter.number);
        for (page, (text, sheet)) in (1..).zip(pages.iter().zip(sheets)) {
            let place = format!("{} {} page {page}", letter.id, letter.kind);
            assert!(
                text.starts_with(&sheet.head),
                "{place} does not begin with the number"
            );
            assert!(
                text.ends_with(&sheet.foot),
                "{place} does not end with {}",
                sheet.foot
            );
            let alone = sheet.foot.is_empty();
            assert!(!(alone && text.ends_with("1／1")), "{place} counts itself");
            annexes += usize::from(sheet.head.ends_with("別紙"));
        }
        long += usize::from(pages.len() > 1);
    }
    assert!(annexes > 0, "no sample has an annex");
    assert!(long > 0, "no sample is longer than a page");
}

#[test]
fn every_mailed_letter_goes_to_one_person_with_its_own_pdf() {
    let demo = demo();
    let mailed: Vec<&Letter> = demo.letters.iter().filter(|letter| letter.mailed).collect();
    assert!(!mailed.is_empty());
    let files = fs::read_dir(demo.workspace.path("demo/mail")).unwrap();
    assert_eq!(files.count(), mailed.len());
    for letter in mailed {
        let mail = mail_of(demo, letter);
        let to = letter.record["mail_address"].as_str().unwrap();
        assert_eq!(mail.header("To"), [to], "{}", letter.id);
        for other in ["Cc", "Bcc", "Resent-To"] {
            assert!(mail.header(other).is_empty(), "{} has {other}", letter.id);
        }
        let archived = fs::read(&letter.pdf).unwrap();
        assert_eq!(mail.parts.len(), 2, "{}", letter.id);
        assert!(
            mail.parts[1].1 == archived,
            "{}: another attachment",
            letter.id
        );
        let head = &mail.parts[1].0;
        assert!(
            head.contains(&format!("filename=\"{}.pdf\"", letter.id)),
            "{head}"
        );
    }
}

#[test]
fn no_mail_tells_more_than_whom_it_greets() {
    let demo = demo();
    let mut wordings = BTreeSet::new();
    for letter in demo.letters.iter().filter(|letter| letter.mailed) {
        let mail = mail_of(demo, letter);
        let subject = decoded_words(&mail.header("Subject").concat());
        let body = String::from_utf8(mail.parts[0].1.clone()).unwrap();
        let name = letter.record["addressee_name"].as_str().unwrap();
        assert!(
            body.starts_with(&format!("{name} ")),
            "{}: {body}",
            letter.id
        );
        // What is left when the greeting and the two numbers are gone must be
        // the same in the mails of all kinds, outcomes and people.
        let (_, rest) = body.split_once('\n').unwrap();
        let rest = rest
            .replace(&letter.id, "<id>")
            .replace(&letter.number, "<number>");
        wordings.insert((subject, rest));
    }
    assert_eq!(wordings.len(), 1, "{wordings:#?}");
}

/// What a letter must show, with the field it comes from.
fn expected(letter: &Letter) -> Vec<(String, String)> {
    let record = &letter.record;
    let text = |field: &str| record.get(field).and_then(Value::as_str);
    let mut expected = vec![
        ("number".to_owned(), letter.number.clone()),
        ("date".to_owned(), era(&letter.issue_date)),
    ];
    let mut add = |field: &str, value: String| expected.push((field.to_owned(), value));
    let honorific = text("addressee_honorific").unwrap_or("様");
    add(
        "greeting",
        format!("{}{honorific}", text("addressee_name").unwrap()),
    );
    if let (Some(role), Some(name)) = (text("requester_role"), text("principal_name"))
        && role != "principal"
    {
        add("principal_name", name.to_owned());
        // Whoever lost a relative is not called by a category.
        let role = match role {
            "bereaved" if letter.kind == "receipt-contact" => "遺族".to_owned(),
            "bereaved" => "亡くなられた方".to_owned(),
            role => shown(&properties(&letter.kind)["requester_role"], &role.into()),
        };
        add("requester_role", role);
    }
    let properties = properties(&letter.kind);
    for (field, value) in record {
        if NOT_PRINTED.contains(&field.as_str()) || for_staff(&properties[field]) {
            continue;
        }
        if let Some(picked) = picked(letter, field, value) {
            picked
                .into_iter()
                .for_each(|words| add(field, words.into()));
            continue;
        }
        match (field.as_str(), value) {
            ("addressee_honorific", _) => {}
            ("arrival_date", _) if !TELL_ARRIVAL.contains(&letter.kind.as_str()) => {}
            // Kept for the file (Cabinet Order art. 5).
            ("grounds", _) if record["outcome"] == "nonexistent" => {}
            ("addressee_postal_code", Value::String(code)) => {
                let digits = code.replace('-', "");
                add(field, format!("〒{}-{}", &digits[..3], &digits[3..]));
            }
            ("fee", Value::Number(fee)) => {
                add(field, format!("{}円", thousands(fee.as_u64().unwrap())));
            }
            ("grounds", Value::Array(codes)) => {
                for code in codes {
                    add(field, ground(code.as_str().unwrap()));
                }
            }
            (_, Value::Array(entries)) => {
                let item = &properties[field]["items"];
                for entry in entries {
                    match entry {
                        Value::Object(row) => {
                            let parts = &item["properties"];
                            let cells: Vec<String> = row
                                .iter()
                                .filter(|(name, _)| !for_staff(&parts[*name]))
                                .map(|(name, cell)| shown(&parts[name], cell))
                                .collect();
                            let whole = cells.concat();
                            if whole.chars().count() <= WHOLE_ROW
                                && printed_as_it_stands(letter, field)
                            {
                                add(field, whole);
                            } else {
                                cells.into_iter().for_each(|cell| add(field, cell));
                            }
                        }
                        entry => add(field, shown(item, entry)),
                    }
                }
            }
            (_, value) => add(field, shown(&properties[field], value)),
        }
    }
    expected
}

/// The words that stand for what a field says, where the letter does not
/// print its label.
fn picked(letter: &Letter, field: &str, value: &Value) -> Option<Vec<&'static str>> {
    let provision = |right: &Value| match right.as_str().unwrap() {
        "notification_of_purposes" => "第32条第3項",
        "disclosure" => "第33条第3項",
        "third_party_record_disclosure" => "第33条第5項において準用する同条第3項",
        "correction" => "第34条第3項",
        "cessation" => "第35条第7項",
        other => panic!("{other}"),
    };
    // What the bereaved ask for is no request under the Act.
    let statutory = letter.record.get("requester_role") != Some(&Value::from("bereaved"));
    match (letter.kind.as_str(), field, value) {
        ("breach-notice", "case", Value::String(code)) => Some(match code.as_str() {
            "BREACH_7_NONE" => vec![],
            _ => vec!["個人情報の保護に関する法律", "第26条第2項"],
        }),
        ("breach-notice", "number_case", Value::String(code)) => Some(match code.as_str() {
            "BREACH_MN_NONE" | "BREACH_MN_MINOR" => vec![],
            _ => vec!["第29条の4第2項"],
        }),
        ("request-referral", "rights", Value::Array(rights)) => {
            Some(rights.iter().filter(|_| statutory).map(provision).collect())
        }
        ("name-character-notice", "original_kept", _) => {
            Some(vec!["元の文字のまま当組合に記録しています"])
        }
        _ => None,
    }
}

/// Whether the cells of a row come one after the other as the record has
/// them. Other rows are laid out by their template; their cells are looked
/// for one by one.
fn printed_as_it_stands(letter: &Letter, field: &str) -> bool {
    let kind: &str = &letter.kind;
    matches!(
        (kind, field),
        ("disclosure-decision", "disclosed_items" | "withheld_items") | ("purpose-change", _)
    )
}

/// The properties of a kind's schema, those of its groups among them.
fn properties(kind: &str) -> Value {
    let read = |path: String| fs::read_to_string(root().join(path)).unwrap();
    let toml: toml::Table =
        toml::from_str(&read(format!("templates/letters/{kind}/letter.toml"))).unwrap();
    let groups: Value =
        serde_json::from_str(&read("templates/lib/envelope.schema.json".to_owned())).unwrap();
    let own: Value = serde_json::from_str(&read(format!(
        "templates/letters/{kind}/record.schema.json"
    )))
    .unwrap();
    let mut properties = own["properties"].as_object().unwrap().clone();
    for group in toml["groups"].as_array().unwrap() {
        let group = &groups["groups"][group.as_str().unwrap()]["properties"];
        properties.extend(group.as_object().unwrap().clone());
    }
    Value::Object(properties)
}

fn for_staff(property: &Value) -> bool {
    let description = property["description"].as_str().unwrap_or_default();
    description.contains(FOR_STAFF)
}

/// How a template shows a value of this property.
fn shown(property: &Value, value: &Value) -> String {
    let Some(text) = value.as_str() else {
        return value.to_string();
    };
    if property["x-role"] == "ground" {
        let (citation, wording) = ground_words(text);
        return format!("{citation}{wording}");
    }
    if property["format"] == "date" {
        return era(text);
    }
    let codes = property["enum"].as_array();
    let place = codes.and_then(|codes| codes.iter().position(|code| code == text));
    match (place, property["x-labels"].as_array()) {
        (Some(place), Some(labels)) => labels[place].as_str().unwrap().to_owned(),
        _ => text.to_owned(),
    }
}

fn ground(code: &str) -> String {
    let (citation, wording) = ground_words(code);
    format!("{citation}（{wording}）")
}

fn ground_words(code: &str) -> (String, String) {
    let law = fs::read_to_string(root().join("templates/law/appi.toml")).unwrap();
    let law: toml::Table = toml::from_str(&law).unwrap();
    let grounds = law["grounds"].as_array().unwrap();
    let found = grounds
        .iter()
        .find(|ground| ground["code"].as_str() == Some(code));
    let word = |key: &str| found.unwrap()[key].as_str().unwrap().to_owned();
    (word("citation"), word("wording"))
}

/// 12345 → 12,345
fn thousands(number: u64) -> String {
    match number / 1000 {
        0 => number.to_string(),
        more => format!("{},{:03}", thousands(more), number % 1000),
    }
}

/// 2026-11-01 → 令和8年11月1日
fn era(date: &str) -> String {
    let parts: Vec<u32> = date.split('-').map(|part| part.parse().unwrap()).collect();
    let begins = [
        ("令和", "2019-05-01", 2018),
        ("平成", "1989-01-08", 1988),
        ("昭和", "1926-12-25", 1925),
    ];
    let (era, _, before) = begins.into_iter().find(|(_, day, _)| date >= *day).unwrap();
    let year = match parts[0] - before {
        1 => "元".to_owned(),
        year => year.to_string(),
    };
    format!("{era}{year}年{}月{}日", parts[1], parts[2])
}

fn title(pdf: &Path) -> String {
    let said = tool("pdfinfo", &[], pdf);
    let line = said.lines().find_map(|line| line.strip_prefix("Title:"));
    line.unwrap_or_default().trim().to_owned()
}

/// The document catalog.
fn catalog(pdf: &Path) -> Value {
    let json = tool("qpdf", &["--json=2", "--json-key=qpdf"], pdf);
    let json: Value = serde_json::from_str(&json).unwrap();
    let objects = json["qpdf"][1].as_object().unwrap();
    let mut found = objects
        .values()
        .map(|object| &object["value"])
        .filter(|value| value["/Type"] == "/Catalog");
    let catalog = found.next().unwrap().clone();
    assert!(found.next().is_none(), "two catalogs");
    catalog
}

/// A mail as it lies in the outbox: the head's lines, and each part's head
/// and decoded content.
struct Mail {
    head: Vec<String>,
    parts: Vec<(String, Vec<u8>)>,
}

impl Mail {
    /// Every value of a header.
    fn header(&self, name: &str) -> Vec<&str> {
        let begin = format!("{}:", name.to_ascii_lowercase());
        self.head
            .iter()
            .filter(|line| line.to_ascii_lowercase().starts_with(&begin))
            .map(|line| line[begin.len()..].trim())
            .collect()
    }
}

fn mail_of(demo: &Demo, letter: &Letter) -> Mail {
    let folder = fs::read_dir(demo.workspace.path("demo/mail")).unwrap();
    let mut files = folder.map(|file| file.unwrap().path()).filter(|path| {
        path.file_name()
            .unwrap()
            .to_string_lossy()
            .starts_with(&letter.id)
    });
    let file = files.next().unwrap();
    assert!(files.next().is_none(), "{} was mailed twice", letter.id);
    let text = String::from_utf8(fs::read(file).unwrap()).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let head: Vec<String> = head
        .replace("\r\n ", " ")
        .split("\r\n")
        .map(str::to_owned)
        .collect();
    let kind = head
        .iter()
        .find(|line| line.starts_with("Content-Type:"))
        .unwrap();
    let boundary = kind.split('"').nth(1).unwrap();
    let parts = body
        .split(&format!("--{boundary}"))
        .map(|part| part.trim_matches(['\r', '\n']))
        .filter(|part| !part.is_empty() && *part != "--")
        .map(|part| {
            let (head, content) = part.split_once("\r\n\r\n").unwrap();
            assert!(head.contains("Content-Transfer-Encoding: base64"), "{head}");
            (head.to_owned(), base64(content))
        })
        .collect();
    Mail { head, parts }
}

/// Encoded words of a header (RFC 2047), all of them base64.
fn decoded_words(header: &str) -> String {
    let bytes: Vec<u8> = header
        .split(' ')
        .flat_map(|word| {
            let word = word
                .strip_prefix("=?utf-8?b?")
                .and_then(|word| word.strip_suffix("?="));
            base64(word.expect("an encoded word"))
        })
        .collect();
    String::from_utf8(bytes).unwrap()
}

/// Decodes base64. Written here because the program only encodes, and its
/// own encoder should not be what it is checked with.
fn base64(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut bits = 0_u32;
    let mut count = 0;
    for c in text
        .bytes()
        .filter(|c| !c.is_ascii_whitespace() && *c != b'=')
    {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            other => panic!("{other} in base64"),
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    bytes
}
