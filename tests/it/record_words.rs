//! What the words of a record may not say is refused or told at intake, with
//! its reason, however it is typed; and the lawful sentence beside it passes.
//! The cases are data: `tests/data/words/cases.toml`.

use std::fs;

use serde::Deserialize;
use serde_json::Value;

use crate::harness::{Workspace, root};

/// A kind of fault.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    sample: String,
    field: String,
    #[serde(default)]
    with: serde_json::Map<String, Value>,
    weight: String,
    said: String,
    inputs: Vec<String>,
    lawful: Vec<String>,
}

fn faults() -> Vec<Fault> {
    #[derive(Deserialize)]
    struct Cases {
        faults: Vec<Fault>,
    }
    let text = fs::read_to_string(root().join("tests/data/words/cases.toml")).unwrap();
    toml::from_str::<Cases>(&text).unwrap().faults
}

/// A record of the fault's kind that says this, as the file's row `n`.
fn record(fault: &Fault, text: &str, n: usize) -> Value {
    let (kind, file) = fault.sample.split_once('/').unwrap();
    let path = root().join(format!("templates/letters/{kind}/samples/{file}.json"));
    let mut record: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    for (place, value) in &fault.with {
        put(&mut record, place, value.clone());
    }
    put(&mut record, &fault.field, text.into());
    record["kind"] = kind.into();
    record["record_key"] = format!("言-{n}").into();
    // Each is another matter.
    if record.get("receipt_number").is_some() {
        record["receipt_number"] = format!("言第26-{n}号").into();
    }
    record
}

fn put(record: &mut Value, place: &str, value: Value) {
    let at = place
        .split('.')
        .fold(record, |at, part| match part.parse::<usize>() {
            Ok(index) => &mut at[index],
            Err(_) => &mut at[part],
        });
    *at = value;
}

/// What is told when records are tried, with the exit code.
fn tried(records: &[Value]) -> (Option<i32>, String) {
    let workspace = Workspace::new();
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    let file = workspace.file("records.jsonl", lines.join("\n"));
    let done = workspace.yobin(&["queue", "--dry-run", file.to_str().unwrap()]);
    (done.code, done.out + &done.err)
}

#[test]
fn every_fault_is_told_however_it_is_typed() {
    for weight in ["refuse", "warn"] {
        let faults = faults();
        let faults: Vec<&Fault> = faults
            .iter()
            .filter(|fault| fault.weight == weight)
            .collect();
        let cases: Vec<(&Fault, &String)> = faults
            .iter()
            .flat_map(|fault| fault.inputs.iter().map(move |text| (*fault, text)))
            .collect();
        assert!(cases.len() >= 3 * faults.len());
        // A file names its first 200 warnings.
        for part in cases.chunks(60) {
            let records: Vec<Value> = (1..)
                .zip(part)
                .map(|(n, (fault, text))| record(fault, text, n))
                .collect();
            let (code, told) = tried(&records);
            let refused = weight == "refuse";
            assert_eq!(code, Some(i32::from(refused)), "{told}");
            for (n, (fault, text)) in (1..).zip(part) {
                let field = fault.field.split('.').next().unwrap();
                let line = told.lines().find(|line| {
                    line.contains(&format!("{n}行目「{field}」")) && line.contains(&fault.said)
                });
                let line = line.unwrap_or_else(|| panic!("{text}: not told in\n{told}"));
                // The problem and what to do; nothing of the record.
                assert!(line.matches('。').count() >= 2, "{line}");
                assert!(!line.contains(text.as_str()), "{line}");
            }
        }
    }
}

#[test]
fn the_lawful_sentence_beside_a_fault_passes() {
    let faults = faults();
    for fault in &faults {
        assert!(fault.lawful.len() >= 3, "{}", fault.said);
    }
    let cases: Vec<(&Fault, &String)> = faults
        .iter()
        .flat_map(|fault| fault.lawful.iter().map(move |text| (fault, text)))
        .collect();
    for part in cases.chunks(60) {
        let records: Vec<Value> = (1..)
            .zip(part)
            .map(|(n, (fault, text))| record(fault, text, n))
            .collect();
        let (code, told) = tried(&records);
        assert_eq!(code, Some(0), "{told}");
        for (n, (fault, text)) in (1..).zip(part) {
            let field = fault.field.split('.').next().unwrap();
            let line = told.lines().find(|line| {
                line.contains(&format!("{n}行目「{field}」")) && line.contains(&fault.said)
            });
            assert!(line.is_none(), "{text}: {line:?}");
        }
    }
}

#[test]
fn no_shipped_sample_is_doubted() {
    let mut records = Vec::new();
    let letters = root().join("templates/letters");
    for kind in fs::read_dir(letters).unwrap() {
        let kind = kind.unwrap();
        for file in fs::read_dir(kind.path().join("samples")).unwrap() {
            let text = fs::read_to_string(file.unwrap().path()).unwrap();
            let mut record: Value = serde_json::from_str(&text).unwrap();
            record["kind"] = kind.file_name().to_str().unwrap().into();
            record["record_key"] = format!("見-{}", records.len()).into();
            records.push(record);
        }
    }
    let faults = faults();
    for part in records.chunks(60) {
        let (_, told) = tried(part);
        for fault in &faults {
            assert!(!told.contains(&fault.said), "{}\n{told}", fault.said);
        }
    }
}
