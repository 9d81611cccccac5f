//! The register of a fiscal year for an auditor: every number, every void one
//! with its reason, and nothing of a letter's content.

use std::fs;

use calamine::{Data, Reader as _, Xlsx, open_workbook};
use serde_json::Value;

use crate::harness::{NEXT_NOON, Workspace};

/// Three letters: one issued, one pulled and void, one in the next fiscal year.
fn issued() -> Workspace {
    let workspace = Workspace::new();
    workspace.queue_plain(2, 1);
    workspace.ok(&["run"]);
    workspace.take_mails();
    let mut record = crate::harness::plain_record(3, false);
    record["addressee_name"] = "見本 三郎".into();
    record["delivery"] = "post".into();
    record["expected_date"] = "2027-05-18".into();
    workspace.file("third.jsonl", record.to_string());
    workspace.ok(&["queue", "third.jsonl", "--as", "佐藤"]);
    workspace.ok(&[
        "cancel", "L000001B", "--pulled", "--as", "鈴木", "--now", NEXT_NOON,
    ]);
    workspace.yobin(&["run", "--now", "2027-04-02T12:00:00+09:00"]);
    workspace
}

#[test]
fn a_year_is_listed_with_its_void_numbers_and_why() {
    let workspace = issued();
    let told = workspace.ok(&["register", "--year", "R8"]);
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), 4, "{told}");
    assert!(lines[0].starts_with("群農健発第1号"), "{told}");
    assert!(
        lines[1].contains("L000002C") && lines[1].contains("見本 太郎2"),
        "{told}"
    );
    let void = lines[2];
    assert!(
        void.starts_with("群農健発第1号") && void.contains("欠番"),
        "{told}"
    );
    assert!(
        void.contains("取消し(紙を抜き、又はファイルを消した)"),
        "{told}"
    );
    assert!(
        void.contains("鈴木") && void.contains("2026年11月23日"),
        "{told}"
    );
    assert_eq!(lines[3], "記載 3件、うち欠番 1件");
    for same in ["令和8年度", "2026", "２０２６年度"] {
        assert_eq!(workspace.ok(&["register", "--year", same]), told);
    }
    let next = workspace.ok(&["register", "--year", "R9"]);
    assert!(next.contains("記載 1件、うち欠番 0件"), "{next}");
    assert!(
        workspace
            .ok(&["register", "--year", "R7"])
            .contains("記載 0件")
    );
    let refused = workspace.exits(2, &["register", "--year", "去年"]);
    assert!(refused.contains("R8、令和8年度、2026"), "{refused}");

    let told = workspace.ok(&["register", "--year", "R8", "--json"]);
    let lines: Vec<Value> = told
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[1]["addressee"], "見本 太郎2");
    assert_eq!(lines[1]["queued_by"], "tester");
    assert_eq!(lines[1]["pdf_sha256"].as_str().unwrap().len(), 64);
    assert_eq!(lines[2]["is_void"], true);
    // Nothing of what a letter says.
    assert!(
        !told.contains("健康診査") && !told.contains("亀里町"),
        "{told}"
    );
}

#[test]
fn it_is_written_as_a_workbook_and_as_csv() {
    let workspace = issued();
    let told = workspace.ok(&["register", "--year", "R8", "--xlsx", "r.xlsx"]);
    assert!(told.contains("記載 3件、うち欠番 1件"), "{told}");
    let mut book: Xlsx<_> = open_workbook(workspace.path("r.xlsx")).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let rows: Vec<Vec<String>> = sheet
        .rows()
        .map(|row| row.iter().map(|cell: &Data| cell.to_string()).collect())
        .collect();
    assert_eq!(rows.len(), 4);
    assert_eq!(rows[0][..4], ["台帳の順", "文書番号", "日付", "区分"]);
    assert_eq!(rows[3][3], "欠番");
    assert!(rows[3][10].contains("鈴木"), "{:?}", rows[3]);
    workspace.ok(&["register", "--year", "R9", "--csv", "r.csv"]);
    let csv = fs::read_to_string(workspace.path("r.csv")).unwrap();
    assert!(csv.contains(",見本 三郎,"), "{csv}");
    let told = workspace.exits(1, &["register", "--year", "R9", "--csv", "r.csv"]);
    assert!(told.contains("同じ名前のファイル"), "{told}");
    let told = workspace.exits(2, &["register", "--year", "R9", "--csv", "r.xlsx"]);
    assert!(told.contains(".csv"), "{told}");
}
