//! The states of a revision of the published notice.

use std::str::FromStr;

/// Where a revision stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RevisionState {
    /// Written, with its questions answered.
    Draft,
    /// Approved by a second person; published when its day has come.
    Approved,
    /// The notice in force.
    Published,
    /// In force until a later one was; kept for ever.
    Superseded,
}

/// What may happen to a revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevisionEvent {
    /// Other content takes its place before it is published.
    Replace,
    /// A second person approves it.
    Approve,
    /// The approval is taken back.
    Withdraw,
    /// Its day has come.
    Publish,
    /// A later one is published.
    Supersede,
}

/// A word that is no state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no state of a revision: {0}")]
pub struct UnknownRevisionState(String);

impl RevisionState {
    /// Every state, in the order a revision goes through them.
    pub const ALL: [RevisionState; 4] = [
        RevisionState::Draft,
        RevisionState::Approved,
        RevisionState::Published,
        RevisionState::Superseded,
    ];

    /// The state after `event`; none when it cannot happen now.
    pub fn after(self, event: RevisionEvent) -> Option<Self> {
        use RevisionEvent as On;
        use RevisionState::{Approved, Draft, Published, Superseded};
        match (self, event) {
            (Draft, On::Replace) => Some(Draft),
            (Draft, On::Approve) => Some(Approved),
            (Draft, On::Withdraw | On::Publish | On::Supersede) => None,
            (Approved, On::Replace | On::Withdraw) => Some(Draft),
            (Approved, On::Publish) => Some(Published),
            (Approved, On::Approve | On::Supersede) => None,
            (Published, On::Supersede) => Some(Superseded),
            (Published, On::Replace | On::Approve | On::Withdraw | On::Publish) => None,
            (
                Superseded,
                On::Replace | On::Approve | On::Withdraw | On::Publish | On::Supersede,
            ) => None,
        }
    }

    /// The code the store uses.
    pub fn as_str(self) -> &'static str {
        match self {
            RevisionState::Draft => "draft",
            RevisionState::Approved => "approved",
            RevisionState::Published => "published",
            RevisionState::Superseded => "superseded",
        }
    }

    /// The word staff read.
    pub fn label(self) -> &'static str {
        match self {
            RevisionState::Draft => "案",
            RevisionState::Approved => "承認済み",
            RevisionState::Published => "公表中",
            RevisionState::Superseded => "旧版",
        }
    }
}

impl FromStr for RevisionState {
    type Err = UnknownRevisionState;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| UnknownRevisionState(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_approved_revision_is_published_and_a_published_one_only_superseded() {
        let before = |event| {
            RevisionState::ALL
                .into_iter()
                .filter(|state| state.after(event).is_some())
                .collect::<Vec<_>>()
        };
        assert_eq!(before(RevisionEvent::Publish), [RevisionState::Approved]);
        assert_eq!(before(RevisionEvent::Supersede), [RevisionState::Published]);
        let changeable = [RevisionState::Draft, RevisionState::Approved];
        assert_eq!(before(RevisionEvent::Replace), changeable);
    }
}
