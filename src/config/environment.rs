//! What only the environment knows. Nothing else reads it.

use std::ffi::OsString;
use std::path::PathBuf;

/// The login name of whoever runs the program, if the system tells it.
#[allow(clippy::disallowed_methods, reason = "this is where it is read")]
pub fn login_name() -> Option<String> {
    ["LOGNAME", "USER"]
        .into_iter()
        .find_map(|key| std::env::var(key).ok())
        .filter(|name| !name.is_empty())
}

/// The folder the program was started in, where it still is.
pub fn current_folder() -> Option<PathBuf> {
    std::env::current_dir().ok()
}

/// What a command gets that the settings name: these variables and no others.
const GIVEN: [&str; 3] = ["PATH", "HOME", "LANG"];

/// The environment of a command the settings name: what it needs to find
/// programs, keys and its language, and the variables with these further
/// `names`. Nothing else of what the program was started with is its business.
#[allow(clippy::disallowed_methods, reason = "this is where it is read")]
pub fn for_command(names: &[String]) -> Vec<(String, OsString)> {
    let names = GIVEN.into_iter().chain(names.iter().map(String::as_str));
    names
        .filter_map(|name| Some((name.to_owned(), std::env::var_os(name)?)))
        .collect()
}

/// The filter for log lines, `YOBIN_LOG`; warnings by default.
#[allow(clippy::disallowed_methods, reason = "this is where it is read")]
pub fn log_filter() -> String {
    std::env::var("YOBIN_LOG").unwrap_or_else(|_| "warn".to_owned())
}
