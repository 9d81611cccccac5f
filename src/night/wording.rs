//! What staff read of a letter that needs them: the reason and the next step.

use serde_json::{Map, Value};

use crate::acts::proof::ProofError;
use crate::archive::ArchiveError;
use crate::domain::{FieldProblem, HandedTo, in_one_line};
use crate::mail::{Handover, MailError};
use crate::render::RenderFailure;

/// Reason and next step, both in Japanese.
pub(super) type Told = (String, String);

/// The most characters of a reason or a next step.
const TOLD_MOST: usize = 800;

/// Whatever a reason quotes, it is one line that staff can read.
pub(super) fn told(reason: impl AsRef<str>, next_step: impl AsRef<str>) -> Told {
    let line = |text: &str| in_one_line(text, TOLD_MOST);
    (line(reason.as_ref()), line(next_step.as_ref()))
}

/// What to do when nobody knows whether a mail became a file.
const LOOK_FOR_FILE: &str = "out/mail に、この書簡の番号で始まるファイルがあるか見てください。ファイルがあるとき、またはほかのプログラムが送ったときは yobin confirm --delivered、ファイルもなく、送られてもいないときは yobin confirm --not-delivered で記録してください。自動では書き出し直しません。";

pub(super) fn interrupted_handover(to: HandedTo) -> Told {
    if to == HandedTo::File {
        let reason =
            "メールをファイルに書き出す途中で処理が止まったため、書き出せたかどうか分かりません。";
        return told(reason, LOOK_FOR_FILE);
    }
    told(
        "メールサーバーに渡す途中で処理が止まったため、届いたかどうか分かりません。",
        "メールサーバーの記録か受取人に確かめ、届いていれば yobin confirm --delivered、届いていなければ yobin confirm --not-delivered で記録してください。自動では送り直しません。",
    )
}

pub(super) fn answer_lost(to: HandedTo) -> Told {
    if to == HandedTo::File {
        let reason =
            "メールをファイルに書き出しましたが、ディスクに残ったことを確かめられませんでした。";
        return told(reason, LOOK_FOR_FILE);
    }
    told(
        "メールサーバーに渡しましたが、受け取ったという返事を確かめられませんでした。",
        "メールサーバーの記録か受取人に確かめ、届いていれば yobin confirm --delivered、届いていなければ yobin confirm --not-delivered で記録してください。自動では送り直しません。",
    )
}

pub(super) fn gave_up_setting() -> Told {
    told(
        "この書簡の組版の途中で、処理全体が続けて止まりました。",
        "記録に極端に長い内容がないか確かめてください。問題がなければ yobin retry でもう一度試せます。",
    )
}

pub(super) fn setting_failed(failure: &RenderFailure, record: &Map<String, Value>) -> Told {
    let happened = failure.staff_message();
    match failure {
        RenderFailure::Template(message) => told(
            format!("書式にこの記録を組み込めませんでした。組版の知らせ：{message}"),
            "記録を直して新しく受け付け、この書簡は yobin cancel で取り消してください。書式の誤りなら、直してから yobin retry を実行してください。",
        ),
        RenderFailure::Characters { missing, .. } if holds(record, missing) => told(
            happened,
            "正しい文字を確かめて記録を直し、新しく受け付けてください。この書簡は yobin cancel で取り消してください。",
        ),
        RenderFailure::Characters { .. } => told(
            happened,
            "記録ではなく、組合の基本情報(profile.toml)か書式にある文字です。yobin check で場所を確かめて直し、yobin retry を実行してください。",
        ),
        RenderFailure::TimedOut(_) => told(
            happened,
            "記録に極端に長い内容がないか確かめてください。問題がなければ yobin retry でもう一度試せます。",
        ),
        RenderFailure::OutOfMemory(_) => told(
            happened,
            "記録に極端に長い内容がないか確かめてください。必要なら設定の render.memory_mib を増やし、yobin retry を実行してください。",
        ),
        RenderFailure::StackOverflow => told(
            happened,
            "書式を見直してから、yobin retry を実行してください。",
        ),
        RenderFailure::Fonts(_) => told(
            happened,
            "フォントを元に戻し、yobin check で確かめてから、yobin retry を実行してください。",
        ),
        RenderFailure::WorkerDied(_) | RenderFailure::Pool(_) => told(
            "組版の処理が2回続けて途中で止まりました。",
            "メモリーとディスクの空きを確かめ、yobin retry を実行してください。続くようなら、この書簡の番号を添えて保守の担当に知らせてください。",
        ),
    }
}

/// Whether one of these characters is in a text of the record.
fn holds(record: &Map<String, Value>, characters: &str) -> bool {
    fn in_value(value: &Value, characters: &str) -> bool {
        match value {
            Value::String(text) => text.contains(|c| characters.contains(c)),
            Value::Array(parts) => parts.iter().any(|part| in_value(part, characters)),
            Value::Object(parts) => parts.values().any(|part| in_value(part, characters)),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }
    record.values().any(|value| in_value(value, characters))
}

pub(super) fn kind_gone(kind: &str) -> Told {
    told(
        format!("書簡の種類「{kind}」かその結果区分が、書式のフォルダーにありません。"),
        "templates/letters を元に戻してから、yobin retry を実行してください。",
    )
}

pub(super) fn record_unreadable() -> Told {
    told(
        "保存されている記録を読めません。",
        "yobin verify を実行し、控えから戻すことを考えてください。",
    )
}

pub(super) fn record_changed() -> Told {
    told(
        "保存されている記録が、受け付けたときのものと違います。承認の後に書き換えられたか、壊れた恐れがあるため、作っていません(送っていません)。",
        "責任者に知らせ、データベースを書き換えた人がいないか、ディスクに異常がないかを確かめてください。記録番号を変えた正しい記録を新しく受け付け、この書簡は yobin cancel で取り消してください。控えから元の記録に戻したときは、yobin retry を実行してください。",
    )
}

/// The sentences of the law quote no text of a record.
pub(super) fn no_longer_lawful(problem: &FieldProblem) -> Told {
    told(
        format!(
            "受付の後に、法令データ、書式又は手数料の設定が変わり、この記録のままでは発行できなくなりました。{}",
            problem.problem
        ),
        format!(
            "{}直した記録を新しく受け付け、この書簡は yobin cancel で取り消してください。設定を戻したときは yobin retry を実行してください。",
            problem.remedy
        ),
    )
}

pub(super) fn decided_after_issue() -> Told {
    told(
        "決定日が書簡の日付より後です。",
        "決定日を直した記録を新しく受け付け、この書簡は yobin cancel で取り消してください。",
    )
}

pub(super) fn mail_is_down() -> Told {
    told(
        "メールサーバーを使えないため、今夜の送信を途中でやめました。この書簡は送られていません。",
        "メールサーバーと設定の [mail] を確かめてから、yobin retry を実行してください。",
    )
}

pub(super) fn gateway_is_silent() -> Told {
    told(
        "メールサーバーが、渡したメールへの返事を3件続けて返さなかったため、今夜の送信を途中でやめました。この書簡は送られていません。",
        "メールサーバーの管理者に状態を確かめてから、yobin retry を実行してください。その夜に失敗したものは yobin retry --failed-of 日付 でまとめて戻せます。返事のなかった3件は結果不明として別に載っています。",
    )
}

pub(super) fn archived_pdf_lost(damage: &ArchiveError, place: &str, failure: &ProofError) -> Told {
    let what = match damage {
        ArchiveError::Missing(_) => "がありません",
        ArchiveError::Damaged(_) => "の内容が変わっています",
        ArchiveError::DiskFull | ArchiveError::Storage(_) | ArchiveError::Folder(_) => {
            "を読めません"
        }
    };
    told(
        format!(
            "保存したPDF(archive/{place}){what}。残っている組版データから同じものを作り直すこともできませんでした({failure})。この書簡は送られていません。"
        ),
        "このファイルを控え(バックアップ)から元の場所に戻してから、yobin retry を実行してください。ほかのファイルにも損傷がないか、yobin verify で調べてください。",
    )
}

pub(super) fn mail_not_composed(error: &MailError) -> Told {
    let next_step = if error.concerns_template() {
        "メールのひな形を直し、yobin check で確かめてから、yobin retry を実行してください。"
    } else {
        "記録のメールアドレスと宛名を直して新しく受け付け、この書簡は yobin cancel で取り消してください。"
    };
    told(
        format!("メールを作れませんでした。{}", error.staff_message()),
        next_step,
    )
}

pub(super) fn mail_rejected(handover: &Handover) -> Told {
    let words = match handover {
        Handover::Rejected { code, reason, .. } => match code {
            Some(code) if !reason.starts_with(&code.to_string()) => format!("{code} {reason}"),
            Some(_) | None => reason.clone(),
        },
        Handover::Accepted { .. } | Handover::Deferred { .. } | Handover::Unknown { .. } => {
            String::new()
        }
    };
    told(
        format!(
            "メールサーバーが受け取りを断りました(返事：{words})。この書簡は送られていません。"
        ),
        "メールアドレスが正しいか確かめてください。直す場合は、直した記録を新しく受け付け、この書簡は yobin cancel で取り消してください。サーバーの側の問題なら、解決してから yobin retry を実行してください。",
    )
}

pub(super) fn mail_deferred(reason: &str) -> Told {
    told(
        format!(
            "何度か試しましたが、メールサーバーに渡せませんでした(理由：{reason})。この書簡は送られていません。"
        ),
        "メールサーバーの状態を確かめてから、yobin retry を実行してください。",
    )
}
