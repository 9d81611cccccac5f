//! What a recipient, a relay and an attacker see of a composed message.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

use std::path::PathBuf;

use super::*;
use crate::mail::MailSettings;

const PDF: &[u8] = b"%PDF-1.7\n\x00\xE2\xE3\xCF\xD3 any bytes\n.\n%%EOF";
/// 辻 and 葛 with ideographic variation selectors, and a character outside the BMP.
const IVS_NAME: &str = "辻\u{E0101}井 葛\u{E0100}𠮷";

fn composer() -> Composer {
    let settings: MailSettings = toml::from_str(
        "from = 'kojin-joho@kenpo.example.jp'\nfrom_name = '見本健康保険組合'\nreply_to = 'madoguchi@kenpo.example.jp'",
    )
    .unwrap();
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("templates/mail");
    Composer::open(&folder, settings.sender().unwrap()).unwrap()
}

fn society() -> SocietyContact {
    SocietyContact {
        name: "見本健康保険組合".to_owned(),
        department: Some("総務課".to_owned()),
        telephone: "03-0000-0000".to_owned(),
        hours: Some("平日 9時から17時まで".to_owned()),
        postal_code: "100-0000".to_owned(),
        address: "東京都見本区見本1-2-3".to_owned(),
    }
}

fn draft<'a>(society: &'a SocietyContact, addressee_name: &'a str) -> Draft<'a> {
    Draft {
        template: "document-notice",
        name: MessageName::parse("L000123K").unwrap(),
        to: EmailAddress::parse(Field::Recipient, "taro@member.example.jp").unwrap(),
        message_id: MessageId::parse("<L000123K.1@kenpo.example.jp>").unwrap(),
        date: DateTime::parse_from_rfc3339("2026-11-22T02:30:00+09:00").unwrap(),
        addressee_name,
        honorific: "様",
        society,
        letter_id: "L000123K",
        document_number: Some("見健発第123号"),
        attachment: Attachment {
            name: AttachmentName::parse("L000123K.pdf").unwrap(),
            pdf: PDF,
        },
    }
}

/// A composed message taken apart again: unfolded header lines, body text, PDF.
struct Read {
    headers: Vec<String>,
    body: String,
    attachment_headers: String,
    pdf: Vec<u8>,
}

fn read(bytes: &[u8]) -> Read {
    let text = std::str::from_utf8(bytes).unwrap();
    let (head, _) = text.split_once("\r\n\r\n").unwrap();
    let unfolded = head.replace("\r\n ", " ");
    let boundary = unfolded
        .split("boundary=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let parts: Vec<&str> = text.split(&format!("--{boundary}")).collect();
    assert_eq!(parts.len(), 4, "preamble, body, attachment, end");
    let part = |n: usize| parts[n].split_once("\r\n\r\n").unwrap();
    Read {
        headers: unfolded.split("\r\n").map(str::to_owned).collect(),
        body: String::from_utf8(from_base64(part(1).1)).unwrap(),
        attachment_headers: part(2).0.to_owned(),
        pdf: from_base64(part(2).1),
    }
}

fn from_base64(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits: Vec<u32> = text
        .bytes()
        .filter_map(|b| ALPHABET.iter().position(|a| *a == b))
        .map(|at| at as u32)
        .collect();
    let mut bytes = Vec::new();
    for group in digits.chunks(4) {
        let value =
            group.iter().fold(0, |value, digit| value << 6 | digit) << (6 * (4 - group.len()));
        bytes.extend_from_slice(&value.to_be_bytes()[1..group.len()]);
    }
    bytes
}

#[test]
fn the_message_says_who_it_is_from_and_carries_the_pdf_unchanged() {
    let society = society();
    let composed = composer().compose(&draft(&society, "見本 太郎")).unwrap();
    let read = read(&composed.bytes);
    for header in [
        "To: taro@member.example.jp",
        "Reply-To: madoguchi@kenpo.example.jp",
        "Date: Sat, 21 Nov 2026 17:30:00 +0000",
        "Message-ID: <L000123K.1@kenpo.example.jp>",
        "Auto-Submitted: auto-generated",
        "MIME-Version: 1.0",
    ] {
        assert!(
            read.headers.iter().any(|line| line == header),
            "{header} in {:#?}",
            read.headers
        );
    }
    assert!(
        read.headers
            .iter()
            .any(|line| line.starts_with("From: ")
                && line.ends_with("<kojin-joho@kenpo.example.jp>"))
    );
    assert!(
        read.attachment_headers
            .contains("Content-Type: application/pdf")
    );
    assert!(
        read.attachment_headers
            .contains("Content-Disposition: attachment; filename=\"L000123K.pdf\"")
    );
    assert_eq!(read.pdf, PDF);
    assert!(
        read.body
            .starts_with("見本 太郎 様\r\n\r\n見本健康保険組合です。\r\n"),
        "{}",
        read.body
    );
    for said in [
        "L000123K.pdf（1件）",
        "文書番号：見健発第123号",
        "お問合せ番号：L000123K",
        "電話：03-0000-0000",
        "総務課",
    ] {
        assert!(read.body.contains(said), "{said} in {}", read.body);
    }
    assert!(!read.body.replace("\r\n", "").contains(['\r', '\n']));
    assert_eq!(
        composed.envelope.to.to_lettre().to_string(),
        "taro@member.example.jp"
    );
}

#[test]
fn what_is_not_given_leaves_no_trace() {
    let society = SocietyContact {
        department: None,
        hours: None,
        ..society()
    };
    let draft = Draft {
        document_number: None,
        ..draft(&society, "見本 太郎")
    };
    let body = read(&composer().compose(&draft).unwrap().bytes).body;
    for absent in ["文書番号", "受付時間", "none", "総務課"] {
        assert!(!body.contains(absent), "{absent} in {body}");
    }
}

#[test]
fn a_name_with_variation_selectors_survives() {
    let society = society();
    let composed = composer().compose(&draft(&society, IVS_NAME)).unwrap();
    assert!(composed.bytes.is_ascii());
    assert!(
        read(&composed.bytes)
            .body
            .starts_with(&format!("{IVS_NAME} 様\r\n"))
    );
}

#[test]
fn the_name_appears_in_the_greeting_only() {
    let society = society();
    let composed = composer()
        .compose(&draft(&society, "Mihon Hanako"))
        .unwrap();
    let raw = String::from_utf8(composed.bytes.clone()).unwrap();
    assert!(!raw.contains("Mihon") && !raw.contains("Hanako"));
    // Headers may hold the name encoded; another name must leave them the same.
    let other = composer().compose(&draft(&society, "見本 太郎")).unwrap();
    assert_eq!(read(&composed.bytes).headers, read(&other.bytes).headers);
    assert_eq!(read(&composed.bytes).body.matches("Hanako").count(), 1);
}

#[test]
fn a_name_of_ten_thousand_characters_keeps_every_line_short() {
    let society = society();
    let name = "髙".repeat(10_000);
    let composed = composer().compose(&draft(&society, &name)).unwrap();
    // With its CR; a header line may be longer, but never beyond the 998 of `is_wire_safe`.
    assert!(
        composed
            .bytes
            .split(|b| *b == b'\n')
            .skip_while(|line| *line != b"\r")
            .all(|line| line.len() <= 77)
    );
    assert!(
        read(&composed.bytes)
            .body
            .starts_with(&format!("{name} 様\r\n"))
    );
}

#[test]
fn a_sender_name_of_ten_thousand_characters_is_folded() {
    let settings: MailSettings = toml::from_str(&format!(
        "from = 'a@kenpo.example.jp'\nfrom_name = '{}'",
        "組".repeat(10_000)
    ))
    .unwrap();
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("templates/mail");
    let society = society();
    let composer = Composer::open(&folder, settings.sender().unwrap()).unwrap();
    assert!(is_wire_safe(
        &composer
            .compose(&draft(&society, "見本 太郎"))
            .unwrap()
            .bytes
    ));
}

#[test]
fn a_line_break_or_control_anywhere_is_refused_and_not_repeated() {
    let good = society();
    let composer = composer();
    for bad in [
        "太郎\r\nBcc: x@example.jp",
        "太郎\nX: y",
        "太郎\r",
        "太郎\0",
        "太郎\u{2028}",
        "\u{202E}郎太",
        "\u{85}",
        "",
        "　",
    ] {
        let refused = |draft: &Draft<'_>, field: Field| {
            let error = composer.compose(draft).unwrap_err();
            assert!(
                matches!(error, MailError::BadLine { field: at } if at == field),
                "{field} {bad:?}: {error}"
            );
            assert!(
                bad.trim().is_empty()
                    || !format!("{error} {error:?} {}", error.staff_message()).contains(bad)
            );
        };
        refused(&draft(&good, bad), Field::AddresseeName);
        refused(
            &Draft {
                honorific: bad,
                ..draft(&good, "見本 太郎")
            },
            Field::Honorific,
        );
        refused(
            &Draft {
                letter_id: bad,
                ..draft(&good, "見本 太郎")
            },
            Field::LetterId,
        );
        refused(
            &Draft {
                document_number: Some(bad),
                ..draft(&good, "見本 太郎")
            },
            Field::DocumentNumber,
        );
        for society in [
            SocietyContact {
                name: bad.to_owned(),
                ..society()
            },
            SocietyContact {
                telephone: bad.to_owned(),
                ..society()
            },
            SocietyContact {
                hours: Some(bad.to_owned()),
                ..society()
            },
        ] {
            refused(&draft(&society, "見本 太郎"), Field::Society);
        }
    }
}

#[test]
fn template_code_in_a_name_is_text() {
    let society = society();
    let name = "{{ society.telephone }}{% raw %}<b>&amp;";
    let body = read(&composer().compose(&draft(&society, name)).unwrap().bytes).body;
    assert!(body.starts_with(&format!("{name} 様\r\n")));
}

#[test]
fn the_same_draft_gives_the_same_bytes() {
    let society = society();
    let draft = draft(&society, IVS_NAME);
    let first = composer().compose(&draft).unwrap().bytes;
    assert_eq!(composer().compose(&draft).unwrap().bytes, first);
    let other = Draft {
        message_id: MessageId::parse("<L000123K.2@kenpo.example.jp>").unwrap(),
        ..draft
    };
    assert_ne!(composer().compose(&other).unwrap().bytes, first);
}

#[test]
fn only_a_pdf_is_attached() {
    let society = society();
    for file in [&b""[..], b"PK\x03\x04", b" %PDF-1.7"] {
        let mut draft = draft(&society, "見本 太郎");
        draft.attachment.pdf = file;
        assert!(matches!(composer().compose(&draft), Err(MailError::NotPdf)));
    }
}

#[test]
fn a_date_no_header_can_show_is_refused() {
    let society = society();
    for date in ["1969-12-31T23:59:59+00:00", "0001-01-01T00:00:00+00:00"] {
        let date = DateTime::parse_from_rfc3339(date).unwrap();
        assert!(matches!(
            composer().compose(&Draft {
                date,
                ..draft(&society, "見本 太郎")
            }),
            Err(MailError::BadDate)
        ));
    }
}

#[test]
fn an_unknown_template_is_a_typed_error() {
    let society = society();
    for template in ["", "no-such", "../mail/document-notice"] {
        let error = composer()
            .compose(&Draft {
                template,
                ..draft(&society, "見本 太郎")
            })
            .unwrap_err();
        assert!(
            matches!(error, MailError::UnknownTemplate { .. }),
            "{error}"
        );
    }
}

/// The wording itself: nothing in any mail template may tell what kind of document is enclosed, or
/// about whom.
#[test]
fn templates_are_neutral() {
    let forbidden = [
        "レセプト",
        "診療",
        "調剤",
        "病",
        "健診",
        "検診",
        "医療",
        "傷",
        "通院",
        "入院",
        "治療",
        "薬",
        "障害",
        "開示",
        "訂正",
        "利用停止",
        "消去",
        "請求",
        "決定",
        "回答",
        "不服",
        "苦情",
        "漏えい",
        "個人情報",
        "個人データ",
        "本人",
        "家族",
        "扶養",
        "記号",
        "資格",
        "給付",
        "保険料",
        "遺族",
        "代理",
        "重要",
        "至急",
        "パスワード",
        "http",
    ];
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("templates/mail");
    for entry in folder.read_dir().unwrap() {
        for file in entry.unwrap().path().read_dir().unwrap() {
            let path = file.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            for word in forbidden {
                assert!(!text.contains(word), "{word} in {}", path.display());
            }
        }
    }
}

#[test]
fn only_short_ascii_lines_ended_by_crlf_may_travel() {
    let longest = format!("{}\r\n", "a".repeat(LINE_MAX));
    // In the last one, a line's end stands where the line before ended, but
    // another comes before it.
    for good in [
        "a\r\n",
        "\r\n",
        "a\r\n\r\nb\r\n",
        &longest,
        "aaaaa\r\nb\r\ncc\r\n",
    ] {
        assert!(is_wire_safe(good.as_bytes()), "{good:?}");
    }
    let too_long = format!("{}\r\n", "a".repeat(LINE_MAX + 1));
    for bad in [
        "",
        "a",
        "a\n",
        "\n",
        "a\r",
        "a\r\nb",
        "a\nb\r\n",
        "a\rb\r\n",
        "\ra\r\n",
        "a\r\r\n",
        "a\r\n\r",
        "a\r\n\n",
        "\n\r",
        "é\r\n",
        "a\0\r\n",
        &too_long,
        "aaaaa\r\nb\n\rcc\r\n",
        "aaaaa\r\nb\ncc\r\r\n",
        "aaaaa\r\naa\raa\r\n",
    ] {
        assert!(!is_wire_safe(bad.as_bytes()), "{bad:?}");
    }
}

#[test]
fn base64_is_what_the_mail_library_makes() {
    for length in (0..240).chain([5700, 5701, 65_536]) {
        let bytes: Vec<u8> = (0..length).map(|n: u32| (n * 7 % 251) as u8).collect();
        let expected =
            Body::new_with_encoding(bytes.clone(), ContentTransferEncoding::Base64).unwrap();
        let own = base64(&bytes);
        assert_eq!(own.as_ref(), expected.as_ref(), "{length}");
        assert_eq!(own.encoding(), expected.encoding());
    }
}
