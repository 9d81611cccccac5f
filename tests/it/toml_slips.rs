//! A slip in a file that staff write by hand is told with the file, the line,
//! the line's text and what to write.

use std::fs;

use crate::harness::{Workspace, root};

/// What is changed into what, and what is told of it.
type Slip = (&'static str, &'static str, &'static [&'static str]);

const FIRST: &str = "{ id = \"member-management\", text = \"加入者の管理\" },";

const SLIPS: [Slip; 21] = [
    (
        FIRST,
        "{ text = \"加入者の管理\" },",
        &[
            "43行目：id がありません。この行：{ text = \"加入者の管理\" }, { id = \"…\", text = \"加入者の管理\" } の形で",
        ],
    ),
    (
        FIRST,
        "{ id = \"member-management\" },",
        &[
            "43行目：text がありません",
            "{ id = \"member-management\", text = \"…\" } の形で",
        ],
    ),
    (
        "label = \"(令和7年7月更新版)\"",
        "",
        &[
            "label がありません。この行：[revision]",
            "label = … を書き加えて",
        ],
    ),
    (
        "heading = \"1.",
        "heeding = \"1.",
        &[
            "「heeding」という項目はありません。この行：heeding",
            "使える項目：heading, preface",
        ],
    ),
    (
        "text = \"加入者の管理\"",
        "txt = \"加入者の管理\"",
        &["43行目：「txt」", "使える項目：id, text"],
    ),
    (
        "name = \"資格に",
        "namae = \"資格に",
        &["「namae」", "使える項目：id, name, purposes"],
    ),
    (
        "text = \"加入者の管理\"",
        "text = 5",
        &["43行目：値の書き方が違います", "引用符 \" \" で囲んだ文字"],
    ),
    (
        "name = \"資格に関する情報\"",
        "name = [\"資格\"]",
        &["41行目：値の書き方が違います", "この行：name = [\"資格\"]"],
    ),
    (
        "name = \"資格に関する情報\"\npurposes = [",
        "name = \"資格に関する情報\"\npurposes = \"管理\"\nmore = [",
        &["42行目：値の書き方", "[ ] で囲んだ並び"],
    ),
    (
        "name = \"資格に",
        "name = \"資格\"\nname = \"資格に",
        &["42行目：同じ項目が2度", "この行：name"],
    ),
    (
        "[purposes.columns]",
        "[revision]\n[purposes.columns]",
        &["同じ項目が2度", "この行：[revision]"],
    ),
    (
        FIRST,
        "{ id = \"a\", id = \"b\", text = \"x\" },",
        &["43行目：同じ項目が2度"],
    ),
    (
        "加入者の管理\" },",
        "加入者の管理\" }",
        &["44行目：書き方に誤り", "すぐ前の行の終わりに、コンマ「,」"],
    ),
    (
        "text = \"加入者の管理\"",
        "text = 「加入者の管理」",
        &["43行目：書き方に誤り", "半角の引用符"],
    ),
    (
        "\"member-management\", text",
        "\"member-management\" text",
        &["43行目：書き方に誤り", "コンマ「,」"],
    ),
    (
        "text = \"加入者の管理\"",
        "text = 加入者の管理\"",
        &["43行目：書き方に誤り", "引用符「\"」を書き加えて"],
    ),
    ("title = ", "title ", &["書き方に誤り", "半角の「=」"]),
    (
        "[purposes]",
        "[purposes",
        &["書き方に誤り", "「]」を書き加えて"],
    ),
    (
        "date = \"2025-07-01\"",
        "date = \"2026-13-01\"",
        &[
            "22行目：暦にない日付です。この行：date = \"2026-13-01\"",
            "\"2026-12-01\" の形",
        ],
    ),
    (
        "date = \"2025-07-01\"",
        "date = \"令和8年12月1日\"",
        &["日付の書き方が違います"],
    ),
    (
        "date = \"2025-07-01\"",
        "date = 2026-12-01",
        &["日付の書き方が違います", "引用符で囲み"],
    ),
];

#[test]
fn a_slip_in_the_notice_is_told_with_its_line_and_what_to_write() {
    let notice = fs::read_to_string(root().join("society/notice.toml")).unwrap();
    let workspace = Workspace::new();
    for (from, to, parts) in SLIPS {
        assert!(notice.contains(from), "{from}");
        workspace.file("改定案.toml", notice.replacen(from, to, 1));
        for args in [
            ["notice", "check", "改定案.toml"],
            ["notice", "draft", "改定案.toml"],
        ] {
            let told = workspace.exits(1, &args);
            assert!(told.contains("公表事項 改定案.tomlの"), "{told}");
            for part in parts {
                assert!(told.contains(part), "{part}\n{told}");
            }
        }
    }
}

#[test]
fn a_slip_in_the_answers_is_told_with_its_line() {
    let workspace = Workspace::new();
    workspace.ok(&[
        "notice",
        "import",
        root().join("society/notice.toml").to_str().unwrap(),
        "--as",
        "佐藤",
    ]);
    let notice = fs::read_to_string(root().join("society/notice.toml")).unwrap();
    workspace.file(
        "改定案.toml",
        notice
            .replacen("加入者の管理", "加入者の登録", 1)
            .replace("2025-07-01", "2026-12-01")
            .replace("令和7年7月", "令和8年12月"),
    );
    for (answers, parts) in [
        (
            "q5 = \"no\"\n",
            &["1行目：「q5」は、[q1] から", "この行：q5 = \"no\""][..],
        ),
        (
            "[q9]\ncount = [1]\n",
            &["2行目：「q9.count」は、引用符", "この行：count = [1]"],
        ),
        (
            "[q9]\nwho = \"全員\"\nwho = \"x\"\n",
            &["3行目：同じ項目が2度"],
        ),
        (
            "[q9]\nwho = 全員\n",
            &["2行目：書き方に誤り", "半角の引用符"],
        ),
    ] {
        workspace.file("回答.toml", answers);
        let told = workspace.exits(
            1,
            &[
                "notice",
                "draft",
                "改定案.toml",
                "--answers",
                "回答.toml",
                "--as",
                "佐藤",
            ],
        );
        assert!(told.contains("回答のファイル 回答.tomlの"), "{told}");
        for part in parts {
            assert!(told.contains(part), "{part}\n{told}");
        }
    }
}

#[test]
fn a_slip_in_the_profile_is_told_with_its_line() {
    let shipped = fs::read_to_string(root().join("society/profile.toml")).unwrap();
    let workspace = Workspace::new();
    workspace.ok(&["init"]);
    fs::create_dir(workspace.path("society")).unwrap();
    fs::copy(
        root().join("society/notice.toml"),
        workspace.path("society/notice.toml"),
    )
    .unwrap();
    workspace.settings("society = \"society\"\n");
    for (slip, parts) in [
        (
            "nmae = \"x\"\n",
            &["1行目：「nmae」という項目はありません", "この行：nmae"][..],
        ),
        ("name = 組合\n", &["1行目：書き方に誤り", "半角の引用符"]),
        ("name = 5\nx = [\n", &["この行："]),
    ] {
        workspace.file("society/profile.toml", format!("{slip}{shipped}"));
        let told = workspace.exits(1, &["run"]);
        assert!(told.contains("profile.tomlの"), "{told}");
        for part in parts {
            assert!(told.contains(part), "{part}\n{told}");
        }
    }
}
