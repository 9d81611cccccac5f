//! Why a closed request is opened again.

use std::str::FromStr;

/// The reason a closed request was opened again for. It is a word of a list
/// and no sentence, so that a request's history holds nothing about a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReopenReason {
    /// Another request was meant.
    AnotherMeant,
    /// It was closed for the wrong reason.
    WrongReason,
    /// The requester goes on with it, or something was left unanswered.
    GoesOn,
}

/// A word that is no reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("理由「{0}」は使えません。{list}のいずれかを書いてください。", list = ReopenReason::ALL.map(ReopenReason::label).join("、"))]
pub struct UnknownReopenReason(String);

impl ReopenReason {
    /// Every reason, in the order they are offered.
    pub const ALL: [ReopenReason; 3] = [
        ReopenReason::AnotherMeant,
        ReopenReason::WrongReason,
        ReopenReason::GoesOn,
    ];

    /// The code the store uses.
    pub fn as_str(self) -> &'static str {
        match self {
            ReopenReason::AnotherMeant => "another_meant",
            ReopenReason::WrongReason => "wrong_reason",
            ReopenReason::GoesOn => "goes_on",
        }
    }

    /// The word staff use.
    pub fn label(self) -> &'static str {
        match self {
            ReopenReason::AnotherMeant => "請求の取り違え",
            ReopenReason::WrongReason => "終えた理由の誤り",
            ReopenReason::GoesOn => "対応の継続",
        }
    }
}

impl FromStr for ReopenReason {
    type Err = UnknownReopenReason;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let typed = word.trim();
        Self::ALL
            .into_iter()
            .find(|reason| reason.label() == typed || reason.as_str() == typed)
            .ok_or_else(|| UnknownReopenReason(word.chars().take(40).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_go_by_code_and_by_word_and_others_are_named() {
        for reason in ReopenReason::ALL {
            assert_eq!(reason.as_str().parse(), Ok(reason));
            assert_eq!(reason.label().parse(), Ok(reason));
        }
        let told = "なんとなく".parse::<ReopenReason>().expect_err("no reason");
        assert!(told.to_string().contains("請求の取り違え、"), "{told}");
    }
}
