//! What staff read of what follows a night and is not done yet.

use super::Told;
use crate::domain::{NightStep, NightStepProblem, UndoneStep};

/// What a step does, as something that is still to be done.
fn what(step: NightStep) -> &'static str {
    match step {
        NightStep::Print => "郵送する書簡の印刷用ファイルの作成",
        NightStep::Notice => "公表事項の公表",
        NightStep::Report => "報告書の保存",
    }
}

/// A step that is not done, and what to do.
pub fn undone(undone: &UndoneStep) -> Told {
    let UndoneStep {
        date, step, tries, ..
    } = undone;
    let why = match &undone.problem {
        Some(NightStepProblem::Unwritten { place, error }) => {
            format!("{place} に書けませんでした({error})。")
        }
        Some(NightStepProblem::Told { words }) => words.clone(),
        None if *tries == 0 => "まだ始めていません。".to_owned(),
        None => "始めましたが、その間にプログラムが止まりました。".to_owned(),
    };
    let tried = match tries {
        0 | 1 => String::new(),
        tries => format!("({tries}回試みました)"),
    };
    let again = "次の夜間処理(予定の時刻か yobin run)でもう一度行い、yobin serve を動かしている間は5分ごとに試みます。";
    let first = match (&undone.problem, step) {
        (Some(NightStepProblem::Unwritten { .. }), _) => "空きと権限を確かめてください。",
        (Some(NightStepProblem::Told { .. }), _) => "原因を除いてください。",
        (None, _) => "",
    };
    let now = match step {
        NightStep::Print => {
            format!("すぐに印刷するときは、yobin print-file {date} を実行してください。")
        }
        NightStep::Notice => {
            "すぐに公表するときは、yobin notice publish を実行してください。".to_owned()
        }
        NightStep::Report => format!("今の状態は yobin report {date} で見られます。"),
    };
    Told::of(
        format!(
            "{date} の夜間処理のうち、{}が済んでいません{tried}。{why}",
            what(*step)
        ),
        format!("{first}{again}{now}"),
    )
}

/// The same as one paragraph.
pub fn undone_told(step: &UndoneStep) -> String {
    let Told { reason, next_step } = undone(step);
    format!("{reason} {next_step}")
}
