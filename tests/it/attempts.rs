//! Every attempt to hand a mail over is kept: when, to whom, under which
//! Message-ID, what came of it and what the mail server answered.

use std::fs;

use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

use crate::harness::{NEXT_NOON, NOON, Workspace, files_below, plain_record, root};
use crate::mail_server::{At, Does, MailServer};

const LETTER: &str = "L000001B";

fn workspace(server: &MailServer, retries: &str) -> Workspace {
    Workspace::with_settings(&format!(
        "approval = \"none\"\n[render]\nworkers = 1\n[delivery]\nretry_seconds = {retries}\n{}",
        server.settings()
    ))
}

/// What the program tells of a letter's attempts.
fn attempts(workspace: &Workspace, letter: &str) -> Vec<Value> {
    let shown: Value = serde_json::from_str(&workspace.ok(&["show", letter, "--json"])).unwrap();
    shown["attempts"].as_array().unwrap().clone()
}

/// Round, to whom, outcome and words of each.
fn told(attempts: &[Value]) -> Vec<Value> {
    let part = |one: &Value| json!([one["round"], one["handed_to"], one["outcome"], one["words"]]);
    attempts.iter().map(part).collect()
}

fn message_id(attempt: &Value) -> &str {
    attempt["message_id"].as_str().unwrap()
}

#[track_caller]
fn assert_told(told: &str, words: &[&str]) {
    for word in words {
        assert!(told.contains(word), "{word:?} is not in\n{told}");
    }
}

#[test]
fn the_words_a_mail_was_accepted_with_are_kept_and_never_logged() {
    let server = MailServer::start(false);
    let workspace = workspace(&server, "[]");
    workspace.queue_plain(3, 2);
    server.behave(&[(
        At::Dot,
        Does::Says(b"250-2.0.0 Ok:\r\n250 2.0.0 queued as 4F3Q2 for mihon1@example.jp\r\n"),
    )]);
    let mut command = workspace.command(&["run"]);
    let run = command.env("YOBIN_LOG", "trace").output().unwrap();
    assert!(run.status.success());
    let log = String::from_utf8(run.stderr).unwrap();
    assert!(log.contains("batch closed"));
    let line = log.lines().find(|line| line.contains("4F3Q2"));
    assert!(line.is_none(), "{line:?}");

    let first = attempts(&workspace, LETTER);
    // The address is taken out, whoever's it is.
    let words = "250 2.0.0 Ok: 2.0.0 queued as 4F3Q2 for ***";
    assert_eq!(told(&first), [json!([1, "gateway", "accepted", words])]);
    let page = workspace.ok(&["show", LETTER]);
    let line = format!("メールサーバー：受け取られた  返事：{words}");
    assert_told(
        &page,
        &["メールの受け渡し", "1回目  2026年11月22日 12時", &line],
    );
    assert_told(&page, &[message_id(&first[0])]);
    for time in ["began_at", "ended_at"] {
        assert!(first[0][time].as_str().unwrap() >= NOON, "{first:?}");
    }

    // What the server was given, and nobody can guess it from another's.
    let second = attempts(&workspace, "L000002C");
    let mut ids = vec![message_id(&first[0]), message_id(&second[0])];
    for (id, letter) in ids.iter().zip([LETTER, "L000002C"]) {
        let rest = id.strip_prefix(&format!("<{letter}-")).unwrap();
        let (drawn, _) = rest.split_once('@').unwrap();
        assert!(drawn.len() == 32, "{id}");
        assert!(drawn.chars().all(|c| c.is_ascii_hexdigit()), "{id}");
    }
    assert_ne!(ids[0].split_at(10).1, ids[1].split_at(10).1);
    let mut given = server.message_ids();
    given.sort();
    ids.sort();
    assert_eq!(given, ids);
    // A letter that goes by no mail has none.
    assert!(attempts(&workspace, "L000003D").is_empty());
    assert!(!workspace.ok(&["show", "L000003D"]).contains("受け渡し"));
}

#[test]
fn a_mail_put_off_and_then_accepted_has_two_rounds_under_one_message_id() {
    let server = MailServer::start(true);
    let workspace = workspace(&server, "[0]");
    workspace.queue_plain(1, 1);
    server.behave_for_dots(1, Does::Says(b"451 4.3.0 later\x1b[2J\r\n"));
    workspace.ok(&["run"]);
    let kept = attempts(&workspace, LETTER);
    let expected = [
        json!([1, "gateway", "deferred", "451 4.3.0 later?[2J"]),
        json!([2, "gateway", "accepted", "250 2.0.0 queued"]),
    ];
    assert_eq!(told(&kept), expected);
    assert_eq!(message_id(&kept[0]), message_id(&kept[1]));
    let id = message_id(&kept[0]);
    assert_eq!(server.message_ids(), [id, id]);
    let page = workspace.ok(&["show", LETTER]);
    assert_told(
        &page,
        &["1回目", "渡せなかった(届いていない)  理由：451", "2回目"],
    );
}

#[test]
fn a_refused_mail_keeps_its_words_and_its_message_id_when_the_sender_changes() {
    let server = MailServer::start(false);
    let workspace = workspace(&server, "[]");
    workspace.queue_plain(1, 1);
    server.behave(&[(At::Rcpt, Does::Says(b"550 5.1.1 no such user\r\n"))]);
    workspace.exits(2, &["run"]);
    assert_eq!(workspace.letters_in("failed").len(), 1);
    let refused = attempts(&workspace, LETTER);
    let expected = json!([1, "gateway", "rejected", "550 5.1.1 no such user"]);
    assert_eq!(told(&refused), [expected]);

    let settings = server.settings().replace(
        "[mail]\n",
        "[mail]\nfrom = \"kojin-joho@other.example.jp\"\n",
    );
    workspace.settings(&format!("approval = \"none\"\n{settings}"));
    server.behave(&[]);
    workspace.ok(&["retry", LETTER]);
    workspace.ok(&["run", "--now", NEXT_NOON]);
    let kept = attempts(&workspace, LETTER);
    assert_eq!(kept[0], refused[0]);
    assert_eq!(
        told(&kept[1..]),
        [json!([2, "gateway", "accepted", "250 2.0.0 queued"])]
    );
    assert_eq!(server.message_ids(), [message_id(&refused[0])]);
}

#[test]
fn a_mail_of_unknown_outcome_that_is_sent_again_keeps_its_first_attempt() {
    let server = MailServer::start(false);
    let workspace = workspace(&server, "[]");
    workspace.queue_plain(1, 1);
    server.behave(&[(At::Dot, Does::Drops)]);
    workspace.exits(2, &["run"]);
    let lost = attempts(&workspace, LETTER);
    assert_eq!(lost.len(), 1);
    assert_eq!(lost[0]["outcome"], "lost");
    assert_told(&workspace.ok(&["show", LETTER]), &["(結果不明)"]);
    // Not by itself.
    server.behave(&[]);
    workspace.exits(2, &["run"]);
    assert_eq!(attempts(&workspace, LETTER), lost);

    workspace.ok(&["confirm", LETTER, "--not-delivered", "--as", "佐藤"]);
    assert_eq!(attempts(&workspace, LETTER), lost);
    workspace.ok(&["run", "--now", NEXT_NOON]);
    let kept = attempts(&workspace, LETTER);
    assert_eq!(kept[0], lost[0]);
    assert_eq!(
        told(&kept[1..]),
        [json!([2, "gateway", "accepted", "250 2.0.0 queued"])]
    );
    let id = message_id(&lost[0]);
    assert_eq!(server.message_ids(), [id, id]);
}

#[test]
fn a_night_killed_between_mark_and_answer_leaves_an_attempt_that_is_lost() {
    let workspace = Workspace::new();
    workspace.queue_plain(1, 1);
    let args = ["run", "--stop-at", "handed-over"];
    workspace.start_until(&args, "stopped at").kill();
    let open = attempts(&workspace, LETTER);
    assert_eq!(told(&open), [json!([1, "file", null, null])]);
    assert_eq!(open[0]["ended_at"], Value::Null);
    assert_told(&workspace.ok(&["show", LETTER]), &["渡している途中"]);
    // Another program took it before anybody could look.
    let taken = workspace.take_mails();
    workspace.exits(2, &["run", "--now", NEXT_NOON]);
    let lost = attempts(&workspace, LETTER);
    assert_eq!(told(&lost), [json!([1, "file", "lost", null])]);
    assert!(lost[0]["ended_at"].as_str().unwrap() >= NEXT_NOON);
    assert_eq!(lost[0]["began_at"], open[0]["began_at"]);

    for (path, bytes) in taken {
        fs::write(path, bytes).unwrap();
    }
    // Staff say it is nowhere though its file is there: what stands there is
    // not overwritten, and the second one has a name of its own.
    let first = files_below(&workspace.path("out/mail"));
    let bytes = fs::read(&first[0]).unwrap();
    workspace.ok(&["confirm", LETTER, "--not-delivered", "--as", "佐藤"]);
    workspace.ok(&["run", "--now", NEXT_NOON]);
    let kept = attempts(&workspace, LETTER);
    assert_eq!(kept[0], lost[0]);
    assert_eq!(told(&kept[1..]), [json!([2, "file", "written", "written"])]);
    let id = message_id(&kept[0]);
    assert_eq!(id, message_id(&kept[1]));
    assert_eq!(fs::read(&first[0]).unwrap(), bytes);
    let (name, _) = id.strip_prefix('<').unwrap().split_once('@').unwrap();
    let files: Vec<_> = ["", "-2"]
        .map(|round| workspace.path(format!("out/mail/{name}{round}.eml")))
        .into();
    for file in &files {
        let mail = fs::read_to_string(file).unwrap();
        assert_told(&mail, &[&format!("Message-ID: {id}")]);
    }
    assert_eq!(files_below(&workspace.path("out/mail")).len(), 2);
    // The file that still stands there is that of the last round.
    let cancel = ["cancel", LETTER, "--pulled", "--as", "佐藤"];
    assert_told(&workspace.exits(1, &cancel), &["-2.eml", "まだあります"]);
    fs::remove_file(&files[1]).unwrap();
    workspace.ok(&cancel);
    assert_eq!(attempts(&workspace, LETTER), kept);
}

#[test]
fn what_was_tried_cannot_be_altered() {
    let workspace = Workspace::new();
    workspace.queue_plain(2, 2);
    let args = ["run", "--stop-at", "handed-over:2"];
    workspace.start_until(&args, "stopped at").kill();
    workspace.take_mails();
    workspace.exits(2, &["run"]);
    database(&workspace, async |connection| {
        for statement in [
            "UPDATE attempt SET words = 'other' WHERE letter_id = 1",
            "UPDATE attempt SET outcome = 'written' WHERE letter_id = 1",
            "UPDATE attempt SET outcome = NULL, ended_at = NULL, words = NULL",
            "UPDATE attempt SET message_id = '<x@example.jp>'",
            "UPDATE attempt SET round = 2",
            "DELETE FROM attempt",
            "INSERT OR REPLACE INTO attempt SELECT * FROM attempt WHERE letter_id = 1",
            "INSERT INTO attempt (letter_id, round, message_id) VALUES (1, 3, '<x@example.jp>')",
        ] {
            let done = sqlx::query(statement).execute(&mut *connection).await;
            let error = done.expect_err(statement).to_string();
            let words = ["cannot be altered", "kept for ever", "after the last one"];
            assert!(
                words.iter().any(|word| error.contains(word)),
                "{statement}: {error}"
            );
        }
    });
}

/// A workspace as the program left it before attempts were kept, with a mail
/// in every state one can be in.
#[test]
fn an_older_workspace_has_an_attempt_of_each_mail_as_far_as_it_is_known() {
    let workspace = Workspace::new();
    let folder = workspace.path("migrations");
    fs::create_dir_all(&folder).unwrap();
    for entry in fs::read_dir(root().join("src/store/sqlite/migrations")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name < "0012" {
            fs::copy(&path, folder.join(name)).unwrap();
        }
    }
    fs::create_dir_all(workspace.path("out/mail")).unwrap();
    // State, to whom it was handed over, whether its hand-over is marked, what
    // the night said last, and what is known of it afterwards.
    type Row<'a> = (&'a str, Option<&'a str>, bool, &'a str, &'a [Value]);
    let rows: [Row<'_>; 12] = [
        ("queued", None, false, "", &[]),
        ("archived", None, false, "", &[]),
        ("failed", None, false, "failed", &[]),
        ("sent", Some("gateway"), true, "sent", &[json_accepted()]),
        ("sent", Some("file"), true, "sent", &[json_written()]),
        (
            "unknown",
            Some("gateway"),
            true,
            "unknown",
            &[json_lost("gateway")],
        ),
        (
            "unknown",
            None,
            true,
            "unknown",
            &[json!([1, null, "lost", null])],
        ),
        // Staff found out that it arrived.
        (
            "sent",
            Some("gateway"),
            true,
            "unknown",
            &[json_lost("gateway")],
        ),
        // The night died with it.
        (
            "released",
            Some("gateway"),
            true,
            "released",
            &[json!([1, "gateway", null, null])],
        ),
        ("released", Some("gateway"), false, "released", &[]),
        ("cancelled", Some("file"), true, "sent", &[json_written()]),
        // Nobody kept to whom; no file of it is there.
        ("sent", None, true, "sent", &[json_accepted()]),
    ];
    database(&workspace, async |connection| {
        let migrator = sqlx::migrate::Migrator::new(folder).await.unwrap();
        migrator.run_direct(None, connection, false).await.unwrap();
        for statement in [
            "INSERT INTO intake VALUES (1, 'f', 'tester', '2026-11-18T12:00:00+09:00')".to_owned(),
            "INSERT INTO batch (date, opened_at) VALUES ('2026-11-19', '2026-11-19T01:30:00+09:00')"
                .to_owned(),
        ] {
            let statement = AssertSqlSafe(statement);
            sqlx::query(statement).execute(&mut *connection).await.unwrap();
        }
        for (n, (state, to, marked, said, _)) in (1..).zip(&rows) {
            let record = plain_record(n, true);
            let to = to.map_or("NULL".to_owned(), |to| format!("'{to}'"));
            for statement in [
                format!(
                    "INSERT INTO letter (kind, outcome, state, delivery, series, record_sha256,
                         intake_id, intake_row, queued_by, queued_at, batch_date, issue_date,
                         number, handed_to, message_id, handover_at)
                     VALUES ('acknowledgement', 'received', '{state}', 'mail', 'letters', 'r{n}',
                         1, {n}, 'tester', '2026-11-18T12:00:00+09:00',
                         iif('{state}' = 'queued', NULL, '2026-11-19'), '2026-11-19', '第{n}号',
                         {to}, iif({marked}, '<old-{n}-1@kenpo.example.jp>', NULL),
                         iif({marked}, '2026-11-19T01:40:00+09:00', NULL))"
                ),
                format!("INSERT INTO letter_record VALUES ({n}, '{record}')"),
                format!(
                    "INSERT INTO audit (at, letter_id, actor, from_state, to_state)
                     SELECT '2026-11-19T01:41:00+09:00', {n}, 'night', 'released', '{said}'
                     WHERE '{said}' <> ''"
                ),
            ] {
                let statement = AssertSqlSafe(statement);
                sqlx::query(statement)
                    .execute(&mut *connection)
                    .await
                    .unwrap();
            }
        }
    });
    let letters = workspace.letters();
    for (n, (letter, row)) in (1..).zip(letters.iter().zip(&rows)) {
        let kept = attempts(&workspace, letter["id"].as_str().unwrap());
        assert_eq!(told(&kept), row.4, "{n}: {}", row.0);
        for attempt in kept {
            assert_eq!(
                message_id(&attempt),
                format!("<old-{n}-1@kenpo.example.jp>")
            );
            assert_eq!(attempt["began_at"], "2026-11-19T01:40:00+09:00");
            let ended = match row.0 {
                "released" => Value::Null,
                _ => "2026-11-19T01:41:00+09:00".into(),
            };
            assert_eq!(attempt["ended_at"], ended, "{n}");
        }
    }

    // The next night settles what had begun.
    workspace.exits(2, &["run"]);
    let began = letters[8]["id"].as_str().unwrap();
    assert_eq!(told(&attempts(&workspace, began)), [json_lost("gateway")]);
}

#[test]
fn an_older_mail_that_is_sent_again_goes_under_the_message_id_it_had() {
    let server = MailServer::start(false);
    let workspace = workspace(&server, "[]");
    workspace.queue_plain(2, 2);
    workspace.ok(&["hold", "L000002C"]);
    server.behave(&[(At::Dot, Does::Drops)]);
    workspace.exits(2, &["run"]);
    // As the program before left it.
    database(&workspace, async |connection| {
        for statement in [
            "DROP INDEX letter_whole",
            "DROP TABLE attempt",
            "DROP TABLE attempt_outcome",
            "ALTER TABLE letter DROP COLUMN rounds",
            "ALTER TABLE letter DROP COLUMN message_token",
            "UPDATE letter SET message_id = '<L000001B-1-1@kenpo.example.jp>' WHERE id = 1",
            "DELETE FROM _sqlx_migrations WHERE version = 13",
        ] {
            sqlx::query(statement)
                .execute(&mut *connection)
                .await
                .unwrap();
        }
    });
    server.behave(&[]);
    workspace.ok(&["confirm", LETTER, "--not-delivered", "--as", "佐藤"]);
    workspace.ok(&["resume", "L000002C"]);
    workspace.ok(&["run", "--now", NEXT_NOON]);
    let kept = attempts(&workspace, LETTER);
    let (round, words) = (json!([1, "gateway", "lost", null]), "250 2.0.0 queued");
    assert_eq!(
        told(&kept),
        [round, json!([2, "gateway", "accepted", words])]
    );
    assert_eq!(server.message_ids()[1..].len(), 2);
    assert!(
        server
            .message_ids()
            .contains(&"<L000001B-1-1@kenpo.example.jp>".to_owned())
    );
    assert_eq!(message_id(&kept[1]), "<L000001B-1-1@kenpo.example.jp>");
    // One that had none before has one drawn for it.
    let second = attempts(&workspace, "L000002C");
    let drawn = workspace.message_token(2);
    let expected = format!("<L000002C-{drawn}@");
    assert!(message_id(&second[0]).starts_with(&expected), "{second:?}");
    assert_eq!(drawn.len(), 32);
}

fn json_accepted() -> Value {
    json!([1, "gateway", "accepted", null])
}

fn json_written() -> Value {
    json!([1, "file", "written", null])
}

fn json_lost(to: &str) -> Value {
    json!([1, to, "lost", null])
}

fn database(workspace: &Workspace, act: impl AsyncFnOnce(&mut sqlx::SqliteConnection)) {
    let options = SqliteConnectOptions::new()
        .filename(workspace.path("out/yobin.db"))
        .create_if_missing(true);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut connection = options.connect().await.unwrap();
        act(&mut connection).await;
        connection.close().await.unwrap();
    });
}
