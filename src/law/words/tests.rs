//! Which digits are an individual number. What the rules say of records is
//! tested through the program, on the shipped kinds.

use super::individual_number::is_in;
use super::*;

#[test]
fn the_check_digit_decides() {
    for text in [
        "123456789018",
        "1234 5678 9018",
        "1234-5678-9018",
        "1234\n5678\n9018",
        "一二三四五六七八九〇一八",
        "番号987654321093です",
        "2026-11-24 1234-5678-9018",
        "1234/5678/9018",
        "3141_5926_5352",
        "1234-5678 9018",
        "9876:5432/1093",
        "1234 5678/9O18",
    ] {
        assert!(is_in(text), "{text}");
    }
    for text in [
        "123456789012",
        "1234567890189",
        "1234-5678-9018-3456",
        "+81-90-1234-5678",
        "000000000000",
        "123,456,789,018",
        "2026-11-24 1200",
        "2026 11 24 0123",
        "2026/11/24 0123",
        "1234/5678/9012",
        "1234-5678 9018-3456",
        "10:30/11:45",
        "12345678901",
        "",
    ] {
        assert!(!is_in(text), "{text}");
    }
}

#[test]
fn a_rule_that_says_too_little_or_too_much_is_refused() {
    let rule = |line: &str| {
        Words::parse(&format!(
            "[lists]\na = [\"b\"]\n[[rules]]\n{line}\nweight = \"warn\"\nproblem = \"p\"\nremedy = \"r\"\n"
        ))
    };
    for (line, said) in [
        ("", "どれか一つ"),
        ("list = \"a\"\npattern = \"b\"", "どれか一つ"),
        ("list = \"c\"", "lists に c がありません"),
        ("pattern = \"(\"", "正規表現を読めません"),
        ("pattern = \"a\"\nweigh = \"warn\"", "weigh"),
    ] {
        let problem = rule(line).expect_err(line);
        assert!(problem.contains(said), "{line}: {problem}");
    }
    rule("list = \"a\"").expect("loads");
}
