//! What staff do to letters, and what they are refused.

use std::fs;

use serde_json::Value;

use crate::harness::{NEXT_NOON, Workspace, copy_folder, plain_record, root};

fn id(letters: &[Value], place: usize) -> String {
    letters[place]["id"].as_str().unwrap().to_owned()
}

/// A workspace with `count` queued letters that go to the archive.
fn queued(settings: &str, count: usize) -> (Workspace, Vec<String>) {
    let workspace = Workspace::with_settings(settings);
    workspace.queue_plain(count, 0);
    let letters = workspace.letters();
    let ids = (0..count).map(|place| id(&letters, place)).collect();
    (workspace, ids)
}

fn states(workspace: &Workspace) -> Vec<String> {
    let state = |letter: &Value| letter["state"].as_str().unwrap().to_owned();
    workspace.letters().iter().map(state).collect()
}

#[test]
fn without_approval_by_another_person_no_letter_joins_the_night() {
    // The default settings require approval; `tester` queued the letters.
    let (workspace, ids) = queued("", 3);
    workspace.ok(&["run"]);
    assert_eq!(states(&workspace), ["queued", "queued", "queued"]);

    for name in ["tester", "TESTER", " Ｔｅｓｔｅｒ　"] {
        let told = workspace.exits(1, &["approve", &ids[0], "--as", name]);
        assert!(told.contains("受け付けた人は承認できません"), "{told}");
    }
    assert_eq!(states(&workspace), ["queued", "queued", "queued"]);

    workspace.ok(&["approve", &ids[0], &ids[2], "--as", "審査 花子"]);
    let told = workspace.exits(1, &["approve", &ids[0], "--as", "審査 次郎"]);
    assert!(told.contains("すでに承認されています"), "{told}");
    workspace.ok(&["run", "--now", NEXT_NOON]);
    assert_eq!(states(&workspace), ["filed", "queued", "filed"]);
    let letters = workspace.letters();
    assert_eq!(letters[0]["approved_by"], "審査 花子");
    // Numbers follow the letters that joined.
    assert_eq!(letters[0]["number"], "群農健発第1号");
    assert_eq!(letters[1]["number"], Value::Null);
    assert_eq!(letters[2]["number"], "群農健発第2号");
}

#[test]
fn approval_needs_a_name() {
    let (workspace, ids) = queued("", 1);
    for name in ["", "　", "改行\nのある名前"] {
        let told = workspace.exits(1, &["approve", &ids[0], "--as", name]);
        assert!(told.contains("担当者名"), "{told}");
    }
    assert_ne!(workspace.yobin(&["approve", &ids[0]]).code, Some(0));
    assert_eq!(states(&workspace), ["queued"]);
}

#[test]
fn a_held_letter_misses_the_night_and_goes_on_where_it_was() {
    let (workspace, ids) = queued("", 2);
    workspace.ok(&["approve", &ids[0], &ids[1], "--as", "審査 花子"]);
    workspace.ok(&["hold", &ids[0]]);
    workspace.ok(&["run"]);
    assert_eq!(states(&workspace), ["held", "filed"]);
    workspace.ok(&["resume", &ids[0]]);
    assert_eq!(states(&workspace), ["approved", "filed"]);
    workspace.ok(&["run", "--now", NEXT_NOON]);
    assert_eq!(states(&workspace), ["filed", "filed"]);
    assert_eq!(workspace.letters()[0]["batch_date"], "2026-11-23");
}

#[test]
fn a_held_letter_is_not_approved_by_holding_it() {
    let (workspace, ids) = queued("", 1);
    workspace.ok(&["hold", &ids[0]]);
    let told = workspace.exits(1, &["approve", &ids[0], "--as", "審査 花子"]);
    assert!(told.contains("yobin resume"), "{told}");
    workspace.ok(&["resume", &ids[0]]);
    workspace.ok(&["run"]);
    assert_eq!(states(&workspace), ["queued"]);
}

#[test]
fn what_a_state_does_not_allow_is_refused_with_what_to_do_instead() {
    let (workspace, ids) = queued("approval = \"none\"\n", 3);
    workspace.ok(&["cancel", &ids[1]]);
    workspace.ok(&["hold", &ids[2]]);
    workspace.ok(&["run"]);
    assert_eq!(states(&workspace), ["filed", "cancelled", "held"]);
    for (action, place, words) in [
        ("cancel", 0, "保管済"),
        ("cancel", 0, "すでに送付の段階です"),
        ("hold", 0, "すでに送付の段階です"),
        ("resume", 0, "yobin show"),
        ("retry", 0, "保管済"),
        ("resume", 1, "取消は元に戻せません"),
        ("retry", 1, "取消は元に戻せません"),
        ("retry", 2, "yobin resume"),
    ] {
        let told = workspace.exits(1, &[action, &ids[place]]);
        assert!(told.contains(words), "{action}: {told}");
        assert!(told.contains(&ids[place]), "{action}: {told}");
    }
    let told = workspace.exits(1, &["confirm", "--delivered", &ids[0]]);
    assert!(told.contains("保管済"), "{told}");
    assert_eq!(states(&workspace), ["filed", "cancelled", "held"]);
}

#[test]
fn an_act_on_several_letters_happens_to_all_or_to_none() {
    let (workspace, ids) = queued("approval = \"none\"\n", 3);
    workspace.ok(&["cancel", &ids[1]]);
    let told = workspace.exits(1, &["hold", &ids[0], &ids[1], &ids[2]]);
    assert!(
        told.contains(&ids[1]) && told.contains("まだ何もしていません"),
        "{told}"
    );
    assert_eq!(states(&workspace), ["queued", "cancelled", "queued"]);
    workspace.ok(&["hold", &ids[0], &ids[2]]);
    assert_eq!(states(&workspace), ["held", "cancelled", "held"]);
}

#[test]
fn a_mistyped_reference_touches_no_letter() {
    let (workspace, ids) = queued("approval = \"none\"\n", 2);
    // The other letter's digits with this one's check letter, and one too far.
    let check = &ids[0][ids[0].len() - 1..];
    let mistyped = format!("{}{check}", &ids[1][..ids[1].len() - 1]);
    let done = workspace.yobin(&["cancel", &mistyped]);
    assert_ne!(done.code, Some(0));
    assert!(
        done.err.contains("書簡の番号ではありません"),
        "{}",
        done.err
    );
    let told = workspace.exits(1, &["cancel", "L000003D"]);
    assert!(told.contains("この番号の書簡はありません"), "{told}");
    assert_eq!(states(&workspace), ["queued", "queued"]);
    // Small letters are no mistake.
    workspace.ok(&["hold", &ids[0].to_lowercase()]);
    assert_eq!(states(&workspace), ["held", "queued"]);
}

#[test]
fn a_cancelled_letter_leaves_its_number_void_and_the_next_night_goes_on_after_it() {
    let (workspace, ids) = queued("approval = \"none\"\n", 3);
    let args = ["run", "--stop-at", "claimed"];
    workspace.start_until(&args, "stopped at").kill();
    workspace.ok(&["cancel", &ids[1]]);
    workspace.ok(&["run"]);
    assert_eq!(states(&workspace), ["filed", "cancelled", "filed"]);
    let proof = workspace.ok(&["verify"]);
    // Three entries, one of them void: it has no PDF.
    assert!(proof.contains("台帳 3件、PDF 2件"), "{proof}");
    workspace.queue_plain(4, 0);
    workspace.ok(&["run", "--now", NEXT_NOON]);
    let numbers: Vec<Value> = workspace
        .letters()
        .iter()
        .map(|letter| letter["number"].clone())
        .collect();
    let expected = [1, 2, 3, 4].map(|n| Value::from(format!("群農健発第{n}号")));
    assert_eq!(numbers, expected);
}

#[test]
fn every_act_stands_in_the_letters_history_with_who_did_it() {
    let (workspace, ids) = queued("", 1);
    workspace.ok(&["hold", &ids[0], "--as", "担当 一郎"]);
    workspace.ok(&["resume", &ids[0], "--as", "担当 二郎"]);
    workspace.ok(&["approve", &ids[0], "--as", "審査 花子"]);
    workspace.ok(&["run"]);
    let shown: Value = serde_json::from_str(&workspace.ok(&["show", &ids[0], "--json"])).unwrap();
    let history: Vec<(&str, &str)> = shown["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (
                row["to_state"].as_str().unwrap(),
                row["actor"].as_str().unwrap(),
            )
        })
        .collect();
    let expected = [
        ("queued", "tester"),
        ("held", "担当 一郎"),
        ("queued", "担当 二郎"),
        ("approved", "審査 花子"),
        ("numbered", "night"),
        ("rendered", "night"),
        ("archived", "night"),
        ("released", "night"),
        ("filed", "night"),
    ];
    assert_eq!(history, expected);
}

/// A batch in which each of the seven ends occurs once.
#[test]
fn the_reports_counts_add_up_whatever_happened_to_the_letters() {
    let workspace = Workspace::new();
    let templates = workspace.path("templates");
    copy_folder(&root().join("templates"), &templates);
    let page = templates.join("letters/acknowledgement/letter.typ");
    let mut text = fs::read_to_string(&page).unwrap();
    text.push_str("\n#if field(\"requested_content\") == \"止まれ\" { panic(\"止まる\") }\n");
    fs::write(&page, text).unwrap();
    workspace.settings("approval = \"none\"\ntemplates = \"templates\"\n");

    // 1 unknown, 2 failed, 3 parked, 4 sent, 5 filed, 6 held, 7 cancelled.
    let mut records: Vec<Value> = (1..=7)
        .map(|n| plain_record(n, [1, 2, 4].contains(&n)))
        .collect();
    records[2]["requested_content"] = "止まれ".into();
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    let file = workspace.file("seven.jsonl", lines.join("\n"));
    workspace.ok(&["queue", file.to_str().unwrap()]);
    let letters = workspace.letters();
    let ids: Vec<String> = (0..7).map(|place| id(&letters, place)).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();

    // All get their numbers; then only the first goes on, until its mail is
    // handed over.
    let args = ["run", "--stop-at", "claimed"];
    workspace.start_until(&args, "stopped at").kill();
    workspace.ok(&[&["hold"], &ids[1..]].concat());
    let args = ["run", "--stop-at", "handed-over"];
    workspace.start_until(&args, "stopped at").kill();
    workspace.take_mails();
    workspace.ok(&[&["resume"], &ids[1..5]].concat());
    workspace.ok(&["cancel", ids[6]]);
    // Another message stands where the second letter's mail would go.
    let name = format!("out/mail/{}-{}.eml", ids[1], workspace.message_token(2));
    workspace.file(&name, "To: other@example.jp\n\n");
    let told = workspace.exits(2, &["run"]);
    let ends = [
        "unknown",
        "failed",
        "parked",
        "written",
        "filed",
        "held",
        "cancelled",
    ];
    assert_eq!(states(&workspace), ends);
    assert!(told.contains("受付  7件"), "{told}");
    let parts = "送信済 0  書出済 1  保管済 1  保留 1  要確認 1  失敗 1  結果不明 1  取消 1";
    assert!(told.contains(parts), "{told}");
    assert!(told.contains("内訳の合計は一致しています"), "{told}");
    for id in &ids[..3] {
        assert!(told.contains(id), "{id} is not named: {told}");
    }
    assert!(told.contains("4件に対応が必要です"), "{told}");
    workspace.ok(&["verify"]);
}

#[test]
fn a_whole_file_is_approved_at_once_when_its_count_is_said() {
    let workspace = Workspace::with_settings("approval = \"required\"\n");
    workspace.queue_plain(60, 0);
    let ids: Vec<String> = workspace
        .letters()
        .iter()
        .map(|letter| letter["id"].as_str().unwrap().to_owned())
        .collect();
    workspace.ok(&["hold", &ids[4]]);
    let approve = |count: &str| {
        let (first, last) = (ids[0].clone(), ids[57].clone());
        let args = [
            "approve",
            &first,
            "--through",
            &last,
            "--count",
            count,
            "--as",
            "鈴木",
        ];
        workspace.yobin(&args)
    };
    let wrong = approve("58");
    assert_eq!(wrong.code, Some(1), "{}", wrong.out);
    assert!(
        wrong.err.contains("承認を待つ書簡は57件で"),
        "{}",
        wrong.err
    );
    assert!(workspace.letters_in("approved").is_empty());
    let right = approve("57");
    assert_eq!(right.code, Some(0), "{}", right.err);
    assert!(right.out.contains("57件"), "{}", right.out);
    assert_eq!(workspace.letters_in("approved").len(), 57);
    assert_eq!(workspace.letters_in("held").len(), 1);
    assert_eq!(workspace.letters_in("queued").len(), 2);
}

/// Held while the approver looked and back again, beside one that was
/// cancelled since: the count is the one that was seen, the letters are not.
#[test]
fn a_range_is_approved_only_as_it_was_seen() {
    let workspace = Workspace::with_settings("approval = \"required\"\n");
    workspace.queue_plain(6, 0);
    let ids: Vec<String> = workspace
        .letters()
        .iter()
        .map(|letter| letter["id"].as_str().unwrap().to_owned())
        .collect();
    workspace.ok(&["hold", &ids[2], &ids[5]]);
    // The approver sees 1, 2, 4 and 5.
    workspace.ok(&["resume", &ids[2], "--as", "佐藤"]);
    workspace.ok(&["cancel", &ids[0], "--as", "佐藤"]);
    let approve = |first: usize, last: usize, count: &str| {
        let (first, last) = (ids[first].as_str(), ids[last].as_str());
        workspace.yobin(&[
            "approve",
            first,
            "--through",
            last,
            "--count",
            count,
            "--as",
            "鈴木",
        ])
    };
    let told = approve(0, 5, "4");
    assert_eq!(told.code, Some(1), "{}", told.out);
    assert!(
        told.err.contains(&ids[2]) && told.err.contains("保留にした後で戻した"),
        "{}",
        told.err
    );
    assert!(!told.err.contains(&ids[1]), "{}", told.err);
    assert!(workspace.letters_in("approved").is_empty());
    // The others alone, beside it and without it.
    assert_eq!(approve(3, 4, "2").code, Some(0));
    assert_eq!(approve(1, 2, "2").code, Some(1));
    workspace.ok(&["approve", &ids[2], "--as", "鈴木"]);
    assert_eq!(approve(0, 5, "1").code, Some(0));
    // One that is still held is in nobody's way; held twice it stays named.
    workspace.ok(&["resume", &ids[5], "--as", "佐藤"]);
    workspace.ok(&["hold", &ids[5], "--as", "佐藤"]);
    workspace.ok(&["resume", &ids[5], "--as", "佐藤"]);
    let told = approve(5, 5, "1");
    assert!(told.err.contains(&ids[5]), "{}", told.err);
    workspace.ok(&["approve", &ids[5], "--as", "鈴木"]);
    assert_eq!(workspace.letters_in("approved").len(), 5);
}
