//! What is approved for a day appears on that day, by hand or by the night,
//! and a publication that is killed leaves a whole website.

use std::fs;

use crate::harness::Workspace;
use crate::notice_revisions::{DAY, DAY_BEFORE, at, drafted};

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
    assert_eq!(workspace.letters_in("sent").len(), 1);
    assert_eq!(workspace.letters_in("filed").len(), 1);
    assert!(workspace.path("out/public/letter.docx").is_file());
}
