//! `yobin register`: the register of issued documents of a year.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use super::Context;
use super::notice_site::refuse_public_file;
use super::table::padded;
use super::usage::misused;
use crate::acts::register;
use crate::domain::for_terminal;
use crate::views::{RegisterLine, YearRegister, fiscal_year_named};

/// The width of document numbers and dates.
const NUMBER: usize = 18;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 年度。例：R8、令和8年度、2026(4月1日から翌年3月31日まで)
    #[arg(long, value_name = "YEAR")]
    year: String,
    /// Excelの表に書き出す
    #[arg(long, value_name = "FILE.xlsx", conflicts_with = "csv")]
    xlsx: Option<PathBuf>,
    /// CSVの表に書き出す
    #[arg(long, value_name = "FILE.csv")]
    csv: Option<PathBuf>,
    /// JSON Lines(1行に1件)で出す
    #[arg(long, conflicts_with_all = ["xlsx", "csv"])]
    json: bool,
}

pub(super) async fn register(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    let year = fiscal_year_named(&args.year).ok_or_else(|| {
        misused(format!(
            "年度「{}」は読めません。R8、令和8年度、2026 のように書いてください。",
            args.year
        ))
    })?;
    let file = match (&args.xlsx, &args.csv) {
        (Some(path), _) => Some((path, "xlsx")),
        (None, Some(path)) => Some((path, "csv")),
        (None, None) => None,
    };
    if let Some((path, ending)) = file {
        let own = path.extension().and_then(|own| own.to_str());
        if own.is_none_or(|own| !own.eq_ignore_ascii_case(ending)) {
            return Err(misused(format!(
                "--{ending} には .{ending} で終わるファイル名を書いてください。"
            )));
        }
    }
    let office = super::look(context).await?;
    let kept = YearRegister::of(&office, year).await?;
    let Some((path, _)) = file else {
        return super::listed(write(&kept, args.json));
    };
    refuse_public_file(&office.desk.config, path)?;
    register::write(&kept, path)?;
    say!("{year}年度の文書件名簿を書き出しました。{}", path.display());
    say!("{}", counted(&kept));
    say!("宛先の氏名が入っています。渡した後は、要らなくなったら消してください。");
    Ok(ExitCode::SUCCESS)
}

fn counted(register: &YearRegister) -> String {
    let void = register.void() + register.skipped.len();
    format!(
        "記載 {}件、うち欠番 {void}件",
        register.lines.len() + register.skipped.len()
    )
}

fn write(register: &YearRegister, as_lines: bool) -> anyhow::Result<ExitCode> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in &register.lines {
        if as_lines {
            serde_json::to_writer(&mut out, line).map_err(std::io::Error::from)?;
            writeln!(out)?;
        } else {
            writeln!(out, "{}", for_terminal(&shown(line)))?;
        }
    }
    if !as_lines {
        for told in &register.skipped {
            writeln!(out, "欠番  控えから戻したときに飛ばした番号：{told}")?;
        }
        writeln!(out, "{}", counted(register))?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn shown(line: &RegisterLine) -> String {
    let number = padded(&line.number, NUMBER);
    match &line.why_void {
        Some(why) => format!("{number}  {}  欠番  {}  {why}", line.date, line.letter),
        None => format!(
            "{number}  {}  {}  {}  {}  {}",
            line.date, line.letter, line.subject, line.addressee, line.way
        ),
    }
}
