//! What a letter says, by its kind, its outcome and the grounds it cites.

use super::Premises;
use crate::catalogue::Addressee;
use crate::domain::{Persons, Tenor};

impl Premises {
    /// What a letter of this kind and outcome says today. Of one that is no
    /// longer there nobody knows, so it counts as one that tells everything.
    pub fn tenor(&self, kind: &str, outcome: &str, persons: &Persons) -> Tenor<'_> {
        let kind = self.catalogue.get(kind);
        let outcome = kind.and_then(|kind| kind.outcome(outcome));
        let silent = self.law.is_silent(persons.grounds());
        Tenor {
            reveals: outcome.is_none_or(|outcome| outcome.reveals && !silent),
            has_own_words: kind
                .is_none_or(|kind| kind.own_words().any(|field| persons.has(&field.name))),
            is_outside: kind.is_some_and(|kind| kind.addressee == Addressee::Outside),
            after: outcome.map_or(&[], |outcome| &outcome.after),
            tells: outcome.and_then(|outcome| outcome.tells),
            on: self.clock.today(),
        }
    }
}
