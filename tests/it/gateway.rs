//! What a bad mail gateway can do to a night: to the letter it was given, and
//! no more.

use crate::harness::Workspace;
use crate::mail_server::{At, Does, MailServer, OFFERED};

/// More than a connection's buffers hold on the way to a reader that has
/// stopped reading.
const BUFFERED: usize = OFFERED / 4;

fn workspace(server: &MailServer, retries: &str) -> Workspace {
    Workspace::with_settings(&format!(
        "approval = \"none\"\n[render]\nworkers = 1\n[delivery]\nretry_seconds = {retries}\n{}",
        server.settings()
    ))
}

fn states(workspace: &Workspace) -> (usize, usize, usize) {
    let count = |state| workspace.letters_in(state).len();
    (count("sent"), count("failed"), count("unknown"))
}

fn cut_off(implicit: bool, stages: &[At], piece: &'static [u8]) {
    let server = MailServer::start(implicit);
    let workspace = workspace(&server, "[]");
    workspace.queue_plain(1, 1);
    for at in stages {
        server.behave(&[(*at, Does::Endless(piece))]);
        let told = workspace.exits(2, &["run"]);
        assert!(told.contains("too long"), "{at:?}: {told}");
        assert_eq!(states(&workspace), (0, 0, 0), "{at:?}");
        assert_eq!(workspace.letters_in("released").len(), 1, "{at:?}");
        // Nobody listened to the end of it.
        for taken in server.taken() {
            assert!(taken < BUFFERED, "{at:?}: {taken}");
        }
    }
    assert!(server.arrived().is_empty());
    // After the dot nobody knows.
    server.behave(&[(At::Dot, Does::Endless(piece))]);
    workspace.exits(2, &["run"]);
    assert_eq!(states(&workspace), (0, 0, 1));
    workspace.exits(2, &["run"]);
    assert_eq!(server.arrived(), ["mihon1@example.jp"]);
}

#[test]
fn a_line_without_end_before_and_after_starttls_is_cut_off() {
    let stages = [At::Greeting, At::ClearHello, At::Hello, At::Mail];
    cut_off(false, &stages, b"2");
}

#[test]
fn lines_without_end_inside_tls_from_the_first_byte_are_cut_off() {
    let stages = [At::Greeting, At::Hello, At::Rcpt, At::Data];
    cut_off(true, &stages, b"250-more\r\n");
}

#[test]
fn a_reply_without_end_is_cut_off_whatever_it_is_made_of() {
    cut_off(false, &[At::Greeting, At::Mail], b"\0");
    cut_off(false, &[At::Hello], b"250-\xFF\xFE\r");
    cut_off(true, &[At::Rcpt], b"354 \t ");
}

#[test]
fn replies_in_cp932_are_understood_by_their_code() {
    let server = MailServer::start(false);
    let workspace = workspace(&server, "[0, 0]");
    workspace.queue_plain(1, 1);
    // 宛先不明, refused for good: asked once, and told with its code.
    server.behave(&[(
        At::Rcpt,
        Does::Says(b"550 5.1.1 \x88\xb6\x90\xe6\x95\x73\x96\xbe\r\n"),
    )]);
    let told = workspace.exits(2, &["run"]);
    assert!(
        told.contains("受け取りを断りました(返事：550 5.1.1"),
        "{told}"
    );
    assert_eq!(server.asked(), 1);
    // 混雑, put off: tried again after each wait.
    workspace.ok(&["retry", "L000001B"]);
    server.behave(&[(At::Rcpt, Does::Says(b"451 \x8d\xac\x8eG\r\n"))]);
    workspace.exits(2, &["run"]);
    assert_eq!(server.asked(), 4);
    assert_eq!(workspace.letters_in("released").len(), 1);
    // 受付ました, and a reply to EHLO with a line of blanks in it.
    server.behave(&[
        (At::Greeting, Does::Says(b"220 \x83\x81\x81[\x83\x8b\r\n")),
        (At::Hello, Does::Says(b"250-\xff\r\n250-  \r\n250 SIZE\r\n")),
        (
            At::Dot,
            Does::Says(b"250 \x8e\xf3\x95\x74\x82\xa9\x82\xdc\x82\xb5\x82\xbd\r\n"),
        ),
    ]);
    workspace.ok(&["run"]);
    assert_eq!(states(&workspace), (1, 0, 0));
    assert_eq!(server.arrived(), ["mihon1@example.jp"]);
}

#[test]
fn three_messages_without_an_answer_end_the_mail_of_the_night() {
    let server = MailServer::start(false);
    let workspace = workspace(&server, "[5, 30]");
    let count = 20;
    workspace.queue_plain(count + 2, count);
    server.behave(&[(At::Dot, Does::Drops)]);
    let told = workspace.exits(2, &["run"]);
    assert!(told.contains("返事を3件続けて返さなかった"), "{told}");
    assert_eq!(states(&workspace), (0, 0, 3));
    assert_eq!(workspace.letters_in("released").len(), count - 3);
    assert_eq!(server.arrived().len(), 3);
    // What needs no gateway is done all the same.
    assert_eq!(workspace.letters_in("filed").len(), 2);

    // Nothing is sent twice when the gateway is well again.
    server.behave(&[]);
    workspace.exits(2, &["run"]);
    assert_eq!(states(&workspace), (count - 3, 0, 3));
    let arrived = server.arrived();
    let mut once = arrived.clone();
    once.dedup();
    assert_eq!(arrived, once);
    assert_eq!(arrived.len(), count);
}

#[test]
fn two_messages_without_an_answer_end_nothing() {
    let server = MailServer::start(true);
    let workspace = workspace(&server, "[0]");
    workspace.queue_plain(12, 12);
    server.behave_for_dots(2, Does::Drops);
    workspace.exits(2, &["run"]);
    assert_eq!(states(&workspace), (10, 0, 2));
    assert_eq!(server.arrived().len(), 12);
}

#[test]
fn a_gateway_that_refuses_every_message_has_answered() {
    let server = MailServer::start(false);
    let workspace = workspace(&server, "[]");
    workspace.queue_plain(8, 8);
    server.behave(&[(At::Dot, Does::Says(b"554 5.7.1 \x8b\x91\x94\xdb\r\n"))]);
    let told = workspace.exits(2, &["run"]);
    assert!(!told.contains("途中でやめました"), "{told}");
    assert_eq!(states(&workspace), (0, 8, 0));
    assert_eq!(server.arrived().len(), 8);
}
