//! Why a letter stopped is kept as data; its words are made where it is
//! shown, and no row of the database names a command.

use std::fs;

use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, SqliteConnection};

use crate::as_queued::tamper;
use crate::flags::{flag, queue, request_of, sample};
use crate::harness::{NEXT_NOON, Workspace, copy_folder, root};
use crate::mail_server::{At, Does, MailServer};

fn read<T>(workspace: &Workspace, work: impl AsyncFnOnce(&mut SqliteConnection) -> T) -> T {
    let options = SqliteConnectOptions::new().filename(workspace.path("out/yobin.db"));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut conn = options.connect().await.unwrap();
        work(&mut conn).await
    })
}

/// Every value of every table, as text, with its column.
async fn every_value(conn: &mut SqliteConnection) -> Vec<(String, String)> {
    let columns: Vec<(String, String)> = sqlx::query_as(
        "SELECT own.name, part.name FROM sqlite_schema AS own, pragma_table_info(own.name) AS part
         WHERE own.type = 'table'",
    )
    .fetch_all(&mut *conn)
    .await
    .unwrap();
    let mut values = Vec::new();
    for (table, column) in columns {
        let cells: Vec<Option<Vec<u8>>> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
            "SELECT CAST(\"{column}\" AS BLOB) FROM \"{table}\""
        )))
        .fetch_all(&mut *conn)
        .await
        .unwrap();
        values.extend(cells.into_iter().flatten().map(|cell| {
            let text = String::from_utf8_lossy(&cell).into_owned();
            (format!("{table}.{column}"), text)
        }));
    }
    values
}

/// Holds that the letters that stand stopped were stopped for these reasons,
/// and that nothing in the database names a command.
fn assert_kept_as_data(workspace: &Workspace, expected: &[&str]) {
    let (mut kinds, values): (Vec<String>, _) = read(workspace, async |conn| {
        let kept: Vec<(Option<String>, Option<String>)> = sqlx::query_as(
            "SELECT reason, next_step FROM letter WHERE state IN ('parked', 'failed', 'unknown')",
        )
        .fetch_all(&mut *conn)
        .await
        .unwrap();
        let kinds = kept
            .into_iter()
            .map(|(reason, next_step)| {
                assert_eq!(next_step, None);
                match serde_json::from_str(&reason.unwrap()).unwrap() {
                    Value::String(kind) => kind,
                    Value::Object(kind) => kind.keys().next().unwrap().clone(),
                    other => panic!("{other}"),
                }
            })
            .collect();
        (kinds, every_value(conn).await)
    });
    kinds.sort();
    kinds.dedup();
    assert_eq!(kinds, expected);
    assert!(values.len() > 100, "only {} values", values.len());
    for (column, value) in values {
        assert!(!value.contains("yobin "), "{column}: {value}");
        assert!(!value.contains(" --"), "{column}: {value}");
    }
    // The words for it do.
    for letter in workspace.letters() {
        if ["parked", "failed", "unknown"].contains(&letter["state"].as_str().unwrap()) {
            let told = letter["next_step"].as_str().unwrap();
            assert!(told.contains("yobin "), "{told}");
        }
    }
}

#[test]
fn letters_the_mail_server_stops_name_no_command_in_their_rows() {
    let server = MailServer::start(false);
    let workspace = Workspace::with_settings(&format!(
        "approval = \"none\"\n[render]\nworkers = 1\n[delivery]\nretry_seconds = []\n{}",
        server.settings()
    ));
    workspace.queue_plain(6, 6);
    server.behave(&[(At::Dot, Does::Drops)]);
    workspace.exits(2, &["run"]);
    assert_kept_as_data(&workspace, &["answer_lost"]);
    let waiting = workspace.letters_in("released");
    let id = |letter: &Value| letter["id"].as_str().unwrap().to_owned();
    assert_eq!(waiting.len(), 3);
    let unknown: Vec<String> = workspace.letters_in("unknown").iter().map(id).collect();
    for letter in &unknown {
        workspace.ok(&["confirm", "--delivered", letter]);
    }

    // What is put off says nothing in its row: it goes on by itself.
    server.behave(&[(At::Rcpt, Does::Says(b"451 later\r\n"))]);
    workspace.exits(2, &["run"]);
    assert_kept_as_data(&workspace, &[]);
    server.behave(&[(At::Rcpt, Does::Says(b"550 5.1.1 nobody there\r\n"))]);
    workspace.exits(2, &["run"]);
    assert_kept_as_data(&workspace, &["mail_rejected"]);

    // As of a mail of which nobody kept who took it.
    let taken = format!(
        "UPDATE letter SET handed_to = NULL, state = 'unknown' WHERE state = 'sent' AND id = {}",
        &unknown[0][1..7]
    );
    tamper(&workspace, &taken);
    workspace.ok(&["confirm", "--delivered", &unknown[0]]);
    workspace.ok(&["confirm", "--not-delivered", &unknown[0]]);
    let expected = ["arrival_taken_back", "mail_rejected"];
    assert_kept_as_data(&workspace, &expected);

    // Nothing speaks to it at all.
    workspace.ok(&["retry", "--failed-of", "2026-11-22"]);
    server.behave(&[(At::Greeting, Does::Says(b"554 closed\r\n"))]);
    workspace.exits(2, &["run"]);
    assert_kept_as_data(&workspace, &["arrival_taken_back"]);
    assert_eq!(workspace.letters_in("released").len(), 3);
}

#[test]
fn letters_that_cannot_be_made_name_no_command_in_their_rows() {
    let workspace = Workspace::new();
    copy_folder(&root().join("templates"), &workspace.path("templates"));
    workspace.settings("approval = \"none\"\ntemplates = \"templates\"\n");
    let template = workspace.path("templates/letters/acknowledgement/letter.typ");
    let shipped = fs::read_to_string(&template).unwrap();
    let conduct = "\n#import \"/lib/data.typ\": field\n\
                   #if field(\"addressee_name\") == \"見本 太郎1\" { panic(\"いけません\") }\n\
                   #if field(\"addressee_name\") == \"見本 太郎2\" [한]\n";
    fs::write(&template, format!("{shipped}{conduct}")).unwrap();
    workspace.queue_plain(3, 0);
    tamper(
        &workspace,
        "UPDATE letter_record SET record = json_remove(record, '$.requested_content')
         WHERE letter_id = 3",
    );
    let letter = sample(
        "acknowledgement/received",
        json!({"delivery": "post", "mail_address": null}),
    );
    let request = request_of(&letter, json!({"member_key": "M-200"}));
    let file = workspace.file("requests.jsonl", request.to_string());
    workspace.ok(&["request", "add", file.to_str().unwrap(), "--as", "佐藤"]);
    queue(&workspace, &[letter]);
    flag(&workspace, &["M-200,送付停止,登録"]);
    workspace.exits(2, &["run"]);
    let number = request["receipt_number"].as_str().unwrap();
    let shown = workspace.ok(&["request", "show", number, "--json"]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let letter = &shown["letters"][0];
    assert_eq!(
        letter["reason"],
        "この加入者(請求の本人又は宛先の方を含みます)について、受付のときに分からなかった「送付停止」の登録があるため、送っていません。"
    );
    let next_step = letter["next_step"].as_str().unwrap();
    assert!(
        next_step.starts_with("送付先を確かめてください。"),
        "{next_step}"
    );
    let expected = [
        "characters_missing",
        "kept_back",
        "record_changed",
        "template_refused",
    ];
    assert_kept_as_data(&workspace, &expected);

    // The kind is taken away before a further letter of it is made.
    fs::write(&template, shipped).unwrap();
    workspace.queue_plain(9, 0);
    fs::rename(
        workspace.path("templates/letters/acknowledgement"),
        workspace.path("elsewhere"),
    )
    .unwrap();
    workspace.exits(2, &["run", "--now", NEXT_NOON]);
    let kept: Vec<String> = read(&workspace, async |conn| {
        sqlx::query_scalar("SELECT reason FROM letter WHERE batch_date = '2026-11-23'")
            .fetch_all(&mut *conn)
            .await
            .unwrap()
    });
    assert!(!kept.is_empty());
    for reason in kept {
        assert_eq!(reason, r#"{"kind_gone":{"kind":"acknowledgement"}}"#);
    }
}

#[test]
fn a_lost_pdf_and_an_interrupted_hand_over_name_no_command_in_their_rows() {
    let server = MailServer::start(false);
    let workspace = Workspace::with_settings(&format!(
        "approval = \"none\"\n[render]\nworkers = 1\n[delivery]\nretry_seconds = []\n{}",
        server.settings()
    ));
    workspace.queue_plain(2, 2);
    server.behave(&[(At::Rcpt, Does::Says(b"550 no\r\n"))]);
    workspace.exits(2, &["run"]);
    workspace.ok(&["retry", "--failed-of", "2026-11-22"]);
    server.behave(&[]);
    // Neither the pages nor what they were set from.
    fs::remove_dir_all(workspace.path("out/archive/pdf")).unwrap();
    tamper(
        &workspace,
        "UPDATE letter SET set_sha256 = 'gone' WHERE set_sha256 IS NOT NULL",
    );
    let told = workspace.exits(2, &["run"]);
    assert!(
        told.contains("作り直すこともできませんでした(保存した書簡のファイル gone がありません。yobin verify で調べ、控えから戻してください。)"),
        "{told}"
    );
    assert_kept_as_data(&workspace, &["pdf_lost"]);

    let workspace = Workspace::new();
    workspace.queue_plain(1, 1);
    let running = workspace.start_until(&["run", "--stop-at", "handed-over"], "stopped at");
    running.kill();
    workspace.take_mails();
    workspace.exits(2, &["run"]);
    assert_kept_as_data(&workspace, &["handover_interrupted"]);
    let told = workspace.ok(&["show", "L000001B"]);
    assert!(
        told.contains("ファイルに書き出す途中で処理が止まった"),
        "{told}"
    );
}

/// The same words wherever somebody looks, also of a row an earlier version
/// wrote.
#[test]
fn a_reason_reads_the_same_everywhere_and_as_an_earlier_version_kept_it() {
    let workspace = Workspace::with_settings("approval = \"required\"\n");
    workspace.queue_plain(2, 2);
    for letter in ["L000001B", "L000002C"] {
        workspace.ok(&["approve", letter, "--as", "鈴木"]);
    }
    tamper(
        &workspace,
        "UPDATE letter_record SET record = json_set(record, '$.addressee_name', '例示 花子')",
    );
    workspace.exits(2, &["run"]);
    let words = (
        "届いたか分かりません。".to_owned(),
        "yobin confirm --delivered で記録してください。".to_owned(),
    );
    tamper(
        &workspace,
        &format!(
            "UPDATE letter SET reason = '{}', next_step = '{}' WHERE id = 2",
            words.0, words.1
        ),
    );
    let report = workspace.exits(2, &["report", "2026-11-22"]);
    // Made before the second letter's words were put there.
    let page = fs::read_to_string(workspace.path("out/reports/2026-11-22.html")).unwrap();
    let letters = workspace.letters();
    for field in ["reason", "next_step"] {
        let told = letters[0][field].as_str().unwrap();
        assert!(page.contains(told), "{page}");
    }
    for (letter, id) in letters.iter().zip(["L000001B", "L000002C"]) {
        let text = |field: &str| letter[field].as_str().unwrap().to_owned();
        let (reason, next_step) = (text("reason"), text("next_step"));
        let expected = match id {
            "L000002C" => words.clone(),
            _ => (
                "保存されている記録が、受け付けたときのものと違います。承認の後に書き換えられたか、壊れた恐れがあるため、作っていません(送っていません)。".to_owned(),
                "責任者に知らせ、データベースを書き換えた人がいないか、ディスクに異常がないかを確かめてください。記録番号を変えた正しい記録を新しく受け付け、この書簡は yobin cancel で取り消してください。控えから元の記録に戻したときは、yobin retry を実行してください。".to_owned(),
            ),
        };
        assert_eq!((reason.clone(), next_step.clone()), expected);
        let shown = workspace.ok(&["show", id]);
        assert!(
            shown.contains(&format!("  理由      {reason}\n")),
            "{shown}"
        );
        assert!(
            shown.contains(&format!("  次の手順  {next_step}\n")),
            "{shown}"
        );
        let json: Value = serde_json::from_str(&workspace.ok(&["show", id, "--json"])).unwrap();
        assert_eq!(json["letter"]["reason"], reason.as_str());
        assert_eq!(json["letter"]["next_step"], next_step.as_str());
        assert!(
            report.contains(&reason) && report.contains(&next_step),
            "{report}"
        );
    }
    // Once it is mended, nothing is told of it any more.
    workspace.ok(&["retry", "L000002C", "--as", "佐藤"]);
    let letter = &workspace.letters()[1];
    assert_eq!(
        (&letter["reason"], &letter["next_step"]),
        (&Value::Null, &Value::Null)
    );
    let keys: Vec<&String> = letter.as_object().unwrap().keys().collect();
    assert!(keys.contains(&&"reason".to_owned()) && keys.contains(&&"next_step".to_owned()));
}
