//! `yobin request show`: one request, whole.

use std::collections::BTreeMap;
use std::process::ExitCode;

use serde_json::{Map, Value, json};

use super::Setting;
use super::list::{as_json, rights};
use crate::cli::show::record_lines;
use crate::domain::{AskedRight, CloseReason, KeptBack, LetterId, Standing};
use crate::office::Office;
use crate::print;
use crate::store::{self, LetterRow, RequestAuditRow, RequestRow};
use crate::text::era;
use crate::wording::{self, ToldLetter};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// 受付番号
    #[arg(value_name = "RECEIPT")]
    receipt: String,
    /// JSONで出す
    #[arg(long)]
    json: bool,
}

/// Everything the store has of a request.
struct Whole {
    row: RequestRow,
    rights: Vec<AskedRight>,
    record: Map<String, Value>,
    letters: Vec<LetterRow>,
    history: Vec<RequestAuditRow>,
    /// Other requests with the same number, as written.
    twins: Vec<String>,
}

pub(super) async fn show(setting: &Setting, args: Args) -> anyhow::Result<ExitCode> {
    let office = Office::open(setting.config()?, setting.clock).await?;
    let mut conn = office.store.read().await?;
    let row = store::the_request(&mut conn, &args.receipt).await?;
    let whole = Whole {
        twins: store::twins_of_request(&mut conn, &row).await?,
        rights: store::rights_of(&mut conn, row.id).await?,
        record: serde_json::from_str(&store::record_of_request(&mut conn, row.id).await?)?,
        letters: store::letters_of_request(&mut conn, row.id).await?,
        history: store::audit_of_request(&mut conn, row.id).await?,
        row,
    };
    drop(conn);
    let Whole { row, rights, .. } = &whole;
    let letters: Vec<_> = whole.letters.iter().map(|letter| letter.id).collect();
    let kept_back = print::kept_back_by_id(&office, &letters).await?;
    let open = row.close_reason.is_none();
    let standing = open.then(|| {
        let today = setting.clock.today();
        Standing::on(today, row.arrival_date, row.target_date, rights)
    });
    if args.json {
        let all = json!({
            "request": as_json(row, rights, standing.as_ref()),
            "record": whole.record,
            "letters": whole.letters.iter().map(ToldLetter::of).collect::<Vec<_>>(),
            "history": whole.history,
        });
        say!("{}", serde_json::to_string_pretty(&all)?);
    } else {
        let page = page(&office, &whole, standing.as_ref(), &kept_back)?;
        crate::cli::print(format_args!("{page}"));
    }
    Ok(ExitCode::SUCCESS)
}

fn page(
    office: &Office,
    whole: &Whole,
    standing: Option<&Standing>,
    kept_back: &BTreeMap<LetterId, KeptBack>,
) -> anyhow::Result<String> {
    let row = &whole.row;
    let status = match row.close_reason()? {
        None => "受付中".to_owned(),
        Some(reason) => format!("終了({})", reason.label()),
    };
    let mut lines = vec![format!("{}  {status}", row.receipt_number)];
    let day = |date| era::write(date).unwrap_or_else(|| date.to_string());
    lines.push(format!("  到達日      {}", day(row.arrival_date)));
    if let Some(weeks) = standing.and_then(|standing| standing.two_weeks) {
        lines.push(format!(
            "  法第39条    2週間の最終日 {}、訴えを提起できる日 {}",
            day(weeks.last_day()),
            day(weeks.suit_open_from())
        ));
    }
    lines.push(format!("  回答目標日  {}", day(row.target_date)));
    lines.push(format!("  請求の種類  {}", rights(&whole.rights)));
    let concern =
        standing.and_then(|standing| wording::concern_of(row, &whole.rights, standing, kept_back));
    if let Some(concern) = concern {
        lines.push(format!("  【{}】{}", concern.label, concern.reason));
        lines.push(format!("  次の手順    {}", concern.next_step));
    }
    for twin in &whole.twins {
        lines.push(format!(
            "  注意        同じ受付番号の請求が、別の書き方「{twin}」でも登録されています。一方を「登録誤り」として終えてください。"
        ));
    }
    lines.push("  記録".to_owned());
    if let Some(form) = office.desk.requests.only() {
        record_lines(form, &whole.record, &mut lines);
    }
    lines.push("  書簡".to_owned());
    for letter in &whole.letters {
        let kind = office.desk.catalogue.get(&letter.kind);
        lines.push(format!(
            "    {}  {}  {}",
            letter.id,
            letter.at.japanese(),
            kind.map_or(letter.kind.as_str(), |kind| kind.name.as_str())
        ));
        if let Some(why) = kept_back.get(&letter.id) {
            lines.push(format!(
                "      注意：{}、送付を止めています。",
                wording::kept_back::because(why)
            ));
        }
    }
    if whole.letters.is_empty() {
        lines.push("    まだありません。".to_owned());
    }
    lines.push("  経過".to_owned());
    for act in &whole.history {
        lines.push(format!("    {}  {}  {}", act.at, done(act), act.actor));
    }
    lines.push(String::new());
    Ok(lines.join("\n"))
}

fn done(act: &RequestAuditRow) -> String {
    match (act.act.as_str(), act.letter) {
        ("added", _) => "登録".to_owned(),
        ("letter", Some(letter)) => format!("書簡の受付({letter})"),
        ("closed", _) => {
            let reason = act.note.as_deref().unwrap_or_default();
            match reason.parse::<CloseReason>() {
                Ok(reason) => format!("終了({})", reason.label()),
                Err(_) => format!("終了({reason})"),
            }
        }
        (other, _) => other.to_owned(),
    }
}
