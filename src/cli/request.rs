//! `yobin request`: requests, from their arrival to their end.

mod amend;
mod counterpart;
mod letter;
mod list;
mod show;

use std::path::PathBuf;
use std::process::ExitCode;

use super::concerned;
use super::distinct::DistinctArg;
use super::given::must_be_readable;
use super::kinds::{Sheet, write_sheet};
use super::queue::{exit_code, mode, refuse_rejected_in_public, tell};
use super::restricted::identities;
use super::usage::misused;
use super::{Context, actor, refused};
use crate::acts::reception;
use crate::acts::requests::{self, Closed};
use crate::catalogue::Form;
use crate::domain::{CloseReason, ReopenReason};
use crate::office::{Office, OfficeError};
use crate::wording::request_refusal;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Request {
    /// ファイルの請求を登録する。記入用の空の表も作れる
    Add(AddArgs),
    /// 請求の一覧(急ぐものから順に)
    List(list::Args),
    /// 1件の請求の詳しい内容
    Show(show::Args),
    /// 登録の内容を記入した書簡の表を作る。足りない項目がなければ受け付けられる
    Letter(letter::Args),
    /// 登録した請求の内容を、理由を付けて直す
    Amend(amend::Args),
    /// 請求を終える
    Close(CloseArgs),
    /// 誤って終えた請求を、もう一度開く
    Reopen(ReopenArgs),
    /// 請求者が支援措置の相手方でなくなったことを申し出る、又は別の人が確定する
    Counterpart(counterpart::Args),
}

#[derive(Debug, clap::Args)]
pub(super) struct AddArgs {
    /// 請求のファイル(CSV、TSV、XLSX、JSON、JSON Lines)
    #[arg(value_name = "FILE", required_unless_present = "header")]
    file: Option<PathBuf>,
    /// 調べるだけで登録しない
    #[arg(long)]
    dry_run: bool,
    /// 正しい行だけ登録し、ほかの行は要修正のファイルに書く
    #[arg(long, conflicts_with = "dry_run")]
    accept_valid: bool,
    /// 登録する人の名前(なければログイン名)
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    distinct: DistinctArg,
    /// 記入用の空の表を作る
    #[arg(long, value_name = "csv|xlsx", conflicts_with = "file")]
    header: Option<Sheet>,
    /// 表のファイル名(なければ request.csv か request.xlsx)
    #[arg(short, long, value_name = "FILE", requires = "header")]
    output: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(super) struct CloseArgs {
    /// 受付番号
    #[arg(value_name = "RECEIPT")]
    receipt: String,
    /// 理由(回答済み、別途回答済み、取下げ、補正なし、請求先の案内済み、保有個人データ非該当、登録誤り)
    #[arg(long, value_name = "REASON")]
    reason: CloseReason,
    /// 個人情報保護管理者の鍵のファイル(支援措置の相手方の請求を「登録誤り」として終えるとき)
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
    /// 終える人の名前(なければログイン名)
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(super) struct ReopenArgs {
    /// 受付番号
    #[arg(value_name = "RECEIPT")]
    receipt: String,
    /// 理由(請求の取り違え、終えた理由の誤り、対応の継続)
    #[arg(long, value_name = "REASON")]
    reason: ReopenReason,
    /// 開く人の名前(なければログイン名)
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
}

pub(super) async fn request(context: &Context, request: Request) -> anyhow::Result<ExitCode> {
    match request {
        Request::Add(args) => add(context, args).await,
        Request::List(args) => list::list(context, args).await,
        Request::Show(args) => show::show(context, args).await,
        Request::Letter(args) => letter::letter(context, args).await,
        Request::Amend(args) => amend::amend(context, args).await,
        Request::Close(args) => close(context, args).await,
        Request::Reopen(args) => reopen(context, args).await,
        Request::Counterpart(args) => counterpart::counterpart(context, args).await,
    }
}

async fn add(context: &Context, args: AddArgs) -> anyhow::Result<ExitCode> {
    if let Some(format) = args.header {
        return header(context, format, args.output);
    }
    let Some(file) = args.file else {
        return Err(misused(
            "請求のファイルを書いてください。空の表は --header xlsx で作れます。",
        ));
    };
    let actor = actor(args.name.as_deref())?;
    must_be_readable(&file)?;
    let office = Office::open(context.config()?, context.clock).await?;
    let mode = mode(args.dry_run, args.accept_valid);
    refuse_rejected_in_public(&office.desk.config, &file, mode)?;
    let distinct = args.distinct.read();
    let received = reception::receive_requests(
        &office,
        &office.by(actor),
        &file,
        mode,
        &distinct,
        &mut |problem| {
            warn_staff!("{problem}");
        },
    )
    .await?;
    office.close().await;
    tell(&received, mode, "登録誤りとして終えた請求です。");
    concerned::tell(&received.concerned);
    Ok(exit_code(&received, mode))
}

fn header(context: &Context, format: Sheet, output: Option<PathBuf>) -> anyhow::Result<ExitCode> {
    let config = context.config()?;
    let form = Form::of_requests(&config.templates).map_err(OfficeError::Requests)?;
    write_sheet(&config, &form, format, output)
}

async fn close(context: &Context, args: CloseArgs) -> anyhow::Result<ExitCode> {
    let actor = actor(args.name.as_deref())?;
    let keys = args.identity.as_deref().map(identities).transpose()?;
    let office = Office::open(context.config()?, context.clock).await?;
    let by = office.by(actor);
    let receipts = [args.receipt];
    let closed = requests::close(&office, &by, &receipts, args.reason, keys.as_ref())
        .await
        .map_err(refused(request_refusal::words))?;
    office.close().await;
    for request in &closed {
        tell_closed(request, args.reason);
    }
    Ok(ExitCode::SUCCESS)
}

async fn reopen(context: &Context, args: ReopenArgs) -> anyhow::Result<ExitCode> {
    let actor = actor(args.name.as_deref())?;
    let office = Office::open(context.config()?, context.clock).await?;
    let opened = requests::reopen(&office, &office.by(actor), &args.receipt, args.reason)
        .await
        .map_err(refused(request_refusal::words))?;
    office.close().await;
    say!(
        "{}  受付中(「{}」として終えていたものを開きました)",
        opened.receipt_number,
        opened.was_closed_for.label()
    );
    say!("日数は、到達日から数え続けます。yobin request list で残りを確かめてください。");
    Ok(ExitCode::SUCCESS)
}

fn tell_closed(request: &Closed, reason: CloseReason) {
    say!("{}  終了({})", request.receipt_number, reason.label());
    if request.letters.is_empty() {
        return;
    }
    say!(
        "注意：この請求には、まだ送り終えていない書簡があります。送らないときは yobin cancel で取り消し、印刷したもの、書き出したものは除いてください。"
    );
    for (id, at) in &request.letters {
        say!("  {id}  {}", at.label());
    }
    if reason == CloseReason::Mistaken {
        say!(
            "同じ受付番号で請求を登録し直すと、これらの書簡をその請求に照らし、食い違わないものだけを送ります。ほかは送らずに要確認になります。"
        );
    }
}
