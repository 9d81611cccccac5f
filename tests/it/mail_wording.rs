//! The wording of mails comes to an end, whatever it says.

use std::fs;

use crate::harness::{Workspace, copy_folder, root};

const BODY: &str = "templates/mail/document-notice/body.txt.j2";

/// A workspace whose mails have this body.
fn with_body(body: &str) -> Workspace {
    let workspace = Workspace::new();
    copy_folder(&root().join("templates"), &workspace.path("templates"));
    workspace.settings("approval = \"none\"\ntemplates = \"templates\"\n");
    fs::write(workspace.path(BODY), body).unwrap();
    workspace
}

#[test]
fn a_body_without_end_stops_the_night_before_it_begins() {
    for body in [
        "{% for a in range(100000) %}{% for b in range(100000) %}{% for c in range(100000) %}{% endfor %}{% endfor %}{% endfor %}",
        "{% set ns = namespace(x='あ') %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}{{ ns.x }}",
        "{% macro m(n) %}{{ m(n) }}{{ m(n) }}{% endmacro %}{{ m(1) }}",
        "{{ 'x' * 900000000 }}",
        "{{ range(100000)|map('string')|join|upper|lower|title }}",
    ] {
        let workspace = with_body(body);
        workspace.queue_plain(1, 1);
        let told = workspace.exits(1, &["run"]);
        assert!(
            told.contains("document-notice/body.txt.j2"),
            "{body}\n{told}"
        );
        assert_eq!(workspace.letters_in("queued").len(), 1);
    }
    let workspace = with_body("{% for a in range(100000) %}{{ a }}{% endfor %}");
    let told = workspace.exits(1, &["check"]);
    assert!(told.contains("処理が終わりません"), "{told}");
}

/// What only some letters make endless passes the rehearsal; then the letter
/// fails and not the night.
#[test]
fn a_body_that_is_endless_for_one_letter_fails_that_letter_alone() {
    let workspace = with_body(
        "{{ addressee_name }}様\n{% if addressee_name == '見本 太郎2' %}{% for a in range(100000) %}{{ a }}{% endfor %}{% endif %}\n",
    );
    workspace.queue_plain(3, 3);
    workspace.exits(2, &["run"]);
    assert_eq!(workspace.letters_in("written").len(), 2);
    let failed = workspace.letters_in("failed");
    assert_eq!(failed.len(), 1);
    let reason = failed[0]["reason"].as_str().unwrap();
    assert!(
        reason.contains("body.txt.j2") && reason.contains("処理が終わりません"),
        "{reason}"
    );
    let next_step = failed[0]["next_step"].as_str().unwrap();
    assert!(next_step.contains("ひな形を直し"), "{next_step}");
}

#[test]
fn the_wording_may_be_long_and_list_many_things() {
    let long = "お知らせの文です。\n".repeat(400);
    let body = format!(
        "{{{{ addressee_name }}}}様\n{{# 内部の注意：한 #}}\n{long}{{% for n in range(200) %}}・{{{{ n }}}}番目の窓口　𠮷田\n{{% endfor %}}"
    );
    let workspace = with_body(&body);
    workspace.queue_plain(1, 1);
    workspace.ok(&["run"]);
    assert_eq!(workspace.letters_in("written").len(), 1);
}
