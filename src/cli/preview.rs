//! `yobin preview`: one record as a letter, without queueing it; queued
//! letters as they would be set, for whoever approves them.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::given::must_be_readable;
use super::notice_site::refuse_public_file;
use super::usage::misused;
use super::{Context, FAILED};
use crate::acts::previews::{self, Previewed, Previewing};
use crate::acts::samples::preview::{self, Look, PreviewError};
use crate::domain::{LetterId, Whereabouts, half_width};
use crate::files;
use crate::office::{Office, Premises};
use crate::wording::previews::after;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 受け付けた書簡の番号(いくつでも)。又は、書簡の種類と、1件の記録(JSON)のファイル
    #[arg(value_name = "LETTER", required_unless_present = "state")]
    what: Vec<String>,
    /// この状態の書簡をすべて(受付 など)
    #[arg(long, value_name = "S", conflicts_with = "what")]
    state: Option<Whereabouts>,
    /// 書き出すファイル(.pdf または .png。書簡が2件以上のときは .pdf)
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

pub(super) async fn preview(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    let ending = args
        .output
        .extension()
        .and_then(|ending| ending.to_str())
        .map(str::to_ascii_lowercase);
    let look = match ending.as_deref() {
        Some("pdf") => Look::Pdf,
        Some("png") => Look::Png,
        _ => {
            return Err(misused(
                "-o には .pdf か .png で終わるファイル名を書いてください。",
            ));
        }
    };
    if let Some(at) = args.state {
        return of_letters(context, Previewing::At(at), look, &args.output).await;
    }
    if args.what.iter().any(|word| is_like_letter(word)) {
        let letters: Vec<LetterId> = args
            .what
            .iter()
            .map(|word| super::letter_id(word))
            .collect::<Result<_, _>>()
            .map_err(misused)?;
        return of_letters(context, Previewing::Letters(&letters), look, &args.output).await;
    }
    match args.what.as_slice() {
        [kind, record] => of_record(context, kind, Path::new(record), look, &args.output).await,
        _ => Err(misused(
            "受け付けた書簡の番号か、書簡の種類と記録のファイルの2つを書いてください。例：yobin preview L000001B -o 下見.pdf",
        )),
    }
}

/// Whether a word is meant as a letter's reference, mistyped or not: no kind
/// begins so.
fn is_like_letter(word: &str) -> bool {
    let mut letters = word.chars().map(half_width);
    letters.next().is_some_and(|c| c.eq_ignore_ascii_case(&'L'))
        && letters.next().is_some_and(|c| c.is_ascii_digit())
}

/// Draws letters that are queued.
async fn of_letters(
    context: &Context,
    which: Previewing<'_>,
    look: Look,
    output: &Path,
) -> anyhow::Result<ExitCode> {
    let office = super::look(context).await?;
    refuse_public_file(&office.desk.config, output)?;
    if look == Look::Png {
        let Previewing::Letters([letter]) = which else {
            return Err(misused(
                "書簡が2件以上のときは、-o に .pdf で終わるファイル名を書いてください。",
            ));
        };
        return as_images(&office, *letter, output).await;
    }
    let drawn = previews::as_pdf(&office, which, output).await?;
    for Previewed {
        letter,
        kind_name,
        addressee,
        first_page,
        pages,
        ..
    } in &drawn
    {
        say!("{first_page}ページ目から{pages}ページ  {letter}  {kind_name}  {addressee}");
    }
    say!("{}({}件)", output.display(), drawn.len());
    let issued = drawn.iter().filter(|letter| letter.is_issued).count();
    let unnumbered = drawn.iter().filter(|letter| !letter.is_numbered).count();
    say!("{}", after(drawn.len(), issued, unnumbered));
    Ok(ExitCode::SUCCESS)
}

/// Draws every page of a letter as an image.
async fn as_images(office: &Office, letter: LetterId, output: &Path) -> anyhow::Result<ExitCode> {
    let mut page = 0;
    loop {
        let (pages, bytes) = previews::page_as_png(office, letter, page).await?;
        page += 1;
        let path = match pages {
            0 | 1 => output.to_owned(),
            _ => preview::numbered(output, page),
        };
        files::write_out(&path, &bytes)?;
        say!("{}", path.display());
        if page >= pages {
            say!("{pages}ページ");
            say!("{}", after(1, 0, 1));
            return Ok(ExitCode::SUCCESS);
        }
    }
}

async fn of_record(
    context: &Context,
    kind: &str,
    record: &Path,
    look: Look,
    output: &Path,
) -> anyhow::Result<ExitCode> {
    must_be_readable(record)?;
    let desk = Premises::open(context.config()?, context.clock)?;
    refuse_public_file(&desk.config, output)?;
    let drawn = match preview::preview(&desk, kind, record, look, output).await {
        Ok(drawn) => drawn,
        Err(PreviewError::Record(problems)) => {
            for problem in problems {
                warn_staff!("{problem}");
            }
            return Ok(ExitCode::from(FAILED));
        }
        Err(error) => return Err(error.into()),
    };
    for file in &drawn.files {
        say!("{}", file.display());
    }
    say!("{}ページ", drawn.pages);
    Ok(ExitCode::SUCCESS)
}
