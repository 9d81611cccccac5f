//! A machine that sleeps, or a program that somebody stops, in mid-night: time
//! that passed for nobody is held against no letter.

use std::fs;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::harness::{Running, Workspace, stopwatch, wait_until};
use crate::mail_server::{At, Does, MailServer};

/// Longer than every limit of these nights: a page may take one second, and
/// one that uses no processor ten.
const PAUSE: Duration = Duration::from_secs(13);

const SETTINGS: &str = "approval = \"none\"\n[render]\nworkers = 2\nwall_seconds = 1\n";

fn signal(processes: &[Pid], signal: Signal) {
    for process in processes {
        kill_process(*process, signal).unwrap();
    }
}

/// Stops the program and its workers, as a machine that sleeps does, and lets
/// them go on. The program first, so that it starts and ends no worker while
/// they are counted.
fn pause(program: &Running, meanwhile: impl FnOnce()) {
    signal(&[program.pid()], Signal::STOP);
    wait_until(|| is_stopped(program));
    let workers = program.workers();
    signal(&workers, Signal::STOP);
    let begun = stopwatch();
    meanwhile();
    wait_until(|| begun.elapsed() > PAUSE);
    signal(&workers, Signal::CONT);
    signal(&[program.pid()], Signal::CONT);
}

/// Whether the program stands still with all its threads, or is over.
fn is_stopped(program: &Running) -> bool {
    let threads = format!("/proc/{}/task", program.pid().as_raw_nonzero());
    fs::read_dir(threads).unwrap().all(|thread| {
        let status = fs::read_to_string(thread.unwrap().path().join("status"));
        // A thread that ended meanwhile starts nothing any more.
        status.map_or(true, |status| {
            status.contains("\nState:\tT") || status.contains("\nState:\tZ")
        })
    })
}

fn count(workspace: &Workspace, state: &str) -> usize {
    workspace.letters_in(state).len()
}

fn night(workspace: &Workspace) -> Running {
    let mut command = workspace.command(&["run"]);
    Running::new(command.spawn().unwrap())
}

#[test]
fn a_night_that_was_paused_makes_every_letter() {
    const COUNT: usize = 300;
    let workspace = Workspace::with_settings(SETTINGS);
    workspace.queue_plain(COUNT, 0);
    let run = night(&workspace);
    wait_until(|| count(&workspace, "filed") > 10);
    pause(&run, || {
        // It still is at work, and another one is told so.
        let told = workspace.exits(1, &["run"]);
        assert!(told.contains("夜間処理が動いています"), "{told}");
        assert!(count(&workspace, "filed") < COUNT, "it was over");
    });
    assert_eq!(run.exit_code(), Some(0));
    workspace.assert_nothing_lost_or_doubled(COUNT);
    assert_eq!(count(&workspace, "filed"), COUNT);
    workspace.ok(&["verify"]);
}

#[test]
fn a_worker_that_was_stopped_in_mid_night_costs_no_letter() {
    const COUNT: usize = 120;
    let workspace = Workspace::with_settings(SETTINGS);
    workspace.queue_plain(COUNT, 0);
    let run = night(&workspace);
    wait_until(|| run.workers().len() == 2 && count(&workspace, "filed") > 5);
    // For good: nobody wakes it, and the others go on.
    signal(&run.workers()[..1], Signal::STOP);
    assert_eq!(run.exit_code(), Some(0));
    workspace.assert_nothing_lost_or_doubled(COUNT);
    assert_eq!(count(&workspace, "filed"), COUNT);
}

/// The night is paused while the gateway answers, for longer than it waits for
/// an answer.
#[test]
fn an_answer_that_came_while_the_program_was_paused_is_heard() {
    let server = MailServer::start(false);
    let mail = server
        .settings()
        .replace("timeout_seconds = 20", "timeout_seconds = 5");
    let workspace = Workspace::with_settings(&format!("{SETTINGS}{mail}"));
    let count_of = 80;
    workspace.queue_plain(count_of, count_of);
    let run = night(&workspace);
    assert!(server.wait_for(5));
    for _ in 0..2 {
        pause(&run, || {});
    }
    let code = run.exit_code();
    let (sent, unknown) = (count(&workspace, "sent"), count(&workspace, "unknown"));
    assert_eq!((code, sent, unknown), (Some(0), count_of, 0));
    assert_eq!(server.kept().len(), count_of);
    workspace.ok(&["verify"]);
}

/// The gateway gave up on a program that was paused.
#[test]
fn a_connection_lost_in_a_pause_is_made_anew_or_told_as_it_is() {
    for at in [At::Mail, At::Rcpt, At::Data, At::Dot] {
        let server = MailServer::start(false);
        let workspace = Workspace::with_settings(&format!("{SETTINGS}{}", server.settings()));
        workspace.queue_plain(12, 12);
        server.behave(&[(at, Does::Drops)]);
        let run = night(&workspace);
        wait_until(|| server.connections() >= 3 && count(&workspace, "released") > 0);
        pause(&run, || server.behave(&[]));
        let code = run.exit_code();
        let (sent, unknown) = (count(&workspace, "sent"), count(&workspace, "unknown"));
        assert!(unknown == 0 || at == At::Dot, "{at:?}");
        assert!(matches!(code, Some(0 | 2)), "{at:?}: {code:?}");
        let kept = server.kept();
        let mut once = kept.clone();
        once.dedup();
        assert_eq!(once, kept, "{at:?}");
        // What the gateway took is known to have gone, or asked about.
        assert_eq!(sent + unknown, kept.len(), "{at:?}");
        assert_eq!(count(&workspace, "released"), 12 - kept.len(), "{at:?}");
        workspace.ok(&["verify"]);
    }
}
