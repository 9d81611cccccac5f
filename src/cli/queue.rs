//! `yobin queue`: a file's records become queued letters.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::distinct::{DistinctArg, hint_at_distinct};
use super::given::must_be_readable;
use super::{Context, FAILED, NEEDS_PERSON, actor};
use crate::acts::reception::{self, Mode, Received, Waiting};
use crate::config::{Approval, Config};
use crate::notice::site;
use crate::office::Office;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 記録のファイル(CSV、TSV、XLSX、JSON、JSON Lines)
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// 書簡の種類(ファイルに「種別」の列がないとき)
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// 調べるだけで受け付けない
    #[arg(long)]
    dry_run: bool,
    /// 正しい行だけ受け付け、ほかの行は要修正のファイルに書く
    #[arg(long, conflicts_with = "dry_run")]
    accept_valid: bool,
    /// 直した記録のとき、まだ送られていない同じ書簡を取り消して差し替える
    #[arg(long)]
    replace: bool,
    /// 差し替える書簡が未発送・書出済のとき：印刷した紙を抜いた、又はメールのファイルを消した
    #[arg(long, requires = "replace")]
    pulled: bool,
    /// 受け付ける人の名前(なければログイン名)
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    distinct: DistinctArg,
}

pub(super) async fn queue(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    let actor = actor(args.name.as_deref())?;
    must_be_readable(&args.file)?;
    let office = Office::open(context.config()?, context.clock).await?;
    // By day somebody is there to mend it; at night no letter would be made.
    office.desk.refuse_misprints()?;
    let mode = mode(args.dry_run, args.accept_valid);
    refuse_rejected_in_public(&office.desk.config, &args.file, mode)?;
    let waiting = match args.replace {
        true => Waiting::Replaced {
            pulled: args.pulled,
        },
        false => Waiting::Kept,
    };
    let received = reception::receive(
        &office,
        &office.by(actor),
        &args.file,
        args.kind.as_deref(),
        (mode, waiting),
        &args.distinct.read(),
        &mut |problem| warn_staff!("{problem}"),
    )
    .await?;
    office.close().await;
    let gone = "取り消した書簡です。出し直すときは、記録番号を変えた記録を受け付けてください。";
    tell(&received, mode, gone);
    tell_stale(&received);
    tell_places(&received, mode);
    if received.without_request > 0 {
        say!(
            "注意：受付番号の請求が登録されていない書簡が{}件あります。期限を数えるには、書簡より先に yobin request add で請求を登録してください。",
            received.without_request
        );
    }
    if received.kept && received.new > 0 && office.desk.config.approval == Approval::Required {
        say!("別の人の承認(yobin approve 番号 --as 名前)の後、夜間処理で作成します。");
    }
    Ok(exit_code(&received, mode))
}

/// What the options say is to happen with the file.
pub(super) fn mode(dry_run: bool, accept_valid: bool) -> Mode {
    match (dry_run, accept_valid) {
        (true, _) => Mode::DryRun,
        (false, true) => Mode::AcceptValid,
        (false, false) => Mode::AllOrNothing,
    }
}

/// Bad rows are written beside the file they come from, with all they say.
pub(super) fn refuse_rejected_in_public(
    config: &Config,
    file: &Path,
    mode: Mode,
) -> anyhow::Result<()> {
    let beside = file.with_file_name("rejected");
    if mode == Mode::AcceptValid && site::touches_public(config, &beside).is_some() {
        anyhow::bail!(
            "{} は、公表用サイトのフォルダーの中です。要修正の行を書いたファイルが公表されてしまいます。ファイルをほかの場所に移してから受け付けてください。何も受け付けていません。",
            file.display()
        );
    }
    Ok(())
}

/// How the command ends.
pub(super) fn exit_code(received: &Received, mode: Mode) -> ExitCode {
    match (received.bad, mode) {
        (0, _) if !received.notes_left_out.is_empty() => ExitCode::from(NEEDS_PERSON),
        (0, _) => ExitCode::SUCCESS,
        (_, Mode::AcceptValid) => ExitCode::from(NEEDS_PERSON),
        (_, Mode::AllOrNothing | Mode::DryRun) => ExitCode::from(FAILED),
    }
}

/// Tells what happened with the file. `gone` says what those rows are that
/// were taken in before and are no more.
pub(super) fn tell(received: &Received, mode: Mode, gone: &str) {
    let Received {
        new, before, bad, ..
    } = received;
    if *before > 0 {
        say!("{before}件は、同じ記録を前に受け付けています。もう一度は受け付けません。");
        if received.before_cancelled > 0 {
            say!("  そのうち{}件は{gone}", received.before_cancelled);
        }
    }
    if received.replaced > 0 {
        warn_of_replaced(received, mode);
    }
    for letter in &received.notes_left_out {
        say!(
            "  {letter}：前に受け付けた書簡なので、このファイルの非公開の項目は記録していません。加えるときは、個人情報保護管理者が yobin restricted add {letter} で書き加えてください。"
        );
    }
    if received.left_in_log {
        super::tell_left_in_log();
    }
    match mode {
        Mode::DryRun => {
            say!("調べただけで、受け付けていません。受け付けられる行 {new}件、直す行 {bad}件");
            if !received.rare_rows.is_empty() {
                say!(
                    "名前の字を、珍しい字のためのフォント(IPAmj明朝)で印刷する行：{}。yobin preview で字形を確かめられます。",
                    named(&received.rare_rows)
                );
            }
        }
        Mode::AllOrNothing if *bad > 0 && *new == 0 => {
            say!(
                "{bad}件の行に直すところがあるため、このファイルは1件も受け付けていません。直してから、もう一度受け付けてください。"
            );
        }
        Mode::AllOrNothing if *bad > 0 => {
            say!(
                "{bad}件の行に直すところがあるため、このファイルは1件も受け付けていません。直してからもう一度受け付けるか、--accept-valid を付けて正しい{new}件だけを受け付けてください。"
            );
        }
        Mode::AllOrNothing | Mode::AcceptValid => {
            match &received.range {
                Some((first, last)) if first == last => say!("1件を受け付けました。{first}"),
                Some((first, last)) => {
                    say!("{new}件を受け付けました。{first} から {last} まで");
                }
                None => say!("新しく受け付けたものはありません。"),
            }
            if let Some(path) = &received.rejected {
                say!(
                    "直す行が{bad}件あります。{} に理由を付けて書きました。直してから、このファイルを受け付けてください。",
                    path.display()
                );
            }
        }
    }
    if !received.columns_left_out.is_empty() {
        say!(
            "注意：{}の列は、職員の覚えとして読み飛ばしました(記録には入りません)。",
            received.columns_left_out.join("、")
        );
    }
    hint_at_distinct(received.alike);
    for caution in &received.cautions.named {
        say!("注意：{caution}");
    }
    for caution in &received.cautions.more {
        say!("注意：{caution}");
    }
    for warning in &received.warnings {
        say!("注意：{warning}");
    }
    if received.warnings_more > 0 {
        say!(
            "注意：このほかに{}件の注意があります(支援措置などの注意は、すべて上に出ています)。",
            received.warnings_more
        );
    }
}

/// Tells of records whose letters others have taken the place of: the file is
/// an older one.
fn tell_stale(received: &Received) {
    let count = received.before_replaced_count;
    if count == 0 {
        return;
    }
    say!(
        "注意：前に受け付けたもののうち{count}件は、後で差し替えられた書簡の記録です。差し替えた後の表を使ってください。"
    );
    for (earlier, new, at) in received.before_replaced.iter().take(ROWS_NAMED) {
        say!(
            "  {earlier} は、{new}(状態：{})に差し替えられています。",
            at.label()
        );
    }
    tell_more(count);
    say!(
        "  前の記録に戻すときは、差し替えた後の書簡を yobin cancel で取り消してから、「記録番号」を変えた記録を受け付けてください。"
    );
}

fn tell_more(count: u64) {
    if let Some(more) = count
        .checked_sub(ROWS_NAMED as u64)
        .filter(|more| *more > 0)
    {
        say!("  ほか{more}件");
    }
}

/// Tells which letters were cancelled for one of this file.
fn tell_places(received: &Received, mode: Mode) {
    if received.in_place_count == 0 || !(received.kept || mode == Mode::DryRun) {
        return;
    }
    let count = received.in_place_count;
    if mode == Mode::DryRun {
        say!("差し替えになる書簡 {count}件(受け付けると、前のものを取り消します)");
        for (earlier, _) in received.in_place_of.iter().take(ROWS_NAMED) {
            say!("  {earlier}");
        }
    } else {
        say!(
            "{count}件は、まだ送られていなかった書簡を取り消して差し替えました。承認は、新しい書簡にもう一度要ります。"
        );
        for (earlier, new) in received.in_place_of.iter().take(ROWS_NAMED) {
            say!("  {earlier} → {new}");
        }
    }
    tell_more(count);
    if received.in_place_may_restrict {
        say!(
            "  非公開の項目は、このファイルに書いたものだけを記録しています。前の書簡の非公開の記録は引き継ぎません。"
        );
    }
}

/// Rows named before the rest is only counted.
const ROWS_NAMED: usize = 20;

/// Nothing is replaced in a name without saying so.
fn warn_of_replaced(received: &Received, mode: Mode) {
    say!(
        "注意：{}か所の氏名・住所を、society/substitutions.toml のとおりに文字を置き換えて印刷します。対象の行：{}",
        received.replaced,
        named(&received.replaced_rows)
    );
    if mode != Mode::DryRun && received.kept {
        say!("  元の表記も保存しています。yobin show 番号 で、置き換えの前と後を確かめられます。");
    }
}

fn named(rows: &[String]) -> String {
    let mut named: Vec<String> = rows.iter().take(ROWS_NAMED).cloned().collect();
    if rows.len() > ROWS_NAMED {
        named.push(format!("ほか{}行", rows.len() - ROWS_NAMED));
    }
    named.join("、")
}
