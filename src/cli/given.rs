//! Files that staff name on the command line.

use std::fs::{self, File};
use std::io::{Error, ErrorKind};
use std::path::Path;

use anyhow::bail;

use crate::config::environment;

/// Says which file it is that is not there, and in which folder it was looked
/// for, before anything else is begun. A pipe is left to who reads it.
pub(super) fn must_be_readable(file: &Path) -> anyhow::Result<()> {
    let looked = fs::metadata(file).and_then(|found| match found.is_file() {
        true => File::open(file).map(|_| found),
        false => Ok(found),
    });
    match looked {
        Ok(found) if found.is_dir() => bail!(
            "「{}」はフォルダーです。中のファイルの名前まで書いてください。",
            file.display()
        ),
        Ok(_) => Ok(()),
        Err(error) => bail!(unreadable(file, &error)),
    }
}

fn unreadable(file: &Path, error: &Error) -> String {
    let shown = file.display();
    match error.kind() {
        ErrorKind::NotFound if file.is_absolute() => {
            format!("「{shown}」がありません。ファイル名と、フォルダーの名前を確かめてください。")
        }
        ErrorKind::NotFound => {
            let here = environment::current_folder();
            let here = here.map(|here| format!("({})", here.display()));
            format!(
                "「{shown}」がありません。ファイル名と、今いるフォルダー{}を確かめてください。",
                here.unwrap_or_default()
            )
        }
        ErrorKind::PermissionDenied => format!(
            "「{shown}」を読む権限がありません。ファイルの持ち主か管理者に、読めるようにしてもらってください。"
        ),
        _ => format!(
            "「{shown}」を読めません。もう一度試しても同じなら、管理者に知らせてください({error})。"
        ),
    }
}
