//! The reference staff type to name a letter.

use std::fmt;
use std::str::FromStr;

/// A letter's number in the store, shown as `L000123K`.
///
/// The last letter is a check letter: a mistyped digit or two swapped digits
/// give an error instead of another person's letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LetterId(i64);

/// A text that is not a letter's reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "「{0}」は書簡の番号ではありません。L000123K のような形で、最後の英字まで正しく書いてください。"
)]
pub struct InvalidLetterId(pub String);

/// Check letters without those that look like digits or each other.
const CHECK_LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPRSTUVWXYZ";

impl LetterId {
    /// The reference of the row with this key (a positive number).
    pub fn from_key(key: i64) -> Self {
        LetterId(key)
    }

    /// The key of the row in the store.
    pub fn key(self) -> i64 {
        self.0
    }

    /// Weights the digits from the right by powers of 2 modulo the prime 23,
    /// which no two of the first eleven places share, so that every single
    /// wrong digit and every swap of two digits changes the letter.
    fn check_letter(self) -> char {
        let mut rest = self.0.unsigned_abs();
        let mut weight = 1;
        let mut sum = 0;
        while rest > 0 {
            sum = (sum + (rest % 10) * weight) % 23;
            weight = weight * 2 % 23;
            rest /= 10;
        }
        let index = usize::try_from(sum).unwrap_or_default();
        char::from(CHECK_LETTERS[index])
    }
}

impl fmt::Display for LetterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "L{:06}{}", self.0, self.check_letter())
    }
}

impl FromStr for LetterId {
    type Err = InvalidLetterId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidLetterId(text.to_owned());
        let upper = text.trim().to_ascii_uppercase();
        let body = upper.strip_prefix('L').ok_or_else(invalid)?;
        let digits = body
            .get(..body.len().saturating_sub(1))
            .filter(|digits| digits.len() >= 6 && digits.bytes().all(|b| b.is_ascii_digit()))
            .ok_or_else(invalid)?;
        let id = LetterId(digits.parse().map_err(|_| invalid())?);
        if id.0 > 0 && id.to_string() == upper {
            Ok(id)
        } else {
            Err(invalid())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        for key in [1, 9, 10, 123, 999_999, 1_000_000, 20_000_123] {
            let id = LetterId::from_key(key);
            assert_eq!(id.to_string().parse(), Ok(id));
            assert_eq!(id.to_string().to_lowercase().parse(), Ok(id));
        }
    }

    #[test]
    fn every_wrong_digit_and_every_swap_is_caught() {
        for key in [123_456_i64, 100_000, 999_998, 1_203_405] {
            let good = LetterId::from_key(key).to_string();
            let bytes = good.as_bytes();
            for place in 1..bytes.len() - 1 {
                for digit in b'0'..=b'9' {
                    let mut wrong = bytes.to_vec();
                    wrong[place] = digit;
                    let wrong = String::from_utf8(wrong).expect("ASCII");
                    assert_eq!(wrong == good, wrong.parse::<LetterId>().is_ok(), "{wrong}");
                }
                if place + 1 < bytes.len() - 1 {
                    let mut swapped = bytes.to_vec();
                    swapped.swap(place, place + 1);
                    let swapped = String::from_utf8(swapped).expect("ASCII");
                    assert_eq!(swapped == good, swapped.parse::<LetterId>().is_ok());
                }
            }
        }
    }
}
