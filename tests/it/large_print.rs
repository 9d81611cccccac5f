//! Who asked for large letters gets them: the request says it once, and so
//! does the roster. Postal codes of requests and rosters are held against the
//! list as those of letters are.

use serde_json::{Value, json};

use crate::flags::{queue, request_of, sample};
use crate::harness::Workspace;
use crate::members::{assert_told, csv, notified, person, records};

const RECEIPT: &str = "拡第26-1号";

fn letter(change: &Value) -> Value {
    let mut letter = sample(
        "acknowledgement/received",
        json!({"receipt_number": RECEIPT, "record_key": null}),
    );
    let change = change.as_object().unwrap().clone();
    letter.as_object_mut().unwrap().extend(change);
    letter
}

fn with_request(approval: &str, change: Value) -> Workspace {
    let settings = format!("approval = \"{approval}\"\n");
    let workspace = Workspace::with_settings(&settings);
    crate::flags::add(&workspace, &[request_of(&letter(&json!({})), change)]);
    workspace
}

#[test]
fn a_letter_to_who_asked_for_large_letters_is_set_in_them() {
    let workspace = with_request(
        "none",
        json!({"large_print": "large", "requester_postal_code": "379-2147"}),
    );
    let args = ["request", "letter", RECEIPT, "--kind"];
    let set = ["--set", "請求の内容=健診の記録", "--queue", "--as", "佐藤"];
    let told = workspace.ok(&[&args[..], &["acknowledgement"], &set].concat());
    assert!(!told.contains("拡大文字"), "{told}");
    assert_eq!(records(&workspace)[0]["large_print"], "large");
    // What goes to somebody else says nothing of it.
    let more = ["receipt-inquiry", "--outcome", "inquiry", "-o", "out.xlsx"];
    workspace.ok(&[&args[..], &more].concat());
    let rows = crate::from_register::rows(&workspace, "out.xlsx");
    let place = rows[0].iter().position(|title| title == "拡大文字");
    assert!(place.is_none_or(|place| rows[1][place].is_empty()));
    // Nobody is set in large letters who did not ask for them.
    let workspace = with_request("none", json!({"requester_postal_code": "379-2147"}));
    workspace.ok(&[&args[..], &["acknowledgement"], &set].concat());
    assert_eq!(records(&workspace)[0]["large_print"], Value::Null);
}

#[test]
fn a_letter_that_forgot_it_is_told_of_at_intake_and_at_approval() {
    const SAID: &str = "拡大文字の書簡を希望しています";
    let workspace = with_request("required", json!({}));
    let change = [
        "--set",
        "拡大文字=希望する",
        "--reason",
        "事情の変更",
        "--as",
        "佐藤",
    ];
    workspace.ok(&[&["request", "amend", RECEIPT][..], &change].concat());
    let told = queue(&workspace, &[letter(&json!({}))]);
    assert_told(&told, &["「large_print」", SAID, "--replace"]);
    let told = workspace.ok(&["approve", "L000001B", "--as", "鈴木"]);
    assert_told(&told, &[SAID]);
    // One that says it, and one to a person who asked for nothing.
    let told = queue(
        &workspace,
        &[letter(&json!({"large_print": "large", "record_key": "2"}))],
    );
    assert!(!told.contains(SAID), "{told}");
    let workspace = with_request("required", json!({}));
    let told = queue(&workspace, &[letter(&json!({}))]);
    assert!(!told.contains(SAID), "{told}");
}

#[test]
fn a_roster_says_who_gets_large_letters() {
    let workspace = Workspace::new();
    let text = csv(&[person(1), person(2)]);
    let mut lines = text.lines();
    let marked = [
        format!("{},拡大文字", lines.next().unwrap()),
        format!("{},希望する", lines.next().unwrap()),
        format!("{},", lines.next().unwrap()),
    ];
    workspace.file("roster.csv", marked.join("\n"));
    notified(&workspace, 0, "roster.csv", &["--confirm", "2"]);
    let records = records(&workspace);
    assert_eq!(records[0]["large_print"], "large");
    assert_eq!(records[1]["large_print"], Value::Null);
}

#[test]
fn a_postal_code_of_a_roster_is_told_and_kept_with_its_letter() {
    let workspace = Workspace::with_settings("approval = \"required\"\n");
    let people = [
        person(1),
        person(2).with("郵便番号", "000-0000"),
        person(3).with("住所", "東京都千代田区丸の内1-2-3"),
        // Nothing is sent there, so it is nobody's matter.
        person(4)
            .with("郵便番号", "000-0000")
            .with("送付停止", "該当する"),
    ];
    workspace.file("roster.csv", csv(&people));
    let told = notified(&workspace, 0, "roster.csv", &["--dry-run"]);
    assert_told(&told, &["郵便番号が住所と合わない書簡 2件(行：3、4)"]);
    // Of the one nothing is sent to, somebody has to think.
    notified(&workspace, 2, "roster.csv", &["--confirm", "3"]);
    let told = workspace.ok(&[
        "approve", "L000001B", "L000002C", "L000003D", "--as", "鈴木",
    ]);
    assert_told(
        &told,
        &[
            "一覧にありません",
            "(1件)：L000002C",
            "都道府県が",
            "(1件)：L000003D",
        ],
    );
}

#[test]
fn a_postal_code_of_a_request_is_told() {
    let told_of = |change: Value| {
        let workspace = Workspace::new();
        let request = request_of(&letter(&json!({})), change);
        workspace.file("requests.jsonl", request.to_string());
        let args = ["request", "add", "requests.jsonl", "--as", "佐藤"];
        (workspace.ok(&args), workspace)
    };
    let maebashi = json!({"requester_postal_code": "379-2147", "requester_address": "群馬県前橋市亀里町1310番地"});
    let (told, workspace) = told_of(maebashi);
    assert!(!told.contains("日本郵便"), "{told}");
    let change = [
        "--set",
        "請求者郵便番号=100-0005",
        "--reason",
        "事情の変更",
        "--as",
        "佐藤",
    ];
    let told = workspace.ok(&[&["request", "amend", RECEIPT][..], &change].concat());
    assert_told(&told, &["請求者郵便番号", "都道府県が、日本郵便の一覧"]);
    let takasaki = json!({"requester_postal_code": "379-2147", "requester_address": "群馬県高崎市例示町1番地"});
    assert_told(
        &told_of(takasaki).0,
        &["requester_postal_code", "市区町村が、日本郵便の一覧"],
    );
}
