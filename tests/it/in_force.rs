//! Once the workspace has taken the notice in, everything reads the edition
//! in force, and neither a superseded edition nor a draft comes before the
//! public again, by whatever path or file.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sqlx::ConnectOptions as _;
use sqlx::sqlite::SqliteConnectOptions;

use crate::harness::{Workspace, copy_folder, files_below, root, society};
use crate::notice_revisions::{ALWAYS, DAY, DRAFT, at, dated, workspace};

const FIRST: &str = "令和7年7月更新版";
const SECOND: &str = "令和8年12月更新版";
const THIRD: &str = "令和9年1月更新版";
const NEW_YEAR: &str = "2027-01-01T09:00:00+09:00";

/// Copies by folder and by command, and a society of the workspace's own.
const SETTINGS: &str = "approval = \"none\"\nsociety = \"society\"\n[publication]\nfolder = \"www/privacy\"\nrsync = [\"cp\", \"-rT\", \"{site}\", \"sent\"]\n";

/// The sample revision approved for [`DAY`], its first edition published.
fn approved() -> Workspace {
    let workspace = workspace();
    copy_folder(society(), &workspace.path("society"));
    fs::copy(
        root().join("society/notice.toml"),
        workspace.path("society/notice.toml"),
    )
    .unwrap();
    fs::create_dir(workspace.path("www")).unwrap();
    fs::create_dir(workspace.path("sent")).unwrap();
    workspace.settings(SETTINGS);
    workspace.ok(&["notice", "publish", "--as", "佐藤"]);
    workspace.ok(&DRAFT);
    workspace.ok(&["notice", "approve", "2", "--as", "鈴木"]);
    workspace
}

fn published() -> Workspace {
    let workspace = approved();
    workspace.ok(&at(DAY, &["notice", "publish", "--as", "佐藤"]));
    workspace
}

/// A third revision, a wording changed, for the new year.
fn draft_third(workspace: &Workspace) {
    let second = fs::read_to_string(workspace.path("new.toml")).unwrap();
    let third = dated(&second, &format!("({THIRD})"), "2027-01-01");
    let third = third.replacen("医療費通知の発行", "医療費通知の作成及び送付", 1);
    fs::copy(workspace.path("new.toml"), workspace.path("second.toml")).unwrap();
    workspace.file("new.toml", third);
    let answers = "[q1]\n\"receipts/medical-cost-notice\" = \"wording\"\n";
    workspace.file("answers.toml", format!("{answers}{ALWAYS}"));
    workspace.ok(&at(DAY, &DRAFT));
}

fn content(site: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = files_below(site).into_iter();
    files
        .map(|path| {
            let bytes = fs::read(&path).unwrap();
            (path.strip_prefix(site).unwrap().to_owned(), bytes)
        })
        .collect()
}

/// Every folder the public reads from.
fn public(workspace: &Workspace) -> [BTreeMap<PathBuf, Vec<u8>>; 3] {
    ["out/public", "www/privacy", "sent"].map(|folder| content(&workspace.path(folder)))
}

fn page(workspace: &Workspace, folder: &str) -> String {
    fs::read_to_string(workspace.path(folder).join("index.html")).unwrap()
}

#[track_caller]
fn assert_told(told: &str, parts: &[&str]) {
    for part in parts {
        assert!(told.contains(part), "{part}\n---\n{told}");
    }
}

#[test]
fn the_site_command_never_puts_the_old_notice_back() {
    let workspace = published();
    let shown = public(&workspace);
    assert!(shown[0] == shown[1] && shown[0] == shown[2]);
    symlink("out/public", workspace.path("link")).unwrap();
    symlink(workspace.path("www"), workspace.path("elsewhere")).unwrap();
    for folder in [
        "out/public",
        "./out/public/",
        "out/../out/./public",
        "link",
        "link/",
        "www/privacy",
        "elsewhere/privacy/",
        "not/there/../../out/public",
    ] {
        let told = workspace.ok(&at(DAY, &["notice", "site", "-o", folder]));
        assert_told(&told, &["変えるところはありません", "公表中の第2版"]);
        assert!(public(&workspace) == shown, "{folder}");
        for files in [&["now.toml"][..], &["now.toml", "new.toml"], &["new.toml"]] {
            let args = [&["notice", "site", "-o", folder][..], files].concat();
            let told = workspace.exits(1, &at(DAY, &args));
            assert_told(&told, &["ファイルから作ったサイトは置けません", "第2版"]);
            assert!(public(&workspace) == shown, "{folder} {files:?}");
        }
    }
    // What holds them and what lies in them is no place for a site either.
    for folder in [
        "out",
        "www",
        "elsewhere/",
        "link/new",
        "www/privacy/editions/1",
        "sent/x",
    ] {
        for files in [&[][..], &["now.toml"]] {
            let args = [&["notice", "site", "-o", folder][..], files].concat();
            let told = workspace.exits(1, &at(DAY, &args));
            assert_told(&told, &["ほかのフォルダーを -o に書いてください"]);
            assert!(public(&workspace) == shown, "{folder} {files:?}");
        }
    }
}

#[test]
fn a_site_for_staff_goes_anywhere_else_and_is_not_sent() {
    let workspace = published();
    draft_third(&workspace);
    let shown = public(&workspace);
    let trial = [
        "notice",
        "site",
        "-o",
        "trial/one",
        "second.toml",
        "new.toml",
    ];
    let told = workspace.ok(&at(DAY, &trial));
    assert_told(&told, &["写しは送っていません", "公表中は第2版", "2版"]);
    assert!(page(&workspace, "trial/one").contains(THIRD));
    // A site of older editions alone is somebody's to look at as well.
    workspace.ok(&at(DAY, &["notice", "site", "-o", "trial/one", "now.toml"]));
    let told = workspace.ok(&at(DAY, &["notice", "site", "-o", "trial/two"]));
    assert_told(&told, &["公表中の第2版", "写しは送っていません"]);
    assert!(content(&workspace.path("trial/two")) == shown[0]);
    assert!(public(&workspace) == shown);
    workspace.ok(&at(
        DAY,
        &["notice", "build", "new.toml", "-o", "trial/new.pdf"],
    ));
    assert!(public(&workspace) == shown);
}

#[test]
fn what_is_approved_is_not_in_force_before_its_day() {
    let workspace = approved();
    fs::copy(
        workspace.path("new.toml"),
        workspace.path("society/notice.toml"),
    )
    .unwrap();
    let shown = public(&workspace);
    let told = workspace.ok(&["notice", "site", "-o", "out/public"]);
    assert_told(
        &told,
        &["公表中の第1版", "承認済みの第2版", "施行日(2026-12-01)"],
    );
    assert!(public(&workspace) == shown && page(&workspace, "sent").contains(FIRST));
    let told = workspace.ok(&["notice", "build", "-o", "notice.pdf"]);
    assert_told(&told, &["公表中の第1版"]);
    let built = fs::read(workspace.path("notice.pdf")).unwrap();
    assert!(built == shown[0][Path::new("notice.pdf")]);
    let told = workspace.exits(2, &["notice", "check"]);
    assert_told(&told, &["公表事項の点検 公表中の第1版"]);
}

#[test]
fn build_and_check_read_the_edition_in_force_and_say_how_the_file_differs() {
    let workspace = published();
    let file = workspace.path("society/notice.toml");
    let first = fs::read_to_string(&file).unwrap();
    let second = fs::read_to_string(workspace.path("new.toml")).unwrap();
    draft_third(&workspace);
    let third = fs::read_to_string(workspace.path("new.toml")).unwrap();
    let pdf = public(&workspace)[0][Path::new("notice.pdf")].clone();
    let says = |content: &str, parts: &[&str]| {
        fs::write(&file, content).unwrap();
        let told = workspace.ok(&at(DAY, &["notice", "build", "-o", "notice.pdf"]));
        assert_told(&told, &[&["公表中の第2版"], parts].concat());
        assert!(fs::read(workspace.path("notice.pdf")).unwrap() == pdf);
        let checked = workspace.exits(2, &at(DAY, &["notice", "check"]));
        let squeezed = crate::harness::squeezed(&checked);
        assert_told(&squeezed, &["公表事項の点検公表中の第2版"]);
        let done = workspace.yobin(&at(DAY, &["notice", "check", "--json"]));
        let json: Value = serde_json::from_str(&done.out).unwrap();
        assert_eq!(
            (&json["edition"], &json["revision"]),
            (&2.into(), &format!("({SECOND})").into())
        );
        for part in parts {
            assert!(
                squeezed.contains(&crate::harness::squeezed(part)),
                "{part}\n{checked}"
            );
            assert!(done.err.contains(part), "{part}\n{}", done.err);
        }
        assert_eq!(told.contains("注意"), !parts.is_empty(), "{told}");
        assert_eq!(checked.contains("注意"), !parts.is_empty(), "{checked}");
    };
    says(&first, &["notice.toml は第1版の文言のままです"]);
    says(&second, &[]);
    says(&third, &["案の第3版"]);
    let edited = second.replacen("医療費通知の発行", "医療費通知の廃止", 1);
    says(&edited, &["ほかのどの版とも違います", "yobin notice draft"]);
    says(
        &dated(&second, &format!("({SECOND})"), "2026-12-02"),
        &["文言は公表中の第2版", "date を「2026-12-01」"],
    );
    says("title = ", &["公表事項", "書き方に誤りがあります"]);
    workspace.ok(&at(DAY, &["notice", "approve", "3", "--as", "鈴木"]));
    says(&third, &["承認済みの第3版", "施行日(2027-01-01)"]);
    // Another file is checked as it is.
    let told = workspace.exits(2, &at(DAY, &["notice", "check", "now.toml"]));
    assert_told(&told, &[&format!("公表事項の点検 ({FIRST})（now.toml）")]);
}

#[test]
fn check_and_the_demo_use_the_edition_in_force() {
    let workspace = published();
    let told = workspace.ok(&at(DAY, &["check"]));
    assert_told(
        &told,
        &[
            "問題はありません",
            &format!("公表事項は、公表中の第2版 ({SECOND})です。"),
            "notice.toml は第1版の文言のままです",
            "公表事項の内容に、不足",
        ],
    );
    let told = workspace.ok(&at(DAY, &["demo", "--dir", "demo"]));
    assert_told(&told, &[&format!("公表事項(公表中の第2版 ({SECOND})、")]);
    let pdf = fs::read(workspace.path("demo/公表事項.pdf")).unwrap();
    assert!(pdf == public(&workspace)[0][Path::new("notice.pdf")]);
    // A file that does not load is told, and the edition is looked at.
    workspace.file("society/notice.toml", "title = ");
    let told = workspace.exits(1, &at(DAY, &["check"]));
    assert_told(&told, &["・公表事項", "公表中の第2版"]);
}

#[test]
fn the_day_an_edition_comes_the_old_file_is_told_and_a_draft_from_it_is_warned_of() {
    let workspace = approved();
    let told = workspace.ok(&at(DAY, &["notice", "publish", "--as", "佐藤"]));
    assert_told(
        &told,
        &["公表中は第2版", "第1版の文言のままです", "写しを送りました"],
    );
    let third = dated(
        &fs::read_to_string(workspace.path("society/notice.toml")).unwrap(),
        &format!("({THIRD})"),
        "2027-01-01",
    );
    workspace.file("new.toml", third);
    workspace.file(
        "answers.toml",
        format!("[q1]\n\"receipts/medical-cost-analysis\" = \"wording\"\n{ALWAYS}"),
    );
    let told = workspace.ok(&at(DAY, &DRAFT));
    assert_told(&told, &["今の版で改めた所を元に戻します"]);
}

#[test]
fn an_edition_that_was_superseded_is_not_published_again() {
    let workspace = published();
    draft_third(&workspace);
    workspace.ok(&at(DAY, &["notice", "approve", "3", "--as", "鈴木"]));
    workspace.ok(&at(NEW_YEAR, &["notice", "publish", "3", "--as", "佐藤"]));
    let shown = public(&workspace);
    assert!(page(&workspace, "sent").contains(THIRD));
    for number in ["1", "2"] {
        let told = workspace.exits(1, &at(NEW_YEAR, &["notice", "publish", number]));
        assert_told(&told, &["旧版", "公表した版は変えられません"]);
        assert!(public(&workspace) == shown, "{number}");
    }
    let told = workspace.exits(1, &at(NEW_YEAR, &["notice", "publish", "4"]));
    assert_told(&told, &["第4版はありません"]);
    workspace.ok(&at(NEW_YEAR, &["notice", "publish", "3"]));
    workspace.ok(&at(NEW_YEAR, &["notice", "site", "-o", "out/public"]));
    assert!(public(&workspace) == shown);
}

#[test]
fn a_workspace_that_does_not_know_the_newest_edition_does_not_put_back_an_older_one() {
    let workspace = approved();
    // The backup of the day before, put back after the publication.
    fs::copy(workspace.path("out/yobin.db"), workspace.path("backup.db")).unwrap();
    workspace.ok(&at(DAY, &["notice", "publish", "--as", "佐藤"]));
    let shown = public(&workspace);
    fs::copy(workspace.path("backup.db"), workspace.path("out/yobin.db")).unwrap();
    for args in [
        &["notice", "site", "-o", "out/public"][..],
        &["notice", "publish", "--as", "佐藤"],
    ] {
        let told = workspace.exits(1, args);
        assert_told(&told, &["施行日が2026-12-01", SECOND, FIRST]);
        assert!(public(&workspace) == shown, "{args:?}");
    }
    let told = workspace.exits(2, &["run"]);
    assert_told(
        &told,
        &["公表事項の公表", "それより前なので、載せていません"],
    );
    assert!(public(&workspace) == shown);
    // Its day comes, and all is well again.
    workspace.ok(&at(DAY, &["run"]));
    assert!(public(&workspace) == shown);
    // Another workspace, nothing taken in, with the same copy.
    let settings = format!("out = \"other\"\n{SETTINGS}");
    workspace.settings(&settings.replace("rsync", "# rsync"));
    let told = workspace.exits(1, &at(DAY, &["notice", "site", "-o", "other/public"]));
    assert_told(
        &told,
        &["写しを置けません", "それより前なので、載せていません"],
    );
    let told = workspace.exits(1, &at(DAY, &["notice", "site", "-o", "www/privacy"]));
    assert_told(&told, &["それより前なので、載せていません"]);
    assert!(public(&workspace) == shown);
}

#[test]
fn pages_for_staff_are_not_written_into_what_the_public_reads() {
    let workspace = published();
    symlink("out/public", workspace.path("link")).unwrap();
    let shown = public(&workspace);
    for file in [
        "out/public/notice.pdf",
        "./link/new.pdf",
        "www/privacy/editions/1/notice.pdf",
        "sent/../sent/notice.pdf",
    ] {
        for args in [
            &["notice", "build", "-o", file][..],
            &["notice", "build", "now.toml", "-o", file],
            &["notice", "record", "2", "-o", file],
        ] {
            let told = workspace.exits(1, &at(DAY, args));
            assert_told(&told, &["公表用サイトのフォルダー"]);
            assert!(public(&workspace) == shown, "{args:?}");
        }
    }
    workspace.ok(&at(DAY, &["notice", "record", "2", "-o", "out/record.pdf"]));
}

#[test]
fn where_nothing_was_taken_in_the_file_is_the_notice() {
    let workspace = Workspace::unmade("");
    copy_folder(society(), &workspace.path("society"));
    fs::copy(
        root().join("society/notice.toml"),
        workspace.path("society/notice.toml"),
    )
    .unwrap();
    fs::create_dir(workspace.path("www")).unwrap();
    fs::create_dir(workspace.path("sent")).unwrap();
    workspace.settings(SETTINGS);
    let told = workspace.ok(&["notice", "build", "-o", "notice.pdf"]);
    assert!(
        !told.contains("公表中") && !workspace.path("out").exists(),
        "{told}"
    );
    let told = workspace.ok(&["notice", "site", "-o", "out/public"]);
    assert_told(&told, &["写しを送りました", "まだ取り込まれていない"]);
    let shown = public(&workspace);
    assert!(shown[0] == shown[2] && page(&workspace, "sent").contains(FIRST));
    // Editions in files, as before there were revisions.
    let first = fs::read_to_string(workspace.path("society/notice.toml")).unwrap();
    workspace.file(
        "second.toml",
        dated(&first, &format!("({SECOND})"), "2026-11-20"),
    );
    let files = [
        "notice",
        "site",
        "-o",
        "out/public",
        "society/notice.toml",
        "second.toml",
    ];
    workspace.ok(&files);
    assert!(page(&workspace, "www/privacy").contains(SECOND));
    let shown = public(&workspace);
    // A trial is not sent, and the file alone does not take the newer one back.
    workspace.ok(&["notice", "site", "-o", "trial", "society/notice.toml"]);
    let told = workspace.exits(1, &["notice", "site", "-o", "out/public"]);
    assert_told(&told, &["それより前なので、載せていません"]);
    assert!(public(&workspace) == shown);
}

#[test]
fn a_workspace_that_cannot_be_read_is_told_and_the_file_does_not_stand_in() {
    let workspace = published();
    let shown = public(&workspace);
    workspace.file("out/yobin.db", "no database");
    for args in [
        &["notice", "site", "-o", "out/public"][..],
        &["notice", "build", "-o", "notice.pdf"],
        &["notice", "check"],
    ] {
        let told = workspace.exits(1, &at(DAY, args));
        assert_told(&told, &["データベース"]);
    }
    assert_told(
        &workspace.exits(1, &at(DAY, &["check"])),
        &["・データベース"],
    );
    assert!(!workspace.path("notice.pdf").exists());
    assert!(public(&workspace) == shown);
}

#[test]
fn the_edition_in_force_comes_back_as_a_file_to_start_the_next_revision_from() {
    let workspace = published();
    let text = workspace.ok(&["notice", "show", "2", "--toml"]);
    workspace.file("society/notice.toml", &text);
    let told = workspace.ok(&at(DAY, &["notice", "build", "-o", "notice.pdf"]));
    assert!(!told.contains("注意"), "{told}");
    workspace.file("new.toml", dated(&text, "(令和9年1月更新版)", "2027-01-01"));
    let told = workspace.exits(1, &at(DAY, &DRAFT));
    assert_told(&told, &["第2版の内容と違いがありません"]);
}

/// Runs a statement on the workspace's database.
fn sql(workspace: &Workspace, statement: &'static str) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(workspace.path("out/yobin.db"));
        let mut connection = options.connect().await.unwrap();
        sqlx::query(statement)
            .execute(&mut connection)
            .await
            .unwrap();
    });
}

#[test]
fn a_draft_on_an_edition_no_longer_in_force_is_told_and_not_taken_for_damage() {
    let workspace = published();
    draft_third(&workspace);
    // As if the questions had been asked before the second edition came.
    sql(
        &workspace,
        "UPDATE notice_revision SET based_on = 1 WHERE number = 3",
    );
    let approve = ["notice", "approve", "3", "--as", "鈴木"];
    let told = workspace.exits(1, &at(DAY, &approve));
    assert_told(
        &told,
        &["第3版は第1版と比べて作られました", "今は第2版が公表中"],
    );
    sql(
        &workspace,
        "UPDATE notice_revision SET state = 'approved', approved_by = '鈴木', approved_at = '2026-11-23T09:00:00+09:00' WHERE number = 3",
    );
    let told = workspace.exits(1, &at(NEW_YEAR, &["notice", "publish", "3"]));
    assert_told(
        &told,
        &["第3版は第1版と比べて作られました", "作り直してください"],
    );
    workspace.ok(&at(DAY, &[&DRAFT[..], &["--replace"]].concat()));
    workspace.ok(&at(DAY, &approve));
    workspace.ok(&at(NEW_YEAR, &["notice", "publish", "3"]));
}

#[test]
fn an_older_workspace_without_revisions_is_left_as_it_is() {
    let workspace = Workspace::new();
    workspace.ok(&["list"]);
    sql(&workspace, "DROP TABLE notice_audit");
    sql(&workspace, "DROP TABLE notice_revision");
    let told = workspace.ok(&["notice", "build", "-o", "notice.pdf"]);
    assert!(!told.contains("公表中"), "{told}");
    assert!(!workspace.path("out/yobin.db-wal").exists());
    // It would not be possible if looking had brought the schema up to date.
    sql(&workspace, "CREATE TABLE notice_revision (number INTEGER)");
}
