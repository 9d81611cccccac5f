//! Why a proof cannot be given.

use crate::archive::ArchiveError;
use crate::domain::LetterId;
use crate::office::OfficeError;
use crate::store::StoreError;
use crate::wording::StaffMessage as _;

/// Why a check cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// There is no such letter.
    #[error("{0}：この番号の書簡はありません。")]
    NoSuchLetter(LetterId),
    /// The letter was never set.
    #[error("{0}：まだ組版されていない書簡です。")]
    NotRendered(LetterId),
    /// Something needed to set it again is no longer the same.
    #[error("{0}")]
    Changed(String),
    /// The store failed.
    #[error("{}", .0.staff_message())]
    Store(#[from] StoreError),
    /// The archive failed.
    #[error("{}", .0.staff_message())]
    Archive(#[from] ArchiveError),
    /// Other bytes came out.
    #[error("{0}：もう一度組版しましたが、作成したときと同じ内容になりませんでした。")]
    Different(LetterId),
    /// The page did not come out.
    #[error("もう一度組版できませんでした。{0}")]
    Render(String),
    /// Something needed to set it does not open.
    #[error(transparent)]
    Office(#[from] OfficeError),
}
