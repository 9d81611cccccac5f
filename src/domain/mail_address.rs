//! What a mail address looks like.

/// Most bytes a mail path can carry (RFC 5321 §4.5.3.1.3, RFC 3696 erratum
/// 1690).
const MOST: usize = 254;

/// Most bytes before the `@` (RFC 5321 §4.5.3.1.1).
const LOCAL_MOST: usize = 64;

/// Most bytes of a label of a domain (RFC 1035 §2.3.4).
const LABEL_MOST: usize = 63;

/// Whether a text is one address in the dot-atom form of RFC 5321, in plain
/// ASCII. Quoted local parts and address literals are not for letters;
/// addresses of Japanese carriers that break the RFC (`taro..y.@…`) are none.
pub fn is_mail_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    text.len() <= MOST
        && local.len() <= LOCAL_MOST
        && local.split('.').all(is_atom)
        && domain.split('.').all(is_label)
}

/// Whether a text is an address somebody can have: its domain has at least
/// two labels. A sender's may be the name of a computer in the house.
pub fn is_public_mail_address(text: &str) -> bool {
    let domain = text.split_once('@').map(|(_, domain)| domain);
    is_mail_address(text) && domain.is_some_and(|domain| domain.contains('.'))
}

fn is_atom(part: &str) -> bool {
    let atom = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
    !part.is_empty() && part.bytes().all(atom)
}

fn is_label(label: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=LABEL_MOST).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_addresses_are_plain_and_single() {
        for good in ["a@example.jp", "taro.yamada+k@mail.example.co.jp"] {
            assert!(is_public_mail_address(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "a@",
            "@example.jp",
            "a@b",
            "a@b..jp",
            "a..b@example.jp",
            ".a@example.jp",
            "a@example.jp,b@example.jp",
            "山田 <a@example.jp>",
            "ａ@example.jp",
            "a@例.jp",
            "a@-b.jp",
            "a b@example.jp",
            "a@example.jp\n",
            "a@@example.jp",
        ] {
            assert!(!is_public_mail_address(bad), "{bad}");
        }
    }

    #[test]
    fn only_a_sender_may_be_of_a_computer_in_the_house() {
        assert!(is_mail_address("yobin@mail-server"));
        assert!(!is_public_mail_address("yobin@mail-server"));
        assert!(!is_mail_address("yobin@mail_server"));
    }
}
