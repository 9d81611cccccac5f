//! A clock that stands before what is recorded: the night goes on, and it is
//! told.

use std::fs;

use crate::clocks::Service;
use crate::harness::Workspace;

const SETTINGS: &str = "approval = \"none\"\nschedule = \"0 30 1 * * *\"\n[render]\nworkers = 2\n";
const TOLD: &str = "最も新しい記録の時刻";

fn queue_at(workspace: &Workspace, now: &str, n: usize) {
    let record = serde_json::json!([crate::harness::plain_record(n, false)]);
    let file = workspace.file(&format!("q{n}.json"), record.to_string());
    workspace.ok(&["--now", now, "queue", file.to_str().unwrap()]);
}

fn report(workspace: &Workspace, name: &str) -> String {
    fs::read_to_string(workspace.path(format!("out/reports/{name}.txt"))).unwrap()
}

#[test]
fn a_clock_before_the_newest_record_is_told_by_run_report_and_check() {
    let workspace = Workspace::with_settings(SETTINGS);
    queue_at(&workspace, "2026-11-26T10:00:00+09:00", 1);
    workspace.ok(&["--now", "2026-11-26T11:00:00+09:00", "run"]);
    let calm = workspace.ok(&["--now", "2026-11-26T12:00:00+09:00", "check"]);
    assert!(!calm.contains(TOLD), "{calm}");

    // Two days back: letters are made all the same.
    let back = "2026-11-24T10:00:00+09:00";
    queue_at(&workspace, back, 2);
    let check = workspace.ok(&["--now", back, "check"]);
    let run = workspace.yobin(&["--now", back, "run"]);
    assert_eq!(run.code, Some(2), "{}{}", run.out, run.err);
    let kept = report(&workspace, "2026-11-24");
    for told in [&check, &run.err, &kept] {
        let told: String = told.split_whitespace().collect();
        for word in [
            "計算機の時計(2026-11-2410:00)が、",
            "最も新しい記録の時刻(2026-11-2611:00)より前です",
            "計算機の日付と時刻を確かめてください",
            "yobinlistで確かめてください",
        ] {
            assert!(told.contains(word), "{word}\n{told}");
        }
    }
    let letters = workspace.letters();
    assert!(letters.iter().all(|letter| letter["state"] == "filed"));

    // Another night with the same clock tells it at the terminal; its report
    // does not say again what was said.
    let next = "2026-11-25T10:00:00+09:00";
    queue_at(&workspace, next, 3);
    let run = workspace.yobin(&["--now", next, "run"]);
    assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
    assert!(run.err.contains(TOLD), "{}", run.err);
    assert!(!report(&workspace, "2026-11-25").contains(TOLD));
    // Made anew, the first one still tells it.
    let again = ["--now", next, "report", "2026-11-24"];
    let again = workspace.yobin(&again);
    assert!(again.out.contains(TOLD), "{}{}", again.out, again.err);

    // Past that time nothing is wrong any more.
    let after = "2026-11-26T12:00:00+09:00";
    queue_at(&workspace, after, 4);
    let check = workspace.ok(&["--now", after, "check"]);
    let run = workspace.yobin(&["--now", after, "run", "--date", "2026-11-27"]);
    assert!(!check.contains(TOLD) && !run.err.contains(TOLD));
}

#[test]
fn the_marks_tell_it_when_the_database_does_not() {
    let workspace = Workspace::with_settings(SETTINGS);
    queue_at(&workspace, "2026-11-26T10:00:00+09:00", 1);
    let marks = workspace.path("yobin-marks.json");
    let text = fs::read_to_string(&marks).unwrap();
    let newest = "\"newest\": \"2026-11-26T10:00:00+09:00\"";
    assert!(text.contains(newest), "{text}");
    // A machine whose clock stands in 1970 after its battery ran out.
    let lost = "1970-01-01T09:00:00+09:00";
    let check = workspace.yobin(&["--now", lost, "check"]);
    assert!(check.out.contains(TOLD), "{}{}", check.out, check.err);
    // A later time that only the marks know.
    let later = text.replace(newest, "\"newest\": \"2027-03-01T10:00:00+09:00\"");
    fs::write(&marks, later).unwrap();
    let now = "2026-11-27T10:00:00+09:00";
    let check = workspace.ok(&["--now", now, "check"]);
    assert!(check.contains("(2027-03-01 10:00)より前です"), "{check}");
    let run = workspace.exits(2, &["--now", now, "run"]);
    assert!(run.contains("(2027-03-01 10:00)より前です"), "{run}");
    // Marks of a program of before know no time.
    let before = text.replace(newest, "\"older\": 0");
    fs::write(&marks, before).unwrap();
    let check = workspace.ok(&["--now", "2026-11-28T10:00:00+09:00", "check"]);
    assert!(!check.contains(TOLD), "{check}");
}

#[test]
fn within_an_hour_nothing_is_told() {
    let workspace = Workspace::with_settings(SETTINGS);
    queue_at(&workspace, "2026-11-26T10:00:00+09:00", 1);
    let run = workspace.ok(&["--now", "2026-11-26T09:10:00+09:00", "run"]);
    assert!(!run.contains(TOLD), "{run}");
}

#[test]
fn the_service_tells_it_with_its_night() {
    let workspace = Workspace::with_settings(SETTINGS);
    queue_at(&workspace, "2026-11-26T10:00:00+09:00", 1);
    queue_at(&workspace, "2026-11-24T01:00:00+09:00", 2);
    let command = workspace.command(&["serve", "--now", "2026-11-24T01:29:57+09:00"]);
    let mut service = Service::of(command);
    service.until("の夜間処理を始めます");
    let told = service.until(TOLD);
    assert!(
        told.last().unwrap().contains("2026-11-26 10:00"),
        "{told:#?}"
    );
    service.until("の夜間処理が終わりました");
    service.program.terminate();
    assert_eq!(service.program.exit_code(), Some(0));
    assert!(report(&workspace, "2026-11-24").contains(TOLD));
}
