//! The published notice says what the society published, word for word.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use crate::harness::{Workspace, has, root, squeezed, text_layer, tool};

const TITLE: &str = "個人情報保護法に基づく公表事項";
const TABLE_HEAD: &str = "個人情報の類型利用目的";

/// The notice, made once.
fn notice() -> PathBuf {
    static WORKSPACE: OnceLock<Workspace> = OnceLock::new();
    let workspace = WORKSPACE.get_or_init(|| {
        let workspace = Workspace::of_shipped_society();
        workspace.ok(&["notice", "build", "-o", "notice.pdf"]);
        workspace
    });
    workspace.path("notice.pdf")
}

/// The published text. A tab stands between the cells of a row, `- ` before
/// the entries of a list.
fn source() -> String {
    fs::read_to_string(root().join("tests/data/notice-source.txt")).unwrap()
}

/// The rows of the table of purposes in the published text, by group.
fn published_table() -> Vec<Vec<(String, String)>> {
    let source = source();
    let (_, from) = source.split_once("個人情報の類型\t利用目的\n").unwrap();
    let (table, _) = from.split_once("\n※").unwrap();
    let groups = table.split("\n\n").map(|group| {
        let rows = group.lines().filter_map(|line| line.split_once('\t'));
        rows.map(|(category, purposes)| (category.to_owned(), purposes.to_owned()))
            .collect::<Vec<_>>()
    });
    groups.filter(|group| !group.is_empty()).collect()
}

/// Pages without the running foot and the repeated head of the table.
fn body_pages() -> Vec<String> {
    let pages = text_layer(&notice());
    let total = pages.len();
    let strip = |(index, page): (usize, &String)| {
        let foot = format!(
            "群馬県農業団体健康保険組合{TITLE}(令和7年7月更新版){}／{total}",
            index + 1
        );
        let page = page
            .strip_suffix(&foot)
            .unwrap_or_else(|| panic!("no foot: {page}"));
        let page = match index {
            0 => page,
            _ => page.strip_prefix(TABLE_HEAD).unwrap_or(page),
        };
        page.to_owned()
    };
    pages.iter().enumerate().map(strip).collect()
}

fn privacy_page() -> String {
    let profile = fs::read_to_string(root().join("society/profile.toml")).unwrap();
    let profile: toml::Table = toml::from_str(&profile).unwrap();
    profile["privacy_page"].as_str().unwrap().to_owned()
}

#[test]
fn every_word_of_the_published_notice_stands_in_its_place_and_no_other() {
    let test = "every_word_of_the_published_notice_stands_in_its_place_and_no_other";
    if !has(test, &["pdftotext"]) {
        return;
    }
    // The address beside the QR code is the one thing the page adds.
    let added = format!("個人情報保護のページ{}", privacy_page());
    let text = body_pages().concat();
    assert_eq!(text.matches(&added).count(), 1, "{text}");
    let text = text.replacen(&added, "", 1);
    let mut rest = text.as_str();
    for line in source().lines() {
        let line = line.strip_prefix("- ").unwrap_or(line);
        for cell in line.split('\t').map(squeezed) {
            rest = rest.strip_prefix(cell.as_str()).unwrap_or_else(|| {
                let found: String = rest.chars().take(cell.chars().count() + 20).collect();
                panic!("published: {cell}\non the page: {found}")
            });
        }
    }
    assert_eq!(rest, "", "the page says more than was published");
}

#[test]
fn the_table_has_seventeen_categories_and_two() {
    let groups = published_table();
    let sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
    assert_eq!(sizes, [17, 2]);
    if !has("the_table_has_seventeen_categories_and_two", &["pdfinfo"]) {
        return;
    }
    // What a screen reader meets: one table, one header, a row a category.
    let structure = tool("pdfinfo", &["-struct"], &notice());
    let count = |tag: &str| {
        let lines = structure.lines().map(str::trim);
        lines
            .filter(|line| line.split([' ', ':']).next() == Some(tag))
            .count()
    };
    assert_eq!(count("Table"), 1, "{structure}");
    assert_eq!(count("THead"), 1, "{structure}");
    assert_eq!(count("TR"), 1 + 17 + 2, "{structure}");
    assert_eq!(count("TD"), 2 * (17 + 2), "{structure}");
}

#[test]
fn the_head_of_the_table_comes_again_on_every_page_of_the_table() {
    let test = "the_head_of_the_table_comes_again_on_every_page_of_the_table";
    if !has(test, &["pdftotext"]) {
        return;
    }
    let rows: Vec<String> = published_table()
        .concat()
        .iter()
        .map(|(category, purposes)| squeezed(&format!("{category}{purposes}")))
        .collect();
    let mut with_rows = 0;
    for (index, page) in text_layer(&notice()).iter().enumerate() {
        let heads = page.matches(TABLE_HEAD).count();
        let first = rows.iter().filter_map(|row| page.find(row.as_str())).min();
        with_rows += usize::from(first.is_some());
        assert_eq!(heads, usize::from(first.is_some()), "page {}", index + 1);
        if let Some(first) = first {
            assert!(page[..first].ends_with(TABLE_HEAD), "page {}", index + 1);
        }
    }
    assert!(
        with_rows > 1,
        "the table no longer spans pages; make this test anew"
    );
}

#[test]
fn every_page_of_the_notice_is_numbered() {
    if !has("every_page_of_the_notice_is_numbered", &["pdftotext"]) {
        return;
    }
    let pages = text_layer(&notice());
    for (number, page) in (1..).zip(&pages) {
        assert!(
            page.ends_with(&format!("{number}／{}", pages.len())),
            "{page}"
        );
    }
}

#[test]
fn the_qr_code_opens_the_privacy_page() {
    if !has(
        "the_qr_code_opens_the_privacy_page",
        &["pdftoppm", "zbarimg"],
    ) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("page");
    let mut draw = Command::new("pdftoppm");
    draw.args(["-r", "150", "-gray", "-png"])
        .arg(notice())
        .arg(&pages);
    assert!(draw.status().unwrap().success());
    let mut images = Command::new("zbarimg");
    images.args(["--quiet", "--raw"]);
    for image in fs::read_dir(folder.path()).unwrap() {
        images.arg(image.unwrap().path());
    }
    let read = String::from_utf8(images.output().unwrap().stdout).unwrap();
    assert_eq!(read.trim_end(), privacy_page());
}

#[test]
fn building_the_notice_twice_gives_the_same_file() {
    let workspace = Workspace::new();
    let build = |name: &str, now: &str| {
        workspace.ok(&["--now", now, "notice", "build", "-o", name]);
        fs::read(workspace.path(name)).unwrap()
    };
    let one = build("one.pdf", "2026-11-22T12:00:00+09:00");
    let two = build("two.pdf", "2027-04-01T03:00:00+09:00");
    assert!(one == two, "another day gives another file");
}

#[test]
fn a_changed_word_changes_the_notice() {
    if !has("a_changed_word_changes_the_notice", &["pdftotext"]) {
        return;
    }
    let workspace = Workspace::new();
    fs::create_dir(workspace.path("society")).unwrap();
    for name in ["profile.toml", "notice.toml"] {
        let text = fs::read_to_string(root().join("society").join(name)).unwrap();
        let text = text.replace("被扶養者の認定・検認", "被扶養者の認定・確認");
        fs::write(workspace.path("society").join(name), text).unwrap();
    }
    workspace.settings("society = \"society\"\napproval = \"none\"\n");
    workspace.ok(&["notice", "build", "-o", "changed.pdf"]);
    let text = text_layer(&workspace.path("changed.pdf")).concat();
    assert!(text.contains("被扶養者の認定・確認") && !text.contains("被扶養者の認定・検認"));
}
