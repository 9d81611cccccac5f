//! What is approved for a day appears on that day, by hand or by the night,
//! and a publication that is killed leaves a whole website.

use std::fs;

use crate::harness::Workspace;
use crate::notice_revisions::{ALWAYS, CHANGES, DAY, DAY_BEFORE, DRAFT, at, drafted, workspace};

/// The night of the day the sample revision comes into force.
const NIGHT: &str = "2026-12-01T01:30:00+09:00";

fn approved() -> Workspace {
    let workspace = drafted();
    workspace.ok(&["notice", "publish", "--as", "佐藤"]);
    workspace.ok(&["notice", "approve", "2", "--as", "鈴木"]);
    workspace
}

fn page(workspace: &Workspace) -> String {
    fs::read_to_string(workspace.path("out/public/index.html")).unwrap()
}

#[test]
fn what_was_approved_for_a_day_appears_with_the_night_of_that_day() {
    let workspace = approved();
    assert!(page(&workspace).contains("令和7年7月更新版"));
    workspace.ok(&at(DAY_BEFORE, &["run"]));
    assert!(
        !page(&workspace).contains("再検査の案内"),
        "not before its day"
    );
    let told = workspace.ok(&at(NIGHT, &["run"]));
    assert!(
        told.contains("公表事項 第2版 (令和8年12月更新版) を公表しました"),
        "{told}"
    );
    let page = page(&workspace);
    assert!(page.contains("再検査の案内") && page.contains("令和8年12月更新版"));
    // What changed is underlined, so tags stand within the sentences.
    let comparison = fs::read_to_string(workspace.path("out/public/comparison.html")).unwrap();
    let comparison: String = comparison
        .split('<')
        .filter_map(|part| part.split_once('>'))
        .map(|(_, text)| text)
        .collect();
    for part in [
        "再検査の案内",
        "電話健康相談に関する情報",
        "施策の立案のための医療費の分析",
    ] {
        assert!(comparison.contains(part), "{part}");
    }
    for file in [
        "notice.pdf",
        "comparison.pdf",
        "feed.xml",
        "editions/1/index.html",
    ] {
        assert!(workspace.path("out/public").join(file).is_file(), "{file}");
    }
    // The next night has nothing to publish and changes nothing.
    let told = workspace.ok(&at("2026-12-02T01:30:00+09:00", &["run"]));
    assert!(!told.contains("公表しました"), "{told}");
}

#[test]
fn publishing_again_changes_nothing() {
    let workspace = approved();
    let publish = at(DAY, &["notice", "publish", "--as", "佐藤"]);
    let told = workspace.ok(&publish);
    assert!(told.contains("公表用サイトを作りました"), "{told}");
    let before = fs::metadata(workspace.path("out/public/index.html")).unwrap();
    let told = workspace.ok(&publish);
    assert!(told.contains("公表用サイトは前のとおりです"), "{told}");
    let after = fs::metadata(workspace.path("out/public/index.html")).unwrap();
    assert_eq!(before.modified().unwrap(), after.modified().unwrap());
}

#[test]
fn a_publication_killed_in_between_leaves_a_whole_site_and_is_made_good() {
    for (place, whole) in [
        ("written", "令和7年7月更新版"),
        ("exchanged", "令和8年12月更新版"),
    ] {
        let workspace = approved();
        let publish = ["notice", "publish", "--as", "佐藤", "--stop-at", place];
        let running = workspace.start_until(&at(DAY, &publish), "stopped");
        running.kill();
        assert!(page(&workspace).contains(whole), "{place}");
        assert!(workspace.path("out/public/notice.pdf").is_file(), "{place}");
        // The revision is in force already; the next call makes the site say so.
        workspace.ok(&at(DAY, &["notice", "publish", "--as", "佐藤"]));
        assert!(page(&workspace).contains("再検査の案内"), "{place}");
        let left = fs::read_dir(workspace.path("out")).unwrap().flatten();
        let names: Vec<String> = left
            .map(|e| e.file_name().to_string_lossy().into_owned())
            .collect();
        assert!(
            !names.iter().any(|name| name.contains(".next")),
            "{place}: {names:?}"
        );
    }
}

#[test]
fn a_site_that_cannot_be_made_is_told_and_no_letter_suffers() {
    let workspace = approved();
    workspace.queue_plain(2, 1);
    // Somebody else's files where the site belongs.
    fs::remove_dir_all(workspace.path("out/public")).unwrap();
    fs::create_dir(workspace.path("out/public")).unwrap();
    fs::write(workspace.path("out/public/letter.docx"), "").unwrap();
    let told = workspace.exits(2, &at(NIGHT, &["run"]));
    assert!(told.contains("公表事項の公表"), "{told}");
    assert!(told.contains("yobin notice publish をもう一度"), "{told}");
    assert_eq!(workspace.letters_in("written").len(), 1);
    assert_eq!(workspace.letters_in("filed").len(), 1);
    assert!(workspace.path("out/public/letter.docx").is_file());
}

/// A roster as an office keeps it: every third by mail, one protected without
/// an address, one whose letters come back.
fn roster(members: usize) -> String {
    let mut text = String::from(
        "加入者管理番号,区分,氏名,郵便番号,住所,送付方法,メールアドレス,関係する類型,支援措置,宛先不明\n",
    );
    for n in 1..=members {
        let (delivery, mail) = if n % 3 == 0 {
            ("メール", format!("mihon{n}@example.jp"))
        } else {
            ("郵送", String::new())
        };
        let protected = if n == 10 { "該当する" } else { "" };
        let lost = if n == 11 { "該当する" } else { "" };
        text.push_str(&format!(
            "M{n:07},被保険者,見本 太郎{n},379-2147,群馬県前橋市亀里町{n}番地,{delivery},{mail},健康診査に関する情報,{protected},{lost}\n"
        ));
    }
    text
}

#[test]
fn members_are_told_of_the_revision_in_force_by_mail_and_by_post() {
    let workspace = approved();
    workspace.ok(&at(DAY, &["notice", "publish", "--as", "佐藤"]));
    let file = workspace.file("roster.csv", roster(30));
    let notify = [
        "notice",
        "notify",
        "--members",
        file.to_str().unwrap(),
        "--as",
        "佐藤",
        "--reason",
        "再検査の案内を増やすためです。",
    ];
    let told = workspace.exits(1, &at(DAY, &notify));
    assert!(told.contains("第2版 (令和8年12月更新版)"), "{told}");
    assert!(
        told.contains("メール  10件") && told.contains("郵送    18件"),
        "{told}"
    );
    assert!(
        told.contains("支援措置(送付先の指定なし)  1人") && told.contains("宛先不明  1人"),
        "{told}"
    );
    assert!(workspace.letters().is_empty(), "counting queues nothing");
    workspace.exits(2, &at(DAY, &[&notify[..], &["--confirm", "28"]].concat()));
    let told = workspace.yobin(&at(NIGHT, &["run"]));
    assert!(told.out.contains("受付  28件"), "{}{}", told.out, told.err);
    assert_eq!(workspace.letters_in("written").len(), 10);
    assert_eq!(workspace.letters_in("unposted").len(), 18);
    assert_eq!(workspace.recipients().len(), 10);
}

#[test]
fn a_draft_and_a_change_beyond_the_scope_are_told_to_nobody() {
    let workspace = drafted();
    let file = workspace.file("roster.csv", roster(2));
    let notify = [
        "notice",
        "notify",
        "--members",
        file.to_str().unwrap(),
        "--as",
        "佐藤",
        "--reason",
        "再検査の案内を増やすためです。",
        "--edition",
        "2",
    ];
    let told = workspace.exits(1, &notify);
    assert!(told.contains("第2版はまだ承認されていません"), "{told}");

    let beyond = format!("{CHANGES}{ALWAYS}").replace(
        "\"health-checkups/recheck\" = \"yes\"",
        "\"health-checkups/recheck\" = \"no\"",
    );
    let beyond = beyond.replace("[q5]", "[q4]\nremedy = \"consent\"\n[q5]");
    let other = self::workspace();
    other.file("answers.toml", beyond);
    let told = other.yobin(&DRAFT);
    assert_eq!(told.code, Some(0), "{}{}", told.out, told.err);
    other.ok(&[
        "notice",
        "approve",
        "2",
        "--as",
        "鈴木",
        "--consent",
        "2026-11-21",
    ]);
    let file = other.file("roster.csv", roster(2));
    let mut notify = notify;
    notify[3] = file.to_str().unwrap();
    let told = other.exits(1, &notify);
    assert!(
        told.contains("本人の同意が必要です(法第18条第1項)"),
        "{told}"
    );
    assert!(other.letters().is_empty());
}
