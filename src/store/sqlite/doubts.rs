//! The numbers in the store that a person has to look at.

use sqlx::SqliteConnection;

use super::StoreError;
use super::member_number::{LookAlikeFlag, look_alike_flags};
use super::renew_keys::keys_are_current;
use super::request::shared_receipt_numbers;
use super::roster::{DoubleNotification, double_notifications};
use super::safeguard::unreadable_requests;

/// The numbers a person has to look at.
#[derive(Debug, Default)]
pub struct NumberDoubts {
    /// Receipt numbers of requests whose record cannot be read. Nobody knows
    /// whether they are of counterparts; the letters that answer them are kept
    /// back.
    pub unreadable_requests: Vec<String>,
    /// Receipt numbers that more than one request has: all writings of each.
    pub shared_receipt_numbers: Vec<Vec<String>>,
    /// Flags whose number looks like another that is known and has not the
    /// same flags: letters to the other are not kept back by them.
    pub look_alike_flags: Vec<LookAlikeFlag>,
    /// Members who were notified of one edition under two writings of their
    /// number, while the program held those for two numbers.
    pub double_notifications: Vec<DoubleNotification>,
}

/// The numbers a person has to look at; nothing in a store of an earlier
/// program, which has not its keys yet.
///
/// # Errors
/// When the store cannot be read.
pub async fn number_doubts(conn: &mut SqliteConnection) -> Result<NumberDoubts, StoreError> {
    if !keys_are_current(conn).await? {
        return Ok(NumberDoubts::default());
    }
    Ok(NumberDoubts {
        unreadable_requests: unreadable_requests(conn).await?,
        shared_receipt_numbers: shared_receipt_numbers(conn).await?,
        look_alike_flags: look_alike_flags(conn).await?,
        double_notifications: double_notifications(conn).await?,
    })
}
