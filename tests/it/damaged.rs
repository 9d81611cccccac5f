//! A file of the archive that is damaged or gone concerns its own letter, and
//! that only if it cannot be made again.

use std::fs;
use std::path::{Path, PathBuf};

use crate::as_queued::tamper as change_store;
use crate::harness::{Workspace, copy_folder, files_below, root};
use crate::mail_server::{At, Does, MailServer};

const LOCAL: &str = "approval = \"none\"\n[render]\nworkers = 1\n[delivery]\nretry_seconds = []\n";

/// Letters that are in the archive and wait to be mailed: the gateway refused
/// them, and staff sent them back into the night.
fn waiting(count: usize, settings: &str) -> (Workspace, MailServer) {
    let server = MailServer::start(false);
    let workspace = Workspace::with_settings(&format!("{settings}{}", server.settings()));
    workspace.queue_plain(count, count);
    server.behave(&[(At::Rcpt, Does::Says(b"550 no\r\n"))]);
    workspace.exits(2, &["run"]);
    workspace.ok(&["retry", "--failed-of", "2026-11-22"]);
    assert_eq!(workspace.letters_in("released").len(), count);
    server.behave(&[]);
    (workspace, server)
}

fn pdf(workspace: &Workspace, place: usize) -> PathBuf {
    let letter = &workspace.letters()[place];
    let sha256 = letter["pdf_sha256"].as_str().unwrap();
    let head = &sha256[..1];
    workspace.path(format!("out/archive/pdf/{head}/{sha256}.pdf"))
}

fn append(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    bytes.push(b'\n');
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_file_that_can_be_made_again_is_and_every_letter_goes_out() {
    let (workspace, server) = waiting(7, LOCAL);
    let files: Vec<PathBuf> = (0..7).map(|place| pdf(&workspace, place)).collect();
    let whole: Vec<Vec<u8>> = files.iter().map(|path| fs::read(path).unwrap()).collect();
    fs::remove_file(&files[0]).unwrap();
    append(&files[1]);
    fs::write(&files[2], "").unwrap();
    fs::write(&files[3], &whole[4]).unwrap();
    fs::remove_file(&files[5]).unwrap();
    fs::create_dir(&files[5]).unwrap();
    workspace.exits(1, &["verify"]);

    let told = workspace.ok(&["run"]);
    assert!(
        told.contains("のうち5件が壊れていたか失われていた"),
        "{told}"
    );
    assert!(told.contains("yobin verify"), "{told}");
    assert_eq!(server.arrived().len(), 7);
    for (path, whole) in files.iter().zip(&whole) {
        assert_eq!(&fs::read(path).unwrap(), whole, "{}", path.display());
    }
    workspace.ok(&["verify"]);
    // What stood there is kept, to be looked into.
    let aside = fs::read_dir(workspace.path("out/archive/damaged")).unwrap();
    assert_eq!(aside.count(), 4);
    assert!(!workspace.ok(&["run"]).contains("壊れていた"));
}

#[test]
fn a_file_that_cannot_be_made_again_parks_its_letter_until_it_is_put_back() {
    let workspace = Workspace::new();
    let server = MailServer::start(false);
    workspace.settings(&format!("{LOCAL}{}", server.settings()));
    workspace.queue_plain(4, 4);
    server.behave(&[(At::Rcpt, Does::Says(b"550 no\r\n"))]);
    workspace.exits(2, &["run"]);
    workspace.ok(&["retry", "--failed-of", "2026-11-22"]);
    server.behave(&[]);
    let lost = pdf(&workspace, 1);
    let damaged = pdf(&workspace, 3);
    let backup = [fs::read(&lost).unwrap(), fs::read(&damaged).unwrap()];
    fs::remove_file(&lost).unwrap();
    append(&damaged);
    // They were set with another version of a font: the same bytes cannot
    // come out.
    let statement = "UPDATE letter SET fonts_sha256 = 'other' WHERE fonts_sha256 IS NOT NULL";
    change_store(&workspace, statement);

    // A letter of the next day is not held up, and there is a report.
    workspace.queue_plain(5, 5);
    let told = workspace.exits(2, &["run", "--now", "2026-11-23T12:00:00+09:00"]);
    assert!(
        told.contains("がありません。残っている組版データ"),
        "{told}"
    );
    assert!(
        told.contains("の内容が変わっています。残っている"),
        "{told}"
    );
    assert!(
        told.contains("控え(バックアップ)から元の場所に戻してから"),
        "{told}"
    );
    assert_eq!(workspace.letters_in("sent").len(), 3);
    let parked = workspace.letters_in("parked");
    assert_eq!(parked.len(), 2);
    assert!(workspace.path("out/reports/2026-11-23.txt").is_file());
    assert!(
        fs::read(&damaged).unwrap() != backup[1],
        "it is left as it is"
    );
    workspace.exits(1, &["verify"]);

    // From the backup: the letters go out, once.
    fs::write(&lost, &backup[0]).unwrap();
    fs::write(&damaged, &backup[1]).unwrap();
    workspace.ok(&[
        "retry",
        parked[0]["id"].as_str().unwrap(),
        parked[1]["id"].as_str().unwrap(),
    ]);
    workspace.ok(&["run", "--now", "2026-11-23T13:00:00+09:00"]);
    assert_eq!(workspace.letters_in("sent").len(), 5);
    let arrived = server.arrived();
    let mut once = arrived.clone();
    once.dedup();
    assert_eq!((arrived.len(), arrived), (5, once));
    workspace.ok(&["verify"]);
}

#[test]
fn a_letter_of_older_templates_is_made_again_from_those_that_were_kept() {
    let workspace = Workspace::new();
    copy_folder(&root().join("templates"), &workspace.path("templates"));
    let server = MailServer::start(false);
    workspace.settings(&format!(
        "templates = \"templates\"\n{LOCAL}{}",
        server.settings()
    ));
    workspace.queue_plain(3, 3);
    server.behave(&[(At::Rcpt, Does::Says(b"550 no\r\n"))]);
    workspace.exits(2, &["run"]);
    workspace.ok(&["retry", "--failed-of", "2026-11-22"]);
    let page = workspace.path("templates/letters/acknowledgement/letter.typ");
    let text = fs::read_to_string(&page).unwrap();
    fs::write(&page, format!("{text}\nanother ending\n")).unwrap();
    let old_sets = files_below(&workspace.path("out/archive/sets"));
    fs::remove_file(pdf(&workspace, 0)).unwrap();
    workspace.exits(2, &["run"]);
    assert_eq!(workspace.letters_in("failed").len(), 3);
    workspace.ok(&["retry", "--failed-of", "2026-11-22"]);
    workspace.ok(&["verify"]);

    // Without those only the letter without its file is stopped.
    server.behave(&[]);
    fs::write(pdf(&workspace, 0), "no page").unwrap();
    for set in old_sets {
        fs::write(set, "{}").unwrap();
    }
    let told = workspace.exits(2, &["run"]);
    assert!(
        told.contains("の内容が変わっています。残っている"),
        "{told}"
    );
    assert_eq!(workspace.letters_in("parked").len(), 1);
    assert_eq!(server.arrived().len(), 2);
}

#[test]
fn the_templates_of_the_night_are_put_back_as_well() {
    let (workspace, server) = waiting(3, LOCAL);
    fs::remove_file(pdf(&workspace, 0)).unwrap();
    for set in files_below(&workspace.path("out/archive/sets")) {
        append(&set);
    }
    let told = workspace.ok(&["run"]);
    assert!(told.contains("のうち2件が壊れていた"), "{told}");
    assert_eq!(server.arrived().len(), 3);
    workspace.ok(&["verify"]);
}

#[test]
fn a_page_that_is_there_damaged_before_it_was_entered_is_replaced() {
    let workspace = Workspace::with_settings(LOCAL);
    workspace.queue_plain(3, 0);
    // Killed when the pages are in the archive and not in the register.
    let args = ["run", "--stop-at", "stored"];
    workspace.start_until(&args, "stopped at").kill();
    let stored = files_below(&workspace.path("out/archive/pdf"));
    assert!(!stored.is_empty());
    for path in &stored {
        fs::write(path, "no page").unwrap();
    }
    let told = workspace.ok(&["run"]);
    assert!(told.contains("壊れていたか失われていた"), "{told}");
    workspace.assert_nothing_lost_or_doubled(3);
}
