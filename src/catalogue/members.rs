//! The forms of a roster of members and of a list of flags, read from
//! `templates/members/`.

use std::path::Path;

use super::form::{form, has_choices, has_fields};
use super::{CatalogueError, Form};
use crate::domain::{Member, MemberFlag, PrincipalCategory};

/// The code of the form of a roster.
const MEMBER_KIND: &str = "member";

/// The code of the form of a list of flags.
const FLAG_KIND: &str = "member-flag";

const YES_OR_NO: [&str; 2] = ["yes", "no"];

impl Form {
    /// Loads the form of a roster, [`MEMBER_KIND`].
    ///
    /// # Errors
    /// When the form cannot be read, or lacks what the program reads of a
    /// member.
    pub fn of_members(templates: &Path) -> Result<Self, CatalogueError> {
        let file = "members/record.schema.json";
        form(templates, file, (MEMBER_KIND, "加入者"), |form| {
            has_fields(form, &Member::FIELDS, &Member::NEEDED)?;
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
                has_choices(form, field, codes)?;
            }
            Ok(())
        })
    }

    /// Loads the form of a list of flags, [`FLAG_KIND`].
    ///
    /// # Errors
    /// As for [`of_members`](Self::of_members).
    pub fn of_member_flags(templates: &Path) -> Result<Self, CatalogueError> {
        let file = "members/flags.schema.json";
        form(
            templates,
            file,
            (FLAG_KIND, "送付を止める加入者"),
            |form| {
                has_fields(
                    form,
                    &["member_key", "flag", "act"],
                    &["member_key", "flag"],
                )?;
                has_choices(form, "flag", &MemberFlag::ALL.map(MemberFlag::as_str))?;
                has_choices(form, "act", &["set", "clear"])
            },
        )
    }
}
