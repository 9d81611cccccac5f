//! The scheduled service: runs when due, catches up once, ends when asked.

use std::io::{BufRead, BufReader};
use std::process::{ChildStdout, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use crate::harness::{Arrivals, Running, Workspace, wait_until};
use crate::mail_server::{At, Does, MailServer};

const NIGHTLY: &str = "approval = \"none\"\nschedule = \"0 30 1 * * *\"\n[render]\nworkers = 2\n";

/// How long a service that was asked to end at once may take: less than its
/// longest sleep.
const AT_ONCE: Duration = Duration::from_secs(10);

/// A running `yobin serve` and what it says.
struct Service {
    program: Running,
    said: BufReader<ChildStdout>,
}

impl Service {
    fn start(workspace: &Workspace, now: &str) -> Self {
        let mut command = workspace.command(&["serve", "--now", now]);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        Service {
            program: Running::new(child),
            said,
        }
    }

    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let length = self.said.read_line(&mut line).unwrap();
        (length > 0).then(|| line.trim_end().to_owned())
    }

    /// Waits for a line with `word` and returns all lines up to it.
    fn until(&mut self, word: &str) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            let line = self.line();
            let line = line.unwrap_or_else(|| panic!("ended without {word:?}: {lines:#?}"));
            lines.push(line);
            if lines.last().is_some_and(|line| line.contains(word)) {
                return lines;
            }
        }
    }

    /// Asks it to end and returns what it still says; it must succeed.
    fn stop(mut self) -> Vec<String> {
        self.program.terminate();
        let mut lines = Vec::new();
        while let Some(line) = self.line() {
            lines.push(line);
        }
        assert_eq!(self.program.exit_code(), Some(0), "{lines:#?}");
        assert!(lines.iter().any(|line| line.contains("夜便を止めました")));
        lines
    }
}

fn begun(lines: &[String]) -> Vec<&String> {
    let word = "の夜間処理を始めます";
    lines.iter().filter(|line| line.contains(word)).collect()
}

/// A service that looked at the schedule once, at this time, and was killed.
fn seen_at(workspace: &Workspace, now: &str) {
    let mut service = Service::start(workspace, now);
    service.until("次の夜間処理");
    service.program.kill();
}

#[test]
fn the_night_runs_at_its_time_and_its_date_is_not_opened_twice() {
    let workspace = Workspace::with_settings(NIGHTLY);
    workspace.queue_plain(3, 1);
    let mut service = Service::start(&workspace, "2026-11-22T01:29:59+09:00");
    service.until("次の夜間処理");
    let next: Vec<String> = (0..3).filter_map(|_| service.line()).collect();
    let expected = ["22", "23", "24"].map(|day| format!("  2026-11-{day} 01:30:00"));
    assert_eq!(next, expected);
    let night = service.until("の夜間処理が終わりました");
    assert_eq!(begun(&night), ["2026-11-22 の夜間処理を始めます。"]);
    service.stop();
    workspace.assert_nothing_lost_or_doubled(3);
    for letter in workspace.letters() {
        assert_eq!(letter["batch_date"], "2026-11-22");
        assert_eq!(letter["issue_date"], "2026-11-22");
    }
    assert!(workspace.path("out/reports/2026-11-22.pdf").is_file());

    // Somebody queues one more and starts the service again, first with the
    // clock put back to just before the night, then after it.
    workspace.queue_plain(4, 1);
    let mut again = Service::start(&workspace, "2026-11-22T01:29:59+09:00");
    let mut lines = again.until("次の夜間処理");
    lines.extend(again.until("次の夜間処理"));
    lines.extend(again.stop());
    let mut later = Service::start(&workspace, "2026-11-22T01:31:00+09:00");
    lines.extend(later.until("次の夜間処理"));
    lines.extend(later.stop());
    assert!(begun(&lines).is_empty(), "{lines:#?}");
    assert_eq!(workspace.letters_in("queued").len(), 1);
}

#[test]
fn a_date_run_by_hand_is_not_run_again_at_its_time() {
    let workspace = Workspace::with_settings(NIGHTLY);
    workspace.queue_plain(2, 0);
    workspace.ok(&["run", "--date", "2026-11-22"]);
    let mut service = Service::start(&workspace, "2026-11-22T01:29:59+09:00");
    let mut lines = service.until("次の夜間処理");
    lines.extend(service.until("次の夜間処理"));
    lines.extend(service.stop());
    assert!(begun(&lines).is_empty(), "{lines:#?}");
}

#[test]
fn a_missed_night_runs_once_with_its_own_date() {
    let workspace = Workspace::with_settings(NIGHTLY);
    seen_at(&workspace, "2026-11-20T12:00:00+09:00");
    workspace.queue_plain(3, 1);
    // Back shortly after midnight: the last night missed is the one of the
    // day before.
    let back = "2026-11-23T00:10:00+09:00";
    let mut service = Service::start(&workspace, back);
    let lines = service.until("の夜間処理が終わりました");
    let begun_now = begun(&lines);
    assert_eq!(begun_now.len(), 1, "{lines:#?}");
    assert!(begun_now[0].starts_with("2026-11-22 "), "{lines:#?}");
    assert!(begun_now[0].contains("予定の時刻に動いていなかった"));
    service.until("次の夜間処理");
    service.stop();
    workspace.assert_nothing_lost_or_doubled(3);
    for letter in workspace.letters() {
        assert_eq!(letter["issue_date"], "2026-11-22");
    }

    let mut again = Service::start(&workspace, back);
    let mut lines = again.until("次の夜間処理");
    lines.extend(again.stop());
    assert!(begun(&lines).is_empty(), "{lines:#?}");
}

#[test]
fn the_first_start_ever_runs_no_night_of_the_past() {
    let workspace = Workspace::with_settings(NIGHTLY);
    workspace.queue_plain(1, 0);
    let mut service = Service::start(&workspace, "2026-11-22T12:00:00+09:00");
    let mut lines = service.until("次の夜間処理");
    lines.extend(service.stop());
    assert!(begun(&lines).is_empty(), "{lines:#?}");
    assert_eq!(workspace.letters_in("queued").len(), 1);
}

#[test]
fn asked_to_stop_in_mid_night_it_ends_cleanly_and_the_next_start_does_the_rest() {
    let count = 200;
    let workspace = Workspace::with_settings(NIGHTLY);
    workspace.queue_plain(count, count);
    let arrivals = Arrivals::watch(&workspace.path("out/mail"));
    let mut service = Service::start(&workspace, "2026-11-22T01:29:59+09:00");
    service.until("の夜間処理を始めます");
    arrivals.wait_for(10);
    service.stop();
    for letter in workspace.letters() {
        let state = letter["state"].as_str().unwrap();
        assert!(
            ["numbered", "released", "written"].contains(&state),
            "in mid-air: {letter}"
        );
        // A mail that is made waits whole: nobody was given any of it.
        if state == "released" {
            let untouched = letter["handover_at"].is_null() && letter["message_id"].is_null();
            assert!(untouched && letter["rounds"] == 0, "in mid-air: {letter}");
        }
    }
    assert!(!workspace.letters_in("written").is_empty());
    assert!(!workspace.letters_in("numbered").is_empty());

    let mut service = Service::start(&workspace, "2026-11-22T09:00:00+09:00");
    let lines = service.until("の夜間処理が終わりました");
    let begun = begun(&lines);
    assert_eq!(
        begun,
        ["2026-11-22 の夜間処理を始めます。(前回の残りを続けます)"]
    );
    service.stop();
    assert_eq!(workspace.letters_in("written").len(), count);
    workspace.assert_nothing_lost_or_doubled(count);
}

#[test]
fn asked_to_stop_while_mails_wait_the_next_start_sends_them() {
    let server = MailServer::start(false);
    let settings = |mail: &str| format!("{NIGHTLY}[delivery]\nretry_seconds = [5]\n{mail}");
    let workspace = Workspace::with_settings(&settings(&server.settings()));
    workspace.queue_plain(6, 4);
    server.behave(&[(At::Greeting, Does::Drops)]);
    let mut service = Service::start(&workspace, "2026-11-22T01:29:59+09:00");
    service.until("の夜間処理を始めます");
    wait_until(|| {
        workspace.letters_in("released").len() == 4 && workspace.letters_in("filed").len() == 2
    });
    service.stop();
    // All is made, so the batch is closed; the mails wait.
    assert_eq!(workspace.letters_in("released").len(), 4);
    let closed = "SELECT closed_at FROM batch WHERE date = '2026-11-22'";
    assert!(workspace.look_up(closed).starts_with("2026-11-22T"));
    let report = workspace.exits(2, &["report", "2026-11-22"]);
    assert!(
        report.contains("yobin serve を始め直したときか"),
        "{report}"
    );

    server.behave(&[]);
    let mut service = Service::start(&workspace, "2026-11-22T09:00:00+09:00");
    let lines = service.until("の夜間処理が終わりました");
    assert_eq!(
        begun(&lines),
        ["2026-11-22 の夜間処理を始めます。(前回の残りを続けます)"]
    );
    service.until("次の夜間処理");
    service.stop();
    assert_eq!(workspace.letters_in("sent").len(), 4);
    assert_eq!(server.kept().len(), 4);
    // Nothing is left, so no start begins it again.
    let mut service = Service::start(&workspace, "2026-11-22T09:10:00+09:00");
    let mut lines = service.until("次の夜間処理");
    lines.extend(service.stop());
    assert!(begun(&lines).is_empty(), "{lines:#?}");
    workspace.ok(&["verify"]);
}

#[test]
fn killed_in_mid_night_the_next_start_does_the_rest() {
    let count = 100;
    let workspace = Workspace::with_settings(NIGHTLY);
    workspace.queue_plain(count, count / 2);
    let arrivals = Arrivals::watch(&workspace.path("out/mail"));
    let mut service = Service::start(&workspace, "2026-11-22T01:29:59+09:00");
    service.until("の夜間処理を始めます");
    arrivals.wait_for(10);
    service.program.kill();
    let mut service = Service::start(&workspace, "2026-11-23T01:00:00+09:00");
    service.until("の夜間処理が終わりました");
    service.stop();
    workspace.assert_nothing_lost_or_doubled(count);
    for letter in workspace.letters() {
        assert_eq!(letter["batch_date"], "2026-11-22");
    }
}

#[test]
fn asked_to_stop_while_waiting_it_ends_at_once() {
    let workspace = Workspace::with_settings(NIGHTLY);
    let mut service = Service::start(&workspace, "2026-11-22T12:00:00+09:00");
    service.until("次の夜間処理");
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        service.stop();
        tell.send(())
    });
    told.recv_timeout(AT_ONCE).expect("it slept on");
}
