//! Why a registered request was not amended.

use super::ReceptionError;
use crate::domain::{FieldProblem, LetterId, RequestRefusal, Whereabouts};
use crate::intake::RowProblem;
use crate::store::{Refused, StoreError};
use crate::wording::{StaffMessage as _, protection, request_refusal};

/// A letter that says other than its request does now.
#[derive(Debug)]
pub struct AtOdds {
    /// The letter.
    pub letter: LetterId,
    /// Where it is.
    pub at: Whereabouts,
    /// In what.
    pub problems: Vec<FieldProblem>,
}

/// Why a request was not amended. The text is for staff, in Japanese.
#[derive(Debug, thiserror::Error)]
pub enum AmendError {
    /// It is not there, or closed.
    #[error("{}", request_refusal::words(.0))]
    Request(#[from] Refused<RequestRefusal>),
    /// The form of a request has no such field.
    #[error(
        "請求に項目「{0}」はありません。項目の見出しを、登録した内容の表示で確かめてください。"
    )]
    NoField(String),
    /// It says that already.
    #[error("今の登録と同じ内容です。何も変えていません。")]
    Unchanged,
    /// Its number cannot be changed.
    #[error(
        "受付番号は直せません(書簡が、この番号で請求に結び付いています)。番号を誤って登録したときは、理由を「登録誤り」にして終え、正しい番号で登録してください。"
    )]
    Number,
    /// The person is no counterpart any more.
    #[error("{}", protection::lifts())]
    LiftsProtection,
    /// They are none already.
    #[error("{}", protection::lifted())]
    CounterpartEnded,
    /// One field is set twice.
    #[error("項目「{0}」が2回書かれています。どちらか一つにしてください。何も変えていません。")]
    Twice(String),
    /// What it would say is wrong.
    #[error("{}", listed(.0))]
    Unfit(Vec<RowProblem>),
    /// Letters that may still go say otherwise.
    #[error("{}", odds(.0))]
    AtOdds(Vec<AtOdds>),
    /// Another request has the same record.
    #[error(
        "直した後と同じ内容の請求が、前に「登録誤り」として終えられています。この請求を「登録誤り」として終え、前の請求をもう一度開いてください。"
    )]
    SameAsAnother,
    /// Somebody else changed it meanwhile.
    #[error(
        "この間に、ほかの人がこの請求を直しました。内容を確かめてから、もう一度実行してください。何も変えていません。"
    )]
    Overtaken,
    /// What it would say could not be read.
    #[error(transparent)]
    Reading(#[from] ReceptionError),
    /// The store failed.
    #[error("{}", .0.staff_message())]
    Store(#[from] StoreError),
}

/// A problem without the number of a row: there is one request alone.
pub fn told(problem: &RowProblem) -> String {
    let column = match problem.column.is_empty() {
        true => String::new(),
        false => format!("「{}」：", problem.column),
    };
    format!("{column}{}{}", problem.problem, problem.remedy)
}

fn listed(problems: &[RowProblem]) -> String {
    let lines: Vec<String> = problems.iter().map(told).collect();
    format!("何も変えていません。\n{}", lines.join("\n"))
}

fn odds(letters: &[AtOdds]) -> String {
    let lines: Vec<String> = letters
        .iter()
        .map(|odds| {
            let told = odds.problems.iter().map(|problem| problem.problem.as_str());
            let told: String = told.collect();
            format!("  {} {}：{told}", odds.letter, odds.at.label())
        })
        .collect();
    format!(
        "受け付けた書簡と食い違うので、何も変えていません。先に次の書簡を取り消し(又は直した記録に差し替え)、その後で請求を直してください。\n{}",
        lines.join("\n")
    )
}
