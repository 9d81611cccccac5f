//! Killed anywhere, the night loses nothing and does nothing twice.

use std::collections::BTreeSet;
use std::fs;
use std::sync::mpsc;
use std::time::Duration;

use rustix::process::{Signal, WaitOptions, kill_process, set_child_subreaper, waitpid};
use serde_json::Value;

use crate::harness::{Arrivals, NEXT_NOON, Running, Workspace, copy_folder, files_below, root};

/// Letters of a small night; half of them go by mail.
const LETTERS: usize = 12;

fn ids(letters: &[Value]) -> BTreeSet<String> {
    let id = |letter: &Value| letter["id"].as_str().unwrap().to_owned();
    letters.iter().map(id).collect()
}

/// Kills a run at a place, runs again, and demands that nothing is lost or
/// doubled. Returns the workspace and the letters whose mail was between
/// hand-over and record and stands in no file: those of unknown outcome.
fn killed_at(place: &str) -> (Workspace, BTreeSet<String>) {
    killed_at_with(place, LETTERS, false)
}

/// The same; if `taken`, another program takes what stands in the folder of
/// mails before the next run, and puts it back after it.
fn killed_at_with(place: &str, count: usize, taken: bool) -> (Workspace, BTreeSet<String>) {
    let workspace = Workspace::new();
    workspace.queue_plain(count, count / 2);
    let args = ["run", "--workers", "2", "--stop-at", place];
    workspace.start_until(&args, "stopped at").kill();

    let mut caught = workspace.letters_in("released");
    caught.retain(|letter| !letter["handover_at"].is_null());
    let mails_before = workspace.recipients();
    let taken = match taken {
        true => workspace.take_mails(),
        false => Vec::new(),
    };
    // A file appears whole or not at all, so one that stands was written.
    let standing = workspace.recipients();
    caught.retain(|letter| {
        let recipient = format!("mihon{}@example.jp", letter["intake_row"]);
        !standing.contains(&recipient)
    });
    let caught = ids(&caught);

    let done = workspace.yobin(&["run"]);
    for (path, bytes) in taken {
        fs::write(path, bytes).unwrap();
    }
    let expected = if caught.is_empty() { 0 } else { 2 };
    assert_eq!(done.code, Some(expected), "{}{}", done.out, done.err);
    assert_eq!(ids(&workspace.letters_in("unknown")), caught);
    assert!(
        mails_before
            .iter()
            .all(|to| workspace.recipients().contains(to))
    );
    workspace.assert_nothing_lost_or_doubled(count);

    // Nothing is left to do, and what is uncertain stays with a person.
    let mails = workspace.recipients();
    workspace.exits(expected, &["run"]);
    assert_eq!(workspace.recipients(), mails);
    assert_eq!(ids(&workspace.letters_in("unknown")), caught);
    workspace.assert_nothing_lost_or_doubled(count);
    (workspace, caught)
}

#[test]
fn killed_while_numbering_no_number_is_lost() {
    let workspace = Workspace::new();
    workspace.queue_plain(LETTERS, LETTERS / 2);
    let args = ["run", "--stop-at", "numbering"];
    workspace.start_until(&args, "stopped at").kill();
    // The numbers were not durable: the letters wait as if nothing had been.
    assert_eq!(workspace.letters_in("queued").len(), LETTERS);
    workspace.ok(&["run"]);
    workspace.assert_nothing_lost_or_doubled(LETTERS);
}

#[test]
fn killed_when_letters_are_claimed() {
    assert!(killed_at("claimed").1.is_empty());
}

#[test]
fn killed_when_further_letters_are_claimed() {
    // More letters than one claim takes.
    killed_at_with("claimed:2", 60, false);
}

#[test]
fn killed_when_a_page_came_out() {
    killed_at("rendered");
}

#[test]
fn killed_when_a_later_page_came_out() {
    killed_at("rendered:5");
}

#[test]
fn killed_when_a_pdf_is_stored() {
    killed_at("stored");
}

#[test]
fn killed_when_a_later_pdf_is_stored() {
    killed_at("stored:7");
}

#[test]
fn killed_when_a_letter_is_registered() {
    killed_at("registered");
}

#[test]
fn killed_when_a_later_letter_is_registered() {
    killed_at("registered:9");
}

#[test]
fn killed_after_a_mail_was_handed_over_a_person_settles_it_by_what_arrived() {
    let (workspace, caught) = killed_at_with("handed-over", LETTERS, true);
    assert!(!caught.is_empty());
    let mails = workspace.recipients();
    let mut arrived = 0;
    for letter in workspace.letters_in("unknown") {
        let recipient = format!("mihon{}@example.jp", letter["intake_row"]);
        let answer = if mails.contains(&recipient) {
            arrived += 1;
            "--delivered"
        } else {
            "--not-delivered"
        };
        workspace.ok(&["confirm", answer, letter["id"].as_str().unwrap()]);
    }
    assert!(
        arrived > 0,
        "the mail was handed over when the run was killed"
    );
    workspace.ok(&["run"]);
    assert_eq!(workspace.recipients().len(), LETTERS / 2);
    assert_eq!(workspace.letters_in("written").len(), LETTERS / 2);
    workspace.assert_nothing_lost_or_doubled(LETTERS);
}

#[test]
fn killed_after_a_mail_was_written_its_file_settles_it() {
    let workspace = Workspace::new();
    workspace.queue_plain(4, 1);
    let args = ["run", "--stop-at", "handed-over"];
    workspace.start_until(&args, "stopped at").kill();
    assert_eq!(workspace.recipients(), ["mihon1@example.jp"]);
    assert!(!workspace.letters_in("released")[0]["handover_at"].is_null());
    workspace.ok(&["run"]);
    assert_eq!(workspace.letters_in("written").len(), 1);
    workspace.assert_nothing_lost_or_doubled(4);
}

#[test]
fn killed_after_a_later_mail_was_handed_over_it_is_sent_again_only_on_request() {
    let (workspace, caught) = killed_at_with("handed-over:3", LETTERS, true);
    let first = caught.first().expect("one was handed over");
    let mails = workspace.recipients();
    workspace.ok(&["confirm", "--not-delivered", first]);
    workspace.yobin(&["run"]);
    let written = workspace.letters_in("written");
    assert!(ids(&written).contains(first));
    // This one mail more, to a recipient who may have had it: a person said
    // that it had not arrived.
    assert_eq!(workspace.recipients().len(), mails.len() + 1);
    workspace.ok(&["verify"]);
}

#[test]
fn a_half_stored_pdf_of_a_killed_run_is_cleared_away() {
    let workspace = Workspace::new();
    workspace.queue_plain(1, 0);
    workspace.ok(&["run"]);
    // What a kill in the middle of storing leaves.
    let stored = &files_below(&workspace.path("out/archive/pdf"))[0];
    let half = workspace.path("out/archive/.part-Ab3dEf");
    fs::write(&half, &fs::read(stored).unwrap()[..1000]).unwrap();
    workspace.ok(&["run", "--now", NEXT_NOON]);
    assert!(!half.exists());
    workspace.assert_nothing_lost_or_doubled(1);
}

#[test]
fn letters_in_hand_at_two_crashes_are_parked_and_a_retry_finishes_them() {
    let count = 60;
    let workspace = Workspace::new();
    workspace.queue_plain(count, count / 2);
    for _ in 0..2 {
        let args = ["run", "--workers", "1", "--stop-at", "claimed"];
        workspace.start_until(&args, "stopped at").kill();
    }
    workspace.exits(2, &["run"]);
    let parked = ids(&workspace.letters_in("parked"));
    assert!(!parked.is_empty() && parked.len() < count, "{parked:?}");
    assert_eq!(
        workspace.letters_in("written").len() + workspace.letters_in("filed").len(),
        count - parked.len()
    );
    let mut args = vec!["retry"];
    args.extend(parked.iter().map(String::as_str));
    workspace.ok(&args);
    workspace.ok(&["run"]);
    workspace.assert_nothing_lost_or_doubled(count);
}

#[test]
fn a_worker_killed_from_outside_costs_no_letter() {
    let count = 200;
    let workspace = Workspace::new();
    workspace.queue_plain(count, count / 2);
    let arrivals = Arrivals::watch(&workspace.path("out/mail"));
    let mut command = workspace.command(&["run", "--workers", "2"]);
    command.stdout(std::process::Stdio::null());
    command.stderr(std::process::Stdio::null());
    let run = Running::new(command.spawn().unwrap());
    arrivals.wait_for(20);
    let workers = run.workers();
    assert!(!workers.is_empty());
    kill_process(workers[0], Signal::KILL).unwrap();
    assert_eq!(run.exit_code(), Some(0));
    workspace.assert_nothing_lost_or_doubled(count);
}

#[test]
fn workers_and_program_killed_together_cost_no_letter() {
    let count = 100;
    let workspace = Workspace::new();
    workspace.queue_plain(count, count / 2);
    let args = ["run", "--workers", "2", "--stop-at", "registered:20"];
    let run = workspace.start_until(&args, "stopped at");
    let workers = run.workers();
    assert!(!workers.is_empty());
    for worker in workers {
        kill_process(worker, Signal::KILL).unwrap();
    }
    run.kill();
    workspace.yobin(&["run"]);
    workspace.assert_nothing_lost_or_doubled(count);
}

/// Templates with a kind `endless`, whose page never ends.
fn endless_kind(workspace: &Workspace) {
    let templates = workspace.path("templates");
    copy_folder(&root().join("templates"), &templates);
    let folder = templates.join("letters/endless");
    fs::create_dir_all(&folder).unwrap();
    let letter = "name = \"終わらない書簡\"\nseries = \"letters\"\n\
                  groups = [\"record\", \"addressee\", \"delivery\"]\n\
                  [outcomes.sent]\nlabel = \"送付\"\nsubject = \"試験について\"\n";
    fs::write(folder.join("letter.toml"), letter).unwrap();
    fs::write(folder.join("record.schema.json"), "{\"properties\": {}}").unwrap();
    let page = "#for a in range(100000) { for b in range(100000) { for c in range(100000) { } } }";
    fs::write(folder.join("letter.typ"), page).unwrap();
}

#[test]
fn a_looping_worker_does_not_outlive_a_killed_program() {
    // Orphans of this test come to this process, which can wait for them.
    set_child_subreaper(Some(rustix::process::getpid())).unwrap();
    let workspace = Workspace::new();
    endless_kind(&workspace);
    workspace.settings("approval = \"none\"\ntemplates = \"templates\"\n");
    let record = serde_json::json!({
        "kind": "endless",
        "outcome": "sent",
        "addressee_name": "見本 太郎",
        "addressee_postal_code": "379-2147",
        "addressee_address": "群馬県前橋市亀里町1310番地",
        "delivery": "archive",
    });
    let file = workspace.file("endless.json", record.to_string());
    workspace.ok(&["queue", file.to_str().unwrap()]);
    workspace.queue_plain(20, 0);
    let args = ["run", "--workers", "2", "--stop-at", "registered:20"];
    let run = workspace.start_until(&args, "stopped at");
    let workers = run.workers();
    assert_eq!(workers.len(), 2);
    run.kill();
    for worker in workers {
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || tell.send(waitpid(Some(worker), WaitOptions::empty())));
        let ended = told.recv_timeout(Duration::from_secs(20));
        if ended.is_err() {
            let _ = kill_process(worker, Signal::KILL);
        }
        ended
            .expect("the worker goes on without its program")
            .unwrap();
    }
}
