//! What keeps a letter from going where it could harm somebody: flags of
//! members, and the registered counterparts of protective measures (支援措置の
//! 相手方).
//!
//! A letter is held against them whatever its kind and whatever receipt
//! number it bears: when it is queued, before it is made, when it leaves the
//! house, and before it is printed.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::persons::{About, Receipt, text};
use super::place::Door;
use super::{LetterId, MemberFlag, Persons, Place, identity_key, look_alike_key};

/// A person whom protective measures are against, as a request registered
/// them: they asked, about the person who is protected.
#[derive(Debug, Clone)]
pub struct Counterpart {
    name: String,
    door: Option<Door>,
    receipt: Receipt,
    protected_name: String,
    protected_key: Option<String>,
    registered_with: i64,
}

/// What a counterpart makes of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Caution {
    /// It would tell them what is held of somebody else. It must not go.
    Reveals,
    /// It answers their request and would tell that data is held. It must not
    /// go to anybody.
    AnswersThem,
    /// It goes to the protected person, but to the counterpart's address.
    ProtectedAtTheirs,
    /// It goes to them, and may.
    ToThem,
    /// The addressee has their name and lives elsewhere.
    SameName,
    /// It goes to their address, to another name.
    SameAddress,
}

impl Caution {
    /// Whether the letter must not go.
    pub fn stops(self) -> bool {
        matches!(self, Caution::Reveals | Caution::AnswersThem)
    }
}

impl Counterpart {
    /// Fields of a request's record this is read from.
    pub const FIELDS: [&'static str; 6] = [
        "receipt_number",
        "requester_name",
        "requester_address",
        "requester_building",
        "principal_name",
        "member_key",
    ];

    /// The counterpart in the record of a request that says there is one,
    /// registered with the file of this key.
    pub fn read(record: &Map<String, Value>, registered_with: i64) -> Self {
        let key = |field: &str| look_alike_key(text(record, field).unwrap_or_default());
        Counterpart {
            name: key("requester_name"),
            door: Place::read(record, "requester_address", "requester_building")
                .map(|place| place.door()),
            receipt: Receipt::of(text(record, "receipt_number").unwrap_or_default()),
            protected_name: key("principal_name"),
            protected_key: text(record, "member_key").map(identity_key),
            registered_with,
        }
    }

    /// What this counterpart makes of a letter to these persons; `reveals`
    /// says whether it tells that data is held.
    fn caution(&self, persons: &Persons, reveals: bool) -> Option<Caution> {
        let doors = self.door.as_ref().zip(persons.door.as_ref());
        let at_theirs = doors.is_some_and(|(theirs, door)| theirs.looks_same(door));
        let named = !self.name.is_empty() && self.name == persons.name;
        let about_protected = persons
            .keys
            .iter()
            .any(|known| self.protected_key.as_ref() == Some(&known.key));
        let own = persons.about == About::Addressee && !about_protected;
        // A number that only looks like theirs is taken for theirs, unless a
        // request has that very number.
        let answers = persons.receipt.as_ref().is_some_and(|receipt| {
            receipt.same == self.receipt.same
                || (receipt.looks == self.receipt.looks && !persons.is_registered)
        });
        let to_protected = self.protected_name == persons.name;
        Some(match (named, at_theirs) {
            (true, true) if reveals && !own => Caution::Reveals,
            _ if answers && reveals => Caution::AnswersThem,
            (true, true) => Caution::ToThem,
            (false, true) if to_protected || about_protected => Caution::ProtectedAtTheirs,
            (true, false) => Caution::SameName,
            (false, true) => Caution::SameAddress,
            (false, false) => return None,
        })
    }
}

/// A flag of a member as it was set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetFlag {
    /// The flag.
    pub flag: MemberFlag,
    /// The last letter there was when it was set.
    pub after: LetterId,
}

/// Why a letter is kept back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeptBack {
    /// Flags nobody could know of who queued it, the gravest first.
    Flagged(Vec<MemberFlag>),
    /// A counterpart of protective measures would learn what is held.
    Counterpart,
    /// It goes to the protected person, but to the counterpart's address, and
    /// nobody could know of it who queued it.
    ProtectedAtTheirs,
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
    /// Why a letter that leaves the house must be kept back now. What whoever
    /// queued it was told of is their decision, except what must not go at
    /// all.
    pub fn against(&self, letter: LetterId, persons: &Persons, reveals: bool) -> Option<KeptBack> {
        let flags = self.flags_since(letter, persons);
        if !flags.is_empty() {
            return Some(KeptBack::Flagged(flags));
        }
        let untold = |counterpart: &&Counterpart| counterpart.registered_with > persons.told_until;
        let astray = |counterpart: &Counterpart| {
            counterpart.caution(persons, reveals) == Some(Caution::ProtectedAtTheirs)
        };
        self.against_counterparts(persons, reveals).or_else(|| {
            let mut untold = self.counterparts.iter().filter(untold);
            untold.any(astray).then_some(KeptBack::ProtectedAtTheirs)
        })
    }

    /// Why a letter that only stays in the archive is not made.
    pub fn against_counterparts(&self, persons: &Persons, reveals: bool) -> Option<KeptBack> {
        let stopped = cautions(&self.counterparts, persons, reveals)
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

/// What counterparts make of a letter: each caution once, the gravest first.
pub fn cautions(counterparts: &[Counterpart], persons: &Persons, reveals: bool) -> Vec<Caution> {
    let mut cautions: Vec<Caution> = counterparts
        .iter()
        .filter_map(|counterpart| counterpart.caution(persons, reveals))
        .collect();
    cautions.sort_unstable();
    cautions.dedup();
    cautions
}
