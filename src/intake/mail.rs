//! Why a text is no mail address letters can be sent to. Some people have such
//! an address; typing it again helps nobody.

use crate::domain::{half_width, is_public_mail_address};

/// What to do about an address that is real and cannot be served.
const BY_POST: &str = "本人のアドレスがこのとおりでも、メールでは送れません。「送付方法」を「郵送」にするか、別のアドレスを本人に確かめて書いてください。";

/// The problem of a text that is no usable address, to follow its quotation,
/// and the remedy.
pub(super) fn unusable(text: &str) -> (&'static str, &'static str) {
    let narrow: String = text.chars().map(half_width).collect();
    if narrow != text && is_public_mail_address(&narrow) {
        return (
            "には、全角の文字があります。",
            "アドレスを半角で書いてください。",
        );
    }
    let Some((local, domain)) = narrow.split_once('@') else {
        return (
            "はメールアドレスの形ではありません。",
            "name@example.jp の形で、アドレスを1つだけ半角で書いてください。",
        );
    };
    let joined: Vec<&str> = local.split('.').filter(|part| !part.is_empty()).collect();
    let mended = format!("{}@{domain}", joined.join("."));
    if mended != narrow && is_public_mail_address(&mended) {
        return (
            "は、メールアドレスの @ の前の「.」が続いているか、端にあります(以前の携帯電話会社のアドレスにあり、メールの規格では使えない形です)。",
            BY_POST,
        );
    }
    let letters = |part: &str| {
        part.chars()
            .all(|c| c.is_alphanumeric() || ".-_+".contains(c))
    };
    if !narrow.is_ascii() && domain.contains('.') && letters(local) && letters(domain) {
        return (
            "には、日本語など英数字でない文字があります。このようなアドレスには送れません。",
            BY_POST,
        );
    }
    (
        "はメールアドレスの形ではありません。",
        "name@example.jp の形で、アドレスを1つだけ半角で書いてください。",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_cannot_be_served_is_not_asked_to_be_typed_again() {
        for real in [
            "taro..mihon.@docomo.ne.jp",
            ".hanako@ezweb.ne.jp",
            "a...b@softbank.ne.jp",
            "taro@日本.jp",
            "見本@example.jp",
        ] {
            assert_eq!(unusable(real).1, BY_POST, "{real}");
        }
        for typed in ["", "taro", "taro@", "a@b@c", "a@example.jp,b@example.jp"] {
            assert_ne!(unusable(typed).1, BY_POST, "{typed}");
        }
        assert!(unusable("ｔａｒｏ@example.jp").0.contains("全角"));
    }
}
