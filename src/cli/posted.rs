//! `yobin posted`: letters that left the house by hand.

use std::process::ExitCode;

use chrono::NaiveDate;

use super::usage::misused;
use super::{Context, NEEDS_PERSON, actor, print_file, refused, staff};
use crate::acts::deliveries::{self, Gone, Mistaken};
use crate::acts::letters::Moved;
use crate::domain::{Dispatch, LetterId, PrintedIn, Whereabouts};
use crate::office::Office;
use crate::wording;
use crate::wording::delivery_refusal;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 書簡の番号(いくつでも)
    #[arg(value_name = "LETTER", value_parser = super::letter_id)]
    letters: Vec<LetterId>,
    /// この印刷の番号(印刷 第N号)か、この日付の印刷用ファイルにある書簡すべて
    #[arg(long, value_name = "N|DATE", value_parser = print_file::printed_in, conflicts_with = "letters")]
    print: Option<PrintedIn>,
    /// --print のうち、この書簡は記録しない(紙を抜いた、まだ投函していない)
    #[arg(long, value_name = "LETTER", num_args = 1.., requires = "print", conflicts_with = "undo", value_parser = super::letter_id)]
    except: Vec<LetterId>,
    /// --print の日付からこの日付までの印刷用ファイルすべて
    #[arg(long, value_name = "DATE", value_parser = super::business_date, requires_all = ["print", "count"])]
    through: Option<NaiveDate>,
    /// --through で記録する書簡の件数
    #[arg(long, value_name = "COUNT", requires = "through")]
    count: Option<usize>,
    /// 投函した日(手渡した日)
    #[arg(long, value_name = "DATE", value_parser = super::business_date)]
    on: Option<NaiveDate>,
    /// 投函ではなく、窓口などで手渡した
    #[arg(long, conflicts_with = "print")]
    handed_over: bool,
    /// 支援措置などのために送付を止めている書簡を、実際に出していたので記録する
    #[arg(long, conflicts_with = "print")]
    although_kept_back: bool,
    /// 誤って記録したものを取り消す(--print となら、最後にまとめて記録したものすべて)
    #[arg(long, conflicts_with_all = ["on", "handed_over", "through", "although_kept_back"])]
    undo: bool,
    /// 記録する人の名前(なければログイン名)
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
}

pub(super) async fn posted(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    if args.print.is_none() && args.letters.is_empty() {
        return Err(misused(
            "どの書簡かを書いてください。印刷用ファイルすべてなら --print 印刷の番号(又は日付)、1通ずつなら書簡の番号です。例：yobin posted --print 2026-11-24 --on 2026-11-24 --as 名前",
        ));
    }
    if !args.undo && args.on.is_none() {
        return Err(misused(
            "--on に、投函した日(手渡した日)を書いてください。例：--on 2026-11-24",
        ));
    }
    let runs = match args.print {
        Some(runs) => Some(through(runs, args.through)?),
        None => None,
    };
    let actor = actor(args.name.as_deref())?;
    let office = Office::open(context.config()?, context.clock).await?;
    let by = office.by(actor);
    let in_words = refused(|why| delivery_refusal::words(why, wording::kept_back::because));
    let Some(on) = args.on else {
        let which = match runs {
            None => Mistaken::These(args.letters),
            Some(runs) => Mistaken::LastOf(runs),
        };
        let done = deliveries::take_back(&office, &by, &which).await;
        let done = done.map_err(in_words)?;
        office.close().await;
        tell_taken_back(&done.letters, &done.answered);
        return Ok(ExitCode::SUCCESS);
    };
    let which = match runs {
        None => Gone::These {
            letters: args.letters,
            although_kept_back: args.although_kept_back,
        },
        Some(runs) => Gone::Printed {
            runs,
            except: args.except,
            count: args.through.and(args.count),
        },
    };
    let how = if args.handed_over {
        Dispatch::HandedOver
    } else {
        Dispatch::Posted
    };
    let done = deliveries::record(&office, &by, &which, how, on).await;
    let done = done.map_err(in_words)?;
    office.close().await;
    staff::tell(&done.letters);
    if !done.letters.is_empty() {
        say!(
            "{}通を、{on} に出したものとして記録しました。",
            done.letters.len()
        );
    }
    warn_of_unprinted(&done.letters);
    for id in &done.excepted {
        say!(
            "{id} は、記録していません(未発送のままです)。出さないことにしたときは、紙を抜いて、yobin cancel {id} --pulled --as 名前 で取り消してください。"
        );
    }
    print_file::tell_kept_back(
        &done.kept_back,
        "印刷した紙があれば、投函せずに抜いてください。送らないときは、その後 yobin cancel 番号 --pulled --as 名前 で取り消してください。実際に投函していたときは、番号と --although-kept-back を書いて yobin posted で記録してください。",
    );
    Ok(if done.kept_back.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(NEEDS_PERSON)
    })
}

/// The print runs from a date to another.
fn through(runs: PrintedIn, last: Option<NaiveDate>) -> anyhow::Result<PrintedIn> {
    match (runs, last) {
        (runs, None) => Ok(runs),
        (PrintedIn::Dates(first, _), Some(last)) => Ok(PrintedIn::Dates(first, last)),
        (PrintedIn::Run(_), Some(_)) => Err(misused(
            "--through を使うときは、--print に最初の日付を書いてください。例：--print 2026-11-20 --through 2026-11-24 --count 12",
        )),
    }
}

fn tell_taken_back(letters: &[Moved], answered: &[String]) {
    staff::tell(letters);
    if !letters.is_empty() {
        say!("出したという記録を取り消しました。取り消したことも経過に残ります。");
    }
    for number in answered {
        say!(
            "注意：この書簡の請求 {number} は「回答済み」として終わっています。回答がまだ出ていないのであれば、急いで出してください。"
        );
    }
}

/// A letter by post that no print file holds was perhaps meant to stay.
fn warn_of_unprinted(letters: &[Moved]) {
    let unprinted =
        |letter: &&Moved| letter.before == Whereabouts::Unposted && letter.printed.is_none();
    for letter in letters.iter().filter(unprinted) {
        say!(
            "注意：{} は、どの印刷用ファイルにも入っていない書簡です。番号を確かめ、誤りなら yobin posted {} --undo で取り消してください。",
            letter.id,
            letter.id
        );
    }
}
