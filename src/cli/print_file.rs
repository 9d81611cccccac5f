//! `yobin print-file`: what goes by post, ready to be printed.

use std::process::ExitCode;

use chrono::NaiveDate;

use super::hooks::PrintStop;
use super::usage::misused;
use super::{Context, NEEDS_PERSON, actor, by};
use crate::acts::print_runs::{
    self, Again, Asked, JoinError, KeptOut, Printed, Turn, Waited, WhyKeptOut, WhyMade,
};
use crate::domain::{KeptBack, LetterId, PrintedIn, Whereabouts};
use crate::office::Office;
use crate::wording;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// この日付までの夜間処理の、まだ印刷していない書簡(なければ今日)
    #[arg(value_name = "DATE", value_parser = super::business_date)]
    date: Option<NaiveDate>,
    /// 印刷の番号(印刷 第N号)のファイルか、1通の書簡を、もう一度印刷する
    #[arg(long, value_name = "N|LETTER", value_parser = again, conflicts_with = "date")]
    reprint: Option<Again>,
    /// もう一度印刷する理由(経過に残る。個人の名前は書かない)
    #[arg(long, value_name = "TEXT", requires = "reprint")]
    reason: Option<String>,
    /// 投函・手渡しを記録した書簡も、もう一度印刷する
    #[arg(long, requires = "reprint")]
    also_posted: bool,
    /// もう一度印刷する人の名前(なければログイン名)
    #[arg(long = "as", value_name = "NAME", requires = "reprint")]
    name: Option<String>,
    #[command(flatten)]
    stop: PrintStop,
}

pub(super) async fn print_file(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    let mut stop = args.stop.stopping();
    let mut say = |waited: &Waited| warn_staff!("{}", wording::print::waits(waited));
    if let Some(what) = args.reprint {
        let Some(reason) = &args.reason else {
            return Err(misused(
                "--reprint には、--reason で理由を書いてください。例：yobin print-file --reprint 12 --reason 紙詰まり --as 名前",
            ));
        };
        let name = actor(args.name.as_deref())?;
        let office = Office::open(context.config()?, context.clock).await?;
        let by = by(context, name);
        let asked = Asked {
            what,
            also_posted: args.also_posted,
            reason,
        };
        let printed =
            print_runs::reprint(&office, &by, &asked, Turn::of_staff(&mut say), &mut stop).await?;
        office.close().await;
        tell(&printed);
        return Ok(code(&[printed]));
    }
    let office = Office::open(context.config()?, context.clock).await?;
    let date = args.date.unwrap_or_else(|| context.clock.today());
    let mut all = Vec::new();
    let mut is_left = false;
    for good in print_runs::make_good(&office, Turn::of_staff(&mut say), &mut stop).await? {
        match good {
            Ok(printed) => {
                tell(&printed);
                all.push(printed);
            }
            Err(error) => {
                is_left = true;
                warn_staff!("エラー：{error}");
            }
        }
    }
    let made = print_runs::make(&office, date, Turn::of_staff(&mut say), &mut stop).await?;
    office.close().await;
    if made.folder.is_none() && made.kept_out.is_empty() {
        say!("{date} までの夜間処理に、まだ印刷していない郵送の書簡はありません。");
        for run in &made.before {
            say!(
                "{date} の分は、前に印刷用ファイルにしました({})。もう一度印刷するときは、{} を実行してください。",
                wording::print::called_with_folder(run),
                wording::print::again(run)
            );
        }
    }
    tell(&made);
    all.push(made);
    Ok(match is_left {
        true => ExitCode::FAILURE,
        false => code(&all),
    })
}

fn code(all: &[Printed]) -> ExitCode {
    match all.iter().all(|printed| printed.kept_out.is_empty()) {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(NEEDS_PERSON),
    }
}

/// The number of a print run, as staff write it: `12` or `第12号`.
fn run_number(text: &str) -> Option<u32> {
    let bare = text.trim().trim_start_matches("印刷").trim();
    let bare = bare.strip_prefix('第').unwrap_or(bare);
    let bare = bare.strip_suffix('号').unwrap_or(bare);
    bare.parse().ok().filter(|number| *number > 0)
}

fn again(text: &str) -> Result<Again, String> {
    if let Some(number) = run_number(text) {
        return Ok(Again::Run(number));
    }
    if super::business_date(text).is_ok() {
        return Err(format!(
            "「{text}」は日付です。もう一度印刷するときは、印刷の番号を書いてください。番号は、yobin print-file {text} で分かります。"
        ));
    }
    super::letter_id(text).map(Again::Letter).map_err(|_| {
        format!(
            "「{text}」は、印刷の番号でも書簡の番号でもありません。例：--reprint 12、--reprint L000001B"
        )
    })
}

/// Print runs as they are named to record that they were posted.
pub(super) fn printed_in(text: &str) -> Result<PrintedIn, String> {
    if let Some(number) = run_number(text) {
        return Ok(PrintedIn::Run(number));
    }
    super::business_date(text)
        .map(|date| PrintedIn::Dates(date, date))
        .map_err(|_| {
            format!(
                "「{text}」は、印刷の番号でも日付でもありません。例：--print 12、--print 2026-11-24"
            )
        })
}

/// Says what was made; nothing if nothing goes by post.
pub(super) fn tell(printed: &Printed) {
    tell_files(printed);
    if printed.posted > 0 {
        say!(
            "{}通は、投函または手渡したと記録されているので、入れていません。それも印刷するときは、--also-posted を付けてください。",
            printed.posted
        );
    }
    if printed.cancelled > 0 {
        say!(
            "{}通は、取り消されているので、入れていません。",
            printed.cancelled
        );
    }
    for id in &printed.changed {
        say!(
            "{id} は、印刷用ファイルを作る間に取り消されたか、投函または手渡しが記録されたので、入れていません。"
        );
    }
    for letter in &printed.kept_out {
        say!("{}", kept_out(letter));
    }
    if !printed.mended.is_empty() {
        let mended: Vec<String> = printed.mended.iter().map(ToString::to_string).collect();
        say!(
            "{} の保存したPDFが壊れていたか失われていたため、残っている記録から同じ内容のものを作り直しました(壊れていたものは archive/damaged に残しました)。ディスクの故障や書換えのおそれがあります。yobin verify でほかの損傷を調べ、保守の担当に知らせてください。",
            mended.join("、")
        );
    }
    for path in &printed.strange {
        say!(
            "注意：{} は、記録にない印刷用ファイルです。そのまま残し、別の名前で作りました。控えから戻したときは、その前に印刷したものです。中の書簡をもう投函していないか、一覧(CSV)で確かめてから、消してください。",
            path.display()
        );
    }
}

fn tell_files(printed: &Printed) {
    let (Some(folder), Some(run)) = (&printed.folder, &printed.run) else {
        match printed.why {
            WhyMade::New if !printed.kept_out.is_empty() => {
                say!("まだ印刷していない郵送の書簡のうち、印刷できるものはありません。");
            }
            WhyMade::New => {}
            WhyMade::MadeGood => {
                if let Some(run) = &printed.run {
                    say!(
                        "途中で止まっていた{}に、印刷するものはもうありません。その書簡は、取り消されたか、出したと記録されています。",
                        wording::print::called(run)
                    );
                }
            }
            WhyMade::Again | WhyMade::AgainOne(_) => {
                say!("もう一度印刷するものはありません。印刷用ファイルは前のままです。");
            }
        }
        return;
    };
    let called = wording::print::called(run);
    let folder = folder.display();
    match (printed.why, printed.kinds.is_empty()) {
        (_, true) => say!("{called}に、印刷できるものはもうありません。除いた書簡の一覧  {folder}"),
        (WhyMade::New, _) => {
            say!("郵送する書簡の印刷用ファイルを作りました({called})。{folder}");
        }
        (WhyMade::MadeGood, _) => {
            say!("途中で止まっていた{called}の、郵送する書簡の印刷用ファイルを作りました。{folder}")
        }
        (WhyMade::Again, _) => {
            say!("{called}の、郵送する書簡の印刷用ファイルを作り直しました。{folder}")
        }
        (WhyMade::AgainOne(id), _) => {
            say!("{id} だけの印刷用ファイルを作りました({called}の印刷し直し)。{folder}")
        }
    }
    for kind in &printed.kinds {
        say!(
            "  {}  {}通 {}ページ {}枚  {}",
            kind.name,
            kind.letters,
            kind.pages,
            kind.sheets,
            kind.files.join("、")
        );
    }
    if matches!(printed.why, WhyMade::Again | WhyMade::AgainOne(_)) && !printed.kinds.is_empty() {
        say!(
            "注意：前にも印刷したものです。前の紙が残っていれば、二重に投函しないように捨ててください。"
        );
    }
}

fn kept_out(letter: &KeptOut) -> String {
    let id = letter.id;
    let damaged = |what: &str| {
        format!(
            "注意：{id} は、{what}ため、印刷用ファイルから除きました。残っている記録から同じ内容のものを作り直すことも、できませんでした。yobin verify で調べ、控えから戻してから、yobin print-file をもう一度実行してください。"
        )
    };
    match &letter.why {
        WhyKeptOut::KeptBack(why) => kept_back(id, why),
        WhyKeptOut::Missing => damaged("保存したPDFがない"),
        WhyKeptOut::Damaged => damaged("保存したPDFの内容が変わっている"),
        WhyKeptOut::Withheld(error) => damaged(&format!("保存したPDFを読めない({error})")),
        WhyKeptOut::Unreadable(error) => damaged(match error {
            JoinError::Unreadable => "保存したPDFを読めない",
            JoinError::Pages => "保存したPDFのページ数が記録と違う",
            JoinError::Page => "保存したPDFに読めないページがある",
        }),
    }
}

fn kept_back(id: LetterId, why: &KeptBack) -> String {
    format!(
        "注意：{id} は、{}、印刷用ファイルから除きました。{}",
        wording::kept_back::because(why),
        wording::kept_back::next_step(why, id, Whereabouts::Unposted)
    )
}

/// Says which printed letters are kept back by now, and what to do.
pub(super) fn tell_kept_back(letters: &[(LetterId, KeptBack)], what_to_do: &str) {
    for (id, why) in letters {
        let because = wording::kept_back::because(why);
        say!("注意：{id} は、{because}、記録していません。{what_to_do}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_named_by_its_number_however_it_is_written() {
        for text in ["12", "第12号", "印刷 第12号", "印刷第12号", " 12 "] {
            assert_eq!(again(text), Ok(Again::Run(12)), "{text}");
            assert_eq!(printed_in(text), Ok(PrintedIn::Run(12)), "{text}");
        }
        assert!(matches!(again("L000001B"), Ok(Again::Letter(_))));
        for text in ["0", "-1", "2026-11-24", "十二", "", "L000001A"] {
            assert!(again(text).is_err(), "{text}");
        }
        let day = "2026-11-24".parse().expect("a day");
        assert_eq!(printed_in("2026-11-24"), Ok(PrintedIn::Dates(day, day)));
        assert!(printed_in("2026-11-31").is_err());
    }
}
