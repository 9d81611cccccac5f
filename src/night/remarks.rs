//! What a report says besides its letters: a clock that was ahead, letters no
//! night can take in.

use super::due;
use crate::domain::LetterId;
use crate::office::Office;
use crate::store::{self, BatchRow, StoreError};
use crate::views::{opened_ahead, silenced_until};

/// Letters named in a remark; the others are counted.
const NAMED: i64 = 20;

/// The remarks of a batch's report, each with what to do.
///
/// # Errors
/// When the store cannot be read.
pub(super) async fn remarks(office: &Office, batch: &BatchRow) -> Result<Vec<String>, StoreError> {
    let mut remarks = of_the_clock(office, batch).await?;
    remarks.extend(of_waiting(office).await?);
    Ok(remarks)
}

async fn of_the_clock(office: &Office, batch: &BatchRow) -> Result<Vec<String>, StoreError> {
    let desk = &office.desk;
    let mut conn = office.store.read().await?;
    let told = store::schedule_ahead_told_by(&mut conn, &batch.opened_at).await?;
    drop(conn);
    let mut remarks: Vec<String> = told
        .iter()
        .map(|ahead| {
            format!(
                "計算機の時計が一度進んでいたため、予定は {} まで済んだことになっていました。{} に今の日時に戻し、夜間処理を続けています。時計を確かめ、先の日付の書簡が出ていないか、yobin list で確かめてください。",
                minutes(&ahead.seen_at),
                minutes(&ahead.noticed_at),
            )
        })
        .collect();
    let schedule = &desk.config.schedule;
    if let Some(until) = silenced_until(&office.store, schedule, desk.clock.now()).await? {
        remarks.push(format!(
            "予定が {} まで済んだことになっています(計算機の時計が進んでいたためと思われます)。時計を確かめてください。yobin serve は、次に動いたときに今の日時に戻します。",
            until.format("%Y-%m-%d %H:%M")
        ));
    }
    let ahead = opened_ahead(&office.store, desk.clock.today()).await?;
    let ahead: Vec<String> = ahead
        .into_iter()
        .filter(|date| *date > batch.date)
        .collect();
    if !ahead.is_empty() {
        remarks.push(format!(
            "先の日付({})の夜間処理が始められ、終わっていません。その日まで、残りの書簡は送りません。日付が誤りなら、yobin list --batch 日付 で書簡を確かめて yobin cancel で取り消し、記録番号を変えて受け付け直してください。",
            ahead.join("、")
        ));
    }
    Ok(remarks)
}

/// Letters that wait and that no night of today would take in.
async fn of_waiting(office: &Office) -> Result<Vec<String>, StoreError> {
    let desk = &office.desk;
    let at = desk.clock.stamp();
    let due = due(office, desk.clock.today(), &at);
    let mut conn = office.store.read().await?;
    let mut remarks = Vec::new();
    for (series, count) in store::due_series(&mut conn, due.approval_required).await? {
        if !desk.society.numbering.contains_key(&series) {
            remarks.push(format!(
                "文書番号の系列 {series} の決まりが profile.toml の [numbering.{series}] にないため、書簡 {count}件を夜間処理に入れていません。決まりを書き加えてください。次の夜間処理で作ります。"
            ));
        }
    }
    let (count, named) = store::too_early(&mut conn, due, NAMED).await?;
    if count > 0 {
        remarks.push(format!(
            "到達日などが今日より後になっている書簡 {count}件を、夜間処理に入れていません({}{})。記録の日付を確かめてください。誤りなら、yobin cancel で取り消し、直した記録を受け付けてください。",
            listed(&named),
            if count > NAMED { "、ほか" } else { "" },
        ));
    }
    Ok(remarks)
}

fn listed(letters: &[(LetterId, String)]) -> String {
    let letters: Vec<String> = letters
        .iter()
        .map(|(letter, first)| format!("{letter} は {first} から"))
        .collect();
    letters.join("、")
}

/// A stamp as staff read it.
fn minutes(stamp: &str) -> String {
    stamp.get(..16).unwrap_or(stamp).replace('T', " ")
}
