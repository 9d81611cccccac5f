//! `yobin notice notify`: members are told of a change of purposes.

use std::path::PathBuf;
use std::process::ExitCode;

use super::distinct::{DistinctArg, hint_at_distinct};
use super::given::must_be_readable;
use super::{Context, FAILED, NEEDS_PERSON, actor, by};
use crate::acts::notify::{
    self, Ended, LeftOut, Order, Pair, Pairs, Preview, PurposeNotice, ROWS_NAMED,
};
use crate::config::{Approval, Config};
use crate::office::Office;
use crate::wording::revision_called;

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
    /// 利用目的の変更に当たらない変更(文言の整理、削除、これから取得する情報)も書簡に載せ、それだけの方にも送る
    #[arg(long)]
    all: bool,
    /// 受け付ける人の名前(なければログイン名)
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    distinct: DistinctArg,
    /// 知らせる改定の版の番号(なければ、承認済み又は公表した最も新しい改定)
    #[arg(long, value_name = "N")]
    edition: Option<u32>,
}

pub(super) async fn notify(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    let name = actor(args.name.as_deref())?;
    must_be_readable(&args.members)?;
    let office = Office::open(context.config()?, context.clock).await?;
    let telling = notify::telling(&office, args.edition).await?;
    let effective = telling.new.effective;
    let called = revision_called(telling.new.number, &telling.new.label);
    say!("{called}(施行日 {effective})を知らせます。");
    let notice = PurposeNotice {
        old: &telling.old.notice,
        new: &telling.new.notice,
        effective,
        reason: &args.reason,
        untold: &telling.untold,
    };
    let order = Order {
        roster: &args.members,
        all: args.all,
        dry_run: args.dry_run,
        confirmed: args.confirm,
        distinct: &args.distinct.read(),
    };
    let (preview, ended) = notify::notify(
        &office,
        &by(context, name),
        &notice,
        &order,
        &mut |problem| {
            warn_staff!("{problem}");
        },
    )
    .await?;
    office.close().await;
    if preview.left_in_log {
        super::tell_left_in_log();
    }
    if effective < context.clock.today() {
        say!("注意：変更の日({})を過ぎています。", effective);
    }
    Ok(told(&order, &preview, ended, &office.desk.config))
}

/// Says how it ended, and what to do next.
fn told(order: &Order<'_>, preview: &Preview, ended: Ended, config: &Config) -> ExitCode {
    let letters = preview.letters();
    match ended {
        Ended::NothingToTell => {
            say!(
                "この版には、書簡で加入者に知らせる利用目的の変更がありません。文言だけの変更を知らせるときは --all を付けてください。"
            );
            tell_beside(preview);
            if !preview.beside.is_empty() {
                return ExitCode::from(NEEDS_PERSON);
            }
        }
        Ended::Refused => {
            say!(
                "{}件の行に直すところがあるため、1件も受け付けていません。直してからもう一度実行してください。",
                preview.bad
            );
            hint_at_distinct(preview.alike);
            return ExitCode::from(FAILED);
        }
        Ended::Counted => {
            tell(preview);
            if !order.dry_run {
                say!("新しく受け付けるものはありません。");
                return ExitCode::SUCCESS;
            }
            say!("調べただけで、受け付けていません。");
            if letters > 0 {
                say!(
                    "受け付けるときは、--dry-run を外し、--confirm {letters} を付けて実行してください。"
                );
            }
        }
        Ended::Unconfirmed => {
            tell(preview);
            match order.confirmed {
                Some(said) => say!(
                    "--confirm の件数({said})が、受け付ける件数({letters})と違います。1件も受け付けていません。"
                ),
                None => say!("まだ1件も受け付けていません。"),
            }
            say!("上の件数でよければ、--confirm {letters} を付けてもう一度実行してください。");
            return ExitCode::from(FAILED);
        }
        Ended::Queued(first, last) => {
            tell(preview);
            say!("{letters}件を受け付けました。{first} から {last} まで");
            if config.approval == Approval::Required {
                say!("別の人の承認(yobin approve 番号 --as 名前)の後、夜間処理で作成します。");
            }
            let by_other_means = preview.left_out.keys().any(|why| why.needs_other_means());
            if by_other_means {
                say!("送らない方のうち「※」の方には、ほかの方法で知らせてください。");
            }
            let looked_at = preview.left_out.keys().any(|why| why.needs_person());
            if looked_at || !preview.beside.is_empty() {
                return ExitCode::from(NEEDS_PERSON);
            }
        }
    }
    ExitCode::SUCCESS
}

fn tell(preview: &Preview) {
    tell_changes(preview);
    say!("名簿 {}人", preview.members);
    tell_pairs(preview);
    say!("  メール  {}件", preview.by_mail);
    say!("  郵送    {}件", preview.by_post);
    if preview.through_insured > 0 {
        say!(
            "  (このうち、被扶養者の分を被保険者あてに送るもの {}件)",
            preview.through_insured
        );
    }
    let (doubted, rows) = &preview.doubted;
    if *doubted > 0 {
        say!(
            "  注意：郵便番号が住所と合わない書簡 {doubted}件(行：{})。名簿の郵便番号と住所を確かめてください。書簡ごとの内容は、受け付けた後に yobin show 番号 で読めます。",
            named(rows, *doubted)
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

/// What the letters tell of, so that the reason can be held against it.
fn tell_changes(preview: &Preview) {
    let list = |names: &[String]| names.join("、");
    say!(
        "利用目的の変更のある類型 {}{}",
        preview.told.len(),
        match preview.told.is_empty() {
            true => String::new(),
            false => format!("：{}", list(&preview.told)),
        }
    );
    if !preview.untold.is_empty() {
        say!(
            "  利用目的の変更に当たらないため、書簡に載せない類型 {}：{}",
            preview.untold.len(),
            list(&preview.untold)
        );
    }
    if !preview.told_words.is_empty() {
        say!(
            "注意：--all により、利用目的の変更に当たらない類型({})も載せます。書簡は「利用目的の変更」の通知で、変更の理由はどの類型にも同じ文です。これらの類型についても本当の文か確かめてください。",
            list(&preview.told_words)
        );
    }
    tell_beside(preview);
}

fn tell_beside(preview: &Preview) {
    if !preview.beside.is_empty() {
        say!(
            "注意：表の前後の文に利用目的の変更があります(「{}」)。書簡には載りません。ほかの方法で知らせてください。",
            preview.beside.join("」「")
        );
    }
}

/// Rows that look like one person's, by row and number: names stay in the
/// roster.
fn tell_pairs(preview: &Preview) {
    let same = &preview.same_person;
    if same.count > 0 {
        say!(
            "注意：同じ方と思われる行が{}組あります(氏名と住所が同じで、生年月日も違わない)。一人に2通にならないように、1通だけ受け付けます。",
            same.count
        );
        list_pairs(same);
        say!(
            "  同じ方なら、受け付ける前に、関係する類型を合わせて1行にまとめてください。別の方なら、受け付けた後で、残った行だけの名簿を作って、もう一度実行してください。"
        );
    }
}

fn list_pairs(pairs: &Pairs) {
    for Pair { one, other } in &pairs.named {
        say!(
            "  {}行目「{}」と{}行目「{}」",
            one.0,
            one.1,
            other.0,
            other.1
        );
    }
    match pairs.count.saturating_sub(pairs.named.len() as u64) {
        0 => {}
        more => say!("  ほか{more}組"),
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
