//! `yobin check`: every problem at once, before the night finds it.

use std::process::ExitCode;

use super::notice::calling::{in_force_called, told_of_file};
use super::{Context, FAILED, identifiers, mails};
use crate::acts::checkup::{CheckUp, NoticeLooked, check_up};
use crate::config::Config;

pub(super) async fn check(context: &Context) -> anyhow::Result<ExitCode> {
    let config = context.config()?;
    let found = check_up(&config, context.clock).await?;
    tell_problems(&found);
    if let Some(notice) = &found.notice {
        tell_notice(&config, notice);
    }
    identifiers::say_all(&found.doubts);
    mails::tell_where_they_go(&config);
    for remark in &found.remarks {
        say!("注意：{remark}");
    }
    tell_confinement(&found);
    if found.requests_as_before {
        say!(
            "この作業フォルダーは前の版から使っているため、受付番号の請求が登録されていない書簡も受け付けています(requests = \"optional\" と同じ)。請求を先に登録する流れに改めたら、yobin.toml に requests = \"required\" と書いてください。書いた後に受け付ける書簡から、登録された請求が必要になります。"
        );
    }
    say!("次の夜間処理(予定：{})", config.schedule);
    super::tell_nights(&found.nights);
    Ok(match found.problems.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(FAILED),
    })
}

fn tell_problems(found: &CheckUp) {
    let samples = &found.samples;
    if found.problems.is_empty() {
        say!(
            "問題はありません。(見本 {}件と公表事項を組版して確かめました)",
            samples.count
        );
    } else {
        say!("{}件の問題があります。", found.problems.len());
        for problem in &found.problems {
            say!("・{problem}");
        }
    }
    if samples.too_long > 0 {
        say!(
            "宛名の長い見本{}件は、封筒の窓に入りませんでした。この窓では、同じくらい長い宛名の書簡は要確認になります。",
            samples.too_long
        );
    }
}

/// What the kernel does not have to hold the child processes with. The work
/// goes on without it.
fn tell_confinement(found: &CheckUp) {
    let missing: Vec<&str> = [
        (found.confined.files, "Landlock"),
        (found.confined.syscalls, "seccomp"),
    ]
    .into_iter()
    .filter_map(|(held, name)| (!held).then_some(name))
    .collect();
    if !missing.is_empty() {
        say!(
            "注意：書簡を組版する処理と、Excel ブックを読む処理を、ほかのファイルや通信から切り離せません。夜間処理と受付はこのまま行えます。切り離すには、対応したLinuxカーネルで動かしてください({}がありません)。",
            missing.join("と")
        );
    }
    if found.fell_short {
        say!(
            "注意：書簡を組版する処理が、ほかのファイルや通信から切り離されていません。この計算機のカーネルではできるはずですが、できませんでした。夜間処理はこのまま行えます。コンテナーや起動の設定の制限を、計算機の管理者に確かめてもらってください。"
        );
    }
}

/// Which notice was looked at, and what it lacks.
fn tell_notice(config: &Config, looked: &NoticeLooked) {
    let NoticeLooked {
        in_force,
        missing,
        weak,
    } = looked;
    if in_force.is_kept() {
        say!("公表事項は、公表中の{}です。", in_force_called(in_force));
        told_of_file(config, in_force);
    }
    if missing + weak > 0 {
        say!(
            "公表事項の内容に、不足{missing}件、要検討{weak}件があります。yobin notice check で見てください。"
        );
    }
}
