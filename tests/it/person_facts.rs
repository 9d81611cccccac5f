//! What the registered request tells of its persons is held against every
//! letter that belongs to it, and no words of somebody's own reach a
//! counterpart of protective measures without the person in charge.

use std::fs;

use serde_json::{Value, json};

use crate::counterpart::registration;
use crate::flags::{
    add, assert_told, flag, has_print_file, lines, night, queue, queue_refused, request_of, sample,
};
use crate::harness::{Workspace, copy_folder, society};

/// The day after the tests' own, at noon.
const TOMORROW: &str = "2026-11-23T12:00:00+09:00";

/// A sample by post, with the request it answers.
fn answered(name: &str, letter: Value, request: Value) -> (Value, Value) {
    let mut by_post = json!({"delivery": "post", "mail_address": null});
    by_post
        .as_object_mut()
        .unwrap()
        .extend(letter.as_object().unwrap().clone());
    let letter = sample(name, by_post);
    let right = match name.split_once('/').unwrap().0 {
        "correction-decision" => "correction",
        "provision-record-decision" => "third_party_record_disclosure",
        "purpose-notification-decision" => "notification_of_purposes",
        "cessation-decision" => "cessation",
        _ => "disclosure",
    };
    let mut rights = letter.get("rights").cloned();
    let rights = rights.get_or_insert_with(|| json!([right])).clone();
    let mut asked = json!({"rights": rights});
    asked
        .as_object_mut()
        .unwrap()
        .extend(request.as_object().unwrap().clone());
    (request_of(&letter, asked), letter)
}

/// What is told of a letter whose request is registered with these facts.
fn refused(name: &str, letter: Value, request: Value) -> String {
    let workspace = Workspace::new();
    let (request, letter) = answered(name, letter, request);
    add(&workspace, &[request]);
    queue_refused(&workspace, &letter)
}

fn taken(name: &str, letter: Value, request: Value) -> String {
    let workspace = Workspace::new();
    let (request, letter) = answered(name, letter, request);
    add(&workspace, &[request]);
    let told = queue(&workspace, &[letter]);
    night(&workspace);
    assert!(workspace.letters_in("parked").is_empty(), "{name}: {told}");
    told
}

fn born(day: &str) -> Value {
    json!({"principal_birth_date": day, "principal_category": "dependant"})
}

#[test]
fn nobody_answers_for_a_child_who_is_of_age() {
    let minor = |name: &str| match name {
        "disclosure-decision/granted-annex" => {
            json!({"requester_role": "legal_representative_minor"})
        }
        _ => json!({}),
    };
    // On the birthday itself, whatever kind of letter it is.
    for (name, day) in [
        ("disclosure-decision/granted-agent", "2008-11-22"),
        ("disclosure-decision/granted-annex", "2008-11-10"),
        ("target-date-change/extended-agent", "2008-11-22"),
        ("correction-decision/done-agent", "2008-11-05"),
        ("disclosure-instructions/counter-agent", "2008-11-21"),
    ] {
        let told = refused(name, minor(name), born(day));
        assert_told(
            &told,
            &[
                "「requester_role」",
                "18歳になっており",
                "民法第4条",
                "本人の成年到達",
            ],
        );
    }
    // The day before is told, and sixty days before; after that nothing is.
    for (day, warned) in [
        ("2008-11-23", true),
        ("2009-01-21", true),
        ("2009-01-22", false),
        ("2015-06-01", false),
    ] {
        let told = taken("disclosure-decision/granted-agent", json!({}), born(day));
        assert_eq!(told.contains("18歳になり"), warned, "{day}: {told}");
    }
}

#[test]
fn who_was_born_on_the_last_of_february_is_of_age_on_the_first_of_march() {
    let workspace = Workspace::with_settings("");
    let letter = json!({"request_date": "2026-02-10", "arrival_date": "2026-02-12",
                        "decision_date": "2026-02-20", "fee": null, "fee_notice_date": null,
                        "address_verified_on": "2026-02-12"});
    let name = "disclosure-decision/granted-agent";
    let (request, letter) = answered(name, letter, born("2008-02-29"));
    let at = |day: &str| format!("{day}T12:00:00+09:00");
    let file = lines(&workspace, "requests.jsonl", &[request]);
    let noon = at("2026-02-28");
    let file = file.to_str().unwrap();
    workspace.ok(&["request", "add", file, "--as", "佐藤", "--now", &noon]);
    let file = lines(&workspace, "letters.jsonl", &[letter]);
    let file = file.to_str().unwrap();
    let told = workspace.ok(&["queue", file, "--as", "佐藤", "--now", &noon]);
    assert_told(&told, &["令和8年3月1日に18歳になり"]);
    let approve = ["approve", "L000001B", "--as", "鈴木", "--now"];
    let march = at("2026-03-01");
    let told = workspace.exits(1, &[&approve[..], &[&march]].concat());
    assert_told(&told, &["18歳になっており", "承認していません"]);
    workspace.ok(&[&approve[..], &[&noon]].concat());
}

#[test]
fn a_birthday_between_approval_and_night_stops_the_letter() {
    let workspace = Workspace::with_settings("");
    let name = "disclosure-decision/granted-agent";
    let (request, letter) = answered(name, json!({}), born("2008-11-23"));
    add(&workspace, &[request]);
    queue(&workspace, &[letter]);
    let told = workspace.ok(&["approve", "L000001B", "--as", "鈴木"]);
    assert_told(&told, &["令和8年11月23日に18歳になり"]);
    let told = workspace.exits(2, &["run", "--now", TOMORROW]);
    assert_told(&told, &["要確認 1", "18歳になっており"]);
    assert!(!has_print_file(&workspace));
    assert!(workspace.archived().is_empty());
}

#[test]
fn a_birthday_after_the_night_keeps_the_letter_from_the_printer() {
    let workspace = Workspace::new();
    let name = "disclosure-decision/granted-agent";
    let (request, letter) = answered(name, json!({}), born("2008-11-23"));
    add(&workspace, &[request]);
    queue(&workspace, &[letter]);
    night(&workspace);
    let mut again = crate::harness::REPRINT.to_vec();
    again.extend(["--now", TOMORROW]);
    let told = workspace.exits(2, &again);
    assert_told(&told, &["L000001B", "18歳になっており"]);
    assert!(!has_print_file(&workspace));
}

#[test]
fn what_tells_that_a_child_came_of_age_goes_on_the_right_day_only() {
    let name = "procedure-end/came-of-age";
    taken(name, json!({}), born("2008-11-14"));
    let told = refused(name, json!({}), born("2008-11-15"));
    assert_told(&told, &["「ended_on」", "18歳になる日と違います"]);
    let told = refused(name, json!({}), born("2009-11-14"));
    assert_told(&told, &["「outcome」", "まだ18歳になっていません"]);
    // A letter to the principal, now of age, is theirs.
    let to_principal =
        json!({"addressee_name": "例示 一郎", "delivery_instruction": "成年になった本人の申出"});
    taken(
        "disclosure-decision/granted-agent",
        to_principal,
        json!({"principal_birth_date": "2008-11-14", "requester_name": "例示 花子",
               "principal_category": "dependant"}),
    );
    // Another birthday than the request's is none of this child's.
    let told = refused(
        "agent-confirmation/own-will",
        json!({}),
        json!({"principal_birth_date": "2010-06-16", "requester_name": "例示 花子",
               "principal_category": "dependant"}),
    );
    assert_told(&told, &["「birth_date」", "生年月日と違います"]);
}

#[test]
fn an_expired_power_answers_nobody() {
    let agent = |name: &str| match name.contains("granted") {
        true => json!({"requester_role": "appointed_agent", "principal_category": "insured"}),
        false => json!({}),
    };
    for (name, request) in [
        (
            "disclosure-decision/granted-agent",
            json!({"authority_end_date": "2026-11-21"}),
        ),
        (
            "acknowledgement/received-agent",
            json!({"authority_end_date": "2026-11-21", "authority_end": "term"}),
        ),
        (
            "disclosure-decision/refused",
            json!({"authority_end_date": "2026-11-22", "authority_end": "revoked"}),
        ),
        (
            "cessation-decision/refused-agent",
            json!({"authority_end_date": "2026-11-10", "authority_end": "resigned"}),
        ),
        (
            "disclosure-decision/granted-annex",
            json!({"authority_end_date": "2026-11-20", "authority_end": "guardianship_ended",
                   "requester_role": "legal_representative_ward"}),
        ),
    ] {
        let letter = match name {
            "disclosure-decision/granted-annex" => json!({}),
            name => agent(name),
        };
        let told = refused(name, letter, request);
        assert_told(
            &told,
            &[
                "「requester_role」",
                "代理権は終わっています",
                "代理権の消滅",
            ],
        );
    }
    // The last day of a term is one with power.
    let told = taken(
        "disclosure-decision/granted-agent",
        agent("granted"),
        json!({"authority_end_date": "2026-11-22"}),
    );
    assert_told(&told, &["代理権が、令和8年11月23日にはなくなっています"]);
    taken(
        "disclosure-decision/granted-agent",
        agent("granted"),
        json!({"authority_end_date": "2027-03-31"}),
    );
    // What tells of the end, or asks for another power, goes all the same.
    let ended = sample("agent-authority/ended", json!({}));
    let ended_on = ended["ended_on"].clone();
    taken(
        "agent-authority/ended",
        json!({}),
        json!({"authority_end_date": ended_on, "authority_end": "revoked"}),
    );
    let told = refused(
        "agent-authority/ended",
        json!({}),
        json!({"authority_end_date": "2027-03-31"}),
    );
    assert_told(
        &told,
        &["「outcome」", "「代理権の終わる日」になっていません"],
    );
}

#[test]
fn the_dead_and_who_asked_for_them_get_no_answer_of_the_act() {
    for (name, letter, request) in [
        (
            "disclosure-decision/granted-annex",
            json!({}),
            json!({"principal_death_date": "2026-11-08"}),
        ),
        (
            "disclosure-decision/granted",
            json!({}),
            json!({"principal_death_date": "2026-11-22"}),
        ),
        (
            "acknowledgement/received-agent",
            json!({}),
            json!({"principal_death_date": "2026-11-10"}),
        ),
        (
            "correction-decision/done-agent",
            json!({}),
            json!({"principal_death_date": "2026-11-20", "principal_birth_date": "2016-01-01"}),
        ),
    ] {
        let told = refused(name, letter, request);
        assert_told(
            &told,
            &[
                "「requester_role」",
                "亡くなっています",
                "遺族からの開示依頼に対する回答",
            ],
        );
    }
    // What ends the procedure goes, and what the bereaved are answered.
    taken(
        "procedure-end/principal-died-agent",
        json!({}),
        json!({"principal_death_date": "2026-11-08"}),
    );
    let told = refused(
        "procedure-end/guardianship-ended",
        json!({}),
        json!({"principal_death_date": "2026-11-08"}),
    );
    assert_told(&told, &["亡くなっています"]);
    taken(
        "bereaved-disclosure-decision/granted",
        json!({}),
        json!({"rights": ["bereaved_disclosure"], "requester_role": "bereaved",
               "principal_category": "former", "principal_death_date": "2026-05-01"}),
    );
}

#[test]
fn a_death_registered_after_the_letter_was_made_stops_it() {
    let workspace = Workspace::with_settings("");
    let (request, letter) = answered("acknowledgement/received-agent", json!({}), json!({}));
    add(&workspace, std::slice::from_ref(&request));
    queue(&workspace, &[letter]);
    workspace.ok(&["approve", "L000001B", "--as", "鈴木"]);
    let number = request["receipt_number"].as_str().unwrap();
    workspace.ok(&[
        "request",
        "close",
        number,
        "--reason",
        "登録誤り",
        "--as",
        "佐藤",
    ]);
    let mut known = request;
    known["principal_death_date"] = json!("2026-11-20");
    add(&workspace, &[known]);
    let told = workspace.exits(2, &["run"]);
    assert_told(&told, &["要確認 1", "亡くなっています"]);
    assert!(workspace.archived().is_empty());
}

#[test]
fn data_are_disclosed_by_the_method_that_was_asked_for() {
    let asked = |method: &str| json!({"requested_method": method});
    let by = |method: &str| {
        json!({"disclosed_items": [{"item": "資格に関する情報", "period": "令和7年度", "method": method}],
               "enclosures": null, "disclosure_method": "郵送します。"})
    };
    for method in [
        "写しの交付",
        "書面の交付",
        "電磁的記録を用紙に印刷して交付",
        "保有個人データのコピーの郵送",
    ] {
        let told = refused(
            "disclosure-decision/granted",
            by(method),
            asked("electronic"),
        );
        assert_told(
            &told,
            &[
                "「disclosed_items」",
                "電磁的記録の提供による開示が求められています",
                "開示方法の変更",
            ],
        );
    }
    for method in ["電磁的記録の提供", "ＰＤＦの提供", "オンラインでの提供"]
    {
        let told = refused("disclosure-decision/granted", by(method), asked("paper"));
        assert_told(&told, &["書面の交付による開示が求められています"]);
    }
    for (method, asked_for) in [
        ("電磁的記録の提供（PDF形式）", "electronic"),
        ("ＣＤ－Ｒに記録して交付", "electronic"),
        ("写しの交付", "paper"),
        ("写しの交付", "any"),
        ("窓口での閲覧", "other"),
    ] {
        taken("disclosure-decision/granted", by(method), asked(asked_for));
    }
    // Paper takes the place of a file, and of nothing else.
    taken(
        "disclosure-decision/other-method",
        json!({}),
        asked("electronic"),
    );
    let told = refused(
        "disclosure-decision/other-method",
        json!({}),
        asked("paper"),
    );
    assert_told(&told, &["「offered_method」", "法第33条第2項"]);
    let told = refused(
        "disclosure-instructions/electronic",
        json!({}),
        asked("paper"),
    );
    assert_told(&told, &["「provision」"]);
}

#[test]
fn a_request_that_contradicts_itself_is_not_registered() {
    let workspace = Workspace::new();
    let base = || {
        let letter = sample("disclosure-decision/granted-agent", json!({}));
        request_of(&letter, born("2016-01-01"))
    };
    for (change, told) in [
        (
            json!({"principal_birth_date": null}),
            "本人の生年月日がありません",
        ),
        (
            json!({"principal_birth_date": "2008-11-01"}),
            "請求日には、本人が18歳になっています",
        ),
        (
            json!({"principal_death_date": "2015-12-31"}),
            "生年月日より前です",
        ),
        (
            json!({"authority_end_date": "2026-10-31"}),
            "代理権の終わる日より後の日付の請求",
        ),
        (
            json!({"authority_end": "revoked"}),
            "代理権の終わる日がありません",
        ),
        (
            json!({"rights": ["correction"], "requested_method": "paper"}),
            "開示の請求でないのに",
        ),
        (
            json!({"requester_role": "principal", "requester_name": "例示 一郎",
                   "authority_end_date": "2027-01-31"}),
            "請求者の区分が「本人」か「遺族」なのに",
        ),
    ] {
        let mut request = base();
        for (field, value) in change.as_object().unwrap() {
            match value {
                Value::Null => drop(request.as_object_mut().unwrap().remove(field)),
                value => request[field] = value.clone(),
            }
        }
        let file = lines(&workspace, "requests.jsonl", &[request]);
        let said = workspace.exits(
            1,
            &["request", "add", file.to_str().unwrap(), "--as", "佐藤"],
        );
        assert!(said.contains(told), "{change}: {said}");
    }
    add(&workspace, &[base()]);
}

/// A workspace whose person in charge has a key, with a counterpart.
pub fn in_charge(approval: &str, rights: &[&str]) -> Workspace {
    let settings = format!("approval = \"{approval}\"\nsociety = \"society\"\n");
    let workspace = Workspace::with_settings(&settings);
    copy_folder(society(), &workspace.path("society"));
    let told = workspace.ok(&["restricted", "keygen", "-o", "key"]);
    let (_, table) = told.split_once("[restricted]").unwrap();
    let path = workspace.path("society/profile.toml");
    let mut profile = fs::read_to_string(&path).unwrap();
    profile.push_str(&format!("\n[restricted]\n{}\n", table.trim()));
    fs::write(path, profile).unwrap();
    add(&workspace, &[registration(json!({"rights": rights}))]);
    workspace
}

/// A sample to the counterpart in answer to his request.
pub fn to_him(name: &str, change: Value) -> Value {
    let mut his = json!({
        "addressee_name": "相手 一郎", "addressee_honorific": "様",
        "addressee_address": "群馬県高崎市見本町二丁目3番地の4",
        "addressee_building": "例示荘101", "requester_role": "appointed_agent",
        "principal_name": "例示 花子", "principal_category": "insured",
        "receipt_number": "受第26-001号", "request_date": "2026-11-01",
        "arrival_date": "2026-11-04", "delivery": "post", "mail_address": null,
    });
    his.as_object_mut()
        .unwrap()
        .extend(change.as_object().unwrap().clone());
    sample(name, his)
}

const REFUGE: &str = "避難先の見本シェルターの記録";

#[test]
fn no_words_of_somebodys_own_reach_a_counterpart_without_the_person_in_charge() {
    for (name, right, change) in [
        (
            "acknowledgement/received",
            "disclosure",
            json!({"rights": ["disclosure"], "requested_content": REFUGE}),
        ),
        ("supplement-request/defects", "disclosure", json!({})),
        ("target-date-change/extended", "disclosure", json!({})),
        (
            "fee-notice/notice",
            "disclosure",
            json!({"fee_rights": ["disclosure"]}),
        ),
        (
            "complaint-answer/explained",
            "complaint",
            json!({"requester_role": null, "principal_name": null, "principal_category": null,
                   "request_date": null, "arrival_date": null}),
        ),
        (
            "disclosure-decision/nonexistent",
            "disclosure",
            json!({"search_scope": "適用、給付及び保健事業の記録", "decision_date": "2026-11-20"}),
        ),
    ] {
        let workspace = in_charge("required", &[right]);
        let letter = to_him(name, change);
        let told = queue(&workspace, &[letter]);
        assert_told(
            &told,
            &[
                "支援措置の相手方に届く書簡に、自由に書いた文があります",
                "--identity",
            ],
        );
        let told = workspace.exits(1, &["approve", "L000001B", "--as", "鈴木"]);
        assert_told(
            &told,
            &[
                "個人情報保護管理者",
                "yobin approve L000001B --identity 鍵のファイル",
                "承認していません",
            ],
        );
        assert_eq!(workspace.letters_in("queued").len(), 1, "{name}");
        let proved = ["approve", "L000001B", "--identity", "key", "--as", "管理者"];
        workspace.ok(&proved);
        let shown = workspace.ok(&["show", "L000001B"]);
        assert_told(
            &shown,
            &["管理者", "個人情報保護管理者が鍵で確認(公開鍵 age1"],
        );
        assert!(!shown.contains("確認するまで送られません"), "{shown}");
        night(&workspace);
        assert!(workspace.letters_in("parked").is_empty(), "{name}");
        assert!(has_print_file(&workspace), "{name}");
    }
}

#[test]
fn another_key_proves_nothing_and_neither_does_one_nobody_named() {
    let workspace = in_charge("required", &["disclosure"]);
    let letter = to_him(
        "acknowledgement/received",
        json!({"rights": ["disclosure"]}),
    );
    queue(&workspace, &[letter]);
    workspace.ok(&["restricted", "keygen", "-o", "other"]);
    let with = |key: &'static str| ["approve", "L000001B", "--identity", key, "--as", "鈴木"];
    let told = workspace.exits(1, &with("other"));
    assert_told(&told, &["対になっていません", "まだ何もしていません"]);
    assert_eq!(workspace.letters_in("queued").len(), 1);
    // Nobody approves what they queued themselves, whatever key they hold.
    let told = workspace.exits(
        1,
        &["approve", "L000001B", "--identity", "key", "--as", "佐藤"],
    );
    assert_told(&told, &["受け付けた人は承認できません"]);
    copy_folder(society(), &workspace.path("society"));
    let told = workspace.exits(1, &with("key"));
    assert_told(
        &told,
        &[
            "公開鍵が society/profile.toml にない",
            "yobin restricted keygen",
        ],
    );
}

#[test]
fn a_range_with_such_a_letter_is_not_approved_without_the_person_in_charge() {
    let workspace = in_charge("required", &["disclosure"]);
    let his = to_him(
        "acknowledgement/received",
        json!({"rights": ["disclosure"]}),
    );
    let other = sample(
        "acknowledgement/received",
        json!({"record_key": "other", "receipt_number": "受第26-777号"}),
    );
    queue(&workspace, &[other, his]);
    let range = [
        "approve",
        "L000001B",
        "--through",
        "L000002C",
        "--count",
        "2",
        "--as",
        "鈴木",
    ];
    let told = workspace.exits(1, &range);
    assert_told(
        &told,
        &[
            "L000002C",
            "個人情報保護管理者",
            "ほかの書簡にも、まだ何もしていません",
        ],
    );
    workspace.ok(&[&range[..], &["--identity", "key"]].concat());
    assert_eq!(workspace.letters_in("approved").len(), 2);
}

#[test]
fn a_counterpart_registered_since_makes_the_night_wait_for_the_person_in_charge() {
    let workspace = in_charge("none", &["disclosure"]);
    let his = to_him(
        "acknowledgement/received",
        json!({"rights": ["disclosure"]}),
    );
    queue(&workspace, &[his]);
    let told = workspace.exits(2, &["run"]);
    assert_told(
        &told,
        &[
            "要確認 1",
            "個人情報保護管理者が確認していないため",
            "--identity 鍵のファイル",
        ],
    );
    // Trying again without the key changes nothing.
    workspace.ok(&["retry", "L000001B", "--as", "鈴木"]);
    workspace.exits(2, &["run"]);
    assert!(!has_print_file(&workspace));
    workspace.ok(&["retry", "L000001B", "--identity", "key", "--as", "管理者"]);
    // Another counterpart at the same place, registered since, was not known.
    let other = json!({"receipt_number": "受第26-009号", "principal_name": "例示 次子", "member_key": "M-300"});
    add(&workspace, &[registration(other)]);
    workspace.exits(2, &["run"]);
    workspace.ok(&["retry", "L000001B", "--identity", "key", "--as", "管理者"]);
    night(&workspace);
    assert!(has_print_file(&workspace));
}

#[test]
fn the_mailbox_of_a_counterpart_is_his_whatever_name_stands_above() {
    let workspace = Workspace::new();
    let mailbox = json!({"requester_mail_address": "aite@example.jp"});
    add(&workspace, &[registration(mailbox)]);
    for address in ["aite@example.jp", "Aite@Example.JP", "AITE@example.jp"] {
        let letter = sample(
            "disclosure-decision/granted",
            json!({"delivery": "mail", "mail_address": address, "enclosures": null,
                   "receipt_number": "受第26-404号"}),
        );
        let told = queue_refused(&workspace, &letter);
        assert_told(&told, &["支援措置の相手方"]);
    }
    let letter = sample(
        "disclosure-decision/granted",
        json!({"delivery": "mail", "mail_address": "ate@example.jp", "enclosures": null,
               "receipt_number": "受第26-404号"}),
    );
    queue(&workspace, &[letter]);
}

#[test]
fn a_refusal_that_reveals_nothing_answers_a_counterpart_in_every_kind() {
    for (name, right) in [
        ("disclosure-decision/refused", "disclosure"),
        ("correction-decision/refused-unidentified", "correction"),
        ("cessation-decision/refused-agent", "cessation"),
        (
            "provision-record-decision/refused",
            "third_party_record_disclosure",
        ),
    ] {
        for grounds in [json!(["GATE_AGENT"]), json!(["GATE_ID", "GATE_AGENT"])] {
            let workspace = in_charge("required", &[right]);
            let letter = to_him(
                name,
                json!({"grounds": grounds, "decision_date": "2026-11-20", "fee": null,
                       "reason": "提出された委任状では、代理人であることを確認できませんでした。"}),
            );
            queue(&workspace, &[letter]);
            workspace.exits(1, &["approve", "L000001B", "--as", "鈴木"]);
            workspace.ok(&["approve", "L000001B", "--identity", "key", "--as", "管理者"]);
            night(&workspace);
            assert!(workspace.letters_in("parked").is_empty(), "{name}");
        }
    }
    // With a ground that speaks of what is held it is refused as before.
    let workspace = in_charge("required", &["disclosure"]);
    let grounds = json!({"grounds": ["GATE_AGENT", "DISC_33_2_1"], "decision_date": "2026-11-20"});
    let told = queue_refused(&workspace, &to_him("disclosure-decision/refused", grounds));
    assert_told(&told, &["支援措置の相手方"]);
}

#[test]
fn a_flag_of_the_requests_member_is_told_at_queueing_and_at_approval() {
    let workspace = Workspace::with_settings("");
    flag(&workspace, &["M-200,支援措置,登録"]);
    let name = "disclosure-decision/granted";
    let (request, letter) = answered(name, json!({}), json!({"member_key": "M-200"}));
    add(&workspace, &[request]);
    let told = queue(&workspace, &[letter]);
    assert_told(&told, &["「支援措置」が登録されています"]);
    let told = workspace.ok(&["approve", "L000001B", "--as", "鈴木"]);
    assert_told(
        &told,
        &["L000001B は、加入者", "「支援措置」が登録されています"],
    );
}

#[test]
fn what_is_printed_already_waits_for_the_person_in_charge_too() {
    let workspace = in_charge("none", &["correction"]);
    // Before anybody knew, it was printed.
    let letter = to_him(
        "acknowledgement/received",
        json!({"rights": ["disclosure"], "receipt_number": "受第26-009号"}),
    );
    workspace.ok(&[
        "request",
        "close",
        "受第26-001号",
        "--reason",
        "登録誤り",
        "--identity",
        "key",
        "--as",
        "管理者",
    ]);
    queue(&workspace, &[letter]);
    night(&workspace);
    assert!(has_print_file(&workspace));
    let again = json!({"rights": ["correction"], "desk": "本部"});
    add(&workspace, &[registration(again)]);
    let told = workspace.exits(2, crate::harness::REPRINT);
    assert_told(
        &told,
        &["L000001B", "個人情報保護管理者が確認していないため"],
    );
    assert!(!has_print_file(&workspace));
    workspace.ok(&["retry", "L000001B", "--identity", "key", "--as", "管理者"]);
    workspace.ok(crate::harness::REPRINT);
    assert!(has_print_file(&workspace));
}
