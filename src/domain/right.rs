//! What a person may ask of the society.

use serde::{Deserialize, Serialize};

/// The kinds of right a request can assert. One request may assert several,
/// and each has a decision of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// Notification of purposes of use (利用目的の通知, art. 32(2)).
    NotificationOfPurposes,
    /// Disclosure of retained personal data (開示, art. 33(1)).
    Disclosure,
    /// Disclosure of records of third-party provision (art. 33(5)).
    ThirdPartyRecordDisclosure,
    /// Correction, addition or deletion (訂正等, art. 34(1)).
    Correction,
    /// Cessation of use, erasure or cessation of provision (利用停止等,
    /// art. 35(1), (3) and (5)).
    Cessation,
    /// Disclosure asked for by the bereaved under the society's own rules;
    /// no right of the Act, which covers living persons (art. 2(1)).
    BereavedDisclosure,
    /// Handling of a complaint (苦情の処理, art. 40).
    Complaint,
}

impl Right {
    /// Every right, in the order of the Act.
    pub const ALL: [Right; 7] = [
        Right::NotificationOfPurposes,
        Right::Disclosure,
        Right::ThirdPartyRecordDisclosure,
        Right::Correction,
        Right::Cessation,
        Right::BereavedDisclosure,
        Right::Complaint,
    ];

    /// The code records and the store use.
    pub fn as_str(self) -> &'static str {
        match self {
            Right::NotificationOfPurposes => "notification_of_purposes",
            Right::Disclosure => "disclosure",
            Right::ThirdPartyRecordDisclosure => "third_party_record_disclosure",
            Right::Correction => "correction",
            Right::Cessation => "cessation",
            Right::BereavedDisclosure => "bereaved_disclosure",
            Right::Complaint => "complaint",
        }
    }

    /// The word staff use.
    pub fn label(self) -> &'static str {
        match self {
            Right::NotificationOfPurposes => "利用目的の通知",
            Right::Disclosure => "開示",
            Right::ThirdPartyRecordDisclosure => "第三者提供記録の開示",
            Right::Correction => "訂正等",
            Right::Cessation => "利用停止等",
            Right::BereavedDisclosure => "遺族からの開示依頼",
            Right::Complaint => "苦情の処理",
        }
    }

    /// Whether a suit over it has to wait for two weeks (art. 39(1): claims
    /// under arts. 33(1) and (5), 34(1), 35(1), (3) and (5)). To be told the
    /// purposes (art. 32(2)) is asked for and not claimed.
    pub fn is_under_article_39(self) -> bool {
        match self {
            Right::Disclosure
            | Right::ThirdPartyRecordDisclosure
            | Right::Correction
            | Right::Cessation => true,
            Right::NotificationOfPurposes | Right::BereavedDisclosure | Right::Complaint => false,
        }
    }

    /// The right with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|right| right.as_str() == code)
    }
}
