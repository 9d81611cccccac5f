//! Settings that cannot work: one clear message each, and nothing happens.

use std::fs;

use crate::harness::{Done, Workspace, root};

/// Demands exit code 1 and one message in Japanese with all of `words`.
fn assert_refused(done: &Done, words: &[&str]) {
    let told = format!("{}{}", done.out, done.err);
    assert_eq!(done.code, Some(1), "{told}");
    let messages = done.err.matches("エラー：").count();
    assert_eq!(messages, 1, "{told}");
    for word in words {
        assert!(done.err.contains(word), "no {word:?} in: {told}");
    }
    for leak in [
        "panicked",
        "RUST_BACKTRACE",
        "Error {",
        "Os {",
        "Some(",
        "Err(",
    ] {
        assert!(!told.contains(leak), "{leak:?} in: {told}");
    }
}

/// The settings, and what the message must name.
const REFUSED: [(&str, &[&str]); 18] = [
    (
        "aproval = \"none\"",
        &["yobin.toml", "「aproval」", "項目はありません", "approval"],
    ),
    (
        "[render]\nwall_secs = 2",
        &["「wall_secs」", "項目はありません", "wall_seconds"],
    ),
    (
        "[mail]\ntrnsport = \"file\"",
        &["trnsport", "項目はありません", "transport"],
    ),
    (
        "[database]\nurl = \"x\"",
        &["「database」", "項目はありません"],
    ),
    ("approval = \"maybe\"", &["maybe", "required", "none"]),
    (
        "approval = ",
        &["yobin.tomlの", "書き方に誤り", "この行：approval ="],
    ),
    (
        "schedule = \"every night\"",
        &["every night", "曜日", "Mon-Fri"],
    ),
    (
        "schedule = \"0 30 1 * * 1-5\"",
        &["曜日", "名前", "Mon-Fri"],
    ),
    ("schedule = \"0 99 1 * * *\"", &["0 99 1 * * *", "Mon-Fri"]),
    ("[render]\nworkers = 0", &["render.workers", "1から256"]),
    (
        "[render]\nmemory_mib = 10",
        &["render.memory_mib", "256から"],
    ),
    ("[render]\nwall_seconds = 0", &["render.wall_seconds"]),
    (
        "[delivery]\nretry_seconds = [99999]",
        &["delivery.retry_seconds"],
    ),
    ("fonts = \"nowhere\"", &["nowhere", "フォント", "fonts"]),
    ("templates = \"nowhere\"", &["nowhere", "書簡の種類"]),
    (
        "society = \"nowhere\"",
        &["nowhere/profile.toml", "society"],
    ),
    (
        "[mail]\nfrom = \"nobody\"",
        &["mail.from", "メールアドレス"],
    ),
    ("[mail]\ntransport = \"smtp\"", &["smtp", "[mail.smtp]"]),
];

#[test]
fn settings_that_cannot_work_are_refused_with_one_clear_message() {
    // Before a workspace is made they come first: whoever made it first would
    // be told of them next.
    let unmade = Workspace::unmade("");
    let made = Workspace::new();
    made.ok(&["init"]);
    for (settings, words) in REFUSED {
        for workspace in [&unmade, &made] {
            workspace.settings(settings);
            assert_refused(&workspace.yobin(&["run"]), words);
            let checked = workspace.yobin(&["check"]);
            assert_eq!(checked.code, Some(1), "check finds nothing in {settings:?}");
        }
        assert_refused(&unmade.yobin(&["serve"]), words);
    }
    assert!(!unmade.path("out").exists());
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let workspace = Workspace::new();
    workspace.file("occupied", "a file, not a folder");
    for out in ["occupied", "occupied/out"] {
        workspace.settings(&format!("out = {out:?}"));
        for command in ["run", "serve", "list"] {
            assert_refused(
                &workspace.yobin(&[command]),
                &[out, "作業フォルダー", "out"],
            );
        }
    }
}

#[test]
fn a_named_settings_file_that_is_not_there_is_not_replaced_by_defaults() {
    let workspace = Workspace::unmade("");
    let done = workspace.yobin(&["--config", "absent.toml", "run"]);
    assert_refused(&done, &["「absent.toml」がありません", "今いるフォルダー("]);
    assert!(!workspace.path("out").exists());
    workspace.file("latin.toml", b"approval = \"\xff\"");
    assert_refused(
        &workspace.yobin(&["--config", "latin.toml", "run"]),
        &["latin.toml"],
    );
}

#[test]
fn a_database_that_is_none_is_named_and_left_alone() {
    let workspace = Workspace::unmade("");
    fs::create_dir(workspace.path("out")).unwrap();
    let text = "this is somebody's letter and no database at all ".repeat(30);
    let file = workspace.file("out/yobin.db", &text);
    assert_refused(&workspace.yobin(&["run"]), &["データベース"]);
    assert_eq!(fs::read_to_string(file).unwrap(), text);
}

/// The shipped fonts without one.
fn fonts_without(workspace: &Workspace, missing: &str) {
    let fonts = workspace.path("fonts");
    fs::create_dir_all(&fonts).unwrap();
    for entry in fs::read_dir(root().join("fonts")).unwrap() {
        let entry = entry.unwrap();
        if !entry.file_name().to_string_lossy().starts_with(missing) {
            fs::copy(entry.path(), fonts.join(entry.file_name())).unwrap();
        }
    }
}

#[test]
fn a_night_without_one_of_its_fonts_does_not_begin() {
    for (missing, name) in [
        ("BIZUDMincho", "BIZUDMincho"),
        ("ipamjm", "ipamjm"),
        ("BIZUDGothic", "BIZUDGothic-Regular"),
    ] {
        let workspace = Workspace::new();
        workspace.queue_plain(2, 1);
        fonts_without(&workspace, missing);
        workspace.settings("approval = \"none\"\nfonts = \"fonts\"\n");
        assert_refused(&workspace.yobin(&["run"]), &["フォント", name]);
        let check = workspace.exits(1, &["check"]);
        assert!(check.contains(name), "{check}");
        // With the font back, the letters go their way as if nothing had been.
        workspace.settings("approval = \"none\"\n");
        assert_eq!(workspace.letters_in("queued").len(), 2);
        workspace.ok(&["run"]);
        workspace.assert_nothing_lost_or_doubled(2);
    }
}

#[test]
fn unknown_kinds_states_and_dates_are_refused() {
    let workspace = Workspace::new();
    let record = workspace.file("unknown.json", "{\"kind\": \"nosuch\", \"outcome\": \"x\"}");
    let told = workspace.exits(1, &["queue", record.to_str().unwrap()]);
    assert!(
        told.contains("「nosuch」") && told.contains("acknowledgement"),
        "{told}"
    );
    assert_refused(
        &workspace.yobin(&["kinds", "nosuch"]),
        &["nosuch", "yobin kinds"],
    );
    assert_refused(
        &workspace.yobin(&["queue", "absent.csv"]),
        &["「absent.csv」がありません", "今いるフォルダー("],
    );
    assert_refused(
        &workspace.yobin(&["report", "2026-01-01"]),
        &["2026-01-01", "夜間処理はありません"],
    );
    assert!(workspace.letters().is_empty());
}

#[test]
fn a_night_with_a_date_to_come_says_so() {
    let workspace = Workspace::new();
    let done = workspace.yobin(&["run", "--date", "2026-11-23"]);
    assert_eq!(done.code, Some(0), "{}", done.err);
    assert!(
        done.err.contains("2026-11-23 は先の日付です"),
        "{}",
        done.err
    );
    let done = workspace.yobin(&["run", "--date", "2026-11-22"]);
    assert!(!done.err.contains("先の日付"), "{}", done.err);
}

#[test]
fn a_mistyped_command_says_that_nothing_was_done() {
    // 2, as after a night that needs a person: somebody has to look.
    let workspace = Workspace::unmade("approval = \"none\"\n");
    for args in [
        ["run", "--date", "tomorrow"],
        ["list", "--state", "nosuch"],
        ["run", "--workers", "0"],
    ] {
        let told = workspace.exits(2, &args);
        assert!(told.contains(args[2]), "{told}");
        assert!(told.contains("まだ何も行っていません"), "{told}");
    }
    assert!(!workspace.path("out").exists());
}

#[test]
fn check_lists_all_problems_at_once() {
    let workspace = Workspace::new();
    workspace.file("occupied", "");
    workspace.settings("fonts = \"nowhere\"\nsociety = \"nobody\"\nout = \"occupied/out\"\n");
    let told = workspace.exits(1, &["check"]);
    for word in [
        "nowhere",
        "nobody/profile.toml",
        "nobody/notice.toml",
        "occupied/out",
    ] {
        let named = told
            .lines()
            .any(|line| line.starts_with('・') && line.contains(word));
        assert!(named, "no {word} in: {told}");
    }
}

#[test]
fn check_of_the_shipped_settings_is_clean_and_tells_the_next_three_nights() {
    let workspace = Workspace::unmade("schedule = \"0 30 1 * * Mon-Fri\"\n");
    // From a Friday noon: the weekend is skipped.
    let told = workspace.ok(&["check", "--now", "2026-11-20T12:00:00+09:00"]);
    assert!(told.contains("問題はありません"), "{told}");
    let nights: Vec<&str> = told
        .lines()
        .filter(|line| line.ends_with(" 01:30:00"))
        .collect();
    let expected = ["23", "24", "25"].map(|day| format!("  2026-11-{day} 01:30:00"));
    assert_eq!(nights, expected, "{told}");
    assert!(!workspace.path("out").exists(), "check made something");
}
