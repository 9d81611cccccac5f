//! The help of every command, in Japanese: what the program knows of its own
//! arguments, in the words and the order staff read them.

use clap::{Arg, ArgAction, Command};

use super::examples::examples_of;

/// Gives a command and all below it Japanese words for their values, and help
/// in Japanese.
pub(super) fn in_japanese(command: Command) -> Command {
    let common: Vec<Arg> = command
        .get_arguments()
        .filter(|arg| arg.is_global_set())
        .cloned()
        .map(with_japanese_values)
        .collect();
    let path = command.get_name().to_owned();
    translated(command, &path, &common)
}

fn translated(command: Command, path: &str, common: &[Arg]) -> Command {
    let version = command.get_version().is_some();
    let command = command
        .mut_args(with_japanese_values)
        .mut_subcommands(|one| {
            let path = format!("{path} {}", one.get_name());
            translated(one, &path, common)
        });
    let help = help_of(&command, path, common, version);
    command.override_help(help)
}

/// The words for what is to be written, where the source has a short name.
fn with_japanese_values(arg: Arg) -> Arg {
    let Some(names) = arg.get_value_names() else {
        return arg;
    };
    let names: Vec<&'static str> = names.iter().filter_map(|name| japanese(name)).collect();
    match names.is_empty() {
        true => arg,
        false => arg.value_names(names),
    }
}

fn japanese(name: &str) -> Option<&'static str> {
    Some(match name {
        "FILE" => "ファイル",
        "FILE.pdf" => "ファイル.pdf",
        "FILE.xlsx" => "ファイル.xlsx",
        "FILE.csv" => "ファイル.csv",
        "FIELD=VALUE" => "項目=値",
        "OUTCOME" => "結果区分",
        "YEAR" => "年度",
        "RECORD.json" => "記録.json",
        "NOTE.json" => "記録.json",
        "NOTICE.toml" => "版.toml",
        "ANSWERS.toml" => "回答.toml",
        "DIR" => "フォルダー",
        "NAME" => "名前",
        "DATE" | "YYYY-MM-DD" => "日付",
        "LETTER" => "書簡の番号",
        "RECEIPT" => "受付番号",
        "KIND" => "種類",
        "REASON" => "理由",
        "TEXT" => "文",
        "NUMBER" | "N" => "番号",
        "N|DATE" => "印刷の番号|日付",
        "N|LETTER" => "印刷の番号|書簡の番号",
        "COUNT" => "件数",
        "S" => "状態",
        "A" => "前の版",
        "B" => "後の版",
        "FROM" => "から",
        "TO" => "まで",
        _ => return None,
    })
}

/// The whole help of a command.
fn help_of(command: &Command, path: &str, common: &[Arg], version: bool) -> String {
    let mut lines = Vec::new();
    if let Some(about) = command.get_about() {
        lines.push(about.to_string());
        lines.push(String::new());
    }
    lines.push(format!("使い方：{}", line_of_path(command, path)));
    lines.extend(commands_of(command));
    let row = |arg: &Arg| [name_of(arg), words_of(arg)];
    let visible = |arg: &&Arg| !arg.is_hide_set();
    let arguments: Vec<[String; 2]> = command.get_positionals().filter(visible).map(row).collect();
    block("引数", &arguments, &mut lines);
    let own = options_of(command);
    let mut options: Vec<[String; 2]> = own
        .filter(|arg| visible(arg) && !arg.is_global_set())
        .map(row)
        .collect();
    options.extend(common.iter().filter(visible).map(row));
    options.push(["-h, --help".to_owned(), "使い方を見る".to_owned()]);
    if version {
        options.push(["-V, --version".to_owned(), "版を見る".to_owned()]);
    }
    block("オプション", &options, &mut lines);
    let examples = examples_of(path);
    if !examples.is_empty() {
        lines.push(String::new());
        lines.push("例：".to_owned());
        lines.extend(examples.iter().map(|example| format!("  {example}")));
    }
    lines.push(String::new());
    lines.join("\n")
}

/// The commands that can be written after this one, with a title.
pub(super) fn commands_of(command: &Command) -> Vec<String> {
    let shown = command.get_subcommands().filter(|one| !one.is_hide_set());
    let commands: Vec<[String; 2]> = shown
        .map(|one| {
            let about = one.get_about().map(ToString::to_string);
            [one.get_name().to_owned(), about.unwrap_or_default()]
        })
        .collect();
    let mut lines = Vec::new();
    block("コマンド", &commands, &mut lines);
    lines
}

fn block(title: &str, rows: &[[String; 2]], lines: &mut Vec<String>) {
    if rows.is_empty() {
        return;
    }
    lines.push(String::new());
    lines.push(format!("{title}："));
    let indented = super::table::lines(rows);
    lines.extend(indented.iter().map(|line| format!("  {line}")));
}

/// How a command is written, by its own name alone.
pub(super) fn line_of(command: &Command) -> String {
    line_of_path(command, command.get_name())
}

/// How a command is written.
fn line_of_path(command: &Command, path: &str) -> String {
    let mut parts = vec![path.to_owned()];
    if options_of(command).any(|arg| !arg.is_required_set()) {
        parts.push("[オプション]".to_owned());
    }
    let required = options_of(command).filter(|arg| arg.is_required_set());
    parts.extend(required.map(|arg| match arg.get_long() {
        Some(long) => format!("--{long} {}", values_of(arg)),
        None => name_of(arg),
    }));
    parts.extend(
        command
            .get_positionals()
            .filter(|arg| !arg.is_hide_set())
            .map(name_of),
    );
    if command.has_subcommands() {
        parts.push("<コマンド>".to_owned());
    }
    parts.join(" ")
}

/// An argument as it is written.
pub(super) fn name_of(arg: &Arg) -> String {
    if arg.is_positional() {
        let many = match arg.get_action() {
            ArgAction::Append => "…",
            _ => "",
        };
        let names = values_of(arg);
        return match arg.is_required_set() {
            true => format!("{names}{many}"),
            false => format!("[{}]{many}", names.trim_matches(['<', '>'])),
        };
    }
    let long = arg.get_long().map(|long| format!("--{long}"));
    let short = arg.get_short().map(|short| format!("-{short}"));
    let names: Vec<String> = short.into_iter().chain(long).collect();
    let names = names.join(", ");
    match arg.get_action().takes_values() {
        true => format!("{names} {}", values_of(arg)),
        false => names,
    }
}

/// What is written with a dash.
fn options_of(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|arg| !arg.is_positional())
}

fn values_of(arg: &Arg) -> String {
    let names = arg.get_value_names().unwrap_or_default();
    let names: Vec<String> = names.iter().map(|name| format!("<{name}>")).collect();
    match names.is_empty() {
        true => format!("<{}>", arg.get_id()),
        false => names.join(" "),
    }
}

/// What an argument is.
pub(super) fn words_of(arg: &Arg) -> String {
    arg.get_help().map(ToString::to_string).unwrap_or_default()
}
