//! `yobin request amend`: what a registered request says is corrected.

use std::process::ExitCode;

use super::Context;
use super::letter::assignment;
use crate::acts::reception::{self, Amending, told_alone};
use crate::cli::distinct::DistinctArg;
use crate::cli::{actor, concerned};
use crate::domain::AmendReason;
use crate::office::Office;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// 受付番号
    #[arg(value_name = "RECEIPT")]
    receipt: String,
    /// 直す項目と、直した後の値。例：--set 請求者氏名=見本太郎(何度でも書ける。値を書かなければ空欄になる)
    #[arg(long, value_name = "FIELD=VALUE", required = true, value_parser = assignment)]
    set: Vec<(String, String)>,
    /// 理由(入力の誤り、請求者の補正、事情の変更、確認の結果)
    #[arg(long, value_name = "REASON")]
    reason: AmendReason,
    /// 直す人の名前(なければログイン名)
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    distinct: DistinctArg,
}

pub(super) async fn amend(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    let name = actor(args.name.as_deref())?;
    let office = Office::open(context.config()?, context.clock).await?;
    let distinct = args.distinct.read();
    let amending = Amending {
        receipt: &args.receipt,
        set: &args.set,
        reason: args.reason,
        distinct: &distinct,
    };
    let amended = reception::amend(&office, &office.by(name), &amending).await?;
    office.close().await;
    say!(
        "{}  登録を直しました({})",
        amended.receipt_number,
        args.reason.label()
    );
    let shown = |text: &str| match text.is_empty() {
        true => "(空欄)".to_owned(),
        false => text.replace('\n', "、"),
    };
    for field in &amended.changed {
        let (before, after) = (shown(&field.before), shown(&field.after));
        say!("  {}：{before} → {after}", field.title);
    }
    if amended.is_counterpart_again {
        say!("  支援措置の相手方：再び、相手方として登録しました。書簡を、この方に照らします。");
    }
    for remark in &amended.remarks {
        say!("注意：{}", told_alone(remark));
    }
    for odds in &amended.at_odds {
        let told: String = odds
            .problems
            .iter()
            .map(|one| one.problem.as_str())
            .collect();
        say!(
            "注意：書簡 {}({})は、直した後の登録と食い違います。{told}",
            odds.letter,
            odds.at.label()
        );
    }
    concerned::tell(&amended.concerned);
    Ok(ExitCode::SUCCESS)
}
