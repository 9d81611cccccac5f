//! The letters as those read them who get them: what goes on and what ends, what
//! can be done against a refusal, what is told to whom, and on how many pages.

use serde_json::{Value, json};

use crate::flags::{assert_told, queue_refused, sample};
use crate::harness::{Workspace, text_layer};
use crate::wording_of_law::{reader, words};

/// The suit, whichever letter tells of it.
const SUIT: &str = "訴えについてこの請求に係る訴えは、請求の到達から2週間を経過していなくても、";

#[test]
fn the_end_of_a_power_ends_no_claim() {
    let test = "the_end_of_a_power_ends_no_claim";
    let Some(workspace) = reader(test) else {
        return;
    };
    let goes_on = "代理人からされた請求は、ご本人の請求として、引き続き取り扱います";
    for (name, to_principal) in [
        ("procedure-end/requester-died", true),
        ("procedure-end/principal-asked", true),
        ("procedure-end/came-of-age", false),
        ("procedure-end/guardianship-ended", false),
    ] {
        let text = words(&workspace, name, &[]);
        assert!(text.contains(goes_on), "{name}: {text}");
        assert!(!text.contains("改めて請求書"), "{name}: {text}");
        let asked = "令和8年12月11日までに、次のどれを希望されるか";
        assert_eq!(text.contains(asked), to_principal, "{name}: {text}");
        assert_eq!(
            text.contains("代理人としての手続は、終了します"),
            !to_principal,
            "{name}: {text}"
        );
    }
    for name in [
        "procedure-end/principal-died",
        "procedure-end/principal-died-agent",
    ] {
        let text = words(&workspace, name, &[]);
        assert!(text.contains("手続を終了します"), "{name}: {text}");
        assert!(!text.contains("引き続き"), "{name}: {text}");
        // The dead is nobody's agent.
        assert!(!text.contains("請求者の区分"), "{name}: {text}");
    }
    let ended = "ご本人の請求として引き続き取り扱い";
    assert!(words(&workspace, "agent-authority/ended", &[]).contains(ended));
    assert!(words(&workspace, "agent-authority/revoked", &[]).contains(ended));
    // Whoever asked when the power had ended already asked in nobody's name.
    let late = [("ended_on", json!("2026-10-25"))];
    assert!(!words(&workspace, "agent-authority/ended", &late).contains(ended));
}

#[test]
fn every_refusal_of_a_claim_tells_of_the_suit_and_nothing_else_does() {
    let test = "every_refusal_of_a_claim_tells_of_the_suit_and_nothing_else_does";
    let Some(workspace) = reader(test) else {
        return;
    };
    for name in [
        "disclosure-decision/partial",
        "disclosure-decision/nonexistent",
        "provision-record-decision/refused",
        "provision-record-decision/nonexistent",
        "correction-decision/refused-unidentified",
        "correction-decision/other-procedure",
        "correction-decision/nonexistent",
        "cessation-decision/substitute",
        "cessation-decision/nonexistent-agent",
        "not-retained/incidental",
        "request-referral/not-held",
        "request-referral/partly-held",
        "request-closing/no-supplement",
    ] {
        let text = words(&workspace, name, &[]);
        assert!(text.contains(SUIT), "{name}: {text}");
    }
    for name in [
        "disclosure-decision/granted",
        "disclosure-decision/other-law",
        "purpose-notification-decision/nonexistent",
        "cessation-decision/erased",
        "request-referral/not-held-bereaved",
        "request-closing/withdrawn",
        "request-closing/no-supplement-bereaved",
        "bereaved-disclosure-decision/refused",
    ] {
        let text = words(&workspace, name, &[]);
        assert!(!text.contains("訴え"), "{name}: {text}");
    }
    let purposes = [("rights", json!(["notification_of_purposes"]))];
    for name in ["not-retained/no-authority", "request-closing/no-supplement"] {
        let text = words(&workspace, name, &purposes);
        assert!(!text.contains("訴え"), "{name}: {text}");
    }
}

#[test]
fn a_claim_without_its_papers_is_refused_with_reasons_and_never_just_ended() {
    let test = "a_claim_without_its_papers_is_refused_with_reasons_and_never_just_ended";
    let Some(workspace) = reader(test) else {
        return;
    };
    let (refused, ended) = ("理由を付して、改めて通知します", "手続を終了する");
    for name in [
        "authority-request/minor",
        "authority-request/appointed",
        "identity-request/missing",
        "identity-request/doubtful",
        "supplement-request/defects",
        "supplement-request/unidentified",
        "fee-notice/reminder",
    ] {
        let text = words(&workspace, name, &[]);
        assert!(text.contains(refused), "{name}: {text}");
        assert!(!text.contains(ended), "{name}: {text}");
    }
    for name in [
        "authority-request/bereaved",
        "identity-request/doubtful-bereaved",
        "supplement-request/unidentified-bereaved",
    ] {
        let text = words(&workspace, name, &[]);
        assert!(!text.contains(refused), "{name}: {text}");
        assert!(text.contains(ended), "{name}: {text}");
    }
}

#[test]
fn an_institution_is_told_which_part_is_withheld() {
    let workspace = Workspace::new();
    let refused = |change: Value| {
        let record = sample("receipt-contact/decided", change);
        queue_refused(&workspace, &record)
    };
    let told = refused(json!({"withheld_parts": ""}));
    assert_told(&told, &["開示しない部分が書かれていません", "診療年月と欄"]);
    for result in ["all", "none"] {
        let told = refused(json!({"decision_result": result}));
        assert_told(&told, &["一部を開示する決定ではありません"]);
    }
}

#[test]
fn a_third_party_learns_who_asked_with_consent_only() {
    let workspace = Workspace::new();
    let unsaid = json!({"consent_date": ""});
    let told = queue_refused(&workspace, &sample("third-party-opinion/asked", unsaid));
    assert_told(&told, &["請求者の同意の日"]);
    let Some(workspace) = reader("a_third_party_learns_who_asked_with_consent_only") else {
        return;
    };
    let consent = "請求した方の同意を得ています";
    assert!(words(&workspace, "third-party-opinion/asked", &[]).contains(consent));
    let unnamed = [("person_name", Value::Null), ("consent_date", Value::Null)];
    assert!(!words(&workspace, "third-party-opinion/asked", &unnamed).contains(consent));
    let office = words(&workspace, "third-party-opinion/asked-organisation", &[]);
    assert!(
        office.contains("貴組合に関する情報") && office.contains("担当の方の職名・氏名"),
        "{office}"
    );
}

#[test]
fn an_organisation_is_addressed_as_what_it_is() {
    let test = "an_organisation_is_addressed_as_what_it_is";
    let Some(workspace) = reader(test) else {
        return;
    };
    let asked = "receipt-inquiry/inquiry";
    let insured = "checkup-data-request/request";
    for (name, letter, said) in [
        ("見本病院", asked, "貴院が"),
        ("例示歯科", asked, "貴院が"),
        ("見本薬局例示店", asked, "貴局が"),
        ("見本訪問看護ステーション", asked, "貴事業所が"),
        ("見本センター", asked, "貴機関が"),
        ("例示歯科医師国民健康保険組合", asked, "貴組合が"),
        ("見本共済組合連合会例示病院", asked, "貴院が"),
        ("見本市", asked, "貴市が"),
        (
            "例示歯科医師国民健康保険組合",
            insured,
            "以前に貴組合に加入",
        ),
        ("見本町役場", insured, "以前に貴町の国民健康保険に加入"),
        ("例示健康保険協会見本支部", insured, "以前に貴協会に加入"),
    ] {
        let change = [("addressee_name", json!(name))];
        let text = words(&workspace, letter, &change);
        assert!(text.contains(said), "{name}: no {said} in {text}");
    }
}

#[test]
fn who_is_protected_learns_what_is_done_meanwhile_and_what_never_ends() {
    let test = "who_is_protected_learns_what_is_done_meanwhile_and_what_never_ends";
    let Some(workspace) = reader(test) else {
        return;
    };
    let name = "protection-notice/received";
    let text = words(&workspace, name, &[]);
    assert!(
        text.contains(
            "取扱いが決まるまでの間に行うこと(1)ご本人宛てのお知らせの発送を見合わせること"
        ),
        "{text}"
    );
    let text = words(&workspace, name, &[("meanwhile", Value::Null)]);
    assert!(text.contains("これまでどおり取り扱います"), "{text}");
    let text = words(&workspace, "protection-notice/lifted", &[]);
    assert!(
        text.contains("ご本人の同意なしに、個人情報を第三者に提供することはありません"),
        "{text}"
    );
    for told in ["支援措置", "不開示", "避難", "警察"] {
        assert!(!text.contains(told), "{told}: {text}");
    }
}

#[test]
fn no_page_is_turned_for_three_lines_and_no_time_of_day_is_broken() {
    let test = "no_page_is_turned_for_three_lines_and_no_time_of_day_is_broken";
    let Some(workspace) = reader(test) else {
        return;
    };
    for name in [
        "cessation-decision/partial",
        "cessation-decision/substitute",
        "cessation-decision/refused",
        "correction-decision/partial",
        "not-retained/no-authority-ward",
        "number-breach-notice/number-only",
        "provision-record-decision/partial",
        "request-referral/partly-held",
        "linkage-record-decision/partial",
    ] {
        words(&workspace, name, &[]);
        let pages = text_layer(&workspace.path("letter.pdf"));
        assert_eq!(pages.len(), 1, "{name}");
    }
    words(&workspace, "linkage-record-decision/granted", &[]);
    let page = text_layer(&workspace.path("letter.pdf")).concat();
    for time in ["午前10時12分", "午後2時45分"] {
        assert!(page.contains(time), "{time} is broken: {page}");
    }
}

#[test]
fn the_question_to_the_principal_goes_to_nobody_else() {
    let workspace = Workspace::new();
    let name = "procedure-end/principal-asked";
    let record = |to: &str| sample(name, json!({"addressee_name": to, "record_key": null}));
    for (to, code) in [
        ("例示 父郎", 1),
        ("例示 七朗", 1),
        ("例示　七郎", 0),
        ("例示七郎", 0),
    ] {
        workspace.file("asked.json", record(to).to_string());
        let told = workspace.exits(code, &["queue", "asked.json", "--dry-run", "--as", "佐藤"]);
        let refused = told.contains("「addressee_name」") && told.contains("本人に送るもの");
        assert_eq!(refused, code == 1, "{to}: {told}");
    }
}
