//! Nothing personal leaves the letters: not into logs, not into file names,
//! not to other users of the machine.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::harness::{NOON, Workspace, copy_folder, plain_record, root};

/// Values that occur nowhere but in the records of these tests.
const PERSONAL: [&str; 9] = [
    "秘密野",
    "ヒミツノ",
    "隠里町9876番地",
    "忍荘305号",
    "himitsu.hanako",
    "secret-house.example.jp",
    "371-9876",
    "記号12番号3456789",
    "受第26-98765号",
];

fn personal(content: &str, delivery: &str) -> Value {
    let mut record = plain_record(1, false);
    record["addressee_name"] = "秘密野 花子".into();
    record["addressee_kana"] = "ヒミツノ ハナコ".into();
    record["addressee_postal_code"] = "371-9876".into();
    record["addressee_address"] = "群馬県前橋市隠里町9876番地".into();
    record["addressee_building"] = "忍荘305号".into();
    record["receipt_number"] = "受第26-98765号".into();
    record["requested_content"] = format!("{content}:記号12番号3456789").into();
    // The same person asks several times, and means it.
    record["record_key"] = content.into();
    record["delivery"] = delivery.into();
    if delivery == "mail" {
        record["mail_address"] = "himitsu.hanako@secret-house.example.jp".into();
    }
    record
}

/// Templates whose acknowledgement fails in several ways, each time with the
/// record's words in what the engine says.
fn failing_templates(workspace: &Workspace) {
    let templates = workspace.path("templates");
    copy_folder(&root().join("templates"), &templates);
    let page = templates.join("letters/acknowledgement/letter.typ");
    let mut text = fs::read_to_string(&page).unwrap();
    text.push_str(
        "\n#let asks(word) = field(\"requested_content\").starts-with(word)\n\
         #if asks(\"stop\") { panic(field(\"addressee_name\") + field(\"addressee_address\")) }\n\
         #if asks(\"read\") { read(\"/\" + field(\"addressee_name\")) }\n\
         #if asks(\"font\") { text(font: field(\"addressee_name\"))[字] }\n\
         #if asks(\"eat\") { str(range(200000000).len()) }\n\
         #if asks(\"loop\") { for a in range(100000) { for b in range(100000) { } } }\n",
    );
    fs::write(&page, text).unwrap();
}

fn queue(workspace: &Workspace, records: &[Value]) {
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    let file = workspace.file("in.jsonl", lines.join("\n"));
    workspace.ok(&["queue", file.to_str().unwrap()]);
}

fn assert_nothing_personal(place: &str, text: &str) {
    for value in PERSONAL {
        let line = text.lines().find(|line| line.contains(value));
        assert!(line.is_none(), "{value} in {place}: {line:?}");
    }
}

/// Runs the night with every log line there is, and returns standard error.
fn loud_run(workspace: &Workspace) -> String {
    let mut command = workspace.command(&["run"]);
    let output = command.env("YOBIN_LOG", "trace").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let log = String::from_utf8(output.stderr).unwrap();
    // It is a log of this night: it names letters.
    assert!(log.contains("L000001B"), "{log}");
    log
}

#[test]
fn no_log_line_tells_whose_letters_were_parked() {
    let workspace = Workspace::new();
    failing_templates(&workspace);
    workspace.settings(
        "approval = \"none\"\ntemplates = \"templates\"\n\
         [render]\nwall_seconds = 6\nmemory_mib = 512\n",
    );
    let conducts = ["stop", "read", "font", "eat", "loop"];
    let mut records: Vec<Value> = conducts.map(|word| personal(word, "archive")).into();
    records.push(personal("good", "mail"));
    queue(&workspace, &records);
    let log = loud_run(&workspace);
    assert_eq!(workspace.letters_in("parked").len(), conducts.len());
    assert_eq!(workspace.letters_in("written").len(), 1);
    assert_nothing_personal("the log", &log);
}

#[test]
fn no_log_line_tells_whose_mails_failed() {
    // A port that was free a moment ago: nobody listens there.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let workspace = Workspace::with_settings(&format!(
        "approval = \"none\"\n[delivery]\nretry_seconds = [0]\n\
         [mail]\ntransport = \"smtp\"\n[mail.smtp]\nhost = \"127.0.0.1\"\nport = {port}\n\
         patience_minutes = 0\n"
    ));
    queue(
        &workspace,
        &[personal("good", "mail"), personal("fine", "mail")],
    );
    let log = loud_run(&workspace);
    assert_eq!(workspace.letters_in("released").len(), 2);
    assert_nothing_personal("the log", &log);
}

fn everything_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![folder.to_owned()];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(everything_below(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// Runs the program under a umask that would let everybody read.
fn careless(workspace: &Workspace, args: &[&str]) {
    let mut command = Command::new("sh");
    command.args(["-c", "umask 000; exec \"$0\" \"$@\""]);
    command.arg(env!("CARGO_BIN_EXE_yobin"));
    command.args(["--now", NOON]).args(args);
    command
        .env("USER", "tester")
        .current_dir(workspace.path(""));
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        matches!(output.status.code(), Some(0 | 2)),
        "{args:?} {told}"
    );
}

#[test]
fn what_the_night_makes_is_for_its_owner_alone_and_bears_no_names() {
    let workspace = Workspace::unmade("approval = \"none\"\n");
    let mut bad = personal("good", "archive");
    bad["expected_date"] = "not a date".into();
    let records = [personal("good", "mail"), personal("good", "archive"), bad];
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    workspace.file("himitsu.jsonl", lines.join("\n"));
    let before = everything_below(&workspace.path(""));
    careless(&workspace, &["init"]);
    careless(&workspace, &["queue", "himitsu.jsonl", "--accept-valid"]);
    careless(&workspace, &["run"]);
    let preview = workspace.file("one.json", json!(personal("good", "archive")).to_string());
    let preview = preview.to_str().unwrap();
    careless(
        &workspace,
        &["preview", "acknowledgement", preview, "-o", "one.pdf"],
    );

    let mut made = everything_below(&workspace.path(""));
    made.retain(|path| !before.contains(path) && path.to_str() != Some(preview));
    assert!(made.iter().any(|path| path.ends_with("out/yobin.db")));
    assert!(made.iter().any(|path| path.ends_with("one.pdf")));
    let endings = ["pdf", "eml", "txt", "html", "jsonl"];
    for ending in endings {
        let there = made
            .iter()
            .any(|path| path.extension().is_some_and(|e| e == ending));
        assert!(there, "no .{ending} was made: {made:?}");
    }
    for path in made {
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        let expected = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode, expected, "{mode:o} {}", path.display());
        let below = path.strip_prefix(workspace.path("")).unwrap();
        if below.starts_with("out") {
            assert_nothing_personal("a file name", &below.to_string_lossy());
        }
    }
}
