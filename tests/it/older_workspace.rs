//! A workspace of the first schema that knew members opens whole: whatever it
//! holds is read, and the night goes on with the letters on their way.

use std::fs;

use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};

use crate::harness::{NEXT_NOON, Workspace, copy_folder, plain_record, post_record, root, society};

/// The first schema after it.
const AFTER: &str = "0006";

/// The noon after the next.
const THIRD_NOON: &str = "2026-11-24T12:00:00+09:00";

/// Words that stand in the restricted note alone.
const NOTE: &str = "避難先の医療機関名が知られる事情";

fn queue(workspace: &Workspace, now: &str, records: &[Value]) {
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    let file = workspace.file("letters.jsonl", lines.join("\n"));
    let file = file.to_str().unwrap();
    workspace.ok(&["queue", file, "--as", "佐藤", "--now", now]);
}

fn request(n: usize) -> String {
    let record = json!({
        "receipt_number": format!("受第26-9{n}1号"),
        "rights": ["disclosure"],
        "request_date": "2026-11-14",
        "arrival_date": "2026-11-16",
        "requester_role": "principal",
        "requester_name": "見本 花子",
        "requester_address": "群馬県前橋市亀里町1310番地",
        "principal_name": "見本 花子",
        "principal_category": "insured",
    });
    record.to_string()
}

/// A letter with a restricted note.
fn noted() -> Value {
    let path = root().join("templates/letters/disclosure-decision/samples/nonexistent.json");
    let mut record: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    record["delivery"] = "mail".into();
    record["mail_address"] = "mihon@example.jp".into();
    record["restricted_ground"] = "GATE_16_4_1".into();
    record["restricted_reason"] = NOTE.into();
    record
}

/// A workspace of today with letters a night has made, letters it has
/// numbered, letters that wait, requests, a notice and a restricted note.
fn worked_in() -> Workspace {
    let workspace = Workspace::with_settings("approval = \"none\"\nsociety = \"society\"\n");
    copy_folder(society(), &workspace.path("society"));
    let told = workspace.ok(&["restricted", "keygen", "-o", "key"]);
    let (_, line) = told.split_once("[restricted]").unwrap();
    let path = workspace.path("society/profile.toml");
    let profile = fs::read_to_string(&path).unwrap();
    fs::write(path, format!("{profile}\n[restricted]\n{}\n", line.trim())).unwrap();

    let notice = workspace.path("society/notice.toml");
    workspace.ok(&["notice", "import", notice.to_str().unwrap(), "--as", "佐藤"]);
    let requests = workspace.file("requests.jsonl", format!("{}\n{}", request(1), request(2)));
    workspace.ok(&["request", "add", requests.to_str().unwrap(), "--as", "佐藤"]);
    let close = ["request", "close", "受第26-921号", "--reason", "取下げ"];
    workspace.ok(&[&close[..], &["--as", "佐藤"]].concat());

    let mut made: Vec<Value> = (1..=6).map(|n| plain_record(n, n <= 4)).collect();
    made.extend((7..=8).map(|n| post_record(n, 1)));
    queue(&workspace, crate::harness::NOON, &made);
    workspace.ok(&["run"]);

    let numbered: Vec<Value> = (9..=12).map(|n| plain_record(n, false)).collect();
    queue(&workspace, NEXT_NOON, &numbered);
    let args = ["run", "--stop-at", "claimed", "--now", NEXT_NOON];
    workspace.start_until(&args, "stopped at").kill();

    let mut waiting: Vec<Value> = (13..=16).map(|n| plain_record(n, false)).collect();
    waiting.push(noted());
    queue(&workspace, NEXT_NOON, &waiting);
    for (act, letter) in [("hold", 14), ("cancel", 15)] {
        let id = id(&workspace, letter);
        workspace.ok(&[act, &id, "--as", "鈴木", "--now", NEXT_NOON]);
    }
    workspace
}

/// Reference of the letter at a place.
fn id(workspace: &Workspace, place: usize) -> String {
    workspace.letters()[place]["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn states(workspace: &Workspace) -> Vec<String> {
    let state = |letter: &Value| letter["state"].as_str().unwrap().to_owned();
    workspace.letters().iter().map(state).collect()
}

async fn execute(connection: &mut SqliteConnection, sql: &str) {
    sqlx::query(sqlx::AssertSqlSafe(sql.to_owned()))
        .execute(connection)
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// What is in the tables, as far as the older schema has their columns.
async fn copy_rows(old: &mut SqliteConnection) {
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM main.sqlite_schema
         WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> '_sqlx_migrations'",
    )
    .fetch_all(&mut *old)
    .await
    .unwrap();
    for table in tables {
        let columns: Vec<String> = sqlx::query_scalar(
            "SELECT then_.name FROM pragma_table_info(?1, 'main') AS then_
             JOIN pragma_table_info(?1, 'today') AS now USING (name)",
        )
        .bind(&table)
        .fetch_all(&mut *old)
        .await
        .unwrap();
        let columns = columns.join(", ");
        let copy =
            format!("INSERT INTO main.{table} ({columns}) SELECT {columns} FROM today.{table}");
        execute(old, &copy).await;
    }
}

/// The letters that are left elsewhere than the night brought them, and the way
/// their histories tell.
const PATHS: [(i64, &[&str]); 9] = [
    (1, &["numbered", "rendered", "archived", "released", "sent"]),
    (
        2,
        &["numbered", "rendered", "archived", "released", "unknown"],
    ),
    (
        3,
        &["numbered", "rendered", "archived", "released", "failed"],
    ),
    (4, &["numbered", "rendered", "archived", "released"]),
    (6, &["numbered", "rendered", "archived", "released"]),
    (8, &["numbered", "rendered", "archived"]),
    (10, &["numbered", "rendered"]),
    (11, &["numbered", "parked"]),
    (14, &["approved"]),
];

/// Makes a letter's history lead to where it was left.
async fn lead_to(old: &mut SqliteConnection, id: i64, path: &[&str]) {
    let later = format!("DELETE FROM audit WHERE letter_id = {id} AND to_state <> 'queued'");
    execute(old, &later).await;
    let mut from = "queued";
    for to in path {
        let line = format!(
            "INSERT INTO audit (at, letter_id, actor, from_state, to_state)
             SELECT coalesce(approved_at, queued_at), id, coalesce(approved_by, 'night'),
                    '{from}', '{to}'
             FROM letter WHERE id = {id}"
        );
        execute(old, &line).await;
        from = to;
    }
}

/// The same workspace as the older program would have left it, with a letter
/// in each state.
fn older() -> Workspace {
    let workspace = worked_in();
    let folder = workspace.path("migrations");
    fs::create_dir_all(&folder).unwrap();
    for entry in fs::read_dir(root().join("src/store/sqlite/migrations")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name < AFTER {
            fs::copy(&path, folder.join(name)).unwrap();
        }
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let options = SqliteConnectOptions::new()
            .filename(workspace.path("out/older.db"))
            .create_if_missing(true)
            .foreign_keys(false);
        let mut old = options.connect().await.unwrap();
        let migrator = sqlx::migrate::Migrator::new(folder).await.unwrap();
        migrator.run_direct(None, &mut old, false).await.unwrap();
        let today = workspace.path("out/yobin.db");
        execute(&mut old, &format!("ATTACH '{}' AS today", today.display())).await;
        copy_rows(&mut old).await;
        for statement in [
            // A mail and its hand-over stood in the letter's row.
            "UPDATE letter SET state = 'sent', message_id = '<1@kenpo.example.jp>',
                    handover_at = '2026-11-22T12:00:00+09:00' WHERE id = 1",
            "UPDATE letter SET state = 'unknown', message_id = '<2@kenpo.example.jp>',
                    handover_at = '2026-11-22T12:00:00+09:00',
                    reason = '結果が分かりません。', next_step = '確かめてください。' WHERE id = 2",
            "UPDATE letter SET state = 'failed', resume_state = 'released', message_id = NULL,
                    handover_at = NULL, reason = '宛先がありません。',
                    next_step = 'yobin retry で再開してください。' WHERE id = 3",
            "UPDATE letter SET state = 'released', message_id = '<4@kenpo.example.jp>',
                    handover_at = '2026-11-22T12:00:00+09:00' WHERE id = 4",
            "UPDATE letter SET state = 'released' WHERE id = 6",
            "UPDATE letter SET state = 'archived' WHERE id = 8",
            "UPDATE letter SET state = 'rendered' WHERE id = 10",
            "UPDATE letter SET state = 'parked', resume_state = 'numbered',
                    reason = '記録を読めません。', next_step = '調べてください。' WHERE id = 11",
            "UPDATE letter SET state = 'approved', approved_by = '鈴木',
                    approved_at = '2026-11-23T12:00:00+09:00' WHERE id = 14",
            "INSERT INTO member_flag
             VALUES ('M0000099', 'undeliverable', 3, '佐藤', '2026-11-22T12:00:00+09:00')",
            "INSERT INTO member_flag_audit (at, member_key, flag, act, actor)
             VALUES ('2026-11-22T12:00:00+09:00', 'M0000099', 'undeliverable', 'set', '佐藤')",
        ] {
            execute(&mut old, statement).await;
        }
        for (id, path) in PATHS {
            lead_to(&mut old, id, path).await;
        }
        execute(&mut old, "DETACH today").await;
        old.close().await.unwrap();
    });
    for ending in ["-wal", "-shm"] {
        drop(fs::remove_file(
            workspace.path(format!("out/yobin.db{ending}")),
        ));
    }
    fs::rename(
        workspace.path("out/older.db"),
        workspace.path("out/yobin.db"),
    )
    .unwrap();
    drop(fs::remove_dir_all(workspace.path("out/mail")));
    // The older program kept nothing outside the database, and its reports did
    // not name the workspace.
    fs::remove_file(workspace.path("yobin-marks.json")).unwrap();
    let report = workspace.path("out/reports/2026-11-22.txt");
    let text = fs::read_to_string(&report).unwrap();
    let (text, _) = text.split_once("作業フォルダーの識別番号").unwrap();
    fs::write(report, text).unwrap();
    workspace
}

#[test]
fn an_older_workspace_is_read_whole_and_its_night_goes_on() {
    let workspace = older();
    let before = [
        "sent",
        "unknown",
        "failed",
        "released",
        "filed",
        "released",
        "unposted",
        "archived",
        "numbered",
        "rendered",
        "parked",
        "numbered",
        "queued",
        "approved",
        "held",
        "cancelled",
        "queued",
    ];
    // The second time nothing is left to bring up to date.
    for _ in 0..2 {
        assert_eq!(states(&workspace), before);
    }
    for letter in workspace.letters() {
        let id = letter["id"].as_str().unwrap();
        let page = workspace.ok(&["show", id]);
        assert!(page.contains("2026年11月2"), "{page}");
        let whole: Value = serde_json::from_str(&workspace.ok(&["show", id, "--json"])).unwrap();
        // A list tells beside it whom the letter is of.
        for (field, value) in whole["letter"].as_object().unwrap() {
            assert_eq!(letter[field], *value, "{field}");
        }
    }
    let failed = workspace.ok(&["show", &id(&workspace, 2)]);
    assert!(failed.contains("宛先がありません。"), "{failed}");
    let proof = workspace.ok(&["verify"]);
    assert!(proof.contains("台帳 8件、PDF 8件"), "{proof}");
    let requests = workspace.ok(&["request", "list", "--all"]);
    for word in ["受第26-911号", "受第26-921号", "終了(取下げ)"] {
        assert!(requests.contains(word), "{word}\n{requests}");
    }
    workspace.ok(&["request", "show", "受第26-911号"]);
    let notice = workspace.ok(&["notice", "list"]);
    assert!(notice.contains("公表中"), "{notice}");
    let report = workspace.yobin(&["report", "2026-11-22"]);
    let told = format!("{}{}", report.out, report.err);
    assert!(told.contains("受付  8件"), "{told}");
    let note = [
        "restricted",
        "show",
        &id(&workspace, 16),
        "--identity",
        "key",
        "--as",
        "鈴木",
    ];
    assert!(workspace.ok(&note).contains(NOTE));

    workspace.exits(2, &["run", "--now", NEXT_NOON]);
    let mut after = before;
    // Its hand-over had begun, and nobody knows how it ended.
    after[3] = "unknown";
    for (place, state) in [
        (5, "filed"),
        (7, "unposted"),
        (8, "filed"),
        (9, "filed"),
        (11, "filed"),
    ] {
        after[place] = state;
    }
    assert_eq!(states(&workspace), after);
    assert_eq!(workspace.recipients(), [""; 0]);
    let proof = workspace.ok(&["verify"]);
    assert!(proof.contains("台帳 11件、PDF 11件"), "{proof}");

    // What waited joins the next night, and what is said of letters is kept.
    workspace.exits(2, &["run", "--now", THIRD_NOON]);
    for (place, state) in [(12, "filed"), (13, "filed"), (16, "written")] {
        after[place] = state;
    }
    assert_eq!(states(&workspace), after);
    let confirm = ["confirm", &id(&workspace, 1), "--delivered", "--as", "鈴木"];
    workspace.ok(&[&confirm[..], &["--now", THIRD_NOON]].concat());
    let retry = ["retry", &id(&workspace, 2), "--as", "鈴木"];
    workspace.ok(&[&retry[..], &["--now", THIRD_NOON]].concat());
    assert_eq!(states(&workspace)[1..3], ["sent", "released"]);
    workspace.ok(&["verify"]);
}
