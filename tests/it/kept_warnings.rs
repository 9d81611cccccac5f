//! What staff are told of a letter when it is queued is kept with it, and told
//! again where it is listed, shown and approved; and a postal code that is not
//! that of the address is told.

use serde_json::{Value, json};

use crate::flags::{add, assert_told, flag, lines, queue, request_of, sample};
use crate::harness::Workspace;

/// An acknowledgement nobody has a doubt about, with these changes.
fn letter(number: usize, changes: Value) -> Value {
    let mut letter = sample(
        "acknowledgement/received",
        json!({"receipt_number": format!("控第26-{number}号"), "record_key": null}),
    );
    let changes = changes.as_object().unwrap().clone();
    letter.as_object_mut().unwrap().extend(changes);
    letter
}

const REASON: &str = "請求の理由をお書きください。";

#[test]
fn what_was_told_at_intake_is_told_where_a_letter_is_approved() {
    let workspace = Workspace::with_settings("");
    let mut letters = vec![letter(1, json!({})), letter(2, json!({}))];
    letters.extend((3..=35).map(|number| letter(number, json!({"delivery_instruction": REASON}))));
    let told = queue(&workspace, &letters);
    assert_told(
        &told,
        &["3行目「delivery_instruction」：開示や利用目的の通知の請求に、理由や使い道は要りません"],
    );
    let listed = workspace.ok(&["list"]);
    let marked = listed
        .lines()
        .filter(|line| line.contains("※確かめることがあります"));
    assert_eq!(marked.count(), 33, "{listed}");

    let shown = workspace.ok(&["show", "L000003D"]);
    assert_told(
        &shown,
        &[
            "受け付けたときに知らせたこと",
            "：開示や利用目的の通知の請求に",
        ],
    );
    let shown = workspace.ok(&["show", "L000003D", "--json"]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["warnings"].as_array().unwrap().len(), 1);
    assert!(!shown["warnings"].to_string().contains("お書きください"));
    let shown = workspace.ok(&["show", "L000001B"]);
    assert!(!shown.contains("受け付けたときに知らせたこと"), "{shown}");

    // One nobody has a doubt about, one, and many.
    let told = workspace.ok(&["approve", "L000001B", "--as", "鈴木"]);
    assert!(!told.contains("受け付けたとき"), "{told}");
    let told = workspace.ok(&["approve", "L000003D", "--as", "鈴木"]);
    assert_told(
        &told,
        &[
            "受け付けたときに、次のこと",
            "(1件)：L000003D",
            "yobin cancel",
        ],
    );
    let waiting = workspace.letters();
    let (first, last) = (&waiting[3]["id"], &waiting[34]["id"]);
    let told = workspace.ok(&[
        "approve",
        first.as_str().unwrap(),
        "--through",
        last.as_str().unwrap(),
        "--count",
        "32",
        "--as",
        "鈴木",
    ]);
    assert_told(&told, &["(32件)：L000004E", "、ほか2件"]);
    assert!(!told.contains("お書きください"), "{told}");
}

#[test]
fn what_is_registered_later_and_what_was_told_stand_side_by_side() {
    let workspace = Workspace::with_settings("");
    let doubtful = letter(1, json!({"delivery_instruction": REASON}));
    let request = request_of(&doubtful, json!({"member_key": "M-200"}));
    add(&workspace, &[request]);
    queue(&workspace, &[doubtful]);
    flag(&workspace, &["M-200,支援措置,登録"]);
    let told = workspace.yobin(&["approve", "L000001B", "--as", "鈴木"]);
    assert_told(
        &told.out,
        &[
            "「支援措置」が登録されています",
            "受け付けたときに、次のこと",
        ],
    );
}

#[test]
fn a_postal_code_that_is_not_that_of_the_address_is_told() {
    let workspace = Workspace::with_settings("");
    let at = |number, code: &str, address: &str| {
        letter(
            number,
            json!({"addressee_postal_code": code, "addressee_address": address}),
        )
    };
    let records = [
        at(1, "379-2147", "群馬県高崎市例示町1番地"),
        at(2, "3792147", "東京都千代田区丸の内1-2-3"),
        at(3, "000-0000", "群馬県前橋市亀里町1310番地"),
        at(4, "379-2147", "前橋市亀里町1310番地"),
        at(5, "379-1313", "群馬県みなかみ町例示1番地"),
        at(6, "301-0801", "茨城県龍ヶ崎市例示町1番地"),
    ];
    let told = queue(&workspace, &records);
    assert_told(
        &told,
        &[
            "1行目「addressee_postal_code」：住所の市区町村が",
            "2行目「addressee_postal_code」：住所の都道府県が",
            "3行目「addressee_postal_code」：この郵便番号は、日本郵便の一覧にありません(2026-10-03現在)",
        ],
    );
    for row in 4..=6 {
        assert!(
            !told.contains(&format!("{row}行目「addressee_postal_code」")),
            "{told}"
        );
    }
    let told = workspace.ok(&["approve", "L000001B", "L000002C", "--as", "鈴木"]);
    assert_told(
        &told,
        &["「郵便番号」：住所の市区町村が", "(1件)：L000002C"],
    );
}

#[test]
fn without_the_list_of_postal_codes_nothing_is_taken_in() {
    let workspace = Workspace::with_settings("templates = \"templates\"\n");
    crate::harness::copy_folder(
        &crate::harness::root().join("templates"),
        &workspace.path("templates"),
    );
    let codes = workspace.path("templates/postal/codes.tsv");
    std::fs::write(&codes, "2026-10-03\tx\n群馬県\t前橋市\n").unwrap();
    let file = lines(&workspace, "letters.jsonl", &[letter(1, json!({}))]);
    let told = workspace.exits(1, &["queue", file.to_str().unwrap(), "--as", "佐藤"]);
    assert_told(
        &told,
        &["postal/codes.tsv", "2行目", "何も受け付けていません"],
    );
}
