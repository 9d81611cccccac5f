//! What staff read of a letter that stopped: the reason and the next step.

use std::time::Duration;

use serde::Serialize;

use super::{archive, differs, kept_back};
use crate::domain::{FieldProblem, HandedTo, NotRestored, PdfDamage, Reason, in_one_line};
use crate::render::RenderFailure;
use crate::store::LetterRow;

/// The most characters of a reason or a next step.
const TOLD_MOST: usize = 800;

/// A reason and the next step, both in Japanese and one line each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// Why.
    pub reason: String,
    /// What to do.
    pub next_step: String,
}

impl Told {
    /// Whatever the sentences quote, each is one line that staff can read.
    pub fn of(reason: impl AsRef<str>, next_step: impl AsRef<str>) -> Self {
        let line = |text: &str| in_one_line(text, TOLD_MOST);
        Told {
            reason: line(reason.as_ref()),
            next_step: line(next_step.as_ref()),
        }
    }
}

/// A letter as JSON shows it: its row, and what stands there as data in the
/// words of staff.
#[derive(Debug, Serialize)]
pub struct ToldLetter<'a> {
    /// The row.
    #[serde(flatten)]
    pub letter: &'a LetterRow,
    /// Why it needs a person.
    pub reason: Option<String>,
    /// What that person can do.
    pub next_step: Option<String>,
}

impl<'a> ToldLetter<'a> {
    /// The letter with its words.
    pub fn of(letter: &'a LetterRow) -> Self {
        let told = letter.reason.as_ref().map(told);
        let (reason, next_step) = told.map(|told| (told.reason, told.next_step)).unzip();
        ToldLetter {
            letter,
            reason,
            next_step: next_step.filter(|next_step| !next_step.is_empty()),
        }
    }
}

const LOOK_FOR_FILE: &str = "out/mail に、この書簡の番号で始まるファイルがあるか見てください。ファイルがあるとき、またはほかのプログラムが送ったときは yobin confirm --delivered、ファイルもなく、送られてもいないときは yobin confirm --not-delivered で記録してください。自動では書き出し直しません。";

const ASK_WHETHER_IT_ARRIVED: &str = "メールサーバーの記録か受取人に確かめ、届いていれば yobin confirm --delivered、届いていなければ yobin confirm --not-delivered で記録してください。自動では送り直しません。";

const LOOK_AT_THE_LENGTH: &str =
    "記録に極端に長い内容がないか確かめてください。問題がなければ yobin retry でもう一度試せます。";

/// What staff read of a letter that stopped for this reason.
pub fn told(reason: &Reason) -> Told {
    match reason {
        Reason::HandoverInterrupted { to } => handover_interrupted(*to),
        Reason::AnswerLost { to } => answer_lost(*to),
        Reason::ArrivalTakenBack => Told::of(
            "届いたという記録が取り消されたため、届いたかどうか分かりません。",
            ASK_WHETHER_IT_ARRIVED,
        ),
        Reason::GaveUpSetting => Told::of(
            "この書簡の組版の途中で、処理全体が続けて止まりました。",
            LOOK_AT_THE_LENGTH,
        ),
        Reason::TemplateRefused { message } => template_refused(message),
        Reason::CharactersMissing { message, in_record } => characters_missing(message, *in_record),
        Reason::SettingTimedOut { seconds } => Told::of(
            RenderFailure::TimedOut(Duration::from_secs(*seconds)).staff_message(),
            LOOK_AT_THE_LENGTH,
        ),
        Reason::SettingOutOfMemory { mebibytes } => out_of_memory(*mebibytes),
        Reason::SettingTooDeep => Told::of(
            RenderFailure::StackOverflow.staff_message(),
            "書式を見直してから、yobin retry を実行してください。",
        ),
        Reason::FontsChanged { message } => Told::of(
            message,
            "フォントを元に戻し、yobin check で確かめてから、yobin retry を実行してください。",
        ),
        Reason::WorkerDied => worker_died(),
        Reason::KindGone { kind } => kind_gone(kind),
        Reason::RecordUnreadable => Told::of(
            "保存されている記録を読めません。",
            "yobin verify を実行し、控えから戻すことを考えてください。",
        ),
        Reason::RecordChanged => record_changed(),
        Reason::Differs(found) => differs::parked(found),
        Reason::NoLongerLawful(problem) => no_longer_lawful(problem),
        Reason::DecidedAfterIssue => Told::of(
            "決定日が書簡の日付より後です。",
            "決定日を直した記録を新しく受け付け、この書簡は yobin cancel で取り消してください。",
        ),
        Reason::MailIsDown => mail_is_down(),
        Reason::GatewayIsSilent => gateway_is_silent(),
        Reason::PdfLost {
            place,
            damage,
            restoring,
        } => pdf_lost(place, *damage, restoring),
        Reason::MailNotComposed {
            in_template,
            problem,
        } => mail_not_composed(*in_template, problem),
        Reason::MailRejected { code, words } => mail_rejected(*code, words),
        Reason::MailDeferred { words } => mail_deferred(words),
        Reason::KeptBack(why) => kept_back::parked(why),
        Reason::Restored { earlier } => restored(earlier.as_deref()),
        Reason::Told { reason, next_step } => Told::of(reason, next_step),
    }
}

fn restored(earlier: Option<&Reason>) -> Told {
    let earlier =
        earlier.map(|earlier| format!("(その前から止まっていた理由：{})", told(earlier).reason));
    Told::of(
        format!(
            "データベースを控えから戻したため、止めています。控えを取った後に、送られたり投函されたりしている恐れがあります。{}",
            earlier.unwrap_or_default()
        ),
        "メールサーバーの記録、out/mail、out/print、out/reports と、その日の担当者に、すでに出ていないか確かめてください。出ていないときは、保留なら yobin resume、要確認・失敗なら yobin retry、結果不明なら yobin confirm --not-delivered で続けます。出ていたときは、メールなら yobin confirm 番号 --delivered、郵送・手渡しなら yobin posted 番号 --on 出した日 で記録してください(番号は欠番にならず、請求への回答になります)。これで記録できないのは、控えを取ったときにまだ台帳に記載されていなかった書簡です。yobin cancel で取り消して、もう一度出ないようにし、請求があれば yobin request close の理由を「別途回答済み」にして終えてください。",
    )
}

fn handover_interrupted(to: HandedTo) -> Told {
    match to {
        HandedTo::File => Told::of(
            "メールをファイルに書き出す途中で処理が止まったため、書き出せたかどうか分かりません。",
            LOOK_FOR_FILE,
        ),
        HandedTo::Gateway => Told::of(
            "メールサーバーに渡す途中で処理が止まったため、届いたかどうか分かりません。",
            ASK_WHETHER_IT_ARRIVED,
        ),
    }
}

fn answer_lost(to: HandedTo) -> Told {
    match to {
        HandedTo::File => Told::of(
            "メールをファイルに書き出しましたが、ディスクに残ったことを確かめられませんでした。",
            LOOK_FOR_FILE,
        ),
        HandedTo::Gateway => Told::of(
            "メールサーバーに渡しましたが、受け取ったという返事を確かめられませんでした。",
            ASK_WHETHER_IT_ARRIVED,
        ),
    }
}

/// How the letter's own form begins what it says of an address that is too
/// long for the window.
const TOO_LONG_FOR_WINDOW: &str = "宛名が窓あき封筒の窓に入りません";

fn template_refused(message: &str) -> Told {
    if message.contains(TOO_LONG_FOR_WINDOW) {
        return Told::of(
            message,
            "示された項目を短くした記録を新しく受け付け、この書簡は yobin cancel で取り消してください。窓の寸法の設定(profile.toml の [envelope])が違うときは、直してから yobin retry を実行してください。",
        );
    }
    Told::of(
        format!("書式にこの記録を組み込めませんでした。組版の知らせ：{message}"),
        "記録を直して新しく受け付け、この書簡は yobin cancel で取り消してください。書式の誤りなら、直してから yobin retry を実行してください。",
    )
}

fn characters_missing(message: &str, in_record: bool) -> Told {
    let next_step = if in_record {
        "正しい文字を確かめて記録を直し、新しく受け付けてください。この書簡は yobin cancel で取り消してください。"
    } else {
        "記録ではなく、組合の基本情報(profile.toml)か書式にある文字です。yobin check で場所を確かめて直し、yobin retry を実行してください。"
    };
    Told::of(message, next_step)
}

fn out_of_memory(mebibytes: u64) -> Told {
    Told::of(
        RenderFailure::OutOfMemory(mebibytes).staff_message(),
        "記録に極端に長い内容がないか確かめてください。必要なら設定の render.memory_mib を増やし、yobin retry を実行してください。",
    )
}

fn worker_died() -> Told {
    Told::of(
        "組版の処理が2回続けて途中で止まりました。",
        "メモリーとディスクの空きを確かめ、yobin retry を実行してください。続くようなら、この書簡の番号を添えて保守の担当に知らせてください。",
    )
}

fn kind_gone(kind: &str) -> Told {
    Told::of(
        format!("書簡の種類「{kind}」かその結果区分が、書式のフォルダーにありません。"),
        "templates/letters を元に戻してから、yobin retry を実行してください。",
    )
}

fn record_changed() -> Told {
    Told::of(
        "保存されている記録が、受け付けたときのものと違います。承認の後に書き換えられたか、壊れた恐れがあるため、作っていません(送っていません)。",
        "責任者に知らせ、データベースを書き換えた人がいないか、ディスクに異常がないかを確かめてください。記録番号を変えた正しい記録を新しく受け付け、この書簡は yobin cancel で取り消してください。控えから元の記録に戻したときは、yobin retry を実行してください。",
    )
}

/// The sentences of the law quote no text of a record.
fn no_longer_lawful(problem: &FieldProblem) -> Told {
    Told::of(
        format!(
            "受付の後に、法令データ、書式、手数料の設定又は公表事項が変わり、この記録のままでは発行できなくなりました。{}",
            problem.problem
        ),
        format!(
            "{}直した記録を新しく受け付け、この書簡は yobin cancel で取り消してください。設定を戻したときは yobin retry を実行してください。",
            problem.remedy
        ),
    )
}

fn mail_is_down() -> Told {
    Told::of(
        "メールサーバーを使えないため、今夜の送信を途中でやめました。この書簡は送られていません。",
        "メールサーバーと設定の [mail] を確かめてから、yobin retry を実行してください。",
    )
}

fn gateway_is_silent() -> Told {
    Told::of(
        "メールサーバーが、渡したメールへの返事を3件続けて返さなかったため、今夜の送信を途中でやめました。この書簡は送られていません。",
        "メールサーバーの管理者に状態を確かめてから、yobin retry を実行してください。その夜に失敗したものは yobin retry --failed-of 日付 でまとめて戻せます。返事のなかった3件は結果不明として別に載っています。",
    )
}

fn mail_not_composed(in_template: bool, problem: &str) -> Told {
    let next_step = if in_template {
        "メールのひな形を直し、yobin check で確かめてから、yobin retry を実行してください。"
    } else {
        "記録のメールアドレスと宛名を直して新しく受け付け、この書簡は yobin cancel で取り消してください。"
    };
    Told::of(format!("メールを作れませんでした。{problem}"), next_step)
}

fn mail_rejected(code: Option<u16>, words: &str) -> Told {
    let words = match code {
        Some(code) if !words.starts_with(&code.to_string()) => format!("{code} {words}"),
        Some(_) | None => words.to_owned(),
    };
    Told::of(
        format!(
            "メールサーバーが受け取りを断りました(返事：{words})。この書簡は送られていません。"
        ),
        "メールアドレスが正しいか確かめてください。直す場合は、直した記録を新しく受け付け、この書簡は yobin cancel で取り消してください。サーバーの側の問題なら、解決してから yobin retry を実行してください。",
    )
}

/// What the words of the system or of the mail server come to.
fn cause_of(words: &str) -> &'static str {
    const CAUSES: [(&[&str], &str); 6] = [
        (
            &["connection refused"],
            "メールサーバーが接続を受け付けていません",
        ),
        (
            &["timed out", "timeout", "deadline"],
            "メールサーバーが時間内に返事をしません",
        ),
        (
            &["lookup", "resolve", "name or service", "no address"],
            "メールサーバーの名前が見つかりません(設定の mail.smtp.host かネットワークの問題です)",
        ),
        (&["certificate"], "メールサーバーの証明書を確かめられません"),
        (
            &["unreachable", "no route"],
            "メールサーバーまでのネットワークがつながっていません",
        ),
        (
            &["reset", "broken pipe", "closed", "eof", "incomplete"],
            "メールサーバーが途中で接続を切りました",
        ),
    ];
    let words = words.to_lowercase();
    let fits = |(signs, _): &&(&[&str], &str)| signs.iter().any(|sign| words.contains(sign));
    CAUSES
        .iter()
        .find(fits)
        .map_or("メールサーバーが受け取りませんでした", |(_, cause)| cause)
}

fn mail_deferred(words: &str) -> Told {
    Told::of(
        format!(
            "何度か試しましたが、メールサーバーに渡せませんでした。{}(理由：{words})。この書簡は送られていません。",
            cause_of(words)
        ),
        "メールサーバーの状態を確かめてから、yobin retry を実行してください。",
    )
}

fn pdf_lost(place: &str, damage: PdfDamage, restoring: &NotRestored) -> Told {
    let what = match damage {
        PdfDamage::Missing => "がありません",
        PdfDamage::Changed => "の内容が変わっています",
        PdfDamage::Unreadable => "を読めません",
    };
    let failure = match restoring {
        NotRestored::Missing { sha256 } => archive::missing(sha256),
        NotRestored::Damaged { sha256 } => archive::damaged(sha256),
        NotRestored::Told(words) => words.clone(),
    };
    Told::of(
        format!(
            "保存したPDF(archive/{place}){what}。残っている組版データから同じものを作り直すこともできませんでした({failure})。この書簡は送られていません。"
        ),
        "このファイルを控え(バックアップ)から元の場所に戻してから、yobin retry を実行してください。ほかのファイルにも損傷がないか、yobin verify で調べてください。",
    )
}
