//! What keeps a letter from going where it could harm somebody: flags of
//! members, and the registered counterparts of protective measures (支援措置の
//! 相手方).
//!
//! A letter is held against them whatever its kind and whatever receipt
//! number it bears: when it is queued, before it is made, when it leaves the
//! house, and before it is printed.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    Against, Caution, Counterpart, Delivery, Difference, FieldProblem, LetterId, MemberFlag,
    Persons, Tenor, Unfit, cautions,
};

/// A flag of a member as it was set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetFlag {
    /// The flag.
    pub flag: MemberFlag,
    /// The last letter there was when it was set.
    pub after: LetterId,
}

/// Why a letter is kept back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeptBack {
    /// Flags nobody could know of who queued it, the gravest first.
    Flagged(Vec<MemberFlag>),
    /// A counterpart of protective measures would learn what is held.
    Counterpart,
    /// It comes to a counterpart with words of its own, and the person in
    /// charge has not looked at it.
    Unseen,
    /// It does not fit what is known of the persons of its request.
    Unfit(Unfit),
    /// It goes to the protected person, but to the counterpart's address, and
    /// nobody could know of it who queued it.
    ProtectedAtTheirs,
    /// Its record or that of its request is damaged: nobody can tell whom it
    /// concerns.
    Unreadable,
    /// The request it was held against was registered by mistake, and none
    /// has its number now.
    Mistaken,
    /// The request it was held against was registered by mistake, and the one
    /// that was registered again contradicts it.
    Contradicted,
    /// What the store says of it in its several places differs: it was changed
    /// behind the program.
    Differs(Vec<Difference>),
    /// A day it speaks of as to come has passed while it waited.
    DatePassed(FieldProblem),
}

/// All flags and all counterparts at one time.
#[derive(Debug, Clone, Default)]
pub struct Safeguards {
    /// Flags by what the member's number is known by.
    pub flags: BTreeMap<String, Vec<SetFlag>>,
    /// The counterparts.
    pub counterparts: Vec<Counterpart>,
}

impl Safeguards {
    /// These flags, and the counterparts as all the requests say them.
    pub fn new(flags: BTreeMap<String, Vec<SetFlag>>, counterparts: Vec<Counterpart>) -> Self {
        Safeguards {
            flags,
            counterparts: Counterpart::known_by_all_names(counterparts),
        }
    }

    /// Whether nothing is registered that could keep a letter back.
    pub fn is_empty(&self) -> bool {
        self.flags.is_empty() && self.counterparts.is_empty()
    }

    /// Of these the flags of the members with these keys, and the
    /// counterparts registered with one file.
    #[must_use]
    pub fn of(mut self, keys: &BTreeSet<String>, intake: i64) -> Self {
        self.flags.retain(|key, _| keys.contains(key));
        self.counterparts
            .retain(|counterpart| counterpart.registered_with() == intake);
        self
    }

    /// What is registered against a letter, whoever was told of it.
    pub fn all_against(&self, persons: &Persons, tenor: &Tenor<'_>) -> Against {
        Against {
            flags: self.flags_of(persons),
            cautions: cautions(&self.counterparts, persons, tenor.reveals),
            needs_charge: self.needs_charge(persons, tenor),
            unfit: persons.unfit(tenor),
            ends_soon: persons.ends_soon(tenor.on).filter(|_| !tenor.is_outside),
        }
    }

    fn needs_charge(&self, persons: &Persons, tenor: &Tenor<'_>) -> bool {
        let mut counterparts = self.counterparts.iter();
        counterparts.any(|counterpart| counterpart.needs_charge(persons, tenor))
    }

    /// Why a letter that goes this way must be kept back now.
    pub fn keep_back(
        &self,
        letter: LetterId,
        delivery: Delivery,
        persons: &Persons,
        tenor: &Tenor<'_>,
    ) -> Option<KeptBack> {
        if !persons.is_known {
            return Some(KeptBack::Unreadable);
        }
        let first = match delivery {
            // What only stays in the archive goes to nobody whom a flag is
            // about; it may still be handed to whom it is addressed to.
            Delivery::Archive => self.against_counterparts(persons, tenor),
            Delivery::Mail | Delivery::Post => self.against(letter, persons, tenor),
        };
        first
            .or_else(|| persons.unfit(tenor).map(KeptBack::Unfit))
            .or_else(|| {
                self.needs_charge(persons, tenor)
                    .then_some(KeptBack::Unseen)
            })
    }

    /// Why a letter that leaves the house must be kept back now. What whoever
    /// queued it was told of is their decision, except what must not go at
    /// all.
    fn against(&self, letter: LetterId, persons: &Persons, tenor: &Tenor<'_>) -> Option<KeptBack> {
        let flags = self.flags_since(letter, persons);
        if !flags.is_empty() {
            return Some(KeptBack::Flagged(flags));
        }
        let untold = |known: &&Counterpart| known.registered_with() > persons.told_until;
        let astray = |counterpart: &Counterpart| {
            counterpart.caution(persons, tenor.reveals) == Some(Caution::ProtectedAtTheirs)
        };
        self.against_counterparts(persons, tenor).or_else(|| {
            let mut untold = self.counterparts.iter().filter(untold);
            untold.any(astray).then_some(KeptBack::ProtectedAtTheirs)
        })
    }

    /// Why a letter that only stays in the archive is not made.
    fn against_counterparts(&self, persons: &Persons, tenor: &Tenor<'_>) -> Option<KeptBack> {
        let stopped = cautions(&self.counterparts, persons, tenor.reveals)
            .into_iter()
            .any(Caution::stops);
        stopped.then_some(KeptBack::Counterpart)
    }

    /// The flags of everybody a letter is connected with, the gravest first:
    /// what whoever queues it is told.
    pub fn flags_of(&self, persons: &Persons) -> Vec<MemberFlag> {
        gravest_first(
            persons
                .keys
                .iter()
                .filter_map(|known| self.flags.get(&known.key))
                .flatten()
                .map(|set| set.flag),
        )
    }

    fn flags_since(&self, letter: LetterId, persons: &Persons) -> Vec<MemberFlag> {
        let known = persons.keys.iter();
        let set = known.filter_map(|known| Some((known, self.flags.get(&known.key)?)));
        gravest_first(set.flat_map(|(known, set)| {
            set.iter()
                .filter(move |set| set.after >= letter || !known.was_known)
                .map(|set| set.flag)
        }))
    }
}

fn gravest_first(flags: impl Iterator<Item = MemberFlag>) -> Vec<MemberFlag> {
    let mut flags: Vec<MemberFlag> = flags.collect();
    flags.sort_unstable();
    flags.dedup();
    flags
}

#[cfg(test)]
mod tests {
    use super::super::counterpart::tests::{counterpart, persons};
    use super::*;
    use serde_json::json;

    #[test]
    fn what_whoever_queued_it_was_told_of_is_their_decision() {
        let letter = LetterId::from_key(5);
        let tenor = Tenor {
            reveals: true,
            has_own_words: false,
            is_outside: false,
            after: &[],
            tells: None,
            on: "2026-11-22".parse().expect("a day"),
        };
        let set = |after: i64| {
            let flag = SetFlag {
                flag: MemberFlag::Protected,
                after: LetterId::from_key(after),
            };
            Safeguards {
                flags: BTreeMap::from([("m2".to_owned(), vec![flag])]),
                counterparts: vec![counterpart()],
            }
        };
        let hers = persons(json!({"addressee_name": "例示 花子", "member_key": "M2"}));
        let flagged = Some(KeptBack::Flagged(vec![MemberFlag::Protected]));
        assert_eq!(set(5).against(letter, &hers, &tenor), flagged);
        assert_eq!(set(4).against(letter, &hers, &tenor), None);
        // Of a counterpart registered with a later file nobody was told.
        let before = hers.clone().told_until(6);
        let astray = Some(KeptBack::ProtectedAtTheirs);
        assert_eq!(set(4).against(letter, &before, &tenor), astray);
        assert_eq!(set(4).against(letter, &hers.told_until(7), &tenor), None);
        // What must not go at all must not go, whoever knew.
        let his = persons(json!({"requester_role": "appointed_agent"}));
        let stopped = Some(KeptBack::Counterpart);
        assert_eq!(set(4).against(letter, &his, &tenor), stopped);
    }
}
