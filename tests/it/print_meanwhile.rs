//! What happens while print files are being made, and what was left of earlier
//! ones: nothing is printed that must not go any more, and nothing is lost.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::harness::{Done, NEXT_NOON, REPRINT, Workspace, files_below, post_record};

fn queue(workspace: &Workspace, numbers: std::ops::RangeInclusive<usize>) {
    let lines: Vec<String> = numbers.map(|n| post_record(n, 1).to_string()).collect();
    let file = workspace.file("letters.jsonl", lines.join("\n"));
    workspace.ok(&["queue", file.to_str().unwrap()]);
}

/// So many letters by post that are archived and in no print run, because
/// something stood where print files belong.
fn unprinted(count: usize) -> Workspace {
    let workspace = Workspace::new();
    queue(&workspace, 1..=count);
    fs::create_dir_all(workspace.path("out")).unwrap();
    workspace.file("out/print", "");
    workspace.exits(2, &["run"]);
    fs::remove_file(workspace.path("out/print")).unwrap();
    workspace
}

fn flag(workspace: &Workspace, member: &str, change: &str) {
    let rows = format!("加入者管理番号,区分,操作\n{member},支援措置,{change}\n");
    workspace.file("flags.csv", rows);
    workspace.yobin(&["members", "flags", "flags.csv", "--as", "鈴木"]);
}

/// References of the letters in a folder of print files, in their order.
fn printed(workspace: &Workspace, folder: &str) -> Vec<String> {
    let list = workspace.path(format!("out/print/{folder}/implied-consent-objection.csv"));
    let list = fs::read_to_string(list).unwrap();
    let rows = list.lines().skip(1).map(|row| row.split(','));
    let rows = rows.map(|row| row.map(str::to_owned).collect::<Vec<_>>());
    rows.filter(|row| !row[0].is_empty())
        .map(|row| row[2].clone())
        .collect()
}

fn folders(workspace: &Workspace) -> Vec<String> {
    let entries = fs::read_dir(workspace.path("out/print")).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn assert_told(told: &str, words: &[&str]) {
    for word in words {
        assert!(told.contains(word), "{word:?} is not in\n{told}");
    }
}

fn archived(workspace: &Workspace, letter: &str) -> PathBuf {
    let shown = workspace.ok(&["show", letter, "--json"]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let hash = shown["letter"]["pdf_sha256"].as_str().unwrap().to_owned();
    workspace.path(format!("out/archive/pdf/{}/{hash}.pdf", &hash[..1]))
}

/// A program that waits at a place until it is told to go on.
struct Waits {
    child: Child,
    said: BufReader<ChildStderr>,
    err: String,
}

impl Waits {
    fn of(workspace: &Workspace, args: &[&str]) -> Self {
        let mut command = workspace.command(args);
        command.stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut waits = Waits {
            said: BufReader::new(child.stderr.take().unwrap()),
            child,
            err: String::new(),
        };
        assert!(waits.there(), "{}", waits.err);
        waits
    }

    /// Whether it came to its place, or has ended.
    fn there(&mut self) -> bool {
        loop {
            let mut line = String::new();
            if self.said.read_line(&mut line).unwrap() == 0 {
                return false;
            }
            if line.contains("waits at") {
                return true;
            }
            self.err.push_str(&line);
        }
    }

    fn goes_on(&mut self) {
        self.child.stdin.as_mut().unwrap().write_all(b"\n").unwrap();
    }

    /// Lets it go on to its end, wherever it would still wait.
    fn ends(mut self) -> Done {
        drop(self.child.stdin.take());
        self.said.read_to_string(&mut self.err).unwrap();
        let output = self.child.wait_with_output().unwrap();
        Done {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: self.err,
        }
    }
}

const PRINT: [&str; 2] = ["print-file", "2026-11-22"];

#[test]
fn what_is_cancelled_posted_or_flagged_while_files_are_made_is_not_printed() {
    let workspace = unprinted(6);
    let waits = Waits::of(&workspace, &[&PRINT[..], &["--wait-at", "filled"]].concat());
    workspace.ok(&["cancel", "L000001B", "--as", "佐藤"]);
    workspace.ok(&["posted", "L000004E", "--on", "2026-11-22", "--as", "佐藤"]);
    flag(&workspace, "M0000003", "登録");
    let done = waits.ends();
    assert_eq!(done.code, Some(2), "{}{}", done.out, done.err);
    assert_eq!(
        printed(&workspace, "2026-11-22"),
        ["L000002C", "L000005F", "L000006G"]
    );
    assert_told(
        &done.out,
        &[
            "3通",
            "L000001B は、印刷用ファイルを作る間に取り消されたか",
            "L000004E は、印刷用ファイルを作る間に取り消されたか",
            "L000003D は、受付のときに分からなかった「支援措置」",
        ],
    );
    let runs: Vec<Option<u64>> = workspace
        .letters()
        .iter()
        .map(|letter| letter["print_run"].as_u64())
        .collect();
    assert_eq!(runs, [None, Some(1), None, None, Some(1), Some(1)]);
    assert_eq!(folders(&workspace), ["2026-11-22"]);
    assert!(
        !workspace.ok(&["show", "L000001B"]).contains("印刷 第1号"),
        "it was never printed"
    );
}

/// Between the record and the folder nobody can know of a paper either.
#[test]
fn what_is_cancelled_before_the_files_stand_is_not_in_them() {
    let workspace = unprinted(3);
    let recorded = [&PRINT[..], &["--wait-at", "recorded"]].concat();
    let waits = Waits::of(&workspace, &recorded);
    workspace.ok(&["cancel", "L000002C", "--pulled", "--as", "佐藤"]);
    let done = waits.ends();
    assert_eq!(done.code, Some(0), "{}{}", done.out, done.err);
    assert_eq!(printed(&workspace, "2026-11-22"), ["L000001B", "L000003D"]);
    assert_told(&done.out, &["L000002C は、印刷用ファイルを作る間に"]);
    let places = "SELECT GROUP_CONCAT(print_place) FROM letter WHERE id IN (1, 3)";
    assert_eq!(workspace.look_up(places).len(), 3);
    let placed = "SELECT CAST(SUM(placed) AS TEXT) FROM print_run";
    assert_eq!(workspace.look_up(placed), "1");
    assert_eq!(folders(&workspace), ["2026-11-22"]);
}

#[test]
fn a_reprint_looks_again_as_well() {
    let workspace = Workspace::new();
    queue(&workspace, 1..=4);
    workspace.ok(&["run"]);
    let posted = |letter| ["posted", letter, "--on", "2026-11-22", "--as", "佐藤"];
    workspace.ok(&posted("L000002C"));
    let waits = Waits::of(&workspace, &[REPRINT, &["--wait-at", "filled"]].concat());
    workspace.ok(&posted("L000001B"));
    workspace.ok(&["posted", "L000002C", "--undo", "--as", "佐藤"]);
    workspace.ok(&["cancel", "L000004E", "--pulled", "--as", "佐藤"]);
    let done = waits.ends();
    assert_eq!(done.code, Some(0), "{}{}", done.out, done.err);
    assert_eq!(printed(&workspace, "2026-11-22"), ["L000002C", "L000003D"]);
    assert_told(&done.out, &["1通は、投函", "1通は、取り消されている"]);
    // One letter alone, which is posted meanwhile: nothing is printed.
    let one = ["print-file", "--reprint", "L000003D", "--reason", "汚れ"];
    let waits = Waits::of(
        &workspace,
        &[&one[..], &["--as", "佐藤", "--wait-at", "filled"]].concat(),
    );
    workspace.ok(&posted("L000003D"));
    let done = waits.ends();
    assert_told(
        &done.out,
        &["もう一度印刷するものはありません", "1通は、投函"],
    );
    assert_eq!(folders(&workspace), ["2026-11-22"]);
    assert!(!workspace.ok(&["show", "L000003D"]).contains("汚れ"));
}

/// Registrations of others make nothing anew; those that go on for ever end it.
#[test]
fn looking_again_has_an_end_and_nothing_is_printed_then() {
    let workspace = unprinted(12);
    let mut waits = Waits::of(&workspace, &[&PRINT[..], &["--wait-at", "filled"]].concat());
    flag(&workspace, "M9000001", "登録");
    flag(&workspace, "M0000001", "登録");
    let mut rounds = 1;
    waits.goes_on();
    while waits.there() {
        rounds += 1;
        flag(&workspace, &format!("M{rounds:07}"), "登録");
        waits.goes_on();
    }
    let done = waits.ends();
    assert_eq!(done.code, Some(1), "{}{}", done.out, done.err);
    assert_eq!(rounds, 11);
    assert_told(&done.err, &["何度も続いたため", "何も印刷していません"]);
    assert!(folders(&workspace).is_empty());
    workspace.exits(2, &PRINT);
    assert_eq!(printed(&workspace, "2026-11-22"), ["L000012E"]);
    // What concerns no letter of it makes nothing anew.
    let workspace = unprinted(1);
    let mut waits = Waits::of(&workspace, &[&PRINT[..], &["--wait-at", "filled"]].concat());
    flag(&workspace, "M9000001", "登録");
    waits.goes_on();
    assert!(!waits.there(), "it was filled again");
    assert_eq!(waits.ends().code, Some(0));
}

/// What was recorded and never stood is on no paper.
#[test]
fn a_date_is_not_posted_while_a_run_of_it_never_stood() {
    let workspace = Workspace::new();
    queue(&workspace, 1..=2);
    flag(&workspace, "M0000002", "登録");
    workspace.exits(2, &["run"]);
    flag(&workspace, "M0000002", "解除");
    workspace.ok(&["retry", "L000002C", "--as", "佐藤"]);
    let killed = ["run", "--stop-at", "print-recorded"];
    workspace.start_until(&killed, "stopped at").kill();
    let posted = |what| {
        let args = ["posted", "--print", what, "--on", "2026-11-22"];
        [&args[..], &["--as", "佐藤"]].concat()
    };
    for what in ["2026-11-22", "2"] {
        let told = workspace.exits(1, &posted(what));
        assert_told(
            &told,
            &[
                "印刷 第2号、out/print/2026-11-22-2",
                "1通も記録していません",
                "yobin print-file",
            ],
        );
    }
    assert!(workspace.letters_in("posted").is_empty());
    workspace.ok(&posted("1"));
    workspace.ok(&PRINT);
    assert_eq!(printed(&workspace, "2026-11-22-2"), ["L000002C"]);
    workspace.ok(&posted("2026-11-22"));
    assert_eq!(workspace.letters_in("posted").len(), 2);
}

/// A run whose letters are all gone is told, and not silently done.
#[test]
fn a_broken_off_run_of_which_nothing_is_left_says_so() {
    let workspace = unprinted(1);
    let killed = [&PRINT[..], &["--stop-at", "recorded"]].concat();
    workspace.start_until(&killed, "stopped at").kill();
    workspace.ok(&["cancel", "L000001B", "--pulled", "--as", "佐藤"]);
    let told = workspace.ok(&PRINT);
    assert_told(&told, &["印刷 第1号に、印刷するものはもうありません"]);
    assert!(folders(&workspace).is_empty());
}

#[test]
fn a_lost_or_damaged_pdf_is_made_again_for_the_printer() {
    let workspace = unprinted(5);
    let of = |letter| archived(&workspace, letter);
    let whole: Vec<Vec<u8>> = ["L000001B", "L000002C", "L000004E"]
        .map(|letter| fs::read(of(letter)).unwrap())
        .into();
    fs::remove_file(of("L000001B")).unwrap();
    fs::write(of("L000002C"), &whole[1][..whole[1].len() / 2]).unwrap();
    // What cannot even be read.
    fs::remove_file(of("L000004E")).unwrap();
    fs::create_dir(of("L000004E")).unwrap();
    let told = workspace.ok(&PRINT);
    assert_told(
        &told,
        &[
            "5通",
            "L000001B、L000002C、L000004E の保存したPDFが壊れていたか失われていた",
            "yobin verify",
        ],
    );
    assert_eq!(printed(&workspace, "2026-11-22").len(), 5);
    for (letter, whole) in ["L000001B", "L000002C", "L000004E"].iter().zip(&whole) {
        assert_eq!(&fs::read(of(letter)).unwrap(), whole, "{letter}");
    }
    workspace.ok(&["verify"]);
}

/// A PDF that can neither be read nor made again concerns its letter alone.
#[test]
fn a_pdf_that_cannot_be_read_stops_no_other_letter() {
    let workspace = unprinted(3);
    let lost = archived(&workspace, "L000002C");
    fs::remove_file(&lost).unwrap();
    fs::create_dir(&lost).unwrap();
    for set in files_below(&workspace.path("out/archive/sets")) {
        fs::write(set, "{}").unwrap();
    }
    let told = workspace.exits(2, &PRINT);
    assert_told(&told, &["L000002C は、保存したPDFを読めない"]);
    assert_eq!(printed(&workspace, "2026-11-22"), ["L000001B", "L000003D"]);
    // The night that has what it was set from makes it again.
    let told = workspace.ok(&["run", "--now", NEXT_NOON]);
    assert_told(&told, &["L000002C の保存したPDFが壊れていたか失われていた"]);
    assert_eq!(printed(&workspace, "2026-11-23"), ["L000002C"]);
    let due = "SELECT CAST(COUNT(*) AS TEXT) FROM night_step WHERE done_at IS NULL";
    assert_eq!(workspace.look_up(due), "0");
}

/// A `print-file` that comes to no end: the night tells of it, hears that it is
/// to end, does what else is due and leaves the step to the next.
#[test]
fn a_night_that_waits_for_a_print_file_tells_for_whom_and_hears_stop() {
    let workspace = unprinted(1);
    let stuck = [&PRINT[..], &["--stop-at", "filled"]].concat();
    let stuck = workspace.start_until(&stuck, "stopped at");
    let whom = format!("(プロセス {}、yobin)", stuck.pid().as_raw_nonzero());
    let night = workspace.start_until(&["run", "--now", NEXT_NOON], &whom);
    night.terminate();
    assert_eq!(night.exit_code(), Some(2));
    assert!(workspace.path("out/reports/2026-11-23.txt").is_file());
    let told = workspace.exits(1, &["check"]);
    assert_told(
        &told,
        &[
            "印刷用ファイルの作成が済んでいません",
            "ほかの処理が印刷用ファイルを作っているため",
            &whom,
        ],
    );
    stuck.kill();
    workspace.ok(&["run", "--now", NEXT_NOON]);
    assert_eq!(printed(&workspace, "2026-11-22"), ["L000001B"]);
}

/// One that was stopped with Ctrl-Z is told to go on.
#[test]
fn a_stopped_print_file_goes_on_when_the_night_waits_for_it() {
    let workspace = unprinted(2);
    let mut waits = Waits::of(&workspace, &[&PRINT[..], &["--wait-at", "filled"]].concat());
    let pid = Pid::from_child(&waits.child);
    kill_process(pid, Signal::STOP).unwrap();
    drop(waits.child.stdin.take());
    let night = workspace.yobin(&["run", "--now", NEXT_NOON]);
    assert_eq!(night.code, Some(0), "{}{}", night.out, night.err);
    assert_told(&night.err, &["その処理を続けさせました"]);
    assert_eq!(waits.ends().code, Some(0));
    assert_eq!(printed(&workspace, "2026-11-22"), ["L000001B", "L000002C"]);
    assert_eq!(folders(&workspace), ["2026-11-22"]);
}

/// What stands and was not recorded, as after a restore, stays as it is.
#[test]
fn a_folder_nobody_recorded_is_not_replaced() {
    let workspace = unprinted(1);
    let old = ["2026-11-22", "2026-11-22-2", "2026-11-22-3-L000001B"];
    for folder in old {
        fs::create_dir_all(workspace.path(format!("out/print/{folder}"))).unwrap();
        workspace.file(
            &format!("out/print/{folder}/implied-consent-objection.csv"),
            folder,
        );
    }
    let told = workspace.ok(&PRINT);
    assert_told(
        &told,
        &[
            "out/print/2026-11-22-3",
            "注意：",
            "out/print/2026-11-22 は、記録にない印刷用ファイルです",
            "out/print/2026-11-22-2 は、記録にない印刷用ファイルです",
        ],
    );
    assert_eq!(printed(&workspace, "2026-11-22-3"), ["L000001B"]);
    for _ in 0..2 {
        let one = ["print-file", "--reprint", "L000001B", "--reason", "汚れ"];
        workspace.ok(&[&one[..], &["--as", "佐藤"]].concat());
    }
    assert_eq!(printed(&workspace, "2026-11-22-3-L000001B-3"), ["L000001B"]);
    workspace.ok(REPRINT);
    for folder in old {
        let list = workspace.path(format!("out/print/{folder}/implied-consent-objection.csv"));
        assert_eq!(fs::read_to_string(list).unwrap(), folder);
    }
    // The next of the date goes past what it recorded.
    queue(&workspace, 2..=2);
    workspace.ok(&["run", "--date", "2026-11-23"]);
    assert_eq!(printed(&workspace, "2026-11-23"), ["L000002C"]);
}

/// One broken-off run that cannot be made good leaves no other behind.
#[test]
fn a_run_that_cannot_be_made_good_stops_no_other() {
    let workspace = Workspace::new();
    queue(&workspace, 1..=2);
    workspace.ok(&["run"]);
    queue(&workspace, 3..=3);
    workspace.ok(&["run", "--now", NEXT_NOON]);
    workspace.ok(&["cancel", "L000002C", "--pulled", "--as", "佐藤"]);
    for run in ["1", "2"] {
        let again = ["print-file", "--reprint", run, "--reason", "汚れ", "--as"];
        let again = [&again[..], &["佐藤", "--stop-at", "recorded"]].concat();
        workspace.start_until(&again, "stopped at").kill();
    }
    // A place after which there is none.
    workspace.behind("UPDATE letter SET print_place = 9223372036854775807 WHERE id = 2");
    let unplaced =
        || workspace.look_up("SELECT GROUP_CONCAT(number) FROM print_run WHERE NOT placed");
    assert_eq!(unplaced(), "1,2");
    let told = workspace.exits(1, &PRINT);
    assert_told(
        &told,
        &["エラー：印刷 第1号：", "途中で止まっていた印刷 第2号"],
    );
    assert_eq!(unplaced(), "1");
    assert_eq!(printed(&workspace, "2026-11-23"), ["L000003D"]);
    let told = workspace.exits(2, &["run", "--now", NEXT_NOON]);
    assert_told(&told, &["エラー：印刷 第1号："]);
}

/// What the store says of a kind is no path.
#[test]
fn a_kind_the_catalogue_does_not_know_names_no_file() {
    let workspace = unprinted(2);
    workspace.behind(
        "UPDATE letter SET kind = '../../../outside' WHERE id = 1;
         UPDATE letter SET kind = '../../../other' WHERE id = 2",
    );
    let told = workspace.exits(2, &PRINT);
    assert_told(&told, &["L000001B", "L000002C"]);
    for name in ["outside.csv", "other.csv"] {
        for folder in ["", "out"] {
            assert!(!workspace.path(folder).join(name).exists());
        }
    }
    assert!(folders(&workspace).is_empty());
}

/// A report that another writes just now is not swept away.
#[test]
fn a_report_that_is_being_written_stays_and_what_a_dead_process_left_goes() {
    let workspace = Workspace::new();
    queue(&workspace, 1..=1);
    fs::create_dir_all(workspace.path("out/reports")).unwrap();
    let living = workspace.file("out/reports/.part-aB3dE6", "half");
    let dead = workspace.file("out/reports/.part-xY3dE6", "half");
    let handle = File::open(&living).unwrap();
    handle.lock().unwrap();
    workspace.ok(&["run"]);
    assert!(living.exists());
    assert!(!dead.exists());
    drop(handle);
    workspace.ok(&["run"]);
    assert!(!living.exists());
}

#[test]
fn what_the_options_alone_do_not_show_is_a_misuse_as_well() {
    let workspace = unprinted(1);
    for (args, words) in [
        (&["print-file", "--reprint", "1"][..], "--reason で理由を"),
        (
            &[
                "posted",
                "--print",
                "1",
                "--through",
                "2026-11-24",
                "--count",
                "1",
                "--on",
                "2026-11-22",
            ],
            "--print に最初の日付を",
        ),
    ] {
        let told = workspace.exits(2, args);
        assert_told(&told, &[words]);
    }
    for (command, example) in [
        ("print-file", "yobin print-file --reprint 12"),
        ("posted", "yobin posted --print 12 "),
    ] {
        assert_told(&workspace.ok(&[command, "--help"]), &[example]);
    }
}
