//! Whoever gets no letter leaves no trace in the store's files: not in its
//! free pages, not in its log, and not while a service works beside it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::as_queued::tamper;
use crate::harness::{Running, Workspace, files_below, plain_record};
use crate::members::{notified, person, roster};

/// Rows of a roster: more than SQLite keeps in memory.
const MANY: usize = 6_000;

/// Members of whom every twentieth is written to.
fn members(workspace: &Workspace) {
    let people: Vec<_> = (1..=MANY)
        .map(|n| match n % 20 {
            0 => person(n),
            1 => person(n)
                .with("氏名", &format!("秘匿 花子{n}"))
                .with("住所", &format!("群馬県前橋市旧宅町{n}番地"))
                .with("送付停止", "該当する")
                .with("支援措置", "該当する")
                .with("支援措置の郵便番号", "379-2147")
                .with("支援措置の住所", &format!("群馬県前橋市避難町{n}番地")),
            _ => person(n)
                .with("氏名", &format!("秘匿 太郎{n}"))
                .with("住所", &format!("群馬県前橋市隠里町{n}番地"))
                .with("関係する類型", "bank-accounts"),
        })
        .collect();
    roster(workspace, &people);
}

/// What only people without a letter have.
const HIDDEN: [&str; 4] = ["秘匿", "旧宅町", "避難町", "隠里町"];

/// How often a word stands in the files of the workspace.
fn found(workspace: &Workspace, word: &str) -> usize {
    let mut found = 0;
    for file in files_below(&workspace.path("out")) {
        let bytes = fs::read(file).unwrap();
        let mut windows = bytes.windows(word.len());
        found += windows
            .by_ref()
            .filter(|window| *window == word.as_bytes())
            .count();
    }
    found
}

fn assert_erased(workspace: &Workspace, when: &str) {
    for word in HIDDEN {
        assert_eq!(found(workspace, word), 0, "{word} after {when}");
    }
}

/// A service that waits for the next night.
fn service(workspace: &Workspace) -> Running {
    let mut command = workspace.command(&["serve"]);
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("次の夜間処理") {
        line.clear();
        assert!(lines.read_line(&mut line).unwrap() > 0);
    }
    Running::new(child)
}

/// Weighs the roster in every way it can end.
fn weigh(workspace: &Workspace) {
    members(workspace);
    notified(workspace, 0, "roster.csv", &["--dry-run"]);
    assert_erased(workspace, "a dry run");
    notified(workspace, 1, "roster.csv", &["--confirm", "7"]);
    assert_erased(workspace, "a wrong count");
    let good = fs::read_to_string(workspace.path("roster.csv")).unwrap();
    let spoilt = good.replacen("379-2147", "379", 1);
    workspace.file("spoilt.csv", spoilt);
    notified(workspace, 1, "spoilt.csv", &["--confirm", "300"]);
    assert_erased(workspace, "a refused roster");
    let told = notified(workspace, 2, "roster.csv", &["--confirm", "300"]);
    assert!(!told.contains("yobin.db-wal"), "{told}");
    assert_erased(workspace, "letters to some");
    // Those with a letter are there, so the search is not blind.
    assert!(found(workspace, "亀里町") >= 300);
}

#[test]
fn a_roster_leaves_nothing_of_who_gets_no_letter() {
    let workspace = Workspace::new();
    weigh(&workspace);
    workspace.ok(&["verify"]);
}

#[test]
fn nor_does_it_while_a_service_works_beside_it() {
    let workspace = Workspace::new();
    workspace.queue_plain(1, 0);
    let service = service(&workspace);
    weigh(&workspace);
    service.terminate();
    assert_eq!(service.exit_code(), Some(0));
    assert_erased(&workspace, "the service's end");
}

#[test]
fn a_file_that_was_only_looked_at_or_refused_leaves_nothing() {
    let workspace = Workspace::new();
    workspace.queue_plain(1, 0);
    let service = service(&workspace);
    let mut lines: Vec<String> = (2..MANY)
        .map(|n| {
            let mut record = plain_record(n, false);
            record["addressee_name"] = format!("秘匿 太郎{n}").into();
            record["addressee_address"] = format!("群馬県前橋市隠里町{n}番地").into();
            record.to_string()
        })
        .collect();
    workspace.file("good.jsonl", lines.join("\n"));
    workspace.ok(&["queue", "--dry-run", "good.jsonl"]);
    assert_erased(&workspace, "a dry run");
    lines.push("{\"kind\": \"acknowledgement\"}".to_owned());
    workspace.file("bad.jsonl", lines.join("\n"));
    workspace.exits(1, &["queue", "bad.jsonl"]);
    assert_erased(&workspace, "a refused file");
    lines.push("{".to_owned());
    workspace.file("broken.jsonl", lines.join("\n"));
    workspace.exits(1, &["queue", "broken.jsonl"]);
    assert_erased(&workspace, "a broken file");
    service.terminate();
    assert_eq!(service.exit_code(), Some(0));
    assert_eq!(workspace.letters().len(), 1);
}

#[test]
fn nor_does_a_file_of_flags_that_failed_on_the_way() {
    let workspace = Workspace::new();
    workspace.queue_plain(1, 0);
    let service = service(&workspace);
    tamper(
        &workspace,
        // An index that takes the last member of the file for the first.
        "CREATE UNIQUE INDEX fails ON member_flag (CASE
             WHEN substr(lower(member_key), -5) = '-last' THEN '!'
             WHEN substr(member_key, -2) = '-0' THEN '!'
             ELSE member_key
         END)",
    );
    let mut sheet = "加入者管理番号,区分,操作\n".to_owned();
    for n in (0..MANY).map(|n| n.to_string()).chain(["last".to_owned()]) {
        sheet.push_str(&format!("秘匿{}-{n},支援措置,登録\n", "X".repeat(200)));
    }
    workspace.file("flags.csv", sheet);
    workspace.exits(1, &["members", "flags", "flags.csv", "--as", "佐藤"]);
    assert_eq!(found(&workspace, "秘匿"), 0);
    service.terminate();
    assert_eq!(service.exit_code(), Some(0));
}
