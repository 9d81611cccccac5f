//! The ten questions a change of the notice raises.
//!
//! They come from what differs between two revisions, so that no change is
//! passed over and none can be called what it is not. A question is data:
//! the terminal asks it, a file answers it, and the same check holds both.

mod check;
mod choices;
mod japanese;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::{Comparison, Difference, Section};

pub use check::{AnswerProblem, check};
pub(super) use choices::EXCEPTIONS;
use choices::{
    ABROAD, BODY, INDIVIDUAL_NUMBER, JOINT_USE, MEANS, PROCESSED, REMEDY, ROW_KIND, ROW_SCOPE,
    ROW_USE, SENSITIVE, TELLING, THIRD_PARTY, WHETHER,
};
pub use japanese::as_kept;

/// Answers by the key of their question, as they were given.
pub type Answers = BTreeMap<String, String>;

/// A change of the notice that may widen what personal information is used
/// for.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Row {
    /// `category`, `category/purpose`, or `purposes.sentence`.
    pub key: String,
    /// The category's name, or the section.
    pub place: String,
    /// How it differs.
    pub difference: Difference,
    /// The words before.
    pub old: Option<String>,
    /// The words now.
    pub new: Option<String>,
}

/// One question.
#[derive(Debug, Clone)]
pub struct Question {
    /// Which of the ten it belongs to.
    pub number: u8,
    /// Its name among those of its number.
    pub name: String,
    /// The question, in Japanese.
    pub text: String,
    /// What can be answered.
    pub kind: Kind,
    /// Asked only when one of these answers was given; always when empty.
    pub asked_when: Vec<(String, &'static str)>,
    /// Choices this change rules out, and why.
    pub ruled_out: Vec<(&'static str, String)>,
    /// Whether it may stay open.
    pub optional: bool,
}

/// What can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One of these codes, each with what it means.
    Choice(&'static [(&'static str, &'static str)]),
    /// A sentence.
    Text,
    /// A day up to this one.
    Day {
        /// The last day that can be answered.
        latest: NaiveDate,
    },
    /// A number of people.
    Count,
}

/// What the ten questions are about.
pub const TITLES: [&str; 10] = [
    "文言だけの変更か、利用目的の変更か",
    "すでに持っている情報に使うか",
    "変更前の目的から予測できるか（法第17条第2項）",
    "同意か、例外か（法第18条）",
    "第三者提供・外国・共同利用（法第27条・第28条）",
    "要配慮個人情報（法第20条第2項）",
    "個人番号（番号法第9条・第30条）",
    "委託・分析・加工（法第25条・第41条・第43条）",
    "影響を受ける人",
    "決定",
];

pub(super) const WORDING: &str = "wording";
pub(super) const PURPOSE: &str = "purpose";
pub(super) const HELD: &str = "held";
pub(super) const FUTURE: &str = "future";
pub(super) const YES: &str = "yes";
pub(super) const NO: &str = "no";
pub(super) const CONSENT: &str = "consent";
pub(super) const EXCEPTION: &str = "exception";

/// The changes of a comparison that may widen the use. What was removed or
/// moved widens nothing.
pub fn rows(comparison: &Comparison) -> Vec<Row> {
    let widens = |difference| matches!(difference, Difference::Added | Difference::Reworded);
    let mut rows = Vec::new();
    for category in &comparison.categories {
        let name = category.new_name.as_ref().or(category.old_name.as_ref());
        let place = name.cloned().unwrap_or_default();
        match category.difference {
            Some(Difference::Added) => {
                // One row for all: the information of a new category is either
                // new to the society or not.
                let purposes = category.purposes.iter().filter_map(|p| p.new.clone());
                rows.push(Row {
                    key: category.id.clone(),
                    place,
                    difference: Difference::Added,
                    old: None,
                    new: Some(purposes.collect::<Vec<_>>().join("、")),
                });
                continue;
            }
            Some(Difference::Reworded) => rows.push(Row {
                key: category.id.clone(),
                place: place.clone(),
                difference: Difference::Reworded,
                old: category.old_name.clone(),
                new: category.new_name.clone(),
            }),
            Some(Difference::Removed | Difference::Moved) | None => {}
        }
        let purposes = category.purposes.iter();
        rows.extend(
            purposes
                .filter(|p| widens(p.difference))
                .map(|purpose| Row {
                    key: format!("{}/{}", category.id, purpose.id),
                    place: place.clone(),
                    difference: purpose.difference,
                    old: purpose.old.clone(),
                    new: purpose.new.clone(),
                }),
        );
    }
    // A remark beside the table can widen a purpose as well.
    let beside = comparison.sentences.iter();
    let beside = beside.filter(|s| s.section == Section::Purposes && widens(s.difference));
    rows.extend(beside.map(|sentence| Row {
        key: format!("purposes.{}", sentence.id),
        place: "表の前後の文".to_owned(),
        difference: sentence.difference,
        old: sentence.old.clone(),
        new: sentence.new.clone(),
    }));
    rows
}

/// The questions about a comparison, in the order they are asked. `today` and
/// `effective` bound the days that can be answered.
pub fn questions(comparison: &Comparison, effective: NaiveDate, today: NaiveDate) -> Vec<Question> {
    let rows = rows(comparison);
    let mut all = Vec::new();
    for row in &rows {
        let mut question = ask(
            1,
            &row.key,
            format!("{}は、どちらですか。", told(row)),
            ROW_KIND,
        );
        if row.difference == Difference::Added && !row.key.starts_with("purposes.") {
            let why = "追加された利用目的は、文言だけの変更にはできません。「利用目的の追加・変更」を選んでください。";
            question.ruled_out.push((WORDING, why.to_owned()));
        }
        all.push(question);
    }
    for row in &rows {
        let text = format!("{}は、どの情報に使いますか。", told(row));
        all.push(ask(2, &row.key, text, ROW_USE).when(1, &row.key, PURPOSE));
    }
    for row in &rows {
        let text = format!(
            "{}は、変更前の利用目的から、一般の加入者が予測できますか。組合の意見ではなく、客観的に判断してください。",
            told(row)
        );
        all.push(ask(3, &row.key, text, ROW_SCOPE).when(2, &row.key, HELD));
    }
    if !rows.is_empty() {
        let reason = "予測できる、又はできないと判断した理由は何ですか。";
        let mut reason = ask(3, "reason", reason.to_owned(), Kind::Text);
        let mut remedy = ask(4, "remedy", "どちらによりますか。".to_owned(), REMEDY);
        for row in &rows {
            reason = reason.when(2, &row.key, HELD);
            remedy = remedy.when(3, &row.key, NO);
        }
        all.push(reason);
        all.push(remedy);
    }
    all.extend(beyond(today));
    all.extend(regimes());
    all.extend(circumstances(effective));
    if rows.is_empty() {
        all.retain(|question| question.number != 4);
    }
    for question in &mut all {
        question.rule_out_no(&rows);
    }
    all
}

fn beyond(today: NaiveDate) -> [Question; 3] {
    let item = "法第18条第3項の何号に当たりますか。";
    let reason = "その号に当たる理由、根拠の条文は何ですか。";
    let day = "全員の同意がそろった日はいつですか。まだのときは空けておき、承認のときに書きます。";
    let mut day = ask(4, "consent_on", day.to_owned(), Kind::Day { latest: today });
    day.optional = true;
    [
        ask(4, "item", item.to_owned(), Kind::Choice(EXCEPTIONS)).when(4, "remedy", EXCEPTION),
        ask(4, "reason", reason.to_owned(), Kind::Text).when(4, "remedy", EXCEPTION),
        day.when(4, "remedy", CONSENT),
    ]
}

/// What art. 17(2) does not help with: each has rules of its own.
fn regimes() -> Vec<Question> {
    let own = |text: &str| text.to_owned();
    let basis = "その根拠(号、又は同意を得た日と方法)は何ですか。";
    let mut all = vec![
        ask(
            5,
            "third_party",
            own("新しく第三者に提供しますか。"),
            THIRD_PARTY,
        ),
        ask(5, "third_party_basis", own(basis), Kind::Text)
            .when(5, "third_party", CONSENT)
            .when(5, "third_party", EXCEPTION),
        ask(5, "abroad", own("外国にある第三者に提供しますか。"), ABROAD),
        ask(5, "abroad_basis", own(basis), Kind::Text)
            .when(5, "abroad", CONSENT)
            .when(5, "abroad", EXCEPTION),
        ask(5, "joint_use", own("共同利用は変わりますか。"), JOINT_USE),
    ];
    let wider = "広げることへの本人の同意を、いつ、どのように得ましたか。";
    all.push(ask(5, "joint_use_consent", own(wider), Kind::Text).when(5, "joint_use", "wider"));
    let sensitive = "要配慮個人情報(病歴、健診の結果、診療の情報など)を新しく取得しますか。";
    all.push(ask(6, "acquired", own(sensitive), SENSITIVE));
    all.push(
        ask(6, "basis", own(basis), Kind::Text)
            .when(6, "acquired", CONSENT)
            .when(6, "acquired", EXCEPTION),
    );
    let mut number = ask(7, "use", own("個人番号を使いますか。"), INDIVIDUAL_NUMBER);
    let why = "個人番号の使い道は番号法が定めており、本人の同意があっても広げられません(番号法第9条・第30条)。この変更を改定案から除いてください。";
    number.ruled_out.push(("beyond", why.to_owned()));
    all.push(number);
    let basis = "番号法のどの規定による事務ですか。";
    all.push(ask(7, "basis", own(basis), Kind::Text).when(7, "use", "within"));
    all
}

fn circumstances(effective: NaiveDate) -> Vec<Question> {
    let own = |text: &str| text.to_owned();
    vec![
        ask(
            8,
            "entrustment",
            own("取扱いを新しく委託しますか。"),
            WHETHER,
        ),
        ask(
            8,
            "analysis",
            own("行動や健康の状態を分析・予測(AIを含む)しますか。"),
            WHETHER,
        ),
        ask(
            8,
            "processed",
            own("仮名加工情報・匿名加工情報をつくりますか。"),
            PROCESSED,
        ),
        ask(
            9,
            "who",
            own("影響を受けるのは誰ですか(元加入者、被扶養者を含めて)。"),
            Kind::Text,
        ),
        ask(9, "count", own("およそ何人ですか。"), Kind::Count),
        ask(9, "means", own("どのように知らせますか。"), MEANS),
        ask(
            9,
            "reach",
            own("届きにくい人、知らせ方に配慮の要る人(DV等の申出のある人など)をどうしますか。"),
            Kind::Text,
        ),
        ask(10, "body", own("誰が決めましたか。"), BODY),
        ask(
            10,
            "date",
            own("決定の日はいつですか。"),
            Kind::Day { latest: effective },
        ),
        ask(
            10,
            "minutes",
            own("議事録・決裁の文書は何ですか。"),
            Kind::Text,
        ),
    ]
}

fn ask(number: u8, name: &str, text: String, kind: Kind) -> Question {
    Question {
        number,
        name: name.to_owned(),
        text,
        kind,
        asked_when: Vec::new(),
        ruled_out: Vec::new(),
        optional: false,
    }
}

fn told(row: &Row) -> String {
    let (old, new) = (
        row.old.as_deref().unwrap_or_default(),
        row.new.as_deref().unwrap_or_default(),
    );
    match row.difference {
        Difference::Reworded => format!("「{}」の「{old}」→「{new}」", row.place),
        _ => format!("「{}」の「{new}」({})", row.place, row.difference.label()),
    }
}
