//! The customer barcode (カスタマバーコード): postal code and address display
//! number as 67 bars of four heights, by Japan Post's 郵便番号・バーコードマニュアル
//! (pages 11, 12 and 20 to 22).

use super::{display_number, offices};

/// Bars of a barcode: start and stop of two, 21 codes of three.
pub const BARS: usize = 67;

/// Places of the address display number.
const ADDRESS_PLACES: usize = 13;

/// The sum of all codes is a multiple of this.
const MODULUS: u8 = 19;

const HYPHEN: u8 = 10;
/// CC1; the control codes follow each other.
const FIRST_CONTROL: u8 = 11;
/// CC4 fills the places an address leaves free.
const FILL: u8 = 14;

/// The bars of each code: 0 to 9, hyphen, CC1 to CC8 (page 11). `F` is a full
/// bar, `A` one that reaches up, `D` one that reaches down, `T` the short one
/// they all have in common.
const CODES: [&str; MODULUS as usize] = [
    "FTT", "FFT", "FDA", "DFA", "FAD", "FTF", "DAF", "AFD", "ADF", "TFF", "TFT", "DAT", "DTA",
    "ADT", "TDA", "ATD", "TAD", "TTF", "FFF",
];
const START: &str = "FD";
const STOP: &str = "DF";

/// The bars for an address, left to right, as letters `F`, `A`, `D`, `T`.
///
/// The code of one large office or post-office box stands for its address, and
/// so stands alone in the barcode, whatever the address says (page 22).
///
/// `None` when the postal code is not seven digits with or without a hyphen,
/// or the address of a town area's code yields no display number
/// ([`display_number::of`]), or the postal code is neither a listed office's
/// ([`offices`]) nor certainly that of a town area. Not certain are
///
/// - codes that end in 00, which stand for all areas without a code of their
///   own (以下に掲載がない場合) and must not carry a barcode (page 18);
/// - codes that may belong to an office that is not listed yet, to
///   post-office boxes or to reply mail, whose barcode has another content
///   (pages 22 and 23): 80 to 89 in fourth and fifth place but for the areas
///   of [`TOWNS_IN_THE_EIGHTIES`], and 80 to 99 at the end where the old code
///   had five digits.
pub fn bars(postal_code: &str, address: &str, building: Option<&str>) -> Option<String> {
    let postal_code = digits(postal_code)?;
    if offices::is_an_offices(&postal_code) {
        return encode(&postal_code, "");
    }
    if !is_a_town_areas(&postal_code) {
        return None;
    }
    let number = display_number::of(address, building)?;
    encode(&postal_code, &number)
}

fn digits(postal_code: &str) -> Option<[u8; 7]> {
    let digits: Vec<u8> = postal_code
        .bytes()
        .filter(|byte| *byte != b'-')
        .map(|byte| byte.wrapping_sub(b'0'))
        .collect();
    let digits: [u8; 7] = digits.try_into().ok()?;
    digits.iter().all(|digit| *digit <= 9).then_some(digits)
}

/// The areas (first three digits) that have towns under a number of the
/// eighties (fourth and fifth digit) and no large office under it, counted in
/// Japan Post's lists of town areas and of offices. 85 to 87 are left out
/// everywhere: that an area with towns there gets an office is nothing new.
/// Which areas they are changes with a new list at most; a code that is missing
/// here only costs its letter the barcode.
#[rustfmt::skip]
const TOWNS_IN_THE_EIGHTIES: [(u8, &[u16]); 6] = [
    (80, &[
        2, 36, 70, 388, 422, 432, 441, 459, 483, 492, 493, 496, 500, 510, 512, 579, 591,
        600, 601, 602, 603, 604, 606, 607, 612, 614, 615, 616, 630, 640, 663, 672, 680,
        702, 712, 761, 770, 780, 781, 791, 796, 852, 861, 918, 921, 939, 951, 960, 961,
        963, 970, 981,
    ]),
    (81, &[
        28, 36, 71, 433, 441, 483, 492, 500, 510, 599, 600, 601, 602, 603, 604, 606,
        607, 612, 614, 615, 616, 630, 640, 663, 704, 713, 781, 852, 891, 918, 921, 939,
        949, 951, 960, 963, 971, 999,
    ]),
    (82, &[
        28, 36, 78, 483, 492, 500, 509, 599, 600, 601, 602, 603, 604, 606, 607, 612,
        614, 615, 616, 630, 640, 663, 703, 899, 918, 920, 939, 949, 960, 974,
    ]),
    (83, &[
        36, 78, 483, 492, 500, 592, 593, 600, 601, 602, 603, 604, 606, 607, 612, 614,
        615, 616, 630, 640, 891, 899, 931, 949, 963, 972, 999,
    ]),
    (84, &[
        28, 79, 483, 492, 500, 600, 601, 602, 603, 604, 606, 607, 612, 616, 630, 640,
        899, 931, 963, 973, 999,
    ]),
    (88, &[
        28, 78, 500, 600, 603, 604, 921, 963,
    ]),
];

/// Page 4 tells which fourth and fifth digits areas with an old code of three
/// digits have; there the last two digits count from 01 to 99.
fn is_a_town_areas(postal_code: &[u8; 7]) -> bool {
    let [_, _, _, fourth, fifth, sixth, seventh] = *postal_code;
    let middle = fourth * 10 + fifth;
    let last = sixth * 10 + seventh;
    last != 0
        && match middle {
            80..=89 => {
                let area = postal_code[..3]
                    .iter()
                    .fold(0, |area, digit| area * 10 + u16::from(*digit));
                TOWNS_IN_THE_EIGHTIES
                    .iter()
                    .any(|(number, areas)| *number == middle && areas.contains(&area))
            }
            0 | 8 | 9 => true,
            _ => last < 80,
        }
}

/// The bars of seven digits and a display number; `None` when that has
/// anything but digits, capital letters and hyphens.
fn encode(postal_code: &[u8; 7], number: &str) -> Option<String> {
    let codes = with_check(postal_code, number)?;
    let middle: String = codes.iter().map(|code| CODES[usize::from(*code)]).collect();
    Some(format!("{START}{middle}{STOP}"))
}

/// Postal code, display number in its 13 places, check digit.
fn with_check(postal_code: &[u8; 7], number: &str) -> Option<Vec<u8>> {
    let mut places = Vec::new();
    for c in number.bytes() {
        match c {
            b'0'..=b'9' => places.push(c - b'0'),
            b'-' => places.push(HYPHEN),
            // A is CC1 0, K is CC2 0, U is CC3 0.
            b'A'..=b'Z' => {
                let letter = c - b'A';
                places.extend([FIRST_CONTROL + letter / 10, letter % 10]);
            }
            _ => return None,
        }
    }
    // A letter that does not fit wholly keeps its control code (page 20).
    places.resize(ADDRESS_PLACES, FILL);
    let mut codes = postal_code.to_vec();
    codes.extend(places);
    let sum: u32 = codes.iter().map(|code| u32::from(*code)).sum();
    let rest = (sum % u32::from(MODULUS)) as u8;
    codes.push((MODULUS - rest) % MODULUS);
    Some(codes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(postal_code: &str, number: &str) -> Vec<u8> {
        with_check(&digits(postal_code).expect("seven digits"), number).expect("codes")
    }

    /// Pages 17 and 21 of the manual.
    #[test]
    fn the_published_check_digits_come_out() {
        assert_eq!(codes("100-0013", "1-3-2-503").last(), Some(&9));
        assert_eq!(codes("100-0014", "1-11-32").last(), Some(&15));
    }

    #[test]
    fn a_short_number_is_filled_and_a_long_one_cut() {
        let address = |postal_code, number| codes(postal_code, number)[7..20].to_vec();
        assert_eq!(
            address("100-0014", "1-11-32"),
            [1, 10, 1, 1, 10, 3, 2, 14, 14, 14, 14, 14, 14]
        );
        // Page 20: 29-1524-23-2-501 and 3-80-25J1-2B.
        assert_eq!(
            address("064-0804", "29-1524-23-2-501"),
            [2, 9, 10, 1, 5, 2, 4, 10, 2, 3, 10, 2, 10]
        );
        assert_eq!(
            address("910-0067", "3-80-25J1-2B"),
            [3, 10, 8, 0, 10, 2, 5, 11, 9, 1, 10, 2, 11]
        );
    }

    #[test]
    fn a_barcode_has_67_bars() {
        let bars = bars("379-2147", "群馬県前橋市亀里町1310番地", Some("JAビル内"));
        let bars = bars.expect("a barcode");
        assert_eq!(bars.len(), BARS);
        assert!(bars.starts_with("FD") && bars.ends_with("DF"), "{bars}");
        assert!(bars.bytes().all(|bar| b"FADT".contains(&bar)), "{bars}");
    }

    #[test]
    fn a_postal_code_that_is_neither_a_towns_nor_an_offices_has_no_barcode() {
        for (postal_code, expected) in [
            ("379-2147", true),
            ("3792147", true),
            ("060-0906", true),
            ("100-0099", true),
            ("951-8001", true),
            ("500-8812", true),
            ("002-8071", true),
            // All areas without a code of their own.
            ("371-0000", false),
            ("379-2100", false),
            // Boxes, reply mail, offices nobody has listed.
            ("980-8691", false),
            ("371-8790", false),
            ("371-8599", false),
            ("379-2191", false),
            ("379-2188", false),
            // No postal code.
            ("379-214", false),
            ("379-21470", false),
            ("379-214a", false),
        ] {
            let found = bars(postal_code, "亀里町1310番地", None).is_some();
            assert_eq!(found, expected, "{postal_code}");
        }
    }

    #[test]
    fn an_offices_code_stands_alone_in_its_barcode() {
        for postal_code in [
            "371-8570", "100-8792", "102-8018", "100-8916", "105-8411", "170-8055", "141-8001",
            "460-8310", "371-0192",
        ] {
            let all = [
                ("東京都千代田区霞が関1-2-2", Some("5号館")),
                ("群馬県前橋市亀里町1310番地", None),
                // Nothing of the address is needed.
                ("見本市例示町", None),
            ]
            .map(|(address, building)| bars(postal_code, address, building));
            assert!(all[0].is_some(), "{postal_code}");
            assert!(all.iter().all(|bars| *bars == all[0]), "{postal_code}");
        }
        // The code of the manual's example (page 22), with places that are
        // filled.
        let codes = codes("100-8792", "");
        assert_eq!(codes[..7], [1, 0, 0, 8, 7, 9, 2]);
        assert_eq!(
            codes[7..],
            [14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 0]
        );
    }
}
