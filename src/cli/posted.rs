//! `yobin posted`: letters that left the house by hand.

use std::collections::BTreeSet;
use std::process::ExitCode;

use anyhow::{bail, ensure};
use chrono::NaiveDate;

use super::{NEEDS_PERSON, Setting, actor, print_file, staff};
use crate::domain::{Dispatch, KeptBack, LetterId, StaffName, Whereabouts};
use crate::office::Office;
use crate::print;
use crate::store::{self, DispatchRefusal, LetterRow, NewDispatch, StoreError};
use crate::wording::{self, StaffMessage as _};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 書簡の番号(いくつでも)
    #[arg(value_name = "LETTER", value_parser = super::letter_id)]
    letters: Vec<LetterId>,
    /// この日付の印刷用ファイル(out/print/日付)にある書簡すべて
    #[arg(long, value_name = "DATE", value_parser = super::business_date, conflicts_with = "letters")]
    print: Option<NaiveDate>,
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

pub(super) async fn posted(setting: &Setting, args: Args) -> anyhow::Result<ExitCode> {
    ensure!(
        args.print.is_some() || !args.letters.is_empty(),
        "どの書簡かを書いてください。印刷用ファイルすべてなら --print 日付、1通ずつなら書簡の番号です。例：yobin posted --print 2026-11-24 --on 2026-11-24 --as 名前"
    );
    ensure!(
        args.undo || args.on.is_some(),
        "--on に、投函した日(手渡した日)を書いてください。例：--on 2026-11-24"
    );
    let actor = actor(args.name.as_deref())?;
    let office = Office::open(setting.config()?, setting.clock).await?;
    let Some(on) = args.on else {
        let letters = match args.print {
            None => Found::of(args.letters).letters,
            Some(date) => {
                let mut conn = office.store.read().await?;
                store::last_recorded_of(&mut conn, &date.to_string()).await?
            }
        };
        take_back(setting, &office, &letters, &actor).await?;
        office.close().await;
        return Ok(ExitCode::SUCCESS);
    };
    let found = match args.print {
        None => {
            let found = Found::of(args.letters);
            if !args.although_kept_back {
                refuse_kept_back(&office, &found.letters).await?;
            }
            found
        }
        Some(first) => {
            let last = args.through.unwrap_or(first);
            printed(&office, first, last, &args.except).await?
        }
    };
    if let (Some(through), Some(count)) = (args.through, args.count) {
        ensure!(
            found.letters.len() == count,
            "{through} までの印刷用ファイルにある、まだ投函していない書簡は{}通で、--count の{count}通と違います。1通も記録していません。",
            found.letters.len()
        );
    }
    let how = if args.handed_over {
        Dispatch::HandedOver
    } else {
        Dispatch::Posted
    };
    let new = NewDispatch {
        how,
        on,
        today: setting.clock.today(),
        by: &actor,
        at: &setting.clock.stamp(),
    };
    let rows = record(&office, &found.letters, new).await?;
    office.close().await;
    let at = match how {
        Dispatch::HandedOver => Whereabouts::HandedOver,
        Dispatch::Posted | Dispatch::PassedOn => Whereabouts::Posted,
    };
    let done: Vec<_> = rows.iter().map(|row| (row.id, at)).collect();
    staff::tell(&done);
    if !done.is_empty() {
        say!("{}通を、{on} に出したものとして記録しました。", done.len());
    }
    warn_of_unprinted(&rows);
    for id in &found.excepted {
        say!(
            "{id} は、記録していません(未発送のままです)。出さないことにしたときは、紙を抜いて、yobin cancel {id} --pulled --as 名前 で取り消してください。"
        );
    }
    print_file::tell_kept_back(
        &found.kept_back,
        "印刷した紙があれば、投函せずに抜いてください。送らないときは、その後 yobin cancel 番号 --pulled --as 名前 で取り消してください。実際に投函していたときは、番号と --although-kept-back を書いて yobin posted で記録してください。",
    );
    Ok(if found.kept_back.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(NEEDS_PERSON)
    })
}

/// The letters that are meant.
struct Found {
    letters: Vec<LetterId>,
    /// Letters of the print files that are kept back by now.
    kept_back: Vec<(LetterId, KeptBack)>,
    /// Letters of the print files that are left out as asked.
    excepted: Vec<LetterId>,
}

impl Found {
    /// Each letter once, however often it is named.
    fn of(letters: Vec<LetterId>) -> Self {
        let mut seen = BTreeSet::new();
        let letters = letters.into_iter();
        Found {
            letters: letters.filter(|id| seen.insert(id.key())).collect(),
            kept_back: Vec::new(),
            excepted: Vec::new(),
        }
    }
}

/// The letters of the print files from one date to another. One that a flag
/// keeps back was to be taken out, so nobody says of it with the others that
/// it was posted.
async fn printed(
    office: &Office,
    first: NaiveDate,
    last: NaiveDate,
    except: &[LetterId],
) -> anyhow::Result<Found> {
    let mut conn = office.store.read().await?;
    let dates = store::print_dates(&mut conn, &first.to_string(), &last.to_string()).await?;
    if dates.is_empty() {
        bail!(
            "{first} の印刷用ファイルに、まだ投函していない書簡はありません。yobin list --state 未発送 で確かめてください。"
        );
    }
    let mut found = Found::of(Vec::new());
    for date in dates {
        let mut letters = store::post_letters(&mut conn, &date).await?;
        letters.retain(|letter| letter.printed);
        let looked_at = letters
            .iter()
            .map(|letter| (letter.id, letter.kind.as_str(), letter.outcome.as_str()));
        let kept_back = print::kept_back(office, looked_at).await?;
        for letter in &letters {
            if except.contains(&letter.id) {
                found.excepted.push(letter.id);
                continue;
            }
            match kept_back.get(&letter.id) {
                None => found.letters.push(letter.id),
                Some(why) => found.kept_back.push((letter.id, why.clone())),
            }
        }
    }
    drop(conn);
    refuse_others(office, except, &found.excepted, first, last).await?;
    found.letters.sort_by_key(|id| id.key());
    Ok(found)
}

/// Whoever leaves a letter out that is not there means another. One of the
/// print files that waits no more, as it was cancelled, is left out anyway.
async fn refuse_others(
    office: &Office,
    except: &[LetterId],
    excepted: &[LetterId],
    first: NaiveDate,
    last: NaiveDate,
) -> anyhow::Result<()> {
    let mut conn = office.store.read().await?;
    for id in except.iter().filter(|id| !excepted.contains(id)) {
        let letter = store::letter(&mut conn, *id).await?;
        let (first, last) = (first.to_string(), last.to_string());
        let was_there = letter
            .and_then(|letter| letter.print_date)
            .is_some_and(|date| first <= date && date <= last);
        ensure!(
            was_there,
            "{id}：この日付の印刷用ファイルの書簡ではありません。--except の番号を確かめてください。1通も記録していません。"
        );
    }
    Ok(())
}

/// Nobody says by a slip of a number that a letter was posted that must not
/// be; what really left the house is recorded with one more word.
async fn refuse_kept_back(office: &Office, letters: &[LetterId]) -> anyhow::Result<()> {
    let kept_back = print::kept_back_by_id(office, letters).await?;
    if kept_back.is_empty() {
        return Ok(());
    }
    let told: Vec<String> = kept_back
        .iter()
        .map(|(id, why)| {
            format!(
                "{id} は、{}、送付を止めています。",
                wording::kept_back::because(why)
            )
        })
        .collect();
    bail!(
        "{}\nまだ出していなければ、紙を抜き、投函しないでください(手渡すときは、渡してよい書簡か責任者に確かめてください)。実際に出していたときは、責任者に知らせ、--although-kept-back を付けて記録してください。1通も記録していません。",
        told.join("\n")
    );
}

/// Records all letters or, if one is refused, none.
async fn record(
    office: &Office,
    letters: &[LetterId],
    new: NewDispatch<'_>,
) -> anyhow::Result<Vec<LetterRow>> {
    let mut tx = office.store.write().await?;
    let mut rows = Vec::new();
    for id in letters {
        let row = store::record_dispatch(&mut tx, *id, new).await;
        rows.push(row.map_err(|error| refused(&error, letters.len()))?);
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(rows)
}

async fn take_back(
    setting: &Setting,
    office: &Office,
    letters: &[LetterId],
    actor: &StaffName,
) -> anyhow::Result<()> {
    let at = setting.clock.stamp();
    let mut tx = office.store.write().await?;
    let mut done = Vec::new();
    let mut answered = Vec::new();
    for id in letters {
        store::take_back_dispatch(&mut tx, *id, actor, &at)
            .await
            .map_err(|error| refused(&error, letters.len()))?;
        let row = store::letter(&mut tx, *id).await?;
        done.extend(row.map(|row| (row.id, row.at)));
        answered.extend(store::answered_request_of(&mut tx, *id).await?);
    }
    tx.commit().await.map_err(StoreError::from)?;
    staff::tell(&done);
    if !done.is_empty() {
        say!("出したという記録を取り消しました。取り消したことも経過に残ります。");
    }
    for number in answered {
        say!(
            "注意：この書簡の請求 {number} は「回答済み」として終わっています。回答がまだ出ていないのであれば、急いで出してください。"
        );
    }
    Ok(())
}

/// A refusal with what to do instead.
fn refused(error: &DispatchRefusal, letters: usize) -> anyhow::Error {
    let hint = match error {
        DispatchRefusal::NoSuchLetter(_) => "yobin list で番号を確かめてください。",
        DispatchRefusal::NotWaiting { at, .. } => match at {
            Whereabouts::Written => {
                "メールの書簡です。ほかのプログラムで送ったときは、yobin confirm --delivered で記録してください。"
            }
            _ => "yobin show で今の状態を確かめてください。",
        },
        DispatchRefusal::ArchiveOnly(_) => {
            "手渡したときは --handed-over を付けてください。ほかの方法で回答したときは、yobin request close の理由を「別途回答済み」にしてください。"
        }
        DispatchRefusal::Recorded { .. } => {
            "誤りなら、yobin posted --undo で取り消してから記録してください。"
        }
        DispatchRefusal::NothingRecorded { .. }
        | DispatchRefusal::Future(_)
        | DispatchRefusal::NotMadeYet { .. }
        | DispatchRefusal::Store(_) => "",
    };
    let others = if letters > 1 {
        " ほかの書簡にも、まだ何も記録していません。"
    } else {
        ""
    };
    let told = match error {
        DispatchRefusal::Store(error) => error.staff_message(),
        error => error.to_string(),
    };
    anyhow::anyhow!("{told}{hint}{others}")
}

/// A letter by post that no print file holds was perhaps meant to stay.
fn warn_of_unprinted(rows: &[LetterRow]) {
    let unprinted = |row: &&LetterRow| row.at == Whereabouts::Unposted && row.print_date.is_none();
    for row in rows.iter().filter(unprinted) {
        say!(
            "注意：{} は、どの印刷用ファイルにも入っていない書簡です。番号を確かめ、誤りなら yobin posted {} --undo で取り消してください。",
            row.id,
            row.id
        );
    }
}
