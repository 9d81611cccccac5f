//! A registered request is amended with a reason; its history tells it, and no
//! letter goes out that says other than the register.

use serde_json::{Value, json};

use crate::harness::{NEXT_NOON, Workspace};

fn request(n: usize) -> Value {
    json!({
        "receipt_number": format!("受第26-{n:03}号"),
        "rights": ["disclosure"],
        "request_date": "2026-11-16",
        "arrival_date": "2026-11-17",
        "requester_role": "principal",
        "requester_name": "見本 太郎",
        "requester_postal_code": "379-2147",
        "requester_address": "群馬県前橋市亀里町1310番地",
        "principal_name": "見本 太郎",
        "principal_category": "insured",
    })
}

fn of_agent(n: usize) -> Value {
    let mut record = request(n);
    record["requester_role"] = "appointed_agent".into();
    record["requester_name"] = "例示 一郎".into();
    record["requester_address"] = "群馬県前橋市亀里町9番地".into();
    record["member_key"] = "M-1".into();
    record
}

fn add(workspace: &Workspace, record: &Value) {
    workspace.file("request.jsonl", record.to_string());
    workspace.ok(&["request", "add", "request.jsonl", "--as", "佐藤"]);
}

fn amend(workspace: &Workspace, code: i32, number: &str, set: &[&str]) -> String {
    let mut args = vec![
        "request",
        "amend",
        number,
        "--reason",
        "入力の誤り",
        "--as",
        "鈴木",
    ];
    for set in set {
        args.extend(["--set", set]);
    }
    workspace.exits(code, &args)
}

fn letter(workspace: &Workspace, number: &str, kind: &str, more: &[&str]) {
    let letter = [
        "request", "letter", number, "--kind", kind, "--queue", "--as", "佐藤",
    ];
    workspace.ok(&[&letter[..], more].concat());
}

fn acknowledge(workspace: &Workspace, number: &str) {
    let content = ["--set", "請求の内容=健康診査の結果の開示"];
    letter(workspace, number, "acknowledgement", &content);
}

fn shown(workspace: &Workspace, number: &str) -> Value {
    let shown = workspace.ok(&["request", "show", number, "--json"]);
    serde_json::from_str(&shown).unwrap()
}

#[test]
fn what_was_typed_wrongly_is_amended_and_the_history_keeps_that_it_was() {
    let workspace = Workspace::new();
    add(&workspace, &request(101));
    let told = amend(
        &workspace,
        0,
        "受第２６-101号",
        &[
            "請求者住所=群馬県前橋市亀里町9番地",
            "到達日=R8.11.18",
            "窓口=本部",
            "請求の種類=開示\n訂正等",
        ],
    );
    assert!(
        told.contains("受第26-101号  登録を直しました(入力の誤り)"),
        "{told}"
    );
    assert!(
        told.contains("請求者住所：群馬県前橋市亀里町1310番地 → 群馬県前橋市亀里町9番地"),
        "{told}"
    );
    assert!(told.contains("窓口：(空欄) → 本部"), "{told}");
    let request = shown(&workspace, "受第26-101号");
    assert_eq!(
        request["record"]["requester_address"],
        "群馬県前橋市亀里町9番地"
    );
    assert_eq!(request["request"]["arrival_date"], "2026-11-18");
    // Nobody wrote a target, so it follows the day of arrival.
    assert_eq!(request["request"]["target_date"], "2026-12-18");
    assert_eq!(request["request"]["desk"], "本部");
    assert_eq!(request["request"]["rights"].as_array().unwrap().len(), 2);
    let page = workspace.ok(&["request", "show", "受第26-101号"]);
    let line = "登録の訂正(入力の誤り：請求の種類、到達日、請求者住所、窓口)  鈴木";
    assert!(page.contains(line), "{page}");
    // The digests of before and after, and no value of either.
    let history = request["history"].as_array().unwrap();
    let note = history.last().unwrap()["note"].as_str().unwrap();
    let digests: Vec<&str> = note.split(' ').skip(1).take(2).collect();
    assert!(digests.iter().all(|digest| digest.len() == 64), "{note}");
    assert_ne!(digests[0], digests[1]);
    assert!(!note.contains("前橋") && !note.contains("本部"), "{note}");
    // A field is emptied, too, and all of it agrees.
    amend(&workspace, 0, "受第26-101号", &["窓口="]);
    assert_eq!(
        shown(&workspace, "受第26-101号")["request"]["desk"],
        Value::Null
    );
    workspace.ok(&["verify"]);
    // Letters are filled in from what it says now.
    acknowledge(&workspace, "受第26-101号");
    let letter: Value =
        serde_json::from_str(&workspace.ok(&["show", "L000001B", "--json"])).unwrap();
    assert_eq!(
        letter["record"]["addressee_address"],
        "群馬県前橋市亀里町9番地"
    );
    assert_eq!(letter["record"]["arrival_date"], "2026-11-18");
    // Behind the program's back it is not amended.
    workspace.behind(
        "UPDATE request_audit SET note = replace(note, 'mistyped', 'verified x') WHERE act = 'amended'",
    );
    let told = workspace.exits(1, &["verify"]);
    assert!(told.contains("受第26-101号"), "{told}");
}

#[test]
fn what_cannot_be_is_refused_with_the_way_out() {
    let workspace = Workspace::new();
    add(&workspace, &request(101));
    let before = shown(&workspace, "受第26-101号");
    for (set, said) in [
        ("到達日=R8.12.24", "「到達日」：到達日が今日より後です"),
        (
            "到達日=きのう",
            "「到達日」：「きのう」は日付として読めません",
        ),
        ("請求者氏名=例示 一郎", "請求者の区分が「本人」なのに"),
        ("本人の区分=役員", "「本人の区分」：「役員」は選べません"),
        ("本人氏名=", "「本人氏名」"),
        (
            "請求者の住まい=前橋市",
            "請求に項目「請求者の住まい」はありません",
        ),
        ("受付番号=受第26-111号", "受付番号は直せません"),
        ("窓口=", "今の登録と同じ内容です"),
    ] {
        let told = amend(&workspace, 1, "受第26-101号", &[set]);
        assert!(told.contains(said), "{set}: {told}");
    }
    assert_eq!(shown(&workspace, "受第26-101号"), before);
    let told = workspace.exits(
        2,
        &[
            "request",
            "amend",
            "受第26-101号",
            "--set",
            "窓口=本部",
            "--reason",
            "なんとなく",
        ],
    );
    assert!(
        told.contains("入力の誤り、請求者の補正、事情の変更、確認の結果"),
        "{told}"
    );
    workspace.ok(&[
        "request",
        "close",
        "受第26-101号",
        "--reason",
        "取下げ",
        "--as",
        "佐藤",
    ]);
    let told = amend(&workspace, 1, "受第26-101号", &["窓口=本部"]);
    assert!(told.contains("request reopen 受第26-101号"), "{told}");
    // Opened again it is amended, and whole.
    workspace.ok(&[
        "request",
        "reopen",
        "受第26-101号",
        "--reason",
        "対応の継続",
        "--as",
        "佐藤",
    ]);
    amend(&workspace, 0, "受第26-101号", &["窓口=本部"]);
    workspace.ok(&["verify"]);
}

#[test]
fn letters_that_would_say_otherwise_stand_in_the_way_until_they_are_cancelled() {
    let workspace = Workspace::new();
    add(&workspace, &request(101));
    acknowledge(&workspace, "受第26-101号");
    for set in [
        &["到達日=R8.11.18"][..],
        &["請求者氏名=例示 花子", "本人氏名=例示 花子"],
        &["請求の種類=訂正等"],
    ] {
        let told = amend(&workspace, 1, "受第26-101号", set);
        assert!(
            told.contains("L000001B 承認") || told.contains("L000001B 受付"),
            "{told}"
        );
        assert!(told.contains("何も変えていません"), "{told}");
    }
    // What the letter does not say may change.
    amend(
        &workspace,
        0,
        "受第26-101号",
        &["備考=電話あり", "請求の種類=開示\n訂正等"],
    );
    workspace.ok(&["cancel", "L000001B", "--as", "佐藤"]);
    amend(&workspace, 0, "受第26-101号", &["到達日=R8.11.18"]);
    workspace.ok(&["verify"]);

    // One that went out cannot be taken back; it is told.
    let more = ["--set", "請求の内容=健診結果", "--set", "記録番号=2"];
    letter(&workspace, "受第26-101号", "acknowledgement", &more);
    workspace.ok(&["run"]);
    workspace.ok(&[
        "posted",
        "--print",
        "1",
        "--on",
        "2026-11-22",
        "--as",
        "佐藤",
    ]);
    let told = amend(&workspace, 0, "受第26-101号", &["到達日=R8.11.17"]);
    assert!(
        told.contains("L000002C(発送済)は、直した後の登録と食い違います"),
        "{told}"
    );
}

#[test]
fn protection_is_registered_at_once_and_not_taken_away() {
    let workspace = Workspace::new();
    add(&workspace, &of_agent(102));
    let granted = [
        "--outcome",
        "granted",
        "--set",
        "決定日=R8.11.20",
        "--set",
        "開示する内容=資格に関する情報｜令和7年度｜3｜写しの交付",
        "--set",
        "開示の実施方法=写しを郵送します。",
    ];
    letter(&workspace, "受第26-102号", "disclosure-decision", &granted);
    let told = amend(
        &workspace,
        0,
        "受第26-102号",
        &["支援措置の相手方=該当する"],
    );
    assert!(
        told.contains("支援措置の相手方：(空欄) → 該当する"),
        "{told}"
    );
    assert!(told.contains("注意："), "{told}");
    let told = amend(
        &workspace,
        1,
        "受第26-102号",
        &["支援措置の相手方=該当しない"],
    );
    assert!(told.contains("個人情報保護管理者"), "{told}");
    let told = amend(&workspace, 1, "受第26-102号", &["支援措置の相手方="]);
    assert!(told.contains("個人情報保護管理者"), "{told}");
    workspace.ok(&["verify"]);
}

#[test]
fn a_letter_queued_before_a_flag_came_to_its_request_does_not_go() {
    let workspace = Workspace::new();
    workspace.file(
        "flags.jsonl",
        json!({"member_key": "M-7", "flag": "protected", "act": "set"}).to_string(),
    );
    workspace.ok(&["members", "flags", "flags.jsonl", "--as", "佐藤"]);
    add(&workspace, &request(101));
    acknowledge(&workspace, "受第26-101号");
    // Who queued it was told of nothing: the request named no member then.
    let told = amend(&workspace, 0, "受第26-101号", &["加入者管理番号=M-7"]);
    assert!(told.contains("支援措置"), "{told}");
    assert!(
        told.contains("送付を止める書簡が、1通") && told.contains("L000001B"),
        "{told}"
    );
    workspace.exits(2, &["run"]);
    assert_eq!(workspace.letters_in("parked").len(), 1);
    workspace.ok(&["verify"]);
    // Other particulars stop nothing that was queued knowingly.
    workspace.ok(&["cancel", "L000001B", "--as", "佐藤"]);
    let again = ["--set", "請求の内容=健診結果", "--set", "記録番号=2"];
    letter(&workspace, "受第26-101号", "acknowledgement", &again);
    amend(&workspace, 0, "受第26-101号", &["窓口=本部"]);
    workspace.yobin(&["run", "--now", NEXT_NOON]);
    assert_eq!(workspace.letters_in("unposted").len(), 1);
}
