//! Small files that went wrong somewhere once, as they are. What each kind
//! promises is held by the tests of that kind; here are the first inputs.

use std::fs;

use crate::harness::{Workspace, root};

/// A fresh workspace with this file of `tests/data/met`.
fn with(file: &str) -> Workspace {
    let workspace = Workspace::new();
    put(&workspace, file);
    workspace
}

fn put(workspace: &Workspace, file: &str) {
    let bytes = fs::read(root().join("tests/data/met").join(file)).unwrap();
    workspace.file(file, bytes);
}

/// What a command says and the code it ends with.
fn says(workspace: &Workspace, args: &[&str]) -> (Option<i32>, String) {
    let mut args = args.to_vec();
    args.extend(["--as", "佐藤", "--now", "2026-11-24T10:00:00+09:00"]);
    let done = workspace.yobin(&args);
    (done.code, format!("{}{}", done.out, done.err))
}

fn queued(file: &str) -> (Option<i32>, String) {
    let kind = ["--kind", "acknowledgement"];
    let mut args = vec!["queue", file];
    if !file.ends_with(".json") {
        args.extend(kind);
    }
    says(&with(file), &args)
}

#[test]
fn what_was_taken_silently_is_refused_with_its_place_and_cause() {
    for (file, words) in [
        (
            "formula-letter.xlsx",
            "2行目「方書・建物名」：数式の計算結果がファイルに保存されていません",
        ),
        ("filtered.xlsx", "非表示の行や列に値があります(3行目)"),
        (
            "scientific.csv",
            "2行目「受付番号」：「2.02611E+11」は、表計算ソフトが桁を丸めた数です",
        ),
        (
            "formula-text.csv",
            "2行目「受付番号」：数式が、値ではなく文字のまま入っています",
        ),
        ("errors.csv", "6行目「方書・建物名」：列の幅が足りず"),
        (
            "spill.xlsx",
            "2行目「方書・建物名」：数式がエラーになっています",
        ),
        (
            "arrival-to-come.csv",
            "2行目「到達日」：到達日が今日より後です",
        ),
    ] {
        let (code, told) = queued(file);
        assert_eq!(code, Some(1), "{file}: {told}");
        assert!(told.contains(words), "{file}: {told}");
        assert!(!told.contains("受け付けました"), "{file}: {told}");
    }
    let request = with("formula-request.xlsx");
    let (code, told) = says(&request, &["request", "add", "formula-request.xlsx"]);
    assert_eq!(code, Some(1), "{told}");
    assert!(
        told.contains("2行目「支援措置の相手方」：数式の計算結果"),
        "{told}"
    );
}

#[test]
fn what_sent_staff_the_wrong_way_is_told_as_what_it_is() {
    for (file, words) in [
        ("csv-named.xlsx", "中身は Excel ブックではありません"),
        ("euc-jp.csv", "文字コードが EUC-JP です"),
        ("iso-2022-jp.csv", "文字コードが ISO-2022-JP(JIS) です"),
        (
            "numbers-summary-sheet.xlsx",
            "シート「S2」に見出しがあります",
        ),
        ("sep-line.csv", "1行目の「sep=」の行は"),
        ("tab.csv", "項目がタブで区切られています"),
        ("title-line.csv", "見出しは2行目にあるようです"),
        ("two-dots.json", "メールアドレス"),
    ] {
        let (code, told) = queued(file);
        assert_eq!(code, Some(1), "{file}: {told}");
        assert!(told.contains(words), "{file}: {told}");
        assert!(!told.contains("必須の列がありません"), "{file}: {told}");
    }
}

#[test]
fn what_is_only_written_otherwise_is_taken() {
    for file in [
        "postal-code-minus.csv",
        "nfd-header.csv",
        "nfd-name-letter.json",
        "office-code.json",
        "fullwidth-18.json",
        "wave-dash.json",
    ] {
        let (code, told) = queued(file);
        assert_eq!(code, Some(0), "{file}: {told}");
        assert!(
            told.contains("1件を受け付けました。L000001B"),
            "{file}: {told}"
        );
    }
    // A name of macOS is the name of the request.
    let workspace = with("nfd-name-request.csv");
    put(&workspace, "nfd-name-letter.json");
    assert_eq!(
        says(&workspace, &["request", "add", "nfd-name-request.csv"]).0,
        Some(0)
    );
    let (code, told) = says(&workspace, &["queue", "nfd-name-letter.json"]);
    assert_eq!(code, Some(0), "{told}");
    assert!(!told.contains("本人ではありません"), "{told}");
}

#[test]
fn a_number_is_one_number_however_it_is_written() {
    let workspace = with("request-cp932.csv");
    put(&workspace, "letter-minus.json");
    assert_eq!(
        says(&workspace, &["request", "add", "request-cp932.csv"]).0,
        Some(0)
    );
    let (code, told) = says(&workspace, &["queue", "letter-minus.json"]);
    assert_eq!(code, Some(1), "{told}");
    assert!(
        told.contains("支援措置の相手方として登録されている"),
        "{told}"
    );

    let workspace = with("flags-minus-and-zeros.csv");
    for file in ["objection-wide-hyphen.json", "objection-00123.json"] {
        put(&workspace, file);
        assert_eq!(says(&workspace, &["queue", file]).0, Some(0));
    }
    let (code, told) = says(
        &workspace,
        &["members", "flags", "flags-minus-and-zeros.csv"],
    );
    assert_eq!(code, Some(1), "{told}");
    assert!(
        told.contains("よく似た番号「00123」の加入者がいます"),
        "{told}"
    );
    // The flag whose number is only written otherwise keeps its letter back.
    workspace.file(
        "flag.csv",
        "加入者管理番号,区分,操作\nＭ−００１２,支援措置,登録\n",
    );
    let later = "2026-11-24T11:00:00+09:00";
    workspace.ok(&[
        "members", "flags", "flag.csv", "--as", "佐藤", "--now", later,
    ]);
    workspace.exits(2, &["run", "--now", later]);
    let letters = workspace.letters();
    assert_eq!(
        (&letters[0]["state"], &letters[1]["state"]),
        (&"parked".into(), &"unposted".into())
    );
}

#[test]
fn rejected_texts_come_back_as_texts() {
    let workspace = with("texts.xlsx");
    let args = [
        "queue",
        "texts.xlsx",
        "--kind",
        "acknowledgement",
        "--accept-valid",
    ];
    let (code, told) = says(&workspace, &args);
    assert_eq!(code, Some(2), "{told}");
    let back = fs::read(workspace.path("texts-要修正.xlsx")).unwrap();
    assert!(back.starts_with(b"PK"), "no workbook");
}
