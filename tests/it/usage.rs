//! A command line that is not understood is told in Japanese, with an example
//! of the very command, ends with 2 and has done nothing.

use crate::harness::{Done, Workspace};
use crate::pages::{commands_below, help};

/// Words of the library's own sentences.
const ENGLISH: [&str; 12] = [
    "error:",
    "Usage",
    "usage:",
    "Options",
    "Arguments",
    "Commands",
    "required",
    "invalid",
    "unexpected",
    "possible values",
    "For more information",
    "Print",
];

fn assert_japanese(told: &str) {
    for word in ENGLISH {
        assert!(!told.contains(word), "{word}:\n{told}");
    }
    // What is to be written is named in Japanese, too: `<DATE>` is the source's.
    for named in told.split('<').skip(1) {
        let capital = named.starts_with(|c: char| c.is_ascii_uppercase());
        assert!(!capital, "<{}:\n{told}", named.lines().next().unwrap());
    }
}

/// Every command with the words that lead to it.
fn commands(workspace: &Workspace) -> Vec<Vec<String>> {
    let mut all: Vec<Vec<String>> = vec![Vec::new()];
    let mut place = 0;
    while let Some(words) = all.get(place).cloned() {
        let plain: Vec<&str> = words.iter().map(String::as_str).collect();
        for below in commands_below(&help(workspace, &plain)) {
            all.push(words.iter().cloned().chain([below]).collect());
        }
        place += 1;
    }
    assert!(all.len() > 40, "{all:?}");
    all
}

fn run(workspace: &Workspace, words: &[String], more: &[&str]) -> Done {
    let words = words.iter().map(String::as_str);
    let words: Vec<&str> = words.chain(more.iter().copied()).collect();
    workspace.yobin(&words)
}

#[test]
fn every_command_helps_in_japanese_and_shows_an_example_of_itself() {
    let workspace = Workspace::unmade("approval = \"none\"\n");
    for words in commands(&workspace) {
        let path = [&["yobin".to_owned()][..], &words].concat().join(" ");
        for option in ["-h", "--help"] {
            let done = run(&workspace, &words, &[option]);
            assert_eq!(done.code, Some(0), "{path}");
            assert_japanese(&done.out);
            assert!(
                done.out.contains(&format!("使い方：{path}")),
                "{}",
                done.out
            );
            assert!(done.out.contains("例：\n  yobin "), "{}", done.out);
        }
        // An option nobody knows.
        let done = run(&workspace, &words, &["--zzz"]);
        assert_eq!(done.code, Some(2), "{path}");
        assert!(done.out.is_empty(), "{}", done.out);
        assert_japanese(&done.err);
        let named = format!("{path} に「--zzz」という指定はありません。");
        assert!(done.err.starts_with("エラー："), "{}", done.err);
        assert!(done.err.contains(&named), "{}", done.err);
        assert!(done.err.contains(&format!("例：{path}")) || words.is_empty());
        assert!(done.err.contains(&format!("{path} --help")), "{}", done.err);
    }
    assert!(!workspace.path("out").exists(), "something was done");
}

#[test]
fn each_slip_is_told_as_what_it_is() {
    let slips: [(&[&str], &[&str]); 22] = [
        (
            &[],
            &[
                "コマンドを書いてください",
                "queue",
                "ファイルの記録を受け付ける",
            ],
        ),
        (
            &["requst", "list"],
            &[
                "「requst」というコマンドはありません",
                "「request」のことですか",
            ],
        ),
        (&["request"], &["yobin request の後に、コマンド", "close"]),
        (
            &["request", "finish"],
            &["「finish」というコマンドはありません", "close"],
        ),
        (&["queue"], &["「<ファイル>」を書いてください", "CSV"]),
        (
            &["request", "close", "受第26-105号"],
            &[
                "「--reason <理由>」を書いてください",
                "取下げ、補正なし",
                "--reason 回答済み --as 佐藤",
            ],
        ),
        (
            &["approve", "L000001B"],
            &["「--as <名前>」を書いてください", "承認する人の名前"],
        ),
        (
            &[
                "approve",
                "L000001B",
                "--through",
                "L000002C",
                "--as",
                "鈴木",
            ],
            &["「--count <件数>」を書いてください", "--count 746"],
        ),
        (
            &["list", "--sate", "受付"],
            &[
                "「--sate」という指定はありません",
                "「--state」のことですか",
            ],
        ),
        (
            &["list", "--state", "ほげ"],
            &["受付、承認、付番", "結果不明、取消 のいずれか"],
        ),
        (
            &["list", "--batch", "11/24"],
            &["日付「11/24」は読めません。2026-11-22"],
        ),
        (
            &["show", "L000001X"],
            &["「L000001X」は書簡の番号ではありません"],
        ),
        (&["run", "--workers", "0"], &["1 から 256 までの数"]),
        (
            &["run", "--workers", "二"],
            &["「二」は書けません。半角の数字"],
        ),
        (
            &["notice", "approve", "二", "--as", "鈴木"],
            &["「二」は書けません。半角の数字"],
        ),
        (
            &["kinds", "--header", "pdf", "acknowledgement"],
            &["「pdf」は書けません。csv、xlsxのどれか"],
        ),
        (
            &["kinds", "acknowledgement", "--header"],
            &["「--header <csv|xlsx>」の値がありません"],
        ),
        (
            &["queue", "通知", "一覧.csv"],
            &["「一覧.csv」は余分です", "\" \" で囲みます"],
        ),
        (
            &["retry", "L000001B", "--failed-of", "2026-11-24"],
            &["一緒に書けません。どちらか一方に"],
        ),
        (
            &["posted", "--print", "2026-11-24", "--print", "2026-11-25"],
            &["「--print <印刷の番号|日付>」は一度だけ"],
        ),
        (
            &["confirm", "L000001B"],
            &["--delivered(届いていた)か --not-delivered"],
        ),
        (
            &["posted"],
            &["どの書簡かを書いてください", "例：yobin posted"],
        ),
    ];
    let workspace = Workspace::unmade("approval = \"none\"\n");
    for (words, parts) in slips {
        let done = workspace.yobin(words);
        assert_eq!(done.code, Some(2), "{words:?}\n{}", done.err);
        assert!(done.err.starts_with("エラー："), "{words:?}\n{}", done.err);
        assert_japanese(&done.err);
        for part in parts {
            assert!(done.err.contains(part), "{words:?}: {part}\n{}", done.err);
        }
    }
    assert!(!workspace.path("out").exists(), "something was done");
}

#[test]
fn what_is_quoted_steers_no_terminal_and_is_short() {
    let workspace = Workspace::new();
    let long = "あ".repeat(5000);
    for word in ["\u{1b}[2Jx", long.as_str(), "\r\nエラー：ほか"] {
        let done = workspace.yobin(&[word]);
        assert_eq!(done.code, Some(2));
        assert!(
            !done.err.contains('\u{1b}') && done.err.len() < 8000,
            "{}",
            done.err
        );
    }
}
