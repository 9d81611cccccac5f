//! `yobin members`: what keeps letters from members.

use std::path::PathBuf;
use std::process::ExitCode;

use super::concerned;
use super::distinct::{DistinctArg, hint_at_distinct};
use super::given::must_be_readable;
use super::kinds::{Sheet, write_sheet};
use super::members_list;
use super::usage::misused;
use super::{Context, FAILED, actor, by};
use crate::acts;
use crate::catalogue::Form;
use crate::office::{Office, OfficeError};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Members {
    /// 支援措置・宛先不明・送付停止をファイルで登録・解除する。記入用の空の表も作れる
    Flags(FlagsArgs),
    /// 登録の一覧(個人情報保護管理者だけ。見たことは記録に残る)
    List(members_list::Args),
    /// 加入者への通知(notice notify)に使う名簿の、記入用の空の表を作る
    Header(HeaderArgs),
}

#[derive(Debug, clap::Args)]
pub(super) struct FlagsArgs {
    /// 登録・解除のファイル(CSV、TSV、XLSX、JSON、JSON Lines)
    #[arg(value_name = "FILE", required_unless_present = "header")]
    file: Option<PathBuf>,
    /// 登録する人の名前(なければログイン名)
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    distinct: DistinctArg,
    /// 記入用の空の表を作る
    #[arg(long, value_name = "csv|xlsx", conflicts_with = "file")]
    header: Option<Sheet>,
    /// 表のファイル名(なければ member-flag.csv か member-flag.xlsx)
    #[arg(short, long, value_name = "FILE", requires = "header")]
    output: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(super) struct HeaderArgs {
    /// 表の形式
    #[arg(value_name = "csv|xlsx")]
    format: Sheet,
    /// 表のファイル名(なければ member.csv か member.xlsx)
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) async fn members(context: &Context, command: Members) -> anyhow::Result<ExitCode> {
    match command {
        Members::Flags(args) => flags(context, args).await,
        Members::List(args) => members_list::list(context, args).await,
        Members::Header(args) => {
            let config = context.config()?;
            let form = Form::of_members(&config.templates).map_err(OfficeError::Members)?;
            write_sheet(&config, &form, args.format, args.output)
        }
    }
}

async fn flags(context: &Context, args: FlagsArgs) -> anyhow::Result<ExitCode> {
    if let Some(format) = args.header {
        let config = context.config()?;
        let form = Form::of_member_flags(&config.templates).map_err(OfficeError::Members)?;
        return write_sheet(&config, &form, format, args.output);
    }
    let Some(file) = args.file else {
        return Err(misused(
            "登録・解除のファイルを書いてください。空の表は --header xlsx で作れます。",
        ));
    };
    let name = actor(args.name.as_deref())?;
    must_be_readable(&file)?;
    let office = Office::open(context.config()?, context.clock).await?;
    let distinct = args.distinct.read();
    let by = by(context, name);
    let received = acts::members::flags(&office, &by, &file, &distinct, &mut |problem| {
        warn_staff!("{problem}");
    })
    .await?;
    office.close().await;
    if received.bad > 0 {
        say!(
            "{}件の行に直すところがあるため、このファイルは1件も登録していません。直してからもう一度実行してください。",
            received.bad
        );
        hint_at_distinct(received.alike);
        return Ok(ExitCode::from(FAILED));
    }
    say!(
        "登録 {}件、解除 {}件を行いました。",
        received.set,
        received.cleared
    );
    if received.before > 0 {
        say!(
            "前から登録 {}件。登録した時は変わりません(新しい登録にするときは、解除してから登録してください)。",
            received.before
        );
    }
    if received.unknown > 0 {
        say!(
            "注意：解除の{}件は、もともと登録されていませんでした。番号と区分を確かめてください。",
            received.unknown
        );
    }
    for warning in &received.warnings {
        say!("注意：{warning}");
    }
    if received.warnings_more > 0 {
        say!(
            "注意：このほかに{}件の注意があります。",
            received.warnings_more
        );
    }
    concerned::tell(&received.concerned);
    if received.set > 0 && received.concerned.count == 0 {
        say!("この登録によって送付を止める書簡は、今はありません。");
    }
    Ok(ExitCode::SUCCESS)
}
