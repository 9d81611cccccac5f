//! The machine's clock runs away while the service waits: no letter gets the
//! date it shows, and no night is lost by it.
//!
//! libfaketime gives the program a machine's clock that the test sets. The
//! time since boot stays the machine's own.

use std::fs;
use std::process::Command;

use crate::clocks::Service;
use crate::harness::{Workspace, has};

const NIGHTLY: &str = "approval = \"none\"\nschedule = \"0 30 1 * * *\"\n[render]\nworkers = 2\n";

/// The clock of a machine. It runs on from where it was set, or from there
/// and what passed since the program's start: libfaketime does not say which.
struct MachineClock<'a> {
    workspace: &'a Workspace,
}

impl<'a> MachineClock<'a> {
    fn at(workspace: &'a Workspace, time: &str) -> Self {
        let clock = MachineClock { workspace };
        clock.set(time);
        clock
    }

    /// Sets it to this time in Japan.
    fn set(&self, time: &str) {
        // Never seen half written.
        let new = self.workspace.file("clock.new", format!("@{time}\n"));
        fs::rename(new, self.workspace.path("clock")).unwrap();
    }

    /// A service on this machine.
    fn serve(&self) -> Service {
        let mut command = Command::new(env!("CARGO_BIN_EXE_yobin"));
        command
            .arg("serve")
            .current_dir(self.workspace.path(""))
            .env("USER", "tester")
            // The dynamic linker puts its own folder's name for $LIB.
            .env("LD_PRELOAD", "/usr/$LIB/faketime/libfaketimeMT.so.1")
            .env("FAKETIME_TIMESTAMP_FILE", self.workspace.path("clock"))
            .env("FAKETIME_NO_CACHE", "1")
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            .env("NO_FAKE_STAT", "1")
            .env("TZ", "JST-9");
        Service::of(command)
    }
}

/// A service that waits for the next night, which is this one.
fn waiting(clock: &MachineClock, next: &str) -> Service {
    let mut service = clock.serve();
    service.until("次の夜間処理");
    let first = service.until("01:30:00");
    assert_eq!(first, [format!("  {next} 01:30:00")], "no such clock");
    service
}

fn begun(lines: &[String]) -> Vec<&String> {
    let word = "の夜間処理を始めます";
    lines.iter().filter(|line| line.contains(word)).collect()
}

#[test]
fn a_clock_a_year_ahead_for_a_while_dates_no_letter() {
    let test = "a_clock_a_year_ahead_for_a_while_dates_no_letter";
    if !has(test, &["faketime"]) {
        return;
    }
    let workspace = Workspace::with_settings(NIGHTLY);
    workspace.queue_plain(3, 1);
    let clock = MachineClock::at(&workspace, "2026-11-25 01:29:50");
    let mut service = waiting(&clock, "2026-11-25");
    // While it is wrong, the time of the night comes and goes.
    clock.set("2027-11-25 01:29:50");
    let mut lines = service.until("計算機の時計が急に進みました");
    let told = lines.last().unwrap();
    for word in [
        "今は 2026-11-25 01:30:",
        "時計は 2027-11-25 01:",
        "計算機の時計を確かめてください",
        "再起動すると、直ちに",
    ] {
        assert!(told.contains(word), "{word}\n{told}");
    }
    clock.set("2026-11-25 01:30:20");
    lines.extend(service.until("時計が元に戻りました(2026-11-25 01:3"));
    assert!(begun(&lines).is_empty(), "{lines:#?}");
    let lines = service.until("の夜間処理が終わりました");
    let begun = begun(&lines);
    assert_eq!(begun.len(), 1, "{lines:#?}");
    assert!(begun[0].starts_with("2026-11-25 の夜間処理を始めます。"));
    service.until("2026-11-26 01:30:00");
    service.program.terminate();
    assert_eq!(service.program.exit_code(), Some(0));

    workspace.assert_nothing_lost_or_doubled(3);
    for letter in workspace.letters() {
        assert_eq!(letter["batch_date"], "2026-11-25");
        assert_eq!(letter["issue_date"], "2026-11-25");
    }
    let mails = fs::read_dir(workspace.path("out/mail")).unwrap();
    let mails: Vec<String> = mails
        .map(|mail| fs::read_to_string(mail.unwrap().path()).unwrap())
        .collect();
    assert_eq!(mails.len(), 1);
    let dated = mails[0].lines().find(|line| line.starts_with("Date: "));
    assert!(dated.unwrap().contains("Nov 2026"), "{dated:?}");
    // Nothing of the wrong year was kept.
    let check = workspace.ok(&["--now", "2026-11-25T02:00:00+09:00", "check"]);
    assert!(!check.contains("済んだことに"), "{check}");
    assert!(check.contains("2026-11-26 01:30:00"), "{check}");
}

#[test]
fn a_clock_set_back_by_a_day_is_told_and_the_schedule_keeps_its_place() {
    let test = "a_clock_set_back_by_a_day_is_told_and_the_schedule_keeps_its_place";
    if !has(test, &["faketime"]) {
        return;
    }
    let workspace = Workspace::with_settings(NIGHTLY);
    workspace.queue_plain(1, 0);
    let clock = MachineClock::at(&workspace, "2026-11-25 12:00:00");
    let mut service = waiting(&clock, "2026-11-26");
    clock.set("2026-11-24 01:29:55");
    let lines = service.until("計算機の時計が急に戻りました");
    assert!(begun(&lines).is_empty(), "{lines:#?}");
    // In doubt it still ends when it is asked to.
    service.program.terminate();
    service.until("夜便を止めました");
    assert_eq!(service.program.exit_code(), Some(0));
    assert_eq!(workspace.letters_in("queued").len(), 1);
    // The schedule is seen to until noon of the 25th, as before.
    let check = workspace.exits(1, &["--now", "2026-11-24T02:00:00+09:00", "check"]);
    let mark = "2026-11-25 12:00:00 まで済んだことになっています";
    assert!(check.contains(mark), "{check}");
}

#[test]
fn started_anew_the_service_goes_by_the_new_time_at_once() {
    let test = "started_anew_the_service_goes_by_the_new_time_at_once";
    if !has(test, &["faketime"]) {
        return;
    }
    let workspace = Workspace::with_settings(NIGHTLY);
    workspace.queue_plain(1, 0);
    let clock = MachineClock::at(&workspace, "2026-11-24 12:00:00");
    let mut service = waiting(&clock, "2026-11-25");
    clock.set("2026-11-27 12:00:00");
    let lines = service.until("計算機の時計が急に進みました");
    assert!(begun(&lines).is_empty(), "{lines:#?}");
    service.program.terminate();
    assert_eq!(service.program.exit_code(), Some(0));

    let mut service = clock.serve();
    let lines = service.until("の夜間処理が終わりました");
    let missed = "2026-11-27 の夜間処理を始めます。(予定の時刻に動いていなかったため、今行います)";
    assert_eq!(begun(&lines), [missed]);
    assert_eq!(workspace.letters()[0]["issue_date"], "2026-11-27");
}

#[test]
fn a_clock_put_right_by_half_an_hour_is_believed_without_a_word() {
    let test = "a_clock_put_right_by_half_an_hour_is_believed_without_a_word";
    if !has(test, &["faketime"]) {
        return;
    }
    let workspace = Workspace::with_settings(NIGHTLY);
    workspace.queue_plain(1, 0);
    let clock = MachineClock::at(&workspace, "2026-11-25 01:00:00");
    let mut service = waiting(&clock, "2026-11-25");
    clock.set("2026-11-25 01:29:45");
    let lines = service.until("の夜間処理が終わりました");
    assert_eq!(begun(&lines), ["2026-11-25 の夜間処理を始めます。"]);
    assert!(!lines.iter().any(|line| line.contains("計算機の時計")));
    assert_eq!(workspace.letters()[0]["issue_date"], "2026-11-25");
}
