//! The command line: one file a command. What is printed here is read by
//! staff, in Japanese.

/// Prints a line for staff. Unlike `println!` it does not panic when nobody
/// reads on, as with `yobin run | head`: what was begun is finished.
macro_rules! say {
    ($($part:tt)*) => {
        crate::cli::print(format_args!("{}\n", format_args!($($part)*)))
    };
}

/// Prints a line to standard error. It stands in the place of the standard
/// library's, which panics when nobody reads on.
macro_rules! eprintln {
    ($($part:tt)*) => {
        crate::cli::complain(format_args!("{}\n", format_args!($($part)*)))
    };
}

/// Prints a line of trouble for staff, where it does not mix with what was
/// asked for. What it quotes steers no terminal.
macro_rules! warn_staff {
    ($($part:tt)*) => {
        eprintln!("{}", crate::domain::for_terminal(&format!($($part)*)))
    };
}

mod calibrate;
mod cautions;
mod check;
mod concerned;
mod confirm;
mod demo;
mod distinct;
mod examples;
mod form;
mod gallery;
mod given;
mod help;
mod hooks;
mod identifiers;
mod init;
mod kinds;
mod list;
mod mails;
mod members;
mod members_list;
mod notice;
mod notice_notify;
mod notice_site;
mod posted;
mod preview;
mod print_file;
mod queue;
mod register;
mod report;
mod reproduce;
mod request;
mod restricted;
mod run;
mod serve;
mod show;
mod staff;
mod table;
mod usage;
mod verify;
mod workspace;

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, anyhow};
use chrono::NaiveDate;
use clap::{Parser, Subcommand};
use rustix::process::{Resource, Rlimit, setrlimit};

use crate::acts::reception;
use crate::clock::Clock;
use crate::config::{Config, environment};
use crate::domain::{By, LetterId, StaffName, Stamp, for_terminal};
use crate::office::Office;
use crate::views::NextNight;
use crate::{office, wording};

/// Threads that wait for the disk. A night on one machine never has more than
/// a few waits at once; each further thread would keep memory of its own.
pub const DISK_THREADS: usize = 8;

/// The night run itself failed, or the command could not be done.
const FAILED: u8 = 1;
/// Everything was done, and some of it needs a person.
const NEEDS_PERSON: u8 = 2;

/// 夜便(やびん) 健康保険組合の文書を夜のうちに作成・保存・送付します。
#[derive(Debug, Parser)]
#[command(name = "yobin", version, disable_help_subcommand = true)]
struct Cli {
    /// 設定ファイル(なければ今のフォルダーの yobin.toml、それもなければ既定の設定)
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    clockwork: hooks::Clockwork,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// 新しい作業フォルダーを作る(使い始めるときに一度だけ)
    Init,
    /// 見本の記録で、一晩の処理をひととおり行う
    Demo(demo::Args),
    /// 設定・書式・見本・法令・フォントの問題をすべて調べる
    Check,
    /// 書簡の種類と項目を見る。記入用の空の表も作れる
    Kinds(kinds::Args),
    /// ファイルの記録を受け付ける
    Queue(queue::Args),
    /// 請求(受付番号ごとの登録、期限、終了)
    #[command(subcommand)]
    Request(request::Request),
    /// 1件の記録を書簡にしてみる(受け付けない)
    Preview(preview::Args),
    /// すべての見本のページを、目で確かめるための一覧(HTML)にする
    Gallery(gallery::Args),
    /// 書簡の一覧
    List(list::Args),
    /// 1件の書簡の詳しい内容
    Show(show::Args),
    /// 書簡を承認する(受け付けた人とは別の人が行う)
    Approve(staff::ApproveArgs),
    /// 書簡を保留にする
    Hold(staff::LetterArgs),
    /// 保留を解く
    Resume(staff::LetterArgs),
    /// 書簡を取り消す(元に戻せない)
    Cancel(staff::CancelArgs),
    /// 要確認・失敗の書簡をもう一度処理に回す
    Retry(staff::RetryArgs),
    /// 結果不明の書簡が届いたかどうか、書出済のメールを送ったことを記録する
    Confirm(confirm::Args),
    /// 郵送する書簡を投函したこと、書簡を手渡したことを記録する
    Posted(posted::Args),
    /// 夜間処理を今行う
    Run(run::Args),
    /// 予定の時刻に夜間処理を行い続ける
    Serve,
    /// 夜間処理の報告書を見る
    Report(report::Args),
    /// 年度の文書件名簿(監査などのため。欠番とその理由を含む)
    Register(register::Args),
    /// 保存したPDFと台帳に損傷がないか調べる
    Verify,
    /// 作業フォルダー(識別番号、古いデータベースに戻したとき)
    #[command(subcommand)]
    Workspace(workspace::Workspace),
    /// 1件の書簡をもう一度組版し、同じものになるか調べる
    Reproduce(reproduce::Args),
    /// 請求などに使う、記入する用紙(空のもの、請求の内容を記入したもの)をつくる
    Form(form::Args),
    /// 窓あき封筒に宛名を合わせるための紙をつくる
    Calibrate(calibrate::Args),
    /// 公表事項
    #[command(subcommand)]
    Notice(notice::Notice),
    /// 加入者(送付を止める登録、名簿の表)
    #[command(subcommand)]
    Members(members::Members),
    /// 郵送する書簡を、郵便番号順の印刷用ファイルにまとめる
    PrintFile(print_file::Args),
    /// 非公開の記録(個人情報保護管理者が使う)
    #[command(subcommand)]
    Restricted(restricted::Restricted),
    /// 組版の子プロセス(このプログラムが自分で起動する)
    #[command(hide = true)]
    RenderWorker {
        #[arg(long)]
        memory_mib: u64,
    },
    /// ブックを読む子プロセス(このプログラムが自分で起動する)
    #[command(hide = true)]
    ReadWorkbook,
}

/// Log lines carry the program's own clock, in Japanese time.
struct LogTime(Clock);

impl tracing_subscriber::fmt::time::FormatTime for LogTime {
    fn format_time(
        &self,
        writer: &mut tracing_subscriber::fmt::format::Writer<'_>,
    ) -> std::fmt::Result {
        writer.write_str(&self.0.stamp())
    }
}

/// What every command starts from.
struct Context {
    config: Option<PathBuf>,
    clock: Clock,
}

impl Context {
    fn config(&self) -> anyhow::Result<Config> {
        if let Some(file) = &self.config {
            given::must_be_readable(file)?;
        }
        Ok(Config::read(self.config.as_deref())?)
    }
}

/// Opens the workspace for whoever only looks, and tells first when its
/// database is not the one it had last.
async fn look(context: &Context) -> anyhow::Result<Office> {
    let office = Office::look(context.config()?, context.clock).await?;
    if !office.doubts.is_empty() {
        warn_staff!("注意：{}", wording::standing::doubtful(&office.doubts));
    }
    Ok(office)
}

/// Runs the program with the process's arguments.
pub fn main() -> ExitCode {
    // Everything this program makes is for its owner alone (0600 and 0700).
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    // A core dump would put letters, keys and notes on disk in the clear.
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    if let Err(error) = setrlimit(Resource::Core, none) {
        return told(&anyhow::Error::new(error));
    }
    let cli = match usage::read::<Cli>() {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    let as_child = match cli.command {
        Command::RenderWorker { memory_mib } => Some(office::render_worker(memory_mib)),
        Command::ReadWorkbook => Some(reception::workbook_reader()),
        _ => None,
    };
    if let Some(ended) = as_child {
        return match ended {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::from(FAILED)
            }
        };
    }
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::new(environment::log_filter()))
        .with_writer(std::io::stderr)
        // It would panic of a standard error that nobody reads.
        .log_internal_errors(false)
        .with_target(false)
        .with_ansi(std::io::stderr().is_terminal())
        .with_timer(LogTime(cli.clockwork.clock()))
        .init();
    // One thread drives everything: the work is done in the render workers and
    // in the threads that wait for the disk, and waking a second driver for
    // every step of every letter would cost more than it gives.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(DISK_THREADS)
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return told(&anyhow::Error::new(error)),
    };
    match runtime.block_on(dispatch(cli)) {
        Ok(code) => code,
        Err(error) => told(&error),
    }
}

/// Errors tell staff all they need in their own sentence; the causes behind
/// it are English and go to the log. One that only passes on what a room below
/// says is told in the words for that.
fn told(error: &anyhow::Error) -> ExitCode {
    let own = error.to_string();
    let passed_on = error
        .chain()
        .take_while(|cause| cause.to_string() == own)
        .find_map(wording::of_error);
    let words = passed_on.unwrap_or(own);
    warn_staff!("エラー：{words}");
    for cause in error.chain().skip(1) {
        tracing::debug!(%cause, "because");
    }
    match error.downcast_ref::<usage::Misused>() {
        Some(_) => ExitCode::from(usage::MISUSED),
        None => ExitCode::from(FAILED),
    }
}

async fn dispatch(cli: Cli) -> anyhow::Result<ExitCode> {
    let context = Context {
        config: cli.config,
        clock: cli.clockwork.clock(),
    };
    match cli.command {
        Command::Init => init::init(&context).await,
        Command::Demo(args) => demo::demo(&context, args).await,
        Command::Check => check::check(&context).await,
        Command::Kinds(args) => kinds::kinds(&context, args),
        Command::Queue(args) => queue::queue(&context, args).await,
        Command::Request(request) => request::request(&context, request).await,
        Command::Preview(args) => preview::preview(&context, args).await,
        Command::Gallery(args) => gallery::gallery(&context, args).await,
        Command::List(args) => list::list(&context, args).await,
        Command::Show(args) => show::show(&context, args).await,
        Command::Approve(args) => staff::approve(&context, args).await,
        Command::Hold(args) => staff::hold(&context, args).await,
        Command::Resume(args) => staff::resume(&context, args).await,
        Command::Cancel(args) => staff::cancel(&context, args).await,
        Command::Retry(args) => staff::retry(&context, args).await,
        Command::Confirm(args) => confirm::confirm(&context, args).await,
        Command::Posted(args) => posted::posted(&context, args).await,
        Command::Run(args) => run::run(&context, args).await,
        Command::Serve => serve::serve(&context).await,
        Command::Report(args) => report::report(&context, args).await,
        Command::Register(args) => register::register(&context, args).await,
        Command::Verify => verify::verify(&context).await,
        Command::Workspace(command) => workspace::workspace(&context, command).await,
        Command::Reproduce(args) => reproduce::reproduce(&context, args).await,
        Command::Form(args) => form::form(&context, args).await,
        Command::Calibrate(args) => calibrate::calibrate(&context, args).await,
        Command::Notice(notice) => notice::notice(&context, notice).await,
        Command::Members(command) => members::members(&context, command).await,
        Command::PrintFile(args) => print_file::print_file(&context, args).await,
        Command::Restricted(command) => restricted::restricted(&context, command).await,
        Command::RenderWorker { .. } | Command::ReadWorkbook => Ok(ExitCode::SUCCESS),
    }
}

/// Prints to standard output. A reader that has gone, or a disk that is full,
/// takes the words away and nothing else: the work goes on, and the exit code
/// is that of the work.
fn print(text: std::fmt::Arguments<'_>) {
    static TOLD: AtomicBool = AtomicBool::new(false);
    let text = text.to_string();
    let text = for_terminal(&text);
    let Err(error) = std::io::stdout().write_all(text.as_bytes()) else {
        return;
    };
    if error.kind() != std::io::ErrorKind::BrokenPipe && !TOLD.swap(true, Ordering::Relaxed) {
        eprintln!(
            "注意：表示の一部を書き出せませんでした({error})。処理は続けます。表示の出力先の空きを確かめてください。"
        );
    }
}

/// Prints to standard error; there is nobody left to tell that it failed.
fn complain(text: std::fmt::Arguments<'_>) {
    let _ = std::io::stderr().write_fmt(text);
}

/// Tells that what was not taken in is not yet out of the store's files.
fn tell_left_in_log() {
    eprintln!(
        "注意：ほかの夜便の処理が動いているため、受け付けていない内容の一部が、作業フォルダーの yobin.db-wal にまだ残っています。次の夜間処理の終わりに消します。"
    );
}

/// How a listing ended whose reader may have gone: who has seen enough, as
/// with `yobin list | head`, closes the pipe.
fn listed(ended: anyhow::Result<ExitCode>) -> anyhow::Result<ExitCode> {
    let unwritten = |error: &anyhow::Error| {
        let error = error.downcast_ref::<std::io::Error>()?;
        Some((error.kind(), error.to_string()))
    };
    match ended {
        Err(error) => match unwritten(&error) {
            Some((std::io::ErrorKind::BrokenPipe, _)) => Ok(ExitCode::SUCCESS),
            Some((_, error)) => anyhow::bail!(
                "一覧を最後まで書き出せませんでした({error})。出力先の空きを確かめて、もう一度実行してください。"
            ),
            None => Err(error),
        },
        done => done,
    }
}

/// The next nights, a line each.
fn tell_nights(nights: &[NextNight]) {
    for next in nights {
        let done = if next.opened {
            "(この日付の夜間処理は前に始められています。この時刻には行いません)"
        } else {
            ""
        };
        say!("  {}{done}", next.time.format("%Y-%m-%d %H:%M:%S"));
    }
}

/// What an act refused, in the words staff read; what is behind it goes to the
/// log.
fn refused<E>(words: impl Fn(&E) -> String) -> impl Fn(E) -> anyhow::Error
where
    E: std::error::Error + Send + Sync + 'static,
{
    move |why| {
        let told = words(&why);
        anyhow::Error::new(why).context(told)
    }
}

/// The member of staff who acts: `--as`, else the login name.
fn actor(given: Option<&str>) -> anyhow::Result<StaffName> {
    if let Some(name) = given {
        return Ok(StaffName::new(name)?);
    }
    let login = environment::login_name()
        .context("操作する人の名前が分かりません。--as に名前を書いてください。")?;
    StaffName::new(&login).map_err(|error| {
        anyhow!("ログイン名を担当者名にできません。--as に自分の名前を書いてください。({error})")
    })
}

/// A member of staff at this time, who acts.
fn by(context: &Context, name: StaffName) -> By {
    By::staff(name, Stamp::at(context.clock.now()))
}

fn letter_id(text: &str) -> Result<LetterId, String> {
    text.parse()
        .map_err(|error: crate::domain::InvalidLetterId| error.to_string())
}

fn business_date(text: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .map_err(|_| format!("日付「{text}」は読めません。2026-11-22 のように書いてください。"))
}
