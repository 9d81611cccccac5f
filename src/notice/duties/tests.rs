//! What is found in the notice and what is not.

use chrono::NaiveDate;
use std::path::Path;

use super::*;
use crate::office;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn shipped() -> (Notice, Society) {
    let folder = root().join("society");
    let society = office::read_society(&folder).expect("the profile");
    (Notice::read(&folder).expect("the notice"), society)
}

fn duties() -> Duties {
    Duties::load(&root().join("templates"), day("2026-11-22")).expect("the duties")
}

/// The findings of one duty.
fn of(code: &str, notice: &Notice, society: &Society) -> Vec<Finding> {
    let mut findings = duties().assess(notice, society);
    findings.retain(|finding| finding.code == code);
    assert!(!findings.is_empty(), "{code}");
    findings
}

fn grade(code: &str, notice: &Notice, society: &Society) -> Grade {
    let findings = of(code, notice, society);
    findings.iter().map(|f| f.grade).min().expect("a finding")
}

/// A duty in the file's form, with this period.
fn duty(code: &str, period: &str) -> String {
    format!(
        "[[duties]]\ncode = \"{code}\"\ntitle = \"名\"\narticle = \"条\"\ncitation = \"条\"\n\
         asked = \"求め\"\nstands = \"notes\"\nremedy = \"直す\"\n{period}\n\
         check = {{ type = \"name\" }}\n"
    )
}

#[test]
fn a_duty_is_asked_about_from_its_first_to_its_last_day() {
    let text = duty("old", "valid_from = '2022-04-01'\nvalid_to = '2027-03-31'")
        + &duty("new", "valid_from = '2027-04-01'");
    let codes = |date: &str| -> Vec<String> {
        let duties = Duties::parse(&text, day(date)).expect("duties");
        duties.0.into_iter().map(|duty| duty.code).collect()
    };
    assert_eq!(codes("2022-04-01"), ["old"]);
    assert_eq!(codes("2027-03-31"), ["old"]);
    assert_eq!(codes("2027-04-01"), ["new"]);
    let early = Duties::parse(&text, day("2022-03-31")).expect_err("no duty yet");
    assert!(early.contains("一つもありません"), "{early}");
}

#[test]
fn data_that_would_pass_every_notice_is_refused() {
    let period = "valid_from = \"2022-04-01\"";
    let one = duty("a", period);
    let wrong = [
        (format!("{one}{one}"), "2度"),
        (
            duty("a", &format!("{period}\nvalid_to = \"2022-03-31\"")),
            "valid_to",
        ),
        (
            one.replace("type = \"name\"", "type = \"words\", parts = []"),
            "見分ける言葉",
        ),
        (
            one.replace(
                "type = \"name\"",
                "type = \"words\", parts = [{ name = \"名\", words = [] }]",
            ),
            "見分ける言葉",
        ),
        (
            one.replace("type = \"name\"", "type = \"slips\", slips = []"),
            "見分ける言葉",
        ),
        (
            one.replace(
                "type = \"name\"",
                "type = \"words\", parts = [{ name = \"名\", words = [\"(\"] }]",
            ),
            "正規表現",
        ),
        (
            one.replace("type = \"name\"", "type = \"nothing\""),
            "nothing",
        ),
    ];
    for (text, word) in wrong {
        let problem = Duties::parse(&text, day("2026-11-22")).expect_err(&text);
        assert!(problem.contains(word), "{problem}");
    }
}

#[test]
fn words_are_found_whatever_their_width_and_told_as_they_are_printed() {
    let (mut notice, society) = shipped();
    notice.requests.paragraphs[0].text = "第三者　提供に係る 記録の開示（ＱＲ）".to_owned();
    let pattern = regex::Regex::new("提供に係る記録の開示\\(qr\\)").expect("a pattern");
    let place = Words::of(&notice).find(&[], &pattern).expect("a place");
    assert_eq!(
        place.words.as_deref(),
        Some("提供に係る 記録の開示（ＱＲ）")
    );
    assert_eq!(place.section, notice.requests.heading);
    assert_eq!(grade("third-party-record", &notice, &society), Grade::Met);
}

#[test]
fn a_vague_word_counts_only_where_it_is_the_whole_purpose() {
    let (mut notice, society) = shipped();
    let count = || of("vague-purpose", &notice, &society).len();
    assert_eq!(count(), 4);
    let purpose = &mut notice.purposes.groups[0].categories[0].purposes[0];
    assert_eq!(purpose.text, "加入者の管理");
    purpose.text = "加入者の管理のための名簿の作成".to_owned();
    assert_eq!(of("vague-purpose", &notice, &society).len(), 3);
}

#[test]
fn a_category_with_nothing_but_vague_purposes_is_missing_its_purposes() {
    let (mut notice, society) = shipped();
    assert_eq!(grade("purposes", &notice, &society), Grade::Met);
    let category = &mut notice.purposes.groups[1].categories[1];
    assert_eq!(category.name, "当組合の従業員に関する情報");
    category.purposes.truncate(1);
    let finding = &of("purposes", &notice, &society)[0];
    assert_eq!(finding.grade, Grade::Missing);
    let problem = finding.problem.as_deref().unwrap_or_default();
    assert!(problem.contains("当組合の従業員に関する情報"), "{problem}");
}

#[test]
fn a_heading_without_a_measure_is_no_measure() {
    let (mut notice, society) = shipped();
    assert_eq!(grade("security-groups", &notice, &society), Grade::Met);
    notice.security.measures[2].text = " ".to_owned();
    let finding = &of("security-groups", &notice, &society)[0];
    assert_eq!(finding.grade, Grade::Missing);
    let problem = finding.problem.as_deref().unwrap_or_default();
    assert!(problem.contains("：物理的安全管理措置。"), "{problem}");
}

#[test]
fn the_fee_of_the_notice_is_the_fee_of_the_profile() {
    let state = |text: &str, fees: [Option<u32>; 2]| {
        let (mut notice, mut society) = shipped();
        notice.requests.paragraphs[0].text.push_str(text);
        society.fees.notification_of_purposes = fees[0];
        society.fees.disclosure = fees[1];
        grade("fee", &notice, &society)
    };
    let cases = [
        ("", [None, None], Grade::Weak),
        ("", [None, Some(0)], Grade::Weak),
        ("手数料はいただきません。", [None, None], Grade::Met),
        ("手数料は無料です。", [Some(0), Some(0)], Grade::Met),
        ("", [None, Some(500)], Grade::Missing),
        ("手数料は無料です。", [None, Some(500)], Grade::Missing),
        ("手数料は１件５００円です。", [None, Some(500)], Grade::Met),
        ("手数料は1,500円です。", [None, Some(500)], Grade::Missing),
        ("手数料は500円です。", [None, None], Grade::Missing),
        (
            "手数料は500円です。",
            [Some(300), Some(500)],
            Grade::Missing,
        ),
        // The price of something else is no fee.
        ("郵送料は500円です。", [None, Some(500)], Grade::Missing),
    ];
    for (text, fees, expected) in cases {
        assert_eq!(state(text, fees), expected, "{text} {fees:?}");
    }
}

#[test]
fn the_representative_of_the_notice_is_the_one_of_the_profile() {
    let state = |line: Option<&str>, name: Option<&str>, printed: bool| {
        let (mut notice, mut society) = shipped();
        let lines = &mut notice.complaint.lines;
        if let Some(line) = line {
            lines[1].text = line.to_owned();
        }
        if !printed {
            lines[0].id = "society".to_owned();
        }
        society.representative_name = name.map(str::to_owned);
        grade("representative", &notice, &society)
    };
    let name = Some("見本 太郎");
    assert_eq!(state(None, None, true), Grade::Missing);
    assert_eq!(state(None, name, true), Grade::Met);
    assert_eq!(state(None, name, false), Grade::Missing);
    assert_eq!(state(Some("理事長　見本太郎"), name, false), Grade::Met);
    assert_eq!(state(Some("理事長　例示 花子"), name, true), Grade::Missing);
    assert_eq!(state(Some("理事長　例示 花子"), None, true), Grade::Weak);
}

#[test]
fn the_complaint_desk_of_the_notice_is_the_one_of_the_profile() {
    let (notice, society) = shipped();
    assert_eq!(grade("complaint-agrees", &notice, &society), Grade::Met);
    // A number that only contains the published one is another number.
    for number in ["027-220-2171", "27-220-2170", "027-220-217"] {
        let mut other = society.clone();
        other.complaint.telephone = number.to_owned();
        let findings = of("complaint-agrees", &notice, &other);
        assert_eq!(findings.len(), 1, "{number}");
        assert_eq!(findings[0].grade, Grade::Missing);
        assert_eq!(findings[0].subject.as_deref(), Some("電話番号"));
        let problem = findings[0].problem.as_deref().unwrap_or_default();
        assert!(problem.contains("矛盾") && problem.contains(number));
        assert!(problem.contains("027-220-2170"), "{problem}");
    }
    let mut other = society.clone();
    other.complaint.address = Some(vec!["群馬県前橋市見本町1番地".to_owned()]);
    other.complaint.hours = Some("平日 9時から17時まで".to_owned());
    let findings = of("complaint-agrees", &notice, &other);
    let told: Vec<_> = findings
        .iter()
        .map(|f| (f.subject.as_deref().unwrap_or_default(), f.grade))
        .collect();
    let expected = [("住所", Grade::Missing), ("受付時間", Grade::Weak)];
    assert_eq!(told, expected);
}

#[test]
fn an_address_over_two_lines_is_the_same_address() {
    let (mut notice, society) = shipped();
    let lines = &mut notice.complaint.lines;
    let mut second = lines[2].clone();
    lines[2].text = "群馬県前橋市亀里町1310番地".to_owned();
    second.id = "building".to_owned();
    second.text = "(JAビル内)".to_owned();
    lines.insert(3, second);
    assert_eq!(grade("complaint-agrees", &notice, &society), Grade::Met);
    assert_eq!(grade("address", &notice, &society), Grade::Met);
}

#[test]
fn a_condition_is_asked_then_holds_or_falls() {
    let (mut notice, mut society) = shipped();
    let unknown = of("external-environment", &notice, &society);
    assert_eq!(unknown[0].grade, Grade::Weak);
    assert!(unknown[0].question.is_some());
    society.publication_facts.handled_abroad = Some(true);
    let needed = of("external-environment", &notice, &society);
    assert_eq!(needed[0].grade, Grade::Missing);
    assert!(needed[0].question.is_none());
    society.publication_facts.handled_abroad = Some(false);
    let none = of("external-environment", &notice, &society);
    assert_eq!(none[0].grade, Grade::Met);
    // The notice says so, and the profile that it is not so.
    notice.security.measures[0].heading = Some("外的環境の把握".to_owned());
    assert_eq!(
        grade("external-environment", &notice, &society),
        Grade::Weak
    );
    society.publication_facts.handled_abroad = None;
    assert_eq!(grade("external-environment", &notice, &society), Grade::Met);
}

#[test]
fn joint_use_is_stated_in_full_or_not_at_all() {
    let (mut notice, mut society) = shipped();
    let unknown = of("joint-use", &notice, &society);
    let mentioned: Vec<_> = unknown[0]
        .places
        .iter()
        .filter_map(|p| p.words.as_deref())
        .collect();
    let expected = [
        "高額医療交付金",
        "共同設置保健師",
        "共同設置保健師",
        "連合会主催行事",
    ];
    assert_eq!(mentioned, expected);
    society.publication_facts.joint_use = Some(true);
    assert_eq!(grade("joint-use", &notice, &society), Grade::Missing);
    notice.purposes.notes[0]
        .text
        .push_str("個人データを共同利用します。");
    let part = &of("joint-use", &notice, &society)[0];
    assert_eq!(part.grade, Grade::Missing);
    let problem = part.problem.as_deref().unwrap_or_default();
    assert!(problem.contains("利用する者の利用目的"), "{problem}");
    assert!(!problem.contains("共同利用する旨"), "{problem}");
    let model = part.model.clone().unwrap_or_default();
    notice.purposes.notes[0].text = model;
    assert_eq!(grade("joint-use", &notice, &society), Grade::Met);
}

#[test]
fn an_accredited_organisation_needs_its_name_and_its_contact() {
    let (mut notice, mut society) = shipped();
    let code = "accredited-organisation";
    assert_eq!(grade(code, &notice, &society), Grade::Weak);
    society.publication_facts.accredited_organisations = Some(Vec::new());
    assert_eq!(grade(code, &notice, &society), Grade::Met);
    let name = "見本個人情報保護協会";
    society.publication_facts.accredited_organisations = Some(vec![name.to_owned()]);
    assert_eq!(grade(code, &notice, &society), Grade::Missing);
    let mut line = notice.complaint.lines[3].clone();
    line.id = "organisation".to_owned();
    line.text = format!("認定個人情報保護団体：{name}");
    notice.complaint.lines.push(line.clone());
    assert_eq!(grade(code, &notice, &society), Grade::Weak);
    line.id = "organisation-telephone".to_owned();
    line.text = "電話：03-0000-0000".to_owned();
    notice.complaint.lines.push(line);
    assert_eq!(grade(code, &notice, &society), Grade::Met);
}

#[test]
fn individual_numbers_in_a_row_of_their_own_are_in_order() {
    let (mut notice, society) = shipped();
    assert_eq!(of("number-purpose", &notice, &society).len(), 2);
    let group = &mut notice.purposes.groups[0];
    for category in &mut group.categories {
        category.purposes.retain(|p| p.id != "number-act-linkage");
    }
    assert_eq!(grade("number-purpose", &notice, &society), Grade::Met);
}
