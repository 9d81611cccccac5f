//! Letters answer registered requests. A workspace made from now on asks for
//! them; an older one goes on as it did and is told how to change.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use crate::flags::{add, assert_told, night, queue, queue_refused, request_of, sample};
use crate::harness::{Workspace, files_below, root, society};

/// A workspace whose settings say nothing of requests.
fn unsaid() -> Workspace {
    let workspace = Workspace::new();
    say_nothing(&workspace);
    workspace
}

fn say_nothing(workspace: &Workspace) {
    settings(workspace, "");
}

fn settings(workspace: &Workspace, more: &str) {
    let root = root();
    let text = format!(
        "templates = {:?}\nsociety = {:?}\nfonts = {:?}\napproval = \"none\"\n{more}",
        root.join("templates"),
        society(),
        root.join("fonts")
    );
    workspace.file("yobin.toml", text);
}

/// Takes a workspace back to what a program left that knew no choice.
async fn make_older(workspace: &Workspace) {
    let file = workspace.path("out/yobin.db");
    let options = SqliteConnectOptions::new().filename(file);
    let mut conn = options.connect().await.unwrap();
    for statement in [
        "DROP TABLE workspace",
        "DROP TRIGGER member_flag_is_set",
        "DROP TRIGGER member_flag_is_set_again",
        "DROP TRIGGER member_flag_is_cleared",
        "DROP TRIGGER request_is_registered",
        "DROP TRIGGER request_is_closed",
        "DROP TABLE safeguard",
        "DROP INDEX request_of_counterpart",
        "DELETE FROM _sqlx_migrations WHERE version = 7",
        "UPDATE identity SET marked = 0",
    ] {
        sqlx::query(statement).execute(&mut conn).await.unwrap();
    }
    conn.close().await.unwrap();
    // It kept nothing outside the database.
    fs::remove_file(workspace.path("yobin-marks.json")).unwrap();
}

fn granted(change: Value) -> Value {
    sample("disclosure-decision/granted", change)
}

#[test]
fn a_new_workspace_asks_for_the_request_of_every_kind_that_answers_one() {
    let workspace = unsaid();
    let complaint = sample("complaint-answer/explained", json!({}));
    let letters = [
        granted(json!({})),
        sample("acknowledgement/received-agent", json!({})),
        sample("request-closing/no-supplement-bereaved", json!({})),
        complaint.clone(),
    ];
    for letter in &letters {
        let told = queue_refused(&workspace, letter);
        assert_told(
            &told,
            &[
                "この受付番号の請求は登録されていません",
                "yobin request add",
            ],
        );
    }
    assert!(workspace.letters().is_empty());
    let rights = |code: &str| json!({"rights": [code]});
    add(
        &workspace,
        &[
            request_of(&letters[0], rights("disclosure")),
            request_of(&letters[1], json!({})),
            // What the bereaved ask for is called 開示 in letters to them.
            request_of(&letters[2], rights("bereaved_disclosure")),
            request_of(&complaint, rights("complaint")),
        ],
    );
    let told = queue(&workspace, &letters);
    assert_told(&told, &["4件を受け付けました"]);
    assert!(!told.contains("登録されていない"), "{told}");
    // What answers no request needs none.
    for name in [
        "implied-consent-objection/reflected",
        "breach-notice/notified-feared",
    ] {
        queue(&workspace, &[sample(name, json!({}))]);
    }
    // And `check` has nothing to say.
    let told = workspace.ok(&["check"]);
    assert!(!told.contains("optional"), "{told}");
}

#[test]
fn a_number_one_character_off_is_not_registered() {
    let workspace = unsaid();
    let letter = granted(json!({}));
    add(&workspace, &[request_of(&letter, json!({}))]);
    for number in [
        "受第26-0001号",
        "受第26001号",
        "受第26-002号",
        "受第26-01号",
    ] {
        queue_refused(&workspace, &granted(json!({"receipt_number": number})));
    }
    for (place, number) in ["受第26\u{2212}001号", "受第２６－００１号"]
        .iter()
        .enumerate()
    {
        let told = queue(
            &workspace,
            &[sample(
                "acknowledgement/received",
                json!({"receipt_number": number, "record_key": place.to_string()}),
            )],
        );
        assert!(!told.contains("登録されていない"), "{told}");
    }
}

#[tokio::test]
async fn an_older_workspace_goes_on_and_is_told_how_to_change() {
    let workspace = Workspace::new();
    queue(&workspace, &[granted(json!({}))]);
    make_older(&workspace).await;
    say_nothing(&workspace);
    let told = workspace.ok(&["check"]);
    assert_told(
        &told,
        &[
            "問題はありません",
            "前の版から使っているため",
            "requests = \"required\" と書いてください",
        ],
    );
    let unregistered =
        granted(json!({"receipt_number": "受第26-900号", "record_key": "of its own"}));
    let told = queue(&workspace, std::slice::from_ref(&unregistered));
    assert_told(
        &told,
        &["受付番号の請求が登録されていない書簡が1件あります"],
    );
    let told = workspace.ok(&["check"]);
    assert_told(&told, &["前の版から使っているため"]);
    // The settings win; what was queued before is not stopped.
    settings(&workspace, "requests = \"required\"\n");
    queue_refused(
        &workspace,
        &granted(json!({"receipt_number": "受第26-901号"})),
    );
    let told = queue(&workspace, &[unregistered]);
    assert_told(&told, &["同じ記録を前に受け付けています"]);
    let told = workspace.ok(&["check"]);
    assert!(!told.contains("前の版"), "{told}");
    night(&workspace);
    assert_eq!(workspace.archived().len(), 2);
}

#[tokio::test]
async fn an_older_workspace_without_a_letter_or_request_is_as_a_new_one() {
    let workspace = unsaid();
    workspace.ok(&["list"]);
    make_older(&workspace).await;
    let told = workspace.ok(&["check"]);
    assert!(!told.contains("前の版"), "{told}");
    queue_refused(&workspace, &granted(json!({})));
    // A request alone makes it one that was in use.
    let used = Workspace::new();
    add(&used, &[request_of(&granted(json!({})), json!({}))]);
    make_older(&used).await;
    say_nothing(&used);
    queue(
        &used,
        &[granted(
            json!({"receipt_number": "受第26-900号", "record_key": "of its own"}),
        )],
    );
}

#[tokio::test]
async fn a_flag_and_a_counterpart_from_before_hold_in_an_older_workspace() {
    let workspace = Workspace::new();
    let letter = granted(json!({"delivery": "post", "mail_address": null}));
    add(
        &workspace,
        &[request_of(&letter, json!({"member_key": "M-200"}))],
    );
    workspace.file(
        "flags.csv",
        "加入者管理番号,区分,操作\nM-200,支援措置,登録\n",
    );
    workspace.ok(&["members", "flags", "flags.csv", "--as", "鈴木"]);
    // The program of then told nobody of the flag.
    queue(&workspace, std::slice::from_ref(&letter));
    let his = json!({
        "receipt_number": "受第26-700号", "addressee_name": "相手 一郎",
        "addressee_address": "群馬県高崎市見本町1番地", "requester_role": "appointed_agent",
        "principal_name": "例示 花子",
    });
    let to_him = granted(his);
    queue(&workspace, std::slice::from_ref(&to_him));
    let counterpart = request_of(
        &to_him,
        json!({"receipt_number": "受第26-701号", "protected_counterpart": "yes"}),
    );
    add(&workspace, &[counterpart]);
    make_older(&workspace).await;
    night(&workspace);
    assert_eq!(workspace.letters_in("parked").len(), 2);
}

#[test]
fn a_demo_registers_the_requests_its_letters_answer() {
    let samples: Vec<Value> = files_below(&root().join("templates/letters"))
        .into_iter()
        .filter(|path| {
            path.parent().is_some_and(|folder| {
                folder.ends_with("samples") && !folder.ends_with("purpose-change/samples")
            })
        })
        .map(|path| serde_json::from_slice(&fs::read(path).unwrap()).unwrap())
        .collect();
    let numbers: BTreeSet<&str> = samples
        .iter()
        .filter_map(|sample| sample["receipt_number"].as_str())
        .collect();
    assert!(numbers.len() > 100 && samples.len() > numbers.len());
    let workspace = unsaid();
    let told = workspace.ok(&["demo", "--tests", "--dir", "demo"]);
    assert_told(
        &told,
        &[
            &format!("見本の請求 {}件を登録しました", numbers.len()),
            &format!("見本の記録 {}件を受け付けました", samples.len()),
        ],
    );
    let requests = fs::read_to_string(workspace.path("demo/請求.jsonl")).unwrap();
    assert_eq!(requests.lines().count(), numbers.len());
}
