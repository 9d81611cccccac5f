//! Names and addresses that end up in headers, commands or file names: each is a type that only
//! holds safe text.

use std::fmt;

use lettre::Address;

use super::error::{Field, MailError};
use crate::domain::is_mail_address;

/// Longest file stem or message name, in bytes.
const STEM_MAX: usize = 64;
/// Longest Message-ID including the angle brackets, in bytes; keeps its header on one line.
const MESSAGE_ID_MAX: usize = 200;

/// One mail address: plain ASCII, no quoting, no display name.
///
/// It has no `Display` and its `Debug` is masked, so that it cannot slip into a log.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(Address);

impl EmailAddress {
    /// Reads an address; `field` names its origin in the error.
    ///
    /// # Errors
    /// [`MailError::BadAddress`] when it is none by [`is_mail_address`].
    pub fn parse(field: Field, text: &str) -> Result<Self, MailError> {
        if !is_mail_address(text) {
            return Err(MailError::BadAddress { field });
        }
        text.parse()
            .map(Self)
            .map_err(|_| MailError::BadAddress { field })
    }

    pub(super) fn local(&self) -> &str {
        self.0.user()
    }

    pub(super) fn domain(&self) -> &str {
        self.0.domain()
    }

    pub(super) fn to_lettre(&self) -> Address {
        self.0.clone()
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(***)")
    }
}

/// A Message-ID of ours, `<local@domain>`; stored before connecting so that a bounce or an enquiry
/// finds its letter.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MessageId(String);

impl MessageId {
    /// Reads `<local@domain>`: each side letters, digits, `-`, `_` and inner dots; at most 200
    /// bytes.
    ///
    /// # Errors
    /// [`MailError::BadForm`] otherwise.
    pub fn parse(text: &str) -> Result<Self, MailError> {
        let side = |side: &str| {
            side.split('.')
                .all(|atom| !atom.is_empty() && atom.bytes().all(is_name_byte))
        };
        let inner = text
            .strip_prefix('<')
            .and_then(|rest| rest.strip_suffix('>'));
        let sides = inner.and_then(|inner| inner.split_once('@'));
        match sides {
            Some((local, domain))
                if side(local) && side(domain) && text.len() <= MESSAGE_ID_MAX =>
            {
                Ok(Self(text.to_owned()))
            }
            _ => Err(MailError::BadForm {
                field: Field::MessageId,
            }),
        }
    }

    /// With its angle brackets.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the message is called when it is handed over for the `round`th time, from 1.
    ///
    /// # Errors
    /// [`MailError::BadForm`] when the side before the `@` is longer than a name, or has dots.
    pub fn name(&self, round: i64) -> Result<MessageName, MailError> {
        MessageName::parse(&stem_of(&self.0, round))
    }
}

/// What the message with this Message-ID is called when it is handed over for the `round`th time:
/// its file of an earlier round, which another program may be about to send, keeps its own name.
pub(super) fn stem_of(message_id: &str, round: i64) -> String {
    let name = message_id.trim_start_matches('<');
    let name = name.split_once('@').map_or(name, |(name, _)| name);
    match round {
        ..=1 => name.to_owned(),
        _ => format!("{name}-{round}"),
    }
}

/// The opaque name of a message: that of its Message-ID, and from the second round on the round.
/// It names the `.eml` file and stands in log lines, so it must not be personal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MessageName(String);

impl MessageName {
    /// Reads a name of 1–64 ASCII letters, digits, `-` and `_`, beginning with a letter or digit.
    ///
    /// # Errors
    /// [`MailError::BadForm`] otherwise.
    pub fn parse(text: &str) -> Result<Self, MailError> {
        if is_stem(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(MailError::BadForm {
                field: Field::MessageName,
            })
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MessageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The file name a recipient sees: neutral ASCII, ending in `.pdf`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AttachmentName(String);

impl AttachmentName {
    /// Reads `<stem>.pdf`; the stem is formed like a [`MessageName`].
    ///
    /// # Errors
    /// [`MailError::BadForm`] otherwise.
    pub fn parse(text: &str) -> Result<Self, MailError> {
        match text.strip_suffix(".pdf") {
            Some(stem) if is_stem(stem) => Ok(Self(text.to_owned())),
            _ => Err(MailError::BadForm {
                field: Field::AttachmentName,
            }),
        }
    }

    /// The name with its ending.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One non-empty line without controls, line or paragraph separators and direction overrides;
/// variation selectors (IVS) and every other character pass unchanged.
pub(super) fn one_line(field: Field, text: &str) -> Result<&str, MailError> {
    let forbidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
    };
    if text.trim().is_empty() || text.contains(forbidden) {
        return Err(MailError::BadLine { field });
    }
    Ok(text)
}

fn is_name_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'-' || b == b'_'
}

fn is_stem(text: &str) -> bool {
    text.len() <= STEM_MAX
        && text
            .bytes()
            .next()
            .is_some_and(|b| b.is_ascii_alphanumeric())
        && text.bytes().all(is_name_byte)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_address_that_could_end_a_line_or_a_command_is_refused() {
        let long = format!("{}@example.jp", "a".repeat(250));
        for text in [
            "",
            "taro",
            "taro@",
            "@example.jp",
            "a@b@example.jp",
            "taro@example.jp\r\nBcc: x@example.jp",
            "taro@example.jp\n",
            "taro @example.jp",
            "<taro@example.jp>",
            "太郎@example.jp",
            "taro@例え.jp",
            "\"ta ro\"@example.jp",
            "taro@example.jp>",
            "taro@example.jp,b",
            "taro..y.@docomo.ne.jp",
            "taro\0@example.jp",
            &long,
        ] {
            assert!(
                EmailAddress::parse(Field::Recipient, text).is_err(),
                "{text:?}"
            );
        }
        assert!(EmailAddress::parse(Field::Recipient, "taro.mihon+kenpo@mail.example.jp").is_ok());
    }

    proptest! {
        #[test]
        fn an_address_the_rule_takes_can_be_mailed_to(
            local in "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~.-]{1,66}",
            domain in "[a-zA-Z0-9.-]{1,66}",
        ) {
            let text = format!("{local}@{domain}");
            let parsed = EmailAddress::parse(Field::Recipient, &text);
            prop_assert_eq!(parsed.is_ok(), is_mail_address(&text));
        }
    }

    #[test]
    fn an_address_is_not_printed_by_debug() {
        let address = EmailAddress::parse(Field::Recipient, "taro@example.jp").unwrap();
        assert!(!format!("{address:?}").contains("taro"));
    }

    #[test]
    fn a_message_id_is_narrow() {
        for text in [
            "x@y",
            "<x>",
            "<@y>",
            "<x@>",
            "<x y@z>",
            "<x@y>\r\nTo: z",
            "<a@b@c>",
            "<a..b@c>",
            "<x@y",
        ] {
            assert!(MessageId::parse(text).is_err(), "{text:?}");
        }
        assert!(MessageId::parse("<L000123K.1@kenpo.example.jp>").is_ok());
    }

    #[test]
    fn a_name_cannot_leave_its_folder_or_speak() {
        for text in [
            "",
            ".",
            "..",
            "../x",
            "a/b",
            "a\\b",
            "a b",
            "見本",
            "-x",
            ".x",
            "a\n",
            &"a".repeat(65),
        ] {
            assert!(MessageName::parse(text).is_err(), "{text:?}");
            assert!(
                AttachmentName::parse(&format!("{text}.pdf")).is_err(),
                "{text:?}"
            );
        }
        assert!(MessageName::parse("L000123K-1").is_ok());
        assert!(AttachmentName::parse("L000123K.pdf").is_ok());
        assert!(AttachmentName::parse("L000123K.exe").is_err());
        assert!(AttachmentName::parse("L000123K.pdf\r\nX: y").is_err());
    }
}
