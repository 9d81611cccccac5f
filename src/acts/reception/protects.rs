//! What an amendment makes of the counterpart of protective measures
//! (支援措置の相手方) a request registers.

use serde_json::{Map, Value};

use crate::acts::requests::acts_of;
use crate::catalogue::Field;
use crate::domain::{Counterpart, EndStands, FieldProblem, Request};
use crate::store::WholeRequest;
use crate::wording;

/// What an amendment makes of the counterpart a request registers.
pub(super) struct Protects {
    /// Whether protective measures are against who asks, if the record says
    /// that they were.
    pub before: bool,
    /// The same from now on.
    pub after: bool,
    /// Whether they are against them once more.
    pub again: bool,
    /// The field by which the counterpart was another one, or of another
    /// person.
    pub former: Option<String>,
    /// Whether somebody had proposed the end of the counterpart it was.
    proposed: bool,
}

impl Protects {
    /// What it makes of one whose record says this instead of that.
    pub fn of(
        was: &WholeRequest,
        set: &[(&Field, &str)],
        (before, values): (&Map<String, Value>, &Map<String, Value>),
        changed: &[&Field],
    ) -> Self {
        let is_set = set
            .iter()
            .any(|(field, _)| field.name == Request::PROTECTED);
        let stands = !was.counterpart_ended;
        let again = !stands && is_set && is_counterpart(before) && is_counterpart(values);
        let mut told = changed.iter().map(|field| &field.name);
        let former = told.find(|name| Counterpart::FIELDS.contains(&name.as_str()));
        Protects {
            before: stands,
            after: stands || again,
            again,
            former: former.filter(|_| is_counterpart(before)).cloned(),
            proposed: matches!(EndStands::of(acts_of(was)), EndStands::Proposed { .. }),
        }
    }

    /// That letters are held against who the counterpart was as well, and that
    /// what was proposed of that one is proposed no more.
    pub fn remarks(&self) -> Vec<FieldProblem> {
        let Some(field) = self.former.as_deref() else {
            return Vec::new();
        };
        let kept = wording::protection::former_kept(field, self.after);
        let proposed = self
            .proposed
            .then(|| wording::protection::unproposed(field));
        [kept].into_iter().chain(proposed).collect()
    }
}

/// Whether a record says that who asks is a counterpart.
pub(super) fn is_counterpart(values: &Map<String, Value>) -> bool {
    values.get(Request::PROTECTED).and_then(Value::as_str) == Some("yes")
}
