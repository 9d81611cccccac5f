//! `yobin members list`: what keeps letters from members, for the person in
//! charge.

use std::path::PathBuf;
use std::process::ExitCode;

use super::restricted::identities;
use super::table;
use super::{Context, actor};
use crate::acts::members::{self, FlaggedMember, ListReading, ListedCounterpart, SaidCounterpart};
use crate::office::Office;
use crate::wording;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 個人情報保護管理者の鍵のファイル
    #[arg(long, value_name = "FILE")]
    identity: PathBuf,
    /// 見る人の名前
    #[arg(long = "as", value_name = "NAME")]
    name: String,
}

pub(super) async fn list(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    let identities = identities(&args.identity)?;
    let name = actor(Some(&args.name))?;
    let office = Office::open(context.config()?, context.clock).await?;
    let list = members::list(&office, &office.by(name), &identities).await?;
    office.close().await;
    say!("支援措置・宛先不明・送付停止の登録  {}件", list.flags.len());
    let rows: Vec<[String; 4]> = list.flags.iter().map(flag).collect();
    for line in table::lines(&rows) {
        say!("  {line}");
    }
    let (ended, standing): (Vec<_>, Vec<_>) = list
        .counterparts
        .iter()
        .partition(|listed| listed.ended.is_some());
    say!("支援措置の相手方  {}件", standing.len());
    standing.into_iter().for_each(tell_counterpart);
    if !ended.is_empty() {
        say!("支援措置の相手方でなくなった方  {}件", ended.len());
    }
    ended.into_iter().for_each(tell_counterpart);
    say!("この一覧を前に見た人");
    if list.readings.is_empty() {
        say!("  いません。");
    }
    list.readings.iter().for_each(tell_reading);
    say!("見たことは記録しました。");
    Ok(ExitCode::SUCCESS)
}

fn flag(flag: &FlaggedMember) -> [String; 4] {
    [
        flag.written.clone(),
        flag.flag.label().to_owned(),
        format!("{} {}", wording::time(flag.set_at), flag.set_by),
        flag.name
            .clone()
            .unwrap_or_else(|| "(氏名は記録にありません)".to_owned()),
    ]
}

fn tell_counterpart(listed: &ListedCounterpart) {
    let request = &listed.request;
    let status = match request.close_reason {
        None => "受付中".to_owned(),
        Some(reason) => format!("終了({})", reason.label()),
    };
    let Some(said) = &listed.said else {
        say!(
            "  {}  {status}  (請求の記録を読めません。相手方の請求かもしれません)",
            request.receipt_number
        );
        return;
    };
    say!("  {}  {status}", request.receipt_number);
    if let Some((who, at)) = &listed.ended {
        say!("    {}", wording::protection::ended(*at, who));
    }
    say!("    相手方 {}　{}", said.name, said.address);
    say!("    守られている方 {}", protected(said));
    let held = match listed.ended {
        None => "書簡を照らし続けます",
        Some(_) => "再び登録すれば、書簡を照らします",
    };
    for former in &listed.former {
        let (name, address) = (&former.name, &former.address);
        say!(
            "    直す前の登録({held})：相手方 {name}　{address}　守られている方 {}",
            protected(former)
        );
    }
}

fn protected(said: &SaidCounterpart) -> String {
    let key = said.protected_key.as_ref();
    let key = key.map(|key| format!("({key})")).unwrap_or_default();
    format!("{}{key}", said.protected)
}

fn tell_reading(reading: &ListReading) {
    let failed = match reading.opened {
        true => "",
        false => "  鍵が違うため、見られなかった",
    };
    say!("  {}  {}{failed}", wording::time(reading.at), reading.actor);
}
