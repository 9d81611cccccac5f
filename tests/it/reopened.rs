//! A request that was closed by mistake is opened again, and its history says
//! all of it.

use serde_json::{Value, json};

use crate::harness::Workspace;

fn request(n: usize) -> Value {
    json!({
        "receipt_number": format!("受第26-{n:03}号"),
        "rights": ["disclosure"],
        "request_date": "2026-11-16",
        "arrival_date": "2026-11-17",
        "requester_role": "principal",
        "requester_name": "見本 太郎",
        "requester_address": "群馬県前橋市亀里町1310番地",
        "principal_name": "見本 太郎",
        "principal_category": "insured",
    })
}

fn letter(n: usize) -> Value {
    json!({
        "kind": "acknowledgement",
        "outcome": "received",
        "addressee_name": "見本 太郎",
        "addressee_postal_code": "379-2147",
        "addressee_address": "群馬県前橋市亀里町1310番地",
        "delivery": "archive",
        "receipt_number": format!("受第26-{n:03}号"),
        "request_date": "2026-11-16",
        "arrival_date": "2026-11-17",
        "requester_role": "principal",
        "rights": ["disclosure"],
        "requested_content": "健康診査の結果の開示",
        "expected_date": "2026-12-18",
    })
}

fn add(workspace: &Workspace, code: i32, record: &Value) -> String {
    workspace.file("request.jsonl", record.to_string());
    workspace.exits(code, &["request", "add", "request.jsonl", "--as", "佐藤"])
}

fn close(workspace: &Workspace, code: i32, number: &str, reason: &str) -> String {
    let args = [
        "request", "close", number, "--reason", reason, "--as", "佐藤",
    ];
    workspace.exits(code, &args)
}

fn reopen(workspace: &Workspace, code: i32, number: &str, reason: &str) -> String {
    let args = [
        "request", "reopen", number, "--reason", reason, "--as", "鈴木",
    ];
    workspace.exits(code, &args)
}

fn open_requests(workspace: &Workspace) -> Vec<Value> {
    let listed = workspace.ok(&["request", "list", "--json"]);
    let lines = listed.lines().map(serde_json::from_str);
    lines.map(Result::unwrap).collect()
}

#[test]
fn the_way_out_of_every_wrong_close_is_named_and_leads_out() {
    for reason in ["別途回答済み", "取下げ", "登録誤り"] {
        let workspace = Workspace::new();
        add(&workspace, 0, &request(101));
        let days = open_requests(&workspace)[0].clone();
        close(&workspace, 0, "受第26-101号", reason);
        assert!(open_requests(&workspace).is_empty());
        // Closing it again, or registering a mended one, says the way out.
        let told = close(&workspace, 1, "受第26-101号", "登録誤り");
        assert!(told.contains("yobin request reopen 受第26-101号"), "{told}");
        assert!(
            told.contains("請求の取り違え、終えた理由の誤り、対応の継続"),
            "{told}"
        );
        if reason != "登録誤り" {
            let mut mended = request(101);
            mended["requester_address"] = "群馬県前橋市亀里町9番地".into();
            let told = add(&workspace, 1, &mended);
            assert!(
                told.contains(&format!("終わっています(理由：{reason})")),
                "{told}"
            );
            assert!(told.contains("yobin request reopen"), "{told}");
            workspace.file("letter.json", letter(101).to_string());
            let told = workspace.exits(1, &["queue", "letter.json", "--as", "佐藤"]);
            assert!(told.contains("もう一度開いてから"), "{told}");
        }
        let told = reopen(&workspace, 0, "受第26-101号", "請求の取り違え");
        assert!(
            told.contains(&format!("「{reason}」として終えていた")),
            "{told}"
        );
        assert_eq!(open_requests(&workspace), [days]);
        let shown = workspace.ok(&["request", "show", "受第26-101号"]);
        let places = [
            "登録  佐藤",
            &format!("終了({reason})"),
            "もう一度開く(請求の取り違え)  鈴木",
        ]
        .map(|part| {
            shown
                .rfind(part)
                .unwrap_or_else(|| panic!("{part}: {shown}"))
        });
        assert!(places.is_sorted(), "{shown}");
        // The letter is taken now, and so is the right end.
        workspace.file("letter.json", letter(101).to_string());
        workspace.ok(&["queue", "letter.json", "--as", "佐藤"]);
        close(&workspace, 0, "受第26-101号", "取下げ");
    }
}

#[test]
fn what_is_open_is_not_opened_and_no_other_reason_is_taken() {
    let workspace = Workspace::new();
    add(&workspace, 0, &request(101));
    let told = reopen(&workspace, 1, "受第26-101号", "対応の継続");
    assert!(told.contains("この請求は終わっていません"), "{told}");
    close(&workspace, 0, "受第26-101号", "取下げ");
    let told = reopen(&workspace, 2, "受第26-101号", "気が変わった");
    assert!(
        told.contains("請求の取り違え、終えた理由の誤り、対応の継続"),
        "{told}"
    );
    let told = reopen(&workspace, 1, "受第26-999号", "対応の継続");
    assert!(told.contains("登録されていません"), "{told}");
    assert!(open_requests(&workspace).is_empty());
    // Registered anew after 登録誤り: the number is the new one's.
    add(&workspace, 0, &request(102));
    close(&workspace, 0, "受第26-102号", "登録誤り");
    let mut anew = request(102);
    anew["requester_address"] = "群馬県前橋市亀里町9番地".into();
    add(&workspace, 0, &anew);
    let told = reopen(&workspace, 1, "受第26-102号", "請求の取り違え");
    assert!(told.contains("終わっていません"), "{told}");
}
