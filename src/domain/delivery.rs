//! How a letter reaches its addressee.

use std::str::FromStr;

/// The way a finished letter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// By mail, to the address on the record (メール).
    Mail,
    /// By post: archived, then printed and enveloped by hand (郵送).
    Post,
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
            Delivery::Post => "post",
            Delivery::Archive => "archive",
        }
    }

    /// The word staff read.
    pub fn japanese(self) -> &'static str {
        match self {
            Delivery::Mail => "メール",
            Delivery::Post => "郵送",
            Delivery::Archive => "保管のみ",
        }
    }
}

impl FromStr for Delivery {
    type Err = UnknownDelivery;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "mail" => Ok(Delivery::Mail),
            "post" => Ok(Delivery::Post),
            "archive" => Ok(Delivery::Archive),
            other => Err(UnknownDelivery(other.to_owned())),
        }
    }
}
