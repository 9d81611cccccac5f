//! The catalogue of letter kinds: what each kind is called, which outcomes it
//! has and which fields a record of it carries.
//!
//! A kind is a folder `templates/letters/<kind>/`; nothing here is written in
//! Rust per kind, so an office adds one without a compiler. The catalogue
//! reads and checks the folders once at start and refuses to guess: a folder
//! that does not load is an error that names the file and the remedy.

mod asked;
mod checks;
mod field;
mod form;
mod forms;
mod letter_toml;
mod load;
mod members;
mod requests;
mod rules;
mod typing;
mod words;

use std::collections::BTreeMap;
use std::ops::Deref;

use serde::Deserialize;

use crate::domain::{Delivery, Ending, RequesterRole, Right, Subject};

pub use asked::{Says, When};
pub use field::{Choice, Field, FieldShape, ListShape, Role};
pub use form::Form;
pub use forms::Forms;
pub use load::CatalogueError;
pub use requests::REQUEST_KIND;
pub use rules::{Follows, Order, Rule};
pub use typing::Typing;

/// All kinds of letter the society can send, by kind code.
#[derive(Debug)]
pub struct Catalogue {
    kinds: BTreeMap<String, Kind>,
}

impl Catalogue {
    /// The kind with this code, if there is one.
    pub fn get(&self, code: &str) -> Option<&Kind> {
        self.kinds.get(code)
    }

    /// Whether a letter of this kind and outcome tells that data is held. Of
    /// one that is no longer there nobody knows, so it counts as one that does.
    pub fn reveals(&self, kind: &str, outcome: &str) -> bool {
        let outcome = self.get(kind).and_then(|kind| kind.outcome(outcome));
        outcome.is_none_or(|outcome| outcome.reveals)
    }

    /// All kinds in the order of their codes.
    pub fn iter(&self) -> impl Iterator<Item = &Kind> {
        self.kinds.values()
    }
}

/// One kind of letter, such as the decision on a request for disclosure: a
/// form and what becomes of its records. Wherever a form is asked for, the
/// kind stands for its own.
#[derive(Debug)]
pub struct Kind {
    /// What its records look like. The code is the name of the kind's folder,
    /// for instance `disclosure-decision`.
    pub form: Form,
    /// Key of the document-number series in the society's profile.
    pub series: String,
    /// Name of the mail folder under `templates/mail/`.
    pub mail: String,
    /// Whom its letters go to.
    pub addressee: Addressee,
    /// The ways its letters may go; every way where the kind names none.
    pub ways: Vec<Delivery>,
    /// The right whose request a letter of this kind decides, if it decides
    /// one.
    pub decides: Option<Right>,
    /// Whether 親展 stands in the window: only the addressee opens it. Every
    /// letter that decides something is, unless its folder says otherwise.
    pub confidential: bool,
    /// Which fee of the profile the letter's `fee` must equal.
    pub fee: Option<FeeSource>,
    /// Whether it is in use without the profile naming it in `[kinds]`.
    pub enabled: bool,
    /// Whether its letters are written from an approved edition of the notice
    /// alone, so that nobody queues one by hand.
    pub from_notice: bool,
    /// The outcomes by code, in the order of `letter.toml`.
    pub outcomes: Vec<Outcome>,
    /// What some values of a record ask of others.
    pub rules: Vec<Rule>,
    /// Which of two dates comes first.
    pub order: Vec<Order>,
    /// Texts that are made from others.
    pub follows: Vec<Follows>,
}

/// Whom the letters of a kind go to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Addressee {
    /// Who asked, or somebody a record gives a basis for.
    #[default]
    Requester,
    /// Neither who asked nor whom it is about: an institution that is asked
    /// about a receipt, for instance.
    Outside,
}

impl Deref for Kind {
    type Target = Form;

    fn deref(&self) -> &Form {
        &self.form
    }
}

impl Kind {
    /// The outcome with this code, if the kind has it.
    pub fn outcome(&self, code: &str) -> Option<&Outcome> {
        self.outcomes.iter().find(|outcome| outcome.code == code)
    }

    /// Whether a letter with this outcome may have restricted fields.
    pub fn may_restrict(&self, outcome: &Outcome) -> bool {
        self.fields
            .iter()
            .any(|field| field.restricted && !outcome.forbids.contains(&field.name))
    }

    /// What an outcome asks of the field `grounds`. Where a list that every such
    /// letter has names the ground of each of its rows, the letter's own are a
    /// supplement.
    pub fn own_grounds(&self, outcome: &Outcome) -> Need {
        let is_ground = |part: &Field| part.role == Some(Role::Ground);
        let carries = |field: &Field| match &field.shape {
            FieldShape::List(ListShape::Rows(parts)) => parts.iter().any(is_ground),
            _ => false,
        };
        let always = |field: &&Field| field.required || outcome.requires.contains(&field.name);
        match outcome.grounds {
            Need::Required if self.fields.iter().filter(always).any(carries) => Need::Optional,
            need => need,
        }
    }

    /// The printed fields that hold words somebody writes for one letter.
    pub fn own_words(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| field.is_own_words())
    }

    /// The fields that say whom or what its letters are about, beside whom
    /// they go to.
    pub fn subjects(&self) -> Vec<Subject<'_>> {
        let subjects = self.fields.iter().filter(|field| field.subject);
        subjects
            .map(|field| Subject {
                field: &field.name,
                is_person: matches!(field.role, Some(Role::Name | Role::RegisteredName)),
            })
            .collect()
    }
}

/// One outcome of a kind: its wording and what a record must bring for it.
#[derive(Debug)]
pub struct Outcome {
    /// Code used in records, for instance `partial`.
    pub code: String,
    /// Japanese label for staff.
    pub label: String,
    /// The letter's subject (件名) with its suffix.
    pub subject: String,
    /// The article of the Act the letter is sent under, empty where none.
    pub article: String,
    /// Fields that must be filled in for this outcome.
    pub requires: Vec<String>,
    /// Fields that must be empty for this outcome.
    pub forbids: Vec<String>,
    /// Whether legal grounds are needed.
    pub grounds: Need,
    /// Grounds of which one is among those given, whatever others are.
    pub cites: Vec<String>,
    /// Whether an explanation of reasons (art. 36) is needed.
    pub reason: Need,
    /// Roles of requester it may answer; empty where any.
    pub roles: Vec<RequesterRole>,
    /// Whether it tells, in words or by being sent at all, that data about
    /// the principal is held.
    pub reveals: bool,
    /// Whether nothing of what was asked for is done; a fee is charged then
    /// only where the society has published that (art. 38).
    pub refuses: bool,
    /// Whether it answers the rights its record names, as a decision does,
    /// without being the one decision about them.
    pub answers: bool,
    /// The ends of an agency or of the principal's life it may go out in spite
    /// of.
    pub after: Vec<Ending>,
    /// Whether its letters go to the principal alone, whoever asked.
    pub to_principal: bool,
    /// The end it tells of.
    pub tells: Option<Ending>,
}

/// Which of the society's fees (art. 38) a kind of letter charges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeeSource {
    /// The fee for a notification of purposes (art. 32(2)).
    NotificationOfPurposes,
    /// The fee for a disclosure (art. 33(1) and 33(5)).
    Disclosure,
    /// The sum over the rights of the record's field `fee_rights`.
    FeeRights,
}

/// Whether an outcome needs a part of the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Need {
    /// The part must be there.
    Required,
    /// The part may be there.
    #[default]
    Optional,
    /// The part must not be there.
    Forbidden,
}
