//! Whoever follows docs/templates.md gets a kind of letter that works: the
//! test reads the worked example out of the document and does what it says.

use std::fs;

use crate::harness::{Workspace, copy_folder, root};

/// The fenced blocks of a language, in the order of the page.
fn fenced(page: &str, language: &str) -> Vec<String> {
    let open = format!("```{language}\n");
    page.split(&open)
        .skip(1)
        .filter_map(|rest| rest.split_once("```"))
        .map(|(block, _)| block.to_owned())
        .collect()
}

/// The example's rows: the indented block that begins with this header.
fn indented(page: &str, header: &str) -> String {
    let lines = page
        .lines()
        .skip_while(|line| !line.trim_start().starts_with(header));
    let block: Vec<&str> = lines
        .take_while(|line| line.starts_with("    "))
        .map(|line| line.strip_prefix("    ").unwrap_or(line))
        .collect();
    assert!(block.len() > 1, "no block begins with {header}");
    block.join("\n")
}

#[test]
fn the_worked_example_adds_a_kind_without_rust() {
    let page = fs::read_to_string(root().join("docs/templates.md")).unwrap();
    let settings = "templates = \"templates\"\napproval = \"none\"\n";
    let workspace = Workspace::with_settings(settings);
    copy_folder(&root().join("templates"), &workspace.path("templates"));
    let kind = "templates/letters/desk-change";
    assert!(page.contains(&format!("mkdir -p {kind}/samples")));
    fs::create_dir_all(workspace.path(format!("{kind}/samples"))).unwrap();

    let json = fenced(&page, "json");
    let files = [
        ("letter.toml", fenced(&page, "toml")[0].clone()),
        ("letter.typ", fenced(&page, "typst")[0].clone()),
        ("record.schema.json", json[0].clone()),
        ("samples/moved.json", json[1].clone()),
        ("samples/hours.json", json[2].clone()),
    ];
    for (name, content) in &files {
        workspace.file(&format!("{kind}/{name}"), content);
    }

    let told = workspace.ok(&["check"]);
    assert!(told.contains("問題はありません"), "{told}");
    let told = workspace.ok(&["kinds", "desk-change"]);
    for line in [
        "desk-change  窓口の変更のお知らせ",
        "変更する窓口(desks)  必須  1行に1件ずつ：窓口｜変更前｜変更後",
    ] {
        assert!(page.contains(line) && told.contains(line), "{line}\n{told}");
    }
    let sample = format!("{kind}/samples/hours.json");
    let told = workspace.ok(&["preview", "desk-change", &sample, "-o", "page.png"]);
    assert!(told.contains("1ページ"), "{told}");

    let rows = indented(&page, "結果区分,氏名,郵便番号");
    let file = workspace.file("records.csv", rows);
    let queue = [
        "queue",
        file.to_str().unwrap(),
        "--kind",
        "窓口の変更のお知らせ",
    ];
    let told = workspace.ok(&queue);
    assert!(told.contains("1件を受け付けました"), "{told}");
    workspace.ok(&["run"]);
    let filed = workspace.letters_in("filed");
    assert_eq!(filed.len(), 1);
    assert_eq!(filed[0]["outcome"], "hours");
}
