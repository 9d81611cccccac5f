//! A counterpart of protective measures stays one, however the request is
//! amended, until the person in charge confirms that they are none any more; and
//! they can become one again at once.

use serde_json::{Value, json};

use crate::counterpart::{disclosed, own_keys, registration};
use crate::flags::{
    add, assert_told, has_print_file, night, queue, queue_refused, request_of, sample,
};
use crate::harness::Workspace;
use crate::person_facts::{in_charge, to_him};

const CONFIRM: [&str; 3] = ["--confirm", "--identity", "key"];

const NUMBER: &str = "受第26-001号";

/// A disclosure of her data that does not name his request.
fn about_her(change: Value) -> Value {
    let mut letter = disclosed(json!({"receipt_number": "受第26-404号"}));
    letter
        .as_object_mut()
        .unwrap()
        .extend(change.as_object().unwrap().clone());
    letter
}

fn amend(workspace: &Workspace, code: i32, set: &[&str]) -> String {
    let mut args = vec![
        "request",
        "amend",
        NUMBER,
        "--reason",
        "入力の誤り",
        "--as",
        "佐藤",
    ];
    for set in set {
        args.extend(["--set", set]);
    }
    workspace.exits(code, &args)
}

fn counterpart(workspace: &Workspace, code: i32, more: &[&str]) -> String {
    workspace.exits(code, &[&["request", "counterpart", NUMBER], more].concat())
}

fn end(workspace: &Workspace) {
    counterpart(workspace, 0, &["--ended", "期間の満了", "--as", "佐藤"]);
    counterpart(workspace, 0, &[&CONFIRM[..], &["--as", "鈴木"]].concat());
}

fn listed(workspace: &Workspace) -> String {
    workspace.ok(&["members", "list", "--identity", "key", "--as", "管理者"])
}

#[test]
fn no_amendment_takes_the_measures_off_who_they_were_against() {
    for set in [
        &["請求者氏名=別名 三郎"][..],
        &["請求者住所=群馬県前橋市亀里町99番地", "請求者方書・建物名="],
        &[
            "請求者氏名=別名 三郎",
            "請求者住所=群馬県前橋市亀里町99番地",
            "本人氏名=見本 太郎",
        ],
    ] {
        let workspace = in_charge("none", &["disclosure"]);
        let told = amend(&workspace, 0, set);
        assert_told(
            &told,
            &["注意：", "直す前の氏名・住所などにも、書簡を照らし続けます"],
        );
        let told = queue_refused(&workspace, &about_her(json!({})));
        assert_told(&told, &["支援措置の相手方"]);
        assert_told(
            &listed(&workspace),
            &["支援措置の相手方  1件", "直す前の登録", "相手 一郎"],
        );
        workspace.ok(&["verify"]);
    }
    // Who they are now is held against letters as well, and who they were first.
    let workspace = in_charge("none", &["disclosure"]);
    amend(&workspace, 0, &["請求者氏名=別名 三郎"]);
    amend(
        &workspace,
        0,
        &[
            "請求者氏名=別名 四郎",
            "請求者メールアドレス=shiro@example.jp",
        ],
    );
    for name in ["相手 一郎", "別名 三郎", "別名 四郎"] {
        let letter = about_her(json!({"addressee_name": name}));
        assert_told(&queue_refused(&workspace, &letter), &["支援措置の相手方"]);
    }
    let other = about_her(json!({"addressee_name": "別名 五郎"}));
    queue(&workspace, &[other]);
    // What says nothing of who they are is amended without a word of it.
    let told = amend(&workspace, 0, &["備考=電話あり"]);
    assert!(!told.contains("照らし続けます"), "{told}");
}

#[test]
fn the_mailbox_that_was_his_stays_his() {
    let workspace = Workspace::new();
    let mailbox = json!({"requester_mail_address": "aite@example.jp"});
    add(&workspace, &[registration(mailbox)]);
    amend(&workspace, 0, &["請求者メールアドレス="]);
    let letter = sample(
        "disclosure-decision/granted",
        json!({"delivery": "mail", "mail_address": "aite@example.jp", "enclosures": null,
               "receipt_number": "受第26-404号"}),
    );
    assert_told(&queue_refused(&workspace, &letter), &["支援措置の相手方"]);
}

#[test]
fn a_letter_approved_before_the_amendment_is_stopped_for_who_they_were() {
    let workspace = in_charge("none", &["disclosure"]);
    // Registered wrongly first, mended later: both count.
    amend(&workspace, 0, &["請求者氏名=例示 次郎"]);
    let letter = about_her(json!({"addressee_name": "別名 三郎"}));
    queue(&workspace, &[letter]);
    let told = amend(&workspace, 0, &["請求者氏名=別名 三郎"]);
    assert_told(&told, &["送付を止める書簡が、1通", "L000001B"]);
    amend(&workspace, 0, &["請求者氏名=例示 四郎"]);
    workspace.exits(2, &["run"]);
    assert_eq!(workspace.letters_in("parked").len(), 1);
    assert!(!has_print_file(&workspace));
}

#[test]
fn only_the_key_of_the_person_in_charge_confirms_the_end() {
    let workspace = in_charge("none", &["disclosure"]);
    counterpart(&workspace, 0, &["--ended", "期間の満了", "--as", "佐藤"]);
    let told = counterpart(&workspace, 2, &["--confirm", "--as", "鈴木"]);
    assert_told(&told, &["個人情報保護管理者だけ", "--identity"]);
    workspace.ok(&["restricted", "keygen", "-o", "other"]);
    let other = ["--confirm", "--identity", "other", "--as", "鈴木"];
    let told = counterpart(&workspace, 1, &other);
    assert_told(&told, &["対になっていません", "試したことは"]);
    assert_told(
        &queue_refused(&workspace, &about_her(json!({}))),
        &["支援措置の相手方"],
    );
    let shown = workspace.ok(&["request", "show", NUMBER]);
    assert_told(
        &shown,
        &["鍵が違った  鈴木", "個人情報保護管理者の確定を待っています"],
    );
    counterpart(&workspace, 0, &[&CONFIRM[..], &["--as", "鈴木"]].concat());
    queue(&workspace, &[about_her(json!({}))]);
    workspace.ok(&["verify"]);

    let nobody = Workspace::new();
    add(&nobody, &[registration(json!({}))]);
    nobody.ok(&["restricted", "keygen", "-o", "key"]);
    counterpart(&nobody, 0, &["--ended", "期間の満了", "--as", "佐藤"]);
    let told = counterpart(&nobody, 1, &[&CONFIRM[..], &["--as", "鈴木"]].concat());
    assert_told(&told, &["公開鍵が profile.toml"]);
}

#[test]
fn what_was_proposed_by_mistake_is_taken_back() {
    let workspace = in_charge("none", &["disclosure"]);
    let told = counterpart(&workspace, 1, &["--withdraw", "--as", "佐藤"]);
    assert_told(&told, &["まだだれも申し出ていません"]);
    counterpart(&workspace, 0, &["--ended", "期間の満了", "--as", "佐藤"]);
    let told = counterpart(&workspace, 0, &["--withdraw", "--as", "佐藤"]);
    assert_told(&told, &["相手方のままです"]);
    let told = counterpart(&workspace, 1, &[&CONFIRM[..], &["--as", "鈴木"]].concat());
    assert_told(&told, &["まだだれも申し出ていません"]);
    assert_told(
        &queue_refused(&workspace, &about_her(json!({}))),
        &["支援措置の相手方"],
    );
    // Proposed again, it is confirmed.
    end(&workspace);
    queue(&workspace, &[about_her(json!({}))]);
    workspace.ok(&["verify"]);
}

#[test]
fn who_was_a_counterpart_becomes_one_again() {
    for by_amending in [true, false] {
        let workspace = in_charge("none", &["disclosure"]);
        let told = counterpart(&workspace, 1, &["--again", "--as", "佐藤"]);
        assert_told(&told, &["今も登録されています"]);
        let told = amend(&workspace, 1, &["支援措置の相手方=該当する"]);
        assert_told(&told, &["今の登録と同じ内容です"]);
        end(&workspace);
        let told = workspace.ok(&["request", "show", NUMBER]);
        assert_told(&told, &["支援措置の相手方でなくなりました", "確定：鈴木"]);
        let shown = |workspace: &Workspace| -> Value {
            let told = workspace.ok(&["request", "show", NUMBER, "--json"]);
            serde_json::from_str(&told).unwrap()
        };
        assert_eq!(shown(&workspace)["request"]["counterpart"]["stands"], false);
        assert_told(
            &listed(&workspace),
            &[
                "支援措置の相手方  0件",
                "相手方でなくなった方  1件",
                "確定：鈴木",
            ],
        );
        let told = amend(&workspace, 1, &["支援措置の相手方=該当しない"]);
        assert_told(&told, &["確定しています"]);
        // A letter that could be queued meanwhile does not go.
        queue(&workspace, &[about_her(json!({}))]);
        let told = match by_amending {
            true => amend(&workspace, 0, &["支援措置の相手方=該当する"]),
            false => counterpart(&workspace, 0, &["--again", "--as", "佐藤"]),
        };
        assert_told(&told, &["再び", "送付を止める書簡が、1通", "L000001B"]);
        workspace.exits(2, &["run"]);
        assert_eq!(workspace.letters_in("parked").len(), 1);
        let other = about_her(json!({"record_key": "another"}));
        assert_told(&queue_refused(&workspace, &other), &["支援措置の相手方"]);
        assert_eq!(shown(&workspace)["request"]["counterpart"]["stands"], true);
        assert_told(&listed(&workspace), &["支援措置の相手方  1件"]);
        let told = workspace.ok(&["request", "show", NUMBER]);
        assert_told(&told, &["支援措置の相手方として再び登録"]);
        assert!(!told.contains("相手方でなくなりました"), "{told}");
        workspace.ok(&["verify"]);
        // And none again.
        end(&workspace);
        workspace.ok(&["retry", "L000001B", "--as", "鈴木"]);
        workspace.yobin(&["run", "--date", "2026-11-23"]);
        assert!(workspace.letters_in("parked").is_empty());
        workspace.ok(&["verify"]);
    }
    // A closed request can say it as well: measures are renewed every year.
    let workspace = in_charge("none", &["disclosure"]);
    end(&workspace);
    workspace.ok(&[
        "request",
        "close",
        NUMBER,
        "--reason",
        "取下げ",
        "--as",
        "佐藤",
    ]);
    counterpart(&workspace, 0, &["--again", "--as", "佐藤"]);
    assert_told(
        &queue_refused(&workspace, &about_her(json!({}))),
        &["支援措置の相手方"],
    );
}

#[test]
fn who_becomes_one_again_is_known_by_every_name_they_had() {
    let workspace = in_charge("none", &["disclosure"]);
    amend(&workspace, 0, &["請求者氏名=別名 三郎"]);
    end(&workspace);
    assert_told(
        &listed(&workspace),
        &[
            "直す前の登録(再び登録すれば、書簡を照らします)",
            "相手 一郎",
        ],
    );
    // As long as they are none, no name of theirs keeps anything back; one they
    // get meanwhile takes the place of no other.
    let told = amend(&workspace, 0, &["請求者氏名=別名 四郎"]);
    assert_told(&told, &["再び相手方として登録したときは"]);
    assert!(!told.contains("照らし続けます"), "{told}");
    let names = ["相手 一郎", "別名 三郎", "別名 四郎"];
    let letters = own_keys(names.map(|name| about_her(json!({"addressee_name": name}))));
    queue(&workspace, &letters);
    workspace.ok(&["verify"]);
    let told = counterpart(&workspace, 0, &["--again", "--as", "佐藤"]);
    assert_told(&told, &["送付を止める書簡が、3通"]);
    workspace.exits(2, &["run"]);
    assert_eq!(workspace.letters_in("parked").len(), 3);
    for name in names {
        let letter = about_her(json!({"addressee_name": name, "record_key": "another"}));
        assert_told(&queue_refused(&workspace, &letter), &["支援措置の相手方"]);
    }
    let told = listed(&workspace);
    assert_told(
        &told,
        &[
            "支援措置の相手方  1件",
            "書簡を照らし続けます",
            "相手 一郎",
            "別名 三郎",
        ],
    );
    assert!(told.contains("別名 四郎"), "{told}");
    workspace.ok(&["verify"]);
}

#[test]
fn a_letter_queued_before_they_are_one_again_was_told_of_none_of_their_doors() {
    let workspace = in_charge("none", &["disclosure"]);
    let moved = ["請求者住所=群馬県前橋市亀里町99番地", "請求者方書・建物名="];
    amend(&workspace, 0, &moved);
    end(&workspace);
    // To her, where he lived when he asked.
    let hers = disclosed(json!({
        "receipt_number": "受第26-404号", "addressee_name": "例示 花子",
        "requester_role": "principal", "principal_name": null,
    }));
    queue(&workspace, &[hers]);
    let told = counterpart(&workspace, 0, &["--again", "--as", "佐藤"]);
    assert_told(&told, &["送付を止める書簡が、1通", "L000001B"]);
    workspace.exits(2, &["run"]);
    assert_eq!(workspace.letters_in("parked").len(), 1);
}

#[test]
fn a_letter_to_them_under_their_new_name_is_told_to_be_one_to_them_alone() {
    let workspace = in_charge("none", &["disclosure"]);
    amend(&workspace, 0, &["請求者氏名=別名 三郎"]);
    let to = |name: &str| {
        let instruction = (name != "別名 三郎").then_some("本人の申し出た送付先");
        let change = json!({"addressee_name": name, "record_key": name,
                            "rights": ["disclosure"], "delivery_instruction": instruction});
        to_him("acknowledgement/received-agent", change)
    };
    let told = queue(&workspace, &[to("別名 三郎"), to("相手 一郎")]);
    assert_told(
        &told,
        &["宛先が、支援措置の相手方として登録されている方です"],
    );
    for untrue in [
        "守られている方への書簡の住所",
        "住所は違います",
        "宛名は違います",
    ] {
        assert!(!told.contains(untrue), "{told}");
    }
    let shown = workspace.ok(&["show", "L000001B"]);
    assert!(!shown.contains("守られている方への書簡で"), "{shown}");
    // Somebody else at that door may be whom they are protected from.
    let told = queue(&workspace, &[to("見本 花子")]);
    assert_told(&told, &["守られている方への書簡の住所"]);
    // Their new name at the door they had is theirs.
    let moved = ["請求者住所=群馬県前橋市亀里町99番地", "請求者方書・建物名="];
    let workspace = in_charge("none", &["disclosure"]);
    amend(
        &workspace,
        0,
        &[&["請求者氏名=別名 三郎"][..], &moved].concat(),
    );
    let letter = about_her(json!({"addressee_name": "別名 三郎"}));
    assert_told(&queue_refused(&workspace, &letter), &["支援措置の相手方"]);
}

#[test]
fn an_end_proposed_of_one_counterpart_is_not_confirmed_of_another() {
    let workspace = in_charge("none", &["disclosure"]);
    let confirm = |code: i32| {
        counterpart(
            &workspace,
            code,
            &[&CONFIRM[..], &["--as", "鈴木"]].concat(),
        )
    };
    let propose = || counterpart(&workspace, 0, &["--ended", "期間の満了", "--as", "佐藤"]);
    propose();
    let told = amend(&workspace, 0, &["請求者氏名=別名 三郎"]);
    assert_told(&told, &["直したので、取り下げたことになりました"]);
    assert_told(&confirm(1), &["まだだれも申し出ていません"]);
    let shown = workspace.ok(&["request", "show", NUMBER]);
    assert!(!shown.contains("確定を待っています"), "{shown}");
    propose();
    // What says nothing of who they are leaves the proposal.
    let told = amend(&workspace, 0, &["備考=電話あり"]);
    assert!(!told.contains("取り下げた"), "{told}");
    confirm(0);
    workspace.ok(&["verify"]);
}

#[test]
fn a_former_counterpart_that_is_gone_is_found() {
    let workspace = Workspace::new();
    add(
        &workspace,
        &[registration(json!({"protected_counterpart": "no"}))],
    );
    // Nobody was a counterpart under this name.
    amend(&workspace, 0, &["請求者氏名=別名 二郎"]);
    amend(
        &workspace,
        0,
        &["支援措置の相手方=該当する", "請求者氏名=別名 三郎"],
    );
    workspace.ok(&["verify"]);
    amend(&workspace, 0, &["請求者氏名=別名 四郎"]);
    amend(&workspace, 0, &["備考=電話あり"]);
    workspace.ok(&["verify"]);
    workspace.behind("DELETE FROM former_counterpart");
    let told = workspace.exits(1, &["verify"]);
    assert_told(&told, &["受第26-001号", "直す前の支援措置の相手方の登録"]);
}

#[test]
fn the_person_in_charge_ends_a_counterpart_and_letters_go_again() {
    let workspace = in_charge("none", &["disclosure"]);
    let decided = to_him(
        "disclosure-decision/granted",
        json!({"decision_date": "2026-11-20"}),
    );
    assert_told(&queue_refused(&workspace, &decided), &["支援措置の相手方"]);
    let act = |more: &[&str]| {
        let args = [&["request", "counterpart", "受第26-001号"], more].concat();
        workspace.yobin(&args)
    };
    let told = act(&[&CONFIRM[..], &["--as", "鈴木"]].concat());
    assert!(told.err.contains("まだだれも申し出ていません"), "{told:?}");
    let told = act(&["--ended", "期間の満了", "--as", "佐藤"]);
    assert!(told.out.contains("まだ何も変わりません"), "{told:?}");
    assert_told(&queue_refused(&workspace, &decided), &["支援措置の相手方"]);
    let told = act(&[&CONFIRM[..], &["--as", "佐藤"]].concat());
    assert!(told.err.contains("申し出た人は確定できません"), "{told:?}");
    let told = act(&["--ended", "申出の取下げ", "--as", "田中"]);
    assert!(told.err.contains("すでに申し出られています"), "{told:?}");
    let told = act(&[&CONFIRM[..], &["--as", "鈴木"]].concat());
    assert!(told.out.contains("相手方でなくなりました"), "{told:?}");
    let shown = workspace.ok(&["request", "show", "受第26-001号"]);
    assert_told(
        &shown,
        &["申出(期間の満了)  佐藤", "確定(期間の満了)  鈴木"],
    );
    queue(&workspace, &[decided]);
    night(&workspace);
    assert!(has_print_file(&workspace));
    workspace.ok(&["verify"]);
    // One that registered no counterpart has none to end.
    let letter = sample(
        "disclosure-decision/granted",
        json!({"receipt_number": "受第26-009号"}),
    );
    add(&workspace, &[request_of(&letter, json!({}))]);
    let told = workspace.exits(
        1,
        &[
            "request",
            "counterpart",
            "受第26-009号",
            "--ended",
            "期間の満了",
            "--as",
            "佐藤",
        ],
    );
    assert_told(&told, &["支援措置の相手方を登録していません"]);
}

#[test]
fn that_somebody_never_was_one_the_person_in_charge_says() {
    let workspace = in_charge("none", &["disclosure"]);
    let close = |code: i32, more: &[&str]| {
        let args = ["request", "close", NUMBER, "--reason", "登録誤り"];
        workspace.exits(code, &[&args[..], more].concat())
    };
    let told = close(1, &["--as", "佐藤"]);
    assert_told(
        &told,
        &[
            "個人情報保護管理者が --identity",
            "request amend",
            "request counterpart",
        ],
    );
    workspace.ok(&["restricted", "keygen", "-o", "other"]);
    let told = close(1, &["--identity", "other", "--as", "佐藤"]);
    assert_told(&told, &["対になっていません", "試したことは"]);
    // Of a request of no counterpart nothing is kept, and nothing else is said.
    let letter = sample(
        "disclosure-decision/granted",
        json!({"receipt_number": "受第26-009号"}),
    );
    add(&workspace, &[request_of(&letter, json!({}))]);
    let other = "request close 受第26-009号 --reason 登録誤り --identity other --as 佐藤";
    let told = workspace.exits(1, &other.split(' ').collect::<Vec<_>>());
    assert_told(&told, &["対になっていません"]);
    assert!(!told.contains("試したことは"), "{told}");
    let shown = workspace.ok(&["request", "show", "受第26-009号"]);
    assert!(!shown.contains("鍵が違った"), "{shown}");
    assert_told(
        &queue_refused(&workspace, &about_her(json!({}))),
        &["支援措置の相手方"],
    );
    close(0, &["--identity", "key", "--as", "管理者"]);
    let told = workspace.ok(&["request", "show", NUMBER]);
    assert_told(
        &told,
        &[
            "鍵が違った  佐藤",
            "誤りであることの、個人情報保護管理者の確認  管理者",
        ],
    );
    queue(&workspace, &[about_her(json!({}))]);
    workspace.ok(&["verify"]);
    // Where they are one no more, anybody may.
    let workspace = in_charge("none", &["disclosure"]);
    end(&workspace);
    workspace.ok(&[
        "request",
        "close",
        NUMBER,
        "--reason",
        "登録誤り",
        "--as",
        "佐藤",
    ]);
}
