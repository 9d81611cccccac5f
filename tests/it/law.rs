//! What the Act rules out is refused at intake, each with a sentence that
//! names the rule: one case a rule, each made from a shipped sample that
//! passes by changing what the rule is about.

use std::fs;

use serde_json::{Value, json};

use crate::harness::{Workspace, root, society};

fn workspace(settings: &str) -> Workspace {
    let workspace = Workspace::with_settings(&format!("society = \"society\"\n{settings}"));
    copy_folder(society(), &workspace.path("society"));
    workspace
}

fn sample(name: &str) -> Value {
    let (kind, file) = name.split_once('/').unwrap();
    let path = format!("templates/letters/{kind}/samples/{file}.json");
    let text = fs::read_to_string(root().join(&path)).unwrap_or_else(|_| panic!("{path}"));
    serde_json::from_str(&text).unwrap()
}

/// Applies `(field, value)` changes; null takes the field away.
fn changed(name: &str, changes: &[(&str, Value)]) -> Value {
    let mut record = sample(name);
    for (field, value) in changes {
        match value {
            Value::Null => {
                record.as_object_mut().unwrap().remove(*field);
            }
            value => record[*field] = value.clone(),
        }
    }
    record
}

fn accepted(workspace: &Workspace, name: &str, changes: &[(&str, Value)]) {
    let file = workspace.file("good.json", changed(name, changes).to_string());
    workspace.ok(&["queue", "--dry-run", file.to_str().unwrap()]);
}

/// The sample itself passes; changed, it is refused with these words.
fn refused(workspace: &Workspace, name: &str, changes: &[(&str, Value)], said: &[&str]) {
    accepted(workspace, name, &[]);
    let file = workspace.file("bad.json", changed(name, changes).to_string());
    let told = workspace.exits(1, &["queue", "--dry-run", file.to_str().unwrap()]);
    for said in said {
        assert!(
            told.contains(said),
            "{name} {changes:?}: no {said:?} in\n{told}"
        );
    }
}

#[test]
fn a_refusal_needs_its_ground_and_its_reason() {
    let workspace = workspace("");
    for name in [
        "disclosure-decision/refused",
        "provision-record-decision/refused",
        "purpose-notification-decision/refused",
        "correction-decision/refused",
        "cessation-decision/refused",
        "cessation-decision/substitute",
        "disclosure-decision/other-method",
    ] {
        let none = Value::Null;
        refused(
            &workspace,
            name,
            &[("reason", none.clone())],
            &["理由が必要です(法第36条)"],
        );
        refused(
            &workspace,
            name,
            &[("grounds", none)],
            &["根拠が必要です(法第36条)"],
        );
    }
}

#[test]
fn a_ground_supports_only_its_own_decisions() {
    let workspace = workspace("");
    refused(
        &workspace,
        "correction-decision/refused",
        &[("grounds", json!(["DISC_33_2_1"]))],
        &["第33条第2項第1号は「", "」の根拠になりません"],
    );
}

#[test]
fn the_fourth_item_of_article_21_4_is_no_ground_under_32_2() {
    let workspace = workspace("");
    let name = "purpose-notification-decision/refused";
    let said = ["法第21条第4項第4号は、第32条第2項の通知をしない根拠になりません"];
    refused(
        &workspace,
        name,
        &[("grounds", json!(["PURPOSE_21_4_4"]))],
        &said,
    );
    let reason = json!("取得の状況から明らかなため（法第２１条第４項第４号）。");
    refused(&workspace, name, &[("reason", reason)], &said);
}

#[test]
fn article_33_4_is_not_applied_to_records_of_provision() {
    let workspace = workspace("");
    let name = "provision-record-decision/refused";
    let said = ["法第33条第4項は、第三者提供記録の開示には準用されません"];
    refused(
        &workspace,
        name,
        &[("grounds", json!(["REC_33_4_OTHER"]))],
        &said,
    );
    let reason = json!("個人情報の保護に関する法律第三十三条第四項によります。");
    refused(&workspace, name, &[("reason", reason)], &said);
}

#[test]
fn the_bereaved_are_never_answered_under_article_33() {
    let workspace = workspace("");
    refused(
        &workspace,
        "disclosure-decision/refused",
        &[
            ("requester_role", json!("bereaved")),
            ("principal_name", json!("例示 一郎")),
        ],
        &["遺族からの依頼に、法第33条による決定は使えません"],
    );
    refused(
        &workspace,
        "bereaved-disclosure-decision/refused",
        &[(
            "reason",
            json!("個人情報保護法第33条第2項第1号に当たるためです。"),
        )],
        &["遺族からの依頼に、法第33条は引用できません"],
    );
    refused(
        &workspace,
        "bereaved-disclosure-decision/refused",
        &[("requester_role", json!("principal"))],
        &["請求者の区分が「本人」のときには使えません"],
    );
}

#[test]
fn articles_of_public_bodies_and_their_remedies_are_refused() {
    let workspace = workspace("");
    let name = "disclosure-decision/refused";
    for reason in [
        "この決定に不服があるときは、行政不服審査法により審査請求ができます。",
        "取消訴訟を提起することができます。",
    ] {
        refused(
            &workspace,
            name,
            &[("reason", json!(reason))],
            &["当組合は行政機関ではない"],
        );
    }
    for reason in [
        "個人情報の保護に関する法律第78条第1項第2号に当たるためです。",
        "個人情報の保護に関する法律（平成15年法律第57号）第８１条によります。",
        "法第百六条によります。",
    ] {
        refused(
            &workspace,
            name,
            &[("reason", json!(reason))],
            &["第76条から第106条まで"],
        );
    }
    // Other laws have such articles too.
    for reason in [
        "健康保険法第99条の傷病手当金の支給に関する記載を含みます。",
        "健康保険法（大正11年法律第70号）の傷病手当金の記録で、同法第99条によるものを含みます。",
        "番号法第31条第3項において準用する個人情報保護法第78条の規定に当たります。",
        "社会保険審査官への審査請求の記録には、第三者の事情が記載されています。",
        "医療機関から異議がないことを確認できました。",
    ] {
        accepted(&workspace, name, &[("reason", json!(reason))]);
    }
    let asked = json!("社会保険審査官に審査請求をした際に、当組合が提出した書類の写しの開示");
    let acknowledged = [("requested_content", asked)];
    accepted(&workspace, "acknowledgement/received", &acknowledged);
}

#[test]
fn what_the_act_does_not_hold_is_refused() {
    let workspace = workspace("");
    let name = "disclosure-decision/refused";
    for (reason, said) in [
        ("第33条第6項により開示しません。", "第33条第6項はありません"),
        (
            "法３３条第２項第４号に当たります。",
            "第33条第2項第4号はありません",
        ),
        ("第28条第2項第1号に当たります。", "今の第33条です"),
        (
            "旧第28条第2項第1号に当たります。",
            "令和4年3月31日までの番号",
        ),
        ("個情法第二百条によります。", "第二百条はありません"),
        ("法83条によります。", "第76条から第106条まで"),
        (
            "60日以内に厚生労働大臣に不服を申し立てることができます。",
            "教示は書けません",
        ),
    ] {
        refused(&workspace, name, &[("reason", json!(reason))], &[said]);
    }
    for reason in [
        "第33条第2項第1号に当たり、同法施行令第99条の話ではありません。",
        "当組合の規程の第33条第9項によります。",
    ] {
        accepted(&workspace, name, &[("reason", json!(reason))]);
    }
}

#[test]
fn the_bereaved_pay_no_fee_of_the_act() {
    refused(
        &workspace(""),
        "bereaved-disclosure-decision/refused",
        &[(
            "reason",
            json!("法第38条による手数料500円の納付がありません。"),
        )],
        &["遺族からの依頼に、法第38条による手数料はありません"],
    );
}

#[test]
fn a_fee_for_a_refused_request_is_one_the_society_has_published_so() {
    let name = "disclosure-decision/refused";
    let fee = [("fee", json!(500)), ("fee_paid_on", json!("2026-11-10"))];
    refused(
        &workspace(""),
        name,
        &fee,
        &["「不開示」のときにも手数料をいただくことは、公表されていません"],
    );
    let published = workspace("");
    let file = published.path("society/profile.toml");
    let profile = fs::read_to_string(&file).unwrap();
    fs::write(
        &file,
        profile.replace("[fees]", "[fees]\nwhen_refused = true"),
    )
    .unwrap();
    accepted(&published, name, &fee);
}

#[test]
fn a_ground_names_the_one_paragraph_that_was_asked_for() {
    let workspace = workspace("");
    for (name, old, new) in [
        (
            "cessation-decision/refused",
            "CEASE_NO_REASON",
            "CEASE_NO_REASON_3",
        ),
        (
            "cessation-decision/substitute",
            "CEASE_SUBST",
            "CEASE_SUBST_1",
        ),
    ] {
        refused(&workspace, name, &[("grounds", json!([old]))], &[new]);
        accepted(&workspace, name, &[("grounds", json!([new]))]);
    }
    // A substitute without its proviso is none.
    refused(
        &workspace,
        "cessation-decision/substitute",
        &[("grounds", json!(["ERASE_35_5a"]))],
        &["CEASE_SUBST_1、CEASE_SUBST_3、CEASE_SUBST_5 のどれかが必要です"],
    );
}

#[test]
fn a_fee_is_the_published_one_and_never_for_correction_or_cessation() {
    let workspace = workspace("");
    refused(
        &workspace,
        "disclosure-decision/granted",
        &[("fee", json!(700))],
        &["公表している額(500円)と違います(法第38条第2項)"],
    );
    refused(
        &workspace,
        "fee-notice/notice",
        &[("fee", json!(1))],
        &["公表している額(", "法第38条第2項"],
    );
    refused(
        &workspace,
        "correction-decision/refused",
        &[("reason", json!("なお、手数料は１，０００円です。"))],
        &["訂正等・利用停止等の請求に手数料は徴収できません(法第38条第1項)"],
    );
    for reason in [
        "実費として1,000円を納付してください。",
        "納付する額は、金五百円です。",
        "お支払いいただく金額は500円です。",
        "ご負担いただく額：千円",
    ] {
        refused(
            &workspace,
            "correction-decision/refused",
            &[("reason", json!(reason))],
            &["手数料は徴収できません"],
        );
    }
    for reason in [
        "給付の支払額は、金五百円であり、記録は事実です。",
        "保険料の納付する額は五千円であり、記録のとおりです。",
    ] {
        let change = [("reason", json!(reason))];
        accepted(&workspace, "correction-decision/refused", &change);
    }
    // A column for it does not even exist there.
    refused(
        &workspace,
        "cessation-decision/refused",
        &[("fee", json!(500))],
        &["fee"],
    );
    let unset = Workspace::with_settings(&format!("society = {:?}\n", root().join("society")));
    let file = unset.file("fee.json", sample("fee-notice/notice").to_string());
    let told = unset.exits(1, &["queue", "--dry-run", file.to_str().unwrap()]);
    assert!(
        told.contains("手数料は公表されていないので、徴収できません(法第38条)"),
        "{told}"
    );
}

#[test]
fn a_kind_with_a_fee_on_articles_34_or_35_does_not_load() {
    let workspace = Workspace::with_settings("templates = \"templates\"\n");
    copy_folder(&root().join("templates"), &workspace.path("templates"));
    let toml = workspace.path("templates/letters/correction-decision/letter.toml");
    let text = fs::read_to_string(&toml).unwrap();
    let with_fee = text.replacen("\"decision\"", "\"decision\", \"fee\"", 1);
    assert_ne!(text, with_fee);
    fs::write(
        &toml,
        with_fee.replacen("decides", "fee = \"disclosure\"\ndecides", 1),
    )
    .unwrap();
    let told = workspace.exits(1, &["check"]);
    assert!(
        told.contains("手数料の項目は置けません(法第38条第1項)"),
        "{told}"
    );
}

fn copy_folder(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn corrections_are_stated_and_substitutes_described() {
    let workspace = workspace("");
    refused(
        &workspace,
        "correction-decision/done",
        &[("corrections", Value::Null)],
        &["corrections"],
    );
    refused(
        &workspace,
        "cessation-decision/substitute",
        &[("substitute_measure", Value::Null)],
        &["substitute_measure"],
    );
}

#[test]
fn the_parts_of_a_partial_decision_have_the_grounds_of_the_whole() {
    let workspace = workspace("");
    let name = "disclosure-decision/partial";
    let said = ["一つ一つの根拠と、全体の根拠が一致しません(", "DISC_33_2_3"];
    refused(
        &workspace,
        name,
        &[(
            "grounds",
            json!(["DISC_33_2_1", "DISC_33_2_2", "DISC_33_2_3"]),
        )],
        &said,
    );
    let same = json!(["DISC_33_2_2", "DISC_33_2_1"]);
    accepted(&workspace, name, &[("grounds", same)]);
}

#[test]
fn a_breach_notice_names_all_that_the_rules_ask() {
    let workspace = workspace("");
    let schema = root().join("templates/letters/breach-notice/record.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(schema).unwrap()).unwrap();
    let required = schema["required"].as_array().unwrap();
    assert!(required.len() >= 5, "items 1, 2, 4, 5 and 9: {required:?}");
    for field in required {
        let field = field.as_str().unwrap();
        refused(
            &workspace,
            "breach-notice/notified-misposted",
            &[(field, Value::Null)],
            &[field],
        );
    }
}

#[test]
fn another_persons_paper_is_not_enclosed() {
    let workspace = workspace("");
    let name = "disclosure-decision/granted";
    let row =
        |person: &str| json!([{"title": "健康診査の結果の写し", "person": person, "pages": 2}]);
    refused(
        &workspace,
        name,
        &[("enclosures", row("例示 別人"))],
        &["1番目の同封物の対象者が、この書簡の本人と違います"],
    );
    let own = sample(name)["addressee_name"].as_str().unwrap().to_owned();
    accepted(&workspace, name, &[("enclosures", row(&own))]);
}

#[test]
fn receipts_are_disclosed_only_after_the_institutions_answer() {
    let workspace = workspace("");
    let name = "disclosure-decision/granted";
    let items = json!([{"item": "診療報酬明細書", "period": "令和8年4月", "method": "写しの交付"}]);
    refused(
        &workspace,
        name,
        &[
            ("disclosed_items", items.clone()),
            ("institution_answer", Value::Null),
        ],
        &["institution_answer"],
    );
    accepted(
        &workspace,
        name,
        &[
            ("disclosed_items", items),
            ("institution_answer", json!("no_objection")),
            (
                "institution_note",
                json!("令和8年11月10日に照会し、同月16日に回答を得た。"),
            ),
        ],
    );
}

#[test]
fn a_decision_is_not_later_than_today_nor_before_the_law() {
    let workspace = workspace("");
    let name = "disclosure-decision/refused";
    refused(
        &workspace,
        name,
        &[("decision_date", json!("2026-11-24"))],
        &["決定日が今日より後です"],
    );
    refused(
        &workspace,
        name,
        &[
            ("request_date", json!("2022-03-01")),
            ("arrival_date", json!("2022-03-02")),
            ("decision_date", json!("2022-03-31")),
        ],
        &["第33条第3項は、この日には施行されていません"],
    );
}

#[test]
fn data_older_than_an_amendment_decides_nothing() {
    let workspace = workspace("");
    let record = changed(
        "disclosure-decision/refused",
        &[
            ("request_date", json!("2028-07-10")),
            ("arrival_date", json!("2028-07-11")),
            ("decision_date", json!("2028-07-17")),
        ],
    );
    let file = workspace.file("late.json", record.to_string());
    let queue = ["queue", "--dry-run", file.to_str().unwrap()];
    let at = |now: &'static str| [&["--now", now], &queue[..]].concat();
    let told = workspace.exits(1, &at("2028-07-17T12:00:00+09:00"));
    assert!(
        told.contains("令和8年法律第56号が施行されているはず"),
        "{told}"
    );
    let told = workspace.exits(1, &["--now", "2028-07-17T12:00:00+09:00", "check"]);
    assert!(
        told.contains("令和8年法律第56号が施行されているはず"),
        "{told}"
    );
}

#[test]
fn closing_words_of_the_form_are_not_written_twice() {
    let workspace = workspace("");
    for line in ["記", "以上", "拝啓　秋冷の候", "敬具"] {
        refused(
            &workspace,
            "disclosure-decision/refused",
            &[(
                "reason",
                json!(format!("次の理由によります。\n{line}\n内容です。")),
            )],
            &["書式が組にして印刷する"],
        );
    }
}

#[test]
fn a_letter_whose_law_changed_since_it_was_queued_is_parked() {
    let workspace = workspace("approval = \"none\"\n");
    let record = changed(
        "disclosure-decision/granted",
        &[
            ("delivery", json!("archive")),
            ("mail_address", Value::Null),
        ],
    );
    let file = workspace.file("one.json", record.to_string());
    workspace.ok(&["queue", file.to_str().unwrap()]);
    let profile = workspace.path("society/profile.toml");
    let text = fs::read_to_string(&profile).unwrap();
    fs::write(
        &profile,
        text.replace("\ndisclosure = 500", "\ndisclosure = 300"),
    )
    .unwrap();
    workspace.exits(2, &["run"]);
    let letters = workspace.letters_in("parked");
    assert_eq!(letters.len(), 1);
    let shown = workspace.ok(&["show", letters[0]["id"].as_str().unwrap()]);
    assert!(shown.contains("公表している額(300円)と違います"), "{shown}");
}

#[test]
fn what_is_only_doubtful_is_warned_of_and_taken_in() {
    let workspace = workspace("");
    let pages = |pages: u64| json!([{"title": "健康診査の結果の写し", "pages": pages}]);
    let paper = [
        ("delivery", json!("archive")),
        ("mail_address", Value::Null),
    ];
    let warned = |changes: &[(&str, Value)]| {
        let all = [&paper[..], changes].concat();
        let record = changed("disclosure-decision/granted", &all);
        let file = workspace.file("doubtful.json", record.to_string());
        workspace.ok(&["queue", "--dry-run", file.to_str().unwrap()])
    };
    let fine = [
        ("address_verified_on", json!("2026-11-04")),
        ("enclosures", pages(7)),
    ];
    let told = warned(&fine);
    assert!(
        !told.contains("住所を確かめた日") && !told.contains("封筒1通の目安"),
        "{told}"
    );
    for (changes, said) in [
        (
            vec![("address_verified_on", Value::Null)],
            "住所を確かめた日がありません",
        ),
        (
            vec![("address_verified_on", json!("2025-11-21"))],
            "住所を確かめた日から1年を超えています",
        ),
        (
            vec![("enclosures", pages(8))],
            "封筒1通の目安(8枚)を超えます",
        ),
    ] {
        let told = warned(&[&fine[..], &changes].concat());
        assert!(told.contains(said), "{said}\n{told}");
    }
}

#[test]
fn a_fee_stands_in_the_notice_that_is_public() {
    let name = "disclosure-decision/granted";
    let said = "手数料500円は、公表中の公表事項に書かれていません";
    let workspace = workspace("");
    let shipped = fs::read_to_string(root().join("society/notice.toml")).unwrap();
    workspace.file("society/notice.toml", &shipped);
    // Before an edition is taken in, the society's file is the notice.
    let file = workspace.file("bad.json", sample(name).to_string());
    let args = ["queue", "--dry-run", file.to_str().unwrap()];
    let told = workspace.exits(1, &args);
    assert!(
        told.contains("公表事項(society/notice.toml)に書かれていません"),
        "{told}"
    );
    workspace.ok(&["notice", "import", "society/notice.toml", "--as", "佐藤"]);
    let told = workspace.exits(1, &args);
    assert!(
        told.contains(said) && told.contains("yobin notice draft"),
        "{told}"
    );
    accepted(
        &workspace,
        name,
        &[("fee", Value::Null), ("fee_paid_on", Value::Null)],
    );

    let named = self::workspace("");
    let path = named.path("society/notice.toml");
    let notice = shipped;
    let paragraph = "[[requests.paragraphs]]\nid = \"fee\"\ntext = \"開示の請求の手数料は、1件につき500円です。\"\n\n# 段落ごとに一つ。";
    fs::write(&path, notice.replacen("# 段落ごとに一つ。", paragraph, 1)).unwrap();
    named.ok(&["notice", "import", "society/notice.toml", "--as", "佐藤"]);
    accepted(&named, name, &[]);
}
