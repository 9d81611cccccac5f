//! Who acts: the name staff give with `--as`.

use std::fmt;

use super::folded;

/// The name of a member of staff, as given on the command line.
#[derive(Debug, Clone)]
pub struct StaffName(String);

/// A name that cannot stand in the records.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("担当者名「{0}」は使えません。1文字以上40文字以内で、改行のない名前を書いてください。")]
pub struct InvalidStaffName(String);

impl StaffName {
    /// Takes a name of 1 to 40 characters without control characters.
    ///
    /// # Errors
    /// [`InvalidStaffName`] otherwise.
    pub fn new(name: &str) -> Result<Self, InvalidStaffName> {
        let trimmed = name.trim();
        let length = trimmed.chars().count();
        if (1..=40).contains(&length) && !trimmed.chars().any(char::is_control) {
            Ok(StaffName(trimmed.to_owned()))
        } else {
            Err(InvalidStaffName(name.chars().take(40).collect()))
        }
    }

    /// What stands for a person where the schedule acts by itself.
    pub fn night() -> Self {
        StaffName("夜間処理".to_owned())
    }

    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether two names mean the same person: white space, letter case and
    /// letter width do not make another person.
    pub fn is_same_person(&self, other: &StaffName) -> bool {
        folded(&self.0) == folded(&other.0)
    }
}

impl fmt::Display for StaffName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_case_and_spaces_do_not_make_a_second_person() {
        let a = StaffName::new("Tanto A").expect("valid");
        let b = StaffName::new(" ｔａｎｔｏ　Ａ ").expect("valid");
        let c = StaffName::new("Tanto B").expect("valid");
        assert!(a.is_same_person(&b));
        assert!(!a.is_same_person(&c));
        assert!(StaffName::new(" \n").is_err());
    }
}
