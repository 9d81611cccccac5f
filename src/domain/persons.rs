//! The persons of a letter: whom it goes to, whom it is about, and which
//! members its record and its request name.

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::door::Door;
use super::fold::name_key;
use super::person_facts::Says;
use super::values::text;
use super::{Ending, PersonFacts, RequesterRole, Tenor, Unfit, identity_key, look_alike_key};

/// Fields of a record or a request that name a member by the society's own
/// number. Whatever kind of letter has one of them, flags are looked up by it.
pub const MEMBER_KEYS: [&str; 2] = ["member_key", "insured_key"];

/// A number of a member that a letter is connected with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MemberKey {
    /// What the number is known by.
    pub(super) key: String,
    /// Whether it stands in the record or in the request the letter was held
    /// against when it was queued. Nobody who queued the letter was told of a
    /// flag of the others.
    pub(super) was_known: bool,
}

/// A registered request that a letter answers, as far as it names persons.
#[derive(Debug, Clone)]
pub struct AnsweredRequest {
    /// The values of its record; none where it cannot be read.
    pub record: Map<String, Value>,
    /// Whether the letter was held against it when it was queued.
    pub was_known: bool,
    /// Whether it is the one the letter belongs to, and was closed as
    /// registered by mistake.
    pub is_mistaken: bool,
}

/// Whom a letter goes to and whom it is about.
#[derive(Debug, Clone)]
pub struct Persons {
    /// What the addressee's name looks like.
    pub(super) name: String,
    /// Where it goes.
    pub(super) door: Option<Door>,
    /// Whose data it tells of.
    pub(super) about: About,
    /// Every member it is connected with.
    pub(super) keys: Vec<MemberKey>,
    /// Its receipt number.
    pub(super) receipt: Option<Receipt>,
    /// Whether a registered request has that very number.
    pub(super) is_registered: bool,
    /// The last file whose registrations whoever queued it was told of.
    pub(super) told_until: i64,
    /// Whether its record and those of its requests could be read.
    pub(super) is_known: bool,
    /// Whether its request was registered by mistake.
    is_of_mistaken: bool,
    /// The mail address it goes to, for comparison.
    pub(super) mail: Option<String>,
    /// The last file whose registrations the person in charge could know of
    /// who looked at it, if one did.
    pub(super) seen_until: Option<i64>,
    /// The fields its record has.
    filled: Vec<String>,
    /// The grounds it cites.
    grounds: Vec<String>,
    /// What is known of the persons of its requests.
    facts: Vec<PersonFacts>,
    /// What it says that such facts are held against.
    says: Says,
    /// Whether it tells a member of an edition, in the words of that edition.
    pub(super) is_notification: bool,
}

/// A receipt number for comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Receipt {
    /// Equal for writings of one number.
    pub(super) same: String,
    /// Equal for numbers that look like one another.
    pub(super) looks: String,
}

impl Receipt {
    pub(super) fn of(number: &str) -> Self {
        Receipt {
            same: identity_key(number),
            looks: look_alike_key(number),
        }
    }
}

/// Whose data a letter tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// The addressee's own.
    Addressee,
    /// Somebody else's.
    Another,
    /// The record does not say.
    Unknown,
}

impl Persons {
    /// The persons of a letter with this record that answers these requests;
    /// `recipient` is the member a notification is addressed to. A record
    /// without any value is one that could not be read.
    pub fn of(
        record: &Map<String, Value>,
        requests: &[AnsweredRequest],
        recipient: Option<&str>,
    ) -> Self {
        let addressee = text(record, "addressee_name").unwrap_or_default();
        let mut keys: Vec<MemberKey> = Vec::new();
        let mut add = |key: &str, was_known: bool| {
            let key = identity_key(key);
            match keys.iter_mut().find(|known| known.key == key) {
                Some(known) => known.was_known |= was_known,
                None if key.is_empty() => {}
                None => keys.push(MemberKey { key, was_known }),
            }
        };
        for key in member_keys(record).chain(recipient) {
            add(key, true);
        }
        for request in requests {
            for key in member_keys(&request.record) {
                add(key, request.was_known);
            }
        }
        let receipt = text(record, "receipt_number").map(Receipt::of);
        let is_own = |request: &&AnsweredRequest| {
            let number = text(&request.record, "receipt_number").map(Receipt::of);
            number.is_some() && number == receipt
        };
        let is_registered = requests.iter().any(|request| is_own(&request));
        let facts = requests
            .iter()
            .filter(is_own)
            .filter(|request| !request.is_mistaken)
            .map(|request| PersonFacts::read(&request.record))
            .filter(PersonFacts::is_any)
            .collect();
        Persons {
            about: about(&look_alike_key(addressee), record, requests),
            door: Door::read(record, "addressee_address", "addressee_building"),
            name: name_key(addressee),
            keys,
            receipt,
            is_registered,
            told_until: i64::MAX,
            is_known: !record.is_empty()
                && requests.iter().all(|request| !request.record.is_empty()),
            is_of_mistaken: requests.iter().any(|request| request.is_mistaken),
            mail: text(record, "mail_address").map(identity_key),
            seen_until: None,
            filled: record.keys().cloned().collect(),
            grounds: grounds(record),
            facts,
            says: Says::read(record),
            is_notification: recipient.is_some(),
        }
    }

    /// Why the letter does not fit what is known of the persons of its request
    /// on the day of `tenor`. One to an institution tells who asked nothing.
    pub fn unfit(&self, tenor: &Tenor<'_>) -> Option<Unfit> {
        let facts = self.facts.iter().filter(|_| !tenor.is_outside);
        facts
            .filter_map(|facts| facts.unfit(&self.says, tenor.after, tenor.tells, tenor.on))
            .next()
    }

    /// What ends soon after this day, and the first day without.
    pub fn ends_soon(&self, on: NaiveDate) -> Option<(Ending, NaiveDate)> {
        self.facts.iter().find_map(|facts| facts.ends_soon(on))
    }

    /// Whether the record has a value of this field.
    pub fn has(&self, field: &str) -> bool {
        self.filled.iter().any(|filled| filled == field)
    }

    /// Codes of the grounds the record cites.
    pub fn grounds(&self) -> &[String] {
        &self.grounds
    }

    /// The same of a letter that the person in charge has looked at, who could
    /// know of everything registered up to this file.
    #[must_use]
    pub fn seen_until(mut self, intake: Option<i64>) -> Self {
        self.seen_until = intake;
        self
    }

    /// Whether the request the letter was held against when it was queued was
    /// registered by mistake, so that nothing says yet whether it fits.
    pub fn is_of_mistaken(&self) -> bool {
        self.is_of_mistaken
    }

    /// The same of a letter whose queueing told of nothing registered with a
    /// later file than this one.
    #[must_use]
    pub fn told_until(mut self, intake: i64) -> Self {
        self.told_until = intake;
        self
    }
}

fn about(name: &str, record: &Map<String, Value>, requests: &[AnsweredRequest]) -> About {
    let of_requests = requests
        .iter()
        .filter_map(|request| text(&request.record, "principal_name"));
    let mut named = ["principal_name", "person_name"]
        .into_iter()
        .filter_map(|field| text(record, field))
        .chain(of_requests)
        .peekable();
    if named.peek().is_some() {
        let own = named.all(|principal| look_alike_key(principal) == name);
        return if own {
            About::Addressee
        } else {
            About::Another
        };
    }
    // Who asks for their own data is written to, unless something says that
    // somebody else is.
    let elsewhere = ["delivery_instruction", "household_consent"]
        .iter()
        .any(|field| record.contains_key(*field));
    match text(record, "requester_role").and_then(RequesterRole::from_code) {
        Some(RequesterRole::Principal) if !elsewhere => About::Addressee,
        Some(RequesterRole::Principal) => About::Unknown,
        Some(_) => About::Another,
        None if record.contains_key("member_key") => About::Addressee,
        None => About::Unknown,
    }
}

fn grounds(record: &Map<String, Value>) -> Vec<String> {
    let codes = record.get("grounds").and_then(Value::as_array);
    let codes = codes.into_iter().flatten().filter_map(Value::as_str);
    codes.map(str::to_owned).collect()
}

fn member_keys(record: &Map<String, Value>) -> impl Iterator<Item = &str> {
    MEMBER_KEYS
        .into_iter()
        .filter_map(|field| text(record, field))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().cloned().expect("an object")
    }

    fn about_of(change: Value, requests: &[AnsweredRequest]) -> About {
        let mut record = map(json!({"addressee_name": "見本 太郎"}));
        record.extend(map(change));
        Persons::of(&record, requests, None).about
    }

    #[test]
    fn a_letter_is_about_the_addressee_only_where_everything_says_so() {
        for (change, expected) in [
            (json!({"requester_role": "principal"}), About::Addressee),
            (
                json!({"requester_role": "principal", "principal_name": "見本　太郎"}),
                About::Addressee,
            ),
            (
                json!({"requester_role": "principal", "household_consent": "同意書"}),
                About::Unknown,
            ),
            (
                json!({"requester_role": "principal", "principal_name": "例示 花子"}),
                About::Another,
            ),
            (json!({"requester_role": "appointed_agent"}), About::Another),
            (json!({"member_key": "M1"}), About::Addressee),
            (
                json!({"member_key": "M1", "person_name": "見本 次郎"}),
                About::Another,
            ),
            (json!({}), About::Unknown),
        ] {
            assert_eq!(about_of(change.clone(), &[]), expected, "{change}");
        }
        let request = AnsweredRequest {
            record: map(json!({"principal_name": "例示 花子"})),
            was_known: true,
            is_mistaken: false,
        };
        let role = json!({"requester_role": "principal"});
        assert_eq!(about_of(role, &[request]), About::Another);
    }

    #[test]
    fn every_number_counts_once_and_as_known_if_it_was() {
        let record = map(json!({"member_key": "Ｍ1", "insured_key": "M2"}));
        let request = |key: &str, was_known: bool| AnsweredRequest {
            record: map(json!({"member_key": key})),
            was_known,
            is_mistaken: false,
        };
        let requests = [request("m1", false), request("M3", false)];
        let persons = Persons::of(&record, &requests, Some("M4"));
        let known: Vec<(&str, bool)> = persons
            .keys
            .iter()
            .map(|key| (key.key.as_str(), key.was_known))
            .collect();
        assert_eq!(
            known,
            [("m1", true), ("m2", true), ("m4", true), ("m3", false)]
        );
    }
}
