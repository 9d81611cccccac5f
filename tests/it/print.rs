//! What comes out of the printer: never two people on one sheet, no letter
//! twice without a word, and none lost because of another.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

use serde_json::Value;

use crate::harness::{
    NEXT_NOON, REPRINT, Workspace, files_below, has, post_record, text_layer, tool,
};

fn queue(workspace: &Workspace, records: &[Value]) {
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    let file = workspace.file("letters.jsonl", lines.join("\n"));
    workspace.ok(&["queue", file.to_str().unwrap()]);
}

fn list(workspace: &Workspace, date: &str) -> Vec<Vec<String>> {
    let file = workspace.path(format!("out/print/{date}/implied-consent-objection.csv"));
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
        let file = workspace.path("out/print/2026-11-22/implied-consent-objection.pdf");
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
    // Nor can they be made again.
    for set in files_below(&workspace.path("out/archive/sets")) {
        fs::write(set, "{}").unwrap();
    }
    let told = workspace.exits(2, REPRINT);
    assert_told(
        &told,
        &[
            "2通",
            "L000001B は、保存したPDFがないため",
            "作り直すことも、できませんでした",
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
    let told = workspace.exits(2, REPRINT);
    assert_told(&told, &["3通", "前にも印刷したものです"]);
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
    let told = workspace.exits(2, REPRINT);
    assert_told(
        &told,
        &["L000002C は、受付のときに分からなかった「支援措置」の登録があるため"],
    );
    let file = workspace.path("out/print/2026-11-22/implied-consent-objection.csv");
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
    // It was printed, so whoever withdraws it says where its paper is.
    for letter in ["L000001B", "L000002C"] {
        let told = workspace.exits(1, &["cancel", letter, "--as", "佐藤"]);
        assert_told(&told, &["未発送", "印刷した紙を抜いて"]);
    }
    workspace.exits(2, &["report"]);
    workspace.ok(&["cancel", "L000002C", "--pulled", "--as", "佐藤"]);
    workspace.ok(&["report"]);
    let proof = workspace.ok(&["verify"]);
    assert_told(&proof, &["台帳 4件", "損傷はありません"]);
    let told = workspace.ok(&["print-file"]);
    assert!(!told.contains("L000002C"), "{told}");
}

#[test]
fn the_service_tells_which_letters_are_kept_out_of_the_print_file() {
    let workspace = Workspace::with_settings("approval = \"none\"\nschedule = \"0 30 1 * * *\"\n");
    // The second was archived on an earlier night that could not print, and is
    // kept back by now.
    queue(&workspace, &[post_record(1, 1), post_record(2, 1)]);
    fs::create_dir_all(workspace.path("out")).unwrap();
    workspace.file("out/print", "");
    workspace.exits(2, &["run", "--now", "2026-11-20T12:00:00+09:00"]);
    fs::remove_file(workspace.path("out/print")).unwrap();
    workspace.file(
        "flags.csv",
        "加入者管理番号,区分,操作\nM0000002,支援措置,登録\n",
    );
    workspace.yobin(&["members", "flags", "flags.csv", "--as", "鈴木"]);
    workspace.exits(2, &["print-file", "2026-11-20"]);
    queue(&workspace, &[post_record(3, 1)]);
    let told = workspace.serve_until("2026-11-22T01:29:59+09:00", &["次の夜間処理", "L000002C"]);
    assert_told(
        &told,
        &[
            "郵送する書簡の印刷用ファイルを作りました",
            "1通 1ページ 1枚",
            "注意：L000002C は、受付のときに分からなかった「支援措置」の登録があるため、印刷用ファイルから除きました",
        ],
    );
}

#[test]
fn what_was_printed_or_posted_is_not_printed_again_and_that_is_said() {
    let workspace = Workspace::new();
    let letters: Vec<Value> = (1..=3).map(|n| post_record(n, 1)).collect();
    queue(&workspace, &letters);
    let told = workspace.ok(&["run"]);
    assert_told(&told, &["印刷用ファイルを作りました(印刷 第1号)"]);
    let here = || printed(&workspace, "2026-11-22");
    let all = ["L000001B", "L000002C", "L000003D"];
    // Neither by hand nor by the night's own second run.
    let told = workspace.ok(&["print-file", "2026-11-22"]);
    assert_told(
        &told,
        &[
            "まだ印刷していない郵送の書簡はありません",
            "印刷 第1号、out/print/2026-11-22",
            "yobin print-file --reprint 1 --reason 理由",
        ],
    );
    let told = workspace.ok(&["run"]);
    assert!(!told.contains("印刷用ファイルを作りました"), "{told}");
    assert_eq!(here(), all);
    let posted = ["posted", "L000001B", "--on", "2026-11-22", "--as", "佐藤"];
    workspace.ok(&posted);
    let told = workspace.ok(REPRINT);
    assert_told(
        &told,
        &[
            "前にも印刷したものです",
            "1通は、投函または手渡したと記録されているので、入れていません",
        ],
    );
    assert_eq!(here(), all[1..]);
    // Unless that is asked for, too.
    workspace.ok(&[REPRINT, &["--also-posted"]].concat());
    assert_eq!(here(), all);
    // Taken back, it is printed with the others.
    workspace.ok(&["posted", "L000001B", "--undo", "--as", "佐藤"]);
    workspace.ok(REPRINT);
    assert_eq!(here(), all);
    let print = ["posted", "--print", "第1号", "--on", "2026-11-22"];
    workspace.ok(&[&print[..], &["--as", "佐藤"]].concat());
    let told = workspace.ok(REPRINT);
    assert_told(&told, &["もう一度印刷するものはありません", "3通は、投函"]);
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
    // Printed again, each stays where it is.
    workspace.ok(REPRINT);
    workspace.ok(&["print-file", "2026-11-23"]);
    assert_eq!(printed(&workspace, "2026-11-22"), ["L000001B"]);
    assert_eq!(printed(&workspace, "2026-11-23"), ["L000002C", "L000003D"]);
}

/// A night that could not print is made good by the next, each in its own run.
#[test]
fn a_night_that_could_not_print_is_printed_by_the_next_with_its_own_date() {
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
            "2026-11-22 の夜間処理のうち、郵送する書簡の印刷用ファイルの作成が済んでいません",
            "L000001B  未発送",
            "報告書を保存しました",
        ],
    );
    fs::remove_file(workspace.path("out/print")).unwrap();
    queue(&workspace, &[post_record(2, 1)]);
    let told = workspace.ok(&["run", "--now", NEXT_NOON]);
    assert_told(&told, &["(印刷 第1号)", "(印刷 第2号)"]);
    assert_eq!(printed(&workspace, "2026-11-22"), ["L000001B"]);
    assert_eq!(printed(&workspace, "2026-11-23"), ["L000002C"]);
    assert!(!told.contains("済んでいません"), "{told}");
}

/// The folders of print runs, with whatever else stands beside them.
fn folders(workspace: &Workspace) -> Vec<String> {
    let entries = fs::read_dir(workspace.path("out/print")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = names
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn print_files_made_at_the_same_time_are_whole_and_hold_each_letter_once() {
    let workspace = Workspace::new();
    let letters: Vec<Value> = (1..=6).map(|n| post_record(n, 1)).collect();
    queue(&workspace, &letters);
    fs::create_dir_all(workspace.path("out")).unwrap();
    workspace.file("out/print", "");
    workspace.exits(2, &["run"]);
    fs::remove_file(workspace.path("out/print")).unwrap();
    // What a killed process left.
    let left = workspace.path("out/print/.part-2026-11-20");
    fs::create_dir_all(&left).unwrap();
    fs::write(left.join("implied-consent-objection.pdf"), "a letter").unwrap();
    for args in [&["print-file", "2026-11-22"][..], REPRINT, REPRINT] {
        let children: Vec<_> = (0..4)
            .map(|_| {
                let mut command = workspace.command(args);
                command.stdout(Stdio::null()).spawn().unwrap()
            })
            .collect();
        for mut child in children {
            assert!(child.wait().unwrap().success());
        }
        assert_eq!(folders(&workspace), ["2026-11-22"]);
        assert_eq!(printed(&workspace, "2026-11-22").len(), 6);
        let runs = workspace.look_up("SELECT CAST(COUNT(*) AS TEXT) FROM print_run");
        assert_eq!(runs, "1");
    }
    // By hand while a night makes its own.
    queue(&workspace, &[post_record(7, 1)]);
    let night = workspace.start_until(
        &["run", "--now", NEXT_NOON, "--stop-at", "printed"],
        "stopped at",
    );
    workspace.ok(&["print-file", "2026-11-23", "--now", NEXT_NOON]);
    night.kill();
    assert_eq!(folders(&workspace), ["2026-11-22", "2026-11-23"]);
    assert_eq!(printed(&workspace, "2026-11-23"), ["L000007H"]);
}

/// Where the making of print files is killed, and what stands then: nothing
/// new where nothing is recorded, and no letter ever in two runs.
#[test]
fn killed_anywhere_the_next_makes_the_run_good_and_no_letter_is_printed_twice() {
    for place in ["filled", "recorded", "placed"] {
        let workspace = Workspace::new();
        queue(&workspace, &[post_record(1, 1), post_record(2, 1)]);
        fs::create_dir_all(workspace.path("out")).unwrap();
        workspace.file("out/print", "");
        workspace.exits(2, &["run"]);
        fs::remove_file(workspace.path("out/print")).unwrap();
        let print = ["print-file", "2026-11-22", "--stop-at", place];
        workspace.start_until(&print, "stopped at").kill();
        let stands = workspace.path("out/print/2026-11-22");
        assert_eq!(stands.exists(), place == "placed", "{place}");
        let told = workspace.ok(&["print-file", "2026-11-22"]);
        assert_eq!(folders(&workspace), ["2026-11-22"], "{place}");
        assert_eq!(printed(&workspace, "2026-11-22"), ["L000001B", "L000002C"]);
        assert!(stands.join("implied-consent-objection.pdf").is_file());
        let good = "途中で止まっていた印刷 第1号";
        assert_eq!(told.contains(good), place != "filled", "{place}\n{told}");
        let told = workspace.ok(&["print-file", "2026-11-22"]);
        assert!(!told.contains("作りました"), "{told}");
    }
}

#[test]
fn a_reprint_that_is_killed_leaves_the_old_folder_or_the_new_one() {
    for (place, before) in [("filled", 3), ("recorded", 3), ("placed", 2)] {
        let workspace = Workspace::new();
        let letters: Vec<Value> = (1..=3).map(|n| post_record(n, 1)).collect();
        queue(&workspace, &letters);
        workspace.ok(&["run"]);
        workspace.ok(&["posted", "L000002C", "--on", "2026-11-22", "--as", "佐藤"]);
        let stopped = [REPRINT, &["--stop-at", place]].concat();
        workspace.start_until(&stopped, "stopped at").kill();
        assert_eq!(printed(&workspace, "2026-11-22").len(), before, "{place}");
        let pdf = workspace.path("out/print/2026-11-22/implied-consent-objection.pdf");
        assert!(pdf.is_file(), "{place}");
        // The next night makes it good, and sweeps.
        workspace.ok(&["run", "--now", NEXT_NOON]);
        let after = if place == "filled" { 3 } else { 2 };
        assert_eq!(printed(&workspace, "2026-11-22").len(), after, "{place}");
        assert_eq!(folders(&workspace), ["2026-11-22"], "{place}");
    }
}

#[test]
fn a_reprint_is_asked_for_by_name_and_told_in_the_history() {
    let workspace = Workspace::new();
    let letters: Vec<Value> = (1..=3).map(|n| post_record(n, 1)).collect();
    queue(&workspace, &letters);
    // Never printed.
    let one = |letter, more: &[&'static str]| {
        let args = ["print-file", "--reprint", letter, "--reason", "汚れ"];
        [&args[..], &["--as", "佐藤"], more].concat()
    };
    let told = workspace.exits(1, &one("L000001B", &[]));
    assert_told(
        &told,
        &["まだ一度も印刷していません", "yobin print-file 日付"],
    );
    let told = workspace.exits(1, &one("1", &[]));
    assert_told(
        &told,
        &["印刷 第1号はありません", "まだ何も印刷していません"],
    );
    workspace.ok(&["run"]);
    let told = workspace.exits(1, &one("7", &[]));
    assert_told(&told, &["印刷 第7号はありません", "最後は 第1号"]);
    workspace.exits(2, &one("L000099X", &[]));
    // A date, no reason, and a reason that is none.
    workspace.exits(2, &one("2026-11-22", &[]));
    let told = workspace.exits(2, &["print-file", "--reprint", "1", "--as", "佐藤"]);
    assert_told(&told, &["--reason で理由を"]);
    for reason in ["", "  ", "紙\n詰まり"] {
        let args = ["print-file", "--reprint", "1", "--as", "佐藤", "--reason"];
        let told = workspace.exits(1, &[&args[..], &[reason]].concat());
        assert_told(&told, &["--reason に", "200文字まで"]);
    }
    // One letter has a folder of its own; that of the run stays.
    let told = workspace.ok(&one("L000002C", &[]));
    assert_told(
        &told,
        &["L000002C だけの印刷用ファイルを作りました", "二重に"],
    );
    assert_eq!(folders(&workspace), ["2026-11-22", "2026-11-22-L000002C"]);
    assert_eq!(printed(&workspace, "2026-11-22-L000002C"), ["L000002C"]);
    assert_eq!(printed(&workspace, "2026-11-22").len(), 3);
    let shown = workspace.ok(&["show", "L000002C"]);
    assert_told(
        &shown,
        &[
            "印刷 第1号(2番目)  ",
            "印刷し直す(印刷 第1号、理由：汚れ)  佐藤",
        ],
    );
    assert!(!workspace.ok(&["show", "L000001B"]).contains("印刷し直す"));
    // Posted, cancelled and flagged ones are left out, each with the reason.
    workspace.ok(&["posted", "L000001B", "--on", "2026-11-22", "--as", "佐藤"]);
    let told = workspace.ok(&one("L000001B", &[]));
    assert_told(&told, &["もう一度印刷するものはありません", "1通は、投函"]);
    workspace.ok(&one("L000001B", &["--also-posted"]));
    workspace.ok(&["cancel", "L000003D", "--pulled", "--as", "佐藤"]);
    let told = workspace.ok(&one("L000003D", &[]));
    assert_told(&told, &["取り消されているので"]);
    workspace.file(
        "flags.csv",
        "加入者管理番号,区分,操作\nM0000002,支援措置,登録\n",
    );
    workspace.ok(&["members", "flags", "flags.csv", "--as", "鈴木"]);
    let told = workspace.exits(2, &one("L000002C", &[]));
    assert_told(&told, &["L000002C は、", "「支援措置」", "除きました"]);
    let told = workspace.exits(2, REPRINT);
    assert_told(
        &told,
        &["1通は、投函", "1通は、取り消されている", "L000002C は"],
    );
    assert!(printed(&workspace, "2026-11-22").is_empty());
}

/// Whatever is finished later on the same day has a run of its own, and what
/// is recorded of one run says nothing of the other.
#[test]
fn a_second_run_of_a_date_has_its_own_number_folder_and_posting() {
    let workspace = Workspace::new();
    queue(&workspace, &[post_record(1, 1), post_record(2, 1)]);
    workspace.file(
        "flags.csv",
        "加入者管理番号,区分,操作\nM0000002,宛先不明,登録\n",
    );
    workspace.ok(&["members", "flags", "flags.csv", "--as", "鈴木"]);
    workspace.exits(2, &["run"]);
    workspace.file(
        "flags.csv",
        "加入者管理番号,区分,操作\nM0000002,宛先不明,解除\n",
    );
    workspace.ok(&["members", "flags", "flags.csv", "--as", "鈴木"]);
    workspace.ok(&["retry", "L000002C", "--as", "佐藤"]);
    let told = workspace.ok(&["run"]);
    assert_told(
        &told,
        &[
            "印刷 第1号  ",
            "out/print/2026-11-22  1通",
            "yobin posted --print 1 --on",
            "out/print/2026-11-22-2  1通",
            "yobin posted --print 2 --on",
        ],
    );
    assert_eq!(folders(&workspace), ["2026-11-22", "2026-11-22-2"]);
    assert_eq!(printed(&workspace, "2026-11-22-2"), ["L000002C"]);
    let told = workspace.exits(1, &["cancel", "L000002C", "--as", "佐藤"]);
    assert_told(&told, &["印刷 第2号、out/print/2026-11-22-2"]);
    let posted = |print| {
        [
            "posted",
            "--print",
            print,
            "--on",
            "2026-11-22",
            "--as",
            "佐藤",
        ]
    };
    workspace.ok(&posted("2"));
    assert_eq!(workspace.letters_in("posted").len(), 1);
    let undo = ["posted", "--print", "2", "--undo", "--as", "佐藤"];
    workspace.ok(&undo);
    // The date means both.
    workspace.ok(&posted("2026-11-22"));
    assert_eq!(workspace.letters_in("posted").len(), 2);
    workspace.exits(1, &posted("3"));
}
