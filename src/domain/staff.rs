//! Who acts: the name staff give with `--as`.

use std::fmt;

use super::fold::{is_selector, is_unseen};
use super::look_alike_key;

/// Under this name the records have what the night did to letters.
pub const NIGHT_ACTOR: &str = "night";
/// Under this name they have what the schedule did by itself.
const SCHEDULE_ACTOR: &str = "夜間処理";
/// Under this name a demo queues its samples.
const DEMO_ACTOR: &str = "見本の担当者";

/// The name of a member of staff, as given on the command line.
#[derive(Debug, Clone)]
pub struct StaffName(String);

/// A name that cannot stand in the records.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidStaffName {
    /// Empty, too long, or with a line break or another control character.
    #[error("担当者名「{0}」は使えません。1文字以上40文字以内で、改行のない名前を書いてください。")]
    Shape(String),
    /// With a character nobody sees: it would look like somebody else's name.
    #[error(
        "担当者名に、目に見えない文字(U+{:04X})が入っています。名前を入力し直してください。",
        u32::from(*.0)
    )]
    Invisible(char),
    /// The program's own name for what it does by itself.
    #[error(
        "「{0}」は、夜便が自分の処理を記録する名前です。担当者名には使えません。自分の名前を書いてください。"
    )]
    Program(String),
}

impl StaffName {
    /// Takes a name of 1 to 40 characters, all of which can be seen, that is
    /// none of the program's own. A variation selector is taken with the
    /// ideograph it belongs to.
    ///
    /// # Errors
    /// [`InvalidStaffName`] otherwise.
    pub fn new(name: &str) -> Result<Self, InvalidStaffName> {
        let trimmed = name.trim();
        let length = trimmed.chars().count();
        if !(1..=40).contains(&length) || trimmed.chars().any(char::is_control) {
            return Err(InvalidStaffName::Shape(shown(name)));
        }
        let mut last = None;
        for c in trimmed.chars() {
            let lone = is_selector(c) && !last.is_some_and(is_ideograph);
            if is_unseen(c) || lone {
                return Err(InvalidStaffName::Invisible(c));
            }
            last = Some(c);
        }
        let key = look_alike_key(trimmed);
        let own = [NIGHT_ACTOR, SCHEDULE_ACTOR, DEMO_ACTOR];
        if own.iter().any(|actor| look_alike_key(actor) == key) {
            return Err(InvalidStaffName::Program(shown(trimmed)));
        }
        Ok(StaffName(trimmed.to_owned()))
    }

    /// A name that stands in the records, whatever names are taken today.
    pub fn recorded(name: &str) -> Self {
        StaffName(name.to_owned())
    }

    /// What stands for a person where the schedule acts by itself.
    pub fn night() -> Self {
        StaffName(SCHEDULE_ACTOR.to_owned())
    }

    /// What stands for a person in a demo.
    pub fn demo() -> Self {
        StaffName(DEMO_ACTOR.to_owned())
    }

    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether two names mean the same person. Names that look alike do, for
    /// nobody who reads the records could tell the two apart.
    pub fn is_same_person(&self, other: &StaffName) -> bool {
        look_alike_key(&self.0) == look_alike_key(&other.0)
    }
}

/// A name as it may stand in a message: not endless, on one line.
fn shown(name: &str) -> String {
    let visible = |c: &char| !c.is_control() && !is_unseen(*c);
    name.chars().filter(visible).take(40).collect()
}

/// A character variants are registered of.
fn is_ideograph(c: char) -> bool {
    matches!(c, '々' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFF}')
}

impl fmt::Display for StaffName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(one: &str, other: &str) -> bool {
        StaffName::recorded(one).is_same_person(&StaffName::recorded(other))
    }

    #[test]
    fn what_a_reader_does_not_see_makes_no_second_person() {
        for other in [
            " ｔａｎｔｏ　Ａ ",
            "Tanto\u{200B} A",
            "Tanto \u{410}",
            "Tanto A\u{FE00}",
        ] {
            assert!(same("Tanto A", other), "{other:?}");
        }
        assert!(same("佐藤", "佐\u{E0100}藤"));
        assert!(same("佐藤", "佐藤\u{3164}"));
        assert!(same("サトー", "ｻﾄｰ"));
        assert!(same("がぎ", "か\u{3099}き\u{3099}"));
        for (one, other) in [
            ("Tanto A", "Tanto B"),
            ("佐藤", "佐東"),
            ("さとう", "サトウ"),
        ] {
            assert!(!same(one, other), "{one} {other}");
        }
    }

    #[test]
    fn a_name_with_what_nobody_sees_is_refused_and_a_variant_is_not() {
        for c in "\u{200B}\u{200D}\u{FEFF}\u{AD}\u{3164}\u{202E}\u{2028}\u{2800}\u{E0041}".chars() {
            for name in [format!("佐{c}藤"), format!("佐藤{c}"), format!("{c}佐藤")] {
                if name.trim() == "佐藤" {
                    continue;
                }
                let refused = StaffName::new(&name).expect_err("refused");
                assert_eq!(refused, InvalidStaffName::Invisible(c), "{name:?}");
            }
        }
        assert!(StaffName::new("\u{E0100}佐藤").is_err());
        assert!(StaffName::new("Sato\u{FE0F}").is_err());
        for good in [
            "佐藤",
            "葛\u{E0100}城",
            "佐藤 花子",
            "佐々木\u{3000}一",
            "O'Neill-Sato",
            "サトー",
        ] {
            assert!(StaffName::new(good).is_ok(), "{good:?}");
        }
        for bad in ["", " \n", "佐\n藤", "佐\u{7}藤"] {
            assert!(StaffName::new(bad).is_err(), "{bad:?}");
        }
        assert!(StaffName::new(&"あ".repeat(41)).is_err());
    }

    #[test]
    fn the_programs_own_names_are_nobodys() {
        for own in [
            "night",
            "NIGHT",
            "ｎｉｇｈｔ",
            "N i g h t",
            "nіght",
            "夜間処理",
            "夜間 処理",
            "見本の担当者",
        ] {
            let refused = StaffName::new(own).expect_err("refused");
            assert!(matches!(refused, InvalidStaffName::Program(_)), "{own}");
        }
        assert_eq!(StaffName::night().as_str(), "夜間処理");
        assert!(StaffName::new("夜間").is_ok());
        assert!(StaffName::new("knight").is_ok());
    }
}
