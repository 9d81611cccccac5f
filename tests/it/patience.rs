//! A mail that is made waits for the mail server, whatever batch it is of, and
//! goes out by itself; the night slows down instead of giving up.

use std::net::TcpListener;
use std::time::Duration;

use crate::as_queued::tamper;
use crate::harness::{NEXT_NOON, Running, Workspace, plain_record, stopwatch, wait_until};
use crate::mail_server::{At, Does, MailServer};

const THIRD_NOON: &str = "2026-11-24T12:00:00+09:00";

fn settings(retries: &str, mail: &str) -> String {
    format!(
        "approval = \"none\"\n[render]\nworkers = 1\n[delivery]\nretry_seconds = {retries}\n{mail}"
    )
}

fn workspace(server: &MailServer, retries: &str) -> Workspace {
    Workspace::with_settings(&settings(retries, &server.settings()))
}

fn count(workspace: &Workspace, state: &str) -> usize {
    workspace.letters_in(state).len()
}

#[track_caller]
fn assert_told(told: &str, words: &[&str]) {
    for word in words {
        assert!(told.contains(word), "{word:?} is not in\n{told}");
    }
}

/// The addresses of the first letters by mail, in the order of the server's
/// list.
fn addresses(count: usize) -> Vec<String> {
    let mut all: Vec<String> = (1..=count)
        .map(|n| format!("mihon{n}@example.jp"))
        .collect();
    all.sort();
    all
}

fn is_closed(workspace: &Workspace, day: &str) -> bool {
    let query =
        format!("SELECT count(*) || '' FROM batch WHERE date = '{day}' AND closed_at IS NOT NULL");
    workspace.look_up(&query) == "1"
}

#[test]
fn mails_wait_while_the_server_is_away_and_go_with_the_next_night() {
    let server = MailServer::start(false);
    for (at, does) in [
        (At::Greeting, Does::Drops),
        (
            At::Greeting,
            Does::Says(b"554 5.3.2 closed for tonight\r\n"),
        ),
        (At::ClearHello, Does::Says(b"250-half a rep")),
        (At::Hello, Does::Says(b"421 4.3.2 shutting down\r\n")),
        (At::Mail, Does::Says(b"452 4.3.1 no room\r\n")),
        (At::Mail, Does::Says(b"250")),
    ] {
        let before = server.kept().len();
        let workspace = workspace(&server, "[0]");
        workspace.queue_plain(7, 5);
        server.behave(&[(at, does)]);
        let told = workspace.exits(2, &["run"]);
        assert_told(
            &told,
            &[
                "【要対応】",
                "送信待ち 5",
                "受付の件数と内訳の合計は一致しています。",
                "書簡 5件は、作り終えて送信を待っています(L000001B、",
                "送り直しの操作は要りません",
                "送信を待っているメールが5件あります",
            ],
        );
        assert!(!told.contains("yobin retry"), "{told}");
        assert_eq!(
            (count(&workspace, "released"), count(&workspace, "failed")),
            (5, 0)
        );
        // What goes by no mail is done, and the night with it.
        assert_eq!(count(&workspace, "filed"), 2);
        assert!(is_closed(&workspace, "2026-11-22"), "{at:?} {does:?}");
        let page = workspace.ok(&["show", "L000001B"]);
        assert_told(&page, &["L000001B  送信待ち", "そのまま送ります"]);
        assert_told(&workspace.ok(&["list", "--state", "送信待ち"]), &["5件"]);
        let told = workspace.exits(1, &["retry", "L000001B"]);
        assert_told(&told, &["操作は要りません"]);

        server.behave(&[]);
        workspace.ok(&["run", "--now", NEXT_NOON]);
        assert_eq!(count(&workspace, "sent"), 5, "{at:?} {does:?}");
        assert_eq!(server.kept().len() - before, 5, "{at:?} {does:?}");
        let told = workspace.ok(&["report", "2026-11-22"]);
        assert_told(&told, &["【完了】", "送信済 5"]);
        assert!(!told.contains("送信待ち"), "{told}");
        workspace.ok(&["verify"]);
    }
}

#[test]
fn a_port_nobody_listens_at_costs_one_probe_at_a_time_and_no_letter() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let mail = format!(
        "[mail]\ntransport = \"smtp\"\n[mail.smtp]\nhost = \"127.0.0.1\"\nport = {port}\n\
         patience_minutes = 0\n"
    );
    let workspace = Workspace::with_settings(&settings("[1, 1]", &mail));
    workspace.queue_plain(40, 40);
    let run = workspace.yobin(&["run"]);
    assert_eq!(run.code, Some(2));
    assert_told(&run.err, &["間をおいて試しています"]);
    assert_told(
        &run.out,
        &["メールサーバーにつながらない", "Connection refused"],
    );
    assert_eq!(count(&workspace, "released"), 40);
    let tried = "SELECT count(*) || '' FROM attempt";
    assert_eq!(workspace.look_up(tried), "0");

    // The server stands somewhere else now; two nights' mails go together.
    let server = MailServer::start(true);
    workspace.settings(&settings("[]", &server.settings()));
    let more = plain_record(90, true).to_string();
    let file = workspace.file("more.jsonl", more);
    workspace.ok(&["queue", file.to_str().unwrap()]);
    workspace.ok(&["run", "--now", NEXT_NOON]);
    assert_eq!(server.kept().len(), 41);
}

#[test]
fn while_the_server_is_away_it_is_probed_and_not_stormed() {
    let server = MailServer::start(true);
    let workspace = workspace(&server, "[1, 1, 1]");
    workspace.queue_plain(60, 60);
    server.behave(&[(At::Greeting, Does::Drops)]);
    workspace.exits(2, &["run"]);
    // Three faults, those in hand at that time, and three probes.
    assert!(server.connections() <= 12, "{}", server.connections());
    assert_eq!(count(&workspace, "released"), 60);
}

#[test]
fn a_server_that_comes_back_within_the_night_gets_everything() {
    let server = MailServer::start(false);
    let workspace = workspace(&server, "[1, 1, 1, 1]");
    workspace.queue_plain(30, 30);
    for (times, at, does) in [
        (5, At::Greeting, Does::Drops),
        (4, At::Mail, Does::Says(b"421 4.3.2 wait\r\n")),
    ] {
        let letters = 30;
        server.behave_for(times, at, does);
        if count(&workspace, "queued") == 0 {
            let lines: Vec<String> = (31..=60)
                .map(|n| plain_record(n, true).to_string())
                .collect();
            let file = workspace.file("more.jsonl", lines.join("\n"));
            workspace.ok(&["queue", file.to_str().unwrap()]);
            workspace.ok(&["run", "--now", NEXT_NOON]);
            assert_eq!(server.kept().len(), 2 * letters);
        } else {
            workspace.ok(&["run"]);
            assert_eq!(server.kept().len(), letters);
        }
    }
    let kept = server.kept();
    assert_eq!(kept, addresses(60));
}

#[test]
fn a_server_that_takes_only_so_many_in_a_time_gets_all_in_one_night() {
    let server = MailServer::start(false);
    let workspace = workspace(&server, "[1, 1, 1, 2, 2]");
    workspace.queue_plain(50, 50);
    server.take_only(12, Duration::from_millis(1500));
    workspace.ok(&["run"]);
    assert_eq!(server.kept(), addresses(50));
    assert_eq!(count(&workspace, "sent"), 50);
}

#[test]
fn one_refusal_of_the_sender_fails_one_letter_and_a_refusal_of_all_makes_them_wait() {
    let server = MailServer::start(false);
    for words in [
        &b"550 5.7.1 no\r\n"[..],
        b"552 5.2.2 too much\r\n",
        b"554 5.7.0 \x8b\x91\x94\xdb\r\n",
    ] {
        let before = server.kept().len();
        let workspace = workspace(&server, "[0]");
        workspace.queue_plain(10, 10);
        server.behave_for(1, At::Mail, Does::Says(words));
        workspace.exits(2, &["run"]);
        assert_eq!(
            (count(&workspace, "sent"), count(&workspace, "failed")),
            (9, 1)
        );
        // A real refusal goes on when staff say so.
        workspace.ok(&["retry", "--failed-of", "2026-11-22"]);
        workspace.ok(&["run"]);
        assert_eq!(server.kept().len() - before, 10);
    }

    let workspace = workspace(&server, "[0]");
    workspace.queue_plain(10, 10);
    server.behave(&[(At::Mail, Does::Says(b"553 5.7.1 not your sender\r\n"))]);
    let told = workspace.exits(2, &["run"]);
    assert_told(
        &told,
        &["続けて差出人を断りました", "553 5.7.1 not your sender"],
    );
    let (failed, waiting) = (count(&workspace, "failed"), count(&workspace, "released"));
    assert_eq!((failed, waiting), (2, 8), "{told}");
    server.behave(&[]);
    workspace.exits(2, &["run", "--now", NEXT_NOON]);
    assert_eq!(count(&workspace, "sent"), 8);
}

#[test]
fn a_mailbox_that_is_full_holds_up_no_other_and_is_tried_the_next_night() {
    let server = MailServer::start(true);
    for (at, words) in [
        (At::Rcpt, &b"450 4.2.0 greylisted\r\n"[..]),
        (At::Rcpt, b"452 4.2.2 full\r\n"),
        (At::Data, b"451 4.3.0 later\r\n"),
        (At::Dot, b"451 4.3.0 later\r\n"),
    ] {
        let before = server.kept().len();
        let workspace = workspace(&server, "[]");
        workspace.queue_plain(6, 6);
        server.behave_for(1, at, Does::Says(words));
        let told = workspace.exits(2, &["run"]);
        assert_told(&told, &["後にするように言いました", "送信待ち 1"]);
        assert_eq!(
            (count(&workspace, "sent"), count(&workspace, "released")),
            (5, 1)
        );
        workspace.ok(&["run", "--now", NEXT_NOON]);
        assert_eq!(server.kept().len() - before, 6);
    }
}

/// A workspace whose mails all wait since the night of 22 November.
fn waiting(server: &MailServer, letters: usize) -> Workspace {
    let workspace = workspace(server, "[]");
    workspace.queue_plain(letters, letters);
    server.behave(&[(At::Greeting, Does::Drops)]);
    workspace.exits(2, &["run"]);
    assert_eq!(count(&workspace, "released"), letters);
    server.behave(&[]);
    workspace
}

#[test]
fn a_made_letter_that_waits_can_be_held_cancelled_and_kept_back() {
    let server = MailServer::start(false);
    let workspace = waiting(&server, 5);
    workspace.ok(&["hold", "L000001B", "--as", "佐藤"]);
    workspace.ok(&["cancel", "L000002C", "--as", "佐藤"]);
    let flags = "加入者管理番号,区分,操作\nM-0003,送付停止,登録\n";
    workspace.file("flags.csv", flags);
    tamper(
        &workspace,
        "UPDATE letter_record SET record = json_set(record, '$.nothing', '') WHERE letter_id = 4",
    );
    workspace.exits(2, &["run", "--now", NEXT_NOON]);
    // The one whose record was changed is parked in the last moment.
    let states: Vec<String> = workspace
        .letters()
        .iter()
        .map(|letter| letter["state"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(states, ["held", "cancelled", "sent", "parked", "sent"]);
    assert_eq!(server.kept(), ["mihon3@example.jp", "mihon5@example.jp"]);
    let void = "SELECT number FROM register WHERE event = 'void'";
    assert_eq!(workspace.look_up(void), "群農健発第2号");
    let audit = "SELECT from_state || to_state || actor FROM audit
                 WHERE letter_id = 2 ORDER BY id DESC LIMIT 1";
    assert_eq!(workspace.look_up(audit), "releasedcancelled佐藤");

    workspace.ok(&["resume", "L000001B", "--as", "佐藤", "--now", THIRD_NOON]);
    assert_eq!(workspace.letters()[0]["state"], "released");
    workspace.exits(2, &["run", "--now", THIRD_NOON]);
    assert_eq!(server.kept().len(), 3);
    // Of what went out nothing can be called back.
    workspace.exits(1, &["hold", "L000001B", "--as", "佐藤"]);
    workspace.exits(1, &["cancel", "L000001B", "--as", "佐藤"]);
}

#[test]
fn staff_reach_a_letter_while_the_night_waits_for_the_server() {
    let server = MailServer::start(false);
    let workspace = workspace(&server, "[3, 3]");
    workspace.queue_plain(6, 6);
    server.behave(&[(At::Greeting, Does::Drops)]);
    let run = Running::new(workspace.command(&["run"]).spawn().unwrap());
    wait_until(|| count(&workspace, "released") == 6 && server.connections() >= 3);
    workspace.ok(&["hold", "L000005F", "--as", "佐藤"]);
    workspace.ok(&["cancel", "L000006G", "--as", "佐藤"]);
    server.behave(&[]);
    assert_eq!(run.exit_code(), Some(2));
    assert_eq!(server.kept(), addresses(4));
    workspace.ok(&["verify"]);
}

#[test]
fn at_a_silent_server_the_program_ends_within_seconds() {
    for (at, lost) in [
        (At::Greeting, 0),
        (At::Hello, 0),
        (At::Mail, 0),
        (At::Rcpt, 0),
        (At::Data, 0),
        (At::Dot, 3),
    ] {
        let server = MailServer::start(false);
        let workspace = workspace(&server, "[5]");
        workspace.queue_plain(14, 14);
        server.behave(&[(at, Does::Silent)]);
        let run = Running::new(workspace.command(&["run"]).spawn().unwrap());
        wait_until(|| match at {
            At::Dot => server.arrived().len() == 3,
            _ => server.connections() >= 3 && count(&workspace, "released") == 14,
        });
        run.terminate();
        let asked = stopwatch();
        assert_eq!(run.exit_code(), Some(2), "{at:?}");
        assert!(asked.elapsed() < Duration::from_secs(20), "{at:?}");
        assert_eq!(count(&workspace, "unknown"), lost, "{at:?}");
        assert_eq!(count(&workspace, "failed"), 0, "{at:?}");
        server.behave(&[]);
        let code = if lost > 0 { 2 } else { 0 };
        workspace.exits(code, &["run", "--now", NEXT_NOON]);
        assert_eq!(count(&workspace, "sent"), 14 - lost, "{at:?}");
        assert_eq!(server.kept(), addresses(14), "{at:?}");
    }
}

#[test]
fn a_kill_leaves_no_more_unknown_than_there_are_connections() {
    for (at, lost) in [(At::Greeting, 0), (At::Mail, 3), (At::Dot, 3)] {
        let server = MailServer::start(true);
        let workspace = workspace(&server, "[5]");
        workspace.queue_plain(30, 30);
        server.behave(&[(at, Does::Silent)]);
        let run = Running::new(workspace.command(&["run"]).spawn().unwrap());
        wait_until(|| server.connections() == 3 && count(&workspace, "released") == 30);
        let marked = "SELECT count(*) || '' FROM letter WHERE handover_at IS NOT NULL";
        wait_until(|| workspace.look_up(marked) == lost.to_string());
        run.kill();
        server.behave(&[]);
        let code = if lost > 0 { 2 } else { 0 };
        workspace.exits(code, &["run", "--now", NEXT_NOON]);
        assert_eq!(count(&workspace, "unknown"), lost, "{at:?}");
        assert_eq!(count(&workspace, "sent"), 30 - lost, "{at:?}");
    }
}

#[test]
fn a_batch_of_before_that_is_open_for_waiting_mails_closes_and_has_its_report() {
    let server = MailServer::start(false);
    let workspace = waiting(&server, 3);
    tamper(&workspace, "UPDATE batch SET closed_at = NULL");
    tamper(&workspace, "DELETE FROM mail_halt");
    tamper(
        &workspace,
        "UPDATE letter SET state = 'failed', resume_state = 'released', reason = '\"mail_is_down\"'
         WHERE id = 3",
    );
    tamper(
        &workspace,
        "INSERT INTO audit (at, letter_id, actor, from_state, to_state)
         SELECT max(at), letter_id, 'night', 'released', 'failed' FROM audit WHERE letter_id = 3",
    );
    let told = workspace.exits(2, &["run", "--now", NEXT_NOON]);
    assert_told(&told, &["2026-11-22 の夜間処理も終わりました"]);
    assert!(is_closed(&workspace, "2026-11-22"));
    // Staff were told that this one failed, so it is theirs.
    assert_eq!(count(&workspace, "failed"), 1);
    assert_eq!(server.kept(), addresses(2));
    workspace.ok(&["retry", "L000003D"]);
    workspace.ok(&["run", "--now", THIRD_NOON]);
    assert_eq!(server.kept(), addresses(3));
}

#[test]
fn mails_of_a_day_to_come_are_not_promised_to_the_next_night() {
    let server = MailServer::start(false);
    let workspace = workspace(&server, "[]");
    workspace.queue_plain(2, 2);
    server.behave(&[(At::Greeting, Does::Drops)]);
    workspace.exits(2, &["run", "--date", "2026-11-29"]);
    assert_eq!(count(&workspace, "released"), 2);
    server.behave(&[]);
    let done = workspace.yobin(&["run", "--now", NEXT_NOON]);
    let told = format!("{}{}", done.out, done.err);
    assert_told(
        &told,
        &["先の日付の書簡 2件は、作り終えていますが、その日付になるまで送りません"],
    );
    assert!(!told.contains("次の夜間処理(又は"), "{told}");
    assert_eq!(server.kept(), [""; 0]);
    workspace.ok(&["run", "--date", "2026-11-29", "--now", NEXT_NOON]);
    assert_eq!(server.kept(), addresses(2));
}

/// Nights against a gateway in which something goes wrong at every stage;
/// between them a person says of what is unknown what the gateway knows.
fn campaign(percent: u64, seed: u64, letters: usize) {
    let server = MailServer::start(seed.is_multiple_of(2));
    let workspace = workspace(&server, "[0, 0, 1]");
    workspace.queue_plain(letters, letters);
    let mut nights = 0;
    let mut unknown = 0;
    loop {
        nights += 1;
        assert!(nights < 40, "it does not come to an end");
        server.behave_at_random(percent, seed + nights);
        workspace.yobin(&["run"]);
        let kept = server.kept();
        for letter in workspace.letters_in("unknown") {
            unknown += 1;
            let to = format!("mihon{}@example.jp", letter["intake_row"]);
            let answer = match kept.contains(&to) {
                true => "--delivered",
                false => "--not-delivered",
            };
            workspace.ok(&[
                "confirm",
                answer,
                letter["id"].as_str().unwrap(),
                "--as",
                "佐藤",
            ]);
        }
        // Only what was refused for good.
        if count(&workspace, "failed") > 0 {
            let tried = "SELECT count(*) || '' FROM letter WHERE state = 'failed' AND rounds = 0";
            assert_eq!(workspace.look_up(tried), "0");
            workspace.ok(&["retry", "--failed-of", "2026-11-22"]);
        }
        if count(&workspace, "sent") == letters {
            break;
        }
    }
    println!("{percent} %: {letters} letters, {nights} nights, {unknown} unknown");
    assert_eq!(server.kept(), addresses(letters), "{percent} %");
    workspace.ok(&["verify"]);
}

#[test]
fn whatever_goes_wrong_at_a_gateway_every_letter_is_taken_once() {
    for (percent, seed) in [(5, 100), (10, 201), (20, 302)] {
        campaign(percent, seed, 40);
    }
}
