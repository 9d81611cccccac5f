//! `yobin notice notify`: members are told of a change of purposes.

use std::path::PathBuf;
use std::process::ExitCode;

use super::{FAILED, NEEDS_PERSON, Setting, actor};
use crate::config::Approval;
use crate::notice;
use crate::notice::notify::{self, Ended, LeftOut, Order, Preview, PurposeNotice, ROWS_NAMED};
use crate::office::Office;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 加入者の名簿(CSV、TSV、XLSX、JSON、JSON Lines)
    #[arg(long, value_name = "FILE")]
    members: PathBuf,
    /// 変更の理由(加入者に分かる言葉で)
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// 件数を調べるだけで受け付けない
    #[arg(long, conflicts_with = "confirm")]
    dry_run: bool,
    /// 受け付ける書簡の件数(調べた件数と同じ数を書く)
    #[arg(long, value_name = "COUNT")]
    confirm: Option<u64>,
    /// 文言だけの変更でも知らせる
    #[arg(long)]
    all: bool,
    /// 受け付ける人の名前(なければログイン名)
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
    /// 知らせる改定の版の番号(なければ、承認済み又は公表した最も新しい改定)
    #[arg(long, value_name = "N")]
    edition: Option<u32>,
}

pub(super) async fn notify(setting: &Setting, args: Args) -> anyhow::Result<ExitCode> {
    let actor = actor(args.name.as_deref())?;
    let office = Office::open(setting.config()?, setting.clock).await?;
    let telling = notice::telling(&office.store, args.edition).await?;
    let effective = telling.new.effective;
    say!(
        "第{}版 {}(施行日 {effective})を知らせます。",
        telling.new.number,
        telling.new.label
    );
    let notice = PurposeNotice {
        old: &telling.old.notice,
        new: &telling.new.notice,
        effective,
        reason: &args.reason,
        wording_only: telling.wording_only,
    };
    let order = Order {
        roster: &args.members,
        actor: &actor,
        all: args.all,
        dry_run: args.dry_run,
        confirmed: args.confirm,
    };
    let (preview, ended) = notify::notify(&office, &notice, &order, &mut |problem| {
        warn_staff!("{problem}");
    })
    .await?;
    office.close().await;
    if effective < setting.clock.today() {
        say!("注意：変更の日({})を過ぎています。", effective);
    }
    let needs_person = preview.left_out.keys().any(|why| why.needs_person());
    Ok(match ended {
        Ended::NothingToTell => {
            say!(
                "この版には、加入者に知らせる利用目的の変更がありません。文言だけの変更を知らせるときは --all を付けてください。"
            );
            ExitCode::SUCCESS
        }
        Ended::Refused => {
            say!(
                "{}件の行に直すところがあるため、1件も受け付けていません。直してからもう一度実行してください。",
                preview.bad
            );
            ExitCode::from(FAILED)
        }
        Ended::Counted => {
            tell(&preview);
            if order.dry_run {
                say!("調べただけで、受け付けていません。");
                if preview.letters() > 0 {
                    say!(
                        "受け付けるときは、--dry-run を外し、--confirm {} を付けて実行してください。",
                        preview.letters()
                    );
                }
            } else {
                say!("新しく受け付けるものはありません。");
            }
            ExitCode::SUCCESS
        }
        Ended::Unconfirmed => {
            tell(&preview);
            match order.confirmed {
                Some(said) => say!(
                    "--confirm の件数({said})が、受け付ける件数({})と違います。1件も受け付けていません。",
                    preview.letters()
                ),
                None => say!("まだ1件も受け付けていません。"),
            }
            say!(
                "上の件数でよければ、--confirm {} を付けてもう一度実行してください。",
                preview.letters()
            );
            ExitCode::from(FAILED)
        }
        Ended::Queued(first, last) => {
            tell(&preview);
            say!(
                "{}件を受け付けました。{first} から {last} まで",
                preview.letters()
            );
            if office.desk.config.approval == Approval::Required {
                say!("別の人の承認(yobin approve 番号 --as 名前)の後、夜間処理で作成します。");
            }
            if needs_person {
                say!("送らない方のうち「※」の方には、ほかの方法で知らせてください。");
                ExitCode::from(NEEDS_PERSON)
            } else {
                ExitCode::SUCCESS
            }
        }
    })
}

fn tell(preview: &Preview) {
    say!(
        "名簿 {}人、変更のある類型 {}",
        preview.members,
        preview.categories
    );
    say!("  メール  {}件", preview.by_mail);
    say!("  郵送    {}件", preview.by_post);
    if preview.through_insured > 0 {
        say!(
            "  (このうち、被扶養者の分を被保険者あてに送るもの {}件)",
            preview.through_insured
        );
    }
    let left_out: u64 = preview.left_out.values().map(|(count, _)| count).sum();
    say!("  送らない {left_out}人");
    for (why, (count, rows)) in &preview.left_out {
        if why.needs_person() {
            say!(
                "    ※{}  {count}人(行：{})",
                why.label(),
                named(rows, *count)
            );
        } else {
            say!("    {}  {count}人", LeftOut::label(*why));
        }
    }
}

fn named(rows: &[u64], count: u64) -> String {
    let named: Vec<String> = rows.iter().map(u64::to_string).collect();
    let more = count.saturating_sub(ROWS_NAMED as u64);
    match more {
        0 => named.join("、"),
        more => format!("{}、ほか{more}行", named.join("、")),
    }
}
