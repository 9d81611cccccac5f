//! `yobin request counterpart`: protective measures are no longer against who
//! asked, or once more.

use std::path::PathBuf;
use std::process::ExitCode;

use super::Context;
use crate::acts::{reception, requests};
use crate::cli::restricted::identities;
use crate::cli::usage::misused;
use crate::cli::{actor, concerned, refused};
use crate::domain::{By, CounterpartEnd};
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
        required_unless_present_any = ["confirm", "withdraw", "again"],
        conflicts_with_all = ["confirm", "withdraw", "again"]
    )]
    ended: Option<CounterpartEnd>,
    /// 別の人が申し出たことを、個人情報保護管理者が確定する(--identity も書く)
    #[arg(long, conflicts_with_all = ["withdraw", "again"])]
    confirm: bool,
    /// 申し出たことを取り下げる
    #[arg(long, conflicts_with = "again")]
    withdraw: bool,
    /// 相手方でなくなった方を、再び相手方として登録する(措置の更新など。一人でできる)
    #[arg(long)]
    again: bool,
    /// 個人情報保護管理者の鍵のファイル(確定するとき)
    #[arg(long, value_name = "FILE", requires = "confirm")]
    identity: Option<PathBuf>,
    /// 申し出る、確定する、取り下げる、又は登録する人の名前
    #[arg(long = "as", value_name = "NAME")]
    name: String,
}

pub(super) async fn counterpart(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    let actor = actor(Some(&args.name))?;
    let keys = match (args.confirm, &args.identity) {
        (true, Some(path)) => Some(identities(path)?),
        (true, None) => {
            return Err(misused(
                "確定は、個人情報保護管理者だけができます。鍵のファイルを --identity に書いてください。",
            ));
        }
        (false, _) => None,
    };
    let office = Office::open(context.config()?, context.clock).await?;
    let by = office.by(actor);
    if args.again {
        again(&office, &by, &args.receipt).await?;
        office.close().await;
        return Ok(ExitCode::SUCCESS);
    }
    let receipt = &args.receipt;
    let done = match (args.ended, &keys) {
        (Some(reason), _) => requests::propose_counterpart_end(&office, &by, receipt, reason).await,
        (None, Some(keys)) => requests::confirm_counterpart_end(&office, &by, receipt, keys).await,
        (None, None) => requests::withdraw_counterpart_end(&office, &by, receipt).await,
    };
    let number = done.map_err(refused(request_refusal::words))?;
    office.close().await;
    match (args.confirm, args.withdraw) {
        (true, _) => {
            say!(
                "{number}  支援措置の相手方でなくなりました。以後の書簡は、この方に照らしません。"
            );
            say!("このために止めていた書簡を送るときは、yobin retry で再開してください。");
        }
        (_, true) => {
            say!("{number}  申出を取り下げました。支援措置の相手方のままです。");
        }
        (false, false) => {
            say!(
                "{number}  支援措置の相手方でなくなったことが申し出られました。まだ何も変わりません。"
            );
            say!(
                "申し出た人とは別の個人情報保護管理者が yobin request counterpart {number} --confirm --identity 鍵のファイル --as 名前 で確定してください。誤りのときは、--withdraw で取り下げられます。"
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn again(office: &Office, by: &By, receipt: &str) -> anyhow::Result<()> {
    let again = reception::counterpart_again(office, by, receipt).await?;
    say!(
        "{}  再び、支援措置の相手方として登録しました。書簡を、この方に照らします。",
        again.receipt_number
    );
    concerned::tell(&again.concerned);
    Ok(())
}
