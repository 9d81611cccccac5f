//! What a template may not put on a letter's pages: links that tell the
//! record to another server, pages without end.

use std::fs;

use crate::harness::{Workspace, copy_folder, plain_record, root};

const TEMPLATE: &str = "templates/letters/acknowledgement/letter.typ";

/// A workspace whose acknowledgements end with this Typst; what the preview of
/// one says, and with which code it ends.
fn previewed(typst: &str) -> (Option<i32>, String) {
    let workspace = Workspace::new();
    copy_folder(&root().join("templates"), &workspace.path("templates"));
    workspace.settings("approval = \"none\"\ntemplates = \"templates\"\n");
    let template = workspace.path(TEMPLATE);
    let shipped = fs::read_to_string(&template).unwrap();
    fs::write(&template, format!("{shipped}\n{typst}\n")).unwrap();
    let file = workspace.file("record.json", plain_record(1, false).to_string());
    let (file, pdf) = (file.to_str().unwrap(), workspace.path("page.pdf"));
    let args = [
        "preview",
        "acknowledgement",
        file,
        "-o",
        pdf.to_str().unwrap(),
    ];
    let done = workspace.yobin(&args);
    (done.code, format!("{}{}", done.out, done.err))
}

const RECORD: &str = "#let r = json(\"/data.json\").record\n";

#[test]
fn a_link_tells_nothing_of_the_record() {
    for link in [
        "#link(\"https://example.jp/?n=\" + r.addressee_name)[見る]",
        "#link(\"https://example.jp/\" + r.receipt_number + \"/x\")[見る]",
        "#link(\"mailto:mihon@example.jp?subject=\" + r.addressee_address.replace(\"番\", \" 番\"))[見る]",
        "#link(\"https://example.jp/?n=%E8%A6%8B%E6%9C%AC%20%E5%A4%AA%E9%83%8E1\")[見る]",
        "#box(rotate(10deg, link(\"https://example.jp/#\" + r.addressee_name)[見る]))",
    ] {
        let (code, told) = previewed(&format!("{RECORD}{link}"));
        assert_eq!(code, Some(1), "{link}: {told}");
        assert!(
            told.contains("リンクの宛先に、記録の項目の値"),
            "{link}: {told}"
        );
    }
}

#[test]
fn a_link_leads_to_a_page_or_a_mailbox() {
    for scheme in [
        "http://example.jp",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
    ] {
        let (code, told) = previewed(&format!("#link(\"{scheme}\")[見る]"));
        assert_eq!(code, Some(1), "{scheme}: {told}");
        assert!(
            told.contains("https: でも mailto: でもありません"),
            "{scheme}: {told}"
        );
    }
    for lawful in [
        "https://example.jp/privacy?page=1",
        "mailto:mihon@example.jp",
        "HTTPS://example.jp/",
    ] {
        let (code, told) = previewed(&format!("#link(\"{lawful}\")[見る]"));
        assert_eq!(code, Some(0), "{lawful}: {told}");
    }
}

#[test]
fn pages_without_end_are_no_letter() {
    for typst in [
        "#for i in range(2100) { pagebreak(weak: false) }",
        "#for i in range(300) { for j in range(8) { pagebreak() } }",
        "#range(2200).map(_ => pagebreak()).join()",
    ] {
        let (code, told) = previewed(typst);
        assert_eq!(code, Some(1), "{typst}: {told}");
        assert!(
            told.contains("2000ページを超えるものは作りません"),
            "{typst}: {told}"
        );
    }
    let (code, told) = previewed("#for i in range(60) { pagebreak() }");
    assert_eq!(code, Some(0), "{told}");
}
