//! A record does not contradict itself: what is chosen, what is written and
//! how it goes say one thing.

use std::fs;

use serde_json::{Value, json};

use crate::harness::{Workspace, copy_folder, plain_record, root};

/// The first with the fields of the second; null takes a field away.
pub fn changed(mut base: Value, change: &Value) -> Value {
    let fields = base.as_object_mut().unwrap();
    for (field, value) in change.as_object().unwrap() {
        match value {
            Value::Null => drop(fields.remove(field)),
            value => drop(fields.insert(field.clone(), value.clone())),
        }
    }
    base
}

/// A shipped sample.
pub fn sample(kind: &str, name: &str) -> Value {
    let path = root().join(format!("templates/letters/{kind}/samples/{name}.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    serde_json::from_str(&text).unwrap()
}

/// A record somebody typed, and what comes of it.
pub struct Case {
    kind: &'static str,
    sample: &'static str,
    change: Value,
    is_taken: bool,
    words: &'static str,
    are_told: bool,
}

impl Case {
    /// Refused with these words.
    pub fn refused(
        kind: &'static str,
        sample: &'static str,
        change: Value,
        words: &'static str,
    ) -> Self {
        Case {
            kind,
            sample,
            change,
            is_taken: false,
            words,
            are_told: true,
        }
    }

    /// Taken in with these words.
    pub fn warned(
        kind: &'static str,
        sample: &'static str,
        change: Value,
        words: &'static str,
    ) -> Self {
        Case {
            is_taken: true,
            ..Case::refused(kind, sample, change, words)
        }
    }

    /// Taken in without these words.
    pub fn taken(
        kind: &'static str,
        sample: &'static str,
        change: Value,
        words: &'static str,
    ) -> Self {
        Case {
            is_taken: true,
            are_told: false,
            ..Case::refused(kind, sample, change, words)
        }
    }
}

/// Queues all that are to be refused in one file and all others in another, and
/// looks at what is told of each. Nothing is taken in, for it is a dry run.
pub fn hold(cases: Vec<Case>) {
    let (taken, refused): (Vec<Case>, Vec<Case>) =
        cases.into_iter().partition(|case| case.is_taken);
    let wrong = [told_wrongly(&refused, 1), told_wrongly(&taken, 0)].concat();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The cases of which something else is told than they say.
fn told_wrongly(cases: &[Case], code: i32) -> Vec<String> {
    if cases.is_empty() {
        return Vec::new();
    }
    let workspace = Workspace::new();
    let lines: Vec<String> = (1..).zip(cases).map(|(row, case)| case.line(row)).collect();
    let path = workspace.file("records.jsonl", lines.join("\n"));
    let done = workspace.yobin(&["queue", path.to_str().unwrap(), "--dry-run"]);
    let told = format!("{}\n{}", done.out, done.err);
    assert_eq!(done.code, Some(code), "{told}");
    let wrong = (1..).zip(cases).filter_map(|(row, case)| {
        let row = format!("{row}行目");
        let is_about = |line: &&str| line.trim_start_matches("注意：").starts_with(&row);
        let about: Vec<&str> = told.lines().filter(is_about).collect();
        let says = about.iter().any(|line| line.contains(case.words));
        // What is refused is, in every row.
        let is_as_said = says == case.are_told && (case.is_taken || !about.is_empty());
        (!is_as_said).then(|| {
            format!(
                "{}/{} {}: {:?}, got {about:#?}",
                case.kind, case.sample, case.change, case.words
            )
        })
    });
    wrong.collect()
}

impl Case {
    /// Its record, which is nobody else's letter whatever its sample is.
    fn line(&self, row: usize) -> String {
        let mut record = changed(sample(self.kind, self.sample), &self.change);
        if record.get("receipt_number").is_some() {
            record["receipt_number"] = format!("受第99-{row:03}号").into();
        }
        record["record_key"] = format!("記-{row}").into();
        record.to_string()
    }
}

fn receipts(item: &str) -> Value {
    json!([{"item": item, "period": "令和8年4月", "count": 1, "method": "写しの交付"}])
}

#[test]
fn what_the_institution_said_is_what_is_decided() {
    let asked = "令和8年11月6日に見本病院に照会し、同月12日に、支障がない旨の回答を受けました。";
    hold(vec![
        Case::refused(
            "disclosure-decision",
            "granted",
            json!({"disclosed_items": receipts("診療報酬明細書"), "institution_answer": "partial_objection", "institution_note": "令和8年11月12日に、一部に支障がある旨の回答を受けました。"}),
            "一部に支障があると答えているのに、全部を開示することになっています。",
        ),
        Case::refused(
            "bereaved-disclosure-decision",
            "granted",
            json!({"institution_answer": "partial_objection", "institution_note": "見本病院から、病名の告知に関する記載に支障がある旨の回答を受けました。"}),
            "全部を開示することになっています。",
        ),
        Case::refused(
            "bereaved-disclosure-decision",
            "granted",
            json!({"institution_consent": "not_contacted"}),
            "遺族の同意が「連絡していない」なのに",
        ),
        Case::refused(
            "bereaved-disclosure-decision",
            "granted",
            json!({"institution_consent": "not_contacted", "institution_answer": "no_answer_decided", "institution_note": "期限までに回答がなく、当組合で判断しました。"}),
            "遺族の同意が「連絡していない」なのに",
        ),
        Case::refused(
            "disclosure-decision",
            "partial",
            json!({"institution_note": "閉院しているため、医療機関には照会していません。"}),
            "「照会の経緯」に照会していないとあります。",
        ),
        Case::refused(
            "disclosure-decision",
            "partial",
            json!({"institution_note": "令和8年11月6日に照会しましたが、まだ回答がありません。"}),
            "「照会の経緯」に回答がないとあります。",
        ),
        Case::refused(
            "disclosure-decision",
            "partial",
            json!({"institution_note": "見本病院から、開示すると診療に支障がある旨の回答を受けました。"}),
            "「照会の経緯」に支障があるとあります。",
        ),
        Case::refused(
            "disclosure-decision",
            "partial",
            json!({"institution_answer": "partial_objection", "institution_note": asked}),
            "「照会の経緯」に支障がないとだけあります。",
        ),
        Case::warned(
            "disclosure-decision",
            "partial",
            json!({"institution_answer": "not_needed", "institution_note": asked}),
            "「照会の経緯」に回答のことが書かれています。",
        ),
        // What is right stays right.
        Case::taken(
            "disclosure-decision",
            "partial",
            json!({"institution_note": asked}),
            "照会",
        ),
        Case::taken(
            "disclosure-decision",
            "partial",
            json!({"institution_note": "支障があるかを照会し、期限までに回答がなかったため督促したところ、支障がない旨の回答を受けました。"}),
            "照会の経緯",
        ),
        Case::taken(
            "bereaved-disclosure-decision",
            "granted",
            json!({"institution_consent": "not_contacted", "institution_answer": "not_needed", "institution_note": "見本病院が閉院し、引き継いだ医療機関もないため、照会を要しないと判断しました。"}),
            "遺族の同意",
        ),
    ]);
}

#[test]
fn a_word_is_no_explanation() {
    let not_needed = |note: &str| json!({"disclosed_items": receipts("診療報酬明細書"), "institution_answer": "not_needed", "institution_note": note});
    let provided = |basis: &str| {
        json!({"provision_records": [{
            "date": "2025-07-10", "recipient_or_provider": "提供先　見本保険株式会社",
            "items": "氏名、給付の額", "basis": basis,
        }]})
    };
    let mut cases: Vec<Case> = [
        "なし",
        "特になし",
        "不要",
        "ﾅｼ",
        "照会不要のため",
        "不要と判断したため。",
    ]
    .into_iter()
    .map(|note| {
        Case::refused(
            "disclosure-decision",
            "granted",
            not_needed(note),
            "照会の経緯",
        )
    })
    .collect();
    cases.extend(
        ["なし", "該当なし", "別紙のとおり"]
            .into_iter()
            .map(|basis| {
                Case::refused(
                    "provision-record-decision",
                    "granted",
                    provided(basis),
                    "1件目の同意等の記録に、「なし」「別紙」のような言葉だけ",
                )
            }),
    );
    cases.extend([
        Case::refused(
            "disclosure-decision",
            "refused",
            json!({"reason": "別紙のとおり"}),
            "理由に、「なし」「別紙」のような言葉だけ",
        ),
        Case::refused(
            "correction-decision",
            "refused",
            json!({"reason": "不要のため"}),
            "理由に、「なし」「別紙」のような言葉だけ",
        ),
        Case::refused(
            "target-date-change",
            "extended",
            json!({"cause": "業務多忙"}),
            "変更の理由が、一言だけです。",
        ),
        Case::refused(
            "complaint-answer",
            "upheld",
            json!({"findings": "特になし"}),
            "調査の結果に、「なし」「別紙」のような言葉だけ",
        ),
        Case::refused(
            "disclosure-decision",
            "nonexistent",
            json!({"search_scope": "不明"}),
            "調査した範囲に、「なし」「別紙」のような言葉だけ",
        ),
        Case::taken(
            "disclosure-decision",
            "granted",
            not_needed("本人が医療機関から写しを受け取っており、照会を要しないため"),
            "照会の経緯",
        ),
        Case::taken(
            "provision-record-decision",
            "granted",
            provided("本人の同意"),
            "同意等の記録",
        ),
    ]);
    hold(cases);
}

#[test]
fn a_receipt_is_one_under_every_name() {
    let mut cases: Vec<Case> = [
        "医療費明細（ﾚｾﾌﾟﾄ）の控え",
        "れせぷと",
        "レ セ プ ト（医科）",
        "レセの写し",
        "医療費明細書",
        "調剤報酬明細書",
        "医療費明細",
        "令和7年分の明細書一式",
        "訪問看護療養費明細書",
    ]
    .into_iter()
    .map(|item| {
        Case::refused(
            "disclosure-decision",
            "granted",
            json!({"disclosed_items": receipts(item)}),
            "医療機関等への照会の結果又はその経緯がありません。",
        )
    })
    .collect();
    cases.extend([
        // What goes along is disclosed as well.
        Case::refused(
            "disclosure-decision",
            "granted",
            json!({"enclosures": [{"title": "診療報酬明細書の写し", "person": "見本 太郎", "pages": 3}]}),
            "医療機関等への照会の結果又はその経緯がありません。",
        ),
        Case::refused(
            "bereaved-disclosure-decision",
            "partial",
            json!({"disclosed_items": receipts("ﾚｾﾌﾟﾄ")}),
            "遺族の同意の記録がありません。",
        ),
        Case::taken(
            "disclosure-decision",
            "granted",
            json!({"disclosed_items": receipts("傷病手当金支給明細書")}),
            "医療機関等への照会",
        ),
        Case::refused(
            "not-retained",
            "no-authority",
            json!({"requested_content": "令和7年度の診療報酬明細書"}),
            "権限のある保有個人データです。",
        ),
        Case::refused(
            "not-retained",
            "no-authority",
            json!({"requested_content": "見本病院のﾚｾﾌﾟﾄ"}),
            "権限のある保有個人データです。",
        ),
        Case::refused(
            "not-retained",
            "no-authority",
            json!({"requested_content": "医療費明細書の全部"}),
            "権限のある保有個人データです。",
        ),
    ]);
    hold(cases);
}

#[test]
fn what_goes_along_can_go_that_way() {
    let by_mail = json!({"delivery": "mail", "mail_address": "mihon@example.jp"});
    let mail = |change: Value| {
        let mut all = by_mail.clone();
        all.as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        all
    };
    // What is said to come along with a mail is refused whatever it is.
    let by_file = "12月1日に、PDFで提供します。";
    let checkup = json!([{"item": "特定健康診査の結果", "period": "令和7年度", "count": 1, "method": "写しの交付"}]);
    hold(vec![
        Case::refused(
            "disclosure-decision",
            "granted",
            mail(json!({})),
            "同封物は、メールでは送れません。",
        ),
        Case::refused(
            "disclosure-decision",
            "partial",
            mail(json!({})),
            "同封物は、メールでは送れません。",
        ),
        Case::refused(
            "disclosure-instructions",
            "post-enclosed",
            mail(json!({})),
            "同封物は、メールでは送れません。",
        ),
        Case::refused(
            "bereaved-disclosure-decision",
            "granted",
            mail(json!({})),
            "同封物は、メールでは送れません。",
        ),
        Case::warned(
            "disclosure-decision",
            "granted",
            mail(
                json!({"enclosures": null, "disclosed_items": checkup, "disclosure_method": by_file}),
            ),
            "メールで送ることになっています。",
        ),
        Case::warned(
            "disclosure-decision",
            "partial",
            mail(json!({"enclosures": null, "disclosure_method": by_file})),
            "メールで送ることになっています。",
        ),
        Case::warned(
            "correction-decision",
            "done",
            mail(
                json!({"corrections": [{"item": "健診の受診日", "kind": "corrected", "before": "令和7年6月1日", "after": "令和7年6月2日"}]}),
            ),
            "メールで送ることになっています。",
        ),
        Case::warned(
            "disclosure-instructions",
            "post",
            json!({"mail_class": "普通郵便"}),
            "普通郵便で送ることになっています。",
        ),
        Case::refused(
            "disclosure-instructions",
            "post-enclosed",
            json!({"mail_class": "普通郵便", "enclosures": [{"title": "診療報酬明細書の写し", "person": "例示 花子", "pages": 3}]}),
            "普通郵便では送れません。",
        ),
        Case::refused(
            "disclosure-instructions",
            "post",
            json!({"mail_class": "普通郵便", "shipping_note": "レセプトの写しは、別の封筒でお送りします。"}),
            "普通郵便では送れません。",
        ),
    ]);
}

#[test]
fn nothing_but_paper_stands_in_for_what_was_asked() {
    let offered = |method: &str| json!({"offered_method": method});
    hold(vec![
        Case::refused(
            "disclosure-decision",
            "other-method",
            offered("電子メールへの添付"),
            "書面の交付ではありません",
        ),
        Case::refused(
            "disclosure-decision",
            "other-method",
            offered("窓口での閲覧"),
            "書面の交付ではありません",
        ),
        Case::refused(
            "disclosure-decision",
            "other-method",
            offered("書面の交付又はDVDによる提供"),
            "書面の交付だけではありません",
        ),
        Case::refused(
            "provision-record-decision",
            "other-method",
            offered("ＵＳＢメモリーの交付"),
            "書面の交付ではありません",
        ),
        Case::refused(
            "disclosure-decision",
            "other-method",
            json!({"requested_method": "書面の交付"}),
            "請求された方法が書面の交付なので",
        ),
        Case::taken(
            "disclosure-decision",
            "other-method",
            offered("写しの交付"),
            "書面の交付",
        ),
    ]);
}

#[test]
fn why_something_was_stopped_is_said() {
    hold(vec![
        Case::warned(
            "cessation-decision",
            "use-stopped",
            json!({"grounds": null, "reason": null}),
            "根拠も理由もない通知です。",
        ),
        Case::warned(
            "cessation-decision",
            "erased",
            json!({"grounds": null, "reason": null}),
            "根拠も理由もない通知です。",
        ),
        Case::warned(
            "cessation-decision",
            "provision-stopped-agent",
            json!({"grounds": null, "reason": null}),
            "根拠も理由もない通知です。",
        ),
        Case::warned(
            "cessation-decision",
            "provision-stopped-agent",
            json!({"grounds": ["STOP_35_3a"], "reason": null}),
            "何があったかの説明がありません。",
        ),
        Case::warned(
            "cessation-decision",
            "use-stopped",
            json!({"grounds": ["CEASE_35_1a"], "reason": null}),
            "何があったかの説明がありません。",
        ),
        Case::warned(
            "cessation-decision",
            "erased",
            json!({"grounds": ["ERASE_35_5b"], "reason": null}),
            "何があったかの説明がありません。",
        ),
        Case::warned(
            "cessation-decision",
            "erased",
            json!({"measures": [{"item": "相談の記録", "measure": "令和9年3月に消去する予定です。", "measure_date": "2026-11-16"}]}),
            "これから行うことと読める言葉があります。",
        ),
    ]);
}

#[test]
fn what_leaked_is_what_the_letter_rests_on() {
    hold(vec![
        Case::refused(
            "breach-notice",
            "notified-voluntary",
            json!({"data_items": ["氏名", "住所", "個人番号"], "number_case": "BREACH_MN_NONE"}),
            "漏えい等の内容に個人番号があります",
        ),
        Case::refused(
            "breach-notice",
            "notified-voluntary",
            json!({"data_items": ["氏名及びﾏｲﾅﾝﾊﾞｰ"], "number_case": "BREACH_MN_NONE"}),
            "漏えい等の内容に個人番号があります",
        ),
        Case::refused(
            "breach-notice",
            "notified-voluntary",
            json!({"outline": "令和8年11月10日に、個人番号を記載した書類1通を別の方へ郵送しました。", "number_case": "BREACH_MN_NONE"}),
            "漏えい等の内容に個人番号があります",
        ),
        Case::warned(
            "breach-notice",
            "notified-voluntary",
            json!({"data_items": ["氏名及び住所"], "number_case": "BREACH_MN_MINOR"}),
            "「個人データの項目」に個人番号がありません。",
        ),
        Case::warned(
            "breach-notice",
            "notified-voluntary",
            json!({"data_items": ["健康診断の結果"], "case": "BREACH_7_NONE", "number_case": "BREACH_MN_NONE"}),
            "「規則第7条に当たらない」です。",
        ),
    ]);
}

#[test]
fn the_name_that_is_shown_is_the_registered_one_with_its_characters_replaced() {
    let kind = "name-character-notice";
    let words = "書類に記載する氏名が、「届出の氏名」を「置き換える文字」のとおりに置き換えたものと違います。";
    hold(vec![
        Case::refused(kind, "replaced", json!({"shown_name": "例示 花子"}), words),
        Case::refused(
            kind,
            "replaced",
            json!({"shown_name": "見本 高次郎"}),
            words,
        ),
        // Nothing was replaced.
        Case::refused(
            kind,
            "replaced",
            json!({"shown_name": "見本 髙太郎"}),
            words,
        ),
        Case::refused(
            kind,
            "replaced-several",
            json!({"shown_name": "宮崎 𠮷高"}),
            words,
        ),
        // The family name alone is no other person, a space is none either.
        Case::taken(
            kind,
            "replaced",
            json!({"shown_name": "見本　高太郎"}),
            words,
        ),
        Case::taken(kind, "replaced-variant", json!({}), words),
    ]);
}

#[test]
fn a_fee_that_was_paid_has_an_amount() {
    let words = "手数料の額がありません。";
    hold(vec![
        Case::refused(
            "disclosure-decision",
            "granted",
            json!({"fee": null}),
            words,
        ),
        Case::refused(
            "provision-record-decision",
            "granted",
            json!({"fee": null}),
            words,
        ),
        Case::refused(
            "disclosure-decision",
            "granted-agent",
            json!({"fee": null}),
            words,
        ),
    ]);
}

#[test]
fn what_a_kind_asks_of_its_records_is_checked() {
    let workspace = Workspace::with_settings("approval = \"none\"\ntemplates = \"templates\"\n");
    copy_folder(&root().join("templates"), &workspace.path("templates"));
    let letter = workspace.path("templates/letters/acknowledgement/letter.toml");
    let kept = fs::read_to_string(&letter).unwrap();
    let rule = |says: &str| {
        format!(
            "{kept}\n[[rules]]\nfield = \"requested_content\"\n{says}problem = \"誤りです。\"\nremedy = \"直してください。\"\n"
        )
    };
    for (text, told) in [
        (rule(""), "いつ当てはまるかが書かれていません"),
        (
            rule("contains = [\"@letters\"]\n"),
            "「@letters」という言葉の一覧は",
        ),
        (
            rule("when = { delivery = [\"fax\"] }\n"),
            "「fax」という選択肢はありません",
        ),
        (rule("without = [\"fee\"]\n"), "項目「fee」はありません"),
        (
            format!("{kept}\n[[order]]\nearlier = \"arrival_date\"\nlater = \"rights\"\n"),
            "「rights」という日付の項目はありません",
        ),
        (
            format!(
                "{kept}\n[[follows]]\nfield = \"requested_content\"\nfrom = \"addressee_name\"\nby = \"rights\"\noriginal = \"a\"\nreplacement = \"b\"\n"
            ),
            "follows にある項目がありません",
        ),
    ] {
        fs::write(&letter, text).unwrap();
        let done = workspace.exits(1, &["check"]);
        assert!(done.contains(told), "{told}\n{done}");
    }
    // One that can be holds for records of any width and kana.
    fs::write(
        &letter,
        rule("contains = [\"レセプト\"]\nwithout = [\"principal_name\"]\n"),
    )
    .unwrap();
    let plain = plain_record(1, false);
    for (content, name, code) in [
        ("ﾚｾﾌﾟﾄの開示", Value::Null, 1),
        ("れせぷとの開示", Value::Null, 1),
        ("レセプトの開示", json!("見本 太郎1"), 0),
        ("健診の結果の開示", Value::Null, 0),
    ] {
        let record = changed(
            plain.clone(),
            &json!({"requested_content": content, "principal_name": name}),
        );
        let path = workspace.file("record.json", json!([record]).to_string());
        workspace.exits(code, &["queue", path.to_str().unwrap(), "--dry-run"]);
    }
    // A workspace whose templates have no common rules has none.
    fs::write(&letter, &kept).unwrap();
    fs::remove_file(workspace.path("templates/lib/rules.toml")).unwrap();
    let told = workspace.exits(1, &["check"]);
    assert!(told.contains("「@receipts」という言葉の一覧は"), "{told}");
}
