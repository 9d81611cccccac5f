//! A program that dies leaves no memory image, which would hold letters, keys
//! and notes in clear.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::harness::{NOON, Workspace, children_of};

/// Starts the program where dumps are allowed without limit.
fn started(workspace: &Workspace, args: &[&str]) -> std::process::Child {
    let mut command = Command::new("sh");
    command
        .args(["-c", "ulimit -c unlimited; exec \"$0\" \"$@\""])
        .arg(env!("CARGO_BIN_EXE_yobin"))
        .args(["--now", NOON])
        .args(args)
        .current_dir(workspace.path(""))
        .env("USER", "tester")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.spawn().unwrap()
}

fn assert_no_core(pid: Pid) {
    let limits = format!("/proc/{}/limits", pid.as_raw_nonzero());
    let limits = fs::read_to_string(limits).unwrap();
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"));
    let words: Vec<&str> = line.unwrap().split_whitespace().collect();
    assert_eq!(words[4..6], ["0", "0"], "{line:?}");
}

#[test]
fn neither_the_night_nor_its_workers_nor_the_service_may_dump() {
    let workspace = Workspace::with_settings("approval = \"none\"\n[render]\nworkers = 1\n");
    workspace.queue_plain(2, 0);
    for (args, word) in [
        (&["run", "--stop-at", "rendered"][..], "stopped at"),
        (&["serve"], "次の夜間処理"),
    ] {
        let mut child = started(&workspace, args);
        let mut lines: Box<dyn BufRead> = if args[0] == "run" {
            Box::new(BufReader::new(child.stderr.take().unwrap()))
        } else {
            Box::new(BufReader::new(child.stdout.take().unwrap()))
        };
        let mut line = String::new();
        while !line.contains(word) {
            line.clear();
            assert!(lines.read_line(&mut line).unwrap() > 0, "{args:?} ended");
        }
        let pid = Pid::from_child(&child);
        assert_no_core(pid);
        let workers = children_of(pid);
        // Only the night has one at work.
        assert!(args[0] != "run" || !workers.is_empty());
        workers.into_iter().for_each(assert_no_core);
        kill_process(pid, Signal::ABORT).unwrap();
        let status = child.wait().unwrap();
        assert_eq!(status.signal(), Some(6));
        assert!(!status.core_dumped(), "{args:?}");
    }
    let left = fs::read_dir(workspace.path("")).unwrap();
    let names: Vec<String> = left
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with("core"))
        .collect();
    assert!(names.is_empty(), "{names:?}");
}
