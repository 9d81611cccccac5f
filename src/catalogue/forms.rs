//! The forms a file's records may be of.

use super::{Catalogue, Form, Kind};

/// The forms among which a file's records are looked up.
#[derive(Debug, Clone, Copy)]
pub enum Forms<'a> {
    /// Those of the letter kinds.
    Kinds(&'a Catalogue),
    /// This one, which no letter is made of.
    One(&'a Form),
}

impl<'a> Forms<'a> {
    /// All of them, in the order of their codes.
    pub fn iter(self) -> impl Iterator<Item = &'a Form> {
        let (kinds, one) = match self {
            Forms::Kinds(catalogue) => (Some(catalogue), None),
            Forms::One(form) => (None, Some(form)),
        };
        let kinds = kinds.into_iter().flat_map(Catalogue::iter);
        kinds.map(|kind| &kind.form).chain(one)
    }

    /// The form with this code, if it is among them.
    pub fn get(self, code: &str) -> Option<&'a Form> {
        match self {
            Forms::Kinds(catalogue) => catalogue.get(code).map(|kind| &kind.form),
            Forms::One(form) => Some(form).filter(|form| form.code == code),
        }
    }

    /// The kind of letter with this form, if it is the form of one.
    pub fn kind_of(self, form: &Form) -> Option<&'a Kind> {
        match self {
            Forms::Kinds(catalogue) => catalogue.get(&form.code),
            Forms::One(_) => None,
        }
    }
}

impl<'a> From<&'a Catalogue> for Forms<'a> {
    fn from(catalogue: &'a Catalogue) -> Self {
        Forms::Kinds(catalogue)
    }
}

impl<'a> From<&'a Form> for Forms<'a> {
    fn from(form: &'a Form) -> Self {
        Forms::One(form)
    }
}
