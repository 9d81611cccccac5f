//! What keeps letters from people is told to whoever takes a file in, and to
//! whoever approves its letters, however much else there is to say.

use serde_json::{Value, json};

use crate::counterpart::{disclosed, registration};
use crate::flags::{add, assert_told, flag, lines, queue, request_of, sample};
use crate::harness::Workspace;

/// An acknowledgement by post with a warning of its own: nobody looked its
/// address up.
fn ordinary(number: usize) -> Value {
    sample(
        "acknowledgement/received",
        json!({"delivery": "post", "mail_address": null, "address_verified_on": null,
               "receipt_number": format!("受第26-{number}号"), "record_key": null}),
    )
}

#[test]
fn no_caution_is_cut_behind_many_warnings() {
    let workspace = Workspace::new();
    let mut letters: Vec<Value> = (1..=253).map(|number| ordinary(1000 + number)).collect();
    flag(&workspace, &["M-200,支援措置,登録", "M-300,宛先不明,登録"]);
    add(
        &workspace,
        &[
            registration(json!({})),
            request_of(&letters[249], json!({"member_key": "M-200"})),
            request_of(&letters[250], json!({"member_key": "M-300"})),
        ],
    );
    // To him, and to his name elsewhere.
    letters[251] = disclosed(
        json!({"requester_role": "principal", "principal_name": null,
        "receipt_number": "受第26-2000号", "address_verified_on": null}),
    );
    letters[251]
        .as_object_mut()
        .unwrap()
        .retain(|_, value| !value.is_null());
    letters[252]["addressee_name"] = json!("相手 一郎");
    let file = lines(&workspace, "letters.jsonl", &letters);
    for dry in [true, false] {
        let mut words = vec!["queue", file.to_str().unwrap(), "--as", "佐藤"];
        words.extend(dry.then_some("--dry-run"));
        let told = workspace.ok(&words);
        assert_told(
            &told,
            &[
                "250行目「receipt_number」：この請求の加入者には「支援措置」が登録されています",
                "251行目「receipt_number」：この請求の加入者には「宛先不明」が登録されています",
                "252行目「addressee_name」：宛先が、支援措置の相手方として登録されている方です",
                "253行目「addressee_name」：宛名が、支援措置の相手方として登録されている方と同じ氏名です",
                "このほかに",
            ],
        );
        let place = |part: &str| told.find(part).unwrap();
        assert!(
            place("250行目") < place("住所を確かめた日がありません"),
            "{told}"
        );
    }
}

#[test]
fn however_many_cautions_there_are_every_row_is_told() {
    let workspace = Workspace::new();
    flag(&workspace, &["M-200,支援措置,登録", "M-300,送付停止,登録"]);
    let letters: Vec<Value> = (1..=210)
        .map(|number| {
            let key = if number % 100 == 8 { "M-300" } else { "M-200" };
            sample(
                "implied-consent-objection/reflected",
                json!({"member_key": key, "record_key": format!("key {number}")}),
            )
        })
        .collect();
    let told = queue(&workspace, &letters);
    assert_told(
        &told,
        &[
            "200行目「member_key」：この加入者には「支援措置」",
            "201から207、209から210行目(9件)「member_key」：この加入者には「支援措置」",
            "208行目(1件)「member_key」：この加入者には「送付停止」",
        ],
    );
}

#[test]
fn no_caution_about_a_request_is_cut_either() {
    let workspace = Workspace::new();
    flag(&workspace, &["M-200,支援措置,登録"]);
    let old = json!({"identity_document_date": "2026-01-05"});
    let mut requests: Vec<Value> = (1..=251)
        .map(|number| request_of(&ordinary(1000 + number), old.clone()))
        .collect();
    requests[249]["member_key"] = json!("M-200");
    requests[250]["protected_counterpart"] = json!("yes");
    let told = add(&workspace, &requests);
    assert_told(
        &told,
        &[
            "250行目「member_key」：この加入者には「支援措置」が登録されています",
            "251行目「protected_counterpart」：請求者が本人なのに",
            "このほかに",
        ],
    );
}

/// A flagged member's letter queued knowingly, one of the counterpart, and an
/// ordinary one.
fn waiting() -> Workspace {
    let workspace = Workspace::with_settings("");
    flag(&workspace, &["M-200,支援措置,登録"]);
    let flagged = ordinary(701);
    let mut his = ordinary(702);
    his["addressee_name"] = json!("相手 一郎");
    add(
        &workspace,
        &[
            registration(json!({})),
            request_of(&flagged, json!({"member_key": "M-200"})),
        ],
    );
    queue(&workspace, &[flagged, his, ordinary(703)]);
    workspace
}

#[test]
fn whoever_approves_is_told_what_is_registered() {
    let workspace = waiting();
    let told = workspace.ok(&["approve", "L000001B", "--as", "鈴木"]);
    assert_told(
        &told,
        &[
            "L000001B  承認\n",
            "注意：L000001B は、加入者(請求の本人又は宛先の方を含みます)に「支援措置」が登録されています",
            "yobin cancel",
        ],
    );
    let told = workspace.ok(&[
        "approve",
        "L000002C",
        "--through",
        "L000003D",
        "--count",
        "2",
        "--as",
        "鈴木",
    ]);
    assert_told(
        &told,
        &["注意：L000002C は、宛名が、支援措置の相手方として登録されている方と同じ氏名です"],
    );
    assert!(!told.contains("L000003D は"), "{told}");
    assert!(!told.contains("一郎") && !told.contains("花子"), "{told}");
}

#[test]
fn show_tells_what_is_registered_now() {
    let workspace = waiting();
    let told = workspace.ok(&["show", "L000001B"]);
    assert_told(
        &told,
        &["  注意      加入者", "「支援措置」が登録されています"],
    );
    let told = workspace.ok(&["show", "L000002C"]);
    assert_told(&told, &["  注意      宛名が、支援措置の相手方"]);
    let told = workspace.ok(&["show", "L000003D"]);
    assert!(!told.contains("  注意      "), "{told}");
    let told = workspace.ok(&["show", "L000001B", "--json"]);
    let all: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(all["cautions"].as_array().unwrap().len(), 1);
    // What is registered no more is told no more.
    flag(&workspace, &["M-200,支援措置,解除"]);
    let told = workspace.ok(&["show", "L000001B"]);
    assert!(!told.contains("  注意      "), "{told}");
    let told = workspace.ok(&["approve", "L000001B", "--as", "鈴木"]);
    assert!(
        !told.contains("注意：") && !told.contains("支援措置"),
        "{told}"
    );
}

#[test]
fn a_letter_that_took_anothers_place_is_seen_by_the_second_person() {
    let workspace = waiting();
    let mut mended = ordinary(701);
    mended["addressee_address"] = json!("前橋市元総社町9番地");
    let file = lines(&workspace, "mended.jsonl", &[mended]);
    let told = workspace.ok(&["queue", file.to_str().unwrap(), "--replace", "--as", "佐藤"]);
    assert_told(&told, &["「支援措置」", "L000001B → L000004E"]);
    let told = workspace.ok(&["approve", "L000004E", "--as", "鈴木"]);
    assert_told(&told, &["注意：L000004E は、加入者", "「支援措置」"]);
}
