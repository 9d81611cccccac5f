//! What comes to light of a registered request is told by amending it, whatever
//! it is, and stops the letters that do not fit any more.

use serde_json::{Value, json};

use crate::flags::{
    add, assert_told, has_print_file, lines, night, queue, queue_refused, request_of, sample,
};
use crate::harness::Workspace;

const NUMBER: &str = "受第26-303号";

fn post(name: &str, change: Value) -> Value {
    let mut all = json!({"delivery": "post", "mail_address": null, "receipt_number": NUMBER});
    all.as_object_mut()
        .unwrap()
        .extend(change.as_object().unwrap().clone());
    sample(name, all)
}

/// What the guardian of an adult is answered.
fn of_ward(name: &str) -> Value {
    let guardian = json!({"requester_role": "legal_representative_ward"});
    post(name, guardian)
}

fn amend(workspace: &Workspace, code: i32, set: &[&str]) -> String {
    let mut args = vec![
        "request",
        "amend",
        NUMBER,
        "--reason",
        "確認の結果",
        "--as",
        "佐藤",
    ];
    for set in set {
        args.extend(["--set", set]);
    }
    workspace.exits(code, &args)
}

fn request(letter: &Value, change: Value) -> Value {
    let mut known = json!({"rights": ["disclosure"]});
    known
        .as_object_mut()
        .unwrap()
        .extend(change.as_object().unwrap().clone());
    request_of(letter, known)
}

#[test]
fn a_ward_who_was_dead_when_it_was_asked_gets_no_answer_but_the_end() {
    for day in ["2026-09-15", "2020-01-31", "2026-11-01", "2026-11-15"] {
        let workspace = Workspace::new();
        let decided = of_ward("disclosure-decision/granted-annex");
        add(&workspace, &[request(&decided, json!({}))]);
        let told = amend(&workspace, 0, &[&format!("本人の死亡日={day}")]);
        let asked = decided["request_date"].as_str().unwrap();
        assert_eq!(
            told.contains("請求日より前に、本人が亡くなって"),
            day < asked,
            "{told}"
        );
        assert_told(&queue_refused(&workspace, &decided), &["亡くなっています"]);
        let mut end = of_ward("procedure-end/principal-died-agent");
        for field in [
            "request_date",
            "arrival_date",
            "principal_name",
            "addressee_name",
        ] {
            end[field] = decided[field].clone();
        }
        queue(&workspace, &[end]);
        night(&workspace);
        assert!(has_print_file(&workspace), "{day}");
        assert!(workspace.letters_in("parked").is_empty());
        workspace.ok(&["verify"]);
    }
    // It may be known when the request is registered, too.
    let workspace = Workspace::new();
    let decided = of_ward("disclosure-decision/granted-annex");
    let dead = request(&decided, json!({"principal_death_date": "2026-09-15"}));
    let told = add(&workspace, &[dead]);
    assert_told(
        &told,
        &["注意：", "手続の終了のお知らせ", "遺族からの開示依頼"],
    );
    assert_told(&queue_refused(&workspace, &decided), &["亡くなっています"]);
}

#[test]
fn an_amendment_names_the_letters_that_fit_no_more() {
    let workspace = Workspace::with_settings("");
    let letter = of_ward("acknowledgement/received-agent");
    add(
        &workspace,
        &[request(&letter, json!({"rights": letter["rights"]}))],
    );
    queue(&workspace, &[letter]);
    workspace.ok(&["approve", "L000001B", "--as", "鈴木"]);
    let told = amend(&workspace, 0, &["本人の死亡日=2026-11-15"]);
    assert_told(&told, &["送付を止める書簡が、1通", "L000001B"]);
    let told = workspace.ok(&["list"]);
    assert_told(&told, &["※請求の登録と合わないため、夜間処理は送りません"]);
    assert!(!told.contains("支援措置"), "{told}");
    workspace.exits(2, &["run"]);
    assert_eq!(workspace.letters_in("parked").len(), 1);
    // What is not new is not told again.
    let told = amend(&workspace, 0, &["窓口=本部"]);
    assert!(!told.contains("送付を止める書簡"), "{told}");
}

#[test]
fn only_flags_and_counterparts_are_marked_as_such_in_a_list() {
    let workspace = Workspace::with_settings("");
    let letter = of_ward("acknowledgement/received-agent");
    let known = json!({"rights": letter["rights"], "member_key": "M-200"});
    add(&workspace, &[request(&letter, known)]);
    queue(&workspace, &[letter]);
    let listed = || -> (String, Value) {
        let told = workspace.ok(&["list", "--json"]);
        (
            workspace.ok(&["list"]),
            serde_json::from_str(&told).unwrap(),
        )
    };
    let told = |letter: &Value| {
        let marks = ["registered_against", "unfit", "kept_back"];
        marks.map(|mark| letter[mark].as_bool().unwrap())
    };
    // A power that ends soon is something to look at, and nothing of 支援措置.
    amend(&workspace, 0, &["代理権の終わる日=2026-12-01"]);
    let (list, letter) = listed();
    assert_told(&list, &["※確かめることがあります"]);
    assert!(!list.contains("支援措置"), "{list}");
    assert_eq!(told(&letter), [false; 3]);
    assert_eq!(letter["warned"], true);
    crate::flags::flag(&workspace, &["M-200,支援措置,登録"]);
    let (list, letter) = listed();
    assert_told(&list, &["※支援措置などの登録に当たります"]);
    assert_eq!(told(&letter), [true, false, false]);
    crate::flags::flag(&workspace, &["M-200,支援措置,解除"]);
    amend(&workspace, 0, &["代理権の終わる日=2026-11-20"]);
    let (list, letter) = listed();
    assert_told(&list, &["※請求の登録と合わない"]);
    assert_eq!(told(&letter), [false, true, false]);
}

#[test]
fn a_power_that_had_ended_before_stops_the_letters() {
    for (set, why) in [
        (
            &["代理権の終わる日=2026-10-20"][..],
            "代理権は終わっています",
        ),
        (
            &[
                "代理権の終わる日=2026-11-02",
                "代理権の終わり方=委任の撤回・解任",
            ],
            "代理権は終わっています",
        ),
        (
            &[
                "請求者の区分=未成年者の法定代理人",
                "本人の生年月日=2008-10-20",
            ],
            "18歳になっており",
        ),
    ] {
        let workspace = Workspace::new();
        let decided = of_ward("disclosure-decision/granted-annex");
        add(&workspace, &[request(&decided, json!({}))]);
        let told = amend(&workspace, 0, set);
        assert_told(&told, &["注意："]);
        let mut decided = decided;
        if set.len() == 2 && set[0].starts_with("請求者") {
            decided["requester_role"] = json!("legal_representative_minor");
        }
        assert_told(&queue_refused(&workspace, &decided), &[why]);
        // Nobody registers it so.
        let mut asked = request(&decided, json!({"receipt_number": "受第26-304号"}));
        asked["authority_end_date"] = json!("2026-10-20");
        let file = lines(&workspace, "requests.jsonl", &[asked]);
        let add = ["request", "add", file.to_str().unwrap(), "--as", "佐藤"];
        let told = workspace.exits(1, &add);
        assert_told(&told, &["代理権の終わる日より後の日付の請求"]);
    }
}

#[test]
fn a_representative_of_a_minor_is_amended_with_the_day_of_birth_alone() {
    let workspace = Workspace::new();
    let letter = of_ward("disclosure-decision/granted-annex");
    add(&workspace, &[request(&letter, json!({}))]);
    let minor = "請求者の区分=未成年者の法定代理人";
    let told = amend(&workspace, 1, &[minor]);
    assert_told(&told, &["「本人の生年月日」", "生年月日がありません"]);
    amend(&workspace, 0, &[minor, "本人の生年月日=2016-04-01"]);
    let told = amend(&workspace, 1, &["本人の生年月日="]);
    assert_told(&told, &["生年月日がありません"]);
    let told = amend(&workspace, 1, &["窓口=本部", "窓口=支部"]);
    assert_told(&told, &["項目「窓口」が2回"]);
    let told = amend(&workspace, 1, &["窓口=本部", "desk=本部"]);
    assert_told(&told, &["項目「窓口」が2回"]);
    amend(&workspace, 0, &["窓口=本部"]);
}

#[test]
fn a_letter_queued_before_its_request_was_registered_counts() {
    let workspace = Workspace::new();
    let letter = post("acknowledgement/received", json!({}));
    let asked = request(&letter, json!({"rights": letter["rights"]}));
    queue(&workspace, &[letter]);
    add(&workspace, &[asked]);
    let told = amend(&workspace, 1, &["請求の種類=訂正等"]);
    assert_told(&told, &["L000001B", "何も変えていません"]);
    workspace.ok(&["cancel", "L000001B", "--as", "佐藤"]);
    amend(&workspace, 0, &["請求の種類=訂正等"]);
}

#[test]
fn what_is_made_under_a_flag_is_marked_and_named_in_the_report() {
    let workspace = Workspace::new();
    crate::flags::flag(&workspace, &["M-200,支援措置,登録"]);
    let [hers, other] = ["received", "received-agent"]
        .map(|name| post(&format!("acknowledgement/{name}"), json!({})));
    let other = {
        let mut other = other;
        other["receipt_number"] = json!("受第26-304号");
        other
    };
    let member = json!({"member_key": "M-200", "rights": hers["rights"]});
    add(&workspace, &[request(&hers, member)]);
    queue(&workspace, &[hers, other]);
    let marked = |workspace: &Workspace| -> Vec<bool> {
        let told = workspace.ok(&["list"]);
        let letters = told.lines().filter(|line| line.starts_with("L00000"));
        letters
            .map(|line| line.contains("※支援措置などの登録"))
            .collect()
    };
    assert_eq!(marked(&workspace), [true, false]);
    let told = night(&workspace);
    let part = "出す前に送付先を確かめるもの(支援措置などの登録あり)";
    assert_told(&told, &[part, "L000001B  1通", "紙を抜くか"]);
    assert!(!told.contains("L000002C  1通"), "{told}");
    assert_eq!(marked(&workspace), [true, false]);
    let posted = [
        "posted",
        "--print",
        "1",
        "--on",
        "2026-11-22",
        "--as",
        "佐藤",
    ];
    workspace.ok(&posted);
    // The two weeks of her request are over, which needs a person all the same.
    let told = workspace.exits(2, &["report", "2026-11-22"]);
    assert!(
        told.contains("台帳の末尾") && !told.contains(part),
        "{told}"
    );
}

#[test]
fn what_is_answered_is_late_for_no_target() {
    let workspace = Workspace::new();
    let letter = post("disclosure-decision/granted", json!({}));
    let asked = request(&letter, json!({"target_date": "2026-11-25"}));
    add(&workspace, &[asked]);
    let until = || workspace.ok(&["request", "list", "--until", "2026-12-31"]);
    assert_told(&until(), &[NUMBER]);
    queue(&workspace, &[letter]);
    night(&workspace);
    workspace.ok(&[
        "posted",
        "--print",
        "1",
        "--on",
        "2026-11-22",
        "--as",
        "佐藤",
    ]);
    assert!(!until().contains(NUMBER), "{}", until());
    assert_told(&workspace.ok(&["request", "list"]), &[NUMBER, "回答済み"]);
}
