//! `yobin restricted`: the notes only the person in charge can read.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{anyhow, bail};

use super::given::must_be_readable;
use super::notice_site::refuse_public_file;
use super::{Context, actor, refused};
use crate::acts::{
    self,
    restricted::{Identities, KeyPair, Opened, Shut},
};
use crate::catalogue::FieldShape;
use crate::config::Config;
use crate::domain::LetterId;
use crate::office::Office;
use crate::wording::note_refusal;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Restricted {
    /// 鍵を作る
    Keygen(KeygenArgs),
    /// 書簡の非公開の記録を読む(読んだことは経過に残る)
    Show(ShowArgs),
    /// 受け付けた書簡に非公開の記録を加える
    Add(AddArgs),
}

#[derive(Debug, clap::Args)]
pub(super) struct KeygenArgs {
    /// 鍵を書くファイル
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(super) struct ShowArgs {
    /// 書簡の番号
    #[arg(value_name = "LETTER", value_parser = super::letter_id)]
    letter: LetterId,
    /// 鍵のファイル
    #[arg(long, value_name = "FILE")]
    identity: PathBuf,
    /// 読む人の名前
    #[arg(long = "as", value_name = "NAME")]
    name: String,
}

#[derive(Debug, clap::Args)]
pub(super) struct AddArgs {
    /// 書簡の番号
    #[arg(value_name = "LETTER", value_parser = super::letter_id)]
    letter: LetterId,
    /// 加える項目を書いたファイル(JSON)
    #[arg(long, value_name = "NOTE.json")]
    file: PathBuf,
    /// 鍵のファイル
    #[arg(long, value_name = "FILE")]
    identity: PathBuf,
    /// 加える人の名前
    #[arg(long = "as", value_name = "NAME")]
    name: String,
}

pub(super) async fn restricted(context: &Context, command: Restricted) -> anyhow::Result<ExitCode> {
    match command {
        Restricted::Keygen(args) => keygen(context, &args.output),
        Restricted::Show(args) => show(context, args).await,
        Restricted::Add(args) => add(context, args).await,
    }
}

fn keygen(context: &Context, path: &Path) -> anyhow::Result<ExitCode> {
    let config = context.config()?;
    refuse_public_file(&config, path)?;
    if let Some(folder) = beside_the_notes(path, &config) {
        bail!(
            "{} の中に鍵を置くと、記録を扱う人がだれでも開けてしまいます。ほかの人が読めない場所か、取り外せる媒体を選んでください。",
            folder.display()
        );
    }
    let pair = KeyPair::generate();
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => anyhow!(
                "{} はすでにあります。上書きすると前の鍵で暗号化した記録が二度と読めなくなるので、別の名前を書いてください。",
                path.display()
            ),
            _ => anyhow!("{} を作れません({error})。", path.display()),
        })?;
    file.write_all(pair.file(&context.clock.stamp()).as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(|error| {
            anyhow!(
                "{} に書けません({error})。このファイルを消してから、もう一度行ってください。",
                path.display()
            )
        })?;
    say!("鍵を作りました。{}", path.display());
    say!(
        "このファイルは個人情報保護管理者だけが持ち、控えを別の場所に保管してください。失うと、記録はだれにも読めません。"
    );
    say!("次の2行を society/profile.toml に書くと、その後に受け付ける書簡から使われます。");
    say!("");
    say!("[restricted]");
    say!("recipient = \"{}\"", pair.recipient());
    Ok(ExitCode::SUCCESS)
}

/// The folder of the program's that a key there would lie in.
fn beside_the_notes<'a>(path: &Path, config: &'a Config) -> Option<&'a PathBuf> {
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let place = parent.canonicalize().ok()?;
    [&config.out, &config.society, &config.templates]
        .into_iter()
        .find(|folder| {
            let folder = folder.canonicalize();
            folder.is_ok_and(|folder| place.starts_with(folder))
        })
}

async fn show(context: &Context, args: ShowArgs) -> anyhow::Result<ExitCode> {
    let identities = identities(&args.identity)?;
    let actor = actor(Some(&args.name))?;
    let office = Office::open(context.config()?, context.clock).await?;
    let done = acts::restricted::open(&office, &office.by(actor), args.letter, &identities).await;
    let opened = opened(done, None)?;
    office.close().await;
    super::print(format_args!("{}", page(&opened)));
    Ok(ExitCode::SUCCESS)
}

async fn add(context: &Context, args: AddArgs) -> anyhow::Result<ExitCode> {
    let identities = identities(&args.identity)?;
    let actor = actor(Some(&args.name))?;
    must_be_readable(&args.file)?;
    let text = fs::read_to_string(&args.file).map_err(|error| {
        anyhow!(
            "{} を読めません({error})。--file に正しいファイル名を書いてください。",
            args.file.display()
        )
    })?;
    let office = Office::open(context.config()?, context.clock).await?;
    let by = office.by(actor);
    let done = acts::restricted::add(&office, &by, args.letter, &identities, &text).await;
    opened(done, Some(&args.file))?;
    office.close().await;
    say!(
        "{}：非公開の記録に加えました。{} は、要らなくなったら消してください。",
        args.letter,
        args.file.display()
    );
    Ok(ExitCode::SUCCESS)
}

/// What came of opening a letter's notes, with what has to be said of the key
/// either way. `file` is what was to be added.
fn opened<'a>(done: Result<Opened<'a>, Shut>, file: Option<&Path>) -> anyhow::Result<Opened<'a>> {
    let other_key = match &done {
        Ok(opened) => opened.other_key,
        Err(shut) => shut.other_key,
    };
    if other_key {
        warn_staff!(
            "注意：profile.toml の公開鍵は、この鍵と対になっていません。鍵を替えた覚えがなければ、だれが書き換えたかを確かめてください。"
        );
    }
    let in_words = refused(|why| note_refusal::words(why, file));
    done.map_err(|shut| in_words(shut.why))
}

/// The secret keys of a file.
pub(super) fn identities(path: &Path) -> anyhow::Result<Identities> {
    must_be_readable(path)?;
    let identities = Identities::read(path)?;
    let open_to_others =
        fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o077 != 0);
    if open_to_others {
        warn_staff!(
            "注意：鍵のファイル {} をほかの人も読めます。chmod 600 で自分だけが読めるようにしてください。",
            path.display()
        );
    }
    Ok(identities)
}

fn page(opened: &Opened<'_>) -> String {
    let mut lines = vec![format!("{}  {}", opened.letter, opened.kind.name)];
    if opened.notes.entries.is_empty() {
        lines.push("  非公開の記録はありません。".to_owned());
    }
    for entry in &opened.notes.entries {
        lines.push(format!("  {}  {}", entry.at, entry.by));
        for (name, value) in entry.note.fields() {
            let field = opened.kind.field(name);
            let title = field.map_or(name.as_str(), |field| field.title.as_str());
            let text = value.as_str().unwrap_or_default();
            let label = match field.map(|field| &field.shape) {
                Some(FieldShape::Choice(choices)) => choices
                    .iter()
                    .find(|choice| choice.code == text)
                    .map(|choice| choice.label.as_str()),
                _ => None,
            };
            lines.push(format!("    {title}"));
            let text = label.unwrap_or(text);
            lines.extend(text.lines().map(|line| format!("      {line}")));
        }
    }
    lines.push(String::new());
    lines.join("\n")
}
