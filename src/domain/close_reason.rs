//! Why a request is at its end.

use std::str::FromStr;

/// The reason a request was closed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// Every right asked for was answered by a letter.
    Answered,
    /// It was answered in another way than by letters of this program.
    AnsweredElsewhere,
    /// The requester withdrew it.
    Withdrawn,
    /// What was missing was not supplied in time.
    NoSupplement,
    /// Somebody else holds the data, and the requester was told who.
    Referred,
    /// What was asked for is no retained personal data (art. 16(4)).
    NotRetained,
    /// It was registered with a mistake; its receipt number is free again.
    Mistaken,
}

/// A word that is no reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("理由「{0}」は使えません。{list}のいずれかを書いてください。", list = CloseReason::ALL.map(CloseReason::label).join("、"))]
pub struct UnknownCloseReason(String);

impl CloseReason {
    /// Every reason, in the order they are offered.
    pub const ALL: [CloseReason; 7] = [
        CloseReason::Answered,
        CloseReason::AnsweredElsewhere,
        CloseReason::Withdrawn,
        CloseReason::NoSupplement,
        CloseReason::Referred,
        CloseReason::NotRetained,
        CloseReason::Mistaken,
    ];

    /// The code the store uses.
    pub fn as_str(self) -> &'static str {
        match self {
            CloseReason::Answered => "answered",
            CloseReason::AnsweredElsewhere => "answered_elsewhere",
            CloseReason::Withdrawn => "withdrawn",
            CloseReason::NoSupplement => "no_supplement",
            CloseReason::Referred => "referred",
            CloseReason::NotRetained => "not_retained",
            CloseReason::Mistaken => "mistaken",
        }
    }

    /// The word staff use.
    pub fn label(self) -> &'static str {
        match self {
            CloseReason::Answered => "回答済み",
            CloseReason::AnsweredElsewhere => "別途回答済み",
            CloseReason::Withdrawn => "取下げ",
            CloseReason::NoSupplement => "補正なし",
            CloseReason::Referred => "請求先の案内済み",
            CloseReason::NotRetained => "保有個人データ非該当",
            CloseReason::Mistaken => "登録誤り",
        }
    }
}

impl FromStr for CloseReason {
    type Err = UnknownCloseReason;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let typed = word.trim();
        Self::ALL
            .into_iter()
            .find(|reason| reason.label() == typed || reason.as_str() == typed)
            .ok_or_else(|| UnknownCloseReason(word.chars().take(40).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_go_by_code_and_by_word_and_others_are_named() {
        for reason in CloseReason::ALL {
            assert_eq!(reason.as_str().parse(), Ok(reason));
            assert_eq!(reason.label().parse(), Ok(reason));
        }
        let told = "なんとなく".parse::<CloseReason>().expect_err("no reason");
        assert!(told.to_string().contains("取下げ、補正なし"), "{told}");
    }
}
