//! The columns of an empty sheet: one a field, and of a list one a part of
//! each of its first entries.

use crate::catalogue::{Choice, Field, FieldShape, Form, Kind, ListShape, Need, Role};

use super::columns::sole_choice;
use super::numbered;

/// How many entries of a list have columns. More can be added by the same
/// pattern.
const ENTRIES: u32 = 3;

/// A form to be filled in, with what is known of its records.
pub struct Tab<'a> {
    /// The form.
    pub form: &'a Form,
    /// The kind of letter it is the form of, if it is that of one.
    pub kind: Option<&'a Kind>,
    /// The grounds that fit each outcome, in the order of the outcomes.
    pub grounds: Vec<Vec<String>>,
}

/// A column of an empty sheet.
pub(super) struct Column<'a> {
    pub(super) title: String,
    /// What is said of the cells below.
    pub(super) about: &'a Field,
    pub(super) list: Dropped<'a>,
    pub(super) need: Needed,
    pub(super) is_wide: bool,
}

/// What drops down in a column.
pub(super) enum Dropped<'a> {
    Nothing,
    /// One of these is meant.
    Choices(&'a [Choice]),
    /// Some of these are meant, and others may stand beside them.
    Several(&'a [Choice]),
    /// The grounds that fit the outcome.
    Grounds,
}

/// Which outcomes ask for a column, as places among the kind's outcomes.
#[derive(Default)]
pub(super) struct Needed {
    pub(super) is_always: bool,
    pub(super) by: Vec<usize>,
    pub(super) forbidden_by: Vec<usize>,
}

/// The columns of a form in their order.
pub(super) fn of<'a>(tab: &Tab<'a>) -> Vec<Column<'a>> {
    let (form, kind) = (tab.form, tab.kind);
    let mut columns = Vec::new();
    for field in &form.fields {
        match &field.shape {
            FieldShape::List(ListShape::Rows(parts)) => {
                for number in 1..=ENTRIES {
                    columns.extend(parts.iter().map(|part| Column {
                        title: numbered::header(field, number, Some(part)),
                        about: part,
                        list: dropped(part),
                        need: needed(field, kind, number == 1 && part.required),
                        is_wide: is_wide(part),
                    }));
                }
            }
            FieldShape::List(ListShape::Texts) => {
                columns.extend((1..=ENTRIES).map(|number| Column {
                    title: numbered::header(field, number, None),
                    about: field,
                    list: dropped(field),
                    need: needed(field, kind, number == 1),
                    is_wide: field.role != Some(Role::Name),
                }));
            }
            FieldShape::List(ListShape::Choices(_))
            | FieldShape::Text { .. }
            | FieldShape::Date
            | FieldShape::Integer
            | FieldShape::Choice(_) => columns.push(Column {
                title: field.title.clone(),
                about: field,
                list: dropped(field),
                need: needed(field, kind, true),
                is_wide: is_wide(field),
            }),
        }
    }
    columns
}

fn dropped(field: &Field) -> Dropped<'_> {
    match &field.shape {
        FieldShape::Choice(choices) => Dropped::Choices(choices),
        FieldShape::List(ListShape::Choices(choices)) => Dropped::Several(choices),
        _ if field.role == Some(Role::Ground) => Dropped::Grounds,
        _ => Dropped::Nothing,
    }
}

fn is_wide(field: &Field) -> bool {
    matches!(
        field.role,
        Some(Role::Address | Role::Multiline | Role::Ground)
    )
}

/// What the outcomes ask of a field. `is_first` says that the column is one
/// that must be filled in where the field must.
pub(super) fn needed(field: &Field, kind: Option<&Kind>, is_first: bool) -> Needed {
    let mut need = Needed {
        is_always: field.required && is_first && sole_choice(field).is_none(),
        ..Needed::default()
    };
    let outcomes = kind
        .into_iter()
        .flat_map(|kind| kind.outcomes.iter().map(move |o| (kind, o)));
    for (place, (kind, outcome)) in outcomes.enumerate() {
        let also = match field.name.as_str() {
            "grounds" => kind.own_grounds(outcome),
            "reason" => outcome.reason,
            _ => Need::Optional,
        };
        if outcome.forbids.contains(&field.name) || also == Need::Forbidden {
            need.forbidden_by.push(place);
        } else if is_first && (outcome.requires.contains(&field.name) || also == Need::Required) {
            need.by.push(place);
        }
    }
    need
}
