//! Compresses the line tables of a release executable; the standard library's
//! backtrace reads them all the same.

#[expect(
    clippy::disallowed_methods,
    reason = "cargo tells the profile by the environment"
)]
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo::rustc-link-arg-bins=-Wl,--compress-debug-sections=zlib");
    }
}
