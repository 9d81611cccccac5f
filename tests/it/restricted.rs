//! Data whose existence must not be revealed: a letter with a restricted note
//! is the letter without one, and only the key's holder can tell.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{ConnectOptions as _, Connection as _, Row as _, SqliteConnection, ValueRef as _};

use crate::harness::{Workspace, copy_folder, files_below, root, society};

/// Words that occur nowhere but in the notes of these tests.
const REASON: &str = "避難先の医療機関名が知られる秘匿事情";
const CODE: &str = "GATE_16_4_1";
const LABEL: &str = "生命・身体・財産への危害";

/// A workspace with a society of its own whose person in charge has a key.
fn with_key() -> (Workspace, String) {
    let workspace = Workspace::with_settings("approval = \"none\"\nsociety = \"society\"\n");
    copy_folder(society(), &workspace.path("society"));
    let told = workspace.ok(&["restricted", "keygen", "-o", "key"]);
    let (_, table) = told.split_once("[restricted]").unwrap();
    appoint(&workspace, table.trim());
    (workspace, table.trim().to_owned())
}

/// Writes the line `keygen` printed into the profile.
fn appoint(workspace: &Workspace, line: &str) {
    let path = workspace.path("society/profile.toml");
    let mut profile = fs::read_to_string(&path).unwrap();
    profile.push_str(&format!("\n[restricted]\n{line}\n"));
    fs::write(path, profile).unwrap();
}

fn nonexistent(changes: Value) -> Value {
    let path = root().join("templates/letters/disclosure-decision/samples/nonexistent.json");
    let mut record: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    record["delivery"] = "mail".into();
    record["mail_address"] = "mihon@example.jp".into();
    for (key, value) in changes.as_object().unwrap() {
        record[key] = value.clone();
    }
    record
}

fn noted() -> Value {
    nonexistent(json!({"restricted_ground": CODE, "restricted_reason": REASON}))
}

fn plain() -> Value {
    nonexistent(json!({}))
}

/// Writes records to a file and returns its name.
fn source(workspace: &Workspace, name: &str, records: &[Value]) -> String {
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    let path = workspace.file(name, lines.join("\n"));
    path.to_str().unwrap().to_owned()
}

fn queue(workspace: &Workspace, records: &[Value]) {
    let file = source(workspace, "in.jsonl", records);
    workspace.ok(&["queue", &file, "--as", "佐藤"]);
    fs::remove_file(file).unwrap();
}

/// Opens the database behind the program's back.
fn with_database<T>(workspace: &Workspace, act: impl AsyncFnOnce(&mut SqliteConnection) -> T) -> T {
    let options = SqliteConnectOptions::new().filename(workspace.path("out/yobin.db"));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut connection = options.connect().await.unwrap();
        let result = act(&mut connection).await;
        connection.close().await.unwrap();
        result
    })
}

/// A text without what was drawn at random for the first letter's mail.
fn undrawn(workspace: &Workspace, text: &str) -> String {
    text.replace(&workspace.message_token(1), "…")
}

/// Every row of every table, a line each; of the ciphertexts their length.
fn rows(workspace: &Workspace) -> BTreeMap<String, Vec<String>> {
    let drawn = workspace.message_token(1);
    with_database(workspace, async |connection| {
        let tables: Vec<String> = sqlx::query_scalar(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_sqlx%' ESCAPE '\\'",
        )
        .fetch_all(&mut *connection)
        .await
        .unwrap();
        let mut all = BTreeMap::new();
        for table in tables {
            let query = format!("SELECT * FROM {table}");
            let rows = sqlx::query(sqlx::AssertSqlSafe(query))
                .fetch_all(&mut *connection)
                .await
                .unwrap();
            let hidden = table == "restricted_note";
            let lines = rows
                .iter()
                .map(|row| line(row, hidden).replace(&drawn, "…"));
            all.insert(table, lines.collect());
        }
        all
    })
}

fn line(row: &SqliteRow, hidden: bool) -> String {
    let cells = (0..row.len()).map(|column| {
        let raw = row.try_get_raw(column).unwrap();
        if raw.is_null() {
            "NULL".to_owned()
        } else if hidden && column > 0 {
            // The length by chance of a header, and the ciphertext.
            row.try_get::<Vec<u8>, _>(column)
                .map_or("used".to_owned(), |bytes| format!("{} bytes", bytes.len()))
        } else {
            row.try_get_unchecked::<String, _>(column)
                .unwrap_or_else(|_| hex::encode(row.get_unchecked::<Vec<u8>, _>(column)))
        }
    });
    cells.collect::<Vec<_>>().join("|")
}

fn ciphertexts(workspace: &Workspace) -> Vec<Vec<u8>> {
    with_database(workspace, async |connection| {
        sqlx::query_scalar("SELECT encrypted FROM restricted_note ORDER BY letter_id")
            .fetch_all(connection)
            .await
            .unwrap()
    })
}

/// Name and content of every file below `out` but the database.
fn made(workspace: &Workspace) -> BTreeMap<PathBuf, Vec<u8>> {
    let out = workspace.path("out");
    files_below(&out)
        .into_iter()
        .filter(|path| !path.to_string_lossy().contains("yobin.db"))
        .map(|path| {
            let bytes = fs::read(&path).unwrap();
            let name = path.strip_prefix(&out).unwrap().to_string_lossy();
            (undrawn(workspace, &name).into(), bytes)
        })
        .collect()
}

/// A workspace whose letter has a note, one whose letter has none, and what
/// each of them says of its night.
fn with_and_without() -> (Workspace, Workspace, Vec<[String; 5]>) {
    let (with, line) = with_key();
    let without = Workspace::with_settings("approval = \"none\"\nsociety = \"society\"\n");
    copy_folder(society(), &without.path("society"));
    appoint(&without, &line);
    // Each is the workspace of the same name, which every report tells.
    without.stays_unmade();
    copy_folder(&with.path("out"), &without.path("out"));
    let marks = "yobin-marks.json";
    fs::copy(with.path(marks), without.path(marks)).unwrap();
    queue(&with, &[noted()]);
    queue(&without, &[plain()]);
    let told = [&with, &without]
        .map(|workspace| {
            [
                workspace.ok(&["run"]),
                workspace.ok(&["list", "--json"]),
                workspace.ok(&["show", "L000001B", "--json"]),
                workspace.ok(&["verify"]),
                workspace.ok(&["reproduce", "L000001B"]),
            ]
            .map(|told| undrawn(workspace, &told))
        })
        .into();
    (with, without, told)
}

/// The seconds in which anything was done.
fn seconds(workspace: &Workspace) -> Vec<String> {
    with_database(workspace, async |connection| {
        sqlx::query_scalar(
            "SELECT at FROM audit
             UNION ALL SELECT opened_at FROM batch
             UNION ALL SELECT coalesce(closed_at, '') FROM batch
             UNION ALL SELECT due_at FROM night_step
             UNION ALL SELECT coalesce(done_at, '') FROM night_step",
        )
        .fetch_all(connection)
        .await
        .unwrap()
    })
}

#[test]
fn a_letter_with_a_note_is_outwardly_the_letter_without_one() {
    // On a busy machine one of them may take a second more, which every stamp
    // and the report tell: only what was done in the same seconds compares.
    let (with, without, told) = (0..20)
        .map(|_| with_and_without())
        .find(|(with, without, _)| seconds(with) == seconds(without))
        .unwrap();
    assert_eq!(told[0], told[1]);
    assert!(
        told[0][2].contains("\"state\": \"written\""),
        "{}",
        told[0][2]
    );
    assert!(!told[0][2].contains("restricted"), "{}", told[0][2]);

    // Pages, mail, reports: the same names and the same bytes.
    let (one, other) = (made(&with), made(&without));
    let names: Vec<&PathBuf> = one.keys().collect();
    assert_eq!(names, other.keys().collect::<Vec<_>>());
    for ending in ["pdf", "eml", "html", "json"] {
        let there = names
            .iter()
            .any(|name| name.extension().is_some_and(|e| e == ending));
        assert!(there, "no .{ending} in {names:?}");
    }
    for (name, bytes) in &one {
        if name.extension().is_some_and(|ending| ending == "eml") {
            let mail = |workspace, bytes: &[u8]| undrawn(workspace, &without_boundary(bytes));
            assert_eq!(mail(&with, bytes), mail(&without, &other[name]));
        } else {
            assert!(*bytes == other[name], "{} differs", name.display());
        }
    }

    // The database: every row of every table, and the room the rows take.
    let (one, other) = (rows(&with), rows(&without));
    assert_eq!(one, other);
    assert_eq!(one["restricted_note"], ["1|used|33792 bytes|64 bytes"]);
    assert!(one["letter_record"][0].contains("見本 太郎"));
    let size = |workspace: &Workspace| fs::metadata(workspace.path("out/yobin.db")).unwrap().len();
    assert_eq!(size(&with), size(&without));
    assert_ne!(ciphertexts(&with), ciphertexts(&without));
}

/// A mail without the random boundary between its parts.
fn without_boundary(mail: &[u8]) -> String {
    let text = String::from_utf8(mail.to_vec()).unwrap();
    let (_, after) = text.split_once("boundary=\"").unwrap();
    let (boundary, _) = after.split_once('"').unwrap();
    text.replace(boundary, "…")
}

/// Demands that no file below a folder holds anything of the note, nor the
/// hash of the file it came in.
fn assert_no_trace(folder: &Path, file_sha256: &str) {
    let mut names = Vec::new();
    for path in files_below(folder) {
        let bytes = fs::read(&path).unwrap();
        for word in [REASON, CODE, LABEL, file_sha256] {
            let found = bytes
                .windows(word.len())
                .any(|part| part == word.as_bytes());
            assert!(!found, "{word} in {}", path.display());
        }
        names.push(path.file_name().unwrap().to_string_lossy().into_owned());
    }
    assert!(names.iter().any(|name| name == "yobin.db"), "{names:?}");
}

#[test]
fn nothing_of_a_note_is_left_anywhere() {
    let (workspace, _) = with_key();
    workspace.ok(&["list"]);
    let file = source(&workspace, "in.jsonl", &[noted()]);
    let sha256 = hex::encode(Sha256::digest(fs::read(&file).unwrap()));
    let out = workspace.path("out");
    let loud = |args: &[&str]| {
        let output = workspace
            .command(args)
            .env("YOBIN_LOG", "trace")
            .output()
            .unwrap();
        assert!(output.status.success(), "{args:?}");
        let told = [output.stdout, output.stderr].concat();
        let told = String::from_utf8(told).unwrap();
        for word in [REASON, CODE, LABEL] {
            assert!(
                !told.contains(word),
                "{word} in what {args:?} says:\n{told}"
            );
        }
        assert_no_trace(&out, &sha256);
        told
    };
    // While somebody else has the database open, the write-ahead log stays.
    with_database(&workspace, async |connection| {
        let _: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM letter")
            .fetch_one(connection)
            .await
            .unwrap();
        loud(&["queue", &file, "--as", "佐藤"]);
        let log = fs::metadata(out.join("yobin.db-wal")).unwrap();
        assert!(log.len() > 33_792, "{}", log.len());
    });
    let log = loud(&["run"]);
    assert!(log.contains("batch closed"), "{log}");
    loud(&["show", "L000001B"]);
    loud(&["show", "L000001B", "--json"]);
    loud(&["list", "--json"]);
    loud(&["report"]);
    loud(&["verify"]);
    loud(&["reproduce", "L000001B"]);
}

#[test]
fn a_preview_shows_nothing_of_a_note() {
    let (workspace, _) = with_key();
    for (name, record) in [("with", noted()), ("without", plain())] {
        let file = source(&workspace, &format!("{name}.json"), &[record]);
        let page = format!("{name}.pdf");
        workspace.ok(&["preview", "disclosure-decision", &file, "-o", &page]);
    }
    let with = fs::read(workspace.path("with.pdf")).unwrap();
    assert!(with == fs::read(workspace.path("without.pdf")).unwrap());
}

fn show_note(workspace: &Workspace, letter: &str) -> String {
    workspace.ok(&[
        "restricted",
        "show",
        letter,
        "--identity",
        "key",
        "--as",
        "鈴木",
    ])
}

/// A letter's history without its times.
fn history(workspace: &Workspace, letter: &str) -> Vec<Value> {
    let shown = workspace.ok(&["show", letter, "--json"]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let mut rows = shown["history"].as_array().unwrap().clone();
    for row in &mut rows {
        row["at"] = Value::Null;
    }
    rows
}

#[test]
fn only_the_key_opens_a_note_and_every_opening_is_entered_alike() {
    let (workspace, _) = with_key();
    let other = nonexistent(json!({"receipt_number": "受第26-999号"}));
    queue(&workspace, &[noted(), other]);
    let told = show_note(&workspace, "L000001B");
    for word in [REASON, LABEL, "令第5条第1号", "佐藤"] {
        assert!(told.contains(word), "{word}\n{told}");
    }
    let told = show_note(&workspace, "L000002C");
    assert!(told.contains("非公開の記録はありません"), "{told}");
    assert_eq!(
        history(&workspace, "L000001B"),
        history(&workspace, "L000002C")
    );
    let last = history(&workspace, "L000001B").pop().unwrap();
    assert_eq!(last["actor"], "鈴木");
    assert_eq!(last["note"], "restricted note opened");
    let told = workspace.ok(&["show", "L000001B"]);
    assert!(told.contains("非公開の記録の欄を開く  鈴木"), "{told}");

    // Reading again works: what was encrypted anew is the same note.
    assert!(show_note(&workspace, "L000001B").contains(REASON));

    workspace.ok(&["restricted", "keygen", "-o", "another"]);
    let before = history(&workspace, "L000001B");
    let told = workspace.exits(
        1,
        &[
            "restricted",
            "show",
            "L000001B",
            "--identity",
            "another",
            "--as",
            "鈴木",
        ],
    );
    assert!(told.contains("この鍵では開けません"), "{told}");
    // Whoever tries is known, and nothing else changed.
    let mut after = history(&workspace, "L000001B");
    let tried = after.pop().unwrap();
    assert_eq!(tried["actor"], "鈴木");
    assert_eq!(tried["note"], "restricted note not opened");
    assert_eq!(after, before);
    let told = workspace.ok(&["show", "L000001B"]);
    assert!(
        told.contains("非公開の記録の欄を開こうとした(開けない鍵)  鈴木"),
        "{told}"
    );
    assert!(show_note(&workspace, "L000001B").contains(REASON));
}

#[test]
fn every_try_to_open_a_note_leaves_the_same_trace() {
    let (workspace, _) = with_key();
    let other = nonexistent(json!({"receipt_number": "受第26-999号"}));
    queue(&workspace, &[noted(), other]);
    workspace.ok(&["restricted", "keygen", "-o", "another"]);
    workspace.file("note.json", r#"{"restricted_reason": "見本の理由"}"#);
    let no_key = workspace.file("no-key", "# 鍵ではありません\n");
    for letter in ["L000001B", "L000002C"] {
        let show = [
            "restricted",
            "show",
            letter,
            "--identity",
            "another",
            "--as",
            "佐藤",
        ];
        let add = [
            "restricted",
            "add",
            letter,
            "--file",
            "note.json",
            "--identity",
            "another",
            "--as",
            "高橋",
        ];
        workspace.exits(1, &show);
        workspace.exits(1, &show);
        workspace.exits(1, &add);
        // A file that holds no key opens nothing and tries nothing.
        let no_key = no_key.to_str().unwrap();
        workspace.exits(
            1,
            &[
                "restricted",
                "show",
                letter,
                "--identity",
                no_key,
                "--as",
                "佐藤",
            ],
        );
    }
    let with_note = history(&workspace, "L000001B");
    assert_eq!(with_note, history(&workspace, "L000002C"));
    let tried: Vec<&str> = with_note
        .iter()
        .filter(|row| row["note"] == "restricted note not opened")
        .map(|row| row["actor"].as_str().unwrap())
        .collect();
    assert_eq!(tried, ["佐藤", "佐藤", "高橋"]);
    assert!(show_note(&workspace, "L000001B").contains(REASON));
}

#[test]
fn adding_a_note_leaves_the_traces_of_reading_one() {
    let (workspace, _) = with_key();
    let other = nonexistent(json!({"receipt_number": "受第26-999号"}));
    queue(&workspace, &[plain(), other]);
    let before = ciphertexts(&workspace);
    let note =
        json!({"非公開の根拠": format!("令第5条第1号（{LABEL}）"), "restricted_reason": REASON});
    let file = source(&workspace, "note.json", &[note]);
    let add = |letter: &str, file: &str| {
        let args = [
            "restricted",
            "add",
            letter,
            "--file",
            file,
            "--identity",
            "key",
            "--as",
            "鈴木",
        ];
        workspace.yobin(&args)
    };
    let done = add("L000001B", &file);
    assert_eq!(done.code, Some(0), "{}", done.err);
    show_note(&workspace, "L000002C");
    assert_eq!(
        history(&workspace, "L000001B"),
        history(&workspace, "L000002C")
    );
    let after = ciphertexts(&workspace);
    for (before, after) in before.iter().zip(&after) {
        assert_ne!(before, after);
        assert_eq!(before.len(), after.len());
    }
    let told = show_note(&workspace, "L000001B");
    for word in [REASON, LABEL, "鈴木"] {
        assert!(told.contains(word), "{word}\n{told}");
    }
    assert!(show_note(&workspace, "L000002C").contains("ありません"));

    for (note, word) in [
        (json!({"restricted_reason": REASON}), "根拠がありません"),
        (
            json!({"restricted_ground": "GATE_REC_1"}),
            "令第5条の号から",
        ),
        (json!({"restricted_ground": "GATE_99"}), "令第5条の号から"),
        (
            json!({"restricted_ground": CODE, "restricted_reason": "長".repeat(2001)}),
            "2000文字以内",
        ),
        (json!({"reason": REASON}), "非公開の項目ではない"),
        (json!({}), "1つも書かれていません"),
    ] {
        let file = source(&workspace, "note.json", std::slice::from_ref(&note));
        let done = add("L000001B", &file);
        assert_eq!(done.code, Some(1), "{note}");
        assert!(done.err.contains(word), "{note}\n{}", done.err);
        assert!(
            !done.err.contains(REASON) && !done.err.contains("GATE_"),
            "{}",
            done.err
        );
    }
    assert_eq!(show_note(&workspace, "L000001B"), told);
}

#[test]
fn the_same_record_with_another_note_is_not_dropped_in_silence() {
    let (workspace, _) = with_key();
    queue(&workspace, &[plain()]);
    let file = source(&workspace, "again.jsonl", &[noted()]);
    let told = workspace.exits(2, &["queue", &file, "--as", "佐藤"]);
    for word in [
        "L000001B",
        "非公開の項目は記録していません",
        "yobin restricted add L000001B",
    ] {
        assert!(told.contains(word), "{word}\n{told}");
    }
    assert_eq!(workspace.letters().len(), 1);
    let file = source(&workspace, "again.jsonl", &[plain()]);
    let told = workspace.ok(&["queue", &file, "--as", "佐藤"]);
    assert!(!told.contains("非公開"), "{told}");
    assert!(show_note(&workspace, "L000001B").contains("ありません"));

    // Within one file the second row is refused, whatever its note.
    let other = json!({"receipt_number": "受第26-999号"});
    let mut second = nonexistent(other.clone());
    second["restricted_ground"] = CODE.into();
    let file = source(&workspace, "twice.jsonl", &[nonexistent(other), second]);
    let told = workspace.exits(1, &["queue", &file, "--as", "佐藤"]);
    assert!(told.contains("1行目と同じ内容です"), "{told}");
}

#[test]
fn without_a_key_no_note_is_taken_and_nothing_is_encrypted() {
    let workspace = Workspace::new();
    let file = source(&workspace, "in.jsonl", &[noted()]);
    let told = workspace.exits(1, &["queue", &file]);
    for word in [
        "restricted_ground",
        "鍵が、まだ決まっていません",
        "yobin restricted keygen",
    ] {
        assert!(told.contains(word), "{word}\n{told}");
    }
    assert!(!told.contains(REASON) && !told.contains(CODE), "{told}");
    queue(&workspace, &[plain()]);
    assert!(ciphertexts(&workspace).is_empty());
    let pair = workspace.ok(&["restricted", "keygen", "-o", "key"]);
    assert!(pair.contains("age1"), "{pair}");
    let told = workspace.exits(
        1,
        &[
            "restricted",
            "show",
            "L000001B",
            "--identity",
            "key",
            "--as",
            "鈴木",
        ],
    );
    assert!(told.contains("非公開の記録の欄がありません"), "{told}");
}

#[test]
fn every_letter_that_may_have_a_note_has_a_row_and_no_other() {
    let (workspace, _) = with_key();
    let samples = root().join("templates/letters/disclosure-decision/samples");
    let mut expected = Vec::new();
    for (place, path) in files_below(&samples).iter().enumerate() {
        let record: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        workspace.ok(&["queue", path.to_str().unwrap(), "--as", "佐藤"]);
        if record["outcome"] == "nonexistent" {
            expected.push(format!("{}|used|33792 bytes|64 bytes", place + 1));
        }
    }
    assert!(!expected.is_empty());
    assert_eq!(rows(&workspace)["restricted_note"], expected);
}

#[test]
fn a_restricted_ground_stands_only_where_it_may_and_is_never_repeated() {
    let (workspace, _) = with_key();
    let long = "秘匿".repeat(1001);
    for (record, column, word) in [
        (
            nonexistent(json!({"grounds": [CODE]})),
            "grounds",
            "「非公開の根拠」の欄に書いてください",
        ),
        (
            nonexistent(json!({"restricted_ground": "GATE_REC_2"})),
            "restricted_ground",
            "令第5条の号から選んでください",
        ),
        (
            nonexistent(json!({"restricted_reason": REASON})),
            "restricted_ground",
            "非公開の根拠がありません",
        ),
        (
            nonexistent(json!({"restricted_ground": "GATE_99"})),
            "restricted_ground",
            "いずれかにしてください",
        ),
        (
            nonexistent(json!({"restricted_ground": CODE, "restricted_reason": long})),
            "restricted_reason",
            "2000文字以内",
        ),
        (
            nonexistent(json!({
                "outcome": "refused", "search_scope": null, "grounds": ["DISC_33_2_1"],
                "reason": "事情", "restricted_ground": CODE,
            })),
            "restricted_ground",
            "結果区分を確かめてください",
        ),
    ] {
        let file = source(&workspace, "bad.jsonl", &[record]);
        let told = workspace.exits(2, &["queue", &file, "--as", "佐藤", "--accept-valid"]);
        let line = told
            .lines()
            .find(|line| line.contains(&format!("「{column}")));
        assert!(
            line.is_some_and(|line| line.contains(word)),
            "{word}\n{told}"
        );
        let handed_back = fs::read_to_string(workspace.path("bad-要修正.jsonl")).unwrap();
        let handed_back: Value = serde_json::from_str(&handed_back).unwrap();
        for text in [told.as_str(), handed_back["エラー内容"].as_str().unwrap()] {
            for secret in ["秘匿", "GATE_"] {
                assert!(!text.contains(secret), "{secret} in {text}");
            }
        }
        fs::remove_file(workspace.path("bad-要修正.jsonl")).unwrap();
    }
    assert!(workspace.letters().is_empty());
}

#[test]
fn a_note_can_come_in_a_sheet() {
    let (workspace, _) = with_key();
    let header = workspace.ok(&["kinds", "disclosure-decision", "--header", "csv"]);
    assert!(header.contains(".csv"), "{header}");
    let sheet = format!(
        "結果区分,氏名,郵便番号,住所,送付方法,受付番号,請求日,到達日,請求者の区分,決定日,調査した範囲,非公開の根拠,非公開の理由\n\
         不存在,見本 太郎,379-2147,群馬県前橋市亀里町1310番地,保管のみ,受第26-030号,令和8年11月2日,令和8年11月4日,本人,令和8年11月18日,紙の書類,令第5条第1号（{LABEL}）,{REASON}\n"
    );
    let file = workspace.file("in.csv", sheet);
    let kind = ["--kind", "disclosure-decision", "--as", "佐藤"];
    workspace.ok(&[&["queue", file.to_str().unwrap()], &kind[..]].concat());
    assert!(show_note(&workspace, "L000001B").contains(REASON));
}

#[test]
fn a_key_is_made_once_for_its_owner_alone_and_never_beside_the_notes() {
    let (workspace, _) = with_key();
    let key = workspace.path("key");
    let mode = fs::metadata(&key).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let before = fs::read(&key).unwrap();
    let told = workspace.exits(1, &["restricted", "keygen", "-o", "key"]);
    assert!(told.contains("すでにあります"), "{told}");
    assert_eq!(fs::read(&key).unwrap(), before);
    workspace.ok(&["list"]);
    for place in ["out/key", "society/key"] {
        let told = workspace.exits(1, &["restricted", "keygen", "-o", place]);
        assert!(told.contains("ほかの人が読めない場所"), "{told}");
        assert!(!workspace.path(place).exists());
    }

    // A key others can read still opens, with a word of warning.
    queue(&workspace, &[noted()]);
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let done = workspace.yobin(&[
        "restricted",
        "show",
        "L000001B",
        "--identity",
        "key",
        "--as",
        "鈴木",
    ]);
    assert_eq!(done.code, Some(0));
    assert!(done.err.contains("chmod 600"), "{}", done.err);
}

#[test]
fn a_profile_with_something_else_than_a_public_key_is_refused() {
    let workspace = Workspace::with_settings("society = \"society\"\n");
    copy_folder(society(), &workspace.path("society"));
    appoint(&workspace, "recipient = \"age1nonsense\"");
    let told = workspace.exits(1, &["check"]);
    assert!(told.contains("[restricted] recipient"), "{told}");
    let told = workspace.exits(1, &["list"]);
    assert!(told.contains("公開鍵ではありません"), "{told}");
}

#[test]
fn a_public_key_that_was_changed_is_told_to_whoever_reads() {
    let (workspace, line) = with_key();
    queue(&workspace, &[noted()]);
    let other = workspace.ok(&["restricted", "keygen", "-o", "another"]);
    let (_, other) = other.split_once("[restricted]").unwrap();
    let path = workspace.path("society/profile.toml");
    let profile = fs::read_to_string(&path).unwrap();
    fs::write(&path, profile.replace(&line, other.trim())).unwrap();
    for _ in 0..2 {
        // The second reading shows that the first did not hand the note over
        // to the new key.
        let done = workspace.yobin(&[
            "restricted",
            "show",
            "L000001B",
            "--identity",
            "key",
            "--as",
            "鈴木",
        ]);
        assert_eq!(done.code, Some(0), "{}", done.err);
        assert!(done.out.contains(REASON));
        assert!(done.err.contains("だれが書き換えたか"), "{}", done.err);
    }
    workspace.exits(
        1,
        &[
            "restricted",
            "show",
            "L000001B",
            "--identity",
            "another",
            "--as",
            "鈴木",
        ],
    );
}

#[test]
fn a_row_put_in_another_letters_place_is_found_out() {
    let (workspace, _) = with_key();
    let other = nonexistent(json!({"receipt_number": "受第26-999号"}));
    queue(&workspace, &[noted(), other]);
    with_database(&workspace, async |connection| {
        sqlx::query(
            "UPDATE restricted_note
             SET (used, encrypted) =
                 (SELECT used, encrypted FROM restricted_note WHERE letter_id = 2)
             WHERE letter_id = 1",
        )
        .execute(connection)
        .await
        .unwrap();
    });
    let told = workspace.exits(
        1,
        &[
            "restricted",
            "show",
            "L000001B",
            "--identity",
            "key",
            "--as",
            "鈴木",
        ],
    );
    assert!(told.contains("入れ替わっています"), "{told}");
}

#[test]
fn a_kind_that_demands_a_note_is_refused() {
    let workspace = Workspace::with_settings("templates = \"templates\"\n");
    copy_folder(&root().join("templates"), &workspace.path("templates"));
    let path = workspace.path("templates/letters/disclosure-decision/letter.toml");
    let letter = fs::read_to_string(&path).unwrap();
    let demanding = letter.replace(
        "requires = [\"search_scope\"]",
        "requires = [\"search_scope\", \"restricted_ground\"]",
    );
    assert_ne!(letter, demanding);
    fs::write(path, demanding).unwrap();
    let told = workspace.exits(1, &["check"]);
    assert!(
        told.contains("「restricted_ground」は、requires にも"),
        "{told}"
    );
}

/// Kinds that answer a request and may say that there is no such data.
const ANSWERS: [&str; 3] = [
    "purpose-notification-decision",
    "correction-decision",
    "cessation-decision",
];

#[test]
fn a_note_stands_with_every_answer_that_there_is_no_such_data() {
    let (workspace, _) = with_key();
    for (place, kind) in ANSWERS.into_iter().enumerate() {
        let file = root().join(format!("templates/letters/{kind}/samples/nonexistent.json"));
        let plain: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        let mut noted = plain.clone();
        noted["restricted_ground"] = CODE.into();
        noted["restricted_reason"] = REASON.into();
        let page = |record: &Value, name: &str| {
            let file = source(&workspace, "one.json", std::slice::from_ref(record));
            workspace.ok(&["preview", kind, &file, "-o", name]);
            fs::read(workspace.path(name)).unwrap()
        };
        assert!(
            page(&plain, "plain.pdf") == page(&noted, "noted.pdf"),
            "{kind}"
        );
        queue(&workspace, &[noted]);
        assert_eq!(
            rows(&workspace)["restricted_note"].len(),
            place + 1,
            "{kind}"
        );
        // Art. 11 of the Cabinet Order is about third-party records.
        let mut other = plain.clone();
        other["receipt_number"] = "受第26-799号".into();
        other["restricted_ground"] = "GATE_REC_1".into();
        let file = source(&workspace, "bad.jsonl", &[other]);
        let told = workspace.exits(1, &["queue", &file, "--as", "佐藤"]);
        assert!(told.contains("令第5条の号から選んでください"), "{told}");
    }
}

#[test]
fn an_answer_about_data_there_are_takes_no_note() {
    let (workspace, _) = with_key();
    for (kind, sample) in [
        ("purpose-notification-decision", "refused"),
        ("correction-decision", "refused"),
        ("cessation-decision", "refused"),
    ] {
        let file = root().join(format!("templates/letters/{kind}/samples/{sample}.json"));
        let mut record: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        record.as_object_mut().unwrap().remove("fee");
        queue(&workspace, std::slice::from_ref(&record));
        record["restricted_ground"] = CODE.into();
        let file = source(&workspace, "bad.jsonl", &[record]);
        let told = workspace.exits(1, &["queue", &file, "--as", "佐藤"]);
        assert!(
            told.contains("結果区分を確かめてください"),
            "{kind}: {told}"
        );
    }
    assert!(
        !rows(&workspace).contains_key("restricted_note")
            || rows(&workspace)["restricted_note"].is_empty()
    );
}
