//! The society's own data: its profile, and how names are shown.

use std::path::Path;

use super::OfficeError;
use super::texts::{self, OwnTexts};
use crate::config;
use crate::domain::{NamePolicy, SealMode, Society};
use crate::files;
use crate::restricted::{Recipient, RestrictedError};
use crate::text::characters::Characters;
use crate::text::substitution::{SubstitutionError, Substitutions};
use crate::wording::StaffMessage as _;

/// The file of the society's folder that says what is printed in names
/// instead of which characters.
const SUBSTITUTIONS: &str = "substitutions.toml";

/// The society's own data, in its folder.
pub(super) const PROFILE: &str = "profile.toml";

/// Reads `profile.toml` of the society's folder.
///
/// # Errors
/// When it cannot be read or a value cannot be used.
pub fn read_society(folder: &Path) -> Result<Society, OfficeError> {
    read_profile(folder).map(|(society, _)| society)
}

pub(super) fn read_profile(folder: &Path) -> Result<(Society, OwnTexts), OfficeError> {
    let path = folder.join(PROFILE);
    let fail = |problem: String| OfficeError::Society {
        path: path.clone(),
        problem,
    };
    let text = files::text_below(folder, PROFILE).map_err(|error| {
        fail(format!(
            "{}設定の society を確かめてください。",
            error.problem()
        ))
    })?;
    let society: Society =
        toml::from_str(&text).map_err(|error| fail(config::in_japanese(&error)))?;
    let table = toml::from_str(&text).map_err(|error| fail(config::in_japanese(&error)))?;
    let profile = texts::of_profile(path.display().to_string(), &table);
    if society.seal_mode == SealMode::Image && society.seal_image.is_none() {
        return Err(fail(
            "seal_mode が image なのに、seal_image がありません。".to_owned(),
        ));
    }
    recipient_of(&society).map_err(fail)?;
    if !(1..=365).contains(&society.requests.target_days) {
        return Err(fail(format!(
            "[requests] の target_days は1から365までの数にしてください(今は{})。",
            society.requests.target_days
        )));
    }
    Ok((society, profile))
}

pub(super) fn recipient_of(society: &Society) -> Result<Option<Recipient>, String> {
    let recipient = society.restricted.as_ref().map(|to| to.recipient.parse());
    recipient.transpose().map_err(|error: RestrictedError| {
        format!("[restricted] recipient：{}", error.staff_message())
    })
}

/// Adds what the society replaces in names, if its policy is to replace;
/// `folder` is the society's.
///
/// # Errors
/// When the map cannot be read or is not sound.
pub fn with_policy(
    characters: Characters,
    society: &Society,
    folder: &Path,
) -> Result<Characters, SubstitutionError> {
    match society.names.policy {
        NamePolicy::AsRegistered => Ok(characters),
        NamePolicy::Substitute => {
            let map = Substitutions::read(&folder.join(SUBSTITUTIONS), |text| {
                characters.check(text).err().unwrap_or_default()
            })?;
            Ok(characters.with_substitutions(map))
        }
    }
}
