//! `yobin request counterpart`: protective measures are no longer against who
//! asked.

use std::process::ExitCode;

use super::Context;
use crate::acts::requests;
use crate::cli::{actor, refused};
use crate::domain::CounterpartEnd;
use crate::office::Office;
use crate::wording::request_refusal;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// 相手方を登録した請求の受付番号
    #[arg(value_name = "RECEIPT")]
    receipt: String,
    /// 相手方でなくなった理由(期間の満了、申出の取下げ、相手方からの除外)
    #[arg(
        long,
        value_name = "REASON",
        required_unless_present = "confirm",
        conflicts_with = "confirm"
    )]
    ended: Option<CounterpartEnd>,
    /// 別の人が申し出たことを確定する
    #[arg(long)]
    confirm: bool,
    /// 申し出る、又は確定する人の名前
    #[arg(long = "as", value_name = "NAME")]
    name: String,
}

pub(super) async fn counterpart(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    let actor = actor(Some(&args.name))?;
    let office = Office::open(context.config()?, context.clock).await?;
    let by = office.by(actor);
    let done = match args.ended {
        Some(reason) => {
            requests::propose_counterpart_end(&office, &by, &args.receipt, reason).await
        }
        None => requests::confirm_counterpart_end(&office, &by, &args.receipt).await,
    };
    let number = done.map_err(refused(request_refusal::words))?;
    office.close().await;
    match args.confirm {
        false => {
            say!(
                "{number}  支援措置の相手方でなくなったことが申し出られました。まだ何も変わりません。"
            );
            say!(
                "別の人が yobin request counterpart {number} --confirm --as 名前 で確定してください。"
            );
        }
        true => {
            say!(
                "{number}  支援措置の相手方でなくなりました。以後の書簡は、この方に照らしません。"
            );
            say!("このために止めていた書簡を送るときは、yobin retry で再開してください。");
        }
    }
    Ok(ExitCode::SUCCESS)
}
