//! Lists a clerk searches: letters by name and receipt number, requests with
//! names and every day that ends soon.

use serde_json::{Value, json};

use crate::harness::{NEXT_NOON, Workspace, plain_record};

fn queue(workspace: &Workspace, records: &[Value], by: &str) {
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    let file = workspace.file("letters.jsonl", lines.join("\n"));
    workspace.ok(&["queue", file.to_str().unwrap(), "--as", by]);
}

fn named(n: usize, name: &str) -> Value {
    let mut record = plain_record(n, false);
    record["addressee_name"] = name.into();
    record
}

#[test]
fn letters_are_listed_with_name_number_way_and_who_queued_them() {
    let workspace = Workspace::new();
    let mut of_agent = named(3, "例示 一郎");
    of_agent["requester_role"] = "appointed_agent".into();
    of_agent["principal_name"] = "髙橋 花子".into();
    of_agent["delivery"] = "post".into();
    let mut read = named(4, "見本 四郎");
    read["addressee_kana"] = "ﾐﾎﾝ ｼﾛｳ".into();
    queue(
        &workspace,
        &[named(1, "髙橋　次郎"), named(2, "見本 太郎")],
        "佐藤",
    );
    queue(&workspace, &[of_agent, read], "鈴木");
    let list = workspace.ok(&["list"]);
    let line = list
        .lines()
        .find(|line| line.starts_with("L000003D"))
        .unwrap();
    for part in [
        "郵送",
        "例示 一郎(本人 髙橋 花子)",
        "受第26-00003号",
        "受付：鈴木",
    ] {
        assert!(line.contains(part), "{line}");
    }
    // Variants, spaces and width do not hide a name; whom a letter is about is
    // found as well as whom it goes to, and so is a reading.
    for (typed, found) in [
        ("高橋", &["L000001B", "L000003D"][..]),
        ("髙橋花", &["L000003D"]),
        ("例示", &["L000003D"]),
        ("ミホンシ", &["L000004E"]),
        ("太郎", &[]),
    ] {
        let told = workspace.ok(&["list", "--name", typed, "--json"]);
        let ids: Vec<String> = told
            .lines()
            .map(|line| {
                serde_json::from_str::<Value>(line).unwrap()["id"]
                    .as_str()
                    .unwrap()
                    .into()
            })
            .collect();
        assert_eq!(ids, found, "{typed}");
    }
    let told = workspace.ok(&["list", "--receipt", "受第２６－００００２号", "--json"]);
    let letter: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(letter["addressee_name"], "見本 太郎");
    assert_eq!(letter["receipt_number"], "受第26-00002号");
    assert_eq!(letter["delivery"], "archive");
    assert_eq!(letter["queued_by"], "佐藤");
    assert_eq!(letter["kind_name"], "請求書の受付のお知らせ");
    assert!(
        workspace
            .ok(&["list", "--name", "高橋", "--state", "承認"])
            .contains("0件")
    );
    let told = workspace.exits(2, &["list", "--name", "　"]);
    assert!(told.contains("--name"), "{told}");
    // A letter nobody can tell whose it is may be the one that is looked for.
    workspace.behind("UPDATE letter_record SET record = 'x' WHERE letter_id = 2");
    let told = workspace.yobin(&["list", "--name", "高橋"]);
    assert!(
        told.out.contains("L000002C") && told.out.contains("(記録を読めません)"),
        "{}",
        told.out
    );
}

fn request(n: usize, arrival: &str) -> Value {
    json!({
        "receipt_number": format!("受第26-{n:03}号"),
        "rights": ["disclosure"],
        "request_date": "2026-11-01",
        "arrival_date": arrival,
        "requester_role": "principal",
        "requester_name": format!("見本 太郎{n}"),
        "requester_postal_code": "379-2147",
        "requester_address": "群馬県前橋市亀里町1310番地",
        "principal_name": format!("見本 太郎{n}"),
        "principal_category": "insured",
    })
}

#[test]
fn requests_are_listed_with_names_and_what_ends_until_a_day() {
    let workspace = Workspace::new();
    let mut of_agent = request(103, "2026-11-20");
    of_agent["requester_role"] = "appointed_agent".into();
    of_agent["requester_name"] = "例示 一郎".into();
    let all = [
        request(101, "2026-11-06"),
        request(102, "2026-11-20"),
        of_agent,
    ];
    let lines: Vec<String> = all.iter().map(Value::to_string).collect();
    workspace.file("requests.jsonl", lines.join("\n"));
    workspace.ok(&["request", "add", "requests.jsonl", "--as", "佐藤"]);
    // 102 is asked for papers by the 30th; 101 is decided and posted.
    workspace.ok(&[
        "request",
        "letter",
        "受第26-102号",
        "--kind",
        "identity-request",
        "--outcome",
        "missing",
        "--set",
        "受け付ける書類=運転免許証の写し",
        "--set",
        "提出期限=R8.11.30",
        "--queue",
        "--as",
        "佐藤",
    ]);
    workspace.ok(&[
        "request",
        "letter",
        "受第26-101号",
        "--kind",
        "disclosure-decision",
        "--outcome",
        "nonexistent",
        "--set",
        "決定日=2026-11-20",
        "--set",
        "調査した範囲=健康診査の記録",
        "--queue",
        "--as",
        "佐藤",
    ]);
    let until = |day: &str| workspace.ok(&["request", "list", "--until", day, "--now", NEXT_NOON]);
    // What still lies in the house asks nobody for anything.
    let told = until("11-30");
    assert!(!told.contains("提出期限"), "{told}");
    assert!(!told.contains("受第26-102号"), "{told}");
    // The two weeks of 101 are over.
    workspace.exits(2, &["run"]);
    workspace.ok(&[
        "posted",
        "--print",
        "1",
        "--on",
        "2026-11-23",
        "--as",
        "佐藤",
        "--now",
        NEXT_NOON,
    ]);

    let told = until("11-30");
    assert!(
        told.contains("提出期限 2026-11-30 あと7日(L000001B 本人確認書類"),
        "{told}"
    );
    assert!(
        told.contains("見本 太郎102") && !told.contains("受第26-103号"),
        "{told}"
    );
    assert!(
        told.contains("2026-11-30までに期限のあるもの 1件"),
        "{told}"
    );
    assert_eq!(until("令和8年11月30日"), told);
    assert_eq!(until("2026-11-30"), told);
    let told = until("12-31");
    assert!(
        told.contains("例示 一郎(任意代理人)　本人 見本 太郎103"),
        "{told}"
    );
    // What is answered waits below and is late for nothing.
    assert!(!told.contains("受第26-101号"), "{told}");
    let told = workspace.ok(&["request", "list", "--now", NEXT_NOON]);
    let places = ["受第26-102号", "受第26-103号", "受第26-101号"].map(|n| told.find(n).unwrap());
    assert!(places.is_sorted(), "{told}");
    let answered = told
        .lines()
        .find(|line| line.starts_with("受第26-101号"))
        .unwrap();
    assert!(
        !answered.contains("超過") && answered.contains("回答済み"),
        "{answered}"
    );

    let told = workspace.ok(&[
        "request", "list", "--until", "11-30", "--json", "--now", NEXT_NOON,
    ]);
    let listed: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(listed["requester_name"], "見本 太郎102");
    assert_eq!(listed["asked_of_others"][0]["title"], "提出期限");
    assert_eq!(listed["asked_of_others"][0]["day"], "2026-11-30");
    let told = workspace.exits(2, &["request", "list", "--until", "あした"]);
    assert!(
        told.contains("11-27、2026-11-27、令和8年11月27日"),
        "{told}"
    );
}
