//! Settings, the society's own data and answers: files in TOML.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::{Fuzz, seeds};
use crate::config::Config;
use crate::notice::{Notice, read_answers};
use crate::office::{open_characters, read_society};
use crate::restricted::Identities;
use crate::text::substitution::Substitutions;

const WORDS: [&str; 34] = [
    "[envelope]",
    "[mail]",
    "[requests]",
    "[restricted]",
    "[[replace]]",
    "[names]",
    "[print]",
    "[publication]",
    "[q1]",
    "[fees]",
    "= true",
    "= 0",
    "= -1",
    "= 9223372036854775807",
    "= 1.0",
    "= nan",
    "= inf",
    "= \"\"",
    "= []",
    "= {}",
    "= 2026-11-22",
    "= 07:32:00",
    "\"\"\"",
    "'''",
    "schedule = \"0 30 1 * * Mon-Fri\"",
    "policy = \"substitute\"",
    "transport = \"smtp\"",
    "\\u0000",
    "\\uD800",
    "\\U00110000",
    "# 例",
    "retry_seconds = [5, 30]",
    "seal_mode = \"image\"",
    "recipient = \"age1\"",
];

/// A reader of one file, given its path. It must not say where the file is.
fn file(name: &str, file: &str, inputs: usize, read: impl Fn(&Path) -> String) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(file);
    let shipped = format!("society/{file}");
    let mut all = seeds(name, &[]);
    if let Ok(shipped) = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(shipped)) {
        all.push(shipped);
    }
    let fuzz = Fuzz {
        name,
        inputs,
        words: &WORDS,
        seeds: all,
        package: false,
    };
    fuzz.run(|input| {
        fs::write(&path, input).unwrap();
        read(&path)
    });
}

#[test]
fn yobin_toml() {
    file("settings", "yobin.toml", 1500, |path| {
        match Config::read(Some(path)) {
            Ok(config) => format!("taken：「{config:?}」"),
            Err(error) => format!("refused：{error}"),
        }
    });
}

#[test]
fn profile_toml() {
    file("profile", "profile.toml", 400, |path| {
        match read_society(path.parent().unwrap()) {
            Ok(society) => format!("taken：「{society:?}」"),
            Err(error) => format!("refused：{error}"),
        }
    });
}

#[test]
fn notice_toml() {
    file(
        "notice",
        "notice.toml",
        250,
        |path| match Notice::from_file(path) {
            Ok(notice) => format!("taken：「{}」", serde_json::to_string(&notice).unwrap()),
            Err(error) => format!("refused：{error}"),
        },
    );
}

#[test]
fn answers_to_the_questions() {
    file(
        "questions",
        "answers.toml",
        1500,
        |path| match read_answers(path) {
            Ok(answers) => format!("taken：「{answers:?}」"),
            Err(error) => format!("refused：{}", error.problem),
        },
    );
}

#[test]
fn the_map_of_characters() {
    let fonts = Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts");
    let characters = open_characters(&fonts).unwrap();
    let check = |text: &str| characters.check(text).err().unwrap_or_default();
    file(
        "substitutions",
        "substitutions.toml",
        1500,
        |path| match Substitutions::read(path, check) {
            Ok(map) => format!("taken：「{}」", map.apply("見本 太郎 髙﨑 𠮷")),
            Err(error) => format!("refused：{error}"),
        },
    );
}

#[test]
fn a_key_file() {
    file("keys", "key", 1500, |path| match Identities::read(path) {
        Ok(_) => "taken".to_owned(),
        Err(error) => format!("refused：{error}"),
    });
}
