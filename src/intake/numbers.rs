//! What spreadsheets and other programs make of a number that is a name.
//!
//! The texts are folded: full-width ASCII is half-width here.

/// A rounded number: `2.02611E+11`, `1E+05`. Without the plus sign only with
/// a decimal point, for `2E-305` is a room and `1E5` a number somebody gave.
pub(super) fn is_rounded(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let Some((mantissa, exponent)) = unsigned.split_once(['E', 'e']) else {
        return false;
    };
    let (rounded, sound) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (true, digits(whole) && digits(fraction)),
        None => (false, digits(mantissa)),
    };
    let power = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    sound && digits(power) && (rounded || exponent.starts_with('+'))
}

/// A number as one reckons with it: `26001.0`, `26,001`. A short one may be
/// a way of counting, 1.0 before 2.0.
pub(super) fn is_reckoned_with(text: &str) -> bool {
    if let Some((whole, fraction)) = text.split_once('.') {
        let nothing = digits(fraction) && fraction.bytes().all(|byte| byte == b'0');
        return whole.len() >= 3 && digits(whole) && nothing;
    }
    let mut groups = text.split(',');
    let first = groups.next().unwrap_or_default();
    let grouped = groups.clone().count() > 0;
    let of_three = |group: &str| group.len() == 3 && digits(group);
    grouped && first.len() <= 3 && digits(first) && groups.all(of_three)
}

/// What Excel shows of `1-2` typed into a cell that is no text: `1月2日`,
/// `2-Jan`, `Jan-02`.
pub(super) fn is_made_a_date(text: &str) -> bool {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let day = |text: &str| text.len() <= 2 && digits(text);
    let year = |text: &str| [2, 4].contains(&text.len()) && digits(text);
    if let Some((month, of_month)) = text.strip_suffix('日').and_then(|t| t.split_once('月')) {
        return day(month) && day(of_month);
    }
    // Written otherwise it is a prefix somebody chose, SEP-12 for one.
    let month = |text: &str| MONTHS.contains(&text);
    let parts: Vec<&str> = text.split('-').collect();
    match parts.as_slice() {
        [one, other] => (day(one) && month(other)) || (month(one) && year(other)),
        [of_month, name, last] => day(of_month) && month(name) && year(last),
        _ => false,
    }
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
