//! A person whom protective measures are against (支援措置の相手方) learns
//! nothing of whom they protect, whatever a letter's kind and receipt number.

use std::fs;

use serde_json::{Value, json};

use crate::flags::{
    add, assert_told, has_print_file, lines, night, queue, queue_refused, request_of, sample,
};
use crate::harness::{Workspace, root};
use crate::person_facts::in_charge;

const NAME: &str = "相手 一郎";
const ADDRESS: &str = "群馬県高崎市見本町二丁目3番地の4";

/// The request by which the counterpart is registered: he asks for her data.
pub fn registration(change: Value) -> Value {
    let mut request = json!({
        "receipt_number": "受第26－001号",
        "rights": ["disclosure"],
        "request_date": "2026-11-01",
        "arrival_date": "2026-11-04",
        "requester_role": "appointed_agent",
        "requester_name": NAME,
        "requester_address": ADDRESS,
        "requester_building": "例示荘101",
        "principal_name": "例示 花子",
        "principal_category": "insured",
        "member_key": "M-200",
        "protected_counterpart": "yes",
    });
    for (field, value) in change.as_object().unwrap() {
        request[field] = value.clone();
    }
    request
}

/// A letter to him: a sample with his name and address.
fn to_him(name: &str, change: Value) -> Value {
    let mut his = json!({
        "addressee_name": NAME,
        "addressee_address": ADDRESS,
        "addressee_building": "例示荘101",
        "addressee_honorific": "様",
    });
    for (field, value) in change.as_object().unwrap() {
        his[field] = value.clone();
    }
    sample(name, his)
}

/// A disclosure of her data to him.
pub fn disclosed(change: Value) -> Value {
    let mut about_her = json!({
        "requester_role": "appointed_agent", "principal_name": "例示 花子",
        "delivery": "post", "mail_address": null,
    });
    for (field, value) in change.as_object().unwrap() {
        about_her[field] = value.clone();
    }
    to_him("disclosure-decision/granted", about_her)
}

/// Letters of their own, whatever samples they were made of.
pub fn own_keys<const N: usize>(mut letters: [Value; N]) -> [Value; N] {
    for (letter, key) in letters.iter_mut().zip(1..) {
        letter["record_key"] = json!(format!("letter {key}"));
    }
    letters
}

fn registered() -> Workspace {
    let workspace = Workspace::new();
    add(&workspace, &[registration(json!({}))]);
    workspace
}

const REFUSED: &str = "支援措置の相手方";

#[test]
fn no_writing_of_a_receipt_number_dodges_the_rule() {
    let workspace = registered();
    for number in [
        "受第26\u{2212}001号",
        "受第26\u{FF0D}001号",
        "受第26-001号",
        "受第２６―００１号",
        "受第26-00001号",
        "受第26-1号",
        "受第26-001\u{200B}号",
        "受第26-404号",
        "なし",
    ] {
        let told = queue_refused(&workspace, &disclosed(json!({"receipt_number": number})));
        // One that only looks like a registered number may be asked back first.
        let asked_back = told.contains("受第26－001号");
        assert!(told.contains(REFUSED) || asked_back, "{number}: {told}");
        assert!(!told.contains("花子") && !told.contains("高崎"), "{told}");
    }
    assert!(workspace.letters().is_empty());
}

#[test]
fn no_writing_of_name_and_address_dodges_the_rule() {
    let workspace = registered();
    for change in [
        json!({"addressee_name": "相手一郎"}),
        json!({"addressee_name": "相手　一郎"}),
        json!({"addressee_name": "相手\u{E0100} 一郎"}),
        json!({"addressee_address": "高崎市見本町２－３－４"}),
        json!({"addressee_address": "高崎市見本町2丁目3番4号", "addressee_building": null}),
        json!({"addressee_address": "群馬県高崎市見本町2-3\u{2212}4例示荘１０１", "addressee_building": null}),
        json!({"addressee_building": "例示荘 101号室"}),
    ] {
        let mut letter = disclosed(json!({"receipt_number": "受第26-404号"}));
        for (field, value) in change.as_object().unwrap() {
            match value {
                Value::Null => drop(letter.as_object_mut().unwrap().remove(field)),
                value => letter[field] = value.clone(),
            }
        }
        let told = queue_refused(&workspace, &letter);
        // A form of a letter that fonts do not show is refused for that.
        assert!(told.contains(REFUSED) || told.contains("U+E0100"), "{told}");
    }
}

/// Grounds that say nothing of data being held.
const SILENT: [&str; 3] = ["GATE_ID", "GATE_AGENT", "GATE_FEE"];

/// Every shipped sample that is not a test of odd characters, with whether its
/// outcome tells that data is held.
fn samples() -> Vec<(String, bool)> {
    let mut found = Vec::new();
    for kind in fs::read_dir(root().join("templates/letters")).unwrap() {
        let folder = kind.unwrap().path();
        let kind = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let toml = fs::read_to_string(folder.join("letter.toml")).unwrap();
        let toml: toml::Table = toml::from_str(&toml).unwrap();
        for file in fs::read_dir(folder.join("samples")).unwrap() {
            let file = file.unwrap().path();
            let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
            if name == "hostile" {
                continue;
            }
            let record: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
            let outcome = &toml["outcomes"][record["outcome"].as_str().unwrap()];
            let reveals = outcome.get("reveals").and_then(toml::Value::as_bool);
            // What would be said whether there is data or not tells of none.
            let grounds = record.get("grounds").and_then(Value::as_array);
            let silent = grounds.is_some_and(|grounds| {
                let own = |ground: &Value| SILENT.contains(&ground.as_str().unwrap());
                !grounds.is_empty() && grounds.iter().all(own)
            });
            found.push((format!("{kind}/{name}"), reveals == Some(true) && !silent));
        }
    }
    found.sort();
    assert!(found.len() > 90);
    found
}

#[test]
fn every_kind_of_letter_about_somebody_else_is_held_against_him() {
    let workspace = Workspace::new();
    let number = json!({"receipt_number": "受第99-999号"});
    add(&workspace, &[registration(number)]);
    let samples = samples();
    let letters: Vec<Value> = samples
        .iter()
        .map(|(name, _)| {
            let kind = name.split('/').next().unwrap();
            let about_her = match kind {
                "breach-notice"
                | "number-breach-notice"
                | "purpose-change"
                | "protection-notice"
                | "implied-consent-objection"
                | "eligibility-correction"
                | "address-confirmation"
                | "checkup-data-objection"
                | "checkup-data-request"
                | "consent-request"
                | "consent-withdrawal"
                | "recipient-notice"
                | "third-party-opinion" => json!({"person_name": "例示 花子"}),
                "misdelivery" if name.ends_with("apology") => json!({"person_name": "例示 花子"}),
                "misdelivery" | "breach-report" | "breach-publication" => json!({}),
                "name-character-notice" => json!({"member_key": "Ｍ－２００"}),
                kind if kind.starts_with("complaint") => json!({}),
                // Goes to the principal alone, so it is about him.
                "procedure-end" if name.ends_with("principal-asked") => {
                    json!({"principal_name": NAME})
                }
                _ => json!({"principal_name": "例示 花子"}),
            };
            to_him(name, about_her)
        })
        .collect();
    let file = lines(&workspace, "letters.jsonl", &letters);
    let told = workspace.yobin(&["queue", file.to_str().unwrap(), "--dry-run"]);
    for (place, (name, reveals)) in samples.iter().enumerate() {
        let row = format!("{}行目", place + 1);
        let rows = |text: &str| -> Vec<String> {
            text.lines()
                .filter(|line| line.trim_start_matches("注意：").starts_with(&row))
                .map(str::to_owned)
                .collect()
        };
        let (refused, warned) = (rows(&told.err), rows(&told.out));
        if name.ends_with("principal-asked") {
            // What is about himself is his.
            assert!(refused.is_empty(), "{name}: {refused:?}");
        } else if *reveals {
            assert!(
                refused.iter().any(|line| line.contains(REFUSED)),
                "{name}: {refused:?}"
            );
        } else {
            assert!(refused.is_empty(), "{name}: {refused:?}");
            let cautioned = warned
                .iter()
                .any(|line| line.contains("登録されている方です"));
            assert!(cautioned, "{name}: {warned:?}");
        }
    }
}

/// Whatever he asks for, there is an answer that tells him nothing.
#[test]
fn he_is_answered_in_every_kind_that_decides_a_request() {
    for (kind, right) in [
        ("purpose-notification-decision", "notification_of_purposes"),
        ("disclosure-decision", "disclosure"),
        ("provision-record-decision", "third_party_record_disclosure"),
        ("correction-decision", "correction"),
        ("cessation-decision", "cessation"),
    ] {
        let workspace = in_charge("none", &[right]);
        let answer = to_him(
            &format!("{kind}/nonexistent"),
            json!({
                "requester_role": "appointed_agent", "principal_name": "例示 花子",
                "principal_category": "insured", "receipt_number": "受第26-001号",
                "request_date": "2026-11-01", "arrival_date": "2026-11-04",
                "decision_date": "2026-11-20", "fee": null,
            }),
        );
        queue(&workspace, &[answer]);
        lets_go(&workspace);
        assert!(workspace.letters_in("parked").is_empty(), "{kind}");
    }
}

/// What somebody wrote for him alone goes when the person in charge has looked
/// at it.
fn lets_go(workspace: &Workspace) {
    night(workspace);
    let parked = workspace.letters_in("parked");
    let ids: Vec<&str> = parked
        .iter()
        .map(|row| row["id"].as_str().unwrap())
        .collect();
    if !ids.is_empty() {
        let proved = ["--identity", "key", "--as", "管理者"];
        workspace.ok(&[&["retry"], &ids[..], &proved].concat());
        night(workspace);
    }
}

#[test]
fn what_is_lawfully_his_passes() {
    let workspace = in_charge("none", &["disclosure"]);
    let answer = json!({
        "outcome": "nonexistent", "search_scope": "適用、給付及び保健事業の記録",
        "disclosed_items": null, "disclosure_method": null, "enclosures": null,
        "fee": null, "fee_paid_on": null, "receipt_number": "受第26-001号",
    });
    let nonexistent = disclosed(answer);
    let acknowledged = to_him(
        "acknowledgement/received-agent",
        json!({"requester_role": "appointed_agent", "principal_name": "例示 花子",
               "receipt_number": "受第26-001号", "rights": ["disclosure"]}),
    );
    // He asks for his own data under a number of its own.
    let own = to_him(
        "disclosure-decision/granted",
        json!({"receipt_number": "受第26-050号"}),
    );
    add(
        &workspace,
        &[request_of(&own, json!({"member_key": "M-100"}))],
    );
    let told_of_purposes = to_him(
        "implied-consent-objection/reflected",
        json!({"member_key": "M-100"}),
    );
    let breach = to_him(
        "breach-notice/notified-misposted",
        json!({"member_key": "M-100"}),
    );
    let told = queue(
        &workspace,
        &own_keys([nonexistent, acknowledged, own, told_of_purposes, breach]),
    );
    assert_told(
        &told,
        &[
            "5件を受け付けました",
            "1行目「addressee_name」：宛先が、支援措置の相手方として登録されている方です",
            "その方のデータがあることの分かる言葉がないかを、承認の前に確かめてください",
        ],
    );
    assert!(
        !told.contains("相手 一郎") && !told.contains("花子"),
        "{told}"
    );
    lets_go(&workspace);
    assert!(workspace.letters_in("parked").is_empty());
}

#[test]
fn a_letter_said_to_be_his_own_is_stopped_where_something_says_it_is_not() {
    let workspace = registered();
    for (name, change) in [
        // Sent to him on somebody's word.
        (
            "disclosure-decision/granted",
            json!({"household_consent": "被扶養者の同意書", "principal_category": "dependant"}),
        ),
        (
            "disclosure-decision/granted",
            json!({"delivery_instruction": "本人の電話による"}),
        ),
        // With the protected person's number.
        (
            "breach-notice/notified-misposted",
            json!({"member_key": "M-0200"}),
        ),
        (
            "implied-consent-objection/reflected",
            json!({"member_key": "m－200"}),
        ),
        (
            "name-character-notice/replaced",
            json!({"member_key": "M-200"}),
        ),
    ] {
        let mut change = change;
        change["receipt_number"] = match name.starts_with("disclosure") {
            true => json!("受第26-404号"),
            false => Value::Null,
        };
        let told = queue_refused(&workspace, &to_him(name, change));
        let asked_back = told.contains("M-200");
        assert!(told.contains(REFUSED) || asked_back, "{name}: {told}");
    }
}

#[test]
fn one_of_name_and_address_alone_is_told_and_stops_nothing() {
    let workspace = registered();
    let her = |change: Value| {
        let mut hers = json!({"addressee_name": "例示 花子", "receipt_number": "受第26-060号",
            "record_key": format!("her {} {}", change["addressee_address"], change["addressee_building"]), "delivery": "archive", "mail_address": null});
        for (field, value) in change.as_object().unwrap() {
            hers[field] = value.clone();
        }
        sample("acknowledgement/received", hers)
    };
    let his_address = json!({"addressee_address": "高崎市見本町2-3-4", "addressee_building": null});
    let told = queue(&workspace, &[her(his_address)]);
    assert_told(
        &told,
        &[
            "「addressee_address」：支援措置で守られている方への書簡の住所が、相手方の住所と同じです",
            "本人の申し出た送付先を、承認の前に確かめてください",
        ],
    );
    let told = queue(
        &workspace,
        &[sample(
            "disclosure-decision/granted",
            json!({"addressee_address": ADDRESS, "addressee_building": "例示荘101",
                   "receipt_number": "受第26-061号"}),
        )],
    );
    assert_told(
        &told,
        &["住所が、支援措置の相手方として登録されている方と同じです"],
    );
    let told = queue(
        &workspace,
        &[to_him(
            "disclosure-decision/granted",
            json!({"addressee_address": "前橋市元総社町1番地", "receipt_number": "受第26-062号",
                   "requester_role": "appointed_agent", "principal_name": "例示 花子"}),
        )],
    );
    assert_told(
        &told,
        &["支援措置の相手方として登録されている方と同じ氏名です。住所は違います"],
    );
    // Another flat of the same house is no comfort to her, and somebody else
    // may well live there.
    let next_door = json!({"addressee_address": ADDRESS, "addressee_building": "例示荘102"});
    let told = queue(&workspace, &[her(next_door.clone())]);
    assert_told(&told, &["相手方の住所と同じです"]);
    let mut neighbour = her(next_door);
    neighbour["addressee_name"] = json!("見本 太郎");
    neighbour["receipt_number"] = json!("受第26-063号");
    let told = queue(&workspace, &[her(json!({})), neighbour]);
    assert!(!told.contains("支援措置"), "{told}");
    night(&workspace);
    assert!(workspace.letters_in("parked").is_empty());
}

#[test]
fn a_counterpart_registered_after_queueing_stops_what_waits() {
    let workspace = Workspace::with_settings("");
    let unregistered = disclosed(json!({"receipt_number": "受第26-404号"}));
    let by_mail = disclosed(json!({"receipt_number": "受第26-405号", "delivery": "mail",
                                   "mail_address": "aite@example.jp"}));
    let kept = disclosed(json!({"receipt_number": "受第26-406号", "delivery": "archive"}));
    // His own, and hers to herself, wait beside them.
    let own = to_him(
        "disclosure-decision/granted",
        json!({"receipt_number": "受第26-407号", "delivery": "mail",
               "mail_address": "aite@example.jp"}),
    );
    queue(&workspace, &own_keys([unregistered, by_mail, kept, own]));
    workspace.ok(&[
        "approve",
        "L000001B",
        "--through",
        "L000004E",
        "--count",
        "4",
        "--as",
        "鈴木",
    ]);
    add(&workspace, &[registration(json!({}))]);
    let told = workspace.exits(2, &["run"]);
    assert_told(
        &told,
        &[
            "要確認 4",
            "支援措置の相手方として登録されている方のものであるため",
            "登録誤り",
            // What is his own waits for the person in charge.
            "個人情報保護管理者が確認していないため",
        ],
    );
    assert!(workspace.recipients().is_empty());
    assert!(!has_print_file(&workspace));
    assert!(workspace.archived().is_empty());
    // Trying again helps only once the registration was a mistake.
    let retry = [
        "retry", "L000001B", "L000002C", "L000003D", "L000004E", "--as", "鈴木",
    ];
    workspace.ok(&retry);
    workspace.exits(2, &["run"]);
    assert_eq!(workspace.letters_in("parked").len(), 4);
    workspace.ok(&[
        "request",
        "close",
        "受第26-001号",
        "--reason",
        "登録誤り",
        "--as",
        "佐藤",
    ]);
    workspace.ok(&retry);
    night(&workspace);
    assert!(workspace.letters_in("parked").is_empty());
}

#[test]
fn a_counterpart_registered_while_a_letter_is_on_its_way_stops_it_at_the_door() {
    for delivery in ["mail", "post"] {
        let workspace = Workspace::new();
        let address = match delivery {
            "mail" => json!("aite@example.jp"),
            _ => Value::Null,
        };
        queue(
            &workspace,
            &[disclosed(
                json!({"receipt_number": "受第26-404号", "delivery": delivery,
                               "mail_address": address}),
            )],
        );
        let run = workspace.start_until(&["run", "--stop-at", "registered"], "stopped at");
        run.kill();
        add(&workspace, &[registration(json!({}))]);
        let told = workspace.exits(2, &["run"]);
        assert_told(&told, &["要確認 1"]);
        assert!(workspace.recipients().is_empty());
        assert!(!has_print_file(&workspace));
    }
}

#[test]
fn a_counterpart_registered_after_the_night_keeps_the_letter_from_the_printer() {
    let workspace = Workspace::new();
    queue(
        &workspace,
        &[disclosed(json!({"receipt_number": "受第26-404号"}))],
    );
    night(&workspace);
    assert!(has_print_file(&workspace));
    add(&workspace, &[registration(json!({}))]);
    let told = workspace.exits(2, crate::harness::REPRINT);
    assert_told(
        &told,
        &["L000001B", "支援措置の相手方", "投函しないでください"],
    );
    assert!(!has_print_file(&workspace));
}

#[test]
fn a_letter_to_her_old_home_waits_once_he_is_registered_there() {
    let workspace = Workspace::new();
    let home = |key: &str| {
        sample(
            "acknowledgement/received",
            json!({"addressee_name": "例示 花子", "addressee_address": ADDRESS, "record_key": key,
                   "addressee_building": "例示荘101", "receipt_number": "受第26-060号",
                   "delivery": "post", "mail_address": null}),
        )
    };
    queue(&workspace, &[home("a")]);
    add(&workspace, &[registration(json!({}))]);
    let told = workspace.exits(2, &["run"]);
    assert_told(
        &told,
        &["守られている方への書簡の住所が", "本人の申し出た送付先"],
    );
    assert!(!has_print_file(&workspace));
    // Whoever queues it now is told, and decides.
    workspace.ok(&["cancel", "L000001B", "--as", "鈴木"]);
    let told = queue(&workspace, &[home("b")]);
    assert_told(&told, &["相手方の住所と同じです"]);
    workspace.yobin(&["run", "--date", "2026-11-23"]);
    assert_eq!(workspace.letters_in("unposted").len(), 1);
}

#[test]
fn a_letter_under_his_number_stops_whomever_it_goes_to_once_he_is_registered() {
    let workspace = Workspace::new();
    // The name of an office he had it sent to, and a number written otherwise.
    queue(
        &workspace,
        &[disclosed(
            json!({"receipt_number": "受第26\u{2212}001号", "addressee_name": "見本事務所",
                           "addressee_address": "前橋市元総社町1番地"}),
        )],
    );
    add(&workspace, &[registration(json!({}))]);
    workspace.exits(2, &["run"]);
    assert_eq!(workspace.letters_in("parked").len(), 1);
}

#[test]
fn letters_queued_before_add_nothing_and_are_not_refused_when_queued_again() {
    let workspace = Workspace::new();
    let letter = disclosed(json!({"receipt_number": "受第26-404号"}));
    queue(&workspace, std::slice::from_ref(&letter));
    add(&workspace, &[registration(json!({}))]);
    let told = queue(&workspace, std::slice::from_ref(&letter));
    assert_told(&told, &["同じ記録を前に受け付けています"]);
}

#[test]
fn a_counterpart_by_mistake_and_a_request_that_says_no_count_for_nothing() {
    let workspace = registered();
    workspace.ok(&[
        "request",
        "close",
        "受第26-001号",
        "--reason",
        "登録誤り",
        "--as",
        "佐藤",
    ]);
    add(
        &workspace,
        &[registration(json!({"protected_counterpart": "no"}))],
    );
    let told = queue(
        &workspace,
        &[disclosed(json!({"receipt_number": "受第26-001号"}))],
    );
    assert!(!told.contains("支援措置"), "{told}");
}

#[test]
fn a_request_of_the_principal_marked_as_a_counterparts_is_asked_back() {
    let workspace = Workspace::new();
    let own = registration(json!({"requester_role": "principal", "requester_name": "例示 花子"}));
    let told = add(&workspace, &[own]);
    assert_told(&told, &["「protected_counterpart」：請求者が本人なのに"]);
}
