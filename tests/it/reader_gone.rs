//! Whoever reads what the program prints may go away, or the disk its words
//! go to may be full: the work is the same, and so is the exit code.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::harness::{Running, Workspace, plain_record};

/// A workspace with letters by post and one mail that waits for the night.
fn workspace() -> Workspace {
    let workspace = Workspace::with_settings(
        "approval = \"none\"\nschedule = \"0 30 1 * * *\"\n[render]\nworkers = 1\n",
    );
    let lines: Vec<String> = (1..=6)
        .map(|n| {
            let mut record = plain_record(n, n == 1);
            if n > 1 {
                record["delivery"] = "post".into();
            }
            record.to_string()
        })
        .collect();
    let file = workspace.file("in.jsonl", lines.join("\n"));
    workspace.ok(&["queue", file.to_str().unwrap()]);
    workspace
}

fn assert_night_done(workspace: &Workspace, day: &str) {
    assert_eq!(workspace.letters_in("written").len(), 1);
    assert_eq!(workspace.letters_in("unposted").len(), 5);
    for ending in ["txt", "html", "pdf"] {
        assert!(
            workspace
                .path(format!("out/reports/{day}.{ending}"))
                .is_file()
        );
    }
    assert!(
        workspace
            .path(format!("out/print/{day}/acknowledgement.pdf"))
            .is_file()
    );
}

/// Runs with standard output and standard error as they come; the exit code.
fn exit_of(command: &mut Command, out: Stdio, err: Stdio) -> Option<i32> {
    command.stdout(out).stderr(err).status().unwrap().code()
}

/// A pipe whose reader has gone.
fn closed() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

fn full() -> Stdio {
    File::options()
        .write(true)
        .open(Path::new("/dev/full"))
        .unwrap()
        .into()
}

#[test]
fn a_run_nobody_reads_is_a_whole_night() {
    for (out, err) in [
        (closed(), Stdio::null()),
        (closed(), closed()),
        (full(), full()),
    ] {
        let workspace = workspace();
        let code = exit_of(&mut workspace.command(&["run"]), out, err);
        assert_eq!(code, Some(0));
        assert_night_done(&workspace, "2026-11-22");
    }
}

#[test]
fn a_disk_too_full_for_the_words_is_told_once() {
    let workspace = workspace();
    let mut command = workspace.command(&["run"]);
    let output = command
        .stdout(full())
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(err.matches("書き出せませんでした").count(), 1, "{err}");
    assert_night_done(&workspace, "2026-11-22");
}

#[test]
fn a_service_whose_reader_has_gone_does_its_night() {
    let workspace = workspace();
    let mut command = workspace.command(&["serve", "--now", "2026-11-22T01:29:57+09:00"]);
    // One pipe for both, as `serve 2>&1 | head -1` has it.
    let (reader, writer) = std::io::pipe().unwrap();
    command.stdout(writer.try_clone().unwrap()).stderr(writer);
    let child = Running::new(command.spawn().unwrap());
    drop(command);
    let mut first = String::new();
    BufReader::new(reader).read_line(&mut first).unwrap();
    assert!(first.contains("夜便を始めます"), "{first}");
    let printed = crate::harness::Arrivals::watch(&workspace.path("out/print"));
    // The folder being made, and its name given.
    printed.wait_for(2);
    child.terminate();
    assert_eq!(child.exit_code(), Some(0));
    assert_night_done(&workspace, "2026-11-22");
}

#[test]
fn a_listing_nobody_reads_on_ends_quietly() {
    let workspace = workspace();
    workspace.ok(&["run"]);
    for args in [
        &["list", "--json"][..],
        &["list"],
        &["request", "list", "--json"],
        &["request", "list", "--all"],
        &["show", "L000001B", "--json"],
        &["report", "2026-11-22"],
        &["verify"],
    ] {
        let mut command = workspace.command(args);
        let output = command
            .stdout(closed())
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            (output.status.code(), err.as_str()),
            (Some(0), ""),
            "{args:?}"
        );
    }
    // A list that is cut off by a full disk must not pass for a whole one.
    let mut command = workspace.command(&["list", "--json"]);
    let output = command
        .stdout(full())
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.contains("一覧を最後まで書き出せませんでした"), "{err}");
}

#[test]
fn problems_nobody_reads_change_nothing() {
    let workspace = Workspace::new();
    let mut bad = plain_record(1, false);
    bad["addressee_name"] = "".into();
    let file = workspace.file("bad.json", bad.to_string());
    let args = ["queue", file.to_str().unwrap()];
    let code = exit_of(&mut workspace.command(&args), closed(), closed());
    assert_eq!(code, Some(1));
    assert!(fs::read_dir(workspace.path("out")).is_ok());
    assert!(workspace.letters().is_empty());
}
