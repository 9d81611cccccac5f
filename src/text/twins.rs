//! Cyrillic and Greek letters that look like Latin ones: a name or a number
//! with one of them looks right and is found by nobody who types it.

/// Letters and what they look like.
const TWINS: [(char, char); 49] = [
    ('А', 'A'),
    ('В', 'B'),
    ('Е', 'E'),
    ('Ѕ', 'S'),
    ('І', 'I'),
    ('Ј', 'J'),
    ('К', 'K'),
    ('М', 'M'),
    ('Н', 'H'),
    ('О', 'O'),
    ('Р', 'P'),
    ('С', 'C'),
    ('Т', 'T'),
    ('Х', 'X'),
    ('Ү', 'Y'),
    ('Ԛ', 'Q'),
    ('Ԝ', 'W'),
    ('а', 'a'),
    ('е', 'e'),
    ('о', 'o'),
    ('р', 'p'),
    ('с', 'c'),
    ('у', 'y'),
    ('х', 'x'),
    ('ѕ', 's'),
    ('і', 'i'),
    ('ј', 'j'),
    ('һ', 'h'),
    ('ԁ', 'd'),
    ('ԛ', 'q'),
    ('ԝ', 'w'),
    ('Α', 'A'),
    ('Β', 'B'),
    ('Ε', 'E'),
    ('Ζ', 'Z'),
    ('Η', 'H'),
    ('Ι', 'I'),
    ('Κ', 'K'),
    ('Μ', 'M'),
    ('Ν', 'N'),
    ('Ο', 'O'),
    ('Ρ', 'P'),
    ('Τ', 'T'),
    ('Υ', 'Y'),
    ('Χ', 'X'),
    ('ο', 'o'),
    ('ν', 'v'),
    ('ι', 'i'),
    ('ρ', 'p'),
];

/// The first letter that stands where a Latin one is to be expected: in a word
/// with Latin letters, or in one of nothing but such twins. A word that can
/// only be Cyrillic or Greek has letters of its own (Сергей, Σωκράτης).
pub fn first(text: &str) -> Option<(char, char)> {
    text.split(|c| !is_letter(c)).find_map(|word| {
        let found = word.chars().find_map(twin)?;
        let mixed = word.chars().any(|c| c.is_ascii_alphabetic());
        let only_twins = word.chars().all(|c| twin(c).is_some());
        (mixed || only_twins).then_some(found)
    })
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '\u{370}'..='\u{52f}')
}

fn twin(c: char) -> Option<(char, char)> {
    TWINS.iter().find(|(letter, _)| *letter == c).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_in_the_place_of_a_latin_one_is_found() {
        for text in ["Аnna", "Mariа", "АВ-001", "見本 ТОМ", "第Α号", "ΑB"] {
            assert!(first(text).is_some(), "{text}");
        }
        for text in [
            "Anna",
            "Сергей",
            "Анна",
            "Σωκράτης",
            "見本 太郎",
            "AB-001",
            "β",
            "Ａ－１",
            "№5",
        ] {
            assert_eq!(first(text), None, "{text}");
        }
    }
}
