//! How a letter reaches its addressee.

use std::str::FromStr;

/// The way a finished letter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// By mail, to the address on the record (メール).
    Mail,
    /// It is kept in the archive only (保管のみ).
    Archive,
}

/// A word that names no delivery.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("送付方法「{0}」はありません。")]
pub struct UnknownDelivery(String);

impl Delivery {
    /// The code kept in records and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Delivery::Mail => "mail",
            Delivery::Archive => "archive",
        }
    }

    /// The word staff read.
    pub fn japanese(self) -> &'static str {
        match self {
            Delivery::Mail => "メール",
            Delivery::Archive => "保管のみ",
        }
    }
}

impl FromStr for Delivery {
    type Err = UnknownDelivery;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "mail" => Ok(Delivery::Mail),
            "archive" => Ok(Delivery::Archive),
            other => Err(UnknownDelivery(other.to_owned())),
        }
    }
}
