//! What comes out of the printer: never two people on one sheet, no letter
//! twice without a word, and none lost because of another.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::Stdio;

use serde_json::Value;

use crate::harness::{
    NEXT_NOON, Running, Workspace, files_below, has, post_record, text_layer, tool,
};

fn queue(workspace: &Workspace, records: &[Value]) {
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    let file = workspace.file("letters.jsonl", lines.join("\n"));
    workspace.ok(&["queue", file.to_str().unwrap()]);
}

fn list(workspace: &Workspace, date: &str) -> Vec<Vec<String>> {
    let file = workspace.path(format!("out/print/{date}/purpose-change.csv"));
    let list = fs::read_to_string(file).unwrap();
    list.lines()
        .skip(1)
        .map(|row| row.split(',').map(str::to_owned).collect())
        .collect()
}

/// References of a print file's letters, in its order.
fn printed(workspace: &Workspace, date: &str) -> Vec<String> {
    let rows = list(workspace, date);
    let printed = rows.iter().filter(|row| !row[0].is_empty());
    printed.map(|row| row[2].clone()).collect()
}

/// The archived PDF of a letter.
fn archived(workspace: &Workspace, letter: &str) -> PathBuf {
    let shown = workspace.ok(&["show", letter, "--json"]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let hash = shown["letter"]["pdf_sha256"].as_str().unwrap().to_owned();
    let files = files_below(&workspace.path("out/archive/pdf"));
    let found = files
        .iter()
        .find(|path| path.to_string_lossy().contains(&hash));
    found.unwrap().clone()
}

fn assert_told(told: &str, words: &[&str]) {
    for word in words {
        assert!(told.contains(word), "{word:?} is not in\n{told}");
    }
}

#[test]
fn no_sheet_has_two_letters_on_it_whatever_their_lengths() {
    if !has("no_sheet_has_two_letters_on_it", &["qpdf", "pdftotext"]) {
        return;
    }
    for (sides, hint) in [
        ("", "/DuplexFlipLongEdge"),
        ("[print]\nsides = \"duplex\"\n", "/DuplexFlipLongEdge"),
        ("[print]\nsides = \"simplex\"\n", "/Simplex"),
    ] {
        let workspace = Workspace::with_settings(&format!("approval = \"none\"\n{sides}"));
        let lengths = [1, 12, 1, 1, 30, 60, 1];
        let letters: Vec<Value> = (1..)
            .zip(lengths)
            .map(|(n, items)| post_record(n, items))
            .collect();
        queue(&workspace, &letters);
        let told = workspace.ok(&["run"]);
        let file = workspace.path("out/print/2026-11-22/purpose-change.pdf");
        tool("qpdf", &["--check"], &file);
        let pages = text_layer(&file);
        let owners: Vec<Option<usize>> = owners(&workspace, &pages);
        let rows = list(&workspace, "2026-11-22");
        assert_eq!(rows.len(), lengths.len());
        let number = |row: &[String], column: usize| row[column].parse::<usize>().unwrap();
        let lengths: Vec<usize> = rows.iter().map(|row| number(row, 6)).collect();
        assert!(
            lengths.contains(&1) && lengths.iter().any(|n| *n > 1),
            "{lengths:?}"
        );
        let duplex = hint != "/Simplex";
        let mut sheets = 0;
        for (place, row) in rows.iter().enumerate() {
            let (page, length) = (number(row, 5), number(row, 6));
            assert!(
                owners[page - 1..page - 1 + length]
                    .iter()
                    .all(|o| *o == Some(place))
            );
            assert_eq!(number(row, 7), sheets + 1, "{row:?}");
            sheets += number(row, 8);
        }
        // A sheet, as the printer makes it, is one person's.
        let a_sheet = if duplex { 2 } else { 1 };
        for sheet in owners.chunks(a_sheet) {
            assert!(sheet[0].is_some(), "a sheet begins with a blank page");
            assert!(
                sheet
                    .iter()
                    .all(|owner| owner.is_none() || *owner == sheet[0])
            );
        }
        assert_eq!(owners.chunks(a_sheet).count(), sheets);
        let blanks = owners.iter().filter(|owner| owner.is_none()).count();
        let odd = lengths.iter().filter(|n| *n % 2 == 1).count();
        assert_eq!(blanks, if duplex { odd } else { 0 });
        assert_told(
            &told,
            &[&format!(
                "7通 {}ページ {sheets}枚",
                lengths.iter().sum::<usize>()
            )],
        );
        let trailer = tool("qpdf", &["--show-object=1"], &file);
        assert_told(&trailer, &["/Duplex", hint, "/PrintScaling /None"]);
        // The back has the size of its front.
        let boxes = tool("pdfinfo", &["-l", "99"], &file);
        let sizes: Vec<&str> = boxes
            .lines()
            .filter_map(|line| line.split_once("size:").map(|(_, size)| size.trim()))
            .filter(|size| size.contains("pts"))
            .collect();
        assert!(sizes.windows(2).all(|pair| pair[0] == pair[1]), "{sizes:?}");
    }
    let workspace = Workspace::with_settings("[print]\nsides = \"both\"\n");
    let told = workspace.exits(1, &["list"]);
    assert_told(&told, &["duplex", "simplex"]);
}

/// Whose page each is, by the place of the letter in the list.
fn owners(workspace: &Workspace, pages: &[String]) -> Vec<Option<usize>> {
    let letters: Vec<Vec<String>> = printed(workspace, "2026-11-22")
        .iter()
        .map(|letter| text_layer(&archived(workspace, letter)))
        .collect();
    let mut place = 0;
    let mut used = 0;
    pages
        .iter()
        .map(|page| {
            if page.is_empty() {
                return None;
            }
            if used == letters[place].len() {
                (place, used) = (place + 1, 0);
            }
            assert_eq!(page, &letters[place][used]);
            used += 1;
            Some(place)
        })
        .collect()
}

#[test]
fn one_broken_letter_is_left_out_and_named_and_stops_no_other() {
    if !has("one_broken_letter_is_left_out", &["pdftotext"]) {
        return;
    }
    let workspace = Workspace::new();
    let letters: Vec<Value> = (1..=5).map(|n| post_record(n, 1)).collect();
    queue(&workspace, &letters);
    workspace.ok(&["run"]);
    let whole = fs::read(archived(&workspace, "L000002C")).unwrap();
    fs::remove_file(archived(&workspace, "L000001B")).unwrap();
    fs::write(archived(&workspace, "L000002C"), &whole[..whole.len() / 2]).unwrap();
    fs::write(archived(&workspace, "L000004E"), "").unwrap();
    let told = workspace.exits(2, &["print-file", "2026-11-22"]);
    assert_told(
        &told,
        &[
            "2通",
            "L000001B は、保存したPDFがないため",
            "L000002C は、保存したPDFの内容が変わっているため",
            "L000004E は、保存したPDFの内容が変わっているため",
            "yobin verify",
        ],
    );
    assert_eq!(printed(&workspace, "2026-11-22"), ["L000003D", "L000005F"]);
    let rows = list(&workspace, "2026-11-22");
    let reasons: Vec<(&str, &str)> = rows
        .iter()
        .filter(|row| row[0].is_empty())
        .map(|row| (row[2].as_str(), row[9].as_str()))
        .collect();
    let expected = [
        ("L000001B", "保存したPDFがありません"),
        ("L000002C", "保存したPDFが壊れています"),
        ("L000004E", "保存したPDFが壊れています"),
    ];
    assert_eq!(reasons, expected);
    // The report names them until they are mended.
    let told = workspace.exits(2, &["report"]);
    assert_told(
        &told,
        &[
            "【要対応】",
            "郵送する書簡のうち3件が、印刷用ファイルに入っていません",
            "L000004E  未発送",
            "印刷・投函するもの  2通",
        ],
    );
    fs::write(archived_again(&workspace, "L000002C"), &whole).unwrap();
    let told = workspace.exits(2, &["print-file", "2026-11-22"]);
    assert_told(
        &told,
        &["3通", "前に作った印刷用ファイルにも入っていました"],
    );
}

fn archived_again(workspace: &Workspace, letter: &str) -> PathBuf {
    archived(workspace, letter)
}

#[test]
fn a_flag_keeps_a_letter_out_and_the_list_does_not_say_which() {
    let workspace = Workspace::new();
    let letters: Vec<Value> = (1..=3).map(|n| post_record(n, 1)).collect();
    queue(&workspace, &letters);
    workspace.ok(&["run"]);
    workspace.file(
        "flags.csv",
        "加入者管理番号,区分,操作\nM0000002,支援措置,登録\n",
    );
    workspace.ok(&["members", "flags", "flags.csv", "--as", "鈴木"]);
    let told = workspace.exits(2, &["print-file"]);
    assert_told(
        &told,
        &["L000002C は、受付のときに分からなかった「支援措置」の登録があるため"],
    );
    let file = workspace.path("out/print/2026-11-22/purpose-change.csv");
    let text = fs::read_to_string(&file).unwrap();
    assert_told(
        &text,
        &["L000002C,群農健発第2号,,,,,,送付を止める登録があります"],
    );
    for word in ["支援措置", "見本", "亀里", "M0000002"] {
        assert!(!text.contains(word), "{word} is in\n{text}");
    }
    let rows = list(&workspace, "2026-11-22");
    assert_eq!(rows.iter().filter(|row| row[4] == "379-2147").count(), 2);
    // It belongs to no print file, so it can still be withdrawn; those that
    // are in one cannot.
    let told = workspace.exits(1, &["cancel", "L000001B", "--as", "佐藤"]);
    assert_told(&told, &["未発送", "印刷した紙を抜いて"]);
    workspace.exits(2, &["report"]);
    workspace.ok(&["cancel", "L000002C", "--as", "佐藤"]);
    workspace.ok(&["report"]);
    let proof = workspace.ok(&["verify"]);
    assert_told(&proof, &["台帳 4件", "損傷はありません"]);
    let told = workspace.ok(&["print-file"]);
    assert!(!told.contains("L000002C"), "{told}");
}

#[test]
fn the_service_tells_which_letters_are_kept_out_of_the_print_file() {
    let workspace = Workspace::with_settings("approval = \"none\"\nschedule = \"0 30 1 * * *\"\n");
    // The second was archived on an earlier night, and its PDF is gone.
    queue(&workspace, &[post_record(1, 1), post_record(2, 1)]);
    workspace.ok(&["run", "--now", "2026-11-20T12:00:00+09:00"]);
    fs::remove_file(archived(&workspace, "L000002C")).unwrap();
    workspace.exits(2, &["print-file", "2026-11-20"]);
    queue(&workspace, &[post_record(3, 1)]);
    let mut command = workspace.command(&["serve", "--now", "2026-11-22T01:29:59+09:00"]);
    command.stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let said = BufReader::new(child.stdout.take().unwrap());
    let _running = Running::new(child);
    let mut told = String::new();
    for line in said.lines() {
        told.push_str(&line.unwrap());
        told.push('\n');
        if told.contains("次の夜間処理") && told.contains("L000002C") {
            break;
        }
    }
    assert_told(
        &told,
        &[
            "郵送する書簡の印刷用ファイルを作りました",
            "1通 1ページ 1枚",
            "注意：L000002C は、保存したPDFがないため、印刷用ファイルから除きました",
        ],
    );
}

#[test]
fn what_was_posted_is_not_printed_again_and_that_is_said() {
    let workspace = Workspace::new();
    let letters: Vec<Value> = (1..=3).map(|n| post_record(n, 1)).collect();
    queue(&workspace, &letters);
    let told = workspace.ok(&["run"]);
    assert!(!told.contains("前に作った"), "{told}");
    let posted = ["posted", "L000001B", "--on", "2026-11-22", "--as", "佐藤"];
    workspace.ok(&posted);
    let told = workspace.ok(&["print-file", "2026-11-22"]);
    assert_told(
        &told,
        &[
            "2通は、前に作った印刷用ファイルにも入っていました",
            "1通は、投函または手渡したと記録されているので、入れていません",
        ],
    );
    let here = || printed(&workspace, "2026-11-22");
    assert_eq!(here(), ["L000002C", "L000003D"]);
    // The night's own second run does the same.
    workspace.ok(&["run"]);
    assert_eq!(here(), ["L000002C", "L000003D"]);
    // Taken back, it is to be printed.
    workspace.ok(&["posted", "L000001B", "--undo", "--as", "佐藤"]);
    workspace.ok(&["print-file", "2026-11-22"]);
    assert_eq!(here(), ["L000001B", "L000002C", "L000003D"]);
    let all = [
        "posted",
        "--print",
        "2026-11-22",
        "--on",
        "2026-11-22",
        "--as",
        "佐藤",
    ];
    workspace.ok(&all);
    let told = workspace.ok(&["print-file", "2026-11-22"]);
    assert_told(
        &told,
        &["これから印刷する郵送の書簡はありません", "3通は、投函"],
    );
    assert!(!workspace.path("out/print/2026-11-22").exists());
}

/// A letter that a later night finishes is in that night's print file: not in
/// none, and not in one whose other letters were posted long ago.
#[test]
fn a_letter_finished_later_is_printed_once_and_the_others_not_again() {
    let workspace = Workspace::new();
    queue(&workspace, &[post_record(1, 1), post_record(2, 1)]);
    workspace.file(
        "flags.csv",
        "加入者管理番号,区分,操作\nM0000002,宛先不明,登録\n",
    );
    workspace.ok(&["members", "flags", "flags.csv", "--as", "鈴木"]);
    workspace.exits(2, &["run"]);
    assert_eq!(printed(&workspace, "2026-11-22"), ["L000001B"]);
    workspace.file(
        "flags.csv",
        "加入者管理番号,区分,操作\nM0000002,宛先不明,解除\n",
    );
    workspace.ok(&["members", "flags", "flags.csv", "--as", "鈴木"]);
    workspace.ok(&["retry", "L000002C", "--as", "佐藤"]);
    queue(&workspace, &[post_record(3, 1)]);
    let told = workspace.ok(&["run", "--now", NEXT_NOON]);
    assert_told(&told, &["印刷・投函するもの  3通"]);
    assert_eq!(printed(&workspace, "2026-11-22"), ["L000001B"]);
    assert_eq!(printed(&workspace, "2026-11-23"), ["L000002C", "L000003D"]);
    assert_eq!(workspace.letters()[1]["issue_date"], "2026-11-22");
    // Made again, each stays where it is.
    workspace.ok(&["print-file", "2026-11-22"]);
    workspace.ok(&["print-file", "2026-11-23"]);
    assert_eq!(printed(&workspace, "2026-11-22"), ["L000001B"]);
    assert_eq!(printed(&workspace, "2026-11-23"), ["L000002C", "L000003D"]);
}

/// A night that ended before its print file was made is printed by the next.
#[test]
fn letters_of_a_night_that_died_before_printing_join_the_next_print_file() {
    let workspace = Workspace::new();
    queue(&workspace, &[post_record(1, 1)]);
    // Something stands where the print files belong.
    fs::create_dir_all(workspace.path("out")).unwrap();
    workspace.file("out/print", "");
    let done = workspace.yobin(&["run"]);
    assert_eq!(done.code, Some(2), "{}{}", done.out, done.err);
    assert_told(&done.err, &["印刷用のファイルを", "yobin print-file"]);
    assert_told(
        &done.out,
        &[
            "【要対応】1件の処理が終わりました。郵送する書簡のうち1件が、印刷用ファイルに入っていません",
            "L000001B  未発送",
            "報告書を保存しました",
        ],
    );
    fs::remove_file(workspace.path("out/print")).unwrap();
    queue(&workspace, &[post_record(2, 1)]);
    workspace.ok(&["run", "--now", NEXT_NOON]);
    assert_eq!(printed(&workspace, "2026-11-23"), ["L000001B", "L000002C"]);
    let names: Vec<PathBuf> = fs::read_dir(workspace.path("out/print"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(names, [workspace.path("out/print/2026-11-23")]);
}

#[test]
fn print_files_made_at_the_same_time_are_whole_and_nothing_passing_stays() {
    let workspace = Workspace::new();
    let letters: Vec<Value> = (1..=6).map(|n| post_record(n, 1)).collect();
    queue(&workspace, &letters);
    workspace.ok(&["run"]);
    // What a killed process left.
    let left = workspace.path("out/print/.part-2026-11-20");
    fs::create_dir(&left).unwrap();
    fs::write(left.join("purpose-change.pdf"), "a letter").unwrap();
    for _ in 0..3 {
        let children: Vec<_> = (0..4)
            .map(|_| {
                let mut command = workspace.command(&["print-file", "2026-11-22"]);
                command.stdout(Stdio::null()).spawn().unwrap()
            })
            .collect();
        for mut child in children {
            assert!(child.wait().unwrap().success());
        }
        let names: Vec<PathBuf> = fs::read_dir(workspace.path("out/print"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        assert_eq!(names, [workspace.path("out/print/2026-11-22")]);
        assert_eq!(printed(&workspace, "2026-11-22").len(), 6);
    }
}
