//! A letter that misbehaves is parked with its reason; the others of the same
//! night are byte for byte what they would have been.

use std::fs;

use serde_json::{Value, json};

use crate::harness::{Workspace, copy_folder, plain_record, root};

const LIMITS: &str = "approval = \"none\"\ntemplates = \"templates\"\n\
                      [render]\nworkers = 2\nwall_seconds = 6\nmemory_mib = 512\n";

/// What a letter of the kind `trial` does, and words of the reason it is
/// parked for.
const MISCHIEF: [(&str, &str, &str); 9] = [
    (
        "loops",
        "for a in range(100000) { for b in range(100000) { } }",
        "制限時間(6秒)",
    ),
    (
        "recurses",
        "let f(n) = f(n + 1); f(0)",
        "maximum function call depth exceeded",
    ),
    (
        "nests",
        "let c = [x]; for n in range(100000) { c = box(c) }; c",
        "入れ子が深すぎ",
    ),
    (
        "eats",
        "str(range(200000000).len())",
        "メモリーが上限(512 MiB)",
    ),
    ("reads-system", "read(\"/etc/passwd\")", "file not found"),
    (
        "reads-above",
        "read(\"../../../../../../etc/passwd\")",
        "escape the project root",
    ),
    (
        "reads-society",
        "read(\"/society/profile.toml\")",
        "file not found",
    ),
    (
        "imports",
        "import \"@preview/example:0.1.0\": add",
        "file not found",
    ),
    ("asks-the-day", "datetime.today().display()", "current date"),
];

/// The shipped templates and a kind whose letters do what their field says.
fn templates(workspace: &Workspace, from: &std::path::Path) {
    let templates = workspace.path("templates");
    copy_folder(from, &templates);
    let folder = templates.join("letters/trial");
    fs::create_dir_all(&folder).unwrap();
    let letter = "name = \"試験\"\nseries = \"letters\"\n\
                  groups = [\"record\", \"addressee\", \"delivery\"]\n\
                  [outcomes.sent]\nlabel = \"送付\"\nsubject = \"試験について\"\n";
    fs::write(folder.join("letter.toml"), letter).unwrap();
    let schema = json!({
        "properties": { "conduct": {
            "title": "ふるまい", "description": "試験", "type": "string", "maxLength": 40,
        } },
        "required": ["conduct"],
    });
    fs::write(folder.join("record.schema.json"), schema.to_string()).unwrap();
    let mut page = "#import \"/lib/data.typ\": field\n\
                    #import \"/lib/letter.typ\": letterform\n\
                    #show: letterform\n\n本文です。\n"
        .to_owned();
    for (conduct, code, _) in MISCHIEF {
        page.push_str(&format!(
            "#if field(\"conduct\") == {conduct:?} {{ {code} }}\n"
        ));
    }
    fs::write(folder.join("letter.typ"), page).unwrap();
}

fn trial(n: usize, conduct: &str) -> Value {
    json!({
        "kind": "trial",
        "outcome": "sent",
        "record_key": format!("T-{n}"),
        "addressee_name": "見本 太郎",
        "addressee_postal_code": "379-2147",
        "addressee_address": "群馬県前橋市亀里町1310番地",
        "delivery": "archive",
        "conduct": conduct,
    })
}

/// A night in which a good letter stands before and after each bad one.
/// Returns the letters in the order they were queued.
fn night(from: &std::path::Path, good_only: bool) -> (Workspace, Vec<Value>) {
    let workspace = Workspace::new();
    templates(&workspace, from);
    workspace.settings(LIMITS);
    let mut lines = Vec::new();
    for (n, (conduct, _, _)) in MISCHIEF.iter().enumerate() {
        lines.push(plain_record(n + 1, n % 2 == 0).to_string());
        lines.push(trial(n, if good_only { "behaves" } else { conduct }).to_string());
        lines.push(trial(100 + n, "behaves").to_string());
    }
    let file = workspace.file("night.jsonl", lines.join("\n"));
    workspace.ok(&["queue", file.to_str().unwrap()]);
    workspace.exits(if good_only { 0 } else { 2 }, &["run"]);
    let letters = workspace.letters();
    assert_eq!(letters.len(), lines.len());
    (workspace, letters)
}

#[test]
fn letters_that_misbehave_are_parked_and_change_no_other_letter() {
    // One copy for both nights, in case somebody edits a template meanwhile.
    let copy = Workspace::new();
    copy_folder(&root().join("templates"), &copy.path("shipped"));
    let (_, undisturbed) = night(&copy.path("shipped"), true);
    let (workspace, letters) = night(&copy.path("shipped"), false);

    for (place, (letter, other)) in letters.iter().zip(&undisturbed).enumerate() {
        assert_eq!(letter["number"], other["number"]);
        let reason = letter["reason"].as_str().unwrap_or_default();
        if place % 3 == 1 {
            let (conduct, _, words) = MISCHIEF[place / 3];
            assert_eq!(letter["state"], "parked", "{conduct}: {letter}");
            assert!(reason.contains(words), "{conduct}: {reason}");
            assert!(!letter["next_step"].is_null());
            assert!(!reason.contains("root:"), "{conduct} read a file: {reason}");
            assert!(letter["register_seq"].is_null());
        } else {
            assert_eq!(letter["state"], other["state"], "{letter}");
            assert_eq!(letter["pdf_sha256"], other["pdf_sha256"]);
            assert!(letter["pdf_sha256"].is_string());
        }
    }
    workspace.ok(&["verify"]);
    let report = workspace.exits(2, &["report"]);
    let attention = format!("{}件に対応が必要です", MISCHIEF.len());
    assert!(report.contains(&attention), "{report}");
}

#[test]
fn a_mended_template_lets_a_parked_letter_go_on_with_its_number() {
    let workspace = Workspace::new();
    templates(&workspace, &root().join("templates"));
    workspace.settings(LIMITS);
    let file = workspace.file("one.json", trial(1, "recurses").to_string());
    workspace.ok(&["queue", file.to_str().unwrap()]);
    workspace.exits(2, &["run"]);
    let parked = &workspace.letters()[0];
    assert_eq!(parked["state"], "parked");
    let page = workspace.path("templates/letters/trial/letter.typ");
    let text = fs::read_to_string(&page).unwrap();
    fs::write(&page, text.replace("f(0)", "")).unwrap();
    workspace.ok(&["retry", parked["id"].as_str().unwrap()]);
    workspace.ok(&["run"]);
    let done = &workspace.letters()[0];
    assert_eq!(done["state"], "filed");
    assert_eq!(done["number"], parked["number"]);
}
