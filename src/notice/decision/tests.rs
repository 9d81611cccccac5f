//! What follows from the answers, on the shipped notice with changes.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

use super::*;
use crate::notice::content::Purpose;
use crate::notice::questions::questions;
use crate::notice::{Notice, Section};

const RECEIPTS: usize = 6;
const CHECKUPS: usize = 9;
const ADDED: &str = "health-checkups/recheck";
const REWORDED: &str = "receipts/medical-cost-analysis";

fn shipped() -> Notice {
    let society = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("society");
    Notice::read(&society).expect("loads")
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn add(notice: &mut Notice, text: &str) {
    let category = &mut notice.purposes.groups[0].categories[CHECKUPS];
    assert_eq!(category.id, "health-checkups");
    category.purposes.push(Purpose {
        id: "recheck".to_owned(),
        text: text.to_owned(),
    });
}

fn reword(notice: &mut Notice) {
    let purpose = &mut notice.purposes.groups[0].categories[RECEIPTS].purposes[2];
    assert_eq!(purpose.id, "medical-cost-analysis");
    purpose.text = "加入者の健康管理のための医療費の分析".to_owned();
}

/// The shipped notice with one purpose added.
fn added() -> Notice {
    let mut notice = shipped();
    add(&mut notice, "再検査の案内");
    notice
}

/// Answers to what is always asked, and then these.
fn answers(of_change: &[(&str, &str)]) -> Answers {
    let always = [
        ("q5.third_party", "no"),
        ("q5.abroad", "no"),
        ("q5.joint_use", "no"),
        ("q6.acquired", "no"),
        ("q7.use", "no"),
        ("q8.entrustment", "no"),
        ("q8.analysis", "no"),
        ("q8.processed", "no"),
        ("q9.who", "加入者"),
        ("q9.count", "12000"),
        ("q9.means", "publish"),
        ("q9.reach", "ホームページと機関誌"),
        ("q10.body", "board"),
        ("q10.date", "2026-11-20"),
        ("q10.minutes", "理事会議事録"),
    ];
    let all = always.iter().chain(of_change);
    all.map(|(key, answer)| ((*key).to_owned(), (*answer).to_owned()))
        .collect()
}

fn related() -> Vec<(&'static str, &'static str)> {
    vec![
        ("q1.health-checkups/recheck", "purpose"),
        ("q2.health-checkups/recheck", "held"),
        ("q3.health-checkups/recheck", "yes"),
        ("q3.reason", "受診勧奨と同じ趣旨"),
    ]
}

fn beyond() -> Vec<(&'static str, &'static str)> {
    let mut answers = related();
    answers[2].1 = "no";
    answers
}

fn decided(new: &Notice, given: &[(&str, &str)]) -> Result<Decision, Vec<String>> {
    let comparison = Comparison::of(&shipped(), new);
    let asked = questions(&comparison, day("2026-12-01"), day("2026-11-22"));
    decide(&comparison, &asked, &answers(given))
        .map_err(|problems| problems.iter().map(ToString::to_string).collect())
}

fn articles(decision: &Decision) -> Vec<&str> {
    let all = decision.consequences.iter();
    all.map(|consequence| consequence.article.as_str())
        .collect()
}

/// Whether the change may go out as a notification or a publication.
fn may_be_just_told(decision: &Decision) -> bool {
    articles(decision).contains(&"法第17条第2項・第21条第3項")
}

#[test]
fn a_rewording_declared_as_such_is_recorded_and_no_change_of_purpose() {
    let mut new = shipped();
    reword(&mut new);
    let decision = decided(&new, &[("q1.receipts/medical-cost-analysis", "wording")]).unwrap();
    assert_eq!(decision.reach, Reach::Wording);
    assert_eq!(decision.rulings[0].row.key, REWORDED);
    assert_eq!(articles(&decision), ["法第32条第1項", "法第17条第2項"]);
}

#[test]
fn a_related_change_is_notified_or_published() {
    let decision = decided(&added(), &related()).unwrap();
    assert_eq!(decision.reach, Reach::Related);
    assert!(may_be_just_told(&decision));
    assert!(!decision.needs_consent());
}

#[test]
fn a_purpose_of_information_to_come_is_published_before_it_is_acquired() {
    let given = [
        ("q1.health-checkups/recheck", "purpose"),
        ("q2.health-checkups/recheck", "future"),
    ];
    let decision = decided(&added(), &given).unwrap();
    assert_eq!(decision.reach, Reach::NewInformation);
    assert_eq!(
        articles(&decision),
        ["法第32条第1項", "法第21条第1項・第2項"]
    );
}

#[test]
fn a_change_beyond_the_scope_is_never_just_told() {
    let mut given = beyond();
    assert_eq!(
        decided(&added(), &given).unwrap_err(),
        ["問4「remedy」：答えがありません。"]
    );
    given.push(("q4.remedy", "consent"));
    let decision = decided(&added(), &given).unwrap();
    assert!(decision.needs_consent());
    assert!(articles(&decision).contains(&"法第18条第1項"));
    assert!(!may_be_just_told(&decision));

    given.pop();
    given.push(("q4.remedy", "exception"));
    let told = decided(&added(), &given).unwrap_err();
    assert_eq!(
        told,
        [
            "問4「item」：答えがありません。",
            "問4「reason」：答えがありません。"
        ]
    );
    given.extend([("q4.item", "3"), ("q4.reason", "感染症の予防")]);
    let decision = decided(&added(), &given).unwrap();
    assert_eq!(decision.reach, Reach::Exception);
    assert!(articles(&decision).contains(&"法第18条第3項第3号"));
    assert!(!may_be_just_told(&decision));
}

#[test]
fn the_farthest_change_tells_how_far_the_revision_goes() {
    let mut new = added();
    reword(&mut new);
    let mut given = beyond();
    given.push(("q1.receipts/medical-cost-analysis", "wording"));
    given.push(("q4.remedy", "consent"));
    let decision = decided(&new, &given).unwrap();
    assert_eq!(decision.reach, Reach::Consent);
    let reaches: Vec<(&str, Reach)> = decision
        .rulings
        .iter()
        .map(|ruling| (ruling.row.key.as_str(), ruling.reach))
        .collect();
    assert_eq!(
        reaches,
        [(REWORDED, Reach::Wording), (ADDED, Reach::Consent)]
    );
}

#[test]
fn an_addition_is_never_wording_only() {
    let told = decided(&added(), &[("q1.health-checkups/recheck", "wording")]).unwrap_err();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("文言だけの変更にはできません"), "{told:?}");
}

#[test]
fn every_regime_has_a_consequence_of_its_own() {
    for (given, article) in [
        (
            vec![
                ("q5.third_party", "consent"),
                ("q5.third_party_basis", "書面"),
            ],
            "法第27条第1項・第29条",
        ),
        (
            vec![
                ("q5.third_party", "exception"),
                ("q5.third_party_basis", "1号"),
            ],
            "法第27条第1項各号",
        ),
        (
            vec![("q5.abroad", "consent"), ("q5.abroad_basis", "書面")],
            "法第28条第1項・第2項",
        ),
        (
            vec![("q5.abroad", "exception"), ("q5.abroad_basis", "契約")],
            "法第28条第1項・第3項",
        ),
        (vec![("q5.joint_use", "new")], "法第27条第5項第3号"),
        (vec![("q5.joint_use", "manager")], "法第27条第6項"),
        (vec![("q5.joint_use", "purpose")], "法第27条第6項"),
        (
            vec![("q5.joint_use", "wider"), ("q5.joint_use_consent", "書面")],
            "法第27条第1項",
        ),
        (
            vec![("q6.acquired", "consent"), ("q6.basis", "書面")],
            "法第20条第2項",
        ),
        (
            vec![("q6.acquired", "exception"), ("q6.basis", "1号")],
            "法第20条第2項各号",
        ),
        (
            vec![("q7.use", "within"), ("q7.basis", "別表")],
            "番号法第9条・第30条",
        ),
        (vec![("q8.entrustment", "yes")], "法第25条"),
        (vec![("q8.analysis", "yes")], "法第17条第1項"),
        (vec![("q8.processed", "pseudonymised")], "法第41条"),
        (vec![("q8.processed", "anonymised")], "法第43条第3項"),
    ] {
        let without = decided(&added(), &related()).unwrap();
        assert!(!articles(&without).contains(&article), "{article}");
        let mut all = related();
        all.extend(given.clone());
        let decision = decided(&added(), &all).unwrap();
        assert!(articles(&decision).contains(&article), "{article}");
        // Each needs its ground: the second answer left out is told.
        if given.len() == 2 {
            all.pop();
            assert!(decided(&added(), &all).is_err(), "{article}");
        }
    }
}

#[test]
fn individual_numbers_are_not_widened_by_any_answer() {
    let mut given = related();
    given.push(("q7.use", "beyond"));
    let told = decided(&added(), &given).unwrap_err();
    assert!(
        told[0].contains("本人の同意があっても広げられません"),
        "{told:?}"
    );
}

#[test]
fn a_change_that_names_a_regime_has_to_do_with_it() {
    for (text, question) in [
        ("個人番号による照合", "問7「use」"),
        ("保険者との共同利用", "問5「joint_use」"),
        ("事業主に対する第三者提供", "問5「third_party」"),
        ("海外の事業者への提供", "問5「abroad」"),
    ] {
        let mut new = shipped();
        add(&mut new, text);
        let told = decided(&new, &related()).unwrap_err();
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with(question), "{told:?}");
    }
}

#[test]
fn every_answer_left_out_is_named() {
    let mut full = beyond();
    full.extend([
        ("q4.remedy", "exception"),
        ("q4.item", "1"),
        ("q4.reason", "法令"),
    ]);
    let comparison = Comparison::of(&shipped(), &added());
    let asked = questions(&comparison, day("2026-12-01"), day("2026-11-22"));
    let full = answers(&full);
    decide(&comparison, &asked, &full).unwrap();
    let mut numbers = std::collections::BTreeSet::new();
    for question in asked.iter().filter(|question| question.is_asked(&full)) {
        let mut short = full.clone();
        short.remove(&question.key());
        let problems = decide(&comparison, &asked, &short).unwrap_err();
        let named = problems
            .iter()
            .any(|problem| (problem.number, &problem.name) == (question.number, &question.name));
        assert!(named, "{}: {problems:?}", question.key());
        numbers.insert(question.number);
    }
    assert_eq!(
        numbers.into_iter().collect::<Vec<_>>(),
        (1..=10).collect::<Vec<u8>>()
    );
}

#[test]
fn an_answer_nobody_asked_for_is_a_contradiction() {
    let mut given = related();
    given.push(("q4.remedy", "consent"));
    given.push(("q1.health-checkups/unknown", "wording"));
    let told = decided(&added(), &given).unwrap_err();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told[0].starts_with("問4「remedy」：ほかの答えから"),
        "{told:?}"
    );
    assert!(
        told[1].starts_with("問1「health-checkups/unknown」：この改定にはない"),
        "{told:?}"
    );
}

#[test]
fn a_remark_beside_the_table_is_asked_about_too() {
    let mut new = shipped();
    new.purposes.notes[0].text = "※研究にも使います。".to_owned();
    let comparison = Comparison::of(&shipped(), &new);
    assert_eq!(comparison.sentences[0].section, Section::Purposes);
    let told = decided(&new, &[]).unwrap_err();
    assert_eq!(
        told,
        ["問1「purposes.retained-data-same-purposes」：答えがありません。"]
    );
}

#[test]
fn what_is_removed_or_moved_raises_no_question_of_scope() {
    let mut new = shipped();
    let categories = &mut new.purposes.groups[0].categories;
    categories[0].purposes.remove(0);
    categories[1].purposes.swap(0, 1);
    let decision = decided(&new, &[]).unwrap();
    assert_eq!(decision.reach, Reach::Wording);
    assert!(decision.rulings.is_empty());
}

#[test]
fn an_answer_of_the_wrong_form_says_what_is_right() {
    for (key, answer, part) in [
        ("q9.count", "多数", "数字だけ"),
        (
            "q9.means",
            "電話",
            "「公表する」(publish)、「本人に通知する」(notify)",
        ),
        ("q10.date", "11月20日", "2026-11-22 のように"),
        ("q10.date", "2026-12-02", "令和8年12月1日まで"),
    ] {
        let mut given = related();
        given.push((key, answer));
        let told = decided(&added(), &given).unwrap_err();
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains(part), "{told:?}");
    }
}
