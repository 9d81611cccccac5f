//! Going on with a database that was put back: no number, reference or print
//! run is given twice, whatever is left of what knew them, and what had left
//! the house before is recorded as that.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::process::Stdio;

use serde_json::Value;

use crate::harness::{NEXT_NOON, NOON, Workspace, files_below, plain_record, post_record};
use crate::known::{
    ACCEPT, NOT_THE_LAST, THIRD_NOON, accept, accept_from, back_up, back_up_of_new, execute, field,
    last_given, put_back, queue,
};
use crate::mail_server::{At, Does, MailServer};

fn with(said: &[String]) -> Vec<&str> {
    let said = said.iter().map(String::as_str);
    ACCEPT.into_iter().chain(said).collect()
}

#[test]
fn without_marks_a_person_says_what_was_given_last_or_nothing_is_accepted() {
    // The marks are gone, cannot be read, or were put back with the database.
    let cases: [(&str, Option<&[u8]>); 3] = [
        ("gone", None),
        ("unreadable", Some(b"")),
        ("older", Some(b"older")),
    ];
    for (case, marks) in cases {
        let workspace = Workspace::new();
        let backup = back_up_of_new(&workspace);
        let older = fs::read(workspace.path("yobin-marks.json")).unwrap();
        workspace.queue_plain(4, 4);
        workspace.ok(&["run"]);
        put_back(&workspace, &backup);
        match marks {
            None => fs::remove_file(workspace.path("yobin-marks.json")).unwrap(),
            Some(b"older") => fs::write(workspace.path("yobin-marks.json"), &older).unwrap(),
            Some(bytes) => fs::write(workspace.path("yobin-marks.json"), bytes).unwrap(),
        }
        let before = back_up(&workspace);
        let told = workspace.exits(1, &ACCEPT);
        for word in [
            "何も変えていません",
            "--last-number letters:2026=",
            "--last-letter",
            "--last-print",
            // The report of the night knows of these.
            "4 まで",
        ] {
            assert!(told.contains(word), "{case} without {word}: {told}");
        }
        // Less than is known, a series nobody has, and half of it.
        for (said, word) in [
            (last_given(3, 4, 0).to_vec(), "4 まで使われた"),
            (last_given(4, 4, 0)[..2].to_vec(), "--last-print"),
            (
                vec!["--last-number=letter:2026=4".to_owned()],
                "系列「letter」",
            ),
        ] {
            let told = workspace.exits(1, &with(&said));
            assert!(told.contains(word), "{case} without {word}: {told}");
        }
        assert_eq!(back_up(&workspace), before, "{case}: something was changed");
        let told = accept_from(&workspace, 6, 9, 2);
        assert!(told.contains("1 から 6 まで"), "{case}: {told}");
        assert!(told.contains("第1号 から 第2号"), "{case}: {told}");
        queue(&workspace, NEXT_NOON, &[plain_record(11, true)]);
        workspace.ok(&["run", "--now", NEXT_NOON]);
        let letter = &workspace.letters()[0];
        assert_eq!(field(letter, "number"), "群農健発第7号", "{case}");
        assert!(
            field(letter, "id").starts_with("L000010"),
            "{case}: {letter}"
        );
        workspace.ok(&["verify"]);
    }
}

#[test]
fn print_runs_go_on_past_those_that_were_made_after_the_backup() {
    let workspace = Workspace::new();
    let backup = back_up_of_new(&workspace);
    queue(&workspace, NOON, &[post_record(1, 1)]);
    workspace.ok(&["run"]);
    put_back(&workspace, &backup);
    let told = accept(&workspace);
    assert!(told.contains("印刷の番号 第1号"), "{told}");
    for (now, record, number) in [(NEXT_NOON, 2, "2"), (THIRD_NOON, 3, "3")] {
        queue(&workspace, now, &[post_record(record, 1)]);
        workspace.ok(&["run", "--now", now]);
        let last = workspace.look_up("SELECT '' || max(number) FROM print_run");
        assert_eq!(last, number);
    }
    workspace.ok(&["verify"]);
}

#[test]
fn gaps_are_looked_for_after_a_database_was_accepted() {
    let workspace = Workspace::new();
    let backup = back_up_of_new(&workspace);
    workspace.queue_plain(3, 3);
    workspace.ok(&["run"]);
    put_back(&workspace, &backup);
    accept(&workspace);
    workspace.ok(&["verify"]);
    let records: Vec<Value> = (11..=13).map(|n| plain_record(n, true)).collect();
    queue(&workspace, NEXT_NOON, &records);
    workspace.ok(&["run", "--now", NEXT_NOON]);
    workspace.ok(&["verify"]);
    let sound = back_up(&workspace);
    for change in [
        "UPDATE sqlite_sequence SET seq = seq + 2 WHERE name = 'letter'",
        "UPDATE series SET next = next + 1",
        "UPDATE series SET next = next - 1",
    ] {
        assert_eq!(workspace.behind(change), 1);
        workspace.exits(1, &["verify"]);
        put_back(&workspace, &sound);
    }
    workspace.ok(&["verify"]);
}

#[test]
fn who_works_beside_another_sees_no_older_database() {
    let workspace = Workspace::new();
    workspace.queue_plain(2, 2);
    let marks = workspace.path("yobin-marks.json");
    let mut ahead: Value = serde_json::from_slice(&fs::read(&marks).unwrap()).unwrap();
    ahead["letters"] = 5.into();
    // Whoever reads the marks waits in the middle of it.
    fs::remove_file(&marks).unwrap();
    let made = std::process::Command::new("mkfifo").arg(&marks).status();
    assert!(made.unwrap().success());
    let looking = workspace
        .command(&["list"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = OpenOptions::new().write(true).open(&marks).unwrap();
    // Meanwhile another command takes letters in and keeps its marks.
    execute(
        &workspace,
        &["UPDATE sqlite_sequence SET seq = 5 WHERE name = 'letter'"],
    );
    let text = ahead.to_string();
    let kept = workspace.file("kept.json", &text);
    fs::rename(kept, &marks).unwrap();
    pipe.write_all(text.as_bytes()).unwrap();
    drop(pipe);
    let done = looking.wait_with_output().unwrap();
    let told = String::from_utf8(done.stderr).unwrap();
    assert_eq!(done.status.code(), Some(0), "{told}");
    assert!(!told.contains(NOT_THE_LAST), "{told}");
}

/// A database of the moment before a night made its print files, put back and
/// accepted after the night has gone on to its end.
fn put_back_unprinted(records: &[Value]) -> Workspace {
    put_back_of("closed", records)
}

/// A database of this moment of a night, put back and accepted after the night
/// has gone on to its end.
fn put_back_of(moment: &str, records: &[Value]) -> Workspace {
    let workspace = Workspace::new();
    queue(&workspace, NOON, records);
    workspace
        .start_until(&["run", "--stop-at", moment], "stopped at")
        .kill();
    execute(&workspace, &["PRAGMA wal_checkpoint(TRUNCATE)"]);
    let backup = back_up(&workspace);
    workspace.yobin(&["run"]);
    queue(&workspace, NEXT_NOON, &[plain_record(90, false)]);
    put_back(&workspace, &backup);
    accept(&workspace);
    workspace
}

#[test]
fn letters_that_were_posted_before_the_database_was_put_back_are_recorded_as_that() {
    let records: Vec<Value> = (1..=3).map(|n| post_record(n, 1)).collect();
    let workspace = put_back_unprinted(&records);
    let letters = workspace.letters();
    let ids: Vec<String> = letters.iter().map(|one| field(one, "id")).collect();
    let shown = workspace.ok(&["show", &ids[0]]);
    assert!(shown.contains("yobin posted"), "{shown}");
    workspace.ok(&["posted", &ids[0], "--on", "2026-11-22", "--as", "鈴木"]);
    workspace.ok(&[
        "posted",
        &ids[1],
        "--on",
        "2026-11-22",
        "--handed-over",
        "--as",
        "鈴木",
    ]);
    // No mail of it can have arrived.
    workspace.exits(1, &["confirm", &ids[2], "--delivered", "--as", "鈴木"]);
    let states: Vec<String> = workspace
        .letters()
        .iter()
        .map(|one| field(one, "state"))
        .collect();
    assert_eq!(states, ["posted", "handed_over", "parked"]);
    let void = "SELECT '' || COUNT(*) FROM register WHERE event = 'void'";
    assert_eq!(workspace.look_up(void), "0");
    workspace.yobin(&["run", "--now", NEXT_NOON]);
    let printed = files_below(&workspace.path("out/print/2026-11-23"));
    assert_eq!(printed, Vec::<std::path::PathBuf>::new());
    workspace.ok(&["verify"]);
    let shown = workspace.ok(&["show", &ids[0]]);
    assert!(shown.contains("投函"), "{shown}");
    // A mistake is taken back; whether the letter left is open again then, and
    // it goes nowhere by itself.
    let told = workspace.ok(&["posted", &ids[0], "--undo", "--as", "鈴木"]);
    assert!(told.contains("要確認"), "{told}");
    let state = field(&workspace.letters()[0], "state");
    assert_eq!(state, "parked");
    workspace.yobin(&["run", "--now", THIRD_NOON]);
    let printed = files_below(&workspace.path("out/print/2026-11-24"));
    assert_eq!(printed, Vec::<std::path::PathBuf>::new());
    workspace.ok(&["verify"]);
    workspace.ok(&["retry", &ids[0], "--as", "鈴木"]);
    workspace.ok(&["verify"]);
}

#[test]
fn a_run_that_was_not_in_its_place_when_the_backup_was_made_is_not_printed_again() {
    for moment in ["print-recorded", "print-placed"] {
        let records: Vec<Value> = (1..=3).map(|n| post_record(n, 1)).collect();
        let workspace = put_back_of(moment, &records);
        for letter in workspace.letters() {
            assert_eq!(letter["state"], "parked", "{moment}: {letter}");
        }
        // What says what was printed before stays as it is.
        let first = workspace.path("out/print/2026-11-22/implied-consent-objection.pdf");
        let before = fs::metadata(&first).unwrap().modified().unwrap();
        workspace.yobin(&["run", "--now", NEXT_NOON]);
        workspace.yobin(&["print-file", "2026-11-22", "--now", NEXT_NOON]);
        let after = fs::metadata(&first).unwrap().modified().unwrap();
        assert_eq!(before, after, "{moment}");
        let printed = files_below(&workspace.path("out/print/2026-11-23"));
        assert_eq!(printed, Vec::<std::path::PathBuf>::new(), "{moment}");
        let id = field(&workspace.letters()[0], "id");
        workspace.ok(&["posted", &id, "--on", "2026-11-22", "--as", "鈴木"]);
        workspace.ok(&["verify"]);
    }
}

#[test]
fn mails_that_had_gone_out_before_the_database_was_put_back_are_recorded_as_that() {
    let server = MailServer::start(false);
    let workspace = Workspace::with_settings(&format!(
        "approval = \"none\"\n[delivery]\nretry_seconds = []\n{}",
        server.settings()
    ));
    workspace.queue_plain(2, 2);
    server.behave(&[(At::Rcpt, Does::Says(b"550 no\r\n"))]);
    workspace.exits(2, &["run"]);
    let letters = workspace.letters();
    let ids: Vec<String> = letters.iter().map(|one| field(one, "id")).collect();
    // At the backup one had failed, and staff held the other.
    workspace.ok(&["retry", &ids[0], "--as", "鈴木"]);
    workspace.ok(&["hold", &ids[0], "--as", "鈴木"]);
    let backup = back_up(&workspace);
    server.behave(&[]);
    workspace.ok(&["resume", &ids[0], "--as", "鈴木"]);
    workspace.ok(&["retry", &ids[1], "--as", "鈴木"]);
    workspace.ok(&["run", "--now", NEXT_NOON]);
    assert_eq!(server.arrived().len(), 2);
    put_back(&workspace, &backup);
    // The report of that night is the newest, and the marks know more.
    accept(&workspace);
    for id in &ids {
        let shown = workspace.ok(&["show", id]);
        assert!(shown.contains("--delivered"), "{shown}");
        workspace.ok(&["confirm", id, "--delivered", "--as", "鈴木"]);
    }
    assert_eq!(workspace.letters_in("sent").len(), 2);
    workspace.yobin(&["run", "--now", THIRD_NOON]);
    assert_eq!(server.arrived().len(), 2);
    let void = "SELECT '' || COUNT(*) FROM register WHERE event = 'void'";
    assert_eq!(workspace.look_up(void), "0");
    workspace.ok(&["verify"]);
}

#[test]
fn a_letter_that_has_no_number_yet_is_not_said_to_have_left() {
    let workspace = Workspace::new();
    queue(
        &workspace,
        NOON,
        &[plain_record(1, true), post_record(2, 1)],
    );
    let backup = back_up(&workspace);
    workspace.ok(&["run"]);
    put_back(&workspace, &backup);
    accept(&workspace);
    let ids: Vec<String> = workspace
        .letters()
        .iter()
        .map(|one| field(one, "id"))
        .collect();
    for args in [
        &["confirm", &ids[0], "--delivered", "--as", "鈴木"][..],
        &["posted", &ids[1], "--on", "2026-11-22", "--as", "鈴木"],
    ] {
        let told = workspace.exits(1, args);
        assert!(told.contains("台帳に記載"), "{told}");
    }
    let shown = workspace.ok(&["show", &ids[0]]);
    assert!(shown.contains("別途回答済み"), "{shown}");
}
