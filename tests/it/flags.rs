//! Nobody is written to where that could harm them: flags of members hold for
//! every kind of letter, whatever names the member, until the letter leaves.

use std::path::PathBuf;

use std::fs;

use serde_json::{Map, Value, json};

use crate::harness::{Workspace, root};

/// A shipped sample with other fields; null takes a field away.
pub fn sample(name: &str, change: Value) -> Value {
    let (kind, file) = name.split_once('/').unwrap();
    let path = root().join(format!("templates/letters/{kind}/samples/{file}.json"));
    let mut record: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let fields = record.as_object_mut().unwrap();
    for (field, value) in change.as_object().unwrap() {
        if value.is_null() {
            fields.remove(field);
        } else {
            fields.insert(field.clone(), value.clone());
        }
    }
    // A mail encloses nothing; of another person a letter encloses other papers.
    let mailed = change.get("delivery") == Some(&Value::from("mail"));
    if mailed && change.get("enclosures").is_none() {
        record.as_object_mut().unwrap().remove("enclosures");
    }
    // What it sends comes by another way, and it says so.
    if mailed {
        for value in record.as_object_mut().unwrap().values_mut() {
            let Value::String(text) = value else { continue };
            for (enclosed, apart) in [
                ("この通知書に添えて", "別に簡易書留で"),
                ("この回答書に添えて", "別に簡易書留で"),
                ("同封して", "別に郵送して"),
                ("同封の", "別に郵送する"),
            ] {
                *text = text.replace(enclosed, apart);
            }
        }
    }
    let persons = ["addressee_name", "requester_role", "principal_name"];
    if persons.iter().any(|field| change.get(field).is_some())
        && change.get("enclosures").is_none()
        && let Some(enclosures) = record.get_mut("enclosures").and_then(Value::as_array_mut)
    {
        for enclosure in enclosures {
            enclosure.as_object_mut().unwrap().remove("person");
        }
    }
    record
}

/// A request that a letter with this record answers, with other fields.
pub fn request_of(letter: &Value, change: Value) -> Value {
    let text = |field: &str| letter.get(field).cloned();
    let date = text("request_date").or_else(|| text("complaint_date"));
    let mut request = Map::new();
    for (field, value) in [
        ("receipt_number", text("receipt_number")),
        ("rights", text("rights").or(Some(json!(["disclosure"])))),
        ("request_date", date.clone()),
        ("arrival_date", text("arrival_date").or(date)),
        (
            "requester_role",
            text("requester_role").or(Some(json!("principal"))),
        ),
        ("requester_name", text("addressee_name")),
        ("requester_address", text("addressee_address")),
        ("requester_building", text("addressee_building")),
        (
            "principal_name",
            text("principal_name").or_else(|| text("addressee_name")),
        ),
        ("principal_category", Some(json!("insured"))),
    ] {
        if let Some(value) = value {
            request.insert(field.to_owned(), value);
        }
    }
    if request.get("requester_role") == Some(&json!("legal_representative_minor")) {
        request.insert("principal_birth_date".to_owned(), json!("2016-04-01"));
    }
    for (field, value) in change.as_object().unwrap() {
        request.insert(field.clone(), value.clone());
    }
    Value::Object(request)
}

pub fn lines(workspace: &Workspace, name: &str, records: &[Value]) -> PathBuf {
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    workspace.file(name, lines.join("\n"))
}

pub fn add(workspace: &Workspace, records: &[Value]) -> String {
    let file = lines(workspace, "requests.jsonl", records);
    workspace.ok(&["request", "add", file.to_str().unwrap(), "--as", "佐藤"])
}

pub fn queue(workspace: &Workspace, records: &[Value]) -> String {
    let file = lines(workspace, "letters.jsonl", records);
    workspace.ok(&["queue", file.to_str().unwrap(), "--as", "佐藤"])
}

pub fn queue_refused(workspace: &Workspace, record: &Value) -> String {
    let file = lines(workspace, "letters.jsonl", std::slice::from_ref(record));
    workspace.exits(1, &["queue", file.to_str().unwrap(), "--as", "佐藤"])
}

/// Sets or clears flags.
pub fn flag(workspace: &Workspace, rows: &[&str]) -> String {
    let text = format!("加入者管理番号,区分,操作\n{}\n", rows.join("\n"));
    workspace.file("flags.csv", text);
    workspace.ok(&["members", "flags", "flags.csv", "--as", "鈴木"])
}

/// One night. Requests whose time runs out need a person all the same.
pub fn night(workspace: &Workspace) -> String {
    let done = workspace.yobin(&["run"]);
    assert!(matches!(done.code, Some(0 | 2)), "{}{}", done.out, done.err);
    done.out
}

pub fn assert_told(told: &str, parts: &[&str]) {
    for part in parts {
        assert!(told.contains(part), "{part:?} is not in\n{told}");
    }
}

/// Whether anything of this night is to be printed. A folder may hold the list
/// alone, with what was kept out.
pub fn has_print_file(workspace: &Workspace) -> bool {
    let files = fs::read_dir(workspace.path("out/print/2026-11-22"));
    files.into_iter().flatten().any(|file| {
        let path = file.unwrap().path();
        path.extension().is_some_and(|ending| ending == "pdf")
    })
}

/// An acknowledgement by post of a request of the member M-200, who fled.
fn to_shelter() -> (Value, Value) {
    let by_post = json!({"delivery": "post", "mail_address": null});
    let letter = sample("acknowledgement/received", by_post);
    let request = request_of(&letter, json!({"member_key": "M-200"}));
    (request, letter)
}

#[test]
fn a_flag_of_the_requests_member_stops_a_letter_that_was_approved_before() {
    let workspace = Workspace::with_settings("");
    let (request, letter) = to_shelter();
    add(&workspace, &[request]);
    queue(&workspace, &[letter]);
    workspace.ok(&["approve", "L000001B", "--as", "鈴木"]);
    let told = flag(&workspace, &["M-200,支援措置,登録"]);
    assert_told(&told, &["送らずに要確認になります"]);
    let told = workspace.exits(2, &["run"]);
    assert_told(&told, &["要確認 1", "「支援措置」の登録があるため"]);
    assert!(!has_print_file(&workspace));
    // Not even made, and not let go by trying again.
    assert!(workspace.archived().is_empty());
    workspace.ok(&["retry", "L000001B", "--as", "鈴木"]);
    workspace.exits(2, &["run"]);
    assert_eq!(workspace.letters_in("parked").len(), 1);
    // A flag that was a mistake lets it go.
    flag(&workspace, &["M-200,支援措置,解除"]);
    workspace.ok(&["retry", "L000001B", "--as", "鈴木"]);
    night(&workspace);
    assert_eq!(workspace.letters_in("unposted").len(), 1);
    assert!(has_print_file(&workspace));
}

#[test]
fn it_holds_for_every_way_out_and_every_kind_that_answers_a_request() {
    for (letter, flagged) in [
        (
            sample("acknowledgement/received", json!({})),
            "M-200,宛先不明,登録",
        ),
        (
            sample("target-date-change/extended", json!({})),
            "Ｍ－２００,支援措置,登録",
        ),
        (
            sample("fee-notice/notice", json!({})),
            "m\u{2212}200,送付停止,登録",
        ),
        (
            sample("disclosure-instructions/post", json!({"delivery": "post"})),
            "M-0200,支援措置,登録",
        ),
        (
            sample("complaint-answer/explained", json!({"delivery": "post"})),
            "M-200,支援措置,登録",
        ),
        (
            sample(
                "disclosure-decision/granted",
                json!({"delivery": "post", "mail_address": null}),
            ),
            "M-200\u{200B},支援措置,登録",
        ),
    ] {
        let workspace = Workspace::new();
        let complaint = letter.get("complaint_date").is_some();
        let asked = if complaint { "complaint" } else { "disclosure" };
        let key = json!({"member_key": "M-200", "rights": [asked]});
        add(&workspace, &[request_of(&letter, key)]);
        queue(&workspace, std::slice::from_ref(&letter));
        let text = format!("加入者管理番号,区分,操作\n{flagged}\n");
        workspace.file("flags.csv", text);
        // A number that only looks like a known one may be asked back.
        let told = workspace.yobin(&["members", "flags", "flags.csv", "--as", "鈴木"]);
        if told.code != Some(0) {
            assert!(
                flagged.contains("0200") || flagged.contains('\u{200B}'),
                "{told:?}"
            );
            continue;
        }
        workspace.exits(2, &["run"]);
        assert_eq!(
            workspace.letters_in("parked").len(),
            1,
            "{flagged} {letter}"
        );
        assert!(workspace.recipients().is_empty());
        assert!(!has_print_file(&workspace));
    }
}

#[test]
fn a_flag_set_while_a_letter_is_on_its_way_stops_it_at_the_door() {
    let (request, by_post) = to_shelter();
    let by_mail = sample("acknowledgement/received", json!({"delivery": "mail"}));
    for letter in [by_post, by_mail] {
        let workspace = Workspace::new();
        add(&workspace, std::slice::from_ref(&request));
        queue(&workspace, &[letter]);
        // The program dies when the letter is archived and has not left.
        let run = workspace.start_until(&["run", "--stop-at", "registered"], "stopped at");
        run.kill();
        assert_eq!(workspace.archived().len(), 1);
        flag(&workspace, &["M-200,支援措置,登録"]);
        let told = workspace.exits(2, &["run"]);
        assert_told(&told, &["要確認 1", "「支援措置」の登録があるため"]);
        assert!(workspace.recipients().is_empty());
        assert!(!has_print_file(&workspace));
    }
}

#[test]
fn a_flag_set_after_the_night_keeps_the_letter_from_the_printer() {
    let workspace = Workspace::new();
    let (request, letter) = to_shelter();
    let other = sample(
        "acknowledgement/received",
        json!({"delivery": "post", "mail_address": null, "receipt_number": "受第26-777号",
               "record_key": "other"}),
    );
    add(
        &workspace,
        &[request, request_of(&other, json!({"member_key": "M-201"}))],
    );
    queue(&workspace, &[letter, other]);
    night(&workspace);
    assert_eq!(workspace.letters_in("unposted").len(), 2);
    flag(&workspace, &["M-200,宛先不明,登録"]);
    let told = workspace.exits(2, crate::harness::REPRINT);
    assert_told(
        &told,
        &[
            "L000001B",
            "「宛先不明」の登録があるため、印刷用ファイルから除きました",
        ],
    );
    assert!(!told.contains("L000002C"), "{told}");
    // Nothing that is no longer to be printed lies about.
    flag(&workspace, &["M-201,送付停止,登録"]);
    workspace.exits(2, crate::harness::REPRINT);
    assert!(!has_print_file(&workspace));
}

#[test]
fn a_flag_known_before_is_told_when_the_letter_is_queued_and_stops_nothing() {
    let workspace = Workspace::new();
    flag(&workspace, &["M-200,支援措置,登録"]);
    let (request, letter) = to_shelter();
    let told = add(&workspace, &[request]);
    assert_told(&told, &["この加入者には「支援措置」が登録されています"]);
    let told = queue(&workspace, &[letter]);
    assert_told(
        &told,
        &[
            "「receipt_number」：この請求の加入者には「支援措置」が登録されています",
            "承認の前に確かめてください",
        ],
    );
    assert!(!told.contains("見本"), "{told}");
    night(&workspace);
    assert_eq!(workspace.letters_in("unposted").len(), 1);
    // Registered again it says nothing new; cleared and set, it does.
    flag(&workspace, &["M-200,支援措置,登録"]);
    workspace.ok(crate::harness::REPRINT);
    flag(&workspace, &["M-200,支援措置,解除", "M-200,支援措置,登録"]);
    let told = workspace.exits(2, crate::harness::REPRINT);
    assert_told(&told, &["L000001B"]);
}

#[test]
fn the_flag_of_whoever_else_a_request_names_holds_as_well() {
    let workspace = Workspace::new();
    crate::harness::copy_folder(&root().join("templates"), &workspace.path("templates"));
    workspace.settings("approval = \"none\"\ntemplates = \"templates\"\n");
    let form = workspace.path("templates/requests/record.schema.json");
    let mut schema: Value = serde_json::from_slice(&std::fs::read(&form).unwrap()).unwrap();
    schema["properties"]["insured_key"] = json!({
        "title": "被保険者の管理番号", "description": "本人が被扶養者のときに書きます。",
        "type": "string", "maxLength": 40,
    });
    std::fs::write(&form, schema.to_string()).unwrap();
    let (request, letter) = to_shelter();
    let mut request = request;
    request["insured_key"] = json!("M-100");
    add(&workspace, &[request]);
    queue(&workspace, &[letter]);
    flag(&workspace, &["M-100,送付停止,登録"]);
    workspace.exits(2, &["run"]);
    assert_eq!(workspace.letters_in("parked").len(), 1);
}

#[test]
fn a_request_registered_after_its_letter_still_names_the_member() {
    // Nobody was told of the flag when the letter was queued, even though it
    // was there.
    let workspace = Workspace::new();
    let (request, letter) = to_shelter();
    flag(&workspace, &["M-200,支援措置,登録"]);
    let told = queue(&workspace, &[letter]);
    assert!(!told.contains("支援措置"), "{told}");
    add(&workspace, &[request]);
    workspace.exits(2, &["run"]);
    assert_eq!(workspace.letters_in("parked").len(), 1);
}

#[test]
fn a_registration_taken_back_and_made_again_keeps_naming_the_member() {
    let workspace = Workspace::new();
    let (request, letter) = to_shelter();
    let mut wrong = request.clone();
    wrong["member_key"] = json!("M-999");
    add(&workspace, &[wrong]);
    queue(&workspace, &[letter]);
    workspace.ok(&[
        "request",
        "close",
        "受第26-001号",
        "--reason",
        "登録誤り",
        "--as",
        "佐藤",
    ]);
    add(&workspace, &[request]);
    flag(&workspace, &["M-200,支援措置,登録"]);
    workspace.exits(2, &["run"]);
    assert_eq!(workspace.letters_in("parked").len(), 1);
}

#[test]
fn a_letter_that_only_stays_in_the_archive_and_one_of_another_member_go_on() {
    let workspace = Workspace::new();
    let (request, letter) = to_shelter();
    let kept = sample(
        "acknowledgement/received",
        json!({"delivery": "archive", "mail_address": null, "record_key": "kept"}),
    );
    let other = sample(
        "acknowledgement/received",
        json!({"receipt_number": "受第26-888号", "record_key": "other"}),
    );
    add(
        &workspace,
        &[request, request_of(&other, json!({"member_key": "M-2000"}))],
    );
    queue(&workspace, &[letter, kept, other]);
    flag(&workspace, &["M-200,支援措置,登録"]);
    workspace.exits(2, &["run"]);
    let parked = workspace.letters_in("parked");
    assert_eq!(parked.len(), 1);
    assert_eq!(parked[0]["id"], "L000001B");
}
