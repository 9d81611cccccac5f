//! Folders of templates: kinds, forms, sets.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use tempfile::TempDir;

use super::{Fuzz, seeds};
use crate::catalogue::{Catalogue, Forms};
use crate::intake::{Reader, Row};
use crate::office::open_characters;
use crate::render::TemplateSet;

const LETTER: &str = "name = \"見本の書簡\"\nseries = \"letters\"\ngroups = [\"record\", \"addressee\", \"delivery\"]\n[outcomes.sent]\nlabel = \"送付\"\nsubject = \"見本について\"\n";

const TOML: [&str; 18] = [
    "name = \"\"",
    "series = \"letters\"",
    "groups = [\"request\"]",
    "[outcomes.sent]",
    "[outcomes.\"\"]",
    "label = \"送付\"",
    "subject = \"件\\u001b\"",
    "requires = [\"reason\"]",
    "forbids = [\"reason\"]",
    "grounds = \"required\"",
    "reason = \"forbidden\"",
    "mail = \"../../x\"",
    "article = \"33\"",
    "template = \"x\"",
    "= {}",
    "= [[]]",
    "reveals = true",
    "requests = \"required\"",
];

const SCHEMA: [&str; 34] = [
    "\"type\": \"string\"",
    "\"type\": \"array\"",
    "\"type\": \"object\"",
    "\"type\": \"integer\"",
    "\"type\": []",
    "\"$ref\": \"#\"",
    "\"$ref\": \"http://example.jp/x\"",
    "\"pattern\": \"(a+)+$\"",
    "\"pattern\": \"(?=a)\"",
    "\"pattern\": \"[\"",
    "\"pattern\": \"a{1000}{1000}\"",
    "\"maxLength\": 1000000000",
    "\"minLength\": -1",
    "\"format\": \"date\"",
    "\"enum\": []",
    "\"enum\": [\"a\", \"a\"]",
    "\"x-labels\": [\"甲\"]",
    "\"x-role\": \"name\"",
    "\"x-role\": \"mail\"",
    "\"x-role\": \"multiline\"",
    "\"x-role\": \"kana\"",
    "\"x-restricted\": true",
    "\"x-subject\": true",
    "\"x-when\": \"past\"",
    "\"x-not-before\": \"a\"",
    "\"required\": [\"nobody\"]",
    "\"items\": {}",
    "\"additionalProperties\": false",
    "\"title\": \"\"",
    "\"uniqueItems\": true",
    "\"allOf\": [{}]",
    "\"properties\": {}",
    "\"minimum\": 1e999",
    "\"multipleOf\": 0",
];

/// One kind, and the file of it that is given.
fn kind(name: &str, file: &str, inputs: usize, words: &[&str], shipped: &[(&str, &str)]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = TempDir::new().unwrap();
    let own = folder.path().join("letters/probe");
    fs::create_dir_all(&own).unwrap();
    fs::create_dir_all(folder.path().join("lib")).unwrap();
    let groups = "lib/envelope.schema.json";
    fs::copy(
        root.join("templates").join(groups),
        folder.path().join(groups),
    )
    .unwrap();
    fs::write(own.join("letter.toml"), LETTER).unwrap();
    fs::write(own.join("letter.typ"), "").unwrap();
    fs::write(own.join("record.schema.json"), "{\"properties\": {}}").unwrap();
    let records = folder.path().join("records.csv");
    fs::write(&records, include_str!("corpus/letters-csv/plain.csv")).unwrap();
    let characters = open_characters(&root.join("fonts")).unwrap();
    let fuzz = Fuzz {
        name,
        inputs,
        words,
        seeds: seeds(name, shipped),
        package: false,
    };
    fuzz.run(|input| {
        fs::write(folder.path().join(file), input).unwrap();
        let catalogue = match Catalogue::load(folder.path()) {
            Ok(catalogue) => catalogue,
            Err(problems) => {
                let told = problems.iter().map(|problem| problem.problem.as_str());
                return format!("refused：{}", told.collect::<Vec<_>>().join("\n"));
            }
        };
        // A form that was taken reads records, whatever it says.
        match Reader::open(
            &records,
            Forms::Kinds(&catalogue),
            Some("probe"),
            &characters,
        ) {
            Ok(reader) => {
                let rows = reader.map(|row| match row {
                    Row::Good(record) => format!("good「{:?}」", record.values),
                    Row::Bad(bad) => bad.problems.iter().map(ToString::to_string).collect(),
                });
                format!("taken：{}", rows.collect::<Vec<_>>().join("\n"))
            }
            Err(problem) => format!("taken, refuses：{problem}"),
        }
    });
}

#[test]
fn letter_toml() {
    let shipped = [("templates/letters", "letter.toml")];
    kind(
        "letter-toml",
        "letters/probe/letter.toml",
        400,
        &TOML,
        &shipped,
    );
}

#[test]
fn record_schema() {
    let shipped = [("templates/letters", "record.schema.json")];
    let file = "letters/probe/record.schema.json";
    kind("record-schema", file, 300, &SCHEMA, &shipped);
}

#[test]
fn common_fields() {
    let shipped = [("templates/lib", "envelope.schema.json")];
    kind(
        "common-fields",
        "lib/envelope.schema.json",
        150,
        &SCHEMA,
        &shipped,
    );
}

#[test]
fn a_kept_template_set() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.typ"), "= 見本").unwrap();
    let set = TemplateSet::read(folder.path(), Vec::new()).unwrap();
    let fuzz = Fuzz {
        name: "kept-set",
        inputs: 1500,
        words: &[
            "{\"files\":{",
            "\"a.typ\":\"3d\"",
            "\"../x\"",
            "\"\"",
            "zz",
            "}}",
        ],
        seeds: vec![set.freeze()],
        package: false,
    };
    fuzz.run(|input| match TemplateSet::thaw(input) {
        Ok(set) => format!("taken「{:?}」", set.files()),
        Err(error) => format!("refused：{error}"),
    });
}

/// A folder built as the bytes say: files, folders, links and pipes.
#[test]
fn a_template_folder() {
    let fuzz = Fuzz {
        name: "set-folder",
        inputs: 500,
        words: &[
            "f:a.typ:x\n",
            "d:b\n",
            "l:c.typ:/etc/hostname\n",
            "l:b/loop:..\n",
            "p:x.csv\n",
            "f:b/é.json:{}\n",
            "f:.~lock:\n",
            "f:a.exe:1\n",
        ],
        seeds: vec![b"f:a.typ:= a\nd:b\nf:b/c.json:{}\nl:d.typ:a.typ\np:e.csv\n".to_vec()],
        package: false,
    };
    fuzz.run(|input| {
        let folder = TempDir::new().unwrap();
        let text = String::from_utf8_lossy(input);
        for line in text.lines().take(60) {
            build(folder.path(), line);
        }
        match TemplateSet::read(folder.path(), Vec::new()) {
            Ok(set) => {
                let again = TemplateSet::thaw(&set.freeze()).unwrap();
                assert_eq!(again.sha256(), set.sha256());
                let names: Vec<&String> = set.files().keys().collect();
                format!("taken：{names:?}")
            }
            Err(error) => format!("refused：{}", error.problem),
        }
    });
}

/// One thing of the folder; what cannot be made is left out.
fn build(folder: &Path, line: &str) {
    let mut parts = line.splitn(3, ':');
    let (Some(what), Some(name)) = (parts.next(), parts.next()) else {
        return;
    };
    let below = Path::new(name);
    if below.is_absolute() || name.split('/').any(|part| part == "..") || name.contains('\0') {
        return;
    }
    let path = folder.join(below);
    let rest = parts.next().unwrap_or_default();
    let _ = match what {
        "f" => fs::write(path, rest),
        "d" => fs::create_dir_all(path),
        "l" if !rest.contains('\0') => symlink(rest, path),
        "p" => rustix::fs::mknodat(
            rustix::fs::CWD,
            path,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR,
            0,
        )
        .map_err(Into::into),
        _ => Ok(()),
    };
}
