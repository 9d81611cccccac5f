//! What follows a night is done and told, whoever starts the night and
//! whatever of it fails.

use std::fs;

use crate::harness::{NEXT_NOON, Workspace, copy_folder, post_record, root};

/// A workspace with two letters by post and a report that cannot be made.
fn without_report() -> Workspace {
    let workspace = Workspace::with_settings("approval = \"none\"\ntemplates = \"templates\"\n");
    copy_folder(&root().join("templates"), &workspace.path("templates"));
    workspace.file(
        "templates/report/report.html.j2",
        "{{ report.no_such_part }}",
    );
    let lines = [1, 2].map(|n| post_record(n, 1).to_string());
    let file = workspace.file("post.jsonl", lines.join("\n"));
    workspace.ok(&["queue", file.to_str().unwrap()]);
    workspace
}

#[test]
fn a_report_that_fails_leaves_the_print_files_made_and_told() {
    let workspace = without_report();
    let done = workspace.yobin(&["run"]);
    assert_eq!(done.code, Some(1), "{}{}", done.out, done.err);
    assert!(done.err.contains("report.html.j2"), "{}", done.err);
    let folder = workspace.path("out/print/2026-11-22");
    assert!(folder.join("implied-consent-objection.pdf").is_file());
    assert!(
        done.out
            .contains("郵送する書簡の印刷用ファイルを作りました"),
        "{}",
        done.out
    );
    assert!(done.out.contains("2通 2ページ 2枚"), "{}", done.out);
    // What else staff read after a night.
    assert!(
        done.out.contains("注意：メールは送りません"),
        "{}",
        done.out
    );
}

#[test]
fn a_letter_kept_out_of_the_print_file_is_told_though_the_report_fails() {
    let workspace = without_report();
    // Something stands where the print files belong.
    fs::create_dir_all(workspace.path("out")).unwrap();
    workspace.file("out/print", "");
    workspace.exits(1, &["run"]);
    fs::remove_file(workspace.path("out/print")).unwrap();
    workspace.file(
        "flags.csv",
        "加入者管理番号,区分,操作\nM0000002,宛先不明,登録\n",
    );
    workspace.ok(&["members", "flags", "flags.csv", "--as", "鈴木"]);
    let done = workspace.yobin(&["run"]);
    assert_eq!(done.code, Some(1), "{}{}", done.out, done.err);
    assert!(done.err.contains("report.html.j2"), "{}", done.err);
    assert!(
        done.out.contains("注意：L000002C は、") && done.out.contains("除きました"),
        "{}",
        done.out
    );
}

#[test]
fn a_night_that_died_has_its_report_and_print_file_when_a_later_run_ends_it() {
    let workspace = Workspace::new();
    let file = workspace.file("post.jsonl", post_record(1, 1).to_string());
    workspace.ok(&["queue", file.to_str().unwrap()]);
    let args = ["run", "--stop-at", "claimed"];
    workspace.start_until(&args, "stopped at").kill();
    let file = workspace.file("post.jsonl", post_record(2, 1).to_string());
    workspace.ok(&["queue", file.to_str().unwrap()]);
    let told = workspace.ok(&["run", "--now", NEXT_NOON]);
    assert!(
        told.contains("2026-11-22 の夜間処理も終わりました。報告書を保存しました。"),
        "{told}"
    );
    for date in ["2026-11-22", "2026-11-23"] {
        let report = workspace.path(format!("out/reports/{date}.txt"));
        let report = fs::read_to_string(report).unwrap();
        assert!(report.contains("受付  1件"), "{report}");
        assert!(told.contains(&format!("out/reports/{date}.txt")), "{told}");
        assert!(workspace.path(format!("out/print/{date}")).is_dir());
    }
    // The report that is shown is that of the date asked for.
    assert_eq!(told.matches("夜間処理報告").count(), 1, "{told}");
    assert!(told.contains("夜間処理報告  令和8年11月23日"), "{told}");
}
