//! The wording of mails against templates nobody meant.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::template::Templates;
use crate::fuzz::Fuzz;

const WORDS: [&str; 26] = [
    "{{ society.name }}",
    "{{ addressee_name }}",
    "{{ letter.id }}",
    "{{ nobody }}",
    "{{ society }}",
    "{% for i in range(100000) %}",
    "{% endfor %}",
    "{% for i in range(9) %}{% for j in range(9) %}x{% endfor %}{% endfor %}",
    "{% set ns = namespace(x='a') %}",
    "{% set ns.x = ns.x ~ ns.x %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% include 'x' %}",
    "{% extends 'document-notice/body.txt.j2' %}",
    "{% block a %}",
    "{% if true %}",
    "{% endif %}",
    "{{ 'a' * 1000000000 }}",
    "{{ 1 // 0 }}",
    "{{ 9223372036854775807 + 1 }}",
    "{{ [1,2]|join(',') }}",
    "{{ 'x'|replace('', 'y') }}",
    "{# ",
    " #}",
    "{{ range(10)|list|tojson }}",
    "{{ addressee_name|upper|reverse }}",
    "{% raw %}",
];

#[test]
fn wording_of_mails() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/mail/document-notice");
    let folder = TempDir::new().unwrap();
    let own = folder.path().join("document-notice");
    fs::create_dir(&own).unwrap();
    let subject = shipped.join("subject.txt.j2");
    fs::copy(&subject, own.join("subject.txt.j2")).unwrap();
    let fuzz = Fuzz {
        name: "mail-template",
        inputs: 250,
        words: &WORDS,
        seeds: vec![
            fs::read(shipped.join("body.txt.j2")).unwrap(),
            fs::read(subject).unwrap(),
        ],
        package: false,
    };
    fuzz.run(|input| {
        fs::write(own.join("body.txt.j2"), input).unwrap();
        match Templates::open(folder.path()) {
            Ok(_) => "taken".to_owned(),
            Err(error) => format!("refused：{error}"),
        }
    });
}
