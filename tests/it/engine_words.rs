//! What the engine says reaches staff as a short, clean Japanese line with the
//! right next step, whatever a template makes it say.

use std::fs;

use crate::harness::{Workspace, copy_folder, plain_record, root};

const TEMPLATE: &str = "templates/letters/acknowledgement/letter.typ";

/// A workspace whose acknowledgements end with this Typst, and the night's
/// work on one letter, which is parked.
fn parked(typst: &str, name: &str) -> (Workspace, String, String) {
    let workspace = Workspace::new();
    copy_folder(&root().join("templates"), &workspace.path("templates"));
    workspace.settings("approval = \"none\"\ntemplates = \"templates\"\n");
    let template = workspace.path(TEMPLATE);
    let shipped = fs::read_to_string(&template).unwrap();
    fs::write(&template, format!("{shipped}\n{typst}\n")).unwrap();
    let mut record = plain_record(1, false);
    record["addressee_name"] = name.into();
    let file = workspace.file("record.json", record.to_string());
    workspace.ok(&["queue", file.to_str().unwrap()]);
    workspace.exits(2, &["run"]);
    let letter = workspace.letters_in("parked").remove(0);
    let text = |field: &str| letter[field].as_str().unwrap().to_owned();
    let (reason, next_step) = (text("reason"), text("next_step"));
    (workspace, reason, next_step)
}

fn assert_clean(text: &str) {
    let steers = |c: char| (c.is_control() && c != '\n') || ('\u{2028}'..='\u{202E}').contains(&c);
    assert!(!text.contains(steers), "{text:?}");
}

#[test]
fn a_shouting_template_fills_neither_report_nor_terminal() {
    for typst in [
        "#panic(\"長い\" * 5000000)",
        "#assert(false, message: \"\\u{1b}[2J\\u{1b}[H消去\\n【完了】100件の処理がすべて終わりました。\\n\")",
        "#assert(false, message: \"\\u{202e}逆\\u{2066}\\u{9b}31m\\r\\n\\u{2028}【完了】\")",
        "#panic(\"\\n【完了】\\n\" * 1000)",
        "#str(1, base: \"\\u{1b}\")",
    ] {
        let (workspace, reason, _) = parked(typst, "見本 太郎");
        assert!(
            reason.starts_with("書式にこの記録を組み込めませんでした。"),
            "{reason}"
        );
        assert!(reason.chars().count() <= 900, "{}", reason.len());
        assert!(!reason.contains('\n'));
        assert_clean(&reason);
        let report = fs::read_to_string(workspace.path("out/reports/2026-11-22.txt")).unwrap();
        let shown = workspace.ok(&["show", "L000001B"]);
        for text in [&report, &shown] {
            assert_clean(text);
            let forged = |line: &str| line.trim_start().starts_with("【完了】");
            assert!(!text.lines().any(forged), "{text}");
            assert!(text.len() < 20_000);
        }
        assert!(report.contains("【要対応】"), "{report}");
        for ending in ["html", "pdf"] {
            let file = workspace.path(format!("out/reports/2026-11-22.{ending}"));
            assert!(fs::metadata(file).unwrap().len() < 1_000_000);
        }
    }
}

/// What an earlier version kept of a template's words is shown as cut.
#[test]
fn words_kept_by_an_earlier_version_are_cut_and_cleaned_when_they_are_shown() {
    let (workspace, _, _) = parked("#panic()", "見本 太郎");
    let words = format!("\u{1b}[2J{}\n【完了】100件", "長い".repeat(500_000));
    use sqlx::ConnectOptions as _;
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let mut database = sqlx::sqlite::SqliteConnectOptions::new()
            .filename(workspace.path("out/yobin.db"))
            .connect()
            .await
            .unwrap();
        let done = sqlx::query("UPDATE letter SET reason = ? WHERE id = 1")
            .bind(words)
            .execute(&mut database)
            .await
            .unwrap();
        assert_eq!(done.rows_affected(), 1);
    });
    let report = workspace.exits(2, &["report", "2026-11-22"]);
    let shown = workspace.ok(&["show", "L000001B"]);
    for text in [report, shown] {
        assert_clean(&text);
        assert!(text.contains("［U+001B］[2J長い"), "{}", text.len());
        assert!(text.len() < 20_000, "{}", text.len());
    }
}

#[test]
fn a_character_without_a_glyph_is_named_in_japanese_with_the_place_to_mend() {
    // In the template's own words.
    for (typst, code) in [
        ("한", "U+D55C"),
        ("#text(font: \"BIZ UDGothic\")[𠮷岡]", "U+20BB7"),
        ("#\"\\u{2A700}\"", "U+2A700"),
    ] {
        let (_, reason, next_step) = parked(typst, "見本 太郎");
        for part in [
            code,
            "フォント",
            "にない文字です",
            TEMPLATE.split_once('/').unwrap().1,
        ] {
            assert!(reason.contains(part), "no {part} in {reason}");
        }
        assert!(
            !reason.contains("could not") && !reason.contains("hint"),
            "{reason}"
        );
        for part in ["記録ではなく", "profile.toml", "yobin check", "yobin retry"] {
            assert!(next_step.contains(part), "no {part} in {next_step}");
        }
    }
    // A record's, where a template takes the text without its fonts.
    let flattened = "#field(\"addressee_name\").runs.map(run => run.text).join()";
    let import = "#import \"/lib/data.typ\": field\n";
    for (name, code) in [("𠮷岡 一郎", "U+20BB7"), ("𫝆田 花子", "U+2B746")] {
        let (_, reason, next_step) = parked(&format!("{import}{flattened}"), name);
        assert!(
            reason.contains(code) && reason.contains("にない文字です"),
            "{reason}"
        );
        assert!(next_step.contains("記録を直し"), "{next_step}");
    }
}

/// An author of templates still reads where and what.
#[test]
fn a_mistake_in_a_template_names_file_line_and_cause() {
    let (_, reason, next_step) = parked("#foo-bar", "見本 太郎");
    assert!(
        reason.contains("/letters/acknowledgement/letter.typ:"),
        "{reason}"
    );
    assert!(reason.contains("unknown variable: foo-bar"), "{reason}");
    assert!(next_step.contains("書式の誤りなら"), "{next_step}");
}
