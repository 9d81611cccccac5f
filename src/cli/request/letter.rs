//! `yobin request letter`: a letter filled in from the register.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{anyhow, bail};

use super::Context;
use crate::acts::drafts::{Asked, Drafts, RowProblem, draft};
use crate::acts::reception::{Mode, Received};
use crate::cli::distinct::{DistinctArg, hint_at_distinct};
use crate::cli::notice_site::refuse_public_file;
use crate::cli::queue::{exit_code, tell};
use crate::cli::usage::misused;
use crate::cli::{NEEDS_PERSON, actor};
use crate::config::Approval;
use crate::office::Office;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// 受付番号(いくつでも。1件に1行の表になる)
    #[arg(value_name = "RECEIPT", required = true)]
    receipts: Vec<String>,
    /// 書簡の種類
    #[arg(long, value_name = "KIND")]
    kind: String,
    /// 結果区分(1つしかない種類では要らない)
    #[arg(long, value_name = "OUTCOME")]
    outcome: Option<String>,
    /// 項目の値を書く。例：--set 決定日=R8.11.25(何度でも書ける)
    #[arg(long, value_name = "FIELD=VALUE", value_parser = assignment)]
    set: Vec<(String, String)>,
    /// 書き出す表(.xlsx。なければ 種類の名前.xlsx)
    #[arg(short, long, value_name = "FILE.xlsx")]
    output: Option<PathBuf>,
    /// 足りない項目がなければ、そのまま受け付ける(足りなければ -o の表に書く)
    #[arg(long)]
    queue: bool,
    /// 受け付ける人の名前(なければログイン名)
    #[arg(long = "as", value_name = "NAME", requires = "queue")]
    name: Option<String>,
    #[command(flatten)]
    distinct: DistinctArg,
}

/// Splits `項目=値` at its first sign of equality.
pub(super) fn assignment(text: &str) -> Result<(String, String), String> {
    let split = text.split_once(['=', '＝']);
    let split = split.filter(|(name, _)| !name.trim().is_empty());
    split
        .map(|(name, value)| (name.trim().to_owned(), value.to_owned()))
        .ok_or_else(|| format!("「{text}」は 項目=値 の形になっていません。例：決定日=R8.11.25"))
}

pub(super) async fn letter(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    if let Some(output) = &args.output {
        let ending = output.extension().and_then(|ending| ending.to_str());
        if ending.is_none_or(|ending| !ending.eq_ignore_ascii_case("xlsx")) {
            return Err(misused(
                "-o には .xlsx で終わるファイル名を書いてください。",
            ));
        }
    }
    let name = match args.queue {
        true => Some(actor(args.name.as_deref())?),
        false => None,
    };
    let office = match args.queue {
        true => Office::open(context.config()?, context.clock).await?,
        false => crate::cli::look(context).await?,
    };
    let asked = Asked {
        receipts: &args.receipts,
        kind: &args.kind,
        outcome: args.outcome.as_deref(),
        set: &args.set,
    };
    let drafts = draft(&office, &asked).await?;
    let Some(name) = name else {
        write(&office, &drafts, args.output)?;
        return Ok(ExitCode::SUCCESS);
    };
    let missing = drafts.missing();
    if !missing.is_empty() {
        if args.output.is_some() {
            write(&office, &drafts, args.output)?;
            say!("足りない項目があるので、受け付けていません。");
            return Ok(ExitCode::from(NEEDS_PERSON));
        }
        for (receipt, hint) in hints(&drafts) {
            warn_staff!("{receipt}：{hint}");
        }
        bail!(
            "次の項目が足りないので、受け付けていません。{}\n--set 項目=値 で書き足すか、--queue の代わりに -o ファイル.xlsx を付けて、表に書いてください。",
            missing.join("、")
        );
    }
    office.desk.refuse_misprints()?;
    let by = office.by(name);
    let distinct = args.distinct.read();
    let mut say = |receipt: &str, problem: &RowProblem| warn_staff!("{}", told(receipt, problem));
    let queued = drafts.queue(&office, &by, &distinct, &mut say).await;
    let mut received = queued?;
    if received.bad > 0 {
        hint_at_distinct(received.alike);
        bail!(
            "直すところがあるため、1件も受け付けていません。--set 項目=値 で直すか、--queue の代わりに -o ファイル.xlsx を付けて、表で直してください。"
        );
    }
    tell_remarks(&drafts, &mut received);
    let gone = "取り消した書簡です。出し直すときは、--set 記録番号=… で別の番号を付けてください。";
    tell(&received, Mode::AllOrNothing, gone);
    if received.kept && received.new > 0 && office.desk.config.approval == Approval::Required {
        say!("別の人の承認(yobin approve 番号 --as 名前)の後、夜間処理で作成します。");
    }
    let code = exit_code(&received, Mode::AllOrNothing);
    office.close().await;
    Ok(code)
}

/// A problem with the receipt number in the place of a row.
fn told(receipt: &str, problem: &RowProblem) -> String {
    let column = match problem.column.is_empty() {
        true => String::new(),
        false => format!("「{}」", problem.column),
    };
    format!("{receipt}{column}：{}{}", problem.problem, problem.remedy)
}

/// Tells cautions and warnings with receipt numbers, for there is no sheet to
/// look for a row in.
fn tell_remarks(drafts: &Drafts<'_>, received: &mut Received) {
    let cautions = std::mem::take(&mut received.cautions.named);
    let warnings = std::mem::take(&mut received.warnings);
    for remark in cautions.iter().chain(&warnings) {
        say!("注意：{}", told(drafts.receipt_at(remark.row), remark));
    }
}

/// Why fields stay open that the register says something of, each with the
/// receipt number of its letter.
fn hints<'a>(drafts: &'a Drafts<'_>) -> impl Iterator<Item = (&'a str, &'a str)> {
    drafts.rows.iter().flat_map(|row| {
        let hints = row.hints.iter().map(String::as_str);
        hints.map(|hint| (row.receipt_number.as_str(), hint))
    })
}

/// Writes the sheet and says what is left to do.
fn write(office: &Office, drafts: &Drafts<'_>, output: Option<PathBuf>) -> anyhow::Result<()> {
    let path = output.unwrap_or_else(|| PathBuf::from(format!("{}.xlsx", drafts.kind.name)));
    refuse_public_file(&office.desk.config, &path)?;
    if path.exists() {
        return Err(anyhow!(
            "{} はすでにあります。-o で別の名前を書いてください。",
            path.display()
        ));
    }
    drafts.write(&path)?;
    let shown = path.display();
    say!(
        "「{}」{}件分の表を作りました。{shown}",
        drafts.kind.name,
        drafts.rows.len()
    );
    for row in &drafts.rows {
        say!(
            "  {}：登録から{}欄を記入",
            row.receipt_number,
            row.from_register
        );
    }
    for (receipt, hint) in hints(drafts) {
        say!("注意：{receipt}：{hint}");
    }
    if drafts.kind.field("receipt_number").is_none() {
        say!("注意：この種類の書簡には受付番号がないので、請求の書簡としては数えません。");
    }
    let missing = drafts.missing();
    match missing.is_empty() {
        true => say!(
            "必要な項目は、すべて記入してあります。--queue --as 名前 を付けると、このまま受け付けられます。"
        ),
        false => say!("まだ書いていない項目(黄色の欄)：{}", missing.join("、")),
    }
    say!("受付：yobin queue {shown} --as 名前");
    Ok(())
}
