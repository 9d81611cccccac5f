//! How a letter reads on the page: names, pages that are not wasted, what
//! differs underlined, large letters, the demo's samples, the morning report.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::flags::sample;
use crate::golden::samples;
use crate::harness::{Workspace, files_below, has, post_record, tool};

/// The record as a file, drawn as PDF; its path.
fn pdf(workspace: &Workspace, record: &Value) -> PathBuf {
    workspace.file("record.json", record.to_string());
    let kind = record["kind"].as_str().unwrap();
    workspace.ok(&["preview", kind, "record.json", "-o", "page.pdf"]);
    workspace.path("page.pdf")
}

/// The text of a PDF with its spaces, as it stands on the page.
fn text(pdf: &Path) -> String {
    let mut read = Command::new("pdftotext");
    let output = read.arg("-layout").arg(pdf).arg("-").output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

fn pages(workspace: &Workspace, record: &Value) -> usize {
    let told = tool("pdfinfo", &[], &pdf(workspace, record));
    let line = told.lines().find(|line| line.starts_with("Pages:"));
    line.unwrap()[6..].trim().parse().unwrap()
}

#[test]
fn a_japanese_name_has_no_space_in_a_sentence() {
    let test = "a_japanese_name_has_no_space_in_a_sentence";
    if !has(test, &["pdftotext"]) {
        return;
    }
    let workspace = Workspace::new();
    for (name, sentence) in [
        ("見本 二郎", "見本二郎様の書類"),
        ("見本　二郎", "見本二郎様の書類"),
        ("見本 ジロウ", "見本ジロウ様の書類"),
        // No family name and given name in Japanese writing.
        ("ジョン スミス", "ジョン スミス様の書類"),
        ("Mihon Jiro", "Mihon Jiro様の書類"),
    ] {
        let change = json!({"person_name": null, "addressee_name": name, "addressee_kana": null});
        let text = text(&pdf(&workspace, &sample("misdelivery/apology", change)));
        assert!(text.contains(sentence), "{name}: {text}");
    }
}

#[test]
fn a_letter_that_misses_its_page_by_little_is_set_closer() {
    let test = "a_letter_that_misses_its_page_by_little_is_set_closer";
    if !has(test, &["pdfinfo"]) {
        return;
    }
    let workspace = Workspace::new();
    let record = |lines: usize| {
        let reason = vec!["見本の経緯を一行に書きます。"; lines].join("\n");
        sample("complaint-answer/explained", json!({ "findings": reason }))
    };
    let counts: Vec<usize> = (1..=40).map(|n| pages(&workspace, &record(n))).collect();
    assert_eq!((counts[0], counts[39]), (1, 2), "{counts:?}");
    assert!(
        counts.is_sorted(),
        "a longer letter got shorter: {counts:?}"
    );
}

#[test]
fn large_letters_leave_the_window_as_it_is() {
    let workspace = Workspace::new();
    let draw = |change: Value, name: &str| {
        let record = sample("acknowledgement/received", change);
        workspace.file("record.json", record.to_string());
        workspace.ok(&["preview", "acknowledgement", "record.json", "-o", name]);
    };
    draw(json!({}), "plain.png");
    draw(json!({"large_print": "large"}), "large.png");
    assert!(!workspace.path("large.png").exists() && workspace.path("large-2.png").exists());
    let open = |name: &str| image::open(workspace.path(name)).unwrap().to_luma8();
    let (plain, large) = (open("plain.png"), open("large-1.png"));
    // 144 dots an inch; the window with the profile's play, in millimetres.
    let dots = |millimetres: f64| (millimetres / 25.4 * 144.0) as u32;
    let (mut ink, mut elsewhere) = (0, 0);
    for (x, y, dot) in large.enumerate_pixels() {
        let in_window =
            (dots(15.0)..dots(125.0)).contains(&x) && (dots(14.0)..dots(79.0)).contains(&y);
        if in_window {
            assert_eq!(dot, plain.get_pixel(x, y), "the window differs at {x}, {y}");
            ink += usize::from(dot.0[0] < 128);
        } else {
            elsewhere += usize::from(dot != plain.get_pixel(x, y));
        }
    }
    assert!(ink > 500 && elsewhere > 5000, "{ink} {elsewhere}");
}

#[test]
fn every_kind_has_a_hostile_sample_and_the_demo_shows_none() {
    let all = samples();
    let kinds: BTreeSet<&str> = all.iter().map(|(kind, ..)| kind.as_str()).collect();
    let hostile = all.iter().filter(|(_, name, _)| name == "hostile").count();
    assert_eq!(hostile, kinds.len());
    let workspace = Workspace::new();
    let told = workspace.ok(&["demo", "--dir", "demo"]);
    // Changes of purposes are told by the sample edition, not from samples.
    let queued = all
        .iter()
        .filter(|(kind, name, _)| name != "hostile" && kind != "purpose-change")
        .count();
    let queued = format!("見本の記録 {queued}件を受け付けました");
    assert!(told.contains(&queued), "{told}");
    let requests = fs::read_to_string(workspace.path("demo/請求.jsonl")).unwrap();
    assert!(!requests.contains("#read("), "{requests}");
}

#[test]
fn a_report_of_a_usual_night_is_one_page_without_rows_of_zero() {
    let test = "a_report_of_a_usual_night_is_one_page_without_rows_of_zero";
    if !has(test, &["pdfinfo", "pdftotext"]) {
        return;
    }
    let workspace = Workspace::with_settings("approval = \"none\"\n");
    workspace.queue_plain(3, 1);
    let posted: Vec<String> = (10..13).map(|n| post_record(n, 1).to_string()).collect();
    workspace.file("post.jsonl", posted.join("\n"));
    workspace.ok(&["queue", "post.jsonl", "--as", "佐藤"]);
    workspace.ok(&["run"]);
    let reports = files_below(&workspace.path("out/reports"));
    let pdf = reports
        .iter()
        .find(|path| path.extension().is_some_and(|e| e == "pdf"));
    let pdf = pdf.unwrap();
    assert!(tool("pdfinfo", &[], pdf).contains("Pages:           1\n"));
    let text = text(pdf);
    assert!(!text.contains(" 0件"), "{text}");
    let command = text
        .lines()
        .map(str::trim)
        .find(|line| line.contains("yobin posted"));
    let command = command.unwrap();
    assert!(command.ends_with("--as 名前"), "{command}");
}
