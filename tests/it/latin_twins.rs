//! Letters that only look Latin are remarked on where somebody will type them
//! again: in names and numbers.

use crate::harness::{Workspace, plain_record};

/// What queueing a record with this name and receipt number says.
fn told(name: &str, receipt_number: &str) -> String {
    let workspace = Workspace::new();
    let mut record = plain_record(1, false);
    record["addressee_name"] = name.into();
    record["receipt_number"] = receipt_number.into();
    let file = workspace.file("record.json", record.to_string());
    workspace.ok(&["queue", file.to_str().unwrap()])
}

#[test]
fn a_letter_that_only_looks_latin_is_remarked_on() {
    for (name, number, code) in [
        ("Аnna 見本", "受第26-00001号", "U+0410"),
        ("Αnna 見本", "受第26-00001号", "U+0391"),
        ("見本 Mariа", "受第26-00001号", "U+0430"),
        ("見本 太郎", "АВ-001", "U+0410"),
        ("見本 太郎", "AΒ-001", "U+0392"),
        ("見本 太郎", "受第Н26号", "U+041D"),
    ] {
        let told = told(name, number);
        assert!(
            told.contains(code) && told.contains("よく似た、別の文字"),
            "{name} {number}: {told}"
        );
    }
}

#[test]
fn a_name_in_its_own_letters_is_a_name() {
    for name in [
        "Сергей 見本",
        "Анна Иванова",
        "Σωκρατης 見本",
        "Anna Mihon",
        "見本 太郎",
    ] {
        let told = told(name, "AB-001");
        assert!(!told.contains("よく似た、別の文字"), "{name}: {told}");
    }
}
