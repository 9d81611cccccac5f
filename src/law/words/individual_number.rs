//! Individual numbers (個人番号): eleven digits and their check digit
//! (Order of the Ministry of Internal Affairs and Communications No. 85 of
//! 2014, art. 5).

/// Digits of an individual number.
const DIGITS: usize = 12;

/// The groups it stands in on its card. In these groups it is one whatever
/// stands between them.
const ON_THE_CARD: [usize; 3] = [4, 4, 4];

/// What stands between two digits of one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Between {
    Dash,
    White,
    Dot,
    /// A slash, a bar or the like.
    Stroke,
}

/// Digits without anything between them, with what stands before the next.
#[derive(Debug)]
struct Group {
    digits: Vec<u32>,
    before_next: Option<Between>,
    /// Whether it cannot be the beginning of a number of its own.
    goes_on: bool,
}

/// Whether a text has an individual number. Twelve digits in a row are one
/// when the last is the check digit of the others, however they are grouped;
/// the day and the telephone number among them are none.
pub(super) fn is_in(text: &str) -> bool {
    let groups = groups(text);
    (0..groups.len()).any(|first| begins_here(&groups, first))
}

/// Whether the groups from this one on are an individual number.
fn begins_here(groups: &[Group], first: usize) -> bool {
    let Some((head, rest)) = groups.get(first..).and_then(<[Group]>::split_first) else {
        return false;
    };
    let between = head.before_next;
    let before = first.checked_sub(1).and_then(|at| groups[at].before_next);
    let mut digits = head.digits.clone();
    if head.goes_on || (before.is_some() && before == between) {
        return false;
    }
    let mut last = head;
    let mut lengths = vec![digits.len()];
    let mut is_alike = true;
    for group in rest {
        let goes_on = match last.before_next {
            None => false,
            between_these => between_these == between || is_on_the_card(&lengths, group),
        };
        if digits.len() >= DIGITS || !goes_on {
            break;
        }
        is_alike &= last.before_next == between;
        digits.extend(&group.digits);
        lengths.push(group.digits.len());
        last = group;
    }
    let ends = lengths.len() == 1
        || last.before_next.is_none()
        || (last.before_next != between && is_alike);
    digits.len() == DIGITS && ends && !is_day(&digits, &lengths) && has_check_digit(&digits)
}

/// Whether the groups up to this one are as on the card.
fn is_on_the_card(lengths: &[usize], next: &Group) -> bool {
    let mut groups = lengths.to_vec();
    groups.push(next.digits.len());
    ON_THE_CARD.starts_with(&groups)
}

/// Whether the groups begin with a day, 2026 11 24.
fn is_day(digits: &[u32], lengths: &[usize]) -> bool {
    matches!(lengths, [4, 1..=2, 1..=2, ..]) && matches!(digits, [1, 9, ..] | [2, 0, ..])
}

fn has_check_digit(digits: &[u32]) -> bool {
    let Some((check, number)) = digits.split_last() else {
        return false;
    };
    // The same digit over and over stands for a number that is not written.
    if number.iter().all(|digit| digit == check) {
        return false;
    }
    let weights = (2..=7).chain(2..=6);
    let sum: u32 = number
        .iter()
        .rev()
        .zip(weights)
        .map(|(digit, weight)| digit * weight)
        .sum();
    let expected = match sum % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    };
    *check == expected
}

fn groups(text: &str) -> Vec<Group> {
    let chars: Vec<char> = text.chars().collect();
    let mut groups: Vec<Group> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let Some(first) = digit(&chars, at) else {
            at += 1;
            continue;
        };
        let before = at.checked_sub(1).map(|before| chars[before]);
        let mut digits = vec![first];
        at += 1;
        while let Some(next) = digit(&chars, at) {
            digits.push(next);
            at += 1;
        }
        let end = at;
        while at < chars.len() && between(chars[at]).is_some() {
            at += 1;
        }
        let is_followed = digit(&chars, at).is_some();
        let before_next = match chars.get(end).copied().and_then(between) {
            Some(what) if is_followed => Some(what),
            _ => None,
        };
        groups.push(Group {
            digits,
            before_next,
            goes_on: matches!(before, Some('+' | ',')),
        });
        at = at.max(end);
    }
    groups
}

/// The digit at a place, one written as a kanji among them, and the letter O
/// beside a digit, which is typed for a zero.
fn digit(chars: &[char], at: usize) -> Option<u32> {
    let c = *chars.get(at)?;
    let is_digit =
        |at: Option<usize>| at.is_some_and(|at| chars.get(at).is_some_and(char::is_ascii_digit));
    c.to_digit(10).or(match c {
        'O' | 'o' if is_digit(at.checked_sub(1)) || is_digit(Some(at + 1)) => Some(0),
        '〇' | '零' => Some(0),
        '一' => Some(1),
        '二' => Some(2),
        '三' => Some(3),
        '四' => Some(4),
        '五' => Some(5),
        '六' => Some(6),
        '七' => Some(7),
        '八' => Some(8),
        '九' => Some(9),
        _ => None,
    })
}

fn between(c: char) -> Option<Between> {
    match c {
        '-' => Some(Between::Dash),
        '.' | '・' => Some(Between::Dot),
        '/' | '_' | '|' | ':' | '~' | '*' => Some(Between::Stroke),
        c if c.is_whitespace() => Some(Between::White),
        _ => None,
    }
}
