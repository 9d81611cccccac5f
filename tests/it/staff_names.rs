//! Four eyes are two people: a name that only looks different is nobody else,
//! and the program's own names are nobody's.

use crate::harness::{Workspace, plain_record};
use crate::notice_revisions::{self, DRAFT};

/// A workspace with a letter 佐藤 queued.
fn queued_by(name: &str) -> Workspace {
    let workspace = Workspace::with_settings("");
    let file = workspace.file("one.json", plain_record(1, false).to_string());
    workspace.ok(&["queue", file.to_str().unwrap(), "--as", name]);
    workspace
}

#[test]
fn whoever_queued_a_letter_cannot_approve_it_under_a_name_that_looks_the_same() {
    for (name, twins) in [
        (
            "佐藤",
            &["佐 藤", "佐藤\u{3000}", "佐\u{E0100}藤", "佐藤\u{E0101}"][..],
        ),
        ("サトー", &["ｻﾄｰ", "サト－", "サト\u{2014}"]),
        ("がもう", &["か\u{3099}もう"]),
        (
            "Sato 1",
            &["ｓａｔｏ１", "SATO 01", "S\u{430}to 1", "Sato①"],
        ),
        ("\u{795E}田", &["\u{FA19}田"]),
    ] {
        let workspace = queued_by(name);
        for twin in twins {
            let told = workspace.exits(1, &["approve", "L000001B", "--as", twin]);
            assert!(
                told.contains("受け付けた人は承認できません"),
                "{twin:?}: {told}"
            );
        }
        workspace.ok(&["approve", "L000001B", "--as", "鈴木"]);
    }
}

#[test]
fn a_name_with_a_character_nobody_sees_is_refused_everywhere() {
    let workspace = queued_by("佐藤");
    for c in [
        '\u{200B}',
        '\u{200D}',
        '\u{FE00}',
        '\u{AD}',
        '\u{3164}',
        '\u{202E}',
        '\u{FEFF}',
        '\u{2060}',
        '\u{180E}',
        '\u{2800}',
        '\u{E0041}',
    ] {
        let name = if c == '\u{FE00}' {
            format!("サトウ{c}")
        } else {
            format!("鈴{c}木")
        };
        for args in [
            &["approve", "L000001B", "--as", &name][..],
            &["hold", "L000001B", "--as", &name],
            &["cancel", "L000001B", "--as", &name],
        ] {
            let told = workspace.exits(1, args);
            let code = format!("U+{:04X}", u32::from(c));
            assert!(told.contains("目に見えない文字"), "{c:?}: {told}");
            assert!(told.contains(&code), "{c:?}: {told}");
        }
    }
    assert_eq!(workspace.letters_in("queued").len(), 1);
    // A registered form of a name is a name.
    workspace.ok(&["approve", "L000001B", "--as", "葛\u{E0102}城 花子"]);
}

#[test]
fn a_character_of_nobodys_name_is_refused_and_a_real_name_approves() {
    let workspace = queued_by("佐藤");
    for c in "\u{1D159}\u{13430}\u{13438}\u{16FE4}\u{E000}\u{378}\u{337}\u{301}\u{3099}\u{262}\u{20DD}\u{F0000}\u{9FFFF}\u{1F600}".chars() {
        let name = format!("佐{c}藤");
        let told = workspace.exits(1, &["approve", "L000001B", "--as", &name]);
        let code = format!("U+{:04X}", u32::from(c));
        assert!(told.contains(&code) && told.contains("担当者名"), "{told}");
    }
    for own in ["夜閒処理", "夜間處理", "niɢht", "見本の擔當者"] {
        workspace.exits(1, &["approve", "L000001B", "--as", own]);
    }
    for real in [
        "髙橋",
        "山﨑",
        "𠮷田",
        "ヴァン・ロー",
        "Kubo",
        "サトーか\u{3099}",
    ] {
        let workspace = queued_by("佐藤");
        workspace.ok(&["approve", "L000001B", "--as", real]);
    }
}

#[test]
fn the_programs_own_names_are_taken_by_nobody() {
    let workspace = queued_by("佐藤");
    for own in [
        "night",
        "NIGHT",
        "ｎｉｇｈｔ",
        "n i g h t",
        "夜間処理",
        "夜間\u{3000}処理",
        "見本の担当者",
    ] {
        let told = workspace.exits(1, &["approve", "L000001B", "--as", own]);
        assert!(
            told.contains("夜便が自分の処理を記録する名前"),
            "{own}: {told}"
        );
        for variable in ["LOGNAME", "USER"] {
            let mut command = workspace.command(&["hold", "L000001B"]);
            command
                .env_remove("LOGNAME")
                .env_remove("USER")
                .env(variable, own);
            let output = command.output().unwrap();
            let told = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(1), "{variable}={own}: {told}");
            assert!(told.contains("--as に自分の名前を"), "{told}");
        }
    }
    assert_eq!(workspace.letters_in("queued").len(), 1);
    for name in ["夜間", "knight", "見本 太郎"] {
        let workspace = queued_by("佐藤");
        workspace.ok(&["approve", "L000001B", "--as", name]);
    }
}

#[test]
fn whoever_drafted_a_revision_cannot_approve_it_under_a_name_that_looks_the_same() {
    let workspace = notice_revisions::workspace();
    workspace.ok(&DRAFT);
    for twin in ["佐 藤", "佐藤\u{E0100}", "佐\u{E0101}藤"] {
        let told = workspace.exits(1, &["notice", "approve", "2", "--as", twin]);
        assert!(!told.contains("目に見えない"), "{twin:?}: {told}");
    }
    let told = workspace.exits(1, &["notice", "approve", "2", "--as", "佐\u{200B}藤"]);
    assert!(told.contains("目に見えない文字(U+200B)"), "{told}");
    workspace.ok(&["notice", "approve", "2", "--as", "鈴木"]);
}
