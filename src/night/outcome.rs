//! Where the letters of a run came to rest.

use std::collections::BTreeMap;

use crate::domain::{State, Whereabouts};

/// Where one letter came to rest in this run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Settled {
    /// There, by the night's own doing.
    At(Whereabouts),
    /// Staff took it out of the night's hands.
    Overtaken,
}

impl From<Whereabouts> for Settled {
    fn from(at: Whereabouts) -> Self {
        Settled::At(at)
    }
}

impl From<State> for Settled {
    fn from(state: State) -> Self {
        Settled::At(state.into())
    }
}

/// How many letters came to rest where.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    counts: BTreeMap<Settled, u64>,
}

impl Tally {
    /// Counts one letter.
    pub fn add(&mut self, settled: Settled) {
        *self.counts.entry(settled).or_default() += 1;
    }

    /// How many came to rest so.
    pub fn count(&self, settled: impl Into<Settled>) -> u64 {
        self.counts
            .get(&settled.into())
            .copied()
            .unwrap_or_default()
    }

    /// All letters counted.
    pub fn total(&self) -> u64 {
        self.counts.values().sum()
    }
}
