//! A member of the society as a roster (名簿) has them.
//!
//! The schema has checked the shape of the row; this turns it into types and
//! checks what goes with what.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::envelope::date;
use super::{Delivery, FieldProblem, Place, PrincipalCategory, identity_key};

/// What keeps letters from a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberFlag {
    /// Protective measures (支援措置): nobody else may learn where they are.
    Protected,
    /// Nobody is found at the address (宛先不明).
    Undeliverable,
    /// Letters are withheld (送付停止).
    Withheld,
}

impl MemberFlag {
    /// Every flag, the gravest first.
    pub const ALL: [MemberFlag; 3] = [
        MemberFlag::Protected,
        MemberFlag::Undeliverable,
        MemberFlag::Withheld,
    ];

    /// The code rosters and the store use; also the roster's field.
    pub fn as_str(self) -> &'static str {
        match self {
            MemberFlag::Protected => "protected",
            MemberFlag::Undeliverable => "undeliverable",
            MemberFlag::Withheld => "withheld",
        }
    }

    /// The word staff use.
    pub fn label(self) -> &'static str {
        match self {
            MemberFlag::Protected => "支援措置",
            MemberFlag::Undeliverable => "宛先不明",
            MemberFlag::Withheld => "送付停止",
        }
    }

    /// The flag with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|flag| flag.as_str() == code)
    }
}

/// Where post goes.
#[derive(Clone)]
pub struct PostalPlace {
    /// Postal code.
    pub postal_code: String,
    /// Address down to the lot.
    pub address: String,
    /// Building, if there is one.
    pub building: Option<String>,
}

impl PostalPlace {
    /// The same for comparing: without the postal code, which follows from it.
    pub fn place(&self) -> Place {
        Place::of(&self.address, self.building.as_deref())
    }
}

/// A row of a roster. Of one that has problems it holds what could be read.
#[derive(Clone)]
pub struct Member {
    /// The society's own number, folded: what tells members apart.
    pub key: String,
    /// That number as it is written.
    pub written_key: String,
    /// Name.
    pub name: String,
    /// Reading of the name.
    pub kana: Option<String>,
    /// As what they belong or belonged to the society.
    pub category: Option<PrincipalCategory>,
    /// Where they live.
    pub place: Option<PostalPlace>,
    /// How they chose to be written to.
    pub delivery: Option<Delivery>,
    /// Their mail address.
    pub mail_address: Option<String>,
    /// Categories of the notice that concern them, by name or id, as written.
    pub categories: Vec<String>,
    /// Whether the roster has the insured person written to in their place.
    pub through_insured: bool,
    /// The insured person's number, folded.
    pub insured_key: Option<String>,
    /// Day of birth.
    pub birth_date: Option<NaiveDate>,
    /// The address given for them under protective measures.
    pub protected_place: Option<PostalPlace>,
    /// What the roster has against letters to them.
    pub flags: Vec<MemberFlag>,
    /// Whether they asked for large letters (拡大文字), where the roster says
    /// so.
    pub large_print: Option<String>,
}

impl Member {
    /// Fields of the row the program itself reads; the form must have them.
    pub const FIELDS: [&'static str; 19] = [
        "member_key",
        "member_category",
        "member_name",
        "member_kana",
        "postal_code",
        "address",
        "building",
        "delivery",
        "mail_address",
        "categories",
        "addressed_to",
        "insured_key",
        "birth_date",
        "protected",
        "protected_postal_code",
        "protected_address",
        "protected_building",
        "undeliverable",
        "withheld",
    ];

    /// Those of them every row must have.
    pub const NEEDED: [&'static str; 5] = [
        "member_key",
        "member_category",
        "member_name",
        "delivery",
        "categories",
    ];

    /// Reads as much of a row as can be read, with everything that does not
    /// go together.
    pub fn read(row: &Map<String, Value>) -> (Self, Vec<FieldProblem>) {
        let mut problems = Vec::new();
        let text = |field: &str| row.get(field).and_then(Value::as_str);
        let owned = |field: &str| text(field).map(str::to_owned);
        let place = |postal_code: &str, address: &str, building: &str| {
            Some(PostalPlace {
                postal_code: owned(postal_code)?,
                address: owned(address)?,
                building: owned(building),
            })
        };
        let flags = MemberFlag::ALL.into_iter();
        let written_key = owned("member_key").unwrap_or_default();
        let categories = row.get("categories").and_then(Value::as_array);
        let birth_date = date(row, "birth_date", &mut problems);
        let member = Member {
            key: identity_key(&written_key),
            name: owned("member_name").unwrap_or_default(),
            kana: owned("member_kana"),
            category: text("member_category").and_then(PrincipalCategory::from_code),
            place: place("postal_code", "address", "building"),
            delivery: text("delivery").and_then(|code| code.parse().ok()),
            mail_address: owned("mail_address"),
            categories: categories
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            through_insured: text("addressed_to") == Some("insured"),
            insured_key: text("insured_key").map(identity_key),
            birth_date,
            protected_place: place(
                "protected_postal_code",
                "protected_address",
                "protected_building",
            ),
            flags: flags
                .filter(|flag| text(flag.as_str()) == Some("yes"))
                .collect(),
            written_key,
            large_print: owned("large_print"),
        };
        problems.extend(member.contradictions(row));
        (member, problems)
    }

    fn contradictions(&self, row: &Map<String, Value>) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        if self.name.ends_with('様') {
            problems.push(FieldProblem::of(
                "member_name",
                "氏名の末尾に敬称が付いています。",
                "敬称は書簡に印刷されます。氏名から敬称を除いてください。",
            ));
        }
        if self.through_insured {
            if self
                .category
                .is_some_and(|category| category != PrincipalCategory::Dependant)
            {
                problems.push(FieldProblem::of(
                    "addressed_to",
                    "被扶養者ではない方の宛先が「被保険者」になっています。",
                    "宛先を「本人」にするか、区分を確かめてください。",
                ));
            }
            for (field, absent) in [
                ("insured_key", self.insured_key.is_none()),
                ("birth_date", self.birth_date.is_none()),
            ] {
                if absent && !row.contains_key(field) {
                    problems.push(FieldProblem::of(
                        field,
                        "宛先が「被保険者」のときは必要です。",
                        "入力するか、宛先を「本人」にしてください。",
                    ));
                }
            }
            if self.insured_key.as_ref() == Some(&self.key) {
                problems.push(FieldProblem::of(
                    "insured_key",
                    "本人の管理番号と同じです。",
                    "被保険者の管理番号を書いてください。",
                ));
            }
        }
        let shelter = [
            "protected_postal_code",
            "protected_address",
            "protected_building",
        ];
        let given = shelter.iter().find(|field| row.contains_key(**field));
        if let Some(field) = given {
            if !self.flags.contains(&MemberFlag::Protected) {
                problems.push(FieldProblem::of(
                    "protected",
                    "支援措置の送付先があるのに、支援措置が「該当する」になっていません。",
                    "「該当する」と書くか、支援措置の送付先の欄を空にしてください。",
                ));
            }
            if self.protected_place.is_none() {
                problems.push(FieldProblem::of(
                    field,
                    "支援措置の送付先は、郵便番号と住所の両方が必要です。",
                    "両方を書くか、両方を空欄にしてください。",
                ));
            }
        }
        problems
    }

    /// Age in full years on a day; none where the day of birth is not known
    /// or later.
    pub fn age_on(&self, day: NaiveDate) -> Option<u32> {
        day.years_since(self.birth_date?)
    }

    /// Whether a letter to them goes to who has charge of them: a dependant
    /// whom the roster has addressed so and who is younger than `own_letter_age`
    /// on `day`.
    pub fn is_represented(&self, own_letter_age: u8, day: NaiveDate) -> bool {
        let young = |age: u32| age < u32::from(own_letter_age);
        self.through_insured && self.age_on(day).is_some_and(young)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: Value) -> (Member, Vec<FieldProblem>) {
        Member::read(value.as_object().expect("an object"))
    }

    fn child(birth_date: &str) -> Value {
        json!({
            "member_key": "M2", "member_category": "dependant", "member_name": "見本 次郎",
            "addressed_to": "insured", "insured_key": "Ｍ１", "birth_date": birth_date,
        })
    }

    #[test]
    fn a_dependant_is_written_to_from_the_birthday_on() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day");
        for (birth_date, represented) in [("2010-11-22", false), ("2010-11-23", true)] {
            let (member, problems) = read(child(birth_date));
            assert!(problems.is_empty(), "{problems:?}");
            assert_eq!(member.is_represented(16, day), represented, "{birth_date}");
            assert_eq!(member.insured_key.as_deref(), Some("m1"));
        }
    }

    #[test]
    fn an_insured_person_is_not_written_to_through_another() {
        let mut row = child("2016-01-01");
        row["member_category"] = json!("insured");
        assert_eq!(read(row).1[0].field.as_deref(), Some("addressed_to"));
    }

    #[test]
    fn a_shelter_without_the_flag_is_refused() {
        let mut row = child("2016-01-01");
        row["protected_address"] = json!("前橋市");
        let fields: Vec<_> = read(row).1.into_iter().map(|found| found.field).collect();
        let expected = ["protected", "protected_address"].map(|name| Some(name.to_owned()));
        assert_eq!(fields, expected);
    }
}
