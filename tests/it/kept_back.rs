//! What is registered after a letter was queued counts until it has left the
//! house: while it waits for the mail server, and when it lies printed on the
//! table. Whoever looks is told, and what really left can be recorded.

use std::fs;

use serde_json::{Value, json};

use crate::flags::{add, assert_told, has_print_file, night, queue, request_of, sample};
use crate::harness::{NEXT_NOON, Workspace, plain_record, post_record};
use crate::mail_server::{Does, MailServer};

fn flag(workspace: &Workspace, rows: &[&str]) -> String {
    let text = format!("加入者管理番号,区分,操作\n{}\n", rows.join("\n"));
    workspace.file("flags.csv", text);
    workspace.ok(&["members", "flags", "flags.csv", "--as", "鈴木"])
}

fn assert_not_told(told: &str, parts: &[&str]) {
    for part in parts {
        assert!(!told.contains(part), "{part:?} is in\n{told}");
    }
}

/// An acknowledgement by post with this receipt number.
fn by_post(receipt: &str) -> Value {
    let change = json!({"delivery": "post", "mail_address": null,
        "receipt_number": receipt, "record_key": receipt});
    sample("acknowledgement/received", change)
}

fn mistaken(workspace: &Workspace, receipt: &str) -> String {
    workspace.ok(&[
        "request",
        "close",
        receipt,
        "--reason",
        "登録誤り",
        "--as",
        "佐藤",
    ])
}

/// The part of a report with the letters that need a person.
fn attention(report: &str) -> &str {
    let (_, rest) = report.split_once("対応が必要なもの\n").expect(report);
    rest.split("\n\n").next().unwrap()
}

#[test]
fn all_letters_that_wait_for_the_mail_server_are_looked_at_anew() {
    const LETTERS: usize = 12;
    let server = MailServer::start(false);
    let workspace = Workspace::with_settings(&format!(
        "approval = \"none\"\n[delivery]\nretry_seconds = [12]\n{}",
        server.settings()
    ));
    let letters: Vec<Value> = (1..=LETTERS).map(|n| plain_record(n, true)).collect();
    queue(&workspace, &letters);
    let numbered = 100..100 + LETTERS;
    let flags: Vec<String> = numbered.map(|n| format!("M-{n},送付停止,登録")).collect();
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    flag(&workspace, &flags);
    server.behave_for_dots(LETTERS, Does::Says(b"451 4.3.0 later\r\n"));
    let mut run = workspace.command(&["run"]).spawn().unwrap();
    // After three such answers the others wait as well.
    assert!(server.wait_for(3), "they do not arrive");
    assert!(run.try_wait().unwrap().is_none(), "the night is over");
    // While they wait, the requests that name the members are registered.
    let requests: Vec<Value> = letters
        .iter()
        .zip(100..)
        .map(|(letter, n)| request_of(letter, json!({"member_key": format!("M-{n}")})))
        .collect();
    let told = add(&workspace, &requests);
    assert_told(&told, &["この登録によって送付を止める書簡が、12通あります"]);
    assert_eq!(run.wait().unwrap().code(), Some(2));
    assert_eq!(server.kept(), [""; 0], "some went out");
    assert_eq!(workspace.letters_in("parked").len(), LETTERS);
}

#[test]
fn a_printed_letter_that_must_not_go_any_more_is_told_wherever_staff_look() {
    let workspace = Workspace::new();
    let letters: Vec<Value> = (1..=3).map(|n| post_record(n, 1)).collect();
    queue(&workspace, &letters);
    workspace.ok(&["run"]);
    let told = flag(&workspace, &["M0000002,支援措置,登録"]);
    assert_told(
        &told,
        &[
            "この登録によって送付を止める書簡が、1通あります",
            "  L000002C  未発送",
            "印刷した紙があれば、投函する前に抜いてください",
        ],
    );
    assert_not_told(&told, &["見本", "夜間処理で"]);
    let report = workspace.exits(2, &["report", "2026-11-22"]);
    assert_told(
        &report,
        &[
            "【要対応】",
            "1件は、出してはならないことが後から分かりました",
            "印刷・投函するもの  2通",
            "out/print/2026-11-22  2通",
        ],
    );
    assert_told(
        attention(&report),
        &[
            "L000002C  未発送",
            "受付のときに分からなかった「支援措置」の登録があるため",
            "抜いて投函しないでください",
            "yobin print-file --reprint 1",
            "yobin cancel L000002C --pulled",
        ],
    );
    // The next night says it, too.
    let told = workspace.exits(2, &["run", "--now", NEXT_NOON]);
    assert_told(attention(&told), &["L000002C  未発送(2026-11-22 分)"]);
    for (args, others) in [(&["list"][..], 2), (&["list", "--state", "未発送"][..], 2)] {
        let list = workspace.ok(args);
        let noted = |line: &&str| line.contains("送付を止めています");
        let lines: Vec<&str> = list.lines().filter(noted).collect();
        assert_eq!(lines.len(), 1, "{list}");
        assert!(lines[0].starts_with("L000002C"), "{list}");
        assert_eq!(list.lines().count(), others + 2, "{list}");
    }
    let page = workspace.ok(&["show", "L000002C"]);
    assert_told(&page, &["「支援措置」の登録があるため、送付を止めています"]);
    assert_not_told(&workspace.ok(&["show", "L000001B"]), &["送付を止めて"]);
    // Printed again, the files lack it, and it is told of as in none of them.
    workspace.exits(2, crate::harness::REPRINT);
    let report = workspace.exits(2, &["report", "2026-11-22"]);
    assert_told(&report, &["印刷用ファイルに入っていません"]);
    assert_eq!(report.matches("L000002C  未発送").count(), 1, "{report}");
    assert_not_told(&report, &["後から分かりました"]);
    // A flag that was a mistake leaves nothing behind.
    flag(&workspace, &["M0000002,支援措置,解除"]);
    workspace.ok(crate::harness::REPRINT);
    let report = workspace.ok(&["report", "2026-11-22"]);
    assert_told(&report, &["【完了】", "印刷・投函するもの  3通"]);
}

#[test]
fn where_every_printed_letter_is_kept_back_nothing_is_to_be_posted() {
    let workspace = Workspace::new();
    queue(&workspace, &[post_record(1, 1), post_record(2, 1)]);
    workspace.ok(&["run"]);
    flag(
        &workspace,
        &["M0000001,宛先不明,登録", "M0000002,送付停止,登録"],
    );
    let report = workspace.exits(2, &["report", "2026-11-22"]);
    assert_not_told(&report, &["印刷・投函するもの"]);
    assert_told(attention(&report), &["「宛先不明」", "「送付停止」"]);
}

#[test]
fn a_counterpart_registered_after_the_night_is_told_with_paper_and_mails_in_files() {
    let workspace = Workspace::new();
    let his = |n: usize, delivery: &str| {
        let mut change = json!({
            "addressee_name": "相手 一郎", "addressee_address": "群馬県高崎市見本町1番地",
            "addressee_building": null, "requester_role": "appointed_agent",
            "principal_name": "例示 花子", "delivery": delivery,
            "receipt_number": format!("受第26-40{n}号"), "record_key": format!("{n}"),
        });
        change["mail_address"] = match delivery {
            "mail" => json!("aite@example.jp"),
            _ => Value::Null,
        };
        sample("disclosure-decision/granted", change)
    };
    let letters = [his(1, "post"), his(2, "mail"), his(3, "mail")];
    queue(&workspace, &letters[..2]);
    night(&workspace);
    queue(&workspace, &letters[2..]);
    let registration = json!({"receipt_number": "受第26-500号", "protected_counterpart": "yes",
                              "member_key": "M-200"});
    let told = add(&workspace, &[request_of(&letters[0], registration)]);
    assert_told(
        &told,
        &[
            "この登録によって送付を止める書簡が、3通あります",
            "  L000001B  未発送",
            "  L000002C  書出済",
            "  L000003D  受付",
            "out/mail のファイルを送らないでください",
            "そのほかの1通は、夜間処理で送らずに要確認になります",
        ],
    );
    assert_not_told(&told, &["相手 一郎", "花子"]);
    let report = workspace.exits(2, &["report", "2026-11-22"]);
    assert_told(
        attention(&report),
        &["L000001B  未発送", "L000002C  書出済", "送らないでください"],
    );
    assert_not_told(&report, &["印刷・投函するもの", "ファイルに書き出しただけ"]);
    // Registered again it adds nothing; nor does one that concerns nobody.
    assert_not_told(
        &workspace.ok(&["request", "add", "requests.jsonl", "--as", "佐藤"]),
        &["送付を止める書簡"],
    );
    let told = flag(&workspace, &["M-900,支援措置,登録"]);
    assert_told(
        &told,
        &["この登録によって送付を止める書簡は、今はありません"],
    );
}

#[test]
fn at_most_twenty_letters_are_named_and_all_are_counted() {
    let workspace = Workspace::new();
    let letters: Vec<Value> = (1..=23)
        .map(|n| {
            let mut letter = post_record(n, 1);
            letter["member_key"] = json!("M-200");
            letter
        })
        .collect();
    queue(&workspace, &letters);
    let told = flag(&workspace, &["M-200,送付停止,登録"]);
    assert_told(&told, &["23通あります", "ほか3通"]);
    assert_eq!(told.matches("  L0000").count(), 20, "{told}");
}

#[test]
fn nobody_is_told_to_post_a_decision_that_is_kept_back() {
    const LATER: &str = "2026-12-20T12:00:00+09:00";
    let workspace = Workspace::new();
    let letter = sample(
        "disclosure-decision/granted",
        json!({"delivery": "post", "mail_address": null}),
    );
    let receipt = letter["receipt_number"].as_str().unwrap().to_owned();
    add(
        &workspace,
        &[request_of(&letter, json!({"member_key": "M-200"}))],
    );
    queue(&workspace, &[letter]);
    night(&workspace);
    let list = ["request", "list", "--now", LATER];
    let show = ["request", "show", &receipt, "--now", LATER];
    let report = ["report", "2026-11-22", "--now", LATER];
    for args in [&list[..], &show[..], &report[..]] {
        let told = workspace.yobin(args).out;
        assert_told(&told, &["印刷して投函し、yobin posted L000001B"]);
    }
    flag(&workspace, &["M-200,支援措置,登録"]);
    for args in [&list[..], &show[..], &report[..]] {
        let told = workspace.yobin(args).out;
        assert_not_told(&told, &["印刷して投函し"]);
        assert_told(
            &told,
            &[
                "L000001B(未発送) がまだ出ていません",
                "「支援措置」の登録があるため、送付を止めています",
                "抜いて投函しないでください",
            ],
        );
    }
}

#[test]
fn a_letter_that_is_kept_back_is_recorded_as_posted_with_one_more_word_only() {
    let workspace = Workspace::new();
    let letters: Vec<Value> = (1..=3).map(|n| post_record(n, 1)).collect();
    queue(&workspace, &letters);
    workspace.ok(&["run"]);
    flag(&workspace, &["M0000002,支援措置,登録"]);
    let on = ["--on", "2026-11-22", "--as", "佐藤"];
    for how in [&[][..], &["--handed-over"]] {
        let args = [&["posted", "L000001B", "L000002C"], &on[..], how].concat();
        let told = workspace.exits(1, &args);
        assert_told(
            &told,
            &[
                "L000002C は、受付のときに分からなかった「支援措置」の登録があるため、送付を止めています",
                "--although-kept-back",
                "1通も記録していません",
            ],
        );
        assert_not_told(&told, &["L000001B は"]);
    }
    assert_eq!(workspace.letters_in("unposted").len(), 3);
    let although = ["posted", "L000002C", "--although-kept-back"];
    workspace.ok(&[&although[..], &on[..]].concat());
    workspace.ok(&[&["posted", "L000001B"][..], &on[..]].concat());
    assert_eq!(workspace.letters_in("posted").len(), 2);
    // What is recorded is no longer told of, and can be taken back.
    let report = workspace.ok(&["report", "2026-11-22"]);
    assert_not_told(&report, &["L000002C"]);
    workspace.ok(&["posted", "L000002C", "--undo", "--as", "佐藤"]);
    workspace.exits(2, &["report", "2026-11-22"]);
}

#[test]
fn a_flag_registered_again_unchanged_stops_nothing_that_was_queued_knowingly() {
    let workspace = Workspace::new();
    let told = flag(&workspace, &["M0000001,支援措置,登録"]);
    assert_told(&told, &["登録 1件"]);
    queue(&workspace, &[post_record(1, 1)]);
    // The list of all flags comes every month, however it writes the number.
    let told = flag(
        &workspace,
        &["ｍ0000001,支援措置,登録", "M0000009,送付停止,登録"],
    );
    assert_told(&told, &["登録 1件、解除 0件", "前から登録 1件"]);
    workspace.ok(&["run"]);
    assert_eq!(workspace.letters_in("unposted").len(), 1);
    // Another flag of the same member is news, and so is one that was cleared.
    let told = flag(&workspace, &["M0000001,宛先不明,登録"]);
    assert_told(&told, &["L000001B  未発送"]);
    assert_not_told(&told, &["前から登録"]);
    flag(&workspace, &["M0000001,宛先不明,解除"]);
    workspace.ok(&["report", "2026-11-22"]);
    let told = flag(
        &workspace,
        &["M0000001,支援措置,解除", "M0000001,支援措置,登録"],
    );
    assert_told(&told, &["登録 1件、解除 1件", "L000001B  未発送"]);
    workspace.exits(2, &["report", "2026-11-22"]);
}

#[test]
fn a_letter_whose_request_was_registered_by_mistake_waits_for_the_right_one() {
    let workspace = Workspace::new();
    let receipts = [
        "受第26-031号",
        "受第26-032号",
        "受第26-033号",
        "受第26-034号",
    ];
    let letters = receipts.map(by_post);
    let requests: Vec<Value> = letters
        .iter()
        .map(|letter| request_of(letter, json!({"member_key": "M-200"})))
        .collect();
    add(&workspace, &requests);
    queue(&workspace, &letters);
    for receipt in &receipts[..3] {
        let told = mistaken(&workspace, receipt);
        assert_told(&told, &["食い違わないものだけを送ります"]);
    }
    // The first is registered for somebody else, the second rightly, the
    // third not at all; the fourth was never a mistake.
    let other = json!({"requester_name": "例示 花子", "principal_name": "例示 花子",
                       "requester_address": "群馬県高崎市見本町1番地"});
    let again = [
        request_of(&letters[0], other),
        request_of(&letters[1], json!({"member_key": "M-201"})),
    ];
    add(&workspace, &again);
    let told = workspace.yobin(&["run"]).out;
    assert_eq!(workspace.letters_in("parked").len(), 2, "{told}");
    assert_eq!(workspace.letters_in("unposted").len(), 2);
    assert_told(
        attention(&told),
        &[
            "L000001B  要確認",
            "登録し直した請求と書簡の記録が食い違うため",
            "L000003D  要確認",
            "同じ受付番号で登録し直されていないため",
            "請求を登録し直してから、yobin retry",
        ],
    );
    assert_not_told(attention(&told), &["例示", "見本"]);
    // Registered in the end, it goes.
    let date = json!({"member_key": "M-202"});
    add(&workspace, &[request_of(&letters[2], date)]);
    workspace.ok(&["retry", "L000001B", "L000003D", "--as", "鈴木"]);
    night(&workspace);
    assert_eq!(workspace.letters_in("parked")[0]["id"], "L000001B");
    assert_eq!(workspace.letters_in("unposted").len(), 3);
}

#[test]
fn other_dates_of_the_request_registered_again_stop_a_letter_too_even_on_paper() {
    let workspace = Workspace::new();
    let letters = ["受第26-041号", "受第26-042号"].map(by_post);
    add(
        &workspace,
        &letters
            .each_ref()
            .map(|letter| request_of(letter, json!({}))),
    );
    queue(&workspace, &letters);
    night(&workspace);
    assert!(has_print_file(&workspace));
    mistaken(&workspace, "受第26-041号");
    mistaken(&workspace, "受第26-042号");
    let arrived = letters[0]["arrival_date"].as_str().unwrap();
    let day: chrono::NaiveDate = arrived.parse().unwrap();
    let later = json!({"arrival_date": day.succ_opt().unwrap().to_string()});
    add(
        &workspace,
        &[
            request_of(&letters[0], later),
            request_of(&letters[1], json!({"member_key": "M-7"})),
        ],
    );
    let report = workspace.exits(2, &["report", "2026-11-22"]);
    assert_told(
        attention(&report),
        &[
            "L000001B  未発送",
            "登録し直した請求と書簡の記録が食い違うため",
        ],
    );
    assert_not_told(attention(&report), &["L000002C"]);
    workspace.exits(2, crate::harness::REPRINT);
    let told = workspace.exits(1, &["posted", "L000001B", "--on", "2026-11-22"]);
    assert_told(&told, &["送付を止めています"]);
}

#[test]
fn a_mail_of_a_mistaken_request_does_not_go_out() {
    let workspace = Workspace::new();
    let letter = plain_record(1, true);
    add(&workspace, &[request_of(&letter, json!({}))]);
    queue(&workspace, std::slice::from_ref(&letter));
    let run = workspace.start_until(&["run", "--stop-at", "registered"], "stopped at");
    run.kill();
    mistaken(&workspace, "受第26-00001号");
    night(&workspace);
    assert_eq!(workspace.letters_in("parked").len(), 1);
    assert!(workspace.recipients().is_empty());
}

#[test]
fn a_record_queued_before_is_told_to_belong_to_a_request_that_is_over() {
    let workspace = Workspace::with_settings("");
    let letters = ["受第26-051号", "受第26-052号", "受第26-053号"].map(by_post);
    add(
        &workspace,
        &letters
            .each_ref()
            .map(|letter| request_of(letter, json!({}))),
    );
    queue(&workspace, &letters);
    mistaken(&workspace, "受第26-051号");
    workspace.ok(&[
        "request",
        "close",
        "受第26-052号",
        "--reason",
        "取下げ",
        "--as",
        "佐藤",
    ]);
    let told = queue(&workspace, &letters);
    assert_told(
        &told,
        &[
            "3件は、同じ記録を前に受け付けています",
            "前に受け付けた書簡 L000001B(受付)で、「登録誤り」として終えた請求の書簡です",
            "登録し直した請求に照らし",
            "前に受け付けた書簡 L000002C(受付)で、「取下げ」として終えた請求の書簡です",
        ],
    );
    assert_not_told(&told, &["L000003D"]);
    // Of what will not go anyway nothing is said.
    workspace.ok(&["cancel", "L000001B", "L000002C", "--as", "佐藤"]);
    assert_not_told(&queue(&workspace, &letters), &["として終えた請求の書簡"]);
}

#[test]
fn the_reason_is_true_where_the_flag_is_older_than_the_letter() {
    let workspace = Workspace::new();
    flag(&workspace, &["M-200,支援措置,登録"]);
    let letter = by_post("受第26-061号");
    queue(&workspace, std::slice::from_ref(&letter));
    let told = add(
        &workspace,
        &[request_of(&letter, json!({"member_key": "M-200"}))],
    );
    assert_told(
        &told,
        &["送付を止める書簡が、1通あります", "L000001B  受付"],
    );
    let told = workspace.exits(2, &["run"]);
    assert_told(
        attention(&told),
        &["受付のときに分からなかった「支援措置」の登録があるため"],
    );
    assert_not_told(&told, &["受付の後に"]);
    let kept = fs::read_to_string(workspace.path("out/reports/2026-11-22.txt")).unwrap();
    assert_told(&kept, &["受付のときに分からなかった"]);
}
