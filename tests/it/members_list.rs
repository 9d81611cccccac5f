//! Who is protected is shown to the person in charge alone, and that somebody
//! looked is kept.

use std::fs;

use serde_json::{Value, json};

use crate::harness::{Workspace, copy_folder, society};

fn with_key() -> Workspace {
    let workspace = Workspace::with_settings("approval = \"none\"\nsociety = \"society\"\n");
    copy_folder(society(), &workspace.path("society"));
    let told = workspace.ok(&["restricted", "keygen", "-o", "key"]);
    let (_, line) = told.split_once("[restricted]").unwrap();
    let path = workspace.path("society/profile.toml");
    let profile = fs::read_to_string(&path).unwrap();
    fs::write(path, format!("{profile}\n[restricted]\n{}\n", line.trim())).unwrap();
    workspace
}

fn request(n: usize, change: Value) -> Value {
    let mut record = json!({
        "receipt_number": format!("受第26-{n:03}号"),
        "rights": ["disclosure"],
        "request_date": "2026-11-16",
        "arrival_date": "2026-11-17",
        "requester_role": "principal",
        "requester_name": "見本 太郎",
        "requester_address": "群馬県前橋市亀里町1310番地",
        "principal_name": "見本 太郎",
        "principal_category": "insured",
        "member_key": "M-1",
    });
    for (field, value) in change.as_object().unwrap() {
        record[field] = value.clone();
    }
    record
}

const LIST: [&str; 6] = ["members", "list", "--as", "保護管理者", "--identity", "key"];

#[test]
fn the_list_shows_flags_and_counterparts_to_whoever_has_the_key() {
    let workspace = with_key();
    let counterpart = request(
        102,
        json!({
            "requester_role": "appointed_agent", "requester_name": "相手 一郎",
            "requester_address": "群馬県高崎市見本町5番地", "principal_name": "例示 花子",
            "member_key": "M-2", "protected_counterpart": "yes",
        }),
    );
    let lines = [request(101, json!({})), counterpart].map(|one| one.to_string());
    workspace.file("requests.jsonl", lines.join("\n"));
    workspace.ok(&["request", "add", "requests.jsonl", "--as", "佐藤"]);
    let flags = [("M-1", "protected"), ("Ｍ-99", "withheld")]
        .map(|(key, flag)| json!({"member_key": key, "flag": flag, "act": "set"}).to_string());
    workspace.file("flags.jsonl", flags.join("\n"));
    workspace.ok(&["members", "flags", "flags.jsonl", "--as", "佐藤"]);
    let told = workspace.ok(&LIST);
    let line = |part: &str| {
        told.lines()
            .find(|line| line.contains(part))
            .unwrap()
            .to_owned()
    };
    let flagged = line("M-1");
    assert!(
        flagged.contains("支援措置") && flagged.contains("見本 太郎"),
        "{told}"
    );
    assert!(flagged.contains("佐藤"), "{told}");
    assert!(line("M-99").contains("送付停止"), "{told}");
    assert!(line("M-99").contains("氏名は記録にありません"), "{told}");
    assert!(
        line("相手方 相手 一郎").contains("群馬県高崎市見本町5番地"),
        "{told}"
    );
    assert!(line("守られている方").contains("例示 花子(M-2)"), "{told}");
    assert!(
        told.contains("受第26-102号  受付中") && !told.contains("受第26-101号"),
        "{told}"
    );
    assert!(told.contains("この一覧を前に見た人\n  いません"), "{told}");
    // Registered by mistake, it is nobody's.
    workspace.ok(&[
        "request",
        "close",
        "受第26-102号",
        "--reason",
        "登録誤り",
        "--identity",
        "key",
        "--as",
        "保護管理者",
    ]);
    let told = workspace.ok(&LIST);
    assert!(told.contains("支援措置の相手方  0件"), "{told}");
    assert!(told.contains("  保護管理者"), "{told}");
}

#[test]
fn without_the_key_nothing_is_shown_and_the_try_is_kept() {
    let workspace = with_key();
    workspace.file(
        "flags.jsonl",
        json!({"member_key": "M-1", "flag": "protected", "act": "set"}).to_string(),
    );
    workspace.ok(&["members", "flags", "flags.jsonl", "--as", "佐藤"]);
    workspace.ok(&["restricted", "keygen", "-o", "other"]);
    let other = ["members", "list", "--as", "田中", "--identity", "other"];
    let told = workspace.exits(1, &other);
    assert!(
        told.contains("対になっていない") && !told.contains("M-1"),
        "{told}"
    );
    let told = workspace.ok(&LIST);
    assert!(
        told.contains("田中  鍵が違うため、見られなかった"),
        "{told}"
    );

    let nobody = Workspace::new();
    nobody.ok(&["restricted", "keygen", "-o", "key"]);
    let told = nobody.exits(1, &LIST);
    assert!(told.contains("公開鍵が profile.toml"), "{told}");
}
