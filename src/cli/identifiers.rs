//! Numbers in the store that a person has to look at: shared, or alike.
//! Whether they are wrong is not for the program to say.

use std::path::Path;

use crate::office::STORE;
use crate::store::{self, DoubleNotification, LookAlikeFlag, Store, StoreError};
use crate::wording::StaffMessage as _;

/// What there is to look at in the workspace, if it has a store. The store is
/// only looked at: one an earlier program made says nothing until it is opened
/// for work.
///
/// # Errors
/// In words for staff, when the store does not open.
pub(super) async fn to_look_at(out: &Path) -> Result<Vec<String>, String> {
    let path = out.join(STORE);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let told = |error: StoreError| error.staff_message();
    let store = Store::open_to_read(&path).await.map_err(told)?;
    let notes = read(&store).await.map_err(told);
    store.close().await;
    notes
}

/// Tells it beside a report. What cannot be read is no reason to end with: the
/// report stands.
pub(super) async fn tell(store: &Store) {
    match read(store).await {
        Ok(notes) => {
            for note in notes {
                say!("注意：{note}");
            }
        }
        Err(error) => eprintln!("エラー：{}", error.staff_message()),
    }
}

async fn read(store: &Store) -> Result<Vec<String>, StoreError> {
    let mut conn = store.read().await?;
    let mut notes = Vec::new();
    if !store::keys_are_current(&mut conn).await? {
        return Ok(notes);
    }
    for number in store::unreadable_requests(&mut conn).await? {
        notes.push(format!(
            "受付番号「{number}」の請求の記録が壊れていて、読めません。支援措置の相手方の請求だったとしても、ほかの受付番号の書簡は止まりません。責任者に知らせ、控えから戻すか、yobin request close で「登録誤り」として終えて登録し直してください。"
        ));
    }
    for numbers in store::shared_receipt_numbers(&mut conn).await? {
        notes.push(shared(&numbers));
    }
    for LookAlikeFlag { flagged, other } in store::look_alike_flags(&mut conn).await? {
        notes.push(format!(
            "支援措置などが登録された加入者管理番号「{flagged}」は「{other}」とよく似ています。「{other}」への書簡は、この登録では止まりません。同じ方なら、yobin members flags で「{other}」にも登録してください。"
        ));
    }
    for DoubleNotification { member, letters } in store::double_notifications(&mut conn).await? {
        let letters: Vec<String> = letters.iter().map(ToString::to_string).collect();
        notes.push(format!(
            "加入者管理番号「{member}」の方あてに、同じ改定の通知が、番号の書き方を変えて2通以上受け付けられています({})。まだ送っていないものは、一方を yobin cancel で取り消してください。",
            letters.join("、")
        ));
    }
    Ok(notes)
}

/// Says of requests that they have one number in several writings.
pub(super) fn shared(numbers: &[String]) -> String {
    let written: String = numbers
        .iter()
        .map(|number| format!("「{number}」"))
        .collect();
    format!(
        "{written}は、書き方が違うだけで同じ受付番号です。yobin request show で見比べ、一方を yobin request close で「登録誤り」として終えてください。別の請求なら、別の受付番号で登録し直してください。"
    )
}
