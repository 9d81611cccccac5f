//! Nothing is called sent that did not leave the house: a mail in a file is
//! written, a letter by post waits until somebody says that it was posted,
//! and a request is answered by neither.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::harness::{NEXT_NOON, Running, Workspace, plain_record, post_record, root};

/// A request that arrived on 16 November: on the 23rd the seventh day.
fn request(n: usize) -> Value {
    json!({
        "receipt_number": format!("受第26-{n:03}号"),
        "rights": ["disclosure"],
        "request_date": "2026-11-14",
        "arrival_date": "2026-11-16",
        "requester_role": "principal",
        "requester_name": "見本 太郎",
        "requester_address": "群馬県前橋市亀里町1310番地",
        "principal_name": "見本 太郎",
        "principal_category": "insured",
    })
}

/// The decision on it, by `delivery`.
fn decision(n: usize, delivery: &str) -> Value {
    let mut record = json!({
        "kind": "disclosure-decision",
        "outcome": "granted",
        "addressee_name": "見本 太郎",
        "addressee_postal_code": "379-2147",
        "addressee_address": "群馬県前橋市亀里町1310番地",
        "address_verified_on": "2026-11-18",
        "delivery": delivery,
        "receipt_number": format!("受第26-{n:03}号"),
        "request_date": "2026-11-14",
        "arrival_date": "2026-11-16",
        "requester_role": "principal",
        "decision_date": "2026-11-18",
        "disclosed_items": [
            {"item": "資格に関する情報", "period": "令和7年度", "method": "写しの交付"},
        ],
        "disclosure_method": "写しを郵送します。",
    });
    if delivery == "mail" {
        record["mail_address"] = format!("mihon{n}@example.jp").into();
    }
    record
}

/// Decisions by these ways, each on its request, after a night.
fn decided(deliveries: &[&str]) -> Workspace {
    let workspace = Workspace::new();
    let numbered = || (1..).zip(deliveries);
    let requests: Vec<Value> = numbered().map(|(n, _)| request(n)).collect();
    add(&workspace, &requests);
    let letters: Vec<Value> = numbered().map(|(n, way)| decision(n, way)).collect();
    queue(&workspace, &letters);
    workspace.ok(&["run"]);
    workspace
}

fn lines(records: &[Value]) -> String {
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    lines.join("\n")
}

fn add(workspace: &Workspace, records: &[Value]) {
    let file = workspace.file("requests.jsonl", lines(records));
    workspace.ok(&["request", "add", file.to_str().unwrap(), "--as", "佐藤"]);
}

fn queue(workspace: &Workspace, records: &[Value]) {
    let file = workspace.file("letters.jsonl", lines(records));
    workspace.ok(&["queue", file.to_str().unwrap()]);
}

fn states(workspace: &Workspace) -> Vec<String> {
    let state = |letter: &Value| letter["state"].as_str().unwrap().to_owned();
    workspace.letters().iter().map(state).collect()
}

fn assert_told(told: &str, words: &[&str]) {
    for word in words {
        assert!(told.contains(word), "{word:?} is not in\n{told}");
    }
}

fn assert_not_told(told: &str, words: &[&str]) {
    for word in words {
        assert!(!told.contains(word), "{word:?} is in\n{told}");
    }
}

/// The first right of the first request as `request list --json` has it.
fn right(workspace: &Workspace, now: &str) -> Value {
    let told = workspace.ok(&["request", "list", "--json", "--now", now]);
    let first: Value = serde_json::from_str(told.lines().next().unwrap()).unwrap();
    first["rights"][0].clone()
}

/// A long time after every deadline.
const LATER: &str = "2026-12-20T12:00:00+09:00";

#[test]
fn a_mail_in_a_file_is_written_and_never_called_sent() {
    let workspace = Workspace::new();
    workspace.queue_plain(3, 2);
    let told = workspace.ok(&["run"]);
    assert_told(
        &told,
        &[
            "送信済 0  書出済 2  保管済 1",
            "ファイルに書き出しただけで、送っていないメールが2件あります",
            "yobin confirm --written-of 2026-11-22 --delivered",
            "注意：メールは送りません",
        ],
    );
    assert_not_told(&told, &["対応が必要なものはありません。\n\n  受付"]);
    assert_eq!(states(&workspace), ["written", "written", "filed"]);
    assert_eq!(workspace.letters()[0]["shown"], "書出済");
    let list = workspace.ok(&["list"]);
    assert_eq!(list.matches("書出済").count(), 2, "{list}");
    assert_not_told(&list, &["送信済"]);
    for (word, count) in [("書出済", 2), ("written", 2), ("送信済", 0), ("sent", 0)] {
        let told = workspace.ok(&["list", "--state", word]);
        assert_told(&told, &[&format!("{count}件")]);
    }
    let page = workspace.ok(&["show", "L000001B"]);
    assert_told(&page, &["L000001B  書出済", "  書出済  夜間処理"]);
    assert_not_told(&page, &["送信済"]);
    let json = workspace.ok(&["show", "L000001B", "--json"]);
    assert_not_told(&json, &["\"sent\""]);
    for form in ["txt", "html"] {
        let file = workspace.path(format!("out/reports/2026-11-22.{form}"));
        let report = std::fs::read_to_string(file).unwrap();
        assert_told(&report, &["書出済"]);
    }
    for command in [&["check"][..], &["demo", "--dir", "demo"]] {
        let told = workspace.ok(command);
        assert!(
            told.contains("メールは送りません") || told.contains("送っていません"),
            "{told}"
        );
    }
    // What other words name no state says which do.
    let told = workspace.exits(2, &["list", "--state", "ほげ"]);
    assert_told(&told, &["状態「ほげ」はありません", "書出済", "未発送"]);
}

#[test]
fn the_service_says_at_its_start_that_nothing_is_sent_and_counts_what_is_written() {
    let workspace = Workspace::with_settings("approval = \"none\"\nschedule = \"0 30 1 * * *\"\n");
    workspace.queue_plain(2, 1);
    let mut command = workspace.command(&["serve", "--now", "2026-11-22T01:29:59+09:00"]);
    command.stdout(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    let said = std::io::BufReader::new(child.stdout.take().unwrap());
    let _running = Running::new(child);
    let mut before = String::new();
    for line in std::io::BufRead::lines(said) {
        let line = line.unwrap();
        before.push_str(&line);
        before.push('\n');
        if line.contains("の夜間処理が終わりました") {
            break;
        }
    }
    assert_told(
        &before,
        &[
            "注意：メールは送りません",
            "2件(送信済 0、書出済 1、保管済 1、",
        ],
    );
}

/// A mail server that takes everything, inside TLS.
struct Server {
    port: u16,
    folder: tempfile::TempDir,
    _runtime: tokio::runtime::Runtime,
}

impl Server {
    fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (authority, config) = certificates();
        std::fs::write(folder.path().join("ca.pem"), authority).unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        runtime.spawn(async move {
            let acceptor = TlsAcceptor::from(Arc::new(config));
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        let _ = take_all(BufReader::new(stream)).await;
                    }
                });
            }
        });
        Server {
            port,
            folder,
            _runtime: runtime,
        }
    }

    fn settings(&self) -> String {
        format!(
            "approval = \"none\"\n[mail]\ntransport = \"smtp\"\n[mail.smtp]\nhost = \"127.0.0.1\"\n\
             security = \"tls\"\nport = {}\nca_file = {:?}\n",
            self.port,
            self.folder.path().join("ca.pem")
        )
    }
}

async fn take_all<S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin>(
    mut stream: BufReader<S>,
) -> std::io::Result<()> {
    stream.write_all(b"220 test\r\n").await?;
    stream.flush().await?;
    let mut in_message = false;
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let reply: &[u8] = match (in_message, line.trim_end()) {
            (true, ".") => {
                in_message = false;
                b"250 taken\r\n"
            }
            (true, _) => continue,
            (false, "DATA") => {
                in_message = true;
                b"354 go\r\n"
            }
            (false, _) => b"250 ok\r\n",
        };
        stream.write_all(reply).await?;
        stream.flush().await?;
    }
}

fn certificates() -> (String, ServerConfig) {
    let authority_key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = params.self_signed(&authority_key).unwrap();
    let issuer = Issuer::new(params, authority_key);
    let key = KeyPair::generate().unwrap();
    let server = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let certificate = server.signed_by(&key, &issuer).unwrap();
    let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .unwrap();
    (authority.pem(), config)
}

#[test]
fn a_mail_the_server_took_is_sent_and_answers_its_request() {
    let server = Server::start();
    let workspace = Workspace::with_settings(&server.settings());
    add(&workspace, &[request(1)]);
    queue(&workspace, &[decision(1, "mail")]);
    let told = workspace.ok(&["run"]);
    assert_told(&told, &["送信済 1", "対応が必要なものはありません"]);
    assert_not_told(&told, &["書出済", "メールは送りません"]);
    assert_eq!(states(&workspace), ["sent"]);
    assert_eq!(right(&workspace, LATER)["answered"], true);
    workspace.ok(&["request", "close", "受第26-001号", "--reason", "回答済み"]);
    assert_not_told(&workspace.ok(&["check"]), &["メールは送りません"]);
    // Nothing can be said of it any more.
    let told = workspace.exits(1, &["confirm", "L000001B", "--not-delivered"]);
    assert_told(&told, &["送信済"]);
    assert_eq!(states(&workspace), ["sent"]);
}

#[test]
fn neither_a_file_nor_a_print_file_nor_the_archive_answers_a_request() {
    for (way, state, word, next) in [
        (
            "mail",
            "written",
            "書出済",
            "yobin confirm L000001B --delivered",
        ),
        ("post", "unposted", "未発送", "yobin posted L000001B --on"),
        (
            "archive",
            "filed",
            "保管済",
            "yobin posted L000001B --handed-over --on",
        ),
    ] {
        let workspace = decided(&[way]);
        let asked = right(&workspace, LATER);
        assert_eq!(asked["state"], state, "{way}");
        assert_eq!(asked["answered"], false, "{way}");
        let table = workspace.ok(&["request", "list", "--now", LATER]);
        assert_told(
            &table,
            &[
                &format!("開示：L000001B {word}"),
                "2週間経過",
                &format!("L000001B({word}) がまだ出ていません"),
                next,
            ],
        );
        assert_not_told(&table, &["回答済み"]);
        let page = workspace.ok(&["request", "show", "受第26-001号", "--now", LATER]);
        assert_told(&page, &[&format!("開示：L000001B {word}"), "2週間経過"]);
        let close = ["request", "close", "受第26-001号", "--reason", "回答済み"];
        let told = workspace.exits(1, &close);
        assert_told(&told, &[&format!("開示：L000001B {word}")]);
        let told = workspace.exits(2, &["report", "2026-11-22", "--now", LATER]);
        assert_told(&told, &["【要対応】", "受第26-001号  2週間経過"]);
    }
}

#[test]
fn what_staff_record_answers_the_request_and_taking_it_back_lets_the_time_go_on() {
    let say = |way| match way {
        "mail" => vec!["confirm", "L000001B", "--delivered", "--as", "佐藤"],
        "post" => vec!["posted", "L000001B", "--on", "2026-11-23", "--as", "佐藤"],
        _ => vec![
            "posted",
            "L000001B",
            "--handed-over",
            "--on",
            "2026-11-23",
            "--as",
            "佐藤",
        ],
    };
    let unsay = |way| match way {
        "mail" => vec!["confirm", "L000001B", "--not-delivered", "--as", "鈴木"],
        _ => vec!["posted", "L000001B", "--undo", "--as", "鈴木"],
    };
    for (way, before, after, word) in [
        ("mail", "written", "sent", "送信済(2026-11-23 送信の確認)"),
        ("post", "unposted", "posted", "発送済(2026-11-23 投函)"),
        (
            "archive",
            "filed",
            "handed_over",
            "手渡済(2026-11-23 手渡し)",
        ),
    ] {
        let workspace = decided(&[way]);
        let at = |args: Vec<&'static str>| [args, vec!["--now", NEXT_NOON]].concat();
        workspace.ok(&at(say(way)));
        assert_eq!(states(&workspace), [after]);
        assert_eq!(right(&workspace, LATER)["answered"], true, "{way}");
        let table = workspace.ok(&["request", "list", "--now", LATER]);
        assert_told(&table, &["すべて回答しました"]);
        let letter = workspace.letters()[0].clone();
        assert_eq!(letter["dispatched"]["on"], "2026-11-23");
        assert_eq!(letter["dispatched"]["by"], "佐藤");
        // Said twice it is refused, and nothing changes.
        workspace.exits(1, &at(say(way)));

        workspace.ok(&at(unsay(way)));
        assert_eq!(states(&workspace), [before]);
        assert_eq!(workspace.letters()[0]["dispatched"], Value::Null);
        assert_eq!(right(&workspace, LATER)["answered"], false, "{way}");
        workspace.exits(1, &at(unsay(way)));

        workspace.ok(&at(say(way)));
        let page = workspace.ok(&["show", "L000001B"]);
        assert_eq!(
            page.matches(&format!("  {word}  佐藤")).count(),
            2,
            "{page}"
        );
        assert_eq!(page.matches("記録の取消(").count(), 1, "{page}");
        assert_told(&page, &["  鈴木"]);
        let json = workspace.ok(&["show", "L000001B", "--json"]);
        let shown: Value = serde_json::from_str(&json).unwrap();
        let last = shown["history"].as_array().unwrap().last().unwrap();
        assert_eq!(
            (&last["from_state"], &last["to_state"]),
            (&json!(before), &json!(after))
        );
        workspace.ok(&["request", "close", "受第26-001号", "--reason", "回答済み"]);
        workspace.ok(&["verify"]);
    }
}

#[test]
fn taking_back_tells_of_a_request_that_was_closed_as_answered() {
    let workspace = decided(&["post"]);
    let posted = ["posted", "L000001B", "--on", "2026-11-22", "--as", "佐藤"];
    workspace.ok(&posted);
    workspace.ok(&["request", "close", "受第26-001号", "--reason", "回答済み"]);
    let told = workspace.ok(&["posted", "L000001B", "--undo", "--as", "佐藤"]);
    assert_told(&told, &["受第26-001号 は「回答済み」として終わっています"]);
}

#[test]
fn what_cannot_have_been_is_not_recorded() {
    let workspace = decided(&["post", "archive", "mail", "post"]);
    queue(&workspace, &[plain_record(9, false)]);
    let on = |day: &'static str| ["--on", day, "--as", "佐藤", "--now", NEXT_NOON];
    for (letters, day, words) in [
        (&["L000001B"][..], "2026-11-24", "先の日付です"),
        (&["L000001B"], "2027-11-23", "先の日付です"),
        (&["L000001B"], "2026-11-21", "遅い方は2026-11-22です"),
        (&["L000002C"], "2026-11-23", "--handed-over"),
        (&["L000003D"], "2026-11-23", "yobin confirm --delivered"),
        (&["L000005F"], "2026-11-23", "状態が「受付」"),
        (&["L000006G"], "2026-11-23", "この番号の書簡はありません"),
        (
            &["L000001B", "L000003D"],
            "2026-11-23",
            "ほかの書簡にも、まだ何も記録していません",
        ),
    ] {
        let args = [&["posted"][..], letters, &on(day)].concat();
        let told = workspace.exits(1, &args);
        assert_told(&told, &[words]);
    }
    assert_eq!(
        states(&workspace),
        ["unposted", "filed", "written", "unposted", "queued"]
    );
    // Without a day, of no letter, and as nobody, nothing is recorded either.
    let told = workspace.exits(2, &["posted", "L000001B", "--as", "佐藤"]);
    assert_told(&told, &["--on に、投函した日"]);
    for args in [&["posted", "--on", "2026-11-22"][..], &["posted", "--undo"]] {
        let told = workspace.exits(2, args);
        assert_told(&told, &["どの書簡かを書いてください"]);
    }
    workspace.exits(
        1,
        &["posted", "L000001B", "--on", "2026-11-22", "--as", "　"],
    );
    assert_eq!(workspace.letters_in("unposted").len(), 2);
    // The same letter named twice is one letter; somebody came for it.
    let args = [
        &["posted", "L000001B", "l000001b", "--handed-over"][..],
        &on("2026-11-23"),
    ];
    let told = workspace.ok(&args.concat());
    assert_told(&told, &["L000001B  手渡済", "1通を、2026-11-23 に出した"]);
    let told = workspace.exits(
        1,
        &[&["posted", "L000001B"][..], &on("2026-11-23")].concat(),
    );
    assert_told(
        &told,
        &["2026-11-23に手渡済として記録されています", "--undo"],
    );
}

/// A letter that was made on a later day than the one it bears cannot have
/// been posted before it was there.
#[test]
fn a_letter_made_after_its_date_was_not_posted_on_its_date() {
    let workspace = Workspace::new();
    add(&workspace, &[request(1)]);
    queue(&workspace, &[decision(1, "post")]);
    let args = ["run", "--stop-at", "claimed"];
    workspace.start_until(&args, "stopped at").kill();
    workspace.exits(2, &["run", "--now", "2026-11-25T12:00:00+09:00"]);
    assert_eq!(workspace.letters()[0]["issue_date"], "2026-11-22");
    let posted = |day| {
        let args = ["posted", "L000001B", "--on", day, "--as", "佐藤"];
        workspace.yobin(&[&args[..], &["--now", "2026-11-25T12:00:00+09:00"]].concat())
    };
    let early = posted("2026-11-24");
    assert_eq!(early.code, Some(1));
    assert_told(&early.err, &["遅い方は2026-11-25です"]);
    assert_eq!(posted("2026-11-25").code, Some(0));
}

#[test]
fn confirm_asks_for_one_of_both_and_never_for_one() {
    let workspace = Workspace::new();
    workspace.queue_plain(2, 2);
    let args = ["run", "--stop-at", "handed-over"];
    workspace.start_until(&args, "stopped at").kill();
    workspace.take_mails();
    workspace.yobin(&["run"]);
    let unknown = workspace.letters_in("unknown");
    let id = unknown[0]["id"].as_str().unwrap();
    let before = states(&workspace);
    for args in [
        &["confirm", id][..],
        &["confirm", id, "--as", "佐藤"],
        &["confirm", "--written-of", "2026-11-22"],
        &["confirm", id, "--delivered", "--not-delivered"],
    ] {
        let told = workspace.exits(2, args);
        assert_told(
            &told,
            &["--delivered(届いていた)か --not-delivered(届いていなかった)のどちらか"],
        );
        assert_not_told(&told, &["required", "error", "Usage"]);
        assert_eq!(states(&workspace), before);
    }
    let told = workspace.exits(2, &["confirm", "--delivered"]);
    assert_told(&told, &["どの書簡かを、番号で"]);
    assert_eq!(states(&workspace), before);
}

#[test]
fn an_unknown_outcome_whose_file_stands_there_is_written_and_one_that_was_taken_is_sent() {
    for taken in [false, true] {
        let workspace = Workspace::new();
        workspace.queue_plain(1, 1);
        let args = ["run", "--stop-at", "handed-over"];
        workspace.start_until(&args, "stopped at").kill();
        let mails = workspace.take_mails();
        let told = workspace.exits(2, &["run"]);
        assert_told(
            &told,
            &["ファイルに書き出す途中で処理が止まった", "out/mail"],
        );
        assert_eq!(states(&workspace), ["unknown"]);
        if !taken {
            // It had been laid elsewhere for a while.
            for (path, bytes) in mails {
                std::fs::write(path, bytes).unwrap();
            }
        }
        let confirm = ["confirm", "L000001B", "--delivered", "--as", "佐藤"];
        let told = workspace.ok(&confirm);
        if !taken {
            assert_told(&told, &["L000001B  書出済", "送ったことにはしていません"]);
            assert_eq!(states(&workspace), ["written"]);
            workspace.ok(&confirm);
        }
        assert_eq!(states(&workspace), ["sent"]);
        let page = workspace.ok(&["show", "L000001B"]);
        assert_told(&page, &["送信済(2026-11-22 送信の確認)  佐藤"]);
    }
}

#[test]
fn all_mails_of_a_night_that_another_program_sent_are_confirmed_at_once() {
    let workspace = Workspace::new();
    workspace.queue_plain(4, 3);
    workspace.ok(&["run"]);
    let of_night = |day: &'static str, answer: &'static str| {
        ["confirm", "--written-of", day, answer, "--as", "佐藤"]
    };
    let told = workspace.ok(&of_night("2026-11-21", "--delivered"));
    assert_told(&told, &["当てはまる書簡はありません"]);
    let told = workspace.exits(1, &of_night("2026-11-22", "--not-delivered"));
    assert_told(&told, &["まだ送られていないので"]);
    assert_eq!(workspace.letters_in("written").len(), 3);
    workspace.ok(&of_night("2026-11-22", "--delivered"));
    assert_eq!(states(&workspace), ["sent", "sent", "sent", "filed"]);
    let told = workspace.ok(&["report"]);
    assert_told(&told, &["送信済 3  保管済 1"]);
    // One had not been sent after all.
    workspace.ok(&["confirm", "L000002C", "--not-delivered", "--as", "佐藤"]);
    assert_eq!(states(&workspace), ["sent", "written", "sent", "filed"]);
}

#[test]
fn the_letters_of_a_print_file_are_recorded_at_once_but_for_those_kept_back() {
    let workspace = Workspace::new();
    let letters: Vec<Value> = (1..=4).map(|n| post_record(n, 1)).collect();
    queue(&workspace, &letters);
    workspace.ok(&["run"]);
    // Between printing and posting somebody learns of the third.
    workspace.file(
        "flags.csv",
        "加入者管理番号,区分,操作\nM0000003,支援措置,登録\n",
    );
    workspace.ok(&["members", "flags", "flags.csv", "--as", "鈴木"]);
    let print = [
        "posted",
        "--print",
        "2026-11-22",
        "--on",
        "2026-11-22",
        "--as",
        "佐藤",
    ];
    let told = workspace.exits(2, &print);
    assert_told(
        &told,
        &[
            "3通を、2026-11-22 に出したものとして記録しました",
            "L000003D は、受付のときに分からなかった「支援措置」の登録があるため、記録していません",
        ],
    );
    assert_eq!(
        states(&workspace),
        ["posted", "posted", "unposted", "posted"]
    );
    // It was in the envelope already: then that is the truth.
    let named = ["posted", "L000003D", "--on", "2026-11-22", "--as", "佐藤"];
    workspace.exits(1, &named);
    workspace.ok(&[&named[..], &["--although-kept-back"]].concat());
    let told = workspace.exits(1, &print);
    assert_told(&told, &["まだ投函していない書簡はありません"]);
    // One was marked by mistake.
    workspace.ok(&["posted", "L000002C", "--undo", "--as", "佐藤"]);
    assert_eq!(
        states(&workspace),
        ["posted", "unposted", "posted", "posted"]
    );
    workspace.ok(&["verify"]);
    // What was recorded last is taken back as it was recorded, and no more.
    workspace.ok(&[
        "posted",
        "L000002C",
        "--on",
        "2026-11-22",
        "--now",
        NEXT_NOON,
    ]);
    let undo = ["posted", "--print", "2026-11-22", "--undo", "--as", "佐藤"];
    workspace.ok(&undo);
    assert_eq!(
        states(&workspace),
        ["posted", "unposted", "posted", "posted"]
    );
    workspace.ok(&undo);
    assert_eq!(workspace.letters_in("unposted").len(), 4);
    let told = workspace.ok(&undo);
    assert_told(&told, &["当てはまる書簡はありません"]);
}

#[test]
fn many_nights_are_recorded_at_once_when_their_number_is_said() {
    let workspace = Workspace::new();
    queue(&workspace, &[post_record(1, 1), post_record(2, 1)]);
    workspace.ok(&["run"]);
    queue(&workspace, &[post_record(3, 1)]);
    workspace.ok(&["run", "--now", NEXT_NOON]);
    let print = |count: &'static str| {
        let args = [
            "posted",
            "--print",
            "2026-11-01",
            "--through",
            "2026-11-23",
            "--count",
            count,
            "--on",
            "2026-11-23",
            "--as",
            "佐藤",
            "--now",
            NEXT_NOON,
        ];
        workspace.yobin(&args)
    };
    for wrong in ["2", "4"] {
        let told = print(wrong);
        assert_eq!(told.code, Some(1));
        assert_told(&told.err, &["書簡は3通で", "1通も記録していません"]);
    }
    assert_eq!(workspace.letters_in("unposted").len(), 3);
    assert_eq!(print("3").code, Some(0));
    assert_eq!(workspace.letters_in("posted").len(), 3);
}

#[test]
fn the_report_counts_what_waits_to_be_posted_over_all_nights_until_it_is_recorded() {
    let workspace = Workspace::new();
    queue(&workspace, &[post_record(1, 1), post_record(2, 1)]);
    let told = workspace.ok(&["run"]);
    assert_told(
        &told,
        &[
            "【完了】2件の処理がすべて終わりました。印刷・投函するものが2通あります。",
            "未発送 2",
            "印刷・投函するもの  2通",
            "out/print/2026-11-22  2通",
            "yobin posted --print 1 --on 投函した日",
            "ほかに対応が必要なものはありません",
        ],
    );
    queue(&workspace, &[post_record(3, 1)]);
    let told = workspace.ok(&["run", "--now", NEXT_NOON]);
    assert_told(
        &told,
        &[
            "印刷・投函するものが3通あります",
            "out/print/2026-11-22  2通",
            "out/print/2026-11-23  1通",
        ],
    );
    let posted = [
        "posted",
        "--print",
        "2026-11-22",
        "--on",
        "2026-11-23",
        "--as",
        "佐藤",
        "--now",
        NEXT_NOON,
    ];
    workspace.ok(&posted);
    std::fs::remove_dir_all(workspace.path("out/print/2026-11-23")).unwrap();
    let told = workspace.ok(&["report", "2026-11-23", "--now", NEXT_NOON]);
    assert_told(
        &told,
        &[
            "印刷・投函するもの  1通",
            "印刷用ファイルはもうありません。まだ印刷していなければ、yobin print-file --reprint 2",
        ],
    );
    assert_not_told(&told, &["out/print/2026-11-22"]);
    let told = workspace.ok(&["report", "2026-11-22", "--now", NEXT_NOON]);
    assert_told(&told, &["発送済 2"]);
}

/// A workspace as the program left it before it was kept what left the house.
#[test]
fn an_older_workspace_opens_and_claims_nothing_that_it_does_not_know() {
    let workspace = Workspace::new();
    let folder = workspace.path("migrations");
    std::fs::create_dir_all(&folder).unwrap();
    for entry in std::fs::read_dir(root().join("src/store/sqlite/migrations")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name < "0006" {
            std::fs::copy(&path, folder.join(name)).unwrap();
        }
    }
    std::fs::create_dir_all(workspace.path("out/mail")).unwrap();
    // Every state, and every way of those at rest.
    let rows = [
        ("queued", "mail", ""),
        ("approved", "post", ""),
        ("numbered", "archive", ""),
        ("sent", "mail", "<L000004E-1-1@kenpo.example.jp>"),
        ("sent", "mail", "<L000005F-1-1@kenpo.example.jp>"),
        ("filed", "post", ""),
        ("filed", "archive", ""),
        ("held", "mail", ""),
        ("parked", "post", ""),
        ("failed", "mail", ""),
        ("unknown", "mail", "<L000011D-2-1@kenpo.example.jp>"),
        ("cancelled", "post", ""),
        ("rendered", "post", ""),
        ("archived", "mail", ""),
        ("released", "post", ""),
    ];
    workspace.file("out/mail/L000004E-1-1.eml", "To: mihon4@example.jp\n\n");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let migrator = sqlx::migrate::Migrator::new(folder).await.unwrap();
        let options = SqliteConnectOptions::new()
            .filename(workspace.path("out/yobin.db"))
            .create_if_missing(true);
        let mut connection = options.connect().await.unwrap();
        migrator
            .run_direct(None, &mut connection, false)
            .await
            .unwrap();
        let intake = "INSERT INTO intake VALUES (1, 'f', 'tester', '2026-11-18T12:00:00+09:00')";
        sqlx::query(intake).execute(&mut connection).await.unwrap();
        let batch = "INSERT INTO batch (date, opened_at, closed_at)
                     VALUES ('2026-11-19', '2026-11-19T01:30:00+09:00', '2026-11-19T01:31:00+09:00')";
        sqlx::query(batch).execute(&mut connection).await.unwrap();
        for (n, (state, delivery, message_id)) in (1..).zip(rows) {
            let mut record = plain_record(n, false);
            record["delivery"] = delivery.into();
            if delivery == "mail" {
                record["mail_address"] = format!("mihon{n}@example.jp").into();
            }
            let waits = ["queued", "approved"].contains(&state);
            let statement = format!(
                "INSERT INTO letter (kind, outcome, state, delivery, series, record_sha256,
                     intake_id, intake_row, queued_by, queued_at, message_id, batch_date,
                     issue_date, number, period, serial, pdf_sha256, pages)
                 VALUES ('acknowledgement', 'received', '{state}', '{delivery}', 'letters', 'r{n}',
                     1, {n}, 'tester', '2026-11-18T12:00:00+09:00', nullif('{message_id}', ''),
                     iif({waits}, NULL, '2026-11-19'), iif({waits}, NULL, '2026-11-19'),
                     iif({waits}, NULL, '群農健発第{n}号'), iif({waits}, NULL, 2026),
                     iif({waits}, NULL, {n}), NULL, 1)"
            );
            sqlx::query(sqlx::AssertSqlSafe(statement))
                .execute(&mut connection)
                .await
                .unwrap();
            let statement = format!("INSERT INTO letter_record VALUES ({n}, '{record}')");
            sqlx::query(sqlx::AssertSqlSafe(statement))
                .execute(&mut connection)
                .await
                .unwrap();
        }
        connection.close().await.unwrap();
    });
    // The second time nothing is left to settle.
    for _ in 0..2 {
        let expected = [
            "queued",
            "approved",
            "numbered",
            // Its file still stands in the folder.
            "written",
            "sent",
            // Nobody ever said that it was posted.
            "unposted",
            "filed",
            "held",
            "parked",
            "failed",
            "unknown",
            "cancelled",
            "rendered",
            "archived",
            "released",
        ];
        assert_eq!(states(&workspace), expected);
    }
    let letters = workspace.letters();
    assert_eq!(letters[5]["print_date"], "2026-11-19");
    assert_eq!(letters[5]["print_run"], 1);
    assert_eq!(letters[5]["print_place"], 1);
    let told = workspace.ok(&["list", "--state", "未発送"]);
    assert_told(&told, &["L000006G", "1件"]);
    // What is unknown is still settled by a person.
    workspace.ok(&["confirm", "L000011D", "--delivered", "--as", "佐藤"]);
    assert_eq!(states(&workspace)[10], "sent");
    assert_eq!(states(&workspace)[10], "sent");
    // Nobody ever kept who took it, so taking it back leads to where it was.
    let take_back = ["confirm", "L000011D", "--not-delivered", "--as", "佐藤"];
    for _ in 0..2 {
        let told = workspace.ok(&take_back);
        assert_told(&told, &["L000011D  結果不明"]);
        assert_eq!(states(&workspace)[10], "unknown");
        let page = workspace.ok(&["show", "L000011D"]);
        assert_told(&page, &["届いたという記録が取り消された", "結果不明"]);
        workspace.ok(&["confirm", "L000011D", "--delivered", "--as", "佐藤"]);
        assert_eq!(states(&workspace)[10], "sent");
    }
    workspace.ok(&take_back);
    // Said once more it did not arrive, and the night sends it again.
    workspace.ok(&take_back);
    assert_eq!(states(&workspace)[10], "released");
}
