//! What is registered of members: what keeps letters from them.

use std::path::Path;

use serde_json::{Map, Value};

use super::in_charge::{InCharge, NotProved};
use crate::acts::reception::{self, Distinct, ReceivedFlags, ReceptionError};
use crate::domain::{By, LetterId, MemberFlag, Stamp};
use crate::intake::RowProblem;
use crate::office::Office;
use crate::restricted::Identities;
use crate::store::{CounterpartRow, StoreError, Work};
use crate::wording::StaffMessage as _;

pub use crate::store::{ListReading, RequestRow};

/// Readings of the list that are told.
const READINGS: i64 = 10;

/// A flag of a member, for the person in charge.
#[derive(Debug)]
pub struct FlaggedMember {
    /// The member's number, as it is written.
    pub written: String,
    /// The flag.
    pub flag: MemberFlag,
    /// Who set it.
    pub set_by: String,
    /// When they did.
    pub set_at: Stamp,
    /// The name, as the last request or letter with that number has it.
    pub name: Option<String>,
}

/// A counterpart of protective measures, for the person in charge.
#[derive(Debug)]
pub struct ListedCounterpart {
    /// Their request.
    pub request: RequestRow,
    /// Who they are; nothing where the request's record cannot be read.
    pub said: Option<SaidCounterpart>,
    /// Who they were before the request was amended, the oldest first: letters
    /// are held against that as well, unless they are a counterpart no more.
    pub former: Vec<SaidCounterpart>,
    /// Who confirmed that they are a counterpart no more, and when: letters are
    /// held against nothing of it.
    pub ended: Option<(String, Stamp)>,
}

/// Who a counterpart is, as a request says it.
#[derive(Debug)]
pub struct SaidCounterpart {
    /// Their name.
    pub name: String,
    /// Where they live.
    pub address: String,
    /// Who is protected from them.
    pub protected: String,
    /// The number of that person.
    pub protected_key: Option<String>,
}

/// What keeps letters from members.
#[derive(Debug)]
pub struct MemberList {
    /// The flags, in the order of the numbers.
    pub flags: Vec<FlaggedMember>,
    /// The counterparts, in the order in which they were registered.
    pub counterparts: Vec<ListedCounterpart>,
    /// Who looked before, the newest first.
    pub readings: Vec<ListReading>,
}

/// Why the list is not shown, for staff.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// Nobody is in charge yet.
    #[error(
        "個人情報保護管理者の公開鍵が profile.toml の [restricted] に書かれていないので、この一覧はだれにも見せられません。鍵を作り、公開鍵を書いてください。"
    )]
    NobodyInCharge,
    /// It is another key.
    #[error(
        "この鍵は、profile.toml の [restricted] の公開鍵と対になっていないので、一覧を見せられません。個人情報保護管理者の鍵のファイルを指定してください。試したことは記録に残ります。"
    )]
    OtherKey,
    /// The store failed.
    #[error("{}", .0.staff_message())]
    Store(#[from] StoreError),
}

/// The flags of members and the counterparts of protective measures, for
/// whoever has the key of the person in charge. That they looked is kept
/// before anything is shown; so is a try with another key.
///
/// # Errors
/// [`ListError`].
pub async fn list(
    office: &Office,
    by: &By,
    identities: &Identities,
) -> Result<MemberList, ListError> {
    let opened = match InCharge::proved(office, identities) {
        Ok(_) => true,
        Err(NotProved::OtherKey) => false,
        Err(NotProved::Nobody) => return Err(ListError::NobodyInCharge),
    };
    let mut work = office.store.work().await?;
    let readings = work.list_readings(READINGS).await?;
    work.note_list_reading(opened, by).await?;
    if !opened {
        work.commit().await?;
        return Err(ListError::OtherKey);
    }
    let flags = flagged(&mut work).await?;
    let counterparts = work.counterparts().await?;
    work.commit().await?;
    Ok(MemberList {
        flags,
        counterparts: counterparts.into_iter().map(counterpart).collect(),
        readings,
    })
}

async fn flagged(work: &mut Work) -> Result<Vec<FlaggedMember>, StoreError> {
    let rows = work.member_flags().await?;
    let requests: Vec<i64> = rows.iter().filter_map(|row| row.request_id).collect();
    let letters: Vec<LetterId> = rows.iter().filter_map(|row| row.letter_id).collect();
    let of_requests = work.names_of_requests(&requests).await?;
    let of_letters = work.names_of_letters(&letters).await?;
    let named = rows.into_iter().map(|row| {
        let by_request = row.request_id.and_then(|key| of_requests.get(&key));
        let by_letter = row.letter_id.and_then(|letter| of_letters.get(&letter));
        let by_request = by_request.and_then(|names| names.principal.clone());
        let by_letter = || {
            let names = by_letter?;
            names
                .principal_name
                .clone()
                .or_else(|| names.addressee_name.clone())
        };
        FlaggedMember {
            name: by_request.or_else(by_letter),
            written: row.written,
            flag: row.flag,
            set_by: row.set_by,
            set_at: row.set_at,
        }
    });
    Ok(named.collect())
}

fn counterpart(row: CounterpartRow) -> ListedCounterpart {
    ListedCounterpart {
        said: said(&row.record),
        former: row.former.iter().filter_map(said).collect(),
        ended: row.ended,
        request: row.request,
    }
}

fn said(record: &Map<String, Value>) -> Option<SaidCounterpart> {
    let text = |field: &str| record.get(field).and_then(Value::as_str).map(str::to_owned);
    let address = ["requester_address", "requester_building"].map(text);
    Some(SaidCounterpart {
        name: text("requester_name")?,
        address: address.into_iter().flatten().collect::<Vec<_>>().join(" "),
        protected: text("principal_name").unwrap_or_default(),
        protected_key: text("member_key"),
    })
}

/// Takes in a file of flags, set and cleared, all of them or none. Every
/// problem of every row is told to `say` as it is found. A number that looks
/// like a known one is refused unless it is among the `distinct`.
///
/// # Errors
/// [`ReceptionError`]; then nothing was changed.
pub async fn flags(
    office: &Office,
    by: &By,
    path: &Path,
    distinct: &Distinct,
    say: &mut dyn FnMut(&RowProblem),
) -> Result<ReceivedFlags, ReceptionError> {
    reception::receive_member_flags(office, by, path, distinct, say).await
}
