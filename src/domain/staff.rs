//! Who acts: the name staff give with `--as`.

use std::fmt;

use super::fold::{composed, is_selector, is_unseen, name_key};
use super::look_alike_key;

/// Under this name the records have what the night did to letters.
pub const NIGHT_ACTOR: &str = "night";
/// Under this name they have what the schedule did by itself.
pub(super) const SCHEDULE_ACTOR: &str = "夜間処理";
/// Under this name a demo queues its samples.
pub(super) const DEMO_ACTOR: &str = "見本の担当者";

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
    /// With a character that stands in nobody's name: few systems show it, or
    /// show it as another.
    #[error(
        "担当者名に、名前には使えない文字(U+{:04X})が入っています。漢字・かな・英数字で入力し直してください。",
        u32::from(*.0)
    )]
    Unusual(char),
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
        // か and ゛ are a letter; a mark that joins no letter is none.
        let unusual = |c: &char| !is_usual(*c) && !is_selector(*c);
        if let Some(c) = composed(trimmed).chars().find(unusual) {
            return Err(InvalidStaffName::Unusual(c));
        }
        let key = name_key(trimmed);
        let own = [NIGHT_ACTOR, SCHEDULE_ACTOR, DEMO_ACTOR];
        if own.iter().any(|actor| name_key(actor) == key) {
            return Err(InvalidStaffName::Program(shown(trimmed)));
        }
        Ok(StaffName(trimmed.to_owned()))
    }

    /// A name that stands in the records, whatever names are taken today.
    pub fn recorded(name: &str) -> Self {
        StaffName(name.to_owned())
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

/// Whether a character is one of those names and the offices people work in
/// are written with: kanji, kana, Hangul, Latin, Greek and Cyrillic letters,
/// figures, and the marks of a Japanese keyboard.
fn is_usual(c: char) -> bool {
    let letter = matches!(c, '\u{C0}'..='\u{24F}' | '\u{2BB}' | '\u{2BC}'
        | '\u{370}'..='\u{52F}' | '\u{1E00}'..='\u{1FFF}' | '\u{2160}'..='\u{217F}'
        | '\u{3005}'..='\u{3007}' | '\u{3031}'..='\u{3035}' | '\u{303B}'
        | '\u{303C}' | '\u{3041}'..='\u{3096}' | '\u{309D}'..='\u{309F}'
        | '\u{30A1}'..='\u{30FA}' | '\u{30FC}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}'
        | '\u{AC00}'..='\u{D7A3}' | '\u{FB00}'..='\u{FB06}' | '\u{FF66}'..='\u{FF9F}'
        | '\u{1AFF0}'..='\u{1B16F}')
        || is_ideograph(c);
    let mark = matches!(c, ' '..='~' | '\u{A1}'..='\u{AC}' | '\u{AE}'..='\u{BF}' | '×' | '÷'
        | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205E}' | '№' | '℡'
        | '\u{2190}'..='\u{21FF}' | '\u{2212}' | '\u{2460}'..='\u{24FF}'
        | '\u{2500}'..='\u{26FF}' | '\u{3000}'..='\u{3003}' | '\u{3008}'..='\u{3020}'
        | '\u{3030}' | '゛' | '゜' | '゠' | '・' | '\u{3200}'..='\u{321E}'
        | '\u{3220}'..='\u{33FF}' | '\u{FF01}'..='\u{FF65}' | '\u{FFE0}'..='\u{FFE6}');
    mark || (letter && c.is_alphanumeric())
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
    fn a_character_of_nobodys_name_is_refused_and_every_real_name_is_not() {
        for c in [
            '\u{1D159}',
            '\u{13430}',
            '\u{13438}',
            '\u{16FE4}',
            '\u{E000}',
            '\u{F0000}',
            '\u{378}',
            '\u{9FFFF}',
            '\u{337}',
            '\u{301}',
            '\u{3099}',
            '\u{309A}',
            '\u{20DD}',
            '\u{1F600}',
            '\u{2F3C}',
            '\u{262}',
            '\u{1D0D}',
            '\u{321F}',
            '\u{305}',
            '\u{FFFD}',
        ] {
            let name = format!("佐{c}藤");
            let refused = StaffName::new(&name).expect_err("refused");
            assert_eq!(
                refused,
                InvalidStaffName::Unusual(c),
                "U+{:04X}",
                u32::from(c)
            );
        }
        assert!(StaffName::new("ni\u{262}ht").is_err());
        for good in [
            "髙橋",
            "山﨑",
            "𠮷田",
            "神\u{FA19}",
            "ヴァン・デル・ベルク",
            "サトー",
            "ｻﾄｳ",
            "佐々木〆子",
            "José",
            "Jose\u{301}",
            "Nguyễn",
            "Müller",
            "か\u{3099}とう",
            "ヴ",
            "ウ\u{3099}",
            "경리과",
            "総務課(佐藤)",
            "総務課（佐藤）",
            "担当①",
            "O’Neill",
            "ИВАНОВ",
            "佐藤１号",
            "ヱビス",
            "ゝ",
            "㈱見本",
            "葛\u{E0100}城",
            "tanaka_1@example.jp",
        ] {
            assert!(StaffName::new(good).is_ok(), "{good:?}");
        }
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
        for variant in [
            "夜閒処理",
            "夜間處理",
            "夜閒處理",
            "見本の擔當者",
            "見本の担當者",
        ] {
            assert!(StaffName::new(variant).is_err(), "{variant}");
        }
        assert_eq!(SCHEDULE_ACTOR, "夜間処理");
        assert!(StaffName::new("夜間").is_ok());
        assert!(StaffName::new("knight").is_ok());
    }
}
