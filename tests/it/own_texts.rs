//! The society's own names are shown in their registered form as its members'
//! are, or nothing is made and the place is named.

use std::fs;
use std::path::Path;

use crate::harness::{
    Workspace, copy_folder, has, plain_record, root, society, squeezed, text_layer, tool,
};
use crate::names::{boxes, differs_in, page, record_with};
use crate::notice_revisions;

const NAME: &str = "name = \"群馬県農業団体健康保険組合\"";
const REPRESENTATIVE: &str = "# representative_name = \"（氏名）\"";
const TITLE: &str = "representative_title = \"理事長\"";
const DESK: &str = "[contact]";
const PREFIX: &str = "prefix = \"群農健発第\"";

/// A workspace with society and templates of its own; each change of the
/// profile is a text and what stands in its place.
fn workspace(changes: &[(&str, &str)]) -> Workspace {
    let workspace = Workspace::new();
    copy_folder(society(), &workspace.path("society"));
    copy_folder(&root().join("templates"), &workspace.path("templates"));
    workspace.settings("approval = \"none\"\nsociety = \"society\"\ntemplates = \"templates\"\n");
    for (from, to) in changes {
        change(&workspace.path("society/profile.toml"), from, to);
    }
    workspace
}

fn change(file: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains(from), "{from}");
    fs::write(file, text.replacen(from, to, 1)).unwrap();
}

fn representative(name: &str) -> (&'static str, String) {
    (REPRESENTATIVE, format!("representative_name = \"{name}\""))
}

/// The profile with the desk of `[contact]` renamed.
fn desk(name: &str) -> (&'static str, String) {
    (DESK, format!("[contact]\nhours = \"{name}\""))
}

fn with(change: (&str, String)) -> Workspace {
    workspace(&[(change.0, &change.1)])
}

#[test]
fn the_sender_is_shown_in_the_registered_form_as_the_addressee_is() {
    let test = "the_sender_is_shown_in_the_registered_form_as_the_addressee_is";
    if !has(test, &["pdftotext", "pdffonts"]) {
        return;
    }
    // Of each: the registered form and another one in the same font, which
    // would be printed if the selector were lost.
    for (form, other, base) in [
        ("葛\u{E0102}", "葛\u{E0104}", '葛'),
        ("葛\u{E0102}", "葛", '葛'),
        ("葛\u{E0100}", "葛", '葛'),
        ("邉\u{E010F}", "邉\u{E0110}", '邉'),
    ] {
        let of = |form: &str| {
            let name = format!("{form}城 一郎");
            let workspace = with(representative(&name));
            let (picture, pdf) = page(&workspace, &record_with(&[("addressee_name", &name)]));
            (picture, boxes(&pdf, base), workspace)
        };
        let (picture, words, _keep) = of(form);
        let (others, _, _keep) = of(other);
        // The addressee's line and the sender's, on one page.
        assert_eq!(words.len(), 2, "{words:?}");
        for (word, edges) in words {
            assert_eq!(word, format!("{form}城"));
            let alike = !differs_in(&picture, &others, edges, 0, 2);
            assert!(!alike, "{form:?} is printed as {other:?} at {edges:?}");
        }
    }
}

#[test]
fn rare_kanji_of_the_society_are_set_wherever_they_stand() {
    let test = "rare_kanji_of_the_society_are_set_wherever_they_stand";
    if !has(test, &["pdftotext", "pdffonts"]) {
        return;
    }
    // Long enough for a second page, which has a header of its own.
    let mut record = plain_record(1, false);
    record["requested_content"] = vec!["・説明"; 60].join("\n").into();
    for (change, shown) in [
        (representative("𠮷岡 一郎"), "理事長𠮷岡一郎"),
        (desk("総務課 𠮷田"), "（総務課𠮷田）"),
        (
            (NAME, "name = \"群馬県𠮷田健康保険組合\"".to_owned()),
            "群馬県𠮷田健康保険組合",
        ),
        (
            (PREFIX, "prefix = \"𠮷農健発第\"".to_owned()),
            "𠮷農健発第1号",
        ),
        (
            (
                "address = [\"群馬県前橋市亀里町1310番地\"",
                "address = [\"群馬県𫝆葛\u{E0102}町1310番地\"".to_owned(),
            ),
            "群馬県𫝆葛\u{E0102}町1310番地",
        ),
        (
            (TITLE, "representative_title = \"理亊𠮷\"".to_owned()),
            "理亊𠮷",
        ),
    ] {
        let workspace = with(change);
        let file = workspace.file("record.json", record.to_string());
        workspace.ok(&["queue", file.to_str().unwrap()]);
        workspace.ok(&["run"]);
        let letter = workspace.letters_in("filed").remove(0);
        let sha256 = letter["pdf_sha256"].as_str().unwrap();
        let pdf = workspace.path(format!("out/archive/pdf/{}/{sha256}.pdf", &sha256[..1]));
        let pages = text_layer(&pdf);
        assert!(pages.len() > 1);
        let whole = pages.concat();
        assert!(whole.contains(&squeezed(shown)), "no {shown} in {whole}");
        let fonts = tool("pdffonts", &[], &pdf);
        assert!(fonts.contains("IPAmjMincho"), "{fonts}");
        if shown.contains("農健発") {
            // In the header of every further page, too.
            for page in &pages {
                assert!(page.contains(shown), "{page}");
            }
        }
        workspace.ok(&["reproduce", "L000001B"]);
    }
}

#[test]
fn rare_kanji_stand_in_the_report_too() {
    let test = "rare_kanji_stand_in_the_report_too";
    if !has(test, &["pdftotext", "pdffonts"]) {
        return;
    }
    let workspace = workspace(&[
        (NAME, "name = \"葛\u{E0102}城健康保険組合\""),
        (PREFIX, "prefix = \"𠮷農健発第\""),
    ]);
    workspace.queue_plain(1, 0);
    workspace.ok(&["run"]);
    let report = workspace.path("out/reports/2026-11-22.pdf");
    let text = text_layer(&report).concat();
    assert_eq!(
        text.matches("葛\u{E0102}城健康保険組合").count(),
        2,
        "{text}"
    );
    assert!(text.contains("𠮷農健発第1号"), "{text}");
    assert!(tool("pdffonts", &[], &report).contains("IPAmjMincho"));
}

#[test]
fn rare_kanji_stand_in_the_notice_its_comparison_and_its_record() {
    let test = "rare_kanji_stand_in_the_notice_its_comparison_and_its_record";
    if !has(test, &["pdftotext", "pdffonts"]) {
        return;
    }
    let workspace = workspace(&[
        (NAME, "name = \"葛\u{E0102}城健康保険組合\""),
        (REPRESENTATIVE, "representative_name = \"𠮷岡 一郎\""),
    ]);
    let notice = workspace.path("society/notice.toml");
    change(
        &notice,
        "\"個人情報保護法に基づく公表事項\"",
        "\"𠮷葛\u{E0102}の公表事項\"",
    );
    change(
        &notice,
        "name = \"資格に関する情報\"",
        "name = \"辻\u{E0102}資格に関する情報\"",
    );
    change(
        &notice,
        "\"標準報酬月額の決定\"",
        "\"𫝆地の標準報酬月額の決定\"",
    );
    let shows = |pdf: &str, words: &[&str]| {
        let pdf = workspace.path(pdf);
        let text = text_layer(&pdf).concat();
        for word in words {
            assert!(text.contains(word), "no {word} in {text}");
        }
        let fonts = tool("pdffonts", &[], &pdf);
        assert!(fonts.contains("IPAmjMincho"), "{fonts}");
    };
    workspace.ok(&["notice", "build", "-o", "notice.pdf"]);
    shows(
        "notice.pdf",
        &[
            "𠮷葛\u{E0102}の公表事項",
            "辻\u{E0102}資格に関する情報",
            "𫝆地の標準",
            "葛\u{E0102}城健康保険組合",
            "𠮷岡一郎",
        ],
    );
    workspace.ok(&["notice", "import", "society/notice.toml", "--as", "佐藤"]);
    let text = fs::read_to_string(&notice).unwrap();
    let text = notice_revisions::dated(&text, "(令和8年12月更新版)", "2026-12-01");
    let text = text.replace(
        "\"𫝆地の標準報酬月額の決定\"",
        "\"𫝆葛\u{E0102}の標準報酬月額の決定\"",
    );
    workspace.file("new.toml", text);
    let changed = "[q1]\n\"eligibility/standard-remuneration\" = \"wording\"\n";
    let always = notice_revisions::ALWAYS;
    workspace.file("answers.toml", format!("{changed}{always}"));
    workspace.ok(&notice_revisions::DRAFT);
    workspace.ok(&["notice", "approve", "2", "--as", "鈴木"]);
    workspace.ok(&["notice", "record", "2", "-o", "record.pdf"]);
    shows(
        "record.pdf",
        &["葛\u{E0102}城健康保険組合", "𫝆葛\u{E0102}の標準"],
    );
    workspace.ok(&[
        "--now",
        notice_revisions::DAY,
        "notice",
        "publish",
        "--as",
        "鈴木",
    ]);
    shows(
        "out/public/comparison.pdf",
        &["𠮷葛\u{E0102}の公表事項", "𫝆", "葛\u{E0102}城健康保険組合"],
    );
}

/// What no font shows, what a font would show as another form, what shows
/// nothing, and what means another character on another machine.
const MISPRINTS: [(&str, &str, &str); 9] = [
    ("葛\u{E01EF}城", "U+845B U+E01EF", "異体字"),
    ("한", "U+D55C", "フォントにない文字"),
    ("\u{2A700}", "U+2A700", ""),
    ("\u{E000}田", "U+E000", "外字"),
    ("総務\u{200B}課", "U+200B", "目に見えない文字"),
    ("総務\u{AD}課", "U+00AD", "目に見えない文字"),
    ("\u{202E}課務総", "U+202E", "目に見えない文字"),
    ("総務\\n課", "U+000A", "制御文字"),
    ("総務\\u001b[2J", "U+001B", "制御文字"),
];

#[test]
fn what_cannot_be_printed_of_the_profile_stops_the_work_and_is_named() {
    for (text, code, word) in MISPRINTS {
        for (change, key) in [
            (representative(text), "representative_name"),
            (desk(text), "contact.hours"),
        ] {
            let workspace = with(change);
            let letter = workspace.file("record.json", plain_record(1, false).to_string());
            let letter = letter.to_str().unwrap();
            for command in [
                &["check"][..],
                &["queue", letter],
                &["run"],
                &["preview", "acknowledgement", letter, "-o", "x.pdf"],
                &["notice", "build", "-o", "n.pdf"],
            ] {
                let told = workspace.exits(1, command);
                for part in ["society/profile.toml", key, code, word] {
                    assert!(told.contains(part), "{command:?}: no {part} in: {told}");
                }
                assert!(
                    !told.contains('\u{1b}') && !told.contains('\u{202E}'),
                    "{told:?}"
                );
            }
            // What stops a letter goes on.
            workspace.ok(&["list"]);
        }
    }
}

#[test]
fn a_letter_that_waits_is_neither_numbered_nor_parked_by_a_profile_at_fault() {
    let workspace = workspace(&[]);
    workspace.queue_plain(2, 1);
    let profile = workspace.path("society/profile.toml");
    let sound = fs::read_to_string(&profile).unwrap();
    let (from, to) = representative("𠮷岡 한");
    change(&profile, from, &to);
    let told = workspace.exits(1, &["run"]);
    assert!(
        told.contains("U+D55C") && !told.contains("U+20BB7"),
        "{told}"
    );
    for letter in workspace.letters() {
        assert_eq!(letter["state"], "queued");
        assert!(letter["number"].is_null());
    }
    workspace.ok(&["hold", "L000002C", "--as", "佐藤"]);
    workspace.ok(&["resume", "L000002C", "--as", "佐藤"]);
    fs::write(&profile, sound).unwrap();
    workspace.ok(&["run"]);
    workspace.assert_nothing_lost_or_doubled(2);
}

#[test]
fn every_file_at_fault_is_named_at_once() {
    let workspace = workspace(&[
        (TITLE, "representative_title = \"理事長\u{200B}\""),
        (PREFIX, "prefix = \"한発第\""),
    ]);
    for (file, from, to) in [
        (
            "society/notice.toml",
            "\"加入者の管理\"",
            "\"加入者の葛\u{E01EF}管理\"",
        ),
        (
            "templates/law/appi.toml",
            "wording = \"",
            "wording = \"\u{E001}",
        ),
        (
            "templates/letters/acknowledgement/letter.toml",
            "subject = \"",
            "subject = \"한",
        ),
        (
            "templates/mail/document-notice/body.txt.j2",
            "■ご返信について",
            "■ご返信について\u{F8FF}",
        ),
        (
            "templates/mail/document-notice/subject.txt.j2",
            "書類",
            "書類\u{2060}",
        ),
    ] {
        change(&workspace.path(file), from, to);
    }
    let told = workspace.exits(1, &["check"]);
    for parts in [
        &["profile.toml", "representative_title", "U+200B"][..],
        &["profile.toml", "numbering.letters.prefix", "U+D55C"],
        &["notice.toml", "purposes の1番目 の text", "U+845B U+E01EF"],
        &["appi.toml", "wording", "U+E001", "外字"],
        &["acknowledgement/letter.toml", "subject", "U+D55C"],
        &["body.txt.j2", "行目", "U+F8FF"],
        &["subject.txt.j2", "1行目", "U+2060"],
    ] {
        let named = told
            .lines()
            .any(|line| parts.iter().all(|part| line.contains(part)));
        assert!(named, "no {parts:?} in: {told}");
    }
    let told = workspace.exits(1, &["notice", "build", "-o", "n.pdf"]);
    assert!(
        told.contains("profile.toml") && told.contains("body.txt.j2"),
        "{told}"
    );
}

#[test]
fn a_notice_with_a_form_nobody_has_is_not_built() {
    for (text, code) in [
        ("葛\u{E01EF}の管理", "U+845B U+E01EF"),
        ("\u{E000}の管理", "U+E000"),
        ("한의 管理", "U+D55C"),
        ("管\u{200D}理", "U+200D"),
    ] {
        let workspace = workspace(&[]);
        let notice = workspace.path("society/notice.toml");
        change(&notice, "\"加入者の管理\"", &format!("\"{text}\""));
        for command in [&["check"][..], &["notice", "build", "-o", "n.pdf"]] {
            let told = workspace.exits(1, command);
            for part in [
                "notice.toml",
                "categories の1番目 の purposes の1番目",
                code,
            ] {
                assert!(told.contains(part), "{command:?}: no {part} in: {told}");
            }
        }
        // It is on no letter, so letters go their way.
        workspace.queue_plain(1, 0);
        workspace.ok(&["run"]);
        let told = workspace.exits(
            1,
            &["notice", "import", "society/notice.toml", "--as", "佐藤"],
        );
        assert!(told.contains(code), "{told}");
    }
}

/// Names of kinds and fields are printed on terminals and in reports.
#[test]
fn words_of_a_kind_that_steer_a_terminal_are_refused_when_they_are_read() {
    let kind = "templates/letters/acknowledgement";
    for (file, from, to) in [
        ("letter.toml", "name = \"", "name = \"\\u001b[2J"),
        ("letter.toml", "name = \"", "name = \"a\\n【完了】"),
        ("letter.toml", "label = \"", "label = \"\\u202e"),
        ("letter.toml", "subject = \"", "subject = \"\\u009b31m"),
        (
            "record.schema.json",
            "\"title\": \"",
            "\"title\": \"\\u001b]0;x\\u0007",
        ),
        (
            "record.schema.json",
            "\"title\": \"",
            "\"title\": \"\\u200b",
        ),
        (
            "record.schema.json",
            "\"description\": \"",
            "\"description\": \"\\u001b[31m",
        ),
    ] {
        let workspace = workspace(&[]);
        change(&workspace.path(kind).join(file), from, to);
        for command in [&["check"][..], &["kinds"], &["list"]] {
            let told = workspace.exits(1, command);
            assert!(told.contains(file) && told.contains("制御文字"), "{told}");
            let steers = |c: char| (c.is_control() && c != '\n') || c == '\u{202E}';
            assert!(!told.contains(steers), "{told:?}");
            assert!(
                !told.lines().any(|line| line.starts_with("【完了】")),
                "{told}"
            );
        }
    }
}

/// The shipped texts, forms the first font has, half-width kana and marks.
#[test]
fn ordinary_texts_of_a_society_are_accepted_as_before() {
    let workspace = workspace(&[
        (
            REPRESENTATIVE,
            "representative_name = \"髙橋 﨑\u{E0100}葛\u{E0100}ｶﾞ\"",
        ),
        (DESK, "[contact]\nhours = \"平日 9:00～17:00（①②※〒）\""),
        ("suffix = \"号\"", "suffix = \"号－Ⅱ\""),
    ]);
    workspace.ok(&["check"]);
    workspace.queue_plain(1, 0);
    workspace.ok(&["run"]);
}
