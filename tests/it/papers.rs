//! Forms to fill in by hand: blank for everybody, filled in for a registered
//! request with what its requester wrote and nothing else. And kinds of letter
//! that ship switched off.

use std::fs;

use serde_json::{Value, json};

use crate::flags::{add, assert_told, queue, queue_refused, request_of, sample};
use crate::harness::{
    KINDS_IN_USE, Workspace, copy_folder, has, root, society, squeezed, text_layer,
};

const RECEIPT: &str = "受第26-112号";
/// Where the principal lives, which the requester may not know.
const HOME: &str = "群馬県高崎市見本町二丁目3番地";

/// A workspace with an agent's request for disclosure.
fn with_request(change: Value) -> Workspace {
    let workspace = Workspace::new();
    let letter = sample("identity-request/missing-agent", json!({}));
    let mut own = json!({
        "rights": ["disclosure"], "principal_address": HOME, "member_key": "M-112",
        "requester_name": "見本 髙子",
    });
    for (field, value) in change.as_object().unwrap() {
        own[field] = value.clone();
    }
    add(&workspace, &[request_of(&letter, own)]);
    workspace
}

fn text(workspace: &Workspace, file: &str) -> String {
    squeezed(&text_layer(&workspace.path(file)).concat())
}

#[test]
fn every_listed_form_is_printed_blank() {
    if !has("every_listed_form_is_printed_blank", &["pdftotext"]) {
        return;
    }
    let workspace = Workspace::new();
    let list = fs::read_to_string(root().join("templates/forms/forms.toml")).unwrap();
    let list: toml::Table = list.parse().unwrap();
    let told = workspace.ok(&["form"]);
    let forms = list["forms"].as_array().unwrap();
    assert_eq!(forms.len(), 7);
    for form in forms {
        let (code, name) = (
            form["code"].as_str().unwrap(),
            form["name"].as_str().unwrap(),
        );
        assert_told(&told, &[name, code, form["use"].as_str().unwrap()]);
        let file = format!("{code}.pdf");
        let said = workspace.ok(&["form", name, "-o", &file]);
        assert!(
            said.contains("(1ページ)") || said.contains("(2ページ)"),
            "{said}"
        );
        let text = text(&workspace, &file);
        for part in [name, "提出先", "群馬県農業団体健康保険組合", "記入日"] {
            assert!(text.contains(&squeezed(part)), "{code} lacks {part}");
        }
        // A form asks for no number that is not needed.
        assert!(!text.contains("記号・番号："), "{code}");
    }
    let said = workspace.exits(1, &["form", "請願書", "-o", "x.pdf"]);
    assert_told(&said, &["「請願書」はありません", "「委任状」"]);
    assert!(!workspace.path("x.pdf").exists());
    workspace.exits(2, &["form", "委任状"]);
}

#[test]
fn a_form_of_a_request_tells_what_the_requester_wrote() {
    if !has(
        "a_form_of_a_request_tells_what_the_requester_wrote",
        &["pdftotext"],
    ) {
        return;
    }
    let workspace = with_request(json!({}));
    let said = workspace.ok(&["form", "請求等取下書", "--request", RECEIPT, "-o", "a.pdf"]);
    assert_told(&said, &["用紙「請求等取下書」", "請求者が書いたことだけ"]);
    let page = text(&workspace, "a.pdf");
    for part in [RECEIPT, "見本 髙子", "令和8年11月2日", "令和8年11月4日"] {
        assert!(page.contains(&squeezed(part)), "{part} in {page}");
    }
    workspace.ok(&[
        "form",
        "disclosure-request",
        "--request",
        RECEIPT,
        "-o",
        "b.pdf",
    ]);
    let page = text(&workspace, "b.pdf");
    assert!(page.contains(&squeezed("例示 花子")), "{page}");
    // What the society knows of the principal stays with the society.
    for kept in [HOME, "M-112"] {
        assert!(!page.contains(&squeezed(kept)), "{kept} in {page}");
    }
    // A form that is for another request.
    let said = workspace.exits(
        1,
        &[
            "form",
            "遺族による診療報酬明細書等開示依頼書",
            "--request",
            RECEIPT,
            "-o",
            "c.pdf",
        ],
    );
    assert_told(&said, &["使うものではありません", "請求の種類：開示"]);
    assert!(!workspace.path("c.pdf").exists());
    workspace.exits(
        1,
        &["form", "委任状", "--request", "受第26-999号", "-o", "c.pdf"],
    );
}

#[test]
fn nothing_is_filled_in_for_somebody_the_principal_is_protected_from() {
    let workspace = with_request(json!({"protected_counterpart": "yes"}));
    let said = workspace.exits(1, &["form", "委任状", "--request", RECEIPT, "-o", "a.pdf"]);
    assert_told(&said, &["支援措置の相手方", "空の用紙", "責任者"]);
    assert!(!workspace.path("a.pdf").exists());
    workspace.ok(&["form", "委任状", "-o", "a.pdf"]);
}

#[test]
fn blank_forms_stand_beside_the_notice() {
    let workspace = Workspace::new();
    workspace.ok(&["notice", "site", "-o", "site"]);
    let read = |name: &str| fs::read_to_string(workspace.path(format!("site/{name}"))).unwrap();
    assert!(read("index.html").contains("href=\"forms/index.html\""));
    let page = read("forms/index.html");
    for code in [
        "disclosure-request",
        "correction-request",
        "bereaved-request",
        "power-of-attorney",
        "consent",
        "method-choice",
        "withdrawal",
    ] {
        assert!(page.contains(&format!("href=\"{code}.pdf\"")), "{code}");
        let pdf = fs::read(workspace.path(format!("site/forms/{code}.pdf"))).unwrap();
        assert!(pdf.starts_with(b"%PDF"), "{code}");
    }
    // Nothing changed, so nothing is made anew.
    let said = workspace.ok(&["notice", "site", "-o", "site"]);
    assert!(said.contains("変えるところはありません"), "{said}");
}

/// A workspace with the profile as it ships, which uses none of these kinds.
fn as_shipped() -> Workspace {
    let workspace = Workspace::new();
    copy_folder(society(), &workspace.path("society"));
    let file = workspace.path("society/profile.toml");
    let profile = fs::read_to_string(&file).unwrap();
    assert!(profile.contains(KINDS_IN_USE));
    fs::write(&file, profile.replace(KINDS_IN_USE, "")).unwrap();
    workspace.settings("society = \"society\"\napproval = \"none\"\n");
    workspace
}

#[test]
fn a_kind_that_ships_switched_off_is_used_only_where_the_profile_names_it() {
    let letter = sample("linkage-record-decision/granted", json!({}));
    let workspace = as_shipped();
    let told = queue_refused(&workspace, &letter);
    assert_told(
        &told,
        &["使わない設定", "[kinds]", "linkage-record-decision"],
    );
    assert_told(
        &workspace.ok(&["kinds"]),
        &["(linkage-record-decision)  使わない設定"],
    );
    assert_told(
        &workspace.ok(&["kinds", "linkage-record-decision"]),
        &["使わない設定になっています"],
    );
    assert!(workspace.letters().is_empty());

    let workspace = Workspace::new();
    queue(&workspace, &[letter]);
    let told = workspace.ok(&["kinds"]);
    assert!(!told.contains("使わない設定"), "{told}");
}

/// What previewing this record says when it is refused.
fn refused_page(workspace: &Workspace, name: &str, change: Value) -> String {
    let (kind, _) = name.split_once('/').unwrap();
    workspace.file("one.json", sample(name, change).to_string());
    workspace.exits(1, &["preview", kind, "one.json", "-o", "x.png"])
}

#[test]
fn a_day_or_an_age_that_does_not_fit_a_letter_is_told() {
    let workspace = Workspace::new();
    for (born, word) in [
        ("2011-11-23", "15歳から17歳までではありません"),
        ("2008-11-22", "15歳から17歳までではありません"),
    ] {
        let told = refused_page(
            &workspace,
            "agent-confirmation/own-will",
            json!({"birth_date": born}),
        );
        assert_told(&told, &["本人の生年月日", word]);
    }
    for born in ["2011-11-22", "2008-11-23"] {
        let record = sample("agent-confirmation/own-will", json!({"birth_date": born}));
        workspace.file("one.json", record.to_string());
        workspace.ok(&["preview", "agent-confirmation", "one.json", "-o", "x.pdf"]);
    }
    let told = refused_page(
        &workspace,
        "linkage-record-decision/extended",
        json!({"extended_until": "2027-01-04"}),
    );
    assert_told(&told, &["延長後の期限", "60日を超えています"]);
}

#[test]
fn no_consent_is_asked_for_an_individual_number() {
    let workspace = Workspace::new();
    for item in ["個人番号", "氏名及びマイナンバー", "個人番号（12桁）"] {
        let record = sample("consent-request/provision", json!({"data_items": [item]}));
        let told = queue_refused(&workspace, &record);
        assert_told(&told, &["個人番号は、本人の同意があっても"]);
    }
    let card = json!({"request_reason": "個人番号カードの申込みの案内を送るためです。"});
    queue(&workspace, &[sample("consent-request/provision", card)]);
}

#[test]
fn a_letter_about_power_of_agency_says_on_whose_instruction_it_goes_to_the_principal() {
    let workspace = Workspace::new();
    for name in [
        "agent-confirmation/appointed",
        "agent-confirmation/own-will",
        "agent-authority/revoked",
        "procedure-end/requester-died",
    ] {
        let told = queue_refused(
            &workspace,
            &sample(name, json!({"delivery_instruction": ""})),
        );
        assert_told(&told, &["送付先の指示"]);
        queue(&workspace, &[sample(name, json!({}))]);
    }
}

#[test]
fn many_papers_asked_of_a_person_are_a_burden_somebody_should_look_at() {
    let names = |count: usize| (1..=count).map(|n| format!("見本の書類その{n}"));
    let rows = |count: usize, defect: &str| -> Vec<Value> {
        let row = |name: String| {
            json!({
                "defect": defect, "detail": format!("{name}について"),
                "remedy": format!("{name}のとおり、してください。"),
            })
        };
        names(count).map(row).collect()
    };
    let papers = |count: usize| json!({"documents": names(count).collect::<Vec<_>>()});
    let defects = |count: usize, defect: &str| json!({"defects": rows(count, defect)});
    for (name, change, is_told) in [
        ("authority-request/appointed", papers(5), false),
        ("authority-request/appointed", papers(6), true),
        ("authority-request/minor", papers(20), true),
        ("authority-request/ward", papers(7), true),
        ("authority-request/bereaved", papers(6), true),
        // Of these one or two are enough.
        ("identity-request/missing", papers(6), false),
        (
            "supplement-request/defects",
            defects(5, "missing_document"),
            false,
        ),
        (
            "supplement-request/defects",
            defects(6, "missing_document"),
            true,
        ),
        (
            "supplement-request/defects",
            defects(6, "missing_entry"),
            false,
        ),
    ] {
        let workspace = Workspace::new();
        let told = queue(&workspace, &[sample(name, change.clone())]);
        assert_eq!(
            told.contains("5つを超えています"),
            is_told,
            "{name} {change}\n{told}"
        );
        assert_eq!(workspace.letters().len(), 1, "{name}");
    }
}
