//! Whether a letter charges what the notice before the public names (arts.
//! 32(1)(iii), 38(2)): the profile alone publishes nothing.

use serde_json::{Map, Value};

use crate::catalogue::Kind;
use crate::domain::{Fees, FieldProblem};
use crate::law::fees_due;
use crate::notice::{Notice, duties, edition_of, rules};
use crate::office::Office;
use crate::store::{Reads, StoreError};
use crate::wording::received::{fee_in_no_notice, fee_not_in_file, fee_not_in_notice};

/// The fees in yen that the notice before the public names: the edition in
/// force, and the society's file where the workspace never took one in. It is
/// asked where a letter is taken in, approved and made, for another edition may
/// come into force in between.
#[derive(Debug)]
pub enum PublishedFees {
    /// Named by the edition in force.
    Edition(Vec<u32>),
    /// Named by the society's file.
    File(Vec<u32>),
    /// The edition, or the file where there is none, cannot be read: why, for
    /// staff.
    Unreadable(String),
}

impl PublishedFees {
    /// Reads them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn of(office: &Office, conn: &mut Reads) -> Result<Self, StoreError> {
        let rows = conn.notice_revisions().await?;
        if rows.is_empty() {
            return Ok(match Notice::read(&office.desk.config.society) {
                Ok(notice) => PublishedFees::File(duties::stated_fees(&notice)),
                Err(error) => PublishedFees::Unreadable(error.to_string()),
            });
        }
        Ok(match edition_of(rules::published(&rows)?) {
            Ok(edition) => PublishedFees::Edition(duties::stated_fees(&edition.notice)),
            Err(error) => PublishedFees::Unreadable(error.to_string()),
        })
    }

    /// What is wrong with the fee of a record. That it is the profile's is
    /// seen elsewhere.
    pub fn problem(
        &self,
        kind: &Kind,
        values: &Map<String, Value>,
        fees: &Fees,
    ) -> Option<FieldProblem> {
        values
            .get("fee")
            .and_then(Value::as_u64)
            .filter(|fee| *fee > 0)?;
        let mut due = fees_due(kind.fee?, values, fees)?.into_iter().flatten();
        match self {
            PublishedFees::Edition(named) => {
                due.find(|yen| !named.contains(yen)).map(fee_not_in_notice)
            }
            PublishedFees::File(named) => due.find(|yen| !named.contains(yen)).map(fee_not_in_file),
            PublishedFees::Unreadable(why) => due.next().map(|yen| fee_in_no_notice(yen, why)),
        }
    }
}
