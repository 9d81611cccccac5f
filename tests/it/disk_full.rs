//! The disk fills in the middle of the night: one clear message, nothing
//! lost, and a second run finishes the work.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::harness::{Done, Workspace, plain_record};

/// A file system of its own at `out/`, taken away when the test ends.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// None where this user may not mount.
    fn mount(workspace: &Workspace, size: &str) -> Option<Self> {
        let place = workspace.path("out");
        fs::create_dir_all(&place).unwrap();
        let options = format!("size={size},mode=0700");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &options, "yobin-test"]);
        let done = mount.arg(&place).output();
        if done.is_ok_and(|done| done.status.success()) {
            return Some(SmallDisk(place));
        }
        eprintln!("SKIPPED: a disk that fills in the night (mounting a tmpfs is not permitted)");
        None
    }

    fn enlarge(&self, size: &str) {
        let options = format!("remount,size={size}");
        let mut mount = Command::new("mount");
        mount.args(["-o", &options]).arg(&self.0);
        assert!(mount.status().unwrap().success());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

fn assert_one_message_about_space(done: &Done) {
    assert_eq!(done.code, Some(1), "{}{}", done.out, done.err);
    let messages: Vec<&str> = done
        .err
        .lines()
        .filter(|line| line.starts_with("エラー："))
        .collect();
    assert_eq!(messages.len(), 1, "{}", done.err);
    assert!(messages[0].contains("ディスクの空き"), "{}", messages[0]);
    assert!(!done.err.contains("panicked"), "{}", done.err);
}

/// A night of `count` letters on a disk of `size`, which is too small.
fn night_on(size: &str, count: usize, mailed: usize) {
    let workspace = Workspace::with_settings(
        "approval = \"none\"\n[render]\nworkers = 2\n[delivery]\nretry_seconds = []\n",
    );
    let Some(disk) = SmallDisk::mount(&workspace, size) else {
        return;
    };
    workspace.queue_plain(count, mailed);
    let done = workspace.yobin(&["run"]);
    assert_one_message_about_space(&done);

    disk.enlarge("256m");
    let unfinished = workspace
        .letters()
        .iter()
        .filter(|letter| {
            !["written", "filed", "unknown"].contains(&letter["state"].as_str().unwrap())
        })
        .count();
    assert!(unfinished > 0, "the disk was large enough");
    // A mail caught at the moment the disk filled may be of unknown outcome;
    // one that could not be written out waits and goes out by itself.
    workspace.yobin(&["run"]);
    workspace.assert_nothing_lost_or_doubled(count);
}

#[test]
fn the_disk_fills_while_letters_are_stored() {
    night_on("6m", 150, 0);
}

#[test]
fn the_disk_fills_while_mails_are_written() {
    night_on("10m", 150, 150);
}

#[test]
fn a_disk_without_room_refuses_records_and_nights_until_there_is_some() {
    let workspace = Workspace::with_settings("approval = \"none\"\n");
    let Some(disk) = SmallDisk::mount(&workspace, "4m") else {
        return;
    };
    workspace.queue_plain(3, 1);
    // Something else takes all that is left.
    let filler = workspace.path("out/filler");
    let all = fs::write(&filler, vec![0; 8 << 20]);
    assert!(all.is_err(), "the disk was large enough");
    assert_one_message_about_space(&workspace.yobin(&["run"]));
    let lines: Vec<String> = (10..200)
        .map(|n| plain_record(n, false).to_string())
        .collect();
    let more = workspace.file("more.jsonl", lines.join("\n"));
    assert_one_message_about_space(&workspace.yobin(&["queue", more.to_str().unwrap()]));

    disk.enlarge("64m");
    fs::remove_file(filler).unwrap();
    assert_eq!(workspace.letters_in("queued").len(), 3);
    workspace.ok(&["run"]);
    workspace.assert_nothing_lost_or_doubled(3);
}
