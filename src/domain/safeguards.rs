//! What keeps a letter from going where it could harm somebody: flags of
//! members, and the registered counterparts of protective measures (支援措置の
//! 相手方).
//!
//! A letter is held against them whatever its kind and whatever receipt
//! number it bears: when it is queued, before it is made, when it leaves the
//! house, and before it is printed.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::door::Door;
use super::fold::name_key;
use super::persons::{About, Receipt};
use super::values::text;
use super::{
    Against, Delivery, Difference, FieldProblem, LetterId, MemberFlag, Persons, Tenor, Unfit,
    identity_key,
};

/// A person whom protective measures are against, as a request registered
/// them: they asked, about the person who is protected.
#[derive(Debug, Clone)]
pub struct Counterpart {
    name: String,
    door: Option<Door>,
    mail: Option<String>,
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
    /// The addressee has their name and lives on another lot.
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
    /// The fields of a request that say who the counterpart is and whom they
    /// are a counterpart of.
    pub const FIELDS: [&'static str; 7] = [
        "requester_name",
        "requester_address",
        "requester_building",
        "requester_mail_address",
        "receipt_number",
        "principal_name",
        "member_key",
    ];

    /// The counterpart in the record of a request that says there is one,
    /// registered with the file of this key.
    pub fn read(record: &Map<String, Value>, registered_with: i64) -> Self {
        let key = |field: &str| name_key(text(record, field).unwrap_or_default());
        Counterpart {
            name: key("requester_name"),
            door: Door::read(record, "requester_address", "requester_building"),
            mail: text(record, "requester_mail_address").map(identity_key),
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
        let named = !self.name.is_empty() && self.name == persons.name;
        let about_protected = persons
            .keys
            .iter()
            .any(|known| self.protected_key.as_ref() == Some(&known.key));
        let own = persons.about == About::Addressee && !about_protected;
        let answers = self.is_answered(persons);
        let to_protected = self.protected_name == persons.name;
        // Whatever name stands above it, what goes to their mailbox they read.
        let mailed = self.mail.is_some() && self.mail == persons.mail;
        // How a room is written must not decide whether they, or who is
        // protected from them, are known. Others may live next door.
        let at_theirs =
            doors.is_some_and(
                |(theirs, door)| match named || to_protected || about_protected {
                    true => theirs.is_at_lot_of(door),
                    false => theirs.looks_same(door),
                },
            );
        Some(match (named, at_theirs) {
            _ if mailed && reveals && !(own && named) => Caution::Reveals,
            (true, true) if reveals && !own => Caution::Reveals,
            _ if answers && reveals => Caution::AnswersThem,
            (true, true) => Caution::ToThem,
            _ if mailed => Caution::ToThem,
            (false, true) if to_protected || about_protected => Caution::ProtectedAtTheirs,
            (true, false) => Caution::SameName,
            (false, true) => Caution::SameAddress,
            (false, false) => return None,
        })
    }

    /// A number that only looks like theirs is taken for theirs, unless a
    /// request has that very number.
    fn is_answered(&self, persons: &Persons) -> bool {
        persons.receipt.as_ref().is_some_and(|receipt| {
            receipt.same == self.receipt.same
                || (receipt.looks == self.receipt.looks && !persons.is_registered)
        })
    }

    /// Whether what the letter says in words of its own comes to them, and
    /// nobody in charge has looked at it who could know of them.
    fn needs_charge(&self, persons: &Persons, tenor: &Tenor<'_>) -> bool {
        let seen = persons.seen_until >= Some(self.registered_with);
        let to_protected = self.protected_name == persons.name;
        let theirs = self.caution(persons, tenor.reveals) == Some(Caution::ToThem)
            || (self.is_answered(persons) && !to_protected);
        let own_words = tenor.has_own_words && !persons.is_notification;
        own_words && !tenor.is_outside && !seen && theirs
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
            .retain(|counterpart| counterpart.registered_with == intake);
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
        let untold = |counterpart: &&Counterpart| counterpart.registered_with > persons.told_until;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::AnsweredRequest;
    use serde_json::json;

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().cloned().expect("an object")
    }

    fn counterpart() -> Counterpart {
        let record = json!({
            "receipt_number": "受第26-001号", "requester_name": "相手 一郎",
            "requester_address": "高崎市見本町1番地", "principal_name": "例示 花子",
            "member_key": "M2",
        });
        Counterpart::read(&map(record), 7)
    }

    fn persons(change: Value) -> Persons {
        let mut record = map(json!({
            "addressee_name": "相手一郎", "addressee_address": "群馬県高崎市見本町１",
            "requester_role": "principal",
        }));
        record.extend(map(change));
        Persons::of(&record, &[], None)
    }

    #[test]
    fn only_what_tells_a_counterpart_of_somebody_else_stops() {
        let agent = json!({"requester_role": "appointed_agent"});
        let elsewhere = "前橋市亀里町9番地";
        for (change, reveals, expected) in [
            (agent.clone(), true, Some(Caution::Reveals)),
            (agent, false, Some(Caution::ToThem)),
            (json!({}), true, Some(Caution::ToThem)),
            (json!({"member_key": "ｍ2"}), true, Some(Caution::Reveals)),
            (
                json!({"addressee_address": elsewhere}),
                true,
                Some(Caution::SameName),
            ),
            (
                json!({"addressee_name": "見本 太郎"}),
                true,
                Some(Caution::SameAddress),
            ),
            (
                json!({"addressee_name": "例示 花子"}),
                true,
                Some(Caution::ProtectedAtTheirs),
            ),
            (
                json!({"addressee_name": "見本 太郎", "addressee_address": elsewhere,
                       "receipt_number": "受第26\u{2212}1号"}),
                true,
                Some(Caution::AnswersThem),
            ),
            (
                json!({"addressee_name": "見本 太郎", "addressee_address": elsewhere,
                       "receipt_number": "受第26-001号"}),
                false,
                None,
            ),
        ] {
            let found = counterpart().caution(&persons(change.clone()), reveals);
            assert_eq!(found, expected, "{change}");
        }
    }

    #[test]
    fn a_number_that_is_somebody_elses_only_looks_like_theirs() {
        let record = map(json!({
            "addressee_name": "見本 太郎", "addressee_address": "前橋市亀里町9番地",
            "requester_role": "principal", "receipt_number": "受第26-1号",
        }));
        let request = AnsweredRequest {
            record: map(json!({"receipt_number": "受第26-1号", "principal_name": "見本 太郎"})),
            was_known: true,
            is_mistaken: false,
        };
        let own = Persons::of(&record, &[request], None);
        assert_eq!(counterpart().caution(&own, true), None);
        let unregistered = Persons::of(&record, &[], None);
        let caution = counterpart().caution(&unregistered, true);
        assert_eq!(caution, Some(Caution::AnswersThem));
    }

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
