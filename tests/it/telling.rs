//! Members are told of changes of purposes and of nothing else: what the
//! decision record calls no change of purposes makes no letter and stands in
//! none.

use std::fs;

use crate::harness::{Workspace, root};
use crate::members::{assert_told, person, records, roster};
use crate::notice_revisions::{ALWAYS, DRAFT, dated};

/// A purpose added to the checkups.
const RECHECK: (&str, &str) = (
    "  { id = \"treatment-encouragement\"",
    "  { id = \"recheck\", text = \"再検査の案内\" },\n  { id = \"treatment-encouragement\"",
);
/// A purpose of the receipts in other words.
const NOTICE: (&str, &str) = ("医療費通知の発行", "医療費通知の作成及び送付");

/// How a change was answered.
enum Answer {
    Wording,
    Purpose,
    Future,
}
use Answer::{Future, Purpose, Wording};

/// An approved revision with these edits and answers.
fn revised(edits: &[(&str, &str)], answers: &[(&str, Answer)]) -> Workspace {
    let workspace = Workspace::new();
    let old = fs::read_to_string(root().join("society/notice.toml")).unwrap();
    let mut new = dated(&old, "(令和8年12月更新版)", "2026-12-01");
    for (from, to) in edits {
        assert!(new.contains(from), "{from}");
        new = new.replacen(from, to, 1);
    }
    workspace.file("now.toml", old);
    workspace.file("new.toml", new);
    let lines = |of: &dyn Fn(&Answer) -> Option<&'static str>| -> String {
        let given = answers.iter();
        let given = given.filter_map(|(key, answer)| Some((key, of(answer)?)));
        given
            .map(|(key, answer)| format!("\"{key}\" = \"{answer}\"\n"))
            .collect()
    };
    let kind = lines(&|answer| {
        Some(match answer {
            Wording => "wording",
            Purpose | Future => "purpose",
        })
    });
    let used = lines(&|answer| match answer {
        Wording => None,
        Purpose => Some("held"),
        Future => Some("future"),
    });
    let scope = lines(&|answer| matches!(answer, Purpose).then_some("yes"));
    let reason = match scope.is_empty() {
        true => "",
        false => "reason = \"同じ趣旨の案内である。\"\n",
    };
    let answers = format!("[q1]\n{kind}[q2]\n{used}[q3]\n{scope}{reason}{ALWAYS}");
    workspace.file("answers.toml", answers);
    workspace.ok(&["notice", "import", "now.toml", "--as", "佐藤"]);
    workspace.ok(&DRAFT);
    workspace.ok(&["notice", "approve", "2", "--as", "鈴木"]);
    workspace
}

fn notify(workspace: &Workspace, code: i32, more: &[&str]) -> String {
    let args = [
        "notice",
        "notify",
        "--members",
        "roster.csv",
        "--reason",
        "再検査の案内を始めるためです。",
        "--as",
        "佐藤",
    ];
    workspace.exits(code, &[&args[..], more].concat())
}

/// The categories each letter has rows for.
fn told(workspace: &Workspace) -> Vec<Vec<String>> {
    let letters = records(workspace);
    let rows = letters.iter().map(|record| {
        let rows = record["changes"].as_array().unwrap().iter();
        rows.map(|row| row["category"].as_str().unwrap().to_owned())
            .collect()
    });
    rows.collect()
}

#[test]
fn a_wording_change_makes_no_letter_and_stands_in_none() {
    let workspace = revised(
        &[RECHECK, NOTICE],
        &[
            ("receipts/medical-cost-notice", Wording),
            ("health-checkups/recheck", Purpose),
        ],
    );
    roster(
        &workspace,
        &[
            // Only a wording concerns this one.
            person(1).with("関係する類型", "資格に関する情報、レセプトに関する情報"),
            person(2).with("関係する類型", "健康診査に関する情報"),
            person(3).with("関係する類型", "レセプトに関する情報、健康診査に関する情報"),
            person(4).with("関係する類型", "資格に関する情報"),
        ],
    );
    let counted = notify(&workspace, 1, &[]);
    assert_told(
        &counted,
        &[
            "利用目的の変更のある類型 1：健康診査に関する情報",
            "書簡に載せない類型 1：レセプトに関する情報",
            "郵送    2件",
            "利用目的の変更に当たらない変更だけ  1人",
            "変更が関係しない  1人",
            "--confirm 2",
        ],
    );
    notify(&workspace, 0, &["--confirm", "2"]);
    assert_eq!(
        told(&workspace),
        [["健康診査に関する情報"], ["健康診査に関する情報"]]
    );
    let rows = records(&workspace)
        .iter()
        .map(ToString::to_string)
        .collect::<String>();
    assert!(!rows.contains("医療費通知の作成"), "{rows}");
    // Afterwards the wording is told to whom had no letter, when asked for.
    let counted = notify(&workspace, 1, &["--all"]);
    assert_told(
        &counted,
        &[
            "--confirm 1",
            "注意：--all により、利用目的の変更に当たらない類型(レセプトに関する情報)も載せます",
            "本当の文か確かめてください",
            "前に受け付けた  2人",
        ],
    );
}

#[test]
fn with_all_every_difference_is_told() {
    let workspace = revised(
        &[RECHECK, NOTICE],
        &[
            ("receipts/medical-cost-notice", Wording),
            ("health-checkups/recheck", Purpose),
        ],
    );
    let both = "レセプトに関する情報、健康診査に関する情報";
    roster(
        &workspace,
        &[person(1), person(2).with("関係する類型", both)],
    );
    notify(&workspace, 0, &["--all", "--confirm", "2"]);
    let receipts = "レセプトに関する情報".to_owned();
    let checkups = "健康診査に関する情報".to_owned();
    assert_eq!(
        told(&workspace),
        [vec![receipts.clone()], vec![receipts, checkups]]
    );
}

#[test]
fn a_purpose_beside_a_wording_in_one_category_is_told_with_the_whole_text() {
    let workspace = revised(
        &[
            ("医療費通知の発行", "医療費通知及び差額通知の発行"),
            (
                "加入者の健康管理及び施策立案を目的とした医療費分析",
                "加入者の健康管理及び施策の立案のための医療費の分析",
            ),
        ],
        &[
            ("receipts/medical-cost-notice", Purpose),
            ("receipts/medical-cost-analysis", Wording),
        ],
    );
    roster(&workspace, &[person(1)]);
    notify(&workspace, 0, &["--confirm", "1"]);
    let record = records(&workspace).remove(0);
    let row = &record["changes"][0];
    let (old, new) = (
        row["old_purpose"].as_str().unwrap(),
        row["new_purpose"].as_str().unwrap(),
    );
    // Both cells say what is or will be published, word for word.
    assert!(
        old.contains("施策立案を目的とした") && old.contains("医療費通知の発行"),
        "{old}"
    );
    assert!(
        new.contains("施策の立案のための") && new.contains("差額通知"),
        "{new}"
    );
}

#[test]
fn what_is_renamed_given_up_or_yet_to_be_acquired_is_told_to_nobody() {
    let workspace = revised(
        &[
            RECHECK,
            ("name = \"資格に関する情報\"", "name = \"加入者資格の情報\""),
            (
                "  { id = \"dependent-certification\", text = \"被扶養者の認定・検認\" },\n",
                "",
            ),
            (
                "# 組合内部の情報",
                "[[purposes.groups.categories]]\nid = \"telephone\"\nname = \"電話相談の情報\"\npurposes = [{ id = \"counselling\", text = \"電話健康相談の実施\" }]\n\n# 組合内部の情報",
            ),
        ],
        &[
            ("health-checkups/recheck", Purpose),
            ("eligibility", Wording),
            ("telephone", Future),
        ],
    );
    roster(
        &workspace,
        &[
            person(1).with("関係する類型", "加入者資格の情報"),
            person(2).with("関係する類型", "income"),
            person(3).with("関係する類型", "電話相談の情報"),
            person(4).with("関係する類型", "telephone、income、health-checkups"),
        ],
    );
    let counted = notify(&workspace, 0, &["--confirm", "1"]);
    assert_told(
        &counted,
        &[
            "書簡に載せない類型 3：",
            "加入者資格の情報（変更前の名称：資格に関する情報）",
            "利用目的の変更に当たらない変更だけ  3人",
        ],
    );
    assert_eq!(told(&workspace), [["健康診査に関する情報"]]);
}

#[test]
fn a_renamed_category_whose_name_widens_it_is_told() {
    let name = "name = \"資格に関する情報\"";
    let workspace = revised(
        &[(name, "name = \"資格及び就労に関する情報\"")],
        &[("eligibility", Purpose)],
    );
    roster(
        &workspace,
        &[person(1).with("関係する類型", "eligibility"), person(2)],
    );
    notify(&workspace, 0, &["--confirm", "1"]);
    assert_eq!(
        told(&workspace),
        [["資格及び就労に関する情報（変更前の名称：資格に関する情報）"]]
    );
}

#[test]
fn a_change_of_purposes_beside_the_table_is_no_letter_and_is_not_passed_over() {
    let note = "※保有個人データの利用目的は、上表と同一です。";
    let wider = "※保有個人データは、上表のほか、調査の実施に利用します。";
    let key = "purposes.retained-data-same-purposes";
    let workspace = revised(&[(note, wider)], &[(key, Purpose)]);
    roster(&workspace, &[person(1)]);
    let alone = notify(&workspace, 2, &["--dry-run"]);
    assert_told(
        &alone,
        &["変更がありません", "調査の実施に利用します", "ほかの方法で"],
    );
    let workspace = revised(
        &[(note, wider), RECHECK],
        &[(key, Purpose), ("health-checkups/recheck", Purpose)],
    );
    roster(
        &workspace,
        &[person(1).with("関係する類型", "health-checkups")],
    );
    let counted = notify(&workspace, 2, &["--confirm", "1"]);
    assert_told(&counted, &["調査の実施に利用します", "1件を受け付けました"]);
    // The same sentence declared to be wording is passed over.
    let workspace = revised(
        &[(note, wider), RECHECK],
        &[(key, Wording), ("health-checkups/recheck", Purpose)],
    );
    roster(
        &workspace,
        &[person(1).with("関係する類型", "health-checkups")],
    );
    let counted = notify(&workspace, 0, &["--confirm", "1"]);
    assert!(!counted.contains("調査の実施"), "{counted}");
}
