//! What follows a night is done, whatever died when: print files, publication
//! and report are made good by the next start.

use std::fs;

use serde_json::Value;

use crate::harness::{NEXT_NOON, Workspace, copy_folder, plain_record, post_record, root};

fn queue(workspace: &Workspace, records: &[Value]) {
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    let file = workspace.file("letters.jsonl", lines.join("\n"));
    workspace.ok(&["queue", file.to_str().unwrap()]);
}

fn assert_told(told: &str, words: &[&str]) {
    for word in words {
        assert!(told.contains(word), "{word:?} is not in\n{told}");
    }
}

/// The letters by post, each with the print run it stands in.
fn runs(workspace: &Workspace) -> Vec<Option<u64>> {
    let letters = workspace.letters();
    let by_post = letters.iter().filter(|letter| letter["delivery"] == "post");
    by_post.map(|letter| letter["print_run"].as_u64()).collect()
}

/// How many steps are due and not done.
fn undone(workspace: &Workspace) -> String {
    workspace.look_up("SELECT CAST(COUNT(*) AS TEXT) FROM night_step WHERE done_at IS NULL")
}

/// Every place after the letters' rest.
const PLACES: [&str; 7] = [
    "closed",
    "print-filled",
    "print-recorded",
    "print-placed",
    "printed",
    "published",
    "reported",
];

/// A night by hand that was killed at a place after its letters' rest.
fn killed_at(place: &str) -> Workspace {
    let workspace = Workspace::with_settings("approval = \"none\"\nschedule = \"0 30 1 * * *\"\n");
    queue(
        &workspace,
        &[post_record(1, 1), post_record(2, 1), plain_record(3, true)],
    );
    let args = ["run", "--stop-at", place];
    workspace.start_until(&args, "stopped at").kill();
    assert_ne!(undone(&workspace), "0", "{place}");
    workspace
}

fn assert_made_good(workspace: &Workspace, place: &str) {
    assert_eq!(undone(workspace), "0", "{place}");
    assert_eq!(runs(workspace), [Some(1), Some(1)], "{place}");
    for file in [
        "print/2026-11-22/implied-consent-objection.pdf",
        "print/2026-11-22/implied-consent-objection.csv",
        "reports/2026-11-22.txt",
        "reports/2026-11-22.pdf",
    ] {
        assert!(
            workspace.path("out").join(file).is_file(),
            "{place}: {file}"
        );
    }
    let names = fs::read_dir(workspace.path("out/print")).unwrap();
    let names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["2026-11-22"], "{place}");
    let count = "SELECT CAST(COUNT(*) AS TEXT) FROM print_run WHERE placed";
    assert_eq!(workspace.look_up(count), "1", "{place}");
}

#[test]
fn killed_after_the_last_letters_rest_the_next_run_makes_the_night_good() {
    for place in PLACES {
        let workspace = killed_at(place);
        // Staff are told before anybody does it.
        let told = workspace.yobin(&["report", "2026-11-22"]);
        let word = "2026-11-22 の夜間処理のうち";
        assert_eq!(
            told.out.contains(word),
            place != "reported",
            "{place}\n{}",
            told.out
        );
        let told = workspace.ok(&["run", "--now", NEXT_NOON]);
        assert_made_good(&workspace, place);
        assert!(workspace.path("out/reports/2026-11-23.txt").is_file());
        let printed = told.contains("印刷用ファイルを作りました");
        assert_eq!(
            printed,
            place != "printed" && place != "published" && place != "reported"
        );
        // And once it is good, it stays so.
        workspace.ok(&["run", "--now", NEXT_NOON]);
        assert_made_good(&workspace, place);
    }
}

#[test]
fn killed_after_the_last_letters_rest_the_next_start_of_the_service_makes_it_good() {
    for place in PLACES {
        let workspace = killed_at(place);
        // Long before any night is due.
        workspace.serve_until("2026-11-22T13:00:00+09:00", &["次の夜間処理"]);
        assert_made_good(&workspace, place);
    }
}

#[test]
fn what_cannot_be_written_is_told_wherever_staff_look_and_made_good_by_the_next_start() {
    let workspace = Workspace::with_settings("approval = \"none\"\nschedule = \"0 30 1 * * *\"\n");
    queue(&workspace, &[post_record(1, 1)]);
    fs::create_dir_all(workspace.path("out")).unwrap();
    // Something stands where print files and reports belong.
    workspace.file("out/print", "");
    workspace.file("out/reports", "");
    let told = workspace.exits(1, &["run"]);
    assert_told(&told, &["印刷用のファイルを", "報告書"]);
    let words = [
        "2026-11-22 の夜間処理のうち、郵送する書簡の印刷用ファイルの作成が済んでいません",
        "out/print に書けませんでした",
        "空きと権限を確かめてください",
        "yobin print-file 2026-11-22",
    ];
    let check = workspace.exits(1, &["check"]);
    assert_told(&check, &words);
    assert_told(
        &check,
        &[
            "2026-11-22 の夜間処理のうち、報告書の保存が済んでいません",
            "yobin report 2026-11-22",
        ],
    );
    // A second try that fails is counted; letters and later nights go on.
    queue(&workspace, &[post_record(2, 1)]);
    let told = workspace.exits(1, &["run", "--now", NEXT_NOON]);
    assert_told(&told, &["2026-11-22 の報告書"]);
    assert_eq!(workspace.letters_in("unposted").len(), 2);
    assert_told(&workspace.exits(1, &["check"]), &["(2回試みました)"]);
    fs::remove_file(workspace.path("out/print")).unwrap();
    // Room for the print files alone: the service says what is left.
    let told = workspace.serve_until("2026-11-23T13:00:00+09:00", &["次の夜間処理"]);
    assert_told(&told, &["(印刷 第1号)", "(印刷 第2号)"]);
    assert_eq!(runs(&workspace), [Some(1), Some(2)]);
    fs::remove_file(workspace.path("out/reports")).unwrap();
    let report = workspace.yobin(&["report", "2026-11-23", "--now", NEXT_NOON]);
    assert_told(
        &report.out,
        &["2026-11-22 の夜間処理のうち、報告書の保存が済んでいません"],
    );
    workspace.serve_until("2026-11-23T13:00:00+09:00", &["次の夜間処理"]);
    assert_eq!(undone(&workspace), "0");
    for date in ["2026-11-22", "2026-11-23"] {
        assert!(workspace.path(format!("out/reports/{date}.pdf")).is_file());
    }
    let check = workspace.yobin(&["check"]);
    assert!(!check.out.contains("済んでいません"), "{}", check.out);
}

#[test]
fn print_files_made_by_hand_are_not_made_again_by_the_next_night() {
    let workspace = Workspace::new();
    queue(&workspace, &[post_record(1, 1)]);
    fs::create_dir_all(workspace.path("out")).unwrap();
    workspace.file("out/print", "");
    workspace.exits(2, &["run"]);
    fs::remove_file(workspace.path("out/print")).unwrap();
    workspace.ok(&["print-file", "2026-11-22"]);
    assert_eq!(undone(&workspace), "0");
    let told = workspace.ok(&["run", "--now", NEXT_NOON]);
    assert!(!told.contains("印刷用ファイルを作りました"), "{told}");
    assert_eq!(runs(&workspace), [Some(1)]);
}

/// A report that can never be written holds up no later night, nor its print
/// files, and neither does a night that cannot go on.
#[test]
fn later_dates_open_whatever_an_earlier_one_lacks() {
    let workspace = Workspace::with_settings(
        "approval = \"none\"\ntemplates = \"templates\"\nschedule = \"0 30 1 * * *\"\n",
    );
    copy_folder(&root().join("templates"), &workspace.path("templates"));
    let template = workspace.path("templates/report/report.html.j2");
    let whole = fs::read_to_string(&template).unwrap();
    fs::write(&template, "{{ report.no_such_part }}").unwrap();
    for (n, day) in [(1, "2026-11-20"), (2, "2026-11-21"), (3, "2026-11-22")] {
        queue(&workspace, &[post_record(n, 1)]);
        let told = workspace.serve_until(
            &format!("{day}T01:29:59+09:00"),
            &["の夜間処理が終わりました"],
        );
        assert_told(&told, &[&format!("{day} の夜間処理が終わりました")]);
        let printed = workspace.path(format!("out/print/{day}/implied-consent-objection.pdf"));
        assert!(printed.is_file(), "{day}\n{told}");
    }
    assert_eq!(undone(&workspace), "3");
    fs::write(&template, whole).unwrap();
    workspace.serve_until("2026-11-22T13:00:00+09:00", &["次の夜間処理"]);
    assert_eq!(undone(&workspace), "0");
    for day in ["2026-11-20", "2026-11-21", "2026-11-22"] {
        assert!(workspace.path(format!("out/reports/{day}.pdf")).is_file());
    }
}

/// What a run that cannot begin was not able to do, the ends of earlier nights
/// are.
#[test]
fn a_night_that_cannot_go_on_does_what_earlier_ones_left() {
    let workspace = killed_at("closed");
    workspace.settings("approval = \"none\"\n[mail]\ntransport = \"smtp\"\n");
    let told = workspace.exits(1, &["run", "--now", NEXT_NOON]);
    assert_told(&told, &["エラー：", "印刷用ファイルを作りました"]);
    assert_made_good(&workspace, "closed");
}
