//! What the history of a request says of an amendment.

use std::fmt;
use std::str::FromStr;

use super::Counterpart;

/// Why a registered request is amended. It is a word of a list and no
/// sentence, so that a request's history holds nothing about a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AmendReason {
    /// It was typed or read wrongly.
    Mistyped,
    /// The requester corrected or completed it.
    Supplemented,
    /// Something about a person has changed since.
    Changed,
    /// A check of identity, authority or protective measures showed it.
    Verified,
}

/// A word that is no reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("理由「{0}」は使えません。{list}のいずれかを書いてください。", list = AmendReason::ALL.map(AmendReason::label).join("、"))]
pub struct UnknownAmendReason(String);

impl AmendReason {
    /// Every reason, in the order they are offered.
    pub const ALL: [AmendReason; 4] = [
        AmendReason::Mistyped,
        AmendReason::Supplemented,
        AmendReason::Changed,
        AmendReason::Verified,
    ];

    /// The code the store uses.
    pub fn as_str(self) -> &'static str {
        match self {
            AmendReason::Mistyped => "mistyped",
            AmendReason::Supplemented => "supplemented",
            AmendReason::Changed => "changed",
            AmendReason::Verified => "verified",
        }
    }

    /// The word staff use.
    pub fn label(self) -> &'static str {
        match self {
            AmendReason::Mistyped => "入力の誤り",
            AmendReason::Supplemented => "請求者の補正",
            AmendReason::Changed => "事情の変更",
            AmendReason::Verified => "確認の結果",
        }
    }
}

impl FromStr for AmendReason {
    type Err = UnknownAmendReason;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let typed = word.trim();
        Self::ALL
            .into_iter()
            .find(|reason| reason.label() == typed || reason.as_str() == typed)
            .ok_or_else(|| UnknownAmendReason(word.chars().take(40).collect()))
    }
}

/// An amendment, as the history keeps it: no value of any field is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amendment {
    /// Why.
    pub reason: AmendReason,
    /// SHA-256 of the record before, in hexadecimal.
    pub before: String,
    /// The same of the record since.
    pub after: String,
    /// The fields that changed, by their schema names.
    pub fields: Vec<String>,
}

impl fmt::Display for Amendment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = self.reason.as_str();
        let fields = self.fields.join(",");
        write!(f, "{reason} {} {} {fields}", self.before, self.after)
    }
}

impl Amendment {
    /// Whether it changes who a counterpart of protective measures is, or whom
    /// they are one of, if the request registers one.
    pub fn changes_counterpart(&self) -> bool {
        let mut fields = self.fields.iter();
        fields.any(|field| Counterpart::FIELDS.contains(&field.as_str()))
    }

    /// Reads what the history keeps; nothing of another remark.
    pub fn read(note: &str) -> Option<Self> {
        let mut parts = note.split(' ');
        let amendment = Amendment {
            reason: parts.next()?.parse().ok()?,
            before: parts.next()?.to_owned(),
            after: parts.next()?.to_owned(),
            fields: parts.next()?.split(',').map(str::to_owned).collect(),
        };
        parts.next().is_none().then_some(amendment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amendment_is_read_as_it_was_written() {
        for reason in AmendReason::ALL {
            assert_eq!(reason.label().parse(), Ok(reason));
            let amendment = Amendment {
                reason,
                before: "ab".to_owned(),
                after: "cd".to_owned(),
                fields: vec!["desk".to_owned(), "member_key".to_owned()],
            };
            assert_eq!(Amendment::read(&amendment.to_string()), Some(amendment));
        }
        for note in [
            "",
            "answered",
            "mistyped a b",
            "mistyped a b c d",
            "x a b c",
        ] {
            assert_eq!(Amendment::read(note), None, "{note}");
        }
        let told = "なんとなく".parse::<AmendReason>().expect_err("no reason");
        assert!(told.to_string().contains("入力の誤り、"), "{told}");
    }
}
