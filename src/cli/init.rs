//! `yobin init`: makes a workspace.

use std::process::ExitCode;

use super::Context;
use crate::office::{self, Init};

pub(super) async fn init(context: &Context) -> anyhow::Result<ExitCode> {
    let config = context.config()?;
    let out = config.out.display();
    match office::init(&config).await? {
        Init::Made => {
            say!("作業フォルダー {out} を作りました。");
            say!(
                "目印のファイル {} は、古いデータベースに戻されたことに気付くためのものです。消さずに、控えを取ってください。",
                office::marks_of(&config).display()
            );
            say!("設定に問題がないか、yobin check で確かめてください。");
        }
        Init::There => say!("作業フォルダー {out} は、前に作られています。何も変えていません。"),
    }
    Ok(ExitCode::SUCCESS)
}
