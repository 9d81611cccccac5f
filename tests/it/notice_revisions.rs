//! The notice is revised with the law's questions asked, approved by a second
//! person, and kept as it was published.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Command, Stdio};

use serde_json::Value;
use sqlx::ConnectOptions as _;
use sqlx::sqlite::SqliteConnectOptions;

use crate::harness::{NOON, Workspace, has, root, squeezed, text_layer, tool};

/// The first second of the day the sample revision comes into force.
pub const DAY: &str = "2026-12-01T00:00:00+09:00";
pub const DAY_BEFORE: &str = "2026-11-30T23:59:59+09:00";

/// The answers to what is asked of every revision.
pub const ALWAYS: &str = r#"
[q5]
third_party = "no"
abroad = "no"
joint_use = "no"
[q6]
acquired = "consent"
basis = "相談の初めに同意を得て、記録する。"
[q7]
use = "no"
[q8]
entrustment = "yes"
analysis = "no"
processed = "no"
[q9]
who = "被保険者と被扶養者。元加入者を含む。"
count = 12000
means = "both"
reach = "申出のある人には、届出の住所に送る。"
[q10]
body = "board"
date = 2026-11-20
minutes = "理事会議事録"
"#;

/// The answers about the sample revision.
pub const CHANGES: &str = r#"
[q1]
"health-checkups/recheck" = "purpose"
"receipts/medical-cost-analysis" = "wording"
telephone-counselling = "purpose"
[q2]
"health-checkups/recheck" = "held"
telephone-counselling = "future"
[q3]
"health-checkups/recheck" = "yes"
reason = "受診勧奨と同じ趣旨の案内である。"
"#;

fn shipped() -> String {
    fs::read_to_string(root().join("society/notice.toml")).unwrap()
}

fn replaced(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

/// The shipped notice with a purpose added, one reworded and a category added.
fn revised() -> String {
    let mut text = dated(&shipped(), "(令和8年12月更新版)", "2026-12-01");
    for (from, to) in [
        (
            "  { id = \"treatment-encouragement\"",
            "  { id = \"recheck\", text = \"再検査の案内\" },\n  { id = \"treatment-encouragement\"",
        ),
        (
            "加入者の健康管理及び施策立案を目的とした医療費分析",
            "加入者の健康管理及び施策の立案のための医療費の分析",
        ),
        (
            "# 組合内部の情報",
            "[[purposes.groups.categories]]
id = \"telephone-counselling\"
name = \"電話健康相談に関する情報\"
purposes = [{ id = \"counselling\", text = \"電話健康相談の実施\" }]

# 組合内部の情報",
        ),
    ] {
        text = replaced(&text, from, to);
    }
    text
}

pub fn dated(text: &str, label: &str, date: &str) -> String {
    let line = |name: &str| {
        let lines = text.lines();
        let mut lines = lines.filter(|line| line.starts_with(name));
        lines.next().unwrap().to_owned()
    };
    let text = replaced(text, &line("label = "), &format!("label = \"{label}\""));
    replaced(&text, &line("date = "), &format!("date = \"{date}\""))
}

/// A workspace that has imported the shipped notice, with the sample revision
/// and its answers.
pub fn workspace() -> Workspace {
    let workspace = Workspace::new();
    workspace.file("now.toml", shipped());
    workspace.file("new.toml", revised());
    workspace.file("answers.toml", format!("{CHANGES}{ALWAYS}"));
    workspace.ok(&["notice", "import", "now.toml", "--as", "佐藤"]);
    workspace
}

pub const DRAFT: [&str; 7] = [
    "notice",
    "draft",
    "new.toml",
    "--answers",
    "answers.toml",
    "--as",
    "佐藤",
];

pub fn drafted() -> Workspace {
    let workspace = workspace();
    workspace.ok(&DRAFT);
    workspace
}

pub fn at<'a>(time: &'a str, args: &[&'a str]) -> Vec<&'a str> {
    [&["--now", time], args].concat()
}

fn states(workspace: &Workspace) -> Vec<(u64, String)> {
    let told = workspace.ok(&["notice", "list", "--json"]);
    let rows = told.lines().map(|line| serde_json::from_str(line).unwrap());
    rows.map(|row: Value| {
        let state = row["state"].as_str().unwrap().to_owned();
        (row["number"].as_u64().unwrap(), state)
    })
    .collect()
}

fn assert_states(workspace: &Workspace, expected: &[&str]) {
    let states = states(workspace);
    let found: Vec<&str> = states.iter().map(|(_, state)| state.as_str()).collect();
    assert_eq!(found, expected);
    assert!((1..).zip(&states).all(|(n, (number, _))| n == *number));
}

#[track_caller]
fn assert_told(told: &str, parts: &[&str]) {
    for part in parts {
        assert!(told.contains(part), "{part}\n---\n{told}");
    }
}

#[test]
fn a_revision_goes_from_draft_to_the_notice_in_force() {
    let workspace = workspace();
    let told = workspace.ok(&DRAFT);
    assert_told(
        &told,
        &[
            "第2版 (令和8年12月更新版)  案  施行日 2026-12-01",
            "関連性のある範囲の変更：通知又は公表",
            "法第17条第2項・第21条第3項  変更された利用目的を、本人に通知し、又は公表する。",
            "法第17条第2項  文言だけの変更と申告された行",
            "法第21条第1項・第2項",
            "法第20条第2項  本人の同意を得てから取得する。",
            "法第25条",
        ],
    );
    let told = workspace.ok(&["notice", "approve", "2", "--as", "鈴木"]);
    assert_told(&told, &["第2版", "承認済み", "2026-12-01"]);
    let told = workspace.exits(1, &at(DAY_BEFORE, &["notice", "publish", "2"]));
    assert_told(&told, &["施行日は2026-12-01です"]);
    workspace.ok(&at(DAY_BEFORE, &["notice", "publish"]));
    let ahead = at(DAY_BEFORE, &["notice", "publish", "--date", "2026-12-01"]);
    assert_told(&workspace.exits(1, &ahead), &["今日(2026-11-30)より後です"]);
    assert_states(&workspace, &["published", "approved"]);
    workspace.ok(&at(DAY, &["notice", "publish"]));
    assert_states(&workspace, &["superseded", "published"]);
    // Once more changes nothing.
    let before = workspace.ok(&["notice", "show", "2", "--json"]);
    workspace.ok(&at(DAY, &["notice", "publish"]));
    workspace.ok(&at(DAY, &["notice", "publish", "2"]));
    assert_eq!(workspace.ok(&["notice", "show", "2", "--json"]), before);
    let shown: Value = serde_json::from_str(&before).unwrap();
    let acts: Vec<(&str, &str)> = shown["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            (
                line["act"].as_str().unwrap(),
                line["actor"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        acts,
        [
            ("drafted", "佐藤"),
            ("approved", "鈴木"),
            ("published", "tester")
        ]
    );
    assert_eq!(shown["record"]["answered_by"], "佐藤");
    assert_eq!(shown["record"]["answered_at"], NOON);
    let first = workspace.ok(&["notice", "show", "1", "--json"]);
    let first: Value = serde_json::from_str(&first).unwrap();
    assert_eq!(first["content"]["revision"]["label"], "(令和7年7月更新版)");
}

#[test]
fn the_difference_is_told_by_category() {
    let workspace = drafted();
    let told = workspace.ok(&["notice", "diff"]);
    assert_eq!(
        told,
        "第1版 (令和7年7月更新版) → 第2版 (令和8年12月更新版)

類型「レセプトに関する情報」
  文言の変更
    前：加入者の健康管理及び施策立案を目的とした医療費分析
    後：加入者の健康管理及び施策の立案のための医療費の分析

類型「健康診査に関する情報」
  追加  再検査の案内

類型「電話健康相談に関する情報」 追加
  追加  電話健康相談の実施

違い：追加 3、文言の変更 1、削除 0、順序の変更 0
"
    );
    let back = workspace.ok(&["notice", "diff", "2", "1"]);
    assert_told(
        &back,
        &[
            "類型「電話健康相談に関する情報」 削除",
            "  削除  再検査の案内",
        ],
    );
    let json: Value = serde_json::from_str(&workspace.ok(&["notice", "diff", "--json"])).unwrap();
    assert_eq!(json["old"]["number"], 1);
    assert_eq!(
        json["changes"]["categories"][0]["purposes"][0]["difference"],
        "reworded"
    );
    let told = workspace.exits(1, &["notice", "diff", "1", "3"]);
    assert_told(&told, &["第3版はありません", "yobin notice list"]);
}

#[test]
fn the_same_person_cannot_approve() {
    let workspace = drafted();
    for name in ["佐藤", " 佐　藤 "] {
        let told = workspace.exits(1, &["notice", "approve", "2", "--as", name]);
        assert_told(&told, &["改定案を作った人は承認できません"]);
    }
    assert_states(&workspace, &["published", "draft"]);
    let told = workspace.exits(1, &at(DAY, &["notice", "publish", "2"]));
    assert_told(&told, &["「案」なので", "別の人が yobin notice approve"]);
}

#[test]
fn a_day_that_is_past_is_refused_at_every_door() {
    let workspace = workspace();
    let told = workspace.exits(1, &[&DRAFT[..], &["--effective", "2026-11-21"]].concat());
    assert_told(&told, &["施行日(2026-11-21)が今日(2026-11-22)より前です"]);
    assert_states(&workspace, &["published"]);
    workspace.ok(&[&DRAFT[..], &["--effective", "2026-11-22"]].concat());
    let next_day = "2026-11-23T00:00:00+09:00";
    let approve = ["notice", "approve", "2", "--as", "鈴木"];
    let told = workspace.exits(1, &at(next_day, &approve));
    assert_told(&told, &["施行日(2026-11-22)を過ぎています", "--replace"]);
    // The day also stands in the content, for what is printed of it.
    let shown = workspace.ok(&["notice", "show", "2", "--json"]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["content"]["revision"]["date"], "2026-11-22");
}

#[test]
fn missing_and_contradicting_answers_are_named_and_nothing_is_kept() {
    let workspace = workspace();
    let given = format!("{CHANGES}{ALWAYS}");
    for (from, to, parts) in [
        (
            "minutes = \"理事会議事録\"",
            "",
            &["問10「minutes」：答えがありません"][..],
        ),
        (
            "\"health-checkups/recheck\" = \"purpose\"",
            "\"health-checkups/recheck\" = \"wording\"",
            &["問1「health-checkups/recheck」：追加された利用目的は、文言だけの変更にはできません"],
        ),
        (
            "\"health-checkups/recheck\" = \"yes\"",
            "\"health-checkups/recheck\" = \"no\"",
            &["問4「remedy」：答えがありません"],
        ),
        (
            "\nuse = \"no\"",
            "\nuse = \"beyond\"",
            &["問7「use」", "番号法"],
        ),
        (
            "[q1]",
            "[q1]\nunknown = \"wording\"",
            &["問1「unknown」：この改定にはない項目です"],
        ),
        (
            "[q8]",
            "[q8]\nentrustment = \"no\"",
            &["同じ項目が2度書かれています", "entrustment"],
        ),
    ] {
        workspace.file("answers.toml", replaced(&given, from, to));
        let told = workspace.exits(1, &DRAFT);
        assert_told(&told, parts);
    }
    workspace.file("answers.toml", "");
    let told = workspace.exits(1, &DRAFT);
    assert_told(
        &told,
        &[
            "問1「telephone-counselling」",
            "問5「abroad」",
            "問9「who」",
        ],
    );
    let told = workspace.exits(1, &["notice", "draft", "new.toml", "--as", "佐藤"]);
    assert_told(&told, &["--questions", "--answers"]);
    assert_states(&workspace, &["published"]);
}

#[test]
fn the_questions_are_printed_as_a_file_to_fill_in() {
    let workspace = workspace();
    let printed = workspace.ok(&["notice", "draft", "new.toml", "--questions", "--as", "佐藤"]);
    for number in 1..=10 {
        assert_told(
            &printed,
            &[&format!("\n# 問{number} "), &format!("\n[q{number}]\n")],
        );
    }
    let filled = toml::from_str::<toml::Table>(&format!("{CHANGES}{ALWAYS}")).unwrap();
    let mut blank = toml::from_str::<toml::Table>(&printed).unwrap();
    for (number, answers) in filled {
        for (name, answer) in answers.as_table().unwrap() {
            let place = blank[&number].get_mut(name);
            *place.unwrap_or_else(|| panic!("{number}.{name}")) = answer.clone();
        }
    }
    workspace.file("answers.toml", toml::to_string(&blank).unwrap());
    workspace.ok(&DRAFT);
    assert_states(&workspace, &["published", "draft"]);
}

#[test]
fn a_change_beyond_the_scope_waits_for_everybodys_consent() {
    let workspace = workspace();
    let beyond = replaced(CHANGES, "recheck\" = \"yes\"", "recheck\" = \"no\"");
    let consent = format!("{beyond}[q4]\nremedy = \"consent\"\n{ALWAYS}");
    workspace.file("answers.toml", consent);
    let told = workspace.ok(&DRAFT);
    assert_told(
        &told,
        &[
            "本人の同意が必要(法第18条第1項)",
            "承認できません",
            "--consent",
        ],
    );
    assert!(!told.contains("法第21条第3項"), "{told}");
    let approve = ["notice", "approve", "2", "--as", "鈴木"];
    assert_told(
        &workspace.exits(1, &approve),
        &["通知や公表で代えることはできません"],
    );
    let ahead = [&approve[..], &["--consent", "2026-11-23"]].concat();
    assert_told(&workspace.exits(1, &ahead), &["今日より後"]);
    assert_states(&workspace, &["published", "draft"]);
    workspace.ok(&[&approve[..], &["--consent", "2026-11-21"]].concat());
    assert_told(
        &workspace.ok(&["notice", "show", "2"]),
        &["本人の同意  2026-11-21"],
    );

    let exception = "[q4]\nremedy = \"exception\"\nitem = \"3\"\nreason = \"感染症の予防\"\n";
    workspace.file("answers.toml", format!("{beyond}{exception}{ALWAYS}"));
    let told = workspace.ok(&[&DRAFT[..], &["--replace"]].concat());
    assert_told(&told, &["法第18条第3項第3号", "感染症の予防"]);
    let needless = [&approve[..], &["--consent", "2026-11-21"]].concat();
    assert_told(&workspace.exits(1, &needless), &["本人の同意は要りません"]);
    workspace.ok(&approve);
}

#[test]
fn one_revision_is_under_way_and_its_approval_ends_with_its_content() {
    let workspace = drafted();
    workspace.ok(&["notice", "approve", "2", "--as", "鈴木"]);
    assert_told(
        &workspace.exits(1, &DRAFT),
        &["(第2版)があります", "--replace"],
    );
    workspace.ok(&[&DRAFT[..], &["--replace"]].concat());
    assert_states(&workspace, &["published", "draft"]);
    workspace.ok(&["notice", "approve", "2", "--as", "鈴木"]);
    workspace.ok(&["notice", "withdraw", "2", "--as", "田中"]);
    workspace.ok(&at(DAY, &["notice", "publish"]));
    assert_states(&workspace, &["published", "draft"]);
    let told = workspace.exits(1, &["notice", "withdraw", "1", "--as", "田中"]);
    assert_told(&told, &["公表した版は変えられません"]);
}

#[test]
fn the_society_decides_before_anybody_approves() {
    let workspace = workspace();
    let later = replaced(ALWAYS, "date = 2026-11-20", "date = 2026-11-25");
    workspace.file("answers.toml", format!("{CHANGES}{later}"));
    workspace.ok(&DRAFT);
    let approve = ["notice", "approve", "2", "--as", "鈴木"];
    assert_told(
        &workspace.exits(1, &approve),
        &["決定の日(2026-11-25)がまだ来ていません"],
    );
    workspace.ok(&at("2026-11-25T09:00:00+09:00", &approve));
}

#[test]
fn what_cannot_be_a_revision_is_refused_with_one_sentence() {
    let workspace = workspace();
    let again = ["notice", "import", "new.toml", "--as", "佐藤"];
    assert_told(
        &workspace.exits(1, &again),
        &["すでに取り込んであります", "yobin notice draft"],
    );
    // The same content once more is no mistake.
    workspace.ok(&["notice", "import", "now.toml", "--as", "佐藤"]);
    let new = revised();
    for (content, part) in [
        (shipped(), "第1版の内容と違いがありません"),
        (
            dated(&new, "(令和7年7月更新版)", "2026-12-01"),
            "版の表示「(令和7年7月更新版)」が今の版と同じ",
        ),
        (
            dated(&new, "(新)", "2025-07-01"),
            "施行日(2025-07-01)が今日",
        ),
        (
            replaced(&new, "\"recheck\"", "\"national-report\""),
            "id「national-report」が2度",
        ),
        (
            replaced(&new, "\"recheck\"", "\"Re_check\""),
            "id「Re_check」は使えません",
        ),
        (
            replaced(&new, "\"checkup-encouragement\"", "\"checkup\""),
            "id が「checkup-encouragement」から「checkup」に変わっています",
        ),
        (replaced(&new, "id = \"recheck\", ", ""), "公表事項"),
        (
            replaced(&new, "再検査", "再\u{E000}検査"),
            "印刷できない文字",
        ),
    ] {
        workspace.file("new.toml", content);
        assert_told(&workspace.exits(1, &DRAFT), &[part]);
    }
    assert_states(&workspace, &["published"]);
    let none = Workspace::new();
    none.file("new.toml", revised());
    let told = none.exits(1, &["notice", "draft", "new.toml", "--as", "佐藤"]);
    assert_told(&told, &["yobin notice import"]);
    let told = none.exits(1, &["notice", "import", "new.toml", "--as", "佐藤"]);
    assert_told(&told, &["(2026-12-01)が今日より後です"]);
}

#[test]
fn an_id_given_up_earlier_does_not_come_back_for_something_else() {
    let workspace = drafted();
    workspace.ok(&["notice", "approve", "2", "--as", "鈴木"]);
    workspace.ok(&at(DAY, &["notice", "publish"]));
    // The third revision gives up what the second brought.
    let third = replaced(
        &revised(),
        "  { id = \"recheck\", text = \"再検査の案内\" },\n",
        "",
    );
    let third = dated(&third, "(令和9年1月更新版)", "2027-01-01");
    workspace.file("new.toml", &third);
    workspace.file("answers.toml", ALWAYS);
    workspace.ok(&at(DAY, &DRAFT));
    workspace.ok(&at(DAY, &["notice", "approve", "3", "--as", "鈴木"]));
    let new_year = "2027-01-01T01:30:00+09:00";
    workspace.ok(&at(new_year, &["notice", "publish"]));
    assert_states(&workspace, &["superseded", "superseded", "published"]);
    let fourth = replaced(
        &dated(&third, "(令和9年2月更新版)", "2027-02-01"),
        "  { id = \"treatment-encouragement\"",
        "  { id = \"recheck\", text = \"別の案内\" },\n  { id = \"treatment-encouragement\"",
    );
    workspace.file("new.toml", fourth);
    let told = workspace.exits(1, &at(new_year, &DRAFT));
    assert_told(
        &told,
        &["id「recheck」は、前に「再検査の案内」に使い、廃止したもの"],
    );
}

#[test]
fn what_was_published_cannot_be_altered() {
    let workspace = drafted();
    workspace.ok(&["notice", "approve", "2", "--as", "鈴木"]);
    workspace.ok(&at(DAY, &["notice", "publish"]));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(workspace.path("out/yobin.db"));
        let mut connection = options.connect().await.unwrap();
        for statement in [
            "UPDATE notice_revision SET content = '{}' WHERE number = 2",
            "UPDATE notice_revision SET effective = '2026-12-02' WHERE number = 1",
            "UPDATE notice_revision SET state = 'draft' WHERE number = 2",
            "UPDATE notice_revision SET state = 'superseded', superseded_at = 'x', content = '{}' WHERE number = 2",
            "UPDATE notice_revision SET drafted_by = 'x' WHERE number = 1",
            "DELETE FROM notice_revision WHERE number = 1",
            "INSERT OR REPLACE INTO notice_revision SELECT * FROM notice_revision WHERE number = 2",
            "DELETE FROM notice_audit",
            "UPDATE notice_audit SET actor = 'x'",
        ] {
            let done = sqlx::query(statement).execute(&mut connection).await;
            let error = done.expect_err(statement).to_string();
            let words = ["cannot be altered", "does not go", "kept for ever", "begins as a draft", "history"];
            assert!(words.iter().any(|word| error.contains(word)), "{statement}: {error}");
        }
    });
    for act in [
        ["notice", "approve", "2", "--as", "田中"],
        ["notice", "approve", "1", "--as", "田中"],
    ] {
        assert_told(&workspace.exits(1, &act), &["公表した版は変えられません"]);
    }
}

#[test]
fn the_decision_record_is_one_page_with_everything_on_it() {
    let test = "the_decision_record_is_one_page_with_everything_on_it";
    if !has(test, &["pdftotext", "pdfinfo"]) {
        return;
    }
    let workspace = drafted();
    workspace.ok(&["notice", "approve", "2", "--as", "鈴木"]);
    let told = workspace.ok(&["notice", "record", "2", "-o", "record.pdf"]);
    assert_told(&told, &["record.pdf(1ページ)"]);
    let record = workspace.path("record.pdf");
    let info = tool("pdfinfo", &[], &record);
    assert_told(&info, &["Tagged:          yes", "公表事項の改定の決定記録"]);
    let meta = tool("pdfinfo", &["-meta"], &record);
    assert_told(
        &meta,
        &[
            "<pdfaid:part>2</pdfaid:part>",
            "<pdfaid:conformance>A</pdfaid:conformance>",
        ],
    );
    let pages = text_layer(&record);
    assert_eq!(pages.len(), 1);
    for part in [
        "第1版(令和7年7月更新版)→第2版(令和8年12月更新版)",
        "再検査の案内",
        "加入者の健康管理及び施策の立案のための医療費の分析",
        "文言のみ(申告)",
        "関連性の範囲内",
        "受診勧奨と同じ趣旨の案内である。",
        "法第17条第2項・第21条第3項",
        "12000人",
        "理事会議事録",
        "佐藤令和8年11月22日",
        "鈴木令和8年11月22日",
        "（まだ）",
    ] {
        assert_told(&pages[0], &[&squeezed(part)]);
    }
    let told = workspace.exits(1, &["notice", "record", "1", "-o", "first.pdf"]);
    assert_told(&told, &["決定記録はありません"]);
}

#[test]
fn the_decision_record_stays_one_page_when_every_purpose_is_reworded() {
    let workspace = workspace();
    let purposes = revised().lines().fold(String::new(), |text, line| {
        let line = match line.starts_with("  { id = ") && line.contains("text = \"") {
            true => line.replace("text = \"", "text = \"改め、"),
            false => line.to_owned(),
        };
        text + &line + "\n"
    });
    workspace.file("new.toml", purposes);
    let printed = workspace.ok(&["notice", "draft", "new.toml", "--questions"]);
    let blank: toml::Table = toml::from_str(&printed).unwrap();
    let added = ["health-checkups/recheck", "telephone-counselling"];
    let asked = blank["q1"].as_table().unwrap().keys();
    let reworded: Vec<&String> = asked.filter(|key| !added.contains(&key.as_str())).collect();
    assert!(reworded.len() > 60, "{reworded:?}");
    let wording = reworded
        .iter()
        .map(|key| format!("{key:?} = \"wording\"\n"));
    let rest = replaced(
        CHANGES,
        "\"receipts/medical-cost-analysis\" = \"wording\"\n",
        "",
    );
    let given = format!("[q1]\n{}", wording.collect::<String>());
    workspace.file("answers.toml", replaced(&rest, "[q1]\n", &given) + ALWAYS);
    workspace.ok(&DRAFT);
    let told = workspace.ok(&["notice", "record", "2", "-o", "record.pdf"]);
    assert_told(&told, &["(1ページ)"]);
}

/// Answers as they are typed; a choice that is ruled out is asked again.
const TYPED: &str = "1\nwording\npurpose\n1\n1\n2\n1\n受診勧奨と同じ趣旨\n\
    1\n1\n1\n1\n1\n1\n1\n1\n加入者\n多数\n12000\n1\nホームページ\n2\n2026-11-20\n議事録\n";

#[test]
fn the_questions_are_asked_on_a_terminal() {
    let test = "the_questions_are_asked_on_a_terminal";
    if !has(test, &["script"]) {
        return;
    }
    let workspace = workspace();
    let program = env!("CARGO_BIN_EXE_yobin");
    let line = format!("{program} --now {NOON} notice draft new.toml --as 佐藤");
    let mut child = Command::new("script")
        .args(["-qec", &line, "/dev/null"])
        .current_dir(workspace.path(""))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(TYPED.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{told}");
    assert_told(
        &told,
        &[
            "問1 文言だけの変更か",
            "問10 決定",
            "文言だけの変更にはできません",
            "人数を数字だけで",
            "第2版 (令和8年12月更新版)  案",
        ],
    );
    let shown = workspace.ok(&["notice", "show", "2", "--json"]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let reaches: Vec<&str> = shown["record"]["decision"]["rulings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|ruling| ruling["reach"].as_str().unwrap())
        .collect();
    assert_eq!(reaches, ["wording", "related", "new_information"]);
}

#[test]
fn a_draft_whose_base_was_superseded_while_its_questions_were_asked_is_not_kept() {
    let test = "a_draft_whose_base_was_superseded_while_its_questions_were_asked_is_not_kept";
    if !has(test, &["script"]) {
        return;
    }
    let workspace = drafted();
    workspace.ok(&["notice", "approve", "2", "--as", "鈴木"]);
    let program = env!("CARGO_BIN_EXE_yobin");
    let line = format!("{program} --now {NOON} notice draft new.toml --replace --as 佐藤");
    let mut child = Command::new("script")
        .args(["-qec", &line, "/dev/null"])
        .current_dir(workspace.path(""))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut asked = BufReader::new(child.stdout.take().unwrap());
    let mut told = String::new();
    while !told.contains("問1 ") {
        assert_ne!(asked.read_line(&mut told).unwrap(), 0, "{told}");
    }
    // The second edition comes into force while somebody thinks.
    workspace.ok(&at(DAY, &["notice", "publish", "--as", "佐藤"]));
    let mut typing = child.stdin.take().unwrap();
    typing.write_all(TYPED.as_bytes()).unwrap();
    drop(typing);
    asked.read_to_string(&mut told).unwrap();
    assert!(!child.wait().unwrap().success(), "{told}");
    assert_told(
        &told,
        &["第3版は第1版と比べて作られました", "今は第2版が公表中"],
    );
    assert!(!told.contains("データベース"), "{told}");
    assert_states(&workspace, &["superseded", "published"]);
}
