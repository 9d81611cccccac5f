//! What is known of the persons of a request that decides whom its letters may
//! go to, and how data are disclosed: when the principal was born or died,
//! when a power of agency ends, which method was asked for.

use chrono::{Datelike as _, Months, NaiveDate};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::disclosure_method::{method_in, methods};
use super::values::text;
use super::{DisclosureMethod, RequesterRole, is_same_name};

/// Years at which somebody comes of age (Civil Code art. 4).
const OF_AGE: i32 = 18;

/// Days before a principal comes of age from which staff are told.
const NEARLY_OF_AGE: i64 = 60;

/// Days before a power ends from which staff are told.
const NEARLY_ENDED: i64 = 14;

/// How it came that nobody asks for the principal any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The principal died (Civil Code arts. 111(1)(i), 653(i)); the Act covers
    /// the living (art. 2(1)).
    Died,
    /// The principal is no minor any more.
    CameOfAge,
    /// The power of the agent or guardian ended.
    PowerEnded,
}

/// Why a letter does not fit what is known of its request's persons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unfit {
    /// It goes to somebody who asks for the principal no more, or to the dead.
    Ended(Ending),
    /// It tells of an end that has not come.
    NotEnded(Ending),
    /// It tells of the day the principal came of age, and of another one.
    OtherDay,
    /// It names another date of birth.
    OtherBirth,
    /// It discloses by another method than was asked for.
    OtherMethod(DisclosureMethod),
}

/// What is known of the persons of one request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonFacts {
    pub(super) role: Option<RequesterRole>,
    principal: String,
    pub(super) birth: Option<NaiveDate>,
    pub(super) death: Option<NaiveDate>,
    /// The first day without power.
    without_power: Option<NaiveDate>,
    method: Option<DisclosureMethod>,
}

/// What a letter says that facts are held against.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Says {
    to: String,
    birth: Option<NaiveDate>,
    ended_on: Option<NaiveDate>,
    gives: Vec<DisclosureMethod>,
}

impl PersonFacts {
    /// The field of the day of birth; a form of before may lack it.
    pub const BIRTH: &'static str = "principal_birth_date";

    /// Codes of `authority_end`.
    pub const ENDS: [&'static str; 6] = [
        "term",
        "revoked",
        "resigned",
        "guardianship_ended",
        "agent_incapable",
        "other",
    ];

    /// Codes of `requested_method`.
    pub const METHODS: [&'static str; 4] = ["electronic", "paper", "other", "any"];

    /// The facts in the record of a request.
    pub fn read(record: &Map<String, Value>) -> Self {
        let day = |field: &str| day_of(record, field);
        // Of a term the last day counts; whatever else ends a power ends it
        // at once.
        let by_term = matches!(text(record, "authority_end"), None | Some("term"));
        let last = day("authority_end_date");
        PersonFacts {
            role: text(record, "requester_role").and_then(RequesterRole::from_code),
            principal: text(record, "principal_name")
                .unwrap_or_default()
                .to_owned(),
            birth: day("principal_birth_date"),
            death: day("principal_death_date"),
            without_power: last.and_then(|last| match by_term {
                true => last.succ_opt(),
                false => Some(last),
            }),
            method: match text(record, "requested_method") {
                Some("electronic") => Some(DisclosureMethod::Electronic),
                Some("paper") => Some(DisclosureMethod::Paper),
                Some("other") => Some(DisclosureMethod::Other),
                _ => None,
            },
        }
    }

    /// Whether there is anything a letter could contradict.
    pub fn is_any(&self) -> bool {
        self.birth.is_some()
            || self.death.is_some()
            || self.without_power.is_some()
            || self.method.is_some()
    }

    /// Whether a representative of a minor asks and the day of birth is not
    /// known.
    pub fn lacks_birth(&self) -> bool {
        self.role == Some(RequesterRole::LegalRepresentativeMinor) && self.birth.is_none()
    }

    /// The day from which the principal, a minor when it was asked for them,
    /// is of age.
    pub(super) fn of_age(&self) -> Option<NaiveDate> {
        let minor = self.role == Some(RequesterRole::LegalRepresentativeMinor);
        self.birth.filter(|_| minor).and_then(of_age)
    }

    /// The first day without power, of somebody who asks for another.
    pub(super) fn without_power(&self) -> Option<NaiveDate> {
        let for_another = matches!(
            self.role,
            Some(
                RequesterRole::LegalRepresentativeMinor
                    | RequesterRole::LegalRepresentativeWard
                    | RequesterRole::AppointedAgent
            )
        );
        self.without_power.filter(|_| for_another)
    }

    /// The day of death, where it is not the bereaved who ask.
    pub(super) fn died(&self) -> Option<NaiveDate> {
        let bereaved = self.role == Some(RequesterRole::Bereaved);
        self.death.filter(|_| !bereaved)
    }

    fn ended(&self, on: NaiveDate) -> Option<Ending> {
        let since = |day: Option<NaiveDate>| day.is_some_and(|day| day <= on);
        [
            (Ending::Died, self.died()),
            (Ending::CameOfAge, self.of_age()),
            (Ending::PowerEnded, self.without_power()),
        ]
        .into_iter()
        .find_map(|(ending, day)| since(day).then_some(ending))
    }

    /// What ends soon after this day, and the first day without.
    pub fn ends_soon(&self, on: NaiveDate) -> Option<(Ending, NaiveDate)> {
        let near = |day: Option<NaiveDate>, days: i64| {
            day.filter(|day| (1..=days).contains(&(*day - on).num_days()))
        };
        let came = near(self.of_age(), NEARLY_OF_AGE).map(|day| (Ending::CameOfAge, day));
        let ended = near(self.without_power(), NEARLY_ENDED).map(|day| (Ending::PowerEnded, day));
        came.or(ended)
    }

    /// Why a letter does not fit on this day. `after` are the ends it may go
    /// out in spite of, `tells` the one it tells of.
    pub(super) fn unfit(
        &self,
        letter: &Says,
        after: &[Ending],
        tells: Option<Ending>,
        on: NaiveDate,
    ) -> Option<Unfit> {
        if let Some(told) = tells
            && self.is_yet_to_come(told, on)
        {
            return Some(Unfit::NotEnded(told));
        }
        if tells == Some(Ending::CameOfAge)
            && let (Some(said), Some(came)) = (letter.ended_on, self.of_age())
            && said != came
        {
            return Some(Unfit::OtherDay);
        }
        if let (Some(said), Some(birth)) = (letter.birth, self.birth)
            && said != birth
        {
            return Some(Unfit::OtherBirth);
        }
        if let Some(ending) = self.ended(on) {
            let spared = after.contains(&ending) || tells == Some(ending);
            // The principal may be told of their own data, unless they died.
            let theirs = ending != Ending::Died && is_same_name(&letter.to, &self.principal);
            if !spared && !theirs {
                return Some(Unfit::Ended(ending));
            }
        }
        // What the bereaved ask for rests on the society's own rules.
        let asked = self
            .method
            .filter(|_| self.role != Some(RequesterRole::Bereaved))?;
        let other = match asked {
            DisclosureMethod::Electronic => DisclosureMethod::Paper,
            DisclosureMethod::Paper => DisclosureMethod::Electronic,
            DisclosureMethod::Other => return None,
        };
        letter
            .gives
            .contains(&other)
            .then_some(Unfit::OtherMethod(asked))
    }

    /// Whether it is known that this end has not come yet.
    fn is_yet_to_come(&self, ending: Ending, on: NaiveDate) -> bool {
        let day = match ending {
            Ending::Died => self.died(),
            Ending::CameOfAge => self.of_age(),
            Ending::PowerEnded => self.without_power(),
        };
        day.is_some_and(|day| day > on)
    }
}

impl Says {
    /// What the record of a letter says.
    pub(super) fn read(record: &Map<String, Value>) -> Self {
        let mut gives: Vec<DisclosureMethod> = methods(record).filter_map(method_in).collect();
        if record.contains_key("provision") {
            gives.push(DisclosureMethod::Electronic);
        }
        // What was asked for is what the offer takes the place of; only a
        // document takes the place of another method.
        let asked = text(record, "requested_method").and_then(method_in);
        if record.contains_key("offered_method") {
            gives.push(asked.unwrap_or(DisclosureMethod::Electronic));
        }
        Says {
            to: text(record, "addressee_name")
                .unwrap_or_default()
                .to_owned(),
            birth: day_of(record, "birth_date"),
            ended_on: day_of(record, "ended_on"),
            gives,
        }
    }
}

fn day_of(record: &Map<String, Value>, field: &str) -> Option<NaiveDate> {
    text(record, field)?.parse().ok()
}

/// The first day of being of age. A year of life is full at the end of the day
/// before the birthday (Act on Calculation of Ages; Civil Code art. 143(2)):
/// who was born on 29 February is of age on 1 March of a year without that day.
pub fn of_age(birth: NaiveDate) -> Option<NaiveDate> {
    let same_day = birth.with_year(birth.year() + OF_AGE);
    same_day.or_else(|| {
        let months = u32::try_from(OF_AGE * 12).ok()?;
        birth.checked_add_months(Months::new(months))?.succ_opt()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().cloned().expect("an object")
    }

    #[test]
    fn a_birthday_is_the_first_day_of_age_whatever_the_year() {
        for (birth, first) in [
            ("2008-11-23", "2026-11-23"),
            ("2008-02-29", "2026-03-01"),
            ("2004-02-28", "2022-02-28"),
            ("2008-12-31", "2026-12-31"),
        ] {
            assert_eq!(of_age(day(birth)), Some(day(first)), "{birth}");
        }
    }

    #[test]
    fn a_term_counts_its_last_day_and_a_revocation_ends_at_once() {
        for (how, on, ended) in [
            (json!("term"), "2026-11-20", false),
            (json!("term"), "2026-11-21", true),
            (Value::Null, "2026-11-20", false),
            (json!("revoked"), "2026-11-20", true),
            (json!("guardianship_ended"), "2026-11-19", false),
        ] {
            let record = map(json!({
                "requester_role": "appointed_agent", "principal_name": "見本 太郎",
                "authority_end_date": "2026-11-20", "authority_end": how,
            }));
            let facts = PersonFacts::read(&record);
            let expected = ended.then_some(Ending::PowerEnded);
            assert_eq!(facts.ended(day(on)), expected, "{how} {on}");
        }
    }
}
