//! The website of the notice: it says what the PDF says, everybody can read
//! it, and a reader never meets half of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use regex::Regex;
use serde_json::Value;

use crate::harness::{
    Workspace, copy_folder, files_below, has, has_file, root, squeezed, text_layer, tool,
};

const SOCIETY: &str = "群馬県農業団体健康保険組合";
const TITLE: &str = "個人情報保護法に基づく公表事項";
const PAGES: [&str; 4] = [
    "index.html",
    "comparison.html",
    "editions/index.html",
    "editions/1/index.html",
];

/// What the second edition of these tests changes.
const SECOND: [(&str, &str); 5] = [
    ("(令和7年7月更新版)", "(令和8年12月更新版)"),
    ("\"2025-07-01\"", "\"2026-12-01\""),
    (
        "text = \"要医療者に対する受診勧奨\" },",
        "text = \"要医療者に対する受診勧奨\" },\n  { id = \"yearly\", text = \"健診結果の経年変化の通知\" },",
    ),
    ("医療費通知の発行", "医療費通知の作成及び発行"),
    (
        "# 組合内部の情報",
        "[[purposes.groups.categories]]\nid = \"consultation\"\nname = \"オンライン健康相談<&\\\">に関する情報\"\npurposes = [{ id = \"use\", text = \"健康相談の実施\" }]\n# 組合内部の情報",
    ),
];

/// What the third one changes further.
const THIRD: [(&str, &str); 5] = [
    ("(令和8年12月更新版)", "(令和9年4月更新版)"),
    ("\"2026-12-01\"", "\"2027-04-01\""),
    (
        "  { id = \"futsal-tournament\", text = \"フットサル大会\" },\n",
        "",
    ),
    (
        "  { id = \"guidance\", text = \"保健指導の実施\" },\n  { id = \"participant-management\", text = \"対象者の管理\" },",
        "  { id = \"participant-management\", text = \"対象者の管理\" },\n  { id = \"guidance\", text = \"保健指導の実施\" },",
    ),
    ("組織的の安全管理措置", "組織的安全管理措置"),
];

fn changed(text: &str, changes: &[(&str, &str)]) -> String {
    let mut text = text.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    text
}

/// A workspace with three editions in files.
fn workspace() -> Workspace {
    let workspace = Workspace::new();
    let one = fs::read_to_string(root().join("society/notice.toml")).unwrap();
    let two = changed(&one, &SECOND);
    let three = changed(&two, &THIRD);
    for (name, text) in [("1.toml", one), ("2.toml", two), ("3.toml", three)] {
        workspace.file(name, text);
    }
    workspace
}

/// A site of three editions, built once.
pub fn site() -> PathBuf {
    static WORKSPACE: OnceLock<Workspace> = OnceLock::new();
    let workspace = WORKSPACE.get_or_init(|| {
        let workspace = workspace();
        build(&workspace, 3);
        workspace
    });
    workspace.path("public")
}

/// The arguments that build a site of the first editions.
fn arguments(editions: usize) -> Vec<&'static str> {
    let mut arguments = vec!["notice", "site", "-o", "public"];
    arguments.extend(&["1.toml", "2.toml", "3.toml"][..editions]);
    arguments
}

fn build(workspace: &Workspace, editions: usize) -> String {
    workspace.ok(&arguments(editions))
}

fn page(name: &str) -> String {
    fs::read_to_string(site().join(name)).unwrap()
}

/// Every file of a site with its content.
fn content(site: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = files_below(site).into_iter();
    files
        .map(|path| {
            let bytes = fs::read(&path).unwrap();
            (path.strip_prefix(site).unwrap().to_owned(), bytes)
        })
        .collect()
}

/// What lies beside the site and belongs to it.
fn leftovers(workspace: &Workspace) -> Vec<String> {
    let entries = fs::read_dir(workspace.path("")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with('.')).collect()
}

/// The words between two marks of a page, without tags and white space.
fn words(html: &str, from: &str, to: &str) -> String {
    let (_, rest) = html.split_once(from).unwrap_or_else(|| panic!("{from}"));
    let (part, _) = rest.split_once(to).unwrap_or_else(|| panic!("{to}"));
    let part = Regex::new("(?s)<caption>.*?</caption>|<!--.*?-->|<[^>]*>")
        .unwrap()
        .replace_all(part, "");
    let mut text = part.into_owned();
    for (entity, character) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#x2f;", "/"),
        ("&amp;", "&"),
    ] {
        text = text.replace(entity, character);
    }
    squeezed(&text)
}

/// The words of a PDF without foot lines and repeated heads of tables.
fn pdf_words(pdf: &Path, name: &str, head: &str) -> String {
    let pages = text_layer(pdf);
    let total = pages.len();
    let strip = |(index, page): (usize, &String)| {
        let foot = squeezed(&format!("{SOCIETY}{name}{}／{total}", index + 1));
        let page = page.strip_suffix(&foot).unwrap_or_else(|| panic!("{page}"));
        let page = match index {
            0 => page,
            _ => page.strip_prefix(head).unwrap_or(page),
        };
        page.to_owned()
    };
    pages.iter().enumerate().map(strip).collect()
}

#[test]
fn the_web_page_and_the_pdf_say_the_same_words() {
    let test = "the_web_page_and_the_pdf_say_the_same_words";
    if !has(test, &["pdftotext"]) {
        return;
    }
    for (folder, label) in [
        ("", "(令和9年4月更新版)"),
        ("editions/1/", "(令和7年7月更新版)"),
        ("editions/2/", "(令和8年12月更新版)"),
        ("editions/3/", "(令和9年4月更新版)"),
    ] {
        let html = page(&format!("{folder}index.html"));
        let title = words(&html, "<!-- notice -->", "<!-- pause -->");
        let rest = words(&html, "<!-- go on -->", "<!-- end of notice -->");
        let pdf = pdf_words(
            &site().join(folder).join("notice.pdf"),
            &format!("{TITLE}{label}"),
            "個人情報の類型利用目的",
        );
        assert_eq!(format!("{title}{rest}"), pdf, "{folder}");
        assert!(pdf.contains("当該職員が取り扱う個人データの範囲を明確化し"));
    }
}

#[test]
fn the_comparison_says_the_same_words_as_page_and_as_pdf() {
    let test = "the_comparison_says_the_same_words_as_page_and_as_pdf";
    if !has(test, &["pdftotext"]) {
        return;
    }
    for (folder, label) in [
        ("", "(令和9年4月更新版)"),
        ("editions/2/", "(令和8年12月更新版)"),
    ] {
        let html = page(&format!("{folder}comparison.html"));
        let table = words(&html, "<table", "</table>");
        let (_, table) = table.split_once("変更前").unwrap();
        let pdf = pdf_words(
            &site().join(folder).join("comparison.pdf"),
            &format!("{TITLE}新旧対照表{label}"),
            "",
        );
        let (_, pdf) = pdf.split_once("変更前").unwrap();
        assert_eq!(table, pdf, "{folder}");
    }
}

#[test]
fn every_change_is_named_in_words_and_underlined() {
    let table = |name: &str| {
        let html = page(name);
        let (_, table) = html.split_once("<table class=\"comparison\"").unwrap();
        table
            .replace("<span class=\"mark\">", "")
            .replace("</span>", "")
    };
    let third = table("comparison.html");
    for wording in [
        "<li>【削除】<u>フットサル大会</u></li>",
        "<li>【順序の変更】",
        "【文言の変更】組織的<u>の</u>安全管理措置",
        "【文言の変更】組織的安全管理措置",
    ] {
        assert!(third.contains(wording), "{wording}\n{third}");
    }
    assert!(!third.contains("医療費通知の作成"), "{third}");
    let second = table("editions/2/comparison.html");
    for wording in [
        "<li>【追加】<u>健診結果の経年変化の通知</u></li>",
        "<li>【文言の変更】医療費通知の発行</li>",
        "<li>【文言の変更】医療費通知の<u>作成及び</u>発行</li>",
        "<td>（なし）</td>",
        "<li>要医療者に対する受診勧奨</li>",
    ] {
        assert!(second.contains(wording), "{wording}\n{second}");
    }
    let told = page("index.html");
    let told = words(&told, "<div class=\"summary\">", "</div>");
    assert!(
        told.contains(
            "「体育奨励事業に関する情報」の利用目的から「フットサル大会」を削除しました。"
        ),
        "{told}"
    );
    assert!(
        told.contains("この版は令和9年4月1日から適用しています。"),
        "{told}"
    );
}

#[test]
fn a_single_edition_has_no_comparison_and_no_day_nobody_told() {
    let workspace = Workspace::new();
    workspace.ok(&["notice", "site", "-o", "public"]);
    let files: Vec<PathBuf> = content(&workspace.path("public")).into_keys().collect();
    let expected = [
        "editions/1/edition.json",
        "editions/1/index.html",
        "editions/1/notice.pdf",
        "editions/index.html",
        "feed.xml",
        "forms/bereaved-request.pdf",
        "forms/bereaved-request.xlsx",
        "forms/consent.pdf",
        "forms/consent.xlsx",
        "forms/correction-request.pdf",
        "forms/correction-request.xlsx",
        "forms/disclosure-request.pdf",
        "forms/disclosure-request.xlsx",
        "forms/index.html",
        "forms/method-choice.pdf",
        "forms/method-choice.xlsx",
        "forms/power-of-attorney.pdf",
        "forms/power-of-attorney.xlsx",
        "forms/withdrawal.pdf",
        "forms/withdrawal.xlsx",
        "index.html",
        "notice.pdf",
    ];
    assert_eq!(files, expected.map(PathBuf::from));
    let html = fs::read_to_string(workspace.path("public/index.html")).unwrap();
    assert!(!html.contains("新旧対照表") && !html.contains("令和7年7月1日"));
}

#[test]
fn pages_stand_alone_and_their_links_lead_somewhere() {
    let link = Regex::new("href=\"([^\"]*)\"").unwrap();
    let header = Regex::new("<th[ >][^>]*").unwrap();
    let id = Regex::new(" id=\"([^\"]*)\"").unwrap();
    let labelled = Regex::new("aria-labelledby=\"([^\"]*)\"").unwrap();
    let pages: Vec<PathBuf> = content(&site())
        .into_keys()
        .filter(|path| path.extension().is_some_and(|ending| ending == "html"))
        .collect();
    assert_eq!(pages.len(), 9);
    for name in pages {
        let html = page(name.to_str().unwrap());
        let place = name.display();
        for word in [
            "<script",
            "src=",
            "url(",
            "@import",
            "<iframe",
            "<object",
            "javascript:",
            "onload",
        ] {
            assert!(!html.contains(word), "{place}: {word}");
        }
        assert!(
            html.starts_with("<!DOCTYPE html>\n<html lang=\"ja\">"),
            "{place}"
        );
        assert_eq!(html.matches("<h1>").count(), 1, "{place}");
        // What a browser fetches by itself is named by <link>: the feed alone.
        assert_eq!(html.matches("<link ").count(), 1, "{place}");
        let all = |pattern: &Regex| -> Vec<String> {
            let found = pattern.captures_iter(&html);
            found.map(|found| found[1].replace("&#x2f;", "/")).collect()
        };
        let ids = all(&id);
        let once: BTreeSet<&String> = ids.iter().collect();
        assert_eq!(ids.len(), once.len(), "{place}: {ids:?}");
        for named in all(&labelled) {
            assert!(ids.contains(&named), "{place}: {named}");
        }
        for target in all(&link) {
            if let Some(fragment) = target.strip_prefix('#') {
                assert!(ids.iter().any(|id| id == fragment), "{place}: {target}");
            } else if !target.starts_with("https://kenpo.example.jp/") {
                let file = site().join(&name).parent().unwrap().join(&target);
                assert!(file.is_file(), "{place}: {target}");
            }
        }
        for head in header.find_iter(&html) {
            assert!(
                head.as_str().contains(" scope=\""),
                "{place}: {}",
                head.as_str()
            );
        }
        let tables = html.matches("<table").count();
        assert_eq!(html.matches("<caption>").count(), tables, "{place}");
        assert_eq!(html.matches("<thead>").count(), tables, "{place}");
    }
    let html = page("index.html");
    let qr = "aria-label=\"群馬県農業団体健康保険組合の個人情報保護のページ";
    assert!(
        html.contains(&format!("<svg role=\"img\" {qr}")),
        "the QR code has no text"
    );
}

#[test]
fn the_page_tells_the_size_and_the_hash_of_its_pdf() {
    if !has(
        "the_page_tells_the_size_and_the_hash_of_its_pdf",
        &["sha256sum"],
    ) {
        return;
    }
    for (html, pdf) in [
        ("index.html", "notice.pdf"),
        ("comparison.html", "comparison.pdf"),
        ("editions/1/index.html", "editions/1/notice.pdf"),
    ] {
        let sum = tool("sha256sum", &[], &site().join(pdf));
        let kilobytes = fs::metadata(site().join(pdf)).unwrap().len().div_ceil(1024);
        let html = page(html);
        assert!(html.contains(sum.split(' ').next().unwrap()), "{pdf}");
        assert!(html.contains(&format!("{kilobytes}KB）")), "{pdf}");
    }
}

#[test]
fn the_comparison_is_archivable_and_accessible() {
    let test = "the_comparison_is_archivable_and_accessible";
    if !has(test, &["pdfinfo", "qpdf", "pdffonts"]) {
        return;
    }
    let pdf = site().join("comparison.pdf");
    let xmp = tool("pdfinfo", &["-meta"], &pdf);
    for word in [
        "<pdfaid:part>2</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        "<pdfuaid:part>1</pdfuaid:part>",
        "新旧対照表",
    ] {
        assert!(xmp.contains(word), "{word}");
    }
    let structure = tool("pdfinfo", &["-struct"], &pdf);
    let count = |tag: &str| {
        let lines = structure.lines().map(str::trim);
        lines
            .filter(|line| line.split([' ', ':']).next() == Some(tag))
            .count()
    };
    assert_eq!(count("Table"), 1, "{structure}");
    // Two columns and the heads of three places.
    assert_eq!(count("TH"), 2 + 3, "{structure}");
    assert_eq!(count("TD"), 2 * 3, "{structure}");
    let said = tool("qpdf", &["--check"], &pdf);
    assert!(
        said.contains("No syntax or stream encoding errors"),
        "{said}"
    );
    for font in tool("pdffonts", &[], &pdf).lines().skip(2) {
        let columns: Vec<&str> = font.split_whitespace().rev().collect();
        assert_eq!(columns[2..5], ["yes"; 3], "{font}");
    }
}

#[test]
fn the_feed_names_every_edition_once_and_for_good() {
    let id = Regex::new("<id>([^<]*)</id>").unwrap();
    let feed = page("feed.xml");
    let ids: Vec<String> = id
        .captures_iter(&feed)
        .map(|found| found[1].to_owned())
        .collect();
    let website = "https:&#x2f;&#x2f;kenpo.example.jp&#x2f;#notice";
    let expected = ["", "-3", "-2", "-1"].map(|end| format!("{website}{end}"));
    assert_eq!(ids, expected);
    assert!(feed.contains("<updated>2027-04-01T00:00:00+09:00</updated>"));
    // A browser is a strict reader of XML, and so is this.
    if has(
        "the_feed_names_every_edition_once_and_for_good",
        &["xmllint"],
    ) {
        tool("xmllint", &["--noout"], &site().join("feed.xml"));
    }
}

#[test]
fn the_same_editions_are_not_written_again() {
    let workspace = workspace();
    build(&workspace, 2);
    let state = || -> Vec<(PathBuf, u64, i64, i64)> {
        let files = files_below(&workspace.path("public")).into_iter();
        let mut state: Vec<_> = files
            .map(|path| {
                let facts = fs::metadata(&path).unwrap();
                (path, facts.ino(), facts.mtime(), facts.mtime_nsec())
            })
            .collect();
        state.sort();
        state
    };
    let before = state();
    let mut again = vec!["--now", "2027-05-01T12:00:00+09:00"];
    again.extend(arguments(2));
    let told = workspace.ok(&again);
    assert!(told.contains("変えるところはありません"), "{told}");
    assert_eq!(state(), before);
    let elsewhere = self::workspace();
    build(&elsewhere, 2);
    assert!(content(&elsewhere.path("public")) == content(&workspace.path("public")));
    // With a further edition, what is known stays the same file.
    build(&workspace, 3);
    let pdf = workspace.path("public/editions/1/notice.pdf");
    let old = before.iter().find(|(path, ..)| *path == pdf).unwrap();
    assert!(state().contains(old), "an old edition was written again");
}

#[test]
fn an_earlier_edition_stays_as_it_was_published() {
    let workspace = workspace();
    build(&workspace, 1);
    let kept = |name: &str| fs::read(workspace.path("public/editions/1").join(name)).unwrap();
    let pdf = kept("notice.pdf");
    let record = kept("edition.json");
    let old = "https://kenpo.example.jp/privacy/";
    let new = "https://kenpo.example.jp/kojin/";
    copy_folder(crate::harness::society(), &workspace.path("society"));
    let profile = workspace.path("society/profile.toml");
    let text = fs::read_to_string(&profile).unwrap();
    fs::write(&profile, changed(&text, &[(old, new)])).unwrap();
    workspace.settings("society = \"society\"\n");
    build(&workspace, 2);
    assert!(kept("notice.pdf") == pdf && kept("edition.json") == record);
    let read = |name: &str| {
        let html = fs::read_to_string(workspace.path("public").join(name)).unwrap();
        words(&html, "個人情報保護のページ<br>", "</p>")
    };
    assert_eq!(read("editions/1/index.html"), old);
    assert_eq!(read("index.html"), new);
    // A PDF that is no longer the one published is made again.
    fs::write(workspace.path("public/editions/1/notice.pdf"), "x").unwrap();
    build(&workspace, 2);
    assert!(kept("notice.pdf").starts_with(b"%PDF"));
}

#[test]
fn killed_before_the_exchange_the_old_site_stands_and_after_it_the_new_one() {
    let workspace = workspace();
    build(&workspace, 1);
    let old = content(&workspace.path("public"));
    let stop = |place: &'static str| {
        let mut arguments = arguments(2);
        arguments.extend(["--stop-at", place]);
        workspace.start_until(&arguments, "stopped at").kill();
    };
    stop("written");
    assert!(content(&workspace.path("public")) == old);
    assert_eq!(leftovers(&workspace), [".public.next"]);
    stop("exchanged");
    let new = content(&workspace.path("public"));
    assert_eq!(leftovers(&workspace), [".public.next"]);
    let told = build(&workspace, 2);
    assert!(told.contains("変えるところはありません"), "{told}");
    assert!(content(&workspace.path("public")) == new && new != old);
    assert!(leftovers(&workspace).is_empty());
    let fresh = self::workspace();
    build(&fresh, 2);
    assert!(content(&fresh.path("public")) == new);
}

#[test]
fn a_reader_always_finds_a_whole_page() {
    let workspace = workspace();
    build(&workspace, 1);
    let one = fs::read(workspace.path("public/index.html")).unwrap();
    build(&workspace, 2);
    let two = fs::read(workspace.path("public/index.html")).unwrap();
    let over = AtomicBool::new(false);
    let reads = std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut reads = 0_u64;
            while !over.load(Ordering::SeqCst) {
                let found = fs::read(workspace.path("public/index.html"));
                let found = found.expect("a page is always there");
                assert!(found == one || found == two, "half a page");
                reads += 1;
            }
            reads
        });
        for editions in [1, 2, 1, 2] {
            workspace.yobin(&arguments(editions));
        }
        over.store(true, Ordering::SeqCst);
        reader.join().unwrap()
    });
    assert!(reads > 100, "{reads} reads");
    assert!(fs::read(workspace.path("public/index.html")).unwrap() == two);
}

#[test]
fn what_cannot_be_built_leaves_the_old_site() {
    let workspace = workspace();
    build(&workspace, 1);
    let old = content(&workspace.path("public"));
    copy_folder(&root().join("templates"), &workspace.path("templates"));
    workspace.settings("templates = \"templates\"\n");
    let one_message = |name: &str, broken: &str| {
        let file = workspace.path("templates/notice").join(name);
        let whole = fs::read_to_string(&file).unwrap();
        fs::write(&file, broken).unwrap();
        let told = workspace.exits(1, &arguments(2));
        assert_eq!(told.matches("エラー：").count(), 1, "{told}");
        let told = workspace.exits(1, &["check"]);
        assert!(
            told.contains("no-such-name") || told.contains("no_such_name"),
            "{told}"
        );
        fs::write(&file, whole).unwrap();
        assert!(content(&workspace.path("public")) == old);
        assert!(leftovers(&workspace).is_empty());
    };
    one_message("notice.html.j2", "{{ no_such_name }}");
    one_message("comparison.typ", "#no-such-name");
    build(&workspace, 2);
}

#[test]
fn a_folder_with_other_things_in_it_is_refused() {
    let workspace = workspace();
    fs::create_dir(workspace.path("public")).unwrap();
    workspace.file("public/notes.txt", "mine");
    let told = workspace.exits(1, &arguments(1));
    assert!(told.contains("「notes.txt」"), "{told}");
    assert_eq!(content(&workspace.path("public")).len(), 1);
}

#[test]
fn copies_go_where_the_settings_say_and_a_failure_is_told_once() {
    let workspace = workspace();
    workspace.settings(
        "[publication]\nfolder = \"copy\"\nrsync = [\"cp\", \"-r\", \"{site}/.\", \"sent\"]\n",
    );
    fs::create_dir(workspace.path("sent")).unwrap();
    let public = ["notice", "site", "-o", "out/public", "1.toml", "2.toml"];
    // Not before the day of the newest.
    let early = workspace.exits(1, &public);
    assert!(
        early.contains("(2026-12-01)が今日(2026-11-22)より後"),
        "{early}"
    );
    let day = "2026-12-01T12:00:00+09:00";
    let public = [&["--now", day], &public[..]].concat();
    workspace.ok(&public);
    let site = content(&workspace.path("out/public"));
    assert!(content(&workspace.path("copy")) == site);
    assert!(content(&workspace.path("sent")) == site);
    for (setting, word) in [
        ("folder = \"not/there\"", "がありません"),
        (
            "rsync = [\"false\", \"{site}\"]",
            "「false」で送れませんでした",
        ),
        (
            "rsync = [\"no-such-program\", \"{site}\"]",
            "「no-such-program」を始められません",
        ),
        ("rsync = [\"true\"]", "{site} がありません"),
    ] {
        workspace.settings(&format!("[publication]\n{setting}\n"));
        let told = workspace.exits(1, &public);
        assert!(told.contains(word), "{told}");
        assert_eq!(told.matches("エラー：").count(), 1, "{told}");
        assert!(content(&workspace.path("out/public")) == site);
    }
}

/// What the pages must do in a browser of this width.
const WIDTHS: [u32; 2] = [360, 1280];

/// Examines a page and tells the frame around it. A page in a frame can be
/// narrower than a browser's window.
const EXAMINE: &str = r#"<script src="/AXE/"></script><script>
axe.run(document).then(result => {
  const small = [...document.querySelectorAll("body *")]
    .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
    .filter(e => !["SCRIPT", "STYLE"].includes(e.tagName) && parseFloat(getComputedStyle(e).fontSize) < 16)
    .map(e => e.outerHTML);
  parent.postMessage(JSON.stringify({
    width: innerWidth,
    needed: document.documentElement.scrollWidth,
    small,
    passes: result.passes.map(v => v.id),
    violations: result.violations.map(v => v.id + ": " + v.nodes.map(n => n.html + " " + n.failureSummary).join("\n")),
  }), "*");
});
</script></body>"#;

#[test]
fn axe_finds_nothing_and_no_page_needs_sideways_scrolling() {
    let test = "axe_finds_nothing_and_no_page_needs_sideways_scrolling";
    let axe = root().join("target/axe-core-4.14.1/axe.min.js");
    if !has(test, &["chromium"]) || !has_file(test, &axe) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&site(), folder.path());
    let script = EXAMINE.replace("/AXE/", axe.to_str().unwrap());
    for name in PAGES {
        let file = folder.path().join(name);
        let html = fs::read_to_string(&file).unwrap();
        fs::write(&file, changed(&html, &[("</body>", &script)])).unwrap();
        for width in WIDTHS {
            let found = examined(folder.path(), name, width);
            let place = format!("{name} at {width} px");
            assert_eq!(found["width"], width, "{place}");
            assert!(
                found["needed"].as_u64().unwrap() <= u64::from(width),
                "{place}: {found}"
            );
            assert_eq!(found["small"], serde_json::json!([]), "{place}");
            let passed = found["passes"].as_array().unwrap();
            for rule in ["html-has-lang", "color-contrast", "region", "bypass"] {
                let ran = passed.iter().any(|id| id == rule);
                assert!(ran, "{place}: {rule} was not looked at: {found}");
            }
            assert_eq!(found["violations"], serde_json::json!([]), "{place}");
        }
    }
}

/// What [`EXAMINE`] tells of a page.
fn examined(folder: &Path, name: &str, width: u32) -> Value {
    let frame = folder.join("frame.html");
    let html = format!(
        "<body><script>onmessage = e => {{ document.body.textContent = '[[' + btoa(unescape(encodeURIComponent(e.data))) + ']]' }}</script>\
         <iframe src=\"{name}\" width=\"{width}\" height=\"900\" style=\"border:0\"></iframe>"
    );
    fs::write(&frame, html).unwrap();
    let profile = tempfile::tempdir().unwrap();
    let mut chromium = Command::new("chromium");
    // The sandbox needs rights a container may not have; the pages are ours.
    chromium
        .args(["--headless=new", "--no-sandbox", "--disable-gpu"])
        .args(["--window-size=1400,1000", "--virtual-time-budget=60000"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg("--dump-dom")
        .arg(format!("file://{}", frame.display()));
    let output = chromium.output().unwrap();
    let dom = String::from_utf8_lossy(&output.stdout);
    let told = dom
        .split_once("[[")
        .and_then(|(_, rest)| rest.split_once("]]"));
    let (told, _) = told.unwrap_or_else(|| panic!("{name}: the page was not examined\n{dom}"));
    serde_json::from_slice(&base64(told)).unwrap()
}

/// Decodes what `btoa` encoded.
fn base64(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::new();
    let (mut held, mut bits) = (0_u32, 0);
    for digit in text.bytes().filter(|&byte| byte != b'=') {
        let value = ALPHABET.iter().position(|&known| known == digit).unwrap();
        held = (held << 6) | u32::try_from(value).unwrap();
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 0xFF).unwrap());
        }
    }
    bytes
}
