//! The forms of a roster of members and of a list of flags, read from
//! `templates/members/`.

use std::path::Path;

use super::field::FieldShape;
use super::requests::form;
use super::{Catalogue, CatalogueError, Kind};
use crate::domain::{Member, MemberFlag, PrincipalCategory};

/// The code of the one kind a catalogue of rosters has.
pub const MEMBER_KIND: &str = "member";

/// The code of the one kind a catalogue of lists of flags has.
pub const FLAG_KIND: &str = "member-flag";

const YES_OR_NO: [&str; 2] = ["yes", "no"];

impl Catalogue {
    /// Loads the form of a roster. The catalogue it gives has the one kind
    /// [`MEMBER_KIND`].
    ///
    /// # Errors
    /// When the form cannot be read, or lacks what the program reads of a
    /// member.
    pub fn of_members(templates: &Path) -> Result<Self, CatalogueError> {
        let path = templates.join("members/record.schema.json");
        form(path, MEMBER_KIND, "加入者", |kind| {
            has_fields(kind, &Member::FIELDS, &Member::NEEDED)?;
            for (field, codes) in [
                (
                    "member_category",
                    &PrincipalCategory::ALL.map(PrincipalCategory::as_str)[..],
                ),
                ("delivery", &["mail", "post"]),
                ("addressed_to", &["member", "insured"]),
                ("protected", &YES_OR_NO),
                ("undeliverable", &YES_OR_NO),
                ("withheld", &YES_OR_NO),
            ] {
                has_choices(kind, field, codes)?;
            }
            Ok(())
        })
    }

    /// Loads the form of a list of flags. The catalogue it gives has the one
    /// kind [`FLAG_KIND`].
    ///
    /// # Errors
    /// As for [`of_members`](Self::of_members).
    pub fn of_member_flags(templates: &Path) -> Result<Self, CatalogueError> {
        let path = templates.join("members/flags.schema.json");
        form(path, FLAG_KIND, "送付を止める加入者", |kind| {
            has_fields(
                kind,
                &["member_key", "flag", "act"],
                &["member_key", "flag"],
            )?;
            has_choices(kind, "flag", &MemberFlag::ALL.map(MemberFlag::as_str))?;
            has_choices(kind, "act", &["set", "clear"])
        })
    }
}

/// Every field the program reads is there, and every one it needs required.
pub(super) fn has_fields(kind: &Kind, known: &[&str], needed: &[&str]) -> Result<(), String> {
    for name in known {
        if kind.field(name).is_none() {
            return Err(format!("項目「{name}」がありません。元に戻してください。"));
        }
    }
    for name in needed {
        if kind.field(name).is_some_and(|field| !field.required) {
            return Err(format!(
                "項目「{name}」は required に書いてください。元に戻してください。"
            ));
        }
    }
    Ok(())
}

fn has_choices(kind: &Kind, name: &str, codes: &[&str]) -> Result<(), String> {
    let choices = match kind.field(name).map(|field| &field.shape) {
        Some(FieldShape::Choice(choices)) => choices.as_slice(),
        _ => &[],
    };
    let only_known = choices
        .iter()
        .all(|choice| codes.contains(&choice.code.as_str()));
    if choices.is_empty() || !only_known {
        return Err(format!(
            "項目「{name}」の enum に書けるのは {} だけです。",
            codes.join("、")
        ));
    }
    Ok(())
}
