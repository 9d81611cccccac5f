//! A report that was kept stays as it was: what it says of the register's end
//! is what later can be compared with.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use chrono::NaiveDate;
use serde_json::Value;
use yobin::clock::Clock;
use yobin::config::Config;
use yobin::office::Office;
use yobin::store::Reads;
use yobin::views::Report;

use crate::harness::{NEXT_NOON, NOON, Workspace, files_below, post_record};

/// The files of `out/reports` with their content.
fn kept(workspace: &Workspace) -> BTreeMap<PathBuf, Vec<u8>> {
    files_below(&workspace.path("out/reports"))
        .into_iter()
        .map(|path| {
            let content = fs::read(&path).unwrap();
            (path, content)
        })
        .collect()
}

fn names(workspace: &Workspace) -> Vec<String> {
    let kept = kept(workspace);
    let names = kept.keys().map(|path| path.file_name().unwrap());
    names
        .map(|name| name.to_string_lossy().into_owned())
        .collect()
}

fn head(report: &str) -> &str {
    let line = report.lines().find(|line| line.starts_with("台帳の末尾"));
    line.unwrap()
}

/// Everything of `before` is still there, byte for byte.
fn assert_kept(workspace: &Workspace, before: &BTreeMap<PathBuf, Vec<u8>>) {
    let now = kept(workspace);
    for (path, content) in before {
        assert!(now.get(path) == Some(content), "{} changed", path.display());
    }
}

#[test]
fn looking_at_an_old_report_leaves_its_files_alone() {
    let workspace = Workspace::new();
    workspace.queue_plain(3, 1);
    workspace.ok(&["run"]);
    let first = kept(&workspace);
    assert_eq!(first.len(), 3);
    let text = String::from_utf8(first.values().last().unwrap().clone()).unwrap();
    workspace.queue_plain(5, 1);
    workspace.ok(&["run", "--now", NEXT_NOON]);
    let both = kept(&workspace);
    // The register has grown; the old report is looked at again and again.
    for args in [
        &["report", "2026-11-22", "--now", NEXT_NOON][..],
        &["report", "2026-11-22", "--now", "2026-12-24T09:00:00+09:00"],
        &["report", "2026-11-22"],
    ] {
        let told = workspace.ok(args);
        assert!(told.contains("今の状態です"), "{told}");
        assert!(told.contains("out/reports/2026-11-22.txt"), "{told}");
        assert_ne!(head(&told), head(&text), "it says what is now");
        assert!(kept(&workspace) == both);
    }
}

#[test]
fn a_new_edition_is_written_beside_the_old_one_when_it_is_asked_for() {
    let workspace = Workspace::new();
    workspace.queue_plain(2, 2);
    workspace.ok(&["run"]);
    let first = kept(&workspace);
    // Nothing has changed: there is nothing to write.
    let told = workspace.ok(&["report", "--write", "--now", NEXT_NOON, "2026-11-22"]);
    assert!(told.contains("out/reports/2026-11-22.txt"), "{told}");
    assert!(kept(&workspace) == first);
    workspace.ok(&["confirm", "L000001B", "--delivered", "--as", "佐藤"]);
    let told = workspace.ok(&["report", "--write"]);
    assert!(told.contains("out/reports/2026-11-22-2.pdf"), "{told}");
    assert_kept(&workspace, &first);
    let second = kept(&workspace);
    workspace.ok(&["confirm", "L000002C", "--delivered", "--as", "佐藤"]);
    workspace.ok(&["report", "--write"]);
    assert_kept(&workspace, &second);
    let expected: Vec<String> = ["-2", "-3", ""]
        .iter()
        .flat_map(|edition| {
            ["html", "pdf", "txt"].map(|form| format!("2026-11-22{edition}.{form}"))
        })
        .collect();
    assert_eq!(names(&workspace), expected);
}

#[test]
fn a_night_that_is_finished_later_keeps_the_report_of_the_broken_one() {
    let workspace = Workspace::new();
    workspace.queue_plain(4, 2);
    workspace.ok(&["run"]);
    let first = kept(&workspace);
    let text = fs::read_to_string(workspace.path("out/reports/2026-11-22.txt")).unwrap();
    // A letter comes back into that night and is made by a second run.
    workspace.queue_plain(6, 2);
    let args = ["run", "--now", NEXT_NOON, "--stop-at", "claimed"];
    workspace.start_until(&args, "stopped at").kill();
    assert_kept(&workspace, &first);
    workspace.ok(&["run", "--date", "2026-11-23", "--now", NEXT_NOON]);
    let night = kept(&workspace);
    workspace.ok(&[
        "confirm",
        "--written-of",
        "2026-11-22",
        "--delivered",
        "--as",
        "佐藤",
    ]);
    let told = workspace.ok(&["run", "--date", "2026-11-22", "--now", NEXT_NOON]);
    assert!(told.contains("out/reports/2026-11-22-2.txt"), "{told}");
    assert_kept(&workspace, &night);
    let again = fs::read_to_string(workspace.path("out/reports/2026-11-22-2.txt")).unwrap();
    assert_ne!(head(&text), head(&again));
}

#[test]
fn a_night_without_a_report_gets_its_first_one_when_somebody_looks() {
    let workspace = Workspace::new();
    workspace.queue_plain(1, 0);
    workspace.ok(&["run"]);
    fs::remove_dir_all(workspace.path("out/reports")).unwrap();
    let told = workspace.ok(&["report"]);
    assert!(told.contains("報告書を保存しました"), "{told}");
    assert_eq!(
        names(&workspace),
        ["2026-11-22.html", "2026-11-22.pdf", "2026-11-22.txt"]
    );
}

/// The report of the night as things stand in a snapshot, without the time it
/// was made at.
async fn seen(office: &Office, conn: &mut Reads) -> Value {
    let date = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
    let report = Report::read(office, conn, date).await.unwrap();
    let mut report = serde_json::to_value(report).unwrap();
    report["issued_ja"].take();
    report
}

#[test]
fn counts_and_lists_are_of_one_moment_though_letters_change_meanwhile() {
    let workspace = Workspace::new();
    workspace.queue_plain(3, 3);
    let post = [11, 12].map(|n| post_record(n, 1).to_string());
    let file = workspace.file("post.jsonl", post.join("\n"));
    workspace.ok(&["queue", file.to_str().unwrap()]);
    workspace.ok(&["run"]);
    let config = Config::read(Some(&workspace.path("yobin.toml"))).unwrap();
    let clock = Clock::starting_at(NOON.parse().unwrap());
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let office = Office::open(config, clock).await.unwrap();
        let mut conn = office.store.reads().await.unwrap();
        let first = seen(&office, &mut conn).await;
        // Others are at work: letters go, one must not go any more, one comes.
        workspace.file(
            "flags.csv",
            "加入者管理番号,区分,操作\nM0000012,宛先不明,登録\n",
        );
        workspace.ok(&["members", "flags", "flags.csv", "--as", "鈴木"]);
        workspace.ok(&["confirm", "L000001B", "--delivered", "--as", "佐藤"]);
        let posted = ["posted", "L000004E", "--on", "2026-11-22", "--as", "佐藤"];
        workspace.ok(&posted);
        let file = workspace.file("late.jsonl", post_record(13, 1).to_string());
        workspace.ok(&["queue", file.to_str().unwrap()]);
        assert_eq!(seen(&office, &mut conn).await, first);
        drop(conn);
        let mut conn = office.store.reads().await.unwrap();
        let now = seen(&office, &mut conn).await;
        for part in ["counts", "leaving", "attention", "waiting"] {
            assert_ne!(now[part], first[part], "{part}");
        }
        assert_eq!(now["sum_matches"], true);
        drop(conn);
        office.close().await;
    });
}
