//! How a letter reaches its addressee.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The way a finished letter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
    pub fn label(self) -> &'static str {
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

/// To whom a mail was handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandedTo {
    /// The society's mail server.
    Gateway,
    /// A file, which leaves the house only if another program takes it on.
    File,
}

/// How a letter left the house after the night was done with it, as staff
/// recorded it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Dispatch {
    /// It was posted (投函).
    Posted,
    /// It was handed over at the desk (手渡し).
    HandedOver,
    /// Another program took its mail on from the file and sent it.
    PassedOn,
}

/// A word of the store that names neither.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown word {0}")]
pub struct UnknownWord(pub(super) String);

impl HandedTo {
    /// The word kept in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            HandedTo::Gateway => "gateway",
            HandedTo::File => "file",
        }
    }
}

impl FromStr for HandedTo {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "gateway" => Ok(HandedTo::Gateway),
            "file" => Ok(HandedTo::File),
            other => Err(UnknownWord(other.to_owned())),
        }
    }
}

impl Dispatch {
    /// The word kept in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Dispatch::Posted => "posted",
            Dispatch::HandedOver => "handed_over",
            Dispatch::PassedOn => "passed_on",
        }
    }
}

impl FromStr for Dispatch {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "posted" => Ok(Dispatch::Posted),
            "handed_over" => Ok(Dispatch::HandedOver),
            "passed_on" => Ok(Dispatch::PassedOn),
            other => Err(UnknownWord(other.to_owned())),
        }
    }
}
