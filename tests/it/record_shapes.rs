//! Rules by how a sentence is built rather than by its words: an answer that
//! never came, papers under other names, letters that cannot go that way, dates
//! that depend on the outcome or on today.

use std::fs;

use serde_json::{Value, json};

use crate::harness::{Workspace, copy_folder, root};
use crate::record_choices::{Case, hold};

const DISCLOSURE: &str = "disclosure-decision";
const BEREAVED: &str = "bereaved-disclosure-decision";

fn by_mail(change: Value) -> Value {
    let mut all = json!({"delivery": "mail", "mail_address": "mihon@example.jp"});
    let fields = all.as_object_mut().unwrap();
    fields.extend(change.as_object().unwrap().clone());
    all
}

#[test]
fn who_has_answered_is_said_to_have_answered() {
    let note = |answer: &str, note: &str| {
        json!({
            "disclosed_items": [{"item": "診療報酬明細書", "period": "令和8年4月", "count": 1, "method": "写しの交付"}],
            "institution_answer": answer, "institution_note": note,
        })
    };
    let none = "どのような回答を受けたかが書かれていません。";
    let unfinished = "照会が終わっていないこと、又は回答を受けていないことが書かれています。";
    let against = "開示を控えてほしいなどの意見が書かれています。";
    let mut cases = Vec::new();
    for (text, words) in [
        ("見本病院に電話で確認し、担当の方と話しました。", none),
        ("令和8年11月6日に見本病院へ照会書を発送しました。", none),
        ("見本病院への照会は、来月の初めに行います。", none),
        (
            "令和8年11月6日に照会したが、まだ返事が来ていない。",
            unfinished,
        ),
        (
            "見本病院の電話がつながらなかったため、支障なしと判断しました。",
            unfinished,
        ),
        (
            "見本病院が閉院しているため、支障なしと判断しました。",
            unfinished,
        ),
        (
            "見本病院から、病名は見せないでほしいとの返事がありました。",
            against,
        ),
        (
            "見本病院から、慎重に扱ってほしい旨の回答を受けました。",
            against,
        ),
        (
            "11月12日の回答では、所見の欄を黒塗りにしてほしいとのことでした。",
            against,
        ),
    ] {
        cases.push(Case::refused(
            DISCLOSURE,
            "granted",
            note("no_objection", text),
            words,
        ));
    }
    for (text, words) in [
        (
            "例示病院は廃院のため問合せせず、そのまま開示することにしました。",
            none,
        ),
        ("電話をしましたが、留守でした。", unfinished),
        ("例示病院の担当の方に、これから照会します。", none),
    ] {
        let change = json!({"institution_answer": "no_objection", "institution_note": text});
        cases.push(Case::refused(BEREAVED, "granted", change, words));
    }
    for (answer, text, words) in [
        (
            "no_objection",
            "見本病院から回答がありました。内容を確かめました。",
            "支障がない旨が書かれていません。",
        ),
        (
            "no_objection",
            "見本病院の担当の方が、支障はないと話していました。",
            "回答を受けたことが書かれていません。",
        ),
        (
            "no_objection",
            "11月12日に、病名の記載に心配な点もあるが支障がない旨の回答を受けました。",
            "意見と読める言葉があります。",
        ),
    ] {
        cases.push(Case::warned(
            DISCLOSURE,
            "granted",
            note(answer, text),
            words,
        ));
    }
    for (answer, text) in [
        (
            "no_objection",
            "令和8年11月6日に見本病院に照会し、12日に、差し支えない旨の返事をもらいました。",
        ),
        (
            "no_objection",
            "11月6日に照会し、返事がないため11月11日に督促したところ、支障がない旨の回答を受けました。",
        ),
        (
            "no_objection",
            "11月12日に、開示に反対しない、支障もないとの回答を受けました。支障なし。",
        ),
        (
            "no_answer_decided",
            "11月6日に照会しましたが、期限までに回答がなく、請求書の内容から支障がないと判断しました。",
        ),
        (
            "not_needed",
            "見本病院が閉院し、引き継いだ医療機関もないため、照会を要しないと判断しました。",
        ),
    ] {
        cases.push(Case::taken(
            DISCLOSURE,
            "granted",
            note(answer, text),
            "「照会の経緯」",
        ));
    }
    hold(cases);
}

#[test]
fn receipts_are_receipts_under_any_name() {
    let item = |item: &str| json!({"disclosed_items": [{"item": item, "period": "令和8年4月", "count": 1, "method": "写しの交付"}]});
    let words = "医療機関等への照会の結果又はその経緯がありません。";
    let mut cases: Vec<Case> = [
        "診療報酬請求書",
        "医療費のお知らせ（診療の明細）",
        "歯科の請求明細",
        "訪問看護の明細",
        "ＤＰＣの明細",
        "柔道整復の施術の書類",
        "支払基金から届いたデータ",
        "病院からの請求の書類",
    ]
    .into_iter()
    .map(|text| Case::refused(DISCLOSURE, "granted", item(text), words))
    .collect();
    cases.push(Case::refused(
        DISCLOSURE,
        "granted",
        json!({"disclosure_method": "レセプトの写しを、この通知書に添えて送付します。"}),
        words,
    ));
    cases.extend(
        [
            "治療用装具の療養費支給申請書",
            "主治医の意見書",
            "お薬手帳の写し",
            "提出された明細",
            "マッサージの申請の書類",
        ]
        .into_iter()
        .map(|text| Case::warned(DISCLOSURE, "granted", item(text), words)),
    );
    cases.extend(
        [
            "傷病手当金の支給明細",
            "保険料の明細",
            "標準報酬の明細",
            "高額療養費の計算の明細",
            "口座振込の明細",
            "還付金の内訳の明細",
            "保養所の利用明細",
            "扶養の認定の申請書と収入の明細",
            "人間ドック補助金の明細",
            "健康教室（ヨガ・マッサージ）の申込書",
            "保有個人データ開示請求書",
            "特定健康診査の結果",
            "出産育児一時金請求書",
        ]
        .into_iter()
        .map(|text| Case::taken(DISCLOSURE, "granted", item(text), words)),
    );
    hold(cases);
}

#[test]
fn what_the_society_holds_is_its_own() {
    let asked = |text: &str| json!({"requested_content": text});
    let words = "権限のある保有個人データ";
    let mut cases: Vec<Case> = [
        "医療費の明細（病院の請求）",
        "調剤の明細",
        "支払基金の診療報酬のデータ",
    ]
    .into_iter()
    .map(|text| Case::refused("not-retained", "no-authority", asked(text), words))
    .collect();
    cases.extend(
        [
            "健診の結果",
            "資格の記録",
            "高額療養費の支給の記録",
            "保険料の記録",
        ]
        .into_iter()
        .map(|text| Case::warned("not-retained", "no-authority", asked(text), words)),
    );
    cases.extend(
        [
            "見本共済会の人間ドック補助事業の申込書",
            "勤務先が行う健康診断の名簿",
            "見本病院の診療録",
        ]
        .into_iter()
        .map(|text| Case::taken("not-retained", "no-authority", asked(text), words)),
    );
    hold(cases);
}

#[test]
fn papers_do_not_go_along_with_a_mail() {
    let words = "メールでは送れません。";
    let told = "メールで送ることになっています。";
    hold(vec![
        Case::refused("agent-authority", "ended", by_mail(json!({})), words),
        Case::refused(
            "procedure-end",
            "guardianship-ended",
            by_mail(json!({})),
            words,
        ),
        Case::refused("fee-refund", "refund-error", by_mail(json!({})), words),
        Case::warned(
            "linkage-record-decision",
            "granted",
            by_mail(json!({})),
            told,
        ),
        Case::warned(
            "number-breach-notice",
            "number-only",
            by_mail(json!({})),
            told,
        ),
        Case::warned(
            "breach-notice",
            "notified-misposted",
            by_mail(json!({})),
            told,
        ),
        Case::warned(
            DISCLOSURE,
            "granted",
            by_mail(json!({
                "enclosures": null, "disclosure_method": "12月1日に、PDFで提供します。",
                "disclosed_items": [{"item": "メンタルヘルス相談の記録", "period": "令和8年4月", "count": 1, "method": "電磁的記録"}],
            })),
            told,
        ),
        Case::taken("acknowledgement", "received", by_mail(json!({})), told),
        Case::taken(
            DISCLOSURE,
            "granted",
            by_mail(json!({
                "enclosures": null, "disclosure_method": "12月1日に、PDFで提供します。",
                "disclosed_items": [{"item": "資格の記録", "period": "令和8年4月", "count": 1, "method": "電磁的記録"}],
            })),
            told,
        ),
        Case::taken("fee-notice", "notice", by_mail(json!({})), words),
    ]);
}

#[test]
fn a_reader_knows_what_to_wait_for() {
    let how = |text: &str| json!({"enclosures": null, "disclosure_method": text});
    let words = "いつ、どのように開示するかが書かれていません。";
    let mut cases: Vec<Case> = [
        "電磁的記録により提供します。",
        "ご指定の方法によります。",
        "書面を交付します。",
    ]
    .into_iter()
    .map(|text| Case::warned(DISCLOSURE, "granted", how(text), words))
    .collect();
    cases.extend(
        [
            "令和8年12月1日に、簡易書留で発送します。",
            "日時と方法は、別の書面でお知らせします。",
            "この通知書の別表に記載して開示します。",
        ]
        .into_iter()
        .map(|text| Case::taken(DISCLOSURE, "granted", how(text), words)),
    );
    hold(cases);
}

#[test]
fn a_name_goes_to_whose_it_is() {
    let to = |name: &str| json!({"addressee_name": name});
    let words = "の方の氏名と違います。";
    let kind = "name-character-notice";
    let mut cases: Vec<Case> = ["例示 花子", "見本 次郎", "架空 五郎"]
        .into_iter()
        .map(|name| Case::warned(kind, "replaced", to(name), words))
        .collect();
    // As it is registered, as it is shown, and with another space.
    cases.extend(
        ["見本 髙太郎", "見本 高太郎", "見本　高太郎"]
            .into_iter()
            .map(|name| Case::taken(kind, "replaced", to(name), words)),
    );
    hold(cases);
}

#[test]
fn a_missing_choice_is_told_under_its_own_name() {
    hold(vec![
        Case::taken("breach-notice", "notified-misposted", json!({}), "法第36条"),
        Case::refused(
            "breach-notice",
            "notified-misposted",
            json!({"case": null}),
            "「case」",
        ),
        Case::refused(
            "breach-notice",
            "notified-misposted",
            json!({"number_case": null}),
            "「number_case」",
        ),
        Case::refused(
            "disclosure-decision",
            "refused",
            json!({"grounds": null}),
            "根拠が必要です(法第36条)。",
        ),
    ]);
}

#[test]
fn dates_are_held_against_today_and_inside_rows() {
    let measured = |day: &str| json!({"measures": [{"item": "健康教室の申込書", "measure": "溶解処理", "measure_date": day}]});
    let early = "措置の日が決定日より前です";
    hold(vec![
        // The Commission is told within days.
        Case::warned(
            "breach-report",
            "preliminary",
            json!({"known_on": "2026-11-16"}),
            "今日が、事態を知った日から5日を超えています",
        ),
        Case::warned(
            "breach-report",
            "preliminary",
            json!({"known_on": "2026-10-30"}),
            "今日が、事態を知った日から5日を超えています",
        ),
        Case::warned(
            "breach-report",
            "final",
            json!({"known_on": "2026-10-02", "preliminary_on": "2026-10-12"}),
            "速報の日が、事態を知った日から5日を超えています",
        ),
        Case::taken(
            "breach-report",
            "preliminary",
            json!({"known_on": "2026-11-17"}),
            "5日を超えています",
        ),
        // Nothing is erased before it is decided.
        Case::warned(
            "cessation-decision",
            "erased",
            measured("2026-11-16"),
            early,
        ),
        Case::warned(
            "cessation-decision",
            "erased",
            measured("2026-11-18"),
            early,
        ),
        Case::warned(
            "cessation-decision",
            "substitute",
            json!({"substitute_date": "2026-10-01"}),
            "代わりの措置の日が決定日より前です",
        ),
        Case::taken(
            "cessation-decision",
            "erased",
            measured("2026-11-19"),
            early,
        ),
        Case::taken(
            "cessation-decision",
            "erased",
            measured("2026-11-20"),
            early,
        ),
        // What is said to be reflected from a day on has yet to be.
        Case::refused(
            "implied-consent-objection",
            "received",
            json!({"reflect_from": "2026-11-20"}),
            "反映する日が今日より前です。",
        ),
        Case::refused(
            "implied-consent-objection",
            "received",
            json!({"reflect_from": "2026-01-01", "arrival_date": "2025-12-20", "application_date": "2025-12-19"}),
            "反映する日が今日より前です。",
        ),
        Case::taken(
            "implied-consent-objection",
            "reflected",
            json!({"reflect_from": "2026-11-20"}),
            "反映する日が今日より前です。",
        ),
        // A reminder leaves time for what it reminds of.
        Case::warned(
            "fee-notice",
            "reminder",
            json!({"first_notice_date": "2026-11-21"}),
            "最初に知らせた日から、1日しかたっていません。",
        ),
        Case::warned(
            "fee-notice",
            "reminder",
            json!({"first_notice_date": "2026-11-16"}),
            "6日しかたっていません。",
        ),
        Case::warned(
            "receipt-inquiry",
            "reminder",
            json!({"first_inquiry_date": "2026-11-20", "first_due_date": "2026-11-21"}),
            "前の照会の日から、2日しかたっていません。",
        ),
        Case::taken(
            "fee-notice",
            "reminder",
            json!({"first_notice_date": "2026-11-15"}),
            "しかたっていません。",
        ),
    ]);
}

#[test]
fn what_a_kind_says_of_its_dates_is_checked() {
    let workspace = Workspace::with_settings("approval = \"none\"\ntemplates = \"templates\"\n");
    copy_folder(&root().join("templates"), &workspace.path("templates"));
    let kind = workspace.path("templates/letters/implied-consent-objection");
    let schema = kind.join("record.schema.json");
    let letter = kind.join("letter.toml");
    let (form, rules) = (
        fs::read_to_string(&schema).unwrap(),
        fs::read_to_string(&letter).unwrap(),
    );
    for (from, to, told) in [
        (
            "\"reflected\": \"either\"",
            "\"mirrored\": \"past\"",
            "結果区分「mirrored」はありません",
        ),
        (
            "\"reflected\": \"either\"",
            "\"reflected\": \"soon\"",
            "x-when「soon」は使えません",
        ),
    ] {
        assert!(form.contains(from), "{form}");
        fs::write(&schema, form.replace(from, to)).unwrap();
        let done = workspace.exits(1, &["check"]);
        assert!(done.contains(told), "{told}\n{done}");
    }
    fs::write(&schema, &form).unwrap();
    for (earlier, later) in [("changes.item", "today"), ("today", "reflect_from.day")] {
        let order = format!("{rules}\n[[order]]\nearlier = \"{earlier}\"\nlater = \"{later}\"\n");
        fs::write(&letter, order).unwrap();
        let done = workspace.exits(1, &["check"]);
        assert!(done.contains("という日付の項目はありません"), "{done}");
    }
}

#[test]
fn a_disturbance_is_named() {
    let why = |text: &str| json!({"grounds": ["DISC_33_2_2"], "reason": text});
    let words = "どの業務にどのような支障が出るかが書かれていません。";
    let mut cases: Vec<Case> = [
        "上司が反対しているため、開示できません。",
        "問合せが増えると困るためです。",
        "データを取り出せない仕組みのためです。",
        "委託先に頼まないと出せないためです。",
    ]
    .into_iter()
    .map(|text| Case::warned(DISCLOSURE, "refused", why(text), words))
    .collect();
    cases.extend(
        [
            "点検の着眼点が分かると、以後の点検の適正な実施に著しい支障を及ぼすおそれがあります。",
            "今後、第三者の協力が得られなくなるおそれがあります。",
            "調査の手法が分かり、不正の発見が困難になるおそれがあります。",
        ]
        .into_iter()
        .map(|text| Case::taken(DISCLOSURE, "refused", why(text), words)),
    );
    hold(cases);
}

#[test]
fn a_complaint_is_told_in_its_own_words() {
    let said = |text: &str| json!({"complaint_summary": text});
    let words = "教示は書けません。";
    let mut cases: Vec<Case> = [
        "傷病手当金の不支給に不服があり、審査請求をすることができると聞いたが案内がなかったとのお申出",
        "60日以内に厚生労働大臣に不服を申し立てることができると言われたとのお申出",
        "県の審査会に申し立てることができると説明されたとのお申出",
    ]
    .into_iter()
    .map(|text| Case::taken("complaint-acknowledgement", "received", said(text), words))
    .collect();
    cases.push(Case::refused(
        "complaint-answer",
        "explained",
        json!({"findings": "この回答には、60日以内に厚生労働大臣に不服を申し立てることができます。"}),
        words,
    ));
    hold(cases);
}

#[test]
fn a_basis_is_more_than_a_word() {
    let provided = |basis: &str| {
        json!({"provision_records": [{
            "date": "2025-07-10", "recipient_or_provider": "提供先　見本保険株式会社",
            "items": "氏名、給付の額", "basis": basis,
        }]})
    };
    let kind = "provision-record-decision";
    let mut cases: Vec<Case> = ["口頭", "同意あり", "法令", "口頭による"]
        .into_iter()
        .map(|basis| Case::refused(kind, "granted", provided(basis), "同意等の記録"))
        .collect();
    cases.extend(
        [
            "本人の同意を得て提供しました。",
            "法第27条第1項第1号（法令に基づく場合）",
            "口頭で本人の同意を得ました（令和7年7月3日）。",
        ]
        .into_iter()
        .map(|basis| Case::taken(kind, "granted", provided(basis), "同意等の記録")),
    );
    cases.extend([
        Case::refused(
            "complaint-answer",
            "explained",
            json!({"findings": "問題なし"}),
            "調査の結果",
        ),
        Case::refused(
            "third-party-opinion",
            "asked",
            json!({"question": "別紙のとおり"}),
            "お聞きしたいこと",
        ),
        Case::refused(
            DISCLOSURE,
            "refused",
            json!({"reason": "諸般の事情により"}),
            "理由に、「なし」",
        ),
    ]);
    hold(cases);
}
