//! What the program kept and reads back: reasons, notes. Whoever can write the
//! database can put anything there.

use std::fs;
use std::path::Path;

use serde_json::{Map, json};
use tempfile::TempDir;

use super::Fuzz;
use crate::catalogue::Catalogue;
use crate::domain::{HandedTo, LetterId, Reason};
use crate::restricted::{Encrypted, Identities, KeyPair, Note, Notes, decrypt, encrypt, read_note};

#[test]
fn why_a_letter_stopped() {
    let kept = |reason: Reason| serde_json::to_vec(&reason).unwrap();
    let fuzz = Fuzz {
        name: "reason",
        inputs: 4000,
        words: &[
            "{\"told\":{",
            "\"reason\":",
            "\"next_step\":",
            "\"mail_rejected\"",
            "\"code\":550",
            "\"words\":\"",
            "\"kept_back\"",
            "\"record_changed\"",
            "\"pdf_lost\"",
            "\"damage\":\"changed\"",
            "\"handover_interrupted\"",
            "\"to\":\"gateway\"",
            "null",
            "[]",
        ],
        seeds: vec![
            kept(Reason::RecordChanged),
            kept(Reason::HandoverInterrupted { to: HandedTo::File }),
            kept(Reason::MailRejected {
                code: Some(550),
                words: "no such user".to_owned(),
            }),
            "前の版の言葉".as_bytes().to_vec(),
        ],
        package: false,
    };
    fuzz.run(|input| {
        let text = String::from_utf8_lossy(input).into_owned();
        let reason = Reason::kept(Some(text), None).unwrap();
        let again = Reason::kept(Some(serde_json::to_string(&reason).unwrap()), None);
        assert_eq!(again.as_ref(), Some(&reason), "is not kept as it is read");
        match reason {
            Reason::Told { .. } => "told".to_owned(),
            reason => format!("{reason:?}"),
        }
    });
}

#[test]
fn an_encrypted_note() {
    let folder = TempDir::new().unwrap();
    let pair = KeyPair::generate();
    let path = folder.path().join("key");
    fs::write(&path, pair.file("today")).unwrap();
    let identities = Identities::read(&path).unwrap();
    let recipient = pair.recipient().parse().unwrap();
    let id = LetterId::from_key(7);
    let notes = Notes::at_intake(id, &Note::default(), "見本 太郎", "now");
    let sound = encrypt(&recipient, id, &notes).unwrap();
    let fuzz = Fuzz {
        name: "encrypted-note",
        inputs: 600,
        words: &["age-encryption.org/v1\n", "-> X25519 ", "-> scrypt ", "---"],
        seeds: vec![sound.bytes.clone(), sound.bytes[..sound.used].to_vec()],
        package: false,
    };
    fuzz.run(|input| {
        let stored = Encrypted {
            bytes: input.to_vec(),
            used: sound.used,
        };
        match decrypt(&identities, id, &stored) {
            Ok((read, _)) => {
                assert_eq!(read, notes, "another note is taken for this letter's");
                "opened".to_owned()
            }
            Err(error) => format!("refused：{error}"),
        }
    });
}

#[test]
fn a_note_to_add() {
    let templates = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let catalogue = Catalogue::load(&templates).unwrap();
    let (kind, outcome) = catalogue
        .iter()
        .find_map(|kind| {
            let outcome = kind
                .outcomes
                .iter()
                .find(|outcome| kind.may_restrict(outcome))?;
            Some((kind, outcome))
        })
        .unwrap();
    let fuzz = Fuzz {
        name: "note",
        inputs: 1500,
        words: &[
            "\"restricted_ground\":",
            "\"restricted_reason\":",
            "\"appi-16-4-2\"",
            "null",
            "[]",
            "{}",
            "\"\\u0000\"",
            "1e9",
            "\"記録番号\":",
        ],
        seeds: vec![
            json!({"restricted_reason": "見本の理由"})
                .to_string()
                .into_bytes(),
            json!({"restricted_ground": "appi-order-5-1", "restricted_reason": "見本"})
                .to_string()
                .into_bytes(),
        ],
        package: false,
    };
    fuzz.run(|input| {
        let text = String::from_utf8_lossy(input);
        match read_note(kind, outcome, &Map::new(), &text) {
            Ok(note) => format!("taken「{}」", note.fields().len()),
            Err(problems) => format!("refused：{}", problems.join("\n")),
        }
    });
}
