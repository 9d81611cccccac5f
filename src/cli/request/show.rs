//! `yobin request show`: one request, whole.

use std::process::ExitCode;

use serde_json::json;

use super::Context;
use super::list::rights;
use crate::acts::reception::amendment_told;
use crate::catalogue::Form;
use crate::cli::show::record_lines;
use crate::cli::table::labelled;
use crate::domain::{
    COUNTERPART_AGAIN, COUNTERPART_END_PROPOSED, COUNTERPART_END_WITHDRAWN, COUNTERPART_ENDED,
    COUNTERPART_KEY_REFUSED, COUNTERPART_MISTAKEN, CloseReason, CounterpartEnd, LetterId,
    ReopenReason,
};
use crate::office::Office;
use crate::views::{CounterpartStands, Request};
use crate::wording::{self, ToldLetter};

/// The width of the labels on a request's page.
const LABELS: usize = 10;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// 受付番号
    #[arg(value_name = "RECEIPT")]
    receipt: String,
    /// JSONで出す
    #[arg(long)]
    json: bool,
}

pub(super) async fn show(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    let office = crate::cli::look(context).await?;
    let request = Request::of(&office, &args.receipt).await?;
    if args.json {
        let all = json!({
            "request": request.as_json(),
            "record": request.record,
            "letters": request.letters.iter().map(ToldLetter::of).collect::<Vec<_>>(),
            "history": request.history,
        });
        say!("{}", serde_json::to_string_pretty(&all)?);
    } else {
        let page = page(&office, &request)?;
        crate::cli::print(format_args!("{page}"));
    }
    Ok(ExitCode::SUCCESS)
}

fn page(office: &Office, request: &Request) -> anyhow::Result<String> {
    let row = &request.row;
    let status = match row.close_reason {
        None => "受付中".to_owned(),
        Some(reason) => format!("終了({})", reason.label()),
    };
    let mut lines = vec![format!("{}  {status}", row.receipt_number)];
    let day = wording::day;
    let line = |label: &str, value: &str| labelled(label, LABELS, value);
    lines.push(line("到達日", &day(row.arrival_date)));
    if let Some(weeks) = request.standing.and_then(|standing| standing.two_weeks) {
        let (last, suit) = (day(weeks.last_day()), day(weeks.suit_open_from()));
        let weeks = format!("2週間の最終日 {last}、訴えを提起できる日 {suit}");
        lines.push(line("法第39条", &weeks));
    }
    lines.push(line("回答目標日", &day(row.target_date)));
    lines.push(line("請求の種類", &rights(&request.rights)));
    if let Some(told) = counterpart_told(request) {
        lines.push(line("注意", &told));
    }
    if let Some(concern) = &request.concern {
        lines.push(format!("  【{}】{}", concern.label, concern.reason));
        lines.push(line("次の手順", &concern.next_step));
    }
    for twin in &request.twins {
        let told = format!(
            "同じ受付番号の請求が、別の書き方「{twin}」でも登録されています。一方を「登録誤り」として終えてください。"
        );
        lines.push(line("注意", &told));
    }
    lines.push("  記録".to_owned());
    record_lines(&office.desk.requests, &request.record, &mut lines);
    lines.push("  書簡".to_owned());
    for letter in &request.letters {
        let kind = office.desk.catalogue.get(&letter.kind);
        lines.push(format!(
            "    {}  {}  {}",
            letter.id,
            letter.at.label(),
            kind.map_or(letter.kind.as_str(), |kind| kind.name.as_str())
        ));
        if let Some(why) = request.kept_back.get(&letter.id) {
            lines.push(format!(
                "      注意：{}、送付を止めています。",
                wording::kept_back::because(why)
            ));
        }
    }
    if request.letters.is_empty() {
        lines.push("    まだありません。".to_owned());
    }
    lines.push("  経過".to_owned());
    for act in &request.history {
        let form = &office.desk.requests;
        let done = done(form, &act.act, act.letter, act.note.as_deref());
        let (at, who) = (wording::time(act.at), wording::actor(&act.actor));
        lines.push(format!("    {at}  {done}  {who}"));
    }
    lines.push(String::new());
    Ok(lines.join("\n"))
}

/// That who asked is a counterpart no more, or soon may be: the record goes on
/// saying that they are.
fn counterpart_told(request: &Request) -> Option<String> {
    match &request.counterpart {
        Some(CounterpartStands::Ended { by, at }) => Some(wording::protection::ended(*at, by)),
        Some(CounterpartStands::Stands) => wording::protection::pending(request.end_stands()),
        None => None,
    }
}

fn done(form: &Form, act: &str, letter: Option<LetterId>, note: Option<&str>) -> String {
    match (act, letter) {
        ("added", _) => "登録".to_owned(),
        ("letter", Some(letter)) => format!("書簡の受付({letter})"),
        ("closed", _) => {
            let reason = note.unwrap_or_default();
            match reason.parse::<CloseReason>() {
                Ok(reason) => format!("終了({})", reason.label()),
                Err(_) => format!("終了({reason})"),
            }
        }
        ("reopened", _) => {
            let reason = note.unwrap_or_default();
            match reason.parse::<ReopenReason>() {
                Ok(reason) => format!("もう一度開く({})", reason.label()),
                Err(_) => format!("もう一度開く({reason})"),
            }
        }
        ("amended", _) => amendment_told(form, note.unwrap_or_default())
            .unwrap_or_else(|| "登録の訂正".to_owned()),
        (COUNTERPART_END_PROPOSED, _) => format!(
            "支援措置の相手方でなくなったことの申出({})",
            counterpart_end(note)
        ),
        (COUNTERPART_END_WITHDRAWN, _) => {
            "支援措置の相手方でなくなったことの申出の取下げ".to_owned()
        }
        (COUNTERPART_ENDED, _) => format!(
            "支援措置の相手方でなくなったことの確定({})",
            counterpart_end(note)
        ),
        (COUNTERPART_AGAIN, _) => "支援措置の相手方として再び登録".to_owned(),
        (COUNTERPART_KEY_REFUSED, _) => {
            "支援措置の相手方の登録を外そうとしたが、鍵が違った".to_owned()
        }
        (COUNTERPART_MISTAKEN, _) => {
            "支援措置の相手方としての登録が誤りであることの、個人情報保護管理者の確認".to_owned()
        }
        (other, _) => other.to_owned(),
    }
}

fn counterpart_end(note: Option<&str>) -> String {
    // After the reason stands the key that proved who confirmed it.
    let reason = note.and_then(|note| note.split(' ').next());
    let reason = reason.unwrap_or_default();
    match reason.parse::<CounterpartEnd>() {
        Ok(known) => known.label().to_owned(),
        Err(_) => reason.to_owned(),
    }
}
