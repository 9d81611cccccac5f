//! Reads the command line. What cannot be understood is told in Japanese, with
//! an example of the very command, and nothing has happened then.

use std::ffi::OsString;
use std::num::ParseIntError;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, Parser};

use super::examples::examples_of;
use super::help::{in_japanese, line_of, name_of, words_of};

/// The command line was not understood; nothing was done.
pub(super) const MISUSED: u8 = 2;

/// The longest part of a command line that is told back.
const QUOTED_MOST: usize = 60;

/// A command line that the options alone do not show to be wrong.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Misused(pub(super) String);

/// An error that says how the command is to be written.
pub(super) fn misused(words: impl Into<String>) -> anyhow::Error {
    anyhow::Error::new(Misused(words.into()))
}

/// The command line of this process, or the exit code to end with: what was
/// asked for (help, version) or what is wrong has been printed.
pub(super) fn read<P: Parser>() -> Result<P, ExitCode> {
    let words: Vec<OsString> = std::env::args_os().collect();
    let mut command = in_japanese(P::command());
    let read = command.try_get_matches_from_mut(&words);
    let error = match read.and_then(|matches| P::from_arg_matches(&matches)) {
        Ok(read) => return Ok(read),
        Err(error) => error,
    };
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            super::print(format_args!("{error}"));
            Err(ExitCode::SUCCESS)
        }
        _ => {
            let (path, command) = meant(&command, &words);
            warn_staff!("{}", told(&error, &path, command));
            Err(ExitCode::from(MISUSED))
        }
    }
}

/// The command that was meant, as far as its name can be read, with the names
/// that lead to it.
fn meant<'a>(root: &'a Command, words: &[OsString]) -> (String, &'a Command) {
    let mut path = root.get_name().to_owned();
    let mut command = root;
    let mut words = words.iter().skip(1);
    while let Some(word) = words.next() {
        let word = word.to_string_lossy();
        if let Some(option) = word.strip_prefix("--") {
            let named = |arg: &&clap::Arg| arg.get_long() == Some(option);
            if let Some(arg) = root.get_arguments().find(named)
                && arg.get_action().takes_values()
            {
                words.next();
            }
            continue;
        }
        match command.find_subcommand(&*word) {
            Some(found) => {
                command = found;
                path = format!("{path} {}", found.get_name());
            }
            None => break,
        }
    }
    (path, command)
}

/// What is wrong, what belongs there, an example of the command, and where all
/// of it stands.
fn told(error: &clap::Error, path: &str, command: &Command) -> String {
    let mut lines = vec![format!("エラー：{}", sentence(error, path, command))];
    lines.extend(details(error, command));
    if is_command_missing(error.kind()) {
        lines.extend(super::help::commands_of(command));
    }
    let examples = examples_of(path).iter();
    lines.extend(examples.map(|example| format!("例：{example}")));
    lines.push(format!(
        "使い方は {path} --help で見られます。まだ何も行っていません。"
    ));
    lines.join("\n")
}

fn is_command_missing(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
            | ErrorKind::MissingSubcommand
            | ErrorKind::InvalidSubcommand
    )
}

fn sentence(error: &clap::Error, path: &str, command: &Command) -> String {
    let text = |kind| written(&context_words(error, kind));
    let arg = text(ContextKind::InvalidArg);
    let value = quoted(&context_words(error, ContextKind::InvalidValue).concat());
    match error.kind() {
        ErrorKind::MissingRequiredArgument => format!("{arg}を書いてください。"),
        ErrorKind::UnknownArgument => unknown_argument(error, path),
        ErrorKind::InvalidSubcommand => {
            let word = context_words(error, ContextKind::InvalidSubcommand).concat();
            let near = text(ContextKind::SuggestedSubcommand);
            match near.is_empty() {
                true => format!("{}というコマンドはありません。", quoted(&word)),
                false => format!(
                    "{}というコマンドはありません。{near}のことですか。",
                    quoted(&word)
                ),
            }
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            format!("{path} の後に、コマンドを書いてください。")
        }
        ErrorKind::InvalidValue if value == "「」" => format!("{arg}の値がありません。"),
        ErrorKind::InvalidValue => {
            let valid = context_words(error, ContextKind::ValidValue);
            format!(
                "{arg}に{value}は書けません。{}のどれかを書いてください。",
                valid.join("、")
            )
        }
        ErrorKind::ValueValidation => wrong_value(error, &arg, &value),
        ErrorKind::ArgumentConflict => {
            let prior = text(ContextKind::PriorArg);
            match prior == arg || prior.is_empty() {
                true => format!("{arg}は一度だけ書いてください。"),
                false => {
                    format!("{arg}と{prior}は一緒に書けません。どちらか一方にしてください。")
                }
            }
        }
        ErrorKind::NoEquals
        | ErrorKind::TooManyValues
        | ErrorKind::TooFewValues
        | ErrorKind::WrongNumberOfValues => format!("{arg}の値の数が違います。"),
        ErrorKind::InvalidUtf8 => {
            "読み取れない文字があります。端末の文字コードを UTF-8 にしてください。".to_owned()
        }
        _ => format!("書き方に誤りがあります。書き方：{}", line_of(command)),
    }
}

/// What belongs where something is missing or wrong, a line an argument.
fn details(error: &clap::Error, command: &Command) -> Vec<String> {
    let named = context_words(error, ContextKind::InvalidArg);
    let all = command.get_arguments();
    all.filter(|arg| named.contains(&arg.to_string()) && !words_of(arg).is_empty())
        .map(|arg| format!("  {}：{}", name_of(arg), words_of(arg)))
        .collect()
}

/// Arguments as they are quoted.
fn written(args: &[String]) -> String {
    let args: Vec<String> = args
        .iter()
        .map(|arg| quoted(&arg.replace("...", "…")))
        .collect();
    args.join("と")
}

/// Options by which somebody says that an unusual thing is meant. Nobody is led
/// to one by a slip.
const GUARDS: [&str; 4] = [
    "--past",
    "--pulled",
    "--although-kept-back",
    "--also-posted",
];

/// An option or a further word the command does not know.
fn unknown_argument(error: &clap::Error, path: &str) -> String {
    let word = context_words(error, ContextKind::InvalidArg).concat();
    let (word, is_option) = (quoted(&word), word.starts_with('-'));
    let mut near = context_words(error, ContextKind::SuggestedArg);
    near.retain(|near| !GUARDS.contains(&near.as_str()));
    let near = written(&near);
    if !near.is_empty() {
        return format!("{path} に{word}という指定はありません。{near}のことですか。");
    }
    match is_option {
        true => format!("{path} に{word}という指定はありません。"),
        false => format!(
            "{word}は余分です。{path} には書けません(空白を含む名前やファイル名は \" \" で囲みます)。"
        ),
    }
}

/// A value that was read and refused. Refusals of our own are Japanese
/// sentences.
fn wrong_value(error: &clap::Error, arg: &str, value: &str) -> String {
    let source = std::error::Error::source(error);
    let own = source.map(ToString::to_string).unwrap_or_default();
    if own.chars().any(|c| ('\u{3040}'..='\u{9fff}').contains(&c)) {
        return own;
    }
    // The bounds of a number stand in the library's sentence.
    let bounds = own.rsplit_once(" is not in ").map(|(_, bounds)| bounds);
    if let Some((low, high)) = bounds.and_then(|bounds| bounds.split_once("..=")) {
        return format!("{arg}に{value}は書けません。{low} から {high} までの数を書いてください。");
    }
    let is_number = source.is_some_and(|source| source.is::<ParseIntError>());
    match is_number || own.contains("digit") {
        true => format!("{arg}に{value}は書けません。半角の数字で書いてください。"),
        false => format!("{arg}に{value}は書けません。"),
    }
}

fn context_words(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(word)) => vec![word.clone()],
        Some(ContextValue::Strings(words)) => words.clone(),
        _ => Vec::new(),
    }
}

fn quoted(words: &str) -> String {
    let shown: String = words.chars().take(QUOTED_MOST).collect();
    let more = if shown.len() < words.len() { "…" } else { "" };
    format!("「{shown}{more}」")
}
