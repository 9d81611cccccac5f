//! A workspace knows itself: one that is not there is not made by accident,
//! and a database that was put back from a backup sends nothing again and
//! gives no number twice.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::runtime::Runtime;

use crate::harness::{NEXT_NOON, Workspace, files_below, plain_record, post_record, root};

/// What shows that a database is not the one the workspace had last.
pub const NOT_THE_LAST: &str = "最後に使われたものではありません";

pub const THIRD_NOON: &str = "2026-11-24T12:00:00+09:00";

pub fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

pub fn execute(workspace: &Workspace, statements: &[&str]) {
    runtime().block_on(async {
        let mut connection = connected(workspace).await;
        for sql in statements {
            let sql = sqlx::AssertSqlSafe((*sql).to_owned());
            sqlx::query(sql).execute(&mut connection).await.unwrap();
        }
        connection.close().await.unwrap();
    });
}

pub async fn connected(workspace: &Workspace) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(workspace.path("out/yobin.db"));
    options.connect().await.unwrap()
}

/// Copies the database as a backup does while nobody works.
pub fn back_up(workspace: &Workspace) -> Vec<u8> {
    fs::read(workspace.path("out/yobin.db")).unwrap()
}

/// Puts a backup in the place of the database, as the manual says.
pub fn put_back(workspace: &Workspace, backup: &[u8]) {
    for name in ["yobin.db-wal", "yobin.db-shm"] {
        drop(fs::remove_file(workspace.path("out").join(name)));
    }
    fs::write(workspace.path("out/yobin.db"), backup).unwrap();
}

pub fn queue(workspace: &Workspace, now: &str, records: &[Value]) {
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    let file = workspace.file("more.jsonl", lines.join("\n"));
    workspace.ok(&["queue", file.to_str().unwrap(), "--now", now]);
}

pub fn field(letter: &Value, name: &str) -> String {
    letter[name].as_str().unwrap_or_default().to_owned()
}

/// Every command that writes is refused and changes nothing; those that look
/// tell the matter first.
fn assert_refused(workspace: &Workspace, word: &str) {
    let before = back_up(workspace);
    let mails = workspace.recipients();
    let record = workspace.file("other.json", plain_record(90, true).to_string());
    let record = record.to_str().unwrap();
    for args in [
        &["run"][..],
        &["run", "--now", NEXT_NOON],
        &["queue", record],
        &["approve", "L000001B", "--as", "鈴木"],
        &["print-file", "2026-11-22"],
        &["report", "2026-11-22"],
    ] {
        let told = workspace.exits(1, args);
        for word in [NOT_THE_LAST, word, "yobin workspace accept"] {
            assert!(told.contains(word), "{args:?} without {word}: {told}");
        }
    }
    for args in [&["list"][..], &["workspace", "show"]] {
        let done = workspace.yobin(args);
        assert_eq!(done.code, Some(0), "{args:?}: {}", done.err);
        assert!(done.err.contains(word), "{args:?}: {}", done.err);
    }
    let told = workspace.exits(1, &["verify"]);
    assert!(told.contains(word), "{told}");
    assert!(!told.contains("損傷はありません"), "{told}");
    let told = workspace.exits(1, &["check"]);
    assert!(told.contains(word), "{told}");
    assert_eq!(workspace.recipients(), mails);
    assert_eq!(back_up(workspace), before, "something was changed");
}

pub fn accept(workspace: &Workspace) -> String {
    workspace.ok(&ACCEPT)
}

/// The same, where a person has to say what was given last.
pub fn accept_from(workspace: &Workspace, number: u32, letter: u32, print: u32) -> String {
    let said = last_given(number, letter, print);
    let said: Vec<&str> = said.iter().map(String::as_str).collect();
    workspace.ok(&[&ACCEPT[..], &said].concat())
}

pub fn last_given(number: u32, letter: u32, print: u32) -> [String; 3] {
    [
        format!("--last-number=letters:2026={number}"),
        format!("--last-letter={letter}"),
        format!("--last-print={print}"),
    ]
}

pub const ACCEPT: [&str; 6] = [
    "workspace",
    "accept",
    "--reason",
    "ディスクの故障のため",
    "--as",
    "鈴木",
];

#[test]
fn a_place_without_a_workspace_is_named_and_nothing_is_made_there() {
    let workspace = Workspace::unmade("approval = \"none\"\n");
    let record = workspace.file("letter.json", plain_record(1, true).to_string());
    let record = record.to_str().unwrap();
    for args in [
        &["list"][..],
        &["run"],
        &["serve"],
        &["verify"],
        &["queue", record],
        &["approve", "L000001B", "--as", "鈴木"],
        &["request", "list"],
        &["notice", "list"],
        &["report"],
        &["workspace", "show"],
        &["workspace", "accept", "--reason", "x", "--as", "鈴木"],
    ] {
        let told = workspace.exits(1, args);
        for word in ["out", "データベース", "マウント", "yobin init"] {
            assert!(told.contains(word), "{args:?} without {word}: {told}");
        }
        assert!(!workspace.path("out").exists(), "{args:?} made something");
    }
    // What needs no workspace works without one.
    workspace.ok(&["kinds"]);
    let told = workspace.ok(&["check"]);
    assert!(told.contains("yobin init"), "{told}");
    assert!(!workspace.path("out").exists());

    let told = workspace.ok(&["init"]);
    assert!(told.contains("作りました"), "{told}");
    workspace.ok(&["queue", record]);
    let told = workspace.ok(&["init"]);
    assert!(told.contains("何も変えていません"), "{told}");
    assert_eq!(workspace.letters().len(), 1);
}

#[test]
fn a_workspace_that_is_gone_is_missed_and_not_made_anew() {
    let workspace = Workspace::new();
    workspace.queue_plain(3, 3);
    workspace.ok(&["run"]);
    let (out, aside) = (workspace.path("out"), workspace.path("aside"));
    // The disk is not mounted: no folder, an empty one, one with others' files.
    let gone: [fn(&Path); 3] = [
        |_| (),
        |out| fs::create_dir(out).unwrap(),
        |out| {
            fs::create_dir(out).unwrap();
            fs::write(out.join("lost+found"), "").unwrap();
        },
    ];
    for leave in gone {
        fs::rename(&out, &aside).unwrap();
        leave(&out);
        for args in [&["list"][..], &["run"], &["init"], &["verify"]] {
            let told = workspace.exits(1, args);
            for word in ["yobin-marks.json", "マウント", "控え"] {
                assert!(told.contains(word), "{args:?} without {word}: {told}");
            }
            assert!(!workspace.path("out/yobin.db").exists(), "{args:?}");
        }
        let told = workspace.exits(1, &["check"]);
        assert!(told.contains("マウント"), "{told}");
        drop(fs::remove_dir_all(&out));
        fs::rename(&aside, &out).unwrap();
        workspace.ok(&["run", "--now", NEXT_NOON]);
    }
    assert_eq!(workspace.letters().len(), 3);
    // Only the database is gone, and the marks too: reports still stand.
    fs::remove_file(workspace.path("out/yobin.db")).unwrap();
    fs::remove_file(workspace.path("yobin-marks.json")).unwrap();
    let told = workspace.exits(1, &["init"]);
    assert!(told.contains("out/reports"), "{told}");
    assert!(!workspace.path("out/yobin.db").exists());
}

#[test]
fn a_backup_of_the_afternoon_sends_nothing_again() {
    let workspace = Workspace::new();
    workspace.queue_plain(6, 4);
    let backup = back_up(&workspace);
    workspace.ok(&["run"]);
    let mails = workspace.recipients();
    assert_eq!(mails.len(), 4);
    put_back(&workspace, &backup);
    assert_refused(&workspace, "文書番号の系列 letters");

    let told = accept(&workspace);
    assert!(told.contains("6件の書簡を止めました"), "{told}");
    assert!(told.contains("1 から 6 まで"), "{told}");
    // By itself nothing goes on.
    workspace.yobin(&["run", "--now", NEXT_NOON]);
    assert_eq!(workspace.recipients(), mails);
    for letter in workspace.letters() {
        assert_eq!(letter["state"], "held", "{letter}");
        let shown = workspace.ok(&["show", &field(&letter, "id")]);
        assert!(shown.contains("控えから戻した"), "{shown}");
    }
    // New letters get new numbers, and the work goes on as ever.
    queue(&workspace, NEXT_NOON, &[plain_record(7, true)]);
    workspace.yobin(&["run", "--now", THIRD_NOON]);
    let letters = workspace.letters();
    assert_eq!(letters[6]["number"], "群農健発第7号", "{}", letters[6]);
    assert_eq!(workspace.recipients().len(), 5);
    // One that had not gone out goes on when a person says so.
    let id = field(&letters[5], "id");
    workspace.ok(&["resume", &id, "--as", "鈴木", "--now", THIRD_NOON]);
    workspace.yobin(&["run", "--now", "2026-11-25T12:00:00+09:00"]);
    assert_eq!(workspace.letters()[5]["number"], "群農健発第8号");
    workspace.ok(&["verify"]);
    // Who decided, why, and which numbers are void stays to be seen.
    let told = workspace.ok(&["workspace", "show"]);
    for word in ["鈴木", "ディスクの故障のため", "欠番", "1 から 6 まで"] {
        assert!(told.contains(word), "{word}: {told}");
    }
    let told = workspace.exits(1, &["workspace", "accept", "--reason", "x", "--as", "鈴木"]);
    assert!(told.contains("食い違っていません"), "{told}");
}

#[test]
fn a_backup_of_the_morning_gives_no_number_or_reference_twice() {
    let workspace = Workspace::new();
    let backup = back_up_of_new(&workspace);
    workspace.queue_plain(5, 5);
    workspace.ok(&["run"]);
    put_back(&workspace, &backup);
    assert_refused(&workspace, "L000005");
    accept(&workspace);
    // Others are queued first, then the lost file again.
    queue(
        &workspace,
        NEXT_NOON,
        &(11..=13).map(|n| plain_record(n, true)).collect::<Vec<_>>(),
    );
    workspace.ok(&["run", "--now", NEXT_NOON]);
    let letters = workspace.letters();
    let numbers: Vec<String> = letters.iter().map(|one| field(one, "number")).collect();
    let expected = [6, 7, 8].map(|n| format!("群農健発第{n}号"));
    assert_eq!(numbers, expected);
    assert!(
        field(&letters[0], "id").starts_with("L000006"),
        "{}",
        letters[0]
    );
    workspace.ok(&["verify"]);
}

/// The database of a workspace in which nothing happened yet.
pub fn back_up_of_new(workspace: &Workspace) -> Vec<u8> {
    workspace.ok(&["list"]);
    back_up(workspace)
}

#[test]
fn a_backup_made_in_the_middle_of_a_night_sends_nothing_again() {
    for place in ["claimed", "registered"] {
        let workspace = Workspace::new();
        let mut records: Vec<Value> = (1..=4).map(|n| plain_record(n, n <= 3)).collect();
        records.push(post_record(5, 1));
        queue(&workspace, crate::harness::NOON, &records);
        workspace
            .start_until(&["run", "--stop-at", place], "stopped at")
            .kill();
        // The log of the killed night belongs to what is backed up.
        execute(&workspace, &["PRAGMA wal_checkpoint(TRUNCATE)"]);
        let backup = back_up(&workspace);
        workspace.yobin(&["run"]);
        let mails = workspace.recipients();
        assert_eq!(mails.len(), 3, "{place}");
        put_back(&workspace, &backup);
        let told = workspace.exits(1, &["run"]);
        assert!(told.contains(NOT_THE_LAST), "{told}");
        accept(&workspace);
        for now in [crate::harness::NOON, NEXT_NOON] {
            workspace.yobin(&["run", "--now", now]);
        }
        assert_eq!(workspace.recipients(), mails, "{place}");
        for letter in workspace.letters() {
            let state = field(&letter, "state");
            let stopped = ["held", "parked", "unknown"].contains(&state.as_str());
            assert!(stopped, "{place}: {letter}");
        }
    }
}

#[test]
fn what_was_printed_after_the_backup_is_not_printed_again_by_itself() {
    let workspace = Workspace::new();
    let records: Vec<Value> = (1..=3).map(|n| post_record(n, 1)).collect();
    queue(&workspace, crate::harness::NOON, &records);
    // The backup is of the moment before the print file was made.
    let night = workspace.start_until(&["run", "--stop-at", "closed"], "stopped at");
    night.kill();
    execute(&workspace, &["PRAGMA wal_checkpoint(TRUNCATE)"]);
    let backup = back_up(&workspace);
    workspace.yobin(&["run"]);
    let printed = files_below(&workspace.path("out/print/2026-11-22"));
    assert!(!printed.is_empty());
    queue(&workspace, NEXT_NOON, &[plain_record(4, false)]);
    put_back(&workspace, &backup);
    accept(&workspace);
    for letter in workspace.letters() {
        assert_eq!(letter["state"], "parked", "{letter}");
    }
    workspace.yobin(&["run", "--now", NEXT_NOON]);
    let printed = files_below(&workspace.path("out/print/2026-11-23"));
    assert_eq!(printed, Vec::<std::path::PathBuf>::new());
    let id = field(&workspace.letters()[0], "id");
    workspace.ok(&["retry", &id, "--as", "鈴木", "--now", THIRD_NOON]);
    workspace.yobin(&["run", "--now", THIRD_NOON]);
    let letter = &workspace.letters()[0];
    assert_eq!(letter["state"], "unposted", "{letter}");
    workspace.ok(&["verify"]);
}

#[test]
fn another_workspaces_database_and_marks_from_elsewhere_are_told_apart() {
    let (one, other) = (Workspace::new(), Workspace::new());
    for workspace in [&one, &other] {
        workspace.queue_plain(2, 2);
        workspace.ok(&["run"]);
    }
    let own = back_up(&one);
    put_back(&one, &back_up(&other));
    assert_refused(&one, "識別番号");
    put_back(&one, &own);
    one.ok(&["run", "--now", NEXT_NOON]);

    let marks = one.path("yobin-marks.json");
    let own = fs::read(&marks).unwrap();
    let elsewhere = fs::read(other.path("yobin-marks.json")).unwrap();
    for (found, word) in [
        (None, "目印のファイルがありません"),
        (Some(&elsewhere[..]), "識別番号"),
        (Some(&b""[..]), "読めません"),
        (Some(&b"{\"workspace\": 1}"[..]), "読めません"),
    ] {
        match found {
            None => fs::remove_file(&marks).unwrap(),
            Some(found) => fs::write(&marks, found).unwrap(),
        }
        assert_refused(&one, word);
        fs::write(&marks, &own).unwrap();
        one.ok(&["run", "--now", NEXT_NOON]);
    }
    // Lost for good: a person decides, and says what was given last.
    fs::remove_file(&marks).unwrap();
    accept_from(&one, 2, 2, 0);
    one.ok(&["run", "--now", THIRD_NOON]);
    assert!(marks.exists());
}

#[test]
fn the_newest_report_remembers_where_the_marks_do_not() {
    let workspace = Workspace::new();
    workspace.queue_plain(2, 1);
    let (backup, marks) = (
        back_up(&workspace),
        fs::read(workspace.path("yobin-marks.json")).unwrap(),
    );
    workspace.ok(&["run"]);
    // The settings' folder was put back too; the reports were not.
    put_back(&workspace, &backup);
    fs::write(workspace.path("yobin-marks.json"), marks).unwrap();
    let told = workspace.exits(1, &["run"]);
    assert!(told.contains("2026-11-22.txt"), "{told}");
    accept_from(&workspace, 2, 2, 0);
    // It is told once: the report still says so, and a person knows.
    workspace.yobin(&["run", "--now", NEXT_NOON]);
    workspace.ok(&["list"]);
    let report = fs::read_to_string(workspace.path("out/reports/2026-11-23.txt")).unwrap();
    assert!(report.contains("作業フォルダーの識別番号"), "{report}");
}

#[test]
fn a_file_copied_over_a_database_whose_log_stands_is_found() {
    let workspace = Workspace::new();
    workspace.queue_plain(4, 2);
    let early = back_up(&workspace);
    let many: Vec<Value> = (10..=200).map(|n| plain_record(n, false)).collect();
    queue(&workspace, crate::harness::NOON, &many);
    let runtime = runtime();
    let reading = runtime.block_on(async {
        let mut connection = connected(&workspace).await;
        sqlx::query("SELECT count(*) FROM letter")
            .execute(&mut connection)
            .await
            .unwrap();
        connection
    });
    // Somebody has it open, so the log stays beside it.
    queue(&workspace, crate::harness::NOON, &[plain_record(300, true)]);
    let wal = fs::read(workspace.path("out/yobin.db-wal")).unwrap();
    assert!(!wal.is_empty());
    let shm = fs::read(workspace.path("out/yobin.db-shm")).unwrap();
    runtime.block_on(async { reading.close().await.unwrap() });
    fs::write(workspace.path("out/yobin.db"), &early).unwrap();
    fs::write(workspace.path("out/yobin.db-wal"), &wal).unwrap();
    fs::write(workspace.path("out/yobin.db-shm"), &shm).unwrap();
    for args in [&["run"][..], &["verify"]] {
        let told = workspace.exits(1, args);
        assert!(told.contains("データベース"), "{told}");
        assert!(!told.contains("損傷はありません"), "{told}");
    }
    assert_eq!(workspace.recipients(), [""; 0]);
}

#[test]
fn a_damaged_database_stops_the_night_before_it_begins() {
    let workspace = Workspace::new();
    let many: Vec<Value> = (1..=60).map(|n| plain_record(n, true)).collect();
    queue(&workspace, crate::harness::NOON, &many);
    let sound = back_up(&workspace);
    let page: usize = workspace
        .look_up("SELECT CAST(rootpage AS TEXT) FROM sqlite_schema WHERE name = 'letter_by_batch'")
        .parse()
        .unwrap();
    // An index that lost a row, a page of nothing, a reference to nothing.
    execute(
        &workspace,
        &[
            "PRAGMA foreign_keys = OFF",
            "INSERT INTO audit (at, letter_id, actor, from_state, to_state)
             VALUES ('2026-11-22T12:00:00+09:00', 9999, 'x', 'queued', 'held')",
        ],
    );
    let orphan = back_up(&workspace);
    let mut blank = sound.clone();
    blank[(page - 1) * 4096..page * 4096].fill(0);
    let mut changed = sound.clone();
    let cell = (page - 1) * 4096 + 4090;
    changed[cell] ^= 0x3f;
    for (damaged, what) in [(orphan, "orphan"), (blank, "blank"), (changed, "changed")] {
        put_back(&workspace, &damaged);
        for args in [&["run"][..], &["verify"]] {
            let told = workspace.exits(1, args);
            assert!(told.contains("壊れて"), "{what} {args:?}: {told}");
            assert!(told.contains("控え"), "{what} {args:?}: {told}");
        }
        assert_eq!(workspace.recipients(), [""; 0], "{what}");
    }
    put_back(&workspace, &sound);
    workspace.ok(&["run"]);
    assert_eq!(workspace.recipients().len(), 60);
}

#[test]
fn what_somebody_planted_in_the_database_is_named_and_stops_the_work() {
    let workspace = Workspace::new();
    workspace.queue_plain(2, 2);
    let sound = back_up(&workspace);
    for (statement, name) in [
        (
            "CREATE TRIGGER helper AFTER UPDATE OF state ON letter BEGIN
             UPDATE letter_record SET record = json_set(record, '$.mail_address', 'x@evil.example');
             END",
            "trigger helper",
        ),
        (
            "CREATE VIEW names AS SELECT record FROM letter_record",
            "view names",
        ),
        ("CREATE TABLE kept (record TEXT)", "table kept"),
        ("DROP TRIGGER attempt_stays", "trigger attempt_stays"),
    ] {
        execute(&workspace, &[statement]);
        let told = workspace.exits(1, &["run"]);
        assert!(told.contains(name) && told.contains("書き換え"), "{told}");
        workspace.exits(1, &["queue", "plain.jsonl"]);
        for args in [&["verify"][..], &["check"]] {
            let told = workspace.exits(1, args);
            assert!(told.contains(name), "{args:?}: {told}");
        }
        assert_eq!(workspace.recipients(), [""; 0]);
        put_back(&workspace, &sound);
    }
    // An index changes nothing; somebody may want a faster list.
    execute(&workspace, &["CREATE INDEX faster ON letter (kind)"]);
    workspace.ok(&["run"]);
}

#[test]
fn commands_that_start_side_by_side_all_work() {
    for count in [2, 5, 10] {
        let workspace = Workspace::unmade("approval = \"none\"\n");
        let all_at_once = |args: &[&str]| {
            let started: Vec<_> = (0..count)
                .map(|_| {
                    let mut command = workspace.command(args);
                    command.stdout(Stdio::piped()).stderr(Stdio::piped());
                    command.spawn().unwrap()
                })
                .collect();
            for child in started {
                let done = child.wait_with_output().unwrap();
                let told = String::from_utf8_lossy(&done.stderr).into_owned();
                assert!(done.status.success(), "{args:?} of {count}: {told}");
            }
        };
        all_at_once(&["init"]);
        all_at_once(&["list"]);
        // A database of an earlier program is brought up to date by one.
        older_database(&workspace);
        all_at_once(&["list"]);
        workspace.queue_plain(1, 1);
        workspace.ok(&["run"]);
        workspace.ok(&["verify"]);
    }
}

/// An empty database as the program before this one left it.
fn older_database(workspace: &Workspace) {
    fs::remove_dir_all(workspace.path("out")).unwrap();
    fs::remove_file(workspace.path("yobin-marks.json")).unwrap();
    fs::create_dir(workspace.path("out")).unwrap();
    let folder = workspace.path("migrations");
    fs::create_dir_all(&folder).unwrap();
    for entry in fs::read_dir(root().join("src/store/sqlite/migrations")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name < "0012" {
            fs::copy(&path, folder.join(name)).unwrap();
        }
    }
    runtime().block_on(async {
        let options = SqliteConnectOptions::new()
            .filename(workspace.path("out/yobin.db"))
            .create_if_missing(true);
        let mut old = options.connect().await.unwrap();
        let migrator = sqlx::migrate::Migrator::new(folder).await.unwrap();
        migrator.run_direct(None, &mut old, false).await.unwrap();
        old.close().await.unwrap();
    });
}

#[test]
fn a_locked_database_is_told_in_japanese() {
    let workspace = Workspace::with_settings("");
    workspace.queue_plain(2, 1);
    let id = field(&workspace.letters()[0], "id");
    let runtime = runtime();
    let mut locking = runtime.block_on(connected(&workspace));
    runtime.block_on(async {
        sqlx::query("BEGIN IMMEDIATE")
            .execute(&mut locking)
            .await
            .unwrap();
    });
    // Each waits half a minute, so they wait together.
    let commands = [
        ["hold", &id, "--as", "鈴木"],
        ["approve", &id, "--as", "鈴木"],
        ["cancel", &id, "--as", "鈴木"],
        ["queue", "plain.jsonl", "--as", "鈴木"],
    ];
    let waiting = commands.map(|args| {
        let mut command = workspace.command(&args);
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        (args, command.spawn().unwrap())
    });
    for (args, child) in waiting {
        let done = child.wait_with_output().unwrap();
        let told = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(1), "{args:?}: {told}");
        assert!(
            told.contains("ほかの処理がデータベースを使っています"),
            "{told}"
        );
        assert!(!told.contains("locked"), "{told}");
    }
}

#[test]
fn marks_that_cannot_be_written_are_told_and_stop_no_night() {
    let nowhere = "approval = \"none\"\nmarks = \"nowhere/marks.json\"\n";
    let workspace = Workspace::unmade(nowhere);
    let told = workspace.exits(1, &["init"]);
    for word in ["nowhere/marks.json", "marks =", "書けません"] {
        assert!(told.contains(word), "{word}: {told}");
    }
    let told = workspace.exits(1, &["check"]);
    assert!(told.contains("nowhere/marks.json"), "{told}");
    workspace.queue_plain(2, 1);
    let done = workspace.yobin(&["run"]);
    assert_eq!(done.code, Some(0), "{}", done.err);
    assert!(done.err.contains("nowhere/marks.json"), "{}", done.err);
    // Once they can be written, they are.
    fs::create_dir(workspace.path("nowhere")).unwrap();
    workspace.ok(&["list"]);
    assert!(workspace.path("nowhere/marks.json").is_file());
    workspace.ok(&["check"]);
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn check_names_what_others_can_read_or_change() {
    let settings = "[mail]\ntransport = \"smtp\"\nfrom = \"a@example.jp\"\n[mail.smtp]\n\
                    host = \"mail.example.jp\"\nusername = \"y\"\npassword_file = \"password\"\n";
    let workspace = Workspace::with_settings(settings);
    workspace.file("password", "secret\n");
    set_mode(&workspace.path("password"), 0o600);
    workspace.queue_plain(1, 1);
    workspace.ok(&["run", "--now", NEXT_NOON]);
    workspace.ok(&["restricted", "keygen", "-o", "key"]);
    workspace.ok(&["check"]);
    for (path, mode, right, word) in [
        ("out", 0o777, 0o700, "chmod -R go="),
        ("out", 0o750, 0o700, "chmod -R go="),
        ("out/yobin.db", 0o666, 0o600, "chmod -R go="),
        ("out/reports", 0o755, 0o700, "chmod -R go="),
        ("password", 0o644, 0o600, "chmod 600"),
        ("key", 0o640, 0o600, "chmod 600"),
        ("yobin.toml", 0o666, 0o600, "chmod -R o-w"),
    ] {
        set_mode(&workspace.path(path), mode);
        let told = workspace.exits(1, &["check"]);
        assert!(told.contains(path) && told.contains(word), "{path}: {told}");
        set_mode(&workspace.path(path), right);
    }
    // The website is for everybody.
    let notice = root().join("society/notice.toml");
    workspace.ok(&["notice", "import", notice.to_str().unwrap(), "--as", "佐藤"]);
    workspace.ok(&["notice", "site", "-o", "out/public"]);
    workspace.ok(&["check"]);
}

#[test]
fn check_names_links_that_lead_elsewhere() {
    let workspace = Workspace::with_settings("templates = \"templates\"\nsociety = \"society\"\n");
    crate::harness::copy_folder(&root().join("templates"), &workspace.path("templates"));
    crate::harness::copy_folder(crate::harness::society(), &workspace.path("society"));
    for (file, old, new, link) in [
        (
            "templates/notice/layout.html.j2",
            "href=\"{{ society.website }}\"",
            "href=\"javascript:alert(1)\"",
            "javascript:alert(1)",
        ),
        (
            "templates/notice/parts.typ",
            "link(society.privacy_page,",
            "link(\"file:///etc/passwd\",",
            "file:///etc/passwd",
        ),
        (
            "society/profile.toml",
            "website = \"https://",
            "website = \"http://",
            "http://",
        ),
    ] {
        let path = workspace.path(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(old), "{file}");
        fs::write(&path, text.replace(old, new)).unwrap();
        let told = workspace.exits(1, &["check"]);
        assert!(told.contains(file) && told.contains(link), "{file}: {told}");
        fs::write(&path, text).unwrap();
    }
}
