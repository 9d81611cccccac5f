//! What spreadsheets and other programs leave in a cell instead of its value.
//!
//! Each is refused as the whole content of a cell only: a text that speaks of
//! one is a text. Where staff may mean what looks like one, in running text
//! above all, it is taken as it stands.

use crate::catalogue::{Field, FieldShape, Role};
use crate::domain::half_width;
use crate::text::formula;

use super::findings::excerpt;
use super::numbers;

/// Stands before what a rejected file shows of a cell that could not be read,
/// a number without its leading zeros for one, so that nobody can queue it
/// again as it is. It has the form of an Excel error, so no value has it.
const RETYPE: &str = "#要入力!";

/// Fields by which a record, a request or a person is found again. Nothing
/// but the value as it was given out is right in them.
const IDENTIFIERS: [&str; 6] = [
    "record_key",
    "receipt_number",
    "member_key",
    "insured_key",
    "inquiry_reference",
    "notice_number",
];

/// How programs write that there is no value, or what is no number.
const NO_VALUE: [&str; 18] = [
    "NULL",
    "null",
    "Null",
    "(null)",
    "(NULL)",
    "<null>",
    "<NULL>",
    "\\N",
    "nil",
    "None",
    "undefined",
    "[object Object]",
    "NaN",
    "nan",
    "NAN",
    "-nan",
    "NaT",
    "<NA>",
];

/// The same, but people write these too where they may write what they like.
const NO_VALUE_IN_SHORT: [&str; 14] = [
    "N/A",
    "n/a",
    "NA",
    "inf",
    "-inf",
    "Inf",
    "Infinity",
    "-Infinity",
    "TRUE",
    "FALSE",
    "True",
    "False",
    "true",
    "false",
];

/// A trace: what is wrong and what to do, in Japanese.
pub(super) type Trace = (String, &'static str);

/// The text with which a rejected file shows a cell that could not be read.
pub(super) fn to_retype(shown: &str) -> String {
    format!("{RETYPE}{shown}")
}

/// The trace a text is, as the whole value of a field.
pub(super) fn trace_of(field: &Field, text: &str) -> Option<Trace> {
    let typed = text.trim();
    let folded = narrowed(typed);
    let running = field.role == Some(Role::Multiline);
    let shown = excerpt(typed);
    let found = |problem: String, remedy| Some((problem, remedy));
    if typed.starts_with(RETYPE) {
        let problem = "元のファイルから読み取れなかった値が、入力し直されていません。";
        return found(
            problem.to_owned(),
            "「#要入力!」から後を消し、元の資料で確かめた値を入力してください。",
        );
    }
    if is_error(&folded) {
        return found(
            format!("数式がエラーになっています({shown})。"),
            "数式を直すか、値を直接入力してください。",
        );
    }
    if !folded.is_empty() && folded.chars().all(|c| c == '#') {
        return found(
            format!("列の幅が足りず、値が{shown}になったまま保存されています。"),
            "元の表で列の幅を広げて保存し直すか、値を入力し直してください。",
        );
    }
    if numbers::is_rounded(&folded) {
        return found(
            format!("{shown}は、表計算ソフトが桁を丸めた数です。元の値が失われています。"),
            "元の資料で値を確かめ、セルの書式を「文字列」にして入力し直してください。",
        );
    }
    if is_formula(typed, running) {
        return found(
            "数式が、値ではなく文字のまま入っています。".to_owned(),
            "「=」や引用符を消し、値そのものを入力してください。",
        );
    }
    if is_no_value(typed, field, running) {
        return found(
            format!("{shown}は、値がないことなどを表すプログラムの言葉です。"),
            no_value_remedy(field),
        );
    }
    if may_be_a_number_made_a_date(field) && numbers::is_made_a_date(&folded) {
        return found(
            format!("{shown}は、表計算ソフトが番号を日付に変えたもののようです。"),
            "元の資料で番号を確かめ、セルの書式を「文字列」にして入力し直してください。",
        );
    }
    if is_identifier(field) && numbers::is_reckoned_with(&folded) {
        return found(
            format!("{shown}は、番号ではなく数として書き出されています。"),
            "小数点や桁区切りのコンマのない、元の番号を入力してください。",
        );
    }
    if is_left_guard(field, typed) {
        return found(
            "値の前に「'」が付いています。".to_owned(),
            "表計算ソフトのための印のようです。「'」を消してください。",
        );
    }
    None
}

/// A text with full-width ASCII as half-width. Office software widens what is typed.
fn narrowed(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{2212}' => '-',
        other => half_width(other),
    };
    text.chars().map(narrow).collect()
}

/// An error value: `#REF!`, `#NAME?` and all others of this form, which each
/// edition of Excel adds to; the few of another form; LibreOffice's numbers.
fn is_error(text: &str) -> bool {
    let numbered = |prefix: &str| {
        text.strip_prefix(prefix).is_some_and(|number| {
            number.len() == 3 && number.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    if numbered("Err:") || numbered("エラー:") {
        return true;
    }
    let Some(name) = text.strip_prefix('#') else {
        return false;
    };
    if name.starts_with("N/A") || name == "GETTING_DATA" {
        return true;
    }
    let Some(word) = name.strip_suffix(['!', '?']) else {
        return false;
    };
    let of_an_error =
        |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || b"/_".contains(&byte);
    word.len() >= 2
        && word.contains(|c: char| c.is_ascii_uppercase())
        && word.bytes().all(of_an_error)
}

/// A formula an export left as text, `="0126"` above all. Running text may
/// begin with the sign, but not with what makes a formula of it.
fn is_formula(text: &str, running: bool) -> bool {
    let Some(rest) = text.strip_prefix(['=', '＝']) else {
        return false;
    };
    if !running {
        return true;
    }
    let begins = |c: char| c.is_ascii_alphanumeric() || "\"'(+-{$@[\\_.".contains(c);
    text.starts_with('=') && rest.starts_with(begins)
}

fn is_no_value(text: &str, field: &Field, running: bool) -> bool {
    // A choice has its own sentence, which names what can be chosen.
    let chosen = matches!(field.shape, FieldShape::Choice(_));
    NO_VALUE.contains(&text) || (!running && !chosen && NO_VALUE_IN_SHORT.contains(&text))
}

fn no_value_remedy(field: &Field) -> &'static str {
    match field.role {
        Some(Role::Name | Role::RegisteredName) => {
            "元の資料を確かめ、正しい値にしてください。値がないときは空欄にします。本当にこのとおりの名前のときは、全角で書いてください。"
        }
        _ => "元の資料を確かめ、正しい値にしてください。値がないときは空欄にします。",
    }
}

pub(super) fn is_identifier(field: &Field) -> bool {
    IDENTIFIERS.contains(&field.name.as_str())
}

/// Where `1-2` is a value and the second of January is none.
fn may_be_a_number_made_a_date(field: &Field) -> bool {
    is_identifier(field)
        || matches!(
            field.role,
            Some(Role::Address | Role::Name | Role::RegisteredName | Role::Kana | Role::PostalCode)
        )
}

/// An apostrophe that keeps a spreadsheet from changing a value and is no
/// part of it. A text that quotes a sign has a second one.
fn is_left_guard(field: &Field, text: &str) -> bool {
    let Some(rest) = text.strip_prefix(formula::GUARD) else {
        return false;
    };
    let code = is_identifier(field) || matches!(field.role, Some(Role::PostalCode | Role::Mail));
    !rest.contains(formula::GUARD) && (code || formula::is_guarded(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, role: Option<Role>) -> Field {
        Field {
            name: name.to_owned(),
            title: name.to_owned(),
            description: String::new(),
            shape: FieldShape::Text { max_chars: None },
            role,
            when: crate::catalogue::When::Open,
            not_before: None,
            subject: false,
            required: false,
            restricted: false,
        }
    }

    fn told(name: &str, role: Option<Role>, text: &str) -> Option<String> {
        trace_of(&field(name, role), text).map(|(problem, remedy)| format!("{problem}{remedy}"))
    }

    #[test]
    fn error_values_of_all_editions_are_known() {
        let building = Some(Role::Address);
        let known = "#N/A #REF! #VALUE! #NAME? #DIV/0! #NULL! #NUM! #SPILL! #CALC! #GETTING_DATA \
            #FIELD! #BUSY! #CONNECT! #BLOCKED! #UNKNOWN! #EXTERNAL! #PYTHON! #ERROR! #TIMEOUT! \
            ＃ＣＡＬＣ！ Err:502 エラー:508";
        for text in known.split(' ').chain([" #N/A ", "#N/A N/A"]) {
            let told = told("building", building, text).unwrap();
            assert!(
                told.starts_with("数式がエラーになっています"),
                "{text}: {told}"
            );
        }
        for text in [
            "#101",
            "#3 見本荘",
            "#!",
            "見本荘#REF!号",
            "Err:見本",
            "#見本!",
            "#101!",
            "#ok!",
        ] {
            assert_eq!(told("building", building, text), None, "{text}");
        }
    }

    #[test]
    fn rounded_numbers_are_known_and_rooms_are_not() {
        let rounded =
            "2.02611E+11 1.23457E+14 1E+05 1e+21 2.02611E11 -1.5E-07 ２．０２６１１Ｅ＋１１";
        for text in rounded.split(' ') {
            let told = told("receipt_number", None, text).unwrap();
            assert!(told.contains("桁を丸めた数"), "{text}: {told}");
        }
        for text in [
            "2E-305",
            "1E5",
            "E+05",
            "1.E+5",
            "1E+",
            "第1E+05号",
            "E棟",
            "E+",
        ] {
            assert_eq!(told("building", Some(Role::Address), text), None, "{text}");
        }
    }

    #[test]
    fn formulas_are_refused_and_running_text_may_begin_with_the_sign() {
        for text in [
            "=\"0126\"",
            "=A1&B1",
            "=1+2",
            "=HYPERLINK(\"x\")",
            "=単価*2",
            "＝１＋２",
            "=",
        ] {
            assert!(
                told("desk", None, text).unwrap().contains("文字のまま"),
                "{text}"
            );
        }
        let running = Some(Role::Multiline);
        for text in ["=\"0126\"", "=A1&B1", "=+A1", "='1'!A1"] {
            assert!(
                told("note", running, text).unwrap().contains("文字のまま"),
                "{text}"
            );
        }
        for text in ["== 経緯 ==\n照会した。", "＝は等号です。", "=照会の経緯="]
        {
            assert_eq!(told("note", running, text), None, "{text}");
        }
    }

    #[test]
    fn words_of_programs_are_no_values() {
        for text in [
            "NULL",
            "null",
            "nan",
            "NaN",
            "None",
            "undefined",
            "[object Object]",
        ] {
            for role in [
                None,
                Some(Role::Name),
                Some(Role::Address),
                Some(Role::Multiline),
            ] {
                assert!(
                    told("x", role, text).unwrap().contains("プログラムの言葉"),
                    "{text}"
                );
            }
        }
        assert!(told("x", None, "N/A").is_some() && told("x", None, "TRUE").is_some());
        for text in ["N/A", "TRUE", "なし", "None of them"] {
            assert_eq!(told("note", Some(Role::Multiline), text), None, "{text}");
        }
        // The way out for a person who is called so.
        assert_eq!(told("x", Some(Role::Name), "ＮＵＬＬ"), None);
        assert!(
            told("x", Some(Role::Name), "NULL")
                .unwrap()
                .contains("全角で書いて")
        );
        for text in ["なし", "Nancy", "該当なし", "ヌル"] {
            assert_eq!(told("x", Some(Role::Name), text), None, "{text}");
        }
    }

    #[test]
    fn a_number_made_a_date_is_told_where_no_date_can_be() {
        for text in [
            "1月2日",
            "１月２日",
            "2-Jan",
            "02-Jan",
            "Jan-02",
            "Jan-2026",
            "2-Jan-26",
        ] {
            for (name, role) in [("receipt_number", None), ("x", Some(Role::Address))] {
                assert!(
                    told(name, role, text).unwrap().contains("日付に変えた"),
                    "{text}"
                );
            }
            assert_eq!(told("period", None, text), None, "{text}");
        }
        for text in [
            "1-2",
            "受第1月2日号",
            "1月",
            "Jan-A",
            "A-1",
            "SEP-12",
            "Sep-001",
            "2026-11-24",
        ] {
            assert_eq!(told("receipt_number", None, text), None, "{text}");
        }
    }

    #[test]
    fn an_identifier_is_no_number_to_reckon_with() {
        for text in [
            "26001.0",
            "202611.00",
            "26,001",
            "1,234,567",
            "２６００１．０",
        ] {
            let told = told("member_key", None, text).unwrap();
            assert!(told.contains("数として書き出され"), "{text}: {told}");
            assert_eq!(self::told("item", None, text), None, "{text}");
        }
        for text in [
            "1.0", "2.1", "26001", "26001.5", "1,2", "26,0001", "A26.000", ",000",
        ] {
            assert_eq!(told("member_key", None, text), None, "{text}");
        }
    }

    #[test]
    fn cells_wider_than_their_column_and_marks_are_told() {
        for text in ["####", "########", "＃＃＃"] {
            assert!(told("x", None, text).unwrap().contains("列の幅"), "{text}");
        }
        assert!(
            told("x", None, &to_retype("12"))
                .unwrap()
                .contains("入力し直されていません")
        );
        for text in ["'=1+2", "'+81", "'@x"] {
            assert!(
                told("x", None, text).unwrap().contains("「'」を消して"),
                "{text}"
            );
        }
        assert!(told("receipt_number", None, "'0126").is_some());
        for text in ["'0126", "'t Hooft", "'+'を書く欄", "'"] {
            assert_eq!(told("x", None, text), None, "{text}");
        }
    }
}
