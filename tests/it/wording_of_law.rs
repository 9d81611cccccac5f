//! The sentences of a letter that turn on the law: which provision it names,
//! what it says to whom, and what it leaves out. Each is read from the text of
//! the page.

use std::fs;

use serde_json::{Value, json};

use crate::harness::{Workspace, copy_folder, has, root, society, squeezed, text_layer};

/// The words of a letter made from a sample with these fields changed.
pub fn words(workspace: &Workspace, name: &str, changes: &[(&str, Value)]) -> String {
    let (kind, sample) = name.split_once('/').unwrap();
    let path = root().join(format!("templates/letters/{kind}/samples/{sample}.json"));
    let mut record: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    for (field, value) in changes {
        match value {
            Value::Null => drop(record.as_object_mut().unwrap().remove(*field)),
            value => record[*field] = value.clone(),
        }
    }
    let file = workspace.file("record.json", record.to_string());
    workspace.ok(&["preview", kind, file.to_str().unwrap(), "-o", "letter.pdf"]);
    squeezed(&text_layer(&workspace.path("letter.pdf")).concat())
}

pub fn reader(test: &str) -> Option<Workspace> {
    has(test, &["pdftotext"]).then(|| with_profile(&[]))
}

/// A workspace whose society has these lines of its profile changed.
fn with_profile(edits: &[(&str, &str)]) -> Workspace {
    let workspace = Workspace::with_settings("society = \"society\"\n");
    copy_folder(society(), &workspace.path("society"));
    let file = workspace.path("society/profile.toml");
    let mut profile = fs::read_to_string(&file).unwrap();
    for (old, new) in edits {
        assert!(profile.contains(old), "{old}");
        profile = profile.replace(old, new);
    }
    fs::write(file, profile).unwrap();
    workspace
}

#[test]
fn a_breach_letter_names_the_provisions_that_ask_for_it_and_no_others() {
    let test = "a_breach_letter_names_the_provisions_that_ask_for_it_and_no_others";
    let Some(workspace) = reader(test) else {
        return;
    };
    let (ours, number) = ("第26条第2項", "第29条の4第2項");
    for (case, number_case, act, numbers) in [
        ("BREACH_7_1", "BREACH_MN_NONE", true, false),
        ("BREACH_7_1", "BREACH_MN_MINOR", true, false),
        ("BREACH_7_NONE", "BREACH_MN_4", false, true),
        ("BREACH_7_3", "BREACH_MN_2", true, true),
        ("BREACH_7_NONE", "BREACH_MN_NONE", false, false),
    ] {
        let changes = [("case", json!(case)), ("number_case", json!(number_case))];
        let text = words(&workspace, "breach-notice/notified-misposted", &changes);
        assert_eq!(text.contains(ours), act, "{case} {number_case}");
        assert_eq!(text.contains(number), numbers, "{case} {number_case}");
        assert_eq!(text.contains("の規定により"), act || numbers, "{case}");
        assert!(text.contains("見本太郎様の個人データ"), "{text}");
        assert!(!text.contains("あなた"), "{text}");
    }
}

#[test]
fn whoever_broke_the_law_apologises() {
    let Some(workspace) = reader("whoever_broke_the_law_apologises") else {
        return;
    };
    let sorry = "ご迷惑をおかけしましたことを、深くおわび申し上げます";
    let name = "cessation-decision/provision-stopped-agent";
    assert!(words(&workspace, name, &[]).contains(sorry));
    let name = "cessation-decision/use-stopped";
    assert!(!words(&workspace, name, &[]).contains(sorry));
    let unlawful = [("grounds", json!(["CEASE_35_1a"]))];
    assert!(words(&workspace, name, &unlawful).contains(sorry));
}

#[test]
fn the_dead_keep_their_title_and_the_bereaved_are_condoled_with() {
    let test = "the_dead_keep_their_title_and_the_bereaved_are_condoled_with";
    let Some(workspace) = reader(test) else {
        return;
    };
    for (sample, name) in [
        ("granted", "例示松吉"),
        ("partial", "見本茂"),
        ("nonexistent", "見本茂"),
    ] {
        let text = words(
            &workspace,
            &format!("bereaved-disclosure-decision/{sample}"),
            &[],
        );
        assert!(text.contains(&format!("{name}様のご逝去を悼み")), "{text}");
        assert!(text.contains(&format!("亡くなられた方{name}様")), "{text}");
        assert!(
            !text.contains("請求者の区分") && !text.contains("依頼者の区分"),
            "{text}"
        );
    }
}

#[test]
fn a_fee_says_whether_and_when_it_was_paid() {
    let Some(workspace) = reader("a_fee_says_whether_and_when_it_was_paid") else {
        return;
    };
    let name = "disclosure-decision/granted";
    assert!(words(&workspace, name, &[]).contains("500円（令和8年11月10日に納付済み）"));
    let told = [
        ("fee_paid_on", Value::Null),
        ("fee_notice_date", json!("2026-11-06")),
    ];
    let text = words(&workspace, name, &told);
    assert!(
        text.contains("納付の方法は、令和8年11月6日付けの書面のとおりです"),
        "{text}"
    );
    let untold = [("fee_paid_on", Value::Null)];
    assert!(words(&workspace, name, &untold).contains("納付の方法は、別の書面でお知らせします"));
}

#[test]
fn a_refusal_by_another_name_is_notified_under_its_article() {
    let test = "a_refusal_by_another_name_is_notified_under_its_article";
    let Some(workspace) = reader(test) else {
        return;
    };
    for (name, said) in [
        (
            "not-retained/no-authority",
            "同法第33条第3項及び第34条第3項の規定により通知します",
        ),
        (
            "not-retained/no-authority-ward",
            "同法第32条第3項及び第35条第7項の規定により通知します",
        ),
        ("request-referral/not-held", "第33条第3項の規定により通知し"),
        (
            "request-closing/no-supplement",
            "同法第33条第3項の規定により通知し",
        ),
        (
            "correction-decision/other-procedure",
            "同法第34条第3項の規定により通知します",
        ),
        (
            "disclosure-decision/partial",
            "第33条第2項及び第3項の規定により通知します",
        ),
        (
            "provision-record-decision/nonexistent",
            "第16条第2項各号に掲げる者",
        ),
    ] {
        let text = words(&workspace, name, &[]);
        assert!(text.contains(said), "{name}: no {said} in {text}");
    }
    let bereaved = words(&workspace, "request-closing/no-supplement-bereaved", &[]);
    assert!(!bereaved.contains("第33条"), "{bereaved}");
    let withdrawn = words(&workspace, "request-closing/withdrawn", &[]);
    assert!(!withdrawn.contains("第33条"), "{withdrawn}");
}

#[test]
fn the_society_says_which_optional_sentences_stand() {
    let test = "the_society_says_which_optional_sentences_stand";
    let Some(workspace) = reader(test) else {
        return;
    };
    let (suit, discarded) = ("第39条第1項ただし書", "確実に廃棄します");
    let refusal = words(&workspace, "disclosure-decision/refused", &[]);
    assert!(refusal.contains(suit), "{refusal}");
    let granted = words(&workspace, "disclosure-decision/granted", &[]);
    assert!(!granted.contains(suit), "{granted}");
    // Art. 39 does not speak of a notification of purposes.
    let purposes = words(&workspace, "purpose-notification-decision/refused", &[]);
    assert!(!purposes.contains(suit), "{purposes}");
    let asked = words(&workspace, "identity-request/missing", &[]);
    assert!(
        !asked.contains(discarded) && asked.contains("いずれか二つ"),
        "{asked}"
    );

    let other = with_profile(&[
        (
            "suit = true",
            "suit = false\ndesks = [\"見本相談窓口　電話　000-0000-0000\"]",
        ),
        ("# discard_copies = true", "discard_copies = true"),
    ]);
    let refusal = words(&other, "disclosure-decision/refused", &[]);
    assert!(
        !refusal.contains(suit) && refusal.contains("見本相談窓口"),
        "{refusal}"
    );
    assert!(words(&other, "identity-request/missing", &[]).contains(discarded));
}

#[test]
fn only_the_addressee_opens_a_decision() {
    let Some(workspace) = reader("only_the_addressee_opens_a_decision") else {
        return;
    };
    for (name, marked) in [
        ("disclosure-decision/granted", true),
        ("breach-notice/notified-misposted", true),
        ("misdelivery/apology", true),
        ("consent-request/acquisition", true),
        ("complaint-acknowledgement/received", true),
        ("purpose-change/changed", false),
        ("acknowledgement/received", false),
    ] {
        assert_eq!(
            words(&workspace, name, &[]).contains("親展"),
            marked,
            "{name}"
        );
    }
    let company = [
        ("addressee_name", json!("見本弁護士法人")),
        ("addressee_honorific", json!("御中")),
    ];
    let text = words(&workspace, "disclosure-decision/refused", &company);
    assert!(!text.contains("親展"), "{text}");
}

#[test]
fn a_character_is_said_to_be_kept_only_where_it_is() {
    let Some(workspace) = reader("a_character_is_said_to_be_kept_only_where_it_is") else {
        return;
    };
    let kept = "元の文字のまま当組合に記録しています";
    let name = "name-character-notice/replaced";
    assert!(!words(&workspace, name, &[]).contains(kept));
    let says = [("original_kept", json!("kept"))];
    assert!(words(&workspace, name, &says).contains(kept));
}

#[test]
fn receipts_are_explained_when_they_are_asked_for() {
    let Some(workspace) = reader("receipts_are_explained_when_they_are_asked_for") else {
        return;
    };
    let said = "医療機関等に照会した上で";
    let name = "acknowledgement/received";
    let other = [("requested_content", json!("特定健康診査の結果"))];
    assert!(!words(&workspace, name, &other).contains(said));
    let receipts = [("requested_content", json!("令和7年度の診療報酬明細書"))];
    assert!(words(&workspace, name, &receipts).contains(said));
}

#[test]
fn a_representative_without_a_name_is_told() {
    let workspace = with_profile(&[]);
    let said = "理事長の氏名が未設定です";
    assert!(workspace.ok(&["check"]).contains(said));
    workspace.queue_plain(1, 0);
    workspace.ok(&["run"]);
    assert!(workspace.ok(&["report"]).contains(said));
    let named = with_profile(&[(
        "# representative_name = \"（氏名）\"",
        "representative_name = \"見本 太郎\"",
    )]);
    assert!(!named.ok(&["check"]).contains(said));
}
