//! Landlock: which files a thread may open from here on.

use std::path::PathBuf;

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, RestrictionStatus, Ruleset,
    RulesetAttr, RulesetCreatedAttr, RulesetError, RulesetStatus, Scope, path_beneath_rules,
};

/// Leaves this thread nothing to open but what is below `readable`, and that
/// for reading only. Says whether the kernel holds it to that.
pub(super) fn restrict(readable: &[PathBuf]) -> bool {
    // A kernel that knows less of it than the newest does what it knows; the
    // files are what every edition knows.
    rules(readable).is_ok_and(|status| status.ruleset != RulesetStatus::NotEnforced)
}

fn rules(readable: &[PathBuf]) -> Result<RestrictionStatus, RulesetError> {
    let newest = ABI::V7;
    Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(newest))?
        .handle_access(AccessNet::from_all(newest))?
        .scope(Scope::from_all(newest))?
        .create()?
        .add_rules(path_beneath_rules(
            readable,
            AccessFs::ReadFile | AccessFs::ReadDir,
        ))?
        .restrict_self()
}
