//! Members are told of a change of purposes: each whom it concerns, once, and
//! nobody who must not be written to.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use crate::handmade::Book;
use crate::harness::{NOON, Workspace, has, post_record, root, text_layer, tool};
use crate::notice_revisions::{ALWAYS, DRAFT, dated};

/// Fields of a roster the tests fill in.
const HEADERS: [&str; 19] = [
    "加入者管理番号",
    "区分",
    "氏名",
    "氏名カナ",
    "郵便番号",
    "住所",
    "方書・建物名",
    "送付方法",
    "メールアドレス",
    "関係する類型",
    "宛先",
    "被保険者の管理番号",
    "生年月日",
    "支援措置",
    "支援措置の郵便番号",
    "支援措置の住所",
    "支援措置の方書・建物名",
    "宛先不明",
    "送付停止",
];

/// A row of a roster: an insured person by post, concerned by receipts.
#[derive(Clone)]
pub struct Person(BTreeMap<&'static str, String>);

pub fn person(n: usize) -> Person {
    let mut row = BTreeMap::new();
    row.insert("加入者管理番号", format!("M{n:07}"));
    row.insert("区分", "被保険者".to_owned());
    row.insert("氏名", format!("見本 太郎{n}"));
    row.insert("郵便番号", "379-2147".to_owned());
    row.insert("住所", format!("群馬県前橋市亀里町{n}番地"));
    row.insert("送付方法", "郵送".to_owned());
    row.insert("関係する類型", "レセプトに関する情報".to_owned());
    Person(row)
}

impl Person {
    pub fn with(mut self, header: &'static str, value: &str) -> Self {
        assert!(HEADERS.contains(&header), "{header}");
        self.0.insert(header, value.to_owned());
        self
    }

    pub fn by_mail(self, address: &str) -> Self {
        self.with("送付方法", "メール")
            .with("メールアドレス", address)
    }

    /// A child of the insured person with this key, written to through them.
    pub fn child_of(self, insured: &str, birth_date: &str) -> Self {
        self.with("区分", "被扶養者")
            .with("宛先", "被保険者")
            .with("被保険者の管理番号", insured)
            .with("生年月日", birth_date)
    }

    fn line(&self) -> String {
        let cell = |header: &&str| {
            let value = self.0.get(header).map_or("", String::as_str);
            format!("\"{value}\"")
        };
        HEADERS.iter().map(cell).collect::<Vec<_>>().join(",")
    }
}

pub fn csv(people: &[Person]) -> String {
    let mut text = HEADERS.join(",") + "\n";
    for person in people {
        text.push_str(&person.line());
        text.push('\n');
    }
    text
}

/// An approved revision: a purpose of the receipts reworded, one of the
/// checkups removed, and two of the eligibility only moved. `reworded` is what
/// the rewording is declared to be: a change of `purpose`, or of `wording`.
fn revise(workspace: &Workspace, reworded: &str) {
    let old = fs::read_to_string(root().join("society/notice.toml")).unwrap();
    let line = |id: &str, text: &str| format!("  {{ id = \"{id}\", text = \"{text}\" }},\n");
    let management = line("member-management", "加入者の管理");
    let standard = line("standard-remuneration", "標準報酬月額の決定");
    let selection = line("guidance-selection", "保健指導対象者の特定");
    for part in [&management, &standard, &selection] {
        assert!(old.contains(part.as_str()), "{part}");
    }
    let new = dated(&old, "(令和8年12月更新版)", "2026-12-01")
        .replacen("医療費通知の発行", "医療費通知及び差額通知の発行", 1)
        .replacen(
            &format!("{management}{standard}"),
            &format!("{standard}{management}"),
            1,
        )
        .replacen(&selection, "", 1);
    let row = "\"receipts/medical-cost-notice\"";
    let mut answers = format!("[q1]\n{row} = \"{reworded}\"\n");
    if reworded == "purpose" {
        answers += &format!(
            "[q2]\n{row} = \"held\"\n[q3]\n{row} = \"yes\"\nreason = \"同じ趣旨の通知である。\"\n"
        );
    }
    workspace.file("now.toml", old);
    workspace.file("new.toml", new);
    workspace.file("answers.toml", answers + ALWAYS);
    workspace.ok(&["notice", "import", "now.toml", "--as", "佐藤"]);
    workspace.ok(&DRAFT);
    workspace.ok(&["notice", "approve", "2", "--as", "鈴木"]);
}

/// The arguments of a notification by a roster.
fn notify(workspace: &Workspace, roster: &str, more: &[&str]) -> Vec<String> {
    if workspace.ok(&["notice", "list", "--json"]).is_empty() {
        revise(workspace, "purpose");
    }
    let mut args: Vec<String> = [
        "notice",
        "notify",
        "--members",
        roster,
        "--reason",
        "医療費の動きを知らせる通知を増やすためです。",
        "--as",
        "佐藤",
    ]
    .map(str::to_owned)
    .into();
    args.extend(more.iter().map(|word| (*word).to_owned()));
    args
}

/// Runs a notification and demands an exit code.
pub fn notified(workspace: &Workspace, code: i32, roster: &str, more: &[&str]) -> String {
    let args = notify(workspace, roster, more);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    workspace.exits(code, &args)
}

pub fn roster(workspace: &Workspace, people: &[Person]) -> &'static str {
    workspace.file("roster.csv", csv(people));
    "roster.csv"
}

/// Records of all letters, in the order they were queued.
pub fn records(workspace: &Workspace) -> Vec<serde_json::Value> {
    let letters = workspace.letters();
    let shown = letters.iter().map(|letter| {
        let shown = workspace.ok(&["show", letter["id"].as_str().unwrap(), "--json"]);
        let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
        shown["record"].clone()
    });
    shown.collect()
}

#[track_caller]
pub fn assert_told(told: &str, parts: &[&str]) {
    for part in parts {
        assert!(told.contains(part), "{part:?} is not in\n{told}");
    }
}

#[test]
fn nobody_on_a_roster_is_born_tomorrow_or_130_years_old() {
    let workspace = Workspace::new();
    for (born, problem) in [
        ("2026-11-23", "生年月日が今日より後です。"),
        ("令和44年4月1日", "生年月日が今日より後です。"),
        ("1890-04-01", "生年月日が今日から130年より前です。"),
    ] {
        let child = person(2).child_of("M0000001", born);
        let roster = roster(&workspace, &[person(1), child]);
        let told = notified(&workspace, 1, roster, &["--dry-run"]);
        assert_told(&told, &["3行目「生年月日」", problem]);
    }
    for born in ["2026-11-22", "1926-04-01"] {
        let child = person(2).child_of("M0000001", born);
        let roster = roster(&workspace, &[person(1), child]);
        notified(&workspace, 0, roster, &["--dry-run"]);
    }
}

#[test]
fn each_member_is_told_what_concerns_them_and_nobody_else_is_told_anything() {
    let workspace = Workspace::new();
    let roster = roster(
        &workspace,
        &[
            person(1),
            person(2).with("関係する類型", "health-checkups、receipts、income"),
            // Two purposes of theirs only changed places.
            person(3).with("関係する類型", "資格に関する情報"),
            person(4).by_mail("mihon4@example.jp"),
        ],
    );
    let told = notified(&workspace, 0, roster, &["--confirm", "3"]);
    assert_told(
        &told,
        &[
            "利用目的の変更のある類型 1：レセプトに関する情報",
            "書簡に載せない類型 1：健康診査に関する情報",
            "名簿 4人",
            "メール  1件",
            "郵送    2件",
            "変更が関係しない  1人",
            "3件を受け付けました。",
        ],
    );
    let records = records(&workspace);
    let categories = |n: usize| -> Vec<&str> {
        let rows = records[n]["changes"].as_array().unwrap();
        rows.iter()
            .map(|row| row["category"].as_str().unwrap())
            .collect()
    };
    assert_eq!(categories(0), ["レセプトに関する情報"]);
    // A purpose that was given up is no change of purposes.
    assert_eq!(categories(1), ["レセプトに関する情報"]);
    let change = &records[0]["changes"][0];
    let (old, new) = (&change["old_purpose"], &change["new_purpose"]);
    assert!(
        old.as_str().unwrap().contains("、医療費通知の発行、"),
        "{old}"
    );
    assert!(
        new.as_str()
            .unwrap()
            .contains("、医療費通知及び差額通知の発行、"),
        "{new}"
    );
    assert_eq!(records[0]["effective_date"], "2026-12-01");
    assert_eq!(records[0]["member_key"], "M0000001");
    assert_eq!(records[2]["delivery"], "mail");
    assert_eq!(records[2]["mail_address"], "mihon4@example.jp");
}

#[test]
fn nothing_is_queued_before_the_number_was_said_back() {
    let workspace = Workspace::new();
    let roster = roster(&workspace, &[person(1), person(2)]);
    let told = notified(&workspace, 0, roster, &["--dry-run"]);
    assert_told(&told, &["郵送    2件", "受け付けていません", "--confirm 2"]);
    let told = notified(&workspace, 1, roster, &[]);
    assert_told(&told, &["まだ1件も受け付けていません", "--confirm 2"]);
    let told = notified(&workspace, 1, roster, &["--confirm", "3"]);
    assert_told(
        &told,
        &["--confirm の件数(3)が、受け付ける件数(2)と違います"],
    );
    assert!(workspace.letters().is_empty());
    notified(&workspace, 0, roster, &["--confirm", "2"]);
    assert_eq!(workspace.letters().len(), 2);
}

#[test]
fn an_edition_of_words_alone_is_told_only_when_asked() {
    let workspace = Workspace::new();
    let roster = roster(&workspace, &[person(1)]);
    revise(&workspace, "wording");
    let told = notified(&workspace, 0, roster, &["--dry-run"]);
    assert_told(&told, &["知らせる利用目的の変更がありません"]);
    let told = notified(&workspace, 0, roster, &["--all", "--dry-run"]);
    assert_told(&told, &["郵送    1件"]);
}

#[test]
fn who_must_not_be_written_to_is_left_out_with_the_reason() {
    let workspace = Workspace::new();
    let roster = roster(
        &workspace,
        &[
            person(1),
            person(2)
                .with("支援措置", "該当する")
                .by_mail("two@example.jp"),
            person(3)
                .with("支援措置", "該当する")
                .with("支援措置の郵便番号", "371-0001")
                .with("支援措置の住所", "群馬県前橋市見本町9番地")
                .by_mail("three@example.jp"),
            person(4).with("宛先不明", "該当する"),
            person(5).with("送付停止", "該当する"),
            person(6).with("郵便番号", ""),
        ],
    );
    let told = notified(&workspace, 2, roster, &["--confirm", "2"]);
    assert_told(
        &told,
        &[
            "※支援措置(送付先の指定なし)  1人(行：3)",
            "※宛先不明  1人(行：5)",
            "※送付停止  1人(行：6)",
            "※郵便番号か住所がない  1人(行：7)",
            "ほかの方法で知らせてください",
        ],
    );
    let records = records(&workspace);
    assert_eq!(records.len(), 2);
    // Under protective measures only the address given, and only by post.
    assert_eq!(records[1]["addressee_address"], "群馬県前橋市見本町9番地");
    assert_eq!(records[1]["addressee_postal_code"], "371-0001");
    assert_eq!(records[1]["delivery"], "post");
    assert!(records[1].get("mail_address").is_none());
    workspace.ok(&["run"]);
    assert_eq!(workspace.letters_in("unposted").len(), 2);
}

#[test]
fn a_young_dependant_is_written_to_as_the_roster_says_and_a_protected_one_never_at_home() {
    let workspace = Workspace::new();
    let roster = roster(
        &workspace,
        &[
            // The child's row comes before the row of whom it goes to.
            person(2).child_of("M0000001", "2016-04-01"),
            person(1)
                .by_mail("oya@example.jp")
                .with("住所", "群馬県前橋市親町1番地"),
            // Sixteen on the day: written to in person.
            person(3).child_of("M0000001", "2010-11-22"),
            // Young, but the roster says nothing of the insured person.
            person(4)
                .with("区分", "被扶養者")
                .with("生年月日", "2016-04-01"),
            person(5)
                .child_of("M0000001", "2016-04-01")
                .with("支援措置", "該当する"),
            person(6)
                .child_of("M0000001", "2016-04-01")
                .with("支援措置", "該当する")
                .with("支援措置の郵便番号", "371-0001")
                .with("支援措置の住所", "群馬県前橋市見本町9番地"),
            person(7).child_of("M0009999", "2016-04-01"),
            person(8).with("送付停止", "該当する"),
            person(9).child_of("M0000008", "2016-04-01"),
        ],
    );
    let told = notified(&workspace, 2, roster, &["--confirm", "5"]);
    assert_told(
        &told,
        &[
            "被扶養者の分を被保険者あてに送るもの 1件",
            "※支援措置(送付先の指定なし)  1人(行：6)",
            "※送付停止  1人(行：9)",
            "※被保険者が名簿にない  1人(行：8)",
            "※被保険者に送れない  1人(行：10)",
        ],
    );
    let records = records(&workspace);
    let parent = &records[0];
    assert_eq!(parent["addressee_name"], "見本 太郎1");
    assert_eq!(parent["addressee_address"], "群馬県前橋市親町1番地");
    assert_eq!(parent["person_name"], "見本 太郎2");
    assert_eq!(parent["member_key"], "M0000002");
    assert_eq!(parent["mail_address"], "oya@example.jp");
    for (place, name) in [
        (1, "見本 太郎1"),
        (2, "見本 太郎3"),
        (3, "見本 太郎4"),
        (4, "見本 太郎6"),
    ] {
        assert_eq!(records[place]["addressee_name"], name);
        assert!(records[place].get("person_name").is_none());
    }
    assert_eq!(records[4]["addressee_address"], "群馬県前橋市見本町9番地");
    // No letter to another person holds where a protected child is.
    let others = records[..4].iter().map(serde_json::Value::to_string);
    assert!(others.into_iter().all(|record| !record.contains("見本町9")));
}

#[test]
fn everything_wrong_with_a_roster_is_told_at_once_and_nothing_is_queued() {
    let workspace = Workspace::new();
    let people = [
        person(1),
        person(2).with("関係する類型", "歯の情報"),
        person(1).with("氏名", "例示 花子"),
        person(3).with("送付方法", "メール"),
        person(4).with("宛先", "被保険者"),
        person(5).with("支援措置の住所", "群馬県前橋市見本町9番地"),
        person(6).with("加入者管理番号", "ｍ0000001"),
    ];
    let roster = roster(&workspace, &people);
    let told = notified(&workspace, 1, roster, &["--confirm", "1"]);
    assert_told(
        &told,
        &[
            "3行目「関係する類型」：「歯の情報」は、公表事項にない類型です。",
            "4行目：2行目と同じ加入者管理番号です。",
            "5行目「メールアドレス」：メールで送るときは必要です。",
            "6行目「宛先」：被扶養者ではない方の宛先が「被保険者」になっています。",
            "6行目「被保険者の管理番号」：宛先が「被保険者」のときは必要です。",
            "6行目「生年月日」：宛先が「被保険者」のときは必要です。",
            "7行目「支援措置」：支援措置の送付先があるのに",
            "6件の行に直すところがあるため、1件も受け付けていません。",
        ],
    );
    assert!(workspace.letters().is_empty());
    // A missing column is one message, not one a row.
    let text = csv(&people).replacen("加入者管理番号", "整理番号", 1);
    workspace.file("roster.csv", text);
    let told = notified(&workspace, 1, roster, &["--dry-run"]);
    assert_told(&told, &["加入者管理番号"]);
    assert!(told.lines().count() < 6, "{told}");
}

#[test]
fn a_roster_is_the_same_in_every_encoding_and_format() {
    let people = [person(1), person(2).by_mail("mihon2@example.jp")];
    let plain = Workspace::new();
    plain.file("roster.csv", csv(&people));
    notified(&plain, 0, "roster.csv", &["--confirm", "2"]);
    let expected = records(&plain);

    let japanese = Workspace::new();
    let text = csv(&people);
    let (cp932, _, lossy) = encoding_rs::SHIFT_JIS.encode(&text);
    assert!(!lossy);
    japanese.file("roster.csv", cp932);
    notified(&japanese, 0, "roster.csv", &["--confirm", "2"]);
    assert_eq!(records(&japanese), expected);

    let lines = Workspace::new();
    let json = people.iter().map(|person| {
        let filled = person.0.iter().map(|(header, value)| {
            let value = match *header {
                "関係する類型" => serde_json::json!([value]),
                _ => value.clone().into(),
            };
            ((*header).to_owned(), value)
        });
        serde_json::Value::Object(filled.collect()).to_string()
    });
    lines.file("roster.jsonl", json.collect::<Vec<_>>().join("\n"));
    notified(&lines, 0, "roster.jsonl", &["--confirm", "2"]);
    assert_eq!(records(&lines), expected);
}

#[test]
fn a_second_run_tells_only_who_is_new() {
    let workspace = Workspace::new();
    roster(&workspace, &[person(1), person(2)]);
    notified(&workspace, 0, "roster.csv", &["--confirm", "2"]);
    // Whoever moved in the meantime is still the same member.
    let moved = person(1).with("住所", "群馬県前橋市転居町1番地");
    roster(&workspace, &[moved.clone(), person(2), person(3)]);
    let told = notified(&workspace, 0, "roster.csv", &["--confirm", "1"]);
    assert_told(&told, &["前に受け付けた  2人", "1件を受け付けました"]);
    // A cancelled letter told nobody anything.
    let first = workspace.letters()[0]["id"].as_str().unwrap().to_owned();
    workspace.ok(&["cancel", &first, "--as", "佐藤"]);
    let told = notified(&workspace, 0, "roster.csv", &["--confirm", "1"]);
    assert_told(&told, &["前に受け付けた  2人"]);
    assert_eq!(
        records(&workspace)[3]["addressee_address"],
        "群馬県前橋市転居町1番地"
    );
    let told = notified(&workspace, 0, "roster.csv", &[]);
    assert_told(&told, &["新しく受け付けるものはありません"]);
}

/// Sets or clears flags.
pub fn flag(workspace: &Workspace, lines: &[&str]) -> String {
    let text = format!("加入者管理番号,区分,操作\n{}\n", lines.join("\n"));
    workspace.file("flags.csv", text);
    workspace.ok(&["members", "flags", "flags.csv", "--as", "鈴木"])
}

#[test]
fn a_flag_set_after_queueing_stops_the_letter_before_it_is_set_and_lets_it_go_when_cleared() {
    let workspace = Workspace::new();
    roster(
        &workspace,
        &[
            person(1).by_mail("mihon1@example.jp"),
            person(2),
            person(3).by_mail("mihon3@example.jp"),
            person(4).child_of("M0000001", "2016-04-01"),
        ],
    );
    notified(&workspace, 0, "roster.csv", &["--confirm", "4"]);
    let told = flag(
        &workspace,
        &["M0000001,支援措置,", "ｍ0000002,送付停止,登録"],
    );
    assert_told(&told, &["登録 2件", "送らずに要確認になります"]);
    let told = workspace.exits(2, &["run"]);
    assert_told(
        &told,
        &[
            "書出済 1",
            "要確認 3",
            "「支援措置」の登録があるため、送っていません",
        ],
    );
    assert_eq!(workspace.recipients(), ["mihon3@example.jp"]);
    // Stopped before it was set: nothing of it is in the archive.
    assert_eq!(workspace.archived().len(), 1);
    assert!(!workspace.path("out/print").join("2026-11-22").exists());
    // Trying again changes nothing while the flag stands.
    let retry = ["retry", "L000001B", "L000002C", "--as", "鈴木"];
    workspace.ok(&retry);
    workspace.exits(2, &["run"]);
    assert_eq!(workspace.letters_in("parked").len(), 3);
    flag(&workspace, &["M0000002,送付停止,解除"]);
    workspace.ok(&retry);
    let told = workspace.exits(2, &["run"]);
    assert_told(&told, &["郵送する書簡の印刷用ファイルを作りました", "1通"]);
    assert_eq!(workspace.letters_in("unposted").len(), 1);
    assert_eq!(workspace.letters_in("parked").len(), 2);
}

#[test]
fn a_flag_set_while_the_letter_waits_to_be_mailed_stops_it() {
    let workspace = Workspace::new();
    roster(&workspace, &[person(1).by_mail("mihon1@example.jp")]);
    notified(&workspace, 0, "roster.csv", &["--confirm", "1"]);
    // The program dies when the letter is archived and not yet mailed.
    let run = workspace.start_until(&["run", "--stop-at", "registered"], "stopped at");
    run.kill();
    assert_eq!(workspace.archived().len(), 1);
    flag(&workspace, &["M0000001,支援措置,登録"]);
    let told = workspace.exits(2, &["run"]);
    assert_told(&told, &["要確認 1", "「支援措置」の登録があるため"]);
    assert!(workspace.recipients().is_empty());
}

#[test]
fn a_flag_known_before_is_weighed_at_queueing_and_told_with_letters_queued_by_hand() {
    let workspace = Workspace::new();
    flag(&workspace, &["M0000001,送付停止,登録"]);
    roster(&workspace, &[person(1), person(2)]);
    let told = notified(&workspace, 2, "roster.csv", &["--confirm", "1"]);
    assert_told(&told, &["※送付停止  1人(行：2)"]);
    // What somebody queues knowing of the flag is their decision.
    let mut mailed = post_record(1, 1);
    mailed["delivery"] = "mail".into();
    mailed["mail_address"] = "mihon1@example.jp".into();
    let sample = workspace.file("by-hand.json", mailed.to_string());
    let told = workspace.ok(&["queue", sample.to_str().unwrap()]);
    assert_told(&told, &["「送付停止」が登録されています"]);
    workspace.ok(&["run"]);
    assert_eq!(workspace.letters_in("written").len(), 1);
    // A flag a roster brings holds for letters queued before the roster came.
    let other = Workspace::new();
    other.ok(&["queue", sample.to_str().unwrap()]);
    roster(&other, &[person(1).with("送付停止", "該当する"), person(2)]);
    notified(&other, 2, "roster.csv", &["--confirm", "1"]);
    other.exits(2, &["run"]);
    assert_eq!(other.letters_in("parked").len(), 1);
    assert_eq!(other.letters_in("unposted").len(), 1);
}

#[test]
fn a_wrong_file_of_flags_changes_nothing() {
    let workspace = Workspace::new();
    let text = "加入者管理番号,区分,操作\nM0000001,支援措置,登録\nM0000002,転居,登録\n";
    workspace.file("flags.csv", text);
    let told = workspace.exits(1, &["members", "flags", "flags.csv", "--as", "鈴木"]);
    assert_told(&told, &["3行目「区分」", "1件も登録していません"]);
    let told = flag(&workspace, &["M0000001,支援措置,解除"]);
    assert_told(&told, &["解除 0件", "もともと登録されていませんでした"]);
}

#[test]
fn letters_by_post_are_joined_in_the_order_of_postal_codes() {
    let test = "letters_by_post_are_joined_in_the_order_of_postal_codes";
    if !has(test, &["qpdf", "pdftotext"]) {
        return;
    }
    let workspace = Workspace::new();
    // The same code with and without its hyphen is one place.
    let codes = ["379-2147", "100-0001", "3710001", "371-0001", "060-0001"];
    let everything = fs::read_to_string(root().join("society/notice.toml")).unwrap();
    let all: Vec<&str> = everything
        .lines()
        .filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'))
        .collect();
    let mut people: Vec<Person> = (1..)
        .zip(codes)
        .map(|(n, code)| person(n).with("郵便番号", code))
        .collect();
    people.push(person(6).by_mail("mihon6@example.jp"));
    people.push(person(7).with("郵便番号", "200-0001"));
    people[1] = people[1].clone().with("関係する類型", &all.join("\n"));
    roster(&workspace, &people);
    notified(&workspace, 0, "roster.csv", &["--confirm", "7"]);
    let told = workspace.ok(&["run"]);
    assert_told(&told, &["郵送する書簡の印刷用ファイルを作りました", "6通"]);

    let folder = workspace.path("out/print/2026-11-22");
    let list = fs::read_to_string(folder.join("purpose-change.csv")).unwrap();
    assert!(!list.contains("見本"), "{list}");
    let rows: Vec<Vec<&str>> = list
        .lines()
        .skip(1)
        .map(|row| row.split(',').collect())
        .collect();
    let ordered: Vec<&str> = rows.iter().map(|row| row[4]).collect();
    assert_eq!(
        ordered,
        [
            "060-0001", "100-0001", "200-0001", "371-0001", "371-0001", "379-2147"
        ]
    );
    let references: Vec<&str> = rows.iter().map(|row| row[2]).collect();
    assert!(references[3] < references[4], "{references:?}");

    let file = folder.join("purpose-change.pdf");
    tool("qpdf", &["--check"], &file);
    let count: usize = tool("qpdf", &["--show-npages"], &file)
        .trim()
        .parse()
        .unwrap();
    let pages = text_layer(&file);
    assert_eq!(pages.len(), count);
    let mut next = 1;
    for row in &rows {
        let (first, length): (usize, usize) = (row[5].parse().unwrap(), row[6].parse().unwrap());
        assert_eq!(first, next);
        // Each letter begins on a sheet of its own.
        next += length + length % 2;
        // The pages are those of the letter in the archive, word for word.
        let shown = workspace.ok(&["show", row[2], "--json"]);
        let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
        let hash = shown["letter"]["pdf_sha256"].as_str().unwrap().to_owned();
        let archived = crate::harness::files_below(&workspace.path("out/archive/pdf"));
        let archived = archived
            .iter()
            .find(|path| path.to_string_lossy().contains(&hash));
        assert_eq!(
            text_layer(archived.unwrap()),
            pages[first - 1..first - 1 + length]
        );
        assert!(
            pages[first - 1 + length..next - 1]
                .iter()
                .all(String::is_empty)
        );
        assert!(pages[first - 1].contains(row[3]), "{}", row[3]);
    }
    assert_eq!(next - 1, count);

    // A flag that came after the night keeps the letter from the printer.
    flag(&workspace, &["M0000005,宛先不明,登録"]);
    let told = workspace.exits(2, crate::harness::REPRINT);
    assert_told(
        &told,
        &[
            "5通",
            "「宛先不明」の登録があるため、印刷用ファイルから除きました",
        ],
    );
    let list = fs::read_to_string(folder.join("purpose-change.csv")).unwrap();
    assert!(!list.contains("060-0001"), "{list}");
    let told = workspace.ok(&["print-file", "2026-11-21"]);
    assert_told(&told, &["まだ印刷していない郵送の書簡はありません"]);
}

/// A roster with some of everything.
fn mixed(rows: usize) -> Vec<Person> {
    (1..=rows)
        .map(|n| match n % 20 {
            0 => person(n).with("関係する類型", "bank-accounts"),
            1 => person(n).with("送付停止", "該当する"),
            2 => person(n).child_of(&format!("M{:07}", n + 1), "2016-04-01"),
            even if even % 2 == 0 => person(n).by_mail(&format!("mihon{n}@example.jp")),
            _ => person(n).with("郵便番号", &format!("379-{:04}", n % 10_000)),
        })
        .collect()
}

#[test]
fn a_thousand_members_are_told_and_the_morning_report_adds_up() {
    let workspace = Workspace::new();
    let people = mixed(1_000);
    roster(&workspace, &people);
    let told = notified(&workspace, 2, "roster.csv", &["--confirm", "900"]);
    assert_told(
        &told,
        &[
            "名簿 1000人",
            "メール  400件",
            "郵送    500件",
            "関係しない  50人",
            "※送付停止  50人(行：2、22、",
        ],
    );
    let told = workspace.ok(&["run"]);
    assert_told(
        &told,
        &[
            "受付  900件",
            "送信済 0  書出済 400  未発送 500",
            "受付の件数と内訳の合計は一致しています",
            "500通 500ページ 500枚  purpose-change.pdf、purpose-change.csv",
        ],
    );
    assert_eq!(workspace.recipients().len(), 400);
}

/// Peak memory in KiB of weighing and queueing so many members.
fn peak_of(rows: usize) -> u64 {
    let workspace = Workspace::new();
    workspace.file("roster.csv", csv(&mixed(rows)));
    let letters = (rows - rows / 10).to_string();
    let mut args = notify(&workspace, "roster.csv", &["--confirm", &letters]);
    args.extend(["--now".to_owned(), NOON.to_owned()]);
    let mut timed = Command::new("time");
    timed
        .args(["-f", "peak %M", "--", env!("CARGO_BIN_EXE_yobin")])
        .args(args)
        .current_dir(workspace.path(""))
        .env("USER", "tester");
    let output = timed.output().unwrap();
    let (out, err) = (output.stdout, output.stderr);
    let (out, err) = (
        String::from_utf8(out).unwrap(),
        String::from_utf8(err).unwrap(),
    );
    assert!(
        out.contains(&format!("{letters}件を受け付けました")),
        "{out}{err}"
    );
    let peak = err.lines().find_map(|line| line.strip_prefix("peak "));
    peak.unwrap().parse().unwrap()
}

#[test]
fn a_roster_thirty_times_as_long_takes_no_more_memory() {
    if !has(
        "a_roster_thirty_times_as_long_takes_no_more_memory",
        &["time"],
    ) {
        return;
    }
    let (few, many) = (peak_of(1_000), peak_of(30_000));
    // Room for SQLite's cache, which fills once and stays.
    assert!(
        many < few + 8 * 1024,
        "{few} KiB for 1,000 members, {many} KiB for 30,000"
    );
}

#[test]
fn the_forms_come_as_empty_sheets() {
    let workspace = Workspace::new();
    workspace.ok(&["members", "header", "csv", "-o", "form.csv"]);
    let form = fs::read_to_string(workspace.path("form.csv")).unwrap();
    for header in HEADERS {
        assert!(form.contains(header), "{header}");
    }
    workspace.ok(&["members", "flags", "--header", "xlsx", "-o", "flags.xlsx"]);
    assert!(workspace.path("flags.xlsx").exists());
}

#[test]
fn a_formula_or_a_hidden_row_of_a_roster_loses_no_protection() {
    let workspace = Workspace::new();
    let cells = |person: &Person| -> Vec<String> {
        let cell = |header: &&str| person.0.get(header).cloned().unwrap_or_default();
        HEADERS.iter().map(cell).collect()
    };
    let rows = vec![
        HEADERS.map(str::to_owned).to_vec(),
        cells(&person(1).with("支援措置", "該当しない")),
        cells(&person(2)),
    ];
    let roster = Book::of(&rows);
    let formula = "<c r=\"N2\"><f>IF(A2=\"M0000001\",\"該当する\",\"\")</f><v/></c>";
    for (book, expected) in [
        (
            roster.clone().with("N2", formula),
            "2行目「支援措置」：数式の計算結果がファイルに保存されていません",
        ),
        (
            roster
                .clone()
                .with("A3", "<c r=\"A3\" t=\"e\"><v>#SPILL!</v></c>"),
            "3行目「加入者管理番号」：数式がエラーになっています",
        ),
        (
            roster.clone().row(3, "hidden=\"1\""),
            "非表示の行や列に値があります(3行目)",
        ),
    ] {
        workspace.file("roster.xlsx", book.bytes());
        let told = notified(&workspace, 1, "roster.xlsx", &["--dry-run"]);
        assert_told(&told, &[expected]);
    }
    workspace.file("roster.xlsx", roster.bytes());
    notified(&workspace, 0, "roster.xlsx", &["--dry-run"]);
}
