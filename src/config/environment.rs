//! What only the environment knows. Nothing else reads it.

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

/// The filter for log lines, `YOBIN_LOG`; warnings by default.
#[allow(clippy::disallowed_methods, reason = "this is where it is read")]
pub fn log_filter() -> String {
    std::env::var("YOBIN_LOG").unwrap_or_else(|_| "warn".to_owned())
}
