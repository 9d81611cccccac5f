//! Letters that go to somebody other than who asked, and letters that must
//! not tell a stranger what they are about.

use std::fs;

use serde_json::{Value, json};

use crate::flags::{add, assert_told, queue, queue_refused, request_of, sample};
use crate::harness::{Workspace, has, root, squeezed, text_layer};

/// The request of the person who asks for the receipts.
fn asked(change: Value) -> Value {
    let explained = sample("receipt-explanation/requested", json!({}));
    request_of(&explained, change)
}

/// A letter to an institution that belongs to it.
fn inquiry(change: Value) -> Value {
    sample("receipt-inquiry/inquiry", change)
}

#[test]
fn an_institution_is_asked_without_an_instruction_of_whoever_asked() {
    let workspace = Workspace::new();
    // Of a dependant, whose letters go to nobody else without a basis.
    add(
        &workspace,
        &[asked(json!({"principal_category": "dependant"}))],
    );
    let told = queue(
        &workspace,
        &[inquiry(json!({"principal_category": "dependant"}))],
    );
    assert_told(&told, &["1件を受け付けました"]);
    assert!(!told.contains("請求者住所と違います"), "{told}");
    // What it says of the request is held against it all the same.
    let told = queue_refused(
        &workspace,
        &inquiry(json!({"principal_name": "例示 花子", "enclosures": null, "record_key": "other"})),
    );
    assert_told(&told, &["「principal_name」"]);
}

#[test]
fn a_letter_to_an_institution_never_goes_to_who_asked_or_whom_it_is_about() {
    let workspace = Workspace::new();
    add(
        &workspace,
        &[asked(json!({
            "requester_role": "appointed_agent", "requester_name": "例示 一郎",
            "principal_name": "見本 太郎",
        }))],
    );
    for addressee in ["例示 一郎", "例示　一郎", "見本 太郎"] {
        let letter = inquiry(json!({
            "addressee_name": addressee, "addressee_honorific": "様",
            "requester_role": "appointed_agent",
        }));
        let told = queue_refused(&workspace, &letter);
        assert_told(
            &told,
            &[
                "「addressee_name」",
                "本人か請求者になっています",
                "宛名を直すか",
            ],
        );
    }
    // Without a registered request the patient's name still tells.
    let letter = inquiry(json!({"receipt_number": "受第26-999号", "addressee_name": "見本太郎"}));
    let told = queue_refused(&workspace, &letter);
    assert_told(&told, &["本人か請求者になっています"]);
}

#[test]
fn a_kind_goes_only_the_ways_it_may() {
    let workspace = Workspace::new();
    let by_mail = json!({"delivery": "mail", "mail_address": "mihon@example.jp"});
    for (name, way) in [
        ("receipt-inquiry/inquiry", by_mail.clone()),
        ("protection-notice/set", by_mail.clone()),
        ("breach-report/preliminary", by_mail),
        ("breach-report/preliminary", json!({"delivery": "post"})),
        ("breach-publication/published", json!({"delivery": "post"})),
    ] {
        let told = queue_refused(&workspace, &sample(name, way));
        assert_told(&told, &["「delivery」", "では送れません", "送付方法を「"]);
    }
    queue(
        &workspace,
        &[sample("breach-report/preliminary", json!({}))],
    );
}

#[test]
fn what_was_misdelivered_is_not_told_to_who_received_it() {
    let workspace = Workspace::new();
    for (field, text) in [
        ("envelope_look", "見本 太郎様あての白い封筒"),
        ("envelope_look", "特定健康診査の結果の封筒"),
        ("envelope_look", "診療報酬明細書の写しが入った角形2号の封筒"),
        ("return_note", "見本様の書類ですので、お急ぎください。"),
        ("return_note", "医療費の給付に関する書類です。"),
    ] {
        let told = queue_refused(
            &workspace,
            &sample("misdelivery/recovery", json!({field: text})),
        );
        assert_told(&told, &["内容が分かる言葉があります"]);
        assert!(!told.contains(text), "{told}");
    }
    queue(&workspace, &[sample("misdelivery/recovery", json!({}))]);
}

#[test]
fn an_apology_without_an_article_is_not_for_what_must_be_notified() {
    let workspace = Workspace::new();
    for item in ["特定健康診査の結果", "個人番号", "傷病名", "服薬の状況"] {
        let told = queue_refused(
            &workspace,
            &sample("misdelivery/apology", json!({"data_items": ["氏名", item]})),
        );
        assert_told(
            &told,
            &[
                "本人への通知の対象",
                "種類「個人データの漏えい等のお知らせ」か",
            ],
        );
    }
    let told = queue_refused(
        &workspace,
        &sample("misdelivery/apology", json!({"no_duty": null})),
    );
    assert_told(&told, &["「no_duty」"]);
}

/// The text of a record's pages.
fn printed(workspace: &Workspace, kind: &str, record: &Value) -> String {
    let file = workspace.file("record.json", record.to_string());
    workspace.ok(&["preview", kind, file.to_str().unwrap(), "-o", "page.pdf"]);
    squeezed(&text_layer(&workspace.path("page.pdf")).concat())
}

#[test]
fn a_letter_to_the_protected_says_nothing_of_the_measures() {
    let test = "a_letter_to_the_protected_says_nothing_of_the_measures";
    if !has(test, &["pdftotext"]) {
        return;
    }
    let workspace = Workspace::new();
    let folder = root().join("templates/letters/protection-notice");
    let mut seen = 0;
    for file in fs::read_dir(folder.join("samples")).unwrap() {
        let file = file.unwrap().path();
        let record: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        let text = printed(&workspace, "protection-notice", &record);
        for word in [
            "支援措置",
            "不開示",
            "避難",
            "相手方",
            "加害",
            "暴力",
            "DV",
            "警察",
            "保護",
            "フラグ",
        ] {
            // The contact box names the desk for complaints about personal information.
            assert!(!text.contains(word), "{word}: {}", file.display());
        }
        seen += 1;
    }
    assert!(seen >= 5);
    // No field of it takes a sentence.
    let schema = fs::read(folder.join("record.schema.json")).unwrap();
    let schema: Value = serde_json::from_slice(&schema).unwrap();
    for (name, field) in schema["properties"].as_object().unwrap() {
        let free = field["type"] == "string" && field.get("enum").is_none();
        let closed = field["format"] == "date" || field["x-role"] == "name";
        assert!(!free || closed, "{name}");
    }
}

#[test]
fn the_final_report_is_due_on_the_thirtieth_or_the_sixtieth_day() {
    let test = "the_final_report_is_due_on_the_thirtieth_or_the_sixtieth_day";
    if !has(test, &["pdftotext"]) {
        return;
    }
    let workspace = Workspace::new();
    for (cases, due) in [
        (json!(["sensitive"]), "確報の期限令和8年12月19日"),
        (json!(["number_many"]), "確報の期限令和8年12月19日"),
        (json!(["sensitive", "wrongful"]), "確報の期限令和9年1月18日"),
        (json!(["number_wrongful"]), "確報の期限令和9年1月18日"),
    ] {
        let record = sample("breach-report/preliminary", json!({"cases": cases}));
        let text = printed(&workspace, "breach-report", &record);
        assert!(text.contains(due), "{due}\n{text}");
    }
    // What is not known yet is said in a first report, and refused in the final one.
    let text = printed(
        &workspace,
        "breach-report",
        &sample("breach-report/preliminary", json!({"persons_count": null})),
    );
    assert!(text.contains("本人の数確認中"), "{text}");
    for field in [
        "data_items",
        "persons_count",
        "cause",
        "secondary_damage",
        "persons_response",
        "publication",
        "prevention",
        "other_matters",
    ] {
        let told = queue_refused(
            &workspace,
            &sample("breach-report/final", json!({field: null})),
        );
        assert_told(&told, &[&format!("「{field}」")]);
    }
}
