//! A demo's folder is made anew as long as it is a demo's, and never again
//! once anybody has worked in it.

use std::fs;
use std::os::unix::fs::symlink;
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;

use crate::harness::{Workspace, copy_folder, files_below, plain_record};
use crate::notice_revisions::{ALWAYS, DRAFT, dated};

const DEMO: [&str; 3] = ["demo", "--dir", "demo"];

/// A workspace whose `out` is the folder of a demo just made. It takes a
/// while, so one is made and copied.
fn made() -> Workspace {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let workspace = settled();
        workspace.ok(&DEMO);
        let kept = TempDir::new().unwrap();
        copy_folder(&workspace.path("demo"), kept.path());
        kept
    });
    let workspace = settled();
    copy_folder(folder.path(), &workspace.path("demo"));
    workspace
}

fn settled() -> Workspace {
    Workspace::unmade(
        "approval = \"none\"\nout = \"demo\"\n[render]\nworkers = 2\n\
         [publication]\nfolder = \"web\"\n",
    )
}

#[test]
fn a_demo_publishes_the_sample_edition_in_its_own_folder_alone() {
    let workspace = made();
    let editions = workspace.ok(&["notice", "list", "--json"]);
    let editions: Vec<Value> = editions
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let states: Vec<&str> = editions
        .iter()
        .map(|edition| edition["state"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["superseded", "published"]);
    assert_eq!(editions[1]["label"], "（見本の版）");
    assert_ne!(editions[1]["drafted_by"], editions[1]["approved_by"]);
    assert!(workspace.path("demo/public").is_dir());
    // Not where the society's own site is copied to, and no word of it in the
    // society's file.
    assert!(!workspace.path("web").exists());
    let letters = workspace.letters();
    let of = |kind: &str| letters.iter().filter(|l| l["kind"] == kind).count();
    assert!(of("fee-notice") >= 5, "fees");
    assert_eq!(of("purpose-change"), 3);
    let told = workspace.yobin(&["notice", "check"]).out;
    assert!(told.contains("見本の版"), "{told}");
    assert!(!told.contains("[fees] に定めた手数料の額"), "{told}");
}

fn assert_kept(workspace: &Workspace, what: &str) {
    let before = files_below(&workspace.path("demo"));
    let told = workspace.exits(1, &DEMO);
    assert!(
        told.contains("--dir に別のフォルダーを書いてください"),
        "{what}: {told}"
    );
    assert!(told.contains("消"), "{what}: {told}");
    assert_eq!(files_below(&workspace.path("demo")), before, "{what}");
}

#[test]
fn a_demo_nobody_worked_in_is_made_anew() {
    let workspace = made();
    // Looking is no work, and a page that was thrown away is no loss.
    workspace.ok(&["list"]);
    workspace.ok(&["show", "L000001B"]);
    workspace.ok(&["verify"]);
    workspace.ok(&["queue", "--dry-run", sample(&workspace)]);
    let letters = files_below(&workspace.path("demo/書簡"));
    fs::remove_file(&letters[0]).unwrap();
    workspace.ok(&DEMO);
    assert_eq!(
        files_below(&workspace.path("demo/書簡")).len(),
        letters.len()
    );
    // And once more.
    workspace.ok(&DEMO);
}

fn sample(workspace: &Workspace) -> &'static str {
    workspace.file("one.json", plain_record(7, false).to_string());
    "one.json"
}

#[test]
fn whoever_works_in_it_keeps_what_is_there() {
    let night = ["run", "--now", "2026-11-23T12:00:00+09:00"];
    let works: [(&str, &[&[&str]]); 7] = [
        ("queue", &[&["queue", "one.json"]]),
        (
            "queued, held and cancelled",
            &[
                &["queue", "one.json"],
                &["hold", "LAST"],
                &["cancel", "LAST"],
            ],
        ),
        ("a night with nothing to do", &[&night]),
        ("flags", &[&["members", "flags", "flags.csv"]]),
        ("a notice", &[&DRAFT]),
        ("a request", &[&["request", "add", "request.csv"]]),
        (
            "a report",
            &[&["report", "2026-11-22"], &["queue", "one.json"]],
        ),
    ];
    for (what, commands) in works {
        let workspace = made();
        sample(&workspace);
        workspace.file(
            "flags.csv",
            "加入者管理番号,区分,操作\nM0000001,支援措置,登録\n",
        );
        workspace.file("request.csv", REQUEST);
        let edition = workspace.ok(&["notice", "show", "2", "--toml"]);
        let next = dated(&edition, "(令和9年1月更新版)", "2027-01-01");
        let next = next.replacen("医療費通知の発行", "医療費通知の作成及び送付", 1);
        workspace.file("new.toml", next);
        let answers = "[q1]\n\"receipts/medical-cost-notice\" = \"wording\"\n";
        workspace.file("answers.toml", format!("{answers}{ALWAYS}"));
        for command in commands {
            let last = workspace.letters().last().unwrap()["id"].to_string();
            let last = last.trim_matches('"');
            let args: Vec<&str> = command
                .iter()
                .map(|word| if *word == "LAST" { last } else { *word })
                .collect();
            let done = workspace.yobin(&args);
            assert_ne!(done.code, Some(1), "{what}: {}{}", done.out, done.err);
        }
        assert_kept(&workspace, what);
    }
}

const REQUEST: &str = "\
受付番号,請求の種類,請求日,到達日,請求者の区分,請求者氏名,請求者住所,本人氏名,本人の区分,窓口
受第26-901号,開示,2026-11-18,2026-11-20,本人,見本 太郎,群馬県前橋市亀里町1310番地,見本 太郎,被保険者,総務課
";

/// Puts something into the folder.
type Put = fn(&Workspace);

#[test]
fn files_of_others_in_it_are_kept() {
    let beside: [(&str, Put); 5] = [
        ("a file", |workspace| {
            workspace.file("demo/覚書.txt", "");
        }),
        ("a file among the mails", |workspace| {
            fs::write(workspace.path("demo/mail/my.eml"), "x").unwrap();
        }),
        ("a changed report", |workspace| {
            fs::write(workspace.path("demo/reports/2026-11-22.txt"), "x").unwrap();
        }),
        ("a link", |workspace| {
            fs::write(workspace.path("real"), "x").unwrap();
            symlink(workspace.path("real"), workspace.path("demo/link")).unwrap();
        }),
        ("a log that is not yet in the database", |workspace| {
            fs::write(workspace.path("demo/yobin.db-wal"), "x").unwrap();
        }),
    ];
    for (what, put) in beside {
        let workspace = made();
        put(&workspace);
        assert_kept(&workspace, what);
    }
}

#[test]
fn where_it_cannot_be_known_nothing_is_removed() {
    for mark in ["", "yobin demo begun", "yobin demo 2\n"] {
        let workspace = made();
        fs::write(workspace.path("demo/.yobin-demo"), mark).unwrap();
        assert_kept(&workspace, mark);
    }
    let workspace = made();
    fs::remove_file(workspace.path("demo/.yobin-demo")).unwrap();
    let told = workspace.exits(1, &DEMO);
    assert!(told.contains("見本のフォルダーでもありません"), "{told}");
    assert!(workspace.path("demo/yobin.db").is_file());
}
