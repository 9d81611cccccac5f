//! The notice is held against what the law asks to be published, and nothing
//! is written.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use unicode_width::UnicodeWidthStr as _;

use crate::harness::{Workspace, files_below, root};

/// A finding as a test names it: its code, and what of it.
type Named = (&'static str, &'static str);

const MISSING: [Named; 3] = [
    ("representative", ""),
    ("third-party-record", ""),
    ("internal-rules", ""),
];

const WEAK: [Named; 29] = [
    ("vague-purpose", "加入者の管理"),
    ("vague-purpose", "利用者の管理"),
    ("vague-purpose", "対象者の管理"),
    ("vague-purpose", "雇用の管理"),
    ("event-purpose", "軟式野球大会"),
    ("event-purpose", "フットサル大会"),
    ("event-purpose", "ウォーキングキャンペーン"),
    ("outdated-certificate", "高齢受給者証"),
    ("outdated-certificate", "各種証"),
    ("number-purpose", "資格に関する情報"),
    ("number-purpose", "現金給付に関する情報"),
    ("procedure", ""),
    ("fee", ""),
    ("basic-policy", ""),
    ("external-environment", ""),
    ("foreign-recipients", ""),
    ("complaint-details", ""),
    ("accredited-organisation", ""),
    ("joint-use", ""),
    ("implicit-consent", ""),
    ("opt-out", ""),
    ("pseudonymised", ""),
    ("anonymised", ""),
    ("wording", "組織的の安全管理措置"),
    ("wording", "人的の安全管理措置"),
    (
        "official-wording",
        "本人に通知又はホームページ等に公表します",
    ),
    ("official-wording", "および"),
    ("official-wording", "紐づけ"),
    ("official-wording", "定める他"),
];

const MET: [Named; 10] = [
    ("name", ""),
    ("address", ""),
    ("purposes", ""),
    ("retained-purposes", ""),
    ("purpose-change", ""),
    ("exceptions", ""),
    ("rights", ""),
    ("security-groups", ""),
    ("complaint-desk", ""),
    ("complaint-agrees", ""),
];

/// Where an edit is made and what of.
#[derive(Clone, Copy)]
enum Edit {
    /// In the notice: these words become those, everywhere.
    Notice(&'static str, &'static str),
    /// In the profile, the same.
    Profile(&'static str, &'static str),
    /// Before a line of the notice.
    Before(&'static str, &'static str),
    /// At the end of the notice, which is within `[complaint]`.
    Lines(&'static str),
}
use Edit::{Before, Lines, Notice, Profile};

const NOTES: &str = "# 利用目的の通知・公表を行わない場合";
const MEASURES: &str = "[[security.measures]]\nid = \"organisational\"";
const PARAGRAPHS: &str = "# 段落ごとに一つ。";
const CATEGORY: &str = "[[purposes.groups.categories]]\nid = \"income\"";
const LINK: &str = "  { id = \"number-act-linkage\", text = \"番号法に基づく情報連携\" },\n";

/// What mends each finding of the shipped notice. The linkage by individual
/// numbers leaves both rows at once and gets one of its own.
fn remedies() -> Vec<(Vec<Named>, Vec<Edit>)> {
    let note = |id: &str, text: &str| -> &'static str {
        let text = format!("[[purposes.notes]]\nid = \"{id}\"\ntext = \"{text}\"\n\n");
        Box::leak(text.into_boxed_str())
    };
    vec![
        (
            vec![("representative", "")],
            vec![Profile(
                "# representative_name = \"（氏名）\"",
                "representative_name = \"見本 太郎\"",
            )],
        ),
        (
            vec![("third-party-record", "")],
            vec![Before(
                PARAGRAPHS,
                "[[requests.paragraphs]]\nid = \"records\"\ntext = \"保有個人データに係る第三者提供記録の開示の請求にも対応します。\"\n\n",
            )],
        ),
        (
            vec![("internal-rules", "")],
            vec![Before(
                MEASURES,
                "[[security.measures]]\nid = \"rules\"\nheading = \"個人データの取扱いに係る規律の整備\"\ntext = \"取扱規程を定めています。\"\n\n",
            )],
        ),
        (
            vec![("vague-purpose", "加入者の管理")],
            vec![Notice(
                "\"加入者の管理\"",
                "\"被保険者及び被扶養者の資格の確認\"",
            )],
        ),
        (
            vec![("vague-purpose", "利用者の管理")],
            vec![Notice("\"利用者の管理\"", "\"事業の申込みの受付\"")],
        ),
        (
            vec![("vague-purpose", "対象者の管理")],
            vec![Notice("\"対象者の管理\"", "\"保健指導の対象者への案内\"")],
        ),
        (
            vec![("vague-purpose", "雇用の管理")],
            vec![Notice("\"雇用の管理\"", "\"従業員の給与の支払\"")],
        ),
        (
            vec![
                ("number-purpose", "資格に関する情報"),
                ("number-purpose", "現金給付に関する情報"),
            ],
            vec![
                Notice(LINK, ""),
                Before(
                    CATEGORY,
                    "[[purposes.groups.categories]]\nid = \"individual-numbers\"\nname = \"個人番号に関する情報\"\npurposes = [\n  { id = \"number-act-linkage\", text = \"番号法に基づく情報連携\" },\n]\n\n",
                ),
            ],
        ),
        (
            vec![("procedure", "")],
            vec![Before(
                PARAGRAPHS,
                "[[requests.paragraphs]]\nid = \"how\"\ntext = \"請求は、当組合所定の請求書に本人確認書類の写しを添えて、当組合の窓口に持参又は郵送してください。代理人による請求の場合は、委任状も添えてください。\"\n\n",
            )],
        ),
        (
            vec![("fee", "")],
            vec![
                Profile("# disclosure = 0", "disclosure = 500"),
                Before(
                    PARAGRAPHS,
                    "[[requests.paragraphs]]\nid = \"fee\"\ntext = \"開示の請求の手数料は、1件につき500円です。\"\n\n",
                ),
            ],
        ),
        (
            vec![("basic-policy", "")],
            vec![Before(
                MEASURES,
                "[[security.measures]]\nid = \"policy\"\nheading = \"基本方針の策定\"\ntext = \"個人データの適正な取扱いのため、方針を定めています。\"\n\n",
            )],
        ),
        (
            vec![("external-environment", "")],
            vec![Profile(
                "# handled_abroad = false",
                "handled_abroad = false",
            )],
        ),
        (
            vec![("complaint-details", "")],
            vec![Lines(
                "  { id = \"department\", text = \"担当：見本係\" },\n  { id = \"hours\", text = \"受付時間：平日 9時から17時まで\" },\n  { id = \"mail\", text = \"メール：mihon@example.jp\" },\n]\n",
            )],
        ),
        (
            vec![("accredited-organisation", "")],
            vec![Profile(
                "# accredited_organisations = [\"（団体の名称）\"]",
                "accredited_organisations = []",
            )],
        ),
        (
            vec![("joint-use", "")],
            vec![
                Profile("# joint_use = false", "joint_use = true"),
                Before(
                    NOTES,
                    note(
                        "joint-use",
                        "※当組合は、高額医療交付金の申請のため、次のとおり個人データを共同利用します。個人データの項目：見本の項目。共同して利用する者の範囲：見本の範囲。利用する者の利用目的：交付金の審査。個人データの管理について責任を有する者：群馬県農業団体健康保険組合（群馬県前橋市亀里町1310番地、理事長　見本 太郎）",
                    ),
                ),
            ],
        ),
        (
            vec![("implicit-consent", "")],
            vec![
                Profile("# implicit_consent = false", "implicit_consent = true"),
                Before(
                    NOTES,
                    note(
                        "implicit-consent",
                        "※次の事項は、黙示の同意により行います：医療費通知を世帯ごとに送付すること。同意しがたい事項がある方は、お申し出ください。お申出がない場合は、同意いただいたものとします。同意は、いつでも変更できます。",
                    ),
                ),
            ],
        ),
        (
            vec![("opt-out", "")],
            vec![Profile("# opt_out = false", "opt_out = false")],
        ),
        (
            vec![("pseudonymised", "")],
            vec![
                Profile("# pseudonymised = false", "pseudonymised = true"),
                Before(
                    NOTES,
                    note("pseudonymised", "※仮名加工情報の利用目的：医療費の分析"),
                ),
            ],
        ),
        (
            vec![("anonymised", "")],
            vec![Profile("# anonymised = false", "anonymised = false")],
        ),
        (
            vec![("event-purpose", "軟式野球大会")],
            vec![Notice(
                "\"軟式野球大会\"",
                "\"軟式野球大会の実施及び参加者の管理\"",
            )],
        ),
        (
            vec![("event-purpose", "フットサル大会")],
            vec![Notice(
                "\"フットサル大会\"",
                "\"フットサル大会の実施及び参加者の管理\"",
            )],
        ),
        (
            vec![("event-purpose", "ウォーキングキャンペーン")],
            vec![Notice(
                "\"ウォーキングキャンペーン\"",
                "\"ウォーキングキャンペーンの実施及び参加者の管理\"",
            )],
        ),
        (
            vec![("outdated-certificate", "高齢受給者証")],
            vec![Notice("高齢受給者証", "資格確認書")],
        ),
        (
            vec![("outdated-certificate", "各種証")],
            vec![Notice("各種証", "限度額適用認定証")],
        ),
        (
            vec![("foreign-recipients", "")],
            vec![Profile(
                "# provided_abroad = false",
                "provided_abroad = false",
            )],
        ),
        (
            vec![(
                "official-wording",
                "本人に通知又はホームページ等に公表します",
            )],
            vec![Notice(
                "本人に通知又はホームページ等に公表します",
                "本人に通知し、又はホームページ等で公表します",
            )],
        ),
        (
            vec![("official-wording", "および")],
            vec![Notice("資格確認書および", "資格確認書及び")],
        ),
        (
            vec![("official-wording", "紐づけ")],
            vec![Notice("紐づけ", "ひも付け")],
        ),
        (
            vec![("official-wording", "定める他")],
            vec![Notice("定める他", "定めるほか")],
        ),
        (
            vec![("wording", "組織的の安全管理措置")],
            vec![Notice("組織的の安全管理措置", "組織的安全管理措置")],
        ),
        (
            vec![("wording", "人的の安全管理措置")],
            vec![Notice("人的の安全管理措置", "人的安全管理措置")],
        ),
    ]
}

/// A workspace with a copy of the shipped society and these edits made.
fn mended(edits: &[Edit]) -> Workspace {
    let workspace = Workspace::new();
    let folder = workspace.path("society");
    fs::create_dir(&folder).unwrap();
    let read = |name: &str| fs::read_to_string(root().join("society").join(name)).unwrap();
    let (mut notice, mut profile) = (read("notice.toml"), read("profile.toml"));
    for edit in edits {
        let (text, old, new) = match edit {
            Notice(old, new) => (&mut notice, (*old).to_owned(), (*new).to_owned()),
            Profile(old, new) => (&mut profile, (*old).to_owned(), (*new).to_owned()),
            Before(old, new) => (&mut notice, (*old).to_owned(), format!("{new}{old}")),
            Lines(new) => {
                let head = notice.trim_end().strip_suffix(']').unwrap();
                notice = format!("{head}{new}");
                continue;
            }
        };
        assert!(text.contains(&old), "{old}");
        *text = text.replace(&old, &new);
    }
    fs::write(folder.join("notice.toml"), notice).unwrap();
    fs::write(folder.join("profile.toml"), profile).unwrap();
    workspace.settings("society = \"society\"\n");
    workspace
}

fn findings(workspace: &Workspace, args: &[&str]) -> Vec<Value> {
    let done = workspace.yobin(&[&["notice", "check", "--json"], args].concat());
    let told: Value = serde_json::from_str(&done.out).unwrap_or_else(|_| panic!("{}", done.err));
    let findings = told["findings"].as_array().unwrap().clone();
    let mut open = 0;
    for grade in ["missing", "weak", "met"] {
        let counted = findings.iter().filter(|f| f["grade"] == grade).count();
        assert_eq!(told[grade], counted, "{grade}");
        open += if grade == "met" { 0 } else { counted };
    }
    assert_eq!(done.code, Some(if open == 0 { 0 } else { 2 }));
    findings
}

/// The findings of a grade, as tests name them.
fn graded(findings: &[Value], grade: &str) -> BTreeSet<(String, String)> {
    let of_grade = findings.iter().filter(|finding| finding["grade"] == grade);
    of_grade
        .map(|finding| {
            let code = finding["code"].as_str().unwrap().to_owned();
            let subject = finding["subject"].as_str().unwrap_or_default().to_owned();
            (code, subject)
        })
        .collect()
}

fn named(list: &[Named]) -> BTreeSet<(String, String)> {
    list.iter()
        .map(|(code, subject)| ((*code).to_owned(), (*subject).to_owned()))
        .collect()
}

fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = files_below(folder)
        .into_iter()
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn the_shipped_notice_has_exactly_these_findings() {
    let findings = findings(&mended(&[]), &[]);
    assert_eq!(graded(&findings, "missing"), named(&MISSING));
    assert_eq!(graded(&findings, "weak"), named(&WEAK));
    assert_eq!(graded(&findings, "met"), named(&MET));
    for finding in &findings {
        for part in ["title", "article", "citation", "asked"] {
            assert!(!finding[part].as_str().unwrap().is_empty(), "{finding}");
        }
        if finding["grade"] != "met" {
            for part in ["problem", "remedy", "model"] {
                let text = finding[part].as_str().unwrap();
                assert!(!text.is_empty() && !text.contains('{'), "{finding}");
            }
            assert!(
                !finding["places"].as_array().unwrap().is_empty(),
                "{finding}"
            );
        }
    }
}

#[test]
fn every_vague_cell_is_named() {
    let findings = findings(&mended(&[]), &[]);
    let vague = findings.iter().filter(|f| f["code"] == "vague-purpose");
    let places: Vec<String> = vague
        .flat_map(|finding| finding["places"].as_array().unwrap())
        .map(|place| place["section"].as_str().unwrap().to_owned())
        .collect();
    let rows = [
        "資格に関する情報",
        "保健指導宣伝事業に関する情報",
        "疾病予防事業に関する情報",
        "体育奨励事業に関する情報",
        "保健指導に関する情報",
        "当組合の従業員に関する情報",
    ];
    assert_eq!(places.len(), rows.len());
    for (place, row) in places.iter().zip(rows) {
        assert_eq!(place, &format!("1. 個人情報の利用目的（表）「{row}」"));
    }
}

#[test]
fn each_finding_goes_with_its_remedy_and_no_other_does() {
    let all: BTreeSet<_> = named(&MISSING).union(&named(&WEAK)).cloned().collect();
    let mut mendable = BTreeSet::new();
    for (gone, edits) in remedies() {
        let findings = findings(&mended(&edits), &[]);
        let open: BTreeSet<_> = graded(&findings, "missing")
            .union(&graded(&findings, "weak"))
            .cloned()
            .collect();
        let expected: BTreeSet<_> = all.difference(&named(&gone)).cloned().collect();
        assert_eq!(open, expected, "{gone:?}");
        mendable.extend(named(&gone));
    }
    assert_eq!(mendable, all, "a finding without its remedy");
}

#[test]
fn a_notice_with_every_remedy_passes() {
    let edits: Vec<Edit> = remedies()
        .into_iter()
        .flat_map(|(_, edits)| edits)
        .collect();
    let workspace = mended(&edits);
    let told = workspace.ok(&["notice", "check"]);
    assert!(told.contains("不足0件、要検討0件"), "{told}");
    assert!(
        !told.contains("■ 不足") && !told.contains("■ 要検討"),
        "{told}"
    );
    // The page says what the check found, the representative included.
    workspace.ok(&["notice", "build", "-o", "notice.pdf"]);
    let checked = workspace.ok(&["check"]);
    assert!(!checked.contains("notice check"), "{checked}");
}

#[test]
fn a_complaint_desk_that_moved_in_the_profile_alone_is_a_contradiction() {
    let workspace = mended(&[Profile(
        "telephone = \"027-220-2170\"",
        "telephone = \"027-000-0000\"",
    )]);
    let findings = findings(&workspace, &[]);
    let disagreements: Vec<_> = findings
        .iter()
        .filter(|finding| finding["code"] == "complaint-agrees")
        .collect();
    assert_eq!(disagreements.len(), 1);
    let finding = disagreements[0];
    assert_eq!(finding["grade"], "missing");
    assert_eq!(finding["subject"], "電話番号");
    assert_eq!(finding["places"][0]["words"], "電話：027-220-2170");
    let problem = finding["problem"].as_str().unwrap();
    assert!(
        problem.contains("矛盾") && problem.contains("027-000-0000"),
        "{problem}"
    );
}

#[test]
fn the_check_writes_nothing() {
    let workspace = mended(&[]);
    workspace.stays_unmade();
    let before = contents(&workspace.path(""));
    workspace.exits(2, &["notice", "check"]);
    workspace.exits(2, &["notice", "check", "--json"]);
    assert_eq!(before, contents(&workspace.path("")));
    assert!(!workspace.path("out").exists());
}

#[test]
fn another_file_can_be_checked() {
    let workspace = mended(&[]);
    let draft = fs::read_to_string(root().join("society/notice.toml")).unwrap();
    let draft = draft.replace("人的の安全管理措置", "人的安全管理措置");
    workspace.file("draft.toml", draft);
    let open = graded(&findings(&workspace, &["draft.toml"]), "weak");
    assert_eq!(open.len(), WEAK.len() - 1);
}

#[test]
fn what_cannot_be_checked_is_no_finding() {
    let workspace = mended(&[]);
    workspace.file("broken.toml", "title = ");
    for (file, word) in [
        ("none.toml", "「none.toml」がありません"),
        ("broken.toml", "公表事項 broken.toml"),
    ] {
        let told = workspace.exits(1, &["notice", "check", file]);
        assert!(told.contains("エラー") && told.contains(word), "{told}");
    }
    let early = ["--now", "2022-03-31T12:00:00+09:00", "notice", "check"];
    let told = workspace.exits(1, &early);
    assert!(told.contains("notice-duties.toml"), "{told}");
    let workspace = mended(&[Profile("# joint_use = false", "joint_us = false")]);
    let told = workspace.exits(1, &["notice", "check"]);
    assert!(told.contains("joint_us"), "{told}");
}

#[test]
fn what_is_told_is_grouped_and_fits_the_screen() {
    let told = mended(&[]).exits(2, &["notice", "check"]);
    let heads: Vec<&str> = told.lines().filter(|line| line.starts_with('■')).collect();
    assert_eq!(heads, ["■ 不足", "■ 要検討", "■ 適合"]);
    for line in told.lines() {
        assert!(line.width_cjk() <= 80, "{line}");
        assert_eq!(line.trim_end(), line);
    }
    for label in ["根拠", "求め", "現状", "場所", "直し方", "文例"] {
        let with = told
            .lines()
            .filter(|line| line.trim_start().starts_with(label));
        assert_eq!(with.count(), MISSING.len() + WEAK.len(), "{label}");
    }
}

#[test]
fn check_counts_the_findings_and_does_not_fail_for_them() {
    let told = mended(&[]).ok(&["check"]);
    let line = format!("不足{}件、要検討{}件", MISSING.len(), WEAK.len());
    assert_eq!(
        told.lines().filter(|l| l.contains(&line)).count(),
        1,
        "{told}"
    );
}
