//! The registered counterparts of protective measures (支援措置の相手方), and
//! what they make of a letter.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::door::Door;
use super::fold::name_key;
use super::persons::{About, Receipt};
use super::values::text;
use super::{Persons, Tenor, identity_key};

/// A person whom protective measures are against, as a request registered
/// them: they asked, about the person who is protected.
///
/// One request says it more than once where it was amended: each time is a
/// counterpart of its own, and all of them are one person.
#[derive(Debug, Clone)]
pub struct Counterpart {
    request: i64,
    name: String,
    /// What the request calls them elsewhere.
    other_names: BTreeSet<String>,
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

    /// The counterpart in the record of the request with this key that says
    /// there is one, registered with the file of that key.
    pub fn read(record: &Map<String, Value>, request: i64, registered_with: i64) -> Self {
        let key = |field: &str| name_key(text(record, field).unwrap_or_default());
        Counterpart {
            request,
            name: key("requester_name"),
            other_names: BTreeSet::new(),
            door: Door::read(record, "requester_address", "requester_building"),
            mail: text(record, "requester_mail_address").map(identity_key),
            receipt: Receipt::of(text(record, "receipt_number").unwrap_or_default()),
            protected_name: key("principal_name"),
            protected_key: text(record, "member_key").map(identity_key),
            registered_with,
        }
    }

    /// The same counterparts, each known by every name its request has or had
    /// for them: a letter to one of these names at another one's door is to
    /// them. The name of whom they are a counterpart of is never theirs, though
    /// it once stood in their place.
    pub(super) fn known_by_all_names(mut all: Vec<Counterpart>) -> Vec<Counterpart> {
        let mut names: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
        for known in all.iter().filter(|known| !known.name.is_empty()) {
            let of_request = names.entry(known.request).or_default();
            of_request.insert(known.name.clone());
        }
        for known in &all {
            if let Some(of_request) = names.get_mut(&known.request) {
                of_request.remove(&known.protected_name);
            }
        }
        for known in &mut all {
            known.other_names = names.get(&known.request).cloned().unwrap_or_default();
        }
        all
    }

    /// The key of the last file it was registered with.
    pub(super) fn registered_with(&self) -> i64 {
        self.registered_with
    }

    /// What this counterpart makes of a letter to these persons; `reveals`
    /// says whether it tells that data is held.
    pub(super) fn caution(&self, persons: &Persons, reveals: bool) -> Option<Caution> {
        let doors = self.door.as_ref().zip(persons.door.as_ref());
        let named = (!self.name.is_empty() && self.name == persons.name)
            || self.other_names.contains(&persons.name);
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
    pub(super) fn needs_charge(&self, persons: &Persons, tenor: &Tenor<'_>) -> bool {
        let seen = persons.seen_until >= Some(self.registered_with);
        let to_protected = self.protected_name == persons.name;
        let theirs = self.caution(persons, tenor.reveals) == Some(Caution::ToThem)
            || (self.is_answered(persons) && !to_protected);
        let own_words = tenor.has_own_words && !persons.is_notification;
        own_words && !tenor.is_outside && !seen && theirs
    }
}

/// What counterparts make of a letter: each caution once, the gravest first. Of
/// a request by which it is to somebody it concerns, that another of its names or
/// addresses is like theirs says nothing more, and nothing true.
pub fn cautions(counterparts: &[Counterpart], persons: &Persons, reveals: bool) -> Vec<Caution> {
    let cautioned = |counterpart: &Counterpart| {
        let caution = counterpart.caution(persons, reveals)?;
        Some((counterpart.request, caution))
    };
    let found: Vec<(i64, Caution)> = counterparts.iter().filter_map(cautioned).collect();
    let is_likeness = |caution: Caution| caution > Caution::ToThem;
    let met: BTreeSet<i64> = found
        .iter()
        .filter(|(_, caution)| !is_likeness(*caution))
        .map(|(request, _)| *request)
        .collect();
    let mut cautions: Vec<Caution> = found
        .into_iter()
        .filter(|(request, caution)| !is_likeness(*caution) || !met.contains(request))
        .map(|(_, caution)| caution)
        .collect();
    cautions.sort_unstable();
    cautions.dedup();
    cautions
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::domain::AnsweredRequest;
    use serde_json::json;

    pub(in crate::domain) fn map(value: Value) -> Map<String, Value> {
        value.as_object().cloned().expect("an object")
    }

    pub(in crate::domain) fn counterpart() -> Counterpart {
        let record = json!({
            "receipt_number": "受第26-001号", "requester_name": "相手 一郎",
            "requester_address": "高崎市見本町1番地", "principal_name": "例示 花子",
            "member_key": "M2",
        });
        Counterpart::read(&map(record), 1, 7)
    }

    pub(in crate::domain) fn persons(change: Value) -> Persons {
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
    fn who_a_request_names_anew_is_the_person_it_named_before() {
        let said = |name: &str, address: &str| {
            let record = json!({
                "receipt_number": "受第26-001号", "requester_name": name,
                "requester_address": address, "principal_name": "例示 花子",
                "member_key": "M2",
            });
            Counterpart::read(&map(record), 1, 7)
        };
        let (old, new) = ("高崎市見本町1番地", "前橋市亀里町9番地");
        let known = Counterpart::known_by_all_names(vec![
            said("相手 一郎", old),
            said("例示 花子", old),
            said("別名 三郎", new),
        ]);
        let about_her = |name: &str, address: &str| {
            persons(json!({"addressee_name": name, "addressee_address": address,
                           "member_key": "M2"}))
        };
        for (name, address, reveals, expected) in [
            // Each of their names at each of their doors, and none of a likeness.
            ("別名 三郎", new, false, vec![Caution::ToThem]),
            ("別名 三郎", old, false, vec![Caution::ToThem]),
            ("相手 一郎", new, true, vec![Caution::Reveals]),
            (
                "別名 三郎",
                "桐生市見本町2番地",
                false,
                vec![Caution::SameName],
            ),
            // To whom they are a counterpart of, or to somebody else of that number.
            ("例示 花子", new, false, vec![Caution::ProtectedAtTheirs]),
            ("見本 花子", new, false, vec![Caution::ProtectedAtTheirs]),
        ] {
            let found = cautions(&known, &about_her(name, address), reveals);
            assert_eq!(found, expected, "{name} {address}");
        }
        // Another request's counterpart is another person.
        let mut other = said("相手 一郎", old);
        other.request = 2;
        let known = Counterpart::known_by_all_names(vec![other, said("別名 三郎", new)]);
        let found = cautions(&known, &about_her("別名 三郎", old), false);
        assert_eq!(found, [Caution::ProtectedAtTheirs, Caution::SameName]);
    }
}
