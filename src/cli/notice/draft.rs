//! `yobin notice draft`: new content, and the ten questions about it.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use chrono::NaiveDate;

use super::ask::ask;
use super::calling::{called, told_of_file};
use super::diff::changes;
use crate::acts;
use crate::cli::given::must_be_readable;
use crate::cli::{Context, actor, business_date, by};
use crate::config::Config;
use crate::domain::RevisionState;
use crate::notice::{self, Decision, FileStanding, Notice};
use crate::office::Office;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// 改定案のファイル(notice.toml の写しを改めたもの)
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// 問いの答えのファイル(なければ端末で答える)
    #[arg(long, value_name = "ANSWERS.toml", conflicts_with = "questions")]
    answers: Option<PathBuf>,
    /// 問いを、答えを書き込む空のファイルの形で出す(保存しない)
    #[arg(long)]
    questions: bool,
    /// 施行日(なければ改定案の [revision] の date)
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = business_date)]
    effective: Option<NaiveDate>,
    /// まだ公表していない改定案を置き換える
    #[arg(long)]
    replace: bool,
    /// 改定案を作る人の名前(なければログイン名)
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
}

pub(super) async fn draft(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    must_be_readable(&args.file)?;
    if let Some(answers) = &args.answers {
        must_be_readable(answers)?;
    }
    let content = Notice::from_file(&args.file)?;
    let office = Office::open(context.config()?, context.clock).await?;
    let proposal = acts::notice::propose(&office, content, args.effective).await?;
    if args.questions {
        crate::cli::print(format_args!(
            "{}",
            notice::blank_answers(&proposal.questions)
        ));
        return Ok(ExitCode::SUCCESS);
    }
    let name = actor(args.name.as_deref())?;
    tell_stale(&office.desk.config).await?;
    let answers = match &args.answers {
        Some(file) => notice::read_answers(file)?,
        None if std::io::stdin().is_terminal() => {
            say!("第{}版との違い", proposal.based_on);
            crate::cli::print(format_args!("{}", changes(&proposal.comparison)));
            ask(&proposal.questions)?
        }
        None => bail!(
            "問いの答えがありません。--questions で空の回答ファイルを出し、書き込んでから --answers で渡してください。"
        ),
    };
    let by = by(context, name);
    let (row, decision) =
        acts::notice::keep_draft(&office, &by, &proposal, &answers, args.replace).await?;
    office.close().await;
    say!(
        "{}  {}  施行日 {}",
        called(&row),
        row.state.label(),
        row.effective
    );
    tell(&decision);
    if row.consent_needed && row.consent_on.is_none() {
        say!(
            "全員の同意がそろうまで承認できません。そろった日を、承認のときに --consent で書きます。"
        );
    }
    say!(
        "次の手順：別の人が yobin notice diff で違いを確かめ、yobin notice approve {} --as 名前 で承認します。",
        row.number
    );
    Ok(ExitCode::SUCCESS)
}

/// A draft is made from a copy of the society's file. If that still has the
/// words of an earlier edition, the draft takes back what came since.
async fn tell_stale(config: &Config) -> anyhow::Result<()> {
    let in_force = notice::in_force(config).await?;
    let of_earlier = matches!(
        in_force.file(),
        Some(FileStanding::Revision {
            state: RevisionState::Superseded,
            ..
        })
    );
    if of_earlier {
        told_of_file(config, &in_force);
        say!("その写しを直した改定案は、今の版で改めた所を元に戻します。違いを確かめてください。");
    }
    Ok(())
}

fn tell(decision: &Decision) {
    say!("  判定  {}", decision.reach.label());
    for consequence in &decision.consequences {
        say!("  {}  {}", consequence.article, consequence.duty);
    }
}
