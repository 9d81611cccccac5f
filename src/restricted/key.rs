//! The pair of keys: the public one in the society's profile, the secret one
//! with the person in charge.

use std::fmt;
use std::fs;
use std::path::Path;
use std::str::FromStr;

use age::secrecy::ExposeSecret as _;
use age::x25519;

use super::RestrictedError;

/// Whom notes are encrypted to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient(pub(super) x25519::Recipient);

impl FromStr for Recipient {
    type Err = RestrictedError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        // A secret key in the place of the public one must not be repeated.
        let shown: String = text.chars().take(8).collect();
        text.parse()
            .map(Recipient)
            .map_err(|_| RestrictedError::Recipient(format!("{shown}…")))
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A new pair of keys.
pub struct KeyPair(x25519::Identity);

impl KeyPair {
    /// Makes a pair from the system's random source.
    pub fn generate() -> Self {
        KeyPair(x25519::Identity::generate())
    }

    /// The public key, `age1…`.
    pub fn recipient(&self) -> String {
        self.0.to_public().to_string()
    }

    /// The text of the key file, as `age-keygen` writes it.
    pub fn file(&self, created: &str) -> String {
        format!(
            "# created: {created}\n# public key: {}\n{}\n",
            self.recipient(),
            self.0.to_string().expose_secret()
        )
    }
}

/// The secret keys of a file; after a change of keys it may hold several.
pub struct Identities(pub(super) Vec<x25519::Identity>);

impl Identities {
    /// Whether one of them is the secret key of this public one.
    pub fn open_for(&self, recipient: &Recipient) -> bool {
        self.0.iter().any(|key| key.to_public() == recipient.0)
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// When it cannot be read or holds no key.
    pub fn read(path: &Path) -> Result<Self, RestrictedError> {
        let text = fs::read_to_string(path).map_err(RestrictedError::Unreadable)?;
        let keys: Vec<x25519::Identity> = text
            .lines()
            .filter_map(|line| line.trim().parse().ok())
            .collect();
        if keys.is_empty() {
            Err(RestrictedError::NoKey)
        } else {
            Ok(Identities(keys))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_key_in_the_profile_is_not_repeated() {
        let secret = KeyPair::generate().0.to_string().expose_secret().to_owned();
        let told = Recipient::from_str(&secret)
            .expect_err("refused")
            .to_string();
        assert!(!told.contains(&secret[..20]), "{told}");
    }

    #[test]
    fn the_key_file_is_read_back() {
        let pair = KeyPair::generate();
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key");
        fs::write(&path, pair.file("2026-11-22T12:00:00+09:00")).expect("written");
        let read = Identities::read(&path).expect("read");
        assert_eq!(read.0[0].to_public().to_string(), pair.recipient());
        let of = |pair: &KeyPair| Recipient::from_str(&pair.recipient()).expect("a key");
        assert!(read.open_for(&of(&pair)));
        assert!(!read.open_for(&of(&KeyPair::generate())));
        fs::write(&path, "# only a remark\n").expect("written");
        assert!(matches!(
            Identities::read(&path),
            Err(RestrictedError::NoKey)
        ));
    }
}
