//! A clock that was wrong once and a date that was typed wrong: nothing is
//! dated before what it speaks of, and no night is passed over in silence.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use sqlx::ConnectOptions as _;
use sqlx::sqlite::SqliteConnectOptions;

use crate::harness::{NOON, Running, Workspace, plain_record};

const NIGHTLY: &str = "approval = \"none\"\nschedule = \"0 30 1 * * *\"\n[render]\nworkers = 2\n";

/// A running `yobin serve` and all it says, on both ways out.
pub struct Service {
    pub program: Running,
    said: BufReader<std::io::PipeReader>,
}

impl Service {
    fn start(workspace: &Workspace, now: &str) -> Self {
        Self::of(workspace.command(&["serve", "--now", now]))
    }

    /// The service this command starts.
    pub fn of(mut command: Command) -> Self {
        let (reader, writer) = std::io::pipe().unwrap();
        command.stdout(writer.try_clone().unwrap()).stderr(writer);
        let child = command.stdin(Stdio::null()).spawn().unwrap();
        Service {
            program: Running::new(child),
            said: BufReader::new(reader),
        }
    }

    /// Waits for a line with `word` and returns all lines up to it.
    pub fn until(&mut self, word: &str) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            let length = self.said.read_line(&mut line).unwrap();
            assert!(length > 0, "ended without {word:?}: {lines:#?}");
            lines.push(line.trim_end().to_owned());
            if line.contains(word) {
                return lines;
            }
        }
    }
}

/// A service that looked at the schedule once, at this time, and was killed.
fn seen_at(workspace: &Workspace, now: &str) {
    let mut service = Service::start(workspace, now);
    service.until("次の夜間処理");
    service.program.kill();
}

fn sql(workspace: &Workspace, statement: &str) {
    let options = SqliteConnectOptions::new().filename(workspace.path("out/yobin.db"));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut conn = options.connect().await.unwrap();
        sqlx::query(sqlx::AssertSqlSafe(statement.to_owned()))
            .execute(&mut conn)
            .await
            .unwrap();
    });
}

fn queue_at(workspace: &Workspace, now: &str, n: usize) {
    let record = json!([changed(n)]);
    let file = workspace.file(&format!("q{n}.json"), record.to_string());
    workspace.ok(&["--now", now, "queue", file.to_str().unwrap()]);
}

/// A record whose request arrived on the 4th, of a day to come that a clock
/// ahead has not passed.
fn changed(n: usize) -> Value {
    let mut record = plain_record(n, false);
    record["request_date"] = "2026-11-01".into();
    record["arrival_date"] = "2026-11-04".into();
    record["expected_date"] = "2028-01-14".into();
    record
}

#[test]
fn a_clock_that_was_a_year_ahead_silences_no_night() {
    let workspace = Workspace::with_settings(NIGHTLY);
    queue_at(&workspace, "2026-11-24T10:00:00+09:00", 1);
    // The first start, with the clock a year ahead.
    seen_at(&workspace, "2027-11-24T12:00:00+09:00");
    // `check` says so, and a report by hand as well.
    let check = workspace.exits(1, &["--now", "2026-11-24T23:00:00+09:00", "check"]);
    assert!(
        check.contains("2027-11-24 12:00:00 まで済んだことになっています"),
        "{check}"
    );
    let run = workspace.exits(2, &["--now", "2026-11-24T23:00:00+09:00", "run"]);
    assert!(
        run.contains("確かめること") && run.contains("2027-11-24 12:00 まで済んだ"),
        "{run}"
    );
    queue_at(&workspace, "2026-11-24T23:10:00+09:00", 2);

    let mut service = Service::start(&workspace, "2026-11-25T01:29:57+09:00");
    let lines = service.until("次の夜間処理");
    let noticed = "注意：予定が 2027-11-24 12:00:00 まで済んだことになっていました";
    assert!(
        lines.iter().any(|line| line.contains(noticed)),
        "{lines:#?}"
    );
    let lines = service.until("の夜間処理が終わりました");
    assert!(
        lines
            .iter()
            .any(|line| line == "2026-11-25 の夜間処理を始めます。"),
        "{lines:#?}"
    );
    service.until("次の夜間処理");
    service.program.terminate();
    assert_eq!(service.program.exit_code(), Some(0));
    assert_eq!(workspace.letters()[1]["issue_date"], "2026-11-25");
    // The night's own report tells it, now and when it is made again; the
    // next one does not.
    let told = std::fs::read_to_string(workspace.path("out/reports/2026-11-25.txt")).unwrap();
    assert!(
        told.contains("2027-11-24 12:00 まで済んだことになっていました"),
        "{told}"
    );
    let again = workspace
        .yobin(&["--now", "2026-11-25T09:00:00+09:00", "report", "2026-11-25"])
        .out;
    assert!(again.contains("2027-11-24 12:00 まで"), "{again}");
    queue_at(&workspace, "2026-11-25T10:00:00+09:00", 3);
    let next = workspace.ok(&["--now", "2026-11-26T02:00:00+09:00", "run"]);
    assert!(!next.contains("確かめること"), "{next}");
    let check = workspace.ok(&["--now", "2026-11-26T09:00:00+09:00", "check"]);
    assert!(!check.contains("済んだことに"), "{check}");
}

#[test]
fn a_mark_that_lies_ahead_is_got_over_however_far() {
    for (ahead, now, night) in [
        (
            "2026-11-26T01:30:00+09:00",
            "2026-11-25T01:29:58+09:00",
            "2026-11-25",
        ),
        (
            "2036-02-29T12:00:00+09:00",
            "2026-11-30T01:29:58+09:00",
            "2026-11-30",
        ),
        (
            "2026-12-31T23:59:59+09:00",
            "2026-12-30T01:29:58+09:00",
            "2026-12-30",
        ),
    ] {
        let workspace = Workspace::with_settings(NIGHTLY);
        queue_at(&workspace, "2026-11-24T10:00:00+09:00", 1);
        seen_at(&workspace, "2026-11-24T11:00:00+09:00");
        sql(
            &workspace,
            &format!("UPDATE schedule_mark SET seen_at = '{ahead}'"),
        );
        let mut service = Service::start(&workspace, now);
        service.until("済んだことになっていました");
        service.until(&format!("{night} の夜間処理が終わりました"));
        service.program.kill();
        assert_eq!(workspace.letters()[0]["batch_date"], night);
    }
}

#[test]
fn a_clock_set_back_over_a_night_that_was_done_is_no_matter() {
    let workspace = Workspace::with_settings(NIGHTLY);
    queue_at(&workspace, "2026-11-24T10:00:00+09:00", 1);
    let mut service = Service::start(&workspace, "2026-11-25T01:29:59+09:00");
    service.until("の夜間処理が終わりました");
    service.program.kill();
    queue_at(&workspace, "2026-11-25T01:40:00+09:00", 2);
    // Two hours back: the night of the 25th is announced as done, not done
    // again, and nobody is alarmed.
    let back = "2026-11-24T23:40:00+09:00";
    let mut service = Service::start(&workspace, back);
    let mut lines = service.until("次の夜間処理");
    lines.extend(service.until("2026-11-25 01:30:00"));
    service.program.kill();
    assert!(lines.last().unwrap().contains("行いません"), "{lines:#?}");
    assert!(
        !lines.iter().any(|line| line.contains("済んだことに")),
        "{lines:#?}"
    );
    let check = workspace.ok(&["--now", back, "check"]);
    assert!(
        check.contains("2026-11-25 01:30:00(この日付の夜間処理は前に始められています"),
        "{check}"
    );
    let mut service = Service::start(&workspace, "2026-11-25T01:29:59+09:00");
    service.until("2026-11-26 01:30:00");
    service.until("次の夜間処理");
    service.program.kill();
    assert_eq!(workspace.letters_in("queued").len(), 1, "not twice");
}

#[test]
fn a_batch_of_a_day_to_come_holds_up_no_night_before_it() {
    let workspace = Workspace::with_settings(NIGHTLY);
    queue_at(&workspace, "2026-11-24T10:00:00+09:00", 1);
    seen_at(&workspace, "2026-11-24T11:00:00+09:00");
    // Opened by a clock that was ahead, and not finished.
    let ahead = "2027-11-24T12:00:00+09:00";
    workspace
        .start_until(
            &["--now", ahead, "run", "--stop-at", "claimed"],
            "stopped at",
        )
        .kill();
    queue_at(&workspace, "2026-11-24T13:00:00+09:00", 2);
    let check = workspace.exits(1, &["--now", "2026-11-24T13:00:00+09:00", "check"]);
    assert!(check.contains("先の日付(2027-11-24)"), "{check}");

    let mut service = Service::start(&workspace, "2026-11-25T01:29:58+09:00");
    service.until("注意：先の日付(2027-11-24)");
    let lines = service.until("の夜間処理が終わりました");
    assert!(
        lines
            .iter()
            .any(|line| line.contains("2026-11-25 の夜間処理を始めます")),
        "{lines:#?}"
    );
    service.until("次の夜間処理");
    service.program.kill();
    let letters = workspace.letters();
    assert_eq!(letters[1]["state"], "filed");
    assert_eq!(letters[1]["batch_date"], "2026-11-25");
    // What was opened ahead stays where it is, is told, and can be gone on with.
    assert_eq!(letters[0]["state"], "numbered");
    let told = std::fs::read_to_string(workspace.path("out/reports/2026-11-25.txt")).unwrap();
    assert!(told.contains("先の日付(2027-11-24)"), "{told}");
    workspace.yobin(&[
        "--now",
        "2026-11-25T09:00:00+09:00",
        "run",
        "--date",
        "2027-11-24",
    ]);
    assert_eq!(workspace.letters()[0]["state"], "filed");
}

#[test]
fn letters_stamped_by_a_clock_that_was_ahead_are_not_held_back_by_it() {
    let workspace = Workspace::with_settings(NIGHTLY);
    queue_at(&workspace, "2027-11-24T10:00:00+09:00", 1);
    workspace.yobin(&["--now", "2026-11-25T02:00:00+09:00", "run"]);
    assert_eq!(workspace.letters()[0]["issue_date"], "2026-11-25");
}

#[test]
fn a_schedule_that_cannot_be_kept_is_an_error_of_check() {
    for (schedule, words) in [
        ("0 30 1 31 2 *", "もう来ません"),
        ("0 30 1 * * * 2020", "もう来ません"),
        ("0 30 1 30 2 *", "もう来ません"),
        ("0 30 1,13 * * *", "1日に1回"),
        ("0 0 * * * Mon-Fri", "1日に1回"),
    ] {
        let workspace = Workspace::with_settings(&format!("schedule = \"{schedule}\"\n"));
        let told = workspace.exits(1, &["check"]);
        assert!(
            told.contains(words) && told.contains("schedule"),
            "{schedule}\n{told}"
        );
    }
    let workspace = Workspace::with_settings("schedule = \"0 30 1 31 2 *\"\n");
    let mut service = Service::start(&workspace, NOON);
    service.until("今後の予定はありません");
    service.program.kill();
}

/// A letter that was queued on the 20th and approved on the 21st.
fn approved_on_the_21st() -> Workspace {
    let workspace = Workspace::with_settings("approval = \"required\"\n");
    queue_at(&workspace, "2026-11-20T10:00:00+09:00", 1);
    workspace.ok(&[
        "--now",
        "2026-11-21T10:00:00+09:00",
        "approve",
        "L000001B",
        "--as",
        "鈴木",
    ]);
    workspace
}

#[test]
fn a_date_of_the_past_is_asked_back() {
    for date in ["2026-11-21", "2026-11-21"] {
        let workspace = approved_on_the_21st();
        let told = workspace.exits(1, &["run", "--date", date]);
        for word in [
            "過去の日付です",
            "書簡1件の日付が令和8年11月21日になり",
            "--past",
        ] {
            assert!(told.contains(word), "{date}: {word}\n{told}");
        }
        assert_eq!(workspace.letters()[0]["state"], "approved");
        workspace.ok(&["run", "--date", date, "--past"]);
        assert_eq!(workspace.letters()[0]["issue_date"], date);
    }
    // Nobody joins: it is asked back all the same, and not without a date.
    let workspace = Workspace::with_settings(NIGHTLY);
    workspace.exits(1, &["run", "--date", "2025-11-22"]);
    workspace.exits(2, &["run", "--past"]);
    workspace.ok(&["run", "--date", "2025-11-22", "--past"]);
    // Today and a day to come need no further word.
    workspace.ok(&["run", "--date", "2026-11-22"]);
    workspace.ok(&["run", "--date", "2026-11-23"]);
}

#[test]
fn a_date_before_arrival_or_approval_is_refused_by_name() {
    for date in [
        "2026-11-20",
        "2026-11-05",
        "2025-11-24",
        "1970-01-01",
        "0001-01-01",
    ] {
        let workspace = approved_on_the_21st();
        for further in [&["--past"][..], &[]] {
            let args = [&["run", "--date", date][..], further].concat();
            let told = workspace.exits(1, &args);
            for word in [date, "では行えません", "L000001B は 2026-11-21 から"] {
                assert!(told.contains(word), "{date}: {word}\n{told}");
            }
        }
        assert_eq!(workspace.letters()[0]["state"], "approved");
        // Nothing was opened: the date can still be used.
        let report = workspace.exits(1, &["report", date]);
        assert!(report.contains("夜間処理はありません"), "{report}");
        workspace.ok(&["run"]);
        assert_eq!(workspace.letters()[0]["issue_date"], "2026-11-22");
    }
}

#[test]
fn an_unfinished_night_of_the_past_is_gone_on_with_as_before() {
    let workspace = Workspace::with_settings(NIGHTLY);
    workspace.queue_plain(2, 0);
    workspace
        .start_until(&["run", "--stop-at", "claimed"], "stopped at")
        .kill();
    // As the report says: run --date again, on the next day.
    let told = workspace.ok(&[
        "--now",
        "2026-11-23T09:00:00+09:00",
        "run",
        "--date",
        "2026-11-22",
    ]);
    assert!(told.contains("前に始められています"), "{told}");
    for letter in workspace.letters() {
        assert_eq!(letter["issue_date"], "2026-11-22");
        assert_eq!(letter["state"], "filed");
    }
}

#[test]
fn a_missed_night_leaves_letters_of_later_days_to_the_next() {
    let settings = "approval = \"none\"\nschedule = \"0 30 1 * * Fri,Mon\"\n";
    let workspace = Workspace::with_settings(settings);
    seen_at(&workspace, "2026-11-18T12:00:00+09:00");
    queue_at(&workspace, "2026-11-18T13:00:00+09:00", 1);
    // The night of Friday the 20th is missed; on Sunday a request comes in
    // and is queued.
    queue_at(&workspace, "2026-11-22T10:00:00+09:00", 2);
    let mut service = Service::start(&workspace, "2026-11-22T12:00:00+09:00");
    let lines = service.until("の夜間処理が終わりました");
    assert!(
        lines
            .iter()
            .any(|line| line.contains("2026-11-20 の夜間処理を始めます")),
        "{lines:#?}"
    );
    service.until("次の夜間処理");
    service.program.kill();
    let letters = workspace.letters();
    assert_eq!(
        (&letters[0]["issue_date"], &letters[0]["state"]),
        (&json!("2026-11-20"), &json!("filed"))
    );
    assert_eq!(letters[1]["state"], "queued");
    let told = std::fs::read_to_string(workspace.path("out/reports/2026-11-20.txt")).unwrap();
    assert!(
        told.contains("受付済み(承認待ち・次の夜の処理待ち)  1件"),
        "{told}"
    );
    let mut service = Service::start(&workspace, "2026-11-23T01:29:59+09:00");
    service.until("の夜間処理が終わりました");
    service.program.kill();
    let letters = workspace.letters();
    assert_eq!(letters[1]["issue_date"], "2026-11-23");
    // Numbers follow one another all the same.
    assert_eq!(letters[1]["number"], "群農健発第2号");
}

/// A machine that stood still over the New Year, or a monthly night nobody
/// noticed: letters bear the day on which they are made.
#[test]
fn a_night_missed_days_ago_takes_todays_date() {
    for (schedule, seen, start, date, night) in [
        (
            "0 0 3 1 * *",
            "2026-10-20T12:00:00+09:00",
            "2026-11-22T12:00:00+09:00",
            "2026-11-22",
            "2026-11-01",
        ),
        (
            "0 30 1 * * *",
            "2026-11-16T12:00:00+09:00",
            "2026-11-20T01:29:00+09:00",
            "2026-11-19",
            "",
        ),
        (
            "0 30 1 * * Mon",
            "2026-11-13T12:00:00+09:00",
            "2026-11-20T09:00:00+09:00",
            "2026-11-20",
            "2026-11-16",
        ),
        (
            "0 30 1 * * Mon",
            "2026-11-13T12:00:00+09:00",
            "2026-11-20T23:59:00+09:00",
            "2026-11-20",
            "2026-11-16",
        ),
        (
            "0 30 1 * * Mon",
            "2026-11-13T12:00:00+09:00",
            "2026-11-19T23:59:00+09:00",
            "2026-11-16",
            "",
        ),
    ] {
        let settings = format!("approval = \"none\"\nschedule = \"{schedule}\"\n");
        let workspace = Workspace::with_settings(&settings);
        seen_at(&workspace, seen);
        queue_at(&workspace, seen.max("2026-11-10T12:00:00+09:00"), 1);
        let mut service = Service::start(&workspace, start);
        let lines = service.until("の夜間処理が終わりました").join("\n");
        service.until("次の夜間処理");
        service.program.kill();
        let told = lines.contains(&format!("{night} の予定の時刻に動いていなかった"));
        assert_eq!(told, !night.is_empty(), "{lines}");
        assert!(
            lines.contains(&format!("{date} の夜間処理を始めます")),
            "{lines}"
        );
        assert_eq!(
            workspace.letters()[0]["issue_date"],
            date,
            "{schedule} {start}"
        );
        // It is done once.
        let mut service = Service::start(&workspace, start);
        let lines = service.until("次の夜間処理").join("\n");
        service.program.kill();
        assert!(!lines.contains("の夜間処理を始めます"), "{lines}");
    }
}

#[test]
fn a_night_far_ahead_is_a_slip_and_so_is_a_past_that_is_not() {
    let workspace = Workspace::new();
    queue_at(&workspace, "2026-11-22T12:00:00+09:00", 1);
    for args in [
        &["run", "--date", "2036-11-22"][..],
        &["run", "--date", "2026-12-24"],
        &["run", "--date", "2026-11-23", "--past"],
        &["run", "--date", "2026-11-22", "--past"],
    ] {
        let told = workspace.exits(2, args);
        assert!(told.contains("年月日を確かめてください"), "{told}");
    }
    assert_eq!(workspace.letters()[0]["state"], "queued");
    workspace.ok(&["run", "--date", "2026-12-23"]);
    // Nobody is led to a guard by a slip.
    let told = workspace.exits(2, &["run", "--as", "鈴木"]);
    assert!(!told.contains("--past」のこと"), "{told}");
}

#[test]
fn a_night_missed_days_ago_leaves_a_night_of_today_its_date() {
    let settings = "approval = \"none\"\nschedule = \"0 0 22 * * Mon,Fri\"\n";
    let workspace = Workspace::with_settings(settings);
    seen_at(&workspace, "2026-11-13T12:00:00+09:00");
    queue_at(&workspace, "2026-11-13T13:00:00+09:00", 1);
    // Monday's night was missed; on Friday morning Friday's is still to come,
    // and takes what comes in until then.
    let mut service = Service::start(&workspace, "2026-11-20T09:00:00+09:00");
    let lines = service.until("2026-11-20 22:00:00").join("\n");
    service.program.kill();
    assert!(!lines.contains("の夜間処理を始めます"), "{lines}");
    queue_at(&workspace, "2026-11-20T10:00:00+09:00", 2);
    let mut service = Service::start(&workspace, "2026-11-20T21:59:59+09:00");
    service.until("2026-11-20 の夜間処理が終わりました");
    service.program.kill();
    for letter in workspace.letters() {
        assert_eq!(letter["issue_date"], "2026-11-20", "{letter}");
    }
}

#[test]
fn a_letter_of_before_whose_arrival_lies_ahead_waits_and_is_told() {
    let workspace = Workspace::with_settings(NIGHTLY);
    workspace.queue_plain(2, 0);
    sql(
        &workspace,
        "UPDATE letter SET dated_from = '2062-11-04' WHERE id = 1",
    );
    let told = workspace.exits(2, &["run"]);
    for word in [
        "到達日などが今日より後",
        "L000001B は 2062-11-04 から",
        "【要対応】",
    ] {
        assert!(told.contains(word), "{word}\n{told}");
    }
    assert_eq!(workspace.letters()[0]["state"], "queued");
    assert_eq!(workspace.letters()[1]["state"], "filed");
    // It stands in nobody's way.
    workspace.queue_plain(3, 0);
    workspace.exits(
        2,
        &[
            "--now",
            "2026-11-24T09:00:00+09:00",
            "run",
            "--date",
            "2026-11-23",
            "--past",
        ],
    );
    assert_eq!(workspace.letters()[2]["issue_date"], "2026-11-23");
}
